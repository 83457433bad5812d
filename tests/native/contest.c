/* SPDX-License-Identifier: Apache-2.0 */

/*
 * XGBoost trains once, each kernel is compared with it. All fits of a set share one prepared set
 * of each engine, as in training, so that what one fit leaves behind would show in the next.
 */

#include "contest.h"

#include <stdio.h>
#include <string.h>

#include "draw.h"
#include "xgb/xgb_engine.h"

int
contest_open(contest *out)
{
    segml_error err = SEGML_ERROR_INIT;

    memset(out, 0, sizeof *out);
    if (sg_xgb_engine_open(&out->xgboost, trained_xgboost(), &err) < 0) {
        fprintf(stderr, "%s\n", err.message);
        return 0;
    }
    if (!trained_open_kernels(out->native))
        return 0;
    printf("XGBoost %s against native %s:", out->xgboost->version, out->native[0]->version);
    for (int k = 0; k < TRAINED_KERNELS; k++)
        printf(" %s%s", trained_kernels[k], out->native[k] == NULL ? " (not on this machine)" : "");
    printf("\n");
    return 1;
}

/* All fits of one engine. */
static void
train_all(trained *out, sg_engine *engine, const sg_engine_rows *rows, const sg_fit_spec *spec,
          int fits)
{
    segml_error err = SEGML_ERROR_INIT;
    sg_prepared *prepared = NULL;
    int rc = engine->prepare(engine, &prepared, rows, &err);

    for (int f = 0; f < fits; f++) {
        if (rc == SEGML_OK)
            trained_fit(&out[f], engine, prepared, rows, &spec[f]);
        else
            out[f] = (trained){.status = rc, .err = err};
    }
    engine->release(prepared);
}

static void
free_all(trained *t, int fits)
{
    for (int f = 0; f < fits; f++)
        trained_free(&t[f]);
}

/* Counts a fit of one kernel, and tells the first difference. */
static void
judge(contest_count *count, const char *what, const sg_engine_rows *rows, const trained *native,
      const trained *xgboost)
{
    char where[300];

    if (!trained_same(native, xgboost, where, sizeof where)) {
        count->differing++;
        printf("DIFFERS %s, %s: native and XGBoost: %s\n", what, draw_loss_name(rows->loss), where);
    }
    if (xgboost->status < 0) {
        count->refused++;
        return;
    }
    count->models++;
    count->trees += (int64_t)xgboost->rounds * rows->classes;
}

void
contest_run(contest *c, const char *name, const sg_engine_rows *rows, const sg_fit_spec *spec,
            int fits, trained *reference)
{
    trained xgboost[CONTEST_FITS], native[CONTEST_FITS];
    char what[200];

    train_all(xgboost, c->xgboost, rows, spec, fits);
    for (int k = 0; k < TRAINED_KERNELS; k++) {
        contest_count *count = &c->count[rows->loss][k];

        if (c->native[k] == NULL)
            continue;
        train_all(native, c->native[k], rows, spec, fits);
        count->sets++;
        for (int f = 0; f < fits; f++) {
            snprintf(what, sizeof what, "%s, fit %d without fold %d, %s", name, f,
                     (int)spec[f].hold_out, trained_kernels[k]);
            judge(count, what, rows, &native[f], &xgboost[f]);
        }
        free_all(native, fits);
    }
    if (reference != NULL)
        memcpy(reference, xgboost, (size_t)fits * sizeof *reference);
    else
        free_all(xgboost, fits);
}

int
contest_print(const contest *c)
{
    int64_t models = 0, differing = 0;

    printf("%-9s %-9s %9s %7s %8s %8s %10s\n", "objective", "kernel", "data sets", "models",
           "trees", "refused", "differing");
    for (int loss = SG_LOSS_LOGISTIC; loss < CONTEST_LOSSES; loss++) {
        for (int k = 0; k < TRAINED_KERNELS; k++) {
            const contest_count *n = &c->count[loss][k];

            if (n->sets == 0)
                continue;
            printf("%-9s %-9s %9lld %7lld %8lld %8lld %10lld\n", draw_loss_name((sg_loss)loss),
                   trained_kernels[k], (long long)n->sets, (long long)n->models,
                   (long long)n->trees, (long long)n->refused, (long long)n->differing);
            models += n->models;
            differing += n->differing;
        }
    }
    return models > 0 && differing == 0;
}

void
contest_close(contest *c)
{
    trained_close_kernels(c->native);
    if (c->xgboost != NULL)
        c->xgboost->close(c->xgboost);
}
