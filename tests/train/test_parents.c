/* SPDX-License-Identifier: Apache-2.0 */

/*
 * Models of parents. What they are is known from outside: a parent is the model that training by
 * its key columns alone, on the same folds, gives, byte for byte; a group that it answers for is
 * scored like rows that models of the country's other folds predict.
 *
 * The bytes depend on the order of rows, which in a group is that of their hashes, and in a parent
 * group by group. So the rows of a country are put in the order of their hashes before they are
 * dealt to its stores: then both orders are the same. The hash is computed here, as data/canon.c
 * describes it.
 */

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define XXH_INLINE_ALL
#include <xxhash.h>

#include "fixture.h"
#include "seed_groups.h"

enum { ROWS = 720, FIRST = 400, FOLDS = 3, COUNTRIES = 2 };

/* Stores: of country 0 those of 240, 140 and 20 rows, of country 1 one of all 320. */
enum { LARGE, MIDDLE, SMALL, ONLY, STORES };
static const int64_t ends[STORES] = {240, 380, 400, ROWS};

/* t.key is the country. */
typedef struct levels {
    table t;
    int64_t store[ROWS];
    int64_t region[ROWS]; /* above the country; -1 = NULL */
} levels;

typedef struct ranked {
    XXH128_hash_t hash;
    int64_t row;
} ranked;

static void
put(unsigned char *out, uint64_t value)
{
    for (int i = 0; i < 8; i++)
        out[i] = (unsigned char)(value >> (8 * i));
}

static uint64_t
bits_of(float value)
{
    uint32_t bits;

    memcpy(&bits, &value, sizeof bits);
    return value != 0 ? bits : 0;
}

static XXH128_hash_t
hash_of(const table *t, int64_t row)
{
    unsigned char bytes[8 * (SEED_FEATURES + 3)];

    for (int64_t j = 0; j < SEED_FEATURES; j++)
        put(bytes + 8 * j, bits_of(t->x[row * SEED_FEATURES + j]));
    put(bytes + 8 * SEED_FEATURES, bits_of(t->y[row]));
    put(bytes + 8 * (SEED_FEATURES + 1), bits_of(t->weight[row]));
    put(bytes + 8 * (SEED_FEATURES + 2), (uint64_t)t->fold[row]);
    return XXH3_128bits(bytes, sizeof bytes);
}

static int
by_hash(const void *a, const void *b)
{
    const ranked *x = a, *y = b;

    if (x->hash.high64 != y->hash.high64)
        return x->hash.high64 < y->hash.high64 ? -1 : 1;
    return x->hash.low64 < y->hash.low64 ? -1 : x->hash.low64 > y->hash.low64;
}

/* Rows of a country in the order of their hashes. */
static void
sort_rows(table *t, int64_t first, int64_t end)
{
    static ranked order[ROWS];
    table copy = table_shuffle(t, 1); /* room of the same shape */

    for (int64_t i = first; i < end; i++)
        order[i] = (ranked){hash_of(t, i), i};
    qsort(order + first, (size_t)(end - first), sizeof *order, by_hash);
    for (int64_t i = first; i < end; i++) {
        memcpy(copy.x + i * SEED_FEATURES, t->x + order[i].row * SEED_FEATURES,
               SEED_FEATURES * sizeof *t->x);
        copy.y[i] = t->y[order[i].row];
        copy.weight[i] = t->weight[order[i].row];
        copy.fold[i] = t->fold[order[i].row];
    }
    memcpy(t->x + first * SEED_FEATURES, copy.x + first * SEED_FEATURES,
           (size_t)(end - first) * SEED_FEATURES * sizeof *t->x);
    memcpy(t->y + first, copy.y + first, (size_t)(end - first) * sizeof *t->y);
    memcpy(t->weight + first, copy.weight + first, (size_t)(end - first) * sizeof *t->weight);
    memcpy(t->fold + first, copy.fold + first, (size_t)(end - first) * sizeof *t->fold);
    table_free(&copy);
}

static levels *
make_levels(void)
{
    levels *l = calloc(1, sizeof *l);
    table *t;

    ck_assert_ptr_nonnull(l);
    l->t = table_seed(ROWS);
    t = &l->t;
    t->weight = calloc(ROWS, sizeof *t->weight);
    t->fold = calloc(ROWS, sizeof *t->fold);
    ck_assert_ptr_nonnull(t->weight);
    ck_assert_ptr_nonnull(t->fold);
    for (int64_t i = 0; i < ROWS; i++) {
        t->key[i] = i >= FIRST;
        t->weight[i] = (float)(1 + i % 2);
        t->fold[i] = (int32_t)(seed_draw(3, (uint64_t)i + 1) * FOLDS);
        l->region[i] = i < FIRST ? -1 : 4;
        while (i >= ends[l->store[i]])
            l->store[i]++;
    }
    sort_rows(t, 0, FIRST);
    sort_rows(t, FIRST, ROWS);
    return l;
}

static void
free_levels(levels *l)
{
    table_free(&l->t);
    free(l);
}

/* Keys are the last so many of region, country, store. */
static segml_dataset *
dataset_of(const levels *l, int64_t columns)
{
    segml_key_column keys[3] = {SEGML_KEY_COLUMN_INIT, SEGML_KEY_COLUMN_INIT,
                                SEGML_KEY_COLUMN_INIT};
    static const char *const names[] = {"region", "country", "store"};
    const int64_t *const values[] = {l->region, l->t.key, l->store};
    segml_dataset_input input = SEGML_DATASET_INPUT_INIT;
    static uint8_t valid[ROWS / 8];
    segml_dataset *dataset = NULL;
    segml_error err = SEGML_ERROR_INIT;

    memset(valid, 0, sizeof valid);
    for (int64_t i = 0; i < ROWS; i++)
        valid[i / 8] |= (uint8_t)((l->region[i] >= 0) << (i % 8));
    for (int k = 0; k < 3; k++) {
        keys[k].name = names[k];
        keys[k].type = SEGML_KEY_INT64;
        keys[k].data = values[k];
    }
    keys[0].validity = valid;
    input.rows = ROWS;
    input.features = SEED_FEATURES;
    input.data = l->t.x;
    input.label = l->t.y;
    input.weight = l->t.weight;
    input.fold = l->t.fold;
    input.keys = keys + 3 - columns;
    input.key_count = columns;
    ck_assert_msg(segml_dataset_create(&dataset, &input, &err) == SEGML_OK, "%s", err.message);
    return dataset;
}

static segml_train_options
parent_options(void)
{
    segml_train_options options = quick_options();

    options.parents = 1;
    return options;
}

static segml_model *
train_levels(const levels *l, int64_t columns, const segml_train_options *options)
{
    segml_dataset *dataset = dataset_of(l, columns);
    segml_model *model = NULL;
    segml_error err = SEGML_ERROR_INIT;
    int rc = segml_train_segmented(&model, dataset, options, &err);

    ck_assert_msg(rc == SEGML_OK, "%s: %s", segml_status_name(rc), err.message);
    segml_dataset_free(dataset);
    return model;
}

static int64_t
groups_of(const segml_model *model)
{
    segml_model_info info = SEGML_MODEL_INFO_INIT;

    ck_assert_int_eq(segml_model_get_info(model, &info, NULL), SEGML_OK);
    return info.groups;
}

static void
assert_same_parent(const segml_model *both, const segml_model *alone, int country)
{
    static const char *const same[] = {"log_loss", "log_loss_low", "log_loss_unsearched", "roc_auc",
                                       "search_loss"};
    segml_group_info a = SEGML_GROUP_INFO_INIT, b = SEGML_GROUP_INFO_INIT;
    size_t size_a, size_b;
    unsigned char *member_a, *member_b;
    char path[64];

    snprintf(path, sizeof path, "parents/%d/model.ubj", country);
    member_a = artifact_member(both, path, &size_a);
    snprintf(path, sizeof path, "groups/%d/model.ubj", country);
    member_b = artifact_member(alone, path, &size_b);
    ck_assert_ptr_nonnull(member_a);
    ck_assert_ptr_nonnull(member_b);
    ck_assert_uint_eq(size_a, size_b);
    ck_assert_mem_eq(member_a, member_b, size_a);
    free(member_a);
    free(member_b);
    ck_assert_int_eq(segml_model_get_group(both, STORES + country, &a, NULL), SEGML_OK);
    ck_assert_int_eq(segml_model_get_group(alone, country, &b, NULL), SEGML_OK);
    ck_assert_int_eq(a.key_columns, 1);
    ck_assert_int_eq(a.rows, b.rows);
    ck_assert_int_eq(a.rounds, b.rounds);
    ck_assert_int_eq(a.param_count, b.param_count);
    for (int64_t i = 0; i < a.param_count; i++)
        ck_assert_double_eq(a.params[i].value, b.params[i].value);
    for (size_t i = 0; i < sizeof same / sizeof *same; i++) {
        double expected = metric_of(alone, country, same[i]);

        if (isnan(expected)) /* no fold is left that the search has not seen */
            ck_assert_double_nan(metric_of(both, STORES + country, same[i]));
        else
            ck_assert_double_eq(metric_of(both, STORES + country, same[i]), expected);
    }
}

/* _i: as it comes; on the large path, of a sample; on all folds; on a part of the parent's. */
START_TEST(a_parent_is_the_model_that_its_columns_alone_would_give)
{
    levels *l = make_levels();
    segml_train_options options = parent_options();
    segml_model *both, *alone;

    options.trials = 3;
    options.search_rows = _i == 1 ? 200 : 0;
    options.validation = _i == 2 ? "kfold" : NULL;
    options.fallback = _i == 3 ? -1 : 0;
    both = train_levels(l, 2, &options);
    options.parents = 0;
    options.fallback = -1;
    alone = train_table(&l->t, &options, 0);
    ck_assert_int_eq(groups_of(both), STORES);
    ck_assert_int_eq(groups_of(alone), COUNTRIES);
    for (int country = 0; country < COUNTRIES; country++)
        assert_same_parent(both, alone, country);
    segml_model_free(both);
    segml_model_free(alone);
    free_levels(l);
}
END_TEST

START_TEST(any_jobs_and_any_order_of_rows_give_the_same_parents)
{
    levels *l = make_levels(), *shuffled = make_levels();
    segml_train_options options = parent_options();
    segml_model *one, *many;

    for (int64_t i = 0, j = 0; i < ROWS;
         i++, j = (j + 7 * 11) % ROWS) { /* 77 and 720 are coprime */
        memcpy(shuffled->t.x + i * SEED_FEATURES, l->t.x + j * SEED_FEATURES,
               SEED_FEATURES * sizeof *l->t.x);
        shuffled->t.y[i] = l->t.y[j];
        shuffled->t.weight[i] = l->t.weight[j];
        shuffled->t.fold[i] = l->t.fold[j];
        shuffled->t.key[i] = l->t.key[j];
        shuffled->region[i] = l->region[j];
        shuffled->store[i] = l->store[j];
    }
    options.search_rows = 800; /* parents are large jobs, small groups are not */
    options.jobs = 1;
    one = train_levels(l, 3, &options);
    options.jobs = 8;
    many = train_levels(shuffled, 3, &options);
    assert_same_artifact(one, many);
    segml_model_free(one);
    segml_model_free(many);
    free_levels(l);
    free_levels(shuffled);
}
END_TEST

/* Nothing is random, and nothing depends on the number of rows. */
static const segml_value fixed[] = {
    {"learning_rate", .2},   {"max_depth", 3},  {"min_child_weight", 1}, {"subsample", 1},
    {"colsample_bytree", 1}, {"reg_lambda", 1}, {"reg_alpha", 0},        {"gamma", 0},
    {"max_delta_step", 0},   {"max_leaves", 0}, {"max_bin", 64},         {"rounds", 25}};

/* Country 0 without the rows of a fold. */
static table
rows_outside(const levels *l, int32_t fold)
{
    table part = table_make(FIRST, SEED_FEATURES);

    part.weight = calloc(FIRST, sizeof *part.weight);
    ck_assert_ptr_nonnull(part.weight);
    part.rows = 0;
    for (int64_t i = 0; i < FIRST; i++) {
        if (l->t.fold[i] == fold)
            continue;
        memcpy(part.x + part.rows * SEED_FEATURES, l->t.x + i * SEED_FEATURES,
               SEED_FEATURES * sizeof *part.x);
        part.y[part.rows] = l->t.y[i];
        part.weight[part.rows++] = l->t.weight[i];
    }
    return part;
}

static double
loss_of_row(const segml_model *model, const levels *l, int64_t row)
{
    const segml_key key = SEGML_KEY_INT64_VALUE(0);
    segml_route *route = NULL;
    float margin = 0;

    ck_assert_int_eq(segml_route_find(&route, model, &key, 1, NULL), SEGML_OK);
    ck_assert_int_eq(segml_route_predict(route, SEGML_OUTPUT_MARGIN, l->t.x + row * SEED_FEATURES,
                                         SEED_FEATURES, &margin, 1),
                     SEGML_OK);
    segml_route_free(route);
    return log1p(exp(l->t.y[row] > 0 ? -(double)margin : (double)margin));
}

START_TEST(a_small_store_is_scored_by_models_of_the_other_rows_of_its_country)
{
    levels *l = make_levels();
    segml_train_options options = parent_options();
    segml_model *model, *part;
    double loss = 0, weight = 0;

    options.trials = 1;
    options.params = fixed;
    options.param_count = sizeof fixed / sizeof *fixed;
    model = train_levels(l, 2, &options);
    ck_assert_int_eq(status_of(model, SMALL, NULL), SEGML_GROUP_TOO_FEW_ROWS);
    options.parents = 0;
    options.fallback = -1;
    for (int32_t f = 0; f < FOLDS; f++) {
        table others = rows_outside(l, f);

        part = train_table(&others, &options, 0);
        for (int64_t i = ends[MIDDLE]; i < ends[SMALL]; i++) {
            if (l->t.fold[i] != f)
                continue;
            loss += (double)l->t.weight[i] * loss_of_row(part, l, i);
            weight += (double)l->t.weight[i];
        }
        segml_model_free(part);
        table_free(&others);
    }
    ck_assert_double_eq_tol(metric_of(model, SMALL, "log_loss"), loss / weight, 1e-5);
    segml_model_free(model);
    free_levels(l);
}
END_TEST

START_TEST(parents_are_told_by_number_of_columns_and_then_by_key)
{
    /* Of each record: columns, and its key; NULL is -1. */
    static const struct {
        int32_t columns;
        int64_t key[2], rows;
    } expected[] = {{1, {-1, 0}, FIRST},
                    {1, {4, 0}, ROWS - FIRST},
                    {2, {-1, 0}, FIRST},
                    {2, {4, 1}, ROWS - FIRST}};
    levels *l = make_levels();
    segml_train_options options = parent_options();
    segml_model *model = train_levels(l, 3, &options);
    segml_model_info info = SEGML_MODEL_INFO_INIT;

    ck_assert_int_eq(segml_model_get_info(model, &info, NULL), SEGML_OK);
    ck_assert_int_eq(info.parents, 4);
    ck_assert_str_eq(info.fallback_policy, "parent,global,constant");
    for (int p = 0; p < 4; p++) {
        segml_group_info record = SEGML_GROUP_INFO_INIT;

        ck_assert_int_eq(segml_model_get_group(model, STORES + p, &record, NULL), SEGML_OK);
        ck_assert_int_eq(record.key_columns, expected[p].columns);
        ck_assert_int_eq(record.rows, expected[p].rows);
        ck_assert_int_eq(record.status, SEGML_GROUP_TRAINED);
        for (int32_t k = 0; k < record.key_columns; k++) {
            int is_null = expected[p].key[k] < 0;

            ck_assert_int_eq(record.keys[k].type, is_null ? SEGML_KEY_NULL : SEGML_KEY_INT64);
            if (!is_null)
                ck_assert_int_eq(record.keys[k].integer, expected[p].key[k]);
        }
    }
    segml_model_free(model);
    free_levels(l);
}
END_TEST

/* What is refused, and with which words. */
static void
assert_refused(int global, int64_t columns, const char *policy, const char *words)
{
    levels *l = make_levels();
    segml_dataset *dataset = dataset_of(l, columns);
    segml_train_options options = parent_options();
    segml_model *model = (segml_model *)l;
    segml_error err = SEGML_ERROR_INIT;

    options.fallback = -1;
    options.fallback_policy = policy;
    ck_assert_int_eq(
        (global ? segml_train_global : segml_train_segmented)(&model, dataset, &options, &err),
        SEGML_E_ARGUMENT);
    ck_assert_ptr_null(model);
    ck_assert_msg(strstr(err.message, words) != NULL, "\"%s\" lacks \"%s\"", err.message, words);
    segml_dataset_free(dataset);
    free_levels(l);
}

START_TEST(parents_that_cannot_be_are_refused_with_the_remedy)
{
    assert_refused(0, 1, NULL, "there is only store; give more, the widest first, or switch off");
    assert_refused(1, 2, NULL, "one model for all; switch off the option parents");
    assert_refused(0, 2, "parent,global", "switch on the option fallback, or leave out global");
    assert_refused(0, 2, "country", "\"country\"");
}
END_TEST

static int32_t
kind_of(const segml_model *model, int64_t country, int64_t store)
{
    const segml_key key[2] = {SEGML_KEY_INT64_VALUE(country), SEGML_KEY_INT64_VALUE(store)};
    segml_route *route = NULL;
    int32_t kind = SEGML_ROUTE_NONE;

    if (segml_route_find(&route, model, key, 2, NULL) == SEGML_OK)
        kind = segml_route_get_kind(route);
    segml_route_free(route);
    return kind;
}

START_TEST(the_policy_of_training_says_who_answers)
{
    /* A small store, an unseen one of a known country, one of an unknown country. */
    static const struct {
        const char *policy;
        int32_t fallback, small, unseen, unknown;
    } expected[] = {
        {NULL, 0, SEGML_ROUTE_PARENT, SEGML_ROUTE_PARENT, SEGML_ROUTE_GLOBAL},
        {NULL, -1, SEGML_ROUTE_PARENT, SEGML_ROUTE_PARENT, SEGML_ROUTE_NONE},
        {"global", 0, SEGML_ROUTE_GLOBAL, SEGML_ROUTE_GLOBAL, SEGML_ROUTE_GLOBAL},
        {"parent,constant", 0, SEGML_ROUTE_PARENT, SEGML_ROUTE_PARENT, SEGML_ROUTE_CONSTANT},
        {"constant", -1, SEGML_ROUTE_CONSTANT, SEGML_ROUTE_CONSTANT, SEGML_ROUTE_CONSTANT},
        {"none", 0, SEGML_ROUTE_NONE, SEGML_ROUTE_NONE, SEGML_ROUTE_NONE}};
    levels *l = make_levels();

    for (size_t i = 0; i < sizeof expected / sizeof *expected; i++) {
        segml_train_options options = parent_options();
        segml_model *model;

        options.trials = 1;
        options.params = fixed;
        options.param_count = sizeof fixed / sizeof *fixed;
        options.fallback_policy = expected[i].policy;
        options.fallback = expected[i].fallback;
        model = train_levels(l, 2, &options);
        ck_assert_int_eq(kind_of(model, 0, LARGE), SEGML_ROUTE_EXACT);
        ck_assert_int_eq(kind_of(model, 0, SMALL), expected[i].small);
        ck_assert_int_eq(kind_of(model, 1, 77), expected[i].unseen);
        ck_assert_int_eq(kind_of(model, 9, 0), expected[i].unknown);
        segml_model_free(model);
    }
    free_levels(l);
}
END_TEST

#if !SG_XGBOOST_LINKED
/* The parent of country 0, which has most rows, is trained first: both its trials fail. */
START_TEST(a_parent_that_fails_is_told_and_stops_no_other)
{
    static const segml_value rounds = {"rounds", 10};
    levels *l = make_levels();
    segml_dataset *dataset = dataset_of(l, 2);
    segml_train_options options = parent_options();
    segml_error err = SEGML_ERROR_INIT;
    segml_model *model = NULL;

    options.engine = "xgboost";
    options.xgboost_path = FAILING_XGBOOST;
    options.jobs = 1;
    options.fallback = -1;
    options.params = &rounds;
    options.param_count = 1;
    setenv("SEGML_TEST_FAIL", "0-1", 1);
    ck_assert_msg(segml_train_segmented(&model, dataset, &options, &err) == SEGML_PARTIAL, "%s",
                  err.message);
    ck_assert_msg(strncmp(err.message, "1 of 5 models failed; parent 0 failed: ", 39) == 0, "%s",
                  err.message);
    for (int64_t i = 0; i < STORES + COUNTRIES; i++) {
        int32_t status = i == STORES  ? SEGML_GROUP_FAILED
                         : i == SMALL ? SEGML_GROUP_TOO_FEW_ROWS
                                      : SEGML_GROUP_TRAINED;

        ck_assert_int_eq(status_of(model, i, NULL), status);
    }
    ck_assert(isnan(metric_of(model, SMALL, "log_loss"))); /* nothing predicts its rows */
    ck_assert_int_eq(kind_of(model, 0, SMALL), SEGML_ROUTE_NONE);
    ck_assert_int_eq(kind_of(model, 1, 77), SEGML_ROUTE_PARENT);
    segml_model_free(model);
    segml_dataset_free(dataset);
    free_levels(l);
}
END_TEST
#endif

static size_t
compare_bytes(const levels *l, const segml_train_options *train, char *bytes, size_t capacity)
{
    segml_compare_options options = SEGML_COMPARE_OPTIONS_INIT;
    segml_dataset *dataset = dataset_of(l, 2);
    segml_comparison *comparison = NULL;
    segml_error err = SEGML_ERROR_INIT;
    size_t size = 0;

    options.train = train;
    ck_assert_msg(segml_compare(&comparison, dataset, &options, &err) == SEGML_OK, "%s",
                  err.message);
    ck_assert_int_eq(segml_comparison_save_memory(comparison, bytes, capacity, &size, NULL),
                     SEGML_OK);
    segml_comparison_free(comparison);
    segml_dataset_free(dataset);
    return size;
}

START_TEST(a_comparison_does_not_know_parents)
{
    enum { BYTES = 1 << 20 };
    static char with[BYTES], without[BYTES];
    levels *l = make_levels();
    segml_train_options options = quick_options();
    size_t size = compare_bytes(l, &options, without, BYTES);

    options.parents = 1;
    options.fallback_policy = "none";
    ck_assert_uint_eq(compare_bytes(l, &options, with, BYTES), size);
    ck_assert_mem_eq(with, without, size);
    free_levels(l);
}
END_TEST

TCase *
parents_tests(void)
{
    TCase *tc = tcase_create("parents");

    tcase_set_timeout(tc, 300);
    tcase_add_loop_test(tc, a_parent_is_the_model_that_its_columns_alone_would_give, 0, 4);
    tcase_add_test(tc, any_jobs_and_any_order_of_rows_give_the_same_parents);
    tcase_add_test(tc, a_small_store_is_scored_by_models_of_the_other_rows_of_its_country);
    tcase_add_test(tc, parents_are_told_by_number_of_columns_and_then_by_key);
    tcase_add_test(tc, parents_that_cannot_be_are_refused_with_the_remedy);
    tcase_add_test(tc, the_policy_of_training_says_who_answers);
#if !SG_XGBOOST_LINKED
    tcase_add_test(tc, a_parent_that_fails_is_told_and_stops_no_other);
#endif
    tcase_add_test(tc, a_comparison_does_not_know_parents);
    return tc;
}
