/* SPDX-License-Identifier: Apache-2.0 */

/*
 * Fuzzer of the index: whatever its bytes are, reading all of it neither crashes nor reads
 * outside of it, and what is read keeps what index.h says.
 *
 * The first byte of the input says how the rest becomes an index, so that the fuzzer need not
 * find SHA-256s: 1 = its digests are made right, 2 = its frame, size and end as well, and the
 * bytes of its heap as far as that is possible, 4 = it is a file, of which the index's frame is
 * the end, rather than a frame in memory.
 */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/key.h"
#include "fuzz/fuzz.h"
#include "pack/index_seal.h"

enum {
    SEAL = 1,
    FRAME = 2,
    AS_FILE = 4,
    BEFORE = 100, /* bytes before the index of a file */
    FRAME_HEADER = 8,
    HEADER = 128,
    END = 16,
    ENTRIES_MAX = 2000 /* of which the keys are looked for */
};

static void
check(int holds, const char *promise)
{
    if (holds)
        return;
    fprintf(stderr, "broken: %s\n", promise);
    abort();
}

static uint64_t
load(const uint8_t *from, int bytes)
{
    uint64_t value = 0;

    for (int i = bytes; i > 0; i--)
        value = value << 8 | from[i - 1];
    return value;
}

static void
store(uint8_t *to, uint64_t value, int bytes)
{
    for (int i = 0; i < bytes; i++)
        to[i] = (uint8_t)(value >> (8 * i));
}

/* Makes the parts add up by the heap's size, if the others are small enough. */
static void
fit_counts(uint8_t *content, uint64_t size)
{
    const uint64_t members = load(content + 64, 8), groups = load(content + 72, 8);
    const uint64_t parents = load(content + 80, 8), keys = load(content + 104, 4);
    const uint64_t pages = (size - HEADER - END + 16415) / 16416;
    uint64_t slots = groups + parents > 0, used;

    if (members > size || groups > size || parents > size || keys > 16 || pages * 32 > size)
        return;
    while (slots < 2 * (groups + parents))
        slots *= 2;
    used = HEADER + END + 32 * pages + 64 * members + 104 * (groups + parents) + 4 * slots +
           (content[12] & 1) * 4 * groups * keys;
    store(content + 88, slots, 8);
    if (used <= size)
        store(content + 96, size - used, 8);
}

static void
make_frame(uint8_t *frame, size_t size)
{
    uint8_t *content = frame + FRAME_HEADER;

    if (size < FRAME_HEADER + HEADER + END)
        return;
    store(frame, 0x184D2A57, 4);
    store(frame + 4, size - FRAME_HEADER, 4);
    memcpy(content, "SEGMLIDX", 8);
    store(content + 8, 1, 4);
    store(content + 48, BEFORE, 8);
    store(content + 56, size - FRAME_HEADER, 8);
    store(frame + size - END, size, 8);
    memcpy(frame + size - 8, "SEGMLEND", 8);
    fit_counts(content, size - FRAME_HEADER);
}

static void
check_place(const sg_index *index, const sg_place *place)
{
    check(index->file_size == 0 || (place->offset <= BEFORE && place->packed <= BEFORE),
          "a place is before the index");
}

/* What is read twice is the same: nothing changes but the bits of the pages. */
static void
look_up(const sg_index *index, const segml_key *keys, const sg_index_group *group)
{
    sg_index_group first, second;
    int64_t number, again;
    int rc = sg_index_find(index, keys, group->columns, &number, &first, NULL);

    check(rc == SEGML_OK || rc == SEGML_E_FORMAT, "a look-up has its statuses");
    check(sg_index_find(index, keys, group->columns, &again, &second, NULL) == rc &&
              again == number,
          "a look-up has one answer");
    check(rc == SEGML_OK || number == -1, "a failure finds nothing");
    if (number < 0)
        return;
    check(first.columns == group->columns && first.key_size == group->key_size &&
              memcmp(first.key, group->key, group->key_size) == 0,
          "what is found has the key");
}

static void
use_entries(const sg_index *index)
{
    const int64_t entries = index->group_count + index->parent_count;
    segml_key keys[SG_KEY_COLUMNS_MAX];

    for (int64_t i = 0; i < entries; i++) {
        sg_index_group group;
        int rc = sg_index_get(index, i, &group, NULL);

        check(rc == SEGML_OK || rc == SEGML_E_FORMAT, "an entry has its statuses");
        if (rc < 0)
            continue;
        check_place(index, &group.place);
        check(group.status >= SEGML_GROUP_TRAINED && group.status <= SEGML_GROUP_REFERENCE &&
                  group.rounds >= 0 && group.rows >= 0,
              "an entry has numbers that can be");
        check((group.columns == index->key_count) == (i < index->group_count),
              "parents have fewer columns");
        check(group.key >= index->bytes && group.key_size <= index->size &&
                  group.key + group.key_size <= index->bytes + index->size,
              "a key is in the index");
        if (i < ENTRIES_MAX && sg_key_decode(keys, group.columns, group.key, group.key_size))
            look_up(index, keys, &group);
    }
}

static void
use_members(const sg_index *index)
{
    sg_index_member member;
    size_t length;

    for (int64_t i = 0; i < index->member_count; i++) {
        int rc = sg_index_member_of(index, NULL, i, &member, &length, NULL);

        check(rc == SEGML_OK || rc == SEGML_E_FORMAT, "a member has its statuses");
        if (rc < 0)
            continue;
        check_place(index, &member.place);
        for (size_t c = 0; c < length; c++)
            check(member.path[c] >= ' ' && member.path[c] <= '~', "paths are printable");
    }
    sg_index_member_of(index, "segml.json", 0, &member, &length, NULL);
}

static void
use(const sg_index *index)
{
    static const segml_key null[SG_KEY_COLUMNS_MAX];
    float codes[SG_KEY_COLUMNS_MAX];
    sg_index_group group = {.columns = 1};
    int64_t number;

    use_members(index);
    use_entries(index);
    for (int64_t i = 0; i < index->group_count && index->has_codes; i++) {
        int rc = sg_index_codes(index, i, codes, NULL);

        check(rc == SEGML_OK || rc == SEGML_E_FORMAT, "codes have their statuses");
    }
    for (int64_t columns = 1; columns <= index->key_count; columns++)
        sg_index_find(index, null, columns, &number, &group, NULL);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const int how = size > 0 ? data[0] : 0;
    const size_t before = how & AS_FILE ? BEFORE : 0;
    segml_error err = SEGML_ERROR_INIT;
    sg_index index = {0};
    uint8_t *file;
    int rc;

    size -= size > 0;
    file = calloc(1, before + size + 1);
    check(file != NULL, "memory");
    if (size > 0)
        memcpy(file + before, data + 1, size);
    if (how & FRAME)
        make_frame(file + before, size);
    if (how & SEAL)
        index_seal(file + before, size);
    rc = how & AS_FILE ? sg_index_open(&index, file, before + size, &err)
                       : sg_index_open_frame(&index, file, size, &err);
    check(rc == 1 ? err.code == SEGML_OK && (how & AS_FILE) : rc == err.code,
          "a failure has its status");
    check(rc == 1 || rc == SEGML_OK || rc == SEGML_E_FORMAT || rc == SEGML_E_UNSUPPORTED,
          "a status that the header names");
    check((rc == SEGML_OK) == (index.verified != NULL), "a failure leaves nothing");
    if (rc == SEGML_OK)
        use(&index);
    sg_index_close(&index);
    free(file);
    return 0;
}
