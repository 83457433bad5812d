/* SPDX-License-Identifier: Apache-2.0 */

/* search: spaces and parameter sets in JSON, and what is wrong with them. */

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "fail.h"
#include "search.h"

static cli_search search;
static segml_error err;

static void
teardown(void)
{
    cli_search_clear(&search);
}

static int
parse_space(const char *text)
{
    cli_search_clear(&search);
    return cli_search_parse_space(&search, text, strlen(text), "s.json", &err);
}

static int
parse_points(const char *text)
{
    cli_search_clear(&search);
    return cli_search_parse_points(&search, text, strlen(text), "p.json", &err);
}

/* ---- spaces ------------------------------------------------------------------------------- */

START_TEST(a_space_has_its_dimensions_in_their_order)
{
    const segml_dimension *d;

    ck_assert_int_eq(parse_space("{\"max_depth\": {\"type\": \"int\", \"low\": 2, \"high\": 8},\n"
                                 " \"learning_rate\": {\"low\": 0.01, \"high\": 3e-1, \"log\": "
                                 "true},\n"
                                 " \"subsample\": {\"type\": \"float\", \"log\": false, \"step\": "
                                 "0.125, \"high\": 1, \"low\": 0.5}}"),
                     SEGML_OK);
    ck_assert_int_eq(search.dimension_count, 3);
    d = search.dimensions;
    ck_assert_str_eq(d[0].name, "max_depth");
    ck_assert_int_eq(d[0].kind, SEGML_DIMENSION_INT);
    ck_assert(d[0].low == 2 && d[0].high == 8 && d[0].step == 0 && !d[0].logarithmic);
    ck_assert_ptr_null(d[0].parent);
    ck_assert_ptr_null(d[0].choices);
    ck_assert_str_eq(d[1].name, "learning_rate");
    ck_assert_int_eq(d[1].kind, SEGML_DIMENSION_FLOAT);
    ck_assert(d[1].low == 0.01 && d[1].high == 0.3 && d[1].logarithmic == 1);
    ck_assert_str_eq(d[2].name, "subsample");
    ck_assert_int_eq(d[2].kind, SEGML_DIMENSION_FLOAT);
    ck_assert(d[2].low == 0.5 && d[2].high == 1 && d[2].step == 0.125 && !d[2].logarithmic);
}
END_TEST

START_TEST(choices_and_conditions_are_taken)
{
    const segml_dimension *d;

    ck_assert_int_eq(
        parse_space("{\"grow_policy\": {\"choices\": [0, 1]},"
                    " \"max_leaves\": {\"type\": \"int\", \"low\": 4, \"high\": 64, \"log\": true,"
                    "                  \"if\": {\"grow_policy\": 1}},"
                    " \"gamma\": {\"choices\": [0, 0.5, -1.5e1],"
                    "             \"if\": {\"max_leaves\": [8, 32]}}}"),
        SEGML_OK);
    ck_assert_int_eq(search.dimension_count, 3);
    d = search.dimensions;
    ck_assert_int_eq(d[0].kind, SEGML_DIMENSION_CATEGORICAL);
    ck_assert_int_eq(d[0].choice_count, 2);
    ck_assert(d[0].choices[0] == 0 && d[0].choices[1] == 1);
    ck_assert_str_eq(d[1].parent, "grow_policy");
    ck_assert(d[1].parent_low == 1 && d[1].parent_high == 1);
    ck_assert_int_eq(d[2].kind, SEGML_DIMENSION_CATEGORICAL);
    ck_assert_int_eq(d[2].choice_count, 3);
    ck_assert(d[2].choices[0] == 0 && d[2].choices[1] == 0.5 && d[2].choices[2] == -15);
    ck_assert_str_eq(d[2].parent, "max_leaves");
    ck_assert(d[2].parent_low == 8 && d[2].parent_high == 32);
}
END_TEST

START_TEST(what_a_parameter_can_be_is_left_to_the_library)
{
    ck_assert_int_eq(parse_space("{\"speed\": {\"low\": 1.7976931348623157e308, \"high\": -2}}"),
                     SEGML_OK);
    ck_assert_double_eq(search.dimensions[0].low, 1.7976931348623157e308);
    ck_assert_double_eq(search.dimensions[0].high, -2);
    ck_assert_int_eq(parse_space("{\"x\": {\"type\": \"int\", \"low\": 9223372036854775807, "
                                 "\"high\": 1}}"),
                     SEGML_OK);
    ck_assert_double_eq(search.dimensions[0].low, 9223372036854775808.0); /* as it is rounded */
}
END_TEST

#define NEEDED                                                                                     \
    "s.json: an object of dimensions is needed, as in {\"max_depth\": {\"type\": \"int\", "        \
    "\"low\": 2, \"high\": 8}}"
#define CONDITION "dimension 'a': \"if\" is {\"PARAMETER\": VALUE} or {\"PARAMETER\": [LOW, HIGH]}"

static const struct refusal {
    const char *text, *message;
} bad_spaces[] = {
    {"", "s.json, line 1: no JSON: '[' or '{' expected near end of file"},
    {"{\"a\":\n{\"low\": 1,\n}}", "s.json, line 3: no JSON: string or '}' expected near '}'"},
    {"{\"a\": {\"low\": NaN}}", "s.json, line 1: no JSON: invalid token near 'NaN'"},
    {"{\"a\": {\"low\": Infinity}}", "s.json, line 1: no JSON: invalid token near 'Infinity'"},
    {"{\"a\": {\"low\": 1e309}}", "s.json, line 1: no JSON: real number overflow near '1e309'"},
    {"{\"a\": {\"low\": 1,5}}", "s.json, line 1: no JSON: string or '}' expected near '5'"},
    {"{\"a\": {\"low\": 9223372036854775808}}",
     "s.json, line 1: no JSON: too big integer near '9223372036854775808'"},
    {"{\"a\": {\"low\": 1, \"low\": 2}}",
     "s.json, line 1: no JSON: duplicate object key near '\"low\"'"},
    {"{\"a\": {\"low\": 1, \"high\": 2},\n \"a\": {\"low\": 1, \"high\": 2}}",
     "s.json, line 2: no JSON: duplicate object key near '\"a\"'"},
    {"{} {}", "s.json, line 1: no JSON: end of file expected near '{'"},
    {"7", "s.json, line 1: no JSON: '[' or '{' expected near '7'"},
    {"{}", NEEDED},
    {"[]", NEEDED},
    {"{\"a\": 7}", "dimension 'a' is no object"},
    {"{\"a\": [1, 2]}", "dimension 'a' is no object"},
    {"{\"a\\u001b[1m\\n\": null}", "dimension 'a\\x1B[1m\\x0A' is no object"},
    {"{\"a\": {\"lo\": 1, \"high\": 2}}",
     "dimension 'a': unknown member 'lo'; known are type, low, high, log, step, choices, if"},
    {"{\"a\": {\"type\": \"integer\", \"low\": 1, \"high\": 2}}",
     "dimension 'a': type is \"float\" or \"int\""},
    {"{\"a\": {\"type\": 1, \"low\": 1, \"high\": 2}}",
     "dimension 'a': type is \"float\" or \"int\""},
    {"{\"a\": {}}", "dimension 'a': low and high, or choices, are needed"},
    {"{\"a\": {\"low\": 1}}", "dimension 'a': low and high, or choices, are needed"},
    {"{\"a\": {\"high\": 1}}", "dimension 'a': low and high, or choices, are needed"},
    {"{\"a\": {\"low\": \"1\", \"high\": 2}}", "dimension 'a': low is no number"},
    {"{\"a\": {\"low\": 1, \"high\": null}}", "dimension 'a': high is no number"},
    {"{\"a\": {\"low\": 1, \"high\": 2, \"step\": [1]}}", "dimension 'a': step is no number"},
    {"{\"a\": {\"low\": 1, \"high\": 2, \"log\": 1}}", "dimension 'a': log is true or false"},
    {"{\"a\": {\"choices\": []}}", "dimension 'a': choices is an array of numbers"},
    {"{\"a\": {\"choices\": 3}}", "dimension 'a': choices is an array of numbers"},
    {"{\"a\": {\"choices\": [1, \"2\"]}}", "dimension 'a': choice 2 is no number"},
    {"{\"a\": {\"choices\": [[1]]}}", "dimension 'a': choice 1 is no number"},
    {"{\"a\": {\"choices\": [1], \"type\": \"int\"}}",
     "dimension 'a': it has choices, so it cannot have type"},
    {"{\"a\": {\"low\": 1, \"choices\": [1]}}",
     "dimension 'a': it has choices, so it cannot have low"},
    {"{\"a\": {\"choices\": [1], \"log\": false}}",
     "dimension 'a': it has choices, so it cannot have log"},
    {"{\"a\": {\"choices\": [1], \"if\": {}}}", CONDITION},
    {"{\"a\": {\"choices\": [1], \"if\": 3}}", CONDITION},
    {"{\"a\": {\"choices\": [1], \"if\": {\"b\": 1, \"c\": 1}}}", CONDITION},
    {"{\"a\": {\"choices\": [1], \"if\": {\"b\": \"1\"}}}", CONDITION},
    {"{\"a\": {\"choices\": [1], \"if\": {\"b\": [1]}}}", CONDITION},
    {"{\"a\": {\"choices\": [1], \"if\": {\"b\": [1, true]}}}", CONDITION},
    {"{\"a\": {\"choices\": [1], \"if\": {\"b\": [1, 2, 3]}}}", CONDITION},
};

enum { BAD_SPACES = sizeof bad_spaces / sizeof *bad_spaces };

START_TEST(what_is_wrong_with_a_space_is_named)
{
    ck_assert_int_eq(parse_space(bad_spaces[_i].text), SEGML_E_DATA);
    ck_assert_int_eq(err.code, SEGML_E_DATA);
    ck_assert_str_eq(err.message, bad_spaces[_i].message);
}
END_TEST

START_TEST(bytes_that_are_no_text_are_refused)
{
#define BYTES(text)                                                                                \
    {                                                                                              \
        text, sizeof(text) - 1                                                                     \
    }
    static const struct {
        const char *bytes;
        size_t size;
    } cases[] = {
        BYTES("{\"a\0\": {\"choices\": [1]}}"),
        BYTES("{\"\xF6\": {\"choices\": [1]}}"),
        BYTES("{\"a\\u0000\": {\"choices\": [1]}}"),
        BYTES("\0"),
    };
#undef BYTES

    ck_assert_int_eq(
        cli_search_parse_space(&search, cases[_i].bytes, cases[_i].size, "s.json", &err),
        SEGML_E_DATA);
    ck_assert_ptr_nonnull(strstr(err.message, "s.json, line 1: no JSON: "));
}
END_TEST

START_TEST(endless_nesting_is_refused)
{
    enum { DEPTH = 1 << 19 };

    char *text = malloc(2 * DEPTH);

    ck_assert_ptr_nonnull(text);
    memset(text, '[', 2 * DEPTH);
    ck_assert_int_eq(cli_search_parse_points(&search, text, 2 * DEPTH, "p.json", &err),
                     SEGML_E_DATA);
    ck_assert_str_eq(err.message,
                     "p.json, line 1: no JSON: maximum parsing depth reached near '['");
    cli_search_clear(&search);
    for (int i = 0; i < DEPTH; i += 4)
        memcpy(text + i, "{\"\":", 4); /* {"":{"":{"": */
    ck_assert_int_eq(cli_search_parse_space(&search, text, DEPTH, "s.json", &err), SEGML_E_DATA);
    free(text);
}
END_TEST

START_TEST(a_long_name_is_cut_and_what_is_wrong_is_still_told)
{
    char text[4096];
    char name[2001];

    for (size_t i = 0; i < sizeof name - 1; i += 2)
        memcpy(name + i, "\xC3\xB6", 2);
    name[sizeof name - 1] = '\0';
    snprintf(text, sizeof text, "{\"%s\": {\"low\": 1}}", name);
    ck_assert_int_eq(parse_space(text), SEGML_E_DATA);
    ck_assert(cli_utf8_is_valid(err.message, strlen(err.message)));
    ck_assert_ptr_nonnull(
        strstr(err.message, "\xC3\xB6...': low and high, or choices, are needed"));
}
END_TEST

/* ---- parameter sets ----------------------------------------------------------------------- */

START_TEST(parameter_sets_are_taken)
{
    ck_assert_int_eq(parse_points("[{\"max_depth\": 3, \"learning_rate\": 0.1}, {}, {\"gamma\": "
                                  "-0.0}]"),
                     SEGML_OK);
    ck_assert_int_eq(search.set_count, 3);
    ck_assert_int_eq(search.sets[0].count, 2);
    ck_assert_str_eq(search.sets[0].params[0].name, "max_depth");
    ck_assert_double_eq(search.sets[0].params[0].value, 3);
    ck_assert_str_eq(search.sets[0].params[1].name, "learning_rate");
    ck_assert_double_eq(search.sets[0].params[1].value, 0.1);
    ck_assert_int_eq(search.sets[1].count, 0);
    ck_assert_int_eq(search.sets[2].count, 1);
    ck_assert_str_eq(search.sets[2].params[0].name, "gamma");
    ck_assert_double_eq(search.sets[2].params[0].value, 0);
}
END_TEST

#define SETS_NEEDED "p.json: an array of parameter sets is needed, as in [{\"max_depth\": 3}]"

static const struct refusal bad_points[] = {
    {"", "p.json, line 1: no JSON: '[' or '{' expected near end of file"},
    {"[]", SETS_NEEDED},
    {"{}", SETS_NEEDED},
    {"{\"max_depth\": 3}", SETS_NEEDED},
    {"[{\"max_depth\": 3}, 4]", "p.json: parameter set 2 is no object"},
    {"[[]]", "p.json: parameter set 1 is no object"},
    {"[{\"max_depth\": \"3\"}]", "p.json: parameter 'max_depth' of set 1 is no number"},
    {"[{}, {\"a\": 1, \"b\": null}]", "p.json: parameter 'b' of set 2 is no number"},
    {"[{\"a\": 1, \"a\": 2}]", "p.json, line 1: no JSON: duplicate object key near '\"a\"'"},
    {"[{\"a\": -Infinity}]", "p.json, line 1: no JSON: invalid token near '-'"},
};

enum { BAD_POINTS = sizeof bad_points / sizeof *bad_points };

START_TEST(what_is_wrong_with_parameter_sets_is_named)
{
    ck_assert_int_eq(parse_points(bad_points[_i].text), SEGML_E_DATA);
    ck_assert_int_eq(err.code, SEGML_E_DATA);
    ck_assert_str_eq(err.message, bad_points[_i].message);
}
END_TEST

/* ---- files -------------------------------------------------------------------------------- */

/* A file of a text, then blanks up to a size. */
static void
write_file(char path[32], const char *text, size_t size)
{
    FILE *file;
    int fd;

    strcpy(path, "/tmp/segml-search-XXXXXX");
    fd = mkstemp(path);
    ck_assert_int_ge(fd, 0);
    file = fdopen(fd, "wb");
    ck_assert_ptr_nonnull(file);
    fputs(text, file);
    for (size_t i = strlen(text); i < size; i++)
        putc(' ', file);
    ck_assert_int_eq(fclose(file), 0);
}

START_TEST(a_space_and_sets_are_read_together)
{
    char space[32], points[32];

    write_file(space, "{\"max_depth\": {\"choices\": [2, 4]}}", 0);
    write_file(points, "[{\"max_depth\": 4}]", 0);
    ck_assert_int_eq(cli_search_read(&search, space, points, &err), SEGML_OK);
    unlink(space);
    unlink(points);
    ck_assert_int_eq(search.dimension_count, 1);
    ck_assert_double_eq(search.dimensions[0].choices[1], 4);
    ck_assert_int_eq(search.set_count, 1);
    ck_assert_double_eq(search.sets[0].params[0].value, 4);
}
END_TEST

START_TEST(nothing_given_is_nothing_read)
{
    ck_assert_int_eq(cli_search_read(&search, NULL, NULL, &err), SEGML_OK);
    ck_assert_ptr_null(search.dimensions);
    ck_assert_ptr_null(search.sets);
}
END_TEST

START_TEST(a_file_of_one_mebibyte_is_the_largest)
{
    char path[32], message[96];

    write_file(path, "[{}]", CLI_SEARCH_BYTES);
    ck_assert_int_eq(cli_search_read(&search, NULL, path, &err), SEGML_OK);
    unlink(path);
    cli_search_clear(&search);
    write_file(path, "[{}]", CLI_SEARCH_BYTES + 1);
    ck_assert_int_eq(cli_search_read(&search, NULL, path, &err), SEGML_E_LIMIT);
    unlink(path);
    snprintf(message, sizeof message, "%s: larger than 1 MiB", path);
    ck_assert_str_eq(err.message, message);
}
END_TEST

START_TEST(a_file_that_cannot_be_read_is_named)
{
    ck_assert_int_eq(cli_search_read(&search, "/nonexistent/s.json", NULL, &err), SEGML_E_IO);
    ck_assert_str_eq(err.message, "/nonexistent/s.json: cannot read: No such file or directory");
    ck_assert_int_eq(cli_search_read(&search, NULL, "/tmp", &err), SEGML_E_IO);
    ck_assert_str_eq(err.message, "/tmp: cannot read: Is a directory");
}
END_TEST

START_TEST(a_bad_space_ends_reading)
{
    char path[32];

    write_file(path, "{", 0);
    ck_assert_int_eq(cli_search_read(&search, path, "/nonexistent", &err), SEGML_E_DATA);
    unlink(path);
    ck_assert_ptr_nonnull(strstr(err.message, path));
}
END_TEST

TCase *
search_tests(void)
{
    TCase *tc = tcase_create("search");

    tcase_add_checked_fixture(tc, NULL, teardown);
    tcase_add_test(tc, a_space_has_its_dimensions_in_their_order);
    tcase_add_test(tc, choices_and_conditions_are_taken);
    tcase_add_test(tc, what_a_parameter_can_be_is_left_to_the_library);
    tcase_add_loop_test(tc, what_is_wrong_with_a_space_is_named, 0, BAD_SPACES);
    tcase_add_loop_test(tc, bytes_that_are_no_text_are_refused, 0, 4);
    tcase_add_test(tc, endless_nesting_is_refused);
    tcase_add_test(tc, a_long_name_is_cut_and_what_is_wrong_is_still_told);
    tcase_add_test(tc, parameter_sets_are_taken);
    tcase_add_loop_test(tc, what_is_wrong_with_parameter_sets_is_named, 0, BAD_POINTS);
    tcase_add_test(tc, a_space_and_sets_are_read_together);
    tcase_add_test(tc, nothing_given_is_nothing_read);
    tcase_add_test(tc, a_file_of_one_mebibyte_is_the_largest);
    tcase_add_test(tc, a_file_that_cannot_be_read_is_named);
    tcase_add_test(tc, a_bad_space_ends_reading);
    return tc;
}
