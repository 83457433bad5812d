/* SPDX-License-Identifier: Apache-2.0 */

/*
 * Mapping files. An empty file cannot be mapped and is a map of no bytes. The kernel reads ahead,
 * megabytes on some machines, which is right for a scan and wrong where a few pages are needed of
 * each megabyte; without its reading ahead every page would be a read of its own. So who reads
 * here and there says so, and names what will be read before he reads it.
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
sg_map_scatter(const sg_map *map, int here_and_there)
{
    if (map->size > 0)
        posix_madvise((void *)map->bytes, map->size,
                      here_and_there ? POSIX_MADV_RANDOM : POSIX_MADV_NORMAL);
}

void
sg_map_expect(const sg_map *map, uint64_t offset, uint64_t size)
{
    const uint64_t page = (uint64_t)sysconf(_SC_PAGESIZE), begin = offset - offset % page;

    if (offset >= map->size || size > map->size - offset)
        return;
    posix_madvise((unsigned char *)map->bytes + begin, (size_t)(offset - begin + size),
                  POSIX_MADV_WILLNEED);
}

void
sg_map_close(sg_map *map)
{
    if (map->size > 0)
        munmap((void *)map->bytes, map->size);
    *map = (sg_map){NULL, 0};
}
