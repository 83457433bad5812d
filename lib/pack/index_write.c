/* SPDX-License-Identifier: Apache-2.0 */

/*
 * Writing the index.
 *
 * The counts give the place of every part, so all memory is taken at once, and each record
 * fills its entry, its part of the heap and its slot in one pass. Entries are put into the
 * slots in their order, so that the same manifest gives the same bytes.
 *
 * Linear probing in a table at most half full, rather than cuckoo or perfect hashing: a
 * stranger can implement it from three lines of specification, and with a good hash a
 * look-up needs one and a half slots, which share a cache line. A million keys stand at most
 * some dozens of slots from their place; keys that were made to collide are refused here, so
 * that readers may stop after a fixed number of slots.
 */

#include <sodium/crypto_hash_sha256.h>
#include <string.h>

#include "base/alloc.h"
#include "base/key.h"
#include "pack/frame.h"
#include "pack/index_layout.h"

/* An index in the making: content has room for all of it, the heap is appended to out. */
typedef struct index_maker {
    sg_index shape;
    sg_buf *out;
    size_t begin; /* of content in out */
    const sg_index_input *input;
    segml_error *err;
} index_maker;

static unsigned char *
content_of(const index_maker *maker)
{
    return maker->out->bytes + maker->begin;
}

/* Bytes of the heap so far. */
static uint64_t
heap_used(const index_maker *maker)
{
    return maker->out->size - maker->begin - maker->shape.heap_at;
}

static int64_t
columns_of(const index_maker *maker, int64_t number)
{
    const sg_manifest *manifest = maker->input->manifest;

    return number < manifest->group_count
               ? manifest->key_count
               : manifest->parents[number - manifest->group_count].columns;
}

static const sg_manifest_record *
record_of(const index_maker *maker, int64_t number)
{
    const sg_manifest *manifest = maker->input->manifest;

    return number < manifest->group_count ? &manifest->groups[number]
                                          : &manifest->parents[number - manifest->group_count];
}

/* NULL: without place. */
static const sg_place *
place_of(const index_maker *maker, int64_t number)
{
    const sg_index_input *input = maker->input;
    const int64_t groups = input->manifest->group_count;

    if (number < groups)
        return input->groups != NULL ? &input->groups[number] : NULL;
    return input->parents != NULL ? &input->parents[number - groups] : NULL;
}

static void
measure(index_maker *maker)
{
    const sg_index_input *input = maker->input;
    sg_index *shape = &maker->shape;

    shape->offset = input->offset;
    shape->member_count = input->member_count;
    shape->group_count = input->manifest->group_count;
    shape->parent_count = input->manifest->parent_count;
    shape->key_count = input->manifest->key_count;
    shape->has_codes = input->manifest->keys_as_features != 0;
    for (int64_t i = 0; i < input->member_count; i++)
        shape->heap_size += strlen(input->members[i].path);
    for (int64_t i = 0; i < shape->group_count + shape->parent_count; i++) {
        const segml_key *keys = record_of(maker, i)->keys;

        for (int64_t k = 0; k < columns_of(maker, i); k++)
            shape->heap_size += 9 + (keys[k].type == SEGML_KEY_UTF8 ? keys[k].length : 0);
    }
}

static void
put_header(const index_maker *maker)
{
    const sg_index *shape = &maker->shape;
    unsigned char *to = content_of(maker);

    sg_index_store32(to - SG_INDEX_FRAME_HEADER, SG_FRAME_INDEX_MAGIC);
    sg_index_store32(to - SG_INDEX_FRAME_HEADER + 4, (uint32_t)shape->size);
    memcpy(to, SG_INDEX_MAGIC, 8);
    sg_index_store32(to + SG_INDEX_AT_VERSION, SG_INDEX_VERSION);
    sg_index_store32(to + SG_INDEX_AT_FLAGS, shape->has_codes ? SG_INDEX_FLAG_CODES : 0);
    sg_index_store64(to + SG_INDEX_AT_OFFSET, shape->offset);
    sg_index_store64(to + SG_INDEX_AT_SIZE, shape->size);
    sg_index_store64(to + SG_INDEX_AT_MEMBERS, (uint64_t)shape->member_count);
    sg_index_store64(to + SG_INDEX_AT_GROUPS, (uint64_t)shape->group_count);
    sg_index_store64(to + SG_INDEX_AT_PARENTS, (uint64_t)shape->parent_count);
    sg_index_store64(to + SG_INDEX_AT_SLOTS, shape->slot_count);
    sg_index_store64(to + SG_INDEX_AT_HEAP, shape->heap_size);
    sg_index_store32(to + SG_INDEX_AT_KEYS, (uint32_t)shape->key_count);
}

static void
put_place(unsigned char *to, const sg_place *place)
{
    if (place == NULL || place->packed == 0)
        return;
    sg_index_store64(to + SG_PLACE_AT_OFFSET, place->offset);
    sg_index_store32(to + SG_PLACE_AT_PACKED, place->packed);
    sg_index_store32(to + SG_PLACE_AT_SIZE, place->size);
    memcpy(to + SG_PLACE_AT_DIGEST, place->digest, SG_DIGEST_BYTES);
}

static int
put_members(const index_maker *maker)
{
    int rc = SEGML_OK;

    for (int64_t i = 0; i < maker->input->member_count && rc == SEGML_OK; i++) {
        const sg_index_member *member = &maker->input->members[i];
        unsigned char *to =
            content_of(maker) + maker->shape.members_at + (uint64_t)i * SG_INDEX_MEMBER;
        size_t length = strlen(member->path);

        put_place(to, &member->place);
        sg_index_store32(to + SG_MEMBER_AT_PATH, (uint32_t)heap_used(maker));
        sg_index_store32(to + SG_MEMBER_AT_LENGTH, (uint32_t)length);
        rc = sg_buf_append(maker->out, member->path, length, maker->err);
    }
    return rc;
}

static int
put_slot(const index_maker *maker, uint64_t hash, int64_t number)
{
    unsigned char *slots = content_of(maker) + maker->shape.slots_at;
    const uint64_t mask = maker->shape.slot_count - 1;

    for (uint64_t i = 0; i <= SG_INDEX_PROBES_MAX && i <= mask; i++) {
        unsigned char *slot = slots + ((hash + i) & mask) * SG_INDEX_SLOT;

        if (sg_index_load32(slot) == 0) {
            sg_index_store32(slot, (uint32_t)number + 1);
            return SEGML_OK;
        }
    }
    return sg_fail(maker->err, SEGML_E_LIMIT,
                   "more than %d keys have hashes next to each other: they were made to collide",
                   (int)SG_INDEX_PROBES_MAX);
}

static uint64_t
threshold_bits(const sg_manifest_record *record)
{
    uint64_t bits = SG_INDEX_NO_THRESHOLD;

    if (record->has_threshold)
        memcpy(&bits, &record->threshold, sizeof bits);
    return bits;
}

static int
put_entry(const index_maker *maker, int64_t number)
{
    const sg_manifest_record *record = record_of(maker, number);
    const int64_t columns = columns_of(maker, number);
    const uint64_t at = heap_used(maker);
    unsigned char *heap = content_of(maker) + maker->shape.heap_at;
    unsigned char *to =
        content_of(maker) + maker->shape.groups_at + (uint64_t)number * SG_INDEX_ENTRY;
    sg_hash128 hash;
    int rc = sg_key_encode(maker->out, record->keys, columns, maker->err);

    if (rc < 0)
        return rc;
    hash = sg_hash_128(heap + at, heap_used(maker) - at);
    sg_index_store64(to + SG_ENTRY_AT_HASH, hash.low);
    sg_index_store64(to + SG_ENTRY_AT_HASH + 8, hash.high);
    put_place(to + SG_ENTRY_AT_PLACE, place_of(maker, number));
    sg_index_store64(to + SG_ENTRY_AT_KEY, at);
    sg_index_store32(to + SG_ENTRY_AT_LENGTH, (uint32_t)(heap_used(maker) - at));
    sg_index_store32(to + SG_ENTRY_AT_ROUNDS, (uint32_t)record->rounds);
    sg_index_store64(to + SG_ENTRY_AT_ROWS, (uint64_t)record->rows);
    sg_index_store64(to + SG_ENTRY_AT_THRESHOLD, threshold_bits(record));
    to[SG_ENTRY_AT_STATUS] = (unsigned char)record->status;
    to[SG_ENTRY_AT_COLUMNS] = (unsigned char)columns;
    return put_slot(maker, hash.low, number);
}

static int
put_codes(const index_maker *maker)
{
    const int64_t count = maker->shape.group_count * maker->shape.key_count;
    float *codes = sg_alloc_array(count, sizeof *codes);
    int rc = codes != NULL ? sg_manifest_key_codes(maker->input->manifest, codes, maker->err)
                           : sg_fail_nomem(maker->err);

    for (int64_t i = 0; i < count && rc == SEGML_OK; i++)
        sg_index_store32(content_of(maker) + maker->shape.codes_at + (uint64_t)i * SG_INDEX_CODE,
                         (uint32_t)codes[i]);
    sg_free(codes);
    return rc;
}

static int
put_body(const index_maker *maker)
{
    const int64_t entries = maker->shape.group_count + maker->shape.parent_count;
    int rc = put_members(maker);

    for (int64_t i = 0; i < entries && rc == SEGML_OK; i++)
        rc = put_entry(maker, i);
    if (rc == SEGML_OK && maker->shape.has_codes)
        rc = put_codes(maker);
    return rc;
}

/* The digests of the pages, and the root that covers them. */
static void
put_digests(const index_maker *maker)
{
    const sg_index *shape = &maker->shape;
    unsigned char *content = content_of(maker);

    for (uint64_t page = 0; page < sg_index_pages(shape); page++)
        crypto_hash_sha256(content + shape->pages_at + page * SG_DIGEST_BYTES,
                           content + shape->members_at + page * SG_INDEX_PAGE,
                           sg_index_page(shape, page));
    sg_index_sum(shape, content, content, content + SG_INDEX_AT_ROOT);
}

int
sg_index_write(sg_buf *out, const sg_index_input *input, segml_error *err)
{
    index_maker maker = {.out = out, .input = input, .err = err};
    const size_t before = out->size;
    unsigned char end[SG_INDEX_END];
    int rc;

    measure(&maker);
    if (!sg_index_lay_out(&maker.shape))
        return sg_fail(err, SEGML_E_LIMIT,
                       "the index of %lld groups and %lld parents is larger than 4 GiB",
                       (long long)maker.shape.group_count, (long long)maker.shape.parent_count);
    rc = sg_buf_reserve(out, SG_INDEX_FRAME_HEADER + (size_t)maker.shape.size, err);
    if (rc < 0)
        return rc;
    maker.begin = before + SG_INDEX_FRAME_HEADER;
    memset(out->bytes + before, 0, SG_INDEX_FRAME_HEADER + (size_t)maker.shape.size);
    out->size = maker.begin + (size_t)maker.shape.heap_at;
    put_header(&maker);
    rc = put_body(&maker);
    if (rc == SEGML_OK) {
        put_digests(&maker);
        sg_index_store64(end, SG_INDEX_FRAME_HEADER + maker.shape.size);
        memcpy(end + 8, SG_INDEX_END_MAGIC, 8);
        rc = sg_buf_append(out, end, sizeof end, err);
    }
    out->size = rc == SEGML_OK ? out->size : before;
    return rc;
}
