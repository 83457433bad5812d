/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SG_TRAIN_RECORD_H
#define SG_TRAIN_RECORD_H

/*
 * What became of one model, or of the search for all of them, as bytes: the blocks
 * SG_BLOCK_UNIT of journals, parts and training.bin. doc/decisions/unit-records.md says why.
 */

#include "pack/manifest.h"
#include "train/child.h"
#include "train/result.h"
#include "train/wire.h"

/** Whose record it is. */
enum {
    SG_RECORD_GROUP = 1,
    SG_RECORD_PARENT, /* of all groups that share the first key columns */
    SG_RECORD_GLOBAL,
    SG_RECORD_SHARED /* the search for all groups */
};

typedef struct sg_record {
    int32_t kind;
    int32_t columns; /* values of the key: all of a group, the first ones of a parent, else 0 */
    segml_key key[SG_KEY_COLUMNS_MAX]; /* of one that was read, texts are views */
    sg_hash128 content;                /* of the rows that trained it */
    int64_t rows;
    int32_t outputs;    /* margins per row */
    sg_result result;   /* SEGML_GROUP_TRAINED or _FAILED; without rarest and path */
    int32_t shared_log; /* 1: its search is the shared one, whose log it does not repeat */
    float *margin;      /* [rows * outputs] out of fold; of a trained model */
    int32_t has_unseen;
    sg_packed unseen; /* without path */
    sg_given given;   /* of the shared search; its log is the result's */
} sg_record;

/** How a model's frame is written. */
typedef enum sg_record_frames {
    SG_RECORD_WITHOUT_FRAMES, /* the artifact that holds the record holds the model as well */
    SG_RECORD_WITH_FRAMES
} sg_record_frames;

/** Appends a record. */
void sg_record_write(sg_wire_writer *w, const sg_record *record, sg_record_frames frames);

/**
 * Reads a record and checks everything but its key, its content and its model.
 *
 * @param record  all zero; released with sg_record_clear(), also after a failure
 * @return SEGML_OK; SEGML_E_FORMAT; SEGML_E_NOMEM
 */
int sg_record_read(sg_record *record, sg_wire_reader *r, segml_error *err);

/** Releases what a record that was read holds. */
void sg_record_clear(sg_record *record);

/** A key, column by column: u32 type, then i64 or a text. */
void sg_record_put_key(sg_wire_writer *w, const segml_key *key, int64_t columns);

/** Reads it; texts are views. A value that is no canonical key is refused. */
void sg_record_get_key(sg_wire_reader *r, segml_key *key, int64_t columns);

#endif
