/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SG_BASE_FILE_H
#define SG_BASE_FILE_H

/* Whole files: read into memory, or replaced atomically, at once or piece by piece. */

#include "base/buf.h"

/**
 * Opens a regular file to be read.
 *
 * @param fd  out: for close(); -1 on failure
 * @return SEGML_OK; SEGML_E_IO
 */
int sg_file_open(int *fd, uint64_t *size, const char *path, segml_error *err);

/**
 * Reads a regular file.
 *
 * @param out  empty; its max, if set, is the largest size that is read
 * @return SEGML_OK; SEGML_E_IO; SEGML_E_LIMIT; SEGML_E_NOMEM
 */
int sg_file_read(sg_buf *out, const char *path, segml_error *err);

/**
 * Writes a regular file so that under its name there is always the old or the whole
 * new content: a temporary file in the same folder, fsync, rename, fsync of the
 * folder. On failure the temporary file is removed.
 *
 * @param overwrite  0: an existing file is an error, also one that appears meanwhile
 * @return SEGML_OK; SEGML_E_EXISTS (exists, or is not a regular file); SEGML_E_IO;
 *         SEGML_E_NOMEM
 */
int sg_file_replace(const char *path, const void *bytes, size_t size, int overwrite,
                    segml_error *err);

/* A file in the making: what is appended goes to a temporary file in the same folder. */
typedef struct sg_file_writer {
    char *path;      /* owned; NULL = not begun, committed or given up */
    char *temporary; /* owned */
    int fd;
    int overwrite;
} sg_file_writer;

/**
 * Begins a file.
 *
 * @param writer  all zero; ended with sg_file_commit() or sg_file_abort()
 * @param path    copied
 * @return as sg_file_replace(); after a failure the writer is all zero
 */
int sg_file_begin(sg_file_writer *writer, const char *path, int overwrite, segml_error *err);

/** Appends. @return SEGML_OK; SEGML_E_IO; after a failure the file can only be given up */
int sg_file_append(sg_file_writer *writer, const void *bytes, size_t size, segml_error *err);

/**
 * Flushes the file and gives it its name. The writer is all zero again, also after a failure,
 * which leaves no temporary file.
 *
 * @return as sg_file_replace()
 */
int sg_file_commit(sg_file_writer *writer, segml_error *err);

/** Gives up: removes the temporary file. Does nothing where no file is begun. */
void sg_file_abort(sg_file_writer *writer);

/** Fails with errno's reason: "path: cannot action: reason". @return SEGML_E_IO; SEGML_E_NOMEM */
int sg_file_fail(segml_error *err, const char *path, const char *action);

#ifdef SG_FAULT_INJECTION
/**
 * Test builds only: the call number `after` (from 0) of write, fsync, rename or close
 * fails with error number `code`; a negative `after` switches off. Returns the number of
 * such calls since the last one.
 */
int sg_file_inject(int after, int code);

/** Counts a call that may fail; 1, and errno is set: it is to fail. */
int sg_file_fails(void);
#else
static inline int
sg_file_fails(void)
{
    return 0;
}
#endif

#endif
