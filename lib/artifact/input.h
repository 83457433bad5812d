/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SG_ARTIFACT_INPUT_H
#define SG_ARTIFACT_INPUT_H

/* An artifact that is read to write another: its records, and its models as they are packed. */

#include "artifact/catalog.h"
#include "base/map.h"
#include "pack/build.h"

typedef struct sg_input {
    const char *path; /* for messages; NULL = opened from memory */
    sg_map map;
    sg_buf owned; /* of a file without index: the same artifact with one */
    const unsigned char *bytes;
    size_t size;
    int has_index; /* 1: the file itself has one */
    sg_index index;
    sg_catalog catalog;
} sg_input;

/**
 * Opens a file. Its name, which is borrowed, is put before messages of all functions.
 *
 * @param input     all zero; released with sg_input_close(), also after a failure
 * @param max_bytes  cap on the unpacked bytes of all members; 0 = 16 GiB
 * @return SEGML_OK; SEGML_E_IO; as sg_artifact_scan() and sg_manifest_read(); SEGML_E_ARGUMENT
 *         (max_bytes below 0)
 */
int sg_input_open(sg_input *input, const char *path, int64_t max_bytes, segml_error *err);

/** The same of bytes that are borrowed until it is closed. */
int sg_input_open_memory(sg_input *input, const void *bytes, size_t size, int64_t max_bytes,
                         segml_error *err);

/**
 * The frame of a model, its digest compared with the index's.
 *
 * @param number  of a group; groups plus that of a parent
 * @param frame   out: views into the input
 * @return SEGML_OK; SEGML_E_FORMAT; SEGML_E_NOMEM
 */
int sg_input_model(const sg_input *input, int64_t number, sg_build_frame *frame, segml_error *err);

/** The frame of a member that is no group's or parent's model. */
int sg_input_member(const sg_input *input, const char *path, sg_build_frame *frame,
                    segml_error *err);

/**
 * A member's content, its digest compared with that of the manifest or the record.
 *
 * @param kind     as sg_catalog_find() tells, with number; not OTHER or HEAD
 * @param content  out: replaced
 * @return SEGML_OK; SEGML_E_FORMAT; SEGML_E_LIMIT; SEGML_E_NOMEM
 */
int sg_input_read(const sg_input *input, int kind, int64_t number, sg_buf *content,
                  segml_error *err);

/**
 * Digest of the frame that a member is packed in; equal contents may be packed differently.
 *
 * @param digest  out [32]; zeros where there is no such member
 * @return SEGML_OK; SEGML_E_FORMAT; SEGML_E_NOMEM
 */
int sg_input_packing(const sg_input *input, int kind, int64_t number, unsigned char *digest,
                     segml_error *err);

/** Releases what it holds; all zero again. */
void sg_input_close(sg_input *input);

#endif
