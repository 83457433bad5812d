/* SPDX-License-Identifier: Apache-2.0 */

/*
 * pack/build: members stand in the documented order, the manifests tell what is there, and
 * frames of other artifacts are taken as they are. The artifacts that frames come from are
 * those of tests/golden/serving.py.
 */

#include <check.h>
#include <stdio.h>
#include <string.h>

#include "pack/build.h"
#include "serving_fixture.h"

enum { MAX_BYTES = 1 << 24, MEMBERS_MAX = 16, GROUPS_MAX = 512 };

static const char *const goldens[] = {"binary",   "multiclass", "regression", "poisson",
                                      "constant", "levels",     "many"};

/* A golden artifact and where its members are. */
typedef struct source {
    fixture_whole whole;
    sg_buf file;
    struct {
        char path[256];
        sg_place place;
    } member[MEMBERS_MAX];
    int count;
} source;

static int
take(void *user, const sg_member *member, segml_error *err)
{
    source *s = user;

    (void)err;
    ck_assert_int_lt(s->count, MEMBERS_MAX);
    snprintf(s->member[s->count].path, sizeof s->member[s->count].path, "%s", member->path);
    s->member[s->count++].place = member->place;
    return 0;
}

static void
source_read(source *s, const char *artifact)
{
    memset(s, 0, sizeof *s);
    fixture_whole_read(&s->whole, artifact);
    fixture_read(&s->file, artifact);
    ck_assert_int_eq(sg_artifact_scan(s->file.bytes, s->file.size, MAX_BYTES, take, s, NULL),
                     SEGML_OK);
}

static void
source_clear(source *s)
{
    fixture_whole_clear(&s->whole);
    sg_buf_clear(&s->file);
}

/* All zero if there is no such member. */
static sg_build_frame
frame_of(const source *s, const char *path)
{
    for (int i = 0; i < s->count; i++) {
        const sg_place *place = &s->member[i].place;

        if (strcmp(s->member[i].path, path) == 0)
            return (sg_build_frame){s->file.bytes + place->offset, place->packed, place->size};
    }
    return (sg_build_frame){NULL, 0, 0};
}

static sg_build_frame
frame_of_record(const source *s, const sg_manifest_record *record, int of_parent)
{
    sg_buf path = {0};
    sg_build_frame frame;

    ck_assert_int_eq(of_parent ? sg_build_parent_path(&path, record->keys, record->columns, NULL)
                               : sg_build_group_path(&path, record->keys, record->columns, NULL),
                     SEGML_OK);
    frame = frame_of(s, (const char *)path.bytes);
    sg_buf_clear(&path);
    return frame;
}

/* Builds an artifact of the source's frames; its last group is left out on demand. */
static int
build_again(sg_buf *out, source *s, int without_last, segml_error *err)
{
    static const char *const before[] = {SG_MEMBER_GLOBAL, SG_MEMBER_UNSEEN};
    static const char *const after[] = {SG_MEMBER_HISTORY, SG_MEMBER_TRAINING};
    sg_manifest *m = &s->whole.manifest;
    sg_build build = {.member_count = 0};
    int rc = sg_build_begin(&build, m, sg_artifact_to_buf, out, err);

    ck_assert_int_eq(rc, SEGML_OK);
    for (int i = 0; i < 2; i++) {
        sg_build_frame frame = frame_of(s, before[i]);

        if (frame.packed > 0)
            ck_assert_int_eq(sg_build_put_member(&build, before[i], &frame, err), SEGML_OK);
    }
    for (int64_t p = 0; p < m->parent_count; p++) {
        sg_build_frame frame = frame_of_record(s, &m->parents[p], 1);

        if (frame.packed > 0)
            ck_assert_int_eq(sg_build_put_parent(&build, p, &frame, err), SEGML_OK);
    }
    for (int64_t g = 0; g < m->group_count - without_last; g++) {
        sg_build_frame frame = frame_of_record(s, &m->groups[g], 0);

        if (frame.packed > 0)
            ck_assert_int_eq(sg_build_put_group(&build, g, &frame, err), SEGML_OK);
    }
    for (int i = 0; i < 2; i++) {
        sg_build_frame frame = frame_of(s, after[i]);

        if (frame.packed > 0)
            ck_assert_int_eq(sg_build_put_member(&build, after[i], &frame, err), SEGML_OK);
    }
    rc = sg_build_end(&build, err);
    sg_build_clear(&build);
    return rc;
}

static int
list(void *user, const sg_member *member, segml_error *err)
{
    sg_buf *names = user;

    return sg_buf_print(names, err, "%s\n", member->path) < 0 ? SEGML_E_NOMEM : 0;
}

static void
assert_members(const sg_buf *file, const char *expected)
{
    sg_buf names = {0};

    ck_assert_int_eq(sg_artifact_scan(file->bytes, file->size, MAX_BYTES, list, &names, NULL),
                     SEGML_OK);
    ck_assert_int_eq(sg_buf_terminate(&names, NULL), SEGML_OK);
    ck_assert_str_eq((const char *)names.bytes, expected);
    sg_buf_clear(&names);
}

START_TEST(copied_frames_are_members_in_the_documented_order)
{
    segml_error err = SEGML_ERROR_INIT;
    source s;
    sg_buf file = {0};

    source_read(&s, "levels");
    ck_assert_msg(build_again(&file, &s, 0, &err) == SEGML_OK, "%s", err.message);
    assert_members(&file, "README\nsegml.json\ngroups.jsonl\nparents.jsonl\nglobal/model.ubj\n"
                          "global/unseen.ubj\nparents/DE/model.ubj\nparents/DE,Bonn/model.ubj\n"
                          "groups/DE,Bonn,1/model.ubj\n");
    sg_buf_clear(&file);
    source_clear(&s);
}
END_TEST

START_TEST(history_comes_behind_the_groups)
{
    segml_error err = SEGML_ERROR_INIT;
    source s;
    sg_buf file = {0};

    source_read(&s, "binary");
    ck_assert_msg(build_again(&file, &s, 0, &err) == SEGML_OK, "%s", err.message);
    assert_members(&file, "README\nsegml.json\ngroups.jsonl\nglobal/model.ubj\n"
                          "global/unseen.ubj\ngroups/7/model.ubj\ngroups/4711/model.ubj\n"
                          "history.jsonl\n");
    sg_buf_clear(&file);
    source_clear(&s);
}
END_TEST

/* Counts that are wrong before, and what serving.py states. */
START_TEST(counts_follow_from_the_records)
{
    segml_error err = SEGML_ERROR_INIT;
    source s;
    sg_manifest *m = &s.whole.manifest;
    sg_buf file = {0};

    source_read(&s, "levels");
    m->trained = m->failed = m->references = m->rows = -1;
    m->keys[0].null_seen = 1;
    m->keys[1].null_seen = 0;
    m->has_parents = 0;
    ck_assert_int_eq(build_again(&file, &s, 0, &err), SEGML_OK);
    ck_assert_int_eq(m->trained, 1);
    ck_assert_int_eq(m->failed, 1);
    ck_assert_int_eq(m->references, 0);
    ck_assert_int_eq(m->rows, 550);
    ck_assert_int_eq(m->keys[0].null_seen, 0);
    ck_assert_int_eq(m->keys[1].null_seen, 1);
    ck_assert_int_eq(m->has_parents, 1);
    sg_buf_clear(&file);
    source_clear(&s);
}
END_TEST

START_TEST(a_promised_model_must_be_put)
{
    segml_error err = SEGML_ERROR_INIT;
    source s;
    sg_buf file = {0};

    source_read(&s, "poisson");
    s.whole.manifest.group_count = 1; /* the group with a model */
    ck_assert_int_eq(build_again(&file, &s, 1, &err), SEGML_E_INTERNAL);
    ck_assert_str_eq(err.message, "the members are not those of the manifest");
    sg_buf_clear(&file);
    source_clear(&s);
}
END_TEST

START_TEST(rows_beyond_64_bits_are_refused)
{
    segml_error err = SEGML_ERROR_INIT;
    sg_manifest m;
    sg_buf file = {0};

    fixture_groups(&m, 2);
    m.groups[1].rows = INT64_MAX;
    ck_assert_int_eq(sg_build_artifact(&file, &m, &(sg_build_members){.groups = NULL}, &err),
                     SEGML_E_LIMIT);
    ck_assert_str_eq(err.message, "all groups together have more than 2^63 rows");
    sg_buf_clear(&file);
    sg_manifest_clear(&m);
}
END_TEST

START_TEST(packed_members_are_built_as_copied_ones)
{
    static const char *const paths[] = {SG_MEMBER_GLOBAL, SG_MEMBER_UNSEEN, SG_MEMBER_HISTORY};
    segml_error err = SEGML_ERROR_INIT;
    sg_packed packed[3] = {{0}}, groups[4] = {{0}};
    sg_buf built = {0}, again = {0}, ubj = {0};
    source s;
    sg_manifest *m = &s.whole.manifest;

    source_read(&s, "binary");
    for (int i = 0; i < 3; i++)
        fixture_pack(&packed[i], paths[i], "binary", paths[i]);
    for (int g = 1; g < 3; g++) {
        fixture_member(&ubj, "binary", g == 1 ? "groups/7/model.ubj" : "groups/4711/model.ubj");
        ck_assert_int_eq(
            sg_build_pack_group(&groups[g], m->groups[g].keys, 1, ubj.bytes, ubj.size, &err),
            SEGML_OK);
        sg_buf_clear(&ubj);
    }
    ck_assert_int_eq(sg_build_artifact(&built, m,
                                       &(sg_build_members){.groups = groups,
                                                           .global = &packed[0],
                                                           .unseen = &packed[1],
                                                           .history = &packed[2]},
                                       &err),
                     SEGML_OK);
    sg_buf_clear(&s.file);
    s.count = 0;
    ck_assert_int_eq(sg_buf_append(&s.file, built.bytes, built.size, NULL), SEGML_OK);
    ck_assert_int_eq(sg_artifact_scan(built.bytes, built.size, MAX_BYTES, take, &s, NULL),
                     SEGML_OK);
    ck_assert_int_eq(build_again(&again, &s, 0, &err), SEGML_OK);
    ck_assert_uint_eq(built.size, again.size);
    ck_assert_mem_eq(built.bytes, again.bytes, built.size);
    for (int i = 0; i < 3; i++)
        sg_packed_clear(&packed[i]);
    for (int g = 0; g < 4; g++)
        sg_packed_clear(&groups[g]);
    sg_buf_clear(&again);
    sg_buf_clear(&built);
    source_clear(&s);
}
END_TEST

static int
is_of_model(const char *path)
{
    return strncmp(path, "groups/", 7) == 0 || strncmp(path, "parents/", 8) == 0;
}

static void
find_places(sg_place *places, const source *s, const sg_manifest_record *records, int64_t count)
{
    int of_parent = records != s->whole.manifest.groups;

    for (int64_t i = 0; i < count; i++) {
        const unsigned char *frame = frame_of_record(s, &records[i], of_parent).bytes;

        for (int k = 0; k < s->count && frame != NULL; k++) {
            if (s->member[k].place.offset == (uint64_t)(frame - s->file.bytes))
                places[i] = s->member[k].place;
        }
    }
}

/* serving.py made the end of the file from the document alone. */
START_TEST(the_end_of_a_golden_artifact_is_made_to_the_byte)
{
    sg_place groups[GROUPS_MAX] = {{0}}, parents[MEMBERS_MAX] = {{0}};
    sg_index_member members[MEMBERS_MAX];
    sg_artifact_writer writer = {.sink = sg_artifact_to_buf};
    sg_index_input input = {.members = members, .groups = groups, .parents = parents};
    sg_buf file = {0};
    source s;

    source_read(&s, goldens[_i]);
    writer.user = &file;
    for (int i = 0; i < s.count; i++) {
        const sg_place *from = &s.member[i].place;
        sg_place place;

        ck_assert_int_eq(sg_artifact_put(&writer, s.file.bytes + from->offset, from->packed,
                                         from->size, &place, NULL),
                         SEGML_OK);
        if (!is_of_model(s.member[i].path))
            members[input.member_count++] = (sg_index_member){s.member[i].path, place};
    }
    input.manifest = &s.whole.manifest;
    find_places(groups, &s, s.whole.manifest.groups, s.whole.manifest.group_count);
    find_places(parents, &s, s.whole.manifest.parents, s.whole.manifest.parent_count);
    ck_assert_int_eq(sg_artifact_end(&writer, &input, NULL), SEGML_OK);
    ck_assert_uint_eq(file.size, s.file.size);
    for (size_t i = 0; i < file.size; i++)
        ck_assert_msg(file.bytes[i] == s.file.bytes[i], "byte %zu of %zu: %d, not %d", i, file.size,
                      file.bytes[i], s.file.bytes[i]);
    sg_buf_clear(&file);
    source_clear(&s);
}
END_TEST

TCase *
build_tests(void)
{
    TCase *tc = tcase_create("build");

    tcase_add_test(tc, copied_frames_are_members_in_the_documented_order);
    tcase_add_test(tc, history_comes_behind_the_groups);
    tcase_add_test(tc, counts_follow_from_the_records);
    tcase_add_test(tc, a_promised_model_must_be_put);
    tcase_add_test(tc, rows_beyond_64_bits_are_refused);
    tcase_add_test(tc, packed_members_are_built_as_copied_ones);
    tcase_add_loop_test(tc, the_end_of_a_golden_artifact_is_made_to_the_byte, 0,
                        (int)(sizeof goldens / sizeof *goldens));
    return tc;
}
