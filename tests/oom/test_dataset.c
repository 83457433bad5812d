/* SPDX-License-Identifier: Apache-2.0 */

/*
 * Making a data set while the n-th allocation fails, alone or with all after it: out of
 * memory, no data set, no crash. Two key columns, one with texts too long for the stack,
 * and the same as fold group, more groups than the first table holds, names, a dictionary,
 * classes.
 */

#include <check.h>
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "segml/segml.h"

enum { ROWS = 200, FEATURES = 2, TEXT = 600, ATTEMPTS_MAX = 10000 };

static float x[ROWS * FEATURES], y[ROWS], weight[ROWS];
static int64_t number[ROWS], offset[ROWS + 1];
static char text[ROWS * TEXT];

static void
set_scene(void)
{
    memset(text, 't', sizeof text);
    for (int i = 0; i < ROWS; i++) {
        x[FEATURES * i] = (float)i;
        x[FEATURES * i + 1] = (float)(i % 3);
        y[i] = (float)(i % 2);
        weight[i] = 1;
        number[i] = i % 100;
        offset[i] = (int64_t)TEXT * i;
        snprintf(text + TEXT * i, 8, "%07d", i / 100);
        text[TEXT * i + 7] = 't';
    }
    offset[ROWS] = (int64_t)TEXT * ROWS;
}

static int
create(segml_error *err)
{
    static const char *const names[FEATURES] = {"size", "colour"};
    static const char *const colours[3] = {"red", "green", "blue"};
    static const char *const classes[2] = {"no", "yes"};
    static const int32_t types[FEATURES] = {SEGML_FEATURE_NUMERIC, SEGML_FEATURE_CATEGORICAL};
    static const segml_dictionary dictionaries[FEATURES] = {{NULL, 0}, {colours, 3}};
    segml_key_column keys[2] = {SEGML_KEY_COLUMN_INIT, SEGML_KEY_COLUMN_INIT};
    segml_dataset_input in = SEGML_DATASET_INPUT_INIT;
    segml_dataset *dataset = (segml_dataset *)text;
    int rc;

    keys[0].type = SEGML_KEY_INT64;
    keys[0].data = number;
    keys[1].type = SEGML_KEY_UTF8_AUTO;
    keys[1].data = text;
    keys[1].offsets = offset;
    in.rows = ROWS;
    in.features = FEATURES;
    in.data = x;
    in.feature_names = names;
    in.feature_types = types;
    in.dictionaries = dictionaries;
    in.label = y;
    in.weight = weight;
    in.class_names = classes;
    in.class_count = 2;
    in.keys = keys;
    in.key_count = 2;
    in.fold_group = &keys[1];
    rc = segml_dataset_create(&dataset, &in, err);
    if (rc < 0)
        ck_assert_ptr_null(dataset);
    else
        ck_assert_int_eq(segml_dataset_groups(dataset), ROWS);
    segml_dataset_free(dataset);
    return rc;
}

/* _i: whether memory stays out. */
START_TEST(a_dataset_survives_every_failed_allocation)
{
    int64_t n = 0;
    int rc = SEGML_E_NOMEM;

    set_scene();
    for (; n < ATTEMPTS_MAX && rc != SEGML_OK; n++) {
        segml_error err = SEGML_ERROR_INIT;

        sg_alloc_inject(n, _i);
        rc = create(&err);
        sg_alloc_inject(-1, 0);
        if (rc != SEGML_OK) {
            ck_assert_msg(rc == SEGML_E_NOMEM, "allocation %lld: %s", (long long)n, err.message);
            ck_assert_int_eq(err.code, SEGML_E_NOMEM);
        }
    }
    ck_assert_int_eq(rc, SEGML_OK);
    ck_assert_int_gt(n, 20);
}
END_TEST

TCase *
dataset_tests(void)
{
    TCase *tc = tcase_create("dataset");

    tcase_set_timeout(tc, 300);
    tcase_add_loop_test(tc, a_dataset_survives_every_failed_allocation, 0, 2);
    return tc;
}
