/* SPDX-License-Identifier: Apache-2.0 */

/*
 * The golden artifact with references, of another writer: group 7 is pinned to binary.segml, 4711
 * floats there, 8 is in a file that there is not, and 9000 has no model where it should be.
 */

#include <check.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "golden.h"

static segml_model *
open_dynamic(segml_error *err)
{
    segml_model *model = NULL;
    char path[512];

    golden_path(path, "dynamic");
    ck_assert_int_eq(segml_model_open(&model, path, NULL, err), SEGML_PARTIAL);
    ck_assert_ptr_nonnull(model);
    return model;
}

/* What answers for a store: golden binary's model of it, or with NULL the constant. */
static void
assert_answer(const segml_model *model, int64_t store, const char *expected)
{
    const segml_key key = SEGML_KEY_INT64_VALUE(store);
    segml_route *route = golden_find(model, &key, 1);

    ck_assert_int_eq(segml_route_get_kind(route),
                     expected != NULL ? SEGML_ROUTE_EXACT : SEGML_ROUTE_CONSTANT);
    ck_assert_int_eq(segml_route_get_reason(route),
                     expected != NULL ? SEGML_REASON_OK : SEGML_REASON_UNRESOLVED);
    for (int i = 0; i < GOLDEN_ROWS; i++) {
        float want = expected != NULL ? golden_expected("binary", expected)->margin[i] : -2.5f;
        float got = NAN;

        ck_assert_int_eq(segml_route_predict(route, SEGML_OUTPUT_MARGIN,
                                             &golden_rows[i * GOLDEN_FEATURES], GOLDEN_FEATURES,
                                             &got, 1),
                         SEGML_OK);
        ck_assert_float_eq(got, want);
    }
    segml_route_free(route);
}

static void
assert_answers(const segml_model *model)
{
    assert_answer(model, 7, "7");
    assert_answer(model, 8, NULL);
    assert_answer(model, 4711, "4711");
    assert_answer(model, 9000, NULL);
}

START_TEST(references_of_another_writer_are_followed)
{
    segml_model_info info = SEGML_MODEL_INFO_INIT;
    segml_error err = SEGML_ERROR_INIT;
    segml_model *model = open_dynamic(&err);

    ck_assert_ptr_nonnull(strstr(err.message, "2 of 4 references are not resolved, the first is "
                                              "group 8 (file:none.segml): cannot find "));
    ck_assert_int_eq(segml_model_get_info(model, &info, NULL), SEGML_OK);
    ck_assert_int_eq(info.references, 4);
    ck_assert_int_eq(info.models, 0);
    assert_answers(model);
    segml_model_free(model);
}
END_TEST

START_TEST(records_of_references_tell_what_the_other_artifact_says)
{
    static const struct {
        double threshold;
        int rounds;
    } expected[] = {{.25, 3}, {.5, 0}, {.375, 3}, {.5, 0}};
    segml_model *model = open_dynamic(NULL);

    for (int64_t g = 0; g < 4; g++) {
        segml_group_info group = SEGML_GROUP_INFO_INIT;

        ck_assert_int_eq(segml_model_get_group(model, g, &group, NULL), SEGML_OK);
        ck_assert_int_eq(group.status, SEGML_GROUP_REFERENCE);
        ck_assert_str_eq(group.reference, g == 1 ? "file:none.segml" : "file:binary.segml");
        ck_assert_double_eq(group.threshold, expected[g].threshold);
        ck_assert_int_eq(group.rounds, expected[g].rounds);
    }
    segml_model_free(model);
}
END_TEST

START_TEST(strict_opening_fails_with_the_first_reason)
{
    segml_open_options options = SEGML_OPEN_OPTIONS_INIT;
    segml_error err = SEGML_ERROR_INIT;
    segml_model *model = (segml_model *)&err;
    char path[512];

    golden_path(path, "dynamic");
    options.strict = 1;
    ck_assert_int_eq(segml_model_open(&model, path, &options, &err), SEGML_E_IO);
    ck_assert_ptr_null(model);
    ck_assert_ptr_nonnull(strstr(err.message, "group 8"));
}
END_TEST

START_TEST(a_reload_of_what_has_not_changed_loads_nothing)
{
    segml_model_stats stats = SEGML_MODEL_STATS_INIT;
    segml_model *model = open_dynamic(NULL), *fresh = NULL;

    assert_answers(model);
    ck_assert_int_eq(segml_model_reload(&fresh, model, NULL, NULL), SEGML_PARTIAL);
    segml_model_free(model);
    assert_answers(fresh);
    ck_assert_int_eq(segml_model_get_stats(fresh, &stats, NULL), SEGML_OK);
    ck_assert_int_eq(stats.models, 2);
    ck_assert_int_eq(stats.loaded, 2);
    ck_assert_int_eq(stats.loads, 0);
    segml_model_free(fresh);
}
END_TEST

/* Golden binary, whatever is asked for. */
static int
resolve(void *user, const char *uri, segml_resolved *resolved, segml_error *err)
{
    const segml_resolved *binary = user;

    (void)uri;
    (void)err;
    resolved->bytes = binary->bytes;
    resolved->size = binary->size;
    return SEGML_OK;
}

START_TEST(a_resolver_makes_files_unnecessary)
{
    segml_open_options options = SEGML_OPEN_OPTIONS_INIT;
    segml_resolved binary = {NULL, 0, NULL, NULL};
    segml_error err = SEGML_ERROR_INIT;
    segml_model *model = NULL, *fresh = NULL;
    size_t size;
    unsigned char *parent = golden_read("dynamic", &size);

    binary.bytes = golden_read("binary", &binary.size);
    options.resolve = resolve;
    options.resolve_user = &binary;
    ck_assert_int_eq(segml_model_open_memory(&model, parent, size, &options, &err), SEGML_PARTIAL);
    ck_assert_ptr_nonnull(strstr(err.message, "group 8 (file:none.segml): it does not know"));
    assert_answers(model);
    ck_assert_int_eq(segml_model_reload(&fresh, model, NULL, NULL), SEGML_PARTIAL);
    segml_model_free(model);
    assert_answers(fresh);
    segml_model_free(fresh);
    free((void *)binary.bytes);
    free(parent);
}
END_TEST

TCase *
dynamic_tests(void)
{
    TCase *tc = tcase_create("dynamic");

    tcase_add_test(tc, references_of_another_writer_are_followed);
    tcase_add_test(tc, records_of_references_tell_what_the_other_artifact_says);
    tcase_add_test(tc, strict_opening_fails_with_the_first_reason);
    tcase_add_test(tc, a_reload_of_what_has_not_changed_loads_nothing);
    tcase_add_test(tc, a_resolver_makes_files_unnecessary);
    return tc;
}
