/* SPDX-License-Identifier: Apache-2.0 */

/*
 * For interrupted.py: preloaded into a program, counts what it does to files of one folder, and
 * strikes once. A step is a call that opens a file for writing, writes, flushes, closes, renames,
 * links or removes one.
 *
 *     STRIKE_FOLDER   the folder; other files do not count
 *     STRIKE_AT       number of the step, from 0
 *     STRIKE_HOW      "before" or "after": the process is killed, as by kill -9; "half": after
 *                     writing half of what it should; "short": it writes half and goes on; a
 *                     number: the call fails with it
 *
 * Every step is noted by a byte in the file that STRIKE_NOTE names, '!' where it strikes.
 */

#define _GNU_SOURCE      /* syscall() */
#undef _FILE_OFFSET_BITS /* which makes open() another name of open64() */

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { FILES = 1024, PATH = 4096 };

static char watched[FILES]; /* by descriptor */
static int step;
static int note = -1;

static int
is_inside(const char *path)
{
    const char *folder = getenv("STRIKE_FOLDER");
    char here[PATH] = "";

    if (folder == NULL || path == NULL)
        return 0;
    if (path[0] != '/' && getcwd(here, sizeof here) != NULL)
        return strcmp(here, folder) == 0;
    return strncmp(path, folder, strlen(folder)) == 0;
}

static void
make_note(char what)
{
    const char *path = getenv("STRIKE_NOTE");

    if (note < 0 && path != NULL)
        note = (int)syscall(SYS_openat, AT_FDCWD, path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC,
                            0666);
    if (note >= 0)
        syscall(SYS_write, note, &what, 1);
}

static void
die(void)
{
    kill(getpid(), SIGKILL);
}

/* What befalls this step; NULL = nothing. */
static const char *
fate(void)
{
    const char *at = getenv("STRIKE_AT"), *how = getenv("STRIKE_HOW");
    int is_it = at != NULL && how != NULL && strtol(at, NULL, 10) == step;

    step++;
    make_note(is_it ? '!' : '.');
    if (is_it && strcmp(how, "before") == 0)
        die();
    return is_it ? how : NULL;
}

static int
fails(const char *how)
{
    if (how == NULL || how[0] < '0' || how[0] > '9')
        return 0;
    errno = (int)strtol(how, NULL, 10);
    return 1;
}

static void
die_after(const char *how)
{
    if (how != NULL && (strcmp(how, "after") == 0 || strcmp(how, "half") == 0))
        die();
}

static int
open_file(const char *path, int flags, mode_t mode)
{
    int counts = (flags & (O_WRONLY | O_RDWR)) != 0 && is_inside(path), file;
    const char *how = counts ? fate() : NULL;

    if (fails(how))
        return -1;
    file = (int)syscall(SYS_openat, AT_FDCWD, path, flags, mode);
    die_after(how);
    if (file >= 0 && file < FILES)
        watched[file] = (char)(counts || (flags & O_DIRECTORY && is_inside(path)));
    return file;
}

int
open(const char *path, int flags, ...)
{
    va_list list;
    mode_t mode;

    va_start(list, flags);
    mode = (flags & O_CREAT) != 0 ? (mode_t)va_arg(list, int) : 0;
    va_end(list);
    return open_file(path, flags, mode);
}

int
open64(const char *path, int flags, ...)
{
    va_list list;
    mode_t mode;

    va_start(list, flags);
    mode = (flags & O_CREAT) != 0 ? (mode_t)va_arg(list, int) : 0;
    va_end(list);
    return open_file(path, flags, mode);
}

static int
counts_file(int file)
{
    return file >= 0 && file < FILES && watched[file];
}

ssize_t
write(int file, const void *bytes, size_t size)
{
    const char *how = counts_file(file) ? fate() : NULL;
    ssize_t written;

    if (fails(how))
        return -1;
    if (how != NULL && (strcmp(how, "half") == 0 || strcmp(how, "short") == 0))
        size = (size + 1) / 2;
    written = (ssize_t)syscall(SYS_write, file, bytes, size);
    die_after(how);
    return written;
}

int
fsync(int file)
{
    const char *how = counts_file(file) ? fate() : NULL;
    int result;

    if (fails(how))
        return -1;
    result = (int)syscall(SYS_fsync, file);
    die_after(how);
    return result;
}

int
close(int file)
{
    const char *how = counts_file(file) ? fate() : NULL;
    int result = (int)syscall(SYS_close, file);

    if (file >= 0 && file < FILES)
        watched[file] = 0;
    die_after(how);
    return fails(how) ? -1 : result;
}

int
rename(const char *from, const char *to)
{
    const char *how = is_inside(to) ? fate() : NULL;
    int result;

    if (fails(how))
        return -1;
    result = (int)syscall(SYS_renameat2, AT_FDCWD, from, AT_FDCWD, to, 0);
    die_after(how);
    return result;
}

int
link(const char *from, const char *to)
{
    const char *how = is_inside(to) ? fate() : NULL;
    int result;

    if (fails(how))
        return -1;
    result = (int)syscall(SYS_linkat, AT_FDCWD, from, AT_FDCWD, to, 0);
    die_after(how);
    return result;
}
