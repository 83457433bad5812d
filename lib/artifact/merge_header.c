/* SPDX-License-Identifier: Apache-2.0 */

/*
 * The header of a merged artifact.
 *
 * What answers for groups without a model of their own belongs together: the global models, the
 * constant, the fallback policy and the threshold. It is taken from one input, never mixed:
 *
 *     equal  all inputs have the same
 *     rows   that of the most training rows; of equal ones the least by digest and the rest
 *     none   no global models and no parents; the constant stays where all have the same
 *
 * A global model whose artifact lost the keys as features (plan.c, R3) is the one for unseen keys
 * of the artifact it came from. So global models are told apart by that one's digest where there
 * is one: then it does not matter whether artifacts are merged two by two or all at once.
 *
 * The seed of artifacts with different ones is the least of them, as is the engine that records
 * need not name; the library is this one unless all were written by the same.
 */

#include "artifact/merge_header.h"

#include <stdlib.h>
#include <string.h>

#include "artifact/header.h"
#include "base/alloc.h"
#include "segml/version.h"

static int
order_numbers(double a, double b)
{
    return (a > b) - (a < b);
}

/* What identifies a global model, see above. */
static const unsigned char *
identity_of(const sg_manifest *m)
{
    return m->has_unseen ? m->unseen_digest : m->global.digest;
}

/* What answers besides models: a total order. */
static int
order_fallbacks(const sg_manifest *a, const sg_manifest *b)
{
    int order = (a->fallback < b->fallback) - (a->fallback > b->fallback);

    if (order == 0)
        order = order_numbers(a->threshold, b->threshold);
    if (order == 0)
        order = order_numbers((double)a->constant_count, (double)b->constant_count);
    for (int64_t i = 0; i < a->constant_count && order == 0; i++)
        order = order_numbers((double)a->constant[i], (double)b->constant[i]);
    return order;
}

/* Whether two artifacts answer in the same way for groups without own model. */
static int
answer_alike(const sg_manifest *a, const sg_manifest *b)
{
    if (a->has_global != b->has_global)
        return 0;
    if (a->has_global && memcmp(identity_of(a), identity_of(b), SG_DIGEST_BYTES) != 0)
        return 0;
    if (a->fallback == 0 && b->fallback == 0) /* nobody asks for the threshold then */
        return 1;
    return order_fallbacks(a, b) == 0;
}

/* Negative: what a's global models are is taken rather than b's. A total order. */
static int
order_globals(const sg_manifest *a, const sg_manifest *b)
{
    const sg_entry x = {&a->global, a}, y = {&b->global, b};
    int order = b->has_global - a->has_global;

    if (order == 0 && a->has_global) {
        order = order_numbers((double)b->global.rows, (double)a->global.rows);
        if (order == 0)
            order = memcmp(identity_of(a), identity_of(b), SG_DIGEST_BYTES);
        if (order == 0)
            order = b->keys_as_features - a->keys_as_features;
        if (order == 0)
            order = b->has_unseen - a->has_unseen;
        if (order == 0)
            order = sg_entry_compare(&x, &y, NULL);
    }
    return order != 0 ? order : order_fallbacks(a, b);
}

static int
fail_globals(const sg_merge_inputs *all, int64_t i, segml_error *err)
{
    const sg_manifest *a = &all->inputs[0].catalog.manifest;
    const sg_manifest *b = &all->inputs[i].catalog.manifest;
    const char *what = a->has_global || b->has_global ? "global models" : "constants or fallbacks";

    return sg_fail(err, SEGML_E_MISMATCH,
                   "the %s of %s and %s differ; choose: that of most rows, or none", what,
                   all->names[0], all->names[i]);
}

/* Of global models that are equal, the one that is packed with the least digest. */
static int
prefer_global(const sg_input **best, const sg_input *other, segml_error *err)
{
    const sg_manifest *a = &(*best)->catalog.manifest, *b = &other->catalog.manifest;
    unsigned char x[SG_DIGEST_BYTES], y[SG_DIGEST_BYTES];
    int order = order_globals(a, b);
    int rc = SEGML_OK;

    if (order == 0 && a->has_global) {
        rc = sg_input_packing(*best, SG_CATALOG_GLOBAL, 0, x, err);
        if (rc == SEGML_OK)
            rc = sg_input_packing(other, SG_CATALOG_GLOBAL, 0, y, err);
        if (rc == SEGML_OK)
            order = memcmp(x, y, sizeof x);
    }
    if (order > 0)
        *best = other;
    return rc;
}

/* The input whose global models, constant, policy and threshold are taken. */
static int
choose_global(const sg_merge_inputs *all, int equal, const sg_input **best, segml_error *err)
{
    int rc = SEGML_OK;

    *best = &all->inputs[0];
    for (int64_t i = 1; i < all->count && rc == SEGML_OK; i++) {
        if (equal &&
            !answer_alike(&all->inputs[0].catalog.manifest, &all->inputs[i].catalog.manifest))
            return fail_globals(all, i, err);
        rc = prefer_global(best, &all->inputs[i], err);
    }
    return rc;
}

static void
take_global(sg_plan *plan, const sg_input *best)
{
    const sg_manifest *from = &best->catalog.manifest;
    const sg_entry view = {&from->global, from};
    sg_manifest *m = &plan->manifest;

    m->fallback = from->fallback;
    m->constant = from->constant;
    m->constant_count = from->constant_count;
    m->threshold = from->threshold;
    m->keys_as_features = from->keys_as_features;
    m->has_global = from->has_global;
    m->has_unseen = from->has_unseen;
    m->unseen_rounds = from->unseen_rounds;
    memcpy(m->unseen_digest, from->unseen_digest, SG_DIGEST_BYTES);
    plan->global = from->has_global ? best : NULL;
    m->global = from->has_global ? sg_entry_adopt(&view, m) : from->global;
}

/* No global models; a constant where all have the same. */
static void
drop_globals(sg_plan *plan, const sg_merge_inputs *all)
{
    const sg_manifest *first = &all->inputs[0].catalog.manifest;
    sg_manifest *m = &plan->manifest;
    int same = 1;

    m->fallback &= SG_FALLBACK_CONSTANT;
    for (int64_t i = 1; i < all->count; i++) {
        const sg_manifest *other = &all->inputs[i].catalog.manifest;

        m->fallback &= other->fallback;
        same = same && first->constant_count == other->constant_count;
        for (int64_t c = 0; c < first->constant_count && same; c++)
            same = order_numbers((double)first->constant[c], (double)other->constant[c]) == 0;
    }
    if (!same) {
        m->fallback = 0;
        m->constant = NULL;
        m->constant_count = 0;
    }
    plan->global = NULL;
    m->global = (sg_manifest_record){.message = ""};
    m->has_global = m->has_unseen = m->keys_as_features = m->unseen_rounds = 0;
}

static int
merge_parents(sg_plan *plan, const sg_merge_inputs *all, const segml_merge_options *options,
              segml_error *err)
{
    const sg_merge_rule rule = {options->global == SEGML_GLOBAL_ROWS ? SG_ENTRY_ROWS : 0, "parent",
                                "choose global models: those of most rows, or none"};
    sg_manifest *m = &plan->manifest;
    int64_t most = 0;
    int rc = SEGML_OK;

    for (int64_t i = 0; i < all->count; i++)
        most += all->inputs[i].catalog.manifest.parent_count;
    m->parents = sg_arena_alloc(&m->arena, most, sizeof *m->parents);
    plan->parents = sg_arena_alloc(&m->arena, most, sizeof *plan->parents);
    if (m->parents == NULL || plan->parents == NULL)
        return sg_fail_nomem(err);
    m->parent_count = 0;
    if (options->global != SEGML_GLOBAL_NONE)
        rc = sg_merge_records(plan->parents, all, 1, &rule, &m->parent_count, err);
    for (int64_t p = 0; p < m->parent_count && rc == SEGML_OK; p++) {
        const sg_entry view = sg_plan_view(&plan->parents[p]);

        m->parents[p] = sg_entry_adopt(&view, m);
    }
    return rc;
}

/* Drops the option that differs: "option trials". */
static int
drop_option(void *user, const sg_header_difference *d, segml_error *err)
{
    sg_manifest *m = user;
    segml_value *options = (segml_value *)m->options;
    segml_text *texts = (segml_text *)m->option_texts;
    const size_t prefix = sizeof "option " - 1;
    int64_t kept = 0;

    (void)err;
    if (d->kind != SG_HEADER_OPTION || strncmp(d->name, "option ", prefix) != 0)
        return 0;
    for (int64_t i = 0; i < m->option_count; i++) {
        if (strncmp(options[i].name, d->name + prefix, SG_HEADER_NAME) != 0)
            options[kept++] = options[i];
    }
    m->option_count = kept;
    kept = 0;
    for (int64_t i = 0; i < m->option_text_count; i++) {
        if (strncmp(texts[i].name, d->name + prefix, SG_HEADER_NAME) != 0)
            texts[kept++] = texts[i];
    }
    m->option_text_count = kept;
    return 0;
}

/* Copies of the options, which can be dropped, and those dropped that differ in another header. */
static int
intersect_options(sg_manifest *m, const sg_manifest *other, segml_error *err)
{
    sg_manifest before = *m;
    segml_value *options = sg_arena_alloc(&m->arena, m->option_count, sizeof *options);
    segml_text *texts = sg_arena_alloc(&m->arena, m->option_text_count, sizeof *texts);

    if (options == NULL || texts == NULL)
        return sg_fail_nomem(err);
    if (m->option_count > 0)
        memcpy(options, m->options, (size_t)m->option_count * sizeof *options);
    if (m->option_text_count > 0)
        memcpy(texts, m->option_texts, (size_t)m->option_text_count * sizeof *texts);
    m->options = options;
    m->option_texts = texts;
    m->seed = other->seed < m->seed ? other->seed : m->seed;
    return sg_header_compare(&before, other, drop_option, m, err);
}

/* What is stated once for all; R1 of merge_artifacts.c. */
static int
join_headers(sg_plan *plan, const sg_merge_inputs *all, int any_options, segml_error *err)
{
    sg_manifest *m = &plan->manifest;
    int rc = SEGML_OK, same_library = 1;

    if (m->mode == SEGML_MODE_GLOBAL)
        return sg_fail(err, SEGML_E_MISMATCH,
                       "%s: one model for all was trained: there are no models of groups to merge",
                       all->names[0]);
    for (int64_t i = 1; i < all->count && rc == SEGML_OK; i++) {
        const sg_manifest *other = &all->inputs[i].catalog.manifest;

        rc = sg_header_fit(m, other, !any_options, all->names[0], all->names[i], err);
        if (rc == SEGML_OK)
            rc = sg_header_join(m, other, err);
        if (rc == SEGML_OK)
            rc = intersect_options(m, other, err);
        if (strcmp(other->engine, m->engine) < 0)
            m->engine = other->engine;
        m->threshold = other->threshold < m->threshold ? other->threshold : m->threshold;
        same_library = same_library && strcmp(other->library, m->library) == 0;
        plan->keeps_history = plan->keeps_history && other->has_history;
    }
    plan->keeps_history = plan->keeps_history && m->has_history;
    if (!same_library)
        m->library = SEGML_VERSION;
    return rc;
}

/* Whether anything answers for groups without own model, or could. */
static int
is_answered(const sg_manifest *m)
{
    return m->has_global || m->constant_count > 0 || m->fallback != 0;
}

int
sg_merge_header(sg_plan *plan, const sg_merge_inputs *all, const segml_merge_options *options,
                segml_error *err)
{
    const sg_input *best = NULL;
    int rc = join_headers(plan, all, options->any_options > 0, err);

    if (rc < 0)
        return rc;
    if (options->global == SEGML_GLOBAL_NONE) {
        drop_globals(plan, all);
    } else {
        rc = choose_global(all, options->global == SEGML_GLOBAL_EQUAL, &best, err);
        if (rc == SEGML_OK && is_answered(&best->catalog.manifest))
            take_global(plan, best);
        else if (rc == SEGML_OK)
            drop_globals(plan, all);
    }
    return rc == SEGML_OK ? merge_parents(plan, all, options, err) : rc;
}
