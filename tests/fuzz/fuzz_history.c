/* SPDX-License-Identifier: Apache-2.0 */

/*
 * Fuzzer of history.jsonl: a byte that says how many features there are, then the lines.
 * What was read is written, and that reads and writes as the same bytes.
 */

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fuzz/fuzz.h"
#include "pack/history.h"

enum { MOST_FEATURES = 8 };

static void
check(int holds, const char *promise)
{
    if (holds)
        return;
    fprintf(stderr, "broken: %s\n", promise);
    abort();
}

static void
check_record(const sg_history_record *record, int64_t features)
{
    check(record->chosen >= -1 && record->chosen < record->trials, "the chosen one is a trial");
    for (int64_t i = 0; i < record->trials; i++) {
        check(!isinf(record->values[i]), "a value is finite or NaN");
        check(record->rounds[i] >= 0, "rounds are not negative");
        check(record->states[i] >= 0 && record->states[i] <= 3, "a state is known");
    }
    for (int64_t j = 0; j < features; j++)
        check(!(fabs(record->correlations[j]) > 1), "a correlation is in [-1, 1]");
}

static void
write_all(sg_buf *lines, const sg_history *history, int64_t features)
{
    for (int64_t i = 0; i < history->count; i++)
        check(sg_history_write(lines, &history->records[i], features, NULL) == SEGML_OK,
              "a record is written");
}

static void
read_again(const sg_history *history, int64_t features)
{
    segml_error err = SEGML_ERROR_INIT;
    sg_history again = {.count = 0};
    sg_buf lines[2] = {{0}};

    write_all(&lines[0], history, features);
    check(sg_history_read(&again, lines[0].bytes, lines[0].size, history->count, features, &err) ==
              SEGML_OK,
          err.message);
    write_all(&lines[1], &again, features);
    check(lines[0].size == lines[1].size, "as many bytes");
    check(lines[0].size == 0 || memcmp(lines[0].bytes, lines[1].bytes, lines[0].size) == 0,
          "the same bytes");
    sg_history_clear(&again);
    sg_buf_clear(&lines[1]);
    sg_buf_clear(&lines[0]);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    int64_t features = size > 0 ? data[0] % MOST_FEATURES : 0, count = 0;
    segml_error err = SEGML_ERROR_INIT;
    sg_history history = {.count = 0};
    int rc;

    if (size == 0)
        return 0;
    for (size_t i = 1; i < size; i++)
        count += data[i] == '\n';
    rc = sg_history_read(&history, data + 1, size - 1, count, features, &err);
    check(rc == err.code, "a failure has its status");
    check(rc == SEGML_OK || history.records == NULL, "a failure leaves nothing");
    check(rc == SEGML_OK || rc == SEGML_E_FORMAT || rc == SEGML_E_LIMIT,
          "a status that the header names");
    for (int64_t i = 0; i < history.count; i++)
        check_record(&history.records[i], features);
    if (rc == SEGML_OK)
        read_again(&history, features);
    sg_history_clear(&history);
    return 0;
}
