/* SPDX-License-Identifier: Apache-2.0 */

/*
 * Fuzzer of the native engine: whatever the rows and the parameters are, all kernels of this
 * machine make the same bytes and report the same margins, and a model whose margins are finite is
 * loaded by lib/tree, which predicts them bit for bit.
 *
 * Bytes are read as a head of parameters and then row by row; what is not there is 0. A byte
 * of a cell chooses by the column's kind: an odd float, neighbours of 1, a small integer, or a
 * multiple of a power of two. So columns with ties, zeros of both signs, denormals, huge values,
 * one value or none all come from few bytes, and most inputs train.
 */

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "fuzz/fuzz.h"
#include "native/trained.h"
#include "tree/predict.h"

enum { MOST_ROWS = 120, MOST_FEATURES = 6, MOST_CLASSES = 6, FOLDS = 3, CATEGORIES = 40 };

typedef struct input {
    const uint8_t *at, *end;
} input;

/* Everything of one training. */
typedef struct subject {
    sg_engine_rows rows;
    sg_fit_spec spec;
    float data[MOST_ROWS * MOST_FEATURES], label[MOST_ROWS], weight[MOST_ROWS];
    int32_t fold[MOST_ROWS];
    uint8_t categorical[MOST_FEATURES], kind[MOST_FEATURES];
    int8_t monotone[MOST_FEATURES];
} subject;

static int
take(input *in)
{
    return in->at < in->end ? *in->at++ : 0;
}

static float
odd_float(int byte)
{
    static const float odd[] = {0.0f,          -0.0f,        0x1p-149f,   -0x1p-149f, 0x1p-126f,
                                0x3p-149f,     3.4e38f,      -3.4e38f,    3.3e38f,    -3.3e38f,
                                1e30f,         -1e30f,       1.0f,        -1.0f,      16777216.0f,
                                16777218.0f,   1e-30f,       0.99999994f, 0.1f,       -0.1f,
                                2147483648.0f, 4294967296.0f};

    return odd[byte % (int)(sizeof odd / sizeof *odd)];
}

static float
cell_of(int kind, int byte)
{
    if (byte == 255)
        return NAN;
    switch (kind % 4) {
    case 0:
        return odd_float(byte);
    case 1:
        return 1.0f + (float)(byte % 8) * 0x1p-23f;
    case 2:
        return (float)(byte % 16);
    default:
        return ldexpf((float)(byte - 128), kind / 4 % 64 - 32);
    }
}

static float
label_of(const sg_engine_rows *rows, int byte)
{
    static const float large[] = {1e30f, -1e30f, 1e-30f, -0.0f};

    switch (rows->loss) {
    case SG_LOSS_LOGISTIC:
        return (float)(byte & 1);
    case SG_LOSS_SOFTPROB:
        return (float)(byte % rows->classes);
    case SG_LOSS_SQUARED:
        return byte < 4 ? large[byte] : (float)(byte - 128) / 4;
    default:
        return byte == 255 ? 1e6f : (float)(byte % 16);
    }
}

static void
read_rows(subject *s, input *in)
{
    static const char *const names[MOST_FEATURES] = {"a", "b", "c", "d", "e", "f"};
    static const int32_t bins[] = {64, 2, 3, 4, 16, 32, 255, 256};
    sg_engine_rows *rows = &s->rows;
    int flags = take(in);

    rows->method = flags & 1 ? SG_TREE_EXACT : SG_TREE_HIST;
    rows->loss = (sg_loss)(SG_LOSS_LOGISTIC + (flags >> 1) % 4);
    rows->features = 1 + take(in) % MOST_FEATURES;
    rows->rows = 1 + take(in) % MOST_ROWS;
    rows->max_bin = bins[take(in) % 8];
    rows->classes = rows->loss == SG_LOSS_SOFTPROB ? 3 + take(in) % (MOST_CLASSES - 2) : 1;
    rows->folds = FOLDS;
    rows->ordered = (flags & 128) != 0;
    rows->data = s->data;
    rows->label = s->label;
    rows->weight = flags & 8 ? s->weight : NULL;
    rows->monotone = flags & 16 ? s->monotone : NULL;
    rows->fold = s->fold;
    rows->categorical = s->categorical;
    rows->names = names;
    s->spec.hold_out = flags & 64 ? SG_FIT_ALL_ROWS : 1;
    if (flags & 32 && rows->method == SG_TREE_HIST)
        s->categorical[rows->features - 1] = 1;
}

static void
read_params(subject *s, input *in)
{
    static const double lambda[] = {1, 0, 0.1, 3.7}, weight[] = {1, 0, 0.1, 10},
                        gamma[] = {0, 0.1, 1, 5}, alpha[] = {0, 0, 0.5, 3},
                        rate[] = {0.3, 1, 0.05, 1e-3}, step[] = {0, 0.7, 0.2, 1e-6},
                        positive[] = {1, 2.5, 0.1, 100}, share[] = {1, 1, 0.7, 0.3},
                        base[] = {0.5, 0.3, 0.9, 0.01};
    int tree = take(in), a = take(in), b = take(in), c = take(in);
    sg_fit_params *p = &s->spec.params;

    s->spec.rounds = 1 + take(in) % 6;
    p->seed = (uint32_t)take(in);
    p->threads = 1;
    p->max_depth = 1 + tree % 8;
    p->max_cat_to_onehot = tree & 64 ? 1 : 8;
    if (tree & 128 && s->rows.method == SG_TREE_HIST) {
        p->max_leaves = 2 + tree / 8 % 8;
        p->max_depth = tree & 1 ? 0 : p->max_depth;
    }
    p->reg_lambda = lambda[a % 4];
    p->min_child_weight = weight[a / 4 % 4];
    p->gamma = gamma[a / 16 % 4];
    p->reg_alpha = alpha[a / 64];
    p->learning_rate = rate[b % 4];
    p->max_delta_step = step[b / 4 % 4];
    p->scale_pos_weight = s->rows.loss == SG_LOSS_LOGISTIC ? positive[b / 16 % 4] : 1;
    p->base_score = base[b / 64];
    p->subsample = share[c % 4];
    p->colsample_bytree = share[c / 4 % 4];
}

static void
read_subject(subject *s, input *in)
{
    static const float weights[] = {1, 0, 2, 0.125f, 1000, 1e-6f, 3, 0.7f};
    int64_t width;

    read_rows(s, in);
    read_params(s, in);
    width = s->rows.features;
    for (int64_t f = 0; f < width; f++) {
        int byte = take(in);

        s->kind[f] = (uint8_t)byte;
        s->monotone[f] = (int8_t)(s->categorical[f] ? 0 : byte / 4 % 3 - 1);
    }
    for (int64_t i = 0; i < s->rows.rows; i++) {
        int head = take(in);

        s->label[i] = label_of(&s->rows, take(in));
        s->fold[i] = head % (FOLDS + 1) - 1;
        s->weight[i] = weights[head / 4 % 8];
        for (int64_t f = 0; f < width; f++) {
            int byte = take(in);

            s->data[i * width + f] = !s->categorical[f] ? cell_of(s->kind[f], byte)
                                     : byte == 255      ? NAN
                                                        : (float)(byte % CATEGORIES);
        }
    }
}

static void
train(trained *out, sg_engine *engine, const subject *s)
{
    sg_prepared *prepared = NULL;

    if (engine->prepare(engine, &prepared, &s->rows, NULL) != SEGML_OK)
        abort(); /* nothing that is read is refused */
    trained_fit(out, engine, prepared, &s->rows, &s->spec);
    engine->release(prepared);
    if (out->status != out->err.code || (out->status < 0 && out->model.size > 0))
        abort();
    if (out->status != SEGML_OK && out->status != SEGML_E_DATA)
        abort();
}

static int
all_finite(const trained *t)
{
    for (int64_t i = 0; i < t->values * t->rounds; i++) {
        if (!isfinite(t->margin[i]))
            return 0;
    }
    return 1;
}

/* The model as lib/tree evaluates it, against the margins of the last round. */
static void
check_model(const trained *t, const subject *s)
{
    const float *last = t->margin + (t->rounds - 1) * t->values;
    const size_t outputs = (size_t)s->rows.classes;
    segml_error err = SEGML_ERROR_INIT;
    sg_forest *forest = NULL;

    if (sg_forest_load(&forest, t->model.bytes, t->model.size, &err) != SEGML_OK && t->values > 0 &&
        all_finite(t))
        abort();
    for (int64_t i = 0; forest != NULL && i < s->rows.rows && t->values > 0; i++) {
        float margin[MOST_CLASSES];

        if (s->fold[i] != s->spec.hold_out)
            continue;
        sg_predict_margin(forest, 0, s->data + i * s->rows.features, s->rows.features, NULL,
                          margin);
        for (size_t c = 0; c < outputs; c++) {
            if (memcmp(&margin[c], &last[c], sizeof *margin) != 0 &&
                !(isnan(margin[c]) && isnan(last[c])))
                abort();
        }
        last += outputs;
    }
    sg_forest_free(forest);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static subject s;
    sg_engine *engine[TRAINED_KERNELS];
    input in = {data, data + size};
    trained first, other;
    char where[300];

    memset(&s, 0, sizeof s);
    read_subject(&s, &in);
    if (!trained_open_kernels(engine))
        abort();
    train(&first, engine[0], &s);
    for (int k = 1; k < TRAINED_KERNELS; k++) {
        if (engine[k] == NULL)
            continue;
        train(&other, engine[k], &s);
        if (!trained_same(&first, &other, where, sizeof where) ||
            first.model.size != other.model.size ||
            (first.model.size > 0 &&
             memcmp(first.model.bytes, other.model.bytes, first.model.size) != 0))
            abort();
        trained_free(&other);
    }
    if (first.status == SEGML_OK)
        check_model(&first, &s);
    trained_free(&first);
    trained_close_kernels(engine);
    return 0;
}
