/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SG_NATIVE_EXACT_H
#define SG_NATIVE_EXACT_H

/*
 * What the parts of the exact grower share; exact.c has the rules R1 to R13. The rows of a node are
 * one segment [lo, hi) of every column, sorted by value there, missing rows last.
 */

#include "native/exact_gain.h"
#include "native/grower.h"

/** The best split of a node so far. */
typedef struct sg_exact_best {
    float gain; /* above 0; 0 = none */
    float value;
    int32_t feature;
    int32_t below;     /* present rows that were counted left */
    sg_exact_sum left; /* as it was found, with missing rows if they go left */
    uint8_t missing_left;
} sg_exact_best;

/** A node of the level that is searched. */
typedef struct sg_exact_node {
    int32_t id;
    int32_t lo, hi;
    float gain; /* of the node itself, XGBoost's root_gain */
    sg_exact_sum sum;
    sg_exact_bounds bounds; /* with constraints */
    sg_exact_best best;
    /* Once it is split: */
    int32_t cut;       /* present rows that go left */
    int32_t left_rows; /* rows that go left */
    int32_t child;     /* number of the left child; 0 = the node is a leaf */
    int32_t kept;      /* children that are searched in their turn: 1 left, 2 right, 3 both */
} sg_exact_node;

/** A level's columns: where they stand and where the next level's go. */
typedef struct sg_exact_level {
    const uint32_t *from;    /* [features * stride] */
    uint32_t *to;            /* [features * stride] */
    float *gradient;         /* [features * stride] of the entries of from; kernels' own */
    float *next_gradient;    /* [features * stride] */
    const uint16_t *present; /* [nodes * features] of columns with missing rows, else unset */
    uint16_t *next_present;
    sg_exact_node *node;
    int32_t nodes;
    int root;   /* 1: gradient is not filled yet; the search fills it */
    int screen; /* 1: gradient goes along to the next level */
} sg_exact_level;

/** How screening knows Hessians. */
typedef enum sg_exact_hessian {
    SG_EXACT_ANY,     /* by row */
    SG_EXACT_DERIVED, /* |g| - g * g, but for an error: logistic without weights */
    SG_EXACT_ONE      /* all 1 */
} sg_exact_hessian;

/** Gradients of a tree: what one pass over them tells. */
typedef struct sg_exact_facts {
    double absolute;     /* sum of |g| */
    sg_exact_sum sum;    /* in any order */
    float largest;       /* |g| */
    float derived_error; /* largest |h - (|g| - g * g)| */
    int lattice;         /* 1: R13, sums are exact in any order and all h > 0 */
    sg_exact_hessian how;
} sg_exact_facts;

typedef struct sg_exact {
    const sg_columns *columns;
    const struct sg_exact_kernel *kernel;
    int64_t features, stride;
    /* Of a fold: */
    int32_t rows;
    int literal_made;
    uint16_t *number;  /* [rows of the unit] */
    uint32_t *sorted;  /* [features * stride] in row order among equal values */
    uint32_t *literal; /* [features * stride] in std::sort's order; NULL until a tree needs it */
    int32_t *present;  /* [features] */
    uint8_t *constant; /* [features] 1 = at most one value */
    /* Of a tree: */
    const sg_grow_params *params;
    sg_exact_facts facts;
    float *gradient, *hessian; /* [rows + pad], 0 of rows that are not sampled */
    int32_t *active;           /* [actives] features that may split, ascending */
    int32_t actives;
    uint32_t *entry[2];           /* [features * stride] by parity of the level */
    float *carried[2];            /* [features * stride] gradients of the entries */
    uint8_t *side;                /* [rows + pad] 1 = the row goes right */
    uint32_t *side_bits;          /* [2048] the same as bits */
    uint64_t lanes[256];          /* numbers of a byte's set bits, ascending, a byte each */
    float *running_g, *running_h; /* [stride] prefix sums of a column with missing rows */
    uint32_t *spill;              /* [stride] right rows of a segment on their way */
    float *spill_gradient;        /* [stride] */
    /* Of the levels: */
    int32_t room; /* nodes of a level that there is room for */
    sg_exact_node *queue[2];
    uint16_t *node_present[2]; /* [room * features] */
    sg_exact_sum *child;       /* [2 * room] */
} sg_exact;

/** Loops with a version per set of instructions. */
typedef struct sg_exact_kernel {
    /** Copies the sampled gradients into the grower and takes their facts. */
    void (*measure)(sg_exact *exact, const sg_grow_task *task);
    /**
     * Finds the best split of a node by screening in float; needs exact sums (R13) and
     * the plain gain. NULL = there is no screening.
     *
     * @return 1; 0 = too many near ties: the node is to be searched by sg_exact_search()
     */
    int (*screen)(sg_exact *exact, const sg_exact_level *level, int32_t node);
    /** Moves the rows of kept children to the next level, in every active column. */
    void (*part)(sg_exact *exact, const sg_exact_level *level);
    /** Columns of the sampled rows alone (side 0), and how many are present. */
    void (*sample)(sg_exact *exact, uint32_t *to, const uint32_t *from, uint16_t *present);
} sg_exact_kernel;

/** Whether rows of the fold miss a feature. */
static inline int
sg_exact_has_missing(const sg_exact *exact, int32_t feature)
{
    return exact->present[feature] < exact->rows;
}

/** Present rows of a node in a column. */
static inline int32_t
sg_exact_present(const sg_exact *exact, const sg_exact_level *level, int32_t node, int32_t feature)
{
    if (!sg_exact_has_missing(exact, feature))
        return level->node[node].hi - level->node[node].lo;
    return level->present[node * exact->features + feature];
}

/** R7: whether a column is scanned forward too. */
static inline int
sg_exact_forward(const sg_exact *exact, int32_t feature)
{
    return sg_exact_has_missing(exact, feature) && !exact->constant[feature];
}

/** R9: the threshold between the value a pass reached and the one before it. */
static inline float
sg_exact_threshold(float reached, float before)
{
    float middle = (reached + before) * 0.5f;

    return middle == reached ? before : middle;
}

/** Values of a feature by rank. */
static inline const float *
sg_exact_values(const sg_exact *exact, int32_t feature)
{
    return exact->columns->value + feature * exact->columns->stride;
}

/** R7 to R11, literally: one addition after the other, in the order of the columns. */
void sg_exact_search(const sg_exact *exact, const sg_exact_level *level, int32_t node);

#endif
