/* SPDX-License-Identifier: Apache-2.0 */

/* The comparison itself: one bit in any array of any tree is noticed, and where it is. */

#include <check.h>
#include <stdio.h>
#include <string.h>

#include "engine/sample.h"
#include "same_model.h"
#include "xgb/xgb_engine.h"

static const char *const arrays[] = {
    "left_children",    "right_children", "parents",      "split_indices", "split_type",
    "split_conditions", "default_left",   "loss_changes", "sum_hessian",   "base_weights"};

enum { ARRAYS = sizeof arrays / sizeof *arrays };

/* XGBoost's model of some rows. */
static void
make_model(sg_buf *out, int32_t rounds)
{
    sample_spec spec = {150, 4, SG_LOSS_LOGISTIC, 0, 0, 50, 3};
    sg_fit_spec fit = {0, rounds, sample_params(), NULL, NULL, out};
    sg_engine *engine = NULL;
    sample s;

    sample_make(&s, &spec);
    s.rows.method = SG_TREE_EXACT;
    ck_assert_int_eq(sg_xgb_engine_open(&engine, sample_library(), NULL), SEGML_OK);
    sample_fit(engine, &s, &fit);
    engine->close(engine);
    sample_free(&s);
}

/* Where a key ends the last time that it stands in the model. */
static size_t
find_last(const sg_buf *model, const char *key)
{
    size_t length = strlen(key), found = 0;

    for (size_t i = 0; i + length <= model->size; i++) {
        if (memcmp(model->bytes + i, key, length) == 0)
            found = i + length;
    }
    ck_assert_uint_gt(found, 0);
    return found;
}

START_TEST(a_model_is_the_same_as_itself)
{
    sg_buf a = {0}, b = {0};
    char where[200] = "";

    make_model(&a, 3);
    make_model(&b, 3);
    ck_assert_msg(same_model(&a, &b, where, sizeof where), "%s", where);
    sg_buf_clear(&a);
    sg_buf_clear(&b);
}
END_TEST

/* After the key: [ $ type # L and eight bytes of the count, then the first element. */
START_TEST(one_bit_in_an_array_is_noticed)
{
    sg_buf a = {0}, b = {0};
    char where[200] = "", expected[60];
    size_t element;

    make_model(&a, 3);
    make_model(&b, 3);
    element = find_last(&b, arrays[_i]) + 13;
    ck_assert_mem_eq(b.bytes + element - 13, "[$", 2);
    ck_assert_mem_eq(b.bytes + element - 10, "#L", 2);
    element += b.bytes[element - 11] == 'U' ? 0 : 3; /* the lowest byte of the first element */
    b.bytes[element] ^= 1;
    ck_assert(!same_model(&a, &b, where, sizeof where));
    snprintf(expected, sizeof expected, "trees[2].%s[0]: ", arrays[_i]);
    ck_assert_msg(strncmp(where, expected, strlen(expected)) == 0, "%s, not %s", where, expected);
    sg_buf_clear(&a);
    sg_buf_clear(&b);
}
END_TEST

START_TEST(another_tree_is_noticed)
{
    sg_buf a = {0}, b = {0};
    char where[200] = "";

    make_model(&a, 3);
    make_model(&b, 4);
    ck_assert(!same_model(&a, &b, where, sizeof where));
    sg_buf_clear(&a);
    sg_buf_clear(&b);
}
END_TEST

START_TEST(a_model_that_ends_early_is_noticed)
{
    sg_buf a = {0}, b = {0};
    char where[200] = "";

    make_model(&a, 1);
    make_model(&b, 1);
    for (b.size = 0; b.size < a.size; b.size += 7)
        ck_assert_msg(!same_model(&a, &b, where, sizeof where), "%zu bytes", b.size);
    sg_buf_clear(&a);
    sg_buf_clear(&b);
}
END_TEST

TCase *
same_model_tests(void)
{
    TCase *tc = tcase_create("same_model");

    tcase_add_test(tc, a_model_is_the_same_as_itself);
    tcase_add_loop_test(tc, one_bit_in_an_array_is_noticed, 0, ARRAYS);
    tcase_add_test(tc, another_tree_is_noticed);
    tcase_add_test(tc, a_model_that_ends_early_is_noticed);
    return tc;
}
