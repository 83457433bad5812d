/* SPDX-License-Identifier: Apache-2.0 */

/*
 * Fuzzer of opening: whatever the bytes are, opening them neither crashes nor leaks, has a
 * documented status, and what was opened routes every group and predicts. What a file without
 * index is read as a whole for cannot fail later; with one, a group's model or record may turn
 * out to be damaged when it is asked for, and says so.
 *
 * Bytes that do not begin like a zstd frame are taken for a tar and compressed first, so that
 * the fuzzer need not find its way through a compressor and a checksum; an index is given the
 * right digests.
 */

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zstd.h>

#include "fuzz/fuzz.h"
#include "pack/index_seal.h"
#include "segml/model.h"

enum { MAX_BYTES = 1 << 20, MAX_GROUPS = 64, MAX_FEATURES = 1024, MAX_OUTPUTS = 64 };

static void
check(int holds, const char *promise)
{
    if (holds)
        return;
    fprintf(stderr, "broken: %s\n", promise);
    abort();
}

static void
predict(const segml_route *route, const segml_model_info *info)
{
    static float row[MAX_FEATURES], values[MAX_OUTPUTS];

    if (info->features > MAX_FEATURES || info->outputs > MAX_OUTPUTS)
        return;
    for (int64_t j = 0; j < info->features; j++)
        row[j] = j % 3 == 2 ? NAN : (float)j;
    check(segml_route_predict(route, SEGML_OUTPUT_PREDICTION, row, info->features, values,
                              MAX_OUTPUTS) == SEGML_OK,
          "a route predicts");
    check(segml_route_predict(route, SEGML_OUTPUT_CLASS, row, info->features, values,
                              MAX_OUTPUTS) == (info->classes > 0 ? SEGML_OK : SEGML_E_ARGUMENT),
          "a classification has classes");
}

/* A resolver that knows nothing: references must not lead out of the fuzzer. */
static int
resolve_nothing(void *user, const char *uri, segml_resolved *resolved, segml_error *err)
{
    (void)user;
    (void)resolved;
    snprintf(err->message, sizeof err->message, "%.40s is not here", uri);
    err->code = SEGML_E_NOT_FOUND;
    return err->code;
}

/* What reading something that the index names may come to. */
static int
is_damage(int rc)
{
    return rc == SEGML_E_FORMAT || rc == SEGML_E_LIMIT || rc == SEGML_E_UNSUPPORTED ||
           rc == SEGML_E_MISMATCH;
}

static void
use_group(const segml_model *model, int64_t g, const segml_model_info *info, int has_index)
{
    segml_group_info group = SEGML_GROUP_INFO_INIT;
    segml_error err = SEGML_ERROR_INIT;
    segml_route *route = NULL;
    int rc = segml_model_get_group(model, g, &group, &err);

    check(rc == SEGML_OK || (has_index && is_damage(rc)), "a group has its record");
    if (rc != SEGML_OK)
        return;
    rc = segml_route_find(&route, model, group.keys, info->keys, &err);
    check(rc == SEGML_OK || rc == SEGML_E_NOT_FOUND || (has_index && is_damage(rc)),
          "a group is routed");
    check((rc == SEGML_OK) == (route != NULL), "a failure leaves no route");
    if (rc == SEGML_OK) {
        check(has_index || segml_route_get_group(route) == g, "a group's key leads to it");
        predict(route, info);
    }
    segml_route_free(route);
}

static void
use(const segml_model *model)
{
    static const unsigned char none[32];
    segml_model_info info = SEGML_MODEL_INFO_INIT;
    int has_index;

    check(segml_model_get_info(model, &info, NULL) == SEGML_OK, "a model has its info");
    has_index = memcmp(info.root, none, sizeof none) != 0;
    for (int64_t g = 0; g < info.groups && g < MAX_GROUPS; g++)
        use_group(model, g, &info, has_index);
}

/* Gives an index that stands at the file's end the right digests. */
static void
seal(uint8_t *file, size_t size)
{
    uint64_t frame = 0;

    if (size < 16 || memcmp(file + size - 8, "SEGMLEND", 8) != 0)
        return;
    for (size_t i = 0; i < 8; i++)
        frame |= (uint64_t)file[size - 16 + i] << (8 * i);
    if (frame <= size)
        index_seal(file + size - frame, (size_t)frame);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const uint8_t magic[4] = {0x28, 0xB5, 0x2F, 0xFD};
    segml_open_options options = SEGML_OPEN_OPTIONS_INIT;
    segml_error err = SEGML_ERROR_INIT;
    segml_model *model = NULL;
    size_t capacity = ZSTD_compressBound(size);
    uint8_t *file = malloc(capacity > 0 ? capacity : 1);
    int rc;

    check(file != NULL, "memory");
    if (size >= sizeof magic && memcmp(data, magic, sizeof magic) == 0)
        seal(memcpy(file, data, size), size);
    else
        size = ZSTD_compress(file, capacity, data, size, 1);
    options.max_bytes = MAX_BYTES;
    options.resolve = resolve_nothing;
    rc = segml_model_open_memory(&model, file, size, &options, &err);
    check(rc == err.code, "a failure has its status");
    check((rc >= SEGML_OK) == (model != NULL), "a failure leaves nothing");
    check(rc == SEGML_OK || rc == SEGML_PARTIAL || is_damage(rc), "a status that the header names");
    if (model != NULL)
        use(model);
    segml_model_free(model);
    free(file);
    return 0;
}
