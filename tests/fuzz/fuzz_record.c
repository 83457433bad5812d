/* SPDX-License-Identifier: Apache-2.0 */

/*
 * Fuzzer of the blocks of journals, parts and training.bin: a byte that says which, then the
 * content of a block, or a file of them as it stands. What was read is written, and gives the
 * same bytes.
 */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fuzz/fuzz.h"
#include "train/blocks.h"
#include "train/record.h"
#include "train/setting.h"

static void
check(int holds, const char *promise)
{
    if (holds)
        return;
    fprintf(stderr, "broken: %s\n", promise);
    abort();
}

static void
check_status(int rc, const segml_error *err)
{
    check(rc == err->code, "a failure has its status");
    check(rc == SEGML_OK || rc == SEGML_E_FORMAT || rc == SEGML_E_MISMATCH || rc == SEGML_E_NOMEM,
          "a status that the header names");
}

static void
check_written(const sg_wire_writer *w, const uint8_t *data, size_t size)
{
    check(w->rc == SEGML_OK, "what was read is written");
    check(w->out->size == size, "as many bytes");
    check(size == 0 || memcmp(w->out->bytes, data, size) == 0, "the same bytes");
}

static void
try_setting(const uint8_t *data, size_t size)
{
    segml_error err = SEGML_ERROR_INIT;
    sg_setting setting = {.mode = 0};
    sg_wire_reader r = {data, size, 0};
    sg_buf out = {0};
    sg_wire_writer w = {.out = &out};
    int rc = sg_setting_read(&setting, &r, &err);

    check_status(rc, &err);
    if (rc == SEGML_OK) {
        sg_setting_write(&w, &setting);
        check_written(&w, data, size);
        check(sg_setting_compare(&setting, &setting, SG_SETTING_ALL, "itself", &err) == SEGML_OK,
              "a setting is like itself");
    }
    sg_buf_clear(&out);
    sg_setting_clear(&setting);
}

static void
try_record(const uint8_t *data, size_t size)
{
    segml_error err = SEGML_ERROR_INIT;
    sg_record record = {.kind = 0};
    sg_wire_reader r = {data, size, 0};
    sg_buf out = {0};
    sg_wire_writer w = {.out = &out};
    int rc = sg_record_read(&record, &r, &err);

    check_status(rc, &err);
    if (rc == SEGML_OK) {
        sg_record_write(&w, &record, SG_RECORD_WITH_FRAMES);
        check_written(&w, data, size);
    }
    sg_buf_clear(&out);
    sg_record_clear(&record);
}

static void
try_file(const uint8_t *data, size_t size)
{
    sg_blocks blocks = {.bytes = data, .fd = -1, .name = "input", .size = size};
    segml_error err = SEGML_ERROR_INIT;
    sg_wire_reader payload;
    int rc = sg_blocks_open(&blocks, SG_BLOCKS_JOURNAL, &err);

    check(rc == 0 || rc == 1, "memory can be read");
    while (rc > 0) {
        rc = sg_blocks_next(&blocks, &payload, &err);
        check(blocks.offset <= size, "the next block is not beyond the end");
        if (rc == SG_BLOCK_SETTING)
            try_setting(payload.bytes, payload.left);
        if (rc == SG_BLOCK_UNIT)
            try_record(payload.bytes, payload.left);
    }
    check(rc == 0 || rc == SEGML_E_FORMAT, "a status that the header names");
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size == 0)
        return 0;
    if (data[0] % 3 == 0)
        try_setting(data + 1, size - 1);
    else if (data[0] % 3 == 1)
        try_record(data + 1, size - 1);
    else
        try_file(data + 1, size - 1);
    return 0;
}
