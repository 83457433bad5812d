/* SPDX-License-Identifier: Apache-2.0 */

/*
 * report: pages of views made by hand, of golden models and comparisons. That pages are
 * well-formed and what they hold is looked at from outside, by tests/report.
 */

#include <check.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "model/model.h"
#include "pack/build.h"
#include "report/form.h"
#include "report/page.h"
#include "segml/report.h"
#include "serving_fixture.h"

enum { GROUPS_MAX = 400, FEATURES = 2 };

static sg_view view;
static sg_view_group groups[GROUPS_MAX];
static sg_view_cell cells[GROUPS_MAX + 2];
static sg_buf out;
static char path[64];

static const char *features[] = {"size", "a<b>&\"c'"};
static const char *key_names[] = {"store"};
static const char *approaches[] = {"segmented"};
static const double correlations[] = {0.5, -0.25};
static const segml_value metrics[] = {{"log_loss", 0.5}, {"log_loss_se", 0.01}, {"f1", 0.75}};
static const segml_estimate estimates[] = {
    {"log_loss", 0.5, 0.4, 0.6, (double)NAN, (double)NAN, (double)NAN}};

/* A binary model with so many groups, all alike: 100 rows, trained. */
static void
make_view(int64_t count, const char *label)
{
    view = (sg_view){.task = SEGML_TASK_BINARY,
                     .mode = SEGML_MODE_SEGMENTED,
                     .answer = "The global model answers for them.",
                     .label_name = "sold",
                     .rows = 100 * count,
                     .scored = 100 * count,
                     .features = FEATURES,
                     .keys = 1,
                     .approaches = 1,
                     .reference = -1,
                     .best = -1,
                     .feature_names = features,
                     .key_names = key_names,
                     .approach_names = approaches,
                     .groups = groups,
                     .group_count = count};
    for (int64_t g = 0; g <= count; g++) {
        cells[g] = (sg_view_cell){.facts = {.status = g < count ? SEGML_GROUP_TRAINED : 0,
                                            .threshold = 0.5,
                                            .message = "",
                                            .estimates = estimates,
                                            .estimate_count = 1,
                                            .metrics = metrics,
                                            .metric_count = 3},
                                  .chosen = -1};
        groups[g < count ? g : 0] = (sg_view_group){
            .label = label, .rows = 100, .correlations = correlations, .cells = &cells[g]};
    }
    view.overall =
        (sg_view_group){.label = "all groups", .rows = 100 * count, .cells = &cells[count]};
    for (int64_t g = 0; g < count; g++)
        groups[g].cells = &cells[g];
}

static void
setup(void)
{
    out = (sg_buf){0};
    strcpy(path, "/tmp/segml-report-XXXXXX");
    ck_assert_ptr_nonnull(mkdtemp(path));
    strcat(path, "/report");
}

static void
teardown(void)
{
    sg_buf_clear(&out);
    sg_view_clear(&view);
    unlink(path);
    *strrchr(path, '/') = '\0';
    ck_assert_int_eq(rmdir(path), 0);
}

static const char *
make_page(int64_t max_groups)
{
    segml_error err = SEGML_ERROR_INIT;

    sg_buf_clear(&out);
    ck_assert_int_eq(sg_view_finish(&view, NULL, max_groups, &err), SEGML_OK);
    ck_assert_msg(sg_page_write(&out, &view, &err) == SEGML_OK, "%s", err.message);
    ck_assert_int_eq(sg_buf_terminate(&out, NULL), SEGML_OK);
    return (const char *)out.bytes;
}

static int
count_of(const char *text, const char *part)
{
    int count = 0;

    for (const char *at = strstr(text, part); at != NULL; at = strstr(at + 1, part))
        count++;
    return count;
}

START_TEST(a_group_has_a_dot_a_bar_and_a_row)
{
    const char *page;

    make_view(3, "shop");
    page = make_page(0);
    ck_assert_int_eq(count_of(page, "<h1>"), 1);
    ck_assert_int_eq(count_of(page, "class=\"bar\""), 3);
    ck_assert_int_eq(count_of(page, "<circle class=\"s0\""), 3 + 1); /* and the legend */
    ck_assert_int_eq(count_of(page, "class=\"span s0\""), 3);
    ck_assert_int_eq(count_of(page, "<g class=\"cell "), 3 * FEATURES);
    ck_assert_int_eq(count_of(page, "<tr><th scope=\"row\"><bdi>shop</bdi>"), 3);
    ck_assert_int_eq(count_of(page, "Every group has a model of its own"), 1);
}
END_TEST

static const char *const labels[] = {
    "<script>alert(1)</script>",
    "\xD7\xA9\xD7\x9C\xD7\x95\xD7\x9D",
    "",
    "]]>",
    "a\x01\x1F",
    "\xE2\x80\xAEturned",
};

START_TEST(keys_never_become_markup)
{
    const char *page;

    make_view(2, labels[_i]);
    page = make_page(0);
    ck_assert_int_eq(count_of(page, "<script"), 0);
    ck_assert_int_eq(count_of(page, "a<b>"), 0);
    ck_assert_int_gt(count_of(page, "a&lt;b&gt;&amp;&quot;c&#39;"), 0);
    ck_assert_int_eq(count_of(page, "]]>"), 0);
    for (size_t i = 0; i < out.size; i++)
        ck_assert(out.bytes[i] >= 0x20 || out.bytes[i] == '\n');
}
END_TEST

START_TEST(long_keys_are_cut_in_charts_only)
{
    static char label[301];
    const char *page;

    memset(label, 'x', 300);
    make_view(1, label);
    page = make_page(0);
    ck_assert_int_gt(count_of(page, ">xxxxxxxxxxxxxxxx\xE2\x80\xA6</text>"), 0);
    ck_assert_int_eq(count_of(page, "xxxx</text>"), 0);
    ck_assert_ptr_nonnull(strstr(page, label));
}
END_TEST

START_TEST(groups_beyond_the_limit_are_summed_up)
{
    const char *page;

    make_view(GROUPS_MAX - 1, "g");
    groups[7].rows = 1000;
    groups[7].label = "largest";
    page = make_page(5);
    ck_assert_int_eq(count_of(page, "<tr><th scope=\"row\"><bdi>g</bdi>"), 4);
    ck_assert_ptr_nonnull(strstr(page, "<tr><th scope=\"row\"><bdi>largest</bdi>"));
    ck_assert_ptr_nonnull(strstr(page, "the 5 largest of 399 groups: 1,400 of 39,900 rows"));
    ck_assert_ptr_nonnull(strstr(page, "The other 394 groups"));
}
END_TEST

START_TEST(sixty_groups_make_less_than_two_megabytes)
{
    static double trials[200];

    make_view(GROUPS_MAX - 1, "a group of twenty bytes");
    for (int i = 0; i < 200; i++)
        trials[i] = 1.0 / (1 + i);
    for (int64_t g = 0; g < view.group_count; g++) {
        cells[g].facts.trials = trials;
        cells[g].facts.trial_count = 200;
    }
    make_page(0);
    ck_assert_uint_lt(out.size, 2000000);
}
END_TEST

/* Nothing at all is known about the only group. */
START_TEST(empty_records_make_a_page)
{
    static const double nothing[] = {(double)NAN, (double)NAN};
    const char *page;

    make_view(1, "one");
    for (int c = 0; c < 2; c++) {
        cells[c].facts.estimate_count = 0;
        cells[c].facts.metric_count = 0;
        cells[c].facts.threshold = (double)NAN;
    }
    groups[0].correlations = _i == 0 ? NULL : nothing;
    groups[0].rows = 0;
    page = make_page(0);
    ck_assert_int_eq(count_of(page, "There are no numbers to draw"), _i == 0 ? 1 : 2);
    ck_assert_int_eq(count_of(page, "nan"), 0);
}
END_TEST

START_TEST(no_group_at_all_makes_a_page)
{
    make_view(0, "");
    ck_assert_int_gt(count_of(make_page(0), "There are no numbers to draw"), 0);
}
END_TEST

static const double searches[][3] = {{0.5, 0.5, 0.5},
                                     {(double)NAN, 0.5, (double)NAN},
                                     {(double)INFINITY, 0.5, -0.5},
                                     {(double)NAN, (double)NAN, (double)NAN}};

START_TEST(any_search_can_be_drawn)
{
    const char *page;

    make_view(1, "one");
    cells[0].facts.trials = searches[_i];
    cells[0].facts.trial_count = 3;
    page = make_page(0);
    ck_assert_int_eq(count_of(page, "<ul class=\"panels\">"), 1);
    ck_assert_int_eq(count_of(page, "No trial succeeded"), _i == 3);
    ck_assert_int_eq(count_of(page, "<path class=\"best\""), _i != 3);
    ck_assert_int_eq(count_of(page, "class=\"trial\""), _i == 0 ? 3 : _i == 3 ? 0 : _i);
    ck_assert_int_eq(count_of(page, "nan") + count_of(page, "inf"), 0);
}
END_TEST

START_TEST(a_single_trial_is_no_search)
{
    make_view(1, "one");
    cells[0].facts.trials = searches[0];
    cells[0].facts.trial_count = 1;
    ck_assert_int_eq(count_of(make_page(0), "<ul class=\"panels\">"), 0);
}
END_TEST

START_TEST(parameters_that_differ_have_a_strip)
{
    static const segml_value first[] = {{"max_depth", 3}, {"gamma", 0}, {"seed", 1}};
    static const segml_value second[] = {{"max_depth", 5}, {"gamma", 0}, {"seed", 2}};
    const char *page;

    make_view(2, "g");
    cells[0].facts.params = first;
    cells[1].facts.params = second;
    cells[0].facts.param_count = cells[1].facts.param_count = 3;
    page = make_page(0);
    ck_assert_int_eq(count_of(page, "<circle class=\"faint\""), 2);
    ck_assert_ptr_nonnull(strstr(page, "The same in all groups: gamma 0."));
    ck_assert_ptr_null(strstr(page, "seed"));
}
END_TEST

START_TEST(groups_without_a_model_have_their_reason)
{
    const char *page;

    make_view(2, "g");
    cells[1].facts.status = SEGML_GROUP_TOO_FEW_ROWS;
    cells[1].facts.message = "7 rows < 50";
    page = make_page(0);
    ck_assert_ptr_nonnull(strstr(page, "<td class=\"text\">too few rows</td><td class=\"text "
                                       "long\"><bdi>7 rows &lt; 50</bdi></td>"));
    ck_assert_ptr_nonnull(strstr(page, "The global model answers for them."));
    view.answer = NULL;
    ck_assert_ptr_nonnull(strstr(make_page(0), "They get no prediction"));
}
END_TEST

START_TEST(csv_has_a_line_per_metric)
{
    const segml_key key = SEGML_KEY_UTF8_VALUE("a,\"b\"", 5);

    make_view(1, "g");
    groups[0].keys = &key;
    ck_assert_int_eq(sg_report_csv(&out, &view, NULL), SEGML_OK);
    ck_assert_int_eq(sg_buf_terminate(&out, NULL), SEGML_OK);
    ck_assert_str_eq((const char *)out.bytes,
                     "scope,approach,status,verdict,rows,metric,value,low,high,difference,"
                     "difference_low,difference_high,store\n"
                     "group,segmented,trained,,100,log_loss,0.5,0.4,0.6,,,,\"a,\"\"b\"\"\"\n"
                     "group,segmented,trained,,100,f1,0.75,,,,,,\"a,\"\"b\"\"\"\n"
                     "overall,segmented,,,100,log_loss,0.5,0.4,0.6,,,,\n"
                     "overall,segmented,,,100,f1,0.75,,,,,,\n");
}
END_TEST

static segml_model *
open_model(const char *name)
{
    char file[512];
    segml_model *model = NULL;
    segml_error err = SEGML_ERROR_INIT;

    snprintf(file, sizeof file, "%s/serving/%s.segml", GOLDEN_FOLDER, name);
    ck_assert_msg(segml_model_open(&model, file, NULL, &err) == SEGML_OK, "%s", err.message);
    return model;
}

/* A model of two groups, 0 and 10, with a history of these lines. */
static segml_model *
make_model_with_history(const char *lines)
{
    segml_error err = SEGML_ERROR_INIT;
    sg_manifest manifest;
    sg_packed history = {0}, none[2] = {{0}};
    sg_build_members members = {.groups = none, .history = &history};
    segml_model *model = NULL;
    sg_buf file = {0};

    fixture_groups(&manifest, 2);
    ck_assert_int_eq(sg_packed_make(&history, SG_MEMBER_HISTORY, lines, strlen(lines), NULL),
                     SEGML_OK);
    ck_assert_int_eq(sg_build_artifact(&file, &manifest, &members, &err), SEGML_OK);
    ck_assert_msg(sg_model_open_owned(&model, &file, &err) == SEGML_OK, "%s", err.message);
    sg_packed_clear(&history);
    sg_manifest_clear(&manifest);
    return model;
}

static const char history_lines[] =
    "{\"chosen\":2,\"values\":[0.5,null,0.25],\"rounds\":[7,0,9],\"states\":[1,3,1],"
    "\"correlations\":[-0.5,null,0.75]}\n"
    "{\"chosen\":-1,\"values\":[],\"rounds\":[],\"states\":[],"
    "\"correlations\":[0,0.125,1]}\n";

START_TEST(a_models_history_is_drawn)
{
    segml_model *model = make_model_with_history(history_lines);
    const char *page;

    ck_assert_int_eq(segml_report_model(model, path, NULL, NULL), SEGML_OK);
    ck_assert_int_eq(sg_file_read(&out, path, NULL), SEGML_OK);
    ck_assert_int_eq(sg_buf_terminate(&out, NULL), SEGML_OK);
    page = (const char *)out.bytes;
    ck_assert_int_eq(count_of(page, "<p class=\"panel\">"), 1);
    ck_assert_int_eq(count_of(page, "class=\"trial\""), 2);
    ck_assert_ptr_nonnull(strstr(page, "3 trials; best: 0.250, in trial 3."));
    ck_assert_int_eq(count_of(page, "<g class=\"cell "), 5);
    ck_assert_int_eq(count_of(page, "<text class=\"cell\""), 1);
    segml_model_free(model);
}
END_TEST

START_TEST(a_models_history_is_in_json)
{
    segml_report_options options = SEGML_REPORT_OPTIONS_INIT;
    segml_model *model = make_model_with_history(history_lines);
    const char *text;

    options.format = SEGML_REPORT_JSON;
    ck_assert_int_eq(segml_report_model(model, path, &options, NULL), SEGML_OK);
    ck_assert_int_eq(sg_file_read(&out, path, NULL), SEGML_OK);
    ck_assert_int_eq(sg_buf_terminate(&out, NULL), SEGML_OK);
    text = (const char *)out.bytes;
    ck_assert_ptr_nonnull(strstr(text, "\"trials\": [0.5, null, 0.25], \"states\": [\"complete\", "
                                       "\"failed\", \"complete\"], \"chosen\": 2,"));
    ck_assert_ptr_nonnull(strstr(text, "\"correlations\": [-0.5, null, 0.75]"));
    ck_assert_ptr_nonnull(strstr(text, "\"chosen\": null"));
    segml_model_free(model);
}
END_TEST

START_TEST(a_damaged_history_is_an_error)
{
    segml_error err = SEGML_ERROR_INIT;
    segml_model *model = make_model_with_history("{}\n{}\n");

    ck_assert_int_eq(segml_report_model(model, path, NULL, &err), SEGML_E_FORMAT);
    ck_assert_ptr_nonnull(strstr(err.message, "history.jsonl"));
    ck_assert_int_ne(access(path, F_OK), 0);
    segml_model_free(model);
}
END_TEST

static const char *const models[] = {"binary", "multiclass", "regression", "poisson", "constant"};

START_TEST(reports_of_models_are_the_same_each_time)
{
    segml_report_options options = SEGML_REPORT_OPTIONS_INIT;
    segml_model *model = open_model(models[_i % 5]);
    sg_buf first = {0};

    options.format = 1 + _i / 5;
    options.overwrite = 1;
    ck_assert_int_eq(segml_report_model(model, path, &options, NULL), SEGML_OK);
    ck_assert_int_eq(sg_file_read(&first, path, NULL), SEGML_OK);
    ck_assert_int_eq(segml_report_model(model, path, &options, NULL), SEGML_OK);
    ck_assert_int_eq(sg_file_read(&out, path, NULL), SEGML_OK);
    ck_assert_uint_eq(first.size, out.size);
    ck_assert_mem_eq(first.bytes, out.bytes, out.size);
    sg_buf_clear(&first);
    segml_model_free(model);
}
END_TEST

START_TEST(existing_files_are_kept_unless_told)
{
    segml_report_options options = SEGML_REPORT_OPTIONS_INIT;
    segml_error err = SEGML_ERROR_INIT;
    segml_model *model = open_model("binary");

    ck_assert_int_eq(sg_file_replace(path, "old", 3, 0, NULL), SEGML_OK);
    ck_assert_int_eq(segml_report_model(model, path, NULL, &err), SEGML_E_EXISTS);
    ck_assert_int_eq(sg_file_read(&out, path, NULL), SEGML_OK);
    ck_assert_uint_eq(out.size, 3);
    options.overwrite = 1;
    ck_assert_int_eq(segml_report_model(model, path, &options, &err), SEGML_OK);
    segml_model_free(model);
}
END_TEST

START_TEST(wrong_options_are_refused)
{
    static const segml_report_options wrong[] = {
        {sizeof(segml_report_options), 4, 0, NULL, 0},
        {sizeof(segml_report_options), -1, 0, NULL, 0},
        {sizeof(segml_report_options), 0, 0, "\xFF", 0},
        {sizeof(segml_report_options), 0, 0, NULL, -1},
    };
    static const char *const messages[] = {"format is 4", "format is -1",
                                           "title is not valid UTF-8", "max_groups is -1"};
    segml_error err = SEGML_ERROR_INIT;
    segml_model *model = open_model("binary");

    ck_assert_int_eq(segml_report_model(model, path, &wrong[_i], &err), SEGML_E_ARGUMENT);
    ck_assert_ptr_nonnull(strstr(err.message, messages[_i]));
    ck_assert_int_ne(access(path, F_OK), 0);
    segml_model_free(model);
}
END_TEST

START_TEST(nothing_cannot_be_reported)
{
    segml_error err = SEGML_ERROR_INIT;
    segml_model *model = open_model("binary");

    ck_assert_int_eq(segml_report_model(NULL, path, NULL, &err), SEGML_E_ARGUMENT);
    ck_assert_str_eq(err.message, "model is NULL");
    ck_assert_int_eq(segml_report_model(model, NULL, NULL, &err), SEGML_E_ARGUMENT);
    ck_assert_str_eq(err.message, "path is NULL");
    ck_assert_int_eq(segml_report_comparison(NULL, path, NULL, &err), SEGML_E_ARGUMENT);
    ck_assert_str_eq(err.message, "comparison is NULL");
    segml_model_free(model);
}
END_TEST

TCase *
report_tests(void)
{
    TCase *tc = tcase_create("report");

    tcase_add_checked_fixture(tc, setup, teardown);
    tcase_add_test(tc, a_group_has_a_dot_a_bar_and_a_row);
    tcase_add_loop_test(tc, keys_never_become_markup, 0, 6);
    tcase_add_test(tc, long_keys_are_cut_in_charts_only);
    tcase_add_test(tc, groups_beyond_the_limit_are_summed_up);
    tcase_add_test(tc, sixty_groups_make_less_than_two_megabytes);
    tcase_add_loop_test(tc, empty_records_make_a_page, 0, 2);
    tcase_add_test(tc, no_group_at_all_makes_a_page);
    tcase_add_loop_test(tc, any_search_can_be_drawn, 0, 4);
    tcase_add_test(tc, a_single_trial_is_no_search);
    tcase_add_test(tc, parameters_that_differ_have_a_strip);
    tcase_add_test(tc, groups_without_a_model_have_their_reason);
    tcase_add_test(tc, csv_has_a_line_per_metric);
    tcase_add_test(tc, a_models_history_is_drawn);
    tcase_add_test(tc, a_models_history_is_in_json);
    tcase_add_test(tc, a_damaged_history_is_an_error);
    tcase_add_loop_test(tc, reports_of_models_are_the_same_each_time, 0, 15);
    tcase_add_test(tc, existing_files_are_kept_unless_told);
    tcase_add_loop_test(tc, wrong_options_are_refused, 0, 4);
    tcase_add_test(tc, nothing_cannot_be_reported);
    return tc;
}
