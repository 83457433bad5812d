/* SPDX-License-Identifier: Apache-2.0 */

/*
 * Opening, saving and looking into models, on artifacts that the library did not write
 * (tests/golden/serving.py).
 */

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "golden.h"
#include "segml/dataset.h"
#include "segml/search.h"
#include "segml/version.h"

START_TEST(info_tells_what_the_artifact_states)
{
    segml_model *model = golden_open("binary");
    segml_model_info info = SEGML_MODEL_INFO_INIT;
    size_t size;

    free(golden_read("binary", &size));
    ck_assert_int_eq(segml_model_get_info(model, &info, NULL), SEGML_OK);
    ck_assert_int_eq(info.format, 1);
    ck_assert_int_eq(info.task, SEGML_TASK_BINARY);
    ck_assert_int_eq(info.mode, SEGML_MODE_SEGMENTED);
    ck_assert_int_eq(info.fallback, 1);
    ck_assert_str_eq(info.objective, "binary:logistic");
    ck_assert_str_eq(info.label_name, "late");
    ck_assert_int_eq(info.features, 3);
    ck_assert_int_eq(info.keys, 1);
    ck_assert_int_eq(info.groups, 4);
    ck_assert_int_eq(info.groups_trained, 2);
    ck_assert_int_eq(info.groups_failed, 0);
    ck_assert_int_eq(info.models, 4);
    ck_assert_int_eq(info.rows, 972);
    ck_assert_int_eq(info.outputs, 1);
    ck_assert_int_eq(info.classes, 2);
    ck_assert_double_eq(info.threshold, 0.375);
    ck_assert_str_eq(info.engine, "xgboost 3.2.0");
    ck_assert_str_eq(info.library, "0.1.0");
    ck_assert_uint_eq((size_t)info.artifact_bytes, size);
    ck_assert_int_eq(info.option_count, 3);
    ck_assert_str_eq(info.options[0].name, "trials");
    ck_assert_double_eq(info.options[0].value, 3.0);
    ck_assert_int_eq(info.option_text_count, 2);
    ck_assert_str_eq(info.option_texts[0].name, "sampler");
    ck_assert_str_eq(info.option_texts[0].text, "tpe");
    segml_model_free(model);
}
END_TEST

START_TEST(info_writes_no_more_than_the_caller_has)
{
    segml_model *model = golden_open("binary");
    struct {
        size_t struct_size;
        int32_t format, task, mode;
        int32_t guard;
    } small = {offsetof(segml_model_info, fallback), -1, -1, -1, 12345};

    ck_assert_int_eq(segml_model_get_info(model, (segml_model_info *)&small, NULL), SEGML_OK);
    ck_assert_int_eq(small.mode, SEGML_MODE_SEGMENTED);
    ck_assert_int_eq(small.guard, 12345);
    ck_assert_uint_eq(small.struct_size, offsetof(segml_model_info, fallback));
    segml_model_free(model);
}
END_TEST

START_TEST(columns_and_classes_have_their_names)
{
    segml_model *model = golden_open("binary");

    ck_assert_str_eq(segml_model_feature_name(model, 0), "size");
    ck_assert_str_eq(segml_model_feature_name(model, 2), "price");
    ck_assert_ptr_null(segml_model_feature_name(model, 3));
    ck_assert_ptr_null(segml_model_feature_name(model, -1));
    ck_assert_int_eq(segml_model_feature_type(model, 0), SEGML_FEATURE_NUMERIC);
    ck_assert_int_eq(segml_model_feature_type(model, 1), SEGML_FEATURE_CATEGORICAL);
    ck_assert_int_eq(segml_model_feature_type(model, 3), 0);
    ck_assert_str_eq(segml_model_key_name(model, 0), "store");
    ck_assert_int_eq(segml_model_key_type(model, 0), SEGML_KEY_INT64);
    ck_assert_ptr_null(segml_model_key_name(model, 1));
    ck_assert_int_eq(segml_model_key_type(model, 1), 0);
    ck_assert_str_eq(segml_model_class_name(model, 1), "yes");
    ck_assert_ptr_null(segml_model_class_name(model, 2));
    segml_model_free(model);
}
END_TEST

START_TEST(texts_are_encoded_by_their_place_in_the_dictionary)
{
    segml_model *model = golden_open("binary");
    float code = -1.0f;

    ck_assert_int_eq(segml_model_encode(model, 1, "blue", 4, &code), SEGML_OK);
    ck_assert_float_eq(code, 0.0f);
    ck_assert_int_eq(segml_model_encode(model, 1, "reddish", 3, &code), SEGML_OK);
    ck_assert_float_eq(code, 2.0f);
    ck_assert_int_eq(segml_model_encode(model, 1, "reddish", 7, &code), SEGML_OK);
    ck_assert_float_nan(code);
    code = 0.0f;
    ck_assert_int_eq(segml_model_encode(model, 1, NULL, 0, &code), SEGML_OK);
    ck_assert_float_nan(code);
    ck_assert_int_eq(segml_model_encode(model, 0, "blue", 4, &code), SEGML_E_ARGUMENT);
    ck_assert_int_eq(segml_model_encode(model, 3, "blue", 4, &code), SEGML_E_ARGUMENT);
    ck_assert_int_eq(segml_model_encode(model, 1, NULL, 4, &code), SEGML_E_ARGUMENT);
    segml_model_free(model);
}
END_TEST

START_TEST(records_tell_about_every_group)
{
    segml_model *model = golden_open("binary");
    segml_group_info info = SEGML_GROUP_INFO_INIT;
    segml_error err = SEGML_ERROR_INIT;

    ck_assert_int_eq(segml_model_get_group(model, 0, &info, &err), SEGML_OK);
    ck_assert_int_eq(info.keys[0].type, SEGML_KEY_NULL);
    ck_assert_int_eq(info.rows, 12);
    ck_assert_int_eq(info.status, SEGML_GROUP_TOO_FEW_ROWS);
    ck_assert_int_eq(info.rounds, 0);
    ck_assert_str_eq(info.message, "12 rows, at least 50 are needed");
    ck_assert_int_eq(info.param_count, 0);
    ck_assert_ptr_null(info.engine);

    ck_assert_int_eq(segml_model_get_group(model, 2, &info, &err), SEGML_OK);
    ck_assert_int_eq(info.keys[0].integer, 4711);
    ck_assert_int_eq(info.status, SEGML_GROUP_TRAINED);
    ck_assert_int_eq(info.rounds, 3);
    ck_assert_str_eq(info.engine, "xgboost 3.2.0");
    ck_assert_int_eq(info.param_count, 2);
    ck_assert_str_eq(info.params[1].name, "learning_rate");
    ck_assert_double_eq(info.params[1].value, 0.5);
    ck_assert_int_eq(info.metric_count, 2);
    ck_assert_double_eq(info.metrics[0].value, 0.25);
    ck_assert_double_nan(info.metrics[1].value);

    ck_assert_int_eq(segml_model_get_group(model, SEGML_GROUP_INDEX_GLOBAL, &info, &err), SEGML_OK);
    ck_assert_ptr_null(info.keys);
    ck_assert_int_eq(info.rounds, 3);
    ck_assert_int_eq(segml_model_get_group(model, SEGML_GROUP_INDEX_OVERALL, &info, &err),
                     SEGML_OK);
    ck_assert_int_eq(info.rows, 972);
    ck_assert_int_eq(segml_model_get_group(model, 4, &info, &err), SEGML_E_NOT_FOUND);
    ck_assert_str_eq(err.message, "group 4: the model has 4 groups");
    ck_assert_int_eq(segml_model_get_group(model, -3, &info, &err), SEGML_E_NOT_FOUND);
    ck_assert_int_eq(segml_model_get_group(model, 0, NULL, &err), SEGML_E_ARGUMENT);
    segml_model_free(model);

    model = golden_open("poisson");
    ck_assert_int_eq(segml_model_get_group(model, SEGML_GROUP_INDEX_GLOBAL, &info, &err),
                     SEGML_E_NOT_FOUND);
    segml_model_free(model);
}
END_TEST

static void
assert_importance(const segml_model *model, int64_t index, const char *name, int64_t count)
{
    const golden_case *e = golden_expected("binary", name);
    double values[6] = {-1, -1, -1, -1, -1, -1};

    ck_assert_int_eq(segml_model_importance(model, index, values, 6, NULL), SEGML_OK);
    for (int64_t f = 0; f < 6; f++)
        ck_assert_double_eq_tol(values[f], f < count ? e->importance[f] : 0.0, 1e-6);
}

START_TEST(importance_is_xgboosts_normalised_total_gain)
{
    segml_model *model = golden_open("binary");
    segml_error err = SEGML_ERROR_INIT;
    double values[4];

    assert_importance(model, 1, "7", 3);
    assert_importance(model, 2, "4711", 3);
    assert_importance(model, SEGML_GROUP_INDEX_GLOBAL, "9000", 4);
    ck_assert_int_eq(segml_model_importance(model, 0, values, 4, &err), SEGML_E_NOT_FOUND);
    ck_assert_int_eq(segml_model_importance(model, 9, values, 4, &err), SEGML_E_NOT_FOUND);
    ck_assert_int_eq(segml_model_importance(model, SEGML_GROUP_INDEX_OVERALL, values, 4, &err),
                     SEGML_E_ARGUMENT);
    ck_assert_int_eq(segml_model_importance(model, 1, values, 2, &err), SEGML_E_ARGUMENT);
    ck_assert_int_eq(segml_model_importance(model, SEGML_GROUP_INDEX_GLOBAL, values, 3, &err),
                     SEGML_E_ARGUMENT);
    ck_assert_str_eq(err.message, "room for 3 values, 4 are needed");
    segml_model_free(model);
}
END_TEST

START_TEST(opening_from_memory_borrows_the_bytes)
{
    size_t size;
    unsigned char *bytes = golden_read("binary", &size);
    segml_model *model = NULL;
    const segml_key key = SEGML_KEY_INT64_VALUE(7);
    segml_route *route;

    ck_assert_int_eq(segml_model_open_memory(&model, bytes, size, NULL, NULL), SEGML_OK);
    route = golden_find(model, &key, 1);
    ck_assert_int_eq(segml_route_get_kind(route), SEGML_ROUTE_EXACT);
    segml_route_free(route);
    segml_model_free(model);
    free(bytes);
}
END_TEST

START_TEST(what_cannot_be_opened_says_why)
{
    segml_open_options options = SEGML_OPEN_OPTIONS_INIT;
    segml_error err = SEGML_ERROR_INIT;
    segml_model *model = (segml_model *)&err;
    char path[512];

    ck_assert_int_eq(segml_model_open(&model, "/nowhere/x.segml", NULL, &err), SEGML_E_IO);
    ck_assert_ptr_null(model);
    ck_assert_msg(strstr(err.message, "/nowhere/x.segml: ") == err.message, "%s", err.message);
    ck_assert_int_eq(segml_model_open(&model, "/", NULL, &err), SEGML_E_IO);
    ck_assert_int_eq(segml_model_open_memory(&model, "hello", 5, NULL, &err), SEGML_E_FORMAT);
    ck_assert_str_eq(err.message, "byte 0: no zstd frame begins here: it is another kind of file, "
                                  "not an artifact");
    ck_assert_int_eq(segml_model_open_memory(&model, "", 0, NULL, &err), SEGML_E_FORMAT);
    ck_assert_str_eq(err.message, "there are no bytes: it is not an artifact");
    ck_assert_int_eq(segml_model_open_memory(&model, NULL, 0, NULL, &err), SEGML_E_ARGUMENT);
    ck_assert_int_eq(segml_model_open(&model, NULL, NULL, &err), SEGML_E_ARGUMENT);
    ck_assert_int_eq(segml_model_open(NULL, "x", NULL, &err), SEGML_E_ARGUMENT);

    golden_path(path, "binary");
    options.max_bytes = 500; /* segml.json has more */
    ck_assert_int_eq(segml_model_open(&model, path, &options, &err), SEGML_E_LIMIT);
    ck_assert_ptr_null(model);
    options.max_bytes = -1;
    ck_assert_int_eq(segml_model_open(&model, path, &options, &err), SEGML_E_ARGUMENT);
    options.max_bytes = 0;
    options.struct_size = 3;
    ck_assert_int_eq(segml_model_open(&model, path, &options, &err), SEGML_E_ABI);
}
END_TEST

/* A folder for one test; the caller removes it. */
static void
make_folder(char folder[64])
{
    strcpy(folder, "/tmp/segml-test-XXXXXX");
    ck_assert_ptr_nonnull(mkdtemp(folder));
}

static void
assert_file_is_golden(const char *path, const char *artifact)
{
    size_t size, saved_size;
    unsigned char *bytes = golden_read(artifact, &size);
    unsigned char *saved = malloc(size + 1);
    FILE *file = fopen(path, "rb");

    ck_assert_ptr_nonnull(saved);
    ck_assert_ptr_nonnull(file);
    saved_size = fread(saved, 1, size + 1, file);
    fclose(file);
    ck_assert_uint_eq(saved_size, size);
    ck_assert_mem_eq(saved, bytes, size);
    free(saved);
    free(bytes);
}

START_TEST(saving_writes_the_bytes_that_were_opened)
{
    segml_model *first = golden_open("binary"), *second = golden_open("poisson");
    segml_save_options options = SEGML_SAVE_OPTIONS_INIT;
    segml_error err = SEGML_ERROR_INIT;
    char folder[64], path[128];

    make_folder(folder);
    snprintf(path, sizeof path, "%s/model.segml", folder);
    ck_assert_int_eq(segml_model_save(first, path, NULL, &err), SEGML_OK);
    assert_file_is_golden(path, "binary");
    ck_assert_int_eq(segml_model_save(second, path, NULL, &err), SEGML_E_EXISTS);
    assert_file_is_golden(path, "binary");
    options.overwrite = 1;
    ck_assert_int_eq(segml_model_save(second, path, &options, &err), SEGML_OK);
    assert_file_is_golden(path, "poisson");
    ck_assert_int_eq(segml_model_save(second, folder, &options, &err), SEGML_E_EXISTS);
    ck_assert_int_eq(segml_model_save(NULL, path, NULL, &err), SEGML_E_ARGUMENT);
    ck_assert_int_eq(segml_model_save(second, NULL, NULL, &err), SEGML_E_ARGUMENT);
    ck_assert_int_eq(unlink(path), 0);
    ck_assert_int_eq(segml_model_save(second, "/nowhere/x.segml", NULL, &err), SEGML_E_IO);
    ck_assert_int_eq(rmdir(folder), 0);
    segml_model_free(second);
    segml_model_free(first);
}
END_TEST

START_TEST(enumerators_have_names)
{
    ck_assert_str_eq(segml_task_name(SEGML_TASK_POISSON), "poisson");
    ck_assert_str_eq(segml_mode_name(SEGML_MODE_GLOBAL), "global");
    ck_assert_str_eq(segml_group_status_name(SEGML_GROUP_CONSTANT_LABEL), "constant_label");
    ck_assert_str_eq(segml_group_status_name(SEGML_GROUP_GLOBAL), "global");
    ck_assert_str_eq(segml_route_kind_name(SEGML_ROUTE_NONE), "none");
    ck_assert_str_eq(segml_route_kind_name(SEGML_ROUTE_CONSTANT), "constant");
    ck_assert_str_eq(segml_route_reason_name(SEGML_REASON_OK), "ok");
    ck_assert_str_eq(segml_route_reason_name(SEGML_REASON_FAILED), "failed");
    ck_assert_str_eq(segml_route_reason_name(SEGML_REASON_UNRESOLVED), "unresolved");
    ck_assert_ptr_null(segml_task_name(0));
    ck_assert_ptr_null(segml_task_name(5));
    ck_assert_ptr_null(segml_mode_name(-1));
    ck_assert_str_eq(segml_group_status_name(SEGML_GROUP_REFERENCE), "reference");
    ck_assert_ptr_null(segml_group_status_name(8));
    ck_assert_ptr_null(segml_route_kind_name(5));
    ck_assert_ptr_null(segml_route_reason_name(INT32_MIN));
}
END_TEST

START_TEST(the_library_tells_its_version_and_parts)
{
    ck_assert_str_eq(segml_version(), SEGML_VERSION);
    ck_assert_int_eq(segml_version_number(), SEGML_VERSION_NUMBER);
    ck_assert_ptr_nonnull(strstr(segml_build_info(), "training=o"));
    ck_assert_ptr_nonnull(strstr(segml_build_info(), " xgboost="));
    ck_assert_ptr_nonnull(strstr(segml_build_info(), " libarchive=3."));
    ck_assert_ptr_nonnull(strstr(segml_build_info(), " zstd=1."));
    ck_assert_ptr_nonnull(strstr(segml_build_info(), " jansson=2."));
    ck_assert_ptr_nonnull(strstr(segml_build_info(), " libsodium=1."));
    ck_assert_ptr_nonnull(strstr(segml_build_info(), " xxhash=0."));
}
END_TEST

START_TEST(a_record_states_the_threshold_of_the_model_that_answers)
{
    static const struct {
        int64_t index;
        double threshold;
    } expected[] = {{0, 0.6875},
                    {1, 0.25},
                    {2, 0.375},
                    {3, 0.6875},
                    {SEGML_GROUP_INDEX_GLOBAL, 0.6875},
                    {SEGML_GROUP_INDEX_OVERALL, 0.375}};
    segml_model *model = golden_open("binary");
    segml_group_info info = SEGML_GROUP_INFO_INIT;

    for (size_t i = 0; i < sizeof expected / sizeof *expected; i++) {
        ck_assert_int_eq(segml_model_get_group(model, expected[i].index, &info, NULL), SEGML_OK);
        ck_assert_double_eq(info.threshold, expected[i].threshold);
    }
    segml_model_free(model);
    model = golden_open("constant"); /* no global model: the constant's is the manifest's */
    ck_assert_int_eq(segml_model_get_group(model, 1, &info, NULL), SEGML_OK);
    ck_assert_double_eq(info.threshold, 0.5);
    segml_model_free(model);
    model = golden_open("multiclass");
    ck_assert_int_eq(segml_model_get_group(model, 1, &info, NULL), SEGML_OK);
    ck_assert_double_nan(info.threshold);
    segml_model_free(model);
}
END_TEST

START_TEST(a_history_tells_how_the_searches_went)
{
    segml_model *model = golden_open("binary");
    segml_history_info info = SEGML_HISTORY_INFO_INIT;
    segml_history *history = NULL;

    ck_assert_int_eq(segml_history_open(&history, model, NULL), SEGML_OK);
    segml_model_free(model); /* the history lives on */
    ck_assert_int_eq(segml_history_get(history, 0, &info, NULL), SEGML_OK);
    ck_assert_int_eq(info.chosen, -1);
    ck_assert_int_eq(info.trials, 0);
    ck_assert_double_nan(info.correlations[2]);
    ck_assert_int_eq(segml_history_get(history, 1, &info, NULL), SEGML_OK);
    ck_assert_int_eq(info.chosen, 1);
    ck_assert_int_eq(info.trials, 3);
    ck_assert_double_eq(info.values[1], 0.1 + 0.2);
    ck_assert_double_nan(info.values[2]);
    ck_assert_int_eq(info.rounds[0], 12);
    ck_assert_int_eq(info.states[2], SEGML_TRIAL_FAILED);
    ck_assert_double_eq(info.correlations[0], -0.75);
    ck_assert_int_eq(segml_history_get(history, SEGML_GROUP_INDEX_GLOBAL, &info, NULL), SEGML_OK);
    ck_assert_int_eq(info.trials, 2);
    ck_assert_double_eq(info.values[1], 0.625);
    segml_history_free(history);
}
END_TEST

START_TEST(what_has_no_history_says_so)
{
    segml_model *model = golden_open("constant");
    segml_history_info info = SEGML_HISTORY_INFO_INIT;
    segml_error err = SEGML_ERROR_INIT;
    segml_history *history = (segml_history *)&info;

    ck_assert_int_eq(segml_history_open(&history, model, &err), SEGML_E_NOT_FOUND);
    ck_assert_ptr_null(history);
    ck_assert_str_eq(err.message, "the model has no history: train with the option history");
    ck_assert_int_eq(segml_history_open(&history, NULL, &err), SEGML_E_ARGUMENT);
    ck_assert_int_eq(segml_history_open(NULL, model, &err), SEGML_E_ARGUMENT);
    segml_model_free(model);
    model = golden_open("binary");
    ck_assert_int_eq(segml_history_open(&history, model, &err), SEGML_OK);
    ck_assert_int_eq(segml_history_get(history, 4, &info, &err), SEGML_E_ARGUMENT);
    ck_assert_str_eq(err.message, "group 4: the history has 4 groups");
    ck_assert_int_eq(segml_history_get(history, SEGML_GROUP_INDEX_OVERALL, &info, &err),
                     SEGML_E_ARGUMENT);
    ck_assert_int_eq(segml_history_get(NULL, 0, &info, &err), SEGML_E_ARGUMENT);
    info.struct_size = 4;
    ck_assert_int_eq(segml_history_get(history, 0, &info, &err), SEGML_E_ABI);
    segml_history_free(history);
    segml_model_free(model);
}
END_TEST

START_TEST(null_is_freed_quietly)
{
    segml_history_free(NULL);
    segml_model_free(NULL);
    segml_route_free(NULL);
}
END_TEST

TCase *
model_tests(void)
{
    TCase *tc = tcase_create("model");

    tcase_add_test(tc, info_tells_what_the_artifact_states);
    tcase_add_test(tc, info_writes_no_more_than_the_caller_has);
    tcase_add_test(tc, columns_and_classes_have_their_names);
    tcase_add_test(tc, texts_are_encoded_by_their_place_in_the_dictionary);
    tcase_add_test(tc, records_tell_about_every_group);
    tcase_add_test(tc, importance_is_xgboosts_normalised_total_gain);
    tcase_add_test(tc, opening_from_memory_borrows_the_bytes);
    tcase_add_test(tc, what_cannot_be_opened_says_why);
    tcase_add_test(tc, saving_writes_the_bytes_that_were_opened);
    tcase_add_test(tc, enumerators_have_names);
    tcase_add_test(tc, the_library_tells_its_version_and_parts);
    tcase_add_test(tc, a_record_states_the_threshold_of_the_model_that_answers);
    tcase_add_test(tc, a_history_tells_how_the_searches_went);
    tcase_add_test(tc, what_has_no_history_says_so);
    tcase_add_test(tc, null_is_freed_quietly);
    return tc;
}
