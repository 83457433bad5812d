/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SG_XGB_XGB_SYMBOLS_H
#define SG_XGB_XGB_SYMBOLS_H

/*
 * The functions of XGBoost's C interface that training uses, opened at run time.
 * All of them exist, with these prototypes, in XGBoost 1.7, 2.x and 3.x.
 */

#include <stdint.h>

#include "base/status.h"

/** A booster or a matrix; created, used and freed on one thread. */
typedef void *sg_xgb_handle;

/** X(result, name, parameters). Functions of type int return 0, or -1 and set the last error. */
#define SG_XGB_SYMBOLS(X)                                                                          \
    X(void, XGBoostVersion, (int *major, int *minor, int *patch))                                  \
    X(const char *, XGBGetLastError, (void))                                                       \
    X(int, XGBRegisterLogCallback, (void (*callback)(const char *)))                               \
    X(int, XGBSetGlobalConfig, (const char *config))                                               \
    X(int, XGDMatrixCreateFromDense, (const char *data, const char *config, sg_xgb_handle *out))   \
    X(int, XGDMatrixSetInfoFromInterface,                                                          \
      (sg_xgb_handle matrix, const char *field, const char *data))                                 \
    X(int, XGDMatrixSetStrFeatureInfo,                                                             \
      (sg_xgb_handle matrix, const char *field, const char *const *values, uint64_t count))        \
    X(int, XGDMatrixFree, (sg_xgb_handle matrix))                                                  \
    X(int, XGBoosterCreate, (const sg_xgb_handle *matrices, uint64_t count, sg_xgb_handle *out))   \
    X(int, XGBoosterSetParam, (sg_xgb_handle booster, const char *name, const char *value))        \
    X(int, XGBoosterUpdateOneIter, (sg_xgb_handle booster, int round, sg_xgb_handle train))        \
    X(int, XGBoosterPredictFromDMatrix,                                                            \
      (sg_xgb_handle booster, sg_xgb_handle matrix, const char *config, const uint64_t **shape,    \
       uint64_t *dimensions, const float **values))                                                \
    X(int, XGBoosterSetStrFeatureInfo,                                                             \
      (sg_xgb_handle booster, const char *field, const char *const *values, uint64_t count))       \
    X(int, XGBoosterBoostedRounds, (sg_xgb_handle booster, int *rounds))                           \
    X(int, XGBoosterSaveModelToBuffer,                                                             \
      (sg_xgb_handle booster, const char *config, uint64_t *size, const char **bytes))             \
    X(int, XGBoosterFree, (sg_xgb_handle booster))

/** The table: one function pointer of each name. */
typedef struct sg_xgb_symbols {
#define SG_XGB_MEMBER(result, name, parameters) result(*name) parameters;
    SG_XGB_SYMBOLS(SG_XGB_MEMBER)
#undef SG_XGB_MEMBER
    void *library;    /* of dlopen(), NULL if linked */
    char version[32]; /* "1.7.4" */
} sg_xgb_symbols;

/**
 * Finds XGBoost and fills the table. The library stays in the process for good.
 *
 * @param out   released with sg_xgb_symbols_close(); closed already on failure
 * @param path  library, or NULL for libxgboost.so, libxgboost.so.0
 * @return SEGML_OK; SEGML_E_BACKEND (not found, not XGBoost, older than 1.7);
 *         SEGML_E_UNSUPPORTED (a path, but this build is linked with XGBoost)
 *
 * Thread-safety: any thread; the table may be shared between threads.
 */
int sg_xgb_symbols_open(sg_xgb_symbols *out, const char *path, segml_error *err);

/** Gives the library back. */
void sg_xgb_symbols_close(sg_xgb_symbols *symbols);

/**
 * Turns the thread's last XGBoost error into ours: its first line without time, source
 * position and stack trace.
 *
 * @param doing  what was tried, "train a round"
 * @return SEGML_E_BACKEND, or SEGML_E_NOMEM if XGBoost ran out of memory
 */
int sg_xgb_symbols_fail(const sg_xgb_symbols *symbols, const char *doing, segml_error *err);

#endif
