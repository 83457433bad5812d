/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SG_BASE_OPTS_H
#define SG_BASE_OPTS_H

/* Sized structs across library versions. Every one begins with size_t struct_size. */

#include "base/status.h"

/**
 * Reads a caller's struct, whose header may be older or newer, into the library's.
 *
 * @param known  out: the library's struct; members that the caller's lacks are 0
 * @param size   of *known
 * @param given  the caller's struct; NULL gives all zeros
 * @param name   of the struct, for messages
 * @return SEGML_OK; SEGML_E_ABI (struct_size too small, or unknown members that are not 0)
 */
int sg_opts_load(void *known, size_t size, const void *given, const char *name, segml_error *err);

/**
 * Writes the library's struct into the caller's, as much as that one has room for;
 * the caller's struct_size stays.
 *
 * @return SEGML_OK; SEGML_E_ARGUMENT (NULL); SEGML_E_ABI (struct_size too small)
 */
int sg_opts_store(void *given, const void *known, size_t size, const char *name, segml_error *err);

#endif
