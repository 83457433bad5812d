/* SPDX-License-Identifier: Apache-2.0 */

/*
 * The intercept is stored in prediction space as the shortest decimal that reads back
 * to the same float, and becomes a margin with the same operations on floats as in
 * XGBoost (ProbToMargin() of its objectives): the last bit of every margin depends on
 * it.
 *
 * XGBoost reads the text with Ryu's parser, which rounds correctly, and so does
 * sg_text_parse_float().
 *
 * Sources: src/learner.cc, src/common/param_array.cc and src/objective/ of XGBoost 1.7.4
 * to 3.4.1.
 */

#include "tree/intercept.h"

#include <math.h>
#include <string.h>

#include "base/text.h"

/* The numbers of a text, separated by commas; how many, or -1. */
static int32_t
read_numbers(float *values, int32_t capacity, sg_ubj_text text)
{
    const char *at = text.bytes, *end = text.bytes + text.length;
    int32_t count = 0;

    if (text.length > 2 && at[0] == '[' && end[-1] == ']') {
        at++;
        end--;
    }
    for (;;) {
        const char *comma = memchr(at, ',', (size_t)(end - at));
        const char *stop = comma != NULL ? comma : end;

        if (count == capacity || !sg_text_parse_float(&values[count++], at, (size_t)(stop - at)))
            return -1;
        if (comma == NULL)
            return count;
        at = comma + 1;
    }
}

/* Since 3.2 the ends of [0, 1] are allowed, and moved inwards. */
static int
logistic_margin(float *value, int32_t version)
{
    const float epsilon = 1e-6f;
    float base = *value;

    if (version >= SG_XGBOOST_VERSION(3, 2)) {
        if (base < 0.0f || base > 1.0f)
            return 0;
        base = base > epsilon ? base : epsilon;
        base = base < 1.0f - epsilon ? base : 1.0f - epsilon;
    } else if (base <= 0.0f || base >= 1.0f) {
        return 0;
    }
    *value = -logf(1.0f / base - 1.0f);
    return 1;
}

/* Replaces an intercept by its margin; 0 if it has none. */
static int
apply_link(float *value, sg_objective objective, int32_t version)
{
    switch (objective) {
    case SG_OBJECTIVE_LOGISTIC:
        return logistic_margin(value, version);
    case SG_OBJECTIVE_EXP:
        if (*value < 0.0f)
            return 0;
        *value = logf(*value); /* 0 becomes -infinity, as in XGBoost, and predicts 0 */
        return 1;
    default:
        return 1;
    }
}

int
sg_intercept_read(float *margin, int32_t outputs, sg_ubj_text text, sg_objective objective,
                  int32_t version, segml_error *err)
{
    int32_t count = read_numbers(margin, outputs, text);
    int valid = count == outputs || count == 1;

    for (int32_t i = 1; valid && count == 1 && i < outputs; i++)
        margin[i] = margin[0];
    for (int32_t i = 0; valid && i < outputs; i++)
        valid = apply_link(&margin[i], objective, version);
    if (!valid)
        return sg_fail(
            err, SEGML_E_FORMAT,
            "model: base_score is \"%.*s\": not what this objective takes for %d outputs",
            (int)(text.length < 80 ? text.length : 80), text.bytes, (int)outputs);
    return SEGML_OK;
}
