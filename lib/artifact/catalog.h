/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SG_ARTIFACT_CATALOG_H
#define SG_ARTIFACT_CATALOG_H

/* What an artifact says that it holds: manifest, records, and which member belongs to which. */

#include "base/buf.h"
#include "model/lookup.h"
#include "pack/artifact.h"

/** What a member is. */
enum {
    SG_CATALOG_OTHER = 0, /* for people, or unknown */
    SG_CATALOG_HEAD,      /* segml.json and the records */
    SG_CATALOG_GLOBAL,
    SG_CATALOG_UNSEEN,
    SG_CATALOG_MODEL, /* of a group or a parent */
    SG_CATALOG_HISTORY,
    SG_CATALOG_TRAINING
};

typedef struct sg_catalog {
    sg_manifest manifest; /* its groups and parents are the lines' */
    sg_manifest_lines groups, parents;
    sg_lookup paths; /* hash of a model's path -> its number: groups, then parents */
    sg_buf path;     /* room for one path */
} sg_catalog;

/** Texts of the members that a catalog is read from; parents NULL = there is no such member. */
typedef struct sg_catalog_texts {
    const sg_buf *manifest, *groups, *parents;
} sg_catalog_texts;

/**
 * Reads manifest and records.
 *
 * @param catalog  all zero; released with sg_catalog_clear(), also after a failure
 * @return as sg_manifest_read()
 */
int sg_catalog_read(sg_catalog *catalog, const sg_catalog_texts *texts, segml_error *err);

/**
 * The same by scanning an artifact, and with the paths of its models.
 *
 * @return as sg_artifact_scan() and sg_manifest_read()
 */
int sg_catalog_scan(sg_catalog *catalog, const void *bytes, size_t size, int64_t max_bytes,
                    segml_error *err);

/**
 * Tells what a member is, of a catalog that was scanned.
 *
 * @param number  out: of a group; groups plus that of a parent; else 0
 * @return SG_CATALOG_*; SEGML_E_FORMAT (a model that the records do not know); SEGML_E_NOMEM
 */
int sg_catalog_find(sg_catalog *catalog, const char *path, int64_t *number, segml_error *err);

/** Record of a group, or behind the groups of a parent. */
const sg_manifest_record *sg_catalog_record(const sg_catalog *catalog, int64_t number);

/** Digest of a member that has one in the manifest or the records; else NULL. */
const unsigned char *sg_catalog_digest(const sg_catalog *catalog, int kind, int64_t number);

/** Releases what it holds; all zero again. */
void sg_catalog_clear(sg_catalog *catalog);

#endif
