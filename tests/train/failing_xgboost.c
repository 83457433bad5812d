/* SPDX-License-Identifier: Apache-2.0 */

/*
 * The system's XGBoost, which this module is linked with and hands everything on to, but for
 * one thing: boosting fails in some calls, those numbered FIRST to LAST in the variable
 * SEGML_TEST_FAIL="FIRST-LAST", counted from 0, and from its third round on that of fewer rows
 * than SEGML_TEST_FAIL_BELOW says.
 */

#include <dlfcn.h>
#include <stdatomic.h>
#include <stdint.h>
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

static int
is_too_small(int round, void *train)
{
    const char *least = getenv("SEGML_TEST_FAIL_BELOW");
    int (*count_rows)(void *, uint64_t *);
    uint64_t rows = 0;

    if (least == NULL || round < 2)
        return 0;
    find(&count_rows, "XGDMatrixNumRow");
    return count_rows(train, &rows) == 0 && rows < strtoull(least, NULL, 10);
}

int
XGBoosterUpdateOneIter(void *booster, int round, void *train)
{
    const char *window = getenv("SEGML_TEST_FAIL");
    int (*update)(void *, int, void *);
    int first = -1, last = -1, number = atomic_fetch_add(&calls, 1);

    failed = window != NULL && sscanf(window, "%d-%d", &first, &last) == 2 && number >= first &&
             number <= last;
    failed = failed || is_too_small(round, train);
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
