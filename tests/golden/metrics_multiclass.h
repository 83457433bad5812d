/* SPDX-License-Identifier: Apache-2.0 */
/* Written by metrics_sklearn.py; do not edit. */

#include <math.h>

#include "metric/metric.h"

static const float multiclass_margin_0[] = {
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

static const float multiclass_label_0[] = {
    0, 2, 2, 3, 1, 0, 3, 3, 2, 0, 3, 2, 3, 3, 0, 0, 1, 1, 3, 1, 3, 0, 3, 0, 3, 0, 2, 2, 2, 3, 2, 0,
    2, 2, 2, 1, 2, 0, 2, 0, 1, 2, 3, 1, 1,
};

static const segml_value multiclass_expected_0[] = {
    {"log_loss", 0x1.f17ead56fbc8dp-1}, {"log_loss_se", 0x1.8f12bfbc053cdp-4},
    {"f1_macro", 0x1.3ff4549a9eff4p-1}, {"f1_weighted", 0x1.3f52c5c41066fp-1},
    {"f1_micro", 0x1.3e93e93e93e94p-1}, {"accuracy", 0x1.3e93e93e93e94p-1},
    {"balanced_accuracy", 0x1.40e682c5439a1p-1}, {"kappa", 0x1.f7d7340414660p-2},
    {"mcc", 0x1.fc3bba915009bp-2}, {"roc_auc_macro", 0x1.addd5eba9ef00p-1},
    {"roc_auc_weighted", 0x1.ae867f5f9c484p-1}, {"classes_seen", 0x1.0000000000000p+2},
};

static const float multiclass_weight_1[] = {
    0.5f, 3, 0, 0.5f, 3, 1, 0.5f, 1, 0.5f, 0.5f, 0, 3, 1, 3, 0.5f, 0.5f, 0, 0.5f, 0, 3, 0.5f, 1, 0,
    0.5f, 1, 3, 3, 1, 0.5f, 0, 0.5f, 0.5f, 0, 0, 0.5f, 0, 0, 0, 0, 0.5f, 1, 0, 0, 0, 0.5f,
};

static const segml_value multiclass_expected_1[] = {
    {"log_loss", 0x1.bc1d64e739fc4p-1}, {"log_loss_se", 0x1.65f6e845152b5p-3},
    {"f1_macro", 0x1.5bfb912d6fee4p-1}, {"f1_weighted", 0x1.5c992e6c1d0f5p-1},
    {"f1_micro", 0x1.638e38e38e38ep-1}, {"accuracy", 0x1.638e38e38e38ep-1},
    {"balanced_accuracy", 0x1.5f37373737374p-1}, {"kappa", 0x1.2a93abec990fap-1},
    {"mcc", 0x1.2f4df5cfbffffp-1}, {"roc_auc_macro", 0x1.ca62f1c9f37afp-1},
    {"roc_auc_weighted", 0x1.c4ec0af9d8da6p-1}, {"classes_seen", 0x1.0000000000000p+2},
};

static const float multiclass_label_2[] = {
    0, 2, 2, 2, 1, 0, 2, 2, 2, 0, 2, 2, 2, 2, 0, 0, 1, 1, 2, 1, 2, 0, 2, 0, 2, 0, 2, 2, 2, 2, 2, 0,
    2, 2, 2, 1, 2, 0, 2, 0, 1, 2, 2, 1, 1,
};

static const segml_value multiclass_expected_2[] = {
    {"log_loss", 0x1.5a1cdd3ac7d91p+0}, {"log_loss_se", 0x1.27a3c16fb644bp-3},
    {"f1_macro", 0x1.c0d20d20d20d2p-2}, {"f1_weighted", 0x1.1d9c8472f1d9cp-1},
    {"f1_micro", 0x1.05b05b05b05b0p-1}, {"accuracy", 0x1.05b05b05b05b0p-1},
    {"balanced_accuracy", 0x1.286dccae3f411p-1}, {"kappa", 0x1.48b0fcd6e9e08p-2},
    {"mcc", 0x1.6c626fb0512fbp-2}, {"roc_auc_macro", 0x1.871ccdf2dc50fp-1},
    {"roc_auc_weighted", 0x1.73132e5f0be5ep-1}, {"classes_seen", 0x1.8000000000000p+1},
};

static const float multiclass_margin_3[] = {
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

static const float multiclass_weight_3[] = {
    3, 0, 3, 1, 3, 0, 1, 0.5f, 3, 0, 1, 1, 0, 0.5f, 1, 0, 0.5f, 0.5f, 0, 0.5f, 0.5f, 0, 0, 1, 0.5f,
    1, 1, 3, 3, 0.5f, 3, 0.5f, 1, 0.5f, 3, 1, 3, 0.5f, 0.5f, 0.5f, 0, 0.5f, 0.5f, 0, 3,
};

static const segml_value multiclass_expected_3[] = {
    {"log_loss", 0x1.b79d1954135a2p-1}, {"log_loss_se", 0x1.2213f6ad060eep-3},
    {"f1_macro", 0x1.2ea9ec4b1bb37p-1}, {"f1_weighted", 0x1.50c108e4f6edfp-1},
    {"f1_micro", 0x1.435e50d79435ep-1}, {"accuracy", 0x1.435e50d79435ep-1},
    {"balanced_accuracy", 0x1.5ddfe8088a92cp-1}, {"kappa", 0x1.aa09880c3aa0ap-2},
    {"mcc", 0x1.dd04085b87d4bp-2}, {"roc_auc_macro", 0x1.ba92027980f17p-1},
    {"roc_auc_weighted", 0x1.bd7a96fcf93e1p-1}, {"classes_seen", 0x1.8000000000000p+1},
};

static const float multiclass_margin_4[] = {
    3, -1, -0, -1, 1, -1, 1, -0, -0, -0, 3, 1, 1, 1, -1, 1, -0, 2, -1, 1, 1, -0, 2, 0, 0, 2, -0, 3,
    1, 1, 0, 0, -1, -0, 1, -0, 0, 0, 1, 0, 1, 0, 0, 1, 3, 1, 1, 0, 0, -1, -0, 2, -0, 1, 2, 1, 1, 1,
    1, -1, 1, 0, 1, 0, 0, 0, -1, -1, 1, 1, 0, 0, -1, -0, 1, 1, -0, 3, -1, -1, -1, -1, 2, 1, 1, -1,
    0, 0, -1, -2, -1, 2, 2, -0, 1, 1, -1, -1, -0, 2, 3, -0, -0, -0, -0, -0, 2, 0, 2, -0, 2, 1, 1,
    2, 2, -1, -1, 1, -1, 1, -1, 1, 2, -0, 0, 1, -0, 2, -0, 1, -1, 0, 2, -0, 1, 1, 0, -0, -0, -1,
    -1, -1, -0, -0, 1, -0, 1, -0, 2, 1, -0, 1, -1, -2, 1, 2, 2, 0, 1, -0, 0, 2, -1, 1, 1, 0, 1, 0,
    -1, 1, -1, 2, 2, -1, -1, 1, 1, -0, -0, 1,
};

static const segml_value multiclass_expected_4[] = {
    {"log_loss", 0x1.08f670cb5f8fdp+0}, {"log_loss_se", 0x1.c82b455e4dca4p-4},
    {"f1_macro", 0x1.c5e7da342518ap-2}, {"f1_weighted", 0x1.c14b3d1f9c14bp-2},
    {"f1_micro", 0x1.c71c71c71c71cp-2}, {"accuracy", 0x1.c71c71c71c71cp-2},
    {"balanced_accuracy", 0x1.cdfdc896b7f73p-2}, {"kappa", 0x1.05974bbb8d782p-2},
    {"mcc", 0x1.1525e4ebee0e9p-2}, {"roc_auc_macro", 0x1.998364aa9347cp-1},
    {"roc_auc_weighted", 0x1.9c1829a14ff41p-1}, {"classes_seen", 0x1.0000000000000p+2},
};

static const float multiclass_margin_5[] = {
    0.364f, 0.053f, 0.954f, 0.864f, 1.543f, 0.645f, 0.061f, 0.801f, 0.337f, -0.634f, 0.491f,
    -0.466f, 0.853f, -1.064f, -0.63f, 0.386f, -0.281f, 1.469f, 1.239f, -0.858f, 0.214f, 0.261f,
    0.081f, 1.472f, -0.793f, 0.496f, -1.245f, -0.915f,
};

static const float multiclass_label_5[] = {
    2, 2, 2, 2, 2, 2, 2,
};

static const segml_value multiclass_expected_5[] = {
    {"log_loss", 0x1.a91902558617ep+0}, {"log_loss_se", 0x1.c9f3b2b116166p-3},
    {"f1_macro", 0x1.c71c71c71c71cp-4}, {"f1_weighted", 0x1.c71c71c71c71bp-2},
    {"f1_micro", 0x1.2492492492492p-2}, {"accuracy", 0x1.2492492492492p-2},
    {"balanced_accuracy", 0x1.2492492492492p-2}, {"kappa", 0x0.0p+0}, {"mcc", NAN},
    {"roc_auc_macro", NAN}, {"roc_auc_weighted", NAN}, {"classes_seen", 0x1.0000000000000p+0},
};

static const float multiclass_margin_6[] = {
    0, 2, 1, 1, 2, 0, 0, 9, 0,
};

static const float multiclass_label_6[] = {
    1, 1, 1,
};

static const segml_value multiclass_expected_6[] = {
    {"log_loss", 0x1.1657debc4df73p-2}, {"log_loss_se", 0x1.c61eb4057c9c8p-4},
    {"f1_macro", 0x1.0000000000000p+0}, {"f1_weighted", 0x1.0000000000000p+0},
    {"f1_micro", 0x1.0000000000000p+0}, {"accuracy", 0x1.0000000000000p+0},
    {"balanced_accuracy", 0x1.0000000000000p+0}, {"kappa", NAN}, {"mcc", NAN},
    {"roc_auc_macro", NAN}, {"roc_auc_weighted", NAN}, {"classes_seen", 0x1.0000000000000p+0},
};

static const float multiclass_margin_7[] = {
    3, 2, 1, 4, 2, 0,
};

static const float multiclass_label_7[] = {
    1, 1,
};

static const segml_value multiclass_expected_7[] = {
    {"log_loss", 0x1.c678040e7505ep+0}, {"log_loss_se", 0x1.0a376132c37f9p-2},
    {"f1_macro", 0x0.0p+0}, {"f1_weighted", 0x0.0p+0}, {"f1_micro", 0x0.0p+0},
    {"accuracy", 0x0.0p+0}, {"balanced_accuracy", 0x0.0p+0}, {"kappa", 0x0.0p+0}, {"mcc", NAN},
    {"roc_auc_macro", NAN}, {"roc_auc_weighted", NAN}, {"classes_seen", 0x1.0000000000000p+0},
};

static const float multiclass_margin_8[] = {
    3.288f, 8.404f, -0.064f, 0.584f, 8.378f, 0.681f, -0.243f, 8.758f, 2.629f, 0.799f, 9.634f,
    -1.118f, -0.047f, 10.924f, -0.687f, 0.716f, 8.771f, 2.198f, 0.211f, 11.444f, -0.061f, 0.715f,
    10.136f, 0.27f, -1.359f, 8.775f, 0.774f, 0.334f, 9.292f, 0.546f, 0.836f, 9.047f, 0.295f,
    3.429f, 10.343f, 1.353f, 0.226f, 8.179f, -0.429f, -0.357f, 9.89f, 1.513f, 1.453f, 9.663f,
    0.61f, 1.241f, 9.006f, 0.924f, 0.243f, 9.288f, -0.833f, 0.592f, 10.413f, 0.309f, -1.151f,
    8.581f, 0.99f, -0.12f, 12.366f, -0.612f, -1.038f, 7.514f, 2.004f, 0.572f, 8.457f, 0.139f,
    -1.467f, 7.225f, -0.916f, 2.225f, 8.885f, 1.468f, -0.504f, 8.118f, -0.242f, 2.797f, 8.686f,
    -0.159f, -0.454f, 8.712f, 1.527f, 1.828f, 8.93f, 2.199f, 1.423f, 10.508f, 1.723f, -0.813f,
    10.379f, -1.232f, -1.164f, 9.501f, 2.046f, 0.035f, 9.536f, -0.299f, -0.018f, 9.7f, -0.632f,
    1.842f, 8.552f, 1.266f, 0.371f, 8.599f, -0.163f, -1.184f, 8.483f, -0.07f, 1.408f, 8.731f,
    0.56f, 1.521f, 10.055f, -0.282f, -1.258f, 7.484f, 1.455f, 2.451f, 9.088f, 0.963f, 0.416f,
    10.929f, -0.574f, 0.66f, 9.012f, 0.69f, -0.634f, 10.081f, -1.155f, 1.506f, 8.386f, -0.62f,
    1.21f, 8.861f, -0.122f,
};

static const float multiclass_label_8[] = {
    0, 2, 2, 0, 1, 0, 0, 0, 2, 0, 0, 2, 0, 0, 0, 0, 1, 1, 0, 1, 0, 0, 0, 0, 0, 0, 2, 2, 2, 0, 2, 0,
    2, 2, 2, 1, 2, 0, 2, 0, 1, 2, 0, 1, 1,
};

static const float multiclass_weight_8[] = {
    1, 1, 3, 3, 1, 3, 3, 3, 1, 0, 0, 1, 1, 1, 1, 3, 3, 1, 3, 3, 3, 3, 3, 0, 3, 3, 3, 1, 0, 1, 3, 0,
    0, 3, 3, 3, 3, 1, 1, 1, 0, 0, 3, 3, 0,
};

static const segml_value multiclass_expected_8[] = {
    {"log_loss", 0x1.b540f1cec5e3ep+2}, {"log_loss_se", 0x1.3f535b582a379p-1},
    {"f1_macro", 0x1.96b1edd80e865p-4}, {"f1_weighted", 0x1.ab07a022dc0d0p-5},
    {"f1_micro", 0x1.6666666666666p-3}, {"accuracy", 0x1.6666666666666p-3},
    {"balanced_accuracy", 0x1.5555555555555p-2}, {"kappa", 0x0.0p+0}, {"mcc", 0x0.0p+0},
    {"roc_auc_macro", 0x1.65217a6fbb990p-1}, {"roc_auc_weighted", 0x1.4bf814d0fc055p-1},
    {"classes_seen", 0x1.8000000000000p+1},
};

static const float multiclass_margin_9[] = {
    0, 99, 0, 0, 60, 0, 80, 0, 0,
};

static const float multiclass_label_9[] = {
    0, 1, 2,
};

static const segml_value multiclass_expected_9[] = {
    {"log_loss", 0x1.7069e2aa2aa5bp+4}, {"log_loss_se", 0x1.2ccef7084e4cbp+3},
    {"f1_macro", 0x1.c71c71c71c71cp-3}, {"f1_weighted", 0x1.c71c71c71c71cp-3},
    {"f1_micro", 0x1.5555555555555p-2}, {"accuracy", 0x1.5555555555555p-2},
    {"balanced_accuracy", 0x1.5555555555555p-2}, {"kappa", 0x0.0p+0}, {"mcc", 0x0.0p+0},
    {"roc_auc_macro", 0x1.5555555555555p-2}, {"roc_auc_weighted", 0x1.5555555555555p-2},
    {"classes_seen", 0x1.8000000000000p+1},
};

static const recorded_case multiclass_cases[] = {
    {"multiclass: random", multiclass_expected_0, 12,
     {2, 45, 4, multiclass_margin_0, multiclass_label_0, NULL, 0}},
    {"multiclass: weights, some 0", multiclass_expected_1, 12,
     {2, 45, 4, multiclass_margin_0, multiclass_label_0, multiclass_weight_1, 0}},
    {"multiclass: class without rows", multiclass_expected_2, 12,
     {2, 45, 4, multiclass_margin_0, multiclass_label_2, NULL, 0}},
    {"multiclass: class never seen", multiclass_expected_3, 12,
     {2, 45, 4, multiclass_margin_3, multiclass_label_2, multiclass_weight_3, 0}},
    {"multiclass: ties go to the first", multiclass_expected_4, 12,
     {2, 45, 4, multiclass_margin_4, multiclass_label_0, NULL, 0}},
    {"multiclass: one class", multiclass_expected_5, 12,
     {2, 7, 4, multiclass_margin_5, multiclass_label_5, NULL, 0}},
    {"multiclass: one class, always right", multiclass_expected_6, 12,
     {2, 3, 3, multiclass_margin_6, multiclass_label_6, NULL, 0}},
    {"multiclass: one class, always wrong", multiclass_expected_7, 12,
     {2, 2, 3, multiclass_margin_7, multiclass_label_7, NULL, 0}},
    {"multiclass: one class predicted", multiclass_expected_8, 12,
     {2, 45, 3, multiclass_margin_8, multiclass_label_8, multiclass_weight_8, 0}},
    {"multiclass: clipped", multiclass_expected_9, 12,
     {2, 3, 3, multiclass_margin_9, multiclass_label_9, NULL, 0}},
};
