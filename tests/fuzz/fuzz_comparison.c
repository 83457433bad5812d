/* SPDX-License-Identifier: Apache-2.0 */

/*
 * Fuzzer of saved comparisons. What was read answers every question, is written, and that reads
 * and writes as the same bytes.
 */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "compare/comparison_json.h"
#include "fuzz/fuzz.h"

static void
check(int holds, const char *promise)
{
    if (holds)
        return;
    fprintf(stderr, "broken: %s\n", promise);
    abort();
}

/* Reads what a getter gave, so that a bad pointer is found. */
static double
read_cell(const segml_comparison_cell *cell)
{
    double sum = (double)strlen(cell->message);

    for (int64_t i = 0; i < cell->estimate_count; i++)
        sum += (double)strlen(cell->estimates[i].name) + cell->estimates[i].difference_high;
    for (int64_t i = 0; i < cell->metric_count; i++)
        sum += (double)strlen(cell->metrics[i].name) + cell->metrics[i].value;
    for (int64_t i = 0; i < cell->param_count; i++)
        sum += (double)strlen(cell->params[i].name) + cell->params[i].value;
    for (int64_t i = 0; i < cell->trial_count; i++)
        sum += cell->trials[i];
    return sum;
}

static void
ask_all(const segml_comparison *comparison)
{
    segml_comparison_info info = SEGML_COMPARISON_INFO_INIT;
    volatile double sum = 0;

    check(segml_comparison_get_info(comparison, &info, NULL) == SEGML_OK, "it tells about itself");
    check(info.scored <= info.rows && info.reference < info.approaches, "facts fit");
    for (int64_t i = -1; i < info.groups; i++) {
        int64_t g = i < 0 ? SEGML_GROUP_INDEX_OVERALL : i;
        segml_comparison_group group = SEGML_COMPARISON_GROUP_INIT;

        check(segml_comparison_get_group(comparison, g, &group, NULL) == SEGML_OK, "groups");
        check((group.keys == NULL) == (i < 0), "groups have keys");
        check(segml_verdict_name(group.verdict) != NULL, "verdicts have names");
        for (int64_t j = 0; group.correlations != NULL && j < info.features; j++)
            sum += group.correlations[j];
        for (int64_t a = 0; a < info.approaches; a++) {
            segml_comparison_cell cell = SEGML_COMPARISON_CELL_INIT;

            check(segml_comparison_get(comparison, a, g, &cell, NULL) == SEGML_OK, "cells");
            sum += read_cell(&cell);
        }
    }
    (void)sum; /* what counts is that everything could be read */
}

static void
read_again(const segml_comparison *comparison)
{
    segml_comparison *again = NULL;
    segml_error err = SEGML_ERROR_INIT;
    sg_buf json[2] = {{0}};
    int rc;

    check(sg_comparison_write(&json[0], comparison, NULL) == SEGML_OK, "it is written");
    rc = segml_comparison_open_memory(&again, json[0].bytes, json[0].size, &err);
    check(rc == SEGML_OK, err.message);
    check(sg_comparison_write(&json[1], again, NULL) == SEGML_OK, "it is written again");
    check(json[0].size == json[1].size, "as many bytes");
    check(memcmp(json[0].bytes, json[1].bytes, json[0].size) == 0, "the same bytes");
    segml_comparison_free(again);
    sg_buf_clear(&json[0]);
    sg_buf_clear(&json[1]);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    segml_comparison *comparison = NULL;
    segml_error err = SEGML_ERROR_INIT;
    int rc = segml_comparison_open_memory(&comparison, data, size, &err);

    check(rc == err.code, "a failure has its status");
    check((comparison != NULL) == (rc == SEGML_OK), "a failure leaves nothing");
    check(rc == SEGML_OK || rc == SEGML_E_FORMAT || rc == SEGML_E_LIMIT ||
              rc == SEGML_E_UNSUPPORTED,
          "a status that the header names");
    if (rc == SEGML_OK) {
        ask_all(comparison);
        read_again(comparison);
    }
    segml_comparison_free(comparison);
    return 0;
}
