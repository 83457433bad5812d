/* SPDX-License-Identifier: Apache-2.0 */

/*
 * Mapping files. An empty file cannot be mapped and is a map of no bytes. The kernel is told
 * nothing of how pages will be used: without its reading ahead (POSIX_MADV_RANDOM), opening an
 * artifact of a million groups from a cold disk took 61 reads instead of 2.
 */

#include "base/map.h"

#include <fcntl.h>
#include <stdint.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"

static int
map_file(sg_map *map, int fd, const char *path, segml_error *err)
{
    static const unsigned char nothing[1] = {0};
    struct stat status;
    void *bytes;

    if (fstat(fd, &status) != 0)
        return sg_file_fail(err, path, "read");
    if (!S_ISREG(status.st_mode))
        return sg_fail(err, SEGML_E_IO, "%s: not a regular file", path);
    if (status.st_size == 0) {
        map->bytes = nothing;
        return SEGML_OK;
    }
    if ((uintmax_t)status.st_size > SIZE_MAX)
        return sg_fail(err, SEGML_E_NOMEM, "%s: too large for this machine", path);
    bytes = mmap(NULL, (size_t)status.st_size, PROT_READ, MAP_SHARED, fd, 0);
    if (bytes == MAP_FAILED)
        return sg_file_fail(err, path, "map");
    *map = (sg_map){bytes, (size_t)status.st_size};
    return SEGML_OK;
}

int
sg_map_open(sg_map *map, const char *path, segml_error *err)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    int rc;

    if (fd < 0)
        return sg_file_fail(err, path, "open");
    rc = map_file(map, fd, path, err);
    close(fd);
    return rc;
}

void
sg_map_close(sg_map *map)
{
    if (map->size > 0)
        munmap((void *)map->bytes, map->size);
    *map = (sg_map){NULL, 0};
}
