/* SPDX-License-Identifier: Apache-2.0 */

/*
 * model/infer: a batch over so many groups that the sort takes several digits gives the
 * same bits as row by row. That single rows are right is tested in tests/api.
 */

#include <check.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/rng.h"
#include "model/model.h"
#include "pack/build.h"
#include "serving_fixture.h"

enum { GROUPS = 2500, ROWS = 4000, FEATURES = 3 };

/* Every third group has one of two models, the others the global one. */
static segml_model *
open_many(void)
{
    sg_packed *packed = calloc(GROUPS, sizeof *packed), global = {0}, unseen = {0};
    sg_buf ubj[2] = {{0}}, file = {0};
    segml_error err = SEGML_ERROR_INIT;
    segml_model *model = NULL;
    sg_manifest manifest;

    ck_assert_ptr_nonnull(packed);
    fixture_groups(&manifest, GROUPS);
    fixture_member(&ubj[0], "binary", "groups/7/model.ubj");
    fixture_member(&ubj[1], "binary", "groups/4711/model.ubj");
    fixture_pack(&global, SG_MEMBER_GLOBAL, "binary", SG_MEMBER_GLOBAL);
    fixture_pack(&unseen, SG_MEMBER_UNSEEN, "binary", SG_MEMBER_UNSEEN);
    manifest.keys_as_features = 1;
    manifest.global.rounds = manifest.unseen_rounds = 3;
    for (int i = 0; i < GROUPS; i += 3) {
        manifest.groups[i].status = SEGML_GROUP_TRAINED;
        manifest.groups[i].rounds = 3;
        ck_assert_int_eq(sg_build_pack_group(&packed[i], manifest.groups[i].keys, 1,
                                             ubj[i % 2].bytes, ubj[i % 2].size, NULL),
                         SEGML_OK);
    }
    ck_assert_msg(sg_build_artifact(&file, &manifest,
                                    &(sg_build_members){
                                        .groups = packed, .global = &global, .unseen = &unseen},
                                    &err) == SEGML_OK,
                  "%s", err.message);
    ck_assert_msg(sg_model_open_owned(&model, &file, &err) == SEGML_OK, "%s", err.message);
    for (int i = 0; i < GROUPS; i++)
        sg_packed_clear(&packed[i]);
    sg_packed_clear(&unseen);
    sg_packed_clear(&global);
    sg_buf_clear(&ubj[1]);
    sg_buf_clear(&ubj[0]);
    sg_manifest_clear(&manifest);
    free(packed);
    return model;
}

START_TEST(a_batch_gives_the_bits_of_single_rows)
{
    static float data[ROWS * FEATURES], values[ROWS];
    static int64_t ids[ROWS];
    static int32_t kinds[ROWS], reasons[ROWS];
    segml_model *model = open_many();
    sg_rng rng = sg_rng_stream(1, 2, "test", 3);
    segml_key_column column = {.type = SEGML_KEY_INT64, .data = ids};
    segml_predict_input input = SEGML_PREDICT_INPUT_INIT;
    segml_predict_output result = SEGML_PREDICT_OUTPUT_INIT;
    int distinct[5] = {0};

    for (int i = 0; i < ROWS; i++) {
        ids[i] = (int64_t)sg_rng_below(&rng, 10 * GROUPS + 500) / 5 * 5;
        for (int j = 0; j < FEATURES; j++)
            data[i * FEATURES + j] = (float)(sg_rng_uniform(&rng) * 4 - 2);
        data[i * FEATURES + 1] = (float)sg_rng_below(&rng, 4);
    }
    input.rows = ROWS;
    input.features = FEATURES;
    input.data = data;
    input.keys = &column;
    input.key_count = 1;
    result.values = values;
    result.capacity = ROWS;
    result.route = kinds;
    result.reason = reasons;
    ck_assert_int_eq(segml_model_predict(model, &input, SEGML_OUTPUT_MARGIN, &result, NULL),
                     SEGML_OK);
    for (int i = 0; i < ROWS; i++) {
        const segml_key key = SEGML_KEY_INT64_VALUE(ids[i]);
        segml_route *route = NULL;
        float value = 0.0f;

        ck_assert_int_eq(segml_route_find(&route, model, &key, 1, NULL), SEGML_OK);
        ck_assert_int_eq(segml_route_predict(route, SEGML_OUTPUT_MARGIN, data + i * FEATURES,
                                             FEATURES, &value, 1),
                         SEGML_OK);
        ck_assert_mem_eq(&value, &values[i], sizeof value);
        ck_assert_int_eq(kinds[i], segml_route_get_kind(route));
        ck_assert_int_eq(reasons[i], segml_route_get_reason(route));
        distinct[kinds[i]]++;
        segml_route_free(route);
    }
    ck_assert_int_gt(distinct[SEGML_ROUTE_EXACT], ROWS / 10);
    ck_assert_int_gt(distinct[SEGML_ROUTE_GLOBAL], ROWS / 2);
    segml_model_free(model);
}
END_TEST

/* 3 rows * 2^62 cells would overflow; nothing is read. */
START_TEST(counts_that_overflow_are_refused)
{
    segml_model *model = open_many();
    const int64_t id = 0;
    const float cell = 0.0f;
    float value;
    segml_key_column column = {.type = SEGML_KEY_INT64, .data = &id};
    segml_predict_input input = SEGML_PREDICT_INPUT_INIT;
    segml_predict_output result = SEGML_PREDICT_OUTPUT_INIT;

    input.rows = INT64_MAX / 2;
    input.features = FEATURES;
    input.data = &cell;
    input.keys = &column;
    input.key_count = 1;
    result.values = &value;
    result.capacity = INT64_MAX;
    ck_assert_int_eq(segml_model_predict(model, &input, SEGML_OUTPUT_MARGIN, &result, NULL),
                     SEGML_E_NOMEM);
    segml_model_free(model);
}
END_TEST

/* The class that a model without trees gives one row. */
static float
predict_class(sg_manifest *manifest)
{
    const float row[FEATURES] = {0};
    const segml_key key = SEGML_KEY_INT64_VALUE(1);
    segml_error err = SEGML_ERROR_INIT;
    segml_model *model = NULL;
    segml_route *route = NULL;
    sg_buf file = {0};
    float value = -1.0f;

    ck_assert_int_eq(sg_build_artifact(&file, manifest, &(sg_build_members){.groups = NULL}, &err),
                     SEGML_OK);
    ck_assert_msg(sg_model_open_owned(&model, &file, &err) == SEGML_OK, "%s", err.message);
    ck_assert_int_eq(segml_route_find(&route, model, &key, 1, &err), SEGML_OK);
    ck_assert_int_eq(segml_route_predict(route, SEGML_OUTPUT_CLASS, row, FEATURES, &value, 1),
                     SEGML_OK);
    segml_route_free(route);
    segml_model_free(model);
    return value;
}

/* A margin of 0 is a probability of exactly 0.5. */
START_TEST(a_probability_at_the_threshold_is_positive)
{
    static const float zero[1] = {0.0f};
    sg_manifest manifest;

    fixture_groups(&manifest, 0);
    manifest.constant = zero;
    ck_assert_float_eq(predict_class(&manifest), 1.0f);
    manifest.threshold = 0.50001;
    ck_assert_float_eq(predict_class(&manifest), 0.0f);
    sg_manifest_clear(&manifest);
}
END_TEST

START_TEST(of_equally_probable_classes_the_first_is_taken)
{
    static const char *const classes[3] = {"a", "b", "c"};
    static const float margins[3] = {-1.0f, 0.5f, 0.5f};
    sg_manifest manifest;

    fixture_groups(&manifest, 0);
    manifest.task = SEGML_TASK_MULTICLASS;
    manifest.classes = classes;
    manifest.constant = margins;
    manifest.class_count = manifest.constant_count = 3;
    ck_assert_float_eq(predict_class(&manifest), 1.0f);
    sg_manifest_clear(&manifest);
}
END_TEST

TCase *
infer_tests(void)
{
    TCase *tc = tcase_create("infer");

    tcase_add_test(tc, a_batch_gives_the_bits_of_single_rows);
    tcase_add_test(tc, a_probability_at_the_threshold_is_positive);
    tcase_add_test(tc, of_equally_probable_classes_the_first_is_taken);
    tcase_add_test(tc, counts_that_overflow_are_refused);
    return tc;
}
