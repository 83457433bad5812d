/* SPDX-License-Identifier: Apache-2.0 */

/*
 * Fuzzer of the manifests: segml.json, a byte 0, groups.jsonl, and perhaps a byte 0 and
 * parents.jsonl. The digests of the latter are corrected first. What was read is written, and
 * that reads and writes as the same bytes.
 */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fuzz/fuzz.h"
#include "pack/artifact.h"
#include "pack/manifest.h"

enum { JSON, GROUPS, PARENTS, TEXTS };

static void
check(int holds, const char *promise)
{
    if (holds)
        return;
    fprintf(stderr, "broken: %s\n", promise);
    abort();
}

/* A view of one of the texts, which are terminated. */
typedef struct view {
    char *text;
    size_t size;
} view;

static void
split(view texts[TEXTS], char *bytes, size_t size)
{
    for (int t = 0; t < TEXTS; t++) {
        const char *end = t + 1 < TEXTS ? memchr(bytes, 0, size) : NULL;

        texts[t] = (view){bytes, end != NULL ? (size_t)(end - bytes) : size};
        bytes += end != NULL ? texts[t].size + 1 : size;
        size -= end != NULL ? texts[t].size + 1 : size;
    }
}

/* The name stands with its colon, blank and quote in front of the digest. */
static void
correct_digest(const view *json, const char *name, const view *lines)
{
    unsigned char digest[SG_DIGEST_BYTES];
    char *at = strstr(json->text, name);
    size_t before = at != NULL ? (size_t)(at - json->text) + strlen(name) : json->size;

    if (before > json->size || json->size - before < 2 * sizeof digest)
        return;
    sg_artifact_digest(digest, lines->text, lines->size);
    for (size_t i = 0; i < 2 * sizeof digest; i++)
        json->text[before + i] = "0123456789abcdef"[digest[i / 2] >> (i % 2 == 0 ? 4 : 0) & 15];
}

/* A manifest with its records, which live beside it. */
typedef struct whole {
    sg_manifest manifest;
    sg_manifest_lines groups, parents;
} whole;

static void
clear(whole *w)
{
    sg_manifest_lines_clear(&w->parents);
    sg_manifest_lines_clear(&w->groups);
    sg_manifest_clear(&w->manifest);
}

/* Each failure leaves nothing of what failed. */
static int
read_whole(whole *w, const view texts[TEXTS], segml_error *err)
{
    sg_manifest *m = &w->manifest;
    int rc = sg_manifest_read(m, texts[JSON].text, texts[JSON].size, err);

    check(rc == SEGML_OK || m->arena.last == NULL, "no manifest is left of a failure");
    if (rc == SEGML_OK) {
        rc = sg_manifest_read_groups(&w->groups, m, texts[GROUPS].text, texts[GROUPS].size, err);
        check(rc == SEGML_OK || w->groups.records == NULL, "no group is left of a failure");
    }
    if (rc == SEGML_OK && m->has_parents) {
        rc =
            sg_manifest_read_parents(&w->parents, m, texts[PARENTS].text, texts[PARENTS].size, err);
        check(rc == SEGML_OK || w->parents.records == NULL, "no parent is left of a failure");
    }
    m->groups = w->groups.records;
    m->parents = w->parents.records;
    return rc;
}

static void
write_whole(sg_buf texts[TEXTS], sg_manifest *m)
{
    check(sg_manifest_write_groups(&texts[GROUPS], m, NULL) == SEGML_OK, "groups are written");
    check(sg_manifest_write_parents(&texts[PARENTS], m, NULL) == SEGML_OK, "parents are written");
    sg_artifact_digest(m->groups_digest, texts[GROUPS].bytes, texts[GROUPS].size);
    sg_artifact_digest(m->parents_digest, texts[PARENTS].bytes, texts[PARENTS].size);
    check(sg_manifest_write(&texts[JSON], m, NULL) == SEGML_OK, "a manifest is written");
    for (int t = 0; t < TEXTS; t++)
        check(sg_buf_terminate(&texts[t], NULL) == SEGML_OK, "memory");
}

static void
check_codes(const sg_manifest *manifest)
{
    size_t count = (size_t)(manifest->group_count * manifest->key_count);
    float *codes = malloc((count + 1) * sizeof *codes);

    check(codes != NULL, "memory");
    check(sg_manifest_key_codes(manifest, codes, NULL) == SEGML_OK, "groups have codes");
    for (size_t i = 0; i < count; i++)
        check(codes[i] >= 0 && codes[i] < (float)manifest->group_count, "codes are below groups");
    free(codes);
}

static void
read_again(whole *first)
{
    sg_buf texts[2][TEXTS] = {{{0}}};
    view views[TEXTS];
    whole again = {.groups.count = 0};
    segml_error err = SEGML_ERROR_INIT;

    write_whole(texts[0], &first->manifest);
    for (int t = 0; t < TEXTS; t++)
        views[t] = (view){(char *)texts[0][t].bytes, texts[0][t].size};
    check(read_whole(&again, views, &err) == SEGML_OK, err.message);
    write_whole(texts[1], &again.manifest);
    for (int t = 0; t < TEXTS; t++) {
        check(texts[0][t].size == texts[1][t].size, "as many bytes");
        check(memcmp(texts[0][t].bytes, texts[1][t].bytes, texts[0][t].size) == 0, "the same");
        sg_buf_clear(&texts[0][t]);
        sg_buf_clear(&texts[1][t]);
    }
    clear(&again);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *bytes = malloc(size + 1);
    segml_error err = SEGML_ERROR_INIT;
    whole w = {.groups.count = 0};
    view texts[TEXTS];
    int rc;

    check(bytes != NULL, "memory");
    if (size > 0)
        memcpy(bytes, data, size);
    bytes[size] = '\0';
    split(texts, bytes, size);
    correct_digest(&texts[JSON], "\"groups_digest\": \"", &texts[GROUPS]);
    correct_digest(&texts[JSON], "\"parents_digest\": \"", &texts[PARENTS]);
    rc = read_whole(&w, texts, &err);
    check(rc == err.code, "a failure has its status");
    check(rc == SEGML_OK || rc == SEGML_E_FORMAT || rc == SEGML_E_LIMIT ||
              rc == SEGML_E_UNSUPPORTED,
          "a status that the header names");
    if (rc == SEGML_OK) {
        check_codes(&w.manifest);
        read_again(&w);
    }
    clear(&w);
    free(bytes);
    return 0;
}
