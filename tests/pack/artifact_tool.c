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
    sg_packed global, unseen, history;
} pieces;

/* Packs a member that is the model of one of these records. */
static int
take_model(pieces *p, int of_parents, const sg_member *member, segml_error *err)
{
    const sg_manifest *m = p->manifest;
    const sg_manifest_record *records = of_parents ? m->parents : m->groups;
    int64_t count = of_parents ? m->parent_count : m->group_count;
    sg_buf path = {0};
    int rc = SEGML_OK;

    for (int64_t i = 0; i < count && rc == SEGML_OK; i++) {
        const segml_key *keys = records[i].keys;
        int64_t columns = records[i].columns;

        path.size = 0;
        rc = of_parents ? sg_build_parent_path(&path, keys, columns, err)
                        : sg_build_group_path(&path, keys, columns, err);
        if (rc == SEGML_OK && strcmp((const char *)path.bytes, member->path) == 0)
            rc = sg_packed_make(of_parents ? &p->parents[i] : &p->groups[i], member->path,
                                member->content, member->size, err);
    }
    sg_buf_clear(&path);
    return rc;
}

static int
take(void *user, const sg_member *member, segml_error *err)
{
    pieces *p = user;
    int rc;

    if (strcmp(member->path, SG_MEMBER_GLOBAL) == 0)
        return sg_packed_make(&p->global, member->path, member->content, member->size, err);
    if (strcmp(member->path, SG_MEMBER_UNSEEN) == 0)
        return sg_packed_make(&p->unseen, member->path, member->content, member->size, err);
    if (strcmp(member->path, SG_MEMBER_HISTORY) == 0)
        return sg_packed_make(&p->history, member->path, member->content, member->size, err);
    rc = take_model(p, 0, member, err);
    return rc == SEGML_OK ? take_model(p, 1, member, err) : rc;
}

static int
rebuild(const segml_model *model, const char *path, segml_error *err)
{
    sg_manifest manifest = *sg_model_manifest(model);
    const sg_records *records = sg_model_records(model, err);
    pieces p = {.manifest = &manifest,
                .groups = calloc((size_t)manifest.group_count + 1, sizeof(sg_packed)),
                .parents = calloc((size_t)manifest.parent_count + 1, sizeof(sg_packed))};
    sg_build_members members = {.groups = p.groups,
                                .parents = p.parents,
                                .global = &p.global,
                                .unseen = &p.unseen,
                                .history = &p.history};
    sg_buf file = {0};
    int rc = records != NULL ? SEGML_OK : err->code;

    if (rc == SEGML_OK) {
        manifest.groups = records->groups.records;
        manifest.parents = records->parents.records;
        rc = sg_artifact_scan(model->source.bytes, model->source.size, INT64_MAX, take, &p, err);
    }
    if (rc == SEGML_OK)
        rc = sg_build_artifact(&file, &manifest, &members, err);
    if (rc == SEGML_OK)
        rc = sg_file_replace(path, file.bytes, file.size, 1, err);
    for (int64_t i = 0; i < manifest.group_count; i++)
        sg_packed_clear(&p.groups[i]);
    for (int64_t i = 0; i < manifest.parent_count; i++)
        sg_packed_clear(&p.parents[i]);
    sg_packed_clear(&p.history);
    sg_packed_clear(&p.unseen);
    sg_packed_clear(&p.global);
    sg_buf_clear(&file);
    free(p.parents);
    free(p.groups);
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
