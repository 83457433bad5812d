/* SPDX-License-Identifier: Apache-2.0 */

/*
 * The standard normal distribution.
 *
 * R1  A probability between two bounds is the difference of the smaller tails: no
 *     cancellation against 1.
 * R2  The quantile is Wichura's PPND16, to about 1e-16 of its value; at p above 1/2 it is
 *     that of 1 - p with the sign turned.
 * R3  Sampling inverts the distribution, one uniform number per draw, so that the draws of
 *     a stream never depend on the values drawn. Rejection would take as many as it likes.
 *
 * Bounds lie on both sides of 0 wherever this is used (a kernel's centre is inside its
 * range), so that no more than a plain erfc() is needed.
 *
 * Source: M. J. Wichura, Algorithm AS 241: The percentage points of the normal
 * distribution, Applied Statistics 37 (1988) 477-484.
 */

#include "tune/normal.h"

#include <math.h>

static const double sqrt_half = 0.70710678118654752440;

/* Probability of a value beyond z, on the side of z that is away from 0. */
static double
tail(double z)
{
    return 0.5 * erfc(fabs(z) * sqrt_half);
}

double
sg_normal_cdf(double z)
{
    return 0.5 * erfc(-z * sqrt_half);
}

double
sg_normal_mass(double a, double b)
{
    if (a > 0)
        return tail(a) - tail(b);
    if (b < 0)
        return tail(b) - tail(a);
    return 1 - tail(a) - tail(b);
}

static double
ratio(const double top[8], const double bottom[8], double r)
{
    double above = top[7], below = bottom[7];

    for (int i = 6; i >= 0; i--) {
        above = above * r + top[i];
        below = below * r + bottom[i];
    }
    return above / below;
}

double
sg_normal_quantile(double p)
{
    static const double central[2][8] = {
        {3.3871328727963666080e0, 1.3314166789178437745e+2, 1.9715909503065514427e+3,
         1.3731693765509461125e+4, 4.5921953931549871457e+4, 6.7265770927008700853e+4,
         3.3430575583588128105e+4, 2.5090809287301226727e+3},
        {1.0, 4.2313330701600911252e+1, 6.8718700749205790830e+2, 5.3941960214247511077e+3,
         2.1213794301586595867e+4, 3.9307895800092710610e+4, 2.8729085735721942674e+4,
         5.2264952788528545610e+3}};
    static const double near[2][8] = {
        {1.42343711074968357734e0, 4.63033784615654529590e0, 5.76949722146069140550e0,
         3.64784832476320460504e0, 1.27045825245236838258e0, 2.41780725177450611770e-1,
         2.27238449892691845833e-2, 7.74545014278341407640e-4},
        {1.0, 2.05319162663775882187e0, 1.67638483018380384940e0, 6.89767334985100004550e-1,
         1.48103976427480074590e-1, 1.51986665636164571966e-2, 5.47593808499534494600e-4,
         1.05075007164441684324e-9}};
    static const double far[2][8] = {
        {6.65790464350110377720e0, 5.46378491116411436990e0, 1.78482653991729133580e0,
         2.96560571828504891230e-1, 2.65321895265761230930e-2, 1.24266094738807843860e-3,
         2.71155556874348757815e-5, 2.01033439929228813265e-7},
        {1.0, 5.99832206555887937690e-1, 1.36929880922735805310e-1, 1.48753612908506148525e-2,
         7.86869131145613259100e-4, 1.84631831751005468180e-5, 1.42151175831644588870e-7,
         2.04426310338993978564e-15}};
    double q = p - 0.5, r, z;

    if (fabs(q) <= 0.425)
        return q * ratio(central[0], central[1], 0.180625 - q * q);
    r = q < 0 ? p : 1 - p;
    if (r <= 0)
        return copysign((double)INFINITY, q);
    r = sqrt(-log(r));
    z = r <= 5 ? ratio(near[0], near[1], r - 1.6) : ratio(far[0], far[1], r - 5);
    return copysign(z, q);
}

double
sg_normal_between(double u, double a, double b)
{
    double below = tail(a), above = tail(b), mass = 1 - below - above;
    double p = below + u * mass;
    double z = p <= 0.5 ? sg_normal_quantile(p) : -sg_normal_quantile(above + (1 - u) * mass);

    return z < a ? a : z > b ? b : z;
}
