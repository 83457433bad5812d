/* SPDX-License-Identifier: Apache-2.0 */

/*
 * Loading a model.
 *
 * The file is read in one pass that finds the parameters, wherever they stand, and passes
 * over the trees; then the trees, with the number of features and outputs known. Nothing
 * is evaluated before all of it has been checked (flatten.c has the rules for trees),
 * and a model that would be evaluated differently from XGBoost is refused as not
 * supported: other boosters than gbtree, leaves that are vectors, several targets,
 * weighted trees (dart), dictionaries of categories inside the model.
 *
 * What is checked beyond our own needs protects XGBoost, which trusts its files and may be
 * given the same bytes: tree ids, the number of classes in the objective, the bounds of
 * iterations.
 *
 * While loading, memory is at most about the size of the file, plus the sets of categories,
 * which have a cap of their own.
 */

#include "tree/forest.h"

#include <string.h>

#include "base/alloc.h"
#include "tree/compact.h"
#include "tree/fields.h"
#include "tree/intercept.h"

enum {
    MAX_FILE = 1 << 30,
    MAX_CATEGORY_BYTES = 64 << 20,
    MAX_FEATURES = 1 << 20,
    MAX_OUTPUTS = 1 << 16,
    MAX_TREES = 1 << 24
};

/* Members by place in the tables below, which follow the order of XGBoost's files. */
enum { LEARNER, VERSION, ROOT_FIELDS };
enum { BOOSTER, LEARNER_PARAM, OBJECTIVE, LEARNER_FIELDS };
enum { MODEL, BOOSTER_NAME, BOOSTER_FIELDS };
enum { CATS, MODEL_PARAM, ITERATIONS, TREE_INFO, TREES, WEIGHT_DROP, MODEL_FIELDS };
enum { CATS_ENC, CATS_FIELDS };
enum { PARALLEL, TREE_COUNT, MODEL_PARAM_FIELDS };
enum { BASE_SCORE, NUM_CLASS, NUM_FEATURE, NUM_TARGET, LEARNER_PARAM_FIELDS };
enum { OBJECTIVE_NAME, SOFTMAX, OBJECTIVE_FIELDS };
enum { SOFTMAX_CLASSES, SOFTMAX_FIELDS };

/* A model as the file has it. */
typedef struct document {
    sg_field root[ROOT_FIELDS];
    sg_field learner[LEARNER_FIELDS];
    sg_field booster[BOOSTER_FIELDS];
    sg_field model[MODEL_FIELDS];
    sg_field cats[CATS_FIELDS];
    sg_field model_param[MODEL_PARAM_FIELDS];
    sg_field learner_param[LEARNER_PARAM_FIELDS];
    sg_field objective[OBJECTIVE_FIELDS];
    sg_field softmax[SOFTMAX_FIELDS];
    int32_t version;
    int32_t trees;
} document;

static const document blank = {
    .root = {[LEARNER] = {.name = "learner", .type = SG_UBJ_OBJECT, .count = LEARNER_FIELDS},
             [VERSION] = {.name = "version", .type = SG_UBJ_ARRAY}},
    .learner =
        {[BOOSTER] = {.name = "gradient_booster", .type = SG_UBJ_OBJECT, .count = BOOSTER_FIELDS},
         [LEARNER_PARAM] = {.name = "learner_model_param",
                            .type = SG_UBJ_OBJECT,
                            .count = LEARNER_PARAM_FIELDS},
         [OBJECTIVE] = {.name = "objective", .type = SG_UBJ_OBJECT, .count = OBJECTIVE_FIELDS}},
    .booster = {[MODEL] = {.name = "model", .type = SG_UBJ_OBJECT, .count = MODEL_FIELDS},
                [BOOSTER_NAME] = {.name = "name", .type = SG_UBJ_TEXT}},
    .model = {[CATS] = {.name = "cats", .type = SG_UBJ_OBJECT, .optional = 1, .count = CATS_FIELDS},
              [MODEL_PARAM] = {.name = "gbtree_model_param",
                               .type = SG_UBJ_OBJECT,
                               .count = MODEL_PARAM_FIELDS},
              [ITERATIONS] = {.name = "iteration_indptr", .type = SG_UBJ_ARRAY, .optional = 1},
              [TREE_INFO] = {.name = "tree_info", .type = SG_UBJ_ARRAY},
              [TREES] = {.name = "trees", .type = SG_UBJ_ARRAY},
              [WEIGHT_DROP] = {.name = "weight_drop", .type = SG_UBJ_ARRAY, .optional = 1}},
    .cats = {[CATS_ENC] = {.name = "enc", .type = SG_UBJ_ARRAY, .optional = 1}},
    .model_param = {[PARALLEL] = {.name = "num_parallel_tree", .type = SG_UBJ_TEXT, .optional = 1},
                    [TREE_COUNT] = {.name = "num_trees", .type = SG_UBJ_TEXT}},
    .learner_param = {[BASE_SCORE] = {.name = "base_score", .type = SG_UBJ_TEXT},
                      [NUM_CLASS] = {.name = "num_class", .type = SG_UBJ_TEXT},
                      [NUM_FEATURE] = {.name = "num_feature", .type = SG_UBJ_TEXT},
                      [NUM_TARGET] = {.name = "num_target", .type = SG_UBJ_TEXT, .optional = 1}},
    .objective = {[OBJECTIVE_NAME] = {.name = "name", .type = SG_UBJ_TEXT},
                  [SOFTMAX] = {.name = "softmax_multiclass_param",
                               .type = SG_UBJ_OBJECT,
                               .optional = 1,
                               .count = SOFTMAX_FIELDS}},
    .softmax = {[SOFTMAX_CLASSES] = {.name = "num_class", .type = SG_UBJ_TEXT, .optional = 1}},
};

/* Those whose margins start and end as XGBoost's, checked by tests/parity. */
static const struct {
    const char *name;
    sg_objective objective;
} objectives[] = {
    {"binary:logistic", SG_OBJECTIVE_LOGISTIC},
    {"reg:logistic", SG_OBJECTIVE_LOGISTIC},
    {"multi:softprob", SG_OBJECTIVE_SOFTPROB},
    {"reg:squarederror", SG_OBJECTIVE_IDENTITY},
    {"reg:squaredlogerror", SG_OBJECTIVE_IDENTITY},
    {"reg:pseudohubererror", SG_OBJECTIVE_IDENTITY},
    {"binary:logitraw", SG_OBJECTIVE_IDENTITY},
    {"count:poisson", SG_OBJECTIVE_EXP},
    {"reg:gamma", SG_OBJECTIVE_EXP},
    {"reg:tweedie", SG_OBJECTIVE_EXP},
};

static int
fail_unsupported(segml_error *err, const char *what)
{
    return sg_fail(err, SEGML_E_UNSUPPORTED, "model: %s", what);
}

/* Whether an optional array is absent or empty: 1, 0, or an error. */
static int
is_empty(const sg_field *array, segml_error *err)
{
    sg_ubj reader = array->at;
    sg_ubj_value value;
    int rc;

    if (!array->seen)
        return 1;
    rc = sg_ubj_read(&reader, &value, err);
    if (rc >= 0)
        rc = sg_ubj_element(&reader, &value, err);
    return rc < 0 ? rc : !rc;
}

/* The next element of an array of integers: 1, 0 at its end, or an error. */
static int
next_integer(sg_ubj *reader, sg_ubj_value *array, int64_t *integer, segml_error *err)
{
    sg_ubj_value value;
    int rc = sg_ubj_element(reader, array, err);

    if (rc <= 0)
        return rc;
    rc = sg_ubj_read(reader, &value, err);
    if (rc < 0)
        return rc;
    if (value.type != SG_UBJ_INTEGER)
        return sg_ubj_fail(reader, err, "an integer is expected");
    *integer = value.integer;
    return 1;
}

static int
read_version(document *doc, segml_error *err)
{
    sg_ubj reader = doc->root[VERSION].at;
    sg_ubj_value array;
    int64_t part[2] = {0, 0};
    int rc = sg_ubj_read(&reader, &array, err);

    for (int i = 0; i < 2 && rc >= 0; i++) {
        rc = next_integer(&reader, &array, &part[i], err);
        if (rc == 0 || (rc > 0 && (part[i] < 0 || part[i] > 999)))
            rc = sg_ubj_fail(&reader, err, "not a version of XGBoost");
    }
    if (rc < 0)
        return rc;
    doc->version = SG_XGBOOST_VERSION((int32_t)part[0], (int32_t)part[1]);
    if (doc->version < SG_XGBOOST_VERSION(1, 7) || part[0] > 3)
        return sg_fail(err, SEGML_E_UNSUPPORTED,
                       "model: written by XGBoost %d.%d: only 1.7 to 3.x are understood",
                       (int)part[0], (int)part[1]);
    return SEGML_OK;
}

/* Boosters and extensions that would be evaluated differently. */
static int
check_supported(const document *doc, segml_error *err)
{
    int rc;

    if (doc->booster[BOOSTER_NAME].seen && !sg_field_is(&doc->booster[BOOSTER_NAME], "gbtree"))
        return fail_unsupported(err, "the booster is not gbtree: train with booster=gbtree");
    rc = is_empty(&doc->model[WEIGHT_DROP], err);
    if (rc == 0)
        return fail_unsupported(err, "trees have weights (dart): train with booster=gbtree");
    if (rc > 0)
        rc = is_empty(&doc->cats[CATS_ENC], err);
    if (rc == 0)
        return fail_unsupported(err, "it has a dictionary of categories: train on category codes");
    return rc < 0 ? rc : SEGML_OK;
}

static int
read_document(document *doc, const void *ubj, size_t size, segml_error *err)
{
    sg_ubj reader = sg_ubj_begin(ubj, size);
    int rc;

    *doc = blank;
    doc->root[LEARNER].members = doc->learner;
    doc->learner[BOOSTER].members = doc->booster;
    doc->learner[LEARNER_PARAM].members = doc->learner_param;
    doc->learner[OBJECTIVE].members = doc->objective;
    doc->booster[MODEL].members = doc->model;
    doc->model[CATS].members = doc->cats;
    doc->model[MODEL_PARAM].members = doc->model_param;
    doc->objective[SOFTMAX].members = doc->softmax;
    rc = sg_fields_read(&reader, doc->root, ROOT_FIELDS, err);
    if (rc >= 0 && reader.at != reader.end)
        rc = sg_ubj_fail(&reader, err, "bytes follow the model");
    if (rc >= 0)
        rc = check_supported(doc, err);
    if (rc >= 0)
        rc = sg_fields_require(doc->root, ROOT_FIELDS, "the file", err);
    if (rc >= 0)
        rc = sg_fields_require(doc->learner, LEARNER_FIELDS, "learner", err);
    if (rc >= 0)
        rc = sg_fields_require(doc->booster, BOOSTER_FIELDS, "gradient_booster", err);
    if (rc >= 0)
        rc = sg_fields_require(doc->model, MODEL_FIELDS, "gradient_booster.model", err);
    if (rc >= 0)
        rc = sg_fields_require(doc->model_param, MODEL_PARAM_FIELDS, "gbtree_model_param", err);
    if (rc >= 0)
        rc =
            sg_fields_require(doc->learner_param, LEARNER_PARAM_FIELDS, "learner_model_param", err);
    if (rc >= 0)
        rc = sg_fields_require(doc->objective, OBJECTIVE_FIELDS, "objective", err);
    return rc < 0 ? rc : read_version(doc, err);
}

static int
read_objective(sg_forest *forest, const document *doc, segml_error *err)
{
    const sg_field *name = &doc->objective[OBJECTIVE_NAME];

    for (size_t i = 0; i < sizeof objectives / sizeof *objectives; i++) {
        if (sg_field_is(name, objectives[i].name)) {
            forest->objective = objectives[i].objective;
            return SEGML_OK;
        }
    }
    return sg_fail(err, SEGML_E_UNSUPPORTED, "model: objective %.*s is not evaluated here",
                   (int)(name->value.count < 60 ? name->value.count : 60),
                   (const char *)name->value.bytes);
}

/* Outputs: the number of classes for softprob, and one otherwise. */
static int
read_outputs(sg_forest *forest, const document *doc, segml_error *err)
{
    int64_t classes, targets, softmax_classes;
    int rc = sg_field_integer(&classes, &doc->learner_param[NUM_CLASS], 0, MAX_OUTPUTS, 0, err);

    if (rc >= 0)
        rc = sg_field_integer(&targets, &doc->learner_param[NUM_TARGET], 0, INT32_MAX, 1, err);
    if (rc >= 0)
        rc = sg_field_integer(&softmax_classes, &doc->softmax[SOFTMAX_CLASSES], 0, INT32_MAX,
                              classes, err);
    if (rc < 0)
        return rc;
    if (targets > 1)
        return fail_unsupported(err, "several targets: train one model for each");
    if (forest->objective == SG_OBJECTIVE_SOFTPROB) {
        if (classes < 1 || softmax_classes != classes)
            return sg_fail(err, SEGML_E_FORMAT, "model: %lld classes, but %lld in the objective",
                           (long long)classes, (long long)softmax_classes);
        forest->outputs = (int32_t)classes;
        return SEGML_OK;
    }
    if (classes > 1)
        return fail_unsupported(err, "several classes, but the objective is not multi:softprob");
    forest->outputs = 1;
    return SEGML_OK;
}

static int
read_counts(sg_forest *forest, document *doc, segml_error *err)
{
    int64_t trees, parallel;
    int rc = sg_field_integer(&forest->features, &doc->learner_param[NUM_FEATURE], 1, MAX_FEATURES,
                              0, err);

    if (rc >= 0)
        rc = sg_field_integer(&trees, &doc->model_param[TREE_COUNT], 0, MAX_TREES, 0, err);
    if (rc >= 0)
        rc = sg_field_integer(&parallel, &doc->model_param[PARALLEL], 1, MAX_TREES, 1, err);
    if (rc < 0)
        return rc;
    if (parallel > 1)
        return fail_unsupported(err, "several trees per round: train with num_parallel_tree=1");
    if (trees % forest->outputs != 0)
        return sg_fail(err, SEGML_E_FORMAT, "model: %lld trees are no whole rounds of %d",
                       (long long)trees, (int)forest->outputs);
    doc->trees = (int32_t)trees;
    forest->rounds = (int32_t)trees / forest->outputs;
    return SEGML_OK;
}

/* Where rounds begin among the trees, which XGBoost writes since 2.0: every `outputs` trees. */
static int
check_iterations(const sg_forest *forest, const document *doc, segml_error *err)
{
    const sg_field *field = &doc->model[ITERATIONS];
    sg_ubj reader = field->at;
    sg_ubj_value array;
    int64_t place = 0, count = 0;
    int rc = field->seen ? sg_ubj_read(&reader, &array, err) : SEGML_OK;

    if (rc < 0 || !field->seen)
        return rc;
    while ((rc = next_integer(&reader, &array, &place, err)) > 0) {
        if (place != count++ * forest->outputs)
            return sg_ubj_fail(&reader, err, "rounds do not have one tree for each output");
    }
    if (rc >= 0 && count != (int64_t)forest->rounds + 1)
        rc = sg_ubj_fail(&reader, err, "%lld rounds are announced, but there are trees for %d",
                         (long long)count - 1, (int)forest->rounds);
    return rc;
}

static int
read_tree_outputs(sg_forest *forest, const document *doc, segml_error *err)
{
    sg_ubj reader = doc->model[TREE_INFO].at;
    sg_ubj_value array;
    int64_t output = 0, count = 0;
    int rc = sg_ubj_read(&reader, &array, err);

    if (rc < 0)
        return rc;
    while ((rc = next_integer(&reader, &array, &output, err)) > 0) {
        if (output < 0 || output >= forest->outputs)
            return sg_ubj_fail(&reader, err, "tree %lld is for output %lld of %d", (long long)count,
                               (long long)output, (int)forest->outputs);
        if (count < doc->trees)
            forest->trees[count].output = (int32_t)output;
        count++;
    }
    if (rc >= 0 && count != doc->trees)
        rc = sg_ubj_fail(&reader, err, "%d trees, but tree_info for %lld", (int)doc->trees,
                         (long long)count);
    return rc;
}

static int
read_trees(sg_forest *forest, sg_flatten *flatten, const document *doc, segml_error *err)
{
    sg_ubj reader = doc->model[TREES].at;
    sg_ubj_value array;
    int32_t count = 0;
    int rc = sg_ubj_read(&reader, &array, err);

    if (rc < 0)
        return rc;
    while ((rc = sg_ubj_element(&reader, &array, err)) > 0) {
        if (count == doc->trees)
            return sg_ubj_fail(&reader, err, "more trees than the %d announced", (int)doc->trees);
        rc = sg_flatten_tree(flatten, &forest->trees[count], &reader, count, err);
        if (rc < 0)
            return rc;
        count++;
    }
    if (rc >= 0 && count != doc->trees)
        rc = sg_ubj_fail(&reader, err, "%d trees, but %d are announced", (int)count,
                         (int)doc->trees);
    return rc;
}

/* A tree takes more than this in any file, so a wrong count costs no memory. */
enum { SMALLEST_TREE = 256 };

static int
load(sg_forest *forest, document *doc, size_t size, segml_error *err)
{
    const sg_ubj_text base_score = sg_field_text(&doc->learner_param[BASE_SCORE]);
    sg_flatten flatten = {.words = {.max = MAX_CATEGORY_BYTES}};
    double *gain = NULL;
    int rc = read_objective(forest, doc, err);

    if (rc >= 0)
        rc = read_outputs(forest, doc, err);
    if (rc >= 0)
        rc = read_counts(forest, doc, err);
    if (rc >= 0)
        rc = check_iterations(forest, doc, err);
    if (rc >= 0 && (size_t)doc->trees > size / SMALLEST_TREE)
        rc = sg_fail(err, SEGML_E_FORMAT, "model: %d trees do not fit in %zu bytes",
                     (int)doc->trees, size);
    if (rc < 0)
        goto out;
    forest->margin = sg_alloc_zeroed(forest->outputs, sizeof *forest->margin);
    gain = sg_alloc_zeroed(forest->features, sizeof *gain);
    forest->trees = sg_alloc_zeroed(doc->trees, sizeof *forest->trees);
    if (forest->margin == NULL || gain == NULL || forest->trees == NULL) {
        rc = sg_fail_nomem(err);
        goto out;
    }
    flatten.features = forest->features;
    flatten.gain = gain;
    rc = sg_intercept_read(forest->margin, forest->outputs, base_score, forest->objective,
                           doc->version, err);
    if (rc >= 0)
        rc = read_trees(forest, &flatten, doc, err);
    if (rc >= 0)
        rc = read_tree_outputs(forest, doc, err);
    if (rc >= 0)
        rc = sg_compact_forest(forest, &flatten, err);
out:
    sg_free(gain);
    sg_flatten_clear(&flatten);
    return rc;
}

int
sg_forest_load(sg_forest **out, const void *ubj, size_t size, segml_error *err)
{
    sg_forest *forest = NULL;
    document doc;
    int rc;

    *out = NULL;
    if (size > MAX_FILE)
        return sg_fail(err, SEGML_E_LIMIT, "model: %zu bytes are more than the limit of %d", size,
                       MAX_FILE);
    rc = read_document(&doc, ubj, size, err);
    if (rc < 0)
        return rc;
    forest = sg_alloc_zeroed(1, sizeof *forest);
    if (forest == NULL)
        return sg_fail_nomem(err);
    rc = load(forest, &doc, size, err);
    if (rc < 0) {
        sg_forest_free(forest);
        return rc;
    }
    *out = forest;
    return SEGML_OK;
}

void
sg_forest_free(sg_forest *forest)
{
    if (forest == NULL)
        return;
    sg_free(forest->feature);
    sg_free(forest->words);
    sg_free(forest->nodes);
    sg_free(forest->trees);
    sg_free(forest->gain);
    sg_free(forest->margin);
    sg_free(forest);
}

int64_t
sg_forest_features(const sg_forest *forest)
{
    return forest->features;
}

int32_t
sg_forest_outputs(const sg_forest *forest)
{
    return forest->outputs;
}

int32_t
sg_forest_rounds(const sg_forest *forest)
{
    return forest->rounds;
}

sg_objective
sg_forest_objective(const sg_forest *forest)
{
    return forest->objective;
}

size_t
sg_forest_bytes(const sg_forest *forest)
{
    return forest->bytes;
}

void
sg_forest_gain(const sg_forest *forest, double *gain)
{
    memset(gain, 0, (size_t)forest->features * sizeof *gain);
    for (int32_t i = 0; i < forest->used; i++)
        gain[forest->feature[i]] = forest->gain[i];
}
