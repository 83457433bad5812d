/* SPDX-License-Identifier: Apache-2.0 */

/*
 * Programs that were compiled with other headers, against the shared library alone.
 *
 * An older program has shorter structs: what it lacks is default, and nothing beyond
 * its struct is written. A newer one has longer structs: fine while the part that this
 * library does not know is zero. The old_ structs below are copies that never change.
 */

#include <check.h>
#include <segml/segml.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { ROWS = 240, FEATURES = 2, TAIL = 24 };

typedef struct old_train_options {
    size_t struct_size;
    const char *objective;
    const char *positive;
    uint64_t seed;
    int32_t trials;
    int32_t folds;
} old_train_options;

typedef struct old_study_options {
    size_t struct_size;
    const segml_dimension *dimensions;
    int64_t dimension_count;
} old_study_options;

typedef struct old_trial_info {
    size_t struct_size;
    int32_t state;
} old_trial_info;

typedef struct old_dataset_input {
    size_t struct_size;
    int64_t rows;
    int64_t features;
    const float *data;
    int64_t row_stride;
    int64_t col_stride;
    const char *const *feature_names;
    const int32_t *feature_types;
    const segml_dictionary *dictionaries;
    const float *label;
} old_dataset_input;

typedef struct old_model_info {
    size_t struct_size;
    int32_t format;
    int32_t task;
    int32_t mode;
    int32_t fallback;
} old_model_info;

static float cells[ROWS * FEATURES];
static float labels[ROWS];
static int64_t shops[ROWS];
static segml_key_column shop_column = SEGML_KEY_COLUMN_INIT;

/* A copy of a struct in a larger one of the future. */
typedef union future {
    size_t struct_size;
    unsigned char bytes[512];
    segml_dataset_input dataset;
    segml_train_options train;
    segml_open_options open;
    segml_save_options save;
    segml_predict_input rows;
    segml_predict_output result;
    segml_model_info model;
    segml_group_info group;
    segml_study_options study;
} future;

static future
from_the_future(const void *known, size_t size, unsigned char last)
{
    future grown;

    memset(&grown, 0, sizeof grown);
    memcpy(&grown, known, size);
    grown.struct_size = size + TAIL;
    grown.bytes[size + TAIL - 1] = last;
    return grown;
}

static segml_dataset_input
dataset_input(void)
{
    segml_dataset_input input = SEGML_DATASET_INPUT_INIT;

    for (int i = 0; i < ROWS; i++) {
        cells[i * FEATURES] = (float)(i * 37 % 101);
        cells[i * FEATURES + 1] = (float)(i * 53 % 89);
        labels[i] = cells[i * FEATURES] > 50.0f;
        shops[i] = i % 2;
    }
    shop_column.name = "shop";
    shop_column.type = SEGML_KEY_INT64;
    shop_column.data = shops;
    input.rows = ROWS;
    input.features = FEATURES;
    input.data = cells;
    input.label = labels;
    input.keys = &shop_column;
    input.key_count = 1;
    return input;
}

static segml_dataset *
make_dataset(void)
{
    segml_dataset_input input = dataset_input();
    segml_error err = SEGML_ERROR_INIT;
    segml_dataset *dataset = NULL;

    ck_assert_msg(segml_dataset_create(&dataset, &input, &err) == SEGML_OK, "%s", err.message);
    return dataset;
}

START_TEST(a_newer_program_with_a_zero_tail_makes_a_dataset)
{
    segml_dataset_input input = dataset_input();
    future grown = from_the_future(&input, sizeof input, 0);
    segml_error err = SEGML_ERROR_INIT;
    segml_dataset *dataset = NULL;
    int rc = segml_dataset_create(&dataset, &grown.dataset, &err);

    ck_assert_msg(rc == SEGML_OK, "%d %s", rc, err.message);
    ck_assert_int_eq(segml_dataset_rows(dataset), ROWS);
    ck_assert_int_eq(segml_dataset_groups(dataset), 2);
    segml_dataset_free(dataset);
}
END_TEST

START_TEST(a_newer_program_that_uses_unknown_members_is_told)
{
    segml_dataset_input input = dataset_input();
    future grown = from_the_future(&input, sizeof input, 1);
    segml_error err = SEGML_ERROR_INIT;
    segml_dataset *dataset = (segml_dataset *)&grown;

    ck_assert_int_eq(segml_dataset_create(&dataset, &grown.dataset, &err), SEGML_E_ABI);
    ck_assert_int_eq(err.code, SEGML_E_ABI);
    ck_assert_ptr_null(dataset);
    ck_assert_ptr_nonnull(strstr(err.message, "segml_dataset_input"));
}
END_TEST

START_TEST(a_struct_without_its_size_is_told)
{
    segml_dataset_input input = dataset_input();
    segml_error err = SEGML_ERROR_INIT;
    segml_dataset *dataset = NULL;

    input.struct_size = 0;
    ck_assert_int_eq(segml_dataset_create(&dataset, &input, &err), SEGML_E_ABI);
    ck_assert_ptr_null(dataset);
}
END_TEST

/* A dataset without keys cannot be made; that it is told so, and not of the struct's
 * size, shows that the short struct was read as far as it goes. */
START_TEST(an_older_program_is_read_as_far_as_its_struct_goes)
{
    segml_dataset_input input = dataset_input();
    segml_error err = SEGML_ERROR_INIT;
    segml_dataset *dataset = NULL;
    struct {
        old_dataset_input old;
        unsigned char behind[sizeof(segml_dataset_input)];
    } given;

    memset(&given, 0xEE, sizeof given);
    memcpy(&given.old, &input, sizeof given.old);
    given.old.struct_size = sizeof given.old;
    ck_assert_int_eq(segml_dataset_create(&dataset, (const segml_dataset_input *)&given, &err),
                     SEGML_E_ARGUMENT);
    ck_assert_ptr_null(dataset);
}
END_TEST

START_TEST(an_unknown_tail_is_refused_in_every_options_struct)
{
    segml_train_options train = SEGML_TRAIN_OPTIONS_INIT;
    segml_open_options open = SEGML_OPEN_OPTIONS_INIT;
    future train_grown = from_the_future(&train, sizeof train, 7);
    future open_grown = from_the_future(&open, sizeof open, 7);
    segml_dataset *dataset = make_dataset();
    segml_error err = SEGML_ERROR_INIT;
    segml_model *model = NULL;
    int rc = segml_train_segmented(&model, dataset, &train_grown.train, &err);

    ck_assert_int_eq(rc, TRAINING ? SEGML_E_ABI : SEGML_E_UNSUPPORTED);
    ck_assert_ptr_null(model);
    rc = segml_train_global(&model, dataset, &train_grown.train, &err);
    ck_assert_int_eq(rc, TRAINING ? SEGML_E_ABI : SEGML_E_UNSUPPORTED);
    ck_assert_ptr_null(model);
    ck_assert_int_eq(segml_model_open(&model, "none.segml", &open_grown.open, &err), SEGML_E_ABI);
    ck_assert_ptr_null(model);
    segml_dataset_free(dataset);
}
END_TEST

#if TRAINING
/* As a program of an old header trains: with the first six members only. */
static segml_model *
train_as_old_program(void)
{
    struct {
        old_train_options old;
        unsigned char behind[sizeof(segml_train_options)];
    } given;
    segml_dataset *dataset = make_dataset();
    segml_error err = SEGML_ERROR_INIT;
    segml_model *model = NULL;
    int rc;

    memset(&given, 0xEE, sizeof given);
    memset(&given.old, 0, sizeof given.old);
    given.old.struct_size = sizeof given.old;
    given.old.objective = "binary";
    given.old.trials = 1;
    given.old.folds = 3;
    rc = segml_train_segmented(&model, dataset, (const segml_train_options *)&given, &err);
    ck_assert_msg(rc == SEGML_OK, "%d %s", rc, err.message);
    segml_dataset_free(dataset);
    return model;
}

START_TEST(an_older_program_trains_and_reads_what_it_knows)
{
    segml_model *model = train_as_old_program();
    segml_error err = SEGML_ERROR_INIT;
    struct {
        old_model_info old;
        unsigned char behind[64];
    } info;

    memset(&info, 0xEE, sizeof info);
    info.old.struct_size = sizeof info.old;
    ck_assert_int_eq(segml_model_get_info(model, (segml_model_info *)&info, &err), SEGML_OK);
    ck_assert_int_eq(info.old.task, SEGML_TASK_BINARY);
    ck_assert_int_eq(info.old.mode, SEGML_MODE_SEGMENTED);
    ck_assert_uint_eq(info.old.struct_size, sizeof info.old);
    for (size_t i = 0; i < sizeof info.behind; i++)
        ck_assert_uint_eq(info.behind[i], 0xEE);
    segml_model_free(model);
}
END_TEST

START_TEST(an_older_program_searches_with_what_it_knows)
{
    segml_dimension dimension = SEGML_DIMENSION_INIT;
    segml_error err = SEGML_ERROR_INIT;
    segml_study *study = NULL;
    double point;
    int64_t trial;
    struct {
        old_study_options old;
        unsigned char behind[sizeof(segml_study_options)];
    } given;
    struct {
        old_trial_info old;
        unsigned char behind[sizeof(segml_trial_info)];
    } info;

    dimension.name = "x";
    dimension.high = 1;
    memset(&given, 0xEE, sizeof given);
    given.old = (old_study_options){sizeof given.old, &dimension, 1};
    ck_assert_msg(segml_study_create(&study, (const segml_study_options *)&given, &err) == SEGML_OK,
                  "%s", err.message);
    ck_assert_int_eq(segml_study_ask(study, &trial, &point, 1, &err), SEGML_OK);
    ck_assert_int_eq(segml_study_tell(study, trial, point, &err), SEGML_OK);
    memset(&info, 0xEE, sizeof info);
    info.old.struct_size = sizeof info.old;
    ck_assert_int_eq(segml_study_get_trial(study, 0, (segml_trial_info *)&info, &err), SEGML_OK);
    ck_assert_int_eq(info.old.state, SEGML_TRIAL_COMPLETE);
    for (size_t i = 0; i < sizeof info.behind; i++)
        ck_assert_uint_eq(info.behind[i], 0xEE);
    segml_study_free(study);
}
END_TEST

START_TEST(a_newer_program_searches_unless_it_uses_unknown_members)
{
    segml_dimension dimension = SEGML_DIMENSION_INIT;
    segml_study_options options = SEGML_STUDY_OPTIONS_INIT;
    segml_error err = SEGML_ERROR_INIT;
    segml_study *study = NULL;
    future grown;

    dimension.name = "x";
    dimension.high = 1;
    options.dimensions = &dimension;
    options.dimension_count = 1;
    grown = from_the_future(&options, sizeof options, 0);
    ck_assert_int_eq(segml_study_create(&study, &grown.study, &err), SEGML_OK);
    segml_study_free(study);
    grown = from_the_future(&options, sizeof options, 7);
    ck_assert_int_eq(segml_study_create(&study, &grown.study, &err), SEGML_E_ABI);
    ck_assert_ptr_null(study);
}
END_TEST

START_TEST(a_newer_program_trains_saves_opens_and_predicts)
{
    segml_train_options train = SEGML_TRAIN_OPTIONS_INIT;
    segml_save_options save = SEGML_SAVE_OPTIONS_INIT;
    segml_open_options open = SEGML_OPEN_OPTIONS_INIT;
    segml_predict_input rows = SEGML_PREDICT_INPUT_INIT;
    segml_predict_output result = SEGML_PREDICT_OUTPUT_INIT;
    segml_model_info info = SEGML_MODEL_INFO_INIT;
    char path[] = "abi-client-XXXXXX";
    int fd = mkstemp(path);
    segml_dataset *dataset = make_dataset();
    segml_error err = SEGML_ERROR_INIT;
    segml_model *model = NULL, *opened = NULL;
    float values[ROWS];
    future grown;

    ck_assert_int_ge(fd, 0);
    close(fd);
    train.trials = 1;
    grown = from_the_future(&train, sizeof train, 0);
    ck_assert_msg(segml_train_segmented(&model, dataset, &grown.train, &err) == SEGML_OK, "%s",
                  err.message);
    save.overwrite = 1;
    grown = from_the_future(&save, sizeof save, 0);
    ck_assert_msg(segml_model_save(model, path, &grown.save, &err) == SEGML_OK, "%s", err.message);
    grown = from_the_future(&open, sizeof open, 0);
    ck_assert_msg(segml_model_open(&opened, path, &grown.open, &err) == SEGML_OK, "%s",
                  err.message);
    unlink(path);

    grown = from_the_future(&info, sizeof info, 0);
    ck_assert_int_eq(segml_model_get_info(opened, &grown.model, &err), SEGML_OK);
    ck_assert_int_eq(grown.model.groups, 2);
    ck_assert_uint_eq(grown.struct_size, sizeof info + TAIL);

    rows.rows = ROWS;
    rows.features = FEATURES;
    rows.data = cells;
    rows.keys = &shop_column;
    rows.key_count = 1;
    result.values = values;
    result.capacity = ROWS;
    grown = from_the_future(&rows, sizeof rows, 0);
    ck_assert_msg(segml_model_predict(opened, &grown.rows, SEGML_OUTPUT_PREDICTION, &result,
                                      &err) == SEGML_OK,
                  "%s", err.message);
    grown = from_the_future(&rows, sizeof rows, 1);
    ck_assert_int_eq(
        segml_model_predict(opened, &grown.rows, SEGML_OUTPUT_PREDICTION, &result, &err),
        SEGML_E_ABI);
    segml_model_free(opened);
    segml_model_free(model);
    segml_dataset_free(dataset);
}
END_TEST
#endif

START_TEST(library_and_headers_are_of_one_version)
{
    ck_assert_str_eq(segml_version(), SEGML_VERSION);
    ck_assert_int_eq(segml_version_number(), SEGML_VERSION_NUMBER);
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("abi");
    TCase *client = tcase_create("client");
    SRunner *runner;
    int failed;

    tcase_set_timeout(client, 120);
    tcase_add_test(client, library_and_headers_are_of_one_version);
    tcase_add_test(client, a_newer_program_with_a_zero_tail_makes_a_dataset);
    tcase_add_test(client, a_newer_program_that_uses_unknown_members_is_told);
    tcase_add_test(client, a_struct_without_its_size_is_told);
    tcase_add_test(client, an_older_program_is_read_as_far_as_its_struct_goes);
    tcase_add_test(client, an_unknown_tail_is_refused_in_every_options_struct);
#if TRAINING
    tcase_add_test(client, an_older_program_trains_and_reads_what_it_knows);
    tcase_add_test(client, an_older_program_searches_with_what_it_knows);
    tcase_add_test(client, a_newer_program_searches_unless_it_uses_unknown_members);
    tcase_add_test(client, a_newer_program_trains_saves_opens_and_predicts);
#endif
    suite_add_tcase(suite, client);
    runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
