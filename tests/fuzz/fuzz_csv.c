/* SPDX-License-Identifier: Apache-2.0 */

/*
 * Fuzzer of the command-line tool's input: CSV, then types, labels and keys. Whatever the
 * bytes are, nothing crashes or leaks; every failure has its status; cells that were read
 * are read again after they were written; a cell that is a time is one between the years 0
 * and 10000; and what the tool accepts as a table, with its folds, the library accepts as a
 * data set.
 */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "csv_reader.h"
#include "fuzz/fuzz.h"
#include "output.h"
#include "table.h"
#include "timestamp.h"

/* More cells are possible, but only cost the fuzzer time. */
enum { MAX_CELLS = 20000 };

static void
check(int holds, const char *promise)
{
    if (holds)
        return;
    fprintf(stderr, "broken: %s\n", promise);
    abort();
}

static void
write_all(FILE *stream, const cli_csv *csv)
{
    for (int64_t i = -1; i < csv->rows; i++) {
        for (int64_t j = 0; j < csv->columns; j++) {
            size_t length;
            const char *text = cli_csv_cell(csv, i, j, &length);

            check(strlen(text) == length, "a cell is terminated text");
            if (j > 0)
                putc(',', stream);
            cli_write_cell(stream, text, length);
        }
        putc('\n', stream);
    }
}

/* An empty cell alone on its line is an empty line: such a file reads back shorter. */
static void
read_again(const cli_csv *csv)
{
    cli_csv again = {0};
    segml_error err = SEGML_ERROR_INIT;
    char *bytes = NULL;
    size_t size = 0;
    FILE *stream = open_memstream(&bytes, &size);

    check(stream != NULL, "memory");
    write_all(stream, csv);
    check(fclose(stream) == 0, "memory");
    check(cli_csv_read_memory(&again, bytes, size, &err) == SEGML_OK, "what is written is read");
    check(again.rows == csv->rows && again.columns == csv->columns, "as many cells");
    for (int64_t k = 0; k < (csv->rows + 1) * csv->columns; k++)
        check(strcmp(again.text + again.offsets[k], csv->text + csv->offsets[k]) == 0, "one cell");
    cli_csv_clear(&again);
    free(bytes);
}

static void
read_times(const cli_csv *csv)
{
    for (int64_t i = 0; i < csv->rows; i++) {
        for (int64_t j = 0; j < csv->columns; j++) {
            double seconds = -1e300;
            size_t length;
            const char *text = cli_csv_cell(csv, i, j, &length);
            int is_time = cli_timestamp_parse(&seconds, text, length);

            check(is_time ? seconds > -6.3e10 && seconds < 2.6e11 : seconds == -1e300,
                  "a time is in range, and nothing else is written");
        }
    }
}

/* The column that says how rows are held out is told by its name. */
static void
select_folds(cli_selection *selection, const cli_csv *csv)
{
    for (int64_t j = 1; j < csv->columns - 1; j++) {
        const char *name = cli_csv_name(csv, j);

        if (strcmp(name, "fold") == 0)
            selection->fold = name;
        else if (strcmp(name, "fold_group") == 0)
            selection->fold_group = name;
        else if (strcmp(name, "time") == 0)
            selection->time = name;
    }
    if (selection->fold != NULL) /* one at most, as the command line takes them */
        selection->fold_group = selection->time = NULL;
    else if (selection->fold_group != NULL)
        selection->time = NULL;
}

static void
build_table(const cli_csv *csv, int flags)
{
    static const char *const objectives[] = {"auto", "binary", "multiclass", "regression"};
    cli_table_options *options = calloc(1, sizeof *options);
    cli_table table = {0};
    segml_dataset *dataset = NULL;
    segml_dataset_input input;
    segml_error err = SEGML_ERROR_INIT;
    int rc;

    check(options != NULL, "memory");
    options->selection.group.items[options->selection.group.count++] = cli_csv_name(csv, 0);
    options->selection.target = cli_csv_name(csv, csv->columns - 1);
    if ((flags & 1) != 0)
        options->selection.weight = cli_csv_name(csv, csv->columns / 2);
    select_folds(&options->selection, csv);
    if ((flags & 2) != 0)
        options->selection.categorical.items[options->selection.categorical.count++] =
            cli_csv_name(csv, 1);
    options->text_key = (flags & 4) != 0;
    options->missing = (cli_missing){{"-"}, (flags & 8) != 0};
    options->objective = objectives[flags >> 4 & 3];
    rc = cli_table_build(&table, csv, options, &err);
    check(rc == err.code, "a failure has its status");
    check(rc == SEGML_OK || rc == SEGML_E_DATA || rc == SEGML_E_ARGUMENT || rc == SEGML_E_NOT_FOUND,
          "a status that the header names");
    if (rc == SEGML_OK) {
        cli_table_input(&input, &table, csv);
        rc = segml_dataset_create(&dataset, &input, &err);
        check(rc == SEGML_OK, err.message);
    }
    segml_dataset_free(dataset);
    cli_table_clear(&table);
    free(options);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    cli_csv csv = {0};
    segml_error err = SEGML_ERROR_INIT;
    int rc = cli_csv_read_memory(&csv, data, size, &err);

    check(rc == err.code, "a failure has its status");
    check((rc == SEGML_OK) == (csv.text != NULL), "a failure leaves nothing");
    if (rc == SEGML_OK && (csv.rows + 1) * csv.columns <= MAX_CELLS) {
        if (csv.columns > 1) {
            read_again(&csv);
            read_times(&csv);
            build_table(&csv, data[size - 1]);
        }
    }
    cli_csv_clear(&csv);
    return 0;
}
