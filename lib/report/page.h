/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SG_REPORT_PAGE_H
#define SG_REPORT_PAGE_H

/* The page: head, style, and its sections, each in the module of its subject. */

#include "report/chart.h"
#include "report/view.h"

/** Writes the whole page. @return SEGML_OK; SEGML_E_NOMEM */
int sg_page_write(sg_buf *out, const sg_view *view, segml_error *err);

/** Writes the style sheet. */
void sg_page_style(sg_html *h);

/* Sections. What has nothing to show writes nothing. Failures stick in h. */

void sg_section_overall(sg_html *h, const sg_view *view, sg_arena *arena);
void sg_section_groups(sg_html *h, const sg_view *view, sg_arena *arena);
void sg_section_data(sg_html *h, const sg_view *view, sg_arena *arena);
void sg_section_search(sg_html *h, const sg_view *view, sg_arena *arena);
void sg_section_left_out(sg_html *h, const sg_view *view, sg_arena *arena);
void sg_section_made(sg_html *h, const sg_view *view);

/** Opens a section with its heading. */
void sg_section_open(sg_html *h, const char *id, const char *title);
void sg_section_close(sg_html *h);

/** Opens a table in a box that scrolls by itself; the caption names both. */
void sg_table_open(sg_html *h, const char *caption);
void sg_table_close(sg_html *h);

/** A cell with a number, "n/a" for NaN. The interval, if there is one, below it. */
void sg_table_number(sg_html *h, double value, double low, double high);

/** The same of a difference, with its sign. */
void sg_table_difference(sg_html *h, double value, double low, double high);

/** Room of the page for count things; NULL sets h->rc. */
void *sg_page_alloc(sg_html *h, sg_arena *arena, int64_t count, size_t size);

/** What became of a group, in words: "too few rows". */
const char *sg_page_status(int32_t status);

/** What the verdict means, in words. */
const char *sg_page_verdict(int32_t verdict);

/** A sentence that the charts and tables leave groups out, where they do. */
void sg_page_note_shown(sg_html *h, const sg_view *view);

#endif
