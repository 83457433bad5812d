/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SG_PACK_MANIFEST_RECORD_H
#define SG_PACK_MANIFEST_RECORD_H

/* What the readers of segml.json and of its lines of records share. */

#include "pack/json_reader.h"
#include "pack/manifest.h"

/** Reads what all records have in common, the key not among it; a failure is the reader's. */
void sg_manifest_read_record(sg_json_reader *r, const sg_manifest *m, const json_t *object,
                             sg_manifest_record *record);

#endif
