/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SG_PACK_MANIFEST_H
#define SG_PACK_MANIFEST_H

/*
 * What an artifact says about itself: segml.json (one object, its size independent of
 * the number of groups) and groups.jsonl (one line per group, sorted by key).
 *
 * All texts, arrays and records belong to the manifest's arena.
 */

#include "base/arena.h"
#include "base/buf.h"
#include "base/hash.h"
#include "segml/model.h"

enum {
    SG_DIGEST_BYTES = 32,
    SG_FORMAT_VERSION = 1,
    SG_KEY_COLUMNS_MAX = 16,
    SG_CLASSES_MAX = 4096 /* so that one row's margins fit on the stack */
};

typedef struct sg_manifest_feature {
    const char *name;
    int32_t type;              /* segml_feature_type */
    int32_t has_dictionary;    /* 1: values count */
    const char *const *values; /* [value_count] in code order */
    int64_t value_count;
} sg_manifest_feature;

typedef struct sg_manifest_key {
    const char *name;
    int32_t type;      /* SEGML_KEY_INT64 or SEGML_KEY_UTF8 */
    int32_t null_seen; /* 1: NULL occurred in training */
} sg_manifest_key;

/* Models that may answer for a group without its own, tried in this order. */
enum {
    SG_FALLBACK_PARENT = 1,
    SG_FALLBACK_GLOBAL = 2,
    SG_FALLBACK_CONSTANT = 4,
    SG_FALLBACK_ALL = 7
};

/* One group, a parent of groups, the global model, or all groups together. */
typedef struct sg_manifest_record {
    const segml_key *keys; /* [columns]; NULL for the global and overall records */
    int32_t columns;       /* of the key: all of a group, the first ones of a parent */
    int64_t rows;
    int32_t status; /* segml_group_status; 0 for the overall record */
    int32_t rounds;
    const char *message; /* "" = none */
    const char *engine;  /* what trained its model; NULL = the manifest's, or no model */
    const segml_value *params;
    int64_t param_count;
    const segml_value *metrics;
    int64_t metric_count;
    sg_hash128 content;                    /* hash of the rows that trained it, canonical order */
    int32_t has_model;                     /* 1: a member holds its model */
    unsigned char digest[SG_DIGEST_BYTES]; /* SHA-256 of that member */
    int32_t has_threshold;                 /* 1: the model has a threshold of its own; binary */
    double threshold;
    const char *reference; /* URI of an artifact that holds its model; NULL = none */
    int32_t is_pinned;     /* 1: only the artifact with this root digest */
    unsigned char pin[SG_DIGEST_BYTES];
} sg_manifest_record;

typedef struct sg_manifest {
    sg_arena arena;
    int32_t format;
    int32_t task;     /* segml_task */
    int32_t mode;     /* segml_mode */
    int32_t fallback; /* SG_FALLBACK_* that may answer */
    const char *label_name;
    const char *engine;  /* of models whose record has none, "native 1 (hist)" */
    const char *library; /* "0.1.0" */
    double threshold;    /* of models whose record has none, and of the constant */
    sg_manifest_feature *features;
    int64_t feature_count;
    sg_manifest_key *keys;
    int64_t key_count;
    int32_t keys_as_features;   /* 1: the global model has one appended categorical feature per key
                                  column; code = position among the column's distinct keys in order,
                                  NULL included where it was seen */
    const char *const *classes; /* [class_count] terminated, distinct */
    int64_t class_count;        /* binary 2, multiclass 2 .. SG_CLASSES_MAX, else 0 */
    uint64_t seed;              /* exact; an option of that name is rounded above 2^53 */
    const segml_value *options; /* [option_count] trials, folds, min_rows, ... */
    int64_t option_count;
    const segml_text *option_texts; /* [option_text_count] sampler, metric, ... */
    int64_t option_text_count;
    const float *constant;      /* [constant_count] margins of the constant fallback */
    int64_t constant_count;     /* sg_manifest_outputs(); 0 = no such fallback */
    sg_manifest_record *groups; /* [group_count] sorted by key */
    int64_t group_count;
    sg_manifest_record *parents; /* [parent_count] by number of columns, then by key */
    int64_t parent_count;
    int64_t parents_trained; /* counts.parents_trained of segml.json */
    int64_t trained, failed, references, rows; /* of the groups: counts of segml.json */
    int32_t has_global;                        /* 1: the record below holds */
    sg_manifest_record global;                 /* member global/model.ubj */
    int32_t has_unseen;                        /* 1: member global/unseen.ubj */
    unsigned char unseen_digest[SG_DIGEST_BYTES];
    int32_t unseen_rounds;
    sg_manifest_record overall; /* metrics of all rows, as routed */
    int32_t has_history;        /* 1: member history.jsonl, see pack/history.h */
    unsigned char history_digest[SG_DIGEST_BYTES];
    int32_t has_training; /* 1: member training.bin, for further training */
    unsigned char training_digest[SG_DIGEST_BYTES];
    unsigned char groups_digest[SG_DIGEST_BYTES];
    int32_t has_parents; /* 1: member parents.jsonl */
    unsigned char parents_digest[SG_DIGEST_BYTES];
} sg_manifest;

/** XGBoost's name of a task's objective, "binary:logistic"; NULL for none. */
const char *sg_manifest_objective(int32_t task);

/** Values per row: class_count for multiclass, else 1. */
int64_t sg_manifest_outputs(const sg_manifest *manifest);

/**
 * Codes of all groups' keys in the features that the global model appends, by the rule
 * of keys_as_features.
 *
 * @param codes  out [group_count * key_count], row by row
 * @return SEGML_OK; SEGML_E_NOMEM
 */
int sg_manifest_key_codes(const sg_manifest *manifest, float *codes, segml_error *err);

/**
 * Writes groups.jsonl.
 *
 * @return SEGML_OK; SEGML_E_NOMEM; SEGML_E_INTERNAL (a number that must be finite is not)
 */
int sg_manifest_write_groups(sg_buf *lines, const sg_manifest *manifest, segml_error *err);

/** Writes parents.jsonl: the same for parents. */
int sg_manifest_write_parents(sg_buf *lines, const sg_manifest *manifest, segml_error *err);

/**
 * Writes segml.json, digests of the other members and counts included as they stand in the
 * manifest. Metrics that are not finite become null.
 *
 * @return as sg_manifest_write_groups()
 */
int sg_manifest_write(sg_buf *json, const sg_manifest *manifest, segml_error *err);

/**
 * Reads segml.json and checks everything in it. The groups stay NULL, their number and sums are
 * what it states.
 *
 * @param manifest  all zero; on failure it is cleared
 * @return SEGML_OK; SEGML_E_FORMAT; SEGML_E_LIMIT; SEGML_E_UNSUPPORTED (a newer format, or one
 *         from before format 1); SEGML_E_NOMEM
 */
int sg_manifest_read(sg_manifest *manifest, const void *json, size_t size, segml_error *err);

/* Records of groups.jsonl or parents.jsonl, with an arena of their own. */
typedef struct sg_manifest_lines {
    sg_arena arena;
    sg_manifest_record *records; /* [count] */
    int64_t count;
} sg_manifest_lines;

/**
 * Reads groups.jsonl and checks everything: digest, ranges, order, counts against the manifest.
 *
 * @param lines     all zero; on failure it is cleared
 * @param manifest  of segml.json, unchanged
 * @return as sg_manifest_read()
 */
int sg_manifest_read_groups(sg_manifest_lines *lines, const sg_manifest *manifest, const void *text,
                            size_t size, segml_error *err);

/** The same for parents.jsonl. */
int sg_manifest_read_parents(sg_manifest_lines *lines, const sg_manifest *manifest,
                             const void *text, size_t size, segml_error *err);

/** Releases everything; all zero again. */
void sg_manifest_lines_clear(sg_manifest_lines *lines);

/** Releases everything; the manifest is all zero again. */
void sg_manifest_clear(sg_manifest *manifest);

#endif
