/* SPDX-License-Identifier: Apache-2.0 */

/*
 * Choice of engines.
 *
 * R1  The choice is a unit's own and depends on its rows and the options alone, never on what is
 *     installed: with "auto" the native engine trains every unit that it covers, and XGBoost the
 *     others. Where XGBoost is needed and missing, training is refused instead of done otherwise.
 * R2  XGBoost is opened only if a unit needs it, and before the jobs: every unit is checked
 *     first, on the calling thread. A process that trains small groups never has it loaded.
 * R3  The sample that a large model is searched on is a unit of its own. It has fewer rows than
 *     the model, so that what covers the model covers it.
 *
 * One engine for all units of a training was rejected: one large group would make all small ones
 * as slow as itself.
 */

#include "train/engines.h"

#include <stdio.h>
#include <string.h>

#include "native/kernel.h"
#include "native/native_engine.h"
#include "segml/version.h"
#include "xgb/xgb_engine.h"

static int
asks_for(const segml_train_options *options, const char *engine)
{
    return strcmp(options->engine, engine) == 0;
}

int
sg_engines_open(sg_engines *engines, const segml_train_options *options, segml_error *err)
{
    const char *kernel = strchr(options->engine, ':');

    if (asks_for(options, "xgboost"))
        return sg_xgb_engine_open(&engines->xgboost, options->xgboost_path, err);
    return sg_native_engine_open(&engines->native, kernel != NULL ? kernel + 1 : NULL, err);
}

/* Whether the native engine is open and trains these; exact trees are never asked for leaves. */
static int
is_native(const sg_engines *engines, const sg_engine_rows *rows, segml_error *err)
{
    return engines->native != NULL && sg_native_engine_covers(rows, 0, err) == SEGML_OK;
}

int
sg_engines_require(sg_engines *engines, const segml_train_options *options,
                   const sg_engine_rows *rows, segml_error *err)
{
    segml_error gap = SEGML_ERROR_INIT, missing = SEGML_ERROR_INIT;
    int rc;

    if (is_native(engines, rows, &gap) || engines->xgboost != NULL)
        return SEGML_OK;
    if (!asks_for(options, "auto"))
        return sg_fail(err, SEGML_E_UNSUPPORTED, "%.300s; engine auto takes XGBoost for that",
                       gap.message);
    rc = sg_xgb_engine_open(&engines->xgboost, options->xgboost_path, &missing);
    if (rc == SEGML_OK || rc == SEGML_E_NOMEM)
        return rc == SEGML_OK ? rc : sg_fail_nomem(err);
    return sg_fail(err, rc, "%.200s; XGBoost is needed for that: %.200s", gap.message,
                   missing.message);
}

sg_engine *
sg_engines_choose(const sg_engines *engines, const sg_engine_rows *rows)
{
    return is_native(engines, rows, NULL) || engines->xgboost == NULL ? engines->native
                                                                      : engines->xgboost;
}

void
sg_engines_describe(char *text, const sg_engine *engine, sg_tree_method method)
{
    snprintf(text, SG_ENGINE_TEXT, "%s %s (%s)", engine->name, engine->version,
             method == SG_TREE_EXACT ? "exact" : "hist");
}

void
sg_engines_close(sg_engines *engines)
{
    if (engines->native != NULL)
        engines->native->close(engines->native);
    if (engines->xgboost != NULL)
        engines->xgboost->close(engines->xgboost);
    *engines = (sg_engines){NULL, NULL};
}

int
segml_native_engine_version(char *text, size_t capacity, segml_error *err)
{
    const sg_kernel *kernel = NULL;
    int rc;

    if (text == NULL || capacity == 0)
        return sg_fail(err, SEGML_E_ARGUMENT, "no room for the version of the engine");
    text[0] = '\0';
    rc = sg_kernel_find(&kernel, NULL, err);
    if (rc == SEGML_OK)
        snprintf(text, capacity, "%s (%s)", SG_NATIVE_VERSION, kernel->name);
    return rc;
}
