/* SPDX-License-Identifier: Apache-2.0 */

#include "serving_fixture.h"

#include <check.h>
#include <stdio.h>
#include <string.h>

#include "base/file.h"
#include "pack/build.h"

enum { MAX_BYTES = 1 << 24 };

void
fixture_read(sg_buf *out, const char *artifact)
{
    segml_error err = SEGML_ERROR_INIT;
    char path[512];

    snprintf(path, sizeof path, "%s/serving/%s.segml", GOLDEN_FOLDER, artifact);
    ck_assert_msg(sg_file_read(out, path, &err) == SEGML_OK, "%s", err.message);
}

typedef struct wanted {
    const char *path;
    sg_buf *out;
} wanted;

static int
take(void *user, const sg_member *member, segml_error *err)
{
    wanted *w = user;

    if (strcmp(member->path, w->path) != 0)
        return 0;
    return sg_buf_append(w->out, member->content, member->size, err) < 0 ? SEGML_E_NOMEM : 1;
}

void
fixture_member(sg_buf *out, const char *artifact, const char *path)
{
    wanted w = {path, out};
    sg_buf file = {0};

    fixture_read(&file, artifact);
    ck_assert_int_eq(sg_artifact_scan(file.bytes, file.size, MAX_BYTES, take, &w, NULL), SEGML_OK);
    ck_assert_msg(out->size > 0, "%s: no member %s", artifact, path);
    ck_assert_int_eq(sg_buf_terminate(out, NULL), SEGML_OK);
    sg_buf_clear(&file);
}

void
fixture_manifest(sg_manifest *out, const char *artifact)
{
    segml_error err = SEGML_ERROR_INIT;
    sg_buf json = {0};

    fixture_member(&json, artifact, SG_MEMBER_MANIFEST);
    ck_assert_msg(sg_manifest_read(out, json.bytes, json.size, &err) == SEGML_OK, "%s",
                  err.message);
    sg_buf_clear(&json);
}

void
fixture_whole_read(fixture_whole *out, const char *artifact)
{
    segml_error err = SEGML_ERROR_INIT;
    sg_manifest *m = &out->manifest;
    sg_buf text = {0};

    *out = (fixture_whole){.manifest.format = 0};
    fixture_manifest(m, artifact);
    fixture_member(&text, artifact, SG_MEMBER_GROUPS);
    ck_assert_msg(sg_manifest_read_groups(&out->groups, m, text.bytes, text.size, &err) == SEGML_OK,
                  "%s", err.message);
    m->groups = out->groups.records;
    sg_buf_clear(&text);
    if (!m->has_parents)
        return;
    fixture_member(&text, artifact, SG_MEMBER_PARENTS);
    ck_assert_msg(sg_manifest_read_parents(&out->parents, m, text.bytes, text.size, &err) ==
                      SEGML_OK,
                  "%s", err.message);
    m->parents = out->parents.records;
    sg_buf_clear(&text);
}

void
fixture_whole_clear(fixture_whole *whole)
{
    sg_manifest_lines_clear(&whole->parents);
    sg_manifest_lines_clear(&whole->groups);
    sg_manifest_clear(&whole->manifest);
}

void
fixture_groups(sg_manifest *out, int64_t count)
{
    static sg_manifest_feature features[3] = {
        {.name = "size", .type = 1}, {.name = "colour", .type = 2}, {.name = "price", .type = 1}};
    static sg_manifest_key key = {.name = "id", .type = SEGML_KEY_INT64};
    static const char *const classes[2] = {"0", "1"};
    static const float constant[1] = {-1.5f};

    *out = (sg_manifest){.task = SEGML_TASK_BINARY,
                         .mode = SEGML_MODE_SEGMENTED,
                         .fallback = SG_FALLBACK_ALL,
                         .label_name = "y",
                         .engine = "xgboost 3.2.0",
                         .library = "0.1.0",
                         .threshold = 0.5,
                         .features = features,
                         .feature_count = 3,
                         .keys = &key,
                         .key_count = 1,
                         .classes = classes,
                         .class_count = 2,
                         .constant = constant,
                         .constant_count = 1};
    out->groups = sg_arena_alloc(&out->arena, count, sizeof *out->groups);
    out->group_count = count;
    ck_assert_ptr_nonnull(out->groups);
    for (int64_t i = 0; i < count; i++) {
        segml_key *id = sg_arena_alloc(&out->arena, 1, sizeof *id);

        ck_assert_ptr_nonnull(id);
        id->type = SEGML_KEY_INT64;
        id->integer = 10 * i;
        out->groups[i].keys = id;
        out->groups[i].columns = 1;
        out->groups[i].rows = 1;
        out->groups[i].status = SEGML_GROUP_TOO_FEW_ROWS;
        out->groups[i].message = "1 row";
    }
}

void
fixture_pack(sg_packed *out, const char *path, const char *artifact, const char *member)
{
    sg_buf content = {0};

    fixture_member(&content, artifact, member);
    ck_assert_int_eq(sg_packed_make(out, path, content.bytes, content.size, NULL), SEGML_OK);
    sg_buf_clear(&content);
}
