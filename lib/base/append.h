/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SG_BASE_APPEND_H
#define SG_BASE_APPEND_H

/* A file that grows at its end, of one user at a time. */

#include <stddef.h>
#include <stdint.h>

#include "base/status.h"

typedef struct sg_append {
    char *path;
    int fd;        /* -1 = closed */
    uint64_t size; /* of the file; what is behind it was not written whole */
} sg_append;

/**
 * Opens a file, which is made if it is not there, and locks it.
 *
 * @param file  released with sg_append_close(), also after a failure
 * @return SEGML_OK; SEGML_E_EXISTS (not a regular file; in use by another training); SEGML_E_IO;
 *         SEGML_E_NOMEM
 */
int sg_append_open(sg_append *file, const char *path, segml_error *err);

/**
 * Appends bytes by one call of write() where the system takes them all. After a failure the file
 * is as long as before.
 *
 * @return SEGML_OK; SEGML_E_IO
 */
int sg_append_write(sg_append *file, const void *bytes, size_t size, segml_error *err);

/** Cuts the file off. @return SEGML_OK; SEGML_E_IO */
int sg_append_cut(sg_append *file, uint64_t size, segml_error *err);

/** Has what was written on the disk. @return SEGML_OK; SEGML_E_IO */
int sg_append_flush(sg_append *file, segml_error *err);

/** Unlocks and releases; the file stays. All zero but for fd is closed. */
void sg_append_close(sg_append *file);

/**
 * Reads bytes of a file.
 *
 * @param name  for messages
 * @return SEGML_OK; SEGML_E_IO (also if there are fewer)
 */
int sg_append_read_at(int fd, const char *name, uint64_t offset, void *bytes, size_t size,
                      segml_error *err);

#endif
