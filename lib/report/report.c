/* SPDX-License-Identifier: Apache-2.0 */

/*
 * Reports. What is told is collected into a view, the view is written in one of three forms to
 * memory, and the bytes replace the file at once: a report appears whole or not at all.
 *
 * This folder sees models and comparisons through their public functions only, so that whatever
 * a report shows, any program can ask for.
 */

#include "segml/report.h"

#include "base/file.h"
#include "base/opts.h"
#include "base/text.h"
#include "report/form.h"
#include "report/page.h"
#include "report/view.h"

#include <string.h>

static int
load_options(segml_report_options *known, const segml_report_options *given, segml_error *err)
{
    int rc = sg_opts_load(known, sizeof *known, given, "segml_report_options", err);

    if (rc < 0)
        return rc;
    if (known->format == 0)
        known->format = SEGML_REPORT_HTML;
    if (known->format < SEGML_REPORT_HTML || known->format > SEGML_REPORT_CSV)
        return sg_fail(err, SEGML_E_ARGUMENT, "format is %d; give SEGML_REPORT_HTML, _JSON or _CSV",
                       (int)known->format);
    if (known->max_groups < 0)
        return sg_fail(err, SEGML_E_ARGUMENT,
                       "max_groups is %lld; give a number of groups, or 0 for %d",
                       (long long)known->max_groups, (int)SG_VIEW_DEFAULT_GROUPS);
    if (known->title != NULL && !sg_text_is_utf8(known->title, strlen(known->title)))
        return sg_fail(err, SEGML_E_ARGUMENT, "title is not valid UTF-8");
    return SEGML_OK;
}

/* Writes a view that was collected, whose title is not made yet. */
static int
write_view(sg_view *view, const char *path, const segml_report_options *options, segml_error *err)
{
    sg_buf out = {0};
    int rc = sg_view_finish(view, options->title, options->max_groups, err);

    if (rc == SEGML_OK && options->format == SEGML_REPORT_HTML)
        rc = sg_page_write(&out, view, err);
    else if (rc == SEGML_OK && options->format == SEGML_REPORT_JSON)
        rc = sg_report_json(&out, view, err);
    else if (rc == SEGML_OK)
        rc = sg_report_csv(&out, view, err);
    if (rc == SEGML_OK)
        rc = sg_file_replace(path, out.bytes, out.size, options->overwrite > 0, err);
    sg_buf_clear(&out);
    return rc;
}

int
segml_report_model(const segml_model *model, const char *path, const segml_report_options *options,
                   segml_error *err)
{
    segml_report_options known;
    sg_view view = {.history = NULL};
    int rc;

    if (model == NULL || path == NULL)
        return sg_fail(err, SEGML_E_ARGUMENT, "%s is NULL", model == NULL ? "model" : "path");
    rc = load_options(&known, options, err);
    if (rc < 0)
        return rc;
    rc = sg_view_of_model(&view, model, err);
    if (rc == SEGML_OK)
        rc = write_view(&view, path, &known, err);
    sg_view_clear(&view);
    return rc;
}

int
segml_report_comparison(const segml_comparison *comparison, const char *path,
                        const segml_report_options *options, segml_error *err)
{
    segml_report_options known;
    sg_view view = {.history = NULL};
    int rc;

    if (comparison == NULL || path == NULL)
        return sg_fail(err, SEGML_E_ARGUMENT, "%s is NULL",
                       comparison == NULL ? "comparison" : "path");
    rc = load_options(&known, options, err);
    if (rc < 0)
        return rc;
    rc = sg_view_of_comparison(&view, comparison, err);
    if (rc == SEGML_OK)
        rc = write_view(&view, path, &known, err);
    sg_view_clear(&view);
    return rc;
}
