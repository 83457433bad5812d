/* SPDX-License-Identifier: Apache-2.0 */

/*
 * Parzen estimator: a mixture of one product kernel per observation, and a prior.
 *
 * Of m observations on a line from L to H (tune/scale.h), R = H - L:
 *
 * R1  Weights. Up to 25 observations weigh the same. Of more, the newest 25 weigh 1 and the
 *     older ones rise linearly from 1 / m to 1 with age falling (a single older one: 1 / m).
 *     The prior weighs 1. Then all are divided by their sum.
 * R2  The prior is centred in the middle of the line, with standard deviation R.
 * R3  The standard deviation of an observation is its larger distance to its neighbours
 *     among the observations, the ends of the line counting as neighbours; but where there
 *     are two or more, the lowest and the highest know their inner neighbour only. It is
 *     then moved into [R / min(100, m + 2), R]. Equal observations keep their order.
 * R4  Kernels are normal distributions cut off at L and H. A value with a step has the
 *     probability of its cell; other values have a density.
 * R5  Choices, C of them: observation i gives (1 / (m + 1) + [c = c_i]) / (1 + C / (m + 1)),
 *     the prior 1 / C, and also every kernel gives that without observations.
 * R6  The density of a point is the weighted sum over kernels of the product over dimensions.
 *     A draw takes every coordinate from one and the same kernel.
 *
 * R3 is applied to each dimension by itself also where several are modelled jointly: one
 * common bandwidth by Scott's rule, which is what joint estimators used to have, was
 * measured to find clearly worse points.
 *
 * A centre lies inside its line and a deviation is at least R / 100, so what is cut off is
 * never more than two thirds of a kernel and plain double arithmetic is enough. Products
 * over 64 dimensions are sums of logarithms. Where a cell is tiny beside the deviation its
 * probability is density times width: a difference of two nearly equal probabilities would
 * be round-off.
 *
 * Time and memory are O(kernels * dimensions) to make and O(kernels * dimensions * points) to
 * evaluate; points that share a value share its cell.
 *
 * Sources: J. Bergstra, R. Bardenet, Y. Bengio, B. Kegl, Algorithms for Hyper-Parameter
 * Optimization, NIPS 2011; the rules R1 to R5 as they are documented for and observed in
 * Optuna 4.9 (one dimension) and 5.0 (several).
 */

#include "tune/parzen.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/status.h"
#include "tune/normal.h"
#include "tune/scale.h"

enum { FULL_WEIGHTS = 25, FINEST = 100 };

static const double tiny_cell = 1e-6; /* of a standard deviation */
static const double log_root_2_pi = 0.91893853320467274178;

/* One of the observations, for sorting. */
typedef struct ranked {
    double place;
    int32_t number;
} ranked;

void
sg_parzen_weights(double *weight, int32_t count)
{
    int32_t older = count > FULL_WEIGHTS ? count - FULL_WEIGHTS : 0;
    double sum = 0;

    for (int32_t i = 0; i < older; i++) {
        double lowest = 1.0 / count;

        weight[i] = older > 1 ? lowest + (1 - lowest) * i / (older - 1) : lowest;
    }
    for (int32_t i = older; i <= count; i++)
        weight[i] = 1;
    for (int32_t i = 0; i <= count; i++)
        sum += weight[i];
    for (int32_t i = 0; i <= count; i++)
        weight[i] /= sum;
}

static int
compare_places(const void *a, const void *b)
{
    const ranked *x = a, *y = b;

    if (x->place != y->place)
        return x->place < y->place ? -1 : 1;
    return x->number < y->number ? -1 : 1;
}

static double
deviation(const ranked *sorted, int32_t count, int32_t i, double low, double high)
{
    double range = high - low, finest = range / (count + 2 < FINEST ? count + 2 : FINEST);
    double left = sorted[i].place - (i > 0 ? sorted[i - 1].place : low);
    double right = (i < count - 1 ? sorted[i + 1].place : high) - sorted[i].place;
    double widest = left > right ? left : right;

    if (count >= 2 && i == 0)
        widest = right;
    if (count >= 2 && i == count - 1)
        widest = left;
    return widest < finest ? finest : widest > range ? range : widest;
}

/* Centres and deviations of one dimension that is a number. */
static void
set_kernels(sg_parzen *parzen, int32_t d, const double *value, ranked *sorted)
{
    const sg_dimension *dimension = parzen->dimension[d];
    double low = sg_scale_low(dimension), high = sg_scale_high(dimension);
    double *centre = parzen->centre + (int64_t)d * parzen->kernels;
    double *scale = parzen->scale + (int64_t)d * parzen->kernels;
    double *log_norm = parzen->log_norm + (int64_t)d * parzen->kernels;
    int32_t count = parzen->kernels - 1;

    for (int32_t i = 0; i < count; i++) {
        centre[i] = sg_scale_place(dimension, value[i]);
        sorted[i] = (ranked){centre[i], i};
    }
    qsort(sorted, (size_t)count, sizeof *sorted, compare_places);
    for (int32_t i = 0; i < count; i++)
        scale[sorted[i].number] = deviation(sorted, count, i, low, high);
    centre[count] = low + (high - low) / 2;
    scale[count] = high - low;
    for (int32_t i = 0; i <= count; i++) {
        log_norm[i] =
            log(sg_normal_mass((low - centre[i]) / scale[i], (high - centre[i]) / scale[i]));
        if (!(dimension->step > 0))
            log_norm[i] += log(scale[i]) + log_root_2_pi;
    }
}

static void
set_choices(sg_parzen *parzen, int32_t d, const double *value)
{
    const sg_dimension *dimension = parzen->dimension[d];
    double *centre = parzen->centre + (int64_t)d * parzen->kernels;

    for (int32_t i = 0; i < parzen->kernels - 1; i++)
        centre[i] = sg_scale_choice(dimension, value[i]);
}

int
sg_parzen_make(sg_parzen *parzen, const sg_dimension *const *dimension, int32_t dimensions,
               const double *observation, int32_t count, segml_error *err)
{
    int64_t kernels = (int64_t)count + 1, table = kernels * dimensions;
    ranked *sorted = sg_alloc_array(kernels, sizeof *sorted);
    int rc = SEGML_OK;

    *parzen = (sg_parzen){.dimension = dimension, .dimensions = dimensions, .kernels = count + 1};
    parzen->block = sg_alloc_zeroed(2 * kernels + 3 * table, sizeof *parzen->block);
    if (sorted == NULL || parzen->block == NULL) {
        rc = sg_fail_nomem(err);
        goto out;
    }
    parzen->weight = parzen->block;
    parzen->log_weight = parzen->weight + kernels;
    parzen->centre = parzen->log_weight + kernels;
    parzen->scale = parzen->centre + table;
    parzen->log_norm = parzen->scale + table;
    sg_parzen_weights(parzen->weight, count);
    for (int32_t i = 0; i <= count; i++)
        parzen->log_weight[i] = log(parzen->weight[i]);
    for (int32_t d = 0; d < dimensions; d++) {
        if (dimension[d]->kind == SEGML_DIMENSION_CATEGORICAL)
            set_choices(parzen, d, observation + (int64_t)d * count);
        else
            set_kernels(parzen, d, observation + (int64_t)d * count, sorted);
    }
out:
    sg_free(sorted);
    return rc;
}

/* The index at which the sum of weights passes u. */
static int32_t
draw_kernel(const sg_parzen *parzen, double u)
{
    double sum = 0;

    for (int32_t i = 0; i < parzen->kernels - 1; i++) {
        sum += parzen->weight[i];
        if (u < sum)
            return i;
    }
    return parzen->kernels - 1;
}

/* Probability of a choice under a kernel that is centred on it, and of every other one. */
static void
choice_probabilities(const sg_parzen *parzen, int32_t choices, double *own, double *other)
{
    double spread = 1.0 / parzen->kernels, sum = 1 + choices * spread;

    *own = (1 + spread) / sum;
    *other = spread / sum;
}

static double
draw_choice(const sg_parzen *parzen, int32_t d, int32_t kernel, double u)
{
    const sg_dimension *dimension = parzen->dimension[d];
    int32_t choices = dimension->choice_count, c;
    int32_t centre = (int32_t)parzen->centre[(int64_t)d * parzen->kernels + kernel];
    double own, other;

    choice_probabilities(parzen, choices, &own, &other);
    if (kernel == parzen->kernels - 1)
        c = (int32_t)(u * choices);
    else if (u < own)
        c = centre;
    else {
        c = (int32_t)((u - own) / other);
        c += c >= centre;
    }
    return dimension->choices[c < choices ? c : choices - 1];
}

static double
draw_number(const sg_parzen *parzen, int32_t d, int32_t kernel, double u)
{
    const sg_dimension *dimension = parzen->dimension[d];
    double centre = parzen->centre[(int64_t)d * parzen->kernels + kernel];
    double scale = parzen->scale[(int64_t)d * parzen->kernels + kernel];
    double low = (sg_scale_low(dimension) - centre) / scale;
    double high = (sg_scale_high(dimension) - centre) / scale;

    return sg_scale_value(dimension, centre + scale * sg_normal_between(u, low, high));
}

void
sg_parzen_draw(const sg_parzen *parzen, sg_rng *rng, double *point)
{
    int32_t kernel = draw_kernel(parzen, sg_rng_uniform(rng));

    for (int32_t d = 0; d < parzen->dimensions; d++) {
        double u = sg_rng_uniform(rng);

        if (parzen->dimension[d]->kind == SEGML_DIMENSION_CATEGORICAL)
            point[d] = draw_choice(parzen, d, kernel, u);
        else
            point[d] = draw_number(parzen, d, kernel, u);
    }
}

/* Logarithms of the kernels at one value, each without and with a step, and of choices. */

static void
fill_density(const sg_parzen *parzen, int32_t d, double value, double *row)
{
    const double *centre = parzen->centre + (int64_t)d * parzen->kernels;
    const double *scale = parzen->scale + (int64_t)d * parzen->kernels;
    const double *log_norm = parzen->log_norm + (int64_t)d * parzen->kernels;
    double place = sg_scale_place(parzen->dimension[d], value);

    for (int32_t i = 0; i < parzen->kernels; i++) {
        double z = (place - centre[i]) / scale[i];

        row[i] = -0.5 * z * z - log_norm[i];
    }
}

static void
fill_cell(const sg_parzen *parzen, int32_t d, double value, double *row)
{
    const double *centre = parzen->centre + (int64_t)d * parzen->kernels;
    const double *scale = parzen->scale + (int64_t)d * parzen->kernels;
    const double *log_norm = parzen->log_norm + (int64_t)d * parzen->kernels;
    sg_cell cell = sg_scale_cell(parzen->dimension[d], value);

    for (int32_t i = 0; i < parzen->kernels; i++) {
        double a = (cell.low - centre[i]) / scale[i], b = (cell.high - centre[i]) / scale[i];
        double width = cell.width / scale[i], z = (a + b) / 2;

        row[i] = width < tiny_cell ? log(width) - 0.5 * z * z - log_root_2_pi
                                   : log(sg_normal_mass(a, b));
        row[i] -= log_norm[i];
    }
}

static void
fill_choice(const sg_parzen *parzen, int32_t d, double value, double *row)
{
    const sg_dimension *dimension = parzen->dimension[d];
    const double *centre = parzen->centre + (int64_t)d * parzen->kernels;
    int32_t choice = sg_scale_choice(dimension, value);
    double own, other;

    choice_probabilities(parzen, dimension->choice_count, &own, &other);
    own = log(own);
    other = log(other);
    for (int32_t i = 0; i < parzen->kernels - 1; i++)
        row[i] = (int32_t)centre[i] == choice ? own : other;
    row[parzen->kernels - 1] = -log((double)dimension->choice_count);
}

/* Fills one dimension's row of a point, or copies that of an earlier point of the same value. */
static void
fill_row(const sg_parzen *parzen, int32_t d, const double *point, int32_t number, double *rows)
{
    const sg_dimension *dimension = parzen->dimension[d];
    double value = point[(int64_t)number * parzen->dimensions + d];
    double *row = rows + (int64_t)number * parzen->kernels;

    if (!(dimension->step > 0)) {
        fill_density(parzen, d, value, row);
        return;
    }
    for (int32_t p = 0; p < number; p++) {
        if (point[(int64_t)p * parzen->dimensions + d] == value) {
            memcpy(row, rows + (int64_t)p * parzen->kernels, (size_t)parzen->kernels * sizeof *row);
            return;
        }
    }
    if (dimension->kind == SEGML_DIMENSION_CATEGORICAL)
        fill_choice(parzen, d, value, row);
    else
        fill_cell(parzen, d, value, row);
}

static double
log_of_sum(const double *term, int32_t count)
{
    double largest = term[0], sum = 0;

    for (int32_t i = 1; i < count; i++)
        largest = term[i] > largest ? term[i] : largest;
    for (int32_t i = 0; i < count; i++)
        sum += exp(term[i] - largest);
    return largest + log(sum);
}

int
sg_parzen_log_density(const sg_parzen *parzen, double *out, const double *point, int32_t points,
                      segml_error *err)
{
    int64_t table = (int64_t)parzen->kernels * points;
    double *sum = sg_alloc_array(2 * table, sizeof *sum), *row;

    if (sum == NULL)
        return sg_fail_nomem(err);
    row = sum + table;
    for (int32_t p = 0; p < points; p++)
        memcpy(sum + (int64_t)p * parzen->kernels, parzen->log_weight,
               (size_t)parzen->kernels * sizeof *sum);
    for (int32_t d = 0; d < parzen->dimensions; d++) {
        for (int32_t p = 0; p < points; p++)
            fill_row(parzen, d, point, p, row);
        for (int64_t i = 0; i < table; i++)
            sum[i] += row[i];
    }
    for (int32_t p = 0; p < points; p++)
        out[p] = log_of_sum(sum + (int64_t)p * parzen->kernels, parzen->kernels);
    sg_free(sum);
    return SEGML_OK;
}

void
sg_parzen_clear(sg_parzen *parzen)
{
    sg_free(parzen->block);
    memset(parzen, 0, sizeof *parzen);
}
