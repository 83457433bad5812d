/* SPDX-License-Identifier: Apache-2.0 */

/*
 * segml compare. As in train, what can fail without training is tried before it, and files are
 * written last, each whole or not at all.
 */

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "commands.h"
#include "describe_comparison.h"
#include "fail.h"
#include "intake.h"
#include "output.h"
#include "segml/compare.h"
#include "signals.h"

enum { TABLE_ROWS = 20 }; /* groups in the table */

/* Before any work: the files could be written, and XGBoost is there if it is asked for. */
static int
check_surroundings(const cli_args *args, segml_error *err)
{
    const char *const files[] = {args->output, args->predictions};
    int rc = SEGML_OK;

    for (int i = 0; i < 2 && rc == SEGML_OK; i++) {
        if (files[i] != NULL && strcmp(files[i], "-") == 0)
            return cli_fail(err, SEGML_E_ARGUMENT,
                            "%s -: it is written to a file; --json writes the comparison to "
                            "standard output",
                            i == 0 ? "-o" : "--predictions");
        if (files[i] != NULL)
            rc = cli_output_check(files[i], args->force, err);
    }
    if (rc == SEGML_OK && args->output != NULL && args->predictions != NULL &&
        strcmp(args->output, args->predictions) == 0)
        rc = cli_fail(err, SEGML_E_ARGUMENT, "-o and --predictions name the same file");
    return rc < 0 ? rc : cli_intake_check(args, err);
}

static int
compare(segml_comparison **comparison, cli_intake *in, const cli_args *args, segml_error *err)
{
    segml_compare_options options = SEGML_COMPARE_OPTIONS_INIT;
    segml_train_options train;
    int rc = cli_intake_read(in, args, err);

    if (rc < 0)
        return rc;
    cli_intake_options(&train, in, args);
    options.train = &train;
    options.honest = args->honest;
    options.outer_folds = (int32_t)args->outer_folds;
    options.outer_used = (int32_t)args->outer_used;
    rc = segml_compare(comparison, in->dataset, &options, err);
    cli_progress_clear(&in->bar);
    return rc;
}

/* The saved bytes on standard output. */
static int
print_json(const segml_comparison *comparison, segml_error *err)
{
    size_t size = 0;
    char *bytes = NULL;
    int rc = segml_comparison_save_memory(comparison, NULL, 0, &size, err);

    if (rc < 0)
        return rc;
    bytes = cli_alloc((int64_t)size, 1);
    rc = bytes != NULL ? segml_comparison_save_memory(comparison, bytes, size, &size, err)
                       : cli_fail_nomem(err);
    if (rc == SEGML_OK)
        fwrite(bytes, 1, size, stdout);
    free(bytes);
    return rc;
}

static int
print_results(const cli_args *args, const segml_comparison *comparison, segml_error *err)
{
    int rc = SEGML_OK;

    if (args->json)
        rc = print_json(comparison, err);
    else if (!args->quiet)
        rc = cli_describe_comparison(stdout, comparison, args->groups ? 0 : TABLE_ROWS, err);
    return rc < 0 ? rc : cli_output_flush_stdout(err);
}

/* "segmented-tuned", or of a multiclass task "segmented-tuned:class" */
static int
write_heading(FILE *stream, const segml_comparison *comparison, int64_t approach, int64_t output,
              int64_t outputs)
{
    const char *name = segml_comparison_approach(comparison, approach);
    const char *class_name = segml_comparison_class_name(comparison, output);
    size_t size;
    char *heading;

    putc(',', stream);
    if (outputs == 1) {
        cli_write_cell(stream, name, strlen(name));
        return 0;
    }
    size = strlen(name) + strlen(class_name) + 2;
    heading = cli_alloc((int64_t)size, 1);
    if (heading == NULL)
        return -1;
    snprintf(heading, size, "%s:%s", name, class_name);
    cli_write_cell(stream, heading, strlen(heading));
    free(heading);
    return 0;
}

static int
write_header(FILE *stream, const segml_comparison *comparison, const segml_comparison_info *info)
{
    fputs("row", stream);
    for (int64_t k = 0; k < info->keys; k++) {
        const char *name = segml_comparison_key_name(comparison, k);

        putc(',', stream);
        cli_write_cell(stream, name, strlen(name));
    }
    putc(',', stream);
    cli_write_cell(stream, info->label_name, strlen(info->label_name));
    for (int64_t a = 0; a < info->approaches; a++) {
        for (int64_t c = 0; c < info->outputs; c++) {
            if (write_heading(stream, comparison, a, c, info->outputs) != 0)
                return -1;
        }
    }
    putc('\n', stream);
    return 0;
}

static void
write_row(FILE *stream, const cli_intake *in, const segml_comparison_info *info,
          float *const *values, int64_t row)
{
    size_t length;
    const char *text;

    fprintf(stream, "%lld", (long long)row + 1);
    for (int64_t k = 0; k <= info->keys; k++) { /* the keys, then the label */
        int64_t column = k < info->keys ? in->table.roles.group[k] : in->table.roles.target;

        text = cli_csv_cell(&in->csv, row, column, &length);
        putc(',', stream);
        cli_write_cell(stream, text, length);
    }
    for (int64_t a = 0; a < info->approaches; a++) {
        for (int64_t c = 0; c < info->outputs; c++) {
            putc(',', stream);
            cli_write_float(stream, values[a][row * info->outputs + c]);
        }
    }
    putc('\n', stream);
}

static int
write_rows(cli_output *out, const cli_intake *in, const segml_comparison *comparison,
           const segml_comparison_info *info, float *const *values, segml_error *err)
{
    if (write_header(out->stream, comparison, info) != 0)
        return cli_fail_nomem(err);
    for (int64_t i = 0; i < info->rows; i++)
        write_row(out->stream, in, info, values, i);
    errno = EIO; /* of a write that failed earlier, if nothing fails now */
    if (fflush(out->stream) != 0 || ferror(out->stream))
        return cli_fail_system(err, out->path, "write");
    return cli_interrupted() ? cli_fail_interrupted(err) : SEGML_OK;
}

/* All rows, but not yet under the file's name. */
static int
write_predictions(cli_output *out, const cli_intake *in, const segml_comparison *comparison,
                  segml_error *err)
{
    segml_comparison_info info = SEGML_COMPARISON_INFO_INIT;
    float **values;
    int rc = segml_comparison_get_info(comparison, &info, err);

    if (rc < 0)
        return rc;
    values = cli_alloc(info.approaches, sizeof *values);
    if (values == NULL)
        return cli_fail_nomem(err);
    for (int64_t a = 0; a < info.approaches && rc == SEGML_OK; a++) {
        values[a] = cli_alloc(info.rows * info.outputs, sizeof **values);
        rc = values[a] != NULL ? segml_comparison_predictions(comparison, a, values[a],
                                                              info.rows * info.outputs, err)
                               : cli_fail_nomem(err);
    }
    if (rc == SEGML_OK)
        rc = write_rows(out, in, comparison, &info, values, err);
    for (int64_t a = 0; a < info.approaches; a++)
        free(values[a]);
    free(values);
    return rc;
}

/* Predictions get their name last, so that a failure leaves neither file behind. */
static int
write_files(const cli_args *args, const cli_intake *in, const segml_comparison *comparison,
            segml_error *err)
{
    segml_save_options options = SEGML_SAVE_OPTIONS_INIT;
    cli_output out = {0};
    int rc = cli_interrupted() ? cli_fail_interrupted(err) : SEGML_OK;

    options.overwrite = args->force ? 1 : 0;
    if (rc == SEGML_OK && args->predictions != NULL)
        rc = cli_output_begin(&out, args->predictions, args->force, err);
    if (rc == SEGML_OK && args->predictions != NULL)
        rc = write_predictions(&out, in, comparison, err);
    if (rc == SEGML_OK && args->output != NULL)
        rc = segml_comparison_save(comparison, args->output, &options, err);
    if (rc == SEGML_OK && args->predictions != NULL)
        return cli_output_commit(&out, err);
    cli_output_abandon(&out);
    return rc;
}

static void
print_written(const cli_args *args, double seconds)
{
    char time[32];

    if (args->quiet)
        return;
    cli_format_duration(time, sizeof time, seconds);
    fprintf(stderr, "compared in %s", time);
    if (args->output != NULL)
        fprintf(stderr, ", wrote %s", args->output);
    if (args->predictions != NULL)
        fprintf(stderr, ", wrote %s", args->predictions);
    putc('\n', stderr);
}

int
cli_run_compare(const cli_args *args, segml_error *err)
{
    segml_comparison *comparison = NULL;
    segml_error late = SEGML_ERROR_INIT; /* keeps the remark of comparing in err */
    cli_intake in = {.quiet = 0};
    double start = cli_clock();
    int rc = check_surroundings(args, err);
    int later = SEGML_OK;

    if (rc == SEGML_OK)
        rc = compare(&comparison, &in, args, err);
    if (rc >= 0)
        later = print_results(args, comparison, &late);
    if (rc >= 0 && later == SEGML_OK)
        later = write_files(args, &in, comparison, &late);
    if (rc >= 0 && later == SEGML_OK)
        print_written(args, cli_clock() - start);
    segml_comparison_free(comparison);
    cli_intake_clear(&in);
    if (later < 0) {
        *err = late;
        return later;
    }
    return rc;
}
