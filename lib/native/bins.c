/* SPDX-License-Identifier: Apache-2.0 */

/*
 * Bins of a fold.
 *
 * R1  Bins come from the fold's own training rows: rows that are held out have no say.
 * R2  A feature has at most max_bin bins of values; at most 255 where the fold has missing values
 *     of it, which are a bin of their own.
 * R3  Values that fit are each a bin. If there are more, bins are taken from the smallest value
 *     on; each gets the rows left divided by the bins left, rounded up, and then all
 *     rows that equal its last one. The last bin gets the rest.
 * R4  A cut is half-way between the largest value of its bin and the smallest of the next; if
 *     that rounds to the former it is the latter. The cut above all values v is
 *     v + (|v| + 1e-5), as in XGBoost. Less than a cut is below it.
 * R5  A category is the whole part of its value; every category of the fold is a bin.
 *
 * A histogram's entries are [bin][slot] if there are more than NARROW slots that are not
 * categorical, so that one vector holds one bin of many features and no lane ever needs
 * another's sum; else [slot][bin], padded to SG_BINS_PAD bins. Missing values have one more row of
 * entries behind. Categorical slots follow, each with as many entries as it has categories and
 * one for missing values. So a row's offsets are places in the whole histogram: adding a row
 * is one addition per feature without any arithmetic on addresses.
 *
 * XGBoost's weighted quantile sketch was rejected: with the rows at hand, ranks are exact, and
 * sums of Hessians as weights would make the bins depend on the round.
 */

#include "native/bins.h"

#include <math.h>
#include <string.h>

#include "base/alloc.h"
#include "native/radix.h"

enum { NARROW = 4, NOT_IN = 0xffff, WORD = 4, NEAR_MOST = 65536 };

void
sg_bins_clear(sg_bins *bins)
{
    sg_free(bins->spare);
    sg_free(bins->key);
    sg_free(bins->value);
    sg_free(bins->order);
    sg_free(bins->entry);
    sg_free(bins->number);
    sg_free(bins->offsets);
    sg_free(bins->name);
    sg_free(bins->cut);
    sg_free(bins->category);
    sg_free(bins->code);
    sg_free(bins->slot);
    *bins = (sg_bins){0};
}

static void
number_slots(sg_bins *bins, const sg_engine_rows *rows)
{
    int32_t next = 0;

    for (int categorical = 0; categorical < 2; categorical++) {
        for (int32_t f = 0; f < bins->features; f++) {
            if ((rows->categorical[f] != 0) == categorical)
                bins->slot[next++].feature = f;
        }
        if (!categorical)
            bins->numeric = next;
    }
}

int
sg_bins_open(sg_bins *bins, const sg_columns *columns, segml_error *err)
{
    const sg_engine_rows *rows = columns->rows;
    int64_t room = rows->rows + SG_COLUMN_PAD + SG_BINS_PAD, categorical;
    int sorted = columns->entry != NULL;

    bins->columns = columns;
    bins->features = (int32_t)rows->features;
    bins->stride = (room + 63) / 64 * 64;
    bins->slot = sg_alloc_zeroed(rows->features + SG_BINS_PAD, sizeof *bins->slot);
    if (bins->slot == NULL)
        return sg_fail_nomem(err);
    number_slots(bins, rows);
    categorical = bins->features - bins->numeric;
    bins->code = sg_alloc_zeroed(bins->numeric * bins->stride, sizeof *bins->code);
    bins->category = sg_alloc_array(categorical * bins->stride, sizeof *bins->category);
    bins->cut = sg_alloc_array((int64_t)bins->numeric * SG_BINS_MOST, sizeof *bins->cut);
    bins->name = sg_alloc_array(categorical * rows->rows, sizeof *bins->name);
    bins->number = sg_alloc_array(sorted ? rows->rows : 0, sizeof *bins->number);
    bins->entry = sg_alloc_array(sorted ? room : 0, sizeof *bins->entry);
    bins->key = sg_alloc_array(sorted ? 0 : room, sizeof *bins->key);
    bins->spare = sg_alloc_array(sorted ? 0 : room, sizeof *bins->spare);
    bins->order = sg_alloc_array(room, sizeof *bins->order);
    bins->value = sg_alloc_array(room, sizeof *bins->value);
    if (bins->code == NULL || bins->category == NULL || bins->cut == NULL || bins->name == NULL ||
        bins->number == NULL || bins->entry == NULL || bins->key == NULL || bins->spare == NULL ||
        bins->order == NULL || bins->value == NULL)
        return sg_fail_nomem(err);
    return SEGML_OK;
}

/* The rows that have a feature by value, out of the unit's sorted column. */
static int32_t
take_sorted(sg_bins *bins, int64_t feature)
{
    const float *value = bins->columns->value + feature * bins->columns->stride;
    int32_t present = sg_columns_of_fold(bins->entry, bins->columns, feature, bins->number);

    for (int32_t i = 0; i < present; i++) {
        bins->order[i] = bins->entry[i] & NOT_IN;
        bins->value[i] = value[bins->entry[i] >> 16];
    }
    return present;
}

/* The same for a unit that has no sorted columns. */
static int32_t
sort_column(sg_bins *bins, int64_t feature, const int32_t *row)
{
    const sg_engine_rows *unit = bins->columns->rows;
    const float *data = unit->data + feature;
    int32_t present = 0;

    for (int32_t i = 0; i < bins->rows; i++) {
        float value = data[row[i] * unit->features];

        if (!isnan(value))
            bins->key[present++] = (uint64_t)sg_radix_bits(value) << 32 | (uint32_t)i;
    }
    sg_radix_sort(bins->key, bins->spare, present);
    for (int32_t i = 0; i < present; i++) {
        uint32_t number = (uint32_t)bins->key[i];

        bins->order[i] = number;
        bins->value[i] = data[row[number] * unit->features] + 0.0f; /* -0 is 0 */
    }
    return present;
}

/* R4 */
static float
cut_between(float below, float above)
{
    float middle = 0.5f * below + 0.5f * above;

    return middle > below && middle <= above ? middle : above;
}

/* R2, R3: cuts and codes of a column that is sorted. */
static void
cut_column(sg_bins *bins, int32_t slot, int32_t present)
{
    const float *value = bins->value;
    float *cut = bins->cut + (int64_t)slot * SG_BINS_MOST;
    uint8_t *code = bins->code + slot * bins->stride;
    int32_t most = bins->columns->rows->max_bin, distinct = present > 0, count = 0, i = 0;

    if (present < bins->rows) {
        memset(code, SG_BINS_MISSING, (size_t)bins->rows);
        most = most < SG_BINS_MISSING ? most : SG_BINS_MISSING;
    }
    for (int32_t k = 1; k < present; k++)
        distinct += value[k] != value[k - 1];
    while (i < present) {
        int32_t left = most - count;
        int32_t end = i + (distinct <= most ? 1 : (present - i + left - 1) / left);

        while (end < present && value[end] == value[end - 1])
            end++;
        for (; i < end; i++)
            code[bins->order[i]] = (uint8_t)count;
        cut[count++] = end < present ? cut_between(value[end - 1], value[end])
                                     : value[end - 1] + (fabsf(value[end - 1]) + 1e-5f);
    }
    bins->slot[slot].bins = count;
}

/* R5 */
static void
name_categories(sg_bins *bins, int32_t slot, int32_t present)
{
    int64_t place = slot - bins->numeric;
    int32_t *name = bins->name + place * bins->columns->rows->rows, count = 0;
    uint32_t *category = bins->category + place * bins->stride;

    for (int32_t i = 0; i < present; i++)
        count += i == 0 || (int32_t)bins->value[i] != (int32_t)bins->value[i - 1];
    bins->slot[slot].bins = count;
    for (int32_t i = 0; present < bins->rows && i < bins->rows; i++)
        category[i] = (uint32_t)count;
    count = 0;
    for (int32_t i = 0; i < present; i++) {
        int32_t here = (int32_t)bins->value[i];

        if (count == 0 || name[count - 1] != here)
            name[count++] = here;
        category[bins->order[i]] = (uint32_t)count - 1;
    }
}

/* Places of all bins in a histogram. */
static void
lay_out(sg_bins *bins)
{
    int32_t numeric = bins->numeric;
    int64_t wide = (numeric + SG_BINS_LANES - 1) / SG_BINS_LANES * SG_BINS_LANES, rest, next;

    bins->most = 0;
    for (int32_t s = 0; s < numeric; s++)
        bins->most = bins->slot[s].bins > bins->most ? bins->slot[s].bins : bins->most;
    if (numeric > NARROW) {
        bins->step = wide;
        rest = wide * bins->most;
    } else {
        bins->step = 1;
        rest = (bins->most + SG_BINS_PAD - 1) / SG_BINS_PAD * SG_BINS_PAD;
        for (int32_t s = 0; s < numeric; s++)
            bins->slot[s].first = s * rest;
        rest *= numeric;
    }
    next = rest + wide;
    for (int32_t s = 0; s < numeric; s++) {
        bins->slot[s].first = numeric > NARROW ? s : bins->slot[s].first;
        bins->slot[s].last = rest + s;
    }
    for (int32_t s = numeric; s < bins->features; s++) {
        bins->slot[s].first = next;
        bins->slot[s].last = next + bins->slot[s].bins;
        next += bins->slot[s].bins + 1;
    }
    bins->entries = (next + SG_BINS_LANES - 1) / SG_BINS_LANES * SG_BINS_LANES;
}

/* Writes the offsets of one slot; exactly one of near and far is there. */
static void
fill_offsets(sg_bins *bins, int32_t slot)
{
    const sg_bins_slot *of = &bins->slot[slot];
    const uint32_t *category = slot < bins->numeric ? NULL : sg_bins_category(bins, slot);
    const uint8_t *code = slot < bins->numeric ? sg_bins_code(bins, slot) : NULL;
    uint32_t place[SG_BINS_MOST];

    for (int32_t b = 0; b < SG_BINS_MOST; b++)
        place[b] = (uint32_t)(of->first + b * bins->step);
    if (of->missing)
        place[SG_BINS_MISSING] = (uint32_t)of->last;
    for (int64_t i = 0; i < bins->rows; i++) {
        uint32_t at = code != NULL ? place[code[i]] : (uint32_t)of->first + category[i];

        if (bins->near != NULL)
            bins->near[i * bins->span + slot] = (uint16_t)at;
        else
            bins->far[i * bins->span + slot] = at;
    }
}

static int
make_offsets(sg_bins *bins, segml_error *err)
{
    int wide = bins->entries > NEAR_MOST;
    int64_t size = wide ? (int64_t)sizeof *bins->far : (int64_t)sizeof *bins->near, bytes;

    bins->span = (bins->features + WORD - 1) / WORD * WORD;
    bytes = bins->rows * bins->span * size;
    if (bytes > bins->offset_bytes || bins->offsets == NULL) {
        sg_free(bins->offsets);
        bins->offset_bytes = 0;
        bins->offsets = sg_alloc_zeroed(bytes, 1);
        if (bins->offsets == NULL)
            return sg_fail_nomem(err);
        bins->offset_bytes = bytes;
    }
    bins->near = wide ? NULL : bins->offsets;
    bins->far = wide ? bins->offsets : NULL;
    for (int32_t s = 0; s < bins->features; s++)
        fill_offsets(bins, s);
    return SEGML_OK;
}

int
sg_bins_make(sg_bins *bins, const int32_t *row, int32_t count, segml_error *err)
{
    int sorted = bins->columns->entry != NULL;

    bins->rows = count;
    if (sorted) {
        memset(bins->number, 0xff, (size_t)bins->columns->rows->rows * sizeof *bins->number);
        for (int32_t i = 0; i < count; i++)
            bins->number[row[i]] = (uint16_t)i;
    }
    for (int32_t s = 0; s < bins->features; s++) {
        int64_t feature = bins->slot[s].feature;
        int32_t present = sorted ? take_sorted(bins, feature) : sort_column(bins, feature, row);

        bins->slot[s].missing = present < count;
        if (s < bins->numeric)
            cut_column(bins, s, present);
        else
            name_categories(bins, s, present);
    }
    lay_out(bins);
    return make_offsets(bins, err);
}
