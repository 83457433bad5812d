/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SG_NATIVE_EXACT_SCREEN_ISA_H
#define SG_NATIVE_EXACT_SCREEN_ISA_H

/*
 * Screening: all splits of a node in float, several at once, then the few that may be the best
 * in exact sums and with XGBoost's operations.
 *
 * With GL + GR = G, h with lambda on both sides and HL + HR = H the gain of both sides is
 *     GL^2/HL + GR^2/HR = G^2/H + H * q,   q = D^2 / (HL * HR),   D = sum of g - (G/H) * h left,
 * so a running sum of g - (G/H) * h and one of h give q, and D^2 is compared with bar * HL * HR:
 * no division, and no cancellation of the large G^2/H. One run of sums serves both passes of R7, as
 * they differ in where missing rows go.
 *
 * S1  The bar is the best q that surely is reached, less twice the largest error of a q. Errors:
 *     e(q) = 2 sqrt(q r) dD + r dD^2 + q H r dh + 1e-6 * gain / H, where r = 1 / (least HL * HR), dD
 *     and dh bound the rounding of the sums, and the last term that of XGBoost's own floats.
 * S2  Only splits that surely have min_child_weight raise the bar; those that may have it are kept.
 * S3  Splits are tried exactly in XGBoost's order, so equal losses fall as in R7 and R11.
 * S4  Without a useful bound, or with more than a dozen splits left, the node is searched
 *     literally instead.
 */

#include <math.h>
#include <string.h>

#include "native/exact.h"
#include "native/simd.h"

#if SG_SIMD
enum { SCREEN_BLOCKS = 64, SCREEN_FINAL = 12 };

/* Which way missing rows go, in the order in which XGBoost tries it. */
typedef enum screen_pass {
    SCREEN_RIGHT,
    SCREEN_LEFT,
    SCREEN_ALONE /* missing rows left, all others right */
} screen_pass;

/* Positions at..at+lanes-1 of a column where a split may be the best. */
typedef struct screen_block {
    float most; /* largest q of them */
    int32_t feature, at;
    unsigned bits;
    screen_pass pass;
} screen_block;

/* Running sums of several positions, or the last one in all lanes. */
typedef struct screen_sums {
    vfloat d, h;
} screen_sums;

/* A node's search. */
typedef struct screen {
    const sg_exact *exact;
    const sg_exact_level *level;
    sg_exact_node *node;
    vfloat bar, whole, tilt;       /* whole: H with 2 lambda; tilt: G / H */
    vfloat least;                  /* HL * HR that may have min_child_weight */
    float best;                    /* q that surely is reached */
    float keep;                    /* what the bar holds */
    float by_root, by_q, constant; /* S1: 2 e(q) = by_root * sqrt(q) + by_q * q + constant */
    float surely;                  /* h that surely is min_child_weight */
    float lambda;
    float start;      /* D of no rows */
    screen_sums sums; /* of the positions that have been hit */
    int32_t blocks;
    int failed;
    screen_block block[SCREEN_BLOCKS];
} screen;

/* A column's segment. */
typedef struct screen_column {
    const uint32_t *entry;
    float *gradient;
    int32_t feature, size, present;
    screen_pass pass; /* of positions whose missing rows are nowhere */
    int forward;
} screen_column;

static void
screen_raise(screen *s, float q)
{
    s->best = q;
    s->keep = q - (s->by_root * sqrtf(q) + s->by_q * q + s->constant);
    s->bar = v_set(s->keep);
}

/* S1; 0 = there is no bound. */
static int
screen_begin(screen *s)
{
    const sg_exact *ex = s->exact;
    const sg_exact_facts *facts = &ex->facts;
    const sg_exact_node *node = s->node;
    const double lambda = ex->params->lambda, least = ex->params->min_child_weight;
    const double size = node->hi - node->lo;
    const double whole = node->sum.h + 2.0 * lambda, tilt = node->sum.g / whole;
    double absolute = size * facts->largest, unit = (size / V_LANES + 12.0) * 1.2e-7;
    double each = facts->how == SG_EXACT_DERIVED ? size * facts->derived_error : 0.0;
    double error_h, error_d, side, r, own, first, share;

    absolute = absolute < facts->absolute ? absolute : facts->absolute;
    error_h = unit * (node->sum.h + lambda) + each;
    error_d = unit * (2.0 * absolute + fabs(tilt) * lambda) + fabs(tilt) * each;
    side = least + lambda - 2.0 * error_h;
    r = 1.0 / (side * (whole - side));
    share = whole * r * error_h;
    if (!(side > 0.0) || !(whole > side) || !(share < 0.01))
        return 0;
    own = node->sum.g * node->sum.g / whole;
    first = own * lambda / ((node->sum.h + lambda) * whole);
    s->by_root = (float)(4.0 * sqrt(r) * error_d);
    s->by_q = (float)(2.0 * (1.1 * share + 1e-6));
    s->constant = (float)(2.0 * (r * error_d * error_d + 1e-6 * own / whole)) + 1e-30f;
    s->least = v_set((float)(0.99999 * side * (whole - side)));
    s->surely = (float)(least + lambda + 2.0 * error_h);
    s->lambda = (float)lambda;
    s->start = (float)(-tilt * lambda);
    s->whole = v_set((float)whole);
    s->tilt = v_set((float)tilt);
    screen_raise(s, (float)first);
    return s->keep == s->keep;
}

/* Drops the blocks that the bar has left behind. */
static void
screen_drop(screen *s)
{
    int32_t kept = 0;

    for (int32_t i = 0; i < s->blocks; i++) {
        if (!(s->block[i].most < s->keep))
            s->block[kept++] = s->block[i];
    }
    s->blocks = kept;
}

/* Keeps those of a block's positions, given as bits, that are splits and reach the bar. */
static void __attribute__((noinline))
screen_hit(screen *s, const screen_column *c, int32_t at, screen_pass pass, unsigned bits)
{
    vfloat other = v_sub(s->whole, s->sums.h);
    vfloat quotient = v_div(v_mul(s->sums.d, s->sums.d), v_mul(s->sums.h, other));
    unsigned enough = v_reaches(v_min(s->sums.h, other), v_set(s->surely));
    float q[V_LANES], most = -1.0f, sure = -1.0f;

    if (pass != SCREEN_ALONE)
        bits &= v_changes(c->entry + at);
    if (bits == 0)
        return;
    v_store(q, quotient);
    for (unsigned rest = bits; rest != 0; rest &= rest - 1) {
        int j = __builtin_ctz(rest);

        s->failed |= !(q[j] < 3e38f);
        most = q[j] > most ? q[j] : most;
        if ((enough >> j & 1) && q[j] > sure)
            sure = q[j];
    }
    if (sure > s->best) {
        screen_raise(s, sure);
        bits &= v_reaches(quotient, s->bar);
    }
    if (s->blocks == SCREEN_BLOCKS)
        screen_drop(s);
    s->failed |= s->blocks == SCREEN_BLOCKS;
    if (!s->failed)
        s->block[s->blocks++] = (screen_block){most, c->feature, at, bits, pass};
}

/* Bits of the lanes that reach the bar and may have min_child_weight. */
static inline unsigned
screen_test(const screen *s, screen_sums sums)
{
    vfloat product = v_mul(sums.h, v_sub(s->whole, sums.h));

    return v_reaches(v_mul(sums.d, sums.d), v_mul(s->bar, product)) & v_reaches(product, s->least);
}

/* The same of the first lanes alone. */
static inline unsigned
screen_test_some(const screen *s, screen_sums sums, int32_t lanes)
{
    return screen_test(s, sums) & (lanes < V_LANES ? (1u << lanes) - 1 : V_ALL);
}

/* The next lanes' gradients and Hessians, added to the running sums. */
static inline screen_sums
screen_step(const screen *s, const screen_column *c, int32_t at, screen_sums *run,
            sg_exact_hessian how, int root)
{
    vfloat g, h = v_set(1.0f);
    screen_sums sums;

    if (root) {
        g = v_lookup(s->exact->gradient, c->entry + at);
        v_store(c->gradient + at, g);
    } else {
        g = v_load(c->gradient + at);
    }
    if (how == SG_EXACT_ANY)
        h = v_lookup(s->exact->hessian, c->entry + at);
    else if (how == SG_EXACT_DERIVED)
        h = v_less_product(v_abs(g), g, g);
    sums.d = v_prefix(v_less_product(g, s->tilt, h));
    sums.h = how == SG_EXACT_ONE ? v_count() : v_prefix(h);
    sums.d = v_add(sums.d, run->d);
    sums.h = v_add(sums.h, run->h);
    run->d = v_last(sums.d);
    run->h = v_last(sums.h);
    return sums;
}

static inline void
screen_full(screen *s, const screen_column *c, sg_exact_hessian how, int root)
{
    screen_sums run = {v_set(s->start), v_set(s->lambda)}, sums;
    int32_t i = 0, last = c->size - 1;
    unsigned bits;

    for (; i + V_LANES <= last; i += V_LANES) {
        sums = screen_step(s, c, i, &run, how, root);
        bits = screen_test(s, sums);
        if (__builtin_expect(bits != 0, 0)) {
            s->sums = sums;
            screen_hit(s, c, i, c->pass, bits);
        }
    }
    sums = screen_step(s, c, i, &run, how, root);
    bits = screen_test_some(s, sums, last - i);
    if (__builtin_expect(bits != 0, 0)) {
        s->sums = sums;
        screen_hit(s, c, i, c->pass, bits);
    }
}

/* A column with missing rows here: the sums of the first run are kept for the second. */
static inline void
screen_gaps(screen *s, const screen_column *c, sg_exact_hessian how, int root)
{
    float *running_d = s->exact->running_g, *running_h = s->exact->running_h;
    screen_sums run = {v_set(s->start), v_set(s->lambda)}, missing, sums;
    int32_t i, last = c->present - 1;
    unsigned bits;

    for (i = 0; i < c->present; i += V_LANES) {
        sums = screen_step(s, c, i, &run, how, root);
        v_store(running_d + i, sums.d);
        v_store(running_h + i, sums.h);
        bits = c->forward ? screen_test_some(s, sums, c->present - i) : 0;
        if (__builtin_expect(bits != 0, 0)) {
            s->sums = sums;
            screen_hit(s, c, i, SCREEN_RIGHT, bits);
        }
    }
    for (; root && i < c->size; i += V_LANES)
        v_store(c->gradient + i, v_lookup(s->exact->gradient, c->entry + i));
    if (c->present == 0)
        return;
    /* All rows have D = 2 * lambda * tilt; what the present ones lack is the missing rows'. */
    missing.d = v_sub(v_mul(v_set(s->lambda), s->tilt), v_set(running_d[last]));
    missing.h = v_sub(v_sub(s->whole, v_set(s->lambda)), v_set(running_h[last]));
    for (i = 0; i < last; i += V_LANES) {
        sums = (screen_sums){v_add(missing.d, v_load(running_d + i)),
                             v_add(missing.h, v_load(running_h + i))};
        bits = screen_test_some(s, sums, last - i);
        if (__builtin_expect(bits != 0, 0)) {
            s->sums = sums;
            screen_hit(s, c, i, SCREEN_LEFT, bits);
        }
    }
    sums = (screen_sums){v_add(missing.d, v_set(s->start)), v_add(missing.h, v_set(s->lambda))};
    bits = screen_test_some(s, sums, 1);
    if (__builtin_expect(bits != 0, 0)) {
        s->sums = sums;
        screen_hit(s, c, 0, SCREEN_ALONE, bits);
    }
}

static inline screen_column
screen_column_of(const screen *s, int32_t feature)
{
    const sg_exact *ex = s->exact;
    int64_t start = feature * ex->stride + s->node->lo;
    int forward = sg_exact_forward(ex, feature);

    return (screen_column){
        .entry = s->level->from + start,
        .gradient = s->level->gradient + start,
        .feature = feature,
        .size = s->node->hi - s->node->lo,
        .present = sg_exact_present(ex, s->level, (int32_t)(s->node - s->level->node), feature),
        .pass = forward ? SCREEN_RIGHT : SCREEN_LEFT,
        .forward = forward};
}

static inline void
screen_columns(screen *s, sg_exact_hessian how, int root)
{
    for (int32_t a = 0; a < s->exact->actives; a++) {
        screen_column c = screen_column_of(s, s->exact->active[a]);

        if (c.present < c.size)
            screen_gaps(s, &c, how, root);
        else if ((c.entry[0] ^ c.entry[c.size - 1]) >= 0x10000u) /* else constant here */
            screen_full(s, &c, how, root);
    }
}

/* Exact sums of the entries from..to-1. */
static sg_exact_sum
screen_sum(const screen *s, const screen_column *c, int32_t from, int32_t to)
{
    const float *hessian = s->exact->hessian;
    double g[8] = {0}, h[8] = {0};
    int32_t i = from;

    for (; i + 8 <= to; i += 8) {
        for (int j = 0; j < 8; j++) {
            g[j] += c->gradient[i + j];
            h[j] += hessian[c->entry[i + j] & 0xffff];
        }
    }
    for (; i < to; i++) {
        g[0] += c->gradient[i];
        h[0] += hessian[c->entry[i] & 0xffff];
    }
    return (sg_exact_sum){g[0] + g[1] + g[2] + g[3] + g[4] + g[5] + g[6] + g[7],
                          h[0] + h[1] + h[2] + h[3] + h[4] + h[5] + h[6] + h[7]};
}

/* R8 to R11 for one split; own = 1 if the best so far is of the same pass, backward. */
static int
screen_try(screen *s, const screen_column *c, screen_pass pass, int32_t below, sg_exact_sum left,
           int own)
{
    const sg_grow_params *p = s->exact->params;
    const float *value = sg_exact_values(s->exact, c->feature);
    sg_exact_node *node = s->node;
    sg_exact_sum right = {node->sum.g - left.g, node->sum.h - left.h};
    float gain, before, gap;

    if (!(left.h >= (double)p->min_child_weight && right.h >= (double)p->min_child_weight))
        return own;
    gain = (sg_exact_plain_gain(p, left) + sg_exact_plain_gain(p, right)) - node->gain;
    if (isinf(gain) ||
        !(gain > node->best.gain || (own && pass == SCREEN_LEFT && gain == node->best.gain)))
        return own;
    before = value[c->entry[below > 0 ? below - 1 : 0] >> 16];
    gap = fabsf(before) + 1e-6f;
    node->best = (sg_exact_best){.gain = gain,
                                 .feature = c->feature,
                                 .below = below,
                                 .left = left,
                                 .missing_left = pass != SCREEN_RIGHT};
    if (pass == SCREEN_ALONE)
        node->best.value = before - gap;
    else if (below == c->present)
        node->best.value = before + gap;
    else if (pass == SCREEN_RIGHT)
        node->best.value = sg_exact_threshold(value[c->entry[below] >> 16], before);
    else
        node->best.value = sg_exact_threshold(before, value[c->entry[below] >> 16]);
    return 1;
}

/* All splits of a block that may be the best. */
static int
screen_settle(screen *s, const screen_block *b, int own)
{
    screen_column c = screen_column_of(s, b->feature);
    int whole = c.present == c.size;
    sg_exact_sum sum;

    if (whole && b->at > c.size / 2) {
        sum = screen_sum(s, &c, b->at, c.size);
        sum = (sg_exact_sum){s->node->sum.g - sum.g, s->node->sum.h - sum.h};
    } else {
        sum = screen_sum(s, &c, 0, b->at);
    }
    if (!whole && b->pass != SCREEN_RIGHT) {
        sg_exact_sum missing = screen_sum(s, &c, c.present, c.size);

        sum = (sg_exact_sum){sum.g + missing.g, sum.h + missing.h};
    }
    if (b->pass == SCREEN_ALONE)
        return screen_try(s, &c, b->pass, 0, sum, own);
    for (int j = 0; b->bits >> j != 0; j++) {
        sum.g += c.gradient[b->at + j];
        sum.h += s->exact->hessian[c.entry[b->at + j] & 0xffff];
        if (b->bits >> j & 1)
            own = screen_try(s, &c, b->pass, b->at + j + 1, sum, own);
    }
    return own;
}

/* The gradients of the entries where no screening of the root gets them. */
static void
screen_fill(const screen *s)
{
    for (int32_t a = 0; a < s->exact->actives; a++) {
        screen_column c = screen_column_of(s, s->exact->active[a]);

        for (int32_t i = 0; i < c.size; i += V_LANES)
            v_store(c.gradient + i, v_lookup(s->exact->gradient, c.entry + i));
    }
}

static int
exact_screen(sg_exact *exact, const sg_exact_level *level, int32_t node)
{
    int own = 0;
    screen s;

    s.exact = exact;
    s.level = level;
    s.node = &level->node[node];
    s.blocks = s.failed = 0;
    if (!screen_begin(&s)) {
        if (level->root)
            screen_fill(&s);
        return 0;
    }
    if (level->root) {
        if (exact->facts.how == SG_EXACT_DERIVED)
            screen_columns(&s, SG_EXACT_DERIVED, 1);
        else if (exact->facts.how == SG_EXACT_ONE)
            screen_columns(&s, SG_EXACT_ONE, 1);
        else
            screen_columns(&s, SG_EXACT_ANY, 1);
    } else if (exact->facts.how == SG_EXACT_DERIVED) {
        screen_columns(&s, SG_EXACT_DERIVED, 0);
    } else if (exact->facts.how == SG_EXACT_ONE) {
        screen_columns(&s, SG_EXACT_ONE, 0);
    } else {
        screen_columns(&s, SG_EXACT_ANY, 0);
    }
    screen_drop(&s);
    if (s.failed || s.blocks > SCREEN_FINAL)
        return 0;
    for (int32_t i = 0; i < s.blocks; i++) {
        const screen_block *b = &s.block[i], *before = b - 1;

        if (i == 0 || b->feature != before->feature ||
            (b->pass == SCREEN_RIGHT) != (before->pass == SCREEN_RIGHT))
            own = 0;
        own = screen_settle(&s, b, own);
    }
    return 1;
}
#endif

#endif
