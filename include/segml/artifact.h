/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SEGML_ARTIFACT_H
#define SEGML_ARTIFACT_H

/*
 * The life of artifact files after training: take a model out, replace, drop or bring together
 * groups, split and join, compare, check, sign.
 *
 *     segml_patch_options options = SEGML_PATCH_OPTIONS_INIT;
 *     options.overwrite = 1;
 *     rc = segml_artifact_patch("stores.segml", "stores.segml", "retrained.segml", &options, NULL,
 *                               &err);
 *
 * What is written is a whole artifact again, and it appears atomically: a temporary file in the
 * same folder, flushed, then renamed, so that a file may be written from itself. On failure
 * nothing appears or changes, unless the last step failed, as segml_model_save() tells. Models are
 * copied as they are packed, after a look at their digests, and only records of groups are held in
 * memory. Same input, same bytes.
 *
 * What cannot be true of the new file is left out of it: metrics of all groups together where the
 * groups have changed, and what further training reuses. A global model that has the keys as
 * features knows the groups by their numbers; where the distinct keys change, the model for
 * unseen keys takes its place, or nothing does where there is none. segml_artifact_info tells.
 *
 * References to other artifacts are copied as they stand; file: ones are relative to the folder of
 * the artifact, so a file with such references belongs into the same folder.
 *
 * Files are mapped while they are read: they may be replaced meanwhile, but must not be written to.
 * An artifact without index, packed again with tar say, is read as a whole into memory; what is
 * written of it has an index again.
 */

#include "segml/common.h"
#include "segml/model.h"

#ifdef __cplusplus
extern "C" {
#endif

/** What became of a part of an artifact that was written anew. @since 0.1 */
typedef enum segml_fate {
    SEGML_FATE_NONE = 0,     /**< there was none */
    SEGML_FATE_KEPT = 1,     /**< is as it was */
    SEGML_FATE_REPLACED = 2, /**< of the global model: the one for unseen keys took its place */
    SEGML_FATE_DROPPED = 3   /**< is not in the new artifact */
} segml_fate;

/** What was written. @since 0.1 */
typedef struct segml_artifact_info {
    size_t struct_size;     /**< set by the caller; no more bytes are written */
    int64_t bytes;          /**< size of the new artifact */
    int64_t groups;         /**< in the new artifact */
    int64_t models;         /**< in it, global ones and parents included */
    int64_t groups_added;   /**< that the first artifact does not have */
    int64_t groups_changed; /**< whose record or model is not the first artifact's */
    int64_t groups_dropped; /**< that only the first artifact has */
    int32_t global;         /**< a segml_fate of the global model */
    int32_t overall;        /**< ... of the metrics of all groups together */
    int32_t history;        /**< ... of the searches' history */
    int32_t training;       /**< ... of what further training reuses */
    unsigned char root[32]; /**< digest of the new artifact */
} segml_artifact_info;

/** @since 0.1 */
#define SEGML_ARTIFACT_INFO_INIT                                                                   \
    {                                                                                              \
        sizeof(segml_artifact_info), 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,                                 \
        {                                                                                          \
            0                                                                                      \
        }                                                                                          \
    }

/** Forms of a model on its own. @since 0.1 */
typedef enum segml_model_form {
    SEGML_MODEL_UBJ = 1, /**< XGBoost's UBJSON, the bytes that the artifact holds */
    SEGML_MODEL_JSON = 2 /**< XGBoost's JSON; XGBoost reads the same model from it, bit for bit */
} segml_model_form;

/** Which model of an artifact is meant. @since 0.1 */
typedef enum segml_model_role {
    SEGML_ROLE_GROUP = 1,  /**< of a group, or with fewer keys of a parent of groups */
    SEGML_ROLE_GLOBAL = 2, /**< of all groups */
    SEGML_ROLE_UNSEEN = 3  /**< for keys that training did not see */
} segml_model_role;

/** Options of taking a model out. @since 0.1 */
typedef struct segml_extract_options {
    size_t struct_size;
    const segml_key *keys; /**< [key_count] of a group: one value per key column; of a parent: those
                              of the first key columns */
    int64_t key_count;
    int32_t role;      /**< a segml_model_role, 0 = SEGML_ROLE_GROUP */
    int32_t form;      /**< a segml_model_form, 0 = SEGML_MODEL_UBJ */
    int32_t overwrite; /**< switch, default off: replace an existing regular file */
    int32_t reserved;  /**< 0 */
    int64_t max_bytes; /**< as in segml_open_options */
} segml_extract_options;

/** @since 0.1 */
#define SEGML_EXTRACT_OPTIONS_INIT                                                                 \
    {                                                                                              \
        sizeof(segml_extract_options), NULL, 0, 0, 0, 0, 0, 0                                      \
    }

/**
 * Writes one model of an artifact as a file that stock XGBoost loads.
 *
 * @param path      file to write
 * @param artifact  file to read
 * @return SEGML_OK; SEGML_E_ARGUMENT; SEGML_E_ABI; SEGML_E_NOT_FOUND (no such group, or it has no
 *         model in this artifact: the message says why); SEGML_E_EXISTS; SEGML_E_IO;
 *         SEGML_E_FORMAT; SEGML_E_LIMIT; SEGML_E_UNSUPPORTED; SEGML_E_NOMEM
 *
 * Thread-safety: any thread. @since 0.1
 */
SEGML_API int segml_artifact_extract(const char *path, const char *artifact,
                                     const segml_extract_options *options, segml_error *err);

/**
 * The same from an open model into the caller's memory.
 *
 * @param bytes     out [capacity]; NULL with capacity 0 to ask for the size
 * @param size      out: their number, also where there is too little room
 * @return as segml_artifact_extract(); SEGML_E_ARGUMENT also where there is too little room.
 *         Thread-safety: any thread. @since 0.1
 */
SEGML_API int segml_model_extract(const segml_model *model, const segml_extract_options *options,
                                  void *bytes, size_t capacity, size_t *size, segml_error *err);

/** Options of replacing groups. @since 0.1 */
typedef struct segml_patch_options {
    size_t struct_size;
    const segml_key *keys; /**< [key_count * key columns] groups to take from the donor, key by key;
                              NULL = all that have a model */
    int64_t key_count;     /**< number of groups */
    int32_t overwrite;     /**< switch, default off: replace an existing regular file */
    int32_t reserved;      /**< 0 */
    int64_t max_bytes;     /**< as in segml_open_options */
} segml_patch_options;

/** @since 0.1 */
#define SEGML_PATCH_OPTIONS_INIT                                                                   \
    {                                                                                              \
        sizeof(segml_patch_options), NULL, 0, 0, 0, 0                                              \
    }

/**
 * Replaces or adds groups: the base with some groups, records and models, of the donor.
 *
 * Task, classes, features and key columns of both must be equal, and of two dictionaries of a
 * feature one the beginning of the other; the longer one is kept. Everything else (options,
 * global models, parents, fallback) is the base's. The donor's groups keep their engines and
 * thresholds. The history is kept where both have one.
 *
 * @param path  file to write; may be one of the others with option overwrite
 * @param info  out; NULL = not wanted
 * @return SEGML_OK; SEGML_E_ARGUMENT; SEGML_E_ABI; SEGML_E_MISMATCH (they do not fit: the message
 *         says what differs); SEGML_E_NOT_FOUND (the donor has no such group, or no model for it);
 *         SEGML_E_EXISTS; SEGML_E_IO; SEGML_E_FORMAT; SEGML_E_LIMIT; SEGML_E_UNSUPPORTED;
 *         SEGML_E_NOMEM
 *
 * Thread-safety: any thread. @since 0.1
 */
SEGML_API int segml_artifact_patch(const char *path, const char *base, const char *donor,
                                   const segml_patch_options *options, segml_artifact_info *info,
                                   segml_error *err);

/** Options of dropping groups. @since 0.1 */
typedef struct segml_prune_options {
    size_t struct_size;
    const segml_key *keys; /**< [key_count * key columns] groups, key by key */
    int64_t key_count;     /**< number of groups */
    int32_t keep;          /**< switch, default off: the groups are dropped; on: all others are */
    int32_t drop_history;  /**< switch, default off */
    int32_t drop_training; /**< switch, default off: drop what further training reuses */
    int32_t overwrite;     /**< switch, default off: replace an existing regular file */
    int64_t max_bytes;     /**< as in segml_open_options */
} segml_prune_options;

/** @since 0.1 */
#define SEGML_PRUNE_OPTIONS_INIT                                                                   \
    {                                                                                              \
        sizeof(segml_prune_options), NULL, 0, 0, 0, 0, 0, 0                                        \
    }

/**
 * Drops groups, records and models, or keeps some only; drops what serving does not need. Models
 * of parents and global ones stay, though rows of the groups have trained them. Without any
 * wish the artifact is written as it is: with an index, if it has none.
 *
 * @param path      file to write; may be the other one with option overwrite
 * @param artifact  file to read
 * @param info      out; NULL = not wanted
 * @return as segml_artifact_patch(); SEGML_E_NOT_FOUND (no such group). Thread-safety: any thread.
 *         @since 0.1
 */
SEGML_API int segml_artifact_prune(const char *path, const char *artifact,
                                   const segml_prune_options *options, segml_artifact_info *info,
                                   segml_error *err);

/** Which of several records and models of one group is taken. @since 0.1 */
typedef enum segml_merge_choice {
    SEGML_MERGE_EQUAL = 1, /**< none: only equal ones are merged, others are an error */
    SEGML_MERGE_BEST = 2,  /**< the one with a model whose out-of-fold loss is least, each measured
                              on its own rows; of equal ones that of most rows */
    SEGML_MERGE_ROWS = 3   /**< that of most training rows; of equal ones the best */
} segml_merge_choice;

/** Which of several global models is taken, with parents, constant and fallback. @since 0.1 */
typedef enum segml_merge_global {
    SEGML_GLOBAL_EQUAL = 1, /**< none: only equal ones are merged, others are an error */
    SEGML_GLOBAL_ROWS = 2,  /**< that of most training rows */
    SEGML_GLOBAL_NONE = 3   /**< none: groups without own model get no prediction, or the constant
                               where it is the same in all */
} segml_merge_global;

/** Options of merging. @since 0.1 */
typedef struct segml_merge_options {
    size_t struct_size;
    int32_t choice;      /**< a segml_merge_choice, 0 = SEGML_MERGE_EQUAL */
    int32_t global;      /**< a segml_merge_global, 0 = SEGML_GLOBAL_EQUAL */
    int32_t any_options; /**< switch, default off: options of training may differ; only those are
                            kept that are the same in all */
    int32_t overwrite;   /**< switch, default off: replace an existing regular file */
    int64_t max_bytes;   /**< as in segml_open_options, of each artifact */
} segml_merge_options;

/** @since 0.1 */
#define SEGML_MERGE_OPTIONS_INIT                                                                   \
    {                                                                                              \
        sizeof(segml_merge_options), 0, 0, 0, 0, 0                                                 \
    }

/**
 * Brings the groups of several artifacts together, trained on different data or machines.
 *
 * Task, classes, label, features, key columns and options must be equal, dictionaries as in
 * segml_artifact_patch(). The result does not depend on the order of the artifacts, nor on
 * whether some of them were merged before. Artifacts hold no times, so there is no newest one.
 * (Parts of one training, of which the global model is one, are merged by
 * segml_train_merge().)
 *
 * @param path       file to write; may be one of the others with option overwrite
 * @param artifacts  [count] files to read, 1 to 1,024
 * @param info       out, against the first artifact; NULL = not wanted
 * @return as segml_artifact_patch(); SEGML_E_MISMATCH also for a group or a global model that
 *         several have and that differ, unless the options choose. Thread-safety: any thread.
 *         @since 0.1
 */
SEGML_API int segml_artifact_merge(const char *path, const char *const *artifacts, int64_t count,
                                   const segml_merge_options *options, segml_artifact_info *info,
                                   segml_error *err);

/** Options of splitting. @since 0.1 */
typedef struct segml_split_options {
    size_t struct_size;
    int32_t columns;   /**< groups whose first key columns, so many, are equal share an artifact;
                          0 = all: one for each group */
    int32_t floating;  /**< switch, default off: references name the digest of what they mean, and
                          nothing else is taken; on: what is there is taken */
    int32_t overwrite; /**< switch, default off: replace existing regular files */
    int32_t reserved;  /**< 0 */
    int64_t max_bytes; /**< as in segml_open_options */
} segml_split_options;

/** @since 0.1 */
#define SEGML_SPLIT_OPTIONS_INIT                                                                   \
    {                                                                                              \
        sizeof(segml_split_options), 0, 0, 0, 0, 0                                                 \
    }

/**
 * Moves the models of groups to artifacts of their own, the children, and leaves references to
 * them, "file:stores/4711.segml": a static artifact becomes a dynamic one. Everything else stays:
 * records, global models, parents, fallback, history. A child is an artifact that can be
 * opened, written again by further training, and replaced while the other one is in use.
 *
 * The children are written first. On failure those that were written stay, and nothing appears
 * or changes under the path; the artifact is never replaced by a child.
 *
 * @param path      file to write; its groups with a model become references
 * @param children  folder of the children, relative to that of path, below it or "."; it is
 *                  made if it is missing
 * @param artifact  file to read, without references
 * @param info      out, against the artifact; NULL = not wanted
 * @return as segml_artifact_patch(); SEGML_E_ARGUMENT also for a folder elsewhere, also by links,
 *         or whose name is no UTF-8, for columns that there are not, and where a child would have
 *         the name of path or of artifact; SEGML_E_MISMATCH (it has references, or no models of
 *         groups). Thread-safety: any thread. @since 0.1
 */
SEGML_API int segml_artifact_split(const char *path, const char *children, const char *artifact,
                                   const segml_split_options *options, segml_artifact_info *info,
                                   segml_error *err);

/** Options of joining. @since 0.1 */
typedef struct segml_join_options {
    size_t struct_size;
    segml_resolve_fn resolve;   /**< as in segml_open_options */
    void *resolve_user;         /**< handed to it */
    const char *reference_root; /**< as in segml_open_options */
    int32_t overwrite;          /**< switch, default off: replace an existing regular file */
    int32_t reserved;           /**< 0 */
    int64_t max_bytes;          /**< as in segml_open_options, of each artifact */
} segml_join_options;

/** @since 0.1 */
#define SEGML_JOIN_OPTIONS_INIT                                                                    \
    {                                                                                              \
        sizeof(segml_join_options), NULL, NULL, NULL, 0, 0, 0                                      \
    }

/**
 * Takes the models that an artifact refers to into it: a dynamic one becomes a static one. Records
 * and models of those groups are the children's. Metrics of all groups together, the history
 * and what further training reuses stay if every child says of its groups what the artifact
 * says. An artifact that this library wrote, split and joined, is the same bytes again.
 *
 * @param path      file to write; may be the other one with option overwrite
 * @param artifact  file to read
 * @param info      out, against the artifact; NULL = not wanted
 * @return as segml_artifact_patch(); SEGML_E_MISMATCH and what the resolver fails with, for the
 *         first reference that is not resolved. Thread-safety: any thread; the resolver runs on
 *         the calling one. @since 0.1
 */
SEGML_API int segml_artifact_join(const char *path, const char *artifact,
                                  const segml_join_options *options, segml_artifact_info *info,
                                  segml_error *err);

/** Kinds of differences. @since 0.1 */
typedef enum segml_difference_kind {
    SEGML_DIFFERENCE_HEADER = 1,  /**< something that all groups share */
    SEGML_DIFFERENCE_REMOVED = 2, /**< a group, parent or global model that only the first has */
    SEGML_DIFFERENCE_ADDED = 3,   /**< ... that only the second has */
    SEGML_DIFFERENCE_MODEL = 4,   /**< both have it, and the models differ */
    SEGML_DIFFERENCE_RECORD = 5   /**< both have it with the same model (or none); rows, status,
                                     metrics or something else of the record differ */
} segml_difference_kind;

/** One difference, valid during the call. This struct never grows. @since 0.1 */
typedef struct segml_difference {
    int32_t kind;          /**< a segml_difference_kind */
    int32_t role;          /**< a segml_model_role; 0 of HEADER */
    const char *name;      /**< what: "task", "option trials", "feature price"; of a record its
                              first member that differs; NULL of REMOVED, ADDED, MODEL */
    const char *first;     /**< its text in the first artifact; NULL = it has none, or is long */
    const char *second;    /**< ... in the second */
    const segml_key *keys; /**< [key_columns] of a group or a parent */
    int64_t key_columns;   /**< of a parent fewer than there are key columns; else 0 */
} segml_difference;

/**
 * Takes a difference: header first, then global, unseen and parents' models, then groups by key.
 *
 * @return 0 to go on, anything else to stop
 * @since 0.1
 */
typedef int32_t (*segml_difference_fn)(const segml_difference *difference, void *user);

/** Options of comparing two artifacts. @since 0.1 */
typedef struct segml_diff_options {
    size_t struct_size;
    segml_difference_fn on_difference; /**< NULL = only whether there is one */
    void *user;                        /**< handed to it */
    int64_t max_bytes;                 /**< as in segml_open_options, of each artifact */
} segml_diff_options;

/** @since 0.1 */
#define SEGML_DIFF_OPTIONS_INIT                                                                    \
    {                                                                                              \
        sizeof(segml_diff_options), NULL, NULL, 0                                                  \
    }

/**
 * Compares what two artifacts say and hold. Models are compared by their digests, which
 * segml_artifact_verify() checks. How they are packed does not count.
 *
 * @return SEGML_OK (no difference); SEGML_DIFFERENT (the message counts them); SEGML_E_ARGUMENT;
 *         SEGML_E_ABI; SEGML_E_IO; SEGML_E_FORMAT; SEGML_E_LIMIT; SEGML_E_UNSUPPORTED;
 *         SEGML_E_NOMEM
 *
 * Thread-safety: any thread; the callback runs on the calling one. @since 0.1
 */
SEGML_API int segml_artifact_diff(const char *first, const char *second,
                                  const segml_diff_options *options, segml_error *err);

/** Options of checking. @since 0.1 */
typedef struct segml_verify_options {
    size_t struct_size;
    const unsigned char *public_key; /**< [32] Ed25519; NULL = signatures do not count */
    const unsigned char *signature;  /**< [64] of segml_artifact_sign() */
    segml_cancel_fn cancel;          /**< NULL = never */
    void *user;                      /**< handed to it */
    int64_t max_bytes;               /**< as in segml_open_options */
} segml_verify_options;

/** @since 0.1 */
#define SEGML_VERIFY_OPTIONS_INIT                                                                  \
    {                                                                                              \
        sizeof(segml_verify_options), NULL, NULL, NULL, NULL, 0                                    \
    }

/** What was checked. @since 0.1 */
typedef struct segml_verify_info {
    size_t struct_size;     /**< set by the caller; no more bytes are written */
    int32_t format;         /**< version of the artifact's format */
    int32_t has_index;      /**< 1; 0 = packed again by tar: there is none */
    int32_t is_signed;      /**< 1 = the signature was checked and is good */
    int32_t has_history;    /**< 1 = there is one, and it is sound */
    int64_t bytes;          /**< size of the artifact */
    int64_t unpacked;       /**< bytes of all members */
    int64_t members;        /**< of the tar */
    int64_t models;         /**< that were loaded: of groups, parents, and global ones */
    int64_t groups;         /**< groups seen in training */
    int64_t groups_trained; /**< groups with their own model */
    int64_t groups_failed;  /**< groups whose training failed */
    int64_t parents;        /**< parents of groups */
    int64_t references;     /**< groups whose models are in other artifacts, which are not read */
    int64_t rows;           /**< training rows */
    unsigned char root[32]; /**< digest of the artifact; all 0 without index */
} segml_verify_info;

/** @since 0.1 */
#define SEGML_VERIFY_INFO_INIT                                                                     \
    {                                                                                              \
        sizeof(segml_verify_info), 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,                       \
        {                                                                                          \
            0                                                                                      \
        }                                                                                          \
    }

/**
 * Reads and checks everything in an artifact: that it is a tar; every digest, of frames, contents
 * and the index; that the index is the one of the members; every tree of every model; every record,
 * and the history. Nothing is kept: memory is that of the records and the largest member.
 *
 * @param info  out, also on failure as far as it came; NULL = not wanted
 * @return SEGML_OK; SEGML_E_ARGUMENT (public_key without signature); SEGML_E_ABI; SEGML_E_IO;
 *         SEGML_E_FORMAT (damaged, or not an artifact: the message says what); SEGML_E_LIMIT;
 *         SEGML_E_UNSUPPORTED; SEGML_E_MISMATCH (signed with another key, or changed; without
 *         index, which is what is signed); SEGML_E_CANCELLED; SEGML_E_NOMEM
 *
 * Thread-safety: any thread; cancel is asked on the calling one. @since 0.1
 */
SEGML_API int segml_artifact_verify(segml_verify_info *info, const char *artifact,
                                    const segml_verify_options *options, segml_error *err);

/**
 * Signs an artifact: Ed25519 over the text "segml signature", a line feed, and its digest, 48
 * bytes. The digest covers every byte that counts; that the file's content fits it,
 * segml_artifact_verify() checks. The signature is kept apart, as MODEL.sig say.
 *
 * @param signature   out [64]
 * @param secret_key  [32] of segml_secret_key_read()
 * @return SEGML_OK; SEGML_E_ARGUMENT; SEGML_E_IO; SEGML_E_FORMAT; SEGML_E_UNSUPPORTED (without
 *         index; segml_artifact_prune() writes one); SEGML_E_NOMEM; SEGML_E_INTERNAL
 *
 * Thread-safety: any thread. @since 0.1
 */
SEGML_API int segml_artifact_sign(unsigned char *signature, const char *artifact,
                                  const unsigned char *secret_key, segml_error *err);

/**
 * Reads a secret key, as `openssl genpkey -algorithm ed25519` writes it (PEM, RFC 8410).
 *
 * @param secret_key  out [32], all 0 on failure; overwrite it after use with
 *                    segml_secret_key_wipe()
 * @return SEGML_OK; SEGML_E_ARGUMENT; SEGML_E_IO; SEGML_E_FORMAT (no such key, or one with a
 *         password); SEGML_E_LIMIT; SEGML_E_NOMEM. Thread-safety: any thread. @since 0.1
 */
SEGML_API int segml_secret_key_read(unsigned char *secret_key, const char *path, segml_error *err);

/** Overwrites a secret key [32]; NULL is allowed. Thread-safety: any thread. @since 0.1 */
SEGML_API void segml_secret_key_wipe(unsigned char *secret_key);

/**
 * Reads a public key, as `openssl pkey -pubout` writes it (PEM, RFC 8410).
 *
 * @param public_key  out [32], all 0 on failure
 * @return as segml_secret_key_read(). Thread-safety: any thread. @since 0.1
 */
SEGML_API int segml_public_key_read(unsigned char *public_key, const char *path, segml_error *err);

#ifdef __cplusplus
}
#endif

#endif
