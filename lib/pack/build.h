/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SG_PACK_BUILD_H
#define SG_PACK_BUILD_H

/*
 * From trained models and their manifest to the bytes of an artifact: sg_build_artifact() if all
 * models are at hand, sg_build_begin() to sg_build_end() if they come one by one, perhaps as
 * frames of other artifacts.
 */

#include "pack/artifact.h"
#include "pack/manifest.h"

#define SG_MEMBER_README "README"
#define SG_MEMBER_MANIFEST "segml.json"
#define SG_MEMBER_GROUPS "groups.jsonl"
#define SG_MEMBER_GLOBAL "global/model.ubj"
#define SG_MEMBER_UNSEEN "global/unseen.ubj"
#define SG_MEMBER_HISTORY "history.jsonl"
#define SG_MEMBER_PARENTS "parents.jsonl"
#define SG_MEMBER_TRAINING "training.bin"

/**
 * Appends the path of a group's model, "groups/<path>/model.ubj", or of a parent's,
 * "parents/<path>/model.ubj", and a terminator that does not count.
 *
 * @return SEGML_OK; SEGML_E_NOMEM
 */
int sg_build_group_path(sg_buf *out, const segml_key *keys, int64_t key_count, segml_error *err);
int sg_build_parent_path(sg_buf *out, const segml_key *keys, int64_t columns, segml_error *err);

/**
 * Packs a group's model under its path, or a parent's.
 *
 * @param packed  all zero; released with sg_packed_clear(), also after a failure
 * @return as sg_packed_make()
 *
 * Thread-safety: a pure function.
 */
int sg_build_pack_group(sg_packed *packed, const segml_key *keys, int64_t key_count,
                        const void *ubj, size_t size, segml_error *err);
int sg_build_pack_parent(sg_packed *packed, const segml_key *keys, int64_t columns, const void *ubj,
                         size_t size, segml_error *err);

enum { SG_BUILD_MEMBERS_MAX = 8 };

/** A member's frame, new or copied from another artifact; borrowed. */
typedef struct sg_build_frame {
    const void *bytes;
    size_t packed; /* bytes of the frame */
    size_t size;   /* bytes of the member's content */
} sg_build_frame;

/** An artifact in the making: what was put, and where it is. */
typedef struct sg_build {
    sg_artifact_writer writer;
    const sg_manifest *manifest;
    sg_index_member members[SG_BUILD_MEMBERS_MAX];
    int64_t member_count;
    sg_place *groups;  /* [manifest's groups] owned */
    sg_place *parents; /* [manifest's parents] owned */
} sg_build;

/**
 * Begins an artifact: settles the manifest, and writes README, segml.json, groups.jsonl and
 * parents.jsonl. What comes next, in this order, so that equal artifacts have equal bytes: the
 * global model, the unseen one, parents and groups by number, the history, what further training
 * needs.
 *
 * @param build     all zero; released with sg_build_clear(), also after a failure
 * @param manifest  complete, with the digests of the models to come, and borrowed until the end;
 *                  what follows from its records is filled in: counts, keys[].null_seen,
 *                  has_parents, the digests of both files of records
 * @param sink      takes the bytes, with user
 * @return SEGML_OK; SEGML_E_NOMEM; SEGML_E_LIMIT (a manifest beyond what a reader accepts);
 *         SEGML_E_INTERNAL (a number that is not finite; libarchive or zstd failed); what the
 *         sink returned
 */
int sg_build_begin(sg_build *build, sg_manifest *manifest, sg_artifact_sink sink, void *user,
                   segml_error *err);

/**
 * Puts a member that is no group's or parent's model.
 *
 * @param path  SG_MEMBER_GLOBAL and so on; must outlive build
 * @return SEGML_OK; SEGML_E_INTERNAL (too many); what the sink returned
 */
int sg_build_put_member(sg_build *build, const char *path, const sg_build_frame *frame,
                        segml_error *err);

/** Puts the model of a group of the manifest, by its number; its frame holds its path. */
int sg_build_put_group(sg_build *build, int64_t group, const sg_build_frame *frame,
                       segml_error *err);

/** Puts the model of a parent of the manifest. */
int sg_build_put_parent(sg_build *build, int64_t parent, const sg_build_frame *frame,
                        segml_error *err);

/**
 * Ends the artifact with the index.
 *
 * @return SEGML_OK; SEGML_E_NOMEM; SEGML_E_LIMIT (see sg_index_write()); SEGML_E_INTERNAL (a
 *         member that the manifest promises was not put, or another was); what the sink returned
 */
int sg_build_end(sg_build *build, segml_error *err);

/** Releases what it holds; all zero again. */
void sg_build_clear(sg_build *build);

/** What an artifact is built of; members that are NULL or have no frame are not in it. */
typedef struct sg_build_members {
    const sg_packed *groups;   /* [group_count] by sg_build_pack_group(); no frame = no model */
    const sg_packed *parents;  /* [parent_count] by sg_build_pack_parent(); no frame = no model */
    const sg_packed *global;   /* packed as SG_MEMBER_GLOBAL */
    const sg_packed *unseen;   /* packed as SG_MEMBER_UNSEEN */
    const sg_packed *history;  /* packed as SG_MEMBER_HISTORY */
    const sg_packed *training; /* packed as SG_MEMBER_TRAINING */
} sg_build_members;

/**
 * Builds a whole artifact: README, the manifests, the global models, the parents' and the
 * groups' models in their order, the history, what further training needs.
 *
 * @param out       empty; the artifact appended
 * @param manifest  complete but for what follows from the members, which is filled in:
 *                  has_model, has_global, has_unseen, has_history, has_training,
 *                  has_parents, the digests, the counts, and keys[].null_seen
 * @return SEGML_OK; SEGML_E_NOMEM; SEGML_E_LIMIT (a manifest beyond what a reader accepts);
 *         SEGML_E_INTERNAL (a number that is not finite; libarchive or zstd failed)
 */
int sg_build_artifact(sg_buf *out, sg_manifest *manifest, const sg_build_members *members,
                      segml_error *err);

#endif
