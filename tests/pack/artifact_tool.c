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
    sg_packed *groups;
    sg_packed global, unseen, history;
} pieces;

static int
take(void *user, const sg_member *member, segml_error *err)
{
    pieces *p = user;
    sg_buf path = {0};
    int rc = SEGML_OK;

    if (strcmp(member->path, SG_MEMBER_GLOBAL) == 0)
        return sg_packed_make(&p->global, member->path, member->content, member->size, err);
    if (strcmp(member->path, SG_MEMBER_UNSEEN) == 0)
        return sg_packed_make(&p->unseen, member->path, member->content, member->size, err);
    if (strcmp(member->path, SG_MEMBER_HISTORY) == 0)
        return sg_packed_make(&p->history, member->path, member->content, member->size, err);
    for (int64_t i = 0; i < p->manifest->group_count && rc == SEGML_OK; i++) {
        const segml_key *keys = p->manifest->groups[i].keys;

        path.size = 0;
        rc = sg_build_group_path(&path, keys, p->manifest->key_count, err);
        if (rc == SEGML_OK && strcmp((const char *)path.bytes, member->path) == 0)
            rc = sg_build_pack_group(&p->groups[i], keys, p->manifest->key_count, member->content,
                                     member->size, err);
    }
    sg_buf_clear(&path);
    return rc;
}

static int
rebuild(const segml_model *model, const char *path, segml_error *err)
{
    sg_manifest manifest = *sg_model_manifest(model);
    const sg_records *records = sg_model_records(model, err);
    pieces p = {
        &manifest, calloc((size_t)manifest.group_count + 1, sizeof(sg_packed)), {0}, {0}, {0}};
    sg_build_members members = {
        .groups = p.groups, .global = &p.global, .unseen = &p.unseen, .history = &p.history};
    sg_buf file = {0};
    int rc = records != NULL ? SEGML_OK : err->code;

    if (rc == SEGML_OK) {
        manifest.groups = records->groups.records;
        rc = sg_artifact_scan(model->source.bytes, model->source.size, INT64_MAX, take, &p, err);
    }
    if (rc == SEGML_OK)
        rc = sg_build_artifact(&file, &manifest, &members, err);
    if (rc == SEGML_OK)
        rc = sg_file_replace(path, file.bytes, file.size, 1, err);
    for (int64_t i = 0; i < manifest.group_count; i++)
        sg_packed_clear(&p.groups[i]);
    sg_packed_clear(&p.history);
    sg_packed_clear(&p.unseen);
    sg_packed_clear(&p.global);
    sg_buf_clear(&file);
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
