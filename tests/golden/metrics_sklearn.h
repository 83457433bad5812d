/* SPDX-License-Identifier: Apache-2.0 */
/* Written by metrics_sklearn.py; do not edit. */

#include <math.h>

#include "data/metric.h"

static const float label_0[] = {
    1, 0, 0, 1, 1, 1, 0, 0, 0, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 0, 1, 1, 1, 0, 1, 0, 1, 0, 1, 0, 0, 0,
    1, 0, 1, 1, 1, 0, 0, 1, 0, 0, 1, 0, 1,
};

static const float margin_0[] = {
    -0.022f, -0.607f, -1.051f, 0.126f, 0.423f, -0.896f, -0.035f, 0.72f, -2.88f, 0.253f, 3.401f,
    -1.383f, 1.413f, 2.194f, 2.011f, 2.173f, -0.475f, 0.384f, 0.708f, -0.641f, -1.399f, 0.876f,
    0.163f, -0.535f, 1.05f, -1.472f, 0.815f, -0.218f, 0.172f, -0.871f, -0.716f, -1.15f, 0.296f,
    -0.781f, 0.416f, 1.609f, 1.226f, 2.046f, -1.448f, 1.267f, -1.546f, -1.285f, 0.291f, 0.704f,
    1.596f,
};

static const segml_value expected_0[] = {
    {"log_loss", 0x1.0d4413b408202p-1}, {"log_loss_se", 0x1.0c9485da33ecbp-4},
    {"f1", 0x1.b13b13b13b13bp-1}, {"precision", 0x1.c28f5c28f5c29p-1},
    {"recall", 0x1.a12f684bda12fp-1}, {"accuracy", 0x1.a4fa4fa4fa4fap-1},
    {"balanced_accuracy", 0x1.a5ed097b425edp-1}, {"mcc", 0x1.472c45dcc9a85p-1},
    {"roc_auc", 0x1.a673e28086d91p-1}, {"pr_auc", 0x1.b78ca3846ee90p-1},
    {"brier", 0x1.610b2bb032dc3p-3}, {"base_rate", 0x1.3333333333333p-1},
};

static const float weight_1[] = {
    0.5f, 0.5f, 0.5f, 0, 1, 0.5f, 3, 0, 0.5f, 0.5f, 1, 1, 0, 0.5f, 0.5f, 0.5f, 0.5f, 0.5f, 0, 3, 3,
    0.5f, 1, 1, 0, 0, 0.5f, 0.5f, 0.5f, 0.5f, 0.5f, 0.5f, 1, 0.5f, 3, 3, 1, 0, 0.5f, 0, 1, 3, 0.5f,
    0.5f, 1,
};

static const segml_value expected_1[] = {
    {"log_loss", 0x1.14857e49f7b2bp-1}, {"log_loss_se", 0x1.a1a1969ebaab4p-4},
    {"f1", 0x1.b13b13b13b13bp-1}, {"precision", 0x1.f0f0f0f0f0f0fp-1},
    {"recall", 0x1.8000000000000p-1}, {"accuracy", 0x1.af286bca1af28p-1},
    {"balanced_accuracy", 0x1.b800000000000p-1}, {"mcc", 0x1.6d69f42f79249p-1},
    {"roc_auc", 0x1.9e2e8ba2e8ba3p-1}, {"pr_auc", 0x1.cd6d9d45dfd88p-1},
    {"brier", 0x1.6f15eb4061280p-3}, {"base_rate", 0x1.286bca1af286cp-1},
};

static const float weight_2[] = {
    0, 0, 1, 0, 3, 0.5f, 0, 3, 1, 0.5f, 0, 3, 3, 1, 0.5f, 0.5f, 0.5f, 0.5f, 0.5f, 0, 0, 0, 0.5f, 1,
    0.5f, 0.5f, 1, 0, 0.5f, 1, 3, 3, 0, 3, 0, 1, 3, 1, 0, 3, 0, 1, 0.5f, 1, 0,
};

static const segml_value expected_2[] = {
    {"log_loss", 0x1.172e7e6bac746p-1}, {"log_loss_se", 0x1.b1f318e9656d2p-4},
    {"f1", 0x1.92e29f79b4758p-2}, {"precision", 0x1.b6db6db6db6dbp-1},
    {"recall", 0x1.0572620ae4c41p-2}, {"accuracy", 0x1.23b88ee23b88fp-1},
    {"balanced_accuracy", 0x1.343bc675985efp-1}, {"mcc", 0x1.19bf5bb2d861bp-2},
    {"roc_auc", 0x1.8b3e26446f2bdp-1}, {"pr_auc", 0x1.a01484f4bb393p-1},
    {"brier", 0x1.6e7d73f6a4d1fp-3}, {"base_rate", 0x1.17d05f417d05fp-1},
};

static const float margin_3[] = {
    -0, -1, -1, 0, 0, -1, -0, 1, -3, 0, 3, -1, 1, 2, 2, 2, -0, 0, 1, -1, -1, 1, 0, -1, 1, -1, 1,
    -0, 0, -1, -1, -1, 0, -1, 0, 2, 1, 2, -1, 1, -2, -1, 0, 1, 2,
};

static const float weight_3[] = {
    0, 0, 0.5f, 0, 0, 3, 3, 0.5f, 0.5f, 3, 1, 3, 3, 0.5f, 3, 1, 0.5f, 0, 0.5f, 3, 0, 1, 3, 1, 0.5f,
    3, 0, 0, 0, 0.5f, 0, 0.5f, 0.5f, 0.5f, 1, 1, 3, 0.5f, 3, 3, 3, 1, 0, 0.5f, 1,
};

static const segml_value expected_3[] = {
    {"log_loss", 0x1.fe9eae57dd3c1p-2}, {"log_loss_se", 0x1.4f9fecf842375p-4},
    {"f1", 0x1.ab56ad5ab56adp-1}, {"precision", 0x1.b5ad6b5ad6b5bp-1},
    {"recall", 0x1.a17a17a17a17ap-1}, {"accuracy", 0x1.9b8396ba9de81p-1},
    {"balanced_accuracy", 0x1.99e19e19e19e2p-1}, {"mcc", 0x1.306f74cca3860p-1},
    {"roc_auc", 0x1.b303303303303p-1}, {"pr_auc", 0x1.b939a76c38009p-1},
    {"brier", 0x1.4f145ca67ad24p-3}, {"base_rate", 0x1.37072d753bd02p-1},
};

static const float margin_4[] = {
    -0.25f, -0.25f, -0.25f, -0.25f, -0.25f, -0.25f, -0.25f, -0.25f, -0.25f, -0.25f, -0.25f, -0.25f,
    -0.25f, -0.25f, -0.25f, -0.25f, -0.25f, -0.25f, -0.25f, -0.25f, -0.25f, -0.25f, -0.25f, -0.25f,
    -0.25f, -0.25f, -0.25f, -0.25f, -0.25f, -0.25f, -0.25f, -0.25f, -0.25f, -0.25f, -0.25f, -0.25f,
    -0.25f, -0.25f, -0.25f, -0.25f, -0.25f, -0.25f, -0.25f, -0.25f, -0.25f,
};

static const segml_value expected_4[] = {
    {"log_loss", 0x1.73ae54e683812p-1}, {"log_loss_se", 0x1.2b2129ee6f3aep-6}, {"f1", 0x0.0p+0},
    {"precision", NAN}, {"recall", 0x0.0p+0}, {"accuracy", 0x1.999999999999ap-2},
    {"balanced_accuracy", 0x1.0000000000000p-1}, {"mcc", 0x0.0p+0},
    {"roc_auc", 0x1.0000000000000p-1}, {"pr_auc", 0x1.3333333333333p-1},
    {"brier", 0x1.10b1442f26cf5p-2}, {"base_rate", 0x1.3333333333333p-1},
};

static const float margin_5[] = {
    -20.022f, -20.607f, -21.051f, -19.874f, -19.577f, -20.896f, -20.035f, -19.28f, -22.88f,
    -19.747f, -16.599f, -21.383f, -18.587f, -17.806f, -17.989f, -17.827f, -20.475f, -19.616f,
    -19.292f, -20.641f, -21.399f, -19.124f, -19.837f, -20.535f, -18.95f, -21.472f, -19.185f,
    -20.218f, -19.828f, -20.871f, -20.716f, -21.15f, -19.704f, -20.781f, -19.584f, -18.391f,
    -18.774f, -17.954f, -21.448f, -18.733f, -21.546f, -21.285f, -19.709f, -19.296f, -18.404f,
};

static const segml_value expected_5[] = {
    {"log_loss", 0x1.72b5f402ea303p+3}, {"log_loss_se", 0x1.6a5e151b5f888p+0}, {"f1", 0x0.0p+0},
    {"precision", NAN}, {"recall", 0x0.0p+0}, {"accuracy", 0x1.999999999999ap-2},
    {"balanced_accuracy", 0x1.0000000000000p-1}, {"mcc", 0x0.0p+0},
    {"roc_auc", 0x1.a673e28086d91p-1}, {"pr_auc", 0x1.b78ca3846ee90p-1},
    {"brier", 0x1.333332e450082p-1}, {"base_rate", 0x1.3333333333333p-1},
};

static const float margin_6[] = {
    19.978f, 19.393f, 18.949f, 20.126f, 20.423f, 19.104f, 19.965f, 20.72f, 17.12f, 20.253f,
    23.401f, 18.617f, 21.413f, 22.194f, 22.011f, 22.173f, 19.525f, 20.384f, 20.708f, 19.359f,
    18.601f, 20.876f, 20.163f, 19.465f, 21.05f, 18.528f, 20.815f, 19.782f, 20.172f, 19.129f,
    19.284f, 18.85f, 20.296f, 19.219f, 20.416f, 21.609f, 21.226f, 22.046f, 18.552f, 21.267f,
    18.454f, 18.715f, 20.291f, 20.704f, 21.596f,
};

static const float weight_6[] = {
    0.5f, 0.5f, 0.5f, 0, 1, 0, 0.5f, 3, 1, 0.5f, 0, 3, 3, 0.5f, 0.5f, 3, 0, 1, 0.5f, 0.5f, 1, 1, 1,
    0, 0.5f, 3, 3, 3, 3, 1, 3, 0, 0, 0.5f, 0.5f, 0, 0.5f, 0.5f, 3, 1, 0, 0.5f, 1, 1, 0,
};

static const segml_value expected_6[] = {
    {"log_loss", 0x1.18812cae9611bp+3}, {"log_loss_se", 0x1.0a63bfb9b0d6ep+1},
    {"f1", 0x1.6a3b35fc845a9p-1}, {"precision", 0x1.1840ac7691841p-1},
    {"recall", 0x1.0000000000000p+0}, {"accuracy", 0x1.1840ac7691841p-1},
    {"balanced_accuracy", 0x1.0000000000000p-1}, {"mcc", 0x0.0p+0},
    {"roc_auc", 0x1.a1e39b3fa8125p-1}, {"pr_auc", 0x1.b5bedfe51f8e7p-1},
    {"brier", 0x1.cf7ea6b27b3e0p-2}, {"base_rate", 0x1.1840ac7691841p-1},
};

static const float label_7[] = {
    0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
    0, 0, 0, 0, 0, 0, 0, 0,
};

static const float margin_7[] = {
    -0.629f, 0.576f, 0.894f, 0.113f, 2.06f, -2.529f, 0.639f, 0.927f, 1.086f, -1.022f, -0.539f,
    0.993f, 0.919f, -0.88f, 0.282f, 0.992f, -0.043f, -0.291f, 0.193f, 1.448f, 1.145f, -0.739f,
    -1.669f, -0.661f, 1.471f, 0.609f, 0.717f, -0.534f, 0.644f, 0.505f, 0.345f, 0.624f, 0.089f,
    1.051f, -1.161f, -1.86f, 1, -1.421f, -0.355f, -0.665f,
};

static const segml_value expected_7[] = {
    {"log_loss", 0x1.ae89ededf5f3dp-1}, {"log_loss_se", 0x1.3d7c746fbede2p-4},
    {"f1", 0x1.2492492492492p-4}, {"precision", 0x1.2f684bda12f68p-5},
    {"recall", 0x1.0000000000000p+0}, {"accuracy", 0x1.6666666666666p-2},
    {"balanced_accuracy", 0x1.5555555555555p-1}, {"mcc", 0x1.c71c71c71c71cp-4},
    {"roc_auc", 0x1.89d89d89d89d8p-1}, {"pr_auc", 0x1.999999999999ap-4},
    {"brier", 0x1.41e28e417f446p-2}, {"base_rate", 0x1.999999999999ap-6},
};

static const float label_8[] = {
    0, 0, 0, 0, 0, 0, 0, 0, 0,
};

static const float margin_8[] = {
    -5.092f, -5.059f, -4.357f, -4.589f, -6.667f, -6.442f, -5.397f, -4.417f, -5.322f,
};

static const segml_value expected_8[] = {
    {"log_loss", 0x1.b1b0ae6944e79p-8}, {"log_loss_se", 0x1.58e13d2f3042fp-10}, {"f1", NAN},
    {"precision", NAN}, {"recall", NAN}, {"accuracy", 0x1.0000000000000p+0},
    {"balanced_accuracy", 0x1.0000000000000p+0}, {"mcc", NAN}, {"roc_auc", NAN}, {"pr_auc", NAN},
    {"brier", 0x1.ecea5ea65cf9bp-15}, {"base_rate", 0x0.0p+0},
};

static const float margin_9[] = {
    0.134f, -1.618f, -1.045f, 0.213f, 0.772f, 1.227f, -1.408f, 0.103f, -0.243f,
};

static const segml_value expected_9[] = {
    {"log_loss", 0x1.626729934da12p-1}, {"log_loss_se", 0x1.17a1b76f30ad0p-3}, {"f1", 0x0.0p+0},
    {"precision", 0x0.0p+0}, {"recall", NAN}, {"accuracy", 0x1.c71c71c71c71cp-2},
    {"balanced_accuracy", 0x1.c71c71c71c71cp-2}, {"mcc", NAN}, {"roc_auc", NAN}, {"pr_auc", NAN},
    {"brier", 0x1.0115048abf37cp-2}, {"base_rate", 0x0.0p+0},
};

static const float label_10[] = {
    1, 1, 1, 1, 1, 1, 1, 1, 1,
};

static const float margin_10[] = {
    -1.153f, -0.755f, -1.231f, 0.032f, 1.533f, -0.163f, 0.405f, -0.494f, 0.683f,
};

static const segml_value expected_10[] = {
    {"log_loss", 0x1.b01d281fe5feap-1}, {"log_loss_se", 0x1.20ccc3cd41ffcp-3},
    {"f1", 0x1.3b13b13b13b14p-1}, {"precision", 0x1.0000000000000p+0},
    {"recall", 0x1.c71c71c71c71cp-2}, {"accuracy", 0x1.c71c71c71c71cp-2},
    {"balanced_accuracy", 0x1.c71c71c71c71cp-2}, {"mcc", NAN}, {"roc_auc", NAN},
    {"pr_auc", 0x1.0000000000000p+0}, {"brier", 0x1.45d738da77fb2p-2},
    {"base_rate", 0x1.0000000000000p+0},
};

static const float margin_11[] = {
    -10.151f, -9.624f, -8.701f, -9.202f, -9.056f, -9.445f, -7.253f, -9.643f, -10.097f,
};

static const segml_value expected_11[] = {
    {"log_loss", 0x1.27ba425ec647ap+3}, {"log_loss_se", 0x1.1b0492585530dp-2}, {"f1", 0x0.0p+0},
    {"precision", NAN}, {"recall", 0x0.0p+0}, {"accuracy", 0x0.0p+0},
    {"balanced_accuracy", 0x0.0p+0}, {"mcc", NAN}, {"roc_auc", NAN},
    {"pr_auc", 0x1.0000000000000p+0}, {"brier", 0x1.ffd7c3127122cp-1},
    {"base_rate", 0x1.0000000000000p+0},
};

static const float label_12[] = {
    0, 1, 1, 0,
};

static const float margin_12[] = {
    50, -200, 90, -60,
};

static const segml_value expected_12[] = {
    {"log_loss", 0x1.144f69ff9ffc4p+4}, {"log_loss_se", 0x1.144f69ff9ffc4p+3},
    {"f1", 0x1.0000000000000p-1}, {"precision", 0x1.0000000000000p-1},
    {"recall", 0x1.0000000000000p-1}, {"accuracy", 0x1.0000000000000p-1},
    {"balanced_accuracy", 0x1.0000000000000p-1}, {"mcc", 0x0.0p+0},
    {"roc_auc", 0x1.0000000000000p-1}, {"pr_auc", 0x1.8000000000000p-1},
    {"brier", 0x1.0000000000000p-1}, {"base_rate", 0x1.0000000000000p-1},
};

static const float label_13[] = {
    1,
};

static const float margin_13[] = {
    0.5f,
};

static const segml_value expected_13[] = {
    {"log_loss", 0x1.e5746fdb5c064p-2}, {"log_loss_se", 0x0.0p+0}, {"f1", 0x1.0000000000000p+0},
    {"precision", 0x1.0000000000000p+0}, {"recall", 0x1.0000000000000p+0},
    {"accuracy", 0x1.0000000000000p+0}, {"balanced_accuracy", 0x1.0000000000000p+0}, {"mcc", NAN},
    {"roc_auc", NAN}, {"pr_auc", 0x1.0000000000000p+0}, {"brier", 0x1.23ea6a786dafap-3},
    {"base_rate", 0x1.0000000000000p+0},
};

static const float label_14[] = {
    0, 1, 1, 1,
};

static const float margin_14[] = {
    0.5f, 1, -1, 2,
};

static const float weight_14[] = {
    0, 1, 2, 1,
};

static const segml_value expected_14[] = {
    {"log_loss", 0x1.888a0dd2a8a43p-1}, {"log_loss_se", 0x1.5866c3f04a19ep-2},
    {"f1", 0x1.5555555555555p-1}, {"precision", 0x1.0000000000000p+0},
    {"recall", 0x1.0000000000000p-1}, {"accuracy", 0x1.0000000000000p-1},
    {"balanced_accuracy", 0x1.0000000000000p-1}, {"mcc", NAN}, {"roc_auc", NAN},
    {"pr_auc", 0x1.0000000000000p+0}, {"brier", 0x1.27ca662ceca5ep-2},
    {"base_rate", 0x1.0000000000000p+0},
};

static const float label_15[] = {
    0, 2, 2, 3, 1, 0, 3, 3, 2, 0, 3, 2, 3, 3, 0, 0, 1, 1, 3, 1, 3, 0, 3, 0, 3, 0, 2, 2, 2, 3, 2, 0,
    2, 2, 2, 1, 2, 0, 2, 0, 1, 2, 3, 1, 1,
};

static const float margin_15[] = {
    3.288f, -0.596f, -0.064f, -1.097f, 0.584f, -0.622f, 0.681f, -0.012f, -0.243f, -0.242f, 2.629f,
    1.206f, 0.799f, 0.634f, -1.118f, 0.587f, -0.047f, 1.924f, -0.687f, 0.799f, 0.716f, -0.229f,
    2.198f, 0.089f, 0.211f, 2.444f, -0.061f, 2.541f, 0.715f, 1.136f, 0.27f, 0.149f, -1.359f,
    -0.225f, 0.774f, -0.323f, 0.334f, 0.292f, 0.546f, 0.127f, 0.836f, 0.047f, 0.295f, 0.85f,
    3.429f, 1.343f, 1.353f, 0.373f, 0.226f, -0.821f, -0.429f, 2.401f, -0.357f, 0.89f, 1.513f,
    0.999f, 1.453f, 0.663f, 0.61f, -0.765f, 1.241f, 0.006f, 0.924f, 0.136f, 0.243f, 0.288f,
    -0.833f, -1.058f, 0.592f, 1.413f, 0.309f, 0.132f, -1.151f, -0.419f, 0.99f, 1.151f, -0.12f,
    3.366f, -0.612f, -1.277f, -1.038f, -1.486f, 2.004f, 1.368f, 0.572f, -0.543f, 0.139f, 0.149f,
    -1.467f, -1.775f, -0.916f, 1.613f, 2.225f, -0.115f, 1.468f, 0.827f, -0.504f, -0.882f, -0.242f,
    2.088f, 2.797f, -0.314f, -0.159f, -0.398f, -0.454f, -0.288f, 1.527f, 0.497f, 1.828f, -0.07f,
    2.199f, 0.684f, 1.423f, 1.508f, 1.723f, -1.344f, -0.813f, 1.379f, -1.232f, 1.238f, -1.164f,
    0.501f, 2.046f, -0.117f, 0.035f, 0.536f, -0.299f, 1.61f, -0.018f, 0.7f, -0.632f, 0.481f,
    1.842f, -0.448f, 1.266f, 1.282f, 0.371f, -0.401f, -0.163f, -0.97f, -1.184f, -0.517f, -0.07f,
    -0.47f, 1.408f, -0.269f, 0.56f, -0.249f, 1.521f, 1.055f, -0.282f, 0.614f, -1.258f, -1.516f,
    1.455f, 1.584f, 2.451f, 0.088f, 0.963f, -0.399f, 0.416f, 1.929f, -0.574f, 0.996f, 0.66f,
    0.012f, 0.69f, 0.259f, -0.634f, 1.081f, -1.155f, 2.049f, 1.506f, -0.614f, -0.62f, 1.067f,
    1.21f, -0.139f, -0.122f, 0.506f,
};

static const segml_value expected_15[] = {
    {"log_loss", 0x1.f17ead56fbc8dp-1}, {"log_loss_se", 0x1.8f12bfbc053cdp-4},
    {"f1_macro", 0x1.3ff4549a9eff4p-1}, {"f1_weighted", 0x1.3f52c5c41066fp-1},
    {"accuracy", 0x1.3e93e93e93e94p-1}, {"balanced_accuracy", 0x1.40e682c5439a1p-1},
};

static const float weight_16[] = {
    0.5f, 3, 0, 0.5f, 3, 1, 0.5f, 1, 0.5f, 0.5f, 0, 3, 1, 3, 0.5f, 0.5f, 0, 0.5f, 0, 3, 0.5f, 1, 0,
    0.5f, 1, 3, 3, 1, 0.5f, 0, 0.5f, 0.5f, 0, 0, 0.5f, 0, 0, 0, 0, 0.5f, 1, 0, 0, 0, 0.5f,
};

static const segml_value expected_16[] = {
    {"log_loss", 0x1.bc1d64e739fc4p-1}, {"log_loss_se", 0x1.65f6e845152b5p-3},
    {"f1_macro", 0x1.5bfb912d6fee4p-1}, {"f1_weighted", 0x1.5c992e6c1d0f5p-1},
    {"accuracy", 0x1.638e38e38e38ep-1}, {"balanced_accuracy", 0x1.5f37373737374p-1},
};

static const float label_17[] = {
    0, 2, 2, 2, 1, 0, 2, 2, 2, 0, 2, 2, 2, 2, 0, 0, 1, 1, 2, 1, 2, 0, 2, 0, 2, 0, 2, 2, 2, 2, 2, 0,
    2, 2, 2, 1, 2, 0, 2, 0, 1, 2, 2, 1, 1,
};

static const segml_value expected_17[] = {
    {"log_loss", 0x1.5a1cdd3ac7d91p+0}, {"log_loss_se", 0x1.27a3c16fb644bp-3},
    {"f1_macro", 0x1.c0d20d20d20d2p-2}, {"f1_weighted", 0x1.1d9c8472f1d9cp-1},
    {"accuracy", 0x1.05b05b05b05b0p-1}, {"balanced_accuracy", 0x1.286dccae3f411p-1},
};

static const float margin_18[] = {
    3.288f, -0.596f, -0.064f, -51.097f, 0.584f, -0.622f, 0.681f, -50.012f, -0.243f, -0.242f,
    2.629f, -48.794f, 0.799f, 0.634f, -1.118f, -49.413f, -0.047f, 1.924f, -0.687f, -49.201f,
    0.716f, -0.229f, 2.198f, -49.911f, 0.211f, 2.444f, -0.061f, -47.459f, 0.715f, 1.136f, 0.27f,
    -49.851f, -1.359f, -0.225f, 0.774f, -50.323f, 0.334f, 0.292f, 0.546f, -49.873f, 0.836f, 0.047f,
    0.295f, -49.15f, 3.429f, 1.343f, 1.353f, -49.627f, 0.226f, -0.821f, -0.429f, -47.599f, -0.357f,
    0.89f, 1.513f, -49.001f, 1.453f, 0.663f, 0.61f, -50.765f, 1.241f, 0.006f, 0.924f, -49.864f,
    0.243f, 0.288f, -0.833f, -51.058f, 0.592f, 1.413f, 0.309f, -49.868f, -1.151f, -0.419f, 0.99f,
    -48.849f, -0.12f, 3.366f, -0.612f, -51.277f, -1.038f, -1.486f, 2.004f, -48.632f, 0.572f,
    -0.543f, 0.139f, -49.851f, -1.467f, -1.775f, -0.916f, -48.387f, 2.225f, -0.115f, 1.468f,
    -49.173f, -0.504f, -0.882f, -0.242f, -47.912f, 2.797f, -0.314f, -0.159f, -50.398f, -0.454f,
    -0.288f, 1.527f, -49.503f, 1.828f, -0.07f, 2.199f, -49.316f, 1.423f, 1.508f, 1.723f, -51.344f,
    -0.813f, 1.379f, -1.232f, -48.762f, -1.164f, 0.501f, 2.046f, -50.117f, 0.035f, 0.536f, -0.299f,
    -48.39f, -0.018f, 0.7f, -0.632f, -49.519f, 1.842f, -0.448f, 1.266f, -48.718f, 0.371f, -0.401f,
    -0.163f, -50.97f, -1.184f, -0.517f, -0.07f, -50.47f, 1.408f, -0.269f, 0.56f, -50.249f, 1.521f,
    1.055f, -0.282f, -49.386f, -1.258f, -1.516f, 1.455f, -48.416f, 2.451f, 0.088f, 0.963f,
    -50.399f, 0.416f, 1.929f, -0.574f, -49.004f, 0.66f, 0.012f, 0.69f, -49.741f, -0.634f, 1.081f,
    -1.155f, -47.951f, 1.506f, -0.614f, -0.62f, -48.933f, 1.21f, -0.139f, -0.122f, -49.494f,
};

static const float weight_18[] = {
    3, 0, 3, 1, 3, 0, 1, 0.5f, 3, 0, 1, 1, 0, 0.5f, 1, 0, 0.5f, 0.5f, 0, 0.5f, 0.5f, 0, 0, 1, 0.5f,
    1, 1, 3, 3, 0.5f, 3, 0.5f, 1, 0.5f, 3, 1, 3, 0.5f, 0.5f, 0.5f, 0, 0.5f, 0.5f, 0, 3,
};

static const segml_value expected_18[] = {
    {"log_loss", 0x1.b79d1954135a2p-1}, {"log_loss_se", 0x1.2213f6ad060eep-3},
    {"f1_macro", 0x1.2ea9ec4b1bb37p-1}, {"f1_weighted", 0x1.50c108e4f6edfp-1},
    {"accuracy", 0x1.435e50d79435ep-1}, {"balanced_accuracy", 0x1.5ddfe8088a92cp-1},
};

static const float margin_19[] = {
    3, -1, -0, -1, 1, -1, 1, -0, -0, -0, 3, 1, 1, 1, -1, 1, -0, 2, -1, 1, 1, -0, 2, 0, 0, 2, -0, 3,
    1, 1, 0, 0, -1, -0, 1, -0, 0, 0, 1, 0, 1, 0, 0, 1, 3, 1, 1, 0, 0, -1, -0, 2, -0, 1, 2, 1, 1, 1,
    1, -1, 1, 0, 1, 0, 0, 0, -1, -1, 1, 1, 0, 0, -1, -0, 1, 1, -0, 3, -1, -1, -1, -1, 2, 1, 1, -1,
    0, 0, -1, -2, -1, 2, 2, -0, 1, 1, -1, -1, -0, 2, 3, -0, -0, -0, -0, -0, 2, 0, 2, -0, 2, 1, 1,
    2, 2, -1, -1, 1, -1, 1, -1, 1, 2, -0, 0, 1, -0, 2, -0, 1, -1, 0, 2, -0, 1, 1, 0, -0, -0, -1,
    -1, -1, -0, -0, 1, -0, 1, -0, 2, 1, -0, 1, -1, -2, 1, 2, 2, 0, 1, -0, 0, 2, -1, 1, 1, 0, 1, 0,
    -1, 1, -1, 2, 2, -1, -1, 1, 1, -0, -0, 1,
};

static const segml_value expected_19[] = {
    {"log_loss", 0x1.08f670cb5f8fdp+0}, {"log_loss_se", 0x1.c82b455e4dca4p-4},
    {"f1_macro", 0x1.c5e7da342518ap-2}, {"f1_weighted", 0x1.c14b3d1f9c14bp-2},
    {"accuracy", 0x1.c71c71c71c71cp-2}, {"balanced_accuracy", 0x1.cdfdc896b7f73p-2},
};

static const float label_20[] = {
    2, 2, 2, 2, 2, 2, 2,
};

static const float margin_20[] = {
    0.364f, 0.053f, 0.954f, 0.864f, 1.543f, 0.645f, 0.061f, 0.801f, 0.337f, -0.634f, 0.491f,
    -0.466f, 0.853f, -1.064f, -0.63f, 0.386f, -0.281f, 1.469f, 1.239f, -0.858f, 0.214f, 0.261f,
    0.081f, 1.472f, -0.793f, 0.496f, -1.245f, -0.915f,
};

static const segml_value expected_20[] = {
    {"log_loss", 0x1.a91902558617ep+0}, {"log_loss_se", 0x1.c9f3b2b116166p-3},
    {"f1_macro", 0x1.c71c71c71c71cp-4}, {"f1_weighted", 0x1.c71c71c71c71bp-2},
    {"accuracy", 0x1.2492492492492p-2}, {"balanced_accuracy", 0x1.2492492492492p-2},
};

static const float label_21[] = {
    0, 1, 2,
};

static const float margin_21[] = {
    0, 99, 0, 0, 60, 0, 80, 0, 0,
};

static const segml_value expected_21[] = {
    {"log_loss", 0x1.7069e2aa2aa5bp+4}, {"log_loss_se", 0x1.2ccef7084e4cbp+3},
    {"f1_macro", 0x1.c71c71c71c71cp-3}, {"f1_weighted", 0x1.c71c71c71c71cp-3},
    {"accuracy", 0x1.5555555555555p-2}, {"balanced_accuracy", 0x1.5555555555555p-2},
};

static const float label_22[] = {
    5.742f, 9.672f, 11.776f, 6.793f, 17.13f, 8.905f, 9.317f, 10.439f, 14.367f, 9.717f, 10.197f,
    16.345f, 2.846f, 7.748f, 14.243f, 8.795f, 11.256f, 7.546f, 10.912f, 9.718f, 12.103f, 10.616f,
    12.74f, 12.529f, 15.751f, 13.956f, 15.259f, 12.557f, 9.153f, 9.647f, 13.22f, 9.093f, 12.061f,
    10.114f, 4.437f, 14.028f, 6.231f, 8.633f, 10.606f, 11.414f,
};

static const float margin_22[] = {
    7.695f, 8.034f, 11.03f, 7.411f, 15.486f, 7.582f, 11.26f, 10.373f, 10.306f, 10.133f, 8.785f,
    13.383f, 1.178f, 7.214f, 13.207f, 9.837f, 10.141f, 9.042f, 12.022f, 10.67f, 12.163f, 9.102f,
    11.902f, 11.171f, 17.123f, 11.541f, 12.691f, 12.415f, 13.29f, 10.13f, 12.464f, 8.795f, 11.304f,
    7.765f, 7.134f, 10.843f, 6.892f, 6.261f, 7.611f, 9.8f,
};

static const segml_value expected_22[] = {
    {"rmse", 0x1.d187601a3e3ccp+0}, {"rmse_se", 0x1.6c8e8ae6ed1a7p-3},
    {"mae", 0x1.81f5584cccccdp+0}, {"r2", 0x1.53755411b93a0p-1}, {"bias", -0x1.1f0d830000000p-1},
};

static const float weight_23[] = {
    0.5f, 0, 1, 0, 3, 0.5f, 3, 1, 0, 1, 3, 0.5f, 1, 0.5f, 3, 0.5f, 0, 0, 0, 0.5f, 3, 1, 3, 0.5f,
    0.5f, 3, 1, 3, 0, 3, 3, 0, 3, 0, 0.5f, 0.5f, 0.5f, 0.5f, 0.5f, 3,
};

static const segml_value expected_23[] = {
    {"rmse", 0x1.6ddbe14027733p+0}, {"rmse_se", 0x1.2c9cc5764ad4dp-3},
    {"mae", 0x1.320b44741fab9p+0}, {"r2", 0x1.78b6deca2caccp-1}, {"bias", -0x1.623d986991279p-1},
};

static const float margin_24[] = {
    22.305f, 21.966f, 18.97f, 22.589f, 14.514f, 22.418f, 18.74f, 19.627f, 19.694f, 19.867f,
    21.215f, 16.617f, 28.822f, 22.786f, 16.793f, 20.163f, 19.859f, 20.958f, 17.978f, 19.33f,
    17.837f, 20.898f, 18.098f, 18.829f, 12.877f, 18.459f, 17.309f, 17.585f, 16.71f, 19.87f,
    17.536f, 21.205f, 18.696f, 22.235f, 22.866f, 19.157f, 23.108f, 23.739f, 22.389f, 20.2f,
};

static const float weight_24[] = {
    0.5f, 0.5f, 3, 3, 0.5f, 0, 0.5f, 1, 1, 0, 0.5f, 1, 1, 0, 1, 1, 3, 0.5f, 0, 0, 0, 3, 3, 0.5f, 3,
    0, 0, 0.5f, 0, 0.5f, 0, 0, 1, 1, 3, 3, 1, 0.5f, 3, 0,
};

static const segml_value expected_24[] = {
    {"rmse", 0x1.641ade6c89743p+3}, {"rmse_se", 0x1.41d77e71d41a8p+0},
    {"mae", 0x1.365c4f4e0c7cep+3}, {"r2", -0x1.31b8613690861p+3}, {"bias", 0x1.26dc2f3512bb5p+3},
};

static const segml_value expected_25[] = {
    {"rmse", 0x0.0p+0}, {"rmse_se", NAN}, {"mae", 0x0.0p+0}, {"r2", 0x1.0000000000000p+0},
    {"bias", 0x0.0p+0},
};

static const float label_26[] = {
    2.5f, 2.5f, 2.5f, 2.5f, 2.5f, 2.5f, 2.5f, 2.5f,
};

static const float margin_26[] = {
    7.695f, 8.034f, 11.03f, 7.411f, 15.486f, 7.582f, 11.26f, 10.373f,
};

static const segml_value expected_26[] = {
    {"rmse", 0x1.f3b0bae8c671ap+2}, {"rmse_se", 0x1.086c1ee686741p+0},
    {"mae", 0x1.d6f7cf0000000p+2}, {"r2", NAN}, {"bias", 0x1.d6f7cf0000000p+2},
};

static const segml_value expected_27[] = {
    {"rmse", 0x0.0p+0}, {"rmse_se", NAN}, {"mae", 0x0.0p+0}, {"r2", NAN}, {"bias", 0x0.0p+0},
};

static const float label_28[] = {
    3,
};

static const float margin_28[] = {
    2.5f,
};

static const segml_value expected_28[] = {
    {"rmse", 0x1.0000000000000p-1}, {"rmse_se", 0x0.0p+0}, {"mae", 0x1.0000000000000p-1},
    {"r2", NAN}, {"bias", -0x1.0000000000000p-1},
};

static const float label_29[] = {
    3, 9,
};

static const float margin_29[] = {
    2.5f, 9,
};

static const float weight_29[] = {
    2, 0,
};

static const segml_value expected_29[] = {
    {"rmse", 0x1.0000000000000p-1}, {"rmse_se", 0x0.0p+0}, {"mae", 0x1.0000000000000p-1},
    {"r2", NAN}, {"bias", -0x1.0000000000000p-1},
};

static const float label_30[] = {
    1, 2, 3, 2, 2, 0, 9, 4, 15, 8, 1, 3, 3, 5, 0, 1, 2, 1, 2, 2, 4, 0, 1, 4, 1, 2, 9, 1, 5, 6, 6,
    0, 9, 0, 5, 1, 2, 4, 4, 1,
};

static const float margin_30[] = {
    0.929f, 0.449f, 0.727f, 0.775f, 0.896f, -0.959f, 2.238f, 1.708f, 2.745f, 2.277f, 0.365f,
    -0.202f, 1.416f, 0.834f, -0.325f, -0.43f, 0.388f, 0.608f, 0.685f, 0.34f, 0.914f, 0.418f,
    0.144f, 0.826f, -0.119f, 1.019f, 1.897f, 0.813f, 2.279f, 1.679f, 1.956f, -0.612f, 1.813f,
    -0.488f, 2.125f, 1.018f, 1.503f, 0.12f, 1.056f, 0.001f,
};

static const segml_value expected_30[] = {
    {"deviance", 0x1.c0bd0926b8e4bp-1}, {"deviance_se", 0x1.5149f05e763bdp-3},
    {"mae", 0x1.3a3a77de7b2d0p+0}, {"rmse", 0x1.9c23242069c4cp+0}, {"bias", 0x1.74d7604024e6ep-3},
};

static const float weight_31[] = {
    0.5f, 0, 3, 1, 3, 1, 1, 0, 0.5f, 3, 3, 1, 1, 3, 0, 3, 3, 3, 0.5f, 0.5f, 0, 3, 0.5f, 0.5f, 1,
    0.5f, 0.5f, 1, 0.5f, 3, 0.5f, 1, 3, 1, 0, 0, 0.5f, 1, 0, 1,
};

static const segml_value expected_31[] = {
    {"deviance", 0x1.ac4e09b21895ep-1}, {"deviance_se", 0x1.c204e734aa727p-3},
    {"mae", 0x1.250a08db24f67p+0}, {"rmse", 0x1.7ba6878f0d320p+0}, {"bias", -0x1.09d4896d3809fp-3},
};

static const float label_32[] = {
    0, 0, 0, 0, 0, 0,
};

static const float margin_32[] = {
    0.929f, 0.449f, 0.727f, 0.775f, 0.896f, -0.959f,
};

static const segml_value expected_32[] = {
    {"deviance", 0x1.dca3b4ee0f4d1p+1}, {"deviance_se", 0x1.3197aee7d3fbdp-1},
    {"mae", 0x1.dca3b4ee0f4d1p+0}, {"rmse", 0x1.0007a77b0d48bp+1}, {"bias", 0x1.dca3b4ee0f4d1p+0},
};

static const float margin_33[] = {
    -60, -30, 0.5f,
};

static const segml_value expected_33[] = {
    {"deviance", 0x1.a5828fab2ce5fp+3}, {"deviance_se", 0x1.573f3b5b70cedp+3},
    {"mae", 0x1.cd3c897d7f4fdp-2}, {"rmse", 0x1.394faa8969a61p-1}, {"bias", -0x1.cd3c897d7f4fdp-2},
};

static const struct {
    const char *name;
    const segml_value *expected;
    int64_t count;
    sg_scored scored;
} recorded[] = {
    {"binary: random", expected_0, 12,
     {1, 45, 1, margin_0, label_0, NULL, 0.5}},
    {"binary: weights, some 0", expected_1, 12,
     {1, 45, 1, margin_0, label_0, weight_1, 0.5}},
    {"binary: high threshold", expected_2, 12,
     {1, 45, 1, margin_0, label_0, weight_2, 0.8}},
    {"binary: ties of scores", expected_3, 12,
     {1, 45, 1, margin_3, label_0, weight_3, 0.3}},
    {"binary: one score for all", expected_4, 12,
     {1, 45, 1, margin_4, label_0, NULL, 0.5}},
    {"binary: none predicted", expected_5, 12,
     {1, 45, 1, margin_5, label_0, NULL, 0.5}},
    {"binary: all predicted", expected_6, 12,
     {1, 45, 1, margin_6, label_0, weight_6, 0.5}},
    {"binary: rare class", expected_7, 12,
     {1, 40, 1, margin_7, label_7, NULL, 0.4}},
    {"binary: all negative, none predicted", expected_8, 12,
     {1, 9, 1, margin_8, label_8, NULL, 0.5}},
    {"binary: all negative, some predicted", expected_9, 12,
     {1, 9, 1, margin_9, label_8, NULL, 0.5}},
    {"binary: all positive", expected_10, 12,
     {1, 9, 1, margin_10, label_10, NULL, 0.5}},
    {"binary: all positive, none predicted", expected_11, 12,
     {1, 9, 1, margin_11, label_10, NULL, 0.5}},
    {"binary: clipped", expected_12, 12,
     {1, 4, 1, margin_12, label_12, NULL, 0.5}},
    {"binary: one row", expected_13, 12,
     {1, 1, 1, margin_13, label_13, NULL, 0.5}},
    {"binary: a class of weight 0", expected_14, 12,
     {1, 4, 1, margin_14, label_14, weight_14, 0.5}},
    {"multiclass: random", expected_15, 6,
     {2, 45, 4, margin_15, label_15, NULL, 0}},
    {"multiclass: weights, some 0", expected_16, 6,
     {2, 45, 4, margin_15, label_15, weight_16, 0}},
    {"multiclass: class without rows", expected_17, 6,
     {2, 45, 4, margin_15, label_17, NULL, 0}},
    {"multiclass: class never seen", expected_18, 6,
     {2, 45, 4, margin_18, label_17, weight_18, 0}},
    {"multiclass: ties go to the first", expected_19, 6,
     {2, 45, 4, margin_19, label_15, NULL, 0}},
    {"multiclass: one class", expected_20, 6,
     {2, 7, 4, margin_20, label_20, NULL, 0}},
    {"multiclass: clipped", expected_21, 6,
     {2, 3, 3, margin_21, label_21, NULL, 0}},
    {"regression: random", expected_22, 5,
     {3, 40, 1, margin_22, label_22, NULL, 0}},
    {"regression: weights, some 0", expected_23, 5,
     {3, 40, 1, margin_22, label_22, weight_23, 0}},
    {"regression: worse than the mean", expected_24, 5,
     {3, 40, 1, margin_24, label_22, weight_24, 0}},
    {"regression: exact", expected_25, 5,
     {3, 40, 1, margin_22, margin_22, NULL, 0}},
    {"regression: constant label", expected_26, 5,
     {3, 8, 1, margin_26, label_26, NULL, 0}},
    {"regression: constant and exact", expected_27, 5,
     {3, 8, 1, label_26, label_26, NULL, 0}},
    {"regression: one row", expected_28, 5,
     {3, 1, 1, margin_28, label_28, NULL, 0}},
    {"regression: one row of positive weight", expected_29, 5,
     {3, 2, 1, margin_29, label_29, weight_29, 0}},
    {"poisson: random", expected_30, 5,
     {4, 40, 1, margin_30, label_30, NULL, 0}},
    {"poisson: weights, some 0", expected_31, 5,
     {4, 40, 1, margin_30, label_30, weight_31, 0}},
    {"poisson: all zero", expected_32, 5,
     {4, 6, 1, margin_32, label_32, NULL, 0}},
    {"poisson: mean next to nothing", expected_33, 5,
     {4, 3, 1, margin_33, label_21, NULL, 0}},
};
