/* SPDX-License-Identifier: Apache-2.0 */

/*
 * The whole documents are compared, so that nothing is left out by forgetting it: every array of
 * every tree (left_children, right_children, parents, split_indices, split_conditions,
 * default_left, split_type, loss_changes, sum_hessian, base_weights, categories...), tree_info,
 * the parameters and the names. Floats are compared by their bits.
 *
 * Nodes that gamma removed are compared like all others. XGBoost keeps their numbers, parents and
 * statistics, makes leaves of them, and marks them with the feature 2147483647; the leaf that
 * took their place keeps the feature and the default direction of its split.
 *
 * What versions after 1.7 write otherwise is all that may differ: members that only they, or only
 * 1.7, have (cats, iteration_indptr, size_leaf_vector), the version, and base_score in brackets.
 * Texts that are numbers are compared as floats: 0.5 is 5E-1.
 */

#include "same_model.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "tree/ubj.h"

enum { MEMBERS = 64, PATH = 200, DEEPEST = 16 };

typedef struct walk {
    char path[PATH];
    char *where;
    size_t size;
} walk;

typedef struct member {
    sg_ubj_text key;
    sg_ubj at;
} member;

static int differ(walk *w, sg_ubj a, sg_ubj b, int depth);

static int
report(walk *w, const char *what)
{
    const char *path = strstr(w->path, ".trees[");

    snprintf(w->where, w->size, "%s: %s", path != NULL ? path + 1 : w->path, what);
    return 1;
}

/* Members of XGBoost's own later versions, or of 1.7 alone. */
static int
may_differ(sg_ubj_text key)
{
    static const char *const names[] = {"cats", "iteration_indptr", "size_leaf_vector", "version"};

    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        if (sg_ubj_text_is(key, names[i]))
            return 1;
    }
    return 0;
}

/* "[5E-1]" and "[5E-1,5E-1,5E-1]" are "5E-1". */
static sg_ubj_text
without_brackets(sg_ubj_text text)
{
    sg_ubj_text first = {text.bytes + 1, 0};
    int64_t step;

    if (text.length < 2 || text.bytes[0] != '[' || text.bytes[text.length - 1] != ']')
        return text;
    while (first.bytes[first.length] != ',' && first.bytes[first.length] != ']')
        first.length++;
    step = first.length + 1;
    for (int64_t i = step; i < text.length - 2; i++) {
        if (first.bytes[i] != first.bytes[i - step])
            return text;
    }
    return first;
}

/* Texts are the same, or numbers that XGBoost reads as the same float. */
static int
same_text(sg_ubj_text x, sg_ubj_text y)
{
    float a, b;

    if (x.length == y.length && memcmp(x.bytes, y.bytes, (size_t)x.length) == 0)
        return 1;
    return sg_text_parse_float(&a, x.bytes, (size_t)x.length) &&
           sg_text_parse_float(&b, y.bytes, (size_t)y.length) && memcmp(&a, &b, sizeof a) == 0;
}

static int
differ_texts(walk *w, const sg_ubj_value *a, const sg_ubj_value *b)
{
    sg_ubj_text x = without_brackets((sg_ubj_text){(const char *)a->bytes, a->count});
    sg_ubj_text y = without_brackets((sg_ubj_text){(const char *)b->bytes, b->count});
    char text[120];

    if (same_text(x, y))
        return 0;
    snprintf(text, sizeof text, "\"%.*s\" and \"%.*s\"", (int)(x.length < 40 ? x.length : 40),
             x.bytes, (int)(y.length < 40 ? y.length : 40), y.bytes);
    return report(w, text);
}

static int
differ_typed(walk *w, const sg_ubj_value *a, const sg_ubj_value *b)
{
    int floats = a->element == 'd';
    size_t length = strlen(w->path);
    char text[120];

    if (a->count != b->count || a->element != b->element) {
        snprintf(text, sizeof text, "%lld of type %c and %lld of type %c", (long long)a->count,
                 a->element, (long long)b->count, b->element);
        return report(w, text);
    }
    for (int64_t i = 0; i < a->count; i++) {
        int64_t x = floats ? sg_ubj_int32_at(a, i) : sg_ubj_integer_at(a, i);
        int64_t y = floats ? sg_ubj_int32_at(b, i) : sg_ubj_integer_at(b, i);

        if (x == y)
            continue;
        snprintf(w->path + length, PATH - length, "[%lld]", (long long)i);
        if (floats)
            snprintf(text, sizeof text, "%08x (%.9g) and %08x (%.9g)", (unsigned)x,
                     (double)sg_ubj_float_at(a, i), (unsigned)y, (double)sg_ubj_float_at(b, i));
        else
            snprintf(text, sizeof text, "%lld and %lld", (long long)x, (long long)y);
        return report(w, text);
    }
    return 0;
}

/* The members of an object whose opening has been read; -1 if it is damaged. */
static int
list_members(sg_ubj *reader, sg_ubj_value object, member *out)
{
    int count = 0;

    while (count < MEMBERS && sg_ubj_member(reader, &object, &out[count].key, NULL) > 0) {
        out[count].at = *reader;
        if (may_differ(out[count].key))
            count--;
        if (sg_ubj_skip(reader, NULL) < 0)
            return -1;
        count++;
    }
    return object.count == 0 && count < MEMBERS ? count : -1;
}

static int
differ_objects(walk *w, sg_ubj a, sg_ubj b, const sg_ubj_value opening[2], int depth)
{
    member *of_a = calloc(MEMBERS, sizeof *of_a), *of_b = calloc(MEMBERS, sizeof *of_b);
    int count_a = list_members(&a, opening[0], of_a), count_b = list_members(&b, opening[1], of_b);
    size_t length = strlen(w->path);
    int result = 0;

    if (count_a < 0 || count_a != count_b)
        result = report(w, "another number of members");
    for (int i = 0; i < count_a && !result; i++) {
        const sg_ubj_text key = of_a[i].key;

        snprintf(w->path + length, PATH - length, ".%.*s", (int)key.length, key.bytes);
        if (key.length != of_b[i].key.length ||
            memcmp(key.bytes, of_b[i].key.bytes, (size_t)key.length) != 0)
            result = report(w, "another member stands here");
        else
            result = differ(w, of_a[i].at, of_b[i].at, depth);
    }
    if (!result)
        w->path[length] = '\0';
    free(of_b);
    free(of_a);
    return result;
}

static int
differ_arrays(walk *w, sg_ubj a, sg_ubj b, const sg_ubj_value opening[2], int depth)
{
    sg_ubj_value array_a = opening[0], array_b = opening[1];
    size_t length = strlen(w->path);

    for (int64_t i = 0;; i++) {
        int more_a = sg_ubj_element(&a, &array_a, NULL),
            more_b = sg_ubj_element(&b, &array_b, NULL);

        snprintf(w->path + length, PATH - length, "[%lld]", (long long)i);
        if (more_a < 0 || more_a != more_b)
            return report(w, "one array ends here");
        if (more_a == 0)
            break;
        if (differ(w, a, b, depth))
            return 1;
        if (sg_ubj_skip(&a, NULL) < 0 || sg_ubj_skip(&b, NULL) < 0)
            return report(w, "damaged");
    }
    w->path[length] = '\0';
    return 0;
}

/* Compares the values that begin at two places. */
static int
differ(walk *w, sg_ubj a, sg_ubj b, int depth)
{
    sg_ubj_value value[2];

    if (depth > DEEPEST || sg_ubj_read(&a, &value[0], NULL) < 0 ||
        sg_ubj_read(&b, &value[1], NULL) < 0)
        return report(w, "damaged");
    if (value[0].type != value[1].type)
        return report(w, "values of two types");
    switch (value[0].type) {
    case SG_UBJ_OBJECT:
        return differ_objects(w, a, b, value, depth + 1);
    case SG_UBJ_ARRAY:
        return differ_arrays(w, a, b, value, depth + 1);
    case SG_UBJ_TYPED:
        return differ_typed(w, &value[0], &value[1]);
    case SG_UBJ_TEXT:
        return differ_texts(w, &value[0], &value[1]);
    case SG_UBJ_FLOAT:
        if (memcmp(&value[0].number, &value[1].number, sizeof value[0].number) == 0)
            return 0;
        return report(w, "another number");
    default:
        return value[0].integer == value[1].integer ? 0 : report(w, "another integer");
    }
}

int
same_model(const sg_buf *a, const sg_buf *b, char *where, size_t size)
{
    walk w = {"", where, size};

    return !differ(&w, sg_ubj_begin(a->bytes, a->size), sg_ubj_begin(b->bytes, b->size), 0);
}
