/* SPDX-License-Identifier: Apache-2.0 */

/*
 * tree/predict: R1 to R3 of predict.c on trees small enough to follow by hand. Whether
 * the bits are XGBoost's is the business of tests/parity.
 */

#include <check.h>
#include <float.h>
#include <math.h>
#include <string.h>

#include "tree/predict.h"
#include "unit/sample_model.h"

static sample_model model;

static sg_forest *
load(void)
{
    sg_buf bytes = {0};
    sg_forest *forest = NULL;
    segml_error err = SEGML_ERROR_INIT;

    sample_model_write(&bytes, &model);
    ck_assert_msg(sg_forest_load(&forest, bytes.bytes, bytes.size, &err) == SEGML_OK, "%s",
                  err.message);
    sg_buf_clear(&bytes);
    return forest;
}

static uint32_t
bits_of(float value)
{
    uint32_t bits;

    memcpy(&bits, &value, sizeof bits);
    return bits;
}

/* By hand: 0.5 + tree 0 + tree 1 of sample_model_init(). */
static const struct {
    float row[2];
    float margin;
} hand[] = {
    {{1.0f, 0.0f}, 0.5f + 0.25f + 4.0f},
    {{-1.0f, 0.0f}, 0.5f + 0.25f - 2.0f},
    {{-0.0f, 0.0f}, 0.5f + 0.25f + 4.0f}, /* -0 is not less than 0 */
    {{1.5f, 33.0f}, 0.5f + 1.0f + 4.0f},  /* equal goes right */
    {{1.4999999f, 33.0f}, 0.5f + 0.25f + 4.0f},
    {{NAN, 33.0f}, 0.5f + 0.25f + 4.0f}, /* missing: left in tree 0, right in tree 1 */
    {{INFINITY, 1.0f}, 0.5f + 1.0f + 4.0f},
    {{-INFINITY, 1.0f}, 0.5f + 0.25f - 2.0f},
    {{-0x1p-149f, 1.0f}, 0.5f + 0.25f - 2.0f}, /* the denormal is less than 0 */
    {{2.0f, 0.0f}, 0.5f - 0.5f + 4.0f},        /* not in the set */
    {{2.0f, 1.0f}, 0.5f + 1.0f + 4.0f},
    {{2.0f, 1.9f}, 0.5f + 1.0f + 4.0f}, /* the whole part counts */
    {{2.0f, 32.0f}, 0.5f - 0.5f + 4.0f},
    {{2.0f, 34.0f}, 0.5f - 0.5f + 4.0f},
    {{2.0f, 65.0f}, 0.5f - 0.5f + 4.0f}, /* beyond the bits */
    {{2.0f, 16777216.0f}, 0.5f - 0.5f + 4.0f},
    {{2.0f, 1e30f}, 0.5f - 0.5f + 4.0f},
    {{2.0f, INFINITY}, 0.5f - 0.5f + 4.0f},
    {{2.0f, -1.0f}, 0.5f - 0.5f + 4.0f},
    {{2.0f, -0.5f}, 0.5f - 0.5f + 4.0f},
    {{2.0f, NAN}, 0.5f - 0.5f + 4.0f}, /* missing left */
};

enum { HAND = sizeof hand / sizeof *hand };

/*
 * The trees of sample_model_init() on both ways through predict.c: alone, and beside trees that
 * add nothing, but look at more features than there are slots, or have a threshold that
 * is not finite.
 */
enum { PLAIN, MANY_FEATURES, INFINITE_THRESHOLD, WAYS };

static void
take_way(int way)
{
    const int trees = way == PLAIN ? 2 : way == MANY_FEATURES ? 4 : 3;

    sample_model_init(&model);
    model.trees = model.infos = trees;
    model.rounds = trees + 1;
    model.num_feature = "600";
    for (int t = 2; t < trees; t++) {
        sample_tree *tree = &model.tree[t];

        model.round[t + 1] = t + 1;
        sample_chain(tree, t, 300);
        for (int i = 0; i < 300; i++) {
            sample_split(tree, 2 * i, 2 * i + 1, way == MANY_FEATURES ? 300 * (t - 2) + i : 0,
                         way == MANY_FEATURES ? 0.0f : INFINITY);
            sample_leaf(tree, 2 * i + 1, 0.0f);
        }
        sample_leaf(tree, 600, 0.0f);
    }
}

/* Also tells that a row may come in two parts, cut anywhere. */
START_TEST(rows_go_where_the_rules_say)
{
    enum { FEATURES = 600 };
    static const int64_t cuts[] = {0, 1, 2, 300, FEATURES - 1, FEATURES};
    static float row[FEATURES], head[FEATURES], tail[FEATURES];
    sg_forest *forest;

    take_way(_i);
    forest = load();
    for (int i = 0; i < HAND; i++) {
        memcpy(row, hand[i].row, sizeof hand[i].row);
        for (size_t c = 0; c < sizeof cuts / sizeof *cuts; c++) {
            const size_t cut = (size_t)cuts[c];
            float margin;

            memcpy(head, row, cut * sizeof *row);
            memcpy(tail, row + cut, (FEATURES - cut) * sizeof *row);
            sg_predict_margin(forest, 0, cut > 0 ? head : NULL, cuts[c],
                              cut < FEATURES ? tail : NULL, &margin);
            ck_assert_msg(bits_of(margin) == bits_of(hand[i].margin),
                          "way %d, row %d, cut at %d: %a instead of %a", _i, i, (int)cut,
                          (double)margin, (double)hand[i].margin);
        }
    }
    sg_forest_free(forest);
}
END_TEST

/* f0 < +infinity ? 1 : 2, plus f1 < -infinity (missing left) ? 10 : 20. */
START_TEST(thresholds_may_be_infinite)
{
    static const struct {
        float row[2];
        float margin;
    } cases[] = {{{FLT_MAX, 0.0f}, 21.0f},
                 {{INFINITY, -FLT_MAX}, 22.0f},
                 {{-INFINITY, -INFINITY}, 21.0f},
                 {{NAN, NAN}, 12.0f}};
    sg_forest *forest;

    sample_model_init(&model);
    model.base_score = "[0E0]";
    for (int i = 0; i < 2; i++) {
        sample_chain(&model.tree[i], i, 1);
        model.tree[i].feature[0] = i;
        model.tree[i].condition[0] = i == 0 ? INFINITY : -INFINITY;
        sample_leaf(&model.tree[i], 1, i == 0 ? 1.0f : 10.0f);
        sample_leaf(&model.tree[i], 2, i == 0 ? 2.0f : 20.0f);
    }
    model.tree[1].default_left[0] = 1;
    forest = load();
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        float margin;

        sg_predict_margin(forest, 0, cases[i].row, 2, NULL, &margin);
        ck_assert_float_eq(margin, cases[i].margin);
    }
    sg_forest_free(forest);
}
END_TEST

/* A chain over more features than there are slots: a row that is -1 in one of them alone
 * leaves the chain there. */
START_TEST(any_number_of_features_can_be_used)
{
    enum { WIDE = 512 + 1 };
    static float row[WIDE];
    sg_forest *forest;
    float margin;

    sample_model_init(&model);
    model.base_score = "[0E0]";
    model.num_feature = "513";
    sample_chain(&model.tree[0], 0, 512);
    for (int f = 0; f < 512; f++)
        model.tree[0].feature[2 * f] = f;
    sample_constant(&model.tree[1], 1, 0.0f);
    if (_i == 1) { /* one more feature than fits */
        sample_chain(&model.tree[1], 1, 1);
        model.tree[1].feature[0] = WIDE - 1;
        sample_leaf(&model.tree[1], 2, 0.0f);
    }
    forest = load();
    for (int f = 0; f < 512; f++) {
        row[f] = -1.0f;
        sg_predict_margin(forest, 0, row, WIDE / 2, row + WIDE / 2, &margin);
        ck_assert_float_eq(margin, (float)f);
        row[f] = 0.0f;
    }
    sg_predict_margin(forest, 0, row, WIDE, NULL, &margin);
    ck_assert_float_eq(margin, 512.0f);
    sg_forest_free(forest);
}
END_TEST

/* (((0 + 1) + 2^24) + 1) - 2^24 is 0 in floats only in this order: each 1 is rounded away. */
START_TEST(leaves_are_added_in_order_to_the_intercept)
{
    static const float leaf[] = {0x1p24f, 1.0f, -0x1p24f};
    sg_forest *forest;
    const float row[2] = {0.0f, 0.0f};
    float margin;

    sample_model_init(&model);
    model.base_score = "[1E0]";
    model.trees = model.infos = 3;
    model.rounds = 4;
    for (int i = 0; i < 3; i++) {
        sample_constant(&model.tree[i], i, leaf[i]);
        model.round[i + 1] = i + 1;
    }
    forest = load();
    sg_predict_margin(forest, 0, row, 2, NULL, &margin);
    ck_assert_float_eq(margin, 0.0f);
    sg_forest_free(forest);
}
END_TEST

START_TEST(the_first_rounds_alone_can_be_used)
{
    sg_forest *forest;
    const float row[2] = {1.0f, 0.0f};
    const int32_t rounds[] = {1, 2, 3, 0, INT32_MAX};
    const float expected[] = {0.75f, 4.75f, 4.75f, 4.75f, 4.75f};
    float margin;

    sample_model_init(&model);
    forest = load();
    for (int i = 0; i < 5; i++) {
        sg_predict_margin(forest, rounds[i], row, 2, NULL, &margin);
        ck_assert_float_eq(margin, expected[i]);
    }
    sg_forest_free(forest);
}
END_TEST

/* Nine trees of three outputs, so that a block of eight and a rest are walked. */
START_TEST(each_tree_adds_to_its_output)
{
    sg_forest *forest;
    const float row[2] = {0.0f, 0.0f};
    float margin[3];

    sample_model_init(&model);
    model.objective = "multi:softprob";
    model.num_class = model.softmax_classes = "3";
    model.base_score = "[1E0,2E0,3E0]";
    model.trees = model.infos = 9;
    model.rounds = 4;
    for (int i = 0; i < 9; i++) {
        sample_chain(&model.tree[i], i, i + 1); /* goes right to the leaf i + 1 */
        model.info[i] = i % 3;
    }
    for (int i = 0; i < 4; i++)
        model.round[i] = 3 * i;
    forest = load();
    ck_assert_int_eq(sg_forest_outputs(forest), 3);
    ck_assert_int_eq(sg_forest_rounds(forest), 3);
    sg_predict_margin(forest, 0, row, 2, NULL, margin);
    ck_assert_float_eq(margin[0], 1 + 1 + 4 + 7);
    ck_assert_float_eq(margin[1], 2 + 2 + 5 + 8);
    ck_assert_float_eq(margin[2], 3 + 3 + 6 + 9);
    sg_predict_margin(forest, 1, row, 2, NULL, margin);
    ck_assert_float_eq(margin[0], 1 + 1);
    ck_assert_float_eq(margin[1], 2 + 2);
    ck_assert_float_eq(margin[2], 3 + 3);
    sg_forest_free(forest);
}
END_TEST

START_TEST(one_base_score_stands_for_all_classes)
{
    sg_forest *forest;
    const float row[2] = {0.0f, 0.0f};
    float margin[2];

    sample_model_init(&model);
    model.objective = "multi:softprob";
    model.num_class = "2";
    model.base_score = "5E-1";
    model.trees = model.infos = 0;
    model.rounds = 1;
    forest = load();
    sg_predict_margin(forest, 0, row, 2, NULL, margin);
    ck_assert_float_eq(margin[0], 0.5f);
    ck_assert_float_eq(margin[1], 0.5f);
    sg_forest_free(forest);
}
END_TEST

/*
 * From XGBoost 1.7.4 and 3.2.0: base_score as it stands in the model, and the margin that is
 * predicted after a round with eta=0, whose leaves are 0.
 */
static const struct {
    const char *objective, *base_score;
    int version[2];
    float margin;
} intercepts[] = {
    {"binary:logistic", "1E-1", {1, 7}, -0x1.193ea8p+1f},
    {"binary:logistic", "3E-1", {1, 7}, -0x1.b1d106p-1f},
    {"binary:logistic", "1.2345679E-1", {1, 7}, -0x1.f5c8c6p+0f},
    {"binary:logistic", "1E-7", {1, 7}, -0x1.01e3b8p+4f},
    {"binary:logistic", "9.999999E-1", {1, 7}, 0x1.fe2804p+3f},
    {"binary:logistic", "9.9999994E-1", {1, 7}, 0x1.fe2804p+3f},
    {"count:poisson", "7E-1", {1, 7}, -0x1.6d3c34p-2f},
    {"count:poisson", "1.2345678E4", {1, 7}, 0x1.2d7956p+3f},
    {"reg:squarederror", "-1.2345679E6", {1, 7}, -0x1.2d687ep+20f},
    {"binary:logitraw", "3E-1", {1, 7}, 0x1.333334p-2f},
    {"reg:gamma", "1E-30", {1, 7}, -0x1.144f6ap+6f},
    {"reg:tweedie", "3.3333333E0", {1, 7}, 0x1.34379p+0f},
    {"binary:logistic", "[1E-1]", {3, 2}, -0x1.193ea8p+1f},
    {"binary:logistic", "[3E-1]", {3, 2}, -0x1.b1d106p-1f},
    {"binary:logistic", "[1.2345679E-1]", {3, 2}, -0x1.f5c8c6p+0f},
    {"binary:logistic", "[1E-7]", {3, 2}, -0x1.ba18a8p+3f},
    {"binary:logistic", "[9.999999E-1]", {3, 2}, 0x1.b7d85ap+3f},
    {"binary:logistic", "[9.9999994E-1]", {3, 2}, 0x1.b7d85ap+3f},
    {"count:poisson", "[7E-1]", {3, 2}, -0x1.6d3c34p-2f},
    {"count:poisson", "[1.2345678E4]", {3, 2}, 0x1.2d7956p+3f},
    {"reg:squarederror", "[-1.2345679E6]", {3, 2}, -0x1.2d687ep+20f},
    {"reg:squarederror", "[3.4E-42]", {3, 2}, 0x1.2f4p-138f},
    {"binary:logitraw", "[3E-1]", {3, 2}, 0x1.333334p-2f},
    {"reg:gamma", "[1E-30]", {3, 2}, -0x1.144f6ap+6f},
    {"reg:tweedie", "[3.3333333E0]", {3, 2}, 0x1.34379p+0f},
};

START_TEST(base_scores_become_margins_as_in_xgboost)
{
    sg_forest *forest;
    const float row[2] = {0.0f, 0.0f};
    float margin;

    sample_model_init(&model);
    model.objective = intercepts[_i].objective;
    model.base_score = intercepts[_i].base_score;
    model.version[0] = intercepts[_i].version[0];
    model.version[1] = intercepts[_i].version[1];
    model.trees = model.infos = 0;
    model.rounds = 1;
    forest = load();
    sg_predict_margin(forest, 0, row, 2, NULL, &margin);
    ck_assert_uint_eq(bits_of(margin), bits_of(intercepts[_i].margin));
    sg_forest_free(forest);
}
END_TEST

START_TEST(transforms_give_known_values)
{
    float values[3] = {0.0f, 0.0f, 0.0f};

    sg_predict_transform(SG_OBJECTIVE_LOGISTIC, values, 1);
    ck_assert_float_eq(values[0], 0.5f);
    values[0] = 1000.0f;
    sg_predict_transform(SG_OBJECTIVE_LOGISTIC, values, 1);
    ck_assert_float_eq(values[0], 1.0f);
    values[0] = -1000.0f; /* 1 / (exp(88.7) + 1): small, not 0 */
    sg_predict_transform(SG_OBJECTIVE_LOGISTIC, values, 1);
    ck_assert_float_eq_tol(values[0] * 1e38f, 0.3006f, 0.001f);
    values[0] = -0.0f;
    sg_predict_transform(SG_OBJECTIVE_EXP, values, 1);
    ck_assert_float_eq(values[0], 1.0f);
    values[0] = -3.25f;
    sg_predict_transform(SG_OBJECTIVE_IDENTITY, values, 1);
    ck_assert_float_eq(values[0], -3.25f);
    values[0] = values[1] = values[2] = 1000.0f;
    sg_predict_transform(SG_OBJECTIVE_SOFTPROB, values, 3);
    for (int k = 0; k < 3; k++)
        ck_assert_float_eq(values[k], 1.0f / 3.0f);
    values[0] = 0.0f;
    values[1] = logf(3.0f);
    values[2] = -INFINITY;
    sg_predict_transform(SG_OBJECTIVE_SOFTPROB, values, 3);
    ck_assert_float_eq_tol(values[0], 0.25f, 1e-7f);
    ck_assert_float_eq_tol(values[1], 0.75f, 1e-7f);
    ck_assert_float_eq(values[2], 0.0f);
}
END_TEST

TCase *
predict_tests(void)
{
    TCase *tc = tcase_create("predict");

    tcase_add_loop_test(tc, rows_go_where_the_rules_say, 0, WAYS);
    tcase_add_test(tc, thresholds_may_be_infinite);
    tcase_add_loop_test(tc, any_number_of_features_can_be_used, 0, 2);
    tcase_add_test(tc, leaves_are_added_in_order_to_the_intercept);
    tcase_add_test(tc, the_first_rounds_alone_can_be_used);
    tcase_add_test(tc, each_tree_adds_to_its_output);
    tcase_add_test(tc, one_base_score_stands_for_all_classes);
    tcase_add_loop_test(tc, base_scores_become_margins_as_in_xgboost, 0,
                        (int)(sizeof intercepts / sizeof *intercepts));
    tcase_add_test(tc, transforms_give_known_values);
    return tc;
}
