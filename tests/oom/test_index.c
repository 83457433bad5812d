/* SPDX-License-Identifier: Apache-2.0 */

/*
 * The index and single members with failures: the n-th allocation fails, for n = 0, 1, ...
 * until everything succeeds. Leaks are for the sanitizer.
 */

#include <check.h>
#include <string.h>

#include "base/alloc.h"
#include "pack/artifact.h"

enum { ATTEMPTS_MAX = 1000, GROUPS = 2, LONG_KEY = 700 };

static char long_text[LONG_KEY];

/* Two groups, one with a key that is too long for the stack. */
typedef struct scenario {
    segml_key keys[GROUPS];
    sg_manifest_record records[GROUPS];
    sg_manifest manifest;
    sg_buf file;
} scenario;

static void
make_scenario(scenario *s)
{
    memset(long_text, 'x', sizeof long_text);
    *s = (scenario){.keys = {SEGML_KEY_UTF8_VALUE("a", 1), SEGML_KEY_UTF8_VALUE(long_text, 700)},
                    .manifest = {.group_count = GROUPS, .key_count = 1, .keys_as_features = 1}};
    s->manifest.groups = s->records;
    for (int i = 0; i < GROUPS; i++) {
        s->records[i].keys = &s->keys[i];
        s->records[i].columns = 1;
        s->records[i].status = i == 0 ? SEGML_GROUP_TRAINED : SEGML_GROUP_TOO_FEW_ROWS;
    }
}

/* Appends a whole artifact of one model. */
static int
write_artifact(scenario *s, segml_error *err)
{
    sg_artifact_writer writer = {.sink = sg_artifact_to_buf, .user = &s->file};
    sg_place places[GROUPS] = {{0}};
    sg_index_input input = {.manifest = &s->manifest, .groups = places};
    sg_packed packed = {0};
    int rc;

    s->file.size = 0;
    rc = sg_packed_make(&packed, "groups/a/model.ubj", "tree", 4, err);
    if (rc == SEGML_OK)
        rc = sg_artifact_put(&writer, packed.frame.bytes, packed.frame.size, packed.size,
                             &places[0], err);
    if (rc == SEGML_OK)
        rc = sg_artifact_end(&writer, &input, err);
    sg_packed_clear(&packed);
    return rc;
}

static int
write_to_nothing(scenario *s, segml_error *err)
{
    scenario own = *s;
    int rc;

    own.manifest.groups = own.records;
    own.file = (sg_buf){0};
    rc = write_artifact(&own, err);
    sg_buf_clear(&own.file);
    return rc;
}

/* Opens the index, finds both groups and reads the model. */
static int
read_artifact(scenario *s, segml_error *err)
{
    sg_index index = {0};
    sg_index_group group;
    sg_buf content = {0};
    int64_t number = -2;
    int rc = sg_index_open(&index, s->file.bytes, s->file.size, err);

    if (rc == SEGML_OK) {
        rc = sg_index_find(&index, &s->keys[1], 1, &number, &group, err);
        ck_assert_int_eq(number, rc == SEGML_OK ? 1 : -1);
    }
    if (rc == SEGML_OK)
        rc = sg_index_find(&index, &s->keys[0], 1, &number, &group, err);
    if (rc == SEGML_OK)
        rc = sg_artifact_read(&content, s->file.bytes, s->file.size, &group.place, err);
    ck_assert_uint_eq(content.size, rc == SEGML_OK ? 4 : 0);
    sg_buf_clear(&content);
    sg_index_close(&index);
    return rc;
}

/* @return how many allocations the work makes */
static int
fail_each(int (*work)(scenario *s, segml_error *err), scenario *s)
{
    for (int n = 0; n < ATTEMPTS_MAX; n++) {
        segml_error err = SEGML_ERROR_INIT;
        int rc;

        sg_alloc_inject(n, 0);
        rc = work(s, &err);
        sg_alloc_inject(-1, 0);
        if (rc == SEGML_OK)
            return n;
        ck_assert_msg(rc == SEGML_E_NOMEM, "allocation %d: %d %s", n, rc, err.message);
        ck_assert_int_eq(err.code, SEGML_E_NOMEM);
    }
    ck_abort_msg("it does not come to an end");
    return -1;
}

START_TEST(writing_survives_every_failed_allocation)
{
    scenario s;

    make_scenario(&s);
    ck_assert_int_gt(fail_each(write_to_nothing, &s), 5);
}
END_TEST

/* The bits of the pages, the long key, the copy of the frame, the content. */
START_TEST(reading_survives_every_failed_allocation)
{
    scenario s;

    make_scenario(&s);
    ck_assert_int_eq(write_artifact(&s, NULL), SEGML_OK);
    ck_assert_int_eq(fail_each(read_artifact, &s), 4);
    sg_buf_clear(&s.file);
}
END_TEST

TCase *
index_tests(void)
{
    TCase *tc = tcase_create("index");

    tcase_add_test(tc, writing_survives_every_failed_allocation);
    tcase_add_test(tc, reading_survives_every_failed_allocation);
    return tc;
}
