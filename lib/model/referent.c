/* SPDX-License-Identifier: Apache-2.0 */

/*
 * Artifacts that references name.
 *
 * R1  Only an artifact with index is one: without it every model would be read and checked at
 *     once, and there would be no digest to pin.
 * R2  It holds the models that it answers with. References do not chain, so none leads in a circle.
 * R3  Of its manifest only what serving needs is kept: thousands of them are open at once.
 */

#include "model/referent.h"

#include <math.h>
#include <string.h>

#include "base/alloc.h"
#include "model/alike.h"

sg_referent *
sg_referent_make(const char *uri, segml_error *err)
{
    sg_referent *referent = sg_alloc_zeroed(1, sizeof *referent);

    if (referent != NULL)
        referent->uri = sg_alloc_text(uri, strlen(uri));
    if (referent == NULL || referent->uri == NULL) {
        sg_free(referent);
        sg_fail_nomem(err);
        return NULL;
    }
    atomic_init(&referent->references, 1);
    return referent;
}

sg_referent *
sg_referent_retain(sg_referent *referent)
{
    atomic_fetch_add_explicit(&referent->references, 1, memory_order_relaxed);
    return referent;
}

void
sg_referent_release(sg_referent *referent)
{
    if (referent == NULL ||
        atomic_fetch_sub_explicit(&referent->references, 1, memory_order_acq_rel) > 1)
        return;
    sg_source_close(&referent->source);
    sg_free(referent->uri);
    sg_free(referent);
}

int
sg_referent_open(sg_referent *referent, segml_error *err)
{
    sg_source *source = &referent->source;
    int rc = sg_index_open(&source->index, source->bytes, source->size, err);

    if (rc > 0)
        rc = sg_fail(err, SEGML_E_FORMAT, "it is no artifact, or one without index");
    return rc;
}

int
sg_referent_check(sg_referent *referent, const sg_manifest *parent, int64_t max_bytes,
                  segml_error *err)
{
    sg_manifest manifest = {.format = 0};
    int rc = sg_source_manifest(&referent->source, max_bytes, &manifest, err);

    if (rc == SEGML_OK && manifest.references > 0)
        rc = sg_fail(err, SEGML_E_MISMATCH, "it has references itself: they do not chain");
    if (rc == SEGML_OK)
        rc = sg_alike_check(parent, &manifest, err);
    referent->threshold = manifest.task == SEGML_TASK_BINARY ? manifest.threshold : (double)NAN;
    sg_manifest_clear(&manifest);
    return rc;
}
