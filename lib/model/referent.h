/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SG_MODEL_REFERENT_H
#define SG_MODEL_REFERENT_H

/*
 * An artifact that references name: open as long as a model uses it, shared by the groups that it
 * answers for and by the models before and after a reload.
 */

#include <stdatomic.h>

#include "model/resolve_file.h"
#include "model/source.h"
#include "pack/manifest.h"

/** Immutable but for its count, once it is open. */
typedef struct sg_referent {
    atomic_llong references;
    char *uri; /* as it was resolved first, for messages */
    sg_source source;
    sg_file_state state; /* all zero unless the built-in resolver has found it */
    int32_t mapped;      /* 1: the source is a map */
    double threshold;    /* of a binary task: of its models whose record has none */
} sg_referent;

/** One without bytes, counted once. @return NULL when memory is out */
sg_referent *sg_referent_make(const char *uri, segml_error *err);

/** Counts one more use. */
sg_referent *sg_referent_retain(sg_referent *referent);

/** Ends one use, the last one releases the bytes; NULL is allowed. Thread-safety: any thread */
void sg_referent_release(sg_referent *referent);

/**
 * Opens the index of the bytes that were put into its source.
 *
 * @return SEGML_OK; SEGML_E_FORMAT (damaged, or it has no index); SEGML_E_UNSUPPORTED;
 *         SEGML_E_NOMEM
 */
int sg_referent_open(sg_referent *referent, segml_error *err);

/**
 * Reads what it says about itself and compares it with the artifact that refers to it.
 *
 * @return SEGML_OK; SEGML_E_MISMATCH (it does not fit, or refers to others itself);
 *         SEGML_E_FORMAT; SEGML_E_LIMIT; SEGML_E_UNSUPPORTED; SEGML_E_NOMEM
 */
int sg_referent_check(sg_referent *referent, const sg_manifest *parent, int64_t max_bytes,
                      segml_error *err);

#endif
