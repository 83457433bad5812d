/* SPDX-License-Identifier: Apache-2.0 */

/*
 * Children in any number. Training a hundred thousand models would take an hour and add nothing:
 * what opening and loading cost depends on the shape of the trees, which is that of trained ones,
 * and on no two being equal, which changed leaves see to. The leaves are changed in the bytes:
 * a tree has its leaves among "split_conditions", where "left_children" is -1.
 */

#include "children.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "bench.h"
#include "groups.h"
#include "pack/artifact.h"
#include "pack/build.h"

static segml_model *
train(void)
{
    static const segml_value fixed[] = {
        {"rounds", CHILDREN_ROUNDS}, {"max_depth", 6}, {"learning_rate", 0.1}};
    segml_train_options options = SEGML_TRAIN_OPTIONS_INIT;
    groups rows = groups_make(SEED_DEFAULT, CHILDREN_ROWS);
    segml_dataset *dataset = groups_dataset(&rows);
    segml_error err = SEGML_ERROR_INIT;
    segml_model *model = NULL;

    options.objective = "binary";
    options.engine = "native";
    options.fallback = -1;
    options.trials = 1;
    options.folds = 2;
    options.history = -1;
    options.reusable = -1;
    options.params = fixed;
    options.param_count = sizeof fixed / sizeof fixed[0];
    if (segml_train_segmented(&model, dataset, &options, &err) != SEGML_OK)
        groups_die("training", err.message);
    segml_dataset_free(dataset);
    groups_free(&rows);
    return model;
}

static unsigned char *
copy(const void *bytes, size_t size)
{
    unsigned char *to = malloc(size);

    if (to == NULL)
        groups_die("memory", "out of it");
    memcpy(to, bytes, size);
    return to;
}

static int
keep(void *user, const sg_member *member, segml_error *err)
{
    children *c = user;

    (void)err;
    if (strcmp(member->path, SG_MEMBER_MANIFEST) == 0) {
        c->json = copy(member->content, member->size);
        c->json_size = member->size;
    }
    if (strncmp(member->path, "groups/", 7) != 0)
        return 0;
    c->ubj[c->count] = copy(member->content, member->size);
    c->size[c->count++] = member->size;
    c->largest = member->size > c->largest ? member->size : c->largest;
    return 0;
}

children
children_train(void)
{
    char path[] = "/tmp/segml-bench-XXXXXX";
    segml_save_options options = SEGML_SAVE_OPTIONS_INIT;
    segml_error err = SEGML_ERROR_INIT;
    segml_model *model = train();
    children c = {0};
    sg_buf file = {0};
    int temporary = mkstemp(path), rc;

    c.ubj = calloc(SEED_GROUPS, sizeof *c.ubj);
    c.size = calloc(SEED_GROUPS, sizeof *c.size);
    if (temporary < 0 || c.ubj == NULL || c.size == NULL)
        groups_die("children", "no temporary file or no memory");
    close(temporary);
    options.overwrite = 1;
    rc = segml_model_save(model, path, &options, &err);
    if (rc == SEGML_OK)
        rc = sg_file_read(&file, path, &err);
    if (rc == SEGML_OK)
        rc = sg_artifact_scan(file.bytes, file.size, INT64_MAX, keep, &c, &err);
    unlink(path);
    if (rc != SEGML_OK || c.count == 0)
        groups_die("children", err.message);
    sg_buf_clear(&file);
    segml_model_free(model);
    return c;
}

void
children_free(children *c)
{
    for (int i = 0; i < c->count; i++)
        free(c->ubj[i]);
    free(c->ubj);
    free(c->size);
    free(c->json);
    memset(c, 0, sizeof *c);
}

static uint32_t
read_word(const unsigned char *b)
{
    return (uint32_t)b[0] << 24 | (uint32_t)b[1] << 16 | (uint32_t)b[2] << 8 | b[3];
}

static void
change_leaf(unsigned char *b, uint64_t *state)
{
    uint32_t bits = read_word(b);
    float value;

    memcpy(&value, &bits, sizeof value);
    value *= (float)(0.99 + 0.02 * bench_uniform(state));
    memcpy(&bits, &value, sizeof value);
    for (int i = 0; i < 4; i++)
        b[i] = (unsigned char)(bits >> (24 - 8 * i));
}

/* The next array of that name: its elements of 4 bytes and their number; NULL at the end. */
static unsigned char *
find_array(unsigned char *from, const unsigned char *end, const char *name, uint32_t *count)
{
    static const char form[] = {'[', '$', 0, '#', 'L'};
    size_t length = strlen(name);

    for (unsigned char *at = from; (size_t)(end - at) > length + sizeof form + 8; at++) {
        at = memchr(at, name[0], (size_t)(end - at) - length - sizeof form - 8);
        if (at == NULL)
            return NULL;
        if (memcmp(at, name, length) == 0 && at[length] == form[0] && at[length + 4] == form[4]) {
            *count = read_word(at + length + sizeof form + 4);
            return at + length + sizeof form + 8;
        }
    }
    return NULL;
}

size_t
children_make(const children *c, int64_t i, unsigned char *ubj)
{
    size_t size = c->size[i % c->count];
    uint64_t state = (uint64_t)i + 1;
    const unsigned char *end = ubj + size;
    unsigned char *left = ubj, *value = ubj;
    uint32_t count = 0;

    memcpy(ubj, c->ubj[i % c->count], size);
    while ((left = find_array(value, end, "left_children", &count)) != NULL) {
        value = find_array(left, end, "split_conditions", &count);
        if (value == NULL)
            groups_die("children", "a tree has no split_conditions");
        for (uint32_t n = 0; n < count; n++) {
            if (read_word(left + 4 * (size_t)n) == UINT32_MAX)
                change_leaf(value + 4 * (size_t)n, &state);
        }
    }
    return size;
}
