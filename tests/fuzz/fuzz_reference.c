/* SPDX-License-Identifier: Apache-2.0 */

/*
 * Fuzzer of references: the input is the artifact that a sound one refers to. Opening never fails
 * for what it holds, it only leaves groups to the fallback; every group is routed, by a model of
 * the input or by the constant; and reloading with the input, or with nothing in its place,
 * leaves the first model as it is.
 *
 * An index at the input's end is given the right digests.
 */

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fuzz/fuzz.h"
#include "pack/build.h"
#include "pack/index_seal.h"
#include "segml/model.h"

enum { GROUPS = 4, FEATURES = 3 };

/* What the references lead to at the moment. */
typedef struct content {
    const uint8_t *bytes;
    size_t size;
    int given, released;
} content;

static void
check(int holds, const char *promise)
{
    if (holds)
        return;
    fprintf(stderr, "broken: %s\n", promise);
    abort();
}

/* The artifact that refers: of the features and keys of tests/golden/serving/binary.segml. */
static void
build_parent(sg_buf *out)
{
    static const char *const classes[] = {"no", "yes"};
    static const char *const values[] = {"blue", "green", "red"};
    static const float constant[] = {-1.5f};
    static const int64_t ids[GROUPS] = {7, 8, 4711, 9000};
    sg_manifest_feature features[FEATURES] = {
        {.name = "size", .type = 1},
        {.name = "colour", .type = 2, .has_dictionary = 1, .values = values, .value_count = 3},
        {.name = "price", .type = 1}};
    sg_manifest_key key = {.name = "store", .type = SEGML_KEY_INT64};
    segml_key keys[GROUPS];
    sg_manifest_record records[GROUPS];
    sg_manifest m = {.task = SEGML_TASK_BINARY,
                     .mode = SEGML_MODE_SEGMENTED,
                     .format = SG_FORMAT_VERSION,
                     .fallback = SG_FALLBACK_CONSTANT,
                     .label_name = "late",
                     .engine = "xgboost 3.2.0",
                     .library = "0.1.0",
                     .threshold = 0.5,
                     .features = features,
                     .feature_count = FEATURES,
                     .keys = &key,
                     .key_count = 1,
                     .classes = classes,
                     .class_count = 2,
                     .constant = constant,
                     .constant_count = 1,
                     .groups = records,
                     .group_count = GROUPS,
                     .overall = {.message = ""}};
    const sg_build_members members = {.groups = NULL};

    for (int g = 0; g < GROUPS; g++) {
        keys[g] = (segml_key)SEGML_KEY_INT64_VALUE(ids[g]);
        records[g] = (sg_manifest_record){.keys = &keys[g],
                                          .columns = 1,
                                          .rows = 60,
                                          .status = SEGML_GROUP_REFERENCE,
                                          .message = "",
                                          .reference = "fuzz:input"};
    }
    check(sg_build_artifact(out, &m, &members, NULL) == SEGML_OK, "the parent is built");
}

static void
release(segml_resolved *resolved)
{
    content *c = resolved->owner;

    c->released++;
}

static int
resolve(void *user, const char *uri, segml_resolved *resolved, segml_error *err)
{
    content *c = user;

    (void)err;
    check(strcmp(uri, "fuzz:input") == 0, "the URI is the record's");
    *resolved = (segml_resolved){c->bytes, c->size, release, c};
    c->given++;
    return SEGML_OK;
}

static int
is_damage(int rc)
{
    return rc == SEGML_E_FORMAT || rc == SEGML_E_LIMIT || rc == SEGML_E_UNSUPPORTED;
}

/* @return the prediction; NaN where the model turned out to be damaged */
static float
predict(const segml_model *model, int64_t group)
{
    static const float row[FEATURES] = {0.5f, 1.0f, NAN};
    segml_group_info info = SEGML_GROUP_INFO_INIT;
    segml_route *route = NULL;
    float value = NAN;
    int rc = segml_model_get_group(model, group, &info, NULL);

    check(rc == SEGML_OK || is_damage(rc), "a group has its record");
    if (rc != SEGML_OK)
        return value;
    rc = segml_route_find(&route, model, info.keys, 1, NULL);
    check(rc == SEGML_OK || is_damage(rc), "a group is routed");
    if (rc == SEGML_OK) {
        int32_t kind = segml_route_get_kind(route), reason = segml_route_get_reason(route);

        check((kind == SEGML_ROUTE_EXACT && reason == SEGML_REASON_OK) ||
                  (kind == SEGML_ROUTE_CONSTANT && reason != SEGML_REASON_OK),
              "its own model answers, or the constant for a reason");
        check(segml_route_predict(route, SEGML_OUTPUT_PREDICTION, row, FEATURES, &value, 1) ==
                  SEGML_OK,
              "a route predicts");
    }
    segml_route_free(route);
    return value;
}

static void
predict_all(const segml_model *model, float values[GROUPS])
{
    for (int64_t g = 0; g < GROUPS; g++)
        values[g] = predict(model, g);
}

static segml_model *
reload(const segml_model *old)
{
    segml_model *model = NULL;
    int rc = segml_model_reload(&model, old, NULL, NULL);

    check(rc == SEGML_OK || rc == SEGML_PARTIAL, "what was opened is opened again");
    check(model != NULL, "success has a model");
    return model;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static sg_buf parent; /* built once */
    segml_open_options options = SEGML_OPEN_OPTIONS_INIT;
    float before[GROUPS], values[GROUPS];
    segml_model *model = NULL, *same, *without;
    segml_error err = SEGML_ERROR_INIT;
    uint8_t *file = malloc(size > 0 ? size : 1);
    content c = {file, size, 0, 0};
    int rc;

    check(file != NULL, "memory");
    if (size > 0)
        memcpy(file, data, size);
    index_seal_end(file, size);
    if (parent.size == 0)
        build_parent(&parent);
    options.max_bytes = 1 << 20;
    options.resolve = resolve;
    options.resolve_user = &c;
    rc = segml_model_open_memory(&model, parent.bytes, parent.size, &options, &err);
    check(rc == SEGML_OK || rc == SEGML_PARTIAL, "the parent opens whatever it refers to");
    check(rc == err.code, "a remark has its status");
    predict_all(model, before);
    same = reload(model);
    predict_all(same, values);
    check(memcmp(before, values, sizeof values) == 0, "the same input gives the same answers");
    c.size = 0;
    without = reload(model);
    predict_all(without, values);
    check(memcmp(before, values, sizeof values) == 0, "what is gone is kept from the old model");
    segml_model_free(model);
    predict_all(without, values);
    check(memcmp(before, values, sizeof values) == 0, "and does not need it");
    segml_model_free(same);
    segml_model_free(without);
    check(c.given == 3 && c.released == 3, "all that was given is released");
    free(file);
    return 0;
}
