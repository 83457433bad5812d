/* SPDX-License-Identifier: Apache-2.0 */

/* Opening models, and opening them again: options, and where the bytes come from. */

#include <string.h>

#include "base/alloc.h"
#include "base/opts.h"
#include "model/load.h"
#include "model/share.h"
#include "pack/policy.h"

static const int64_t default_max_bytes = (int64_t)16 << 30;

static int
check_size(int64_t value, const char *name, const char *zero, segml_error *err)
{
    if (value < 0)
        return sg_fail(err, SEGML_E_ARGUMENT, "%s is %lld; give a number of bytes, or 0 for %s",
                       name, (long long)value, zero);
    return SEGML_OK;
}

/* Options as they are kept, with nothing left to default. */
static int
load_options(sg_opening *opening, const segml_open_options *given, segml_error *err)
{
    segml_open_options known;
    int rc = sg_opts_load(&known, sizeof known, given, "segml_open_options", err);

    if (rc == SEGML_OK)
        rc = check_size(known.max_bytes, "max_bytes", "16 GiB", err);
    if (rc == SEGML_OK)
        rc = check_size(known.child_bytes, "child_bytes", "no limit", err);
    if (rc == SEGML_OK && (known.public_key != NULL) != (known.signature != NULL))
        rc = sg_fail(err, SEGML_E_ARGUMENT, "%s is NULL: public_key and signature belong together",
                     known.public_key == NULL ? "public_key" : "signature");
    if (rc < 0)
        return rc;
    *opening = (sg_opening){.max_bytes = known.max_bytes != 0 ? known.max_bytes : default_max_bytes,
                            .child_bytes = known.child_bytes,
                            .preload = known.preload > 0,
                            .map = known.map >= 0,
                            .strict = known.strict > 0,
                            .policy = -1,
                            .has_key = known.public_key != NULL,
                            .resolve = known.resolve,
                            .resolve_user = known.resolve_user,
                            .reference_root = known.reference_root};
    if (opening->has_key) {
        memcpy(opening->public_key, known.public_key, sizeof opening->public_key);
        memcpy(opening->signature, known.signature, sizeof opening->signature);
    }
    return known.fallback != NULL
               ? sg_policy_read(&opening->policy, known.fallback, "fallback", err)
               : SEGML_OK;
}

/* An empty model that remembers how it is opened. */
static segml_model *
new_model(const sg_opening *opening, const char *path, segml_error *err)
{
    segml_model *model = sg_alloc_zeroed(1, sizeof *model);

    if (model == NULL) {
        sg_fail_nomem(err);
        return NULL;
    }
    atomic_init(&model->references, 1);
    model->opening = *opening;
    if (path != NULL)
        model->path = sg_alloc_text(path, strlen(path));
    if (opening->reference_root != NULL)
        model->root = sg_alloc_text(opening->reference_root, strlen(opening->reference_root));
    model->opening.reference_root = model->root;
    if ((path != NULL && model->path == NULL) ||
        (opening->reference_root != NULL && model->root == NULL)) {
        segml_model_free(model);
        sg_fail_nomem(err);
        return NULL;
    }
    return model;
}

/* From bytes to a model that is ready. */
static int
finish(segml_model **out, segml_model *model, const segml_model *old, segml_error *err)
{
    int rc = sg_load_model(model, old, err);

    if (rc >= 0 && old != NULL) {
        int shared = sg_share_children(model, old, err);

        rc = shared < 0 ? shared : rc;
    }
    if (rc >= 0 && model->opening.preload) {
        int loaded = segml_model_preload(model, 0, err);

        rc = loaded < 0 ? loaded : rc;
    }
    if (rc < 0)
        segml_model_free(model);
    else
        *out = model;
    return rc;
}

int
sg_model_open_owned(segml_model **out, sg_buf *artifact, segml_error *err)
{
    const sg_opening opening = {.max_bytes = default_max_bytes, .policy = -1};
    segml_model *model = new_model(&opening, NULL, err);
    int rc;

    *out = NULL;
    if (model == NULL)
        return SEGML_E_NOMEM;
    sg_source_borrow(&model->source, artifact->bytes, artifact->size);
    rc = finish(out, model, NULL, err);
    if (rc >= 0)
        sg_source_own(&model->source, artifact);
    return rc;
}

int
segml_model_open_memory(segml_model **out, const void *bytes, size_t size,
                        const segml_open_options *options, segml_error *err)
{
    sg_opening opening;
    segml_model *model;
    int rc;

    if (out == NULL)
        return sg_fail(err, SEGML_E_ARGUMENT, "out is NULL");
    *out = NULL;
    if (bytes == NULL)
        return sg_fail(err, SEGML_E_ARGUMENT, "bytes is NULL");
    rc = load_options(&opening, options, err);
    if (rc < 0)
        return rc;
    model = new_model(&opening, NULL, err);
    if (model == NULL)
        return SEGML_E_NOMEM;
    sg_source_borrow(&model->source, bytes, size);
    return finish(out, model, NULL, err);
}

/* Failures and remarks about a file begin with its name. */
static int
name_file(int rc, const char *path, const segml_error *inner, segml_error *err)
{
    return rc == SEGML_OK ? rc : sg_fail(err, rc, "%s: %s", path, inner->message);
}

static int
open_path(segml_model **out, const char *path, const sg_opening *opening, const segml_model *old,
          segml_error *err)
{
    segml_error inner = SEGML_ERROR_INIT;
    segml_model *model = new_model(opening, path, err);
    int rc;

    if (model == NULL)
        return SEGML_E_NOMEM;
    rc = sg_source_file(&model->source, path, opening->map, err);
    if (rc < 0) {
        segml_model_free(model);
        return rc;
    }
    rc = finish(out, model, old, &inner);
    return name_file(rc, path, &inner, err);
}

int
segml_model_open(segml_model **out, const char *path, const segml_open_options *options,
                 segml_error *err)
{
    sg_opening opening;
    int rc;

    if (out == NULL)
        return sg_fail(err, SEGML_E_ARGUMENT, "out is NULL");
    *out = NULL;
    if (path == NULL)
        return sg_fail(err, SEGML_E_ARGUMENT, "path is NULL");
    rc = load_options(&opening, options, err);
    return rc == SEGML_OK ? open_path(out, path, &opening, NULL, err) : rc;
}

int
segml_model_reload(segml_model **out, const segml_model *old, const segml_open_options *options,
                   segml_error *err)
{
    sg_opening opening;
    segml_model *model;
    int rc = SEGML_OK;

    if (out == NULL)
        return sg_fail(err, SEGML_E_ARGUMENT, "out is NULL");
    *out = NULL;
    if (old == NULL)
        return sg_fail(err, SEGML_E_ARGUMENT, "old is NULL");
    if (old->path == NULL && (old->manifest.references == 0 || old->source.owned.size > 0))
        return sg_fail(err, SEGML_E_ARGUMENT,
                       "the model was not opened from a file and has no references: there is "
                       "nothing that could have changed");
    opening = old->opening;
    if (options != NULL)
        rc = load_options(&opening, options, err);
    if (rc < 0)
        return rc;
    if (old->path != NULL)
        return open_path(out, old->path, &opening, old, err);
    model = new_model(&opening, NULL, err);
    if (model == NULL)
        return SEGML_E_NOMEM;
    sg_source_borrow(&model->source, old->source.bytes, old->source.size);
    return finish(out, model, old, err);
}
