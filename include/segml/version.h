/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SEGML_VERSION_H
#define SEGML_VERSION_H

/*
 * Version of the headers, and what the library at run time is made of.
 *
 *     if (segml_version_number() < SEGML_VERSION_NUMBER)
 *         fprintf(stderr, "libsegml %s is older than its headers\n", segml_version());
 */

#include "segml/common.h"

#ifdef __cplusplus
extern "C" {
#endif

/** Parts of the version of these headers. @since 0.1 */
#define SEGML_VERSION_MAJOR 0
#define SEGML_VERSION_MINOR 1
#define SEGML_VERSION_PATCH 0

/** "0.1.0": the version of these headers. @since 0.1 */
#define SEGML_VERSION "0.1.0"

/** major * 10000 + minor * 100 + patch. @since 0.1 */
#define SEGML_VERSION_NUMBER                                                                       \
    (SEGML_VERSION_MAJOR * 10000 + SEGML_VERSION_MINOR * 100 + SEGML_VERSION_PATCH)

/**
 * Version of the library at run time, as in SEGML_VERSION.
 *
 * @return static text, never NULL. Thread-safety: any thread. @since 0.1
 */
SEGML_API const char *segml_version(void);

/**
 * Version of the library at run time, as in SEGML_VERSION_NUMBER.
 *
 * Thread-safety: any thread. @since 0.1
 */
SEGML_API int32_t segml_version_number(void);

/**
 * What the library was built with, as one line of "name=value" pairs separated
 * by blanks: training=on|off, native=on|off, xgboost=dlopen|linked|off, and the versions of
 * libarchive, zstd, jansson, libsodium and xxhash.
 *
 * @return static text, never NULL. Thread-safety: any thread. @since 0.1
 */
SEGML_API const char *segml_build_info(void);

/**
 * Version of the library's own training engine, and the kernel (the instructions) that it takes
 * on this machine. The version changes when the same input gives another model, which it does on
 * no machine and with no kernel.
 *
 * @param text      out: "1 (avx512)"; cut to capacity, always terminated
 * @param capacity  bytes of text, at least 1
 * @return SEGML_OK; SEGML_E_ARGUMENT (no room); SEGML_E_UNSUPPORTED (built without training)
 *
 * Thread-safety: any thread. @since 0.1
 */
SEGML_API int segml_native_engine_version(char *text, size_t capacity, segml_error *err);

/**
 * Looks for XGBoost the way training does and says which one was found.
 *
 * @param text      out: "1.7.4", or "1.7.4 (/usr/lib/libxgboost.so.0)" with the
 *                  path where it is known; cut to capacity, always terminated
 * @param capacity  bytes of text, at least 1
 * @param path      library to open, or NULL for libxgboost.so, libxgboost.so.0
 * @return SEGML_OK; SEGML_E_ARGUMENT (no room); SEGML_E_BACKEND (not found, or
 *         older than 1.7: the message says what to install);
 *         SEGML_E_UNSUPPORTED (built without training)
 *
 * Thread-safety: any thread. @since 0.1
 */
SEGML_API int segml_engine_version(char *text, size_t capacity, const char *path,
                                   segml_error *err);

#ifdef __cplusplus
}
#endif

#endif
