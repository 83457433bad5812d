/* SPDX-License-Identifier: Apache-2.0 */

/*
 * The system's XGBoost, which this module is linked with and hands everything on to, but for
 * one thing: boosting fails in some calls, those numbered FIRST to LAST in the variable
 * SEGML_TEST_FAIL="FIRST-LAST", counted from 0.
 */

#include <dlfcn.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int XGDMatrixFree(void *matrix);
int XGBoosterUpdateOneIter(void *booster, int round, void *train);
const char *XGBGetLastError(void);

/* Uses one of its functions, so that the linker takes the library along. */
int (*const failing_xgboost_keeps)(void *) = XGDMatrixFree;

static atomic_int calls;
static _Thread_local int failed;

static void
find(void *function, const char *name)
{
    void *library = dlopen("libxgboost.so.0", RTLD_NOW | RTLD_NOLOAD);
    void *address = library != NULL ? dlsym(library, name) : NULL;

    if (address == NULL)
        abort();
    memcpy(function, &address, sizeof address);
}

int
XGBoosterUpdateOneIter(void *booster, int round, void *train)
{
    const char *window = getenv("SEGML_TEST_FAIL");
    int (*update)(void *, int, void *);
    int first = -1, last = -1, number = atomic_fetch_add(&calls, 1);

    failed = window != NULL && sscanf(window, "%d-%d", &first, &last) == 2 && number >= first &&
             number <= last;
    find(&update, "XGBoosterUpdateOneIter");
    return failed ? -1 : update(booster, round, train);
}

const char *
XGBGetLastError(void)
{
    const char *(*last_error)(void);

    find(&last_error, "XGBGetLastError");
    return failed ? "this call was made to fail" : last_error();
}
