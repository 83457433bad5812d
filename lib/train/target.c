/* SPDX-License-Identifier: Apache-2.0 */

/*
 * The task.
 *
 * R1  auto: two classes are binary; 3 to 100 named classes multiclass; 3 to 20 distinct
 *     integers are refused, because they may be classes, counts or numbers; any other
 *     numbers are regression. Counts only when asked for.
 * R2  Positive class: as asked; else 1, true, t, yes or y against its opposite, in any
 *     case; else the larger number, or the last text in byte order.
 * R3  Numeric classes are sorted by value and named by their shortest decimal form;
 *     named classes keep the dataset's order and number, also those that do not occur.
 */

#include "train/target.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/alloc.h"
#include "base/text.h"

enum { MOST_CLASSES = 100, MOST_AMBIGUOUS = 20 };

static const float largest_plain = 1e15f; /* integers below it are written without an exponent */

/* The distinct numeric labels, in order, up to one more than the most classes. */
typedef struct distinct {
    float value[MOST_CLASSES + 1];
    int32_t count;
    int32_t integers; /* 1: all are integers */
} distinct;

static void
find_distinct(distinct *found, const segml_dataset *dataset)
{
    found->count = 0;
    found->integers = 1;
    for (int64_t i = 0; i < dataset->rows && found->count <= MOST_CLASSES; i++) {
        float value = dataset->label[i] + 0.0f; /* one zero */
        int32_t low = 0, high = found->count;

        while (low < high) {
            int32_t middle = (low + high) / 2;

            if (found->value[middle] < value)
                low = middle + 1;
            else
                high = middle;
        }
        if (low < found->count && found->value[low] == value)
            continue;
        memmove(found->value + low + 1, found->value + low,
                (size_t)(found->count - low) * sizeof *found->value);
        found->value[low] = value;
        found->count++;
        found->integers = found->integers && value == floorf(value);
    }
}

static int
name_number(sg_target *target, int64_t index, float value, segml_error *err)
{
    char text[SG_TEXT_NUMBER];

    if (value == floorf(value) && fabsf(value) < largest_plain)
        snprintf(text, sizeof text, "%lld", (long long)value); /* not 1e+06 */
    else
        sg_text_float(text, value);
    target->class_names[index] = sg_arena_text(&target->arena, text, strlen(text));
    return target->class_names[index] != NULL ? SEGML_OK : sg_fail_nomem(err);
}

/* Names of all classes, in the order of their codes or values. */
static int
name_classes(sg_target *target, const segml_dataset *dataset, const distinct *found,
             segml_error *err)
{
    int rc = SEGML_OK;

    target->class_count = dataset->class_names != NULL ? dataset->class_count : found->count;
    target->class_names =
        sg_arena_alloc(&target->arena, target->class_count, sizeof *target->class_names);
    if (target->class_names == NULL)
        return sg_fail_nomem(err);
    for (int64_t c = 0; c < target->class_count && rc == SEGML_OK; c++) {
        if (dataset->class_names == NULL) {
            rc = name_number(target, c, found->value[c], err);
        } else {
            const char *name = dataset->class_names[c];

            target->class_names[c] = sg_arena_text(&target->arena, name, strlen(name));
            if (target->class_names[c] == NULL)
                rc = sg_fail_nomem(err);
        }
    }
    return rc;
}

static int
resolve_auto(int32_t *task, const segml_dataset *dataset, const distinct *found, segml_error *err)
{
    int64_t count = dataset->class_names != NULL ? dataset->class_count : found->count;
    char text[SG_TEXT_NUMBER];

    if (count == 1 && dataset->class_names != NULL)
        return sg_fail(err, SEGML_E_DATA, "label %s has a single value, \"%s\"",
                       dataset->label_name, dataset->class_names[0]);
    if (count == 1) {
        sg_text_float(text, found->value[0]);
        return sg_fail(err, SEGML_E_DATA, "label %s has a single value, %s", dataset->label_name,
                       text);
    }
    if (count == 2)
        *task = SEGML_TASK_BINARY;
    else if (dataset->class_names != NULL)
        *task = SEGML_TASK_MULTICLASS;
    else if (count <= MOST_AMBIGUOUS && found->integers)
        return sg_fail(err, SEGML_E_ARGUMENT,
                       "label %s has %lld distinct integers; "
                       "choose an objective: multiclass, regression or poisson",
                       dataset->label_name, (long long)count);
    else
        *task = SEGML_TASK_REGRESSION;
    return SEGML_OK;
}

static int
find_task(int32_t *task, const segml_dataset *dataset, const distinct *found, const char *objective,
          segml_error *err)
{
    static const struct {
        const char *name;
        int32_t task;
    } known[] = {{"binary", SEGML_TASK_BINARY},
                 {"multiclass", SEGML_TASK_MULTICLASS},
                 {"regression", SEGML_TASK_REGRESSION},
                 {"poisson", SEGML_TASK_POISSON}};

    if (objective == NULL || strcmp(objective, "auto") == 0)
        return resolve_auto(task, dataset, found, err);
    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        if (strcmp(known[i].name, objective) == 0) {
            *task = known[i].task;
            return SEGML_OK;
        }
    }
    return sg_fail(err, SEGML_E_ARGUMENT,
                   "unknown objective \"%s\"; known are auto, binary, multiclass, regression, "
                   "poisson",
                   objective);
}

/* E_DATA with a row, its label, and why the label cannot be. */
static int
fail_label(const segml_dataset *dataset, int64_t row, const char *why, segml_error *err)
{
    char text[SG_TEXT_NUMBER];

    sg_text_float(text, dataset->label[row]);
    return sg_fail(err, SEGML_E_DATA, "row %lld: label %s%s", (long long)row + 1, text, why);
}

/* Index of the class that is positive by rule R2. */
static int64_t
positive_by_rule(const char *const *names, int numeric)
{
    static const char *const pairs[][2] = {
        {"0", "1"}, {"false", "true"}, {"f", "t"}, {"no", "yes"}, {"n", "y"}};

    for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++) {
        for (int64_t p = 0; p < 2; p++) {
            if (strcasecmp(names[1 - p], pairs[i][0]) == 0 &&
                strcasecmp(names[p], pairs[i][1]) == 0)
                return p;
        }
    }
    return numeric || strcmp(names[0], names[1]) < 0 ? 1 : 0;
}

static int
resolve_binary(sg_target *target, const segml_dataset *dataset, distinct *found,
               const char *positive, segml_error *err)
{
    int numeric = dataset->class_names == NULL;
    int64_t yes = -1;
    int rc;

    if (numeric && found->count == 1 && (found->value[0] == 0 || found->value[0] == 1)) {
        found->value[0] = 0; /* labels of one class out of 0 and 1 */
        found->value[1] = 1;
        found->count = 2;
    }
    if ((numeric ? found->count : dataset->class_count) != 2) {
        if (!numeric)
            return sg_fail(err, SEGML_E_DATA, "label %s has %lld classes; binary needs two",
                           dataset->label_name, (long long)dataset->class_count);
        for (int64_t i = 0; i < dataset->rows; i++) {
            if (dataset->label[i] != 0 && dataset->label[i] != 1)
                return fail_label(dataset, i, "; binary needs two distinct labels", err);
        }
    }
    rc = name_classes(target, dataset, found, err);
    if (rc < 0)
        return rc;
    for (int64_t c = 0; c < 2 && positive != NULL; c++) {
        if (strcmp(target->class_names[c], positive) == 0)
            yes = c;
    }
    if (positive != NULL && yes < 0)
        return sg_fail(err, SEGML_E_ARGUMENT, "positive class \"%s\" is neither \"%s\" nor \"%s\"",
                       positive, target->class_names[0], target->class_names[1]);
    if (yes < 0)
        yes = positive_by_rule(target->class_names, numeric);
    for (int64_t i = 0; i < dataset->rows; i++) {
        float asked = numeric ? found->value[yes] : (float)yes;

        target->label[i] = dataset->label[i] == asked ? 1.0f : 0.0f;
    }
    if (yes == 0) {
        const char *name = target->class_names[0];

        target->class_names[0] = target->class_names[1];
        target->class_names[1] = name;
    }
    return SEGML_OK;
}

static int
resolve_multiclass(sg_target *target, const segml_dataset *dataset, const distinct *found,
                   segml_error *err)
{
    int numeric = dataset->class_names == NULL;
    int64_t count = numeric ? found->count : dataset->class_count;

    if (count > MOST_CLASSES && !numeric)
        return sg_fail(err, SEGML_E_DATA,
                       "label %s has %lld distinct texts, as \"%s\" in row 1; at most %d classes",
                       dataset->label_name, (long long)count,
                       dataset->class_names[(int64_t)dataset->label[0]], (int)MOST_CLASSES);
    if (count > MOST_CLASSES)
        return sg_fail(err, SEGML_E_DATA, "label %s has more than %d distinct values",
                       dataset->label_name, (int)MOST_CLASSES);
    if (count < 2)
        return sg_fail(err, SEGML_E_DATA, "label %s has a single class", dataset->label_name);
    target->outputs = count;
    for (int64_t i = 0; i < dataset->rows; i++) {
        float label = dataset->label[i];

        if (numeric && label != floorf(label))
            return fail_label(dataset, i, "; multiclass needs integers", err);
        target->label[i] = label;
        for (int32_t c = 0; numeric && c < found->count; c++) {
            if (found->value[c] == label)
                target->label[i] = (float)c;
        }
    }
    return name_classes(target, dataset, found, err);
}

static int
resolve_numbers(sg_target *target, const segml_dataset *dataset, segml_error *err)
{
    if (dataset->class_names != NULL)
        return sg_fail(err, SEGML_E_DATA,
                       "label %s is text, as \"%s\" in row 1; "
                       "regression and poisson need numbers",
                       dataset->label_name, dataset->class_names[(int64_t)dataset->label[0]]);
    for (int64_t i = 0; i < dataset->rows; i++) {
        target->label[i] = dataset->label[i] + 0.0f;
        if (target->task == SEGML_TASK_POISSON && dataset->label[i] < 0)
            return fail_label(dataset, i, " is negative; poisson needs counts", err);
    }
    return SEGML_OK;
}

int
sg_target_resolve(sg_target *target, const segml_dataset *dataset, const char *objective,
                  const char *positive, segml_error *err)
{
    distinct found = {.count = 0};
    int rc;

    if (dataset->class_names == NULL)
        find_distinct(&found, dataset);
    rc = find_task(&target->task, dataset, &found, objective, err);
    if (rc < 0)
        return rc;
    if (positive != NULL && target->task != SEGML_TASK_BINARY)
        return sg_fail(err, SEGML_E_ARGUMENT, "positive class \"%s\": the task is %s, not binary",
                       positive, segml_task_name(target->task));
    target->outputs = 1;
    target->label = sg_alloc_array(dataset->rows, sizeof *target->label);
    if (target->label == NULL)
        return sg_fail_nomem(err);
    if (target->task == SEGML_TASK_BINARY)
        return resolve_binary(target, dataset, &found, positive, err);
    if (target->task == SEGML_TASK_MULTICLASS)
        return resolve_multiclass(target, dataset, &found, err);
    return resolve_numbers(target, dataset, err);
}

void
sg_target_clear(sg_target *target)
{
    static const sg_target empty;

    sg_free(target->label);
    sg_arena_clear(&target->arena);
    *target = empty;
}
