/* SPDX-License-Identifier: Apache-2.0 */

/*
 * Taking one model out of an artifact.
 *
 * A model is named by what it is for, never by a path. What is written is checked first: its
 * frame's digest, its content's digest, and for JSON every value in it. Its trees are not
 * looked at: who takes a model out wants what is in the file, and stock XGBoost is told by
 * segml_artifact_verify() whether that is sound.
 */

#include <string.h>

#include "artifact/input.h"
#include "base/file.h"
#include "base/key.h"
#include "base/opts.h"
#include "model/model.h"
#include "segml/artifact.h"
#include "tree/ubj_json.h"

static int
load_extract_options(segml_extract_options *known, const segml_extract_options *given,
                     segml_error *err)
{
    int rc = sg_opts_load(known, sizeof *known, given, "segml_extract_options", err);

    if (rc < 0)
        return rc;
    known->role = known->role != 0 ? known->role : SEGML_ROLE_GROUP;
    known->form = known->form != 0 ? known->form : SEGML_MODEL_UBJ;
    if (known->role < SEGML_ROLE_GROUP || known->role > SEGML_ROLE_UNSEEN)
        return sg_fail(err, SEGML_E_ARGUMENT, "role %d is none", (int)known->role);
    if (known->form != SEGML_MODEL_UBJ && known->form != SEGML_MODEL_JSON)
        return sg_fail(err, SEGML_E_ARGUMENT, "form %d is none", (int)known->form);
    if (known->role == SEGML_ROLE_GROUP && (known->keys == NULL || known->key_count < 1))
        return sg_fail(err, SEGML_E_ARGUMENT, "keys is NULL; give those of a group or a parent");
    return SEGML_OK;
}

/* A group or parent without model: why. */
static int
fail_without_model(const sg_input *input, int64_t number, const char *key, segml_error *err)
{
    const sg_manifest_record *record = sg_catalog_record(&input->catalog, number);

    if (record->reference != NULL)
        return sg_fail(err, SEGML_E_NOT_FOUND, "group %s: its model is in another artifact, %s",
                       key, record->reference);
    return sg_fail(err, SEGML_E_NOT_FOUND, "group %s has no model of its own: %s%s%s", key,
                   segml_group_status_name(record->status), record->message[0] != '\0' ? ", " : "",
                   record->message);
}

static int
find_model(const sg_input *input, const segml_extract_options *options, int64_t *number,
           segml_error *err)
{
    const sg_manifest *m = &input->catalog.manifest;
    segml_key keys[SG_KEY_COLUMNS_MAX];
    char digits[SG_KEY_COLUMNS_MAX][24], shown[128];
    sg_index_group entry;
    int rc = SEGML_OK, is_known = 1;

    if (options->key_count > m->key_count)
        return sg_fail(err, SEGML_E_ARGUMENT, "%lld keys are given, the artifact has %lld columns",
                       (long long)options->key_count, (long long)m->key_count);
    for (int64_t k = 0; k < options->key_count; k++) {
        if (!sg_key_is_valid(&options->keys[k]))
            return sg_fail(err, SEGML_E_ARGUMENT, "key %lld is none", (long long)k + 1);
        is_known &= sg_key_convert(&keys[k], &options->keys[k], m->keys[k].type, digits[k]);
    }
    sg_key_display(shown, sizeof shown, options->keys, options->key_count);
    *number = -1;
    if (is_known)
        rc = sg_index_find(&input->index, keys, options->key_count, number, &entry, err);
    if (rc < 0)
        return rc;
    if (*number < 0)
        return sg_fail(err, SEGML_E_NOT_FOUND, "no %s %s in the artifact",
                       options->key_count < m->key_count ? "parent" : "group", shown);
    if (!sg_catalog_record(&input->catalog, *number)->has_model)
        return fail_without_model(input, *number, shown, err);
    return SEGML_OK;
}

/* The model in the form that is asked for. */
static int
read_model(const sg_input *input, const segml_extract_options *options, sg_buf *out,
           segml_error *err)
{
    const sg_manifest *m = &input->catalog.manifest;
    sg_buf ubj = {0};
    int64_t number = 0;
    int kind = SG_CATALOG_MODEL, rc = SEGML_OK;

    if (options->role == SEGML_ROLE_GROUP) {
        rc = find_model(input, options, &number, err);
    } else {
        int is_global = options->role == SEGML_ROLE_GLOBAL;

        kind = is_global ? SG_CATALOG_GLOBAL : SG_CATALOG_UNSEEN;
        if (!(is_global ? m->has_global : m->has_unseen))
            rc = sg_fail(err, SEGML_E_NOT_FOUND, "the artifact has no %s",
                         is_global ? "global model" : "model for unseen keys");
    }
    if (rc == SEGML_OK)
        rc = sg_input_read(input, kind, number, options->form == SEGML_MODEL_UBJ ? out : &ubj, err);
    if (rc == SEGML_OK && options->form == SEGML_MODEL_JSON)
        rc = sg_ubj_json(out, ubj.bytes, ubj.size, err);
    sg_buf_clear(&ubj);
    return rc;
}

int
segml_artifact_extract(const char *path, const char *artifact, const segml_extract_options *options,
                       segml_error *err)
{
    segml_extract_options known;
    sg_input input = {.has_index = 0};
    sg_buf content = {0};
    int rc;

    if (path == NULL || artifact == NULL)
        return sg_fail(err, SEGML_E_ARGUMENT, "%s is NULL", path == NULL ? "path" : "artifact");
    rc = load_extract_options(&known, options, err);
    if (rc < 0)
        return rc;
    rc = sg_input_open(&input, artifact, known.max_bytes, err);
    if (rc == SEGML_OK)
        rc = read_model(&input, &known, &content, err);
    if (rc == SEGML_OK)
        rc = sg_file_replace(path, content.bytes, content.size, known.overwrite > 0, err);
    sg_buf_clear(&content);
    sg_input_close(&input);
    return rc;
}

int
segml_model_extract(const segml_model *model, const segml_extract_options *options, void *bytes,
                    size_t capacity, size_t *size, segml_error *err)
{
    segml_extract_options known;
    sg_input input = {.has_index = 0};
    sg_buf content = {0};
    int rc;

    if (model == NULL || size == NULL || (bytes == NULL && capacity > 0))
        return sg_fail(err, SEGML_E_ARGUMENT, "model, bytes or size is NULL");
    *size = 0;
    rc = load_extract_options(&known, options, err);
    if (rc < 0)
        return rc;
    rc =
        sg_input_open_memory(&input, model->source.bytes, model->source.size, known.max_bytes, err);
    if (rc == SEGML_OK)
        rc = read_model(&input, &known, &content, err);
    if (rc == SEGML_OK) {
        *size = content.size;
        if (bytes == NULL)
            rc = SEGML_OK;
        else if (content.size > capacity)
            rc = sg_fail(err, SEGML_E_ARGUMENT, "room for %zu bytes, %zu are needed", capacity,
                         content.size);
        else
            memcpy(bytes, content.bytes, content.size);
    }
    sg_buf_clear(&content);
    sg_input_close(&input);
    return rc;
}
