/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SG_TRAIN_PART_H
#define SG_TRAIN_PART_H

/*
 * Parts of a training, in blocks (train/blocks.h): the setting with shard and shards; the record
 * of the search for all groups, if there is one; the facts of every group that is this part's;
 * the records of its models; if the global model is among them, how features go with the label
 * over all rows; and an end that says how many there were.
 */

#include "train/training.h"

enum { SG_PART_SHARDS_MAX = 65536 };

/**
 * The part that a model belongs to.
 *
 * @param owner  out: 1 to shards
 * @param kind   as in records
 * @return SEGML_OK; SEGML_E_NOMEM
 */
int sg_part_owner(int32_t *owner, int32_t kind, const segml_key *key, int32_t columns,
                  int32_t shards, segml_error *err);

/** Appends the part that a training is. @return SEGML_OK; SEGML_E_NOMEM */
int sg_part_write(sg_buf *out, const sg_training *training, segml_error *err);

/** What scores and reports need of a group's rows, which are in canonical order. */
typedef struct sg_part_facts {
    const segml_key *key; /* [key columns] */
    sg_hash128 content;
    int64_t rows;
    float *label, *weight; /* [rows] */
    int32_t *fold;         /* [rows] */
    double *correlations;  /* [features]; NULL = no history is kept */
} sg_part_facts;

/**
 * Reads facts and checks them against the setting.
 *
 * @param arena  of everything in facts
 * @return SEGML_OK; SEGML_E_FORMAT; SEGML_E_NOMEM
 */
int sg_part_read_facts(sg_part_facts *facts, sg_arena *arena, sg_wire_reader *r,
                       const sg_setting *setting, segml_error *err);

/** Reads correlations over all rows. @param correlations  out [features] @return as above */
int sg_part_read_profile(double *correlations, sg_wire_reader *r, const sg_setting *setting,
                         segml_error *err);

/** Where a part is: a file, or memory. */
typedef struct sg_part_source {
    const char *path;           /* also the name of memory */
    const unsigned char *bytes; /* [size]; NULL = the file */
    size_t size;
} sg_part_source;

/**
 * Makes the model of all parts.
 *
 * @param parts  [count]
 * @return as segml_train_merge()
 */
int sg_merge_parts(segml_model **out, const sg_part_source *parts, int64_t count, int32_t jobs,
                   segml_error *err);

#endif
