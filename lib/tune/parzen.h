/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SG_TUNE_PARZEN_H
#define SG_TUNE_PARZEN_H

/* A density over one or several dimensions, made of a kernel around each observation. */

#include "base/rng.h"
#include "tune/space.h"

/** Read by its own functions only. */
typedef struct sg_parzen {
    const sg_dimension *const *dimension; /* [dimensions], borrowed */
    int32_t dimensions;
    int32_t kernels;    /* observations and, the last one, the prior */
    double *weight;     /* [kernels], of sum 1 */
    double *log_weight; /* [kernels] */
    double *centre;     /* [dimensions * kernels] place; the number of a choice */
    double *scale;      /* [dimensions * kernels] standard deviation; unused for choices */
    double *log_norm;   /* [dimensions * kernels] logarithm of what a kernel is divided by */
    double *block;      /* all of the above */
} sg_parzen;

/**
 * Weights of observations in the order of their age, the oldest first, and of the prior.
 *
 * @param weight  out [count + 1], of sum 1; the prior's is the last
 */
void sg_parzen_weights(double *weight, int32_t count);

/**
 * Makes the density of observations.
 *
 * @param parzen       out, released with sg_parzen_clear(), also after a failure
 * @param dimension    [dimensions], borrowed while the density is used; none of a single value
 * @param observation  [dimensions][count] values, the oldest first; what lies outside its
 *                     dimension is taken for the nearest
 * @param count        0 = the prior alone
 * @return SEGML_OK; SEGML_E_NOMEM
 */
int sg_parzen_make(sg_parzen *parzen, const sg_dimension *const *dimension, int32_t dimensions,
                   const double *observation, int32_t count, segml_error *err);

/** Draws a point, [dimensions] values, by one random number for the kernel and one for each. */
void sg_parzen_draw(const sg_parzen *parzen, sg_rng *rng, double *point);

/**
 * Logarithms of the density at points: of the probability where a dimension has a step or
 * choices, and with respect to the logarithm where it is logarithmic.
 *
 * @param out    out [points]
 * @param point  [points][dimensions] values inside their dimensions
 * @return SEGML_OK; SEGML_E_NOMEM
 */
int sg_parzen_log_density(const sg_parzen *parzen, double *out, const double *point, int32_t points,
                          segml_error *err);

/** Releases everything; all zero again. */
void sg_parzen_clear(sg_parzen *parzen);

#endif
