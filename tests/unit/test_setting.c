/* SPDX-License-Identifier: Apache-2.0 */

/* train/setting: what is written is read, and every difference is told with both values. */

#include <check.h>
#include <string.h>

#include "segml/search.h"
#include "segml/version.h"
#include "train/setting.h"

static const char *const colours[] = {"blue", "red", "white"}, *const classes[] = {"no", "yes"};
static sg_manifest_feature features[2];
static sg_manifest_key keys[1];
static segml_value params[2], monotone[1], point_values[1];
static segml_dimension space[1];
static segml_param_set points[1];

/* A setting that differs in nothing from the next one. */
static sg_setting
make(void)
{
    sg_setting s = {.mode = SEGML_MODE_SEGMENTED, .task = SEGML_TASK_BINARY};

    features[0] = (sg_manifest_feature){"colour", SEGML_FEATURE_CATEGORICAL, 1, colours, 2};
    features[1] = (sg_manifest_feature){"size", SEGML_FEATURE_NUMERIC, 0, NULL, 0};
    keys[0] = (sg_manifest_key){"store", SEGML_KEY_INT64, 0};
    params[0] = (segml_value){"max_depth", 4};
    params[1] = (segml_value){"gamma", 0.5};
    monotone[0] = (segml_value){"size", 1};
    space[0] = (segml_dimension){.name = "learning_rate", .low = 0.125, .high = 0.5};
    point_values[0] = (segml_value){"learning_rate", 0.25};
    points[0] = (segml_param_set){point_values, 1};
    s.options = (segml_train_options){.seed = UINT64_C(18446744073709551615),
                                      .trials = 20,
                                      .folds = 5,
                                      .fallback = -1,
                                      .sampler = "tpe",
                                      .validation = "holdout",
                                      .engine = "auto",
                                      .total_seconds = 1.5,
                                      .params = params,
                                      .param_count = 2,
                                      .monotone = monotone,
                                      .monotone_count = 1,
                                      .space = space,
                                      .space_count = 1,
                                      .points = points,
                                      .point_count = 1};
    s.library = SEGML_VERSION;
    s.native = "2";
    s.xgboost = "";
    s.label_name = "sold";
    s.classes = classes;
    s.class_count = 2;
    s.features = features;
    s.feature_count = 2;
    s.keys = keys;
    s.key_count = 1;
    s.rows = 100;
    s.groups = 4;
    s.searches = 5;
    s.data = (sg_hash128){7, 8};
    return s;
}

static void
assert_differs(const sg_setting *here, const sg_setting *there, const char *message)
{
    segml_error err = SEGML_ERROR_INIT;

    ck_assert_int_eq(sg_setting_compare(here, there, SG_SETTING_ALL, "the journal", &err),
                     SEGML_E_MISMATCH);
    ck_assert_str_eq(err.message, message);
}

static void
assert_fits(const sg_setting *here, const sg_setting *there, sg_setting_scope scope, int fits)
{
    segml_error err = SEGML_ERROR_INIT;
    int rc = sg_setting_compare(here, there, scope, "the model", &err);

    ck_assert_msg(rc == (fits ? SEGML_OK : SEGML_E_MISMATCH), "%s", err.message);
}

START_TEST(what_is_written_is_read)
{
    sg_setting setting = make(), read = {.mode = 0};
    sg_buf bytes = {0}, again = {0};
    sg_wire_writer w = {.out = &bytes}, second = {.out = &again};
    sg_wire_reader r;

    sg_setting_write(&w, &setting);
    r = (sg_wire_reader){bytes.bytes, bytes.size, 0};
    ck_assert_int_eq(sg_setting_read(&read, &r, NULL), SEGML_OK);
    assert_fits(&setting, &read, SG_SETTING_ALL, 1);
    ck_assert(read.options.seed == setting.options.seed);
    ck_assert_int_eq(read.options.fallback, -1);
    ck_assert_str_eq(read.options.sampler, "tpe");
    ck_assert_ptr_null(read.options.metric);
    ck_assert_str_eq(read.features[0].values[1], "red");
    ck_assert_double_eq(read.options.points[0].params[0].value, 0.25);
    sg_setting_write(&second, &read);
    ck_assert_int_eq(bytes.size, again.size);
    ck_assert_mem_eq(bytes.bytes, again.bytes, bytes.size);
    for (size_t cut = 0; cut < bytes.size; cut++) { /* nothing of it can be missing */
        sg_setting part = {.mode = 0};

        r = (sg_wire_reader){bytes.bytes, cut, 0};
        ck_assert_int_eq(sg_setting_read(&part, &r, NULL), SEGML_E_FORMAT);
        sg_setting_clear(&part);
    }
    sg_buf_clear(&again);
    sg_buf_clear(&bytes);
    sg_setting_clear(&read);
}
END_TEST

/* A later version has one option more; the same bytes of this version are damaged. */
START_TEST(another_version_is_told_where_its_setting_cannot_be_read)
{
    static const char *const versions[] = {"9.9.9", SEGML_VERSION};
    static const int expected[] = {SEGML_E_MISMATCH, SEGML_E_FORMAT};

    for (int i = 0; i < 2; i++) {
        sg_setting setting = make(), read = {.mode = 0};
        segml_error err = SEGML_ERROR_INIT;
        sg_buf bytes = {0};
        sg_wire_writer w = {.out = &bytes};
        sg_wire_reader r;

        setting.library = versions[i];
        sg_setting_write(&w, &setting);
        sg_wire_put_long(&w, 1);
        r = (sg_wire_reader){bytes.bytes, bytes.size, 0};
        ck_assert_int_eq(sg_setting_read(&read, &r, &err), expected[i]);
        if (i == 0)
            ck_assert_str_eq(err.message,
                             "version of libsegml is " SEGML_VERSION " here and 9.9.9 there");
        sg_buf_clear(&bytes);
        sg_setting_clear(&read);
    }
}
END_TEST

START_TEST(options_that_differ_are_told_by_name_and_value)
{
    sg_setting a = make(), b = make();
    segml_value other[2] = {{"max_depth", 4}, {"gamma", 0.25}};

    b.options.total_seconds = 0;
    assert_differs(&a, &b, "total_seconds is 1.5 here and 0 in the journal");
    b = make();
    b.options.seed = 1;
    assert_differs(&a, &b, "seed is 18446744073709551615 here and 1 in the journal");
    b = make();
    b.options.metric = "f1";
    assert_differs(&a, &b, "metric is not given here and f1 in the journal");
    b = make();
    b.options.params = other;
    assert_differs(&a, &b, "parameter gamma is 0.5 here and 0.25 in the journal");
    b.options.param_count = 1;
    assert_differs(&a, &b, "parameter gamma is 0.5 here and not given in the journal");
    assert_differs(&b, &a, "parameter gamma is not given here and 0.5 in the journal");
    b = make();
    b.options.monotone_count = 0;
    assert_differs(&a, &b, "monotone constraint size is 1 here and not given in the journal");
    b = make();
    b.options.space_count = 0;
    b.options.space = NULL;
    assert_differs(&a, &b, "the space, or the points tried first, are others than in the journal");
    b = make();
    b.own_sampler = 1;
    assert_differs(&a, &b, "sampler is tpe here and the caller's own in the journal");
}
END_TEST

START_TEST(versions_and_targets_that_differ_are_told)
{
    static const char *const reversed[] = {"yes", "no"};
    sg_setting a = make(), b = make();

    b.library = "3";
    b.options.trials = 3; /* versions come first */
    assert_differs(&a, &b, "version of libsegml is " SEGML_VERSION " here and 3 in the journal");
    b = make();
    b.xgboost = "1.7.4";
    assert_differs(&a, &b, "version of XGBoost is none here and 1.7.4 in the journal");
    b = make();
    b.mode = SEGML_MODE_GLOBAL;
    assert_differs(&a, &b, "mode is segmented here and global in the journal");
    b = make();
    b.label_name = "price";
    assert_differs(&a, &b, "target is sold here and price in the journal");
    b = make();
    b.classes = reversed;
    assert_differs(&a, &b, "negative class is no here and yes in the journal");
    b = make();
    b.fold_kind = SG_FOLD_ORDERED;
    assert_differs(&a, &b, "way of folds is dealt here and ordered in time in the journal");
}
END_TEST

START_TEST(columns_and_rows_that_differ_are_told)
{
    sg_manifest_feature other[2];
    sg_manifest_key text = {"store", SEGML_KEY_UTF8, 0};
    sg_setting a = make(), b = make();

    memcpy(other, features, sizeof other);
    b.features = other;
    other[1].name = "weight";
    assert_differs(&a, &b, "feature 2 is size here and weight in the journal");
    other[1] = features[1];
    other[1].type = SEGML_FEATURE_CATEGORICAL;
    assert_differs(&a, &b, "type of feature size is numeric here and categorical in the journal");
    other[1] = features[1];
    other[0].value_count = 3;
    assert_differs(&a, &b, "value 2 of feature colour is not given here and white in the journal");
    assert_differs(&b, &a, "value 2 of feature colour is white here and not given in the journal");
    b = make();
    b.keys = &text;
    assert_differs(&a, &b, "type of key column 1 is int64 here and utf8 in the journal");
    b = make();
    b.groups = 5;
    assert_differs(&a, &b, "number of groups is 4 here and 5 in the journal");
    b = make();
    b.data.high = 9;
    assert_differs(&a, &b,
                   "the rows are not those of the journal: a value, a label, a weight or a fold "
                   "differs");
}
END_TEST

START_TEST(models_may_be_reused_where_nothing_differs_that_they_depend_on)
{
    sg_manifest_feature grown[2];
    sg_setting a = make(), b = make();

    b.options.fallback = 1;
    b.options.threshold = 0.25;
    b.options.min_rows = 70;
    b.rows = 200;
    b.groups = 9;
    b.data.low = 1;
    b.xgboost = "1.7.4"; /* what trained a model stands in its record */
    b.searches = 9;
    assert_fits(&a, &b, SG_SETTING_MODELS, 1);
    a.options.total_trials = b.options.total_trials = 100; /* shared out among them */
    assert_fits(&a, &b, SG_SETTING_MODELS, 0);
    a = make();
    b = make();
    memcpy(grown, features, sizeof grown);
    grown[0].value_count = 3;
    b.features = grown;
    assert_fits(&b, &a, SG_SETTING_MODELS, 1);
    assert_fits(&a, &b, SG_SETTING_MODELS, 0);
    assert_fits(&b, &a, SG_SETTING_ALL, 0);
}
END_TEST

TCase *
setting_tests(void)
{
    TCase *tc = tcase_create("setting");

    tcase_add_test(tc, what_is_written_is_read);
    tcase_add_test(tc, another_version_is_told_where_its_setting_cannot_be_read);
    tcase_add_test(tc, options_that_differ_are_told_by_name_and_value);
    tcase_add_test(tc, versions_and_targets_that_differ_are_told);
    tcase_add_test(tc, columns_and_rows_that_differ_are_told);
    tcase_add_test(tc, models_may_be_reused_where_nothing_differs_that_they_depend_on);
    return tc;
}
