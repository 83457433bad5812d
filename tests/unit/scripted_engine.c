/* SPDX-License-Identifier: Apache-2.0 */

#include "unit/scripted_engine.h"

#include "base/alloc.h"
#include "base/status.h"

struct sg_prepared {
    scripted_engine *engine;
    const sg_engine_rows *rows;
};

static int
prepare(sg_engine *engine, sg_prepared **out, const sg_engine_rows *rows, segml_error *err)
{
    sg_prepared *prepared = sg_alloc_zeroed(1, sizeof *prepared);

    *out = prepared;
    if (prepared == NULL)
        return sg_fail_nomem(err);
    prepared->engine = (scripted_engine *)engine;
    prepared->rows = rows;
    return SEGML_OK;
}

/* Margins of the held-out rows, ascending. */
static void
predict(const sg_prepared *prepared, scripted_row at, float *margin)
{
    int64_t n = 0;

    for (at.row = 0; at.row < prepared->rows->rows; at.row++) {
        if (prepared->rows->fold[at.row] == at.fold)
            margin[n++] = prepared->rows->label[at.row] + (float)prepared->engine->error(&at);
    }
}

static int
fit(sg_prepared *prepared, const sg_fit_spec *spec, segml_error *err)
{
    scripted_engine *engine = prepared->engine;
    float *margin = sg_alloc_array(prepared->rows->rows, sizeof *margin);
    scripted_row at = {prepared->rows, &spec->params, spec->hold_out, 0, 0};
    int rc = margin != NULL ? SEGML_OK : sg_fail_nomem(err);

    atomic_fetch_add(&engine->fits, 1);
    while (rc == SEGML_OK && at.round < spec->rounds) {
        at.round++;
        if (engine->fails != NULL && engine->fails(&at)) {
            rc = sg_fail(err, SEGML_E_BACKEND, "scripted to fail in round %d", (int)at.round);
            break;
        }
        predict(prepared, at, margin);
        rc = spec->on_round(spec->user, at.round - 1, margin, err);
    }
    sg_free(margin);
    return rc < 0 ? rc : SEGML_OK;
}

static void
release(sg_prepared *prepared)
{
    sg_free(prepared);
}

static void
close_engine(sg_engine *engine)
{
    (void)engine;
}

scripted_engine
scripted_engine_make(double (*error)(const scripted_row *row))
{
    return (scripted_engine){.table = {"scripted", "1", prepare, fit, release, close_engine},
                             .error = error};
}
