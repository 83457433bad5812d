/* SPDX-License-Identifier: Apache-2.0 */

/* Opening artifacts with references: what is found is used, what is not falls back and is told. */

#include <check.h>
#include <math.h>
#include <sodium/crypto_sign.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "dynamic/dynamic_fixture.h"
#include "pack/artifact.h"

enum { MANY = 2000 };

static char folder[64];
static char path[128]; /* of the parent */
static segml_error err;

static void
make_folder(void)
{
    dynamic_folder(folder);
    snprintf(path, sizeof path, "%s/parent.segml", folder);
}

static void
remove_folder(void)
{
    dynamic_remove(folder);
}

/* Writes an artifact of one group; its root digest goes to root unless that is NULL. */
static void
put_child(const char *name, int64_t id, int model, unsigned char root[32])
{
    sg_buf bytes = {0};

    dynamic_build_one(&bytes, id, model);
    dynamic_write(folder, name, &bytes);
    if (root != NULL)
        dynamic_root(root, &bytes);
    sg_buf_clear(&bytes);
}

static void
put_parent(const dynamic_group *groups, int64_t count)
{
    sg_buf bytes = {0};

    dynamic_build(&bytes, groups, count, NULL);
    dynamic_write(folder, "parent.segml", &bytes);
    sg_buf_clear(&bytes);
}

static segml_model *
open_parent(const segml_open_options *options, int expected)
{
    segml_model *model = NULL;
    int rc;

    err = (segml_error)SEGML_ERROR_INIT;
    rc = segml_model_open(&model, path, options, &err);
    ck_assert_msg(rc == expected, "%d (%s) instead of %d", rc, err.message, expected);
    ck_assert_int_eq(err.code, rc);
    ck_assert_int_eq(model != NULL, rc >= 0);
    return model;
}

static void
assert_message(const char *part)
{
    ck_assert_msg(strstr(err.message, part) != NULL, "\"%s\" does not say \"%s\"", err.message,
                  part);
}

/* A parent of one reference: it opens in part with that reason, and strictly not at all. */
static void
assert_unresolved(const dynamic_group *group, int strict_status, const char *why)
{
    segml_open_options strict = SEGML_OPEN_OPTIONS_INIT;
    segml_model *model;

    put_parent(group, 1);
    model = open_parent(NULL, SEGML_PARTIAL);
    assert_message("1 of 1 references");
    assert_message("the first is group 7 (");
    assert_message(why);
    dynamic_assert(model, 7, 0, SEGML_REASON_UNRESOLVED);
    segml_model_free(model);
    strict.strict = 1;
    ck_assert_ptr_null(open_parent(&strict, strict_status));
    assert_message(why);
}

START_TEST(references_are_answered_like_own_models)
{
    unsigned char root[32];
    const dynamic_group groups[] = {{.id = 5},
                                    {.id = 7, .uri = "file:stores/7.segml", .pin = root},
                                    {.id = 8, .model = 3},
                                    {.id = 9, .uri = "file:9.segml"}};
    segml_model_info info = SEGML_MODEL_INFO_INIT;
    segml_model_stats stats = SEGML_MODEL_STATS_INIT;
    segml_model *model;

    put_child("stores/7.segml", 7, 1, root);
    put_child("9.segml", 9, 2, NULL);
    put_parent(groups, 4);
    model = open_parent(NULL, SEGML_OK);
    ck_assert_int_eq(segml_model_get_info(model, &info, NULL), SEGML_OK);
    ck_assert_int_eq(info.references, 2);
    ck_assert_int_eq(info.groups_trained, 1);
    dynamic_assert(model, 5, 0, SEGML_REASON_TOO_FEW_ROWS);
    dynamic_assert(model, 7, 1, SEGML_REASON_OK);
    dynamic_assert(model, 8, 3, SEGML_REASON_OK);
    dynamic_assert(model, 9, 2, SEGML_REASON_OK);
    dynamic_assert(model, 10, 0, SEGML_REASON_UNSEEN);
    ck_assert_int_eq(segml_model_get_stats(model, &stats, NULL), SEGML_OK);
    ck_assert_int_eq(stats.models, 3);
    ck_assert_int_eq(stats.loaded, 3);
    segml_model_free(model);
}
END_TEST

/* The predicted class of the first row depends on the threshold alone. */
static float
class_of(const segml_model *model, int64_t id)
{
    const segml_key key = SEGML_KEY_INT64_VALUE(id);
    segml_route *route = NULL;
    float value = NAN;

    ck_assert_int_eq(segml_route_find(&route, model, &key, 1, NULL), SEGML_OK);
    ck_assert_int_eq(
        segml_route_predict(route, SEGML_OUTPUT_CLASS, golden_rows, GOLDEN_FEATURES, &value, 1),
        SEGML_OK);
    segml_route_free(route);
    return value;
}

static void
raise_threshold(sg_manifest *m)
{
    m->threshold = 1.0;
}

START_TEST(threshold_rounds_and_rows_are_the_childs)
{
    const dynamic_group groups[] = {{.id = 7, .uri = "file:7.segml"},
                                    {.id = 8, .uri = "file:8.segml"},
                                    {.id = 9, .uri = "file:9.segml"}};
    const dynamic_group own = {.id = 8, .model = 1, .threshold = 0.0009765625};
    const double thresholds[] = {0.375, 0.0009765625, 1.0};
    sg_buf bytes = {0};
    segml_model *model;

    put_child("7.segml", 7, 1, NULL);
    dynamic_build(&bytes, &own, 1, NULL);
    dynamic_write(folder, "8.segml", &bytes);
    dynamic_build(&bytes, &(dynamic_group){.id = 9, .model = 1}, 1, raise_threshold);
    dynamic_write(folder, "9.segml", &bytes);
    sg_buf_clear(&bytes);
    put_parent(groups, 3);
    model = open_parent(NULL, SEGML_OK);
    for (int g = 0; g < 3; g++) {
        segml_group_info info = SEGML_GROUP_INFO_INIT;
        float probability = dynamic_predict(model, 7 + g);

        ck_assert_int_eq(segml_model_get_group(model, g, &info, NULL), SEGML_OK);
        ck_assert_int_eq(info.status, SEGML_GROUP_REFERENCE);
        ck_assert_str_eq(info.reference, groups[g].uri);
        ck_assert_int_eq(info.rounds, 3);
        ck_assert_int_eq(info.rows, 101); /* the parent's record says 100 */
        ck_assert_double_eq(info.threshold, thresholds[g]);
        ck_assert_float_eq(class_of(model, 7 + g),
                           probability >= (float)thresholds[g] ? 1.0f : 0.0f);
    }
    segml_model_free(model);
}
END_TEST

START_TEST(a_parent_without_index_has_its_references_too)
{
    const dynamic_group groups[] = {{.id = 7, .uri = "file:7.segml"}, {.id = 8, .model = 2}};
    segml_group_info info = SEGML_GROUP_INFO_INIT;
    sg_buf bytes = {0};
    segml_model *model;
    uint64_t offset;

    put_child("7.segml", 7, 1, NULL);
    dynamic_build(&bytes, groups, 2, NULL);
    ck_assert_int_eq(sg_artifact_find_index(bytes.bytes, bytes.size, &offset), 1);
    bytes.size = (size_t)offset;
    dynamic_write(folder, "parent.segml", &bytes);
    sg_buf_clear(&bytes);
    model = open_parent(NULL, SEGML_OK);
    dynamic_assert(model, 7, 1, SEGML_REASON_OK);
    dynamic_assert(model, 8, 2, SEGML_REASON_OK);
    ck_assert_int_eq(segml_model_get_group(model, 0, &info, NULL), SEGML_OK);
    ck_assert_int_eq(info.rounds, 3);
    segml_model_free(model);
}
END_TEST

START_TEST(preloading_and_the_budget_count_referenced_models)
{
    const dynamic_group groups[] = {
        {.id = 7, .uri = "file:7.segml"}, {.id = 8, .model = 3}, {.id = 9, .uri = "file:9.segml"}};
    segml_open_options options = SEGML_OPEN_OPTIONS_INIT;
    segml_model_stats stats = SEGML_MODEL_STATS_INIT;
    segml_model *model;

    put_child("7.segml", 7, 1, NULL);
    put_child("9.segml", 9, 2, NULL);
    put_parent(groups, 3);
    options.preload = 1;
    model = open_parent(&options, SEGML_OK);
    ck_assert_int_eq(segml_model_get_stats(model, &stats, NULL), SEGML_OK);
    ck_assert_int_eq(stats.models, 3);
    ck_assert_int_eq(stats.loaded, 3);
    segml_model_free(model);
    options.preload = 0;
    options.child_bytes = 1;
    model = open_parent(&options, SEGML_OK);
    dynamic_assert(model, 7, 1, SEGML_REASON_OK);
    dynamic_assert(model, 9, 2, SEGML_REASON_OK);
    ck_assert_int_eq(segml_model_get_stats(model, &stats, NULL), SEGML_OK);
    ck_assert_int_le(stats.loaded, 1);
    ck_assert_int_ge(stats.dropped, 1);
    segml_model_free(model);
}
END_TEST

START_TEST(the_importance_of_a_referenced_model_is_told)
{
    const dynamic_group group = {.id = 7, .uri = "file:7.segml"};
    double values[GOLDEN_FEATURES];
    segml_model *model;

    put_child("7.segml", 7, 1, NULL);
    put_parent(&group, 1);
    model = open_parent(NULL, SEGML_OK);
    ck_assert_int_eq(segml_model_importance(model, 0, values, GOLDEN_FEATURES, NULL), SEGML_OK);
    for (int f = 0; f < GOLDEN_FEATURES; f++)
        ck_assert_double_eq_tol(values[f], dynamic_expected(1)->importance[f], 1e-6);
    segml_model_free(model);
}
END_TEST

START_TEST(a_file_that_is_missing_leaves_its_groups_to_the_fallback)
{
    const dynamic_group group = {.id = 7, .uri = "file:stores/none.segml"};

    assert_unresolved(&group, SEGML_E_IO, "(file:stores/none.segml): cannot find ");
}
END_TEST

START_TEST(a_message_counts_and_names_the_first)
{
    const dynamic_group groups[] = {{.id = 6, .uri = "file:6.segml"},
                                    {.id = 7, .uri = "file:none.segml"},
                                    {.id = 8, .uri = "file:none.segml"},
                                    {.id = 9, .uri = "file:../9.segml"}};
    segml_model *model;

    put_child("6.segml", 6, 1, NULL);
    put_parent(groups, 4);
    model = open_parent(NULL, SEGML_PARTIAL);
    assert_message(path);
    assert_message("3 of 4 references are not resolved, the first is group 7 (file:none.segml)");
    dynamic_assert(model, 6, 1, SEGML_REASON_OK);
    dynamic_assert(model, 9, 0, SEGML_REASON_UNRESOLVED);
    segml_model_free(model);
}
END_TEST

START_TEST(a_pinned_artifact_that_was_changed_is_refused)
{
    unsigned char root[32];
    const dynamic_group group = {.id = 7, .uri = "file:7.segml", .pin = root};

    put_child("7.segml", 7, 1, root);
    put_child("7.segml", 7, 2, NULL);
    assert_unresolved(&group, SEGML_E_MISMATCH, "not the pinned one");
}
END_TEST

START_TEST(references_do_not_chain_and_so_not_go_in_circles)
{
    const dynamic_group itself = {.id = 7, .uri = "file:parent.segml"};
    const dynamic_group other = {.id = 7, .uri = "file:other.segml"};
    const dynamic_group back[] = {{.id = 7, .model = 1}, {.id = 8, .uri = "file:parent.segml"}};
    sg_buf bytes = {0};

    assert_unresolved(&itself, SEGML_E_MISMATCH, "they do not chain");
    dynamic_build(&bytes, back, 2, NULL);
    dynamic_write(folder, "other.segml", &bytes);
    sg_buf_clear(&bytes);
    assert_unresolved(&other, SEGML_E_MISMATCH, "they do not chain");
}
END_TEST

START_TEST(an_artifact_without_index_cannot_be_referred_to)
{
    const dynamic_group group = {.id = 7, .uri = "file:7.segml"};
    sg_buf bytes = {0};
    uint64_t offset;

    dynamic_build_one(&bytes, 7, 1);
    ck_assert_int_eq(sg_artifact_find_index(bytes.bytes, bytes.size, &offset), 1);
    bytes.size = (size_t)offset;
    dynamic_write(folder, "7.segml", &bytes);
    assert_unresolved(&group, SEGML_E_FORMAT, "without index");
    bytes.size = 0;
    dynamic_write(folder, "7.segml", &bytes);
    assert_unresolved(&group, SEGML_E_FORMAT, "without index");
    sg_buf_clear(&bytes);
}
END_TEST

START_TEST(a_damaged_index_leaves_its_groups_to_the_fallback)
{
    const dynamic_group group = {.id = 7, .uri = "file:7.segml"};
    sg_buf bytes = {0};
    uint64_t offset;

    dynamic_build_one(&bytes, 7, 1);
    ck_assert_int_eq(sg_artifact_find_index(bytes.bytes, bytes.size, &offset), 1);
    bytes.bytes[offset + 40] ^= 1;
    dynamic_write(folder, "7.segml", &bytes);
    assert_unresolved(&group, SEGML_E_FORMAT, "index is damaged");
    bytes.bytes[offset + 40] ^= 1;
    bytes.bytes[bytes.size - 40] ^= 1; /* of a page: in the key */
    dynamic_write(folder, "7.segml", &bytes);
    assert_unresolved(&group, SEGML_E_FORMAT, "index is damaged");
    sg_buf_clear(&bytes);
}
END_TEST

START_TEST(a_damaged_model_is_told_by_its_reference_when_it_is_needed)
{
    const dynamic_group group = {.id = 7, .uri = "file:7.segml"};
    const segml_key key = SEGML_KEY_INT64_VALUE(7);
    segml_route *route = NULL;
    sg_buf bytes = {0};
    segml_model *model;
    uint64_t offset;

    dynamic_build_one(&bytes, 7, 1);
    ck_assert_int_eq(sg_artifact_find_index(bytes.bytes, bytes.size, &offset), 1);
    bytes.bytes[offset - 200] ^= 1;
    dynamic_write(folder, "7.segml", &bytes);
    sg_buf_clear(&bytes);
    put_parent(&group, 1);
    model = open_parent(NULL, SEGML_OK);
    ck_assert_int_eq(segml_route_find(&route, model, &key, 1, &err), SEGML_E_FORMAT);
    assert_message("file:7.segml: groups/7/model.ubj: ");
    segml_model_free(model);
}
END_TEST

static void
rename_class(sg_manifest *m)
{
    static const char *const classes[] = {"no", "oui"};

    m->classes = classes;
}

static void
rename_feature(sg_manifest *m)
{
    m->features[2].name = "cost";
}

static void
change_type(sg_manifest *m)
{
    m->features[1].type = 1;
    m->features[1].has_dictionary = 0;
    m->features[1].values = NULL;
    m->features[1].value_count = 0;
}

static void
change_dictionary(sg_manifest *m)
{
    static const char *const values[] = {"blue", "red", "green"};

    m->features[1].values = values;
}

static void
shorten_dictionary(sg_manifest *m)
{
    m->features[1].value_count = 2;
}

static void
drop_feature(sg_manifest *m)
{
    m->feature_count = 2;
}

static void
rename_key(sg_manifest *m)
{
    m->keys[0].name = "shop";
}

static void
change_task(sg_manifest *m)
{
    m->task = SEGML_TASK_REGRESSION;
    m->class_count = 0;
}

static const struct {
    dynamic_change change;
    const char *why;
} misfits[] = {
    {rename_class, "its class 1 is oui instead of yes"},
    {rename_feature, "its feature 3 is cost instead of price"},
    {change_type, "its feature colour has another type"},
    {change_dictionary, "its feature colour has other texts"},
    {shorten_dictionary, "its feature colour has other texts"},
    {drop_feature, "it has 2 features instead of 3"},
    {rename_key, "its key column 1 is shop instead of store"},
    {change_task, "its task is regression instead of binary"},
};

START_TEST(an_artifact_that_does_not_fit_is_refused)
{
    const dynamic_group group = {.id = 7, .uri = "file:7.segml"};
    sg_buf bytes = {0};

    dynamic_build(&bytes, &(dynamic_group){.id = 7, .model = 1}, 1, misfits[_i].change);
    dynamic_write(folder, "7.segml", &bytes);
    sg_buf_clear(&bytes);
    assert_unresolved(&group, SEGML_E_MISMATCH, misfits[_i].why);
}
END_TEST

START_TEST(an_artifact_without_the_group_is_refused)
{
    const dynamic_group group = {.id = 7, .uri = "file:7.segml"};
    const dynamic_group poor[] = {{.id = 7}, {.id = 8, .model = 1}};
    sg_buf bytes = {0};

    put_child("7.segml", 8, 1, NULL);
    assert_unresolved(&group, SEGML_E_MISMATCH, "does not know the group");
    dynamic_build(&bytes, poor, 2, NULL);
    dynamic_write(folder, "7.segml", &bytes);
    sg_buf_clear(&bytes);
    assert_unresolved(&group, SEGML_E_MISMATCH, "no model of the group (too_few_rows)");
}
END_TEST

static const struct {
    const char *uri, *why;
    int status;
} bad_uris[] = {
    {"file:", "names no file", SEGML_E_FORMAT},
    {"file:/etc/passwd", "is absolute", SEGML_E_FORMAT},
    {"file:../7.segml", "\"..\"", SEGML_E_FORMAT},
    {"https://example.com/7.segml", "without a resolver", SEGML_E_IO},
    {"7.segml", "without a resolver", SEGML_E_IO},
    {"file:\x01\x02",
     "file:?"
     "?): cannot find ",
     SEGML_E_IO},
    {"file:.", "not a regular file", SEGML_E_IO},
};

START_TEST(a_bad_uri_leaves_its_group_to_the_fallback)
{
    const dynamic_group group = {.id = 7, .uri = bad_uris[_i].uri};

    assert_unresolved(&group, bad_uris[_i].status, bad_uris[_i].why);
}
END_TEST

START_TEST(an_empty_or_huge_uri_is_no_uri)
{
    static char huge[5002];
    dynamic_group group = {.id = 7, .uri = ""};

    put_parent(&group, 1);
    ck_assert_ptr_null(open_parent(NULL, SEGML_E_FORMAT));
    assert_message("\"uri\" is empty");
    memset(huge, 'x', 4097);
    group.uri = huge;
    put_parent(&group, 1);
    ck_assert_ptr_null(open_parent(NULL, SEGML_E_FORMAT));
    assert_message("\"uri\" is longer than 4096 bytes");
    huge[4096] = '\0';
    assert_unresolved(&group, SEGML_E_IO, "without a resolver");
}
END_TEST

/* A resolver with memory. */
typedef struct library {
    sg_buf bytes;
    int calls, released;
    int rc;       /* what it returns */
    int is_lying; /* 1: success without bytes */
    int is_mute;  /* 1: no release */
} library;

static void
release(segml_resolved *resolved)
{
    library *l = resolved->owner;

    l->released++;
}

static int
resolve(void *user, const char *uri, segml_resolved *resolved, segml_error *error)
{
    library *l = user;

    ck_assert_ptr_nonnull(error);
    ck_assert_ptr_null(resolved->bytes);
    l->calls++;
    if (l->rc != SEGML_OK) {
        snprintf(error->message, sizeof error->message, "no %s today", uri);
        return l->rc;
    }
    *resolved = (segml_resolved){l->is_lying ? NULL : l->bytes.bytes, l->bytes.size,
                                 l->is_mute ? NULL : release, l};
    return SEGML_OK;
}

static segml_open_options
with_resolver(library *l)
{
    segml_open_options options = SEGML_OPEN_OPTIONS_INIT;

    options.resolve = resolve;
    options.resolve_user = l;
    return options;
}

START_TEST(a_resolver_is_asked_once_for_each_uri_and_told_when_its_bytes_are_free)
{
    static dynamic_group groups[MANY], children[MANY];
    const segml_key key = SEGML_KEY_INT64_VALUE(0);
    library l = {.calls = 0};
    segml_open_options options = with_resolver(&l);
    segml_route *route = NULL;
    segml_model *model;

    for (int g = 0; g < MANY; g++) {
        groups[g] = (dynamic_group){.id = g, .uri = g % 2 ? "lib:one" : "lib:two"};
        children[g] = (dynamic_group){.id = g, .model = 1 + g % 3};
    }
    dynamic_build(&l.bytes, children, MANY, NULL);
    put_parent(groups, MANY);
    model = open_parent(&options, SEGML_OK);
    ck_assert_int_eq(l.calls, 2);
    for (int g = 0; g < 9; g++)
        dynamic_assert(model, g, 1 + g % 3, SEGML_REASON_OK);
    ck_assert_int_eq(segml_route_find(&route, model, &key, 1, NULL), SEGML_OK);
    segml_model_free(model);
    ck_assert_int_eq(l.released, 0);
    segml_route_free(route);
    ck_assert_int_eq(l.released, 2);
    sg_buf_clear(&l.bytes);
}
END_TEST

static const struct {
    int rc, status;
} failures[] = {
    {SEGML_E_IO, SEGML_E_IO},
    {SEGML_E_MISMATCH, SEGML_E_MISMATCH},
    {SEGML_E_NOT_FOUND, SEGML_E_NOT_FOUND},
    {-1000, SEGML_E_IO},
    {SEGML_E_INTERNAL, SEGML_E_IO},
    {SEGML_PARTIAL, SEGML_E_IO},
    {77, SEGML_E_IO},
};

START_TEST(what_a_resolver_fails_with_is_told)
{
    const dynamic_group group = {.id = 7, .uri = "lib:7"};
    library l = {.rc = failures[_i].rc};
    segml_open_options options = with_resolver(&l);
    segml_model *model;

    put_parent(&group, 1);
    model = open_parent(&options, SEGML_PARTIAL);
    assert_message("the resolver failed: no lib:7 today");
    dynamic_assert(model, 7, 0, SEGML_REASON_UNRESOLVED);
    segml_model_free(model);
    options.strict = 1;
    open_parent(&options, failures[_i].status);
    ck_assert_int_eq(l.released, 0);
}
END_TEST

START_TEST(a_resolver_without_memory_ends_the_opening)
{
    const dynamic_group group = {.id = 7, .uri = "lib:7"};
    library l = {.rc = SEGML_E_NOMEM};
    segml_open_options options = with_resolver(&l);

    put_parent(&group, 1);
    open_parent(&options, SEGML_E_NOMEM);
}
END_TEST

START_TEST(a_resolver_that_lies_or_gives_rubbish_is_released)
{
    static unsigned char rubbish[1000];
    const dynamic_group group = {.id = 7, .uri = "lib:7"};
    library l = {.is_lying = 1};
    segml_open_options options = with_resolver(&l);

    put_parent(&group, 1);
    l.bytes.size = 1 << 30;
    segml_model_free(open_parent(&options, SEGML_PARTIAL));
    assert_message("the resolver gave no bytes");
    ck_assert_int_eq(l.released, 1);
    l = (library){.bytes = {rubbish, sizeof rubbish, 0, 0}};
    segml_model_free(open_parent(&options, SEGML_PARTIAL));
    ck_assert_int_eq(l.released, 1);
    memcpy(rubbish + 984, "\xff\xff\xff\xff\xff\xff\xff\xffSEGMLEND", 16);
    segml_model_free(open_parent(&options, SEGML_PARTIAL));
    assert_message("index is damaged");
    l.bytes.size = 0;
    segml_model_free(open_parent(&options, SEGML_PARTIAL));
    l.is_mute = 1;
    segml_model_free(open_parent(&options, SEGML_PARTIAL));
    ck_assert_int_eq(l.released, 3);
}
END_TEST

START_TEST(a_model_in_memory_has_references_by_root_or_resolver)
{
    const dynamic_group group = {.id = 7, .uri = "file:7.segml"};
    segml_open_options options = SEGML_OPEN_OPTIONS_INIT;
    segml_model *model = NULL;
    sg_buf bytes = {0};

    put_child("7.segml", 7, 2, NULL);
    dynamic_build(&bytes, &group, 1, NULL);
    ck_assert_int_eq(segml_model_open_memory(&model, bytes.bytes, bytes.size, NULL, &err),
                     SEGML_PARTIAL);
    assert_message("give reference_root or a resolver");
    segml_model_free(model);
    options.reference_root = folder;
    ck_assert_int_eq(segml_model_open_memory(&model, bytes.bytes, bytes.size, &options, &err),
                     SEGML_OK);
    dynamic_assert(model, 7, 2, SEGML_REASON_OK);
    segml_model_free(model);
    sg_buf_clear(&bytes);
}
END_TEST

/* Ed25519 over the text "segml signature", a line feed, and the root digest. */
static void
sign(unsigned char public_key[32], unsigned char signature[64])
{
    unsigned char secret[crypto_sign_SECRETKEYBYTES], message[48] = "segml signature\n";
    segml_model_info info = SEGML_MODEL_INFO_INIT;
    segml_model *model = NULL;

    ck_assert_int_ge(segml_model_open(&model, path, NULL, NULL), 0);
    ck_assert_int_eq(segml_model_get_info(model, &info, NULL), SEGML_OK);
    memcpy(message + 16, info.root, 32);
    segml_model_free(model);
    crypto_sign_keypair(public_key, secret);
    crypto_sign_detached(signature, NULL, message, sizeof message, secret);
}

START_TEST(a_signature_covers_pinned_references_only)
{
    unsigned char root[32], public_key[32], signature[64];
    const dynamic_group groups[] = {{.id = 7, .uri = "file:7.segml", .pin = root},
                                    {.id = 8, .uri = "file:8.segml"}};
    segml_open_options options = SEGML_OPEN_OPTIONS_INIT;
    segml_model *model;

    put_child("7.segml", 7, 1, root);
    put_child("8.segml", 8, 2, NULL);
    put_parent(groups, 2);
    sign(public_key, signature);
    options.public_key = public_key;
    options.signature = signature;
    model = open_parent(&options, SEGML_PARTIAL);
    assert_message("1 of 2 references are not resolved, the first is group 8");
    assert_message("not pinned");
    dynamic_assert(model, 7, 1, SEGML_REASON_OK);
    dynamic_assert(model, 8, 0, SEGML_REASON_UNRESOLVED);
    segml_model_free(model);
}
END_TEST

static void
add_resolvers(TCase *tc)
{
    tcase_add_test(tc, a_resolver_is_asked_once_for_each_uri_and_told_when_its_bytes_are_free);
    tcase_add_loop_test(tc, what_a_resolver_fails_with_is_told, 0,
                        sizeof failures / sizeof *failures);
    tcase_add_test(tc, a_resolver_without_memory_ends_the_opening);
    tcase_add_test(tc, a_resolver_that_lies_or_gives_rubbish_is_released);
    tcase_add_test(tc, a_model_in_memory_has_references_by_root_or_resolver);
    tcase_add_test(tc, a_signature_covers_pinned_references_only);
}

TCase *
references_tests(void)
{
    TCase *tc = tcase_create("references");

    tcase_add_checked_fixture(tc, make_folder, remove_folder);
    tcase_add_test(tc, references_are_answered_like_own_models);
    tcase_add_test(tc, threshold_rounds_and_rows_are_the_childs);
    tcase_add_test(tc, a_parent_without_index_has_its_references_too);
    tcase_add_test(tc, preloading_and_the_budget_count_referenced_models);
    tcase_add_test(tc, the_importance_of_a_referenced_model_is_told);
    tcase_add_test(tc, a_file_that_is_missing_leaves_its_groups_to_the_fallback);
    tcase_add_test(tc, a_message_counts_and_names_the_first);
    tcase_add_test(tc, a_pinned_artifact_that_was_changed_is_refused);
    tcase_add_test(tc, references_do_not_chain_and_so_not_go_in_circles);
    tcase_add_test(tc, an_artifact_without_index_cannot_be_referred_to);
    tcase_add_test(tc, a_damaged_index_leaves_its_groups_to_the_fallback);
    tcase_add_test(tc, a_damaged_model_is_told_by_its_reference_when_it_is_needed);
    tcase_add_loop_test(tc, an_artifact_that_does_not_fit_is_refused, 0,
                        sizeof misfits / sizeof *misfits);
    tcase_add_test(tc, an_artifact_without_the_group_is_refused);
    tcase_add_loop_test(tc, a_bad_uri_leaves_its_group_to_the_fallback, 0,
                        sizeof bad_uris / sizeof *bad_uris);
    tcase_add_test(tc, an_empty_or_huge_uri_is_no_uri);
    add_resolvers(tc);
    return tc;
}
