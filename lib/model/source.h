/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SG_MODEL_SOURCE_H
#define SG_MODEL_SOURCE_H

/* The bytes of an artifact, wherever they are, and their index. */

#include "base/map.h"
#include "pack/index.h"
#include "segml/model.h"

typedef struct sg_source {
    const unsigned char *bytes; /* [size] of one of the next three, or borrowed */
    size_t size;
    sg_map map;
    sg_buf owned;
    segml_resolved resolved;
    sg_index index;
    sg_buf frame; /* the index's, made here for a file that has none */
} sg_source;

/**
 * Gets at a file.
 *
 * @param source  all zero; released with sg_source_close(), also after a failure
 * @param map     0: the file is read
 * @return SEGML_OK; SEGML_E_IO; SEGML_E_NOMEM
 */
int sg_source_file(sg_source *source, const char *path, int map, segml_error *err);

/** Takes bytes over, which are empty then. */
void sg_source_own(sg_source *source, sg_buf *bytes);

/** Borrows bytes until the source is closed. */
void sg_source_borrow(sg_source *source, const void *bytes, size_t size);

/** Whether the file has an index: members can be read one by one. */
int sg_source_has_index(const sg_source *source);

/**
 * Reads a member, by the index or by a scan, and compares its digest.
 *
 * @param content    replaced
 * @param digest     SHA-256 of the content
 * @param max_bytes  cap of the scan
 * @return SEGML_OK; SEGML_E_FORMAT (missing, or another digest); SEGML_E_LIMIT; SEGML_E_NOMEM.
 *         Thread-safety: any thread
 */
int sg_source_member(const sg_source *source, const char *path, const unsigned char *digest,
                     int64_t max_bytes, sg_buf *content, segml_error *err);

/**
 * Reads what a place names.
 *
 * @param path  for messages
 * @return as sg_artifact_read(), and SEGML_E_LIMIT for content that is too large for its frame
 */
int sg_source_read(const sg_source *source, const sg_place *place, const char *path,
                   int64_t max_bytes, sg_buf *content, segml_error *err);

/**
 * Reads segml.json of a file whose index is open, and compares both.
 *
 * @param manifest  all zero; on failure it is cleared
 * @return as sg_manifest_read()
 */
int sg_source_manifest(const sg_source *source, int64_t max_bytes, sg_manifest *manifest,
                       segml_error *err);

/** Prepares a mapped file for sg_index_open() and for members that are read by their places. */
void sg_source_scatter(const sg_source *source);

/** Releases everything; all zero again. */
void sg_source_close(sg_source *source);

#endif
