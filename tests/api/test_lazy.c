/* SPDX-License-Identifier: Apache-2.0 */

/*
 * Loading on first use: what opening reads and what not, budgets, preloading, fallback policies,
 * and damage that is found when it is met.
 */

#include <check.h>
#include <math.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "golden.h"

enum { THREADS = 4, TURNS = 300 };

#define INT(value) SEGML_KEY_INT64_VALUE(value)
#define TEXT(text) SEGML_KEY_UTF8_VALUE(text, sizeof(text) - 1)
#define NONE SEGML_KEY_NULL_VALUE

static segml_model_stats
stats_of(const segml_model *model)
{
    segml_model_stats stats = SEGML_MODEL_STATS_INIT;

    ck_assert_int_eq(segml_model_get_stats(model, &stats, NULL), SEGML_OK);
    return stats;
}

static segml_model *
open_with(const char *artifact, const segml_open_options *options)
{
    segml_error err = SEGML_ERROR_INIT;
    segml_model *model = NULL;
    char path[512];

    golden_path(path, artifact);
    ck_assert_msg(segml_model_open(&model, path, options, &err) == SEGML_OK, "%s", err.message);
    return model;
}

/* Predictions of all golden rows by a key must be those recorded of a model. */
static void
assert_answers(const segml_model *model, const segml_key *keys, int64_t key_count,
               const char *artifact, const char *expected)
{
    const golden_case *known = golden_expected(artifact, expected);
    segml_route *route = golden_find(model, keys, key_count);

    for (int row = 0; row < GOLDEN_ROWS; row++) {
        float value = 0;

        ck_assert_int_eq(segml_route_predict(route, SEGML_OUTPUT_PREDICTION,
                                             golden_rows + row * GOLDEN_FEATURES, GOLDEN_FEATURES,
                                             &value, 1),
                         SEGML_OK);
        ck_assert_mem_eq(&value, &known->prediction[row], sizeof value);
    }
    segml_route_free(route);
}

static void
assert_7_and_4711(const segml_model *model)
{
    const segml_key seven = INT(7), other = INT(4711);

    assert_answers(model, &seven, 1, "binary", "7");
    assert_answers(model, &other, 1, "binary", "4711");
}

START_TEST(a_model_is_loaded_when_it_is_asked_for)
{
    segml_model *model = golden_open("binary");
    const segml_key seven = INT(7);

    ck_assert_int_eq(stats_of(model).models, 4);
    ck_assert_int_eq(stats_of(model).loaded, 0);
    ck_assert_int_eq(stats_of(model).bytes, 0);
    assert_answers(model, &seven, 1, "binary", "7");
    ck_assert_int_eq(stats_of(model).loaded, 1);
    ck_assert_int_eq(stats_of(model).loads, 1);
    ck_assert_int_eq(stats_of(model).hits, 0);
    ck_assert_int_gt(stats_of(model).bytes, 0);
    assert_answers(model, &seven, 1, "binary", "7");
    ck_assert_int_eq(stats_of(model).loads, 1);
    ck_assert_int_eq(stats_of(model).hits, 1);
    segml_model_free(model);
}
END_TEST

START_TEST(preloading_loads_all_models)
{
    segml_open_options options = SEGML_OPEN_OPTIONS_INIT;
    segml_model *model = golden_open("binary");

    ck_assert_int_eq(segml_model_preload(model, _i, NULL), SEGML_OK);
    ck_assert_int_eq(stats_of(model).loaded, 4);
    ck_assert_int_eq(segml_model_preload(model, -1, NULL), SEGML_E_ARGUMENT);
    ck_assert_int_eq(segml_model_preload(NULL, 1, NULL), SEGML_E_ARGUMENT);
    segml_model_free(model);
    options.preload = 1;
    model = open_with("binary", &options);
    ck_assert_int_eq(stats_of(model).loaded, 4);
    assert_7_and_4711(model);
    ck_assert_int_eq(stats_of(model).loads, 4);
    segml_model_free(model);
}
END_TEST

START_TEST(a_budget_drops_what_was_used_least_recently)
{
    segml_open_options options = SEGML_OPEN_OPTIONS_INIT;
    segml_error err = SEGML_ERROR_INIT;
    segml_model *model;

    options.child_bytes = 1; /* no two fit */
    model = open_with("binary", &options);
    for (int turn = 0; turn < 3; turn++)
        assert_7_and_4711(model);
    ck_assert_int_eq(stats_of(model).loads, 6);
    ck_assert_int_eq(stats_of(model).dropped, 5);
    ck_assert_int_eq(stats_of(model).loaded, 1);
    ck_assert_int_eq(segml_model_preload(model, 2, &err), SEGML_E_LIMIT);
    ck_assert_str_eq(err.message, "child_bytes is 1: not all models fit");
    segml_model_free(model);
    options.child_bytes = -1;
    ck_assert_int_eq(segml_model_open_memory(&model, "x", 1, &options, &err), SEGML_E_ARGUMENT);
}
END_TEST

START_TEST(a_route_keeps_a_model_that_was_dropped)
{
    segml_open_options options = SEGML_OPEN_OPTIONS_INIT;
    const segml_key seven = INT(7), other = INT(4711), unseen = INT(5);
    segml_model *model;
    segml_route *route;
    float before = 0, after = 0;

    options.child_bytes = 1;
    model = open_with("binary", &options);
    route = golden_find(model, &seven, 1);
    ck_assert_int_eq(
        segml_route_predict(route, SEGML_OUTPUT_MARGIN, golden_rows, GOLDEN_FEATURES, &before, 1),
        SEGML_OK);
    assert_answers(model, &other, 1, "binary", "4711");
    assert_answers(model, &unseen, 1, "binary", "unseen");
    segml_model_free(model);
    ck_assert_int_eq(
        segml_route_predict(route, SEGML_OUTPUT_MARGIN, golden_rows, GOLDEN_FEATURES, &after, 1),
        SEGML_OK);
    ck_assert_mem_eq(&before, &after, sizeof before);
    segml_route_free(route);
}
END_TEST

START_TEST(a_file_is_read_where_it_must_not_be_mapped)
{
    segml_open_options options = SEGML_OPEN_OPTIONS_INIT;
    segml_model *model;

    options.map = -1;
    model = open_with("binary", &options);
    assert_7_and_4711(model);
    segml_model_free(model);
}
END_TEST

typedef struct caller {
    const segml_model *model;
    int wrong;
} caller;

static void *
ask_in_turn(void *argument)
{
    static const char *const names[] = {"7", "4711", "unseen"};
    static const segml_key keys[] = {INT(7), INT(4711), INT(1)};
    caller *c = argument;

    for (int turn = 0; turn < TURNS; turn++) {
        const golden_case *known = golden_expected("binary", names[turn % 3]);
        segml_route *route = NULL;
        float value = 0;

        c->wrong += segml_route_find(&route, c->model, &keys[turn % 3], 1, NULL) != SEGML_OK;
        c->wrong += segml_route_predict(route, SEGML_OUTPUT_PREDICTION, golden_rows,
                                        GOLDEN_FEATURES, &value, 1) != SEGML_OK;
        c->wrong += memcmp(&value, &known->prediction[0], sizeof value) != 0;
        segml_route_free(route);
    }
    return NULL;
}

START_TEST(threads_load_and_drop_side_by_side)
{
    segml_open_options options = SEGML_OPEN_OPTIONS_INIT;
    pthread_t thread[THREADS];
    caller callers[THREADS];
    segml_model *model;

    options.child_bytes = _i; /* 0: no limit; 1: no two fit */
    model = open_with("binary", &options);
    for (int t = 0; t < THREADS; t++) {
        callers[t] = (caller){model, 0};
        ck_assert_int_eq(pthread_create(&thread[t], NULL, ask_in_turn, &callers[t]), 0);
    }
    for (int t = 0; t < THREADS; t++) {
        pthread_join(thread[t], NULL);
        ck_assert_int_eq(callers[t].wrong, 0);
    }
    ck_assert_int_eq(stats_of(model).loads - stats_of(model).dropped, stats_of(model).loaded);
    ck_assert_int_eq(stats_of(model).dropped > 0, _i);
    segml_model_free(model);
}
END_TEST

START_TEST(records_are_read_when_they_are_asked_for)
{
    segml_model *model = golden_open("levels");
    segml_model_info info = SEGML_MODEL_INFO_INIT;
    segml_group_info group = SEGML_GROUP_INFO_INIT;

    ck_assert_int_eq(segml_model_get_info(model, &info, NULL), SEGML_OK);
    ck_assert_int_eq(info.groups, 4);
    ck_assert_int_eq(info.parents, 5);
    ck_assert_int_eq(info.groups_failed, 1);
    ck_assert_str_eq(info.fallback_policy, "parent,global,constant");
    ck_assert_int_eq(segml_model_get_group(model, 0, &group, NULL), SEGML_OK);
    ck_assert_int_eq(group.key_columns, 3);
    ck_assert_int_eq(segml_model_get_group(model, 4, &group, NULL), SEGML_OK); /* DE */
    ck_assert_int_eq(group.key_columns, 1);
    ck_assert_int_eq(group.rows, 480);
    ck_assert_double_eq(group.threshold, 0.640625);
    ck_assert_int_eq(segml_model_get_group(model, 6, &group, NULL), SEGML_OK); /* DE, Bonn */
    ck_assert_int_eq(group.key_columns, 2);
    ck_assert_int_eq(segml_model_get_group(model, 1, &group, NULL), SEGML_OK);
    ck_assert_double_eq(group.threshold, 0.75); /* of DE, Bonn, which answers for it */
    ck_assert_int_eq(segml_model_get_group(model, 2, &group, NULL), SEGML_OK);
    ck_assert_double_eq(group.threshold, 0.640625); /* of DE: DE, Ulm has no model */
    ck_assert_int_eq(segml_model_get_group(model, 3, &group, NULL), SEGML_OK);
    ck_assert_double_eq(group.threshold, 0.3125); /* of the global model */
    ck_assert_int_eq(segml_model_get_group(model, 9, &group, NULL), SEGML_E_NOT_FOUND);
    ck_assert_int_eq(stats_of(model).loaded, 0);
    segml_model_free(model);
}
END_TEST

/* Who answers for what under which policy. */
static const struct {
    const char *fallback;
    segml_key keys[3];
    int32_t kind, reason;
    const char *expected; /* model that was recorded; NULL = constant or none */
} levels[] = {
    {NULL, {TEXT("DE"), TEXT("Bonn"), INT(1)}, SEGML_ROUTE_EXACT, SEGML_REASON_OK, "DE,Bonn,1"},
    {NULL,
     {TEXT("DE"), TEXT("Bonn"), INT(2)},
     SEGML_ROUTE_PARENT,
     SEGML_REASON_TOO_FEW_ROWS,
     "DE,Bonn"},
    {NULL, {TEXT("DE"), TEXT("Bonn"), INT(9)}, SEGML_ROUTE_PARENT, SEGML_REASON_UNSEEN, "DE,Bonn"},
    {NULL, {TEXT("DE"), TEXT("Ulm"), INT(3)}, SEGML_ROUTE_PARENT, SEGML_REASON_ONE_CLASS, "DE"},
    {NULL, {TEXT("DE"), TEXT("Kiel"), TEXT("x")}, SEGML_ROUTE_PARENT, SEGML_REASON_UNSEEN, "DE"},
    {NULL, {TEXT("DE"), TEXT("Kiel"), NONE}, SEGML_ROUTE_PARENT, SEGML_REASON_NULL_KEY, "DE"},
    {NULL, {TEXT("FR"), NONE, INT(4)}, SEGML_ROUTE_GLOBAL, SEGML_REASON_FAILED, "FR,NULL,4"},
    {NULL, {TEXT("IT"), NONE, INT(4)}, SEGML_ROUTE_GLOBAL, SEGML_REASON_UNSEEN, "unseen"},
    {"global",
     {TEXT("DE"), TEXT("Bonn"), INT(9)},
     SEGML_ROUTE_GLOBAL,
     SEGML_REASON_UNSEEN,
     "unseen"},
    {"constant",
     {TEXT("DE"), TEXT("Bonn"), INT(9)},
     SEGML_ROUTE_CONSTANT,
     SEGML_REASON_UNSEEN,
     NULL},
    {"parent", {TEXT("IT"), NONE, INT(4)}, SEGML_ROUTE_NONE, SEGML_REASON_UNSEEN, NULL},
    {"none", {TEXT("DE"), TEXT("Bonn"), INT(2)}, SEGML_ROUTE_NONE, SEGML_REASON_TOO_FEW_ROWS, NULL},
};

enum { LEVELS = (int)(sizeof levels / sizeof *levels) };

START_TEST(the_policy_decides_who_answers)
{
    segml_open_options options = SEGML_OPEN_OPTIONS_INIT;
    segml_error err = SEGML_ERROR_INIT;
    segml_route *route = NULL;
    segml_model *model;
    int rc;

    options.fallback = levels[_i].fallback;
    model = open_with("levels", &options);
    rc = segml_route_find(&route, model, levels[_i].keys, 3, &err);
    ck_assert_int_eq(rc == SEGML_E_NOT_FOUND, levels[_i].kind == SEGML_ROUTE_NONE);
    if (route != NULL) {
        ck_assert_int_eq(segml_route_get_kind(route), levels[_i].kind);
        ck_assert_int_eq(segml_route_get_reason(route), levels[_i].reason);
    }
    segml_route_free(route);
    if (levels[_i].expected != NULL)
        assert_answers(model, levels[_i].keys, 3, "levels", levels[_i].expected);
    segml_model_free(model);
}
END_TEST

static const struct {
    const char *artifact, *fallback, *message;
} refused[] = {
    {"binary", "parent", "fallback: the model was trained without parents"},
    {"poisson", "global", "fallback: the model was trained without a global model"},
    {"poisson", "constant", "fallback: the model was trained without a constant"},
    {"binary", "globl",
     "fallback is \"globl\"; give none, or some of parent, global, constant joined by commas"},
    {"binary", "global,",
     "fallback is \"global,\"; give none, or some of parent, global, constant joined by commas"},
};

START_TEST(a_policy_names_what_there_is)
{
    segml_open_options options = SEGML_OPEN_OPTIONS_INIT;
    segml_error err = SEGML_ERROR_INIT;
    segml_model *model = (segml_model *)&err;
    char path[512];

    golden_path(path, refused[_i].artifact);
    options.fallback = refused[_i].fallback;
    ck_assert_int_eq(segml_model_open(&model, path, &options, &err), SEGML_E_ARGUMENT);
    ck_assert_ptr_null(model);
    ck_assert_msg(strstr(err.message, refused[_i].message) != NULL, "%s", err.message);
}
END_TEST

/* Where the zstd frame of a member begins: the first of them is at 0. */
static size_t
find_frame(const unsigned char *bytes, size_t size, int number)
{
    static const unsigned char magic[4] = {0x28, 0xB5, 0x2F, 0xFD};

    for (size_t at = 0; at + 4 <= size; at++) {
        if (memcmp(bytes + at, magic, 4) == 0 && number-- == 0)
            return at;
    }
    ck_abort_msg("fewer frames");
    return 0;
}

/* Members of "binary": README, segml.json, groups.jsonl, global, unseen, 7, 4711, history. */
START_TEST(damage_is_found_by_who_meets_it)
{
    const segml_key seven = INT(7), other = INT(4711);
    segml_group_info group = SEGML_GROUP_INFO_INIT;
    segml_error err = SEGML_ERROR_INIT;
    segml_model *model = NULL;
    segml_route *route = NULL;
    size_t size;
    unsigned char *bytes = golden_read("binary", &size);

    bytes[find_frame(bytes, size, 5) + 40] ^= 1;
    ck_assert_int_eq(segml_model_open_memory(&model, bytes, size, NULL, &err), SEGML_OK);
    assert_answers(model, &other, 1, "binary", "4711");
    ck_assert_int_eq(segml_route_find(&route, model, &seven, 1, &err), SEGML_E_FORMAT);
    ck_assert_ptr_null(route);
    ck_assert_msg(strstr(err.message, "groups/7/model.ubj: ") == err.message, "%s", err.message);
    ck_assert_int_eq(segml_model_preload(model, 2, &err), SEGML_E_FORMAT);
    ck_assert_int_eq(segml_model_get_group(model, 1, &group, &err), SEGML_OK);
    segml_model_free(model);

    bytes[find_frame(bytes, size, 5) + 40] ^= 1;
    bytes[find_frame(bytes, size, 2) + 40] ^= 1;
    ck_assert_int_eq(segml_model_open_memory(&model, bytes, size, NULL, &err), SEGML_OK);
    assert_7_and_4711(model);
    ck_assert_int_eq(segml_model_get_group(model, 1, &group, &err), SEGML_E_FORMAT);
    ck_assert_msg(strstr(err.message, "groups.jsonl: ") == err.message, "%s", err.message);
    segml_model_free(model);

    bytes[find_frame(bytes, size, 2) + 40] ^= 1;
    bytes[find_frame(bytes, size, 1) + 40] ^= 1;
    ck_assert_int_eq(segml_model_open_memory(&model, bytes, size, NULL, &err), SEGML_E_FORMAT);
    ck_assert_ptr_null(model);
    free(bytes);
}
END_TEST

START_TEST(a_key_without_signature_is_refused)
{
    static const unsigned char key[32] = {1}, signature[64] = {2};
    segml_open_options options = SEGML_OPEN_OPTIONS_INIT;
    segml_error err = SEGML_ERROR_INIT;
    segml_model *model = NULL;
    char path[512];

    golden_path(path, "binary");
    options.public_key = key;
    ck_assert_int_eq(segml_model_open(&model, path, &options, &err), SEGML_E_ARGUMENT);
    options.signature = signature;
    ck_assert_int_eq(segml_model_open(&model, path, &options, &err), SEGML_E_MISMATCH);
    ck_assert_ptr_null(model);
}
END_TEST

/* A child process goes on with what the parent has opened, loaded or not. */
START_TEST(a_forked_process_predicts)
{
    segml_model *model = golden_open("binary");
    const segml_key seven = INT(7);
    int status = -1;
    pid_t child;

    assert_answers(model, &seven, 1, "binary", "7");
    child = fork();
    ck_assert_int_ge(child, 0);
    if (child == 0) {
        caller c = {model, 0};

        ask_in_turn(&c);
        _exit(c.wrong);
    }
    ck_assert_int_eq(waitpid(child, &status, 0), child);
    ck_assert(WIFEXITED(status) && WEXITSTATUS(status) == 0);
    assert_7_and_4711(model);
    segml_model_free(model);
}
END_TEST

TCase *
lazy_tests(void)
{
    TCase *tc = tcase_create("lazy");

    tcase_add_test(tc, a_model_is_loaded_when_it_is_asked_for);
    tcase_add_loop_test(tc, preloading_loads_all_models, 0, 4);
    tcase_add_test(tc, a_budget_drops_what_was_used_least_recently);
    tcase_add_test(tc, a_route_keeps_a_model_that_was_dropped);
    tcase_add_test(tc, a_file_is_read_where_it_must_not_be_mapped);
    tcase_add_loop_test(tc, threads_load_and_drop_side_by_side, 0, 2);
    tcase_add_test(tc, records_are_read_when_they_are_asked_for);
    tcase_add_loop_test(tc, the_policy_decides_who_answers, 0, LEVELS);
    tcase_add_loop_test(tc, a_policy_names_what_there_is, 0,
                        (int)(sizeof refused / sizeof *refused));
    tcase_add_test(tc, damage_is_found_by_who_meets_it);
    tcase_add_test(tc, a_key_without_signature_is_refused);
    tcase_add_test(tc, a_forked_process_predicts);
    return tc;
}
