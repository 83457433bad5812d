/* SPDX-License-Identifier: Apache-2.0 */

/*
 * Files.
 *
 * R1  The path holds the old content or the whole new one at every moment, also
 *     after a crash: write to a temporary file, fsync it, rename or link, fsync the
 *     folder.
 * R2  Only regular files are written. A symbolic link is replaced, not followed.
 * R3  Without overwrite a file that appears between check and end is kept: link()
 *     fails where rename() would replace it. (File systems without hard links fall
 *     back to rename.)
 * R4  EINTR and short writes are retried, every other failure is reported with the
 *     path and the system's reason, and the temporary file is removed.
 * R5  Everything that can be known to fail fails before the file has its name: afterwards
 *     only flushing the folder is left. A folder that may be written to but not read cannot
 *     be opened to be flushed; when its entry gets to the disk is then up to the system.
 */

#include "base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/alloc.h"

#ifdef SG_FAULT_INJECTION
static int calls, fail_after = -1, fail_code;

int
sg_file_inject(int after, int code)
{
    int seen = calls;

    calls = 0;
    fail_after = after;
    fail_code = code;
    return seen;
}

int
sg_file_fails(void)
{
    int fails = fail_after >= 0 && calls == fail_after;

    calls++;
    if (fails)
        errno = fail_code;
    return fails;
}
#endif

int
sg_file_fail(segml_error *err, const char *path, const char *action)
{
    char reason[128] = "";
    int code = errno;

    if (strerror_r(code, reason, sizeof reason) != 0)
        snprintf(reason, sizeof reason, "error %d", code);
    return sg_fail(err, code == ENOMEM ? SEGML_E_NOMEM : SEGML_E_IO, "%s: cannot %s: %s", path,
                   action, reason);
}

/* Reads to the end; one byte of room is always left, so that no limit hides what is behind it. */
static int
read_all(sg_buf *out, int fd, const char *path, segml_error *err)
{
    for (;;) {
        int rc = sg_buf_reserve(out, 0, err);
        ssize_t got;

        if (rc < 0)
            return rc;
        got = read(fd, out->bytes + out->size, out->capacity - out->size);
        if (got == 0)
            return SEGML_OK;
        if (got < 0 && errno != EINTR)
            return sg_file_fail(err, path, "read");
        out->size += got > 0 ? (size_t)got : 0;
    }
}

int
sg_file_open(int *fd, uint64_t *size, const char *path, segml_error *err)
{
    struct stat status;
    int rc = SEGML_OK;

    *fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (*fd < 0)
        return sg_file_fail(err, path, "open");
    if (fstat(*fd, &status) != 0)
        rc = sg_file_fail(err, path, "read");
    else if (!S_ISREG(status.st_mode))
        rc = sg_fail(err, SEGML_E_IO, "%s: not a regular file", path);
    *size = rc == SEGML_OK ? (uint64_t)status.st_size : 0;
    if (rc < 0) {
        close(*fd);
        *fd = -1;
    }
    return rc;
}

int
sg_file_read(sg_buf *out, const char *path, segml_error *err)
{
    uint64_t size;
    int fd;
    int rc = sg_file_open(&fd, &size, path, err);

    if (rc < 0)
        return rc;
    if (out->max != 0 && size > out->max)
        rc = sg_fail(err, SEGML_E_LIMIT, "%s: %llu bytes are more than the limit of %zu", path,
                     (unsigned long long)size, out->max);
    if (rc == SEGML_OK)
        rc = sg_buf_reserve(out, (size_t)size, err);
    if (rc == SEGML_OK)
        rc = read_all(out, fd, path, err);
    close(fd);
    return rc;
}

static int
write_all(int fd, const unsigned char *bytes, size_t size)
{
    const size_t chunk = (size_t)1 << 20;

    while (size > 0) {
        ssize_t written = sg_file_fails() ? -1 : write(fd, bytes, size < chunk ? size : chunk);

        if (written < 0 && errno != EINTR)
            return -1;
        if (written > 0) {
            bytes += written;
            size -= (size_t)written;
        }
    }
    return 0;
}

static int
sync_fd(int fd)
{
    return sg_file_fails() ? -1 : fsync(fd);
}

/*
 * Opens the folder of a path. The path is cut for a moment: no memory is asked for that could be
 * missing now.
 *
 * @param fd  out: -1 if the folder must not be read (R5)
 * @return 0, or -1 with errno
 */
static int
open_folder(int *fd, char *path)
{
    char *slash = strrchr(path, '/');
    const char *folder = slash == NULL ? "." : slash == path ? "/" : path;

    if (slash != NULL && slash != path)
        *slash = '\0';
    *fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (slash != NULL)
        *slash = '/';
    return *fd >= 0 || errno == EACCES ? 0 : -1;
}

/* EINVAL: a file system that cannot sync folders. */
static int
sync_folder(int fd)
{
    return fd < 0 || sync_fd(fd) == 0 || errno == EINVAL ? 0 : -1;
}

static int
fail_exists(const char *path, segml_error *err)
{
    return sg_fail(err, SEGML_E_EXISTS, "%s: exists already; ask to overwrite it", path);
}

/* Whether the path may be written; a missing file may. */
static int
check_target(const char *path, int overwrite, segml_error *err)
{
    struct stat status;

    if (lstat(path, &status) != 0)
        return errno == ENOENT ? SEGML_OK : sg_file_fail(err, path, "write");
    if (!S_ISREG(status.st_mode) && !S_ISLNK(status.st_mode))
        return sg_fail(err, SEGML_E_EXISTS, "%s: not a regular file", path);
    if (S_ISLNK(status.st_mode) && stat(path, &status) == 0 && !S_ISREG(status.st_mode))
        return sg_fail(err, SEGML_E_EXISTS, "%s: not a regular file", path);
    return overwrite ? SEGML_OK : fail_exists(path, err);
}

/* Gives the temporary file its name; 0, or -1 with errno. */
static int
publish(const char *temporary, const char *path, int overwrite)
{
    if (sg_file_fails())
        return -1;
    if (overwrite)
        return rename(temporary, path);
    if (link(temporary, path) == 0) {
        unlink(temporary);
        return 0;
    }
    if (errno == EPERM || errno == EOPNOTSUPP || errno == ENOSYS || errno == EMLINK)
        return rename(temporary, path);
    return -1;
}

/*
 * Creates a file of a new name beside the path: mode 0666 less the umask, which
 * mkstemp() would not give and which cannot be read without changing it. The path's
 * own name is left out: it may be as long as a name can be. Processes that were killed
 * leave their files, and in a container all have the same id: hence the time.
 */
static int
create_temporary(char **temporary, const char *path, segml_error *err)
{
    const char *slash = strrchr(path, '/');
    int folder = slash != NULL ? (int)(slash - path) + 1 : 0;
    size_t capacity = (size_t)folder + 96;
    struct timespec now = {0, 0};
    int fd = -1;

    *temporary = sg_alloc_array((int64_t)capacity, 1);
    if (*temporary == NULL) {
        sg_fail_nomem(err);
        return -1;
    }
    clock_gettime(CLOCK_REALTIME, &now);
    for (int attempt = 0; attempt < 100 && fd < 0; attempt++) {
        snprintf(*temporary, capacity, "%.*s.segml-%ld-%lld-%ld-%d.tmp", folder, path,
                 (long)getpid(), (long long)now.tv_sec, now.tv_nsec, attempt);
        fd = open(*temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
        if (fd < 0 && errno != EEXIST)
            break;
    }
    if (fd < 0)
        sg_file_fail(err, path, "write");
    return fd;
}

static void
end_writer(sg_file_writer *writer)
{
    sg_free(writer->temporary);
    sg_free(writer->path);
    *writer = (sg_file_writer){0};
}

int
sg_file_begin(sg_file_writer *writer, const char *path, int overwrite, segml_error *err)
{
    segml_error local = SEGML_ERROR_INIT;
    int rc = check_target(path, overwrite, err);

    if (rc < 0)
        return rc;
    writer->overwrite = overwrite;
    writer->path = sg_alloc_text(path, strlen(path));
    writer->fd = writer->path != NULL ? create_temporary(&writer->temporary, path, &local) : -1;
    if (writer->path == NULL)
        rc = sg_fail_nomem(err);
    else if (writer->fd < 0)
        rc = sg_fail(err, local.code, "%s", local.message);
    if (rc < 0)
        end_writer(writer);
    return rc;
}

int
sg_file_append(sg_file_writer *writer, const void *bytes, size_t size, segml_error *err)
{
    return write_all(writer->fd, bytes, size) != 0 ? sg_file_fail(err, writer->path, "write")
                                                   : SEGML_OK;
}

int
sg_file_commit(sg_file_writer *writer, segml_error *err)
{
    int folder = -1;
    int rc = SEGML_OK;

    if (sync_fd(writer->fd) != 0)
        rc = sg_file_fail(err, writer->path, "write");
    if ((close(writer->fd) != 0 || sg_file_fails()) && rc == SEGML_OK)
        rc = sg_file_fail(err, writer->path, "write");
    if (rc == SEGML_OK && open_folder(&folder, writer->temporary) != 0)
        rc = sg_file_fail(err, writer->path, "open the folder of");
    if (rc == SEGML_OK && publish(writer->temporary, writer->path, writer->overwrite) != 0)
        rc = errno == EEXIST ? fail_exists(writer->path, err)
                             : sg_file_fail(err, writer->path, "write");
    if (rc < 0)
        unlink(writer->temporary);
    else if (sync_folder(folder) != 0)
        rc = sg_file_fail(err, writer->path, "flush the folder of");
    if (folder >= 0)
        close(folder);
    end_writer(writer);
    return rc;
}

void
sg_file_abort(sg_file_writer *writer)
{
    if (writer->path == NULL)
        return;
    close(writer->fd);
    unlink(writer->temporary);
    end_writer(writer);
}

int
sg_file_replace(const char *path, const void *bytes, size_t size, int overwrite, segml_error *err)
{
    sg_file_writer writer = {0};
    int rc = sg_file_begin(&writer, path, overwrite, err);

    if (rc == SEGML_OK)
        rc = sg_file_append(&writer, bytes, size, err);
    if (rc == SEGML_OK)
        rc = sg_file_commit(&writer, err);
    sg_file_abort(&writer);
    return rc;
}
