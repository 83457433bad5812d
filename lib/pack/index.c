/* SPDX-License-Identifier: Apache-2.0 */

/*
 * Reading the index where it stands.
 *
 * R1  Opening reads the header and the digests of the pages alone: 32 bytes for every
 *     16,384 of the index. The parts must add up to exactly its size.
 * R2  A page is compared with its digest before anything in it is used, once if it is right,
 *     every time if it is not.
 * R3  Every number is copied out of the index before it is checked, and the copy is used: the
 *     file may be mapped, and change meanwhile. Nothing outside of the index is ever read.
 * R4  A look-up follows at most 1,023 slots behind the one of the hash, whatever stands there.
 * R5  Any number of threads may read at once. What they share is a bit per page that says that
 *     it was right; two that verify the same page both set it. No order is needed: the bytes
 *     were there before.
 *
 * Verifying all pages in opening was rejected: it would read 125 MB for a million groups, of
 * which a process may need a few; a digest for each entry as well, because it doubles the
 * table. Pages of 16 KiB cost some 60 microseconds each on first use.
 */

#include "pack/index.h"

#include <sodium/crypto_hash_sha256.h>
#include <string.h>

#include "base/alloc.h"
#include "base/key.h"
#include "pack/frame.h"
#include "pack/index_layout.h"

enum { STACK_BYTES = 512, WORD_BITS = 64 };

int
sg_index_lay_out(sg_index *index)
{
    const uint64_t members = (uint64_t)index->member_count, groups = (uint64_t)index->group_count;
    const uint64_t entries = groups + (uint64_t)index->parent_count;

    if (members > UINT32_MAX || groups > UINT32_MAX || (uint64_t)index->parent_count > UINT32_MAX ||
        index->heap_size > UINT32_MAX || index->key_count < 1 ||
        index->key_count > SG_KEY_COLUMNS_MAX)
        return 0;
    index->slot_count = entries > 0;
    while (index->slot_count < 2 * entries)
        index->slot_count *= 2;
    index->members_at = 0;
    index->groups_at = index->members_at + members * SG_INDEX_MEMBER;
    index->slots_at = index->groups_at + entries * SG_INDEX_ENTRY;
    index->codes_at = index->slots_at + index->slot_count * SG_INDEX_SLOT;
    index->heap_at = index->codes_at;
    if (index->has_codes)
        index->heap_at += groups * (uint64_t)index->key_count * SG_INDEX_CODE;
    index->pages_at = SG_INDEX_HEADER;
    index->members_at = index->pages_at + sg_index_pages(index) * SG_DIGEST_BYTES;
    index->groups_at += index->members_at;
    index->slots_at += index->members_at;
    index->codes_at += index->members_at;
    index->heap_at += index->members_at;
    index->size = index->heap_at + index->heap_size + SG_INDEX_END;
    return index->size <= UINT32_MAX;
}

void
sg_index_sum(const sg_index *index, const unsigned char *header, const unsigned char *content,
             unsigned char root[SG_DIGEST_BYTES])
{
    static const unsigned char zeros[SG_DIGEST_BYTES] = {0};
    const size_t rest = SG_INDEX_AT_ROOT + SG_DIGEST_BYTES;
    crypto_hash_sha256_state state;

    crypto_hash_sha256_init(&state);
    crypto_hash_sha256_update(&state, header, SG_INDEX_AT_ROOT);
    crypto_hash_sha256_update(&state, zeros, sizeof zeros);
    crypto_hash_sha256_update(&state, header + rest, SG_INDEX_HEADER - rest);
    crypto_hash_sha256_update(&state, content + index->pages_at,
                              index->members_at - index->pages_at);
    crypto_hash_sha256_final(&state, root);
}

static int
fail_index(segml_error *err, const char *what)
{
    return sg_fail(err, SEGML_E_FORMAT, "the index is damaged: %s", what);
}

/* R3: the fence keeps a compiler from reading the source again. */
static void
copy_out(unsigned char *to, const unsigned char *from, size_t size)
{
    memcpy(to, from, size);
    atomic_signal_fence(memory_order_seq_cst);
}

static int
is_zero(const unsigned char *bytes, size_t size)
{
    unsigned char any = 0;

    for (size_t i = 0; i < size; i++)
        any |= bytes[i];
    return any == 0;
}

/* Magic, version and flags. */
static int
check_kind(const unsigned char header[SG_INDEX_HEADER], segml_error *err)
{
    const uint32_t version = sg_index_load32(header + SG_INDEX_AT_VERSION);

    if (memcmp(header, SG_INDEX_MAGIC, 8) != 0)
        return fail_index(err, "it does not begin with " SG_INDEX_MAGIC);
    if (version > SG_INDEX_VERSION)
        return sg_fail(err, SEGML_E_UNSUPPORTED,
                       "its index has version %lu, this library reads %d: use a newer one",
                       (unsigned long)version, (int)SG_INDEX_VERSION);
    if (version != SG_INDEX_VERSION)
        return fail_index(err, "it has version 0");
    if ((sg_index_load32(header + SG_INDEX_AT_FLAGS) & ~(uint32_t)SG_INDEX_FLAG_CODES) != 0 ||
        !is_zero(header + SG_INDEX_AT_RESERVED, SG_INDEX_HEADER - SG_INDEX_AT_RESERVED))
        return fail_index(err, "its header has bits that have no meaning");
    return SEGML_OK;
}

/* A count as it stands; one that no index can have as the largest number. */
static int64_t
load_count(const unsigned char *from)
{
    uint64_t count = sg_index_load64(from);

    return count <= INT64_MAX ? (int64_t)count : INT64_MAX;
}

/* R1. */
static int
read_header(sg_index *index, const unsigned char header[SG_INDEX_HEADER], uint64_t size,
            segml_error *err)
{
    int rc = check_kind(header, err);

    if (rc < 0)
        return rc;
    index->offset = sg_index_load64(header + SG_INDEX_AT_OFFSET);
    index->member_count = load_count(header + SG_INDEX_AT_MEMBERS);
    index->group_count = load_count(header + SG_INDEX_AT_GROUPS);
    index->parent_count = load_count(header + SG_INDEX_AT_PARENTS);
    index->heap_size = sg_index_load64(header + SG_INDEX_AT_HEAP);
    index->key_count = sg_index_load32(header + SG_INDEX_AT_KEYS);
    index->has_codes = (sg_index_load32(header + SG_INDEX_AT_FLAGS) & SG_INDEX_FLAG_CODES) != 0;
    if (!sg_index_lay_out(index) || index->size != size ||
        sg_index_load64(header + SG_INDEX_AT_SIZE) != size ||
        sg_index_load64(header + SG_INDEX_AT_SLOTS) != index->slot_count)
        return fail_index(err, "its parts do not add up to its size");
    return SEGML_OK;
}

static int
open_content(sg_index *index, uint64_t size, segml_error *err)
{
    unsigned char header[SG_INDEX_HEADER];
    int rc;

    copy_out(header, index->bytes, sizeof header);
    rc = read_header(index, header, size, err);
    if (rc < 0)
        return rc;
    sg_index_sum(index, header, index->bytes, index->root);
    if (memcmp(index->root, header + SG_INDEX_AT_ROOT, SG_DIGEST_BYTES) != 0)
        return fail_index(err, "its root digest is another");
    index->verified =
        sg_alloc_zeroed((int64_t)(sg_index_pages(index) / WORD_BITS + 1), sizeof *index->verified);
    return index->verified != NULL ? SEGML_OK : sg_fail_nomem(err);
}

int
sg_index_open_frame(sg_index *index, const void *frame, size_t size, segml_error *err)
{
    const size_t least = SG_INDEX_FRAME_HEADER + SG_INDEX_HEADER + SG_INDEX_END;
    unsigned char begin[SG_INDEX_FRAME_HEADER], end[SG_INDEX_END];
    int rc;

    memset(index, 0, sizeof *index);
    if (size < least)
        return fail_index(err, "it is truncated");
    copy_out(begin, frame, sizeof begin);
    copy_out(end, (const unsigned char *)frame + size - sizeof end, sizeof end);
    if (sg_index_load32(begin) != SG_FRAME_INDEX_MAGIC ||
        sg_index_load32(begin + 4) != size - SG_INDEX_FRAME_HEADER ||
        sg_index_load64(end) != size || memcmp(end + 8, SG_INDEX_END_MAGIC, 8) != 0)
        return fail_index(err, "its frame and its end do not fit");
    index->bytes = (const unsigned char *)frame + SG_INDEX_FRAME_HEADER;
    rc = open_content(index, size - SG_INDEX_FRAME_HEADER, err);
    if (rc < 0)
        sg_index_close(index);
    return rc;
}

int
sg_index_open(sg_index *index, const void *file, size_t size, segml_error *err)
{
    unsigned char end[SG_INDEX_END];
    uint64_t frame;
    int rc;

    memset(index, 0, sizeof *index);
    if (size < sizeof end)
        return 1;
    copy_out(end, (const unsigned char *)file + size - sizeof end, sizeof end);
    if (memcmp(end + 8, SG_INDEX_END_MAGIC, 8) != 0)
        return 1;
    frame = sg_index_load64(end);
    if (frame > size)
        return fail_index(err, "it is truncated");
    rc = sg_index_open_frame(index, (const unsigned char *)file + size - frame, (size_t)frame, err);
    if (rc == SEGML_OK && index->offset != size - frame)
        rc = fail_index(err, "it stands in another place than it says");
    if (rc < 0)
        sg_index_close(index);
    else
        index->file_size = size;
    return rc;
}

void
sg_index_close(sg_index *index)
{
    sg_free(index->verified);
    memset(index, 0, sizeof *index);
}

const unsigned char *
sg_index_root(const sg_index *index)
{
    return index->root;
}

/* R2, R5. */
static int
verify_page(const sg_index *index, uint64_t page, segml_error *err)
{
    unsigned char digest[SG_DIGEST_BYTES];

    crypto_hash_sha256(digest, index->bytes + index->members_at + page * SG_INDEX_PAGE,
                       sg_index_page(index, page));
    if (memcmp(digest, index->bytes + index->pages_at + page * SG_DIGEST_BYTES, sizeof digest) != 0)
        return sg_fail(err, SEGML_E_FORMAT, "the index is damaged: page %llu has another digest",
                       (unsigned long long)page);
    atomic_fetch_or_explicit(&index->verified[page / WORD_BITS], UINT64_C(1) << page % WORD_BITS,
                             memory_order_relaxed);
    return SEGML_OK;
}

/* Verifies the pages of some bytes of the body, at least one, that are known to be in it. */
static int
touch(const sg_index *index, uint64_t at, uint64_t size, segml_error *err)
{
    const uint64_t first = (at - index->members_at) / SG_INDEX_PAGE;
    const uint64_t last = (at + size - 1 - index->members_at) / SG_INDEX_PAGE;
    int rc = SEGML_OK;

    for (uint64_t page = first; page <= last && rc == SEGML_OK; page++) {
        uint64_t word =
            atomic_load_explicit(&index->verified[page / WORD_BITS], memory_order_relaxed);

        if ((word >> page % WORD_BITS & 1) == 0)
            rc = verify_page(index, page, err);
    }
    return rc;
}

/* Copies some bytes of the body. */
static int
fetch(const sg_index *index, unsigned char *to, uint64_t at, size_t size, segml_error *err)
{
    int rc = touch(index, at, size, err);

    if (rc == SEGML_OK)
        copy_out(to, index->bytes + at, size);
    return rc;
}

/* Finds bytes in the heap. @return SEGML_OK; SEGML_E_FORMAT */
static int
find_in_heap(const sg_index *index, const unsigned char **out, uint64_t at, uint64_t size,
             segml_error *err)
{
    if (size == 0 || at > index->heap_size || size > index->heap_size - at)
        return fail_index(err, "a text is outside of the heap");
    *out = index->bytes + index->heap_at + at;
    return touch(index, index->heap_at + at, size, err);
}

/* @return 1 if a member can be there */
static int
read_place(const sg_index *index, sg_place *place, const unsigned char raw[SG_INDEX_PLACE])
{
    place->offset = sg_index_load64(raw + SG_PLACE_AT_OFFSET);
    place->packed = sg_index_load32(raw + SG_PLACE_AT_PACKED);
    place->size = sg_index_load32(raw + SG_PLACE_AT_SIZE);
    memcpy(place->digest, raw + SG_PLACE_AT_DIGEST, SG_DIGEST_BYTES);
    if (place->packed == 0)
        return is_zero(raw, SG_INDEX_PLACE);
    return index->file_size == 0 ||
           (place->size <= SG_MEMBER_BYTES_MAX && place->offset <= index->offset &&
            place->packed <= index->offset - place->offset);
}

/* A probability, or none. @return 1 if it is one of them */
static int
read_threshold(double *threshold, const unsigned char *raw)
{
    const uint64_t bits = sg_index_load64(raw);

    memcpy(threshold, &bits, sizeof *threshold);
    return bits == SG_INDEX_NO_THRESHOLD || (*threshold >= 0.0 && *threshold <= 1.0);
}

static int
fetch_entry(const sg_index *index, unsigned char raw[SG_INDEX_ENTRY], int64_t number,
            segml_error *err)
{
    if (number < 0 || number >= index->group_count + index->parent_count)
        return fail_index(err, "it names an entry that it does not have");
    return fetch(index, raw, index->groups_at + (uint64_t)number * SG_INDEX_ENTRY, SG_INDEX_ENTRY,
                 err);
}

/* A model is where one was trained; a frame in memory may leave its place open. */
static int
has_its_place(const sg_index *index, const sg_index_group *group)
{
    const int trained = group->status == SEGML_GROUP_TRAINED;

    return trained ? group->place.packed > 0 || index->file_size == 0 : group->place.packed == 0;
}

static int
read_entry(const sg_index *index, sg_index_group *group, int64_t number,
           const unsigned char raw[SG_INDEX_ENTRY], segml_error *err)
{
    const uint32_t rounds = sg_index_load32(raw + SG_ENTRY_AT_ROUNDS);
    const uint64_t rows = sg_index_load64(raw + SG_ENTRY_AT_ROWS);
    const int is_group = number < index->group_count;

    group->hash.low = sg_index_load64(raw + SG_ENTRY_AT_HASH);
    group->hash.high = sg_index_load64(raw + SG_ENTRY_AT_HASH + 8);
    group->columns = raw[SG_ENTRY_AT_COLUMNS];
    group->status = raw[SG_ENTRY_AT_STATUS];
    group->rounds = (int32_t)(rounds & INT32_MAX);
    group->rows = (int64_t)(rows & INT64_MAX);
    group->key_size = sg_index_load32(raw + SG_ENTRY_AT_LENGTH);
    if (!read_place(index, &group->place, raw + SG_ENTRY_AT_PLACE) ||
        !read_threshold(&group->threshold, raw + SG_ENTRY_AT_THRESHOLD) ||
        group->status < SEGML_GROUP_TRAINED || group->status > SEGML_GROUP_REFERENCE ||
        group->columns < 1 || (group->columns == index->key_count) != is_group ||
        group->columns > index->key_count || rounds > INT32_MAX || rows > INT64_MAX ||
        !has_its_place(index, group) ||
        !is_zero(raw + SG_ENTRY_AT_RESERVED, SG_INDEX_ENTRY - SG_ENTRY_AT_RESERVED))
        return sg_fail(err, SEGML_E_FORMAT, "the index is damaged: entry %lld says what cannot be",
                       (long long)number);
    return find_in_heap(index, &group->key, sg_index_load64(raw + SG_ENTRY_AT_KEY), group->key_size,
                        err);
}

int
sg_index_get(const sg_index *index, int64_t number, sg_index_group *group, segml_error *err)
{
    unsigned char raw[SG_INDEX_ENTRY];
    int rc = fetch_entry(index, raw, number, err);

    return rc == SEGML_OK ? read_entry(index, group, number, raw, err) : rc;
}

/*
 * Whether an entry is that of a key. Equal keys have equal hashes, and others hardly ever, so
 * that the heap is seldom looked at in vain.
 *
 * @return 1 and the group; 0; SEGML_E_FORMAT
 */
static int
is_entry_of(const sg_index *index, int64_t number, const sg_buf *key, sg_hash128 hash,
            sg_index_group *group, segml_error *err)
{
    unsigned char raw[SG_INDEX_ENTRY];
    int rc = fetch_entry(index, raw, number, err);

    if (rc < 0)
        return rc;
    if (sg_index_load64(raw + SG_ENTRY_AT_HASH) != hash.low ||
        sg_index_load64(raw + SG_ENTRY_AT_HASH + 8) != hash.high)
        return 0;
    rc = read_entry(index, group, number, raw, err);
    if (rc < 0)
        return rc;
    return group->key_size == key->size && memcmp(group->key, key->bytes, key->size) == 0;
}

/* R4. @return 1 and the group; 0; SEGML_E_FORMAT */
static int
probe(const sg_index *index, const sg_buf *key, int64_t *number, sg_index_group *group,
      segml_error *err)
{
    const sg_hash128 hash = sg_hash_128(key->bytes, key->size);
    int rc = 0;

    for (uint64_t i = 0; i <= SG_INDEX_PROBES_MAX && rc == 0; i++) {
        uint64_t slot = (hash.low + i) & (index->slot_count - 1);
        unsigned char raw[SG_INDEX_SLOT];

        rc = fetch(index, raw, index->slots_at + slot * SG_INDEX_SLOT, sizeof raw, err);
        if (rc != SEGML_OK || sg_index_load32(raw) == 0)
            return rc;
        *number = (int64_t)sg_index_load32(raw) - 1;
        rc = is_entry_of(index, *number, key, hash, group, err);
    }
    return rc;
}

static int
encode_key(sg_buf *out, unsigned char stack[STACK_BYTES], const segml_key *keys, int64_t columns,
           segml_error *err)
{
    size_t size = 0;

    for (int64_t i = 0; i < columns; i++)
        size += 9 + (keys[i].type == SEGML_KEY_UTF8 ? keys[i].length : 0);
    /* A buffer that need not grow does not. */
    *out = (sg_buf){0};
    if (size < STACK_BYTES)
        *out = (sg_buf){.bytes = stack, .capacity = STACK_BYTES};
    return sg_key_encode(out, keys, columns, err);
}

int
sg_index_find(const sg_index *index, const segml_key *keys, int64_t columns, int64_t *number,
              sg_index_group *group, segml_error *err)
{
    unsigned char stack[STACK_BYTES];
    sg_buf key;
    int rc;

    *number = -1;
    if (index->slot_count == 0 || columns < 1)
        return SEGML_OK;
    rc = encode_key(&key, stack, keys, columns, err);
    if (rc == SEGML_OK)
        rc = probe(index, &key, number, group, err);
    if (rc == 1 && group->columns != columns)
        rc = fail_index(err, "a key has another number of columns than its entry says");
    if (rc != 1)
        *number = -1;
    if (key.bytes != stack)
        sg_buf_clear(&key);
    return rc < 0 ? rc : SEGML_OK;
}

int
sg_index_codes(const sg_index *index, int64_t group, float *codes, segml_error *err)
{
    const size_t size = (size_t)index->key_count * SG_INDEX_CODE;
    unsigned char raw[SG_KEY_COLUMNS_MAX * SG_INDEX_CODE];
    int rc;

    if (!index->has_codes || group < 0 || group >= index->group_count)
        return fail_index(err, "it has no codes of that group");
    rc = fetch(index, raw, index->codes_at + (uint64_t)group * size, size, err);
    for (int64_t i = 0; i < index->key_count && rc == SEGML_OK; i++) {
        uint32_t code = sg_index_load32(raw + i * SG_INDEX_CODE);

        if (code >= (uint64_t)index->group_count)
            return fail_index(err, "a code is that of no value");
        codes[i] = (float)code;
    }
    return rc;
}

/* Paths are printable, so that they can be shown. */
static int
check_path(const char *path, size_t length, segml_error *err)
{
    for (size_t i = 0; i < length; i++) {
        if (path[i] < 0x20 || path[i] > 0x7E)
            return fail_index(err, "a member's path is not printable");
    }
    return SEGML_OK;
}

static int
read_member(const sg_index *index, int64_t number, sg_index_member *member, size_t *length,
            segml_error *err)
{
    unsigned char raw[SG_INDEX_MEMBER];
    const unsigned char *path = NULL;
    int rc =
        fetch(index, raw, index->members_at + (uint64_t)number * SG_INDEX_MEMBER, sizeof raw, err);

    if (rc < 0)
        return rc;
    *length = sg_index_load32(raw + SG_MEMBER_AT_LENGTH);
    if (!read_place(index, &member->place, raw) || *length > SG_INDEX_PATH_MAX ||
        (member->place.packed == 0 && index->file_size != 0) ||
        !is_zero(raw + SG_MEMBER_AT_RESERVED, SG_INDEX_MEMBER - SG_MEMBER_AT_RESERVED))
        return sg_fail(err, SEGML_E_FORMAT, "the index is damaged: member %lld says what cannot be",
                       (long long)number);
    rc = find_in_heap(index, &path, sg_index_load32(raw + SG_MEMBER_AT_PATH), *length, err);
    if (rc != SEGML_OK)
        return rc;
    member->path = (const char *)path;
    return check_path(member->path, *length, err);
}

int
sg_index_member_of(const sg_index *index, const char *path, int64_t number, sg_index_member *member,
                   size_t *length, segml_error *err)
{
    const int64_t begin = path != NULL ? 0 : number;
    const int64_t end = path != NULL ? index->member_count : number + 1;
    const size_t wanted = path != NULL ? strlen(path) : 0;
    int rc = SEGML_OK;

    for (int64_t i = begin; i >= 0 && i < end && i < index->member_count; i++) {
        rc = read_member(index, i, member, length, err);
        if (rc < 0 || path == NULL ||
            (*length == wanted && memcmp(member->path, path, wanted) == 0))
            return rc;
    }
    memset(member, 0, sizeof *member);
    *length = 0;
    return SEGML_OK;
}
