/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SG_MODEL_RESOLVE_FILE_H
#define SG_MODEL_RESOLVE_FILE_H

/* The built-in resolver: file: references, in a folder that they cannot leave. */

#include <limits.h>

#include "base/status.h"

/** A file as it was at some moment: another one after every replacement and every write. */
typedef struct sg_file_state {
    uint64_t device, inode, size, modified, modified_ns, changed, changed_ns; /* 0 = no file */
} sg_file_state;

/** Where references are looked for. */
typedef struct sg_file_roots {
    const char *parent; /* path of the artifact that holds them; NULL = it is in memory */
    const char *root;   /* folder that they must stay in; NULL = the parent's */
} sg_file_roots;

/** A file that a reference names. */
typedef struct sg_file_found {
    char path[PATH_MAX]; /* absolute, without links */
    sg_file_state state; /* before anybody has opened it */
} sg_file_found;

/**
 * Finds the file of "file:<relative path>". The path is taken as it is, byte for byte; it is
 * relative to the parent's folder, or to the root for a parent in memory.
 *
 * @return SEGML_OK; SEGML_E_FORMAT (the path is empty, absolute, or has a component "..");
 *         SEGML_E_IO (another scheme, no such file, or links lead out of the root).
 *         Thread-safety: any thread
 */
int sg_resolve_file(sg_file_found *found, const sg_file_roots *roots, const char *uri,
                    segml_error *err);

#endif
