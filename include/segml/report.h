/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SEGML_REPORT_H
#define SEGML_REPORT_H

/*
 * Reports: a model, or a comparison, as one page that a person reads, or as tables that a
 * program reads.
 */

#include "segml/common.h"
#include "segml/compare.h"
#include "segml/model.h"

#ifdef __cplusplus
extern "C" {
#endif

/** Formats of reports. @since 0.1 */
typedef enum segml_report_format {
    SEGML_REPORT_HTML = 1, /**< one self-contained page: inline SVG, nothing from elsewhere */
    SEGML_REPORT_JSON = 2, /**< one object: everything that the page shows */
    SEGML_REPORT_CSV = 3   /**< one line per group (and approach) and metric, with a header */
} segml_report_format;

/** Options of a report. @since 0.1 */
typedef struct segml_report_options {
    size_t struct_size;
    int32_t format;     /**< a segml_report_format, 0 = HTML */
    int32_t overwrite;  /**< switch, default off: replace an existing regular file */
    const char *title;  /**< NULL = made of the target and the key columns */
    int64_t max_groups; /**< groups that charts and tables of the page show, the largest first;
                           0 = 60 */
} segml_report_options;

/** @since 0.1 */
#define SEGML_REPORT_OPTIONS_INIT                                                                  \
    {                                                                                              \
        sizeof(segml_report_options), 0, 0, NULL, 0                                                \
    }

/**
 * Writes the report of a model, atomically: data and groups, correlations of features with the
 * target by group, metrics per group, search history, chosen parameters, optimism of the search,
 * fallbacks and groups without a model, versions.
 *
 * @param options  NULL = defaults
 * @return SEGML_OK; SEGML_E_ARGUMENT; SEGML_E_ABI; SEGML_E_EXISTS; SEGML_E_IO; SEGML_E_FORMAT (the
 *         model's history is damaged); SEGML_E_NOMEM. Any thread. @since 0.1
 */
SEGML_API int segml_report_model(const segml_model *model, const char *path,
                                 const segml_report_options *options, segml_error *err);

/** The same of a comparison. @return as segml_report_model(). @since 0.1 */
SEGML_API int segml_report_comparison(const segml_comparison *comparison, const char *path,
                                      const segml_report_options *options, segml_error *err);

#ifdef __cplusplus
}
#endif

#endif
