/* SPDX-License-Identifier: Apache-2.0 */

/*
 * Settings: made, written, read. setting_compare.c compares them.
 *
 * The options are a table: written, read and compared by it, so that none of the three can
 * forget one. They stand as they are, not as a hash, because a user wants to read which one
 * differs, and because merging parts needs them again. Left out is what no result depends on:
 * jobs, paths, callbacks; of the engine's name the kernel; objective and positive class, which
 * the task and the classes say.
 */

#include "train/setting.h"

#include <math.h>
#include <string.h>

#include "base/alloc.h"
#include "segml/version.h"
#include "train/setting_options.h"

#define FIELD(member, kind, models)                                                                \
    {                                                                                              \
#member, kind, offsetof(segml_train_options, member), models                               \
    }

/* A new option of training: it gets a row below, unless no result depends on it. */
_Static_assert(sizeof(void *) != 8 || sizeof(segml_train_options) == 328, "see above");

const sg_setting_option sg_setting_options[] = {
    FIELD(seed, SG_OPTION_SEED, 1),
    FIELD(trials, SG_OPTION_INT, 1),
    FIELD(folds, SG_OPTION_INT, 1),
    FIELD(fallback, SG_OPTION_INT, 0),
    FIELD(min_rows, SG_OPTION_LONG, 0),
    FIELD(search_rows, SG_OPTION_LONG, 1),
    FIELD(sampler, SG_OPTION_TEXT, 1),
    FIELD(validation, SG_OPTION_TEXT, 1),
    FIELD(metric, SG_OPTION_TEXT, 1),
    FIELD(pruner, SG_OPTION_TEXT, 1),
    FIELD(search_folds, SG_OPTION_INT, 1),
    FIELD(stop_folds, SG_OPTION_INT, 1),
    FIELD(max_rounds, SG_OPTION_INT, 1),
    FIELD(history, SG_OPTION_INT, 0),
    FIELD(total_trials, SG_OPTION_LONG, 1),
    FIELD(group_rounds, SG_OPTION_LONG, 1),
    FIELD(total_rounds, SG_OPTION_LONG, 1),
    FIELD(group_seconds, SG_OPTION_REAL, 1),
    FIELD(total_seconds, SG_OPTION_REAL, 1),
    FIELD(threshold, SG_OPTION_REAL, 0),
    FIELD(threshold_metric, SG_OPTION_TEXT, 0),
    FIELD(engine, SG_OPTION_TEXT, 1),
    FIELD(tree_method, SG_OPTION_TEXT, 1),
    FIELD(parents, SG_OPTION_INT, 0),
    FIELD(reusable, SG_OPTION_INT, 0),
    FIELD(fallback_policy, SG_OPTION_TEXT, 0),
};

const size_t sg_setting_option_count = sizeof sg_setting_options / sizeof *sg_setting_options;

enum { MOST_COLUMNS = 1 << 24, SMALLEST_TEXT = 8, SMALLEST_VALUE = 16 };

static const void *
member_of(const sg_setting *setting, const sg_setting_option *option)
{
    return (const unsigned char *)&setting->options + option->offset;
}

/* What results depend on; the kernel of "native:avx2" is not among it. */
static void
take_options(sg_setting *setting, const segml_train_options *options)
{
    segml_train_options *taken = &setting->options;

    for (size_t i = 0; i < sg_setting_option_count; i++) {
        static const size_t sizes[] = {[SG_OPTION_INT] = sizeof(int32_t),
                                       [SG_OPTION_LONG] = sizeof(int64_t),
                                       [SG_OPTION_SEED] = sizeof(uint64_t),
                                       [SG_OPTION_REAL] = sizeof(double),
                                       [SG_OPTION_TEXT] = sizeof(const char *)};
        size_t offset = sg_setting_options[i].offset;

        memcpy((unsigned char *)taken + offset, (const unsigned char *)options + offset,
               sizes[sg_setting_options[i].kind]);
    }
    if (strncmp(taken->engine, "native:", 7) == 0)
        taken->engine = "native";
    taken->params = options->params;
    taken->param_count = options->param_count;
    taken->space = options->space;
    taken->space_count = options->space_count;
    taken->points = options->points;
    taken->point_count = options->point_count;
    taken->monotone = options->monotone;
    taken->monotone_count = options->monotone_count;
    setting->own_sampler = options->sample != NULL;
}

int
sg_setting_hash(sg_hash128 *hash, const sg_run *run, int64_t first, int64_t count, segml_error *err)
{
    sg_buf bytes = {0};
    sg_wire_writer w = {.out = &bytes, .err = err};

    for (int64_t g = first; g < first + count; g++) {
        sg_wire_put_hash(&w, run->dataset->groups.hashes[g]);
        sg_wire_put_hash(&w, run->content[g]);
    }
    *hash = sg_hash_128(bytes.bytes, bytes.size);
    sg_buf_clear(&bytes);
    return w.rc;
}

static int
take_columns(sg_setting *setting, const segml_dataset *dataset, segml_error *err)
{
    setting->feature_count = dataset->features;
    setting->key_count = dataset->key_count;
    setting->features =
        sg_arena_alloc(&setting->arena, dataset->features, sizeof *setting->features);
    setting->keys = sg_arena_alloc(&setting->arena, dataset->key_count, sizeof *setting->keys);
    if (setting->features == NULL || setting->keys == NULL)
        return sg_fail_nomem(err);
    for (int64_t j = 0; j < dataset->features; j++) {
        const sg_feature *feature = &dataset->feature[j];

        setting->features[j] =
            (sg_manifest_feature){feature->name, feature->type, feature->has_values,
                                  feature->values, feature->has_values ? feature->categories : 0};
    }
    for (int64_t c = 0; c < dataset->key_count; c++)
        setting->keys[c] = (sg_manifest_key){dataset->key_name[c], dataset->key_type[c], 0};
    return SEGML_OK;
}

int
sg_setting_make(sg_setting *setting, const sg_run *run, int32_t mode, segml_error *err)
{
    const segml_dataset *dataset = run->dataset;
    int rc;

    take_options(setting, &run->options);
    setting->mode = mode;
    setting->task = run->target.task;
    setting->fold_kind = (int32_t)dataset->fold_kind;
    setting->library = SEGML_VERSION;
    setting->native = run->engines.native != NULL ? run->engines.native->version : "";
    setting->xgboost = run->engines.xgboost != NULL ? run->engines.xgboost->version : "";
    setting->label_name = dataset->label_name;
    setting->classes = (const char *const *)run->target.class_names;
    setting->class_count = run->target.class_count;
    setting->rows = dataset->rows;
    setting->groups = dataset->groups.count;
    setting->searches = run->searches;
    rc = take_columns(setting, dataset, err);
    return rc == SEGML_OK ? sg_setting_hash(&setting->data, run, 0, setting->groups, err) : rc;
}

static void
write_option(sg_wire_writer *w, const sg_setting_option *option, const void *member)
{
    switch (option->kind) {
    case SG_OPTION_INT:
        sg_wire_put_long(w, (uint64_t) * (const int32_t *)member);
        break;
    case SG_OPTION_LONG:
        sg_wire_put_long(w, (uint64_t) * (const int64_t *)member);
        break;
    case SG_OPTION_SEED:
        sg_wire_put_long(w, *(const uint64_t *)member);
        break;
    case SG_OPTION_REAL:
        sg_wire_put_real(w, *(const double *)member);
        break;
    default:
        sg_wire_put_text(w, *(const char *const *)member);
    }
}

static void
write_values(sg_wire_writer *w, const segml_value *values, int64_t count)
{
    sg_wire_put_long(w, (uint64_t)count);
    for (int64_t i = 0; i < count; i++) {
        sg_wire_put_text(w, values[i].name);
        sg_wire_put_real(w, values[i].value);
    }
}

void
sg_setting_write_space(sg_wire_writer *w, const segml_train_options *options)
{
    int64_t count = options->space != NULL ? options->space_count : 0;

    sg_wire_put_long(w, (uint64_t)count);
    for (int64_t i = 0; i < count; i++) {
        const segml_dimension *d = &options->space[i];

        sg_wire_put_text(w, d->name);
        sg_wire_put_long(w, (uint64_t)d->kind);
        sg_wire_put_long(w, (uint64_t)d->logarithmic);
        sg_wire_put_real(w, d->low);
        sg_wire_put_real(w, d->high);
        sg_wire_put_real(w, d->step);
        sg_wire_put_text(w, d->parent);
        sg_wire_put_real(w, d->parent_low);
        sg_wire_put_real(w, d->parent_high);
        sg_wire_put_long(w, (uint64_t)d->choice_count);
        for (int64_t k = 0; k < d->choice_count; k++)
            sg_wire_put_real(w, d->choices[k]);
    }
    count = options->points != NULL ? options->point_count : 0;
    sg_wire_put_long(w, (uint64_t)count);
    for (int64_t i = 0; i < count; i++)
        write_values(w, options->points[i].params, options->points[i].count);
}

static void
write_texts(sg_wire_writer *w, const char *const *texts, int64_t count)
{
    sg_wire_put_long(w, (uint64_t)count);
    for (int64_t i = 0; i < count; i++)
        sg_wire_put_text(w, texts[i]);
}

static void
write_columns(sg_wire_writer *w, const sg_setting *setting)
{
    sg_wire_put_long(w, (uint64_t)setting->feature_count);
    for (int64_t j = 0; j < setting->feature_count; j++) {
        const sg_manifest_feature *feature = &setting->features[j];

        sg_wire_put_text(w, feature->name);
        sg_wire_put_long(w, (uint64_t)feature->type);
        sg_wire_put_long(w, (uint64_t)feature->has_dictionary);
        write_texts(w, feature->values, feature->value_count);
    }
    sg_wire_put_long(w, (uint64_t)setting->key_count);
    for (int64_t c = 0; c < setting->key_count; c++) {
        sg_wire_put_text(w, setting->keys[c].name);
        sg_wire_put_long(w, (uint64_t)setting->keys[c].type);
    }
}

void
sg_setting_write(sg_wire_writer *w, const sg_setting *setting)
{
    const segml_train_options *options = &setting->options;

    sg_wire_put_text(w, setting->library);
    sg_wire_put_text(w, setting->native);
    sg_wire_put_text(w, setting->xgboost);
    for (size_t i = 0; i < sg_setting_option_count; i++)
        write_option(w, &sg_setting_options[i], member_of(setting, &sg_setting_options[i]));
    write_values(w, options->params, options->param_count);
    write_values(w, options->monotone, options->monotone_count);
    sg_setting_write_space(w, options);
    sg_wire_put_long(w, (uint64_t)setting->own_sampler);
    sg_wire_put_long(w, (uint64_t)setting->mode);
    sg_wire_put_long(w, (uint64_t)setting->task);
    sg_wire_put_long(w, (uint64_t)setting->fold_kind);
    sg_wire_put_text(w, setting->label_name);
    write_texts(w, setting->classes, setting->class_count);
    write_columns(w, setting);
    sg_wire_put_long(w, (uint64_t)setting->rows);
    sg_wire_put_long(w, (uint64_t)setting->groups);
    sg_wire_put_long(w, (uint64_t)setting->searches);
    sg_wire_put_hash(w, setting->data);
    sg_wire_put_long(w, (uint64_t)setting->shard);
    sg_wire_put_long(w, (uint64_t)setting->shards);
}

/* Reading; memory that is out sticks as a refused value and is told apart at the end. */
typedef struct setting_reader {
    sg_wire_reader *r;
    sg_arena *arena;
    int is_nomem;
} setting_reader;

static void *
take(setting_reader *s, int64_t count, size_t size)
{
    void *block = s->r->failed ? NULL : sg_arena_alloc(s->arena, count, size);

    if (block == NULL && !s->r->failed) {
        s->is_nomem = 1;
        sg_wire_refuse(s->r);
    }
    return block;
}

static const char *
read_text(setting_reader *s)
{
    size_t length;
    const char *text = sg_wire_get_text(s->r, &length), *copy;

    if (text == NULL)
        return NULL;
    copy = sg_arena_text(s->arena, text, length);
    if (copy == NULL) {
        s->is_nomem = 1;
        sg_wire_refuse(s->r);
    }
    return copy;
}

/* A text that must be there. */
static const char *
need_text(setting_reader *s)
{
    const char *text = read_text(s);

    if (text == NULL)
        sg_wire_refuse(s->r);
    return text != NULL ? text : "";
}

static void
read_option(setting_reader *s, const sg_setting_option *option, void *member)
{
    double real;

    switch (option->kind) {
    case SG_OPTION_INT:
        *(int32_t *)member = (int32_t)sg_wire_get_range(s->r, INT32_MIN, INT32_MAX);
        break;
    case SG_OPTION_LONG:
        *(int64_t *)member = (int64_t)sg_wire_get_long(s->r);
        break;
    case SG_OPTION_SEED:
        *(uint64_t *)member = sg_wire_get_long(s->r);
        break;
    case SG_OPTION_REAL:
        real = sg_wire_get_real(s->r);
        if (!isfinite(real))
            sg_wire_refuse(s->r);
        *(double *)member = real;
        break;
    default:
        *(const char **)member = read_text(s);
    }
}

static segml_value *
read_values(setting_reader *s, int64_t *count)
{
    int64_t n = sg_wire_get_count(s->r, SMALLEST_VALUE);
    segml_value *values = take(s, n, sizeof *values);

    for (int64_t i = 0; i < n && !s->r->failed; i++) {
        values[i].name = need_text(s);
        values[i].value = sg_wire_get_real(s->r);
        if (!isfinite(values[i].value))
            sg_wire_refuse(s->r);
    }
    *count = n;
    return n > 0 ? values : NULL;
}

static void
read_dimension(setting_reader *s, segml_dimension *d)
{
    double *choices;

    d->name = need_text(s);
    d->kind = (int32_t)sg_wire_get_range(s->r, INT32_MIN, INT32_MAX);
    d->logarithmic = (int32_t)sg_wire_get_range(s->r, INT32_MIN, INT32_MAX);
    d->low = sg_wire_get_real(s->r);
    d->high = sg_wire_get_real(s->r);
    d->step = sg_wire_get_real(s->r);
    d->parent = read_text(s);
    d->parent_low = sg_wire_get_real(s->r);
    d->parent_high = sg_wire_get_real(s->r);
    d->choice_count = sg_wire_get_count(s->r, sizeof(double));
    choices = take(s, d->choice_count, sizeof *choices);
    for (int64_t k = 0; k < d->choice_count && !s->r->failed; k++)
        choices[k] = sg_wire_get_real(s->r);
    d->choices = choices;
}

static void
read_space(setting_reader *s, segml_train_options *options)
{
    segml_dimension *space;
    segml_param_set *points;

    options->space_count = sg_wire_get_count(s->r, SMALLEST_TEXT);
    space = take(s, options->space_count, sizeof *space);
    for (int64_t i = 0; i < options->space_count && !s->r->failed; i++)
        read_dimension(s, &space[i]);
    options->space = options->space_count > 0 ? space : NULL;
    options->point_count = sg_wire_get_count(s->r, SMALLEST_TEXT);
    points = take(s, options->point_count, sizeof *points);
    for (int64_t i = 0; i < options->point_count && !s->r->failed; i++)
        points[i].params = read_values(s, &points[i].count);
    options->points = options->point_count > 0 ? points : NULL;
}

static const char *const *
read_texts(setting_reader *s, int64_t *count)
{
    int64_t n = sg_wire_get_count(s->r, SMALLEST_TEXT);
    const char **texts = take(s, n, sizeof *texts);

    for (int64_t i = 0; i < n && !s->r->failed; i++)
        texts[i] = need_text(s);
    *count = n;
    return n > 0 ? (const char *const *)texts : NULL;
}

static void
read_columns(setting_reader *s, sg_setting *setting)
{
    setting->feature_count = sg_wire_get_count(s->r, SMALLEST_TEXT);
    setting->features = take(s, setting->feature_count, sizeof *setting->features);
    for (int64_t j = 0; j < setting->feature_count && !s->r->failed; j++) {
        sg_manifest_feature *feature = &setting->features[j];

        feature->name = need_text(s);
        feature->type =
            (int32_t)sg_wire_get_range(s->r, SEGML_FEATURE_NUMERIC, SEGML_FEATURE_CATEGORICAL);
        feature->has_dictionary = (int32_t)sg_wire_get_range(s->r, 0, 1);
        feature->values = read_texts(s, &feature->value_count);
    }
    setting->key_count = sg_wire_get_count(s->r, SMALLEST_TEXT);
    if (setting->key_count < 1 || setting->key_count > SG_KEY_COLUMNS_MAX)
        sg_wire_refuse(s->r);
    setting->keys = take(s, setting->key_count, sizeof *setting->keys);
    for (int64_t c = 0; c < setting->key_count && !s->r->failed; c++) {
        setting->keys[c].name = need_text(s);
        setting->keys[c].type = (int32_t)sg_wire_get_range(s->r, SEGML_KEY_INT64, SEGML_KEY_UTF8);
    }
}

static void
read_all(setting_reader *s, sg_setting *setting)
{
    segml_train_options *options = &setting->options;

    setting->library = need_text(s);
    setting->native = need_text(s);
    setting->xgboost = need_text(s);
    for (size_t i = 0; i < sg_setting_option_count; i++)
        read_option(s, &sg_setting_options[i],
                    (unsigned char *)options + sg_setting_options[i].offset);
    options->params = read_values(s, &options->param_count);
    options->monotone = read_values(s, &options->monotone_count);
    read_space(s, options);
    setting->own_sampler = (int32_t)sg_wire_get_range(s->r, 0, 1);
    setting->mode = (int32_t)sg_wire_get_range(s->r, SEGML_MODE_SEGMENTED, SEGML_MODE_GLOBAL);
    setting->task = (int32_t)sg_wire_get_range(s->r, SEGML_TASK_BINARY, SEGML_TASK_POISSON);
    setting->fold_kind = (int32_t)sg_wire_get_range(s->r, SG_FOLD_DEALT, SG_FOLD_ORDERED);
    setting->label_name = need_text(s);
    setting->classes = read_texts(s, &setting->class_count);
    read_columns(s, setting);
    setting->rows = sg_wire_get_range(s->r, 1, INT32_MAX);
    setting->groups = sg_wire_get_range(s->r, 1, setting->rows);
    setting->searches = sg_wire_get_range(s->r, 1, INT32_MAX);
    setting->data = sg_wire_get_hash(s->r);
    setting->shard = (int32_t)sg_wire_get_range(s->r, 0, INT32_MAX);
    setting->shards = (int32_t)sg_wire_get_range(s->r, 0, INT32_MAX);
}

/* Classes fit the task. */
static int
is_sound(const sg_setting *setting)
{
    int64_t classes = setting->class_count;

    if (setting->task == SEGML_TASK_BINARY)
        return classes == 2;
    if (setting->task == SEGML_TASK_MULTICLASS)
        return classes >= 2 && classes <= SG_CLASSES_MAX;
    return classes == 0;
}

int
sg_setting_read(sg_setting *setting, sg_wire_reader *r, segml_error *err)
{
    setting_reader s = {r, &setting->arena, 0};

    read_all(&s, setting);
    if (s.is_nomem)
        return sg_fail_nomem(err);
    if (!r->failed && r->left == 0 && is_sound(setting))
        return SEGML_OK;
    /* Another version may have other options, which cannot be read here. */
    if (setting->library[0] != '\0' && strcmp(setting->library, SEGML_VERSION) != 0)
        return sg_fail(err, SEGML_E_MISMATCH, "version of libsegml is %s here and %.100s there",
                       SEGML_VERSION, setting->library);
    return sg_fail(err, SEGML_E_FORMAT, "the setting of its training is damaged");
}

void
sg_setting_clear(sg_setting *setting)
{
    sg_arena_clear(&setting->arena);
    memset(setting, 0, sizeof *setting);
}
