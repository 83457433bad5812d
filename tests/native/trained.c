/* SPDX-License-Identifier: Apache-2.0 */

/* Fits are run to the end, so that a difference between two engines is found in its first round. */

#include "trained.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "boost/side.h"
#include "native/native_engine.h"
#include "same_model.h"

const char *const trained_kernels[TRAINED_KERNELS] = {"portable", "avx2", "avx512"};

static int
keep_margins(void *user, int32_t round, const float *margin, segml_error *err)
{
    trained *t = user;

    if (round != t->rounds++)
        return sg_fail(err, SEGML_E_INTERNAL, "round %d comes as number %d", (int)round,
                       (int)t->rounds - 1);
    if (t->values > 0 && margin == NULL)
        return sg_fail(err, SEGML_E_INTERNAL, "round %d has no margins", (int)round);
    if (t->values > 0)
        memcpy(t->margin + round * t->values, margin, (size_t)t->values * sizeof *margin);
    return 0;
}

void
trained_fit(trained *out, sg_engine *engine, sg_prepared *prepared, const sg_engine_rows *rows,
            const sg_fit_spec *spec)
{
    sg_side held = {rows, spec->hold_out, 1};
    sg_fit_spec fit = *spec;

    *out = (trained){.err = SEGML_ERROR_INIT};
    out->values = sg_side_count(&held) * rows->classes;
    out->margin = calloc((size_t)(out->values * spec->rounds) + 1, sizeof *out->margin);
    fit.on_round = keep_margins;
    fit.user = out;
    fit.model = &out->model;
    out->status = engine->fit(prepared, &fit, &out->err);
}

void
trained_free(trained *t)
{
    free(t->margin);
    sg_buf_clear(&t->model);
    *t = (trained){0};
}

static int
same_margins(const trained *a, const trained *b, char *where, size_t size)
{
    for (int64_t i = 0; i < a->values * a->rounds; i++) {
        uint32_t x, y;

        memcpy(&x, &a->margin[i], sizeof x);
        memcpy(&y, &b->margin[i], sizeof y);
        if (x == y || (isnan(a->margin[i]) && isnan(b->margin[i])))
            continue;
        snprintf(where, size, "margin %lld of round %lld: %08x (%.9g) and %08x (%.9g)",
                 (long long)(i % a->values), (long long)(i / a->values), (unsigned)x,
                 (double)a->margin[i], (unsigned)y, (double)b->margin[i]);
        return 0;
    }
    return 1;
}

int
trained_same(const trained *a, const trained *b, char *where, size_t size)
{
    if (a->status != b->status) {
        snprintf(where, size, "status %d (%s) and %d (%s)", a->status, a->err.message, b->status,
                 b->err.message);
        return 0;
    }
    if (a->status < 0)
        return 1;
    if (a->rounds != b->rounds || a->values != b->values) {
        snprintf(where, size, "%d rounds and %d", (int)a->rounds, (int)b->rounds);
        return 0;
    }
    return same_model(&a->model, &b->model, where, size) && same_margins(a, b, where, size);
}

int
trained_open_kernels(sg_engine *engine[TRAINED_KERNELS])
{
    for (int k = 0; k < TRAINED_KERNELS; k++) {
        segml_error err = SEGML_ERROR_INIT;
        int rc = sg_native_engine_open(&engine[k], trained_kernels[k], &err);

        if (rc < 0 && (k == 0 || rc != SEGML_E_UNSUPPORTED)) {
            fprintf(stderr, "kernel %s: %s\n", trained_kernels[k], err.message);
            return 0;
        }
        if (rc < 0)
            fprintf(stderr, "not run: %s\n", err.message);
    }
    return 1;
}

void
trained_close_kernels(sg_engine *const engine[TRAINED_KERNELS])
{
    for (int k = 0; k < TRAINED_KERNELS; k++) {
        if (engine[k] != NULL)
            engine[k]->close(engine[k]);
    }
}

const char *
trained_xgboost(void)
{
    const char *path = getenv("SEGML_TEST_XGBOOST");

    return path != NULL && path[0] != '\0' ? path : NULL;
}
