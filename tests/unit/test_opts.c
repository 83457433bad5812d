/* SPDX-License-Identifier: Apache-2.0 */

/* base/opts: structs of callers whose header is older or newer than the library. */

#include <check.h>
#include <string.h>

#include "base/opts.h"

/* One struct as three versions of a header know it; the library's is the second. */
typedef struct opts_old {
    size_t struct_size;
    int64_t a;
} opts_old;

typedef struct opts_now {
    size_t struct_size;
    int64_t a;
    int64_t b;
} opts_now;

typedef struct opts_new {
    size_t struct_size;
    int64_t a;
    int64_t b;
    int64_t c;
} opts_new;

START_TEST(null_gives_all_defaults)
{
    opts_now known = {77, 77, 77};

    ck_assert_int_eq(sg_opts_load(&known, sizeof known, NULL, "opts", NULL), SEGML_OK);
    ck_assert_int_eq(known.a, 0);
    ck_assert_int_eq(known.b, 0);
}
END_TEST

START_TEST(a_struct_of_the_same_version_is_copied)
{
    opts_now known = {77, 77, 77}, given = {sizeof given, 1, 2};

    ck_assert_int_eq(sg_opts_load(&known, sizeof known, &given, "opts", NULL), SEGML_OK);
    ck_assert_int_eq(known.a, 1);
    ck_assert_int_eq(known.b, 2);
}
END_TEST

START_TEST(members_that_an_older_struct_lacks_are_defaults)
{
    opts_now known = {77, 77, 77};
    opts_old given = {sizeof given, 1};

    ck_assert_int_eq(sg_opts_load(&known, sizeof known, &given, "opts", NULL), SEGML_OK);
    ck_assert_int_eq(known.a, 1);
    ck_assert_int_eq(known.b, 0);
}
END_TEST

START_TEST(a_newer_struct_with_defaults_is_accepted)
{
    opts_now known = {77, 77, 77};
    opts_new given = {sizeof given, 1, 2, 0};

    ck_assert_int_eq(sg_opts_load(&known, sizeof known, &given, "opts", NULL), SEGML_OK);
    ck_assert_int_eq(known.a, 1);
    ck_assert_int_eq(known.b, 2);
}
END_TEST

/* Every single byte of the unknown part counts. */
START_TEST(a_newer_struct_with_content_is_refused)
{
    opts_now known;
    opts_new given = {sizeof given, 1, 2, 0};
    segml_error err = SEGML_ERROR_INIT;

    ((unsigned char *)&given)[sizeof known + (size_t)_i] = 1;
    ck_assert_int_eq(sg_opts_load(&known, sizeof known, &given, "opts", &err), SEGML_E_ABI);
    ck_assert_ptr_eq(strstr(err.message, "opts: "), err.message);
}
END_TEST

START_TEST(a_struct_without_its_size_is_refused)
{
    opts_now known;
    opts_now given = {(size_t)_i, 1, 2};
    segml_error err = SEGML_ERROR_INIT;

    ck_assert_int_eq(sg_opts_load(&known, sizeof known, &given, "opts", &err), SEGML_E_ABI);
    ck_assert_ptr_nonnull(strstr(err.message, "opts"));
    ck_assert_ptr_nonnull(strstr(err.message, "_INIT"));
    ck_assert_int_eq(sg_opts_store(&given, &known, sizeof known, "opts", &err), SEGML_E_ABI);
}
END_TEST

START_TEST(an_older_caller_gets_what_its_struct_has_room_for)
{
    const opts_now known = {sizeof known, 1, 2};
    opts_now given = {sizeof(opts_old), 77, 77};

    ck_assert_int_eq(sg_opts_store(&given, &known, sizeof known, "opts", NULL), SEGML_OK);
    ck_assert_uint_eq(given.struct_size, sizeof(opts_old));
    ck_assert_int_eq(given.a, 1);
    ck_assert_int_eq(given.b, 77);
}
END_TEST

START_TEST(a_newer_caller_keeps_what_the_library_does_not_know)
{
    const opts_now known = {sizeof known, 1, 2};
    opts_new given = {sizeof given, 77, 77, 77};

    ck_assert_int_eq(sg_opts_store(&given, &known, sizeof known, "opts", NULL), SEGML_OK);
    ck_assert_uint_eq(given.struct_size, sizeof given);
    ck_assert_int_eq(given.a, 1);
    ck_assert_int_eq(given.b, 2);
    ck_assert_int_eq(given.c, 77);
}
END_TEST

START_TEST(there_must_be_something_to_store_into)
{
    const opts_now known = {sizeof known, 1, 2};
    segml_error err = SEGML_ERROR_INIT;

    ck_assert_int_eq(sg_opts_store(NULL, &known, sizeof known, "opts", &err), SEGML_E_ARGUMENT);
    ck_assert_str_eq(err.message, "opts is NULL");
}
END_TEST

TCase *
opts_tests(void)
{
    TCase *tc = tcase_create("opts");

    tcase_add_test(tc, null_gives_all_defaults);
    tcase_add_test(tc, a_struct_of_the_same_version_is_copied);
    tcase_add_test(tc, members_that_an_older_struct_lacks_are_defaults);
    tcase_add_test(tc, a_newer_struct_with_defaults_is_accepted);
    tcase_add_loop_test(tc, a_newer_struct_with_content_is_refused, 0, 8);
    tcase_add_loop_test(tc, a_struct_without_its_size_is_refused, 0, 8);
    tcase_add_test(tc, an_older_caller_gets_what_its_struct_has_room_for);
    tcase_add_test(tc, a_newer_caller_keeps_what_the_library_does_not_know);
    tcase_add_test(tc, there_must_be_something_to_store_into);
    return tc;
}
