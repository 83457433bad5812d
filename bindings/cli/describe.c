/* SPDX-License-Identifier: Apache-2.0 */

/*
 * What people read about a model. Every metric is out of fold: a row is scored by a model
 * that did not see it. Which metrics are headlines depends on the task and stands in one
 * table; all others are in the JSON.
 */

#include "describe.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "fail.h"
#include "segml/dataset.h"

enum { COLUMNS = 6 };

/* Not a metric, but shown among them. */
static const char threshold_column[] = "threshold";

/* Headline metrics of a task: heading, name in the record, digits after the point (0: %.5g). */
typedef struct headline {
    const char *heading; /* NULL = no column */
    const char *metric;
    int digits;
    const char *otherwise; /* a metric for records that lack this one; NULL = none */
} headline;

/* The loss is that of the folds that the search did not see, with its interval. */
static const struct task_headlines {
    int32_t task;
    headline columns[COLUMNS];
} headlines[] = {
    {SEGML_TASK_BINARY,
     {{"log loss", "log_loss_unsearched", 4, "log_loss"},
      {"95% from", "log_loss_unsearched_low", 4, "log_loss_low"},
      {"to", "log_loss_unsearched_high", 4, "log_loss_high"},
      {"F1", "f1", 3, NULL},
      {"threshold", threshold_column, 3, NULL},
      {"F1 at .5", "f1_at_half", 3, NULL}}},
    {SEGML_TASK_MULTICLASS,
     {{"log loss", "log_loss_unsearched", 4, "log_loss"},
      {"95% from", "log_loss_unsearched_low", 4, "log_loss_low"},
      {"to", "log_loss_unsearched_high", 4, "log_loss_high"},
      {"macro F1", "f1_macro", 3, NULL},
      {"accuracy", "accuracy", 3, NULL}}},
    {SEGML_TASK_REGRESSION,
     {{"RMSE", "rmse_unsearched", 0, "rmse"},
      {"95% from", "rmse_unsearched_low", 0, "rmse_low"},
      {"to", "rmse_unsearched_high", 0, "rmse_high"},
      {"R2", "r2", 3, NULL},
      {"MAE", "mae", 0, NULL}}},
    {SEGML_TASK_POISSON,
     {{"deviance", "deviance_unsearched", 4, "deviance"},
      {"95% from", "deviance_unsearched_low", 4, "deviance_low"},
      {"to", "deviance_unsearched_high", 4, "deviance_high"},
      {"MAE", "mae", 0, NULL},
      {"RMSE", "rmse", 0, NULL}}},
};

const char *
cli_feature_type_name(int32_t type)
{
    return type == SEGML_FEATURE_CATEGORICAL ? "categorical" : "numeric";
}

const char *
cli_key_type_name(int32_t type)
{
    return type == SEGML_KEY_INT64 ? "int64" : "utf8";
}

const char *
cli_format_count(char out[32], int64_t count)
{
    char digits[24];
    int length = snprintf(digits, sizeof digits, "%lld", (long long)count);
    int used = 0;

    for (int i = 0; i < length; i++) {
        if (i > 0 && (length - i) % 3 == 0 && digits[i - 1] != '-')
            out[used++] = ',';
        out[used++] = digits[i];
    }
    out[used] = '\0';
    return out;
}

const char *
cli_format_bytes(char out[32], int64_t bytes)
{
    static const char *const units[] = {"B", "kB", "MB", "GB", "TB"};
    double value = (double)bytes;
    int unit = 0;

    while (value >= 999.5 && unit < 4) {
        value /= 1000;
        unit++;
    }
    snprintf(out, 32, unit > 0 && value < 9.95 ? "%.1f %s" : "%.0f %s", value, units[unit]);
    return out;
}

void
cli_print_plain(FILE *stream, const char *text, size_t length)
{
    for (size_t i = 0; i < length; i++) {
        unsigned char c = (unsigned char)text[i];

        putc(c < 0x20 || c == 0x7F ? '?' : c, stream);
    }
}

static const headline *
headlines_of(int32_t task)
{
    for (size_t i = 0; i < sizeof headlines / sizeof *headlines; i++) {
        if (headlines[i].task == task)
            return headlines[i].columns;
    }
    return headlines[0].columns;
}

static double
find_metric(const segml_group_info *group, const char *name)
{
    if (name == threshold_column)
        return group->threshold;
    for (int64_t i = 0; name != NULL && i < group->metric_count; i++) {
        if (strcmp(group->metrics[i].name, name) == 0)
            return group->metrics[i].value;
    }
    return (double)NAN;
}

static void
format_metric(char out[32], const segml_group_info *group, const headline *column)
{
    double value = find_metric(group, column->metric);

    if (isnan(value))
        value = find_metric(group, column->otherwise);
    if (isnan(value))
        snprintf(out, 32, "-");
    else if (column->digits > 0)
        snprintf(out, 32, "%.*f", column->digits, value);
    else
        snprintf(out, 32, "%.5g", value);
}

static void
print_headings(FILE *stream, const headline *columns)
{
    fprintf(stream, "  %10s  %6s", "rows", "rounds");
    for (int i = 0; i < COLUMNS && columns[i].heading != NULL; i++)
        fprintf(stream, "  %9s", columns[i].heading);
}

char *
cli_format_key(const segml_key *keys, int64_t count)
{
    enum { CAPACITY = 4 * CLI_WIDEST_KEY + 32 };
    char *out = cli_alloc(CAPACITY, 1);
    size_t used = 0, characters = 0;

    for (int64_t i = 0; out != NULL && i < count; i++) {
        char digits[24] = "NULL";
        const char *text = keys[i].type == SEGML_KEY_UTF8 ? keys[i].text : digits;
        size_t length;

        if (keys[i].type == SEGML_KEY_INT64)
            snprintf(digits, sizeof digits, "%lld", (long long)keys[i].integer);
        length = keys[i].type == SEGML_KEY_UTF8 ? keys[i].length : strlen(digits);
        if (i > 0)
            out[used++] = ',';
        characters += i > 0;
        for (size_t at = 0; at < length && characters < CLI_WIDEST_KEY; characters++) {
            size_t size = cli_utf8_length(text + at, length - at);

            size = size > 0 ? size : 1;
            memcpy(out + used, text + at, size);
            used += size;
            at += size;
        }
        if (characters >= CLI_WIDEST_KEY)
            break;
    }
    return out;
}

/* The code point at text, of valid UTF-8 or else its first byte. */
static uint32_t
code_point(const char *text, size_t size)
{
    uint32_t code = (unsigned char)text[0];

    if (size > 1)
        code &= 0xFFu >> (size + 1);
    for (size_t k = 1; k < size; k++)
        code = code << 6 | ((unsigned char)text[k] & 0x3F);
    return code;
}

/*
 * Marks that are drawn over the letter before them take no column, Chinese, Japanese and Korean
 * characters and pictures take two (Unicode Standard Annex 11). wcwidth() knows more of them, but
 * only in the locales of UTF-8.
 */
static size_t
columns_of(uint32_t code)
{
    static const struct {
        uint32_t first, last;
        size_t columns;
    } ranges[] = {
        {0x0300, 0x036F, 0},   {0x1100, 0x115F, 2},   {0x200B, 0x200F, 0},   {0x20D0, 0x20FF, 0},
        {0x2E80, 0x303E, 2},   {0x3041, 0xA4CF, 2},   {0xA960, 0xA97C, 2},   {0xAC00, 0xD7A3, 2},
        {0xF900, 0xFAFF, 2},   {0xFE00, 0xFE0F, 0},   {0xFE20, 0xFE2F, 0},   {0xFE30, 0xFE6B, 2},
        {0xFF01, 0xFF60, 2},   {0xFFE0, 0xFFE6, 2},   {0x1F300, 0x1F64F, 2}, {0x1F680, 0x1F6FF, 2},
        {0x1F900, 0x1F9FF, 2}, {0x20000, 0x3FFFD, 2},
    };

    for (size_t i = 0; i < sizeof ranges / sizeof *ranges; i++) {
        if (code >= ranges[i].first && code <= ranges[i].last)
            return ranges[i].columns;
    }
    return 1;
}

size_t
cli_count_columns(const char *text)
{
    size_t length = strlen(text), columns = 0;

    for (size_t i = 0; i < length;) {
        size_t size = cli_utf8_length(text + i, length - i);

        size = size > 0 ? size : 1;
        columns += columns_of(code_point(text + i, size));
        i += size;
    }
    return columns;
}

void
cli_print_padded(FILE *stream, const char *text, size_t width)
{
    cli_print_plain(stream, text, strlen(text));
    for (size_t i = cli_count_columns(text); i < width; i++)
        putc(' ', stream);
}

static void
print_record(FILE *stream, const char *label, size_t width, const segml_group_info *group,
             const segml_model_info *info)
{
    const headline *columns = headlines_of(info->task);
    char text[32];

    cli_print_padded(stream, label, width);
    fprintf(stream, "  %10s", cli_format_count(text, group->rows));
    if (group->rounds > 0)
        fprintf(stream, "  %6d", (int)group->rounds);
    else
        fprintf(stream, "  %6s", "-");
    for (int i = 0; i < COLUMNS && columns[i].heading != NULL; i++) {
        format_metric(text, group, &columns[i]);
        fprintf(stream, "  %9s", text);
    }
    if (group->status != 0 && segml_group_status_name(group->status) != NULL)
        fprintf(stream, "  %s", segml_group_status_name(group->status));
    if (group->status == SEGML_GROUP_FAILED || group->reference != NULL) {
        const char *more = group->reference != NULL ? group->reference : group->message;

        fputs(": ", stream);
        cli_print_plain(stream, more, strlen(more));
    }
    if (group->engine != NULL && strcmp(group->engine, info->engine) != 0)
        fprintf(stream, "%s by %s", group->status != 0 ? "," : " ", group->engine);
    putc('\n', stream);
}

int
cli_compare_size(const void *a, const void *b)
{
    const cli_ranked *x = a, *y = b;

    if (x->rows != y->rows)
        return x->rows > y->rows ? -1 : 1;
    return x->index < y->index ? -1 : x->index > y->index;
}

/* Which records are printed, in order: *out[*count], released with free(). All groups and then
   all parents, or the largest groups. */
static int
choose_groups(cli_ranked **out, int64_t *count, const segml_model *model,
              const segml_model_info *info, int64_t most, segml_error *err)
{
    int64_t all = most > 0 ? info->groups : info->groups + info->parents;
    segml_group_info group = SEGML_GROUP_INFO_INIT;
    int rc = SEGML_OK;

    *count = most > 0 && most < all ? most : all;
    *out = cli_alloc(all, sizeof **out);
    if (*out == NULL)
        return cli_fail_nomem(err);
    for (int64_t i = 0; i < all && rc == SEGML_OK; i++) {
        rc = segml_model_get_group(model, i, &group, err);
        (*out)[i] = (cli_ranked){i, group.rows};
    }
    if (rc == SEGML_OK && most > 0 && all > 1)
        qsort(*out, (size_t)all, sizeof **out, cli_compare_size);
    return rc;
}

/* A group's key; of a parent "LAX,*". Released with free(). */
static char *
format_label(const segml_group_info *group, const segml_model_info *info)
{
    char *key = cli_format_key(group->keys, group->key_columns);
    size_t length = key != NULL ? strlen(key) : 0;
    char *label = cli_alloc((int64_t)length + 2 * info->keys + 1, 1);

    if (key != NULL && label != NULL) {
        memcpy(label, key, length + 1);
        for (int64_t k = group->key_columns; k < info->keys; k++)
            memcpy(label + length + 2 * (k - group->key_columns), ",*", 3);
    }
    free(key);
    if (length > 0)
        return label;
    free(label);
    return NULL;
}

/* Records that are not groups. */
static void
print_totals(FILE *stream, const segml_model *model, size_t width, const segml_model_info *info)
{
    segml_group_info record = SEGML_GROUP_INFO_INIT;

    if (segml_model_get_group(model, SEGML_GROUP_INDEX_OVERALL, &record, NULL) == SEGML_OK)
        print_record(stream, "all, as routed", width, &record, info);
    if (segml_model_get_group(model, SEGML_GROUP_INDEX_GLOBAL, &record, NULL) == SEGML_OK) {
        record.status = 0;
        print_record(stream, "global model", width, &record, info);
    }
}

static int
print_groups(FILE *stream, const segml_model *model, const segml_model_info *info,
             const cli_ranked *chosen, int64_t count, segml_error *err)
{
    segml_group_info group = SEGML_GROUP_INFO_INIT;
    char **labels = cli_alloc(count, sizeof *labels);
    size_t width = strlen("all, as routed");
    int rc = labels != NULL ? SEGML_OK : cli_fail_nomem(err);

    for (int64_t i = 0; i < count && rc == SEGML_OK; i++) {
        rc = segml_model_get_group(model, chosen[i].index, &group, err);
        if (rc == SEGML_OK)
            labels[i] = format_label(&group, info);
        if (rc == SEGML_OK && labels[i] == NULL)
            rc = cli_fail_nomem(err);
        if (rc == SEGML_OK && cli_count_columns(labels[i]) > width)
            width = cli_count_columns(labels[i]);
    }
    if (rc < 0)
        goto out;
    cli_print_padded(stream, "group", width);
    print_headings(stream, headlines_of(info->task));
    fputs("  status\n", stream);
    for (int64_t i = 0; i < count && rc == SEGML_OK; i++) {
        rc = segml_model_get_group(model, chosen[i].index, &group, err);
        if (rc == SEGML_OK)
            print_record(stream, labels[i], width, &group, info);
    }
    if (count < info->groups)
        fprintf(stream, "... %lld more: segml inspect --groups\n",
                (long long)(info->groups - count));
    print_totals(stream, model, width, info);
out:
    for (int64_t i = 0; labels != NULL && i < count; i++)
        free(labels[i]);
    free(labels);
    return rc;
}

int
cli_describe_groups(FILE *stream, const segml_model *model, int64_t most, segml_error *err)
{
    segml_model_info info = SEGML_MODEL_INFO_INIT;
    cli_ranked *chosen = NULL;
    int64_t count = 0;
    int rc = segml_model_get_info(model, &info, err);

    if (rc == SEGML_OK)
        rc = choose_groups(&chosen, &count, model, &info, most, err);
    if (rc == SEGML_OK)
        rc = print_groups(stream, model, &info, chosen, count, err);
    free(chosen);
    return rc;
}

static void
print_column(FILE *stream, int64_t index, const char *name, const char *type)
{
    fputs(index > 0 ? ", " : "", stream);
    cli_print_plain(stream, name, strlen(name));
    fprintf(stream, " (%s)", type);
}

static void
print_columns(FILE *stream, const segml_model *model, const segml_model_info *info)
{
    fprintf(stream, "%-10s", "keys");
    for (int64_t i = 0; i < info->keys; i++)
        print_column(stream, i, segml_model_key_name(model, i),
                     cli_key_type_name(segml_model_key_type(model, i)));
    fprintf(stream, "\n%-10s", "features");
    for (int64_t i = 0; i < info->features; i++)
        print_column(stream, i, segml_model_feature_name(model, i),
                     cli_feature_type_name(segml_model_feature_type(model, i)));
    putc('\n', stream);
}

static void
print_classes(FILE *stream, const segml_model *model, const segml_model_info *info)
{
    if (info->classes == 0)
        return;
    fprintf(stream, "%-10s", "classes");
    for (int64_t i = 0; i < info->classes; i++) {
        const char *name = segml_model_class_name(model, i);

        fputs(i > 0 ? ", " : "", stream);
        if (name != NULL)
            cli_print_plain(stream, name, strlen(name));
        else
            fprintf(stream, "%lld", (long long)i);
        if (info->task == SEGML_TASK_BINARY && i == 1)
            fprintf(stream, " (positive, from probability %g)", info->threshold);
    }
    putc('\n', stream);
}

int64_t
cli_count_parents(const segml_model *model, const segml_model_info *info)
{
    segml_group_info parent = SEGML_GROUP_INFO_INIT;
    int64_t trained = 0;

    for (int64_t i = info->groups; i < info->groups + info->parents; i++)
        trained += segml_model_get_group(model, i, &parent, NULL) == SEGML_OK &&
                   parent.status == SEGML_GROUP_TRAINED;
    return trained;
}

static void
print_fallback(FILE *stream, const segml_model_info *info)
{
    int is_none = strcmp(info->fallback_policy, "none") == 0;

    fprintf(stream, "%-10s%s: groups without a model ", "fallback", info->fallback_policy);
    fputs(is_none ? "get no prediction\n\n" : "use the first of these\n\n", stream);
}

int
cli_describe_summary(FILE *stream, const segml_model *model, const char *path, segml_error *err)
{
    segml_model_info info = SEGML_MODEL_INFO_INIT;
    char count[32], rows[32], size[32];
    int rc = segml_model_get_info(model, &info, err);

    if (rc < 0)
        return rc;
    fprintf(stream, "%-10s%s, %s\n", "file", path, cli_format_bytes(size, info.artifact_bytes));
    fprintf(stream, "%-10s%s, %s (%s), format %d\n", "model", segml_mode_name(info.mode),
            segml_task_name(info.task), info.objective, (int)info.format);
    fprintf(stream, "%-10slibsegml %s, %s", "made by", info.library, info.engine);
    for (int64_t i = 0; i < info.option_count; i++)
        fprintf(stream, ", %s %.17g", info.options[i].name, info.options[i].value);
    for (int64_t i = 0; i < info.option_text_count; i++) {
        fprintf(stream, ", %s ", info.option_texts[i].name);
        cli_print_plain(stream, info.option_texts[i].text, strlen(info.option_texts[i].text));
    }
    fprintf(stream, "\n%-10s", "target");
    cli_print_plain(stream, info.label_name, strlen(info.label_name));
    putc('\n', stream);
    print_classes(stream, model, &info);
    print_columns(stream, model, &info);
    fprintf(stream, "%-10s%s in %s rows: %lld with their own model, %lld failed; %lld models\n",
            "groups", cli_format_count(count, info.groups), cli_format_count(rows, info.rows),
            (long long)info.groups_trained, (long long)info.groups_failed, (long long)info.models);
    if (info.references > 0)
        fprintf(stream, "%-10s%s groups have their models in other files\n", "children",
                cli_format_count(count, info.references));
    if (info.parents > 0)
        fprintf(stream, "%-10s%lld with their own model, of %s\n", "parents",
                (long long)cli_count_parents(model, &info), cli_format_count(count, info.parents));
    print_fallback(stream, &info);
    fprintf(stream, "%-14s", "out of fold");
    print_headings(stream, headlines_of(info.task));
    putc('\n', stream);
    print_totals(stream, model, strlen("all, as routed"), &info);
    return SEGML_OK;
}
