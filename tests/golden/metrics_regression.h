/* SPDX-License-Identifier: Apache-2.0 */
/* Written by metrics_sklearn.py; do not edit. */

#include <math.h>

#include "metric/metric.h"

static const float regression_margin_0[] = {
    7.695f, 8.034f, 11.03f, 7.411f, 15.486f, 7.582f, 11.26f, 10.373f, 10.306f, 10.133f, 8.785f,
    13.383f, 1.178f, 7.214f, 13.207f, 9.837f, 10.141f, 9.042f, 12.022f, 10.67f, 12.163f, 9.102f,
    11.902f, 11.171f, 17.123f, 11.541f, 12.691f, 12.415f, 13.29f, 10.13f, 12.464f, 8.795f, 11.304f,
    7.765f, 7.134f, 10.843f, 6.892f, 6.261f, 7.611f, 9.8f,
};

static const float regression_label_0[] = {
    5.742f, 9.672f, 11.776f, 6.793f, 17.13f, 8.905f, 9.317f, 10.439f, 14.367f, 9.717f, 10.197f,
    16.345f, 2.846f, 7.748f, 14.243f, 8.795f, 11.256f, 7.546f, 10.912f, 9.718f, 12.103f, 10.616f,
    12.74f, 12.529f, 15.751f, 13.956f, 15.259f, 12.557f, 9.153f, 9.647f, 13.22f, 9.093f, 12.061f,
    10.114f, 4.437f, 14.028f, 6.231f, 8.633f, 10.606f, 11.414f,
};

static const segml_value regression_expected_0[] = {
    {"rmse", 0x1.d187601a3e3ccp+0}, {"rmse_se", 0x1.6c8e8ae6ed1a7p-3},
    {"mae", 0x1.81f5584cccccdp+0}, {"median_ae", 0x1.5ba5f00000000p+0},
    {"r2", 0x1.53755411b93a0p-1}, {"d2_absolute", 0x1.8aac486974b02p-2},
    {"mape", 0x1.47a93611a301dp-3}, {"mape_rows", 0x1.4000000000000p+5},
    {"wape", 0x1.20d42f625e729p-3}, {"bias", -0x1.1f0d830000000p-1},
    {"pinball_10", 0x1.0f2323e666666p-1}, {"pinball_90", 0x1.f4c78cb333333p-1},
};

static const float regression_weight_1[] = {
    0.5f, 0, 1, 0, 3, 0.5f, 3, 1, 0, 1, 3, 0.5f, 1, 0.5f, 3, 0.5f, 0, 0, 0, 0.5f, 3, 1, 3, 0.5f,
    0.5f, 3, 1, 3, 0, 3, 3, 0, 3, 0, 0.5f, 0.5f, 0.5f, 0.5f, 0.5f, 3,
};

static const segml_value regression_expected_1[] = {
    {"rmse", 0x1.6ddbe14027733p+0}, {"rmse_se", 0x1.2c9cc5764ad4dp-3},
    {"mae", 0x1.320b44741fab9p+0}, {"median_ae", 0x1.0937500000000p+0},
    {"r2", 0x1.78b6deca2caccp-1}, {"d2_absolute", 0x1.acceb55863c44p-2},
    {"mape", 0x1.d74dc96a382b1p-4}, {"mape_rows", 0x1.f000000000000p+4},
    {"wape", 0x1.9fd0f946d2cecp-4}, {"bias", -0x1.623d986991279p-1},
    {"pinball_10", 0x1.48b20efa319ddp-2}, {"pinball_90", 0x1.bfbd816b26884p-1},
};

static const float regression_margin_2[] = {
    22.305f, 21.966f, 18.97f, 22.589f, 14.514f, 22.418f, 18.74f, 19.627f, 19.694f, 19.867f,
    21.215f, 16.617f, 28.822f, 22.786f, 16.793f, 20.163f, 19.859f, 20.958f, 17.978f, 19.33f,
    17.837f, 20.898f, 18.098f, 18.829f, 12.877f, 18.459f, 17.309f, 17.585f, 16.71f, 19.87f,
    17.536f, 21.205f, 18.696f, 22.235f, 22.866f, 19.157f, 23.108f, 23.739f, 22.389f, 20.2f,
};

static const float regression_weight_2[] = {
    0.5f, 0.5f, 3, 3, 0.5f, 0, 0.5f, 1, 1, 0, 0.5f, 1, 1, 0, 1, 1, 3, 0.5f, 0, 0, 0, 3, 3, 0.5f, 3,
    0, 0, 0.5f, 0, 0.5f, 0, 0, 1, 1, 3, 3, 1, 0.5f, 3, 0,
};

static const segml_value regression_expected_2[] = {
    {"rmse", 0x1.641ade6c89743p+3}, {"rmse_se", 0x1.41d77e71d41a8p+0},
    {"mae", 0x1.365c4f4e0c7cep+3}, {"median_ae", 0x1.134bc60000000p+3},
    {"r2", -0x1.31b8613690861p+3}, {"d2_absolute", -0x1.549a3f1245724p+1},
    {"mape", 0x1.57428e4d2eccbp+0}, {"mape_rows", 0x1.c000000000000p+4},
    {"wape", 0x1.cdbcfc565be2ap-1}, {"bias", 0x1.26dc2f3512bb5p+3},
    {"pinball_10", 0x1.111fd422a7562p+3}, {"pinball_90", 0x1.29e3d95b2935bp+0},
};

static const segml_value regression_expected_3[] = {
    {"rmse", 0x0.0p+0}, {"rmse_se", NAN}, {"mae", 0x0.0p+0}, {"median_ae", 0x0.0p+0},
    {"r2", 0x1.0000000000000p+0}, {"d2_absolute", 0x1.0000000000000p+0}, {"mape", 0x0.0p+0},
    {"mape_rows", 0x1.4000000000000p+5}, {"wape", 0x0.0p+0}, {"bias", 0x0.0p+0},
    {"pinball_10", 0x0.0p+0}, {"pinball_90", 0x0.0p+0},
};

static const float regression_margin_4[] = {
    7.695f, 8.034f, 11.03f, 7.411f, 15.486f, 7.582f, 11.26f, 10.373f,
};

static const float regression_label_4[] = {
    2.5f, 2.5f, 2.5f, 2.5f, 2.5f, 2.5f, 2.5f, 2.5f,
};

static const segml_value regression_expected_4[] = {
    {"rmse", 0x1.f3b0bae8c671ap+2}, {"rmse_se", 0x1.086c1ee686741p+0},
    {"mae", 0x1.d6f7cf0000000p+2}, {"median_ae", 0x1.622d100000000p+2}, {"r2", NAN},
    {"d2_absolute", NAN}, {"mape", 0x1.78c63f3333334p+1}, {"mape_rows", 0x1.0000000000000p+3},
    {"wape", 0x1.78c63f3333333p+1}, {"bias", 0x1.d6f7cf0000000p+2},
    {"pinball_10", 0x1.a7df07199999ap+2}, {"pinball_90", 0x1.78c63f3333332p-1},
};

static const float regression_margin_5[] = {
    7.695f, 8.034f, 11.03f, 7.411f,
};

static const float regression_label_5[] = {
    0.1f, 0.1f, 0.1f, 0.1f,
};

static const float regression_weight_5[] = {
    6.634f, 0.042f, 0.002f, 0.001f,
};

static const segml_value regression_expected_5[] = {
    {"rmse", 0x1.e64b728994694p+2}, {"rmse_se", 0x1.100ffa628c8fcp-8},
    {"mae", 0x1.e647132347351p+2}, {"median_ae", 0x1.e6147b9800000p+2}, {"r2", NAN},
    {"d2_absolute", NAN}, {"mape", 0x1.2fec6baa11664p+6}, {"mape_rows", 0x1.0000000000000p+2},
    {"wape", 0x1.2fec6baa11663p+6}, {"bias", 0x1.e647132347351p+2},
    {"pinball_10", 0x1.b5a65e06267c9p+2}, {"pinball_90", 0x1.8505a8e905c3ep-1},
};

static const segml_value regression_expected_6[] = {
    {"rmse", 0x0.0p+0}, {"rmse_se", NAN}, {"mae", 0x0.0p+0}, {"median_ae", 0x0.0p+0}, {"r2", NAN},
    {"d2_absolute", NAN}, {"mape", 0x0.0p+0}, {"mape_rows", 0x1.0000000000000p+3},
    {"wape", 0x0.0p+0}, {"bias", 0x0.0p+0}, {"pinball_10", 0x0.0p+0}, {"pinball_90", 0x0.0p+0},
};

static const float regression_margin_7[] = {
    2.5f,
};

static const float regression_label_7[] = {
    3,
};

static const segml_value regression_expected_7[] = {
    {"rmse", 0x1.0000000000000p-1}, {"rmse_se", 0x0.0p+0}, {"mae", 0x1.0000000000000p-1},
    {"median_ae", 0x1.0000000000000p-1}, {"r2", NAN}, {"d2_absolute", NAN},
    {"mape", 0x1.5555555555555p-3}, {"mape_rows", 0x1.0000000000000p+0},
    {"wape", 0x1.5555555555555p-3}, {"bias", -0x1.0000000000000p-1},
    {"pinball_10", 0x1.999999999999ap-5}, {"pinball_90", 0x1.ccccccccccccdp-2},
};

static const float regression_margin_8[] = {
    2.5f, 9,
};

static const float regression_label_8[] = {
    3, 9,
};

static const float regression_weight_8[] = {
    2, 0,
};

static const segml_value regression_expected_8[] = {
    {"rmse", 0x1.0000000000000p-1}, {"rmse_se", 0x0.0p+0}, {"mae", 0x1.0000000000000p-1},
    {"median_ae", 0x1.0000000000000p-1}, {"r2", NAN}, {"d2_absolute", NAN},
    {"mape", 0x1.5555555555555p-3}, {"mape_rows", 0x1.0000000000000p+0},
    {"wape", 0x1.5555555555555p-3}, {"bias", -0x1.0000000000000p-1},
    {"pinball_10", 0x1.999999999999ap-5}, {"pinball_90", 0x1.ccccccccccccdp-2},
};

static const float regression_label_9[] = {
    0, 0, 11.776f, 0, 17.13f, 0, 0, 10.439f, 14.367f, 0, 10.197f, 16.345f, 0, 0, 14.243f, 0,
    11.256f, 0, 10.912f, 0, 12.103f, 10.616f, 12.74f, 12.529f, 15.751f, 13.956f, 15.259f, 12.557f,
    0, 0, 13.22f, 0, 12.061f, 10.114f, 0, 14.028f, 0, 0, 10.606f, 11.414f,
};

static const float regression_weight_9[] = {
    1, 1, 0, 3, 3, 0, 1, 1, 3, 1, 3, 3, 0, 0, 0, 0, 3, 3, 0, 3, 0, 1, 3, 0, 3, 0, 0, 0, 1, 3, 0, 3,
    0, 3, 0, 3, 1, 1, 1, 1,
};

static const segml_value regression_expected_9[] = {
    {"rmse", 0x1.8ffeec93810a4p+2}, {"rmse_se", 0x1.8178e979a674bp-1},
    {"mae", 0x1.3fa6f73ecade3p+2}, {"median_ae", 0x1.97ae100000000p+1},
    {"r2", 0x1.3083355cf16b8p-3}, {"d2_absolute", 0x1.54f47e6d94664p-3},
    {"mape", 0x1.3d3407db495e4p-3}, {"mape_rows", 0x1.a000000000000p+3},
    {"wape", 0x1.4b7d5bbf71bd5p-1}, {"bias", 0x1.62de80c13521dp+1},
    {"pinball_10", 0x1.cd999125acebbp+1}, {"pinball_90", 0x1.6368baafd1a16p+0},
};

static const float regression_margin_10[] = {
    7.695f, 8.034f, 11.03f, 7.411f, 15.486f,
};

static const float regression_label_10[] = {
    0, 0, 0, 0, 0,
};

static const segml_value regression_expected_10[] = {
    {"rmse", 0x1.4c9a3b1a9a856p+3}, {"rmse_se", 0x1.82ae7d1544d39p+0},
    {"mae", 0x1.3dcc640000000p+3}, {"median_ae", 0x1.0116880000000p+3}, {"r2", NAN},
    {"d2_absolute", NAN}, {"mape", NAN}, {"mape_rows", 0x0.0p+0}, {"wape", NAN},
    {"bias", 0x1.3dcc640000000p+3}, {"pinball_10", 0x1.1e04c06666667p+3},
    {"pinball_90", 0x1.fc7a399999998p-1},
};

static const float regression_margin_11[] = {
    7.695f, 8.034f, 11.03f, 7.411f, 15.486f, 7.582f, 11.26f, 10.373f, 10.306f, 10.133f, 8.785f,
    13.383f, 1.178f, 7.214f, 13.207f, 9.837f, 10.141f, 9.042f, 12.022f, 10.67f, 12.163f, 9.102f,
    11.902f, 11.171f, 17.123f, 11.541f, 12.691f, 12.415f, 13.29f, 10.13f, 12.464f,
};

static const float regression_label_11[] = {
    5.742f, 9.672f, 11.776f, 6.793f, 17.13f, 8.905f, 9.317f, 10.439f, 14.367f, 9.717f, 10.197f,
    16.345f, 2.846f, 7.748f, 14.243f, 8.795f, 11.256f, 7.546f, 10.912f, 9.718f, 12.103f, 10.616f,
    12.74f, 12.529f, 15.751f, 13.956f, 15.259f, 12.557f, 9.153f, 9.647f, 13.22f,
};

static const segml_value regression_expected_11[] = {
    {"rmse", 0x1.b6b3aebd9168cp+0}, {"rmse_se", 0x1.bdd553779de86p-3},
    {"mae", 0x1.6637e2318c632p+0}, {"median_ae", 0x1.52b0200000000p+0},
    {"r2", 0x1.6995a2d2d90fcp-1}, {"d2_absolute", 0x1.c5dc0d4c4d16cp-2},
    {"mape", 0x1.24d19bf769fe7p-3}, {"mape_rows", 0x1.f000000000000p+4},
    {"wape", 0x1.0486b62b16fcep-3}, {"bias", -0x1.9374ba5294a53p-2},
    {"pinball_10", 0x1.1586f02108422p-1}, {"pinball_90", 0x1.b6e8d44210841p-1},
};

static const float regression_margin_12[] = {
    1, 1, 1, 1,
};

static const float regression_label_12[] = {
    1, 2, 3, 4,
};

static const float regression_weight_12[] = {
    1, 1, 1, 3,
};

static const segml_value regression_expected_12[] = {
    {"rmse", 0x1.279a74590331cp+1}, {"rmse_se", 0x1.e1c6457bc58c5p-2},
    {"mae", 0x1.0000000000000p+1}, {"median_ae", 0x1.0000000000000p+1},
    {"r2", -0x1.8000000000000p+1}, {"d2_absolute", -0x1.0000000000000p+0},
    {"mape", 0x1.238e38e38e38ep-1}, {"mape_rows", 0x1.0000000000000p+2},
    {"wape", 0x1.5555555555555p-1}, {"bias", -0x1.0000000000000p+1},
    {"pinball_10", 0x1.999999999999bp-3}, {"pinball_90", 0x1.ccccccccccccdp+0},
};

static const recorded_case regression_cases[] = {
    {"regression: random", regression_expected_0, 12,
     {3, 40, 1, regression_margin_0, regression_label_0, NULL, 0}},
    {"regression: weights, some 0", regression_expected_1, 12,
     {3, 40, 1, regression_margin_0, regression_label_0, regression_weight_1, 0}},
    {"regression: worse than the mean", regression_expected_2, 12,
     {3, 40, 1, regression_margin_2, regression_label_0, regression_weight_2, 0}},
    {"regression: exact", regression_expected_3, 12,
     {3, 40, 1, regression_margin_0, regression_margin_0, NULL, 0}},
    {"regression: constant label", regression_expected_4, 12,
     {3, 8, 1, regression_margin_4, regression_label_4, NULL, 0}},
    {"regression: constant label, rounded mean", regression_expected_5, 12,
     {3, 4, 1, regression_margin_5, regression_label_5, regression_weight_5, 0}},
    {"regression: constant and exact", regression_expected_6, 12,
     {3, 8, 1, regression_label_4, regression_label_4, NULL, 0}},
    {"regression: one row", regression_expected_7, 12,
     {3, 1, 1, regression_margin_7, regression_label_7, NULL, 0}},
    {"regression: one row of positive weight", regression_expected_8, 12,
     {3, 2, 1, regression_margin_8, regression_label_8, regression_weight_8, 0}},
    {"regression: some labels 0", regression_expected_9, 12,
     {3, 40, 1, regression_margin_0, regression_label_9, regression_weight_9, 0}},
    {"regression: all labels 0", regression_expected_10, 12,
     {3, 5, 1, regression_margin_10, regression_label_10, NULL, 0}},
    {"regression: odd number of rows", regression_expected_11, 12,
     {3, 31, 1, regression_margin_11, regression_label_11, NULL, 0}},
    {"regression: weight on one side", regression_expected_12, 12,
     {3, 4, 1, regression_margin_12, regression_label_12, regression_weight_12, 0}},
};
