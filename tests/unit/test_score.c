/* SPDX-License-Identifier: Apache-2.0 */

/*
 * train/score and train/export: margins that are given become the metrics, thresholds and
 * histories of an artifact. Expected figures are counted here, row by row.
 */

#include <check.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/rng.h"
#include "pack/build.h"
#include "pack/history.h"
#include "segml/search.h"
#include "train/export.h"
#include "train/options.h"
#include "train/score.h"
#include "unit/table.h"

/* Groups 1 and 2 are trained, group 3 is not. */
enum { GROUPS = 3, GROUP_ROWS = 250, ROWS = GROUPS * GROUP_ROWS, TRIALS = 3 };

static float data[ROWS], label[ROWS], own[ROWS], shared[ROWS];
static int64_t shop[ROWS];
static segml_dataset *dataset;
static sg_run run;
static sg_result group[GROUPS], global;
static sg_outcome outcome;
static double search_values[TRIALS] = {0.5, NAN, 0.25};
static int32_t search_rounds[TRIALS] = {7, 0, 9};
static int32_t search_states[TRIALS] = {SEGML_TRIAL_COMPLETE, SEGML_TRIAL_FAILED,
                                        SEGML_TRIAL_PRUNED};

static void
prepare(int32_t jobs)
{
    segml_train_options options = SEGML_TRAIN_OPTIONS_INIT;
    segml_dataset_input input = SEGML_DATASET_INPUT_INIT;
    segml_key_column key = SEGML_KEY_COLUMN_INIT;
    sg_rng rng = sg_rng_stream(3, 0, "test", 0);

    for (int i = 0; i < ROWS; i++) {
        data[i] = (float)i; /* distinct, so that canonical order is known by it */
        label[i] = sg_rng_uniform(&rng) < 0.4 ? 1.0f : 0.0f;
        own[i] = (float)(3 * sg_rng_uniform(&rng) - 2 + (double)label[i]);
        shared[i] = (float)(3 * sg_rng_uniform(&rng) - 2 + (double)label[i]);
        shop[i] = 1 + i / GROUP_ROWS;
    }
    memset(&run, 0, sizeof run);
    memset(group, 0, sizeof group);
    memset(&global, 0, sizeof global);
    key.type = SEGML_KEY_INT64;
    key.data = shop;
    input.rows = ROWS;
    input.features = 1;
    input.data = data;
    input.label = label;
    input.keys = &key;
    input.key_count = 1;
    dataset = table_dataset(&input);
    options.jobs = jobs;
    run.dataset = dataset;
    ck_assert_int_eq(sg_options_load(&run.options, &options, NULL), SEGML_OK);
    ck_assert_int_eq(sg_target_resolve(&run.target, dataset, "binary", NULL, NULL), SEGML_OK);
    ck_assert_int_eq(sg_run_prepare(&run, NULL), SEGML_OK);
    for (int g = 0; g < GROUPS; g++)
        group[g] = (sg_result){.status = g < 2 ? SEGML_GROUP_TRAINED : SEGML_GROUP_FAILED,
                               .rounds = 1,
                               .search_loss = 0.75,
                               .search_loss_corrected = NAN,
                               .search_f1 = NAN,
                               .search_f1_corrected = 0.5};
    global = group[0];
    outcome = (sg_outcome){.run = &run,
                           .mode = SEGML_MODE_SEGMENTED,
                           .group = group,
                           .global = &global,
                           .own = own,
                           .shared = shared};
}

static void
clear(void)
{
    sg_run_clear(&run);
    segml_dataset_free(dataset);
}

static double
value_of(const sg_score_values *values, const char *name)
{
    for (int64_t i = 0; i < values->count; i++) {
        if (strcmp(values->values[i].name, name) == 0)
            return values->values[i].value;
    }
    return (double)NAN;
}

/* F1 of positions [first, end) by margins and a threshold for each, NULL = one half. */
static double
count_f1(const float *margin, const double *threshold, int first, int end)
{
    double tp = 0, wrong = 0;

    for (int i = first; i < end; i++) {
        double p = 1 / (1 + exp(-(double)margin[i])), t = threshold != NULL ? threshold[i] : 0.5;
        int positive = run.target.label[run.row[i]] > 0;

        if (isnan(margin[i]))
            continue;
        tp += positive && p >= t;
        wrong += positive != (p >= t);
    }
    return 2 * tp / (2 * tp + wrong);
}

START_TEST(figures_are_at_the_thresholds_of_the_models_that_answer)
{
    sg_score s = {.label = NULL};

    prepare(2);
    ck_assert_int_eq(sg_score_make(&s, &outcome, NULL), SEGML_OK);
    for (int g = 0; g < GROUPS; g++) {
        const float *margin = g < 2 ? own : shared;
        int first = g * GROUP_ROWS, end = first + GROUP_ROWS;

        ck_assert_double_eq_tol(value_of(&s.group[g], "f1"),
                                count_f1(margin, s.decision.row, first, end), 1e-12);
        ck_assert_double_eq_tol(value_of(&s.group[g], "f1_at_half"),
                                count_f1(margin, NULL, first, end), 1e-12);
    }
    for (int i = 2 * GROUP_ROWS; i < ROWS; i++) /* the global model's also in the third group */
        ck_assert_double_eq(s.decision.row[i], s.decision.shared_row[i]);
    ck_assert_double_eq_tol(value_of(&s.global, "f1"),
                            count_f1(shared, s.decision.shared_row, 0, ROWS), 1e-12);
    ck_assert_double_eq_tol(value_of(&s.overall, "f1"), count_f1(own, s.decision.row, 0, ROWS),
                            1e-12); /* filled up by the shared ones */
    ck_assert(value_of(&s.group[0], "log_loss_low") < value_of(&s.group[0], "log_loss"));
    ck_assert(!isnan(value_of(&s.overall, "f1_macro")));
    ck_assert(isnan(value_of(&s.global, "f1_macro")));
    sg_score_clear(&s);
    clear();
}
END_TEST

START_TEST(a_search_tells_what_it_knows)
{
    sg_score s = {.label = NULL};

    prepare(1);
    ck_assert_int_eq(sg_score_make(&s, &outcome, NULL), SEGML_OK);
    ck_assert_double_eq(value_of(&s.group[0], "search_loss"), 0.75);
    ck_assert_double_eq(value_of(&s.group[0], "search_f1_corrected"), 0.5);
    for (int64_t i = 0; i < s.group[0].count; i++)
        ck_assert_str_ne(s.group[0].values[i].name, "search_f1");
    ck_assert(isnan(value_of(&s.group[2], "search_loss"))); /* it was not trained */
    ck_assert(isnan(value_of(&s.overall, "search_loss")));
    sg_score_clear(&s);
    clear();
}
END_TEST

START_TEST(rows_that_nothing_predicts_count_nowhere)
{
    sg_score s = {.label = NULL};

    prepare(1);
    outcome.global = NULL;
    outcome.shared = NULL;
    ck_assert_int_eq(sg_score_make(&s, &outcome, NULL), SEGML_OK);
    ck_assert_int_eq(s.group[2].count, 0);
    ck_assert_int_eq(s.global.count, 0);
    ck_assert_double_eq_tol(value_of(&s.overall, "f1"),
                            count_f1(own, s.decision.row, 0, 2 * GROUP_ROWS), 1e-12);
    sg_score_clear(&s);
    group[0].status = group[1].status = SEGML_GROUP_FAILED;
    ck_assert_int_eq(sg_score_make(&s, &outcome, NULL), SEGML_OK);
    ck_assert_int_eq(s.overall.count, 0);
    sg_score_clear(&s);
    clear();
}
END_TEST

START_TEST(a_row_without_a_margin_counts_nowhere)
{
    sg_score s = {.label = NULL};

    prepare(1);
    for (int i = 0; i < GROUP_ROWS; i += 9) {
        own[i] = (float)NAN; /* of the first group, but the global model predicts it */
        shared[i + 300] = (float)NAN;
    }
    ck_assert_int_eq(sg_score_make(&s, &outcome, NULL), SEGML_OK);
    ck_assert_double_eq_tol(value_of(&s.group[0], "f1"),
                            count_f1(own, s.decision.row, 0, GROUP_ROWS), 1e-12);
    ck_assert_double_eq_tol(value_of(&s.global, "f1"),
                            count_f1(shared, s.decision.shared_row, 0, ROWS), 1e-12);
    ck_assert_double_eq_tol(value_of(&s.overall, "f1"), count_f1(own, s.decision.row, 0, ROWS),
                            1e-12);
    ck_assert(isfinite(value_of(&s.overall, "log_loss_unsearched")));
    sg_score_clear(&s);
    clear();
}
END_TEST

START_TEST(folds_that_the_search_saw_are_left_out_of_the_headline)
{
    sg_score s = {.label = NULL};

    prepare(1);
    for (int g = 0; g < GROUPS; g++)
        group[g].searched[0] = 3; /* folds 0 and 1 */
    ck_assert_int_eq(sg_score_make(&s, &outcome, NULL), SEGML_OK);
    for (int g = 0; g < 2; g++) {
        double sum = 0, rows = 0;

        for (int i = g * GROUP_ROWS; i < (g + 1) * GROUP_ROWS; i++) {
            double m = (double)own[i];

            if (run.fold[i] < 2)
                continue;
            sum += log(1 + exp(run.target.label[run.row[i]] > 0 ? -m : m));
            rows++;
        }
        ck_assert_double_eq_tol(value_of(&s.group[g], "log_loss_unsearched"), sum / rows, 1e-12);
    }
    for (int g = 0; g < GROUPS; g++)
        group[g].searched[0] = UINT64_MAX;
    sg_score_clear(&s);
    ck_assert_int_eq(sg_score_make(&s, &outcome, NULL), SEGML_OK);
    ck_assert(isnan(value_of(&s.group[0], "log_loss_unsearched")));
    sg_score_clear(&s);
    clear();
}
END_TEST

/*
 * The interval of the loss of positions [first, end) in folds 2 to 4, by the normal approximation:
 * as wide as the bootstrap's, which is also skewed.
 */
static void
assert_headline(const sg_score_values *values, const float *margin, int first, int end)
{
    double low = value_of(values, "log_loss_unsearched_low");
    double high = value_of(values, "log_loss_unsearched_high");
    double sum = 0, squares = 0, rows = 0, mean, error;

    for (int i = first; i < end; i++) {
        double m = (double)margin[i], loss;

        if (run.fold[i] < 2)
            continue;
        loss = log(1 + exp(run.target.label[run.row[i]] > 0 ? -m : m));
        sum += loss;
        squares += loss * loss;
        rows++;
    }
    mean = sum / rows;
    error = sqrt((squares / rows - mean * mean) / (rows - 1));
    ck_assert_double_lt(low, mean);
    ck_assert_double_gt(high, mean);
    ck_assert_double_eq_tol((high - low) / (2 * 1.96 * 1.5 * error), 1, 0.1); /* sqrt(1 + 5 / 4) */
}

START_TEST(the_headline_has_the_interval_of_its_own_rows)
{
    sg_score s = {.label = NULL};

    prepare(1);
    ck_assert_int_eq(sg_score_make(&s, &outcome, NULL), SEGML_OK);
    for (int g = 0; g < GROUPS; g++) { /* no fold was searched on: the same rows */
        ck_assert_double_eq(value_of(&s.group[g], "log_loss_unsearched_low"),
                            value_of(&s.group[g], "log_loss_low"));
        ck_assert_double_eq(value_of(&s.group[g], "log_loss_unsearched_high"),
                            value_of(&s.group[g], "log_loss_high"));
    }
    sg_score_clear(&s);
    for (int g = 0; g < GROUPS; g++)
        group[g].searched[0] = global.searched[0] = 3; /* folds 0 and 1 */
    ck_assert_int_eq(sg_score_make(&s, &outcome, NULL), SEGML_OK);
    assert_headline(&s.group[0], own, 0, GROUP_ROWS);
    assert_headline(&s.group[1], own, GROUP_ROWS, 2 * GROUP_ROWS);
    assert_headline(&s.group[2], shared, 2 * GROUP_ROWS, ROWS);
    assert_headline(&s.global, shared, 0, ROWS);
    assert_headline(&s.overall, own, 0, ROWS); /* filled up by the shared ones */
    sg_score_clear(&s);
    for (int g = 0; g < GROUPS; g++)
        group[g].searched[0] = UINT64_MAX;
    ck_assert_int_eq(sg_score_make(&s, &outcome, NULL), SEGML_OK);
    ck_assert_double_nan(value_of(&s.group[0], "log_loss_unsearched_low"));
    ck_assert_double_nan(value_of(&s.group[0], "log_loss_unsearched_high"));
    sg_score_clear(&s);
    clear();
}
END_TEST

/* Exports what was prepared. */
static void
export_all(sg_buf *artifact)
{
    segml_error err = SEGML_ERROR_INIT;

    for (int g = 0; g < 2; g++)
        ck_assert_int_eq(
            sg_build_pack_group(&group[g].packed, dataset->groups.keys + g, 1, "tree", 4, NULL),
            SEGML_OK);
    ck_assert_int_eq(sg_packed_make(&global.packed, SG_MEMBER_GLOBAL, "tree", 4, NULL), SEGML_OK);
    ck_assert_msg(sg_export(artifact, &outcome, &err) == SEGML_OK, "%s", err.message);
    for (int g = 0; g < 2; g++)
        sg_packed_clear(&group[g].packed);
    sg_packed_clear(&global.packed);
}

START_TEST(any_number_of_jobs_gives_the_same_bytes)
{
    sg_buf artifact[2] = {{0}};

    for (int i = 0; i < 2; i++) {
        prepare(1 + 2 * i);
        export_all(&artifact[i]);
        clear();
    }
    ck_assert_uint_eq(artifact[0].size, artifact[1].size);
    ck_assert_mem_eq(artifact[0].bytes, artifact[1].bytes, artifact[0].size);
    sg_buf_clear(&artifact[0]);
    sg_buf_clear(&artifact[1]);
}
END_TEST

typedef struct found {
    const char *path;
    sg_buf text;
} found;

static int
take(void *user, const sg_member *member, segml_error *err)
{
    found *f = user;

    if (strcmp(member->path, f->path) != 0)
        return 0;
    return sg_buf_append(&f->text, member->content, member->size, err) < 0 ? SEGML_E_NOMEM : 1;
}

static void
find_member(found *f, const sg_buf *artifact)
{
    ck_assert_int_eq(sg_artifact_scan(artifact->bytes, artifact->size, 1 << 24, take, f, NULL),
                     SEGML_OK);
    ck_assert_int_eq(sg_buf_terminate(&f->text, NULL), SEGML_OK);
}

START_TEST(searches_are_exported_as_they_went)
{
    found lines = {.path = SG_MEMBER_HISTORY};
    sg_history history = {.count = 0};
    sg_buf artifact = {0};

    prepare(1);
    group[1].search = (sg_search_log){.trials = TRIALS,
                                      .chosen = 2,
                                      .value = search_values,
                                      .rounds = search_rounds,
                                      .state = search_states};
    export_all(&artifact);
    find_member(&lines, &artifact);
    ck_assert_int_eq(
        sg_history_read(&history, lines.text.bytes, lines.text.size, GROUPS + 1, 1, NULL),
        SEGML_OK);
    ck_assert_int_eq(history.records[0].trials, 0);
    ck_assert_int_eq(history.records[0].chosen, -1);
    ck_assert_int_eq(history.records[1].trials, TRIALS);
    ck_assert_int_eq(history.records[1].chosen, 2);
    ck_assert_double_eq(history.records[1].values[0], 0.5);
    ck_assert_double_nan(history.records[1].values[1]);
    ck_assert_mem_eq(history.records[1].rounds, search_rounds, sizeof search_rounds);
    ck_assert_mem_eq(history.records[1].states, search_states, sizeof search_states);
    sg_history_clear(&history);
    sg_buf_clear(&lines.text);
    sg_buf_clear(&artifact);
    clear();
}
END_TEST

/* A limit in seconds that was met, budgets, and a space and points of the caller's own. */
START_TEST(options_that_change_results_are_stated)
{
    static const segml_dimension space[] = {
        {.name = "max_depth", .kind = SEGML_DIMENSION_INT, .low = 2, .high = 5}};
    static const segml_value param = {"max_depth", 3};
    static const segml_param_set points[] = {{&param, 1}};
    found text = {.path = SG_MEMBER_MANIFEST};
    sg_buf artifact = {0};
    const char *json;

    prepare(1);
    run.options.space = space;
    run.options.space_count = 1;
    run.options.points = points;
    run.options.point_count = 1;
    run.options.total_trials = 77;
    run.options.group_seconds = 1.5;
    group[1].search.cut = 1;
    export_all(&artifact);
    find_member(&text, &artifact);
    json = (const char *)text.text.bytes;
    ck_assert_ptr_nonnull(strstr(json, "\"total_trials\": 77"));
    ck_assert_ptr_nonnull(strstr(json, "\"group_seconds\": 1.5"));
    ck_assert_ptr_nonnull(strstr(json, "\"search_cut\": 1"));
    ck_assert_ptr_null(strstr(json, "\"total_seconds\""));
    ck_assert_ptr_null(strstr(json, "\"space\": \"default\""));
    ck_assert_ptr_nonnull(strstr(json, "\"space\": \""));
    ck_assert_ptr_null(strstr(json, "\"points\": \"default\""));
    sg_buf_clear(&text.text);
    sg_buf_clear(&artifact);
    clear();
}
END_TEST

TCase *
score_tests(void)
{
    TCase *tc = tcase_create("score");

    tcase_set_timeout(tc, 60);
    tcase_add_test(tc, figures_are_at_the_thresholds_of_the_models_that_answer);
    tcase_add_test(tc, a_search_tells_what_it_knows);
    tcase_add_test(tc, rows_that_nothing_predicts_count_nowhere);
    tcase_add_test(tc, a_row_without_a_margin_counts_nowhere);
    tcase_add_test(tc, folds_that_the_search_saw_are_left_out_of_the_headline);
    tcase_add_test(tc, the_headline_has_the_interval_of_its_own_rows);
    tcase_add_test(tc, any_number_of_jobs_gives_the_same_bytes);
    tcase_add_test(tc, searches_are_exported_as_they_went);
    tcase_add_test(tc, options_that_change_results_are_stated);
    return tc;
}
