/* SPDX-License-Identifier: Apache-2.0 */

/*
 * Input through libarchive's read filters, with its "raw" format: the whole file is one
 * member, plain or packed.
 *
 * The file is read here and handed to libarchive by callback, not opened by it, because
 * only so a failing disk (SEGML_E_IO) and damaged packed data (SEGML_E_FORMAT) can be
 * told apart, and Ctrl-C ends a read that waits for a pipe.
 */

#include "source.h"

#include <archive.h>
#include <archive_entry.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "fail.h"
#include "signals.h"

enum { BLOCK = 256 * 1024 };

struct cli_source {
    const char *path;
    struct archive *archive;
    int fd;
    int failed; /* errno of a read that failed, 0 = none */
    int ended;
    char block[BLOCK];
};

static la_ssize_t
read_block(struct archive *archive, void *user, const void **bytes)
{
    cli_source *source = user;
    ssize_t got;

    do {
        got = read(source->fd, source->block, sizeof source->block);
    } while (got < 0 && errno == EINTR && !cli_interrupted());
    if (got < 0) {
        source->failed = errno;
        archive_set_error(archive, errno, "read failed");
        return -1;
    }
    *bytes = source->block;
    return got;
}

static int
fail_read(const cli_source *source, segml_error *err)
{
    const char *reason = archive_error_string(source->archive);

    if (cli_interrupted())
        return cli_fail_interrupted(err);
    if (source->failed != 0) {
        errno = source->failed;
        return cli_fail_system(err, source->path, "read");
    }
    if (archive_errno(source->archive) == ENOMEM || reason == NULL)
        return cli_fail_nomem(err);
    return cli_fail(err, SEGML_E_FORMAT, "%s: damaged: %s", source->path, reason);
}

/*
 * A warning of a filter says that an outside program would do the work; what needs it fails
 * when it is read. Callback data and entry are set here because libarchive's shorter ways do
 * not look whether their memory was there.
 */
static int
set_up(struct archive *archive, cli_source *source)
{
    return archive_read_support_filter_gzip(archive) >= ARCHIVE_WARN &&
           archive_read_support_filter_xz(archive) >= ARCHIVE_WARN &&
           archive_read_support_filter_zstd(archive) >= ARCHIVE_WARN &&
           archive_read_support_format_raw(archive) == ARCHIVE_OK &&
           archive_read_support_format_empty(archive) == ARCHIVE_OK &&
           archive_read_set_callback_data(archive, source) == ARCHIVE_OK &&
           archive_read_set_read_callback(archive, read_block) == ARCHIVE_OK;
}

static int
open_archive(cli_source *source, segml_error *err)
{
    struct archive_entry *entry = archive_entry_new();
    int status = ARCHIVE_FATAL;
    int rc = SEGML_OK;

    source->archive = archive_read_new();
    if (entry == NULL || source->archive == NULL || !set_up(source->archive, source)) {
        rc = cli_fail_nomem(err);
        goto out;
    }
    if (archive_read_open1(source->archive) == ARCHIVE_OK)
        status = archive_read_next_header2(source->archive, entry);
    source->ended = status == ARCHIVE_EOF;
    if (status != ARCHIVE_OK && status != ARCHIVE_EOF)
        rc = fail_read(source, err);
out:
    archive_entry_free(entry);
    return rc;
}

int
cli_source_open(cli_source **out, const char *path, segml_error *err)
{
    cli_source *source = cli_alloc(1, sizeof *source);
    int is_stdin = strcmp(path, "-") == 0;
    int rc;

    *out = NULL;
    if (source == NULL)
        return cli_fail_nomem(err);
    source->path = is_stdin ? "standard input" : path;
    source->fd = is_stdin ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC);
    if (source->fd < 0)
        rc = cli_fail_system(err, path, "open");
    else
        rc = open_archive(source, err);
    if (rc < 0)
        cli_source_close(source);
    else
        *out = source;
    return rc;
}

int
cli_source_next(cli_source *source, const void **bytes, size_t *size, segml_error *err)
{
    la_int64_t offset = 0;

    *size = 0;
    if (cli_interrupted())
        return cli_fail_interrupted(err);
    while (!source->ended && *size == 0) {
        int status = archive_read_data_block(source->archive, bytes, size, &offset);

        if (status == ARCHIVE_EOF) {
            source->ended = 1;
            *size = 0;
        } else if (status != ARCHIVE_OK) {
            return fail_read(source, err);
        }
    }
    return SEGML_OK;
}

void
cli_source_close(cli_source *source)
{
    if (source == NULL)
        return;
    archive_read_free(source->archive);
    if (source->fd > STDERR_FILENO)
        close(source->fd);
    free(source);
}
