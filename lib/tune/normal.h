/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SG_TUNE_NORMAL_H
#define SG_TUNE_NORMAL_H

/* The standard normal distribution, whole and between two bounds. */

/** Probability of a value up to z. */
double sg_normal_cdf(double z);

/** Probability of a value between a and b, a <= b; exact to rounding in both tails. */
double sg_normal_mass(double a, double b);

/** The z with sg_normal_cdf(z) = p; infinite for 0 and 1. */
double sg_normal_quantile(double p);

/**
 * Quantile u of the distribution between a and b.
 *
 * @param u  in [0, 1]
 * @param a  at most 0; b at least 0
 * @return a number in [a, b]
 */
double sg_normal_between(double u, double a, double b);

#endif
