/* SPDX-License-Identifier: Apache-2.0 */
#ifndef XGB_API_H
#define XGB_API_H

/*
 * XGBoost as a reference: the functions of its C interface that tests and benchmarks
 * compare with, from the library that they are told. Declared here, so that neither its
 * headers nor the code under test are needed.
 */

#include <stddef.h>
#include <stdint.h>

typedef void *xgb_handle;

/* X(result, name, parameters) */
#define XGB_API_LIST(X)                                                                            \
    X(const char *, XGBGetLastError, (void))                                                       \
    X(void, XGBoostVersion, (int *, int *, int *))                                                 \
    X(int, XGBSetGlobalConfig, (const char *))                                                     \
    X(int, XGDMatrixCreateFromDense, (const char *, const char *, xgb_handle *))                   \
    X(int, XGDMatrixSetFloatInfo, (xgb_handle, const char *, const float *, uint64_t))             \
    X(int, XGDMatrixSetStrFeatureInfo, (xgb_handle, const char *, const char **, uint64_t))        \
    X(int, XGDMatrixFree, (xgb_handle))                                                            \
    X(int, XGProxyDMatrixCreate, (xgb_handle *))                                                   \
    X(int, XGBoosterCreate, (const xgb_handle *, uint64_t, xgb_handle *))                          \
    X(int, XGBoosterSetParam, (xgb_handle, const char *, const char *))                            \
    X(int, XGBoosterUpdateOneIter, (xgb_handle, int, xgb_handle))                                  \
    X(int, XGBoosterPredictFromDense,                                                              \
      (xgb_handle, const char *, const char *, xgb_handle, const uint64_t **, uint64_t *,          \
       const float **))                                                                            \
    X(int, XGBoosterSaveModelToBuffer, (xgb_handle, const char *, uint64_t *, const char **))      \
    X(int, XGBoosterLoadModelFromBuffer, (xgb_handle, const void *, uint64_t))                     \
    X(int, XGBoosterFree, (xgb_handle))

typedef struct xgb_api {
    void *library;
#define XGB_API_MEMBER(result, name, parameters) result(*name) parameters;
    XGB_API_LIST(XGB_API_MEMBER)
#undef XGB_API_MEMBER
} xgb_api;

/** Opens the library; on failure prints why and ends the program with status 1. */
void xgb_open(xgb_api *api, const char *path);

/** Prints XGBoost's last error and ends the program if a call returned other than 0. */
void xgb_check(const xgb_api *api, int result);

/** An array interface for rows * columns floats, row by row, in C order. */
void xgb_interface(char *out, size_t capacity, const float *data, int64_t rows, int64_t columns);

/** A matrix over a copy of the data; NaN is missing. types: "q" or "c" per column, or NULL. */
xgb_handle xgb_matrix(const xgb_api *api, const float *data, int64_t rows, int64_t columns,
                      const char **types, const float *label);

#endif
