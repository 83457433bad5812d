/* SPDX-License-Identifier: Apache-2.0 */

/*
 * XGBoost with a stopwatch: a module that has the functions that libsegml uses, hands each
 * call on to the real library, and adds up the calling thread's processor time. It is given
 * to libsegml as the path of XGBoost, so that the library itself needs no instruments.
 *
 * The real library is named by the variable SEGML_BENCH_XGBOOST, libxgboost.so.0 without it.
 * Only the calling thread is timed: right for boosters with one thread, as libsegml's are.
 */

#include "xgb_timer.h"

#include <dlfcn.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "xgb/xgb_symbols.h"

/* The same prototypes for the functions that are defined here. */
#define DECLARE(result, name, parameters) result name parameters;
SG_XGB_SYMBOLS(DECLARE)
#undef DECLARE

static sg_xgb_symbols real;
static pthread_once_t opened = PTHREAD_ONCE_INIT;
static atomic_llong spent;
static atomic_llong counted;

static void
find(void *slot, const char *name)
{
    void *address = dlsym(real.library, name);

    if (address == NULL) {
        fprintf(stderr, "xgb_timer: XGBoost has no function %s\n", name);
        exit(EXIT_FAILURE);
    }
    memcpy(slot, &address, sizeof address);
}

static void
open_real(void)
{
    const char *path = getenv("SEGML_BENCH_XGBOOST");

    real.library = dlopen(path != NULL ? path : "libxgboost.so.0", RTLD_NOW | RTLD_LOCAL);
    if (real.library == NULL) {
        fprintf(stderr, "xgb_timer: %s\n", dlerror());
        exit(EXIT_FAILURE);
    }
#define FIND(result, name, parameters) find(&real.name, #name);
    SG_XGB_SYMBOLS(FIND)
#undef FIND
}

static int64_t
begin(void)
{
    struct timespec t;

    pthread_once(&opened, open_real);
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
    return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

static int
end(int64_t began, int result)
{
    struct timespec t;

    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
    atomic_fetch_add(&spent, (int64_t)t.tv_sec * 1000000000 + t.tv_nsec - began);
    atomic_fetch_add(&counted, 1);
    return result;
}

void
xgb_timer_read(int64_t *nanoseconds, int64_t *calls)
{
    *nanoseconds = atomic_load(&spent);
    *calls = atomic_load(&counted);
}

void
XGBoostVersion(int *major, int *minor, int *patch)
{
    int64_t began = begin();

    real.XGBoostVersion(major, minor, patch);
    end(began, 0);
}

const char *
XGBGetLastError(void)
{
    pthread_once(&opened, open_real);
    return real.XGBGetLastError();
}

/* A function of type int that takes these arguments. */
#define TIMED(name, parameters, arguments)                                                         \
    int name parameters                                                                            \
    {                                                                                              \
        int64_t began = begin();                                                                   \
                                                                                                   \
        return end(began, real.name arguments);                                                    \
    }

TIMED(XGBRegisterLogCallback, (void (*callback)(const char *)), (callback))
TIMED(XGBSetGlobalConfig, (const char *config), (config))
TIMED(XGDMatrixCreateFromDense, (const char *data, const char *config, sg_xgb_handle *out),
      (data, config, out))
TIMED(XGDMatrixSetInfoFromInterface, (sg_xgb_handle matrix, const char *field, const char *data),
      (matrix, field, data))
TIMED(XGDMatrixSetStrFeatureInfo,
      (sg_xgb_handle matrix, const char *field, const char *const *values, uint64_t count),
      (matrix, field, values, count))
TIMED(XGDMatrixFree, (sg_xgb_handle matrix), (matrix))
TIMED(XGBoosterCreate, (const sg_xgb_handle *matrices, uint64_t count, sg_xgb_handle *out),
      (matrices, count, out))
TIMED(XGBoosterSetParam, (sg_xgb_handle booster, const char *name, const char *value),
      (booster, name, value))
TIMED(XGBoosterUpdateOneIter, (sg_xgb_handle booster, int round, sg_xgb_handle train),
      (booster, round, train))
TIMED(XGBoosterPredictFromDMatrix,
      (sg_xgb_handle booster, sg_xgb_handle matrix, const char *config, const uint64_t **shape,
       uint64_t *dimensions, const float **values),
      (booster, matrix, config, shape, dimensions, values))
TIMED(XGBoosterSetStrFeatureInfo,
      (sg_xgb_handle booster, const char *field, const char *const *values, uint64_t count),
      (booster, field, values, count))
TIMED(XGBoosterBoostedRounds, (sg_xgb_handle booster, int *rounds), (booster, rounds))
TIMED(XGBoosterSaveModelToBuffer,
      (sg_xgb_handle booster, const char *config, uint64_t *size, const char **bytes),
      (booster, config, size, bytes))
TIMED(XGBoosterFree, (sg_xgb_handle booster), (booster))
