/* SPDX-License-Identifier: Apache-2.0 */

/*
 * What looks into an artifact: extracting, comparing, verifying, signing. Golden artifacts come
 * from another writer, so that what is expected of them is not what the library makes.
 */

#include <check.h>
#include <stdio.h>
#include <string.h>

#include "artifact/made.h"
#include "unit/serving_fixture.h"

#define GOLDEN(name) GOLDEN_FOLDER "/serving/" name ".segml"

/* ---- extract ---- */

static const struct {
    const char *artifact, *member;
    int role, keys;
} models[] = {
    {"binary", "groups/4711/model.ubj", 0, 1},
    {"binary", "global/model.ubj", SEGML_ROLE_GLOBAL, 0},
    {"binary", "global/unseen.ubj", SEGML_ROLE_UNSEEN, 0},
    {"levels", "parents/DE,Bonn/model.ubj", SEGML_ROLE_GROUP, 2},
    {"levels", "groups/DE,Bonn,1/model.ubj", 0, 3},
};

static segml_extract_options
options_for(int number)
{
    static const segml_key store[] = {SEGML_KEY_UTF8_VALUE("4711.0", 6)};
    static const segml_key levels[] = {SEGML_KEY_UTF8_VALUE("DE", 2),
                                       SEGML_KEY_UTF8_VALUE("Bonn", 4), SEGML_KEY_INT64_VALUE(1)};
    segml_extract_options options = SEGML_EXTRACT_OPTIONS_INIT;

    options.role = models[number].role;
    options.keys = number == 0 ? store : levels;
    options.key_count = models[number].keys;
    return options;
}

static const char *
golden_path(int number)
{
    return strcmp(models[number].artifact, "binary") == 0 ? GOLDEN("binary") : GOLDEN("levels");
}

START_TEST(a_model_is_taken_out_as_it_is)
{
    const segml_extract_options options = options_for(_i);
    const char *out = made_path("model.ubj");
    sg_buf expected = {0}, file = {0};
    segml_error err = SEGML_ERROR_INIT;
    segml_model *model = NULL;
    unsigned char bytes[20000];
    size_t size = 0;

    fixture_member(&expected, models[_i].artifact, models[_i].member);
    ck_assert_msg(segml_artifact_extract(out, golden_path(_i), &options, &err) == SEGML_OK, "%s",
                  err.message);
    made_read(&file, out);
    ck_assert_uint_eq(file.size, expected.size);
    ck_assert_mem_eq(file.bytes, expected.bytes, expected.size);
    ck_assert_int_eq(segml_model_open(&model, golden_path(_i), NULL, NULL), SEGML_OK);
    ck_assert_int_eq(segml_model_extract(model, &options, NULL, 0, &size, &err), SEGML_OK);
    ck_assert_uint_eq(size, expected.size);
    ck_assert_int_eq(segml_model_extract(model, &options, bytes, size - 1, &size, &err),
                     SEGML_E_ARGUMENT);
    ck_assert_uint_eq(size, expected.size);
    ck_assert_int_eq(segml_model_extract(model, &options, bytes, sizeof bytes, &size, &err),
                     SEGML_OK);
    ck_assert_mem_eq(bytes, expected.bytes, expected.size);
    segml_model_free(model);
    sg_buf_clear(&file);
    sg_buf_clear(&expected);
}
END_TEST

START_TEST(a_model_is_taken_out_as_json)
{
    segml_extract_options options = options_for(_i);
    const char *out = made_path("model.json");
    sg_buf file = {0};

    options.form = SEGML_MODEL_JSON;
    ck_assert_int_eq(segml_artifact_extract(out, golden_path(_i), &options, NULL), SEGML_OK);
    made_read(&file, out);
    ck_assert_int_eq(sg_buf_terminate(&file, NULL), SEGML_OK);
    ck_assert_ptr_nonnull(
        strstr((char *)file.bytes, "\"objective\":{\"name\":\"binary:logistic\""));
    sg_buf_clear(&file);
}
END_TEST

START_TEST(models_that_are_not_there_are_told)
{
    static const segml_key small = SEGML_KEY_NULL_VALUE, missing = SEGML_KEY_INT64_VALUE(5);
    static const segml_key country[] = {SEGML_KEY_UTF8_VALUE("XY", 2)};
    const struct {
        const char *artifact;
        const segml_key *keys;
        int64_t count;
        int32_t role;
        int status;
        const char *word;
    } cases[] = {
        {GOLDEN("binary"), &small, 1, 0, SEGML_E_NOT_FOUND,
         "NULL has no model of its own: too_few"},
        {GOLDEN("binary"), &missing, 1, 0, SEGML_E_NOT_FOUND, "no group 5"},
        {GOLDEN("binary"), &missing, 2, 0, SEGML_E_ARGUMENT, "2 keys are given"},
        {GOLDEN("binary"), NULL, 0, 0, SEGML_E_ARGUMENT, "keys is NULL"},
        {GOLDEN("binary"), NULL, 0, 4, SEGML_E_ARGUMENT, "role 4"},
        {GOLDEN("levels"), country, 1, 0, SEGML_E_NOT_FOUND, "no parent XY"},
        {GOLDEN("constant"), NULL, 0, SEGML_ROLE_GLOBAL, SEGML_E_NOT_FOUND, "no global model"},
        {GOLDEN("constant"), NULL, 0, SEGML_ROLE_UNSEEN, SEGML_E_NOT_FOUND, "unseen"},
    };
    const char *out = made_path("model.ubj");

    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        segml_extract_options options = SEGML_EXTRACT_OPTIONS_INIT;
        segml_error err = SEGML_ERROR_INIT;

        options.keys = cases[i].keys;
        options.key_count = cases[i].count;
        options.role = cases[i].role;
        ck_assert_int_eq(segml_artifact_extract(out, cases[i].artifact, &options, &err),
                         cases[i].status);
        ck_assert_msg(strstr(err.message, cases[i].word) != NULL, "%s", err.message);
    }
    made_assert_files(0);
}
END_TEST

/* ---- diff ---- */

static const made first = {.groups = {{1, 100, 1, .5, 0, NULL},
                                      {2, 90, 2, .25, .3, NULL},
                                      {3, 10, 0, .5, 0, NULL},
                                      {4, 80, 3, .5, 0, NULL}},
                           .global = 1,
                           .global_rows = 280};

/* Differences as one line each. */
static int32_t
take(const segml_difference *d, void *user)
{
    static const char *const kinds[] = {"", "header", "-", "+", "model", "record"};
    char line[200];

    if (d->keys != NULL)
        snprintf(line, sizeof line, "%s %lld %s;", kinds[d->kind], (long long)d->keys[0].integer,
                 d->name != NULL ? d->name : "");
    else
        snprintf(line, sizeof line, "%s %s %s %s;", kinds[d->kind], d->name != NULL ? d->name : "",
                 d->first != NULL ? d->first : "?", d->second != NULL ? d->second : "?");
    ck_assert_int_le(d->key_columns, 1);
    return sg_buf_append(user, line, strlen(line), NULL) < 0 || strstr(line, "stop") != NULL;
}

static int
diff(const char *a, const char *b, const char *expected)
{
    segml_diff_options options = SEGML_DIFF_OPTIONS_INIT;
    segml_error err = SEGML_ERROR_INIT;
    sg_buf lines = {0};
    int rc;

    options.on_difference = take;
    options.user = &lines;
    rc = segml_artifact_diff(a, b, &options, &err);
    ck_assert_int_eq(rc, err.code);
    ck_assert_int_eq(sg_buf_terminate(&lines, NULL), SEGML_OK);
    ck_assert_str_eq((const char *)lines.bytes, expected);
    sg_buf_clear(&lines);
    return rc;
}

START_TEST(equal_artifacts_have_no_difference)
{
    made spelled = first;
    const char *a, *b;

    /* The same, but for who says which engine and threshold. */
    spelled.groups[0].threshold = .5;
    spelled.groups[3].engine = "native 1 (hist)";
    a = made_write("a.segml", &first);
    b = made_write("b.segml", &spelled);
    ck_assert_int_eq(diff(a, a, ""), SEGML_OK);
    ck_assert_int_eq(diff(a, b, ""), SEGML_OK);
}
END_TEST

START_TEST(every_difference_is_told)
{
    made second = first;
    const char *a = made_write("a.segml", &first), *b;

    second.trials = 50;
    second.values = 4;
    second.groups[0].model = 2;
    second.groups[1].rows = 91;
    second.groups[3] = (made_group){5, 80, 3, .5, 0, NULL};
    b = made_write("b.segml", &second);
    ck_assert_int_eq(diff(a, b,
                          "header values of feature colour 3 4;header option trials 20 50;"
                          "header overall ? ?;model 1 ;record 2 rows;- 4 ;+ 5 ;"),
                     SEGML_DIFFERENT);
    ck_assert_int_eq(segml_artifact_diff(a, b, NULL, NULL), SEGML_DIFFERENT);
    second = first;
    second.global = 2;
    second.threshold = .25;
    b = made_write("b.segml", &second);
    ck_assert_int_eq(diff(a, b,
                          "header threshold 0.5 0.25;model  ? ?;record 1 threshold;"
                          "record 4 threshold;"),
                     SEGML_DIFFERENT);
}
END_TEST

/* ---- verify ---- */

START_TEST(what_was_verified_is_counted)
{
    segml_verify_info info = SEGML_VERIFY_INFO_INIT;
    segml_error err = SEGML_ERROR_INIT;

    ck_assert_msg(segml_artifact_verify(&info, GOLDEN("binary"), NULL, &err) == SEGML_OK, "%s",
                  err.message);
    ck_assert_int_eq(info.format, 1);
    ck_assert_int_eq(info.has_index, 1);
    ck_assert_int_eq(info.has_history, 1);
    ck_assert_int_eq(info.is_signed, 0);
    ck_assert_int_eq(info.members, 8);
    ck_assert_int_eq(info.models, 4);
    ck_assert_int_eq(info.groups, 4);
    ck_assert_int_eq(info.groups_trained, 2);
    ck_assert_int_eq(info.rows, 972);
    ck_assert_int_eq(segml_artifact_verify(&info, GOLDEN("levels"), NULL, &err), SEGML_OK);
    ck_assert_int_eq(info.parents, 5);
    ck_assert_int_eq(info.models, 5);
}
END_TEST

/* Nothing in a file may change without being found; every byte of one, in one bit. */
START_TEST(every_changed_byte_is_found)
{
    const char *path = made_path("damaged.segml");
    sg_buf file = {0};

    fixture_read(&file, "constant");
    for (size_t i = 0; i < file.size; i++) {
        const unsigned char bit = (unsigned char)(1 << i % 8);
        segml_error err = SEGML_ERROR_INIT;
        int rc;

        file.bytes[i] ^= bit;
        made_replace(path, &file);
        rc = segml_artifact_verify(NULL, path, NULL, &err);
        ck_assert_msg(rc < 0 && rc == err.code, "byte %zu: %d", i, rc);
        file.bytes[i] ^= bit;
    }
    made_replace(path, &file);
    ck_assert_int_eq(segml_artifact_verify(NULL, path, NULL, NULL), SEGML_OK);
    sg_buf_clear(&file);
}
END_TEST

START_TEST(every_truncation_is_found)
{
    const char *path = made_path("cut.segml");
    sg_buf file = {0};
    size_t size, whole = 0;

    fixture_read(&file, "constant");
    size = file.size;
    for (file.size = 0; file.size < size; file.size++) {
        made_replace(path, &file);
        /* Cut right before the index, it is an artifact without one. */
        whole += segml_artifact_verify(NULL, path, NULL, NULL) == SEGML_OK;
    }
    ck_assert_uint_eq(whole, 1);
    sg_buf_clear(&file);
}
END_TEST

static int32_t
count_down(void *user)
{
    return --*(int *)user < 0;
}

START_TEST(verifying_can_be_cancelled_and_refuses_other_files)
{
    segml_verify_options options = SEGML_VERIFY_OPTIONS_INIT;
    segml_error err = SEGML_ERROR_INIT;
    int left = 3;

    options.cancel = count_down;
    options.user = &left;
    ck_assert_int_eq(segml_artifact_verify(NULL, GOLDEN("binary"), &options, &err),
                     SEGML_E_CANCELLED);
    options.cancel = NULL;
    options.public_key = (const unsigned char *)"";
    ck_assert_int_eq(segml_artifact_verify(NULL, GOLDEN("binary"), &options, &err),
                     SEGML_E_ARGUMENT);
    options.public_key = NULL;
    options.max_bytes = 100;
    ck_assert_int_eq(segml_artifact_verify(NULL, GOLDEN("binary"), &options, &err), SEGML_E_LIMIT);
    ck_assert_int_eq(segml_artifact_verify(NULL, made_path("none"), NULL, &err), SEGML_E_IO);
    ck_assert_int_eq(segml_artifact_verify(NULL, NULL, NULL, &err), SEGML_E_ARGUMENT);
    ck_assert_int_lt(segml_artifact_verify(NULL, __FILE__, NULL, &err), 0);
}
END_TEST

/* ---- sign ---- */

static const char secret_pem[] =
    "-----BEGIN PRIVATE KEY-----\n"
    "MC4CAQAwBQYDK2VwBCIEINTuctv5E1hK1bbY8fdp+K06/nwoy/HU++CXqI9EdVhC\n"
    "-----END PRIVATE KEY-----\n";
static const char public_pem[] = "-----BEGIN PUBLIC KEY-----\n"
                                 "MCowBQYDK2VwAyEAGb9ECWmEzf6FQbrBZ9w7lshQhqowtrbLDFw4rXAxZuE=\n"
                                 "-----END PUBLIC KEY-----\n";

static const char *
write_text(const char *name, const char *text)
{
    const char *path = made_path(name);
    sg_buf content = {0};

    ck_assert_int_eq(sg_buf_append(&content, text, strlen(text), NULL), SEGML_OK);
    made_replace(path, &content);
    sg_buf_clear(&content);
    return path;
}

START_TEST(what_is_signed_opens_and_what_was_changed_does_not)
{
    unsigned char secret[32], signature[64], key[32];
    const char *changed = made_path("changed.segml");
    const segml_key store = SEGML_KEY_INT64_VALUE(7);
    segml_verify_options options = SEGML_VERIFY_OPTIONS_INIT;
    segml_verify_info info = SEGML_VERIFY_INFO_INIT;
    segml_open_options open = SEGML_OPEN_OPTIONS_INIT;
    segml_prune_options prune = SEGML_PRUNE_OPTIONS_INIT;
    segml_model *model = NULL;
    segml_error err = SEGML_ERROR_INIT;

    ck_assert_int_eq(segml_secret_key_read(secret, write_text("key.pem", secret_pem), NULL),
                     SEGML_OK);
    ck_assert_int_eq(segml_public_key_read(key, write_text("pub.pem", public_pem), NULL), SEGML_OK);
    ck_assert_int_eq(segml_artifact_sign(signature, GOLDEN("binary"), secret, NULL), SEGML_OK);
    segml_secret_key_wipe(secret);
    options.public_key = open.public_key = key;
    options.signature = open.signature = signature;
    ck_assert_int_eq(segml_artifact_verify(&info, GOLDEN("binary"), &options, &err), SEGML_OK);
    ck_assert_int_eq(info.is_signed, 1);
    ck_assert_int_eq(segml_model_open(&model, GOLDEN("binary"), &open, &err), SEGML_OK);
    segml_model_free(model);

    prune.keys = &store;
    prune.key_count = 1;
    ck_assert_int_eq(segml_artifact_prune(changed, GOLDEN("binary"), &prune, NULL, NULL), SEGML_OK);
    ck_assert_int_eq(segml_artifact_verify(NULL, changed, &options, &err), SEGML_E_MISMATCH);
    ck_assert_int_eq(segml_model_open(&model, changed, &open, &err), SEGML_E_MISMATCH);
    key[0] ^= 1;
    ck_assert_int_eq(segml_artifact_verify(NULL, GOLDEN("binary"), &options, &err),
                     SEGML_E_MISMATCH);
    ck_assert_msg(strstr(err.message, "another key") != NULL, "%s", err.message);
}
END_TEST

START_TEST(keys_and_artifacts_that_are_none_are_refused)
{
    unsigned char key[32], signature[64];
    segml_error err = SEGML_ERROR_INIT;
    const char *text = write_text("text", "hello"), *none = made_path("none");

    ck_assert_int_eq(segml_secret_key_read(key, text, &err), SEGML_E_FORMAT);
    ck_assert_msg(strstr(err.message, text) != NULL, "%s", err.message);
    ck_assert_int_eq(segml_public_key_read(key, text, &err), SEGML_E_FORMAT);
    ck_assert_int_eq(segml_public_key_read(key, none, &err), SEGML_E_IO);
    ck_assert_int_eq(segml_public_key_read(NULL, none, &err), SEGML_E_ARGUMENT);
    ck_assert_int_eq(segml_secret_key_read(key, NULL, &err), SEGML_E_ARGUMENT);
    ck_assert_int_eq(segml_artifact_sign(signature, none, key, &err), SEGML_E_IO);
    ck_assert_int_eq(segml_artifact_sign(NULL, none, key, &err), SEGML_E_ARGUMENT);
    ck_assert_int_lt(segml_artifact_sign(signature, text, key, &err), 0);
    segml_secret_key_wipe(NULL);
}
END_TEST

TCase *
look_tests(void)
{
    TCase *tc = tcase_create("look");

    tcase_add_checked_fixture(tc, made_enter, made_leave);
    tcase_add_loop_test(tc, a_model_is_taken_out_as_it_is, 0,
                        (int)(sizeof models / sizeof *models));
    tcase_add_loop_test(tc, a_model_is_taken_out_as_json, 0, (int)(sizeof models / sizeof *models));
    tcase_add_test(tc, models_that_are_not_there_are_told);
    tcase_add_test(tc, equal_artifacts_have_no_difference);
    tcase_add_test(tc, every_difference_is_told);
    tcase_add_test(tc, what_was_verified_is_counted);
    tcase_add_test(tc, every_changed_byte_is_found);
    tcase_add_test(tc, every_truncation_is_found);
    tcase_add_test(tc, verifying_can_be_cancelled_and_refuses_other_files);
    tcase_add_test(tc, what_is_signed_opens_and_what_was_changed_does_not);
    tcase_add_test(tc, keys_and_artifacts_that_are_none_are_refused);
    tcase_set_timeout(tc, 120);
    return tc;
}
