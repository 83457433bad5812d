/* SPDX-License-Identifier: Apache-2.0 */

#define _XOPEN_SOURCE 700 /* nftw() */

#include "dynamic/dynamic_fixture.h"

#include <check.h>
#include <ftw.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "pack/build.h"

static const struct {
    const char *artifact, *member, *expected;
} models[DYNAMIC_MODELS] = {
    {"binary", "groups/7/model.ubj", "7"},
    {"binary", "groups/4711/model.ubj", "4711"},
    {"constant", "groups/1/model.ubj", "1"},
};

enum { MAX_BYTES = 1 << 24 };

static sg_buf ubj[DYNAMIC_MODELS]; /* read once */
static sg_buf json;                /* segml.json of golden "binary" */

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

static void
read_member(sg_buf *out, const char *artifact, const char *path)
{
    wanted w = {path, out};
    sg_buf file = {0};
    char name[512];

    if (out->size > 0)
        return;
    snprintf(name, sizeof name, "%s/serving/%s.segml", GOLDEN_FOLDER, artifact);
    ck_assert_int_eq(sg_file_read(&file, name, NULL), SEGML_OK);
    ck_assert_int_eq(sg_artifact_scan(file.bytes, file.size, MAX_BYTES, take, &w, NULL), SEGML_OK);
    ck_assert_uint_gt(out->size, 0);
    sg_buf_clear(&file);
}

static void
fill_record(sg_manifest *m, sg_manifest_record *record, const dynamic_group *group)
{
    segml_key *key = sg_arena_alloc(&m->arena, 1, sizeof *key);
    int has_model = group->model > 0;

    ck_assert_ptr_nonnull(key);
    *key = (segml_key)SEGML_KEY_INT64_VALUE(group->id);
    *record = (sg_manifest_record){.keys = key,
                                   .columns = 1,
                                   .rows = 100 + group->model,
                                   .rounds = has_model ? 3 : 0,
                                   .message = "",
                                   .has_threshold = group->threshold > 0.0,
                                   .threshold = group->threshold,
                                   .reference = group->uri,
                                   .is_pinned = group->pin != NULL};
    record->status = has_model            ? SEGML_GROUP_TRAINED
                     : group->uri != NULL ? SEGML_GROUP_REFERENCE
                                          : SEGML_GROUP_TOO_FEW_ROWS;
    if (group->pin != NULL)
        memcpy(record->pin, group->pin, sizeof record->pin);
}

/* The golden manifest without everything but features, key and task. */
static void
begin_manifest(sg_manifest *m, int64_t count)
{
    static const float constant[] = {-1.5f};

    *m = (sg_manifest){.format = 0};
    read_member(&json, "binary", SG_MEMBER_MANIFEST);
    ck_assert_int_eq(sg_manifest_read(m, json.bytes, json.size, NULL), SEGML_OK);
    m->keys_as_features = m->has_global = m->has_unseen = m->has_history = 0;
    m->fallback = SG_FALLBACK_CONSTANT;
    m->constant = constant;
    m->constant_count = 1;
    m->groups = sg_arena_alloc(&m->arena, count, sizeof *m->groups);
    m->group_count = count;
    ck_assert_ptr_nonnull(m->groups);
}

void
dynamic_build(sg_buf *out, const dynamic_group *groups, int64_t count, dynamic_change change)
{
    sg_packed *packed = calloc((size_t)count, sizeof *packed);
    sg_build_members members = {.groups = packed};
    segml_error err = SEGML_ERROR_INIT;
    sg_manifest m;

    ck_assert_ptr_nonnull(packed);
    begin_manifest(&m, count);
    for (int64_t g = 0; g < count; g++) {
        int model = groups[g].model - 1;

        fill_record(&m, &m.groups[g], &groups[g]);
        if (model < 0)
            continue;
        read_member(&ubj[model], models[model].artifact, models[model].member);
        ck_assert_int_eq(sg_build_pack_group(&packed[g], m.groups[g].keys, 1, ubj[model].bytes,
                                             ubj[model].size, NULL),
                         SEGML_OK);
    }
    if (change != NULL)
        change(&m);
    out->size = 0;
    ck_assert_msg(sg_build_artifact(out, &m, &members, &err) == SEGML_OK, "%s", err.message);
    for (int64_t g = 0; g < count; g++)
        sg_packed_clear(&packed[g]);
    free(packed);
    sg_manifest_clear(&m);
}

void
dynamic_build_one(sg_buf *out, int64_t id, int model)
{
    const dynamic_group group = {.id = id, .model = model};

    dynamic_build(out, &group, 1, NULL);
}

void
dynamic_root(unsigned char root[32], const sg_buf *artifact)
{
    sg_index index = {.size = 0};

    ck_assert_int_eq(sg_index_open(&index, artifact->bytes, artifact->size, NULL), SEGML_OK);
    memcpy(root, sg_index_root(&index), 32);
    sg_index_close(&index);
}

const golden_case *
dynamic_expected(int model)
{
    for (int i = 0; i < GOLDEN_CASES; i++) {
        if (strcmp(golden_cases[i].artifact, models[model - 1].artifact) == 0 &&
            strcmp(golden_cases[i].model, models[model - 1].expected) == 0)
            return &golden_cases[i];
    }
    ck_abort_msg("model %d was not recorded", model);
    return NULL;
}

float
dynamic_predict(const segml_model *model, int64_t id)
{
    const segml_key key = SEGML_KEY_INT64_VALUE(id);
    segml_error err = SEGML_ERROR_INIT;
    segml_route *route = NULL;
    float value = NAN;

    ck_assert_msg(segml_route_find(&route, model, &key, 1, &err) == SEGML_OK, "%s", err.message);
    ck_assert_int_eq(segml_route_predict(route, SEGML_OUTPUT_PREDICTION, golden_rows,
                                         GOLDEN_FEATURES, &value, 1),
                     SEGML_OK);
    segml_route_free(route);
    return value;
}

void
dynamic_assert(const segml_model *model, int64_t id, int expected, int32_t reason)
{
    const segml_key key = SEGML_KEY_INT64_VALUE(id);
    segml_error err = SEGML_ERROR_INIT;
    segml_route *route = NULL;

    ck_assert_msg(segml_route_find(&route, model, &key, 1, &err) == SEGML_OK, "%s", err.message);
    ck_assert_int_eq(segml_route_get_kind(route),
                     expected > 0 ? SEGML_ROUTE_EXACT : SEGML_ROUTE_CONSTANT);
    ck_assert_int_eq(segml_route_get_reason(route), reason);
    for (int i = 0; i < GOLDEN_ROWS; i++) {
        float want = expected > 0 ? dynamic_expected(expected)->margin[i] : -1.5f, got = NAN;

        ck_assert_int_eq(segml_route_predict(route, SEGML_OUTPUT_MARGIN,
                                             &golden_rows[i * GOLDEN_FEATURES], GOLDEN_FEATURES,
                                             &got, 1),
                         SEGML_OK);
        ck_assert_msg(got == want, "group %lld, row %d: %a instead of %a", (long long)id, i,
                      (double)got, (double)want);
    }
    segml_route_free(route);
}

void
dynamic_folder(char folder[64])
{
    strcpy(folder, "/tmp/segml-dynamic-XXXXXX");
    ck_assert_ptr_nonnull(mkdtemp(folder));
}

void
dynamic_write(const char *folder, const char *name, const sg_buf *bytes)
{
    char path[512], partial[520];
    FILE *file;

    snprintf(path, sizeof path, "%s/%s", folder, name);
    for (char *slash = strchr(path + strlen(folder) + 1, '/'); slash != NULL;
         slash = strchr(slash + 1, '/')) {
        *slash = '\0';
        mkdir(path, 0755);
        *slash = '/';
    }
    snprintf(partial, sizeof partial, "%s.part", path);
    file = fopen(partial, "wb");
    ck_assert_ptr_nonnull(file);
    ck_assert_uint_eq(fwrite(bytes->bytes, 1, bytes->size, file), bytes->size);
    ck_assert_int_eq(fclose(file), 0);
    ck_assert_int_eq(rename(partial, path), 0);
}

static int
remove_entry(const char *path, const struct stat *status, int kind, struct FTW *place)
{
    (void)status;
    (void)kind;
    (void)place;
    return remove(path);
}

void
dynamic_remove(const char *folder)
{
    ck_assert_int_eq(nftw(folder, remove_entry, 16, FTW_DEPTH | FTW_PHYS), 0);
}
