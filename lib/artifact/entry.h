/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SG_ARTIFACT_ENTRY_H
#define SG_ARTIFACT_ENTRY_H

/* Records of groups as they are meant: with what they leave to their artifact's header. */

#include "pack/manifest.h"

/** A record, and the header that says what it leaves out. */
typedef struct sg_entry {
    const sg_manifest_record *record;
    const sg_manifest *manifest;
} sg_entry;

/** What trained its model; NULL without one. */
const char *sg_entry_engine(const sg_entry *entry);

/** The threshold of its own model; NaN if the task is not binary or it has none. */
double sg_entry_threshold(const sg_entry *entry);

/**
 * Compares everything but the key. A total order, so that choosing the least of several does not
 * depend on their order.
 *
 * @param member  out: the first member that differs, "rows" say; NULL where they are equal, and
 *                NULL is allowed
 * @return negative, 0, positive
 */
int sg_entry_compare(const sg_entry *a, const sg_entry *b, const char **member);

/** The two orders of sg_entry_prefer(). */
enum { SG_ENTRY_BEST = 1, SG_ENTRY_ROWS = 2 };

/**
 * Which of two records of one group is taken: by loss (a model before none, least loss, most
 * rows) or by rows (most rows, a model before none, least loss); then by sg_entry_compare().
 *
 * @return negative: a; 0: they are equal; positive: b
 */
int sg_entry_prefer(const sg_entry *a, const sg_entry *b, int order);

/** A copy that means the same under another header; texts and arrays are borrowed. */
sg_manifest_record sg_entry_adopt(const sg_entry *entry, const sg_manifest *header);

#endif
