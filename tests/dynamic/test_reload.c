/* SPDX-License-Identifier: Apache-2.0 */

/* Reloading: what has changed is picked up, what has not is shared, what is broken is kept. */

#include <check.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "dynamic/dynamic_fixture.h"
#include "model/model.h"
#include "pack/artifact.h"

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

static void
put(const char *name, const dynamic_group *groups, int64_t count, dynamic_change change)
{
    sg_buf bytes = {0};

    dynamic_build(&bytes, groups, count, change);
    dynamic_write(folder, name, &bytes);
    sg_buf_clear(&bytes);
}

static void
put_child(const char *name, int64_t id, int model)
{
    const dynamic_group group = {.id = id, .model = model};

    put(name, &group, 1, NULL);
}

static segml_model *
open_parent(void)
{
    segml_model *model = NULL;

    ck_assert_msg(segml_model_open(&model, path, NULL, &err) == SEGML_OK, "%s", err.message);
    return model;
}

static segml_model *
reload(const segml_model *old, int expected)
{
    segml_model *model = NULL;
    int rc;

    err = (segml_error)SEGML_ERROR_INIT;
    rc = segml_model_reload(&model, old, NULL, &err);
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

static segml_model_stats
stats_of(const segml_model *model)
{
    segml_model_stats stats = SEGML_MODEL_STATS_INIT;

    ck_assert_int_eq(segml_model_get_stats(model, &stats, NULL), SEGML_OK);
    return stats;
}

/* The forest in a slot; it is the model's as long as the model lives. */
static const void *
resident(const segml_model *model, int64_t slot)
{
    sg_resident *child = sg_children_peek((sg_children *)&model->children, slot);

    sg_resident_release(child);
    return child;
}

static const dynamic_group three[] = {
    {.id = 6, .model = 1}, {.id = 7, .model = 2}, {.id = 9, .model = 3}};

START_TEST(models_of_one_file_that_have_not_changed_are_shared)
{
    /* Another group in front: all others have new numbers. */
    const dynamic_group next[] = {
        {.id = 5, .model = 3}, {.id = 6, .model = 1}, {.id = 7, .model = 3}, {.id = 9, .model = 3}};
    segml_model *old, *fresh;

    put("parent.segml", three, 3, NULL);
    old = open_parent();
    dynamic_assert(old, 6, 1, SEGML_REASON_OK);
    dynamic_assert(old, 7, 2, SEGML_REASON_OK);
    put("parent.segml", next, 4, NULL);
    fresh = reload(old, SEGML_OK);
    ck_assert_int_eq(stats_of(fresh).loaded, 1); /* 6; nobody has asked for 9 */
    ck_assert_int_eq(stats_of(fresh).loads, 0);
    ck_assert_int_eq(stats_of(fresh).hits, 0);
    ck_assert_int_gt(stats_of(fresh).bytes, 0);
    ck_assert_ptr_nonnull(resident(fresh, 1));
    ck_assert_ptr_eq(resident(fresh, 1), resident(old, 0));
    dynamic_assert(old, 7, 2, SEGML_REASON_OK);
    dynamic_assert(old, 5, 0, SEGML_REASON_UNSEEN);
    segml_model_free(old);
    for (int g = 0; g < 4; g++)
        dynamic_assert(fresh, next[g].id, next[g].model, SEGML_REASON_OK);
    segml_model_free(fresh);
}
END_TEST

static void
rename_feature(sg_manifest *m)
{
    m->features[2].name = "cost";
}

START_TEST(nothing_is_shared_with_a_model_of_other_features)
{
    segml_model *old, *fresh;

    put("parent.segml", three, 3, NULL);
    old = open_parent();
    dynamic_assert(old, 6, 1, SEGML_REASON_OK);
    put("parent.segml", three, 3, rename_feature);
    fresh = reload(old, SEGML_OK);
    ck_assert_int_eq(stats_of(fresh).loaded, 0);
    segml_model_free(old);
    segml_model_free(fresh);
}
END_TEST

START_TEST(shared_models_stay_within_the_new_budget)
{
    segml_open_options options = SEGML_OPEN_OPTIONS_INIT;
    segml_model *old, *fresh = NULL;

    put("parent.segml", three, 3, NULL);
    old = open_parent();
    ck_assert_int_eq(segml_model_preload(old, 1, NULL), SEGML_OK);
    options.child_bytes = stats_of(old).bytes - 1;
    ck_assert_int_eq(segml_model_reload(&fresh, old, &options, &err), SEGML_OK);
    ck_assert_int_eq(stats_of(fresh).loaded, 2);
    ck_assert_int_eq(stats_of(fresh).dropped, 0);
    segml_model_free(old);
    for (int g = 0; g < 3; g++)
        dynamic_assert(fresh, three[g].id, three[g].model, SEGML_REASON_OK);
    ck_assert_int_le(stats_of(fresh).bytes, options.child_bytes);
    segml_model_free(fresh);
}
END_TEST

START_TEST(a_file_that_is_gone_or_broken_fails_and_the_old_model_goes_on)
{
    const sg_buf rubbish = {(unsigned char *)"rubbish", 7, 7, 0};
    segml_model *old;

    put("parent.segml", three, 3, NULL);
    old = open_parent();
    ck_assert_int_eq(unlink(path), 0);
    reload(old, SEGML_E_IO);
    dynamic_write(folder, "parent.segml", &rubbish);
    reload(old, SEGML_E_FORMAT);
    assert_message(path);
    for (int g = 0; g < 3; g++)
        dynamic_assert(old, three[g].id, three[g].model, SEGML_REASON_OK);
    segml_model_free(old);
}
END_TEST

START_TEST(a_model_that_cannot_have_changed_is_not_reloaded)
{
    segml_model *old = NULL, *fresh = (segml_model *)&old;
    sg_buf bytes = {0};

    dynamic_build(&bytes, three, 3, NULL);
    ck_assert_int_eq(segml_model_open_memory(&old, bytes.bytes, bytes.size, NULL, NULL), SEGML_OK);
    ck_assert_int_eq(segml_model_reload(&fresh, old, NULL, &err), SEGML_E_ARGUMENT);
    ck_assert_ptr_null(fresh);
    ck_assert_int_eq(segml_model_reload(&fresh, NULL, NULL, &err), SEGML_E_ARGUMENT);
    ck_assert_int_eq(segml_model_reload(NULL, old, NULL, &err), SEGML_E_ARGUMENT);
    segml_model_free(old);
    sg_buf_clear(&bytes);
}
END_TEST

static const dynamic_group referring[] = {{.id = 6, .uri = "file:6.segml"},
                                          {.id = 7, .uri = "file:7.segml"},
                                          {.id = 8, .uri = "file:none.segml"},
                                          {.id = 9, .model = 1}};

/* Groups 6 and 7 are answered by models 1 and 2, in use. */
static segml_model *
open_referring(void)
{
    segml_model *model;

    put_child("6.segml", 6, 1);
    put_child("7.segml", 7, 2);
    put("parent.segml", referring, 2, NULL);
    model = open_parent();
    dynamic_assert(model, 6, 1, SEGML_REASON_OK);
    dynamic_assert(model, 7, 2, SEGML_REASON_OK);
    return model;
}

START_TEST(a_changed_referent_is_picked_up_and_the_others_are_shared)
{
    segml_model *old = open_referring(), *fresh;
    const segml_key key = SEGML_KEY_INT64_VALUE(7);
    segml_route *route = NULL;
    float value;

    ck_assert_int_eq(segml_route_find(&route, old, &key, 1, NULL), SEGML_OK);
    put_child("7.segml", 7, 3);
    fresh = reload(old, SEGML_OK);
    ck_assert_ptr_eq(old->bindings.groups[0].referent, fresh->bindings.groups[0].referent);
    ck_assert_ptr_ne(old->bindings.groups[1].referent, fresh->bindings.groups[1].referent);
    ck_assert_ptr_eq(resident(old, 0), resident(fresh, 0));
    ck_assert_ptr_null(resident(fresh, 1));
    dynamic_assert(fresh, 6, 1, SEGML_REASON_OK);
    dynamic_assert(fresh, 7, 3, SEGML_REASON_OK);
    dynamic_assert(old, 7, 2, SEGML_REASON_OK);
    segml_model_free(old);
    ck_assert_int_eq(segml_route_predict(route, SEGML_OUTPUT_PREDICTION, golden_rows,
                                         GOLDEN_FEATURES, &value, 1),
                     SEGML_OK);
    ck_assert_float_eq(value, dynamic_expected(2)->prediction[0]);
    segml_route_free(route);
    segml_model_free(fresh);
}
END_TEST

START_TEST(a_referent_of_the_same_bytes_is_shared_though_it_was_replaced)
{
    segml_model *old = open_referring(), *fresh;

    put_child("7.segml", 7, 2);
    fresh = reload(old, SEGML_OK);
    ck_assert_ptr_eq(old->bindings.groups[1].referent, fresh->bindings.groups[1].referent);
    segml_model_free(old);
    dynamic_assert(fresh, 7, 2, SEGML_REASON_OK);
    segml_model_free(fresh);
}
END_TEST

START_TEST(a_model_that_is_to_read_its_files_shares_no_maps)
{
    segml_model *old = open_referring(), *read = NULL, *again;
    segml_open_options options = SEGML_OPEN_OPTIONS_INIT;

    options.map = -1;
    ck_assert_int_eq(segml_model_reload(&read, old, &options, &err), SEGML_OK);
    ck_assert_ptr_ne(old->bindings.groups[0].referent, read->bindings.groups[0].referent);
    ck_assert_uint_eq(read->bindings.groups[0].referent->source.map.size, 0);
    ck_assert_ptr_eq(resident(old, 0), resident(read, 0));
    again = reload(read, SEGML_OK); /* as it was opened: not by maps */
    ck_assert_ptr_eq(read->bindings.groups[0].referent, again->bindings.groups[0].referent);
    segml_model_free(old);
    segml_model_free(read);
    dynamic_assert(again, 6, 1, SEGML_REASON_OK);
    dynamic_assert(again, 7, 2, SEGML_REASON_OK);
    segml_model_free(again);
}
END_TEST

static void
damage(const char *name)
{
    sg_buf bytes = {0};
    uint64_t offset;

    dynamic_build_one(&bytes, 7, 3);
    ck_assert_int_eq(sg_artifact_find_index(bytes.bytes, bytes.size, &offset), 1);
    bytes.bytes[offset + 40] ^= 1;
    dynamic_write(folder, name, &bytes);
    sg_buf_clear(&bytes);
}

static void
remove_child(const char *name)
{
    char file[200];

    snprintf(file, sizeof file, "%s/%s", folder, name);
    ck_assert_int_eq(unlink(file), 0);
}

static void
misfit(const char *name)
{
    const dynamic_group group = {.id = 7, .model = 3};

    put(name, &group, 1, rename_feature);
}

static void
lose_group(const char *name)
{
    put_child(name, 8, 3);
}

static const struct {
    void (*spoil)(const char *name);
    const char *why;
} spoilers[] = {{damage, "index is damaged"},
                {remove_child, "cannot find"},
                {misfit, "its feature 3 is cost"},
                {lose_group, "does not know the group"}};

START_TEST(a_referent_that_is_spoilt_is_kept_from_the_old_model)
{
    segml_model *old = open_referring(), *fresh, *again;
    segml_open_options strict = SEGML_OPEN_OPTIONS_INIT;
    segml_model *none = old;

    spoilers[_i].spoil("7.segml");
    fresh = reload(old, SEGML_PARTIAL);
    assert_message("1 of 2 references keep their old models, the first is group 7 (file:7.segml)");
    assert_message(spoilers[_i].why);
    ck_assert_ptr_eq(resident(old, 1), resident(fresh, 1));
    strict.strict = 1;
    ck_assert_int_lt(segml_model_reload(&none, old, &strict, NULL), 0);
    ck_assert_ptr_null(none);
    segml_model_free(old);
    dynamic_assert(fresh, 7, 2, SEGML_REASON_OK);
    again = reload(fresh, SEGML_PARTIAL); /* still spoilt */
    segml_model_free(fresh);
    dynamic_assert(again, 7, 2, SEGML_REASON_OK);
    put_child("7.segml", 7, 3);
    fresh = reload(again, SEGML_OK);
    segml_model_free(again);
    dynamic_assert(fresh, 7, 3, SEGML_REASON_OK);
    segml_model_free(fresh);
}
END_TEST

START_TEST(one_file_may_be_old_for_one_group_and_new_for_another)
{
    const dynamic_group both[] = {{.id = 6, .uri = "file:x.segml"},
                                  {.id = 7, .uri = "file:x.segml"}};
    const dynamic_group first[] = {{.id = 6, .model = 1}, {.id = 7, .model = 2}};
    segml_model *old, *fresh, *again;

    put("x.segml", first, 2, NULL);
    put("parent.segml", both, 2, NULL);
    old = open_parent();
    put_child("x.segml", 6, 3);
    fresh = reload(old, SEGML_PARTIAL);
    segml_model_free(old);
    dynamic_assert(fresh, 6, 3, SEGML_REASON_OK);
    dynamic_assert(fresh, 7, 2, SEGML_REASON_OK);
    again = reload(fresh, SEGML_PARTIAL);
    ck_assert_ptr_eq(fresh->bindings.groups[0].referent, again->bindings.groups[0].referent);
    segml_model_free(fresh);
    dynamic_assert(again, 6, 3, SEGML_REASON_OK);
    dynamic_assert(again, 7, 2, SEGML_REASON_OK);
    segml_model_free(again);
}
END_TEST

START_TEST(kept_and_missing_references_are_counted_apart)
{
    segml_model *old = open_referring(), *fresh;

    put("parent.segml", referring, 4, NULL);
    damage("7.segml");
    fresh = reload(old, SEGML_PARTIAL);
    assert_message("1 of 3 references are not resolved, and 1 keep their old models, the first is "
                   "group 7");
    segml_model_free(old);
    dynamic_assert(fresh, 6, 1, SEGML_REASON_OK);
    dynamic_assert(fresh, 7, 2, SEGML_REASON_OK);
    dynamic_assert(fresh, 8, 0, SEGML_REASON_UNRESOLVED);
    dynamic_assert(fresh, 9, 1, SEGML_REASON_OK);
    segml_model_free(fresh);
}
END_TEST

START_TEST(a_parent_of_other_features_keeps_nothing)
{
    segml_model *old = open_referring(), *fresh;

    put("parent.segml", referring, 2, rename_feature);
    fresh = reload(old, SEGML_PARTIAL);
    assert_message("2 of 2 references are not resolved");
    dynamic_assert(fresh, 7, 0, SEGML_REASON_UNRESOLVED);
    segml_model_free(old);
    segml_model_free(fresh);
}
END_TEST

START_TEST(a_pinned_referent_changes_with_its_pin)
{
    unsigned char root[32];
    const dynamic_group pinned = {.id = 7, .uri = "file:7.segml", .pin = root};
    sg_buf bytes = {0};
    segml_model *old, *fresh;

    dynamic_build_one(&bytes, 7, 2);
    dynamic_root(root, &bytes);
    dynamic_write(folder, "7.segml", &bytes);
    put("parent.segml", &pinned, 1, NULL);
    old = open_parent();
    put_child("7.segml", 7, 3);
    fresh = reload(old, SEGML_PARTIAL);
    assert_message("keep their old models");
    assert_message("not the pinned one");
    dynamic_assert(fresh, 7, 2, SEGML_REASON_OK);
    segml_model_free(old);
    dynamic_build_one(&bytes, 7, 3);
    dynamic_root(root, &bytes);
    sg_buf_clear(&bytes);
    put("parent.segml", &pinned, 1, NULL);
    old = reload(fresh, SEGML_OK);
    dynamic_assert(old, 7, 3, SEGML_REASON_OK);
    segml_model_free(fresh);
    segml_model_free(old);
}
END_TEST

START_TEST(groups_move_between_the_parent_and_references)
{
    const dynamic_group inside[] = {{.id = 6, .model = 1}, {.id = 7, .model = 2}};
    segml_model *old = open_referring(), *fresh;

    /* The same bytes in another file: the forest is shared. */
    put("parent.segml", inside, 2, NULL);
    fresh = reload(old, SEGML_OK);
    ck_assert_ptr_eq(resident(old, 0), resident(fresh, 0));
    segml_model_free(old);
    put("parent.segml", referring, 2, NULL);
    old = reload(fresh, SEGML_OK);
    ck_assert_ptr_eq(resident(old, 1), resident(fresh, 1));
    segml_model_free(fresh);
    dynamic_assert(old, 6, 1, SEGML_REASON_OK);
    dynamic_assert(old, 7, 2, SEGML_REASON_OK);
    segml_model_free(old);
}
END_TEST

/* One artifact in memory, and how often it was given and given back. */
typedef struct memory {
    sg_buf bytes;
    int given, released;
} memory;

static void
release(segml_resolved *resolved)
{
    memory *m = resolved->owner;

    m->released++;
}

static int
resolve(void *user, const char *uri, segml_resolved *resolved, segml_error *error)
{
    memory *m = user;

    (void)uri;
    (void)error;
    m->given++;
    *resolved = (segml_resolved){m->bytes.bytes, m->bytes.size, release, m};
    return SEGML_OK;
}

START_TEST(a_model_in_memory_asks_its_resolver_again)
{
    const dynamic_group group = {.id = 7, .uri = "memory:7"};
    segml_open_options options = SEGML_OPEN_OPTIONS_INIT;
    memory first = {.given = 0}, second = {.given = 0};
    segml_model *old = NULL, *fresh, *last = NULL;
    sg_buf parent = {0};

    dynamic_build(&parent, &group, 1, NULL);
    dynamic_build_one(&first.bytes, 7, 1);
    dynamic_build_one(&second.bytes, 7, 2);
    options.resolve = resolve;
    options.resolve_user = &first;
    ck_assert_int_eq(segml_model_open_memory(&old, parent.bytes, parent.size, &options, NULL),
                     SEGML_OK);
    fresh = reload(old, SEGML_OK); /* of the same root digest: given back at once */
    ck_assert_int_eq(first.given, 2);
    ck_assert_int_eq(first.released, 1);
    segml_model_free(old);
    ck_assert_int_eq(first.released, 1);
    dynamic_assert(fresh, 7, 1, SEGML_REASON_OK);
    options.resolve_user = &second;
    ck_assert_int_eq(segml_model_reload(&last, fresh, &options, NULL), SEGML_OK);
    dynamic_assert(last, 7, 2, SEGML_REASON_OK);
    dynamic_assert(fresh, 7, 1, SEGML_REASON_OK);
    segml_model_free(fresh);
    ck_assert_int_eq(first.released, 2);
    ck_assert_int_eq(second.released, 0);
    segml_model_free(last);
    ck_assert_int_eq(second.released, 1);
    sg_buf_clear(&parent);
    sg_buf_clear(&first.bytes);
    sg_buf_clear(&second.bytes);
}
END_TEST

TCase *
reload_tests(void)
{
    TCase *tc = tcase_create("reload");

    tcase_add_checked_fixture(tc, make_folder, remove_folder);
    tcase_add_test(tc, models_of_one_file_that_have_not_changed_are_shared);
    tcase_add_test(tc, nothing_is_shared_with_a_model_of_other_features);
    tcase_add_test(tc, shared_models_stay_within_the_new_budget);
    tcase_add_test(tc, a_file_that_is_gone_or_broken_fails_and_the_old_model_goes_on);
    tcase_add_test(tc, a_model_that_cannot_have_changed_is_not_reloaded);
    tcase_add_test(tc, a_changed_referent_is_picked_up_and_the_others_are_shared);
    tcase_add_test(tc, a_referent_of_the_same_bytes_is_shared_though_it_was_replaced);
    tcase_add_test(tc, a_model_that_is_to_read_its_files_shares_no_maps);
    tcase_add_loop_test(tc, a_referent_that_is_spoilt_is_kept_from_the_old_model, 0,
                        sizeof spoilers / sizeof *spoilers);
    tcase_add_test(tc, one_file_may_be_old_for_one_group_and_new_for_another);
    tcase_add_test(tc, kept_and_missing_references_are_counted_apart);
    tcase_add_test(tc, a_parent_of_other_features_keeps_nothing);
    tcase_add_test(tc, a_pinned_referent_changes_with_its_pin);
    tcase_add_test(tc, groups_move_between_the_parent_and_references);
    tcase_add_test(tc, a_model_in_memory_asks_its_resolver_again);
    return tc;
}
