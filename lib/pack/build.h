/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SG_PACK_BUILD_H
#define SG_PACK_BUILD_H

/* From trained models and their manifest to the bytes of an artifact. */

#include "pack/artifact.h"
#include "pack/manifest.h"

#define SG_MEMBER_README "README"
#define SG_MEMBER_MANIFEST "segml.json"
#define SG_MEMBER_GROUPS "groups.jsonl"
#define SG_MEMBER_GLOBAL "global/model.ubj"
#define SG_MEMBER_UNSEEN "global/unseen.ubj"
#define SG_MEMBER_HISTORY "history.jsonl"

/**
 * Appends the path of a group's model, "groups/<path>/model.ubj", and a terminator that
 * does not count.
 *
 * @return SEGML_OK; SEGML_E_NOMEM
 */
int sg_build_group_path(sg_buf *out, const segml_key *keys, int64_t key_count, segml_error *err);
int sg_build_parent_path(sg_buf *out, const segml_key *keys, int64_t columns, segml_error *err);

/**
 * Packs a group's model under its path.
 *
 * @param packed  all zero; released with sg_packed_clear(), also after a failure
 * @return as sg_packed_make()
 *
 * Thread-safety: a pure function.
 */
int sg_build_pack_group(sg_packed *packed, const segml_key *keys, int64_t key_count,
                        const void *ubj, size_t size, segml_error *err);

/** What an artifact is built of; members that are NULL or have no frame are not in it. */
typedef struct sg_build_members {
    const sg_packed *groups;  /* [group_count] by sg_build_pack_group(); no frame = no model */
    const sg_packed *global;  /* packed as SG_MEMBER_GLOBAL */
    const sg_packed *unseen;  /* packed as SG_MEMBER_UNSEEN */
    const sg_packed *history; /* packed as SG_MEMBER_HISTORY */
} sg_build_members;

/**
 * Builds a whole artifact: README, both manifests, the global models, the groups' models
 * in the order of the groups, the history.
 *
 * @param out       empty; the artifact appended
 * @param manifest  complete but for what follows from the members, which is filled in:
 *                  has_model, has_global, has_unseen, has_history, the digests, and
 *                  keys[].null_seen
 * @return SEGML_OK; SEGML_E_NOMEM; SEGML_E_LIMIT (a manifest beyond what a reader accepts);
 *         SEGML_E_INTERNAL (a number that is not finite; libarchive or zstd failed)
 */
int sg_build_artifact(sg_buf *out, sg_manifest *manifest, const sg_build_members *members,
                      segml_error *err);

#endif
