/* SPDX-License-Identifier: Apache-2.0 */
/* Written by metrics_sklearn.py; do not edit. */

#include <math.h>

#include "metric/metric.h"

static const float poisson_margin_0[] = {
    0.929f, 0.449f, 0.727f, 0.775f, 0.896f, -0.959f, 2.238f, 1.708f, 2.745f, 2.277f, 0.365f,
    -0.202f, 1.416f, 0.834f, -0.325f, -0.43f, 0.388f, 0.608f, 0.685f, 0.34f, 0.914f, 0.418f,
    0.144f, 0.826f, -0.119f, 1.019f, 1.897f, 0.813f, 2.279f, 1.679f, 1.956f, -0.612f, 1.813f,
    -0.488f, 2.125f, 1.018f, 1.503f, 0.12f, 1.056f, 0.001f,
};

static const float poisson_label_0[] = {
    1, 2, 3, 2, 2, 0, 9, 4, 15, 8, 1, 3, 3, 5, 0, 1, 2, 1, 2, 2, 4, 0, 1, 4, 1, 2, 9, 1, 5, 6, 6,
    0, 9, 0, 5, 1, 2, 4, 4, 1,
};

static const segml_value poisson_expected_0[] = {
    {"deviance", 0x1.c0bd0926b8e4bp-1}, {"deviance_se", 0x1.5149f05e763bdp-3},
    {"d2", 0x1.5e59e3a17b62fp-1}, {"mae", 0x1.3a3a77de7b2d0p+0}, {"rmse", 0x1.9c23242069c4cp+0},
    {"bias", 0x1.74d7604024e6ep-3},
};

static const float poisson_weight_1[] = {
    0.5f, 0, 3, 1, 3, 1, 1, 0, 0.5f, 3, 3, 1, 1, 3, 0, 3, 3, 3, 0.5f, 0.5f, 0, 3, 0.5f, 0.5f, 1,
    0.5f, 0.5f, 1, 0.5f, 3, 0.5f, 1, 3, 1, 0, 0, 0.5f, 1, 0, 1,
};

static const segml_value poisson_expected_1[] = {
    {"deviance", 0x1.ac4e09b21895ep-1}, {"deviance_se", 0x1.c204e734aa727p-3},
    {"d2", 0x1.669a943417f69p-1}, {"mae", 0x1.250a08db24f67p+0}, {"rmse", 0x1.7ba6878f0d320p+0},
    {"bias", -0x1.09d4896d3809fp-3},
};

static const float poisson_margin_2[] = {
    0.929f, 0.449f, 0.727f, 0.775f, 0.896f, -0.959f,
};

static const float poisson_label_2[] = {
    0, 0, 0, 0, 0, 0,
};

static const segml_value poisson_expected_2[] = {
    {"deviance", 0x1.dca3b4ee0f4d1p+1}, {"deviance_se", 0x1.3197aee7d3fbdp-1}, {"d2", NAN},
    {"mae", 0x1.dca3b4ee0f4d1p+0}, {"rmse", 0x1.0007a77b0d48bp+1}, {"bias", 0x1.dca3b4ee0f4d1p+0},
};

static const float poisson_label_3[] = {
    2, 2, 2, 2, 2, 2,
};

static const segml_value poisson_expected_3[] = {
    {"deviance", 0x1.3c965b76cbb03p-1}, {"deviance_se", 0x1.01df6ef932826p-1}, {"d2", NAN},
    {"mae", 0x1.172460f520903p-1}, {"rmse", 0x1.7ce555cca067ep-1}, {"bias", -0x1.1ae2588f85977p-3},
};

static const float poisson_margin_4[] = {
    0.5f,
};

static const float poisson_label_4[] = {
    2,
};

static const segml_value poisson_expected_4[] = {
    {"deviance", 0x1.1ed91a3081160p-4}, {"deviance_se", 0x0.0p+0}, {"d2", NAN},
    {"mae", 0x1.67b59c787e590p-2}, {"rmse", 0x1.67b59c787e590p-2}, {"bias", -0x1.67b59c787e590p-2},
};

static const float poisson_margin_5[] = {
    -60, -30, 0.5f,
};

static const float poisson_label_5[] = {
    0, 1, 2,
};

static const segml_value poisson_expected_5[] = {
    {"deviance", 0x1.a5828fab2ce5fp+3}, {"deviance_se", 0x1.573f3b5b70cedp+3},
    {"d2", -0x1.a815320f70e56p+3}, {"mae", 0x1.cd3c897d7f4fdp-2}, {"rmse", 0x1.394faa8969a61p-1},
    {"bias", -0x1.cd3c897d7f4fdp-2},
};

static const recorded_case poisson_cases[] = {
    {"poisson: random", poisson_expected_0, 6,
     {4, 40, 1, poisson_margin_0, poisson_label_0, NULL, 0}},
    {"poisson: weights, some 0", poisson_expected_1, 6,
     {4, 40, 1, poisson_margin_0, poisson_label_0, poisson_weight_1, 0}},
    {"poisson: all zero", poisson_expected_2, 6,
     {4, 6, 1, poisson_margin_2, poisson_label_2, NULL, 0}},
    {"poisson: all the same", poisson_expected_3, 6,
     {4, 6, 1, poisson_margin_2, poisson_label_3, NULL, 0}},
    {"poisson: one row", poisson_expected_4, 6,
     {4, 1, 1, poisson_margin_4, poisson_label_4, NULL, 0}},
    {"poisson: mean next to nothing", poisson_expected_5, 6,
     {4, 3, 1, poisson_margin_5, poisson_label_5, NULL, 0}},
};
