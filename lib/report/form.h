/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SG_REPORT_FORM_H
#define SG_REPORT_FORM_H

/* Forms of a report that programs read; doc/guide.md describes them. */

#include "base/buf.h"
#include "report/view.h"

/** One JSON object. @return SEGML_OK; SEGML_E_NOMEM */
int sg_report_json(sg_buf *out, const sg_view *view, segml_error *err);

/** CSV: a line per group, approach and metric. @return SEGML_OK; SEGML_E_NOMEM */
int sg_report_csv(sg_buf *out, const sg_view *view, segml_error *err);

#endif
