/* SPDX-License-Identifier: Apache-2.0 */

/*
 * CSV by libcsv, in its strict mode.
 *
 * R1  A cell keeps every byte: libcsv's habit of dropping blanks around cells is off,
 *     because RFC 4180 counts them and a key must not depend on its quoting.
 * R2  Every row has as many cells as the header; a row that has not is an error that
 *     names it and both numbers.
 * R3  Column names are distinct, not empty, valid UTF-8; no cell holds a NUL byte.
 * R4  Memory grows with the input and with nothing else: a cell has a maximum, so that a
 *     quote that is never closed ends with its row named, not with the memory.
 *
 * Cells lie one after the other in one block, with one block of offsets: 9 bytes per cell
 * beside its text. A pointer per cell, or a string per cell, would be no simpler and take
 * two to four times as much. Cells are terminated so that strtod() can read them in place.
 */

#include "csv_reader.h"

#include <csv.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "dict.h"
#include "fail.h"
#include "source.h"

typedef struct reader {
    struct csv_parser parser;
    cli_csv *csv;
    size_t text_size, text_capacity;
    size_t cells, cell_capacity; /* cells stored; offsets has room for one more */
    int64_t row;                 /* being read, -1 = the header */
    int64_t width;               /* cells of that row so far */
    int at_start;                /* no byte was parsed yet */
    int rc;
    segml_error *err;
} reader;

static const char *
row_text(char out[40], int64_t row)
{
    if (row < 0)
        return "the header";
    snprintf(out, 40, "row %lld", (long long)row + 1);
    return out;
}

static int
never_blank(unsigned char c)
{
    (void)c;
    return 0;
}

static int
store_cell(reader *r, const char *bytes, size_t length)
{
    size_t needed = r->text_size + length + 1;
    char *text = NULL;
    size_t *offsets = NULL;

    if (needed > r->text_size)
        text = cli_grow(r->csv->text, &r->text_capacity, needed, 1);
    if (text == NULL)
        return cli_fail_nomem(r->err);
    r->csv->text = text;
    offsets = cli_grow(r->csv->offsets, &r->cell_capacity, r->cells + 2, sizeof *offsets);
    if (offsets == NULL)
        return cli_fail_nomem(r->err);
    r->csv->offsets = offsets;
    if (length > 0)
        memcpy(text + r->text_size, bytes, length);
    text[needed - 1] = '\0';
    offsets[r->cells++] = r->text_size;
    offsets[r->cells] = needed;
    r->text_size = needed;
    return SEGML_OK;
}

/* libcsv's callbacks cannot stop it: after an error they do nothing. */
static void
take_cell(void *bytes, size_t length, void *user)
{
    reader *r = user;
    char where[40];

    r->width++;
    if (r->rc < 0 || (r->row >= 0 && r->width > r->csv->columns))
        return; /* a row that is too long is counted to its end, for the message */
    if (length > 0 && memchr(bytes, '\0', length) != NULL)
        r->rc =
            cli_fail(r->err, SEGML_E_DATA, "%s, column %lld: a NUL byte; this is not text in UTF-8",
                     row_text(where, r->row), (long long)r->width);
    else
        r->rc = store_cell(r, bytes, length);
}

static int
check_names(reader *r)
{
    const cli_csv *csv = r->csv;
    cli_dict seen = {0};
    char quoted[CLI_QUOTE];
    int rc = SEGML_OK;

    for (int64_t j = 0; j < csv->columns && rc == SEGML_OK; j++) {
        size_t length;
        const char *name = cli_csv_cell(csv, -1, j, &length);
        int64_t first;

        if (length == 0)
            rc = cli_fail(r->err, SEGML_E_DATA, "the header: column %lld has no name",
                          (long long)j + 1);
        else if (!cli_utf8_is_valid(name, length))
            rc = cli_fail(r->err, SEGML_E_DATA, "the header: column %lld, %s, is not UTF-8",
                          (long long)j + 1, cli_quote(quoted, name, length));
        else if (cli_dict_add(&seen, name, length, &first) != 0)
            rc = cli_fail_nomem(r->err);
        else if (first < j)
            rc = cli_fail(r->err, SEGML_E_DATA,
                          "the header: columns %lld and %lld are both named %s",
                          (long long)first + 1, (long long)j + 1, cli_quote(quoted, name, length));
    }
    cli_dict_clear(&seen);
    return rc;
}

static int
end_row(reader *r)
{
    char where[40];

    if (r->row < 0) {
        r->csv->columns = r->width;
        return check_names(r);
    }
    if (r->width != r->csv->columns)
        return cli_fail(r->err, SEGML_E_DATA, "%s has %lld cells, but the header has %lld",
                        row_text(where, r->row), (long long)r->width, (long long)r->csv->columns);
    if (r->row == INT32_MAX - 1)
        return cli_fail(r->err, SEGML_E_LIMIT, "more than %ld rows", (long)INT32_MAX - 1);
    return SEGML_OK;
}

static void
take_row(int terminator, void *user)
{
    reader *r = user;

    (void)terminator;
    if (r->rc == SEGML_OK)
        r->rc = end_row(r);
    r->row++;
    r->width = 0;
}

static int
fail_parse(reader *r, int at_end)
{
    char where[40];
    const char *row = row_text(where, r->row);

    switch (csv_error(&r->parser)) {
    case CSV_ENOMEM:
        return cli_fail_nomem(r->err);
    case CSV_EPARSE:
        if (at_end)
            return cli_fail(r->err, SEGML_E_DATA, "%s, column %lld: the quote is never closed", row,
                            (long long)r->width + 1);
        return cli_fail(r->err, SEGML_E_DATA,
                        "%s, column %lld: a quote in the middle of a cell; quote the whole cell "
                        "and write quotes in it twice",
                        row, (long long)r->width + 1);
    default:
        return cli_fail(r->err, SEGML_E_LIMIT, "%s, column %lld: a cell is too long", row,
                        (long long)r->width + 1);
    }
}

static int
feed(reader *r, const void *bytes, size_t size)
{
    char where[40];

    if (csv_parse(&r->parser, bytes, size, take_cell, take_row, r) != size && r->rc == SEGML_OK)
        r->rc = fail_parse(r, 0);
    if (r->rc == SEGML_OK && csv_get_buffer_size(&r->parser) > CLI_CSV_MAX_CELL)
        r->rc = cli_fail(r->err, SEGML_E_LIMIT,
                         "%s, column %lld: a cell of more than %d MiB; is a closing quote missing?",
                         row_text(where, r->row), (long long)r->width + 1,
                         CLI_CSV_MAX_CELL / 1024 / 1024);
    return r->rc;
}

/* The first block: a byte order mark is skipped, that of UTF-16 is refused. */
static int
feed_first(reader *r, const void *bytes, size_t size)
{
    const unsigned char *s = bytes;

    r->at_start = 0;
    if (size >= 2 && ((s[0] == 0xFF && s[1] == 0xFE) || (s[0] == 0xFE && s[1] == 0xFF))) {
        r->rc = cli_fail(r->err, SEGML_E_DATA, "this is UTF-16; convert it to UTF-8");
        return r->rc;
    }
    if (size >= 3 && memcmp(s, "\xEF\xBB\xBF", 3) == 0)
        return feed(r, s + 3, size - 3);
    return feed(r, bytes, size);
}

static int
begin(reader *r, cli_csv *out, segml_error *err)
{
    memset(r, 0, sizeof *r);
    r->csv = out;
    r->row = -1;
    r->at_start = 1;
    r->err = err;
    if (csv_init(&r->parser, CSV_STRICT | CSV_STRICT_FINI) != 0)
        return cli_fail_nomem(err);
    csv_set_space_func(&r->parser, never_blank);
    csv_set_blk_size(&r->parser, 1024 * 1024);
    return SEGML_OK;
}

static int
finish(reader *r)
{
    if (csv_fini(&r->parser, take_cell, take_row, r) != 0 && r->rc == SEGML_OK)
        r->rc = fail_parse(r, 1);
    if (r->rc < 0)
        return r->rc;
    if (r->row < 0)
        return cli_fail(r->err, SEGML_E_DATA, "the file is empty; a header is needed");
    if (r->row == 0)
        return cli_fail(r->err, SEGML_E_DATA, "no data rows, only a header");
    r->csv->rows = r->row;
    return SEGML_OK;
}

static void
end(reader *r, int rc)
{
    csv_free(&r->parser);
    if (rc < 0)
        cli_csv_clear(r->csv);
}

/* Which file it was, before the message. */
static int
fail_in_file(segml_error *err, const char *path, int rc)
{
    segml_error inner = *err;

    if (rc != SEGML_E_DATA && rc != SEGML_E_LIMIT)
        return rc;
    return cli_fail(err, rc, "%s: %s", strcmp(path, "-") == 0 ? "standard input" : path,
                    inner.message);
}

int
cli_csv_read(cli_csv *out, const char *path, segml_error *err)
{
    cli_source *source = NULL;
    reader r;
    const void *bytes = NULL;
    size_t size = 1;
    int rc = begin(&r, out, err);

    if (rc == SEGML_OK)
        rc = cli_source_open(&source, path, err);
    while (rc == SEGML_OK && size > 0) {
        rc = cli_source_next(source, &bytes, &size, err);
        if (rc == SEGML_OK && size > 0)
            rc = r.at_start ? feed_first(&r, bytes, size) : feed(&r, bytes, size);
    }
    if (rc == SEGML_OK)
        rc = finish(&r);
    cli_source_close(source);
    end(&r, rc);
    return fail_in_file(err, path, rc);
}

int
cli_csv_read_memory(cli_csv *out, const void *bytes, size_t size, segml_error *err)
{
    const size_t block = (size_t)1 << 18; /* so that the longest cell is noticed in time */
    const char *next = bytes;
    reader r;
    int rc = begin(&r, out, err);

    while (rc == SEGML_OK && size > 0) {
        size_t length = size < block ? size : block;

        rc = r.at_start ? feed_first(&r, next, length) : feed(&r, next, length);
        next += length;
        size -= length;
    }
    if (rc == SEGML_OK)
        rc = finish(&r);
    end(&r, rc);
    return rc;
}

void
cli_csv_clear(cli_csv *csv)
{
    free(csv->offsets);
    free(csv->text);
    memset(csv, 0, sizeof *csv);
}

const char *
cli_csv_cell(const cli_csv *csv, int64_t row, int64_t column, size_t *length)
{
    size_t cell = (size_t)(row + 1) * (size_t)csv->columns + (size_t)column;

    *length = csv->offsets[cell + 1] - csv->offsets[cell] - 1;
    return csv->text + csv->offsets[cell];
}

const char *
cli_csv_name(const cli_csv *csv, int64_t column)
{
    return csv->text + csv->offsets[column];
}

int64_t
cli_csv_find(const cli_csv *csv, const char *name)
{
    for (int64_t j = 0; j < csv->columns; j++) {
        if (strcmp(cli_csv_name(csv, j), name) == 0)
            return j;
    }
    return -1;
}

int
cli_csv_fail_cell(segml_error *err, const cli_csv *csv, int64_t row, int64_t column,
                  const char *problem)
{
    char cell[CLI_QUOTE], name[CLI_QUOTE];
    size_t length;
    const char *text = cli_csv_cell(csv, row, column, &length);

    cli_quote(cell, text, length);
    text = cli_csv_name(csv, column);
    return cli_fail(err, SEGML_E_DATA, "row %lld, column %s: %s %s", (long long)row + 1,
                    cli_quote(name, text, strlen(text)), cell, problem);
}

int
cli_csv_fail_missing(segml_error *err, const cli_csv *csv, int64_t row, int64_t column,
                     const char *what)
{
    char name[CLI_QUOTE];
    const char *text = cli_csv_name(csv, column);

    return cli_fail(err, SEGML_E_DATA, "row %lld, column %s: the %s is missing", (long long)row + 1,
                    cli_quote(name, text, strlen(text)), what);
}
