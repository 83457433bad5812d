/* SPDX-License-Identifier: Apache-2.0 */

/*
 * Writes an artifact with any number of groups, in memory that does not grow with its size, and
 * its first children as files of their own for other programs to load.
 *
 *     artifact_make FILE GROUPS [MODELS [FOLDER FILES]]
 *
 * MODELS of the GROUPS, evenly spread, have models (default: all); the others are too small.
 * Children are made twice, once for their digests, which the manifest states before they come,
 * and once for the file.
 */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "bench.h"
#include "children.h"
#include "groups.h"
#include "pack/artifact.h"
#include "pack/build.h"

static const char small[] = "30 rows, at least 50 are needed";

typedef struct work {
    children c;
    int64_t groups, models;
    unsigned char *child; /* room for one */
    sg_manifest manifest;
    sg_place *places; /* [groups] */
    segml_key *keys;  /* [groups] */
    sg_index_member members[3];
    sg_artifact_writer writer;
    segml_error err;
} work;

static void
check(work *w, int rc)
{
    if (rc != SEGML_OK)
        groups_die("artifact_make", w->err.message);
}

static void *
claim(int64_t count, size_t size)
{
    void *block = calloc((size_t)count + 1, size);

    if (block == NULL)
        groups_die("memory", "out of it");
    return block;
}

static int
to_file(void *user, const void *bytes, size_t size, segml_error *err)
{
    (void)err;
    if (fwrite(bytes, 1, size, user) != size)
        groups_die("artifact_make", "cannot write");
    return SEGML_OK;
}

static int
compare_digests(const void *a, const void *b)
{
    return memcmp(a, b, SG_DIGEST_BYTES);
}

static void
check_distinct(const work *w)
{
    unsigned char(*digests)[SG_DIGEST_BYTES] = claim(w->models, sizeof *digests);
    int64_t count = 0;

    for (int64_t i = 0; i < w->groups; i++) {
        if (w->manifest.groups[i].has_model)
            memcpy(digests[count++], w->manifest.groups[i].digest, SG_DIGEST_BYTES);
    }
    qsort(digests, (size_t)count, sizeof *digests, compare_digests);
    for (int64_t i = 1; i < count; i++) {
        if (memcmp(digests[i - 1], digests[i], SG_DIGEST_BYTES) == 0)
            groups_die("artifact_make", "two children are equal");
    }
    free(digests);
}

static void
fill_records(work *w)
{
    static const segml_value params[] = {{"max_depth", 6}, {"learning_rate", 0.1}};
    static const segml_value metrics[] = {{"log_loss", 0.25}, {"roc_auc", 0.75}};

    for (int64_t i = 0; i < w->groups; i++) {
        sg_manifest_record *group = &w->manifest.groups[i];

        w->keys[i].type = SEGML_KEY_INT64;
        w->keys[i].integer = children_key(i);
        group->keys = &w->keys[i];
        group->columns = 1;
        group->message = small;
        group->rows = 30;
        group->status = SEGML_GROUP_TOO_FEW_ROWS;
        if (children_has_model(i, w->models, w->groups)) {
            group->rows = CHILDREN_ROWS;
            group->status = SEGML_GROUP_TRAINED;
            group->message = "";
            group->rounds = CHILDREN_ROUNDS;
            group->params = params;
            group->param_count = 2;
            group->metrics = metrics;
            group->metric_count = 2;
            group->has_model = 1;
            sg_artifact_digest(group->digest, w->child, children_make(&w->c, i, w->child));
        }
        w->manifest.trained += group->has_model;
        w->manifest.rows += group->rows;
    }
}

static void
make_manifest(work *w)
{
    sg_manifest *manifest = &w->manifest;

    check(w, sg_manifest_read(manifest, w->c.json, w->c.json_size, &w->err));
    manifest->groups = claim(w->groups, sizeof *manifest->groups);
    manifest->group_count = w->groups;
    manifest->trained = manifest->rows = 0;
    manifest->has_history = manifest->has_training = 0;
    fill_records(w);
    manifest->overall.rows = manifest->rows;
    check_distinct(w);
}

static void
put(work *w, int member, const char *path, const void *content, size_t size)
{
    sg_packed packed = {0};

    check(w, sg_packed_make(&packed, path, content, size, &w->err));
    w->members[member].path = path;
    check(w, sg_artifact_put(&w->writer, packed.frame.bytes, packed.frame.size, size,
                             &w->members[member].place, &w->err));
    sg_packed_clear(&packed);
}

static void
put_head(work *w)
{
    static const char readme[] = "Models for a benchmark.\n";
    sg_buf lines = {0}, json = {0};

    check(w, sg_manifest_write_groups(&lines, &w->manifest, &w->err));
    sg_artifact_digest(w->manifest.groups_digest, lines.bytes, lines.size);
    check(w, sg_manifest_write(&json, &w->manifest, &w->err));
    put(w, 0, SG_MEMBER_README, readme, sizeof readme - 1);
    put(w, 1, SG_MEMBER_MANIFEST, json.bytes, json.size);
    put(w, 2, SG_MEMBER_GROUPS, lines.bytes, lines.size);
    sg_buf_clear(&json);
    sg_buf_clear(&lines);
}

static void
put_children(work *w)
{
    for (int64_t i = 0; i < w->groups; i++) {
        sg_packed packed = {0};
        size_t size;

        if (!children_has_model(i, w->models, w->groups))
            continue;
        size = children_make(&w->c, i, w->child);
        check(w, sg_build_pack_group(&packed, &w->keys[i], 1, w->child, size, &w->err));
        check(w, sg_artifact_put(&w->writer, packed.frame.bytes, packed.frame.size, size,
                                 &w->places[i], &w->err));
        sg_packed_clear(&packed);
    }
}

static void
put_end(work *w)
{
    sg_index_input input = {
        .manifest = &w->manifest, .members = w->members, .member_count = 3, .groups = w->places};

    check(w, sg_artifact_end(&w->writer, &input, &w->err));
}

static void
write_files(work *w, const char *folder, int64_t count)
{
    for (int64_t i = 0; i < count; i++) {
        size_t size = children_make(&w->c, i, w->child);
        char path[4096];
        FILE *file;

        snprintf(path, sizeof path, "%s/%lld.ubj", folder, (long long)children_key(i));
        file = fopen(path, "wb");
        if (file == NULL || fwrite(w->child, 1, size, file) != size || fclose(file) != 0)
            groups_die("artifact_make: cannot write", path);
    }
}

int
main(int argc, char **argv)
{
    work w = {.err = SEGML_ERROR_INIT};
    double start = bench_wall();
    FILE *file;

    w.groups = argc > 2 ? strtoll(argv[2], NULL, 10) : 0;
    w.models = argc > 3 ? strtoll(argv[3], NULL, 10) : w.groups;
    if (w.groups < 1 || w.models < 0 || w.models > w.groups || argc == 5 || argc > 6)
        groups_die("usage", "artifact_make FILE GROUPS [MODELS [FOLDER FILES]]");
    w.c = children_train();
    w.child = claim((int64_t)w.c.largest, 1);
    w.places = claim(w.groups, sizeof *w.places);
    w.keys = claim(w.groups, sizeof *w.keys);
    make_manifest(&w);
    file = fopen(argv[1], "wb");
    if (file == NULL)
        groups_die("artifact_make: cannot write", argv[1]);
    w.writer.sink = to_file;
    w.writer.user = file;
    put_head(&w);
    put_children(&w);
    put_end(&w);
    if (fflush(file) != 0 || fsync(fileno(file)) != 0 || fclose(file) != 0)
        groups_die("artifact_make: cannot write", argv[1]);
    if (argc > 5)
        write_files(&w, argv[4], strtoll(argv[5], NULL, 10));
    bench_print("artifact", argv[2], "groups", (double)w.groups, "");
    bench_print("artifact", argv[2], "models", (double)w.models, "");
    bench_print("artifact", argv[2], "file", (double)w.writer.offset / 1e6, "MB");
    bench_print("artifact", argv[2], "ubj_per_child", (double)w.c.size[0] / 1e3, "kB");
    bench_print("artifact", argv[2], "written_in", bench_wall() - start, "s");
    free(w.manifest.groups);
    w.manifest.groups = NULL;
    sg_manifest_clear(&w.manifest);
    free(w.keys);
    free(w.places);
    free(w.child);
    children_free(&w.c);
    return EXIT_SUCCESS;
}
