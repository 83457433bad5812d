/* SPDX-License-Identifier: Apache-2.0 */

/* tree/forest: what a model says of itself, and every kind of damage gets its status. */

#include <check.h>
#include <float.h>
#include <math.h>
#include <string.h>

#include "base/alloc.h"
#include "tree/compact.h"
#include "tree/forest.h"
#include "unit/sample_model.h"

static int
load(sg_forest **out, const sample_model *model, segml_error *err)
{
    sg_buf bytes = {0};
    int rc;

    sample_model_write(&bytes, model);
    rc = sg_forest_load(out, bytes.bytes, bytes.size, err);
    sg_buf_clear(&bytes);
    return rc;
}

static void
assert_refused(const sample_model *model, int status, const char *message)
{
    segml_error err = SEGML_ERROR_INIT;
    sg_forest *forest = (sg_forest *)&err; /* must become NULL */

    ck_assert_int_eq(load(&forest, model, &err), status);
    ck_assert_ptr_null(forest);
    ck_assert_int_eq(err.code, status);
    ck_assert_msg(strstr(err.message, message) != NULL, "\"%s\" lacks \"%s\"", err.message,
                  message);
}

START_TEST(a_model_tells_its_shape)
{
    static sample_model model;
    sg_forest *forest = NULL;
    segml_error err = SEGML_ERROR_INIT;
    double gain[2];

    sample_model_init(&model);
    ck_assert_msg(load(&forest, &model, &err) == SEGML_OK, "%s", err.message);
    ck_assert_int_eq(sg_forest_features(forest), 2);
    ck_assert_int_eq(sg_forest_outputs(forest), 1);
    ck_assert_int_eq(sg_forest_rounds(forest), 2);
    ck_assert_int_eq(sg_forest_objective(forest), SG_OBJECTIVE_IDENTITY);
    ck_assert_uint_ge(sg_forest_bytes(forest), 8 * 8);
    sg_forest_gain(forest, gain);
    ck_assert_double_eq(gain[0], 10.5);
    ck_assert_double_eq(gain[1], 3.0);
    sg_forest_free(forest);
    sg_forest_free(NULL);
}
END_TEST

/* Two of a million features are split on: 8 bytes for each of all of them would be 8 MiB. */
START_TEST(features_that_no_tree_uses_take_no_memory)
{
    enum { FEATURES = 1 << 20 };
    static sample_model model;
    static double gain[FEATURES];
    sg_forest *forest = NULL;

    sample_model_init(&model);
    model.num_feature = "1048576";
    ck_assert_int_eq(load(&forest, &model, NULL), SEGML_OK);
    ck_assert_int_eq(sg_forest_features(forest), FEATURES);
    ck_assert_uint_lt(sg_forest_bytes(forest), 1000);
    gain[FEATURES - 1] = 1.0;
    sg_forest_gain(forest, gain);
    ck_assert_double_eq(gain[0], 10.5);
    ck_assert_double_eq(gain[1], 3.0);
    ck_assert_double_eq(gain[FEATURES - 1], 0.0);
    sg_forest_free(forest);
}
END_TEST

START_TEST(gains_that_overflowed_do_not_spoil_the_sum)
{
    static sample_model model;
    sg_forest *forest = NULL;
    double gain[2];

    sample_model_init(&model);
    model.tree[0].gain[0] = INFINITY;
    model.tree[0].gain[2] = NAN;
    ck_assert_int_eq(load(&forest, &model, NULL), SEGML_OK);
    sg_forest_gain(forest, gain);
    ck_assert_double_eq(gain[0], (double)FLT_MAX + 0.5);
    ck_assert_double_eq(gain[1], 0.0);
    sg_forest_free(forest);
}
END_TEST

START_TEST(a_model_without_trees_loads)
{
    static sample_model model;
    sg_forest *forest = NULL;

    sample_model_init(&model);
    model.trees = model.infos = 0;
    model.rounds = 1;
    ck_assert_int_eq(load(&forest, &model, NULL), SEGML_OK);
    ck_assert_int_eq(sg_forest_rounds(forest), 0);
    sg_forest_free(forest);
}
END_TEST

START_TEST(a_model_of_version_1_7_loads)
{
    static sample_model model;
    sg_forest *forest = NULL;

    sample_model_init(&model);
    model.version[0] = 1;
    model.version[1] = 7;
    model.base_score = "5E-1";
    model.rounds = 0;
    model.dictionaries = -1;
    for (int i = 0; i < 2; i++)
        model.tree[i].leaf_size = "0";
    ck_assert_int_eq(load(&forest, &model, NULL), SEGML_OK);
    sg_forest_free(forest);
}
END_TEST

START_TEST(deleted_nodes_are_passed_over)
{
    static sample_model model;
    sample_tree *tree = &model.tree[1];
    sg_forest *forest = NULL;
    double gain[2];

    sample_model_init(&model);
    tree->nodes = 5;
    for (int node = 3; node < 5; node++) { /* as XGBoost leaves them behind */
        sample_leaf(tree, node, NAN);
        tree->parent[node] = 2;
        tree->feature[node] = INT32_MAX;
        tree->gain[node] = 100.0f;
    }
    ck_assert_int_eq(load(&forest, &model, NULL), SEGML_OK);
    sg_forest_gain(forest, gain);
    ck_assert_double_eq(gain[0], 10.5);
    sg_forest_free(forest);
}
END_TEST

static const struct {
    const char *name;
    sg_objective objective;
    const char *base_score;
} objectives[] = {
    {"binary:logistic", SG_OBJECTIVE_LOGISTIC, "[5E-1]"},
    {"reg:logistic", SG_OBJECTIVE_LOGISTIC, "5E-1"},
    {"reg:squarederror", SG_OBJECTIVE_IDENTITY, "[-3.5E8]"},
    {"binary:logitraw", SG_OBJECTIVE_IDENTITY, "[0E0]"},
    {"count:poisson", SG_OBJECTIVE_EXP, "[2E0]"},
    {"reg:gamma", SG_OBJECTIVE_EXP, "[5E-1]"},
    {"reg:tweedie", SG_OBJECTIVE_EXP, "[5E-1]"},
};

START_TEST(objectives_are_recognised)
{
    static sample_model model;
    sg_forest *forest = NULL;
    segml_error err = SEGML_ERROR_INIT;

    sample_model_init(&model);
    model.objective = objectives[_i].name;
    model.base_score = objectives[_i].base_score;
    ck_assert_msg(load(&forest, &model, &err) == SEGML_OK, "%s", err.message);
    ck_assert_int_eq(sg_forest_objective(forest), objectives[_i].objective);
    sg_forest_free(forest);
}
END_TEST

/* One damage each, on the model of sample_model_init(). */
#define DAMAGES(X)                                                                                 \
    X(UNSUPPORTED, "the booster is not gbtree", m->booster = "dart")                               \
    X(UNSUPPORTED, "the booster is not gbtree", m->booster = "gblinear")                           \
    X(UNSUPPORTED, "trees have weights", m->weights = 2)                                           \
    X(UNSUPPORTED, "dictionary of categories", m->dictionaries = 1)                                \
    X(UNSUPPORTED, "objective survival:aft", m->objective = "survival:aft")                        \
    X(UNSUPPORTED, "several targets", m->num_target = "2")                                         \
    X(UNSUPPORTED, "several classes", m->num_class = "3")                                          \
    X(UNSUPPORTED, "several trees per round", m->num_parallel_tree = "2")                          \
    X(UNSUPPORTED, "written by XGBoost 4.0", m->version[0] = 4; m->version[1] = 0)                 \
    X(UNSUPPORTED, "written by XGBoost 1.6", m->version[0] = 1; m->version[1] = 6)                 \
    X(UNSUPPORTED, "tree 1: leaves with 3 values", t[1].leaf_size = "3")                           \
    X(FORMAT, "not a version", m->version[1] = -1)                                                 \
    X(FORMAT, "the file has no \"learner\"", m->missing = "learner")                               \
    X(FORMAT, "the file has no \"version\"", m->missing = "version")                               \
    X(FORMAT, "has no \"trees\"", m->missing = "trees")                                            \
    X(FORMAT, "has no \"tree_info\"", m->missing = "tree_info")                                    \
    X(FORMAT, "learner_model_param has no \"base_score\"", m->missing = "base_score")              \
    X(FORMAT, "bytes follow the model", m->after = " ")                                            \
    X(FORMAT, "\"num_feature\" is \"0\"", m->num_feature = "0")                                    \
    X(FORMAT, "\"num_feature\" is \"2x\"", m->num_feature = "2x")                                  \
    X(FORMAT, "\"num_feature\" is \"\"", m->num_feature = "")                                      \
    X(FORMAT, "\"num_feature\" is \"-2\"", m->num_feature = "-2")                                  \
    X(FORMAT, "\"num_feature\" is \"99999999999999999999\"",                                       \
      m->num_feature = "99999999999999999999")                                                     \
    X(FORMAT, "base_score is \"[]\"", m->base_score = "[]")                                        \
    X(FORMAT, "base_score is \"[NaN]\"", m->base_score = "[NaN]")                                  \
    X(FORMAT, "base_score is \"[5E-1\"", m->base_score = "[5E-1")                                  \
    X(FORMAT, "base_score is \"5E-1,5E-1\"", m->base_score = "5E-1,5E-1")                          \
    X(FORMAT, "base_score is \"[1E39]\"", m->base_score = "[1E39]")                                \
    X(FORMAT, "base_score is \"[1.5E0]\"", m->objective = "binary:logistic";                       \
      m->base_score = "[1.5E0]")                                                                   \
    X(FORMAT, "base_score is \"[-1E0]\"", m->objective = "count:poisson";                          \
      m->base_score = "[-1E0]")                                                                    \
    X(FORMAT, "0 classes", m->objective = "multi:softprob")                                        \
    X(FORMAT, "2 classes, but 3 in the objective", m->objective = "multi:softprob";                \
      m->num_class = "2"; m->softmax_classes = "3")                                                \
    X(FORMAT, "no whole rounds of 3", m->objective = "multi:softprob"; m->num_class = "3";         \
      m->base_score = "[0E0]")                                                                     \
    X(FORMAT, "rounds do not have one tree", m->round[1] = 2)                                      \
    X(FORMAT, "1 rounds are announced", m->rounds = 2)                                             \
    X(FORMAT, "tree 1 is for output 1 of 1", m->info[1] = 1)                                       \
    X(FORMAT, "tree 0 is for output -1 of 1", m->info[0] = -1)                                     \
    X(FORMAT, "2 trees, but tree_info for 1", m->infos = 1)                                        \
    X(FORMAT, "2 trees, but tree_info for 3", m->infos = 3)                                        \
    X(FORMAT, "2 trees, but 3 are announced", m->num_trees = "3"; m->rounds = 0)                   \
    X(FORMAT, "more trees than the 1 announced", m->num_trees = "1"; m->rounds = 0)                \
    X(FORMAT, "trees do not fit", m->num_trees = "16000000"; m->rounds = 0)                        \
    X(FORMAT, "tree 1 has the id 0", t[1].id = 0)                                                  \
    X(FORMAT, "tree 0 has no \"parents\"", t[0].missing = "parents")                               \
    X(FORMAT, "tree 0 has no \"categories\"", t[0].missing = "categories")                         \
    X(FORMAT, "\"split_type\" comes twice", t[0].doubled = "split_type")                           \
    X(FORMAT, "6 nodes, but 5", t[0].num_nodes = "6")                                              \
    X(FORMAT, "\"num_nodes\" is \"0\"", t[0].num_nodes = "0")                                      \
    X(FORMAT, "node 0: its parent is out of range", t[0].parent[0] = 0)                            \
    X(FORMAT, "node 4: its parent is out of range", t[0].parent[4] = 5)                            \
    X(FORMAT, "node 4: its parent is out of range", t[0].parent[4] = -1)                           \
    X(FORMAT, "node 2: its children name another parent", t[0].parent[4] = 1)                      \
    X(FORMAT, "node 2: a flag is neither", t[0].default_left[2] = 2)                               \
    X(FORMAT, "node 1: a flag is neither", t[0].categorical[1] = 255)                              \
    X(FORMAT, "node 2: its children are not", t[0].left[2] = 2; t[0].right[2] = 3)                 \
    X(FORMAT, "node 2: its children are not", t[0].left[2] = 0; t[0].right[2] = 1)                 \
    X(FORMAT, "node 2: its children are not", t[0].left[2] = 4; t[0].right[2] = 5)                 \
    X(FORMAT, "node 2: its children are not", t[0].left[2] = INT32_MAX; t[0].right[2] = INT32_MIN) \
    X(FORMAT, "node 2: its children are not", t[0].right[2] = 3)                                   \
    X(FORMAT, "node 2: its children are not", t[0].left[2] = -2)                                   \
    X(FORMAT, "node 0: its children name another parent", t[0].left[0] = 3; t[0].right[0] = 4)     \
    X(FORMAT, "node 1: it has a right child", t[0].right[1] = 2)                                   \
    X(FORMAT, "node 3: its leaf value is not finite", t[0].condition[3] = NAN)                     \
    X(FORMAT, "node 3: its leaf value is not finite", t[0].condition[3] = INFINITY)                \
    X(FORMAT, "node 0: its threshold is NaN", t[0].condition[0] = NAN)                             \
    X(FORMAT, "node 0: its feature is out of range", t[0].feature[0] = 2)                          \
    X(FORMAT, "node 0: its feature is out of range", t[0].feature[0] = -1)                         \
    X(FORMAT, "0 categorical nodes, but 1 sets", t[0].categorical[2] = 0)                          \
    X(FORMAT, "1 categorical nodes, but 0 sets", t[0].sets = 0)                                    \
    X(FORMAT, "node 3: it has categories, but is no", t[0].set_node[0] = 3)                        \
    X(FORMAT, "node 5: it has categories, but is no", t[0].set_node[0] = 5)                        \
    X(FORMAT, "node -1: it has categories, but is no", t[0].set_node[0] = -1)                      \
    X(FORMAT, "node 2: its categories are out of range", t[0].set_begin[0] = 1)                    \
    X(FORMAT, "node 2: its categories are out of range", t[0].set_begin[0] = INT64_MIN)            \
    X(FORMAT, "node 2: its categories are out of range", t[0].set_size[0] = 3)                     \
    X(FORMAT, "node 2: its categories are out of range", t[0].set_size[0] = 0)                     \
    X(FORMAT, "node 2: its categories are out of range", t[0].set_size[0] = INT64_MAX)             \
    X(FORMAT, "node 2: a category is not in", t[0].category[0] = -1)                               \
    X(FORMAT, "node 2: a category is not in", t[0].category[1] = 1 << 24)                          \
    X(FORMAT, "categorical nodes are not in ascending order", t[0].categorical[0] = 1;             \
      t[0].sets = 2; t[0].set_node[0] = 2; t[0].set_size[0] = 1; t[0].set_begin[1] = 1;            \
      t[0].set_size[1] = 1)

#define COUNT(status, text, damage) +1
#define INFLICT(status, text, damage)                                                              \
    if (number-- == 0) {                                                                           \
        damage;                                                                                    \
        *message = text;                                                                           \
        return SEGML_E_##status;                                                                   \
    }

enum { DAMAGE_COUNT = 0 DAMAGES(COUNT) };

/* Damages the model in one way; returns the status that this must give. */
static int
inflict(sample_model *m, int number, const char **message)
{
    sample_tree *t = m->tree;

    DAMAGES(INFLICT)
    return SEGML_OK;
}

START_TEST(damage_is_refused_with_its_status_and_place)
{
    static sample_model model;
    const char *message = "";
    int status;

    sample_model_init(&model);
    status = inflict(&model, _i, &message);
    assert_refused(&model, status, message);
}
END_TEST

START_TEST(every_beginning_of_a_model_is_refused)
{
    static sample_model model;
    sg_buf bytes = {0};

    sample_model_init(&model);
    sample_model_write(&bytes, &model);
    for (size_t size = 0; size < bytes.size; size++) {
        sg_forest *forest = NULL;

        ck_assert_int_eq(sg_forest_load(&forest, bytes.bytes, size, NULL), SEGML_E_FORMAT);
        ck_assert_ptr_null(forest);
    }
    sg_buf_clear(&bytes);
}
END_TEST

START_TEST(a_tree_may_have_512_levels_and_no_more)
{
    static sample_model model;
    sg_forest *forest = NULL;

    sample_model_init(&model);
    sample_chain(&model.tree[1], 1, 512);
    ck_assert_int_eq(load(&forest, &model, NULL), SEGML_OK);
    sg_forest_free(forest);
    sample_chain(&model.tree[1], 1, 513);
    assert_refused(&model, SEGML_E_LIMIT, "tree 1 is deeper than 512");
}
END_TEST

/* 2^17 features in use need 19 bits of a link, which leaves 12 for places. */
START_TEST(a_tree_too_large_for_its_links_is_refused)
{
    enum { NODES = 1 << 17 };
    static sg_flat_node nodes[NODES];
    static double gain[NODES];
    static const sg_flatten flatten = {
        .nodes = {.bytes = (unsigned char *)nodes, .size = sizeof nodes}, .gain = gain};
    sg_forest forest = {.features = NODES, .rounds = 1, .outputs = 1};
    sg_tree tree = {0};
    segml_error err = SEGML_ERROR_INIT;

    forest.trees = &tree;
    for (int32_t i = 0; i < NODES; i++)
        nodes[i].feature = i;
    ck_assert_int_eq(sg_compact_forest(&forest, &flatten, &err), SEGML_E_LIMIT);
    ck_assert_str_eq(err.message, "model: tree 0 has 131072 nodes: at most 4096 with 131072 "
                                  "features in use");
    sg_free(forest.gain);
    sg_free(forest.feature);
    sg_free(forest.nodes);
    sg_free(forest.words);
}
END_TEST

START_TEST(sets_of_categories_have_a_cap)
{
    static sample_model model;
    sample_tree *tree = &model.tree[1];

    sample_model_init(&model);
    sample_chain(tree, 1, 33);
    tree->sets = tree->categories = 33; /* of 2 MiB each */
    for (int i = 0; i < 33; i++) {
        tree->categorical[2 * i] = 1;
        tree->set_node[i] = 2 * i;
        tree->set_begin[i] = i;
        tree->set_size[i] = 1;
        tree->category[i] = (1 << 24) - 1;
    }
    assert_refused(&model, SEGML_E_LIMIT, "more than the limit of 67108864");
}
END_TEST

TCase *
forest_tests(void)
{
    TCase *tc = tcase_create("forest");

    tcase_add_test(tc, a_model_tells_its_shape);
    tcase_add_test(tc, features_that_no_tree_uses_take_no_memory);
    tcase_add_test(tc, gains_that_overflowed_do_not_spoil_the_sum);
    tcase_add_test(tc, a_model_without_trees_loads);
    tcase_add_test(tc, a_model_of_version_1_7_loads);
    tcase_add_test(tc, deleted_nodes_are_passed_over);
    tcase_add_loop_test(tc, objectives_are_recognised, 0,
                        (int)(sizeof objectives / sizeof *objectives));
    tcase_add_loop_test(tc, damage_is_refused_with_its_status_and_place, 0, DAMAGE_COUNT);
    tcase_add_test(tc, every_beginning_of_a_model_is_refused);
    tcase_add_test(tc, a_tree_may_have_512_levels_and_no_more);
    tcase_add_test(tc, a_tree_too_large_for_its_links_is_refused);
    tcase_add_test(tc, sets_of_categories_have_a_cap);
    return tc;
}
