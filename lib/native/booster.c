/* SPDX-License-Identifier: Apache-2.0 */

/*
 * Trees of a fit, and the model that XGBoost 1.7 would have written of them: UBJSON (draft 12,
 * big-endian), members in alphabetical order, arrays of numbers typed, lengths as int64. That
 * version's form was chosen because every later one reads it and 1.7 reads nothing newer.
 *
 * Nodes that pruning removed are written too, as XGBoost does: their split index is its marker
 * for removed nodes, the other members are what they were.
 */

#include "native/booster.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/text.h"

enum {
    REMOVED_FEATURE = 0x7fffffff, /* XGBoost's marker: all bits of its split index */
    NO_PARENT = 0x7fffffff
};

void
sg_booster_clear(sg_booster *booster)
{
    sg_grown_clear(&booster->all);
    sg_free(booster->first);
    sg_free(booster->word);
    *booster = (sg_booster){0};
}

static int
make_room(sg_booster *booster, segml_error *err)
{
    int64_t room = booster->room > 0 ? 2 * (int64_t)booster->room : 64;
    int32_t *grown;

    if (booster->trees + 1 < booster->room)
        return SEGML_OK;
    if (room > INT32_MAX)
        return sg_fail_nomem(err);
    grown = sg_alloc_resize(booster->first, room, sizeof *grown);
    if (grown == NULL)
        return sg_fail_nomem(err);
    booster->first = grown;
    grown = sg_alloc_resize(booster->word, room, sizeof *grown);
    if (grown == NULL)
        return sg_fail_nomem(err);
    booster->word = grown;
    booster->room = (int32_t)room;
    return SEGML_OK;
}

int
sg_booster_add(sg_booster *booster, const sg_grown *tree, segml_error *err)
{
    sg_grown *all = &booster->all;
    int rc = make_room(booster, err);

    if (rc == SEGML_OK)
        rc = sg_grown_reserve(all, (int64_t)all->nodes + tree->nodes,
                              (int64_t)all->words + tree->words, err);
    if (rc < 0)
        return rc;
    memcpy(all->node + all->nodes, tree->node, (size_t)tree->nodes * sizeof *tree->node);
    if (tree->words > 0)
        memcpy(all->word + all->words, tree->word, (size_t)tree->words * sizeof *tree->word);
    booster->first[booster->trees] = all->nodes;
    booster->word[booster->trees] = all->words;
    all->nodes += tree->nodes;
    all->words += tree->words;
    booster->trees++;
    booster->first[booster->trees] = all->nodes;
    booster->word[booster->trees] = all->words;
    return SEGML_OK;
}

/* Writes one value after the other; after a failure the rest does nothing. */
typedef struct writer {
    sg_buf *out;
    int rc;
    segml_error *err;
} writer;

static void
put(writer *w, const void *bytes, size_t size)
{
    if (w->rc == SEGML_OK)
        w->rc = sg_buf_append(w->out, bytes, size, w->err);
}

static void
put_marker(writer *w, char marker)
{
    put(w, &marker, 1);
}

/* The low bytes of a number, highest first. */
static void
put_big(writer *w, uint64_t value, int bytes)
{
    unsigned char big[8];

    for (int i = 0; i < bytes; i++)
        big[i] = (unsigned char)(value >> 8 * (bytes - 1 - i));
    put(w, big, (size_t)bytes);
}

static void
put_length(writer *w, int64_t length)
{
    put_marker(w, 'L');
    put_big(w, (uint64_t)length, 8);
}

static void
put_key(writer *w, const char *key)
{
    size_t length = strlen(key);

    put_length(w, (int64_t)length);
    put(w, key, length);
}

static void
put_text(writer *w, const char *text)
{
    put_marker(w, 'S');
    put_key(w, text);
}

static void
put_member(writer *w, const char *key, const char *text)
{
    put_key(w, key);
    put_text(w, text);
}

static void
put_count(writer *w, const char *key, int64_t count)
{
    char text[SG_TEXT_NUMBER];

    snprintf(text, sizeof text, "%lld", (long long)count);
    put_member(w, key, text);
}

/* A decimal point, whatever the locale has for it. */
static void
set_point(char *text)
{
    char *at = text + strcspn(text, ".,");

    if (*at != '\0')
        *at = '.';
}

/* A parameter with nine digits, as XGBoost's streams print it: 0.7f is 0.699999988. */
static void
put_parameter(writer *w, const char *key, float value)
{
    char text[SG_TEXT_NUMBER];

    snprintf(text, sizeof text, "%.9g", (double)value);
    set_point(text);
    put_member(w, key, text);
}

/* The shortest text of a number as XGBoost's own printer has it: 0.25 is 2.5E-1, 10 is 1E1. */
static void
put_shortest(writer *w, const char *key, float value)
{
    char text[SG_TEXT_NUMBER];

    for (int digits = 0; digits <= 8; digits++) {
        float back = 0;
        char *exponent;

        snprintf(text, sizeof text, "%.*E", digits, (double)value);
        set_point(text);
        exponent = strchr(text, 'E') + 1;
        snprintf(exponent, 8, "%d", (int)strtol(exponent, NULL, 10));
        if (sg_text_parse_float(&back, text, strlen(text)) && back == value)
            break;
    }
    put_member(w, key, text);
}

/* An integer in the type that XGBoost takes: the smallest that holds more. */
static void
put_integer(writer *w, int64_t value)
{
    int bytes = value < INT8_MAX ? 1 : value < INT16_MAX ? 2 : 4;

    put_marker(w, bytes == 1 ? 'i' : bytes == 2 ? 'I' : 'l');
    put_big(w, (uint64_t)value, bytes);
}

static void
open_object(writer *w, const char *key)
{
    if (key != NULL)
        put_key(w, key);
    put_marker(w, '{');
}

static void
close_object(writer *w)
{
    put_marker(w, '}');
}

/* An array whose elements follow, each with its marker. */
static void
open_array(writer *w, const char *key, int64_t count)
{
    put_key(w, key);
    put(w, "[#", 2);
    put_length(w, count);
}

/* An array of one type of numbers, whose bytes follow. */
static void
open_typed(writer *w, const char *key, char type, int64_t count)
{
    char head[] = {'[', '$', type, '#'};

    put_key(w, key);
    put(w, head, sizeof head);
    put_length(w, count);
}

typedef enum real_member { BASE_WEIGHT, GAIN, VALUE, HESSIAN } real_member;

static float
real_of(const sg_grown_node *node, real_member member)
{
    switch (member) {
    case BASE_WEIGHT:
        return node->weight;
    case GAIN:
        return node->gain;
    case HESSIAN:
        return node->hessian;
    case VALUE:
        break;
    }
    return node->left != SG_GROWN_LEAF && node->set >= 0 ? (float)NAN : node->value;
}

static void
put_reals(writer *w, const char *key, const sg_grown *tree, real_member member)
{
    open_typed(w, key, 'd', tree->nodes);
    for (int32_t i = 0; i < tree->nodes; i++) {
        float value = real_of(&tree->node[i], member);
        uint32_t bits;

        memcpy(&bits, &value, sizeof bits);
        put_big(w, bits, 4);
    }
}

typedef enum integer_member { LEFT, RIGHT, PARENT, FEATURE, MISSING_LEFT, TYPE } integer_member;

static int32_t
integer_of(const sg_grown_node *node, integer_member member)
{
    switch (member) {
    case LEFT:
        return node->left;
    case RIGHT:
        return node->right;
    case PARENT:
        return node->parent < 0 ? NO_PARENT : node->parent;
    case FEATURE:
        return node->removed ? REMOVED_FEATURE : node->feature;
    case MISSING_LEFT:
        return node->removed || node->missing_left;
    case TYPE:
        break;
    }
    return node->set >= 0;
}

static void
put_integers(writer *w, const char *key, const sg_grown *tree, integer_member member)
{
    int bytes = member >= MISSING_LEFT ? 1 : 4;

    open_typed(w, key, bytes == 1 ? 'U' : 'l', tree->nodes);
    for (int32_t i = 0; i < tree->nodes; i++)
        put_big(w, (uint32_t)integer_of(&tree->node[i], member), bytes);
}

static int
bit(const uint32_t *set, int32_t category)
{
    return (int)(set[1 + category / 32] >> category % 32 & 1);
}

static int64_t
count_categories(const uint32_t *set)
{
    int64_t count = 0;

    for (int32_t c = 0; c < 32 * (int32_t)set[0]; c++)
        count += bit(set, c);
    return count;
}

typedef enum set_member { SET_NODE, SET_START, SET_SIZE } set_member;

/* One number per set of categories. */
static void
put_sets(writer *w, const char *key, const sg_grown *tree, int64_t sets, set_member member)
{
    int64_t start = 0;

    open_typed(w, key, member == SET_NODE ? 'l' : 'L', sets);
    for (int32_t i = 0; i < tree->nodes; i++) {
        const sg_grown_node *node = &tree->node[i];
        int64_t size = node->set >= 0 ? count_categories(tree->word + node->set) : 0;

        if (node->set >= 0)
            put_big(w,
                    (uint64_t)(member == SET_NODE    ? i
                               : member == SET_START ? start
                                                     : size),
                    member == SET_NODE ? 4 : 8);
        start += size;
    }
}

static void
put_categories(writer *w, const sg_grown *tree)
{
    int64_t sets = 0, all = 0;

    for (int32_t i = 0; i < tree->nodes; i++) {
        if (tree->node[i].set >= 0) {
            sets++;
            all += count_categories(tree->word + tree->node[i].set);
        }
    }
    open_typed(w, "categories", 'l', all);
    for (int32_t i = 0; i < tree->nodes && sets > 0; i++) {
        const uint32_t *set = tree->node[i].set >= 0 ? tree->word + tree->node[i].set : NULL;

        for (int32_t c = 0; set != NULL && c < 32 * (int32_t)set[0]; c++) {
            if (bit(set, c))
                put_big(w, (uint32_t)c, 4);
        }
    }
    put_sets(w, "categories_nodes", tree, sets, SET_NODE);
    put_sets(w, "categories_segments", tree, sets, SET_START);
    put_sets(w, "categories_sizes", tree, sets, SET_SIZE);
}

static void
put_tree(writer *w, const sg_grown *tree, int32_t id, int64_t features)
{
    int64_t removed = 0;

    for (int32_t i = 0; i < tree->nodes; i++)
        removed += tree->node[i].removed;
    open_object(w, NULL);
    put_reals(w, "base_weights", tree, BASE_WEIGHT);
    put_categories(w, tree);
    put_integers(w, "default_left", tree, MISSING_LEFT);
    put_key(w, "id");
    put_integer(w, id);
    put_integers(w, "left_children", tree, LEFT);
    put_reals(w, "loss_changes", tree, GAIN);
    put_integers(w, "parents", tree, PARENT);
    put_integers(w, "right_children", tree, RIGHT);
    put_reals(w, "split_conditions", tree, VALUE);
    put_integers(w, "split_indices", tree, FEATURE);
    put_integers(w, "split_type", tree, TYPE);
    put_reals(w, "sum_hessian", tree, HESSIAN);
    open_object(w, "tree_param");
    put_count(w, "num_deleted", removed);
    put_count(w, "num_feature", features);
    put_count(w, "num_nodes", tree->nodes);
    put_count(w, "size_leaf_vector", 0);
    close_object(w);
    close_object(w);
}

static void
put_trees(writer *w, const sg_booster *booster, const sg_engine_rows *rows)
{
    open_object(w, "gradient_booster");
    open_object(w, "model");
    open_object(w, "gbtree_model_param");
    put_count(w, "num_parallel_tree", 1);
    put_count(w, "num_trees", booster->trees);
    put_count(w, "size_leaf_vector", 0);
    close_object(w);
    open_array(w, "tree_info", booster->trees);
    for (int32_t t = 0; t < booster->trees; t++)
        put_integer(w, t % rows->classes);
    open_array(w, "trees", booster->trees);
    for (int32_t t = 0; t < booster->trees; t++) {
        int32_t first = booster->first[t], word = booster->word[t];
        sg_grown tree = {.node = booster->all.node + first,
                         .nodes = booster->first[t + 1] - first,
                         .words = booster->word[t + 1] - word};

        tree.word = tree.words > 0 ? booster->all.word + word : NULL;
        put_tree(w, &tree, t, rows->features);
    }
    close_object(w);
    put_member(w, "name", "gbtree");
    close_object(w);
}

static void
put_objective(writer *w, const sg_booster_facts *facts)
{
    open_object(w, "objective");
    switch (facts->rows->loss) {
    case SG_LOSS_LOGISTIC:
    case SG_LOSS_SQUARED:
        put_member(w, "name",
                   facts->rows->loss == SG_LOSS_LOGISTIC ? "binary:logistic" : "reg:squarederror");
        open_object(w, "reg_loss_param");
        put_parameter(w, "scale_pos_weight", facts->scale_pos_weight);
        break;
    case SG_LOSS_SOFTPROB:
        put_member(w, "name", "multi:softprob");
        open_object(w, "softmax_multiclass_param");
        put_count(w, "num_class", facts->rows->classes);
        break;
    case SG_LOSS_POISSON:
        put_member(w, "name", "count:poisson");
        open_object(w, "poisson_regression_param");
        put_parameter(w, "max_delta_step", facts->max_delta_step);
        break;
    }
    close_object(w);
    close_object(w);
}

int
sg_booster_export(const sg_booster *booster, const sg_booster_facts *facts, sg_buf *out,
                  segml_error *err)
{
    const sg_engine_rows *rows = facts->rows;
    writer w = {out, SEGML_OK, err};
    size_t before = out->size;

    open_object(&w, NULL);
    open_object(&w, "learner");
    open_object(&w, "attributes");
    close_object(&w);
    open_array(&w, "feature_names", rows->features);
    for (int64_t j = 0; j < rows->features; j++)
        put_text(&w, rows->names[j]);
    open_array(&w, "feature_types", rows->features);
    for (int64_t j = 0; j < rows->features; j++)
        put_text(&w, rows->categorical[j] ? "c" : "float");
    put_trees(&w, booster, rows);
    open_object(&w, "learner_model_param");
    put_shortest(&w, "base_score", facts->base_score);
    put_count(&w, "boost_from_average", 0);
    put_count(&w, "num_class", rows->loss == SG_LOSS_SOFTPROB ? rows->classes : 0);
    put_count(&w, "num_feature", rows->features);
    put_count(&w, "num_target", 1);
    close_object(&w);
    put_objective(&w, facts);
    close_object(&w);
    open_array(&w, "version", 3);
    put_integer(&w, 1);
    put_integer(&w, 7);
    put_integer(&w, 4);
    close_object(&w);
    if (w.rc < 0)
        out->size = before;
    return w.rc;
}
