/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SEGML_SEARCH_H
#define SEGML_SEARCH_H

/*
 * Hyperparameter search: spaces, samplers, and a study to ask and tell.
 *
 * Training searches by itself (segml/train.h); this header is for two more uses:
 *
 *  - a space of one's own, as an array of dimensions in segml_train_options.space;
 *  - the library's samplers for an objective of one's own:
 *
 *        segml_dimension dims[2] = {SEGML_DIMENSION_INIT, SEGML_DIMENSION_INIT};
 *        dims[0].name = "x", dims[0].low = -5, dims[0].high = 10;
 *        dims[1].name = "y", dims[1].low = 0, dims[1].high = 15;
 *
 *        segml_study_options options = SEGML_STUDY_OPTIONS_INIT;
 *        options.dimensions = dims;
 *        options.dimension_count = 2;
 *
 *        segml_study *study = NULL;
 *        int rc = segml_study_create(&study, &options, &err);
 *        for (int i = 0; i < 50 && rc >= 0; i++) {
 *            double point[2];
 *            int64_t trial;
 *
 *            rc = segml_study_ask(study, &trial, point, 2, &err);
 *            if (rc >= 0)
 *                rc = segml_study_tell(study, trial, branin(point[0], point[1]), &err);
 *        }
 *
 *        segml_trial_info best = SEGML_TRIAL_INFO_INIT;
 *        if (rc >= 0)
 *            rc = segml_study_get_trial(study, segml_study_best(study), &best, &err);
 *        if (rc >= 0)
 *            printf("%g at %g, %g\n", best.value, best.point[0], best.point[1]);
 *        segml_study_free(study);
 */

#include "segml/common.h"

#ifdef __cplusplus
extern "C" {
#endif

/** Kinds of dimensions. @since 0.1 */
typedef enum segml_dimension_kind {
    SEGML_DIMENSION_FLOAT = 0,      /**< a real number in [low, high] */
    SEGML_DIMENSION_INT = 1,        /**< an integer in [low, high] */
    SEGML_DIMENSION_CATEGORICAL = 2 /**< one of choices, without an order */
} segml_dimension_kind;

/**
 * One dimension of a space. The size of this struct never changes.
 *
 * A conditional dimension names a parent that comes before it; it is active in the
 * points in which the parent is active and its value is in [parent_low, parent_high].
 * @since 0.1
 */
typedef struct segml_dimension {
    const char *name;      /**< distinct in its space */
    int32_t kind;          /**< a segml_dimension_kind */
    int32_t logarithmic;   /**< 1 = searched in the logarithm; low > 0, step 0 (int: 0 or 1) */
    double low, high;      /**< both included; of float and int; int: within 2^53 */
    double step;           /**< float: 0 = continuous; int: 0 = 1. Counted from low; where it does
                              not divide high - low, high is lowered to the last point */
    const double *choices; /**< [choice_count] distinct values; of categorical */
    int64_t choice_count;  /**< 1 to 1,024 */
    const char *parent;    /**< NULL = always active */
    double parent_low, parent_high;
    void *reserved[2];     /**< NULL */
} segml_dimension;

/** @since 0.1 */
#define SEGML_DIMENSION_INIT                                                                       \
    {                                                                                              \
        NULL, 0, 0, 0.0, 0.0, 0.0, NULL, 0, NULL, 0.0, 0.0, { NULL, NULL }                         \
    }

/** States of a trial. @since 0.1 */
typedef enum segml_trial_state {
    SEGML_TRIAL_RUNNING = 0,  /**< asked, not told yet */
    SEGML_TRIAL_COMPLETE = 1, /**< told a value */
    SEGML_TRIAL_PRUNED = 2,   /**< given up early; its value is the last one reported */
    SEGML_TRIAL_FAILED = 3    /**< told NaN; samplers ignore it */
} segml_trial_state;

/** What a sampler may look at: a trial of the search so far. @since 0.1 */
typedef struct segml_trial_info {
    size_t struct_size;   /**< set by the caller; no more bytes are written */
    int32_t state;        /**< a segml_trial_state */
    int32_t steps;        /**< intermediate values reported */
    double value;         /**< as told; lower is better in training; NaN while running, where it
                             failed, and where it was pruned before the first report */
    const double *point;  /**< [dimensions] values; NaN where a dimension is not active; valid until
                             the study is freed or the next call of ask */
} segml_trial_info;

/** @since 0.1 */
#define SEGML_TRIAL_INFO_INIT                                                                      \
    {                                                                                              \
        sizeof(segml_trial_info), 0, 0, 0.0, NULL                                                  \
    }

/** A search: asks a sampler for points, is told their values. @since 0.1 */
typedef struct segml_study segml_study;

/**
 * A caller's own sampler. Runs on the thread that entered the library.
 *
 * @param study  the search so far, for segml_study_get_trial() and _count(); only during the call
 * @param trial  number of the trial that needs a point
 * @param point  out [dimensions]; NaN or a value that is not in the space fails the search;
 *               values of dimensions that are not active are ignored; all NaN at first
 * @return 0, or anything else to cancel the search with SEGML_E_CANCELLED
 * @since 0.1
 */
typedef int32_t (*segml_sampler_fn)(const segml_study *study, int64_t trial, double *point,
                                    void *user);

/** Options of a study. @since 0.1 */
typedef struct segml_study_options {
    size_t struct_size;
    const segml_dimension *dimensions; /**< [dimension_count], copied */
    int64_t dimension_count;           /**< 1 to 64 */
    const char *sampler;               /**< "tpe" (NULL): joint tree-structured Parzen estimator;
                                          "tpe-univariate", "random", "grid" */
    const char *pruner;                /**< "none" (NULL), "median", "halving" */
    int32_t maximise;                  /**< switch, default off: higher values are better */
    int32_t grid_points;               /**< grid: most values per dimension that is a number,
                                          up to 1,000; 0 = 5 */
    uint64_t seed;                     /**< of all random draws */
    const double *points;              /**< [point_count * dimension_count] tried first, copied;
                                          NaN where a dimension is not active; equal ones are
                                          tried once */
    int64_t point_count;               /**< at most 10,000 */
    segml_sampler_fn sample;           /**< replaces sampler; NULL = none */
    void *user;                        /**< handed to sample */
} segml_study_options;

/** @since 0.1 */
#define SEGML_STUDY_OPTIONS_INIT                                                                   \
    {                                                                                              \
        sizeof(segml_study_options), NULL, 0, NULL, NULL, 0, 0, 0, NULL, 0, NULL, NULL             \
    }

/**
 * Begins a study.
 *
 * @param out      the study, released with segml_study_free(); NULL on failure
 * @param options  not NULL: the dimensions have no default
 * @return SEGML_OK; SEGML_E_ARGUMENT (no dimension, low > high, a logarithm of low <= 0, a step
 *         in a logarithmic dimension, a name twice, no such parent, a choice twice, a point
 *         outside the space, an unknown sampler or pruner); SEGML_E_ABI; SEGML_E_LIMIT (a grid of
 *         more than 1,000,000 points); SEGML_E_UNSUPPORTED (by all functions of a library built
 *         without training); SEGML_E_NOMEM
 *
 * Thread-safety: any thread; one study is used by one thread at a time. @since 0.1
 */
SEGML_API int segml_study_create(segml_study **out, const segml_study_options *options,
                                 segml_error *err);

/**
 * Begins a trial. Several may run at once: a trial that is not told yet counts as a bad one
 * near its point, so that parallel trials spread (constant liar).
 *
 * @param trial     out: its number, 0, 1, 2, ...; -1 on failure, and the study is as it was
 * @param point     out [capacity] its values, of a categorical dimension one of its choices; NaN
 *                  where a dimension is not active
 * @param capacity  at least the number of dimensions
 * @return SEGML_OK; SEGML_E_ARGUMENT (also: the caller's own sampler left the space);
 *         SEGML_E_NOT_FOUND (a grid is exhausted); SEGML_E_CANCELLED (by the caller's own
 *         sampler); SEGML_E_NOMEM. @since 0.1
 */
SEGML_API int segml_study_ask(segml_study *study, int64_t *trial, double *point, int64_t capacity,
                              segml_error *err);

/**
 * Reports an intermediate value of a running trial and asks whether to give it up.
 *
 * @param step   1, 2, 3, ... rising within a trial; skipped steps are allowed
 * @param prune  out: 1 = give it up with segml_study_prune(), 0 = go on
 * @return SEGML_OK; SEGML_E_ARGUMENT (no such running trial, a step that does not rise);
 *         SEGML_E_NOMEM. @since 0.1
 */
SEGML_API int segml_study_report(segml_study *study, int64_t trial, int32_t step, double value,
                                 int32_t *prune, segml_error *err);

/**
 * Ends a trial with its value. Infinities are values, NaN is a failure.
 *
 * @return SEGML_OK; SEGML_E_ARGUMENT (no such running trial). @since 0.1
 */
SEGML_API int segml_study_tell(segml_study *study, int64_t trial, double value, segml_error *err);

/** Ends a trial as pruned. @return as segml_study_tell(). @since 0.1 */
SEGML_API int segml_study_prune(segml_study *study, int64_t trial, segml_error *err);

/** Number of trials asked so far; 0 for NULL. @since 0.1 */
SEGML_API int64_t segml_study_count(const segml_study *study);

/** Best complete trial, the first of equals. @return its number; -1 = none yet. @since 0.1 */
SEGML_API int64_t segml_study_best(const segml_study *study);

/** A trial. @return SEGML_OK; SEGML_E_ARGUMENT (no such trial); SEGML_E_ABI. @since 0.1 */
SEGML_API int segml_study_get_trial(const segml_study *study, int64_t trial,
                                    segml_trial_info *info, segml_error *err);

/** Releases a study; NULL is allowed. @since 0.1 */
SEGML_API void segml_study_free(segml_study *study);

#ifdef __cplusplus
}
#endif

#endif
