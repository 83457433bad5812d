/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SEGML_COMMON_H
#define SEGML_COMMON_H

/*
 * What every other header needs: status codes, errors, group keys, callbacks.
 *
 * Conventions of the whole interface:
 *  - int f(T **out, ..., const f_options *options, segml_error *err): the
 *    result first, options before last, the error last. On failure *out is NULL.
 *  - A return of 0 is success, a negative one an error, a positive one success
 *    with a remark. err is written exactly when the return is not 0; NULL is
 *    allowed for it.
 *  - Sized structs begin with struct_size and are made with their _INIT macro.
 *    0 or NULL in any other member means its default; a switch is 0 (default),
 *    1 (on) or -1 (off). NULL for a whole options struct means all defaults.
 *  - What the library allocates is released by the matching segml_*_free()
 *    only; those accept NULL and cannot fail.
 *  - Text is UTF-8. Arrays belong to the caller unless a comment says otherwise.
 *  - The library keeps no global state, prints nothing and installs no handlers.
 */

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#if defined(__GNUC__)
#define SEGML_API __attribute__((visibility("default")))
#else
#define SEGML_API
#endif

/**
 * All status codes: X(name, value, text). Codes differ by what the caller can
 * do about them. @since 0.1
 */
#define SEGML_STATUS_LIST(X)                                                                       \
    /* done */                                                                                     \
    X(SEGML_OK, 0, "done")                                                                         \
    /* training finished, but some groups failed; they use the fallback */                         \
    X(SEGML_PARTIAL, 1, "done, but some groups failed")                                            \
    /* prediction finished, but rows without a model hold NaN */                                   \
    X(SEGML_UNROUTED, 2, "done, but some rows have no model")                                      \
    /* comparison finished, and there are differences */                                           \
    X(SEGML_DIFFERENT, 3, "done, and the artifacts differ")                                        \
    /* the caller's mistake: a NULL, a range, a name, a combination */                             \
    X(SEGML_E_ARGUMENT, -1, "invalid argument")                                                    \
    /* a struct from a newer header with content that this library does not know */                \
    X(SEGML_E_ABI, -2, "header and library do not fit")                                            \
    /* a row, column or label is bad; the message names it */                                      \
    X(SEGML_E_DATA, -3, "bad data")                                                                \
    /* data and model do not fit */                                                                \
    X(SEGML_E_MISMATCH, -4, "data and model do not fit")                                           \
    /* no such group, feature or category, or no model for it */                                   \
    X(SEGML_E_NOT_FOUND, -5, "not found")                                                          \
    /* a file is damaged or is not of this library */                                              \
    X(SEGML_E_FORMAT, -6, "damaged or unknown format")                                             \
    /* a cap was met: size, count or depth */                                                      \
    X(SEGML_E_LIMIT, -7, "limit exceeded")                                                         \
    /* the file system said no */                                                                  \
    X(SEGML_E_IO, -8, "input or output failed")                                                    \
    /* a file would be overwritten, or is not a regular file */                                    \
    X(SEGML_E_EXISTS, -9, "exists already")                                                        \
    /* XGBoost is missing, too old, or failed */                                                   \
    X(SEGML_E_BACKEND, -10, "engine failed")                                                       \
    /* not part of this build, or a kind of model that is not evaluated */                         \
    X(SEGML_E_UNSUPPORTED, -11, "not supported")                                                   \
    /* out of memory */                                                                            \
    X(SEGML_E_NOMEM, -12, "out of memory")                                                         \
    /* a fault of this library; please report the message */                                       \
    X(SEGML_E_INTERNAL, -13, "internal error")                                                     \
    /* the cancel callback asked to stop */                                                        \
    X(SEGML_E_CANCELLED, -14, "cancelled")

/** Status codes, see SEGML_STATUS_LIST. @since 0.1 */
typedef enum segml_status {
#define SEGML_STATUS_ENUM(name, value, text) name = value,
    SEGML_STATUS_LIST(SEGML_STATUS_ENUM)
#undef SEGML_STATUS_ENUM
} segml_status;

/**
 * An error, owned by the caller; its layout never changes. The message is one
 * line, names the value, row or column, and says what to do where that is known.
 * @since 0.1
 */
typedef struct segml_error {
    int32_t code;      /**< a segml_status */
    char message[508]; /**< terminated text */
} segml_error;

/** @since 0.1 */
#define SEGML_ERROR_INIT                                                                           \
    {                                                                                              \
        0, { 0 }                                                                                   \
    }

/**
 * Name of a status, "SEGML_E_DATA"; "SEGML_E_INTERNAL" for a number that is none.
 *
 * @return static text, never NULL. Thread-safety: any thread. @since 0.1
 */
SEGML_API const char *segml_status_name(int32_t status);

/**
 * What a status means, "bad data"; "internal error" for a number that is none.
 *
 * @return static text, never NULL. Thread-safety: any thread. @since 0.1
 */
SEGML_API const char *segml_status_text(int32_t status);

/** Types of group keys. @since 0.1 */
typedef enum segml_key_type {
    SEGML_KEY_NULL = 0,     /**< no value: a key of its own */
    SEGML_KEY_INT64 = 1,    /**< a 64-bit integer */
    SEGML_KEY_UTF8 = 2,     /**< text, compared by bytes */
    SEGML_KEY_UTF8_AUTO = 3 /**< of columns only: text that becomes INT64 if every cell is an
                               integer (also "4711.0", not "04711"), and stays UTF8 otherwise */
} segml_key_type;

/**
 * One column of one group key. A key of several columns is an array of these.
 * Integer and text convert into each other where the model's column is of the
 * other type: 4711, "4711", "04711" and "4711.0" are one INT64 key.
 * @since 0.1
 */
typedef struct segml_key {
    int32_t type;     /**< SEGML_KEY_NULL, SEGML_KEY_INT64 or SEGML_KEY_UTF8 */
    int32_t reserved; /**< 0 */
    int64_t integer;  /**< of INT64 */
    const char *text; /**< of UTF8: length bytes, need not be terminated */
    size_t length;    /**< of UTF8, in bytes; text of length 0 is NULL */
} segml_key;

/** @since 0.1 */
#define SEGML_KEY_NULL_VALUE                                                                       \
    {                                                                                              \
        SEGML_KEY_NULL, 0, 0, NULL, 0                                                              \
    }
/** @since 0.1 */
#define SEGML_KEY_INT64_VALUE(value)                                                               \
    {                                                                                              \
        SEGML_KEY_INT64, 0, (value), NULL, 0                                                       \
    }
/** @since 0.1 */
#define SEGML_KEY_UTF8_VALUE(bytes, count)                                                         \
    {                                                                                              \
        SEGML_KEY_UTF8, 0, 0, (bytes), (count)                                                     \
    }

/**
 * One column of group keys, one cell per row. The size of this struct never
 * changes. NULL cells: a clear validity bit, and empty text.
 * @since 0.1
 */
typedef struct segml_key_column {
    const char *name;        /**< column name; NULL = "key", "key2", "key3", ... */
    int32_t type;            /**< SEGML_KEY_INT64, SEGML_KEY_UTF8 or SEGML_KEY_UTF8_AUTO */
    int32_t reserved;        /**< 0 */
    const void *data;        /**< INT64: const int64_t [rows]; UTF8: the bytes of all cells */
    const int64_t *offsets;  /**< UTF8: [rows + 1], cell i is data[offsets[i]..offsets[i + 1]) */
    const uint8_t *validity; /**< bit i (least significant first) clear = NULL; NULL = all valid */
    void *reserved2[2];      /**< NULL */
} segml_key_column;

/** @since 0.1 */
#define SEGML_KEY_COLUMN_INIT                                                                      \
    {                                                                                              \
        NULL, 0, 0, NULL, NULL, NULL, { NULL, NULL }                                               \
    }

/** A named number: a parameter, a metric. @since 0.1 */
typedef struct segml_value {
    const char *name; /**< terminated */
    double value;
} segml_value;

/** A named text: an option that is not a number. @since 0.1 */
typedef struct segml_text {
    const char *name; /**< terminated */
    const char *text; /**< terminated */
} segml_text;

/** Levels of log messages. @since 0.1 */
typedef enum segml_log_level {
    SEGML_LOG_INFO = 1,   /**< what was inferred, what is being done */
    SEGML_LOG_WARNING = 2 /**< something the user should look at */
} segml_log_level;

/**
 * Takes one log line. Runs on the thread that entered the library.
 *
 * @param level    a segml_log_level
 * @param message  one line without a newline, valid during the call
 * @param user     the options' user pointer
 * @since 0.1
 */
typedef void (*segml_log_fn)(int32_t level, const char *message, void *user);

/** How far training is. @since 0.1 */
typedef struct segml_progress {
    size_t struct_size;   /**< of the library that calls */
    int64_t groups_done;  /**< groups finished, whatever their status */
    int64_t groups_total; /**< groups of the data set */
    double work_done;     /**< estimated work finished, in [0, work_total]; never falls */
    double work_total;    /**< in the same unit, more than 0 */
    int32_t workers;      /**< threads that train */
    int32_t reserved;     /**< 0 */
} segml_progress;

/** Takes progress; runs on the thread that entered the library. @since 0.1 */
typedef void (*segml_progress_fn)(const segml_progress *progress, void *user);

/**
 * Asked several times a second on the thread that entered the library whether
 * to stop; workers stop within one boosting round.
 *
 * @return 0 to go on, anything else to cancel
 * @since 0.1
 */
typedef int32_t (*segml_cancel_fn)(void *user);

#ifdef __cplusplus
}
#endif

#endif
