/* SPDX-License-Identifier: Apache-2.0 */

/*
 * Resolving file: references.
 *
 * R1  A reference comes from a file that may be hostile. It is relative and has no component "..",
 *     so that a glance at an artifact tells where it reaches; and what it names, with all
 *     symbolic links followed, lies below the root with all of its links followed.
 * R2  Nothing is percent-decoded: names of children hold percent signs of their own.
 * R3  The state of a file is taken before it is opened. If it is replaced in between, the state is
 *     that of the old file, and the next look sees a change that there was not: never the other
 *     way round.
 *
 * Who may write below the root can still swap a folder for a link between the check and the
 * opening. Whoever can do that can replace the artifacts as well; pins are against both.
 */

#define _XOPEN_SOURCE 700 /* realpath() */

#include "model/resolve_file.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

static const char scheme[] = "file:";

static int
fail_path(segml_error *err, const char *path)
{
    char reason[128] = "";
    int code = errno;

    if (strerror_r(code, reason, sizeof reason) != 0)
        snprintf(reason, sizeof reason, "error %d", code);
    return sg_fail(err, code == ENOMEM ? SEGML_E_NOMEM : SEGML_E_IO, "cannot find %s: %s", path,
                   reason);
}

/* R1, without a look at the disk. */
static int
check_relative(const char *path, segml_error *err)
{
    if (*path == '\0')
        return sg_fail(err, SEGML_E_FORMAT, "it names no file");
    if (*path == '/')
        return sg_fail(err, SEGML_E_FORMAT, "it is absolute; references are relative");
    for (const char *part = path; part != NULL; part = strchr(part, '/')) {
        part += *part == '/';
        if (part[0] == '.' && part[1] == '.' && (part[2] == '/' || part[2] == '\0'))
            return sg_fail(err, SEGML_E_FORMAT, "it has a component \"..\"");
    }
    return SEGML_OK;
}

/* Bytes of the path to a file's folder, the slash included; 0 = the working folder. */
static size_t
folder_length(const char *path)
{
    const char *slash = strrchr(path, '/');

    return slash != NULL ? (size_t)(slash - path) + 1 : 0;
}

static int
join(char out[PATH_MAX], const sg_file_roots *roots, const char *relative)
{
    int length = roots->parent != NULL
                     ? snprintf(out, PATH_MAX, "%.*s%s", (int)folder_length(roots->parent),
                                roots->parent, relative)
                     : snprintf(out, PATH_MAX, "%s/%s", roots->root, relative);

    return length >= 0 && length < PATH_MAX;
}

/* The root without links. */
static int
find_root(char out[PATH_MAX], const sg_file_roots *roots, segml_error *err)
{
    char folder[PATH_MAX] = ".";
    const char *root = roots->root != NULL ? roots->root : folder;

    if (roots->root == NULL && folder_length(roots->parent) > 0 &&
        snprintf(folder, sizeof folder, "%.*s", (int)folder_length(roots->parent), roots->parent) >=
            PATH_MAX)
        return sg_fail(err, SEGML_E_IO, "the artifact's path is too long");
    return realpath(root, out) != NULL ? SEGML_OK : fail_path(err, root);
}

/* The root itself is no artifact, which opening it finds out. */
static int
is_below(const char *path, const char *root)
{
    size_t length = strcmp(root, "/") == 0 ? 0 : strlen(root);

    return strncmp(path, root, length) == 0 && (path[length] == '/' || path[length] == '\0');
}

static sg_file_state
state_of(const struct stat *status)
{
    return (sg_file_state){.device = (uint64_t)status->st_dev,
                           .inode = (uint64_t)status->st_ino,
                           .size = (uint64_t)status->st_size,
                           .modified = (uint64_t)status->st_mtim.tv_sec,
                           .modified_ns = (uint64_t)status->st_mtim.tv_nsec,
                           .changed = (uint64_t)status->st_ctim.tv_sec,
                           .changed_ns = (uint64_t)status->st_ctim.tv_nsec};
}

int
sg_resolve_file(sg_file_found *found, const sg_file_roots *roots, const char *uri, segml_error *err)
{
    const char *relative = uri + sizeof scheme - 1;
    char joined[PATH_MAX], root[PATH_MAX];
    struct stat status;
    int rc;

    if (strncmp(uri, scheme, sizeof scheme - 1) != 0)
        return sg_fail(err, SEGML_E_IO, "without a resolver only file: references are found");
    if (roots->parent == NULL && roots->root == NULL)
        return sg_fail(err, SEGML_E_IO,
                       "an artifact in memory has no folder: give reference_root or a resolver");
    rc = check_relative(relative, err);
    if (rc == SEGML_OK)
        rc = find_root(root, roots, err);
    if (rc < 0)
        return rc;
    if (!join(joined, roots, relative))
        return sg_fail(err, SEGML_E_IO, "its path is too long");
    if (realpath(joined, found->path) == NULL)
        return fail_path(err, joined);
    if (!is_below(found->path, root))
        return sg_fail(err, SEGML_E_IO, "%s is outside of %s, which references must stay in",
                       found->path, root);
    if (stat(found->path, &status) != 0)
        return fail_path(err, found->path);
    found->state = state_of(&status);
    return SEGML_OK;
}
