/* SPDX-License-Identifier: Apache-2.0 */

/* The built-in resolver: what it finds, and what it does not let out. */

#include <check.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "dynamic/dynamic_fixture.h"
#include "model/resolve_file.h"

enum { PATH = 512 };

static char folder[64]; /* folder/models/parent.segml is the parent */
static char parent[PATH];
static sg_file_found found;
static segml_error err;

static void
make_folder(void)
{
    const sg_buf bytes = {(unsigned char *)"content", 7, 7, 0};
    char path[PATH];

    dynamic_folder(folder);
    dynamic_write(folder, "models/parent.segml", &bytes);
    dynamic_write(folder, "models/%N.segml", &bytes);
    dynamic_write(folder, "models/stores/4711.segml", &bytes);
    dynamic_write(folder, "models-of-others/secret.segml", &bytes);
    dynamic_write(folder, "secret.segml", &bytes);
    snprintf(parent, sizeof parent, "%s/models/parent.segml", folder);
    snprintf(path, sizeof path, "%s/models/inside", folder);
    ck_assert_int_eq(symlink("stores/4711.segml", path), 0);
    snprintf(path, sizeof path, "%s/models/outside", folder);
    ck_assert_int_eq(symlink("../secret.segml", path), 0);
    snprintf(path, sizeof path, "%s/models/neighbours", folder);
    ck_assert_int_eq(symlink("../models-of-others", path), 0);
}

static void
remove_folder(void)
{
    dynamic_remove(folder);
}

/* Resolves a reference and compares the status. */
static void
resolve(const char *uri, const char *root, int expected)
{
    const sg_file_roots roots = {parent, root};
    int rc;

    err = (segml_error)SEGML_ERROR_INIT;
    rc = sg_resolve_file(&found, &roots, uri, &err);
    ck_assert_msg(rc == expected, "%.80s: %d (%s) instead of %d", uri, rc, err.message, expected);
    ck_assert_int_eq(err.code, rc);
}

static void
assert_found(const char *relative)
{
    char expected[PATH];

    snprintf(expected, sizeof expected, "%s/models/%s", folder, relative);
    ck_assert_str_eq(found.path, expected);
}

START_TEST(a_path_is_relative_to_the_parents_folder_and_taken_as_it_is)
{
    resolve("file:stores/4711.segml", NULL, SEGML_OK);
    assert_found("stores/4711.segml");
    resolve("file:./stores//4711.segml", NULL, SEGML_OK);
    assert_found("stores/4711.segml");
    resolve("file:%N.segml", NULL, SEGML_OK);
    assert_found("%N.segml");
    resolve("file:inside", NULL, SEGML_OK);
    assert_found("stores/4711.segml");
}
END_TEST

START_TEST(a_parent_without_folder_is_in_the_working_folder)
{
    const sg_file_roots roots = {"parent.segml", NULL};
    char path[PATH];

    snprintf(path, sizeof path, "%s/models", folder);
    ck_assert_int_eq(chdir(path), 0);
    ck_assert_int_eq(sg_resolve_file(&found, &roots, "file:stores/4711.segml", NULL), SEGML_OK);
    assert_found("stores/4711.segml");
    ck_assert_int_eq(sg_resolve_file(&found, &roots, "file:outside", NULL), SEGML_E_IO);
}
END_TEST

static const char *const bad_paths[] = {
    "file:",
    "file:/etc/passwd",
    "file://host/4711.segml",
    "file:..",
    "file:../secret.segml",
    "file:stores/../../secret.segml",
    "file:stores/../stores/4711.segml",
    "file:stores/..",
};

START_TEST(paths_that_lead_out_are_refused_without_a_look_at_the_disk)
{
    resolve(bad_paths[_i], NULL, SEGML_E_FORMAT);
    resolve(bad_paths[_i], "/", SEGML_E_FORMAT);
}
END_TEST

START_TEST(dots_in_names_are_names)
{
    const sg_buf bytes = {(unsigned char *)"content", 7, 7, 0};

    dynamic_write(folder, "models/..a/b..c", &bytes);
    resolve("file:..a/b..c", NULL, SEGML_OK);
    assert_found("..a/b..c");
}
END_TEST

START_TEST(links_do_not_lead_out_of_the_root)
{
    resolve("file:outside", NULL, SEGML_E_IO);
    ck_assert_ptr_nonnull(strstr(err.message, "outside of"));
    /* A folder whose name begins like the root's is not below it. */
    resolve("file:neighbours/secret.segml", NULL, SEGML_E_IO);
    resolve("file:neighbours/secret.segml", folder, SEGML_OK);
    resolve("file:outside", folder, SEGML_OK);
    resolve("file:outside", "/", SEGML_OK);
}
END_TEST

START_TEST(a_narrower_root_counts)
{
    char root[PATH];

    snprintf(root, sizeof root, "%s/models/stores", folder);
    resolve("file:stores/4711.segml", root, SEGML_OK);
    resolve("file:inside", root, SEGML_OK);
    resolve("file:%N.segml", root, SEGML_E_IO);
    snprintf(root, sizeof root, "%s/none", folder);
    resolve("file:%N.segml", root, SEGML_E_IO);
    ck_assert_ptr_nonnull(strstr(err.message, root));
}
END_TEST

START_TEST(a_parent_in_memory_needs_a_root)
{
    sg_file_roots roots = {NULL, NULL};
    char root[PATH];

    ck_assert_int_eq(sg_resolve_file(&found, &roots, "file:%N.segml", &err), SEGML_E_IO);
    ck_assert_ptr_nonnull(strstr(err.message, "reference_root"));
    snprintf(root, sizeof root, "%s/models", folder);
    roots.root = root;
    ck_assert_int_eq(sg_resolve_file(&found, &roots, "file:%N.segml", &err), SEGML_OK);
    assert_found("%N.segml");
}
END_TEST

START_TEST(other_schemes_and_files_that_are_missing_are_not_found)
{
    char uri[PATH_MAX + 100] = "file:";

    resolve("https://example.com/4711.segml", NULL, SEGML_E_IO);
    resolve("stores/4711.segml", NULL, SEGML_E_IO);
    resolve("FILE:stores/4711.segml", NULL, SEGML_E_IO);
    resolve("file:none.segml", NULL, SEGML_E_IO);
    resolve("file:stores/4711.segml/none", NULL, SEGML_E_IO);
    memset(uri + 5, 'x', 300);
    resolve(uri, NULL, SEGML_E_IO);
    memset(uri + 5, 'x', PATH_MAX);
    resolve(uri, NULL, SEGML_E_IO);
}
END_TEST

START_TEST(a_file_that_is_replaced_has_another_state)
{
    const sg_buf bytes = {(unsigned char *)"content", 7, 7, 0};
    sg_file_state first;

    resolve("file:%N.segml", NULL, SEGML_OK);
    first = found.state;
    resolve("file:%N.segml", NULL, SEGML_OK);
    ck_assert_mem_eq(&first, &found.state, sizeof first);
    dynamic_write(folder, "models/%N.segml", &bytes);
    resolve("file:%N.segml", NULL, SEGML_OK);
    ck_assert_mem_ne(&first, &found.state, sizeof first);
}
END_TEST

TCase *
resolve_tests(void)
{
    TCase *tc = tcase_create("resolve");

    tcase_add_checked_fixture(tc, make_folder, remove_folder);
    tcase_add_test(tc, a_path_is_relative_to_the_parents_folder_and_taken_as_it_is);
    tcase_add_test(tc, a_parent_without_folder_is_in_the_working_folder);
    tcase_add_loop_test(tc, paths_that_lead_out_are_refused_without_a_look_at_the_disk, 0,
                        sizeof bad_paths / sizeof *bad_paths);
    tcase_add_test(tc, dots_in_names_are_names);
    tcase_add_test(tc, links_do_not_lead_out_of_the_root);
    tcase_add_test(tc, a_narrower_root_counts);
    tcase_add_test(tc, a_parent_in_memory_needs_a_root);
    tcase_add_test(tc, other_schemes_and_files_that_are_missing_are_not_found);
    tcase_add_test(tc, a_file_that_is_replaced_has_another_state);
    return tc;
}
