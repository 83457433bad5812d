/* SPDX-License-Identifier: Apache-2.0 */

/*
 * The native engine: boosting around a grower.
 *
 * The columns of a unit are sorted once. A fit turns the grower to the training rows of its fold,
 * unless it stands there already, and then goes round by round: gradients, rows and features by
 * the engine's own streams (native/sample.c), one tree per output, pruning, margins. Rows
 * that the tree was grown on know their leaf; all others walk. Everything a round needs is
 * allocated before the first one, but for nodes of a tree larger than any before and for the
 * trees that a model keeps.
 *
 * Batching the trials of a search over the root was rejected: below it their rows differ, and
 * the root alone is a fifth of the work.
 *
 * R1  Parameters are rounded to float first, as XGBoost keeps them.
 * R2  The same rows and parameters give the same model with every kernel.
 * R3  What is not covered is refused: nothing is left out silently.
 */

#include "native/native_engine.h"

#include <float.h>
#include <math.h>
#include <string.h>

#include "base/alloc.h"
#include "boost/side.h"
#include "native/booster.h"
#include "native/gradient.h"
#include "native/grower.h"
#include "native/sample.h"
#include "native/walk.h"

enum { MOST_BINS = 256, DEEPEST = 30, NOT_TURNED = -2 };

typedef struct native_engine {
    sg_engine base; /* first: the table's functions cast back */
    const sg_kernel *kernel;
} native_engine;

struct sg_prepared {
    const sg_kernel *kernel;
    const sg_grower_kind *kind;
    sg_grower *grower;
    sg_engine_rows rows;
    sg_columns columns;
    int32_t hold_out; /* that the grower and the following stand at; NOT_TURNED = nowhere */
    int32_t trained, held;
    int32_t *train_row, *held_row;
    float *label, *weight; /* of the training rows; weight NULL = all 1 */
    /* Of a round. Outputs are planes of these many values. */
    int64_t plane;
    float *margin, *gradient, *hessian; /* [outputs * plane] */
    float *held_margin;                 /* [outputs * plane] */
    float *reported;                    /* [held * outputs] row by row; NULL of one output */
    float *held_plane;      /* [features * whole blocks] of the held-out rows, by feature */
    float *train_plane;     /* [features * plane] the same of the training rows, for those that are
                           not sampled; NULL until they are asked for */
    int32_t train_plane_of; /* hold_out that they are of */
    uint8_t *in;
    int32_t outside; /* training rows that are not sampled */
    uint8_t *column;
    int32_t *column_order;
    int32_t *leaf;
    float *value; /* of each node of the tree, what its rows get */
    sg_walk_stop *stack;
    int32_t node_room; /* of both */
    sg_grown tree;
};

static void
release(sg_prepared *p)
{
    if (p == NULL)
        return;
    sg_grown_clear(&p->tree);
    sg_free(p->value);
    sg_free(p->leaf);
    sg_free(p->column_order);
    sg_free(p->column);
    sg_free(p->in);
    sg_free(p->train_plane);
    sg_free(p->held_plane);
    sg_free(p->stack);
    sg_free(p->reported);
    sg_free(p->held_margin);
    sg_free(p->hessian);
    sg_free(p->gradient);
    sg_free(p->margin);
    sg_free(p->weight);
    sg_free(p->label);
    sg_free(p->held_row);
    sg_free(p->train_row);
    if (p->grower != NULL)
        p->kind->close(p->grower);
    sg_columns_clear(&p->columns);
    sg_free(p);
}

int
sg_native_engine_covers(const sg_engine_rows *rows, int max_leaves, segml_error *err)
{
    if (rows->features < 1)
        return sg_fail(err, SEGML_E_UNSUPPORTED, "the native engine needs at least one feature");
    if (rows->rows > INT32_MAX / 2)
        return sg_fail(err, SEGML_E_UNSUPPORTED, "%lld rows: the native engine takes at most %d",
                       (long long)rows->rows, INT32_MAX / 2);
    if (rows->method == SG_TREE_HIST) {
        if (rows->max_bin >= 2 && rows->max_bin <= MOST_BINS)
            return SEGML_OK;
        return sg_fail(err, SEGML_E_UNSUPPORTED, "max_bin %d: the native engine has 2 to %d",
                       (int)rows->max_bin, MOST_BINS);
    }
    if (rows->rows > SG_COLUMN_ROWS)
        return sg_fail(err, SEGML_E_UNSUPPORTED,
                       "%lld rows: exact trees of the native engine take at most %d; use hist",
                       (long long)rows->rows, SG_COLUMN_ROWS);
    if (max_leaves)
        return sg_fail(err, SEGML_E_UNSUPPORTED,
                       "exact trees grow level by level: max_leaves needs hist");
    for (int64_t j = 0; j < rows->features; j++) {
        if (rows->categorical[j])
            return sg_fail(err, SEGML_E_UNSUPPORTED,
                           "feature %s is categorical: exact trees have thresholds alone; use hist",
                           rows->names[j]);
    }
    return SEGML_OK;
}

static int64_t
whole_blocks(int64_t rows)
{
    return (rows + SG_WALK_BLOCK - 1) / SG_WALK_BLOCK * SG_WALK_BLOCK;
}

static int
allocate(sg_prepared *p)
{
    int64_t n = p->rows.rows, features = p->rows.features, outputs = p->rows.classes;
    int64_t plane = p->plane;

    p->train_row = sg_alloc_array(n, sizeof *p->train_row);
    p->held_row = sg_alloc_array(n, sizeof *p->held_row);
    p->label = sg_alloc_zeroed(plane, sizeof *p->label);
    p->margin = sg_alloc_zeroed(outputs * plane, sizeof *p->margin);
    p->gradient = sg_alloc_zeroed(outputs * plane, sizeof *p->gradient);
    p->hessian = sg_alloc_zeroed(outputs * plane, sizeof *p->hessian);
    p->held_margin = sg_alloc_zeroed(outputs * plane, sizeof *p->held_margin);
    p->in = sg_alloc_zeroed(plane, sizeof *p->in);
    p->column = sg_alloc_array(features, sizeof *p->column);
    p->column_order = sg_alloc_array(features, sizeof *p->column_order);
    p->leaf = sg_alloc_zeroed(plane, sizeof *p->leaf);
    if (p->rows.weight != NULL)
        p->weight = sg_alloc_zeroed(plane, sizeof *p->weight);
    if (outputs > 1)
        p->reported = sg_alloc_array(outputs * n, sizeof *p->reported);
    return p->train_row != NULL && p->held_row != NULL && p->label != NULL && p->margin != NULL &&
           p->gradient != NULL && p->hessian != NULL && p->held_margin != NULL && p->in != NULL &&
           p->column != NULL && p->column_order != NULL && p->leaf != NULL &&
           (p->rows.weight == NULL || p->weight != NULL) && (outputs == 1 || p->reported != NULL);
}

static int
has_label(const sg_engine_rows *rows, float label)
{
    switch (rows->loss) {
    case SG_LOSS_LOGISTIC:
        return label >= 0 && label <= 1;
    case SG_LOSS_SOFTPROB:
        return label >= 0 && label < (float)rows->classes && label == floorf(label);
    case SG_LOSS_POISSON:
        return label >= 0 && isfinite(label);
    case SG_LOSS_SQUARED:
        break;
    }
    return isfinite(label);
}

/* R3: labels outside their domain would train something, but nobody knows what. */
static int
check_labels(const sg_engine_rows *rows, segml_error *err)
{
    for (int64_t i = 0; i < rows->rows; i++) {
        if (!has_label(rows, rows->label[i]))
            return sg_fail(err, SEGML_E_DATA,
                           "row %lld: label %g is not one that the objective has", (long long)i,
                           (double)rows->label[i]);
    }
    return SEGML_OK;
}

static int
prepare(sg_engine *engine, sg_prepared **out, const sg_engine_rows *rows, segml_error *err)
{
    sg_prepared *p;
    int rc = sg_native_engine_covers(rows, 0, err); /* R3 */

    *out = NULL;
    if (rc == SEGML_OK)
        rc = check_labels(rows, err);
    if (rc < 0)
        return rc;
    p = sg_alloc_zeroed(1, sizeof *p);
    if (p == NULL)
        return sg_fail_nomem(err);
    p->kernel = ((native_engine *)engine)->kernel;
    p->kind = rows->method == SG_TREE_EXACT ? &sg_exact_grower : &sg_hist_grower;
    p->rows = *rows;
    p->hold_out = p->train_plane_of = NOT_TURNED;
    p->plane = whole_blocks(rows->rows + SG_GROW_PAD);
    rc = allocate(p) ? sg_columns_make(&p->columns, &p->rows, err) : sg_fail_nomem(err);
    if (rc == SEGML_OK)
        rc = p->kind->open(&p->grower, &p->columns, p->kernel, err);
    if (rc < 0)
        release(p);
    else
        *out = p;
    return rc;
}

/* Copies rows feature by feature; what is past them is missing. */
static int
make_planes(float **plane, const sg_prepared *p, const int32_t *row, int32_t count,
            segml_error *err)
{
    int64_t features = p->rows.features, stride = whole_blocks(count);
    float *made = sg_alloc_resize(*plane, features * stride, sizeof *made);

    if (made == NULL)
        return sg_fail_nomem(err);
    *plane = made;
    for (int64_t j = 0; j < features; j++) {
        float *to = made + j * stride;
        const float *from = p->rows.data + j;

        for (int32_t i = 0; i < count; i++)
            to[i] = from[(int64_t)row[i] * features];
        for (int64_t i = count; i < stride; i++)
            to[i] = (float)NAN;
    }
    return SEGML_OK;
}

/* Turns to the rows of a fold. */
static int
turn(sg_prepared *p, int32_t hold_out, segml_error *err)
{
    sg_side train = {&p->rows, hold_out, 0}, held = {&p->rows, hold_out, 1};
    int64_t trained = sg_side_count(&train);
    int rc;

    if (p->hold_out == hold_out)
        return SEGML_OK;
    p->hold_out = NOT_TURNED;
    if (trained == 0)
        return sg_side_fail_empty(&train, err);
    p->trained = (int32_t)trained;
    p->held = (int32_t)sg_side_count(&held);
    sg_side_list(&train, p->train_row);
    sg_side_list(&held, p->held_row);
    for (int32_t i = 0; i < p->trained; i++) {
        p->label[i] = p->rows.label[p->train_row[i]];
        if (p->weight != NULL)
            p->weight[i] = p->rows.weight[p->train_row[i]];
    }
    for (int64_t i = p->trained; i < p->plane; i++) {
        p->label[i] = 0;
        if (p->weight != NULL)
            p->weight[i] = 0;
    }
    if (p->weight != NULL)
        sg_side_scale_weights(p->weight, trained);
    rc = make_planes(&p->held_plane, p, p->held_row, p->held, err);
    if (rc == SEGML_OK)
        rc = p->kind->turn(p->grower, p->train_row, p->trained, err);
    if (rc == SEGML_OK)
        p->hold_out = hold_out;
    return rc;
}

/* R1: as XGBoost's own text of the parameter would be read; what is too small is 0. */
static float
rounded(double value)
{
    return fabs(value) < (double)FLT_MIN ? 0.0f : (float)value;
}

/* A parameter, and where its values lie. */
typedef struct limit {
    const char *name;
    double value, low, high;
    int open; /* 1: low is none of them */
} limit;

/* R3: what no fit can have. */
static int
check(const sg_prepared *p, const sg_fit_spec *spec, segml_error *err)
{
    const sg_fit_params *f = &spec->params;
    const double most = (double)FLT_MAX;
    sg_loss loss = p->rows.loss;
    int positive = loss == SG_LOSS_LOGISTIC || loss == SG_LOSS_POISSON;
    const limit limits[] = {
        {"learning_rate", f->learning_rate, 0, most, 1},
        {"max_depth", f->max_depth, f->max_leaves > 0 ? 0 : 1, DEEPEST, 0},
        {"max_leaves", f->max_leaves, 0, INT32_MAX, 0},
        {"min_child_weight", f->min_child_weight, 0, most, 0},
        {"subsample", f->subsample, 0, 1, 1},
        {"colsample_bytree", f->colsample_bytree, 0, 1, 1},
        {"reg_lambda", f->reg_lambda, 0, most, 0},
        {"reg_alpha", f->reg_alpha, 0, most, 0},
        {"gamma", f->gamma, 0, most, 0},
        {"max_delta_step", f->max_delta_step, 0, most, 0},
        {"scale_pos_weight", loss == SG_LOSS_LOGISTIC ? f->scale_pos_weight : 1, 0, most, 1},
        {"base_score", loss == SG_LOSS_SOFTPROB ? 0.5 : f->base_score, positive ? 0 : -most,
         loss == SG_LOSS_LOGISTIC ? 1 - DBL_EPSILON : most, positive},
        {"rounds", spec->rounds, 1, INT32_MAX, 0},
        {"hold_out", spec->hold_out, SG_FIT_ALL_ROWS, p->rows.fold != NULL ? p->rows.folds - 1 : -1,
         0},
    };

    for (size_t i = 0; i < sizeof limits / sizeof *limits; i++) {
        const limit *l = &limits[i];

        if (!(l->value >= l->low && l->value <= l->high) || (l->open && !(l->value > l->low)))
            return sg_fail(err, SEGML_E_ARGUMENT,
                           "cannot fit with %s %g: a number %s %g and at most %g is needed",
                           l->name, l->value, l->open ? "above" : "of at least", l->low, l->high);
    }
    return sg_native_engine_covers(&p->rows, f->max_leaves > 0, err);
}

/* A fit under way. */
typedef struct fitting {
    sg_prepared *p;
    const sg_fit_spec *spec;
    sg_grow_params params;
    sg_gradient_task gradient;
    sg_booster kept; /* trees, where the model is wanted */
    int32_t trees;
} fitting;

static void
begin(fitting *f)
{
    sg_prepared *p = f->p;
    const sg_fit_params *given = &f->spec->params;
    sg_loss loss = p->rows.loss;
    float base = loss == SG_LOSS_SOFTPROB ? 0.5f : rounded(given->base_score);
    float margin = sg_gradient_base_margin(loss, base);

    f->params = (sg_grow_params){.eta = rounded(given->learning_rate),
                                 .lambda = rounded(given->reg_lambda),
                                 .alpha = rounded(given->reg_alpha),
                                 .gamma = rounded(given->gamma),
                                 .min_child_weight = rounded(given->min_child_weight),
                                 .max_delta_step = rounded(given->max_delta_step),
                                 .max_depth = given->max_depth,
                                 .max_leaves = given->max_leaves,
                                 .max_cat_to_onehot = given->max_cat_to_onehot,
                                 .monotone = p->rows.monotone};
    f->gradient = (sg_gradient_task){.loss = loss,
                                     .rows = p->trained,
                                     .outputs = p->rows.classes,
                                     .plane = p->plane,
                                     .scale_pos_weight = rounded(given->scale_pos_weight),
                                     .max_delta_step = f->params.max_delta_step,
                                     .margin = p->margin,
                                     .label = p->label,
                                     .weight = p->weight,
                                     .gradient = p->gradient,
                                     .hessian = p->hessian};
    for (int64_t i = 0; i < p->plane * p->rows.classes; i++) {
        p->margin[i] = margin;
        p->held_margin[i] = margin;
    }
}

/* What the rows of each node get: of one that was pruned, what the node above it gets. */
static int
fill_values(sg_prepared *p, segml_error *err)
{
    const sg_grown *tree = &p->tree;

    if (tree->nodes > p->node_room) {
        float *value = sg_alloc_resize(p->value, tree->node_room, sizeof *value);
        sg_walk_stop *stack = sg_alloc_resize(p->stack, tree->node_room, sizeof *stack);

        p->value = value != NULL ? value : p->value;
        p->stack = stack != NULL ? stack : p->stack;
        if (value == NULL || stack == NULL)
            return sg_fail_nomem(err);
        p->node_room = tree->node_room;
    }
    for (int32_t i = 0; i < tree->nodes; i++) {
        const sg_grown_node *node = &tree->node[i];

        p->value[i] = node->removed ? p->value[node->parent] : node->value;
    }
    return SEGML_OK;
}

/* Adds the tree to the margins of one output. */
static int
move_margins(fitting *f, int32_t output, segml_error *err)
{
    sg_prepared *p = f->p;
    int sampled = p->outside > 0;
    float *margin = p->margin + output * p->plane;
    sg_walk_task walk = {.tree = &p->tree,
                         .plane = p->held_plane,
                         .stride = whole_blocks(p->held),
                         .count = p->held,
                         .margin = p->held_margin + output * p->plane};
    int rc = fill_values(p, err);

    if (rc < 0)
        return rc;
    walk.stack = p->stack;
    p->kernel->walk->settle(margin, p->leaf, p->value, sampled ? p->in : NULL, p->trained);
    p->kernel->walk->add(&walk);
    if (sampled) {
        walk.plane = p->train_plane;
        walk.stride = whole_blocks(p->trained);
        walk.count = p->trained;
        walk.skip = p->in;
        walk.margin = margin;
        p->kernel->walk->add(&walk);
    }
    return SEGML_OK;
}

static int
draw_rows(fitting *f, int32_t round, segml_error *err)
{
    sg_prepared *p = f->p;
    const sg_fit_params *given = &f->spec->params;
    int rc = SEGML_OK;

    p->outside = 0;
    if (!(given->subsample < 1))
        return SEGML_OK;
    if (p->train_plane_of != p->hold_out) {
        p->train_plane_of = NOT_TURNED;
        rc = make_planes(&p->train_plane, p, p->train_row, p->trained, err);
        if (rc < 0)
            return rc;
        p->train_plane_of = p->hold_out;
    }
    p->outside =
        p->trained - sg_sample_rows(p->in, p->trained, given->subsample, given->seed, round);
    return SEGML_OK;
}

static int
grow_tree(fitting *f, int32_t output, segml_error *err)
{
    sg_prepared *p = f->p;
    const sg_fit_params *given = &f->spec->params;
    sg_grow_task task = {.params = &f->params,
                         .gradient = p->gradient + output * p->plane,
                         .hessian = p->hessian + output * p->plane,
                         .in = p->outside > 0 ? p->in : NULL,
                         .sampled = p->trained - p->outside,
                         .tree = &p->tree,
                         .leaf = p->leaf};
    int rc;

    if (given->colsample_bytree < 1) {
        sg_sample_features(p->column, p->column_order, p->rows.features, given->colsample_bytree,
                           given->seed, f->trees);
        task.column = p->column;
    }
    f->trees++;
    rc = p->kind->grow(p->grower, &task, err);
    if (rc < 0)
        return rc;
    if (f->params.gamma > 0)
        sg_grown_prune(&p->tree, f->params.gamma, f->params.eta);
    rc = move_margins(f, output, err);
    if (rc == SEGML_OK && f->spec->model != NULL)
        rc = sg_booster_add(&f->kept, &p->tree, err);
    return rc;
}

/* Margins of the held-out rows, a row's outputs together; NULL where none is held out. */
static const float *
report(const sg_prepared *p)
{
    int32_t outputs = p->rows.classes;

    if (p->hold_out == SG_FIT_ALL_ROWS)
        return NULL;
    if (outputs == 1)
        return p->held_margin;
    for (int32_t c = 0; c < outputs; c++) {
        for (int64_t i = 0; i < p->held; i++)
            p->reported[i * outputs + c] = p->held_margin[c * p->plane + i];
    }
    return p->reported;
}

static int
run_rounds(fitting *f, segml_error *err)
{
    sg_prepared *p = f->p;
    const sg_fit_spec *spec = f->spec;
    int rc = SEGML_OK;

    for (int32_t round = 0; round < spec->rounds && rc == SEGML_OK; round++) {
        p->kernel->gradient->take(&f->gradient);
        rc = draw_rows(f, round, err);
        for (int32_t c = 0; c < p->rows.classes && rc == SEGML_OK; c++)
            rc = grow_tree(f, c, err);
        if (rc == SEGML_OK && spec->on_round != NULL)
            rc = spec->on_round(spec->user, round, report(p), err);
    }
    return rc < 0 ? rc : SEGML_OK;
}

static int
fit(sg_prepared *prepared, const sg_fit_spec *spec, segml_error *err)
{
    fitting f = {.p = prepared, .spec = spec};
    int rc = check(prepared, spec, err);

    if (rc == SEGML_OK)
        rc = turn(prepared, spec->hold_out, err);
    if (rc == SEGML_OK) {
        begin(&f);
        rc = run_rounds(&f, err);
    }
    if (rc == SEGML_OK && spec->model != NULL) {
        sg_booster_facts facts = {
            .rows = &prepared->rows,
            .base_score =
                prepared->rows.loss == SG_LOSS_SOFTPROB ? 0.5f : rounded(spec->params.base_score),
            .max_delta_step = f.params.max_delta_step,
            .scale_pos_weight =
                prepared->rows.loss == SG_LOSS_LOGISTIC ? f.gradient.scale_pos_weight : 1.0f};

        rc = sg_booster_export(&f.kept, &facts, spec->model, err);
    }
    sg_booster_clear(&f.kept);
    return rc;
}

static void
close_engine(sg_engine *engine)
{
    sg_free(engine);
}

int
sg_native_engine_open(sg_engine **out, const char *kernel, segml_error *err)
{
    static const sg_engine functions = {
        .name = "native",
        .version = SG_NATIVE_VERSION,
        .prepare = prepare,
        .fit = fit,
        .release = release,
        .close = close_engine,
    };
    const sg_kernel *found = NULL;
    native_engine *engine;
    int rc = sg_kernel_find(&found, kernel, err);

    *out = NULL;
    if (rc < 0)
        return rc;
    engine = sg_alloc_zeroed(1, sizeof *engine);
    if (engine == NULL)
        return sg_fail_nomem(err);
    engine->base = functions;
    engine->kernel = found;
    *out = &engine->base;
    return SEGML_OK;
}
