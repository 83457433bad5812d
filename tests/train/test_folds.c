/* SPDX-License-Identifier: Apache-2.0 */

/*
 * Folds that are given, grouped by a value, ordered in time. Out-of-fold metrics are compared
 * with those of models that are trained on the other (or the earlier) rows alone, each by a
 * training call of its own, and scored here.
 */

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fixture.h"
#include "seed_groups.h"

enum { ROWS = 480, GROUPS = 2, FOLDS = 3, GROUP_ROWS = ROWS / GROUPS };

typedef enum way { GIVEN, ORDERED, ORDERED_WITH_TIES, WAYS } way;

/* A table, and the fold of each of its rows. */
typedef struct held {
    table *t;
    way how;
    int32_t fold[ROWS];
} held;

/* Nothing is random, and nothing depends on the number of rows. */
static const segml_value fixed[] = {
    {"learning_rate", .2},   {"max_depth", 3},  {"min_child_weight", 1}, {"subsample", 1},
    {"colsample_bytree", 1}, {"reg_lambda", 1}, {"reg_alpha", 0},        {"gamma", 0},
    {"max_delta_step", 0},   {"max_leaves", 0}, {"max_bin", 64},         {"rounds", 25}};

static segml_train_options
fixed_options(void)
{
    segml_train_options options = quick_options();

    options.trials = 1;
    options.params = fixed;
    options.param_count = sizeof fixed / sizeof *fixed;
    return options;
}

/* Place of a row in a shuffled order of its group. */
static int64_t
place_of(int64_t row)
{
    return row % GROUP_ROWS * 127 % GROUP_ROWS;
}

/* Two groups with weights 0, 1 and 2. */
static table
two_groups(void)
{
    table t = table_make(ROWS, SEED_FEATURES);

    seed_fill(t.x, t.y, t.key, SEED_DEFAULT, ROWS / SEED_GROUPS);
    t.weight = calloc(ROWS, sizeof *t.weight);
    ck_assert_ptr_nonnull(t.weight);
    for (int64_t i = 0; i < ROWS; i++) {
        t.key[i] = i / GROUP_ROWS;
        t.weight[i] = (float)(place_of(i) % 3);
    }
    return t;
}

/*
 * The fold of each row by hand. In time the 240 rows of a group are cut into four blocks of 60
 * places, of which 40 count. With ties, the first 120 are of one time: the middle of those that
 * count is at 40, where the second block begins, so that the first block is empty and fold 0 has
 * nothing before it.
 */
static void
hold_out(held *h)
{
    table *t = h->t;
    way how = h->how;

    t->fold = how == GIVEN ? calloc(ROWS, sizeof *t->fold) : NULL;
    t->time = how != GIVEN ? calloc(ROWS, sizeof *t->time) : NULL;
    for (int64_t i = 0; i < ROWS; i++) {
        int64_t place = place_of(i);
        int tied = how == ORDERED_WITH_TIES && place < 120;

        if (how == GIVEN) {
            t->fold[i] = h->fold[i] = (int32_t)(seed_draw(3, (uint64_t)i + 1) * FOLDS);
            continue;
        }
        t->time[i] = (double)(2 * (tied ? 0 : place) + i / GROUP_ROWS); /* groups take turns */
        h->fold[i] = tied ? 0 : (int32_t)(place / 60) - 1;
    }
}

/* The rows that a fold is predicted from, without anything about folds. */
static table
rows_before(const held *h, int32_t f)
{
    const table *t = h->t;
    table part = table_make(ROWS, t->features);

    part.weight = calloc(ROWS, sizeof *part.weight);
    part.rows = 0;
    for (int64_t i = 0; i < ROWS; i++) {
        if (h->how == GIVEN ? h->fold[i] == f : h->fold[i] >= f)
            continue;
        memcpy(part.x + part.rows * t->features, t->x + i * t->features,
               (size_t)t->features * sizeof *t->x);
        part.y[part.rows] = t->y[i];
        part.key[part.rows] = t->key[i];
        part.weight[part.rows++] = t->weight[i];
    }
    return part;
}

static double
loss_of_row(const segml_model *model, const table *t, int64_t row)
{
    const segml_key key = SEGML_KEY_INT64_VALUE(t->key[row]);
    segml_route *route = NULL;
    float margin = 0;

    ck_assert_int_eq(segml_route_find(&route, model, &key, 1, NULL), SEGML_OK);
    ck_assert_int_eq(segml_route_predict(route, SEGML_OUTPUT_MARGIN, t->x + row * t->features,
                                         (size_t)t->features, &margin, 1),
                     SEGML_OK);
    segml_route_free(route);
    return log1p(exp(t->y[row] > 0 ? -(double)margin : (double)margin));
}

/* Sums of weighted losses and of weights per group. */
typedef struct score {
    double loss[GROUPS], weight[GROUPS];
} score;

static void
add_fold(score *all, score *unsearched, const held *h, int32_t f, int global)
{
    int32_t searched = h->how == GIVEN ? 0 : FOLDS - 1;
    segml_train_options options = fixed_options();
    const table *t = h->t;
    table part = rows_before(h, f);
    segml_model *model;

    options.fallback = -1;
    options.min_rows = 10;
    if (part.rows > 0) {
        model = train_table(&part, &options, global);
        for (int64_t i = 0; i < ROWS; i++) {
            int64_t g = t->key[i];
            double w = (double)t->weight[i];

            if (h->fold[i] != f || w == 0)
                continue;
            w *= loss_of_row(model, t, i);
            all->loss[g] += w;
            all->weight[g] += (double)t->weight[i];
            unsearched->loss[g] += f == searched ? 0 : w;
            unsearched->weight[g] += f == searched ? 0 : (double)t->weight[i];
        }
        segml_model_free(model);
    }
    table_free(&part);
}

static void
assert_metric(const segml_model *model, int64_t group, const char *name, const score *expected)
{
    double loss = 0, weight = 0, metric = metric_of(model, group, name);

    for (int64_t g = 0; g < GROUPS; g++) {
        loss += group < 0 || group == g ? expected->loss[g] : 0;
        weight += group < 0 || group == g ? expected->weight[g] : 0;
    }
    ck_assert_msg(fabs(metric - loss / weight) < 1e-5, "group %lld, %s: %.9g instead of %.9g",
                  (long long)group, name, metric, loss / weight);
}

/* _i: each way, one model per group and one for both. */
START_TEST(metrics_are_those_of_models_of_the_other_rows)
{
    int global = _i % 2;
    segml_train_options options = fixed_options();
    score all = {{0}, {0}}, unsearched = {{0}, {0}};
    table t = two_groups();
    held h = {&t, (way)(_i / 2), {0}};
    segml_model *model;

    hold_out(&h);
    options.folds = h.how == GIVEN ? 0 : FOLDS;
    model = train_table(&t, &options, global);
    for (int32_t f = 0; f < FOLDS; f++)
        add_fold(&all, &unsearched, &h, f, global);
    for (int64_t g = 0; g < GROUPS; g++) {
        ck_assert_int_eq(status_of(model, g, NULL),
                         global ? SEGML_GROUP_GLOBAL : SEGML_GROUP_TRAINED);
        assert_metric(model, g, "log_loss", &all);
        assert_metric(model, g, "log_loss_unsearched", &unsearched);
    }
    assert_metric(model, global ? SEGML_GROUP_INDEX_GLOBAL : SEGML_GROUP_INDEX_OVERALL, "log_loss",
                  &all);
    assert_metric(model, SEGML_GROUP_INDEX_OVERALL, "log_loss_unsearched", &unsearched);
    segml_model_free(model);
    table_free(&t);
}
END_TEST

/* 40 customers of 10 rows; the label is the customer's, and so is the first feature. */
static table
customers(void)
{
    table t = table_make(400, 2);

    for (int64_t i = 0; i < t.rows; i++) {
        t.key[i] = i % 2;
        t.x[2 * i] = (float)(i % 40);
        t.x[2 * i + 1] = (float)seed_draw(8, (uint64_t)i + 1);
        t.y[i] = seed_draw(9, (uint64_t)(i % 40) + 1) < .5;
    }
    return t;
}

/* Dealt row by row the customers give their labels away, grouped they do not. */
START_TEST(grouped_folds_do_not_give_a_value_away)
{
    segml_train_options options = fixed_options();
    table t = customers();
    segml_model *dealt = train_table(&t, &options, _i), *grouped;

    t.fold_group = calloc((size_t)t.rows, sizeof *t.fold_group);
    ck_assert_ptr_nonnull(t.fold_group);
    for (int64_t i = 0; i < t.rows; i++)
        t.fold_group[i] = i % 40;
    grouped = train_table(&t, &options, _i);
    for (int64_t g = 0; g < 2; g++) {
        ck_assert_double_lt(metric_of(dealt, g, "log_loss"), .45);
        ck_assert_double_gt(metric_of(grouped, g, "log_loss"), .6);
    }
    ck_assert_double_gt(metric_of(grouped, SEGML_GROUP_INDEX_OVERALL, "log_loss"), .6);
    segml_model_free(dealt);
    segml_model_free(grouped);
    table_free(&t);
}
END_TEST

/* _i: given, grouped (some NULL), ordered with ties. */
static void
add_folds(table *t, int kind)
{
    t->weight = calloc((size_t)t->rows, sizeof *t->weight);
    t->fold = kind == 0 ? calloc((size_t)t->rows, sizeof *t->fold) : NULL;
    t->fold_group = kind == 1 ? calloc((size_t)t->rows, sizeof *t->fold_group) : NULL;
    t->time = kind == 2 ? calloc((size_t)t->rows, sizeof *t->time) : NULL;
    for (int64_t i = 0; i < t->rows; i++) {
        double u = seed_draw(21, (uint64_t)i + 1);

        t->weight[i] = i % 7 == 0 ? 0 : 1 + (float)(i % 2);
        if (kind == 0)
            t->fold[i] = (int32_t)(u * u * 4); /* uneven */
        else if (kind == 1)
            t->fold_group[i] = i % 11 == 0 ? -1 : (int64_t)(u * 90);
        else
            t->time[i] = floor(u * 100) / 8;
    }
}

/* Small and large jobs; in the second half of the tests models are searched on a sample. */
START_TEST(jobs_and_the_order_of_rows_do_not_matter)
{
    table t = table_seed(1600), shuffled;
    segml_train_options options = quick_options();
    segml_model *one, *two;

    for (int64_t i = 0; i < t.rows; i++)
        t.key[i] /= 2;
    add_folds(&t, _i % 3);
    shuffled = table_shuffle(&t, 5);
    options.search_rows = _i < 3 ? 0 : 150;
    options.jobs = 1;
    one = train_table(&t, &options, 0);
    options.jobs = 2;
    two = train_table(&shuffled, &options, 0);
    assert_same_artifact(one, two);
    segml_model_free(one);
    segml_model_free(two);
    table_free(&t);
    table_free(&shuffled);
}
END_TEST

static double
option_of(const segml_model *model, const char *name)
{
    segml_model_info info = SEGML_MODEL_INFO_INIT;

    ck_assert_int_eq(segml_model_get_info(model, &info, NULL), SEGML_OK);
    for (int64_t i = 0; i < info.option_count; i++) {
        if (strcmp(info.options[i].name, name) == 0)
            return info.options[i].value;
    }
    return (double)NAN;
}

START_TEST(the_model_tells_how_folds_were_made)
{
    static const char *const names[] = {"folds_given", "folds_grouped", "folds_ordered"};
    table t = table_seed(400);
    segml_train_options options = fixed_options();
    segml_model *model;

    for (int64_t i = 0; i < t.rows; i++)
        t.key[i] = 0;
    if (_i < 3)
        add_folds(&t, _i);
    model = train_table(&t, &options, 0);
    ck_assert_double_eq(option_of(model, "folds"), _i == 0 ? 4 : 5);
    for (int k = 0; k < 3; k++) {
        if (k == _i)
            ck_assert_double_eq(option_of(model, names[k]), 1);
        else
            ck_assert(isnan(option_of(model, names[k])));
    }
    segml_model_free(model);
    table_free(&t);
}
END_TEST

START_TEST(another_number_of_folds_than_the_given_is_refused)
{
    table t = table_seed(400);
    segml_train_options options = fixed_options();
    segml_error err = SEGML_ERROR_INIT;
    segml_model *model = (segml_model *)&t;
    segml_dataset *dataset;

    add_folds(&t, 0);
    dataset = table_dataset(&t);
    options.folds = 5;
    ck_assert_int_eq(segml_train_segmented(&model, dataset, &options, &err), SEGML_E_ARGUMENT);
    ck_assert_ptr_null(model);
    ck_assert_str_eq(err.message, "folds is 5, but the data are in 4 folds; leave folds at 0");
    segml_dataset_free(dataset);
    table_free(&t);
}
END_TEST

/* The first group is in fold 2 alone, the second lacks fold 0. */
START_TEST(a_group_needs_two_folds_but_not_all)
{
    table t = table_seed(400);
    segml_train_options options = fixed_options();
    segml_model *model;
    const char *message;

    t.fold = calloc((size_t)t.rows, sizeof *t.fold);
    for (int64_t i = 0; i < t.rows; i++) {
        t.key[i] = i % 3;
        t.fold[i] = t.key[i] == 0 ? 2 : t.key[i] == 1 ? (int32_t)(1 + i % 2) : (int32_t)(i % 4);
    }
    model = train_table(&t, &options, 0);
    ck_assert_int_eq(status_of(model, 0, &message), SEGML_GROUP_TOO_FEW_ROWS);
    ck_assert_str_eq(message, "all rows are in one fold, and cross-validation needs two");
    ck_assert(metric_of(model, 0, "log_loss") > 0); /* of the global model */
    ck_assert_int_eq(status_of(model, 1, NULL), SEGML_GROUP_TRAINED);
    ck_assert(metric_of(model, 1, "log_loss_unsearched") > 0);
    ck_assert_int_eq(status_of(model, 2, NULL), SEGML_GROUP_TRAINED);
    segml_model_free(model);
    table_free(&t);
}
END_TEST

/* Three rows of 3,000 are in fold 0: a sample of 100 need not hold any of them. */
START_TEST(folds_may_be_very_uneven)
{
    table t = table_seed(3000);
    segml_train_options options = fixed_options();
    segml_model *model;

    options.search_rows = 100;
    t.fold = calloc((size_t)t.rows, sizeof *t.fold);
    for (int64_t i = 0; i < t.rows; i++) {
        t.key[i] = 0;
        t.fold[i] = i % 1000 != 0;
    }
    model = train_table(&t, &options, 0);
    ck_assert_int_eq(status_of(model, 0, NULL), SEGML_GROUP_TRAINED);
    ck_assert(metric_of(model, 0, "search_loss") > 0);
    segml_model_free(model);
    table_free(&t);
}
END_TEST

typedef struct warnings {
    int count;
    char last[512];
} warnings;

static void
take_log(int32_t level, const char *message, void *user)
{
    warnings *w = user;

    if (level != SEGML_LOG_WARNING)
        return;
    w->count++;
    snprintf(w->last, sizeof w->last, "%s", message);
}

/* Class 2 has three rows in groups 1 and 2, ten in group 0, and one in group 3, which is small. */
START_TEST(a_class_of_fewer_rows_than_folds_is_told)
{
    table t = table_make(400, 2);
    segml_train_options options = fixed_options();
    warnings w = {0, ""};
    int left[4] = {10, 3, 3, 1};

    options.objective = "multiclass";
    options.log = take_log;
    options.user = &w;
    for (int64_t i = 0; i < t.rows; i++) {
        t.key[i] = i < 360 ? i % 3 : 3;
        t.x[2 * i] = (float)seed_draw(4, (uint64_t)i + 1);
        t.y[i] = left[t.key[i]]-- > 0 ? 2 : (float)(t.x[2 * i] > .5f);
    }
    segml_model_free(train_table(&t, &options, 0));
    ck_assert_int_eq(w.count, 1);
    ck_assert_str_eq(w.last,
                     "2 of 4 groups have a class of fewer rows than there are folds (5), so "
                     "that some folds lack it; the first is group 1 with 3 rows of one");
    options.folds = 3;
    segml_model_free(train_table(&t, &options, 0));
    ck_assert_int_eq(w.count, 1);
    table_free(&t);
}
END_TEST

TCase *
folds_tests(void)
{
    TCase *tc = tcase_create("folds");

    tcase_set_timeout(tc, 300);
    tcase_add_loop_test(tc, metrics_are_those_of_models_of_the_other_rows, 0, 2 * WAYS);
    tcase_add_loop_test(tc, grouped_folds_do_not_give_a_value_away, 0, 2);
    tcase_add_loop_test(tc, jobs_and_the_order_of_rows_do_not_matter, 0, 6);
    tcase_add_loop_test(tc, the_model_tells_how_folds_were_made, 0, 4);
    tcase_add_test(tc, another_number_of_folds_than_the_given_is_refused);
    tcase_add_test(tc, a_group_needs_two_folds_but_not_all);
    tcase_add_test(tc, folds_may_be_very_uneven);
    tcase_add_test(tc, a_class_of_fewer_rows_than_folds_is_told);
    return tc;
}
