/* SPDX-License-Identifier: Apache-2.0 */
/* Written by metrics_sklearn.py; do not edit. */

#include <math.h>

#include "metric/metric.h"

static const float binary_margin_0[] = {
    -0.022f, -0.607f, -1.051f, 0.126f, 0.423f, -0.896f, -0.035f, 0.72f, -2.88f, 0.253f, 3.401f,
    -1.383f, 1.413f, 2.194f, 2.011f, 2.173f, -0.475f, 0.384f, 0.708f, -0.641f, -1.399f, 0.876f,
    0.163f, -0.535f, 1.05f, -1.472f, 0.815f, -0.218f, 0.172f, -0.871f, -0.716f, -1.15f, 0.296f,
    -0.781f, 0.416f, 1.609f, 1.226f, 2.046f, -1.448f, 1.267f, -1.546f, -1.285f, 0.291f, 0.704f,
    1.596f,
};

static const float binary_label_0[] = {
    1, 0, 0, 1, 1, 1, 0, 0, 0, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 0, 1, 1, 1, 0, 1, 0, 1, 0, 1, 0, 0, 0,
    1, 0, 1, 1, 1, 0, 0, 1, 0, 0, 1, 0, 1,
};

static const segml_value binary_expected_0[] = {
    {"log_loss", 0x1.0d4413b408202p-1}, {"log_loss_se", 0x1.0c9485da33ecbp-4},
    {"f1", 0x1.b13b13b13b13bp-1}, {"precision", 0x1.c28f5c28f5c29p-1},
    {"recall", 0x1.a12f684bda12fp-1}, {"accuracy", 0x1.a4fa4fa4fa4fap-1},
    {"balanced_accuracy", 0x1.a5ed097b425edp-1}, {"mcc", 0x1.472c45dcc9a85p-1},
    {"roc_auc", 0x1.a673e28086d91p-1}, {"pr_auc", 0x1.b78ca3846ee90p-1},
    {"brier", 0x1.610b2bb032dc3p-3}, {"ece", 0x1.4d5074f9b2b53p-3},
    {"calibration_slope", 0x1.3c3b739bb2d4fp+0}, {"calibration_intercept", 0x1.af3b5727fc460p-2},
    {"base_rate", 0x1.3333333333333p-1}, {"tp", 0x1.6000000000000p+4},
    {"fp", 0x1.8000000000000p+1}, {"fn", 0x1.4000000000000p+2}, {"tn", 0x1.e000000000000p+3},
};

static const float binary_weight_1[] = {
    0.5f, 0.5f, 0.5f, 0, 1, 0.5f, 3, 0, 0.5f, 0.5f, 1, 1, 0, 0.5f, 0.5f, 0.5f, 0.5f, 0.5f, 0, 3, 3,
    0.5f, 1, 1, 0, 0, 0.5f, 0.5f, 0.5f, 0.5f, 0.5f, 0.5f, 1, 0.5f, 3, 3, 1, 0, 0.5f, 0, 1, 3, 0.5f,
    0.5f, 1,
};

static const segml_value binary_expected_1[] = {
    {"log_loss", 0x1.14857e49f7b2bp-1}, {"log_loss_se", 0x1.a1a1969ebaab4p-4},
    {"f1", 0x1.b13b13b13b13bp-1}, {"precision", 0x1.f0f0f0f0f0f0fp-1},
    {"recall", 0x1.8000000000000p-1}, {"accuracy", 0x1.af286bca1af28p-1},
    {"balanced_accuracy", 0x1.b800000000000p-1}, {"mcc", 0x1.6d69f42f79249p-1},
    {"roc_auc", 0x1.9e2e8ba2e8ba3p-1}, {"pr_auc", 0x1.cd6d9d45dfd88p-1},
    {"brier", 0x1.6f15eb4061280p-3}, {"ece", 0x1.13ce6b0a48796p-2},
    {"calibration_slope", 0x1.530aa1bc2d81bp+0}, {"calibration_intercept", 0x1.2e4afbe6e6272p-1},
    {"base_rate", 0x1.286bca1af286cp-1}, {"tp", 0x1.0800000000000p+4},
    {"fp", 0x1.0000000000000p-1}, {"fn", 0x1.6000000000000p+2}, {"tn", 0x1.f000000000000p+3},
};

static const float binary_weight_2[] = {
    0, 0, 1, 0, 3, 0.5f, 0, 3, 1, 0.5f, 0, 3, 3, 1, 0.5f, 0.5f, 0.5f, 0.5f, 0.5f, 0, 0, 0, 0.5f, 1,
    0.5f, 0.5f, 1, 0, 0.5f, 1, 3, 3, 0, 3, 0, 1, 3, 1, 0, 3, 0, 1, 0.5f, 1, 0,
};

static const segml_value binary_expected_2[] = {
    {"log_loss", 0x1.172e7e6bac746p-1}, {"log_loss_se", 0x1.b1f318e9656d2p-4},
    {"f1", 0x1.92e29f79b4758p-2}, {"precision", 0x1.b6db6db6db6dbp-1},
    {"recall", 0x1.0572620ae4c41p-2}, {"accuracy", 0x1.23b88ee23b88fp-1},
    {"balanced_accuracy", 0x1.343bc675985efp-1}, {"mcc", 0x1.19bf5bb2d861bp-2},
    {"roc_auc", 0x1.8b3e26446f2bdp-1}, {"pr_auc", 0x1.a01484f4bb393p-1},
    {"brier", 0x1.6e7d73f6a4d1fp-3}, {"ece", 0x1.071d8d9c0ed33p-2},
    {"calibration_slope", 0x1.0e69e86f9359dp+0}, {"calibration_intercept", 0x1.6bb0db23966fdp-4},
    {"base_rate", 0x1.17d05f417d05fp-1}, {"tp", 0x1.8000000000000p+2},
    {"fp", 0x1.0000000000000p+0}, {"fn", 0x1.1800000000000p+4}, {"tn", 0x1.2800000000000p+4},
};

static const float binary_margin_3[] = {
    -0, -1, -1, 0, 0, -1, -0, 1, -3, 0, 3, -1, 1, 2, 2, 2, -0, 0, 1, -1, -1, 1, 0, -1, 1, -1, 1,
    -0, 0, -1, -1, -1, 0, -1, 0, 2, 1, 2, -1, 1, -2, -1, 0, 1, 2,
};

static const float binary_weight_3[] = {
    0, 0, 0.5f, 0, 0, 3, 3, 0.5f, 0.5f, 3, 1, 3, 3, 0.5f, 3, 1, 0.5f, 0, 0.5f, 3, 0, 1, 3, 1, 0.5f,
    3, 0, 0, 0, 0.5f, 0, 0.5f, 0.5f, 0.5f, 1, 1, 3, 0.5f, 3, 3, 3, 1, 0, 0.5f, 1,
};

static const segml_value binary_expected_3[] = {
    {"log_loss", 0x1.fe9eae57dd3c1p-2}, {"log_loss_se", 0x1.4f9fecf842375p-4},
    {"f1", 0x1.ab56ad5ab56adp-1}, {"precision", 0x1.b5ad6b5ad6b5bp-1},
    {"recall", 0x1.a17a17a17a17ap-1}, {"accuracy", 0x1.9b8396ba9de81p-1},
    {"balanced_accuracy", 0x1.99e19e19e19e2p-1}, {"mcc", 0x1.306f74cca3860p-1},
    {"roc_auc", 0x1.b303303303303p-1}, {"pr_auc", 0x1.b939a76c38009p-1},
    {"brier", 0x1.4f145ca67ad24p-3}, {"ece", 0x1.e88077d2ce4aap-4},
    {"calibration_slope", 0x1.8779813a18d4ap+0}, {"calibration_intercept", 0x1.82c5e0d7787ebp-1},
    {"base_rate", 0x1.37072d753bd02p-1}, {"tp", 0x1.a800000000000p+4},
    {"fp", 0x1.2000000000000p+2}, {"fn", 0x1.8000000000000p+2}, {"tn", 0x1.0800000000000p+4},
};

static const float binary_margin_4[] = {
    -0.25f, -0.25f, -0.25f, -0.25f, -0.25f, -0.25f, -0.25f, -0.25f, -0.25f, -0.25f, -0.25f, -0.25f,
    -0.25f, -0.25f, -0.25f, -0.25f, -0.25f, -0.25f, -0.25f, -0.25f, -0.25f, -0.25f, -0.25f, -0.25f,
    -0.25f, -0.25f, -0.25f, -0.25f, -0.25f, -0.25f, -0.25f, -0.25f, -0.25f, -0.25f, -0.25f, -0.25f,
    -0.25f, -0.25f, -0.25f, -0.25f, -0.25f, -0.25f, -0.25f, -0.25f, -0.25f,
};

static const segml_value binary_expected_4[] = {
    {"log_loss", 0x1.73ae54e683812p-1}, {"log_loss_se", 0x1.2b2129ee6f3aep-6}, {"f1", 0x0.0p+0},
    {"precision", NAN}, {"recall", 0x0.0p+0}, {"accuracy", 0x1.999999999999ap-2},
    {"balanced_accuracy", 0x1.0000000000000p-1}, {"mcc", 0x0.0p+0},
    {"roc_auc", 0x1.0000000000000p-1}, {"pr_auc", 0x1.3333333333333p-1},
    {"brier", 0x1.10b1442f26cf5p-2}, {"ece", 0x1.4c23317bdfadbp-3}, {"calibration_slope", NAN},
    {"calibration_intercept", NAN}, {"base_rate", 0x1.3333333333333p-1}, {"tp", 0x0.0p+0},
    {"fp", 0x0.0p+0}, {"fn", 0x1.b000000000000p+4}, {"tn", 0x1.2000000000000p+4},
};

static const float binary_margin_5[] = {
    -20.022f, -20.607f, -21.051f, -19.874f, -19.577f, -20.896f, -20.035f, -19.28f, -22.88f,
    -19.747f, -16.599f, -21.383f, -18.587f, -17.806f, -17.989f, -17.827f, -20.475f, -19.616f,
    -19.292f, -20.641f, -21.399f, -19.124f, -19.837f, -20.535f, -18.95f, -21.472f, -19.185f,
    -20.218f, -19.828f, -20.871f, -20.716f, -21.15f, -19.704f, -20.781f, -19.584f, -18.391f,
    -18.774f, -17.954f, -21.448f, -18.733f, -21.546f, -21.285f, -19.709f, -19.296f, -18.404f,
};

static const segml_value binary_expected_5[] = {
    {"log_loss", 0x1.72b5f402ea303p+3}, {"log_loss_se", 0x1.6a5e151b5f888p+0}, {"f1", 0x0.0p+0},
    {"precision", NAN}, {"recall", 0x0.0p+0}, {"accuracy", 0x1.999999999999ap-2},
    {"balanced_accuracy", 0x1.0000000000000p-1}, {"mcc", 0x0.0p+0},
    {"roc_auc", 0x1.a673e28086d91p-1}, {"pr_auc", 0x1.b78ca3846ee90p-1},
    {"brier", 0x1.333332e450082p-1}, {"ece", 0x1.3333330490316p-1},
    {"calibration_slope", 0x1.3c3b79937a6a3p+0}, {"calibration_intercept", 0x1.92074556059f2p+4},
    {"base_rate", 0x1.3333333333333p-1}, {"tp", 0x0.0p+0}, {"fp", 0x0.0p+0},
    {"fn", 0x1.b000000000000p+4}, {"tn", 0x1.2000000000000p+4},
};

static const float binary_margin_6[] = {
    19.978f, 19.393f, 18.949f, 20.126f, 20.423f, 19.104f, 19.965f, 20.72f, 17.12f, 20.253f,
    23.401f, 18.617f, 21.413f, 22.194f, 22.011f, 22.173f, 19.525f, 20.384f, 20.708f, 19.359f,
    18.601f, 20.876f, 20.163f, 19.465f, 21.05f, 18.528f, 20.815f, 19.782f, 20.172f, 19.129f,
    19.284f, 18.85f, 20.296f, 19.219f, 20.416f, 21.609f, 21.226f, 22.046f, 18.552f, 21.267f,
    18.454f, 18.715f, 20.291f, 20.704f, 21.596f,
};

static const float binary_weight_6[] = {
    0.5f, 0.5f, 0.5f, 0, 1, 0, 0.5f, 3, 1, 0.5f, 0, 3, 3, 0.5f, 0.5f, 3, 0, 1, 0.5f, 0.5f, 1, 1, 1,
    0, 0.5f, 3, 3, 3, 3, 1, 3, 0, 0, 0.5f, 0.5f, 0, 0.5f, 0.5f, 3, 1, 0, 0.5f, 1, 1, 0,
};

static const segml_value binary_expected_6[] = {
    {"log_loss", 0x1.18812cae9611bp+3}, {"log_loss_se", 0x1.0a63bfb9b0d6ep+1},
    {"f1", 0x1.6a3b35fc845a9p-1}, {"precision", 0x1.1840ac7691841p-1},
    {"recall", 0x1.0000000000000p+0}, {"accuracy", 0x1.1840ac7691841p-1},
    {"balanced_accuracy", 0x1.0000000000000p-1}, {"mcc", 0x0.0p+0},
    {"roc_auc", 0x1.a1e39b3fa8125p-1}, {"pr_auc", 0x1.b5bedfe51f8e7p-1},
    {"brier", 0x1.cf7ea6b27b3e0p-2}, {"ece", 0x1.cf7ea6da7b405p-2},
    {"calibration_slope", 0x1.153ab077e9806p+0}, {"calibration_intercept", -0x1.5729d32ecce51p+4},
    {"base_rate", 0x1.1840ac7691841p-1}, {"tp", 0x1.a000000000000p+4},
    {"fp", 0x1.5800000000000p+4}, {"fn", 0x0.0p+0}, {"tn", 0x0.0p+0},
};

static const float binary_margin_7[] = {
    -0.629f, 0.576f, 0.894f, 0.113f, 2.06f, -2.529f, 0.639f, 0.927f, 1.086f, -1.022f, -0.539f,
    0.993f, 0.919f, -0.88f, 0.282f, 0.992f, -0.043f, -0.291f, 0.193f, 1.448f, 1.145f, -0.739f,
    -1.669f, -0.661f, 1.471f, 0.609f, 0.717f, -0.534f, 0.644f, 0.505f, 0.345f, 0.624f, 0.089f,
    1.051f, -1.161f, -1.86f, 1, -1.421f, -0.355f, -0.665f,
};

static const float binary_label_7[] = {
    0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
    0, 0, 0, 0, 0, 0, 0, 0,
};

static const segml_value binary_expected_7[] = {
    {"log_loss", 0x1.ae89ededf5f3dp-1}, {"log_loss_se", 0x1.3d7c746fbede2p-4},
    {"f1", 0x1.2492492492492p-4}, {"precision", 0x1.2f684bda12f68p-5},
    {"recall", 0x1.0000000000000p+0}, {"accuracy", 0x1.6666666666666p-2},
    {"balanced_accuracy", 0x1.5555555555555p-1}, {"mcc", 0x1.c71c71c71c71cp-4},
    {"roc_auc", 0x1.89d89d89d89d8p-1}, {"pr_auc", 0x1.999999999999ap-4},
    {"brier", 0x1.41e28e417f446p-2}, {"ece", 0x1.0216deb90f8aep-1},
    {"calibration_slope", 0x1.2cf033ee378b5p+0}, {"calibration_intercept", -0x1.14777e93901b6p+2},
    {"base_rate", 0x1.999999999999ap-6}, {"tp", 0x1.0000000000000p+0},
    {"fp", 0x1.a000000000000p+4}, {"fn", 0x0.0p+0}, {"tn", 0x1.a000000000000p+3},
};

static const float binary_margin_8[] = {
    -5.092f, -5.059f, -4.357f, -4.589f, -6.667f, -6.442f, -5.397f, -4.417f, -5.322f,
};

static const float binary_label_8[] = {
    0, 0, 0, 0, 0, 0, 0, 0, 0,
};

static const segml_value binary_expected_8[] = {
    {"log_loss", 0x1.b1b0ae6944e79p-8}, {"log_loss_se", 0x1.58e13d2f3042fp-10}, {"f1", NAN},
    {"precision", NAN}, {"recall", NAN}, {"accuracy", 0x1.0000000000000p+0},
    {"balanced_accuracy", 0x1.0000000000000p+0}, {"mcc", NAN}, {"roc_auc", NAN}, {"pr_auc", NAN},
    {"brier", 0x1.ecea5ea65cf9bp-15}, {"ece", 0x1.afc05c8b31069p-8}, {"calibration_slope", NAN},
    {"calibration_intercept", NAN}, {"base_rate", 0x0.0p+0}, {"tp", 0x0.0p+0}, {"fp", 0x0.0p+0},
    {"fn", 0x0.0p+0}, {"tn", 0x1.2000000000000p+3},
};

static const float binary_margin_9[] = {
    0.134f, -1.618f, -1.045f, 0.213f, 0.772f, 1.227f, -1.408f, 0.103f, -0.243f,
};

static const segml_value binary_expected_9[] = {
    {"log_loss", 0x1.626729934da12p-1}, {"log_loss_se", 0x1.17a1b76f30ad0p-3}, {"f1", 0x0.0p+0},
    {"precision", 0x0.0p+0}, {"recall", NAN}, {"accuracy", 0x1.c71c71c71c71cp-2},
    {"balanced_accuracy", 0x1.c71c71c71c71cp-2}, {"mcc", NAN}, {"roc_auc", NAN}, {"pr_auc", NAN},
    {"brier", 0x1.0115048abf37cp-2}, {"ece", 0x1.d60b02e1c78c5p-2}, {"calibration_slope", NAN},
    {"calibration_intercept", NAN}, {"base_rate", 0x0.0p+0}, {"tp", 0x0.0p+0},
    {"fp", 0x1.4000000000000p+2}, {"fn", 0x0.0p+0}, {"tn", 0x1.0000000000000p+2},
};

static const float binary_margin_10[] = {
    -1.153f, -0.755f, -1.231f, 0.032f, 1.533f, -0.163f, 0.405f, -0.494f, 0.683f,
};

static const float binary_label_10[] = {
    1, 1, 1, 1, 1, 1, 1, 1, 1,
};

static const segml_value binary_expected_10[] = {
    {"log_loss", 0x1.b01d281fe5feap-1}, {"log_loss_se", 0x1.20ccc3cd41ffcp-3},
    {"f1", 0x1.3b13b13b13b14p-1}, {"precision", 0x1.0000000000000p+0},
    {"recall", 0x1.c71c71c71c71cp-2}, {"accuracy", 0x1.c71c71c71c71cp-2},
    {"balanced_accuracy", 0x1.c71c71c71c71cp-2}, {"mcc", NAN}, {"roc_auc", NAN},
    {"pr_auc", 0x1.0000000000000p+0}, {"brier", 0x1.45d738da77fb2p-2},
    {"ece", 0x1.10008a07494a7p-1}, {"calibration_slope", NAN}, {"calibration_intercept", NAN},
    {"base_rate", 0x1.0000000000000p+0}, {"tp", 0x1.0000000000000p+2}, {"fp", 0x0.0p+0},
    {"fn", 0x1.4000000000000p+2}, {"tn", 0x0.0p+0},
};

static const float binary_margin_11[] = {
    -10.151f, -9.624f, -8.701f, -9.202f, -9.056f, -9.445f, -7.253f, -9.643f, -10.097f,
};

static const segml_value binary_expected_11[] = {
    {"log_loss", 0x1.27ba425ec647ap+3}, {"log_loss_se", 0x1.1b0492585530dp-2}, {"f1", 0x0.0p+0},
    {"precision", NAN}, {"recall", 0x0.0p+0}, {"accuracy", 0x0.0p+0},
    {"balanced_accuracy", 0x0.0p+0}, {"mcc", NAN}, {"roc_auc", NAN},
    {"pr_auc", 0x1.0000000000000p+0}, {"brier", 0x1.ffd7c3127122cp-1},
    {"ece", 0x1.ffebe079237cep-1}, {"calibration_slope", NAN}, {"calibration_intercept", NAN},
    {"base_rate", 0x1.0000000000000p+0}, {"tp", 0x0.0p+0}, {"fp", 0x0.0p+0},
    {"fn", 0x1.2000000000000p+3}, {"tn", 0x0.0p+0},
};

static const float binary_margin_12[] = {
    50, -200, 90, -60,
};

static const float binary_label_12[] = {
    0, 1, 1, 0,
};

static const segml_value binary_expected_12[] = {
    {"log_loss", 0x1.144f69ff9ffc4p+4}, {"log_loss_se", 0x1.144f69ff9ffc4p+3},
    {"f1", 0x1.0000000000000p-1}, {"precision", 0x1.0000000000000p-1},
    {"recall", 0x1.0000000000000p-1}, {"accuracy", 0x1.0000000000000p-1},
    {"balanced_accuracy", 0x1.0000000000000p-1}, {"mcc", 0x0.0p+0},
    {"roc_auc", 0x1.0000000000000p-1}, {"pr_auc", 0x1.8000000000000p-1},
    {"brier", 0x1.0000000000000p-1}, {"ece", 0x1.0000000000000p-1},
    {"calibration_slope", -0x1.0aa708add399bp-8}, {"calibration_intercept", -0x1.e4ba2bfa8d712p-4},
    {"base_rate", 0x1.0000000000000p-1}, {"tp", 0x1.0000000000000p+0},
    {"fp", 0x1.0000000000000p+0}, {"fn", 0x1.0000000000000p+0}, {"tn", 0x1.0000000000000p+0},
};

static const float binary_margin_13[] = {
    0.5f,
};

static const float binary_label_13[] = {
    1,
};

static const segml_value binary_expected_13[] = {
    {"log_loss", 0x1.e5746fdb5c064p-2}, {"log_loss_se", 0x0.0p+0}, {"f1", 0x1.0000000000000p+0},
    {"precision", 0x1.0000000000000p+0}, {"recall", 0x1.0000000000000p+0},
    {"accuracy", 0x1.0000000000000p+0}, {"balanced_accuracy", 0x1.0000000000000p+0}, {"mcc", NAN},
    {"roc_auc", NAN}, {"pr_auc", 0x1.0000000000000p+0}, {"brier", 0x1.23ea6a786dafap-3},
    {"ece", 0x1.829a0565978dep-2}, {"calibration_slope", NAN}, {"calibration_intercept", NAN},
    {"base_rate", 0x1.0000000000000p+0}, {"tp", 0x1.0000000000000p+0}, {"fp", 0x0.0p+0},
    {"fn", 0x0.0p+0}, {"tn", 0x0.0p+0},
};

static const float binary_margin_14[] = {
    0.5f, 1, -1, 2,
};

static const float binary_label_14[] = {
    0, 1, 1, 1,
};

static const float binary_weight_14[] = {
    0, 1, 2, 1,
};

static const segml_value binary_expected_14[] = {
    {"log_loss", 0x1.888a0dd2a8a43p-1}, {"log_loss_se", 0x1.5866c3f04a19ep-2},
    {"f1", 0x1.5555555555555p-1}, {"precision", 0x1.0000000000000p+0},
    {"recall", 0x1.0000000000000p-1}, {"accuracy", 0x1.0000000000000p-1},
    {"balanced_accuracy", 0x1.0000000000000p-1}, {"mcc", NAN}, {"roc_auc", NAN},
    {"pr_auc", 0x1.0000000000000p+0}, {"brier", 0x1.27ca662ceca5ep-2},
    {"ece", 0x1.d9aabcda5947ap-2}, {"calibration_slope", NAN}, {"calibration_intercept", NAN},
    {"base_rate", 0x1.0000000000000p+0}, {"tp", 0x1.0000000000000p+1}, {"fp", 0x0.0p+0},
    {"fn", 0x1.0000000000000p+1}, {"tn", 0x0.0p+0},
};

static const float binary_margin_15[] = {
    0, 0.25f, 0.5f, 0.75f, 1, 1.25f, 1.5f, 1.75f, 2, 2.25f, 2.5f, 2.75f, 3, 3.25f, 3.5f, 3.75f, 4,
    4.25f, 4.5f, 4.75f,
};

static const float binary_label_15[] = {
    0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1,
};

static const segml_value binary_expected_15[] = {
    {"log_loss", 0x1.42fb32e6f88e7p-1}, {"log_loss_se", 0x1.4c1e52bcdab1cp-3},
    {"f1", 0x1.6b5ad6b5ad6b6p-1}, {"precision", 0x1.199999999999ap-1},
    {"recall", 0x1.0000000000000p+0}, {"accuracy", 0x1.199999999999ap-1},
    {"balanced_accuracy", 0x1.0000000000000p-1}, {"mcc", 0x0.0p+0},
    {"roc_auc", 0x1.0000000000000p+0}, {"pr_auc", 0x1.0000000000000p+0},
    {"brier", 0x1.e62996771ec50p-3}, {"ece", 0x1.5491cf05085c5p-2}, {"calibration_slope", NAN},
    {"calibration_intercept", NAN}, {"base_rate", 0x1.199999999999ap-1},
    {"tp", 0x1.6000000000000p+3}, {"fp", 0x1.2000000000000p+3}, {"fn", 0x0.0p+0}, {"tn", 0x0.0p+0},
};

static const float binary_margin_16[] = {
    -1, 0, 0, 0, 1, 2,
};

static const float binary_label_16[] = {
    0, 0, 1, 0, 1, 1,
};

static const segml_value binary_expected_16[] = {
    {"log_loss", 0x1.e37afb093276dp-2}, {"log_loss_se", 0x1.7fde29fa3e470p-4},
    {"f1", 0x1.8000000000000p-1}, {"precision", 0x1.3333333333333p-1},
    {"recall", 0x1.0000000000000p+0}, {"accuracy", 0x1.5555555555555p-1},
    {"balanced_accuracy", 0x1.5555555555555p-1}, {"mcc", 0x1.c9f25c5bfedd9p-2},
    {"roc_auc", 0x1.c71c71c71c71cp-1}, {"pr_auc", 0x1.bbbbbbbbbbbbcp-1},
    {"brier", 0x1.363a20003a8f1p-3}, {"ece", 0x1.8af3b2686d5d3p-3}, {"calibration_slope", NAN},
    {"calibration_intercept", NAN}, {"base_rate", 0x1.0000000000000p-1},
    {"tp", 0x1.8000000000000p+1}, {"fp", 0x1.0000000000000p+1}, {"fn", 0x0.0p+0},
    {"tn", 0x1.0000000000000p+0},
};

static const float binary_margin_17[] = {
    -1, 0, 0.5f, 2,
};

static const float binary_label_17[] = {
    1, 1, 0, 0,
};

static const segml_value binary_expected_17[] = {
    {"log_loss", 0x1.46dfde6581040p+0}, {"log_loss_se", 0x1.1348f54889106p-2},
    {"f1", 0x1.999999999999ap-2}, {"precision", 0x1.5555555555555p-2},
    {"recall", 0x1.0000000000000p-1}, {"accuracy", 0x1.0000000000000p-2},
    {"balanced_accuracy", 0x1.0000000000000p-2}, {"mcc", -0x1.279a74590331dp-1},
    {"roc_auc", 0x0.0p+0}, {"pr_auc", 0x1.aaaaaaaaaaaaap-2}, {"brier", 0x1.f29cd830633fcp-2},
    {"ece", 0x1.5dfe0894cd805p-1}, {"calibration_slope", NAN}, {"calibration_intercept", NAN},
    {"base_rate", 0x1.0000000000000p-1}, {"tp", 0x1.0000000000000p+0},
    {"fp", 0x1.0000000000000p+1}, {"fn", 0x1.0000000000000p+0}, {"tn", 0x0.0p+0},
};

static const float binary_margin_18[] = {
    -3.5f, -2.5f, -1.5f, -0.5f, 0.5f, 1.5f, 2.5f, 3.5f,
};

static const float binary_label_18[] = {
    0, 0, 0, 1, 0, 1, 1, 1,
};

static const segml_value binary_expected_18[] = {
    {"log_loss", 0x1.48bcc5570e491p-2}, {"log_loss_se", 0x1.14bad2ba496a1p-3},
    {"f1", 0x1.8000000000000p-1}, {"precision", 0x1.8000000000000p-1},
    {"recall", 0x1.8000000000000p-1}, {"accuracy", 0x1.8000000000000p-1},
    {"balanced_accuracy", 0x1.8000000000000p-1}, {"mcc", 0x1.0000000000000p-1},
    {"roc_auc", 0x1.e000000000000p-1}, {"pr_auc", 0x1.e666666666666p-1},
    {"brier", 0x1.b59acf0b6bac4p-4}, {"ece", 0x1.d1f2c388298f0p-3},
    {"calibration_slope", 0x1.4844618ac90bap+0}, {"calibration_intercept", 0x1.22bc1cc6d1c64p-55},
    {"base_rate", 0x1.0000000000000p-1}, {"tp", 0x1.8000000000000p+1},
    {"fp", 0x1.0000000000000p+0}, {"fn", 0x1.0000000000000p+0}, {"tn", 0x1.8000000000000p+1},
};

static const float binary_margin_19[] = {
    40.393f, 22.104f, 37.899f, 37.698f, 48.658f, 29.367f, 46.642f, 30.109f, 37.018f, 32.436f,
    53.039f, 45.114f, 61.886f, 45.777f, 47.605f, 47.566f, 34.54f, 39.37f, 52.154f, 36.431f,
    41.699f, 39.809f, 45.483f, 36.716f, 38.629f, 42.181f, 40.927f, 32.215f, 48.062f, 28.314f,
    29.19f, 28.458f, 48.703f, 36.755f, 31.261f, 29.776f, 43.79f, 30.506f, 28.551f, 45.526f, 29.23f,
    37.098f, 39.939f, 35.992f, 39.513f, 52.049f, 35.348f, 28.666f, 23.469f, 38.157f, 36.83f,
    42.386f, 35.822f, 35.692f, 33.508f, 35.322f, 41.442f, 36.577f, 40.904f, 57.111f,
};

static const float binary_label_19[] = {
    1, 1, 0, 0, 1, 1, 0, 1, 1, 1, 1, 1, 1, 0, 1, 1, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 1, 0,
    1, 1, 1, 0, 1, 0, 1, 1, 1, 1, 0, 0, 1, 1, 0, 0, 0, 0, 1, 1, 0, 1, 0, 0, 1, 1, 0, 0,
};

static const float binary_weight_19[] = {
    1, 1, 3, 0, 3, 3, 3, 0, 1, 1, 0, 0, 3, 0, 3, 0, 1, 1, 0, 3, 1, 3, 0, 1, 1, 1, 0, 3, 1, 3, 0, 1,
    0, 3, 1, 1, 3, 1, 3, 3, 1, 1, 0, 3, 3, 3, 1, 0, 3, 0, 3, 0, 0, 0, 1, 0, 0, 0, 3, 0,
};

static const segml_value binary_expected_19[] = {
    {"log_loss", 0x1.e75c6ec8756b9p+3}, {"log_loss_se", 0x1.75711f2fe5867p+1},
    {"f1", 0x1.637021d9ead7dp-1}, {"precision", 0x1.1033d91d2a206p-1},
    {"recall", 0x1.0000000000000p+0}, {"accuracy", 0x1.1033d91d2a206p-1},
    {"balanced_accuracy", 0x1.0000000000000p-1}, {"mcc", 0x0.0p+0},
    {"roc_auc", 0x1.5a4681cfe5a47p-1}, {"pr_auc", 0x1.88cd7a1ca6c35p-1},
    {"brier", 0x1.df984dc5960fap-2}, {"ece", 0x1.df984dc592ccbp-2},
    {"calibration_slope", 0x1.5c65accaccb42p-4}, {"calibration_intercept", -0x1.8fe770fcc1fbfp+1},
    {"base_rate", 0x1.1033d91d2a206p-1}, {"tp", 0x1.5000000000000p+5},
    {"fp", 0x1.2800000000000p+5}, {"fn", 0x0.0p+0}, {"tn", 0x0.0p+0},
};

static const float binary_margin_20[] = {
    -1.043f, 1.224f, -0.046f, 0.22f, -0.165f, -0.554f, 0.825f, -0.151f, 1.139f, -0.651f, -1.792f,
    -0.211f, 0.151f, 0.603f, -1.404f, -1.118f, -0.389f, -0.84f, 0.149f, 0.171f, -0.216f, -0.206f,
    0.462f, 1.428f, 0.832f, 0.306f, 0.164f, 0.446f, -0.006f, 0.19f, 0.049f, 1.654f, -0.301f,
    -1.27f, 1.694f, -0.482f, 1.209f, -1.832f, 2.233f, 0.239f, -0.626f, -0.852f, 0.614f, 0.333f,
    -0.779f, -1.62f, 0.763f, 0.46f, 0.575f, -0.407f, -1.858f, 1.027f, -0.829f, -0.789f, 0.57f,
    -0.472f, 0.343f, -0.196f, -0.404f, -0.362f, 0.659f, 1.246f, -0.095f, -2.01f, 1.562f, -0.565f,
    1.695f, -0.554f, -1.198f, -0.14f, -0.038f, 1.389f, 0.302f, 0.447f, 1.587f, 0.292f, -0.649f,
    -0.554f, -0.89f, -0.14f, -1.224f, -1.825f, 1.03f, -3.111f, -1.821f, 1.515f, 0.538f, 0.023f,
    0.957f, 1.271f, 0.036f, -0.422f, -1.73f, 0.426f, -1.234f, -1.206f, -1.214f, 0.455f, -0.83f,
    0.371f, -1.826f, -0.669f, 1.359f, -0.461f, 1.699f, 1.637f, 0.817f, 1.238f, -1.88f, 0.233f,
    -0.88f, -2.049f, -0.964f, -1.75f, -2.166f, -0.289f, -0.544f, -0.188f, -1.451f, -1.041f,
    -0.894f, 0.092f, -0.553f, -0.936f, -0.113f, 0.023f, -0.142f, -1.163f, -0.117f, -0.065f, 0.303f,
    0.457f, -2.992f, -3.2f, 0.837f, -0.17f, 1.893f, 0.221f, 0.722f, -0.484f, -1.927f, 0.383f,
    -0.104f, 0.002f, -0.3f, 0.772f, 0.393f, 0.01f, -0.887f, -0.356f, 0.123f, 1.166f, -0.863f,
    1.686f, 1.326f, 1.229f, 0.303f, -1.514f, 0.873f, 2.088f, -0.196f, -0.547f, -1.189f, 0.817f,
    -1.579f, 1.11f, 0.123f, -1.043f, 1.291f, 1.471f, 1.019f, 0.033f, -0.858f, 0.277f, 1.224f,
    1.418f, 1.433f, -0.287f, -0.966f, -0.692f, 0.61f, 1.94f, -0.841f, -0.977f, 0.748f, 1.224f,
    1.197f, -1.812f, 0.126f, -1.015f, -0.292f, -2.185f, 1.772f, -0.2f, 0.935f, -1.684f, 0.474f,
    0.835f, -2.07f, -0.194f,
};

static const float binary_label_20[] = {
    0, 1, 0, 1, 1, 0, 0, 0, 1, 0, 0, 1, 0, 1, 0, 1, 0, 0, 1, 1, 0, 0, 0, 1, 0, 0, 1, 1, 0, 1, 0, 1,
    1, 1, 1, 0, 1, 0, 1, 0, 0, 0, 1, 1, 0, 0, 0, 1, 1, 0, 1, 1, 0, 0, 1, 1, 0, 1, 1, 1, 1, 1, 1, 0,
    1, 1, 1, 0, 0, 1, 0, 1, 1, 0, 0, 1, 1, 1, 1, 1, 0, 0, 1, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0,
    0, 1, 0, 0, 0, 0, 0, 0, 1, 1, 0, 1, 0, 1, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0,
    1, 0, 1, 1, 0, 0, 1, 0, 1, 0, 1, 0, 0, 0, 1, 0, 0, 1, 0, 1, 0, 1, 1, 0, 0, 1, 1, 1, 0, 0, 1, 1,
    1, 0, 0, 1, 0, 0, 1, 1, 0, 1, 1, 0, 0, 1, 1, 1, 1, 0, 0, 0, 0, 1, 0, 0, 0, 1, 1, 0, 1, 0, 0, 0,
    1, 0, 1, 0, 1, 0, 0, 0,
};

static const float binary_weight_20[] = {
    0.25f, 2, 2, 0.25f, 1, 2, 0.25f, 2, 0.25f, 1, 1, 1, 0.25f, 1, 1, 0.25f, 2, 1, 1, 2, 0.25f, 2,
    0.25f, 1, 2, 1, 1, 2, 0.25f, 0.25f, 0.25f, 0.25f, 1, 2, 2, 1, 0.25f, 2, 1, 1, 2, 0.25f, 1, 1,
    0.25f, 1, 2, 0.25f, 2, 1, 2, 2, 2, 0.25f, 1, 0.25f, 2, 0.25f, 0.25f, 2, 1, 2, 0.25f, 0.25f, 1,
    2, 1, 0.25f, 2, 1, 1, 2, 2, 0.25f, 0.25f, 1, 1, 2, 0.25f, 1, 0.25f, 2, 0.25f, 1, 2, 2, 0.25f,
    1, 2, 2, 2, 0.25f, 1, 1, 0.25f, 0.25f, 2, 1, 2, 1, 2, 0.25f, 2, 1, 2, 2, 1, 1, 0.25f, 0.25f,
    0.25f, 2, 0.25f, 2, 0.25f, 1, 2, 1, 2, 0.25f, 1, 2, 1, 1, 1, 0.25f, 2, 2, 1, 0.25f, 0.25f,
    0.25f, 2, 1, 2, 1, 2, 1, 2, 1, 1, 2, 1, 0.25f, 0.25f, 2, 0.25f, 1, 1, 1, 1, 1, 2, 0.25f, 1, 2,
    2, 1, 2, 0.25f, 1, 1, 2, 1, 1, 1, 1, 0.25f, 1, 2, 1, 0.25f, 2, 2, 0.25f, 1, 1, 1, 1, 2, 2,
    0.25f, 0.25f, 1, 0.25f, 1, 1, 1, 1, 0.25f, 1, 0.25f, 2, 1, 0.25f, 1, 2, 1, 0.25f, 0.25f,
};

static const segml_value binary_expected_20[] = {
    {"log_loss", 0x1.1504005c42038p-1}, {"log_loss_se", 0x1.16e26c51e2e50p-5},
    {"f1", 0x1.7645ca448e0d0p-1}, {"precision", 0x1.64a26d764a26dp-1},
    {"recall", 0x1.89bf067f59aa4p-1}, {"accuracy", 0x1.7d835d548d9acp-1},
    {"balanced_accuracy", 0x1.7e9e94cfe8711p-1}, {"mcc", 0x1.f7f9ef9d7010cp-2},
    {"roc_auc", 0x1.9ce90b4a4985dp-1}, {"pr_auc", 0x1.883423e89d32bp-1},
    {"brier", 0x1.72ecbf1027e68p-3}, {"ece", 0x1.6a7aec2920c06p-4},
    {"calibration_slope", 0x1.480717a749929p+0}, {"calibration_intercept", -0x1.f983b053c3493p-3},
    {"base_rate", 0x1.cd17b2c2da422p-2}, {"tp", 0x1.2f00000000000p+6},
    {"fp", 0x1.0800000000000p+5}, {"fn", 0x1.6c00000000000p+4}, {"tn", 0x1.5d00000000000p+6},
};

static const recorded_case binary_cases[] = {
    {"binary: random", binary_expected_0, 19,
     {1, 45, 1, binary_margin_0, binary_label_0, NULL, 0.5}},
    {"binary: weights, some 0", binary_expected_1, 19,
     {1, 45, 1, binary_margin_0, binary_label_0, binary_weight_1, 0.5}},
    {"binary: high threshold", binary_expected_2, 19,
     {1, 45, 1, binary_margin_0, binary_label_0, binary_weight_2, 0.8}},
    {"binary: ties of scores", binary_expected_3, 19,
     {1, 45, 1, binary_margin_3, binary_label_0, binary_weight_3, 0.3}},
    {"binary: one score for all", binary_expected_4, 19,
     {1, 45, 1, binary_margin_4, binary_label_0, NULL, 0.5}},
    {"binary: none predicted", binary_expected_5, 19,
     {1, 45, 1, binary_margin_5, binary_label_0, NULL, 0.5}},
    {"binary: all predicted", binary_expected_6, 19,
     {1, 45, 1, binary_margin_6, binary_label_0, binary_weight_6, 0.5}},
    {"binary: rare class", binary_expected_7, 19,
     {1, 40, 1, binary_margin_7, binary_label_7, NULL, 0.4}},
    {"binary: all negative, none predicted", binary_expected_8, 19,
     {1, 9, 1, binary_margin_8, binary_label_8, NULL, 0.5}},
    {"binary: all negative, some predicted", binary_expected_9, 19,
     {1, 9, 1, binary_margin_9, binary_label_8, NULL, 0.5}},
    {"binary: all positive", binary_expected_10, 19,
     {1, 9, 1, binary_margin_10, binary_label_10, NULL, 0.5}},
    {"binary: all positive, none predicted", binary_expected_11, 19,
     {1, 9, 1, binary_margin_11, binary_label_10, NULL, 0.5}},
    {"binary: clipped", binary_expected_12, 19,
     {1, 4, 1, binary_margin_12, binary_label_12, NULL, 0.5}},
    {"binary: one row", binary_expected_13, 19,
     {1, 1, 1, binary_margin_13, binary_label_13, NULL, 0.5}},
    {"binary: a class of weight 0", binary_expected_14, 19,
     {1, 4, 1, binary_margin_14, binary_label_14, binary_weight_14, 0.5}},
    {"binary: separated", binary_expected_15, 19,
     {1, 20, 1, binary_margin_15, binary_label_15, NULL, 0.5}},
    {"binary: separated but for a tie", binary_expected_16, 19,
     {1, 6, 1, binary_margin_16, binary_label_16, NULL, 0.5}},
    {"binary: separated the wrong way", binary_expected_17, 19,
     {1, 4, 1, binary_margin_17, binary_label_17, NULL, 0.5}},
    {"binary: nearly separated", binary_expected_18, 19,
     {1, 8, 1, binary_margin_18, binary_label_18, NULL, 0.5}},
    {"binary: far off and too sure", binary_expected_19, 19,
     {1, 60, 1, binary_margin_19, binary_label_19, binary_weight_19, 0.5}},
    {"binary: many rows", binary_expected_20, 19,
     {1, 200, 1, binary_margin_20, binary_label_20, binary_weight_20, 0.5}},
};
