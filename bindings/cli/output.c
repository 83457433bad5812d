/* SPDX-License-Identifier: Apache-2.0 */

/*
 * R1  Under the path there is the old content or the whole new one at every moment: write to
 *     a temporary file in the same folder, fsync, then link or rename. segml_model_save()
 *     keeps the same promise for models.
 * R2  Without --force a file that appears while we work is kept: link() fails where rename()
 *     would replace it. (File systems without hard links fall back to rename.)
 * R3  Devices, pipes and folders are never written or replaced.
 * R4  Writes are checked once, by ferror() at the end; the stream remembers.
 *
 * Failures of standard output are failures too: a full disk behind `> out.csv` must not end
 * in exit code 0.
 */

#include "output.h"

#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "fail.h"

static int
fail_exists(segml_error *err, const char *path)
{
    return cli_fail(err, SEGML_E_EXISTS, "%s: exists already; --force replaces it", path);
}

static int
check_target(const char *path, int overwrite, segml_error *err)
{
    struct stat status;

    if (path[0] == '\0')
        return cli_fail(err, SEGML_E_IO, "-o: the file's name is empty");
    if (lstat(path, &status) != 0)
        return errno == ENOENT ? SEGML_OK : cli_fail_system(err, path, "write");
    if (S_ISLNK(status.st_mode) && stat(path, &status) != 0)
        return overwrite ? SEGML_OK : fail_exists(err, path);
    if (!S_ISREG(status.st_mode))
        return cli_fail(err, SEGML_E_EXISTS, "%s: not a regular file", path);
    return overwrite ? SEGML_OK : fail_exists(err, path);
}

/* The folder of a path, released with free(). */
static char *
folder_of(const char *path)
{
    const char *slash = strrchr(path, '/');
    size_t length = slash == NULL ? 1 : slash == path ? 1 : (size_t)(slash - path);
    char *folder = cli_alloc((int64_t)length + 1, 1);

    if (folder != NULL)
        memcpy(folder, slash == NULL ? "." : path, length);
    return folder;
}

int
cli_output_check(const char *path, int overwrite, segml_error *err)
{
    char *folder;
    int rc = check_target(path, overwrite, err);

    if (rc < 0)
        return rc;
    folder = folder_of(path);
    if (folder == NULL)
        return cli_fail_nomem(err);
    if (access(folder, W_OK | X_OK) != 0)
        rc = cli_fail_system(err, path, "write");
    free(folder);
    return rc;
}

/* Mode 0666 less the umask, which mkstemp() would not give. */
static int
open_temporary(cli_output *out, segml_error *err)
{
    size_t capacity = strlen(out->path) + 48;
    int fd = -1;

    out->temporary = cli_alloc((int64_t)capacity, 1);
    if (out->temporary == NULL)
        return cli_fail_nomem(err);
    for (int attempt = 0; attempt < 100 && fd < 0; attempt++) {
        snprintf(out->temporary, capacity, "%s.%ld-%d.tmp", out->path, (long)getpid(), attempt);
        fd = open(out->temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
        if (fd < 0 && errno != EEXIST)
            break;
    }
    if (fd >= 0)
        out->stream = fdopen(fd, "w");
    if (out->stream != NULL)
        return SEGML_OK;
    cli_fail_system(err, out->path, "write");
    if (fd >= 0) {
        close(fd);
        unlink(out->temporary);
    }
    free(out->temporary);
    out->temporary = NULL;
    return err != NULL ? err->code : SEGML_E_IO;
}

int
cli_output_begin(cli_output *out, const char *path, int overwrite, segml_error *err)
{
    int rc;

    if (path == NULL || strcmp(path, "-") == 0) {
        out->stream = stdout;
        return SEGML_OK;
    }
    out->path = path;
    out->overwrite = overwrite;
    rc = check_target(path, overwrite, err);
    return rc < 0 ? rc : open_temporary(out, err);
}

static int
publish(const cli_output *out)
{
    if (out->overwrite)
        return rename(out->temporary, out->path);
    if (link(out->temporary, out->path) == 0)
        return unlink(out->temporary);
    if (errno == EPERM || errno == EOPNOTSUPP || errno == ENOSYS || errno == EMLINK)
        return rename(out->temporary, out->path);
    return -1;
}

/* The new name survives a crash; a folder that cannot be synchronised is no failure. */
static void
sync_folder(const char *path)
{
    char *folder = folder_of(path);
    int fd = folder != NULL ? open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC) : -1;

    if (fd >= 0) {
        fsync(fd);
        close(fd);
    }
    free(folder);
}

int
cli_output_commit(cli_output *out, segml_error *err)
{
    int rc = SEGML_OK;

    if (out->path == NULL)
        return cli_output_flush_stdout(err);
    errno = EIO; /* of a write that failed earlier, if nothing fails now */
    if (fflush(out->stream) != 0 || ferror(out->stream) || fsync(fileno(out->stream)) != 0)
        rc = cli_fail_system(err, out->path, "write");
    if (fclose(out->stream) != 0 && rc == SEGML_OK)
        rc = cli_fail_system(err, out->path, "write");
    out->stream = NULL;
    if (rc == SEGML_OK && publish(out) != 0)
        rc = errno == EEXIST ? fail_exists(err, out->path)
                             : cli_fail_system(err, out->path, "write");
    if (rc == SEGML_OK)
        sync_folder(out->path);
    else
        unlink(out->temporary);
    free(out->temporary);
    out->temporary = NULL;
    return rc;
}

void
cli_output_abandon(cli_output *out)
{
    if (out->temporary == NULL)
        return;
    fclose(out->stream);
    unlink(out->temporary);
    free(out->temporary);
    memset(out, 0, sizeof *out);
}

int
cli_output_flush_stdout(segml_error *err)
{
    errno = EIO;
    if (fflush(stdout) != 0 || ferror(stdout))
        return cli_fail_system(err, "standard output", "write");
    return SEGML_OK;
}

void
cli_write_cell(FILE *stream, const char *text, size_t length)
{
    /* A byte order mark that belongs to the text must not begin a file bare. */
    if (strcspn(text, ",\"\r\n") == length && strncmp(text, "\xEF\xBB\xBF", 3) != 0) {
        fwrite(text, 1, length, stream);
        return;
    }
    putc('"', stream);
    for (size_t i = 0; i < length; i++) {
        if (text[i] == '"')
            putc('"', stream);
        putc(text[i], stream);
    }
    putc('"', stream);
}

void
cli_write_float(FILE *stream, float value)
{
    if (!isnan(value))
        fprintf(stream, "%.9g", (double)value);
}
