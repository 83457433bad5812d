/* SPDX-License-Identifier: Apache-2.0 */

/* Opening XGBoost: what is found, and what is said when it is not there. */

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "sample.h"
#include "xgb/xgb_engine.h"
#include "segml/version.h"

START_TEST(version_is_the_library_s)
{
    sg_engine *engine = sample_open();
    int major = 0, minor = 0;

    ck_assert_str_eq(engine->name, "xgboost");
    ck_assert_int_eq(sscanf(engine->version, "%d.%d.", &major, &minor), 2);
    ck_assert_msg(major > 1 || (major == 1 && minor >= 7), "%s", engine->version);
    engine->close(engine);
}
END_TEST

START_TEST(version_and_path_are_told)
{
    segml_error err = SEGML_ERROR_INIT;
    char text[400] = "", cut[4] = "";
    sg_engine *engine = sample_open();
    size_t length = strlen(engine->version);

    ck_assert_int_eq(segml_engine_version(text, sizeof text, sample_library(), &err), SEGML_OK);
    ck_assert_msg(strncmp(text, engine->version, length) == 0, "%s, not %s", text, engine->version);
    ck_assert_msg(strstr(text + length, "libxgboost.so") != NULL, "%s", text);
    ck_assert_int_eq(segml_engine_version(cut, sizeof cut, sample_library(), &err), SEGML_OK);
    ck_assert_mem_eq(cut, engine->version, 3);
    ck_assert_int_eq(cut[3], '\0');
    ck_assert_int_eq(segml_engine_version(text, 0, NULL, &err), SEGML_E_ARGUMENT);
    engine->close(engine);
}
END_TEST

#if SG_XGBOOST_LINKED

START_TEST(a_path_is_refused_by_a_linked_build)
{
    segml_error err = SEGML_ERROR_INIT;
    sg_engine *engine = (sg_engine *)&err; /* must be overwritten */

    ck_assert_int_eq(sg_xgb_engine_open(&engine, "libxgboost.so", &err), SEGML_E_UNSUPPORTED);
    ck_assert_ptr_null(engine);
    ck_assert_str_eq(err.message, "cannot open \"libxgboost.so\": this build is linked with "
                                  "XGBoost; give no path");
}
END_TEST

#else

/* The advice that every failure ends with. */
static const char remedy[] = "install libxgboost0 (Debian) or the Python package xgboost and give "
                             "its libxgboost.so";

static void
refused(const char *path, const char *part)
{
    segml_error err = SEGML_ERROR_INIT;
    sg_engine *engine = (sg_engine *)&err; /* must be overwritten */

    ck_assert_int_eq(sg_xgb_engine_open(&engine, path, &err), SEGML_E_BACKEND);
    ck_assert_ptr_null(engine);
    ck_assert_int_eq(err.code, SEGML_E_BACKEND);
    ck_assert_msg(strstr(err.message, part) != NULL, "\"%s\" lacks \"%s\"", err.message, part);
    ck_assert_msg(strstr(err.message, remedy) != NULL, "\"%s\" lacks the remedy", err.message);
    ck_assert_ptr_null(strchr(err.message, '\n'));
}

START_TEST(missing_library_says_what_to_install)
{
    char text[20] = "old";
    segml_error err = SEGML_ERROR_INIT;

    refused("/nowhere/libxgboost.so", "/nowhere/libxgboost.so");
    ck_assert_int_eq(segml_engine_version(text, sizeof text, "/nowhere/libxgboost.so", &err),
                     SEGML_E_BACKEND);
    ck_assert_str_eq(text, "");
}
END_TEST

START_TEST(file_that_is_no_library_is_refused)
{
    char path[] = "/tmp/segml-engine-XXXXXX";
    int file = mkstemp(path);

    ck_assert_int_ge(file, 0);
    ck_assert_int_eq(write(file, "not a library", 13), 13);
    close(file);
    refused(path, path);
    unlink(path);
}
END_TEST

START_TEST(another_library_is_refused)
{
    refused("libm.so.6", "XGBoostVersion");
}
END_TEST

START_TEST(older_xgboost_is_refused)
{
    refused(SEGML_TEST_OLD_XGBOOST, "XGBoost 1.6.2 is older than 1.7");
}
END_TEST

START_TEST(empty_path_is_refused)
{
    segml_error err = SEGML_ERROR_INIT;
    sg_engine *engine = NULL;

    ck_assert_int_eq(sg_xgb_engine_open(&engine, "", &err), SEGML_E_BACKEND);
    ck_assert_str_eq(err.message, "the path of XGBoost is empty; leave it out to search for it");
}
END_TEST

#endif

TCase *
open_tests(void)
{
    TCase *tc = tcase_create("open");

    tcase_add_test(tc, version_is_the_library_s);
    tcase_add_test(tc, version_and_path_are_told);
#if SG_XGBOOST_LINKED
    tcase_add_test(tc, a_path_is_refused_by_a_linked_build);
#else
    tcase_add_test(tc, missing_library_says_what_to_install);
    tcase_add_test(tc, file_that_is_no_library_is_refused);
    tcase_add_test(tc, another_library_is_refused);
    tcase_add_test(tc, older_xgboost_is_refused);
    tcase_add_test(tc, empty_path_is_refused);
#endif
    return tc;
}
