/* SPDX-License-Identifier: Apache-2.0 */

/*
 * Fuzzer of the command-line tool's search spaces and parameter sets. Whatever the bytes are,
 * nothing crashes or leaks; every failure has its status and a message of one line; what is
 * accepted is finite and named; and the library answers a space with a study or a message,
 * and a study of it can be asked.
 */

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fail.h"
#include "fuzz/fuzz.h"
#include "search.h"
#include "segml/search.h"

enum { MOST_DIMENSIONS = 64 }; /* of a study */

static void
check(int holds, const char *promise)
{
    if (holds)
        return;
    fprintf(stderr, "broken: %s\n", promise);
    abort();
}

static void
check_answer(int rc, const segml_error *err)
{
    check(rc == err->code, "a failure has its status");
    check(rc == SEGML_OK || rc == SEGML_E_DATA, "a status that the header names");
    check(cli_utf8_is_valid(err->message, strlen(err->message)), "a message is UTF-8");
    for (const char *c = err->message; *c != '\0'; c++)
        check((unsigned char)*c >= 0x20 && *c != 0x7F, "a message is one line");
    check(rc == SEGML_OK || err->message[0] != '\0', "a failure has its message");
}

static void
check_dimension(const segml_dimension *d)
{
    int has_choices = d->kind == SEGML_DIMENSION_CATEGORICAL;

    check(d->name != NULL, "a dimension is named");
    check(isfinite(d->low) && isfinite(d->high) && isfinite(d->step), "numbers are finite");
    check(has_choices == (d->choice_count > 0), "choices are those of a categorical dimension");
    for (int64_t i = 0; i < d->choice_count; i++)
        check(isfinite(d->choices[i]), "choices are finite");
    check(d->parent == NULL || (isfinite(d->parent_low) && isfinite(d->parent_high)),
          "conditions are finite");
}

/* What the library makes of a space. */
static void
try_study(const cli_search *search)
{
    segml_study_options options = SEGML_STUDY_OPTIONS_INIT;
    segml_study *study = NULL;
    segml_error err = SEGML_ERROR_INIT;
    double point[MOST_DIMENSIONS];
    int64_t trial;
    int rc;

    options.dimensions = search->dimensions;
    options.dimension_count = search->dimension_count;
    rc = segml_study_create(&study, &options, &err);
    check((rc == SEGML_OK) == (study != NULL), "a failure leaves nothing");
    check(rc == SEGML_OK || rc == SEGML_E_ARGUMENT || rc == SEGML_E_UNSUPPORTED,
          "the library answers");
    if (rc == SEGML_OK)
        check(segml_study_ask(study, &trial, point, MOST_DIMENSIONS, &err) == SEGML_OK &&
                  segml_study_tell(study, trial, 1, &err) == SEGML_OK,
              "a study can be asked");
    segml_study_free(study);
}

static void
read_space(const uint8_t *data, size_t size)
{
    cli_search search = {0};
    segml_error err = SEGML_ERROR_INIT;
    int rc = cli_search_parse_space(&search, data, size, "space.json", &err);

    check_answer(rc, &err);
    if (rc == SEGML_OK) {
        check(search.dimension_count > 0, "a space has a dimension");
        for (int64_t d = 0; d < search.dimension_count; d++)
            check_dimension(&search.dimensions[d]);
        try_study(&search);
    }
    cli_search_clear(&search);
}

static void
read_points(const uint8_t *data, size_t size)
{
    cli_search search = {0};
    segml_error err = SEGML_ERROR_INIT;
    int rc = cli_search_parse_points(&search, data, size, "points.json", &err);

    check_answer(rc, &err);
    check(rc < 0 || search.set_count > 0, "a list has a parameter set");
    for (int64_t s = 0; rc == SEGML_OK && s < search.set_count; s++) {
        for (int64_t i = 0; i < search.sets[s].count; i++)
            check(search.sets[s].params[i].name != NULL && isfinite(search.sets[s].params[i].value),
                  "a value is named and finite");
    }
    cli_search_clear(&search);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    read_space(data, size);
    read_points(data, size);
    return 0;
}
