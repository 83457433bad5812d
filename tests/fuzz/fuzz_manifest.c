/* SPDX-License-Identifier: Apache-2.0 */

/*
 * Fuzzer of the manifests: segml.json, a byte 0, groups.jsonl. The digest of the groups
 * is corrected first. What was read is written, and that reads and writes as the same
 * bytes.
 */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fuzz/fuzz.h"
#include "pack/artifact.h"
#include "pack/manifest.h"

static const char digest_name[] = "\"groups_digest\": \"";

static void
check(int holds, const char *promise)
{
    if (holds)
        return;
    fprintf(stderr, "broken: %s\n", promise);
    abort();
}

/* text is terminated */
static void
correct_digest(char *text, size_t size, const void *lines, size_t lines_size)
{
    unsigned char digest[SG_DIGEST_BYTES];
    char *at = strstr(text, digest_name);
    size_t before = at != NULL ? (size_t)(at - text) + sizeof digest_name - 1 : size;

    if (size - before < 2 * sizeof digest)
        return;
    sg_artifact_digest(digest, lines, lines_size);
    for (size_t i = 0; i < 2 * sizeof digest; i++)
        text[before + i] = "0123456789abcdef"[digest[i / 2] >> (i % 2 == 0 ? 4 : 0) & 15];
}

static void
write_both(sg_buf *json, sg_buf *lines, const sg_manifest *manifest)
{
    check(sg_manifest_write_groups(lines, manifest, NULL) == SEGML_OK, "groups are written");
    check(sg_manifest_write(json, manifest, lines, NULL) == SEGML_OK, "a manifest is written");
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
read_again(const sg_manifest *manifest)
{
    sg_buf json[2] = {{0}}, lines[2] = {{0}};
    sg_manifest again = {0};
    segml_error err = SEGML_ERROR_INIT;

    write_both(&json[0], &lines[0], manifest);
    check(sg_manifest_read(&again, json[0].bytes, json[0].size, lines[0].bytes, lines[0].size,
                           &err) == SEGML_OK,
          err.message);
    write_both(&json[1], &lines[1], &again);
    check(json[0].size == json[1].size && lines[0].size == lines[1].size, "as many bytes");
    check(memcmp(json[0].bytes, json[1].bytes, json[0].size) == 0, "the same manifest");
    check(lines[0].size == 0 || memcmp(lines[0].bytes, lines[1].bytes, lines[0].size) == 0,
          "the same groups");
    sg_manifest_clear(&again);
    for (int i = 0; i < 2; i++) {
        sg_buf_clear(&lines[i]);
        sg_buf_clear(&json[i]);
    }
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *text = malloc(size + 1);
    segml_error err = SEGML_ERROR_INIT;
    sg_manifest manifest = {0};
    size_t json_size, lines_size;
    const char *lines;
    int rc;

    check(text != NULL, "memory");
    if (size > 0)
        memcpy(text, data, size);
    text[size] = '\0';
    json_size = strlen(text);
    lines = json_size < size ? text + json_size + 1 : text + size;
    lines_size = (size_t)(text + size - lines);
    correct_digest(text, json_size, lines, lines_size);
    rc = sg_manifest_read(&manifest, text, json_size, lines, lines_size, &err);
    check(rc == err.code, "a failure has its status");
    check(rc == SEGML_OK || manifest.groups == NULL, "a failure leaves nothing");
    check(rc == SEGML_OK || rc == SEGML_E_FORMAT || rc == SEGML_E_LIMIT ||
              rc == SEGML_E_UNSUPPORTED,
          "a status that the header names");
    if (rc == SEGML_OK) {
        check_codes(&manifest);
        read_again(&manifest);
    }
    sg_manifest_clear(&manifest);
    free(text);
    return 0;
}
