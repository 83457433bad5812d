/* SPDX-License-Identifier: Apache-2.0 */

#include "fixture.h"

#include <archive.h>
#include <archive_entry.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "seed_groups.h"

table
table_make(int64_t rows, int64_t features)
{
    table t = {.rows = rows, .features = features};

    t.x = calloc((size_t)(rows * features), sizeof *t.x);
    t.y = calloc((size_t)rows, sizeof *t.y);
    t.key = calloc((size_t)rows, sizeof *t.key);
    t.key_valid = malloc((size_t)(rows + 7) / 8);
    ck_assert_ptr_nonnull(t.x);
    ck_assert_ptr_nonnull(t.y);
    ck_assert_ptr_nonnull(t.key);
    ck_assert_ptr_nonnull(t.key_valid);
    memset(t.key_valid, 0xFF, (size_t)(rows + 7) / 8);
    return t;
}

table
table_seed(int64_t rows)
{
    table t = table_make(rows, SEED_FEATURES);

    ck_assert_int_eq(rows % SEED_GROUPS, 0);
    seed_fill(t.x, t.y, t.key, SEED_DEFAULT, rows / SEED_GROUPS);
    return t;
}

static void
copy_row(table *to, int64_t i, const table *from, int64_t j)
{
    memcpy(to->x + i * to->features, from->x + j * to->features,
           (size_t)to->features * sizeof *to->x);
    to->y[i] = from->y[j];
    to->key[i] = from->key[j];
    if (from->weight != NULL)
        to->weight[i] = from->weight[j];
    if (from->fold != NULL)
        to->fold[i] = from->fold[j];
    if (from->fold_group != NULL)
        to->fold_group[i] = from->fold_group[j];
    if (from->time != NULL)
        to->time[i] = from->time[j];
    if ((from->key_valid[j / 8] >> (j % 8) & 1) == 0)
        to->key_valid[i / 8] &= (uint8_t) ~(1u << (i % 8));
}

static table
table_like(const table *t, int64_t rows)
{
    table made = table_make(rows, t->features);

    made.weight = t->weight != NULL ? calloc((size_t)rows, sizeof *made.weight) : NULL;
    made.fold = t->fold != NULL ? calloc((size_t)rows, sizeof *made.fold) : NULL;
    made.fold_group = t->fold_group != NULL ? calloc((size_t)rows, sizeof *made.fold_group) : NULL;
    made.time = t->time != NULL ? calloc((size_t)rows, sizeof *made.time) : NULL;
    return made;
}

table
table_shuffle(const table *t, uint64_t seed)
{
    table made = table_like(t, t->rows);
    int64_t *order = malloc((size_t)t->rows * sizeof *order);

    ck_assert_ptr_nonnull(order);
    for (int64_t i = 0; i < t->rows; i++) {
        int64_t j = (int64_t)(seed_draw(seed, (uint64_t)i + 1) * (double)(i + 1));

        order[i] = order[j];
        order[j] = i;
    }
    for (int64_t i = 0; i < t->rows; i++)
        copy_row(&made, i, t, order[i]);
    free(order);
    return made;
}

table
table_of_key(const table *t, int64_t key)
{
    table made;
    int64_t rows = 0, n = 0;

    for (int64_t i = 0; i < t->rows; i++)
        rows += t->key[i] == key;
    made = table_like(t, rows);
    for (int64_t i = 0; i < t->rows; i++) {
        if (t->key[i] == key)
            copy_row(&made, n++, t, i);
    }
    return made;
}

void
table_free(table *t)
{
    free(t->x);
    free(t->y);
    free(t->weight);
    free(t->key);
    free(t->key_valid);
    free(t->fold);
    free(t->fold_group);
    free(t->time);
}

segml_train_options
quick_options(void)
{
    segml_train_options options = SEGML_TRAIN_OPTIONS_INIT;

    options.trials = 2;
    options.jobs = 2;
    options.engine = getenv("SEGML_TEST_ENGINE"); /* NULL: the default */
    options.xgboost_path = getenv("SEGML_TEST_XGBOOST"); /* NULL: the system's */
    return options;
}

/* With a key column of regions before that of stores, unless it is NULL. */
static segml_dataset *
make_dataset(const table *t, const int64_t *region)
{
    segml_key_column keys[2] = {SEGML_KEY_COLUMN_INIT, SEGML_KEY_COLUMN_INIT};
    segml_key_column fold_group = SEGML_KEY_COLUMN_INIT;
    segml_dataset_input input = SEGML_DATASET_INPUT_INIT;
    segml_dataset *dataset = NULL;
    segml_error err = SEGML_ERROR_INIT;
    uint8_t *valid = calloc((size_t)(t->rows + 7) / 8, 1);
    int rc;

    ck_assert_ptr_nonnull(valid);
    for (int64_t i = 0; i < t->rows && t->fold_group != NULL; i++)
        valid[i / 8] |= (uint8_t)((t->fold_group[i] >= 0) << (i % 8));
    fold_group.type = SEGML_KEY_INT64;
    fold_group.data = t->fold_group;
    fold_group.validity = valid;
    keys[0].name = "region";
    keys[0].type = SEGML_KEY_INT64;
    keys[0].data = region;
    keys[1].name = "store";
    keys[1].type = SEGML_KEY_INT64;
    keys[1].data = t->key;
    keys[1].validity = t->key_valid;
    input.rows = t->rows;
    input.features = t->features;
    input.data = t->x;
    input.label = t->y;
    input.weight = t->weight;
    input.keys = region != NULL ? keys : keys + 1;
    input.key_count = region != NULL ? 2 : 1;
    input.fold = t->fold;
    input.fold_group = t->fold_group != NULL ? &fold_group : NULL;
    input.time = t->time;
    rc = segml_dataset_create(&dataset, &input, &err);
    ck_assert_msg(rc == SEGML_OK, "%s", err.message);
    free(valid); /* values of a fold group are copied */
    return dataset;
}

segml_dataset *
table_dataset(const table *t)
{
    return make_dataset(t, NULL);
}

segml_dataset *
table_levels(const table *t, int64_t *region)
{
    for (int64_t i = 0; i < t->rows; i++)
        region[i] = t->key[i] / 3;
    return make_dataset(t, region);
}

segml_model *
train_table(const table *t, const segml_train_options *options, int global)
{
    segml_dataset *dataset = table_dataset(t);
    segml_model *model = NULL;
    segml_error err = SEGML_ERROR_INIT;
    int rc;

    rc = (global ? segml_train_global : segml_train_segmented)(&model, dataset, options, &err);
    ck_assert_msg(rc == SEGML_OK, "%s: %s", segml_status_name(rc), err.message);
    segml_dataset_free(dataset);
    return model;
}

unsigned char *
artifact_bytes(const segml_model *model, size_t *size)
{
    char path[] = "test-artifact-XXXXXX";
    segml_save_options options = SEGML_SAVE_OPTIONS_INIT;
    segml_error err = SEGML_ERROR_INIT;
    unsigned char *bytes;
    FILE *file;
    long length;
    int fd = mkstemp(path);

    ck_assert_int_ge(fd, 0);
    close(fd);
    options.overwrite = 1;
    ck_assert_msg(segml_model_save(model, path, &options, &err) == SEGML_OK, "%s", err.message);
    file = fopen(path, "rb");
    ck_assert_ptr_nonnull(file);
    fseek(file, 0, SEEK_END);
    length = ftell(file);
    rewind(file);
    bytes = malloc((size_t)length);
    ck_assert_ptr_nonnull(bytes);
    ck_assert_uint_eq(fread(bytes, 1, (size_t)length, file), (size_t)length);
    fclose(file);
    unlink(path);
    *size = (size_t)length;
    return bytes;
}

unsigned char *
artifact_member(const segml_model *model, const char *path, size_t *size)
{
    size_t total;
    unsigned char *bytes = artifact_bytes(model, &total), *content = NULL;
    struct archive *archive = archive_read_new();
    struct archive_entry *entry;

    archive_read_support_filter_zstd(archive);
    archive_read_support_format_tar(archive);
    ck_assert_int_eq(archive_read_open_memory(archive, bytes, total), ARCHIVE_OK);
    while (content == NULL && archive_read_next_header(archive, &entry) == ARCHIVE_OK) {
        if (strcmp(archive_entry_pathname(entry), path) != 0)
            continue;
        *size = (size_t)archive_entry_size(entry);
        content = malloc(*size);
        ck_assert_ptr_nonnull(content);
        ck_assert_int_eq(archive_read_data(archive, content, *size), (la_ssize_t)*size);
    }
    archive_read_free(archive);
    free(bytes);
    return content;
}

void
assert_same_artifact(const segml_model *a, const segml_model *b)
{
    size_t size_a, size_b;
    unsigned char *bytes_a = artifact_bytes(a, &size_a), *bytes_b = artifact_bytes(b, &size_b);

    ck_assert_uint_eq(size_a, size_b);
    ck_assert_mem_eq(bytes_a, bytes_b, size_a);
    free(bytes_a);
    free(bytes_b);
}

void
assert_same_member(const segml_model *a, const segml_model *b, const char *path)
{
    size_t size_a, size_b;
    unsigned char *bytes_a = artifact_member(a, path, &size_a);
    unsigned char *bytes_b = artifact_member(b, path, &size_b);

    ck_assert_msg(bytes_a != NULL && bytes_b != NULL, "%s is missing", path);
    ck_assert_uint_eq(size_a, size_b);
    ck_assert_mem_eq(bytes_a, bytes_b, size_a);
    free(bytes_a);
    free(bytes_b);
}

double
metric_of(const segml_model *model, int64_t group, const char *name)
{
    segml_group_info info = SEGML_GROUP_INFO_INIT;

    ck_assert_int_eq(segml_model_get_group(model, group, &info, NULL), SEGML_OK);
    for (int64_t i = 0; i < info.metric_count; i++) {
        if (strcmp(info.metrics[i].name, name) == 0)
            return info.metrics[i].value;
    }
    return (double)NAN;
}

int32_t
status_of(const segml_model *model, int64_t group, const char **message)
{
    segml_group_info info = SEGML_GROUP_INFO_INIT;

    ck_assert_int_eq(segml_model_get_group(model, group, &info, NULL), SEGML_OK);
    if (message != NULL)
        *message = info.message;
    return info.status;
}
