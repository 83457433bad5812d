/* SPDX-License-Identifier: Apache-2.0 */

/*
 * Fuzzer of merging: parts whose blocks have right checksums. The input is a list of blocks, each
 * a byte for its kind (0 begins the next part), four bytes for its length, and its content.
 */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fuzz/fuzz.h"
#include "train/blocks.h"
#include "train/part.h"

enum { MOST_PARTS = 4 };

static void
check(int holds, const char *promise)
{
    if (holds)
        return;
    fprintf(stderr, "broken: %s\n", promise);
    abort();
}

/* Puts the parts together; their number. */
static int
assemble(sg_buf part[MOST_PARTS], const uint8_t *data, size_t size)
{
    sg_wire_reader r = {data, size, 0};
    int parts = 0;

    while (r.left > 0 && !r.failed) {
        const unsigned char *kind = sg_wire_get_bytes(&r, 1), *content;
        uint32_t length = sg_wire_get_number(&r);
        sg_wire_writer w = {.rc = SEGML_OK};
        size_t start;

        length = length < r.left ? length : (uint32_t)r.left;
        content = sg_wire_get_bytes(&r, length);
        if (r.failed || (*kind == 0 && parts == MOST_PARTS))
            break;
        if (*kind == 0) {
            w.out = &part[parts++];
            sg_wire_put_bytes(&w, SG_BLOCKS_PART, SG_BLOCKS_MAGIC);
        }
        if (parts == 0 || *kind == 0)
            continue;
        w.out = &part[parts - 1];
        start = sg_block_begin(&w, *kind);
        sg_wire_put_bytes(&w, content, length);
        sg_block_end(&w, start);
    }
    return parts;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char *const names[MOST_PARTS] = {"one", "two", "three", "four"};
    sg_part_source source[MOST_PARTS];
    sg_buf part[MOST_PARTS] = {{0}};
    segml_error err = SEGML_ERROR_INIT;
    segml_model *model = NULL;
    int count = assemble(part, data, size), rc;

    for (int i = 0; i < count; i++)
        source[i] = (sg_part_source){names[i], part[i].bytes, part[i].size};
    if (count > 0) {
        rc = sg_merge_parts(&model, source, count, 1, &err);
        check(rc == err.code, "a failure has its status");
        check((rc >= 0) == (model != NULL), "a model, or none");
        check(rc >= 0 || rc == SEGML_E_FORMAT || rc == SEGML_E_MISMATCH || rc == SEGML_E_LIMIT ||
                  rc == SEGML_E_DATA || rc == SEGML_E_BACKEND || rc == SEGML_E_NOMEM ||
                  rc == SEGML_E_UNSUPPORTED,
              err.message);
    }
    segml_model_free(model);
    for (int i = 0; i < MOST_PARTS; i++)
        sg_buf_clear(&part[i]);
    return 0;
}
