/* SPDX-License-Identifier: Apache-2.0 */

/*
 * Merging: R1 and R2 of merge_artifacts.c, what becomes of global models, and what is refused.
 * Which records and models must be in the result follows from the inputs by hand.
 */

#include <check.h>
#include <stdio.h>
#include <string.h>

#include "artifact/made.h"
#include "unit/serving_fixture.h"

static const float row[3] = {0.5f, 0.0f, -1.0f};

static int
merge(const char *out, const char *const *paths, int64_t count, const segml_merge_options *options,
      segml_artifact_info *info, segml_error *err)
{
    segml_merge_options known =
        options != NULL ? *options : (segml_merge_options)SEGML_MERGE_OPTIONS_INIT;

    known.overwrite = 1;
    return segml_artifact_merge(out, paths, count, &known, info, err);
}

static void
merges(const char *out, const char *const *paths, int64_t count, const segml_merge_options *options)
{
    segml_error err = SEGML_ERROR_INIT;

    ck_assert_msg(merge(out, paths, count, options, NULL, &err) == SEGML_OK, "%s", err.message);
}

static void
assert_sound(const char *path)
{
    segml_error err = SEGML_ERROR_INIT;

    ck_assert_msg(segml_artifact_verify(NULL, path, NULL, &err) == SEGML_OK, "%s", err.message);
}

/* Margin of the golden model with that number for the row. */
static float
margin_of(int model)
{
    made alone = {.groups = {{1, 100, 0, 0.1, 0, NULL}}};
    int32_t route;
    float margin;

    alone.groups[0].model = model;
    margin = made_margin(made_write("alone.segml", &alone), 1, row, &route);
    ck_assert_int_eq(route, SEGML_ROUTE_EXACT);
    return margin;
}

static void
assert_model(const char *path, int64_t store, int model)
{
    int32_t route;

    ck_assert_float_eq(made_margin(path, store, row, &route), margin_of(model));
    ck_assert_int_eq(route, SEGML_ROUTE_EXACT);
}

/* Four artifacts that overlap, with other engines, thresholds and global models. */
static void
write_four(const char *paths[4])
{
    static const made four[4] = {
        {.groups = {{1, 100, 1, .5, 0, NULL}, {2, 100, 2, .25, .3, NULL}, {9, 10, 0, .6, 0, NULL}},
         .threshold = .5,
         .global = 1,
         .global_rows = 210},
        {.groups = {{2, 200, 3, .75, 0, "xgboost 3.2.0"}, {3, 70, 1, .5, .4, NULL}},
         .threshold = .4,
         .engine = "xgboost 1.7.4",
         .global = 2,
         .global_rows = 270},
        {.groups = {{2, 200, 1, .25, 0, NULL}, {5, 60, 2, .5, 0, NULL}, {9, 80, 3, .9, 0, NULL}},
         .threshold = .4,
         .global = 3,
         .global_rows = 270},
        {.groups = {{1, 100, 1, .5, .5, "native 1 (hist)"}, {7, 300, 3, .125, 0, NULL}},
         .threshold = .6,
         .engine = "another",
         .global = 1,
         .global_rows = 90}};

    paths[0] = made_write("a.segml", &four[0]);
    paths[1] = made_write("b.segml", &four[1]);
    paths[2] = made_write("c.segml", &four[2]);
    paths[3] = made_write("d.segml", &four[3]);
}

static const int orders[][4] = {{0, 1, 2, 3}, {3, 2, 1, 0}, {1, 3, 0, 2}, {2, 0, 3, 1},
                                {1, 0, 2, 3}, {3, 0, 1, 2}, {2, 3, 0, 1}, {0, 3, 2, 1}};

static segml_merge_options
options_of(int number)
{
    segml_merge_options options = SEGML_MERGE_OPTIONS_INIT;

    options.choice = number % 2 == 0 ? SEGML_MERGE_BEST : SEGML_MERGE_ROWS;
    options.global = number / 2 == 0 ? SEGML_GLOBAL_ROWS : SEGML_GLOBAL_NONE;
    return options;
}

START_TEST(any_order_and_any_grouping_gives_the_same_bytes)
{
    const segml_merge_options options = options_of(_i);
    const char *paths[4], *expected = made_path("expected.segml");

    write_four(paths);
    merges(expected, paths, 4, &options);
    assert_sound(expected);
    for (size_t i = 0; i < sizeof orders / sizeof *orders; i++) {
        const int *o = orders[i];
        const char *all[4] = {paths[o[0]], paths[o[1]], paths[o[2]], paths[o[3]]};
        const char *left = made_path("left.segml"), *right = made_path("right.segml");
        const char *out = made_path("out.segml");

        merges(out, all, 4, &options);
        made_assert_same(out, expected);
        merges(left, all, 2, &options);
        merges(right, all + 2, 2, &options);
        merges(out, (const char *const[]){right, left}, 2, &options);
        made_assert_same(out, expected);
        merges(left, all, 3, &options);
        merges(out, (const char *const[]){left, all[3], left}, 3, &options);
        made_assert_same(out, expected);
    }
}
END_TEST

/* Store 2: losses .25 (a, 100 rows), .75 (b, 200), .25 (c, 200); store 9: a has no model. */
START_TEST(the_best_or_the_largest_is_taken)
{
    segml_merge_options options = options_of(_i);
    segml_artifact_info info = SEGML_ARTIFACT_INFO_INIT;
    segml_error err = SEGML_ERROR_INIT;
    const char *paths[4], *out = made_path("out.segml");

    write_four(paths);
    ck_assert_msg(merge(out, paths, 4, &options, &info, &err) == SEGML_OK, "%s", err.message);
    assert_model(out, 1, 1);
    assert_model(out, 2, 1);
    assert_model(out, 3, 1);
    assert_model(out, 7, 3);
    assert_model(out, 9, 3);
    ck_assert_int_eq(info.groups, 6);
    ck_assert_int_eq(info.groups_added, 3);
    ck_assert_int_eq(info.groups_changed, 2);
    ck_assert_int_eq(info.groups_dropped, 0);
    ck_assert_int_eq(info.overall, SEGML_FATE_DROPPED);
    ck_assert_int_eq(info.history, SEGML_FATE_KEPT);
    ck_assert_int_eq(info.models, options.global == SEGML_GLOBAL_NONE ? 6 : 7);
    ck_assert_int_eq(info.global,
                     options.global == SEGML_GLOBAL_NONE ? SEGML_FATE_DROPPED : SEGML_FATE_KEPT);
}
END_TEST

/* b and c have 270 rows: the one whose model has the lesser digest answers. */
START_TEST(the_global_model_of_most_rows_answers)
{
    segml_merge_options options = options_of(0);
    const char *paths[4], *out = made_path("out.segml");
    int32_t route;
    float margin;

    write_four(paths);
    merges(out, paths, 4, &options);
    margin = made_margin(out, 4242, row, &route);
    ck_assert_int_eq(route, SEGML_ROUTE_GLOBAL);
    ck_assert(margin == margin_of(2) || margin == margin_of(3));
    merges(out, paths, 2, &options);
    ck_assert_float_eq(made_margin(out, 4242, row, &route), margin_of(2));
    options.global = SEGML_GLOBAL_NONE;
    merges(out, paths, 2, &options);
    ck_assert_float_eq(made_margin(out, 4242, row, &route), -1.5f);
    ck_assert_int_eq(route, SEGML_ROUTE_CONSTANT);
}
END_TEST

/* What a group left to its header, it must not find in another: effective values stay. */
START_TEST(thresholds_and_engines_stay_what_they_were)
{
    static const struct {
        int64_t store;
        double threshold;
        const char *engine;
    } expected[] = {{1, .5, "native 1 (hist)"}, {2, .4, "native 1 (hist)"},
                    {3, .4, "xgboost 1.7.4"},   {5, .4, "native 1 (hist)"},
                    {7, .6, "another"},         {9, .4, "native 1 (hist)"}};
    segml_merge_options options = options_of(1);
    segml_model *model = NULL;
    const char *paths[4], *out = made_path("out.segml");

    write_four(paths);
    merges(out, paths, 4, &options);
    ck_assert_int_eq(segml_model_open(&model, out, NULL, NULL), SEGML_OK);
    for (int64_t g = 0; g < 6; g++) {
        segml_group_info info = SEGML_GROUP_INFO_INIT;

        ck_assert_int_eq(segml_model_get_group(model, g, &info, NULL), SEGML_OK);
        ck_assert_int_eq(info.keys[0].integer, expected[g].store);
        ck_assert_double_eq(info.threshold, expected[g].threshold);
        ck_assert_str_eq(info.engine, expected[g].engine);
    }
    segml_model_free(model);
}
END_TEST

/* The first value of each line of history is its group's key. */
START_TEST(histories_follow_their_groups)
{
    static const double keys[] = {1, 2, 3, 5, 7, 9, -1};
    segml_merge_options options = options_of(0);
    segml_history *history = NULL;
    segml_model *model = NULL;
    const char *paths[4], *out = made_path("out.segml");

    write_four(paths);
    merges(out, paths, 4, &options);
    ck_assert_int_eq(segml_model_open(&model, out, NULL, NULL), SEGML_OK);
    ck_assert_int_eq(segml_history_open(&history, model, NULL), SEGML_OK);
    for (int64_t g = 0; g < 7; g++) {
        segml_history_info info = SEGML_HISTORY_INFO_INIT;

        ck_assert_int_eq(
            segml_history_get(history, g < 6 ? g : SEGML_GROUP_INDEX_GLOBAL, &info, NULL),
            SEGML_OK);
        ck_assert_double_eq(info.values[0], keys[g]);
    }
    segml_history_free(history);
    segml_model_free(model);
}
END_TEST

START_TEST(equal_groups_and_globals_need_no_choice)
{
    const made one = {.groups = {{1, 100, 1, .5, 0, NULL}, {2, 80, 2, .25, .3, NULL}},
                      .global = 3,
                      .global_rows = 500,
                      .training = 1};
    const made two = {.groups = {{2, 80, 2, .25, .3, NULL}, {4, 90, 1, .5, 0, NULL}},
                      .global = 3,
                      .global_rows = 500};
    const char *a = made_write("a.segml", &one), *b = made_write("b.segml", &two);
    const char *out = made_path("out.segml"), *other = made_path("other.segml");

    merges(out, (const char *const[]){a, b}, 2, NULL);
    merges(other, (const char *const[]){b, a, b}, 3, NULL);
    made_assert_same(out, other);
    assert_sound(out);
    assert_model(out, 4, 1);
    merges(out, (const char *const[]){a}, 1, NULL);
    merges(other, (const char *const[]){a, a}, 2, NULL);
    made_assert_same(out, other);
}
END_TEST

static const struct {
    const char *words[3];
    made other;
    int any_options;
} differing[] = {
    {{"task", "binary", "poisson"}, {.is_count = 1}, 0},
    {{"label", "late", "price"}, {.label = "price"}, 0},
    {{"classes", "no", "never"}, {.classes = "never"}, 0},
    {{"name of feature 3", "price", "cost"}, {.feature = "cost"}, 1},
    {{"name of key column 1", "store", "shop"}, {.key_name = "shop"}, 0},
    {{"option trials", "20", "50"}, {.trials = 50}, 0},
    {{"option sampler", "tpe", "random"}, {.option = "random"}, 0},
};

START_TEST(artifacts_that_do_not_fit_are_refused_with_what_differs)
{
    const made one = {.groups = {{1, 100, 0, .5, 0, NULL}}};
    made two = differing[_i].other;
    segml_merge_options options = SEGML_MERGE_OPTIONS_INIT;
    segml_error err = SEGML_ERROR_INIT;
    const char *paths[2], *out = made_path("out.segml");

    two.groups[0] = (made_group){2, 100, 0, .5, 0, NULL};
    paths[0] = made_write("a.segml", &one);
    paths[1] = made_write("b.segml", &two);
    options.any_options = differing[_i].any_options;
    ck_assert_int_eq(merge(out, paths, 2, &options, NULL, &err), SEGML_E_MISMATCH);
    for (int w = 0; w < 3; w++)
        ck_assert_msg(strstr(err.message, differing[_i].words[w]) != NULL, "%s", err.message);
    ck_assert_ptr_nonnull(strstr(err.message, paths[1]));
    made_assert_files(2);
}
END_TEST

START_TEST(options_may_differ_if_asked_and_only_common_ones_are_kept)
{
    const made one = {.groups = {{1, 100, 1, .5, 0, NULL}}};
    const made two = {.groups = {{2, 100, 1, .5, 0, NULL}}, .trials = 50};
    segml_merge_options options = SEGML_MERGE_OPTIONS_INIT;
    segml_model_info info = SEGML_MODEL_INFO_INIT;
    segml_model *model = NULL;
    const char *paths[2], *out = made_path("out.segml");

    paths[0] = made_write("a.segml", &one);
    paths[1] = made_write("b.segml", &two);
    options.any_options = 1;
    merges(out, paths, 2, &options);
    ck_assert_int_eq(segml_model_open(&model, out, NULL, NULL), SEGML_OK);
    ck_assert_int_eq(segml_model_get_info(model, &info, NULL), SEGML_OK);
    for (int64_t i = 0; i < info.option_count; i++)
        ck_assert_str_ne(info.options[i].name, "trials");
    ck_assert_int_eq(info.option_text_count, 1);
    segml_model_free(model);
}
END_TEST

START_TEST(differing_duplicates_and_globals_are_refused_with_the_remedy)
{
    segml_error err = SEGML_ERROR_INIT;
    segml_merge_options options = SEGML_MERGE_OPTIONS_INIT;
    const char *paths[4], *out = made_path("out.segml");

    write_four(paths);
    ck_assert_int_eq(merge(out, paths, 2, NULL, NULL, &err), SEGML_E_MISMATCH);
    ck_assert_msg(strstr(err.message, "global models of") != NULL, "%s", err.message);
    ck_assert_ptr_nonnull(strstr(err.message, "choose"));
    options.global = SEGML_GLOBAL_ROWS;
    ck_assert_int_eq(merge(out, paths, 2, &options, NULL, &err), SEGML_E_MISMATCH);
    ck_assert_msg(strstr(err.message, "group 2 is in") != NULL, "%s", err.message);
    ck_assert_ptr_nonnull(strstr(err.message, paths[0]));
    ck_assert_ptr_nonnull(strstr(err.message, paths[1]));
    made_assert_files(4);
}
END_TEST

/* Dictionaries: the longer one, whatever the order. */
START_TEST(the_longer_dictionary_is_kept)
{
    const made one = {.groups = {{1, 100, 1, .5, 0, NULL}}, .values = 4};
    const made two = {.groups = {{2, 100, 1, .5, 0, NULL}}};
    const char *paths[2], *out = made_path("out.segml"), *other = made_path("other.segml");
    segml_model *model = NULL;
    float code = 0.0f;

    paths[0] = made_write("a.segml", &one);
    paths[1] = made_write("b.segml", &two);
    merges(out, paths, 2, NULL);
    merges(other, (const char *const[]){paths[1], paths[0]}, 2, NULL);
    made_assert_same(out, other);
    ck_assert_int_eq(segml_model_open(&model, other, NULL, NULL), SEGML_OK);
    ck_assert_int_eq(segml_model_encode(model, 1, "violet", 6, &code), SEGML_OK);
    ck_assert_float_eq(code, 3.0f);
    segml_model_free(model);
}
END_TEST

/* The golden global model knows four keys by number: with a fifth one it cannot stay. */
START_TEST(a_global_model_that_knows_the_keys_gives_way_to_that_for_unseen_ones)
{
    const made one = {.groups = {{1, 100, 1, .5, 0, NULL},
                                 {2, 10, 0, .5, 0, NULL},
                                 {3, 10, 0, .5, 0, NULL},
                                 {4, 10, 0, .5, 0, NULL}},
                      .global = 1,
                      .unseen = 2,
                      .global_rows = 130};
    const made two = {.groups = {{9, 100, 1, .5, 0, NULL}}, .global = 2, .global_rows = 130};
    segml_artifact_info info = SEGML_ARTIFACT_INFO_INIT;
    segml_error err = SEGML_ERROR_INIT;
    const char *paths[2], *out = made_path("out.segml"), *again = made_path("again.segml");
    int32_t route;

    paths[0] = made_write("a.segml", &one);
    paths[1] = made_write("b.segml", &two);
    merges(out, paths, 1, NULL);
    ck_assert_msg(merge(again, paths, 1, NULL, &info, &err) == SEGML_OK, "%s", err.message);
    ck_assert_int_eq(info.global, SEGML_FATE_KEPT);
    /* b's global model is a's for unseen keys: equal, so that no choice is needed. */
    ck_assert_msg(merge(out, paths, 2, NULL, &info, &err) == SEGML_OK, "%s", err.message);
    ck_assert_int_eq(info.global, SEGML_FATE_REPLACED);
    assert_sound(out);
    ck_assert_float_eq(made_margin(out, 3, row, &route), margin_of(2));
    ck_assert_int_eq(route, SEGML_ROUTE_GLOBAL);
    merges(again, (const char *const[]){paths[1], out}, 2, NULL);
    made_assert_same(again, out);
}
END_TEST

/* Parents DE, DE/Bonn with models, and three without. */
START_TEST(parents_are_merged_or_dropped_with_the_global_models)
{
    const char *const levels = GOLDEN_FOLDER "/serving/levels.segml";
    const char *const twice[] = {levels, levels};
    const char *once = made_path("once.segml"), *out = made_path("out.segml");
    segml_merge_options options = SEGML_MERGE_OPTIONS_INIT;
    segml_verify_info info = SEGML_VERIFY_INFO_INIT;
    segml_error err = SEGML_ERROR_INIT;

    for (int choice = SEGML_GLOBAL_EQUAL; choice <= SEGML_GLOBAL_NONE; choice++) {
        options.global = choice;
        merges(once, twice, 1, &options);
        merges(out, twice, 2, &options);
        made_assert_same(once, out);
        ck_assert_msg(segml_artifact_verify(&info, out, NULL, &err) == SEGML_OK, "%s", err.message);
        ck_assert_int_eq(info.parents, choice == SEGML_GLOBAL_NONE ? 0 : 5);
        ck_assert_int_eq(info.models, choice == SEGML_GLOBAL_NONE ? 1 : 5);
    }
}
END_TEST

START_TEST(bad_arguments_are_refused)
{
    const made one = {.groups = {{1, 100, 0, .5, 0, NULL}}};
    segml_error err = SEGML_ERROR_INIT;
    segml_merge_options options = SEGML_MERGE_OPTIONS_INIT;
    const char *a = made_write("a.segml", &one), *none = NULL;
    const char *out = made_path("out.segml"), *missing = made_path("missing.segml");

    ck_assert_int_eq(segml_artifact_merge(NULL, &a, 1, NULL, NULL, NULL), SEGML_E_ARGUMENT);
    ck_assert_int_eq(segml_artifact_merge(out, NULL, 1, NULL, NULL, NULL), SEGML_E_ARGUMENT);
    ck_assert_int_eq(segml_artifact_merge(out, &none, 1, NULL, NULL, NULL), SEGML_E_ARGUMENT);
    ck_assert_int_eq(segml_artifact_merge(out, &a, 0, NULL, NULL, NULL), SEGML_E_ARGUMENT);
    ck_assert_int_eq(segml_artifact_merge(out, &a, 1025, NULL, NULL, &err), SEGML_E_ARGUMENT);
    ck_assert_str_eq(err.message,
                     "1025 artifacts: 1 to 1024 are merged at once; of more merge some first");
    ck_assert_int_eq(segml_artifact_merge(out, &missing, 1, NULL, NULL, NULL), SEGML_E_IO);
    ck_assert_int_eq(segml_artifact_merge(a, &a, 1, NULL, NULL, NULL), SEGML_E_EXISTS);
    options.choice = 4;
    ck_assert_int_eq(segml_artifact_merge(out, &a, 1, &options, NULL, NULL), SEGML_E_ARGUMENT);
    options.choice = 0;
    options.global = -1;
    ck_assert_int_eq(segml_artifact_merge(out, &a, 1, &options, NULL, NULL), SEGML_E_ARGUMENT);
    options.struct_size = 3;
    ck_assert_int_eq(segml_artifact_merge(out, &a, 1, &options, NULL, NULL), SEGML_E_ABI);
    made_assert_files(1);
}
END_TEST

TCase *
merge_tests(void)
{
    TCase *tc = tcase_create("merge");

    tcase_add_checked_fixture(tc, made_enter, made_leave);
    tcase_add_loop_test(tc, any_order_and_any_grouping_gives_the_same_bytes, 0, 4);
    tcase_add_loop_test(tc, the_best_or_the_largest_is_taken, 0, 4);
    tcase_add_test(tc, the_global_model_of_most_rows_answers);
    tcase_add_test(tc, thresholds_and_engines_stay_what_they_were);
    tcase_add_test(tc, histories_follow_their_groups);
    tcase_add_test(tc, equal_groups_and_globals_need_no_choice);
    tcase_add_loop_test(tc, artifacts_that_do_not_fit_are_refused_with_what_differs, 0,
                        (int)(sizeof differing / sizeof *differing));
    tcase_add_test(tc, options_may_differ_if_asked_and_only_common_ones_are_kept);
    tcase_add_test(tc, differing_duplicates_and_globals_are_refused_with_the_remedy);
    tcase_add_test(tc, the_longer_dictionary_is_kept);
    tcase_add_test(tc, a_global_model_that_knows_the_keys_gives_way_to_that_for_unseen_ones);
    tcase_add_test(tc, parents_are_merged_or_dropped_with_the_global_models);
    tcase_add_test(tc, bad_arguments_are_refused);
    tcase_set_timeout(tc, 60);
    return tc;
}
