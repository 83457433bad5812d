/* SPDX-License-Identifier: Apache-2.0 */

/*
 * What training ends with and what an artifact made of others goes through, with failures: the
 * manifests of a golden artifact are read, members are packed, and an artifact is built of
 * them, while the n-th allocation fails, alone or with all after it.
 */

#include <check.h>
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/file.h"
#include "pack/build.h"

enum { ATTEMPTS_MAX = 10000, MAX_BYTES = 1 << 24 };

/* The manifests of an artifact. */
typedef struct texts {
    sg_buf json, groups, parents;
} texts;

static int
take(void *user, const sg_member *member, segml_error *err)
{
    texts *t = user;
    sg_buf *out = strcmp(member->path, SG_MEMBER_MANIFEST) == 0  ? &t->json
                  : strcmp(member->path, SG_MEMBER_GROUPS) == 0  ? &t->groups
                  : strcmp(member->path, SG_MEMBER_PARENTS) == 0 ? &t->parents
                                                                 : NULL;

    if (out == NULL)
        return 0;
    return sg_buf_append(out, member->content, member->size, err) < 0 ? SEGML_E_NOMEM : 0;
}

static void
read_texts(texts *t, const char *artifact)
{
    sg_buf file = {0};
    char path[512];

    snprintf(path, sizeof path, "%s/serving/%s.segml", GOLDEN_FOLDER, artifact);
    ck_assert_int_eq(sg_file_read(&file, path, NULL), SEGML_OK);
    ck_assert_int_eq(sg_artifact_scan(file.bytes, file.size, MAX_BYTES, take, t, NULL), SEGML_OK);
    sg_buf_clear(&file);
}

/* What one attempt holds. */
typedef struct attempt {
    sg_manifest manifest;
    sg_manifest_lines groups, parents;
    sg_packed group, parent[2], global, unseen, history, training;
    sg_packed of_groups[4], of_parents[5]; /* lent */
    sg_buf out;
} attempt;

static int
read_manifests(attempt *a, const texts *t, segml_error *err)
{
    sg_manifest *m = &a->manifest;
    int rc = sg_manifest_read(m, t->json.bytes, t->json.size, err);

    if (rc == SEGML_OK)
        rc = sg_manifest_read_groups(&a->groups, m, t->groups.bytes, t->groups.size, err);
    if (rc == SEGML_OK)
        rc = sg_manifest_read_parents(&a->parents, m, t->parents.bytes, t->parents.size, err);
    m->groups = a->groups.records;
    m->parents = a->parents.records;
    return rc;
}

static int
pack_members(attempt *a, segml_error *err)
{
    const sg_manifest_record *parents = a->parents.records;
    int rc = sg_packed_make(&a->global, SG_MEMBER_GLOBAL, "tree", 4, err);

    if (rc == SEGML_OK)
        rc = sg_packed_make(&a->unseen, SG_MEMBER_UNSEEN, "tree", 4, err);
    if (rc == SEGML_OK)
        rc = sg_packed_make(&a->history, SG_MEMBER_HISTORY, "{}\n", 3, err);
    if (rc == SEGML_OK)
        rc = sg_packed_make(&a->training, SG_MEMBER_TRAINING, "bytes", 5, err);
    if (rc == SEGML_OK)
        rc = sg_build_pack_group(&a->group, a->groups.records[0].keys, 3, "tree", 4, err);
    for (int i = 0; i < 2 && rc == SEGML_OK; i++)
        rc = sg_build_pack_parent(&a->parent[i], parents[2 * i].keys, parents[2 * i].columns,
                                  "tree", 4, err);
    a->of_groups[0] = a->group;
    a->of_parents[0] = a->parent[0];
    a->of_parents[2] = a->parent[1];
    return rc;
}

static void
clear(attempt *a)
{
    sg_packed *owned[] = {&a->group,  &a->parent[0], &a->parent[1], &a->global,
                          &a->unseen, &a->history,   &a->training};

    for (size_t i = 0; i < sizeof owned / sizeof *owned; i++)
        sg_packed_clear(owned[i]);
    sg_manifest_lines_clear(&a->parents);
    sg_manifest_lines_clear(&a->groups);
    sg_manifest_clear(&a->manifest);
    sg_buf_clear(&a->out);
}

static int
build(const texts *t, segml_error *err)
{
    attempt a = {.manifest.format = 0};
    const sg_build_members members = {.groups = a.of_groups,
                                      .parents = a.of_parents,
                                      .global = &a.global,
                                      .unseen = &a.unseen,
                                      .history = &a.history,
                                      .training = &a.training};
    int rc = read_manifests(&a, t, err);

    if (rc == SEGML_OK)
        rc = pack_members(&a, err);
    if (rc == SEGML_OK)
        rc = sg_build_artifact(&a.out, &a.manifest, &members, err);
    clear(&a);
    return rc;
}

START_TEST(building_survives_every_failed_allocation)
{
    texts t = {.json.size = 0};
    int64_t n = 0;
    int rc;

    read_texts(&t, "levels");
    do {
        segml_error err = SEGML_ERROR_INIT;

        sg_alloc_inject(n, _i);
        rc = build(&t, &err);
        sg_alloc_inject(-1, 0);
        ck_assert_int_eq(err.code, rc);
        ck_assert_msg(rc == SEGML_OK || rc == SEGML_E_NOMEM, "allocation %lld: %d %s", (long long)n,
                      rc, err.message);
        n++;
    } while (rc != SEGML_OK && n < ATTEMPTS_MAX);
    ck_assert_int_eq(rc, SEGML_OK);
    ck_assert_int_gt(n, 40);
    sg_buf_clear(&t.json);
    sg_buf_clear(&t.groups);
    sg_buf_clear(&t.parents);
}
END_TEST

TCase *
build_tests(void)
{
    TCase *tc = tcase_create("build");

    tcase_add_loop_test(tc, building_survives_every_failed_allocation, 0, 2);
    return tc;
}
