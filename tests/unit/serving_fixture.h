/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SERVING_FIXTURE_H
#define SERVING_FIXTURE_H

/* Golden artifacts in pieces, and manifests made by hand, for the tests of pack and model. */

#include "base/buf.h"
#include "pack/artifact.h"
#include "pack/manifest.h"

/** Reads a golden artifact, "binary" say, or fails the test. */
void fixture_read(sg_buf *out, const char *artifact);

/** Reads one member of a golden artifact, terminated, or fails the test. */
void fixture_member(sg_buf *out, const char *artifact, const char *path);

/** Reads segml.json of a golden artifact, or fails the test. */
void fixture_manifest(sg_manifest *out, const char *artifact);

/** A manifest with its groups and parents, whose records live beside it. */
typedef struct fixture_whole {
    sg_manifest manifest;
    sg_manifest_lines groups, parents;
} fixture_whole;

/** Reads a golden artifact's manifest, groups and parents, or fails the test. */
void fixture_whole_read(fixture_whole *out, const char *artifact);

void fixture_whole_clear(fixture_whole *whole);

/**
 * A manifest of a binary task with three features, one INT64 key column "id" and count
 * groups 0, 10, 20, ..., all too_few_rows, fallback on, constant -1.5. Change what you need.
 */
void fixture_groups(sg_manifest *out, int64_t count);

/** Packs a golden member under a path of the test's, or fails the test. */
void fixture_pack(sg_packed *out, const char *path, const char *artifact, const char *member);

#endif
