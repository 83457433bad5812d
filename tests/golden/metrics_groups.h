/* SPDX-License-Identifier: Apache-2.0 */
/* Written by metrics_sklearn.py; do not edit. */

#include <math.h>

#include "metric/metric.h"

static const float groups_margin_0[] = {
    1.202f, 0.02f, -0.534f, 0.421f, -0.465f, -1.554f, -0.24f, -1.358f, 0.472f, 0.693f, -0.411f,
    -1.091f, -2, -2, -2, -2, -2, 1.347f, -1.246f, 0.257f, -0.345f, 0.279f, -0.369f, -2.037f,
    0.749f, 0.942f, 0.434f, 0.226f, 0.34f, -0.475f, 1.599f, -1.043f, 0.449f, -1.293f, -0.126f,
    -1.778f, 0.757f, 0.346f, 0.466f, -0.487f, -1.194f, -0.827f, -0.06f, 0.508f, -0.875f, -0.8f,
    -0.879f, -1.307f, 1.154f, -1.171f, -0.554f, 0.837f, 1.907f, -0.954f, -0.709f, -0.132f, -2.261f,
    1.235f, -0.523f, 0.571f, -0.252f, 0.955f, -0.039f, -0.643f, -1.608f, -0.716f, 0.836f, -1.007f,
    0.792f, -0.534f, -0.941f, -0.008f, 0.13f, -0.802f,
};

static const float groups_label_0[] = {
    1, 0, 1, 1, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 1, 1, 0, 1, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 0,
    1, 0, 1, 0, 0, 1, 0, 0, 0, 0, 1, 1, 0, 0, 1, 0, 0, 0, 1, 1, 1, 1, 0, 1, 0, 1, 0, 1, 1, 1, 1, 0,
    0, 1, 0, 0, 1, 0, 0, 1, 0, 0,
};

static const int64_t groups_start_0[] = {
    0, 12, 17, 18, 27, 31, 34, 42, 49, 59, 65, 70, 74, 74,
};

static const segml_value groups_expected_0[] = {
    {"log_loss_macro", 0x1.04e1e97d49a64p-1}, {"log_loss_weighted", 0x1.1b1fa8d97f24fp-1},
    {"log_loss_worst", 0x1.b0ba7de77f2f1p-1}, {"log_loss_q10", 0x1.61eda39be9752p-1},
    {"log_loss_undefined", 0x1.0000000000000p+0}, {"f1_macro", 0x1.2a392f35dc17fp-1},
    {"f1_weighted", 0x1.1167002d3a7aap-1}, {"f1_worst", 0x0.0p+0},
    {"f1_q10", 0x1.0000000000000p-2}, {"f1_undefined", 0x1.0000000000000p+1},
    {"roc_auc_stratified", 0x1.6f96f96f96f97p-1},
};

static const float groups_weight_1[] = {
    2, 1, 2, 2, 1, 2, 2, 0.5f, 0.5f, 0.5f, 0.5f, 2, 2, 0.5f, 1, 2, 0.5f, 2, 0.5f, 1, 2, 0.5f, 1,
    0.5f, 2, 0.5f, 2, 1, 1, 1, 1, 0, 0, 0, 2, 2, 2, 1, 1, 2, 1, 0.5f, 2, 0.5f, 2, 1, 0.5f, 0.5f, 1,
    0.5f, 0.5f, 1, 2, 1, 2, 2, 2, 1, 1, 1, 0.5f, 1, 1, 0.5f, 2, 0.5f, 0.5f, 0.5f, 2, 2, 2, 0.5f, 2,
    1,
};

static const segml_value groups_expected_1[] = {
    {"log_loss_macro", 0x1.f9f079f594a6cp-2}, {"log_loss_weighted", 0x1.0cf8929e07995p-1},
    {"log_loss_worst", 0x1.a6aaffc2e5c33p-1}, {"log_loss_q10", 0x1.4f4ea9875250fp-1},
    {"log_loss_undefined", 0x1.0000000000000p+1}, {"f1_macro", 0x1.23464ae5a1d86p-1},
    {"f1_weighted", 0x1.1312fbc67ec99p-1}, {"f1_worst", 0x0.0p+0}, {"f1_q10", 0x0.0p+0},
    {"f1_undefined", 0x1.8000000000000p+1}, {"roc_auc_stratified", 0x1.7ef707971dabdp-1},
};

static const double groups_limits_2[] = {
    0.5, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5, 0.3, 0.3, 0.3, 0.3, 0.3, 0.3, 0.3,
    0.3, 0.3, 0.3, 0.3, 0.3, 0.3, 0.3, 0.3, 0.7, 0.7, 0.7, 0.7, 0.3, 0.3, 0.3, 0.7, 0.7, 0.7, 0.7,
    0.7, 0.7, 0.7, 0.7, 0.3, 0.3, 0.3, 0.3, 0.3, 0.3, 0.3, 0.7, 0.7, 0.7, 0.7, 0.7, 0.7, 0.7, 0.7,
    0.7, 0.7, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5, 0.3, 0.3, 0.3, 0.3, 0.3, 0.3, 0.3, 0.3, 0.3,
};

static const segml_value groups_expected_2[] = {
    {"log_loss_macro", 0x1.f9f079f594a6cp-2}, {"log_loss_weighted", 0x1.0cf8929e07995p-1},
    {"log_loss_worst", 0x1.a6aaffc2e5c33p-1}, {"log_loss_q10", 0x1.4f4ea9875250fp-1},
    {"log_loss_undefined", 0x1.0000000000000p+1}, {"f1_macro", 0x1.1e71e5e09df61p-1},
    {"f1_weighted", 0x1.0f0aeda8178d1p-1}, {"f1_worst", 0x0.0p+0}, {"f1_q10", 0x0.0p+0},
    {"f1_undefined", 0x1.8000000000000p+1}, {"roc_auc_stratified", 0x1.7ef707971dabdp-1},
};

static const float groups_margin_3[] = {
    1, 2, 0, 1, 2,
};

static const float groups_label_3[] = {
    1, 1, 0, 0, 0,
};

static const int64_t groups_start_3[] = {
    0, 2, 5,
};

static const segml_value groups_expected_3[] = {
    {"log_loss_macro", 0x1.990e4208bca46p-1}, {"log_loss_weighted", 0x1.d454414f69b8bp-1},
    {"log_loss_worst", 0x1.60b61f350f04dp+0}, {"log_loss_q10", 0x1.60b61f350f04dp+0},
    {"log_loss_undefined", 0x0.0p+0}, {"f1_macro", 0x1.0000000000000p-1},
    {"f1_weighted", 0x1.999999999999ap-2}, {"f1_worst", 0x0.0p+0}, {"f1_q10", 0x0.0p+0},
    {"f1_undefined", 0x0.0p+0}, {"roc_auc_stratified", NAN},
};

static const float groups_margin_4[] = {
    -0.999f, 0.113f, 0.195f, 0.217f, 0.356f, 0.34f, 3.025f, -1.393f, 0.888f, 0.911f, -0.014f,
    -1.45f, -0.46f, 0.743f, 0.918f, 1.081f, -0.291f, 1.155f, 0.979f, -2.2f, -0.692f, -1.969f,
    -2.251f, -0.53f, 2.334f, 0.047f, -1.173f, -0.941f, 2.131f, 0.158f, 0.048f, -0.053f, 1.038f,
    0.805f, 0.553f, 1.216f, -1.043f, 1.511f, -0.684f, 1.094f, -0.271f, -0.138f, -0.007f, -1.325f,
    2.722f, 1.46f, 0.536f, 0.772f, 0.379f, -1.614f, 0.25f, 0.939f, 0.083f, -1.077f, -0.269f,
    0.822f, 1.188f, 1.334f, -0.006f, 1.529f, 0.445f, -0.389f, -1.817f, 1.569f, 0.964f, 1.917f,
    0.669f, 1.11f, 0.215f, -0.252f, 0.796f, 0.054f, 2.512f, 0.556f, -0.058f, 0.421f, -0.635f,
    1.603f, 0.507f, 0.068f, 0.654f, -1.109f, 0.933f, 0.874f, -0.393f, -0.227f, 0.779f, 0.11f,
    -1.593f, 0.765f, -0.854f, 0.885f, 0.229f, 1.577f, 1.524f, -0.314f, 0.398f, 0.191f, -0.002f,
    -0.994f, 1.461f, 2.016f, -0.258f, 0.797f, -1.045f, 0.319f, -1.247f, -0.107f, 2.28f, -0.905f,
    1.081f, 2.524f, 0.259f, 0.553f, 2.952f, -0.197f, -0.593f, -0.353f, 0.042f, 1.479f, 0.96f,
    0.058f, -0.855f, 0.496f, 0.292f, -0.205f, 0.214f, 0.297f, 0.701f, 0.96f, 0.207f, -0.084f,
    1.504f, 1.871f, 0.592f, 0.056f, -0.686f, 0.388f, -1.947f, -1.409f, 1.855f, 0.706f, 0.85f,
    -1.71f, -0.371f, -0.679f, 1.637f, 3.258f, 0.217f, -0.779f, -0.171f, -0.056f, -0.177f, -1.152f,
    0.116f, -0.151f, 1.112f, 1.063f, 2.085f, -0.474f, 0.515f, 0.868f, -0.389f, -0.339f, -0.3f,
    -1.444f, 1.794f, -0.191f, 1.216f, 1.002f, -1.733f, -0.784f, 1.175f, 0.392f, -0.377f, 2.029f,
    0.21f, -1.213f, 0.069f, 0.805f, 0.464f, -0.899f, 1.348f, 1.598f, 1.343f, -0.384f, -0.296f,
    -0.126f, 2.537f, -0.175f, 1.588f, 0.353f, 1.164f, -1.671f, -0.383f, 0.984f, -0.252f, 1.072f,
    0.337f, -0.044f, -0.502f, 0.541f, -0.05f, -0.536f, -0.827f, 0.695f, -1.027f, -1.29f, -0.048f,
    1.883f, -1.529f, 0.004f, 0.35f, -0.977f, 0.853f, 0.482f, 1.498f, -0.78f, 1.387f, -0.227f,
    0.246f, 0.588f,
};

static const float groups_label_4[] = {
    1, 0, 0, 0, 2, 0, 0, 1, 0, 1, 2, 2, 1, 1, 2, 1, 1, 0, 1, 0, 0, 2, 1, 1, 0, 0, 2, 1, 2, 2, 2, 0,
    0, 1, 1, 2, 0, 0, 0, 0, 1, 0, 2, 0, 0, 1, 2, 1, 2, 0, 0, 2, 2, 2, 2, 1, 0, 1, 1, 1, 1, 0, 1, 2,
    0, 1, 1, 0, 1, 2, 2, 2, 2, 1,
};

static const segml_value groups_expected_4[] = {
    {"log_loss_macro", 0x1.8153bf7f8fe11p-1}, {"log_loss_weighted", 0x1.7d02b115562c5p-1},
    {"log_loss_worst", 0x1.360955c6d5587p+0}, {"log_loss_q10", 0x1.ef55bcc39dd7fp-1},
    {"log_loss_undefined", 0x1.0000000000000p+1}, {"f1_macro_macro", 0x1.3aa0b956095afp-1},
    {"f1_macro_weighted", 0x1.373e81487ab23p-1}, {"f1_macro_worst", 0x1.6c16c16c16c17p-3},
    {"f1_macro_q10", 0x1.5555555555555p-2}, {"f1_macro_undefined", 0x1.0000000000000p+1},
};

static const float groups_margin_5[] = {
    0.651f, 0.699f, 0.403f, -1.069f, -0.629f, -0.696f, 0.921f, -1.255f, 0.395f, -1.526f, -0.511f,
    -0.814f, 0.051f, 2.524f, 4.011f, -0.4f, 2.203f, 5.608f, 7.912f, 9.155f, 8.019f, 7.502f, 9.514f,
    7.892f, 9.724f, 7.024f, 8.223f, 10.508f, 13.92f, 11.441f, 12.996f, 13.504f, 15.82f, 15.493f,
    20.392f, 17.544f, 15.989f, 16.929f, 17.502f, 19.378f, 19.227f, 15.724f, 20.347f, 22.015f,
    23.601f, 18.614f, 20.169f, 21.067f, 22.093f, 20.59f, 24.292f, 21.202f, 21.926f, 24.951f,
    26.293f, 23.427f, 23.601f, 24.054f, 25.4f, 27.066f, 26.874f, 25.845f, 25.384f, 27.559f,
    27.557f, 31.601f, 33.062f, 29.291f, 29.378f, 30.866f, 33.177f, 33.529f, 33.538f, 31.847f,
};

static const float groups_label_5[] = {
    -0.155f, 0.603f, -0.047f, -1.086f, -0.102f, 0.052f, 0.958f, -0.906f, -0.039f, -1.722f, 0.651f,
    -1.081f, 1.194f, 2.941f, 4.106f, 1.476f, 1.912f, 5.257f, 7.871f, 9.379f, 8.193f, 8.278f,
    9.583f, 8.244f, 9.433f, 8.029f, 7.788f, 10.165f, 13.861f, 11.68f, 12.244f, 14.969f, 15.16f,
    15.05f, 19.908f, 16.961f, 16.443f, 16.988f, 16.665f, 18.747f, 18.82f, 17.039f, 19.61f, 20.645f,
    22.391f, 18.18f, 21.527f, 19.924f, 22.04f, 22.922f, 23.715f, 22.494f, 23.023f, 25.386f,
    24.821f, 23.598f, 23.13f, 22.106f, 23.606f, 26.969f, 26.916f, 26.906f, 25.878f, 26.934f,
    26.961f, 31.291f, 31.867f, 29.863f, 29.234f, 29.935f, 32.392f, 32.258f, 32.941f, 31.957f,
};

static const segml_value groups_expected_5[] = {
    {"rmse_macro", 0x1.6818fe3dbec5cp-1}, {"rmse_weighted", 0x1.742e31c03c69cp-1},
    {"rmse_worst", 0x1.47015b6661813p+0}, {"rmse_q10", 0x1.357ca58c3cbd5p+0},
    {"rmse_undefined", 0x1.0000000000000p+1}, {"r2_within", 0x1.498504131f000p-2},
};

static const float groups_margin_6[] = {
    0.407f, -0.199f, -1.487f, -0.305f, 0.043f, 0.56f, -0.539f, -1.071f, -0.439f, -2.386f, -1.404f,
    -1.216f, 2.291f, 3.522f, 3.705f, 1.661f, 2.869f, 2.696f, 0.175f, 0.843f, 0.982f, 2.001f,
    1.435f, 0.613f, 0.602f, 1.087f, -0.239f, 10.324f, 14.967f, 13.837f, 12.285f, 15.121f, 15.558f,
    16.593f, 20.078f, 18.63f, 15.676f, 17.002f, 16.667f, 19.733f, 20.066f, 15.729f, 18.894f,
    21.182f, 21.932f, 16.858f, 22.765f, 20.618f, 22.734f, 22.647f, 24.944f, 22.454f, 24.319f,
    24.674f, 24.166f, 24.003f, 22.627f, 22.982f, 24.066f, 26.246f, 27.189f, 26.755f, 26.994f,
    26.501f, 26.722f, 32.702f, 34.305f, 32.062f, 29.497f, 30.354f, 34.126f, 32.333f, 32.165f,
    32.274f,
};

static const float groups_label_6[] = {
    -0.155f, 0.603f, -0.047f, -1.086f, -0.102f, 0.052f, 0.958f, -0.906f, -0.039f, -1.722f, 0.651f,
    -1.081f, 1.194f, 2.941f, 4.106f, 1.476f, 1.912f, 5.257f, 0.1f, 0.1f, 0.1f, 0.1f, 0.1f, 0.1f,
    0.1f, 0.1f, 0.1f, 10.165f, 13.861f, 11.68f, 12.244f, 14.969f, 15.16f, 15.05f, 19.908f, 16.961f,
    16.443f, 16.988f, 16.665f, 18.747f, 18.82f, 17.039f, 19.61f, 20.645f, 22.391f, 18.18f, 21.527f,
    19.924f, 22.04f, 22.922f, 23.715f, 22.494f, 23.023f, 25.386f, 24.821f, 23.598f, 23.13f,
    22.106f, 23.606f, 26.969f, 26.916f, 26.906f, 25.878f, 26.934f, 26.961f, 31.291f, 31.867f,
    29.863f, 29.234f, 29.935f, 32.392f, 32.258f, 32.941f, 31.957f,
};

static const segml_value groups_expected_6[] = {
    {"rmse_macro", 0x1.17b80edcb0963p+0}, {"rmse_weighted", 0x1.ea3389a0e40d0p-1},
    {"rmse_worst", 0x1.47ced80000000p+1}, {"rmse_q10", 0x1.9d06f1163052cp+0},
    {"rmse_undefined", 0x1.0000000000000p+0}, {"r2_within", -0x1.eb321ec930328p-3},
};

static const float groups_margin_7[] = {
    0, 0, 1, 6, 7, 8,
};

static const float groups_label_7[] = {
    0.1f, 0.1f, 0.1f, 7, 7, 7,
};

static const int64_t groups_start_7[] = {
    0, 3, 6,
};

static const segml_value groups_expected_7[] = {
    {"rmse_macro", 0x1.57ad46420278ap-1}, {"rmse_weighted", 0x1.57ad464202789p-1},
    {"rmse_worst", 0x1.a20bd700c2c3ep-1}, {"rmse_q10", 0x1.a20bd700c2c3ep-1},
    {"rmse_undefined", 0x0.0p+0}, {"r2_within", NAN},
};

static const float groups_margin_8[] = {
    0.452f, -0.829f, -1.646f, -1.437f, 0.665f, -0.758f, -0.141f, 0.213f, 0.619f, -0.335f, 0.499f,
    -0.89f, -0.362f, -1.024f, 1.132f, -0.027f, -0.739f, -0.352f, -0.222f, 0.701f, -1.596f, -1.037f,
    -0.378f, 2.532f, 0.956f, -0.111f, 0.712f, 2.057f, -0.234f, -0.366f, 1.212f, 0.494f, 0.671f,
    -0.508f, 1.924f, 1.71f, 0.566f, 0.684f, -2.027f, 0.638f, -0.194f, 0.434f, 0.682f, -0.341f,
    -1.69f, 0.368f, -0.741f, -0.33f, -0.605f, -0.342f, -2.31f, 1.217f, 0.253f, 1.111f, 1.98f,
    0.023f, -1.802f, -0.894f, -1.207f, -0.502f, 0.08f, -2.002f, 0.342f, -1.51f, 0.297f, -0.109f,
    -0.314f, -0.073f, -0.54f, -0.612f, -1.683f, -0.03f, 1.846f, 1.98f,
};

static const float groups_label_8[] = {
    1, 0, 0, 0, 1, 1, 2, 1, 0, 0, 2, 1, 0, 1, 2, 0, 0, 1, 2, 3, 0, 1, 1, 20, 4, 1, 1, 7, 0, 1, 3,
    2, 1, 0, 7, 5, 3, 3, 0, 0, 0, 1, 1, 0, 0, 2, 1, 0, 2, 0, 0, 0, 0, 0, 5, 0, 0, 1, 0, 1, 0, 0, 4,
    1, 0, 3, 0, 0, 2, 1, 0, 1, 9, 4,
};

static const segml_value groups_expected_8[] = {
    {"deviance_macro", 0x1.038157a67ce6ap+0}, {"deviance_weighted", 0x1.16794f999dcafp+0},
    {"deviance_worst", 0x1.03059619d94b2p+1}, {"deviance_q10", 0x1.cf05e1ad19f00p+0},
    {"deviance_undefined", 0x1.0000000000000p+1},
};

static const grouped_case groups_cases[] = {
    {"binary: plain", groups_expected_0, 11,
     {1, 74, 1, groups_margin_0, groups_label_0, NULL, 0.5},
     groups_start_0, 13, NULL},
    {"binary: weights", groups_expected_1, 11,
     {1, 74, 1, groups_margin_0, groups_label_0, groups_weight_1, 0.5},
     groups_start_0, 13, NULL},
    {"binary: thresholds", groups_expected_2, 11,
     {1, 74, 1, groups_margin_0, groups_label_0, groups_weight_1, 0.5},
     groups_start_0, 13, groups_limits_2},
    {"binary: no group with two classes", groups_expected_3, 11,
     {1, 5, 1, groups_margin_3, groups_label_3, NULL, 0.5},
     groups_start_3, 2, NULL},
    {"multiclass: weights", groups_expected_4, 10,
     {2, 74, 3, groups_margin_4, groups_label_4, groups_weight_1, 0.5},
     groups_start_0, 13, NULL},
    {"regression: weights", groups_expected_5, 6,
     {3, 74, 1, groups_margin_5, groups_label_5, groups_weight_1, 0.5},
     groups_start_0, 13, NULL},
    {"regression: a constant group", groups_expected_6, 6,
     {3, 74, 1, groups_margin_6, groups_label_6, NULL, 0.5},
     groups_start_0, 13, NULL},
    {"regression: constant groups", groups_expected_7, 6,
     {3, 6, 1, groups_margin_7, groups_label_7, NULL, 0.5},
     groups_start_7, 2, NULL},
    {"poisson: weights", groups_expected_8, 5,
     {4, 74, 1, groups_margin_8, groups_label_8, groups_weight_1, 0.5},
     groups_start_0, 13, NULL},
};
