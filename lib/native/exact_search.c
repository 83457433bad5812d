/* SPDX-License-Identifier: Apache-2.0 */

/*
 * Search of a node as XGBoost does it: passes over the sorted columns with running double
 * sums (src/tree/updater_colmaker.cc, EnumerateSplit and UpdateEnumeration). It serves trees whose
 * sums round, parameters that screening does not know, near ties that it cannot tell apart, and
 * machines without its instructions.
 *
 * Two loops: the plain one for lambda alone, where the gain of a split does not ask which side is
 * left, and one for the rest. Rules: exact.c.
 */

#include "native/exact.h"

/* What a pass over a column needs and moves. */
typedef struct column_pass {
    const sg_exact *exact;
    sg_exact_node *node;
    const uint32_t *entry;
    const float *value;
    int32_t feature, present;
    int step;   /* 1 forward, missing rows right; -1 backward, missing rows left */
    float last; /* value before, also of the column before: R10 */
    sg_exact_sum sum;
} column_pass;

/* R11 for a split; the pass's sums are those of its own side. */
static void
offer(column_pass *pass, float gain, float value, int32_t below)
{
    sg_exact_best *best = &pass->node->best;
    sg_exact_sum whole = pass->node->sum, s = pass->sum;

    if (!(gain > best->gain) || isinf(gain))
        return;
    best->gain = gain;
    best->value = value;
    best->feature = pass->feature;
    best->below = below;
    best->missing_left = pass->step < 0;
    best->left = pass->step > 0 ? s : (sg_exact_sum){whole.g - s.g, whole.h - s.h};
}

static float
gain_of(const column_pass *pass, sg_exact_sum s, sg_exact_sum other)
{
    const sg_exact_node *node = pass->node;

    if (pass->step < 0)
        return sg_exact_split_gain(pass->exact->params, &node->bounds, pass->feature, other, s) -
               node->gain;
    return sg_exact_split_gain(pass->exact->params, &node->bounds, pass->feature, s, other) -
           node->gain;
}

/* R8, R9 with any parameters. */
static void
pass_general(column_pass *pass)
{
    const double least = pass->exact->params->min_child_weight;
    const float *gradient = pass->exact->gradient, *hessian = pass->exact->hessian;
    int32_t at = pass->step > 0 ? 0 : pass->present - 1;

    for (int32_t n = 0; n < pass->present; n++, at += pass->step) {
        uint32_t row = pass->entry[at] & 0xffff;
        float reached = pass->value[pass->entry[at] >> 16];
        sg_exact_sum s = pass->sum;

        if (s.h != 0.0 && reached != pass->last && s.h >= least) {
            sg_exact_sum other = {pass->node->sum.g - s.g, pass->node->sum.h - s.h};

            if (other.h >= least)
                offer(pass, gain_of(pass, s, other), sg_exact_threshold(reached, pass->last),
                      pass->step > 0 ? at : at + 1);
        }
        pass->sum.g += gradient[row];
        pass->sum.h += hessian[row];
        pass->last = reached;
    }
}

/* R8, R9 with alpha 0, no max_delta_step and no constraints; every h is above 0. */
static void
pass_plain(column_pass *pass)
{
    const double least = pass->exact->params->min_child_weight;
    const double lambda = pass->exact->params->lambda;
    const float *gradient = pass->exact->gradient, *hessian = pass->exact->hessian;
    const sg_exact_sum whole = pass->node->sum;
    const float own = pass->node->gain;
    const int step = pass->step;
    const uint32_t *at = pass->entry + (step > 0 ? 0 : pass->present - 1);
    uint32_t before = *at;
    float best = pass->node->best.gain;
    double g = gradient[before & 0xffff], h = hessian[before & 0xffff];

    for (int32_t n = 1; n < pass->present; n++) {
        uint32_t reached = at[n * step], row = reached & 0xffff;
        double other_g = whole.g - g, other_h = whole.h - h;

        if ((reached ^ before) >= 0x10000u && h >= least && other_h >= least) {
            float gain = ((float)(g * g) / (float)(h + lambda) +
                          (float)(other_g * other_g) / (float)(other_h + lambda)) -
                         own;

            if (gain > best) {
                float value =
                    sg_exact_threshold(pass->value[reached >> 16], pass->value[before >> 16]);

                pass->sum = (sg_exact_sum){g, h};
                offer(pass, gain, value, step > 0 ? n : pass->present - n);
                best = pass->node->best.gain;
            }
        }
        g += gradient[row];
        h += hessian[row];
        before = reached;
    }
    pass->sum = (sg_exact_sum){g, h};
    pass->last = pass->value[before >> 16];
}

/* R10. */
static void
finish(column_pass *pass)
{
    const double least = pass->exact->params->min_child_weight;
    sg_exact_sum other = {pass->node->sum.g - pass->sum.g, pass->node->sum.h - pass->sum.h};
    float gap = fabsf(pass->last) + 1e-6f;

    if (pass->sum.h >= least && other.h >= least)
        offer(pass, gain_of(pass, pass->sum, other), pass->last + (pass->step > 0 ? gap : -gap),
              pass->step > 0 ? pass->present : 0);
}

void
sg_exact_search(const sg_exact *exact, const sg_exact_level *level, int32_t node)
{
    const sg_grow_params *p = exact->params;
    int plain = exact->facts.lattice && p->alpha == 0.0f && p->max_delta_step == 0.0f &&
                p->monotone == NULL;
    column_pass pass = {.exact = exact, .node = &level->node[node]};

    for (int32_t a = 0; a < exact->actives; a++) {
        int32_t f = exact->active[a];

        pass.feature = f;
        pass.entry = level->from + f * exact->stride + pass.node->lo;
        pass.value = sg_exact_values(exact, f);
        pass.present = sg_exact_present(exact, level, node, f);
        for (pass.step = sg_exact_forward(exact, f) ? 1 : -1; pass.step >= -1; pass.step -= 2) {
            pass.sum = (sg_exact_sum){0.0, 0.0};
            if (plain && pass.present > 0)
                pass_plain(&pass);
            else
                pass_general(&pass);
            finish(&pass);
        }
    }
}
