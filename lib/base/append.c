/* SPDX-License-Identifier: Apache-2.0 */

/*
 * Files that grow.
 *
 * R1  The lock is flock()'s: it belongs to the open file, so it also keeps two users of one
 *     process apart, and it is gone with the process, however that ends. fcntl()'s record locks
 *     do neither.
 * R2  A user may remove the file while another waits to open it: after locking, the name must
 *     still be that of the file.
 * R3  A write that fails half way is cut off again. If that fails too, whoever reads the file
 *     finds a block that is not whole.
 */

#include "base/append.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/file.h"

enum { OPENINGS = 100 };

static int
fail_path(const sg_append *file, const char *action, segml_error *err)
{
    return sg_file_fail(err, file->path, action);
}

/* 1: locked, and still the file of that name; 0: try again. */
static int
lock(sg_append *file, segml_error *err)
{
    struct stat here, there;

    if (fstat(file->fd, &here) != 0)
        return fail_path(file, "read", err);
    if (!S_ISREG(here.st_mode))
        return sg_fail(err, SEGML_E_EXISTS, "%s: not a regular file", file->path);
    if (flock(file->fd, LOCK_EX | LOCK_NB) != 0) {
        if (errno == EWOULDBLOCK)
            return sg_fail(err, SEGML_E_EXISTS, "%s: in use by another training", file->path);
        return errno == EINTR ? 0 : fail_path(file, "lock", err);
    }
    if (fstat(file->fd, &here) != 0)
        return fail_path(file, "read", err);
    file->size = (uint64_t)here.st_size;
    return stat(file->path, &there) == 0 && here.st_dev == there.st_dev &&
           here.st_ino == there.st_ino;
}

int
sg_append_open(sg_append *file, const char *path, segml_error *err)
{
    const int flags = O_RDWR | O_CREAT | O_CLOEXEC | O_NONBLOCK;
    int rc = 0;

    *file = (sg_append){sg_alloc_text(path, strlen(path)), -1, 0};
    if (file->path == NULL)
        return sg_fail_nomem(err);
    for (int i = 0; i < OPENINGS && rc == 0; i++) {
        if (file->fd >= 0)
            close(file->fd);
        file->fd = sg_file_fails() ? -1 : open(path, flags, 0666);
        if (file->fd < 0)
            return fail_path(file, "write", err);
        rc = lock(file, err);
    }
    if (rc == 0)
        return sg_fail(err, SEGML_E_IO, "%s: cannot be locked: it is replaced again and again",
                       path);
    return rc < 0 ? rc : SEGML_OK;
}

int
sg_append_write(sg_append *file, const void *bytes, size_t size, segml_error *err)
{
    const unsigned char *next = bytes;
    size_t left = size;

    while (left > 0) {
        off_t end = (off_t)(file->size + (size - left));
        ssize_t written = sg_file_fails() ? -1 : pwrite(file->fd, next, left, end);

        if (written < 0 && errno != EINTR) {
            int rc = fail_path(file, "write", err);

            /* What cannot be cut off is no whole block. */
            return ftruncate(file->fd, (off_t)file->size) == 0 ? rc : SEGML_E_IO;
        }
        next += written > 0 ? written : 0;
        left -= written > 0 ? (size_t)written : 0;
    }
    file->size += size;
    return SEGML_OK;
}

int
sg_append_cut(sg_append *file, uint64_t size, segml_error *err)
{
    if (sg_file_fails() || ftruncate(file->fd, (off_t)size) != 0)
        return fail_path(file, "cut off", err);
    file->size = size;
    return SEGML_OK;
}

int
sg_append_flush(sg_append *file, segml_error *err)
{
    if (sg_file_fails() || fdatasync(file->fd) != 0)
        return fail_path(file, "write", err);
    return SEGML_OK;
}

void
sg_append_close(sg_append *file)
{
    if (file->path != NULL && file->fd >= 0)
        close(file->fd);
    sg_free(file->path);
    *file = (sg_append){NULL, -1, 0};
}

int
sg_append_read_at(int fd, const char *name, uint64_t offset, void *bytes, size_t size,
                  segml_error *err)
{
    unsigned char *next = bytes;

    while (size > 0) {
        ssize_t got = pread(fd, next, size, (off_t)offset);

        if (got == 0)
            return sg_fail(err, SEGML_E_IO, "%s: it has become shorter", name);
        if (got < 0 && errno != EINTR)
            return sg_file_fail(err, name, "read");
        next += got > 0 ? got : 0;
        offset += got > 0 ? (uint64_t)got : 0;
        size -= got > 0 ? (size_t)got : 0;
    }
    return SEGML_OK;
}
