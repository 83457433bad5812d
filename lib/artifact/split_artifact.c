/* SPDX-License-Identifier: Apache-2.0 */

/*
 * From a static artifact to a dynamic one.
 *
 * R1  A child holds the groups that share the first key columns and have a model, with their
 *     records, and the header of the whole: task, features, keys, options. Nothing in it answers
 *     for other groups.
 * R2  The parent keeps every record. Of a group that was moved, it no longer says what only a
 *     model has: digest, rounds, engine, threshold. So all that was said is still said
 *     somewhere, and joining gives the same bytes.
 * R3  The children are on disk before the parent that names them.
 * R4  Names of children are made like those of models in the artifact: from the key.
 * R5  A reference can name every child: its folder is UTF-8, as all text of an artifact is, and
 *     below the parent's with all links followed, as who resolves it asks for.
 * R6  No child takes the place of the parent or of the file that is split. Every name is looked at
 *     before the first child is written: of a file that is gone half its models would be lost.
 *
 * Children of several megabytes that hold many groups were weighed against one per group: both
 * are wanted, one to be replaced by a team that owns a country, the other by a stream of
 * small trainings. A process can map some ten thousand files, so what is larger needs the former.
 */

#define _XOPEN_SOURCE 700 /* realpath() */

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "artifact/plan.h"
#include "base/key.h"
#include "base/opts.h"
#include "base/text.h"

static const char scheme[] = "file:";
static const char ending[] = ".segml";

/* One splitting. */
typedef struct splitting {
    sg_input input;
    sg_plan parent;
    const char *path;     /* of the parent */
    const char *children; /* folder, relative to the parent's */
    const char *artifact; /* what is split */
    int is_beside;        /* 1: the children are in the folder of the parent itself */
    segml_split_options options;
    sg_buf uri; /* of the child under way, terminated */
    char file[PATH_MAX];
} splitting;

static int
check_split(const splitting *s, segml_error *err)
{
    const sg_manifest *m = &s->input.catalog.manifest;

    if (m->references > 0)
        return sg_fail(err, SEGML_E_MISMATCH, "%s: it has references already; join it first",
                       s->artifact);
    if (m->trained == 0)
        return sg_fail(err, SEGML_E_MISMATCH, "%s: it has no models of groups", s->artifact);
    if (s->options.columns < 0 || s->options.columns > m->key_count)
        return sg_fail(err, SEGML_E_ARGUMENT, "columns is %d: there are %lld key columns",
                       (int)s->options.columns, (long long)m->key_count);
    return SEGML_OK;
}

/* R5, without a look at the disk. */
static int
check_folder(const char *children, segml_error *err)
{
    int is_below = *children != '\0' && *children != '/';

    if (!sg_text_is_utf8(children, strlen(children)))
        return sg_fail(err, SEGML_E_ARGUMENT, "children is no UTF-8, as references are");
    for (const char *part = children; part != NULL && is_below; part = strchr(part, '/')) {
        part += *part == '/';
        is_below = strncmp(part, "..", 2) != 0 || (part[2] != '/' && part[2] != '\0');
    }
    return is_below ? SEGML_OK
                    : sg_fail(err, SEGML_E_ARGUMENT,
                              "children is \"%s\": a folder relative to that of %s, and below it, "
                              "is needed",
                              children, "path");
}

/* "folder/of/parent/<relative>" in s->file. */
static int
make_file(splitting *s, const char *relative, segml_error *err)
{
    const char *slash = strrchr(s->path, '/');
    int folder = slash != NULL ? (int)(slash - s->path) + 1 : 0;
    int length = snprintf(s->file, sizeof s->file, "%.*s%s", folder, s->path, relative);

    if (length < 0 || length >= (int)sizeof s->file)
        return sg_fail(err, SEGML_E_IO, "%s: the path is too long", s->path);
    return SEGML_OK;
}

static int
fail_folder(const char *path, const char *action, segml_error *err)
{
    char reason[128] = "";
    int code = errno;

    if (strerror_r(code, reason, sizeof reason) != 0)
        snprintf(reason, sizeof reason, "error %d", code);
    return sg_fail(err, SEGML_E_IO, "%s: cannot %s the folder: %s", path, action, reason);
}

static int
make_folder(const char *path, segml_error *err)
{
    return mkdir(path, 0777) == 0 || errno == EEXIST ? SEGML_OK : fail_folder(path, "make", err);
}

/* The children's, and those above it up to the parent's. */
static int
make_folders(splitting *s, segml_error *err)
{
    int rc = make_file(s, s->children, err);
    char *slash;

    if (rc < 0)
        return rc;
    slash = s->file + (strlen(s->file) - strlen(s->children));
    for (slash = strchr(slash, '/'); slash != NULL && rc == SEGML_OK;
         slash = strchr(slash + 1, '/')) {
        *slash = '\0';
        rc = make_folder(s->file, err);
        *slash = '/';
    }
    return rc == SEGML_OK ? make_folder(s->file, err) : rc;
}

/* R5, with all links followed. */
static int
check_links(splitting *s, segml_error *err)
{
    char above[PATH_MAX], below[PATH_MAX];
    int rc = make_file(s, ".", err);
    size_t length;

    if (rc == SEGML_OK && realpath(s->file, above) == NULL)
        rc = fail_folder(s->file, "find", err);
    if (rc == SEGML_OK)
        rc = make_file(s, s->children, err);
    if (rc == SEGML_OK && realpath(s->file, below) == NULL)
        rc = fail_folder(s->file, "find", err);
    if (rc < 0)
        return rc;
    s->is_beside = strcmp(above, below) == 0;
    length = strcmp(above, "/") == 0 ? 0 : strlen(above);
    if (s->is_beside || (strncmp(below, above, length) == 0 && below[length] == '/'))
        return SEGML_OK;
    return sg_fail(err, SEGML_E_ARGUMENT,
                   "children is \"%s\": links lead to %s, which is not below the folder of path",
                   s->children, below);
}

/* R4 */
static int
name_child(splitting *s, const sg_manifest_record *record, int64_t columns, segml_error *err)
{
    int rc;

    s->uri.size = 0;
    rc = strcmp(s->children, ".") == 0 ? sg_buf_print(&s->uri, err, "%s", scheme)
                                       : sg_buf_print(&s->uri, err, "%s%s/", scheme, s->children);
    if (rc == SEGML_OK)
        rc = sg_key_path(&s->uri, record->keys, columns, err);
    if (rc == SEGML_OK)
        rc = sg_buf_append(&s->uri, ending, sizeof ending, err); /* the terminator too */
    return rc == SEGML_OK ? make_file(s, (const char *)s->uri.bytes + sizeof scheme - 1, err) : rc;
}

/* R1: the header of a plan that has just begun. */
static void
narrow(sg_plan *plan)
{
    sg_manifest *m = &plan->manifest;

    m->fallback = 0;
    m->constant = NULL;
    m->constant_count = 0;
    m->has_global = m->has_unseen = m->keys_as_features = 0;
    m->parents = NULL;
    m->parent_count = 0;
    plan->global = NULL;
    plan->keeps_history = plan->keeps_training = plan->keeps_whole = 0;
}

static void
add_as_it_is(sg_plan *plan, const sg_origin *origin)
{
    sg_manifest *m = &plan->manifest;

    m->groups[m->group_count] = *sg_plan_view(origin).record;
    plan->groups[m->group_count++] = *origin;
}

/* Writes the child of the groups in [begin, end) that have a model. */
static int
write_child(splitting *s, int64_t begin, int64_t end, unsigned char *root, segml_error *err)
{
    const sg_manifest_record *records = s->input.catalog.manifest.groups;
    sg_plan plan = {.first = NULL};
    int rc = sg_plan_begin(&plan, &s->input, end - begin, err);

    if (rc == SEGML_OK)
        narrow(&plan);
    for (int64_t g = begin; g < end && rc == SEGML_OK; g++) {
        if (records[g].has_model)
            add_as_it_is(&plan, &(sg_origin){&s->input, g});
    }
    if (rc == SEGML_OK)
        rc = sg_plan_write(&plan, s->file, s->options.overwrite > 0, NULL, err);
    memcpy(root, plan.info.root, SG_DIGEST_BYTES);
    sg_plan_clear(&plan);
    return rc;
}

/* R2 */
static void
refer(const splitting *s, sg_manifest_record *record, const char *uri, const unsigned char *root)
{
    record->status = SEGML_GROUP_REFERENCE;
    record->has_model = 0;
    record->rounds = 0;
    record->engine = NULL;
    record->has_threshold = 0;
    record->reference = uri;
    record->is_pinned = s->options.floating <= 0;
    memcpy(record->pin, root, SG_DIGEST_BYTES);
}

static const char *
last_name(const char *path)
{
    const char *slash = strrchr(path, '/');

    return slash != NULL ? slash + 1 : path;
}

static int
is_same_file(const char *a, const char *b)
{
    struct stat x, y;

    return stat(a, &x) == 0 && stat(b, &y) == 0 && x.st_dev == y.st_dev && x.st_ino == y.st_ino;
}

/* What is done with groups in [begin, end), which share an artifact. */
typedef int (*step)(splitting *s, int64_t begin, int64_t end, segml_error *err);

/* R6 */
static int
check_child_name(splitting *s, int64_t begin, int64_t end, segml_error *err)
{
    (void)begin;
    (void)end;
    if (s->is_beside && strcmp(last_name(s->file), last_name(s->path)) == 0)
        return sg_fail(err, SEGML_E_ARGUMENT, "%s: it has the name of a child", s->path);
    if (is_same_file(s->file, s->artifact))
        return sg_fail(err, SEGML_E_ARGUMENT, "%s: it is split, and has the name of a child",
                       s->artifact);
    return SEGML_OK;
}

static int
split_off(splitting *s, int64_t begin, int64_t end, segml_error *err)
{
    sg_manifest *m = &s->parent.manifest;
    unsigned char root[SG_DIGEST_BYTES];
    const char *uri;
    int rc = write_child(s, begin, end, root, err);

    if (rc < 0)
        return rc;
    uri = sg_arena_text(&m->arena, (const char *)s->uri.bytes, strlen((const char *)s->uri.bytes));
    if (uri == NULL)
        return sg_fail_nomem(err);
    for (int64_t g = begin; g < end; g++) {
        if (m->groups[g].has_model)
            refer(s, &m->groups[g], uri, root);
    }
    return SEGML_OK;
}

/* Takes a step for each child, its name in s->uri and s->file. */
static int
for_each_child(splitting *s, step take, segml_error *err)
{
    const sg_manifest *m = &s->parent.manifest;
    const int64_t columns = s->options.columns > 0 ? s->options.columns : m->key_count;
    int64_t begin = 0, models = 0;
    int rc = SEGML_OK;

    for (int64_t g = 0; g < m->group_count && rc == SEGML_OK; g++) {
        models += m->groups[g].has_model;
        if (g + 1 < m->group_count &&
            sg_key_compare(m->groups[begin].keys, m->groups[g + 1].keys, columns) == 0)
            continue;
        if (models > 0)
            rc = name_child(s, &m->groups[begin], columns, err);
        if (models > 0 && rc == SEGML_OK)
            rc = take(s, begin, g + 1, err);
        begin = g + 1;
        models = 0;
    }
    return rc;
}

static int
split_all(splitting *s, segml_error *err)
{
    const sg_manifest *m = &s->input.catalog.manifest;
    int rc = sg_plan_begin(&s->parent, &s->input, m->group_count, err);

    s->parent.keeps_all = 1;
    for (int64_t g = 0; g < m->group_count && rc == SEGML_OK; g++)
        add_as_it_is(&s->parent, &(sg_origin){&s->input, g});
    if (rc == SEGML_OK)
        rc = for_each_child(s, check_child_name, err);
    if (rc == SEGML_OK)
        rc = for_each_child(s, split_off, err);
    return rc;
}

int
segml_artifact_split(const char *path, const char *children, const char *artifact,
                     const segml_split_options *options, segml_artifact_info *info,
                     segml_error *err)
{
    splitting s = {.path = path, .children = children, .artifact = artifact};
    int rc;

    if (path == NULL || children == NULL || artifact == NULL)
        return sg_fail(err, SEGML_E_ARGUMENT, "path, children or artifact is NULL");
    rc = sg_opts_load(&s.options, sizeof s.options, options, "segml_split_options", err);
    if (rc == SEGML_OK)
        rc = check_folder(children, err);
    if (rc < 0)
        return rc;
    rc = sg_input_open(&s.input, artifact, s.options.max_bytes, err);
    if (rc == SEGML_OK)
        rc = check_split(&s, err);
    if (rc == SEGML_OK)
        rc = make_folders(&s, err);
    if (rc == SEGML_OK)
        rc = check_links(&s, err);
    if (rc == SEGML_OK)
        rc = split_all(&s, err);
    if (rc == SEGML_OK)
        rc = sg_plan_write(&s.parent, path, s.options.overwrite > 0, info, err);
    sg_plan_clear(&s.parent);
    sg_input_close(&s.input);
    sg_buf_clear(&s.uri);
    return rc;
}
