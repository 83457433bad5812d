/* SPDX-License-Identifier: Apache-2.0 */

/*
 * Unit records.
 *
 * R1  A record holds what training alone can tell; what follows from the rows and the options
 *     (status of degenerate groups, rarest class, path of the member) is found again.
 * R2  Doubles and floats are their bits, NaN and infinity included (the loss of a trial that
 *     diverged), so that what comes from a record gives the bytes that training would have given.
 * R3  The log of a search for all groups stands once, in its own record.
 */

#include "train/record.h"

#include <float.h>
#include <math.h>
#include <string.h>

#include "base/alloc.h"
#include "base/key.h"
#include "base/text.h"

enum {
    LOG_OWN = 1,
    LOG_SHARED = 2,
    MOST_ROUNDS = 100000,
    MOST_BINS = 65535,
    MOST_TRIALS = 100000,
    LONGEST_MESSAGE = 1024,
    BYTES_PER_TRIAL = 16
};

/* Members of sg_fit_params; the seed is the last one, and apart. */
#define REALS(X)                                                                                   \
    X(learning_rate)                                                                               \
    X(min_child_weight)                                                                            \
    X(subsample)                                                                                   \
    X(colsample_bytree)                                                                            \
    X(reg_lambda) X(reg_alpha) X(gamma) X(max_delta_step) X(scale_pos_weight) X(base_score)
#define INTEGERS(X) X(max_depth) X(max_leaves) X(max_cat_to_onehot) X(threads)

void
sg_record_put_key(sg_wire_writer *w, const segml_key *key, int64_t columns)
{
    for (int64_t c = 0; c < columns; c++) {
        sg_wire_put_number(w, (uint32_t)key[c].type);
        if (key[c].type == SEGML_KEY_INT64) {
            sg_wire_put_long(w, (uint64_t)key[c].integer);
        } else if (key[c].type == SEGML_KEY_UTF8) {
            sg_wire_put_long(w, key[c].length);
            sg_wire_put_bytes(w, key[c].text, key[c].length);
        }
    }
}

void
sg_record_get_key(sg_wire_reader *r, segml_key *key, int64_t columns)
{
    for (int64_t c = 0; c < columns && !r->failed; c++) {
        key[c] = (segml_key){.type = (int32_t)sg_wire_get_number(r)};
        if (key[c].type == SEGML_KEY_INT64) {
            key[c].integer = (int64_t)sg_wire_get_long(r);
        } else if (key[c].type == SEGML_KEY_UTF8) {
            key[c].length = (size_t)sg_wire_get_count(r, 1);
            key[c].text = (const char *)sg_wire_get_bytes(r, key[c].length);
        }
        if (!r->failed &&
            (!sg_key_is_valid(&key[c]) || (key[c].type == SEGML_KEY_UTF8 && key[c].length == 0)))
            sg_wire_refuse(r);
    }
}

static void
put_params(sg_wire_writer *w, const sg_fit_params *params)
{
#define PUT(member) sg_wire_put_real(w, params->member);
    REALS(PUT)
#undef PUT
#define PUT(member) sg_wire_put_long(w, (uint64_t)params->member);
    INTEGERS(PUT)
#undef PUT
    sg_wire_put_long(w, params->seed);
}

static void
get_params(sg_wire_reader *r, sg_fit_params *params)
{
#define GET(member)                                                                                \
    params->member = sg_wire_get_real(r);                                                          \
    if (!isfinite(params->member))                                                                 \
        sg_wire_refuse(r);
    REALS(GET)
#undef GET
#define GET(member) params->member = (int32_t)sg_wire_get_range(r, 0, INT32_MAX);
    INTEGERS(GET)
#undef GET
    params->seed = (uint32_t)sg_wire_get_range(r, 0, INT32_MAX);
}

static void
put_log(sg_wire_writer *w, const sg_search_log *log)
{
    sg_wire_put_long(w, (uint64_t)log->trials);
    for (int32_t t = 0; t < log->trials; t++) {
        sg_wire_put_real(w, log->value[t]);
        sg_wire_put_number(w, (uint32_t)log->rounds[t]);
        sg_wire_put_number(w, (uint32_t)log->state[t]);
    }
    sg_wire_put_long(w, (uint64_t)log->chosen);
    sg_wire_put_long(w, (uint64_t)log->cut);
}

static int
get_log(sg_wire_reader *r, sg_search_log *log, segml_error *err)
{
    int64_t trials = sg_wire_get_count(r, BYTES_PER_TRIAL);

    if (trials > MOST_TRIALS)
        sg_wire_refuse(r);
    if (r->failed)
        return SEGML_OK;
    log->value = sg_alloc_array(trials, sizeof *log->value);
    log->rounds = sg_alloc_array(trials, sizeof *log->rounds);
    log->state = sg_alloc_array(trials, sizeof *log->state);
    if (log->value == NULL || log->rounds == NULL || log->state == NULL)
        return sg_fail_nomem(err);
    log->trials = (int32_t)trials;
    for (int64_t t = 0; t < trials; t++) {
        log->value[t] = sg_wire_get_real(r);
        log->rounds[t] = (int32_t)sg_wire_get_number(r);
        log->state[t] = (int32_t)sg_wire_get_number(r);
        if (log->rounds[t] < 0 || log->state[t] < 0 || log->state[t] > SEGML_TRIAL_FAILED)
            sg_wire_refuse(r);
    }
    log->chosen = (int32_t)sg_wire_get_range(r, 0, trials > 0 ? trials - 1 : 0);
    log->cut = (int32_t)sg_wire_get_range(r, 0, 1);
    return SEGML_OK;
}

static void
put_packed(sg_wire_writer *w, const sg_packed *packed, sg_record_frames frames)
{
    size_t size = frames == SG_RECORD_WITH_FRAMES ? packed->frame.size : 0;

    sg_wire_put_bytes(w, packed->digest, sizeof packed->digest);
    sg_wire_put_long(w, packed->size);
    sg_wire_put_long(w, size);
    sg_wire_put_bytes(w, packed->frame.bytes, size);
}

static int
get_packed(sg_wire_reader *r, sg_packed *packed, segml_error *err)
{
    const unsigned char *digest = sg_wire_get_bytes(r, sizeof packed->digest), *frame;
    int64_t content = sg_wire_get_range(r, 1, SG_MEMBER_BYTES_MAX);
    int64_t size = sg_wire_get_count(r, 1);

    frame = sg_wire_get_bytes(r, (uint64_t)size);
    if (r->failed)
        return SEGML_OK;
    packed->size = (uint32_t)content;
    memcpy(packed->digest, digest, sizeof packed->digest);
    return size > 0 ? sg_buf_append(&packed->frame, frame, (size_t)size, err) : SEGML_OK;
}

static void
put_given(sg_wire_writer *w, const sg_given *given)
{
    for (int p = 0; p < SG_PARAM_COUNT; p++)
        sg_wire_put_real(w, given->params.value[p]);
    sg_wire_put_long(w, (uint64_t)given->trial);
    sg_wire_put_long(w, (uint64_t)given->rounds);
    sg_wire_put_real(w, given->rows);
    sg_wire_put_real(w, given->mean_hessian);
}

/*
 * Whether a search can have found a value; 0 of what has no legal 0 says that it is not set. What
 * is in units of Hessians has no upper end: of counts, the default space goes as high as they do.
 */
static int
is_param(int p, double value)
{
    static const struct {
        double low, high;
    } legal[] = {
#define RANGE(id, name, low, high, integer) {low, high},
        SG_PARAM_LIST(RANGE)
#undef RANGE
    };
    int in_hessians = p == SG_PARAM_MIN_CHILD_WEIGHT || p == SG_PARAM_REG_LAMBDA;

    return (value >= legal[p].low && value <= (in_hessians ? DBL_MAX : legal[p].high)) ||
           (value >= 0 && value <= 0);
}

/* What models are trained with. */
static void
get_given(sg_wire_reader *r, sg_given *given)
{
    for (int p = 0; p < SG_PARAM_COUNT; p++) {
        given->params.value[p] = sg_wire_get_real(r);
        if (!is_param(p, given->params.value[p]))
            sg_wire_refuse(r);
    }
    given->trial = (int32_t)sg_wire_get_range(r, 0, MOST_TRIALS);
    given->rounds = (int32_t)sg_wire_get_range(r, 0, MOST_ROUNDS);
    given->rows = sg_wire_get_real(r);
    given->mean_hessian = sg_wire_get_real(r);
    if (!(given->rows >= 0 && given->rows <= INT32_MAX) || !isfinite(given->mean_hessian))
        sg_wire_refuse(r);
}

static void
put_model(sg_wire_writer *w, const sg_record *record, sg_record_frames frames)
{
    const sg_result *result = &record->result;

    sg_wire_put_long(w, (uint64_t)result->rounds);
    sg_wire_put_long(w, (uint64_t)result->max_bin);
    sg_wire_put_text(w, result->engine);
    put_params(w, &result->params);
    sg_wire_put_real(w, result->search_loss);
    sg_wire_put_real(w, result->search_loss_corrected);
    sg_wire_put_real(w, result->search_f1);
    sg_wire_put_real(w, result->search_f1_corrected);
    sg_wire_put_long(w, result->searched[0]);
    sg_wire_put_long(w, result->searched[1]);
    sg_wire_put_long(w, record->shared_log ? LOG_SHARED : LOG_OWN);
    if (!record->shared_log)
        put_log(w, &result->search);
    sg_wire_put_floats(w, record->margin, record->rows * record->outputs);
    put_packed(w, &result->packed, frames);
    sg_wire_put_long(w, (uint64_t)record->has_unseen);
    if (record->has_unseen)
        put_packed(w, &record->unseen, frames);
}

void
sg_record_write(sg_wire_writer *w, const sg_record *record, sg_record_frames frames)
{
    sg_wire_put_long(w, (uint64_t)record->kind);
    sg_wire_put_long(w, (uint64_t)record->columns);
    sg_record_put_key(w, record->key, record->columns);
    sg_wire_put_hash(w, record->content);
    sg_wire_put_long(w, (uint64_t)record->rows);
    sg_wire_put_long(w, (uint64_t)record->outputs);
    if (record->kind == SG_RECORD_SHARED) {
        put_given(w, &record->given);
        put_log(w, &record->result.search);
        return;
    }
    sg_wire_put_long(w, (uint64_t)record->result.status);
    sg_wire_put_text(w, record->result.message);
    if (record->result.status == SEGML_GROUP_TRAINED)
        put_model(w, record, frames);
}

static int
get_margins(sg_wire_reader *r, sg_record *record, segml_error *err)
{
    int64_t count = record->rows * record->outputs;

    if ((uint64_t)count > r->left / sizeof(float))
        sg_wire_refuse(r);
    if (r->failed)
        return SEGML_OK;
    record->margin = sg_alloc_array(count, sizeof *record->margin);
    if (record->margin == NULL)
        return sg_fail_nomem(err);
    sg_wire_get_floats(r, record->margin, count);
    return SEGML_OK;
}

/* A text of a result: UTF-8 of limited length. */
static const char *
get_short_text(sg_wire_reader *r, size_t longest, size_t *length)
{
    const char *text = sg_wire_get_text(r, length);

    if (text != NULL && (*length > longest || !sg_text_is_utf8(text, *length)))
        sg_wire_refuse(r);
    return r->failed ? NULL : text;
}

static int
get_model(sg_wire_reader *r, sg_record *record, segml_error *err)
{
    sg_result *result = &record->result;
    const char *engine;
    size_t length;
    int rc = SEGML_OK;

    result->rounds = (int32_t)sg_wire_get_range(r, 1, MOST_ROUNDS);
    result->max_bin = (int32_t)sg_wire_get_range(r, 0, MOST_BINS);
    engine = get_short_text(r, SG_ENGINE_TEXT - 1, &length);
    if (engine != NULL)
        memcpy(result->engine, engine, length);
    else
        sg_wire_refuse(r);
    get_params(r, &result->params);
    result->search_loss = sg_wire_get_real(r);
    result->search_loss_corrected = sg_wire_get_real(r);
    result->search_f1 = sg_wire_get_real(r);
    result->search_f1_corrected = sg_wire_get_real(r);
    result->searched[0] = sg_wire_get_long(r);
    result->searched[1] = sg_wire_get_long(r);
    record->shared_log = sg_wire_get_range(r, LOG_OWN, LOG_SHARED) == LOG_SHARED;
    if (!record->shared_log)
        rc = get_log(r, &result->search, err);
    if (rc == SEGML_OK)
        rc = get_margins(r, record, err);
    if (rc == SEGML_OK)
        rc = get_packed(r, &result->packed, err);
    record->has_unseen = (int32_t)sg_wire_get_range(r, 0, 1);
    if (rc == SEGML_OK && record->has_unseen)
        rc = get_packed(r, &record->unseen, err);
    return rc;
}

static int
get_result(sg_wire_reader *r, sg_record *record, segml_error *err)
{
    sg_result *result = &record->result;
    const char *message;
    size_t length;

    result->status = (int32_t)sg_wire_get_range(r, SEGML_GROUP_TRAINED, SEGML_GROUP_FAILED);
    if (result->status != SEGML_GROUP_TRAINED && result->status != SEGML_GROUP_FAILED)
        sg_wire_refuse(r);
    message = get_short_text(r, LONGEST_MESSAGE, &length);
    if (message != NULL) {
        result->message = sg_alloc_text(message, length);
        if (result->message == NULL)
            return sg_fail_nomem(err);
    }
    if (result->status == SEGML_GROUP_TRAINED)
        return get_model(r, record, err);
    if (result->message == NULL)
        sg_wire_refuse(r);
    return SEGML_OK;
}

int
sg_record_read(sg_record *record, sg_wire_reader *r, segml_error *err)
{
    int rc = SEGML_OK;

    record->kind = (int32_t)sg_wire_get_range(r, SG_RECORD_GROUP, SG_RECORD_SHARED);
    record->columns = (int32_t)sg_wire_get_range(r, 0, SG_KEY_COLUMNS_MAX);
    sg_record_get_key(r, record->key, record->columns);
    record->content = sg_wire_get_hash(r);
    record->rows = sg_wire_get_range(r, 0, INT32_MAX);
    record->outputs = (int32_t)sg_wire_get_range(r, 1, SG_CLASSES_MAX);
    if (record->kind == SG_RECORD_SHARED) {
        get_given(r, &record->given);
        rc = get_log(r, &record->result.search, err);
    } else {
        rc = get_result(r, record, err);
    }
    if (rc == SEGML_OK && (r->failed || r->left > 0))
        rc = sg_fail(err, SEGML_E_FORMAT, "the record of a model is damaged");
    return rc;
}

void
sg_record_clear(sg_record *record)
{
    sg_result_clear(&record->result);
    sg_packed_clear(&record->unseen);
    sg_free(record->margin);
    memset(record, 0, sizeof *record);
}
