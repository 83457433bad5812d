/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SG_BASE_MAP_H
#define SG_BASE_MAP_H

/* A whole file in memory without reading it: its pages are shared with other processes. */

#include <stddef.h>
#include <stdint.h>

#include "base/status.h"

typedef struct sg_map {
    const unsigned char *bytes; /* [size]; NULL = none */
    size_t size;
} sg_map;

/**
 * Maps a regular file. Nobody may shorten it until sg_map_close(): a page that is gone kills the
 * process that reads it. Replacing the file by another one of its name is fine.
 *
 * @param map  all zero; released with sg_map_close(), also after a failure
 * @return SEGML_OK; SEGML_E_IO (cannot be opened or mapped, or is no regular file); SEGML_E_NOMEM
 */
int sg_map_open(sg_map *map, const char *path, segml_error *err);

/** Tells whether it will be read here and there: what is around is then left alone. */
void sg_map_scatter(const sg_map *map, int here_and_there);

/** Tells that these bytes will be read at once. Both are hints; a place outside of it is none. */
void sg_map_expect(const sg_map *map, uint64_t offset, uint64_t size);

/** Releases it; all zero again. */
void sg_map_close(sg_map *map);

#endif
