/* SPDX-License-Identifier: Apache-2.0 */

/*
 * Records of groups, compared and moved between artifacts.
 *
 * R1  A record may leave its engine and its threshold to the header. Whoever compares or moves it
 *     takes what is meant, so that it does not matter how it was written.
 * R2  A moved record states exactly what differs from its new header: the same set of records
 *     under the same header is always the same bytes, whatever way they took.
 * R3  Comparing is a total order on what is meant. Numbers that are undefined (NaN) come last.
 */

#include "artifact/entry.h"

#include <math.h>
#include <string.h>

const char *
sg_entry_engine(const sg_entry *entry)
{
    if (!entry->record->has_model)
        return NULL;
    return entry->record->engine != NULL ? entry->record->engine : entry->manifest->engine;
}

double
sg_entry_threshold(const sg_entry *entry)
{
    if (entry->manifest->task != SEGML_TASK_BINARY || !entry->record->has_model)
        return (double)NAN;
    return entry->record->has_threshold ? entry->record->threshold : entry->manifest->threshold;
}

static int
compare_integers(int64_t a, int64_t b)
{
    return (a > b) - (a < b);
}

static int
compare_reals(double a, double b)
{
    if (isnan(a) || isnan(b))
        return (isnan(a) != 0) - (isnan(b) != 0);
    return (a > b) - (a < b);
}

/* NULL first. */
static int
compare_texts(const char *a, const char *b)
{
    if (a == NULL || b == NULL)
        return (a != NULL) - (b != NULL);
    return strcmp(a, b);
}

static int
compare_values(const segml_value *a, int64_t a_count, const segml_value *b, int64_t b_count)
{
    int order = compare_integers(a_count, b_count);

    for (int64_t i = 0; i < a_count && order == 0; i++) {
        order = strcmp(a[i].name, b[i].name);
        if (order == 0)
            order = compare_reals(a[i].value, b[i].value);
    }
    return order;
}

static int
compare_digests(int a_has, const unsigned char *a, int b_has, const unsigned char *b)
{
    int order = compare_integers(a_has, b_has);

    return order != 0 || !a_has ? order : memcmp(a, b, SG_DIGEST_BYTES);
}

static int
compare_references(const sg_manifest_record *a, const sg_manifest_record *b)
{
    int order = compare_texts(a->reference, b->reference);

    return order != 0 ? order : compare_digests(a->is_pinned, a->pin, b->is_pinned, b->pin);
}

int
sg_entry_compare(const sg_entry *a, const sg_entry *b, const char **member)
{
    const sg_manifest_record *x = a->record, *y = b->record;
    const struct {
        const char *name;
        int order;
    } members[] = {
        {"digest", compare_digests(x->has_model, x->digest, y->has_model, y->digest)},
        {"status", compare_integers(x->status, y->status)},
        {"rows", compare_integers(x->rows, y->rows)},
        {"rounds", compare_integers(x->rounds, y->rounds)},
        {"message", compare_texts(x->message, y->message)},
        {"engine", compare_texts(sg_entry_engine(a), sg_entry_engine(b))},
        {"threshold", compare_reals(sg_entry_threshold(a), sg_entry_threshold(b))},
        {"params", compare_values(x->params, x->param_count, y->params, y->param_count)},
        {"metrics", compare_values(x->metrics, x->metric_count, y->metrics, y->metric_count)},
        {"content", sg_hash_compare(x->content, y->content)},
        {"reference", compare_references(x, y)},
    };

    if (member != NULL)
        *member = NULL;
    for (size_t i = 0; i < sizeof members / sizeof *members; i++) {
        if (members[i].order == 0)
            continue;
        if (member != NULL)
            *member = members[i].name;
        return members[i].order;
    }
    return 0;
}

/* The metric that training minimises, out of fold; NaN if the record does not have it. */
static double
loss_of(const sg_entry *entry)
{
    static const char *const names[] = {[SEGML_TASK_BINARY] = "log_loss",
                                        [SEGML_TASK_MULTICLASS] = "log_loss",
                                        [SEGML_TASK_REGRESSION] = "rmse",
                                        [SEGML_TASK_POISSON] = "deviance"};
    const sg_manifest_record *record = entry->record;

    for (int64_t i = 0; i < record->metric_count; i++) {
        if (strcmp(record->metrics[i].name, names[entry->manifest->task]) == 0)
            return record->metrics[i].value;
    }
    return (double)NAN;
}

int
sg_entry_prefer(const sg_entry *a, const sg_entry *b, int order)
{
    const int rows = compare_integers(b->record->rows, a->record->rows);
    int first = compare_integers(b->record->has_model, a->record->has_model);

    if (first == 0)
        first = compare_reals(loss_of(a), loss_of(b));
    if (order == SG_ENTRY_ROWS && rows != 0)
        return rows;
    if (first != 0)
        return first;
    return rows != 0 ? rows : sg_entry_compare(a, b, NULL);
}

/* R2 */
sg_manifest_record
sg_entry_adopt(const sg_entry *entry, const sg_manifest *header)
{
    sg_manifest_record record = *entry->record;
    const char *engine = sg_entry_engine(entry);
    double threshold = sg_entry_threshold(entry);

    record.engine = engine == NULL || strcmp(engine, header->engine) == 0 ? NULL : engine;
    record.has_threshold = !isnan(threshold) && compare_reals(threshold, header->threshold) != 0;
    record.threshold = record.has_threshold ? threshold : 0.0;
    return record;
}
