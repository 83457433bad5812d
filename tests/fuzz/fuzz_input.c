/* SPDX-License-Identifier: Apache-2.0 */

/*
 * Fuzzer of artifacts that others are written of: whatever the bytes are, opening them and asking
 * for every model neither crashes nor leaks and has a documented status; an artifact does not
 * differ from itself; and what becomes of a record under another header means what it meant.
 *
 * As in fuzz_artifact.c, bytes that do not begin like a zstd frame are compressed first, and an
 * index is given the right digests.
 */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zstd.h>

#include "artifact/entry.h"
#include "artifact/header.h"
#include "artifact/input.h"
#include "fuzz/fuzz.h"
#include "pack/index_seal.h"

enum { MAX_BYTES = 1 << 20, MAX_RECORDS = 256 };

static void
check(int holds, const char *promise)
{
    if (holds)
        return;
    fprintf(stderr, "broken: %s\n", promise);
    abort();
}

static int
is_damage(int rc)
{
    return rc == SEGML_E_FORMAT || rc == SEGML_E_LIMIT || rc == SEGML_E_UNSUPPORTED ||
           rc == SEGML_E_NOMEM;
}

static int
find_difference(void *user, const sg_header_difference *difference, segml_error *err)
{
    (void)err;
    check(difference->name != NULL, "a difference has a name");
    ++*(int *)user;
    return 0;
}

static void
use_record(const sg_input *input, int64_t number)
{
    const sg_manifest *m = &input->catalog.manifest;
    const sg_entry entry = {sg_catalog_record(&input->catalog, number), m};
    sg_manifest other = *m;
    sg_manifest_record moved;
    sg_build_frame frame;
    sg_buf content = {0};
    const char *member = NULL;
    int rc;

    other.engine = "another";
    other.threshold = 0.125;
    moved = sg_entry_adopt(&entry, &other);
    check(sg_entry_compare(&entry, &(sg_entry){&moved, &other}, &member) == 0 && member == NULL,
          "a moved record means the same");
    check(sg_entry_prefer(&entry, &entry, SG_ENTRY_BEST) == 0, "nothing is better than itself");
    if (!entry.record->has_model)
        return;
    rc = sg_input_model(input, number, &frame, NULL);
    check(rc == SEGML_OK || is_damage(rc), "a status of a frame");
    if (rc == SEGML_OK)
        check((const unsigned char *)frame.bytes >= input->bytes &&
                  frame.packed <=
                      input->size - (size_t)((const unsigned char *)frame.bytes - input->bytes),
              "a frame is in the file");
    rc = sg_input_read(input, SG_CATALOG_MODEL, number, &content, NULL);
    check(rc == SEGML_OK || is_damage(rc), "a status of a content");
    sg_buf_clear(&content);
}

static void
use(const sg_input *input)
{
    const sg_manifest *m = &input->catalog.manifest;
    const int64_t count = m->group_count + m->parent_count;
    int differences = 0;

    check(sg_header_compare(m, m, find_difference, &differences, NULL) == SEGML_OK &&
              differences == 0,
          "an artifact does not differ from itself");
    for (int64_t i = 0; i < count && i < MAX_RECORDS; i++)
        use_record(input, i);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const uint8_t magic[4] = {0x28, 0xB5, 0x2F, 0xFD};
    segml_error err = SEGML_ERROR_INIT;
    sg_input input = {.has_index = 0};
    size_t capacity = ZSTD_compressBound(size);
    uint8_t *file = malloc(capacity > 0 ? capacity : 1);
    int rc;

    check(file != NULL, "memory");
    if (size >= sizeof magic && memcmp(data, magic, sizeof magic) == 0)
        index_seal_end(memcpy(file, data, size), size);
    else
        size = ZSTD_compress(file, capacity, data, size, 1);
    rc = sg_input_open_memory(&input, file, size, MAX_BYTES, &err);
    check(rc == err.code, "a failure has its status");
    check(rc == SEGML_OK || is_damage(rc), "a status that the header names");
    if (rc == SEGML_OK)
        use(&input);
    sg_input_close(&input);
    free(file);
    return 0;
}
