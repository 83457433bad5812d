/* SPDX-License-Identifier: Apache-2.0 */

/*
 * segml report: a page, or data, about a model or a comparison.
 *
 * Which of the two the input is, its first byte tells: a comparison is a JSON object, a model
 * is a packed archive. Names of files say nothing about that.
 */

#include <stdio.h>
#include <string.h>

#include "commands.h"
#include "fail.h"
#include "opening.h"
#include "output.h"
#include "segml/report.h"

/* 1: begins as a JSON object does; 0: does not; a status below 0 if it cannot be read. */
static int
look_into(const char *path, segml_error *err)
{
    FILE *file = fopen(path, "rb");
    int first = EOF, rc;

    if (file == NULL)
        return cli_fail_system(err, path, "open");
    do
        first = getc(file);
    while (first == ' ' || first == '\t' || first == '\n' || first == '\r');
    rc = ferror(file) ? cli_fail_system(err, path, "read") : first == '{';
    fclose(file);
    return rc;
}

static int
report_model(const cli_args *args, const segml_report_options *options, segml_error *err)
{
    segml_model *model = NULL;
    int rc = cli_model_open(&model, args, NULL, err);

    if (rc == SEGML_OK)
        rc = segml_report_model(model, args->output, options, err);
    segml_model_free(model);
    return rc;
}

static int
report_comparison(const cli_args *args, const segml_report_options *options, segml_error *err)
{
    segml_comparison *comparison = NULL;
    int rc = segml_comparison_open(&comparison, args->input, err);

    if (rc == SEGML_OK)
        rc = segml_report_comparison(comparison, args->output, options, err);
    segml_comparison_free(comparison);
    return rc;
}

int
cli_run_report(const cli_args *args, segml_error *err)
{
    segml_report_options options = SEGML_REPORT_OPTIONS_INIT;
    int rc = cli_output_check(args->output, args->force, err);

    if (rc < 0)
        return rc;
    options.format = strcmp(args->format, "json") == 0  ? SEGML_REPORT_JSON
                     : strcmp(args->format, "csv") == 0 ? SEGML_REPORT_CSV
                                                        : SEGML_REPORT_HTML;
    options.overwrite = args->force;
    options.title = args->title;
    options.max_groups = args->max_groups;
    rc = look_into(args->input, err);
    if (rc < 0)
        return rc;
    return rc ? report_comparison(args, &options, err) : report_model(args, &options, err);
}
