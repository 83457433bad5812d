/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SG_TRAIN_SETTING_H
#define SG_TRAIN_SETTING_H

/*
 * What two trainings must have in common for the models of one to stand in the other: versions,
 * options, target, columns, and rows.
 */

#include "pack/manifest.h"
#include "train/run.h"
#include "train/wire.h"

typedef struct sg_setting {
    sg_arena arena;
    segml_train_options options; /* those that results depend on; the rest is 0 */
    int32_t own_sampler;         /* 1: a sampler of the caller's */
    int32_t mode, task;
    int32_t fold_kind;
    const char *library, *native, *xgboost; /* versions; "" = not open */
    const char *label_name;
    const char *const *classes; /* [class_count] */
    int64_t class_count;
    sg_manifest_feature *features; /* [feature_count] */
    int64_t feature_count;
    sg_manifest_key *keys; /* [key_count]; null_seen is 0 */
    int64_t key_count;
    int64_t rows, groups;
    int64_t searches;      /* that share the total budgets */
    sg_hash128 data;       /* of all groups' keys and rows */
    int32_t shard, shards; /* 0 = not shared out */
} sg_setting;

/**
 * The setting of a run whose rows are prepared and whose engines are open.
 *
 * @param setting  all zero; released with sg_setting_clear(), also after a failure; it borrows
 *                 from the run
 * @return SEGML_OK; SEGML_E_NOMEM
 */
int sg_setting_make(sg_setting *setting, const sg_run *run, int32_t mode, segml_error *err);

/** Hash of the keys and rows of the groups first .. first + count. @return SEGML_OK; _E_NOMEM */
int sg_setting_hash(sg_hash128 *hash, const sg_run *run, int64_t first, int64_t count,
                    segml_error *err);

/** Appends its bytes. */
void sg_setting_write(sg_wire_writer *w, const sg_setting *setting);

/**
 * Reads it and checks everything.
 *
 * @param setting  all zero; released with sg_setting_clear(), also after a failure
 * @return SEGML_OK; SEGML_E_FORMAT; SEGML_E_MISMATCH (of another version of libsegml, which has
 *         other options); SEGML_E_NOMEM
 */
int sg_setting_read(sg_setting *setting, sg_wire_reader *r, segml_error *err);

/** How much must be the same. */
typedef enum sg_setting_scope {
    SG_SETTING_ALL,   /* journals, parts: only shard may differ, in parts */
    SG_SETTING_MODELS /* what a group's model depends on besides its rows; dictionaries may have
                         grown at their end */
} sg_setting_scope;

/**
 * Compares.
 *
 * @param what  whose setting `there` is, for the message: "the journal"
 * @return SEGML_OK; SEGML_E_MISMATCH: the message says what differs, and both values
 */
int sg_setting_compare(const sg_setting *here, const sg_setting *there, sg_setting_scope scope,
                       const char *what, segml_error *err);

/** Releases everything; all zero again. */
void sg_setting_clear(sg_setting *setting);

#endif
