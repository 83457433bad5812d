/* SPDX-License-Identifier: Apache-2.0 */

/*
 * compare/comparison: what is written reads back, what is wrong is refused by name, getters keep
 * their promises. The comparisons that are read come from tests/golden/comparison.py, not from
 * the writer.
 */

#include <check.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "compare/comparison_json.h"

static const char *const golden[] = {"binary", "multiclass", "regression"};

enum { GOLDEN = (int)(sizeof golden / sizeof *golden) };

static void
read_golden(sg_buf *out, const char *name)
{
    segml_error err = SEGML_ERROR_INIT;
    char path[512];

    snprintf(path, sizeof path, "%s/comparison/%s.json", GOLDEN_FOLDER, name);
    ck_assert_msg(sg_file_read(out, path, &err) == SEGML_OK, "%s", err.message);
}

static segml_comparison *
open_golden(const char *name)
{
    segml_comparison *comparison = NULL;
    segml_error err = SEGML_ERROR_INIT;
    sg_buf json = {0};
    int rc;

    read_golden(&json, name);
    rc = segml_comparison_open_memory(&comparison, json.bytes, json.size, &err);
    ck_assert_msg(rc == SEGML_OK, "%s", err.message);
    sg_buf_clear(&json);
    return comparison;
}

START_TEST(a_golden_comparison_is_read)
{
    segml_comparison *comparison = open_golden("multiclass");
    segml_comparison_info info = SEGML_COMPARISON_INFO_INIT;
    segml_comparison_group group = SEGML_COMPARISON_GROUP_INIT;
    segml_comparison_cell cell = SEGML_COMPARISON_CELL_INIT;

    ck_assert_int_eq(segml_comparison_get_info(comparison, &info, NULL), SEGML_OK);
    ck_assert_int_eq(info.task, SEGML_TASK_MULTICLASS);
    ck_assert_int_eq(info.evaluation, SEGML_EVALUATION_CROSS);
    ck_assert_int_eq(info.rows, 430);
    ck_assert_int_eq(info.scored, 430);
    ck_assert_int_eq(info.groups, 3);
    ck_assert_int_eq(info.keys, 2);
    ck_assert_int_eq(info.features, 3);
    ck_assert_int_eq(info.outputs, 3);
    ck_assert_int_eq(info.classes, 3);
    ck_assert_int_eq(info.approaches, 4);
    ck_assert_int_eq(info.reference, 2);
    ck_assert_int_eq(info.best, 3);
    ck_assert_int_eq(info.folds, 5);
    ck_assert_int_eq(info.trials, 3);
    ck_assert_uint_eq(info.seed, UINT64_MAX);
    ck_assert_str_eq(info.label_name, "late");
    ck_assert_str_eq(info.engine, "xgboost 1.7.4");
    ck_assert_str_eq(segml_comparison_approach(comparison, 0), "global-tuned");
    ck_assert_str_eq(segml_comparison_key_name(comparison, 1), "b");
    ck_assert_str_eq(segml_comparison_feature_name(comparison, 1), "col\303\266ur");
    ck_assert_str_eq(segml_comparison_class_name(comparison, 2), "c");
    ck_assert_int_eq(segml_comparison_get_group(comparison, 2, &group, NULL), SEGML_OK);
    ck_assert_uint_eq(group.keys[0].length, 3);
    ck_assert_mem_eq(group.keys[0].text, "x\0y", 3);
    ck_assert_int_eq(group.keys[1].integer, -1);
    ck_assert_int_eq(group.rows, 200);
    ck_assert_int_eq(group.verdict, SEGML_VERDICT_NONE);
    ck_assert_double_eq(group.correlations[0], -0.25);
    ck_assert_double_nan(group.correlations[1]);
    ck_assert_int_eq(segml_comparison_get(comparison, 3, 2, &cell, NULL), SEGML_OK);
    ck_assert_int_eq(cell.status, SEGML_GROUP_TRAINED);
    ck_assert_int_eq(cell.rounds, 123);
    ck_assert_double_nan(cell.threshold);
    ck_assert_int_eq(cell.estimate_count, 1);
    ck_assert_str_eq(cell.estimates[0].name, "log_loss");
    ck_assert_double_eq(cell.estimates[0].value, 0.73);
    ck_assert_double_eq(cell.estimates[0].low, 0.4);
    ck_assert_double_eq(cell.estimates[0].high, 0.6);
    ck_assert_double_eq(cell.estimates[0].difference, 0.23);
    ck_assert_double_eq(cell.estimates[0].difference_low, -0.01);
    ck_assert_double_nan(cell.estimates[0].difference_high);
    ck_assert_int_eq(cell.metric_count, 3);
    ck_assert_str_eq(cell.metrics[2].name, "roc_auc");
    ck_assert_double_nan(cell.metrics[2].value);
    ck_assert_int_eq(cell.param_count, 2);
    ck_assert_double_eq(cell.params[1].value, 3);
    ck_assert_int_eq(cell.trial_count, 3);
    ck_assert_double_nan(cell.trials[1]);
    ck_assert_double_eq(cell.trials[2], 0.5);
    segml_comparison_free(comparison);
}
END_TEST

START_TEST(nested_evaluation_and_groups_without_model_are_read)
{
    segml_comparison *comparison = open_golden("regression");
    segml_comparison_info info = SEGML_COMPARISON_INFO_INIT;
    segml_comparison_cell cell = SEGML_COMPARISON_CELL_INIT;
    segml_comparison_group group = SEGML_COMPARISON_GROUP_INIT;

    ck_assert_int_eq(segml_comparison_get_info(comparison, &info, NULL), SEGML_OK);
    ck_assert_int_eq(info.evaluation, SEGML_EVALUATION_NESTED);
    ck_assert_int_eq(info.outer_folds, 4);
    ck_assert_int_eq(info.outer_used, 1);
    ck_assert_int_eq(info.scored, 57);
    ck_assert_int_eq(info.outputs, 1);
    ck_assert_int_eq(info.best, -1);
    ck_assert_int_eq(segml_comparison_get(comparison, 1, 0, &cell, NULL), SEGML_OK);
    ck_assert_int_eq(cell.status, SEGML_GROUP_TOO_FEW_ROWS);
    ck_assert_str_eq(cell.message, "30 rows; 50 are needed");
    ck_assert_int_eq(cell.trial_count, 0);
    ck_assert_int_eq(segml_comparison_get_group(comparison, 1, &group, NULL), SEGML_OK);
    ck_assert_ptr_null(group.correlations);
    ck_assert_int_eq(group.verdict, SEGML_VERDICT_TUNED);
    ck_assert_int_eq(
        segml_comparison_get_group(comparison, SEGML_GROUP_INDEX_OVERALL, &group, NULL), SEGML_OK);
    ck_assert_ptr_null(group.keys);
    ck_assert_int_eq(group.rows, 230);
    segml_comparison_free(comparison);
}
END_TEST

START_TEST(writing_what_was_read_gives_the_same_bytes_again)
{
    segml_comparison *first = open_golden(golden[_i]), *second = NULL;
    segml_error err = SEGML_ERROR_INIT;
    char bytes[2][20000];
    size_t size[2] = {0, 0};

    ck_assert_int_eq(segml_comparison_save_memory(first, NULL, 0, &size[1], &err), SEGML_OK);
    ck_assert_int_eq(segml_comparison_save_memory(first, bytes[0], sizeof bytes[0], &size[0], &err),
                     SEGML_OK);
    ck_assert_uint_eq(size[0], size[1]);
    ck_assert_msg(segml_comparison_open_memory(&second, bytes[0], size[0], &err) == SEGML_OK, "%s",
                  err.message);
    ck_assert_int_eq(
        segml_comparison_save_memory(second, bytes[1], sizeof bytes[1], &size[1], &err), SEGML_OK);
    ck_assert_uint_eq(size[0], size[1]);
    ck_assert_mem_eq(bytes[0], bytes[1], size[0]);
    ck_assert_int_eq(segml_comparison_save_memory(second, bytes[1], 100, &size[1], &err),
                     SEGML_E_ARGUMENT);
    ck_assert_uint_eq(size[1], size[0]);
    segml_comparison_free(second);
    segml_comparison_free(first);
}
END_TEST

START_TEST(an_infinite_parameter_is_not_written)
{
    static const segml_value bad[] = {{"gamma", INFINITY}};
    segml_comparison *comparison = open_golden("binary");
    segml_error err = SEGML_ERROR_INIT;
    sg_buf json = {0};

    sg_comparison_cell(comparison, 1, 1)->params = bad;
    sg_comparison_cell(comparison, 1, 1)->param_count = 1;
    ck_assert_int_eq(sg_comparison_write(&json, comparison, &err), SEGML_E_INTERNAL);
    ck_assert_str_eq(err.message, "gamma is not a finite number");
    sg_buf_clear(&json);
    segml_comparison_free(comparison);
}
END_TEST

/* Changes to the golden "binary", the first place of each; what comes of them. */
static const struct change {
    const char *from, *to;
    int32_t status;
    const char *message;
} changes[] = {
    {"\"kind\"", "\"new\": [1, {}], \"kind\"", SEGML_OK, ""},
    {"\"format\": 0", "\"format\": 1", SEGML_E_UNSUPPORTED, "format 1, this library reads"},
    {"\"format\": 0", "\"format\": -1", SEGML_E_FORMAT, "\"format\" is not an integer"},
    {"\"format\": 0,", "", SEGML_E_FORMAT, "comparison: \"format\" is missing"},
    {"\"comparison\"", "\"model\"", SEGML_E_FORMAT, "\"kind\" is not \"comparison\""},
    {"{", "[", SEGML_E_FORMAT, "not JSON at byte"},
    {"\"task\": \"binary\"", "\"task\": \"ranking\"", SEGML_E_FORMAT, "\"task\" is not a known"},
    {"\"task\": \"binary\"", "\"task\": \"regression\"", SEGML_E_FORMAT, "\"classes\" do not fit"},
    {"\"task\"", "\"task\": \"poisson\", \"task\"", SEGML_E_FORMAT, "duplicate"},
    {"\"cross\"", "\"crossed\"", SEGML_E_FORMAT, "\"evaluation\" is not a known name"},
    {"\"18446744073709551615\"", "\"18446744073709551616\"", SEGML_E_FORMAT, "64 bits"},
    {"\"18446744073709551615\"", "\"007\"", SEGML_E_FORMAT, "\"seed\" is not a number"},
    {"\"scored\": 430", "\"scored\": 431", SEGML_E_FORMAT, "\"scored\" is not an integer in"},
    {"\"rows\": 430", "\"rows\": 429", SEGML_E_FORMAT, "\"scored\""},
    {"\"reference\": 2", "\"reference\": 4", SEGML_E_FORMAT, "\"reference\""},
    {"\"reference\": 2", "\"reference\": -1", SEGML_E_FORMAT, "\"reference\""},
    {"\"best\": 3", "\"best\": -1", SEGML_OK, ""},
    {"\"best\": 3", "\"best\": -2", SEGML_E_FORMAT, "\"best\""},
    {"\"segmented-tuned\"", "\"segmented-tuned\", \"fifth\"", SEGML_E_FORMAT, "\"cells\""},
    {"\"int64\"", "\"float\"", SEGML_E_FORMAT, "\"type\" is not a known name"},
    {"\"int64\"", "\"utf8\"", SEGML_E_FORMAT, "\"key\" does not have its column's type"},
    {"-7", "-9223372036854775808", SEGML_OK, ""},
    {"-7", "4711", SEGML_E_FORMAT, "groups[2]: \"key\" is not above the one before"},
    {"-7", "-7, 1", SEGML_E_FORMAT, "groups[1]: \"key\" does not have one value per column"},
    {"\"verdict\": \"tuned\"", "\"verdict\": \"best\"", SEGML_E_FORMAT, "groups[1]: \"verdict\""},
    {"\"too_few_rows\"", "\"lost\"", SEGML_E_FORMAT, "groups[0]: \"status\" is not a known name"},
    {"\"threshold\": 0.25", "\"threshold\": 1.25", SEGML_E_FORMAT,
     "\"threshold\" is not in [0, 1]"},
    {"-0.01", "\"x\"", SEGML_E_FORMAT, "\"log_loss\" is not a number"},
    {"-0.01,", "-0.01, 1,", SEGML_E_FORMAT, "\"log_loss\" does not have six numbers"},
    {"-0.25,", "", SEGML_E_FORMAT, "overall: \"correlations\" does not have one value per feature"},
    {"\"max_depth\": 3", "\"max_depth\": null", SEGML_E_FORMAT, "\"params\" is not a number"},
    {"0.625", "[]", SEGML_E_FORMAT, "\"trials\" is not a number"},
    {"\"message\": \"\"", "\"message\": null", SEGML_E_FORMAT, "\"message\" is not a text"},
};

enum { CHANGES = (int)(sizeof changes / sizeof *changes) };

START_TEST(damaged_comparisons_are_refused_by_name)
{
    const struct change *change = &changes[_i];
    segml_comparison *comparison = NULL;
    segml_error err = SEGML_ERROR_INIT;
    sg_buf json = {0}, changed = {0};
    const char *text, *at;

    read_golden(&json, "binary");
    ck_assert_int_eq(sg_buf_terminate(&json, NULL), SEGML_OK);
    text = (const char *)json.bytes;
    at = strstr(text, change->from);
    ck_assert_msg(at != NULL, "%s is not there", change->from);
    ck_assert_int_eq(sg_buf_print(&changed, NULL, "%.*s%s%s", (int)(at - text), text, change->to,
                                  at + strlen(change->from)),
                     SEGML_OK);
    ck_assert_int_eq(segml_comparison_open_memory(&comparison, changed.bytes, changed.size, &err),
                     change->status);
    ck_assert_int_eq(comparison != NULL, change->status == SEGML_OK);
    ck_assert_msg(strstr(err.message, change->message) != NULL, "%s -> %s: %s", change->from,
                  change->to, err.message);
    segml_comparison_free(comparison);
    sg_buf_clear(&changed);
    sg_buf_clear(&json);
}
END_TEST

START_TEST(every_cut_of_a_comparison_is_refused)
{
    sg_buf json = {0};

    read_golden(&json, golden[_i]);
    for (size_t size = 0; size + 2 < json.size; size += 7) {
        segml_comparison *comparison = NULL;

        ck_assert_int_eq(segml_comparison_open_memory(&comparison, json.bytes, size, NULL),
                         SEGML_E_FORMAT);
        ck_assert_ptr_null(comparison);
    }
    sg_buf_clear(&json);
}
END_TEST

START_TEST(what_is_not_there_is_an_argument_error)
{
    segml_comparison *comparison = open_golden("binary");
    segml_comparison_info info = {.struct_size = 1};
    segml_comparison_cell cell = SEGML_COMPARISON_CELL_INIT;
    segml_comparison_group group = SEGML_COMPARISON_GROUP_INIT;
    segml_error err = SEGML_ERROR_INIT;
    float values[1000];

    ck_assert_int_eq(segml_comparison_get_info(comparison, &info, &err), SEGML_E_ABI);
    ck_assert_int_eq(segml_comparison_get_info(comparison, NULL, &err), SEGML_E_ARGUMENT);
    ck_assert_int_eq(segml_comparison_get_group(comparison, 3, &group, &err), SEGML_E_ARGUMENT);
    ck_assert_str_eq(err.message, "no group 3; there are 3, counted from 0");
    ck_assert_int_eq(segml_comparison_get_group(comparison, SEGML_GROUP_INDEX_GLOBAL, &group, &err),
                     SEGML_E_ARGUMENT);
    ck_assert_int_eq(segml_comparison_get(comparison, 4, 0, &cell, &err), SEGML_E_ARGUMENT);
    ck_assert_str_eq(err.message, "no approach 4; there are 4, counted from 0");
    ck_assert_int_eq(segml_comparison_get(NULL, 0, 0, &cell, &err), SEGML_E_ARGUMENT);
    ck_assert_int_eq(segml_comparison_predictions(comparison, 0, values, 1000, &err),
                     SEGML_E_NOT_FOUND);
    ck_assert_int_eq(segml_comparison_predictions(comparison, -1, values, 1000, &err),
                     SEGML_E_ARGUMENT);
    ck_assert_ptr_null(segml_comparison_approach(comparison, 4));
    ck_assert_ptr_null(segml_comparison_approach(NULL, 0));
    ck_assert_ptr_null(segml_comparison_key_name(comparison, 1));
    ck_assert_ptr_null(segml_comparison_feature_name(comparison, -1));
    ck_assert_ptr_null(segml_comparison_class_name(comparison, 2));
    ck_assert_ptr_null(segml_verdict_name(-1));
    ck_assert_ptr_null(segml_verdict_name(SEGML_VERDICT_TUNED + 1));
    ck_assert_str_eq(segml_verdict_name(SEGML_VERDICT_UNCLEAR), "unclear");
    segml_comparison_free(comparison);
    segml_comparison_free(NULL);
}
END_TEST

START_TEST(an_older_caller_gets_the_members_that_it_knows)
{
    segml_comparison *comparison = open_golden("binary");
    segml_comparison_cell cell = SEGML_COMPARISON_CELL_INIT;

    cell.struct_size = offsetof(segml_comparison_cell, message);
    cell.message = "mine";
    ck_assert_int_eq(segml_comparison_get(comparison, 1, 2, &cell, NULL), SEGML_OK);
    ck_assert_uint_eq(cell.struct_size, offsetof(segml_comparison_cell, message));
    ck_assert_int_eq(cell.rounds, 121);
    ck_assert_str_eq(cell.message, "mine");
    segml_comparison_free(comparison);
}
END_TEST

START_TEST(opening_names_the_file_that_is_wrong)
{
    segml_comparison *comparison = (segml_comparison *)&golden;
    segml_error err = SEGML_ERROR_INIT;
    char path[512];

    ck_assert_int_eq(segml_comparison_open(&comparison, "no/such/file", &err), SEGML_E_IO);
    ck_assert_ptr_null(comparison);
    snprintf(path, sizeof path, "%s/comparison.py", GOLDEN_FOLDER);
    ck_assert_int_eq(segml_comparison_open(&comparison, path, &err), SEGML_E_FORMAT);
    ck_assert_msg(strstr(err.message, "comparison.py: comparison: not JSON") != NULL, "%s",
                  err.message);
    ck_assert_int_eq(segml_comparison_open(NULL, path, &err), SEGML_E_ARGUMENT);
    ck_assert_int_eq(segml_comparison_open(&comparison, NULL, &err), SEGML_E_ARGUMENT);
    ck_assert_int_eq(segml_comparison_open_memory(&comparison, NULL, 1, &err), SEGML_E_ARGUMENT);
}
END_TEST

TCase *comparison_tests(void);

TCase *
comparison_tests(void)
{
    TCase *tc = tcase_create("comparison");

    tcase_add_test(tc, a_golden_comparison_is_read);
    tcase_add_test(tc, nested_evaluation_and_groups_without_model_are_read);
    tcase_add_loop_test(tc, writing_what_was_read_gives_the_same_bytes_again, 0, GOLDEN);
    tcase_add_test(tc, an_infinite_parameter_is_not_written);
    tcase_add_loop_test(tc, damaged_comparisons_are_refused_by_name, 0, CHANGES);
    tcase_add_loop_test(tc, every_cut_of_a_comparison_is_refused, 0, GOLDEN);
    tcase_add_test(tc, what_is_not_there_is_an_argument_error);
    tcase_add_test(tc, an_older_caller_gets_the_members_that_it_knows);
    tcase_add_test(tc, opening_names_the_file_that_is_wrong);
    return tc;
}
