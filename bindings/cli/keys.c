/* SPDX-License-Identifier: Apache-2.0 */

/*
 * Keys of groups as users type them.
 *
 * All keys are texts here; the library turns those of integer columns into integers, by the rule
 * that holds everywhere. Quotes are taken out in place: a value never gets longer.
 *
 * A line of a file is a key as it is on the command line, not a row of a table with a header: the
 * output of `segml diff` or `cut` can be used as it is. Values cannot hold newlines.
 */

#include "keys.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "fail.h"
#include "output.h"

/* Appends a text and a terminator to a growing one. */
static int
append_text(char **all, size_t *size, size_t *capacity, const char *text, size_t length,
            segml_error *err)
{
    char *more = cli_grow(*all, capacity, *size + length + 1, 1);

    if (more == NULL)
        return cli_fail_nomem(err);
    *all = more;
    memcpy(more + *size, text, length);
    more[*size + length] = '\0';
    *size += length + 1;
    return SEGML_OK;
}

/* Appends each line of a stream. */
static int
read_lines(FILE *stream, const char *path, char **all, size_t *size, size_t *capacity,
           segml_error *err)
{
    char *line = NULL;
    size_t room = 0;
    ssize_t length;
    int rc = SEGML_OK;

    errno = 0;
    while (rc == SEGML_OK && (length = getline(&line, &room, stream)) >= 0) {
        length -= length > 0 && line[length - 1] == '\n';
        length -= length > 0 && line[length - 1] == '\r';
        if (strlen(line) < (size_t)length)
            rc = cli_fail(err, SEGML_E_DATA, "%s: a line holds a NUL", path);
        else
            rc = append_text(all, size, capacity, line, (size_t)length, err);
    }
    if (rc == SEGML_OK && (ferror(stream) || errno == ENOMEM))
        rc = cli_fail_system(err, path, "read");
    free(line);
    return rc;
}

static int
read_file(const char *path, char **all, size_t *size, size_t *capacity, segml_error *err)
{
    FILE *stream;
    int rc;

    if (strcmp(path, "-") == 0)
        return read_lines(stdin, "standard input", all, size, capacity, err);
    stream = fopen(path, "r");
    if (stream == NULL)
        return cli_fail_system(err, path, "open");
    rc = read_lines(stream, path, all, size, capacity, err);
    fclose(stream);
    return rc;
}

/*
 * Takes one value and what separates it out of *at, in place.
 *
 * @return 1 another value follows; 0 it was the last; -1 a stray quote
 */
static int
take_value(char **at, segml_key *key)
{
    char *from = *at, *to = *at;
    int follows, is_open = *from == '"';

    *key = (segml_key){.type = SEGML_KEY_UTF8, .text = to};
    if (is_open) {
        for (from++; *from != '\0' && is_open; from++) {
            is_open = *from != '"' || from[1] == '"';
            from += *from == '"' && is_open;
            if (is_open)
                *to++ = *from;
        }
        if (is_open || (*from != ',' && *from != '\0'))
            return -1;
    } else {
        while (*from != ',' && *from != '\0') {
            if (*from == '"')
                return -1;
            *to++ = *from++;
        }
    }
    follows = *from == ',';
    key->length = (size_t)(to - key->text);
    if (key->length == 0)
        *key = (segml_key)SEGML_KEY_NULL_VALUE;
    *at = from + follows;
    return follows;
}

static int64_t
count_values(const char *text)
{
    int64_t count = 1;
    int quoted = 0;

    for (; *text != '\0'; text++) {
        quoted ^= *text == '"';
        count += *text == ',' && !quoted;
    }
    return count;
}

static int
parse_key(cli_keys *keys, char *text, segml_error *err)
{
    segml_key *key = keys->keys + keys->count * keys->columns;
    const int64_t values = count_values(text);
    char quoted[CLI_QUOTE];

    cli_quote(quoted, text, strlen(text));
    if (!cli_utf8_is_valid(text, strlen(text)))
        return cli_fail(err, SEGML_E_DATA, "group %s is not UTF-8", quoted);
    if (values != keys->columns)
        return cli_fail(err, SEGML_E_ARGUMENT, "group %s has %lld values, %lld are needed", quoted,
                        (long long)values, (long long)keys->columns);
    for (int64_t k = 0; k < keys->columns; k++) {
        if (take_value(&text, &key[k]) != (k + 1 < keys->columns))
            return cli_fail(err, SEGML_E_ARGUMENT,
                            "group %s has a stray quote; a value with quotes or commas is put in "
                            "quotes, and quotes in it are doubled",
                            quoted);
    }
    keys->count++;
    return SEGML_OK;
}

int
cli_keys_read(cli_keys *keys, const cli_list *texts, const char *path, int64_t columns,
              segml_error *err)
{
    size_t size = 0, capacity = 0;
    int64_t lines = 0;
    int rc = SEGML_OK;

    for (int i = 0; i < (int)texts->count && rc == SEGML_OK; i++)
        rc = append_text(&keys->text, &size, &capacity, texts->items[i], strlen(texts->items[i]),
                         err);
    if (rc == SEGML_OK && path != NULL)
        rc = read_file(path, &keys->text, &size, &capacity, err);
    for (size_t i = 0; i < size; i++)
        lines += keys->text[i] == '\0';
    if (rc < 0 || lines == 0)
        return rc;
    keys->columns = columns > 0 ? columns : count_values(keys->text);
    keys->keys = cli_alloc(lines * keys->columns, sizeof *keys->keys);
    if (keys->keys == NULL)
        return cli_fail_nomem(err);
    for (char *line = keys->text, *next; lines > 0 && rc == SEGML_OK; lines--, line = next) {
        next = line + strlen(line) + 1;
        rc = parse_key(keys, line, err);
    }
    return rc;
}

void
cli_keys_clear(cli_keys *keys)
{
    free(keys->keys);
    free(keys->text);
    memset(keys, 0, sizeof *keys);
}

void
cli_keys_write(FILE *stream, const segml_key *keys, int64_t count)
{
    for (int64_t k = 0; k < count; k++) {
        if (k > 0)
            putc(',', stream);
        if (keys[k].type == SEGML_KEY_INT64)
            fprintf(stream, "%lld", (long long)keys[k].integer);
        else if (keys[k].type == SEGML_KEY_UTF8)
            cli_write_cell(stream, keys[k].text, keys[k].length);
    }
}
