/* SPDX-License-Identifier: Apache-2.0 */

/* model/load and model/scan, on golden artifacts taken apart and put together wrongly. */

#include <check.h>
#include <stdio.h>
#include <string.h>

#include "model/model.h"
#include "pack/build.h"
#include "pack/frame.h"
#include "sample_model.h"
#include "serving_fixture.h"

enum { MEMBERS_MAX = 12, MAX_BYTES = 1 << 24 };

/* All members of an artifact. */
typedef struct parts {
    sg_packed packed[MEMBERS_MAX];
    int count;
} parts;

static int
take(void *user, const sg_member *member, segml_error *err)
{
    parts *p = user;

    ck_assert_int_lt(p->count, MEMBERS_MAX);
    return sg_packed_make(&p->packed[p->count++], member->path, member->content, member->size, err);
}

static void
take_apart(parts *p, const char *artifact)
{
    sg_buf file = {0};

    fixture_read(&file, artifact);
    ck_assert_int_eq(sg_artifact_scan(file.bytes, file.size, MAX_BYTES, take, p, NULL), SEGML_OK);
    sg_buf_clear(&file);
}

static sg_packed *
find_part(parts *p, const char *path)
{
    for (int i = 0; i < p->count; i++) {
        if (strcmp(p->packed[i].path, path) == 0)
            return &p->packed[i];
    }
    ck_abort_msg("no member %s", path);
    return NULL;
}

/* Opens what the parts make when put together, without index; parts without path are left out. */
static int
open_parts(const parts *p, segml_error *err)
{
    segml_model *model = NULL;
    sg_buf file = {0};
    int rc = SEGML_OK;

    for (int i = 0; i < p->count && rc == SEGML_OK; i++) {
        if (p->packed[i].path != NULL)
            rc = sg_buf_append(&file, p->packed[i].frame.bytes, p->packed[i].frame.size, NULL);
    }
    ck_assert_int_eq(rc, SEGML_OK);
    ck_assert_int_eq(sg_frame_pack_end(&file, NULL), SEGML_OK);
    rc = segml_model_open_memory(&model, file.bytes, file.size, NULL, err);
    ck_assert_int_eq(model != NULL, rc == SEGML_OK);
    segml_model_free(model);
    sg_buf_clear(&file);
    return rc;
}

static void
clear_parts(parts *p)
{
    for (int i = 0; i < p->count; i++)
        sg_packed_clear(&p->packed[i]);
}

START_TEST(members_may_stand_in_any_order)
{
    parts p = {.count = 0};
    segml_error err = SEGML_ERROR_INIT;

    take_apart(&p, "binary");
    for (int i = 0; i < p.count / 2; i++) {
        sg_packed other = p.packed[i];

        p.packed[i] = p.packed[p.count - 1 - i];
        p.packed[p.count - 1 - i] = other;
    }
    ck_assert_msg(open_parts(&p, &err) == SEGML_OK, "%s", err.message);
    clear_parts(&p);
}
END_TEST

static const struct {
    const char *path, *message;
} lost[] = {
    {"README", NULL},
    {"segml.json", "segml.json is missing: not an artifact of libsegml"},
    {"groups.jsonl", "groups.jsonl is missing: not an artifact of libsegml"},
    {"global/model.ubj", "global/model.ubj is missing"},
    {"global/unseen.ubj", "global/unseen.ubj is missing"},
    {"groups/7/model.ubj", "groups/7/model.ubj is missing"},
    {"groups/4711/model.ubj", "groups/4711/model.ubj is missing"},
};

START_TEST(a_missing_member_is_named)
{
    parts p = {.count = 0};
    segml_error err = SEGML_ERROR_INIT;
    int rc;

    take_apart(&p, "binary");
    sg_packed_clear(find_part(&p, lost[_i].path));
    rc = open_parts(&p, &err);
    ck_assert_int_eq(rc, lost[_i].message == NULL ? SEGML_OK : SEGML_E_FORMAT);
    ck_assert_str_eq(err.message, lost[_i].message == NULL ? "" : lost[_i].message);
    clear_parts(&p);
}
END_TEST

static const struct {
    const char *path;
    int status;
} added[] = {
    {"notes.txt", SEGML_OK},
    {"report/index.html", SEGML_OK},
    {"global/other.ubj", SEGML_E_FORMAT},
    {"groups/8/model.ubj", SEGML_E_FORMAT},
    {"groups/9000/model.ubj", SEGML_E_FORMAT}, /* known, but it has no model */
    {"groups/7/notes", SEGML_E_FORMAT},
};

START_TEST(a_model_that_the_manifests_do_not_know_is_refused)
{
    parts p = {.count = 0};
    segml_error err = SEGML_ERROR_INIT;
    char message[100];

    take_apart(&p, "binary");
    ck_assert_int_eq(sg_packed_make(&p.packed[p.count++], added[_i].path, "x", 1, NULL), SEGML_OK);
    ck_assert_int_eq(open_parts(&p, &err), added[_i].status);
    snprintf(message, sizeof message, "%s: the manifests do not know this member", added[_i].path);
    ck_assert_str_eq(err.message, added[_i].status == SEGML_OK ? "" : message);
    clear_parts(&p);
}
END_TEST

START_TEST(a_changed_model_is_refused_before_it_is_parsed)
{
    parts p = {.count = 0};
    segml_error err = SEGML_ERROR_INIT;
    sg_packed *part;

    take_apart(&p, "binary");
    part = find_part(&p, "groups/7/model.ubj");
    sg_packed_clear(part);
    fixture_pack(part, "groups/7/model.ubj", "binary", "groups/4711/model.ubj");
    ck_assert_int_eq(open_parts(&p, &err), SEGML_E_FORMAT);
    ck_assert_str_eq(err.message, "groups/7/model.ubj: its digest is not that of the manifest");
    clear_parts(&p);
}
END_TEST

/* Models that do not fit a binary manifest of three features, each with its reason. */
static const struct {
    const char *artifact, *member;
    int32_t rounds;
    const char *message;
} misfits[] = {
    {"binary", "groups/7/model.ubj", 3, ""},
    {"binary", "groups/7/model.ubj", 4, "groups/0/model.ubj: 3 rounds instead of 4"},
    {"binary", "global/model.ubj", 3, "groups/0/model.ubj: 4 features instead of 3"},
    {"regression", "global/unseen.ubj", 3,
     "groups/0/model.ubj: its objective is not binary:logistic"},
    {"multiclass", "groups/north,1/model.ubj", 3,
     "groups/0/model.ubj: its objective is not binary:logistic"},
};

/* An artifact of one group, whose model is a member of a golden one. */
static void
make_single(sg_buf *file, const char *artifact, const char *member, int32_t rounds)
{
    sg_packed child = {0};
    sg_manifest manifest;

    fixture_groups(&manifest, 1);
    manifest.groups[0].status = SEGML_GROUP_TRAINED;
    manifest.groups[0].rounds = rounds;
    fixture_pack(&child, "groups/0/model.ubj", artifact, member);
    ck_assert_int_eq(
        sg_build_artifact(file, &manifest, &(sg_build_members){.groups = &child}, NULL), SEGML_OK);
    sg_packed_clear(&child);
    sg_manifest_clear(&manifest);
}

START_TEST(a_model_that_does_not_fit_the_manifest_is_refused)
{
    segml_model *model = NULL;
    segml_error err = SEGML_ERROR_INIT;
    sg_buf file = {0};

    make_single(&file, misfits[_i].artifact, misfits[_i].member, misfits[_i].rounds);
    ck_assert_int_eq(sg_model_open_owned(&model, &file, &err), SEGML_OK);
    ck_assert_ptr_null(file.bytes); /* taken over */
    ck_assert_int_eq(segml_model_preload(model, 0, &err),
                     misfits[_i].message[0] == '\0' ? SEGML_OK : SEGML_E_FORMAT);
    ck_assert_str_eq(err.message, misfits[_i].message);
    segml_model_free(model);
    sg_buf_clear(&file);
}
END_TEST

/* R3: the history that the manifest promises is there, with its digest, whatever it holds. */
START_TEST(a_history_is_checked_by_its_digest)
{
    static const char *const texts[] = {"no JSON\n", "another\n"};
    sg_packed history[2] = {{0}};
    sg_build_members built = {.history = &history[0]};
    segml_history *opened = NULL;
    segml_error err = SEGML_ERROR_INIT;
    segml_model *model = NULL;
    sg_manifest manifest;
    sg_buf file = {0};
    parts p = {.count = 0};

    for (int i = 0; i < 2; i++)
        ck_assert_int_eq(
            sg_packed_make(&history[i], SG_MEMBER_HISTORY, texts[i], strlen(texts[i]), NULL),
            SEGML_OK);
    fixture_groups(&manifest, 0);
    ck_assert_int_eq(sg_build_artifact(&file, &manifest, &built, &err), SEGML_OK);
    ck_assert_int_eq(sg_artifact_scan(file.bytes, file.size, MAX_BYTES, take, &p, NULL), SEGML_OK);
    ck_assert_msg(sg_model_open_owned(&model, &file, &err) == SEGML_OK, "%s", err.message);
    ck_assert_int_eq(segml_history_open(&opened, model, &err), SEGML_E_FORMAT);
    ck_assert_str_eq(err.message, "history.jsonl has 1 lines instead of 0");
    ck_assert_ptr_null(opened);
    segml_model_free(model);

    sg_packed_clear(find_part(&p, SG_MEMBER_HISTORY));
    ck_assert_int_eq(open_parts(&p, &err), SEGML_E_FORMAT);
    ck_assert_str_eq(err.message, "history.jsonl is missing");
    p.packed[p.count++] = history[1];
    ck_assert_int_eq(open_parts(&p, &err), SEGML_E_FORMAT);
    ck_assert_str_eq(err.message, "history.jsonl: its digest is not that of the manifest");
    clear_parts(&p);
    sg_packed_clear(&history[0]);
    sg_manifest_clear(&manifest);
}
END_TEST

/* A member that is no model at all, under the right digest. */
START_TEST(a_damaged_model_is_named)
{
    sg_packed child = {0};
    sg_manifest manifest;
    segml_model *model = NULL;
    segml_error err = SEGML_ERROR_INIT;
    sg_buf file = {0};

    fixture_groups(&manifest, 1);
    manifest.groups[0].status = SEGML_GROUP_TRAINED;
    ck_assert_int_eq(sg_packed_make(&child, "groups/0/model.ubj", "junk", 4, NULL), SEGML_OK);
    ck_assert_int_eq(
        sg_build_artifact(&file, &manifest, &(sg_build_members){.groups = &child}, &err), SEGML_OK);
    ck_assert_int_eq(sg_model_open_owned(&model, &file, &err), SEGML_OK);
    ck_assert_int_eq(segml_model_preload(model, 1, &err), SEGML_E_FORMAT);
    ck_assert_msg(strncmp(err.message, "groups/0/model.ubj: ", 20) == 0, "%s", err.message);
    segml_model_free(model);
    sg_packed_clear(&child);
    sg_manifest_clear(&manifest);
}
END_TEST

/* One model that is larger than the budget alone: nothing is dropped for it. */
START_TEST(preloading_what_does_not_fit_the_budget_says_so)
{
    segml_open_options options = SEGML_OPEN_OPTIONS_INIT;
    segml_model *model = NULL;
    segml_error err = SEGML_ERROR_INIT;
    sg_buf file = {0};

    make_single(&file, "binary", "groups/7/model.ubj", 3);
    options.child_bytes = 1;
    ck_assert_msg(segml_model_open_memory(&model, file.bytes, file.size, &options, &err) ==
                      SEGML_OK,
                  "%s", err.message);
    ck_assert_msg(segml_model_preload(model, 1, &err) == SEGML_E_LIMIT, "%s", err.message);
    segml_model_free(model);
    sg_buf_clear(&file);
}
END_TEST

/* A model of nine trees of some 1,000 nodes, all alike, and what may be loaded of such a file. */
enum { CROWD = 700, DEPTH = 511 };

static void
make_large_model(sg_buf *ubj)
{
    static sample_model sample;

    sample_model_init(&sample);
    sample.objective = "reg:squarederror";
    sample.num_feature = "3";
    sample.trees = sample.infos = SAMPLE_TREES;
    sample.rounds = SAMPLE_TREES + 1;
    for (int t = 0; t < SAMPLE_TREES; t++) {
        sample_chain(&sample.tree[t], t, DEPTH);
        sample.info[t] = 0;
        sample.round[t + 1] = t + 1;
    }
    sample_model_write(ubj, &sample);
}

/* Many groups whose models stand in one place: each is allowed, all of them are not. */
static void
make_crowd(sg_buf *file)
{
    sg_manifest manifest;
    sg_build build = {.manifest = NULL};
    sg_packed packed = {0};
    sg_build_frame frame;
    sg_buf ubj = {0};
    sg_place place;

    make_large_model(&ubj);
    ck_assert_int_eq(sg_packed_make(&packed, "groups/0/model.ubj", ubj.bytes, ubj.size, NULL),
                     SEGML_OK);
    fixture_groups(&manifest, CROWD);
    manifest.task = SEGML_TASK_REGRESSION;
    manifest.class_count = 0;
    for (int g = 0; g < CROWD; g++) {
        manifest.groups[g].status = SEGML_GROUP_TRAINED;
        manifest.groups[g].rounds = SAMPLE_TREES;
        manifest.groups[g].has_model = 1;
    }
    ck_assert_int_eq(sg_build_begin(&build, &manifest, sg_artifact_to_buf, file, NULL), SEGML_OK);
    frame = (sg_build_frame){packed.frame.bytes, packed.frame.size, packed.size};
    ck_assert_int_eq(sg_build_put_group(&build, 0, &frame, NULL), SEGML_OK);
    place = build.groups[0];
    for (int g = 1; g < CROWD; g++)
        build.groups[g] = place;
    ck_assert_int_eq(sg_build_end(&build, NULL), SEGML_OK);
    sg_build_clear(&build);
    sg_packed_clear(&packed);
    sg_manifest_clear(&manifest);
    sg_buf_clear(&ubj);
}

START_TEST(a_file_cannot_be_loaded_into_much_more_than_it_holds)
{
    segml_open_options options = SEGML_OPEN_OPTIONS_INIT;
    segml_model_stats stats = SEGML_MODEL_STATS_INIT;
    segml_error err = SEGML_ERROR_INIT;
    const segml_key last = SEGML_KEY_INT64_VALUE(10 * (CROWD - 1));
    segml_model *model = NULL;
    segml_route *route = NULL;
    sg_buf file = {0};

    make_crowd(&file);
    ck_assert_msg(segml_model_open_memory(&model, file.bytes, file.size, NULL, &err) == SEGML_OK,
                  "%s", err.message);
    ck_assert_msg(segml_model_preload(model, 1, &err) == SEGML_E_LIMIT, "%s", err.message);
    ck_assert_int_eq(segml_model_get_stats(model, &stats, NULL), SEGML_OK);
    ck_assert_int_gt(stats.loaded, 100);
    ck_assert_int_le(stats.bytes, (1 << 24) + 256 * (int64_t)file.size);
    ck_assert_int_eq(segml_route_find(&route, model, &last, 1, &err), SEGML_E_LIMIT);
    ck_assert_ptr_nonnull(strstr(err.message, "child_bytes"));
    segml_model_free(model);
    options.child_bytes = 1; /* a limit of the caller's own takes its place */
    ck_assert_int_eq(segml_model_open_memory(&model, file.bytes, file.size, &options, &err),
                     SEGML_OK);
    ck_assert_int_eq(segml_route_find(&route, model, &last, 1, &err), SEGML_OK);
    segml_route_free(route);
    segml_model_free(model);
    sg_buf_clear(&file);
}
END_TEST

/* An empty object takes three bytes of text and 200 of memory. In a text it is text. */
START_TEST(arrays_and_objects_have_a_cap_of_their_own)
{
    enum { MOST = (1 << 21) + 1024 };
    static const char *const begins[] = {"{\"format\": 1, \"unknown\": [{}",
                                         "{\"format\": 1, \"unknown\": [\"\\\"{}"};
    static const char *const ends[] = {"]}", "\"]}"};
    segml_error err = SEGML_ERROR_INIT;
    sg_manifest m = {.format = 0};
    sg_buf json = {0};

    ck_assert_int_eq(sg_buf_append(&json, begins[_i], strlen(begins[_i]), NULL), SEGML_OK);
    ck_assert_int_eq(sg_buf_reserve(&json, 3 * (size_t)MOST, NULL), SEGML_OK);
    for (int i = 0; i < MOST; i++)
        memcpy(json.bytes + json.size + 3 * (size_t)i, ",{}", 3);
    json.size += 3 * (size_t)MOST;
    ck_assert_int_eq(sg_buf_append(&json, ends[_i], strlen(ends[_i]), NULL), SEGML_OK);
    ck_assert_int_eq(sg_manifest_read(&m, json.bytes, json.size, &err),
                     _i == 0 ? SEGML_E_LIMIT : SEGML_E_FORMAT);
    ck_assert_ptr_nonnull(strstr(err.message, _i == 0 ? "arrays and objects" : "is missing"));
    sg_buf_clear(&json);
}
END_TEST

TCase *
load_tests(void)
{
    TCase *tc = tcase_create("load");

    tcase_add_test(tc, members_may_stand_in_any_order);
    tcase_add_loop_test(tc, a_missing_member_is_named, 0, (int)(sizeof lost / sizeof *lost));
    tcase_add_loop_test(tc, a_model_that_the_manifests_do_not_know_is_refused, 0,
                        (int)(sizeof added / sizeof *added));
    tcase_add_test(tc, a_changed_model_is_refused_before_it_is_parsed);
    tcase_add_loop_test(tc, a_model_that_does_not_fit_the_manifest_is_refused, 0,
                        (int)(sizeof misfits / sizeof *misfits));
    tcase_add_test(tc, a_history_is_checked_by_its_digest);
    tcase_add_test(tc, a_damaged_model_is_named);
    tcase_add_test(tc, a_file_cannot_be_loaded_into_much_more_than_it_holds);
    tcase_add_test(tc, preloading_what_does_not_fit_the_budget_says_so);
    tcase_add_loop_test(tc, arrays_and_objects_have_a_cap_of_their_own, 0, 2);
    return tc;
}
