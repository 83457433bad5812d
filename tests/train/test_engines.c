/* SPDX-License-Identifier: Apache-2.0 */

/*
 * Which engine trains what, what an artifact says about it, and options that only engines see.
 * The engine is each test's own choice, not that of the environment.
 */

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fixture.h"
#include "seed_groups.h"

#define NO_XGBOOST "/nonexistent/libxgboost.so"

enum { ROWS = 1600, LARGE_ROWS = 65536 };

/* Thirty rounds, nothing searched. */
static const segml_value fixed[] = {
    {"rounds", 30},    {"max_depth", 3},        {"learning_rate", 0.3},
    {"subsample", 1},  {"colsample_bytree", 1}, {"min_child_weight", 1},
    {"reg_lambda", 1}, {"reg_alpha", 0},        {"scale_pos_weight", 4}};
enum { FIXED = (int)(sizeof fixed / sizeof *fixed) };

static segml_train_options
options_of(const char *engine, const char *method)
{
    segml_train_options options = quick_options();

    options.engine = engine;
    options.tree_method = method;
    return options;
}

static segml_train_options
fixed_options(const char *engine, const char *method, int count)
{
    segml_train_options options = options_of(engine, method);

    options.trials = 1;
    options.fallback = -1;
    options.params = fixed;
    options.param_count = count;
    return options;
}

static segml_train_options
without_xgboost(segml_train_options options)
{
    options.xgboost_path = NO_XGBOOST;
    return options;
}

static const char *
engine_of(const segml_model *model, int64_t group)
{
    segml_group_info info = SEGML_GROUP_INFO_INIT;

    ck_assert_int_eq(segml_model_get_group(model, group, &info, NULL), SEGML_OK);
    return info.engine;
}

static const char *
engine_of_header(const segml_model *model)
{
    segml_model_info info = SEGML_MODEL_INFO_INIT;

    ck_assert_int_eq(segml_model_get_info(model, &info, NULL), SEGML_OK);
    return info.engine;
}

static void
assert_engine(const char *engine, const char *name, const char *method)
{
    size_t length = strlen(engine), tail = strlen(method);

    ck_assert_msg(strncmp(engine, name, strlen(name)) == 0 && length > tail &&
                      strcmp(engine + length - tail, method) == 0,
                  "\"%s\" is not %s ... %s", engine, name, method);
}

static int
has_param(const segml_model *model, int64_t group, const char *name)
{
    segml_group_info info = SEGML_GROUP_INFO_INIT;
    int found = 0;

    ck_assert_int_eq(segml_model_get_group(model, group, &info, NULL), SEGML_OK);
    for (int64_t i = 0; i < info.param_count; i++)
        found |= strcmp(info.params[i].name, name) == 0;
    return found;
}

static const char *
text_option(const segml_model *model, const char *name)
{
    segml_model_info info = SEGML_MODEL_INFO_INIT;

    ck_assert_int_eq(segml_model_get_info(model, &info, NULL), SEGML_OK);
    for (int64_t i = 0; i < info.option_text_count; i++) {
        if (strcmp(info.option_texts[i].name, name) == 0)
            return info.option_texts[i].text;
    }
    return "";
}

static void
assert_refused_in(int global, const table *t, const segml_train_options *options, int status,
                  const char *words)
{
    segml_dataset *dataset = table_dataset(t);
    segml_model *model = NULL;
    segml_error err = SEGML_ERROR_INIT;
    int rc = (global ? segml_train_global : segml_train_segmented)(&model, dataset, options, &err);

    ck_assert_msg(rc == status, "%s: %s", segml_status_name(rc), err.message);
    ck_assert_msg(strstr(err.message, words) != NULL, "\"%s\" lacks \"%s\"", err.message, words);
    ck_assert_ptr_null(model);
    segml_dataset_free(dataset);
}

static void
assert_refused(const table *t, const segml_train_options *options, int status, const char *words)
{
    assert_refused_in(0, t, options, status, words);
}

/* A prediction for each of so many values of feature 0; the other two are .5. */
static void
predict_along(const segml_model *model, int64_t group, float *values, int count)
{
    const segml_key key = SEGML_KEY_INT64_VALUE(group);
    segml_route *route = NULL;

    ck_assert_int_eq(segml_route_find(&route, model, &key, 1, NULL), SEGML_OK);
    for (int i = 0; i < count; i++) {
        const float row[3] = {-3 + 6 * (float)i / (float)(count - 1), 0.5f, 0.5f};

        ck_assert_int_eq(segml_route_predict(route, SEGML_OUTPUT_PREDICTION, row, 3, &values[i], 1),
                         SEGML_OK);
    }
    segml_route_free(route);
}

static int
maps_name(const char *name)
{
    FILE *maps = fopen("/proc/self/maps", "r");
    char line[1024];
    int found = 0;

    ck_assert_ptr_nonnull(maps);
    while (fgets(line, sizeof line, maps) != NULL)
        found |= strstr(line, name) != NULL;
    fclose(maps);
    return found;
}

START_TEST(what_is_covered_needs_no_xgboost)
{
    static const char *const methods[] = {NULL, "hist", "exact"};
    table t = table_seed(ROWS);
    segml_train_options options = without_xgboost(options_of(NULL, methods[_i]));
    segml_model *model = train_table(&t, &options, 0);

    assert_engine(engine_of_header(model), "native ", _i == 2 ? " (exact)" : " (hist)");
    for (int64_t g = 0; g < SEED_GROUPS; g++)
        ck_assert_str_eq(engine_of(model, g), engine_of_header(model));
    ck_assert_str_eq(text_option(model, "engine"), "auto");
    ck_assert_str_eq(text_option(model, "tree_method"), _i == 2 ? "exact" : "hist");
    ck_assert_int_eq(has_param(model, 0, "max_bin"), _i < 2);
    ck_assert_int_eq(maps_name("libxgboost"), SG_XGBOOST_LINKED);
    segml_model_free(model);
    table_free(&t);
}
END_TEST

/* Keys are categories, which exact trees do not have. */
START_TEST(the_global_model_beside_exact_groups_has_bins)
{
    table t = table_seed(ROWS);
    segml_train_options options = without_xgboost(options_of(NULL, "exact"));
    segml_model *model = train_table(&t, &options, 0);

    assert_engine(engine_of(model, SEGML_GROUP_INDEX_GLOBAL), "native ", " (hist)");
    ck_assert_int_eq(has_param(model, SEGML_GROUP_INDEX_GLOBAL, "max_bin"), 1);
    ck_assert_ptr_null(engine_of(model, SEGML_GROUP_INDEX_OVERALL));
    segml_model_free(model);
    assert_refused_in(1, &t, &options, SEGML_E_UNSUPPORTED, "use hist");
    table_free(&t);
}
END_TEST

START_TEST(xgboost_trains_where_it_is_asked_for)
{
    table t = table_seed(ROWS);
    segml_train_options options = options_of("xgboost", _i == 0 ? "hist" : "exact");
    segml_model *model = train_table(&t, &options, 0);

    assert_engine(engine_of_header(model), "xgboost ", _i == 0 ? " (hist)" : " (exact)");
    assert_engine(engine_of(model, SEGML_GROUP_INDEX_GLOBAL), "xgboost ", " (hist)");
    ck_assert_str_eq(text_option(model, "engine"), "xgboost");
    segml_model_free(model);
    table_free(&t);
}
END_TEST

START_TEST(more_bins_than_the_native_engine_has_need_xgboost)
{
    static const segml_value many = {"max_bin", 257};
    table t = table_seed(ROWS);
    segml_train_options options = options_of(NULL, NULL);
    segml_model *model;

    options.params = &many;
    options.param_count = 1;
    model = train_table(&t, &options, 0);
    assert_engine(engine_of_header(model), "xgboost ", " (hist)");
    segml_model_free(model);
    options.engine = "native";
    assert_refused(&t, &options, SEGML_E_UNSUPPORTED, "max_bin 257");
    table_free(&t);
}
END_TEST

/* Group 0 is small; group 1 has one row more than exact trees of the native engine take. */
static table
small_and_large(void)
{
    table t = table_make(300 + LARGE_ROWS, 2);

    for (int64_t i = 0; i < t.rows; i++) {
        t.x[2 * i] = (float)seed_draw(1, (uint64_t)i);
        t.x[2 * i + 1] = (float)(i % 17);
        t.y[i] = (float)(seed_draw(2, (uint64_t)i) < (double)t.x[2 * i]);
        t.key[i] = i >= 300;
    }
    return t;
}

START_TEST(each_unit_has_the_engine_that_covers_it)
{
    table t = small_and_large();
    segml_train_options options = fixed_options(NULL, "exact", 3);
    segml_model *one, *many;

    options.folds = 2;
    options.jobs = 1;
    one = train_table(&t, &options, 0);
    assert_engine(engine_of(one, 0), "native ", " (exact)");
    assert_engine(engine_of(one, 1), "xgboost ", " (exact)");
    ck_assert_str_eq(engine_of_header(one), engine_of(one, 0));
    options.jobs = 8;
    many = train_table(&t, &options, 0);
    assert_same_artifact(one, many);
    segml_model_free(one);
    segml_model_free(many);
    table_free(&t);
}
END_TEST

START_TEST(what_is_not_covered_is_told_before_anything_is_trained)
{
    table t = small_and_large();
    segml_train_options options = fixed_options("native", "exact", 3);

    assert_refused(&t, &options, SEGML_E_UNSUPPORTED, "65536 rows");
    options.engine = "auto";
#if !SG_XGBOOST_LINKED
    options = without_xgboost(options);
    assert_refused(&t, &options, SEGML_E_BACKEND, "65536 rows");
    assert_refused(&t, &options, SEGML_E_BACKEND, "XGBoost is needed");
    assert_refused(&t, &options, SEGML_E_BACKEND, NO_XGBOOST);
#endif
    table_free(&t);
}
END_TEST

START_TEST(every_kernel_gives_the_same_artifact)
{
    static const char *const kernels[] = {"native:portable", "native:avx2", "native:avx512"};
    const char *method = _i == 0 ? "hist" : "exact";
    table t = table_seed(ROWS);
    segml_train_options options = without_xgboost(options_of("native", method));
    segml_model *best = train_table(&t, &options, 0);
    segml_dataset *dataset = table_dataset(&t);
    int compared = 0;

    ck_assert_str_eq(text_option(best, "engine"), "native");
    for (int k = 0; k < 3; k++) {
        segml_model *model = NULL;
        segml_error err = SEGML_ERROR_INIT;
        int rc;

        options.engine = kernels[k];
        options.jobs = 1 + k;
        rc = segml_train_segmented(&model, dataset, &options, &err);
        if (rc == SEGML_E_UNSUPPORTED) { /* not of this machine */
            ck_assert_msg(strstr(err.message, kernels[k] + 7) != NULL, "%s", err.message);
            continue;
        }
        ck_assert_msg(rc == SEGML_OK, "%s", err.message);
        assert_same_artifact(best, model);
        segml_model_free(model);
        compared++;
    }
    ck_assert_int_ge(compared, 1); /* portable is everywhere */
    segml_dataset_free(dataset);
    segml_model_free(best);
    table_free(&t);
}
END_TEST

/* The same trees, so the same bits of every prediction. */
START_TEST(exact_models_of_both_engines_predict_the_same)
{
    table t = table_seed(ROWS);
    segml_train_options native = fixed_options("native", "exact", FIXED);
    segml_train_options xgboost = fixed_options("xgboost", "exact", FIXED);
    segml_model *a = train_table(&t, &native, 0), *b = train_table(&t, &xgboost, 0);
    float by_native[101], by_xgboost[101];

    for (int64_t g = 0; g < SEED_GROUPS; g++) {
        predict_along(a, g, by_native, 101);
        predict_along(b, g, by_xgboost, 101);
        ck_assert_mem_eq(by_native, by_xgboost, sizeof by_native);
    }
    segml_model_free(a);
    segml_model_free(b);
    table_free(&t);
}
END_TEST

static double
log_odds(float probability)
{
    return log((double)probability) - log1p(-(double)probability);
}

START_TEST(a_weight_of_positive_rows_raises_their_probability)
{
    static const char *const engines[] = {"native", "xgboost"};
    table t = table_seed(ROWS);
    segml_train_options with = fixed_options(engines[_i], NULL, FIXED);
    segml_train_options without = fixed_options(engines[_i], NULL, FIXED - 1);
    segml_model *a = train_table(&t, &with, 0), *b = train_table(&t, &without, 0);
    float heavy[101], even[101];
    double raised = 0;

    ck_assert_int_eq(has_param(a, 0, "scale_pos_weight"), 1);
    ck_assert_int_eq(has_param(b, 0, "scale_pos_weight"), 0);
    predict_along(a, 0, heavy, 101);
    predict_along(b, 0, even, 101);
    for (int i = 0; i < 101; i++)
        raised += (log_odds(heavy[i]) - log_odds(even[i])) / 101;
    ck_assert_double_gt(raised, 0.3); /* log 4 in the limit of many rounds and rows */
    ck_assert_double_lt(raised, 2 * log(4));
    segml_model_free(a);
    segml_model_free(b);
    table_free(&t);
}
END_TEST

/* One group; the label rises with feature 0 on the whole, and falls within a quarter of it. */
static table
wavy(void)
{
    table t = table_make(600, 3);

    for (int64_t i = 0; i < t.rows; i++) {
        float x = (float)(-3 + 6 * seed_draw(3, (uint64_t)i));

        t.x[3 * i] = x;
        t.x[3 * i + 1] = (float)seed_draw(4, (uint64_t)i);
        t.x[3 * i + 2] = (float)seed_draw(5, (uint64_t)i);
        t.y[i] = x + 2 * sinf(3 * x);
    }
    return t;
}

static int
falls(const float *values, int count)
{
    int n = 0;

    for (int i = 1; i < count; i++)
        n += values[i] < values[i - 1];
    return n;
}

static const struct {
    const char *engine, *method;
} ways[] = {{"native", "hist"}, {"native", "exact"}, {"xgboost", "hist"}, {"xgboost", "exact"}};

START_TEST(a_monotone_feature_never_lowers_a_prediction)
{
    table t = wavy();
    segml_train_options options = fixed_options(ways[_i].engine, ways[_i].method, FIXED - 1);
    segml_value rising = {"f0", 1};
    float values[201];
    segml_model *model;

    options.objective = "regression";
    model = train_table(&t, &options, 0);
    predict_along(model, 0, values, 201);
    ck_assert_int_ge(falls(values, 201), 10);
    segml_model_free(model);
    options.monotone = &rising;
    options.monotone_count = 1;
    model = train_table(&t, &options, 0);
    predict_along(model, 0, values, 201);
    ck_assert_int_eq(falls(values, 201), 0);
    ck_assert(values[200] > values[0] + 1);
    segml_model_free(model);
    rising.value = -1;
    model = train_table(&t, &options, 0);
    predict_along(model, 0, values, 201);
    for (int i = 1; i < 201; i++)
        ck_assert(values[i] <= values[i - 1]);
    segml_model_free(model);
    table_free(&t);
}
END_TEST

START_TEST(a_free_constraint_changes_nothing_but_the_record)
{
    table t = wavy();
    segml_train_options options = fixed_options("native", NULL, FIXED - 1);
    const segml_value loose = {"f0", 0};
    segml_model *a, *b;

    options.objective = "regression";
    a = train_table(&t, &options, 0);
    options.monotone = &loose;
    options.monotone_count = 1;
    b = train_table(&t, &options, 0);
    assert_same_member(a, b, "groups/0/model.ubj");
    segml_model_free(a);
    segml_model_free(b);
    table_free(&t);
}
END_TEST

START_TEST(bad_constraints_are_refused_with_their_value)
{
    static const segml_value unknown = {"f9", 1}, steep = {"f0", 2}, nothing = {"f0", NAN};
    static const segml_value twice[] = {{"f1", 1}, {"f0", 1}, {"f1", -1}}, nameless = {NULL, 1};
    static const struct {
        const segml_value *values;
        int64_t count;
        const char *words;
    } bad[] = {{&unknown, 1, "\"f9\""},
               {&steep, 1, "f0 = 2"},
               {&nothing, 1, "f0 = nan"},
               {twice, 3, "f1 = -1: the feature is given twice"},
               {&nameless, 1, "no such"},
               {NULL, 1, "monotone_count is 1"},
               {&unknown, -1, "monotone_count is -1"}};
    table t = wavy();
    segml_train_options options = fixed_options(NULL, NULL, FIXED - 1);

    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        options.monotone = bad[i].values;
        options.monotone_count = bad[i].count;
        assert_refused(&t, &options, SEGML_E_ARGUMENT, bad[i].words);
    }
    table_free(&t);
}
END_TEST

/* A group of three features, of which "colour" is categorical. */
static int
train_colours(const segml_train_options *options, segml_error *err)
{
    static const char *const names[3] = {"colour", "size", "age"};
    static const int32_t types[3] = {SEGML_FEATURE_CATEGORICAL, SEGML_FEATURE_NUMERIC,
                                     SEGML_FEATURE_NUMERIC};
    segml_key_column key = SEGML_KEY_COLUMN_INIT;
    segml_dataset_input input = SEGML_DATASET_INPUT_INIT;
    segml_dataset *dataset = NULL;
    segml_model *model = NULL;
    table t = wavy();
    int rc;

    for (int64_t i = 0; i < t.rows; i++)
        t.x[3 * i] = (float)(i % 5);
    key.type = SEGML_KEY_INT64;
    key.data = t.key;
    input.rows = t.rows;
    input.features = 3;
    input.data = t.x;
    input.feature_names = names;
    input.feature_types = types;
    input.label = t.y;
    input.keys = &key;
    input.key_count = 1;
    ck_assert_int_eq(segml_dataset_create(&dataset, &input, NULL), SEGML_OK);
    rc = segml_train_segmented(&model, dataset, options, err);
    if (rc == SEGML_OK)
        assert_engine(engine_of_header(model), "native ", " (hist)");
    segml_model_free(model);
    segml_dataset_free(dataset);
    table_free(&t);
    return rc;
}

START_TEST(categories_need_bins_and_have_no_direction)
{
    static const char *const engines[] = {"auto", "native", "xgboost"};
    static const segml_value rising = {"colour", 1};
    segml_error err = SEGML_ERROR_INIT;
    segml_train_options options = without_xgboost(options_of("auto", "auto"));

    ck_assert_msg(train_colours(&options, &err) == SEGML_OK, "%s", err.message);
    options.monotone = &rising;
    options.monotone_count = 1;
    ck_assert_int_eq(train_colours(&options, &err), SEGML_E_ARGUMENT);
    ck_assert_ptr_nonnull(strstr(err.message, "colour = 1: the feature is categorical"));
    for (int i = 0; i < 3; i++) {
        options = options_of(engines[i], "exact");
        ck_assert_int_eq(train_colours(&options, &err), SEGML_E_UNSUPPORTED);
        ck_assert_msg(strstr(err.message, "colour is categorical") != NULL &&
                          strstr(err.message, "use hist") != NULL,
                      "%s", err.message);
    }
}
END_TEST

START_TEST(unknown_engines_and_methods_are_refused_with_the_known_ones)
{
    table t = wavy();
    segml_train_options options = options_of("lightgbm", NULL);

    assert_refused(&t, &options, SEGML_E_ARGUMENT, "engine is \"lightgbm\"; known are auto");
    options = options_of("native:sse2", NULL);
    assert_refused(&t, &options, SEGML_E_ARGUMENT, "\"native:sse2\"");
    options = options_of(NULL, "approx");
    assert_refused(&t, &options, SEGML_E_ARGUMENT, "tree_method is \"approx\"; known are auto");
    table_free(&t);
}
END_TEST

START_TEST(the_native_engine_tells_its_version_and_kernel)
{
    char text[64] = "", cut[3];
    segml_error err = SEGML_ERROR_INIT;

    ck_assert_int_eq(segml_native_engine_version(text, sizeof text, &err), SEGML_OK);
    ck_assert_msg(strstr(text, " (portable)") != NULL || strstr(text, " (avx2)") != NULL ||
                      strstr(text, " (avx512)") != NULL,
                  "%s", text);
    ck_assert_int_eq(segml_native_engine_version(cut, sizeof cut, &err), SEGML_OK);
    ck_assert_int_eq(strncmp(cut, text, 2), 0);
    ck_assert_int_eq(cut[2], '\0');
    ck_assert_int_eq(segml_native_engine_version(text, 0, &err), SEGML_E_ARGUMENT);
    ck_assert_int_eq(segml_native_engine_version(NULL, 9, &err), SEGML_E_ARGUMENT);
}
END_TEST

TCase *
engines_tests(void)
{
    TCase *tc = tcase_create("engines");

    tcase_set_timeout(tc, 300);
    tcase_add_loop_test(tc, what_is_covered_needs_no_xgboost, 0, 3);
    tcase_add_test(tc, the_global_model_beside_exact_groups_has_bins);
    tcase_add_loop_test(tc, xgboost_trains_where_it_is_asked_for, 0, 2);
    tcase_add_test(tc, more_bins_than_the_native_engine_has_need_xgboost);
    tcase_add_test(tc, each_unit_has_the_engine_that_covers_it);
    tcase_add_test(tc, what_is_not_covered_is_told_before_anything_is_trained);
    tcase_add_loop_test(tc, every_kernel_gives_the_same_artifact, 0, 2);
    tcase_add_test(tc, exact_models_of_both_engines_predict_the_same);
    tcase_add_loop_test(tc, a_weight_of_positive_rows_raises_their_probability, 0, 2);
    tcase_add_loop_test(tc, a_monotone_feature_never_lowers_a_prediction, 0,
                        sizeof ways / sizeof *ways);
    tcase_add_test(tc, a_free_constraint_changes_nothing_but_the_record);
    tcase_add_test(tc, bad_constraints_are_refused_with_their_value);
    tcase_add_test(tc, categories_need_bins_and_have_no_direction);
    tcase_add_test(tc, unknown_engines_and_methods_are_refused_with_the_known_ones);
    tcase_add_test(tc, the_native_engine_tells_its_version_and_kernel);
    return tc;
}
