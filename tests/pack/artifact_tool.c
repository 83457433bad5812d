/* SPDX-License-Identifier: Apache-2.0 */

/*
 * For repack.py: opens an artifact and says how that ended, or builds one anew from the
 * manifest and the models of another.
 *
 *     artifact_tool open FILE
 *     artifact_tool rebuild FILE NEW_FILE
 */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "model/model.h"
#include "pack/build.h"

typedef struct pieces {
    const sg_manifest *manifest;
    sg_packed *groups, *parents;
    sg_packed global, unseen, history, training;
} pieces;

/* Whether a member is a group's or a parent's model, and which one: its number, or -1. */
static int64_t
find_path(const sg_manifest_record *records, int64_t count, const char *wanted,
          int (*make)(sg_buf *, const segml_key *, int64_t, segml_error *))
{
    sg_buf path = {0};
    int64_t found = -1;

    for (int64_t i = 0; i < count && found < 0; i++) {
        path.size = 0;
        if (make(&path, records[i].keys, records[i].columns, NULL) == SEGML_OK &&
            strcmp((const char *)path.bytes, wanted) == 0)
            found = i;
    }
    sg_buf_clear(&path);
    return found;
}

static sg_packed *
find_piece(pieces *p, const char *path)
{
    const sg_manifest *m = p->manifest;
    int64_t group, parent;

    if (strcmp(path, SG_MEMBER_GLOBAL) == 0)
        return &p->global;
    if (strcmp(path, SG_MEMBER_UNSEEN) == 0)
        return &p->unseen;
    if (strcmp(path, SG_MEMBER_HISTORY) == 0)
        return &p->history;
    if (strcmp(path, SG_MEMBER_TRAINING) == 0)
        return &p->training;
    group = find_path(m->groups, m->group_count, path, sg_build_group_path);
    if (group >= 0)
        return &p->groups[group];
    parent = find_path(m->parents, m->parent_count, path, sg_build_parent_path);
    return parent >= 0 ? &p->parents[parent] : NULL;
}

static int
take(void *user, const sg_member *member, segml_error *err)
{
    sg_packed *piece = find_piece(user, member->path);

    return piece != NULL ? sg_packed_make(piece, member->path, member->content, member->size, err)
                         : 0;
}

static void
clear_pieces(pieces *p)
{
    for (int64_t i = 0; i < p->manifest->group_count; i++)
        sg_packed_clear(&p->groups[i]);
    for (int64_t i = 0; i < p->manifest->parent_count; i++)
        sg_packed_clear(&p->parents[i]);
    sg_packed_clear(&p->training);
    sg_packed_clear(&p->history);
    sg_packed_clear(&p->unseen);
    sg_packed_clear(&p->global);
    free(p->parents);
    free(p->groups);
}

static int
rebuild(const segml_model *model, const char *path, segml_error *err)
{
    const sg_records *records = sg_model_records(model, err);
    sg_manifest manifest = *sg_model_manifest(model);
    pieces p = {.manifest = &manifest};
    sg_build_members members = {
        .global = &p.global, .unseen = &p.unseen, .history = &p.history, .training = &p.training};
    sg_buf file = {0};
    int rc;

    if (records == NULL)
        return err->code;
    manifest.groups = records->groups.records;
    manifest.parents = records->parents.records;
    members.groups = p.groups = calloc((size_t)manifest.group_count + 1, sizeof *p.groups);
    members.parents = p.parents = calloc((size_t)manifest.parent_count + 1, sizeof *p.parents);
    rc = sg_artifact_scan(model->source.bytes, model->source.size, INT64_MAX, take, &p, err);
    if (rc == SEGML_OK)
        rc = sg_build_artifact(&file, &manifest, &members, err);
    if (rc == SEGML_OK)
        rc = sg_file_replace(path, file.bytes, file.size, 1, err);
    clear_pieces(&p);
    sg_buf_clear(&file);
    return rc;
}

int
main(int argc, char **argv)
{
    segml_error err = SEGML_ERROR_INIT;
    segml_open_options options = SEGML_OPEN_OPTIONS_INIT;
    segml_model *model = NULL;
    int rc;

    options.preload = 1;
    if (argc < 3) {
        fprintf(stderr, "usage: artifact_tool open FILE | rebuild FILE NEW_FILE\n");
        return EXIT_FAILURE;
    }
    rc = segml_model_open(&model, argv[2], &options, &err);
    if (rc == SEGML_OK && argc == 4 && strcmp(argv[1], "rebuild") == 0)
        rc = rebuild(model, argv[3], &err);
    segml_model_free(model);
    printf("%s %s\n", segml_status_name(rc), err.message);
    return EXIT_SUCCESS;
}
