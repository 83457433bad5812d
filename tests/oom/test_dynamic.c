/* SPDX-License-Identifier: Apache-2.0 */

/*
 * Opening and reloading artifacts with references while the n-th allocation fails: memory that is
 * out is never taken for a reference that cannot be had.
 */

#include <check.h>
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "dynamic/dynamic_fixture.h"

enum { ATTEMPTS_MAX = 10000 };

/* A folder with parent.segml, and the model that was opened before some of it has changed. */
typedef struct scene {
    char folder[64];
    char path[128];
    segml_model *old;
    sg_buf bytes; /* what a resolver gives */
    int given, released;
} scene;

static void
put(const scene *s, const char *name, const dynamic_group *groups, int64_t count)
{
    sg_buf bytes = {0};

    dynamic_build(&bytes, groups, count, NULL);
    dynamic_write(s->folder, name, &bytes);
    sg_buf_clear(&bytes);
}

static void
begin(scene *s)
{
    const dynamic_group groups[] = {
        {.id = 6, .uri = "file:6.segml"}, {.id = 7, .uri = "file:7.segml"}, {.id = 8, .model = 1}};

    *s = (scene){.old = NULL};
    dynamic_folder(s->folder);
    snprintf(s->path, sizeof s->path, "%s/parent.segml", s->folder);
    put(s, "6.segml", &(dynamic_group){.id = 6, .model = 1}, 1);
    put(s, "7.segml", &(dynamic_group){.id = 7, .model = 2}, 1);
    put(s, "parent.segml", groups, 3);
    ck_assert_int_eq(segml_model_open(&s->old, s->path, NULL, NULL), SEGML_OK);
    dynamic_assert(s->old, 6, 1, SEGML_REASON_OK);
    dynamic_assert(s->old, 7, 2, SEGML_REASON_OK);
    put(s, "7.segml", &(dynamic_group){.id = 7, .model = 3}, 1);
}

static void
end(scene *s)
{
    segml_model_free(s->old);
    dynamic_remove(s->folder);
}

typedef int (*open_fn)(segml_model **out, scene *s, segml_error *err);

static int
open_file(segml_model **out, scene *s, segml_error *err)
{
    return segml_model_open(out, s->path, NULL, err);
}

static int
reload_file(segml_model **out, scene *s, segml_error *err)
{
    return segml_model_reload(out, s->old, NULL, err);
}

static void
release(segml_resolved *resolved)
{
    scene *s = resolved->owner;

    s->released++;
}

static int
resolve(void *user, const char *uri, segml_resolved *resolved, segml_error *err)
{
    scene *s = user;

    (void)uri;
    (void)err;
    s->given++;
    *resolved = (segml_resolved){s->bytes.bytes, s->bytes.size, release, s};
    return SEGML_OK;
}

static int
reload_by_resolver(segml_model **out, scene *s, segml_error *err)
{
    segml_open_options options = SEGML_OPEN_OPTIONS_INIT;

    options.resolve = resolve;
    options.resolve_user = s;
    return segml_model_reload(out, s->old, &options, err);
}

/* Opens, loads everything and lets it go. */
static int
use(open_fn open, scene *s, segml_error *err)
{
    segml_model *model = s->old;
    int rc = open(&model, s, err);

    ck_assert_int_eq(model != NULL, rc >= 0);
    if (rc >= 0)
        rc = segml_model_preload(model, 1, err);
    segml_model_free(model);
    return rc;
}

static const open_fn openings[] = {open_file, reload_file, reload_by_resolver};

START_TEST(every_failed_allocation_is_told_and_leaves_nothing)
{
    const dynamic_group both[] = {{.id = 6, .model = 3}, {.id = 7, .model = 3}};
    int rc = SEGML_E_NOMEM;
    int64_t n = 0;
    scene s;

    begin(&s);
    dynamic_build(&s.bytes, both, 2, NULL);
    for (; rc != SEGML_OK && n < ATTEMPTS_MAX; n++) {
        segml_error err = SEGML_ERROR_INIT;

        sg_alloc_inject(n, _i % 2);
        rc = use(openings[_i / 2], &s, &err);
        sg_alloc_inject(-1, 0);
        ck_assert_msg(rc == SEGML_OK || rc == SEGML_E_NOMEM, "allocation %lld: %d %s", (long long)n,
                      rc, err.message);
        ck_assert_int_eq(err.code, rc);
        ck_assert_int_eq(s.given, s.released);
    }
    ck_assert_int_eq(rc, SEGML_OK);
    ck_assert_int_gt(n, 50);
    dynamic_assert(s.old, 6, 1, SEGML_REASON_OK);
    dynamic_assert(s.old, 7, 2, SEGML_REASON_OK);
    sg_buf_clear(&s.bytes);
    end(&s);
}
END_TEST

TCase *
dynamic_tests(void)
{
    TCase *tc = tcase_create("dynamic");

    tcase_add_loop_test(tc, every_failed_allocation_is_told_and_leaves_nothing, 0,
                        2 * (int)(sizeof openings / sizeof *openings));
    tcase_set_timeout(tc, 300);
    return tc;
}
