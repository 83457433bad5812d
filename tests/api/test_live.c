/* SPDX-License-Identifier: Apache-2.0 */

/*
 * What happens behind an open model's back: processes forked while threads load and drop, files
 * that are replaced, removed or cut. Every answer is compared with XGBoost's bits.
 */

#include <check.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "golden.h"

enum { THREADS = 4, FORKS = 50, SECONDS = 60, KEYS = 5 };

/* Keys of the artifact "binary", and the models that answer: five in all. */
static const struct {
    segml_key key;
    const char *model;
} asked[KEYS] = {
    {{SEGML_KEY_INT64, 0, 7, NULL, 0}, "7"},       {{SEGML_KEY_INT64, 0, 4711, NULL, 0}, "4711"},
    {{SEGML_KEY_INT64, 0, 9000, NULL, 0}, "9000"}, {{SEGML_KEY_NULL, 0, 0, NULL, 0}, "NULL"},
    {{SEGML_KEY_INT64, 0, 5, NULL, 0}, "unseen"},
};

/* Whether one look-up gives XGBoost's bits; no check of the framework: any thread may ask. */
static int
is_right(const segml_model *model, int which)
{
    const golden_case *expected = golden_expected("binary", asked[which].model);
    segml_route *route = NULL;
    int right = segml_route_find(&route, model, &asked[which].key, 1, NULL) == SEGML_OK;

    for (int i = 0; right && i < GOLDEN_ROWS; i++) {
        float value;

        right =
            segml_route_predict(route, SEGML_OUTPUT_PREDICTION, &golden_rows[i * GOLDEN_FEATURES],
                                GOLDEN_FEATURES, &value, 1) == SEGML_OK &&
            memcmp(&value, &expected->prediction[i], sizeof value) == 0;
    }
    segml_route_free(route);
    return right;
}

static int
all_are_right(const segml_model *model)
{
    int right = 1;

    for (int i = 0; i < KEYS; i++)
        right &= is_right(model, i);
    return right;
}

static segml_model *
open_with(const char *path, int64_t budget, int32_t map)
{
    segml_open_options options = SEGML_OPEN_OPTIONS_INIT;
    segml_error err = SEGML_ERROR_INIT;
    segml_model *model = NULL;

    options.child_bytes = budget;
    options.map = map;
    ck_assert_msg(segml_model_open(&model, path, &options, &err) == SEGML_OK, "%s", err.message);
    return model;
}

typedef struct crowd {
    const segml_model *model;
    atomic_int wrong, stop;
    atomic_uint number;
    pthread_t threads[THREADS];
} crowd;

static void *
ask(void *argument)
{
    crowd *c = argument;
    unsigned at = atomic_fetch_add(&c->number, 1) * 7919U;

    while (!atomic_load(&c->stop)) {
        at = at * 1664525U + 1013904223U;
        if (!is_right(c->model, (int)(at >> 16) % KEYS))
            atomic_fetch_add(&c->wrong, 1);
    }
    return NULL;
}

static void
begin(crowd *c, const segml_model *model)
{
    c->model = model;
    atomic_init(&c->wrong, 0);
    atomic_init(&c->stop, 0);
    atomic_init(&c->number, 1);
    for (int i = 0; i < THREADS; i++)
        ck_assert_int_eq(pthread_create(&c->threads[i], NULL, ask, c), 0);
}

static void
finish(crowd *c)
{
    atomic_store(&c->stop, 1);
    for (int i = 0; i < THREADS; i++)
        ck_assert_int_eq(pthread_join(c->threads[i], NULL), 0);
    ck_assert_int_eq(atomic_load(&c->wrong), 0);
}

/*
 * The child says what it found by becoming true or false: no checker of memory then takes for lost
 * what belongs to threads that the child does not have.
 */
static void
fork_and_ask(const segml_model *model)
{
    pid_t child = fork();
    const char *verdict;
    int status = 0;

    ck_assert_int_ge(child, 0);
    if (child == 0) {
        alarm(SECONDS); /* one that hangs is ended by a signal */
        verdict = all_are_right(model) ? "true" : "false";
        execlp(verdict, verdict, (char *)NULL);
        _exit(1);
    }
    ck_assert_int_eq(waitpid(child, &status, 0), child);
    ck_assert_msg(WIFEXITED(status) && WEXITSTATUS(status) == 0, "the child ended with %d", status);
}

/*
 * AddressSanitizer's own allocator may be left locked in a process that is forked while other
 * threads allocate; there the others rest.
 */
#if defined(__SANITIZE_ADDRESS__)
enum { OTHERS_REST = 1 };
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
enum { OTHERS_REST = 1 };
#else
enum { OTHERS_REST = 0 };
#endif
#else
enum { OTHERS_REST = 0 };
#endif

/* Whatever lock another thread holds at that moment. */
START_TEST(a_process_that_is_forked_while_threads_load_predicts)
{
    static const int64_t budgets[] = {0, 1, 2500}; /* all, none, some */
    segml_model *model;
    char path[512];
    crowd c;

    golden_path(path, "binary");
    model = open_with(path, budgets[_i], 0);
    if (!OTHERS_REST)
        begin(&c, model);
    for (int i = 0; i < FORKS; i++)
        fork_and_ask(model);
    if (!OTHERS_REST)
        finish(&c);
    segml_model_free(model);
}
END_TEST

/* A copy of the artifact in a file of its own. */
static void
copy_binary(char path[64])
{
    size_t size;
    unsigned char *bytes = golden_read("binary", &size);
    int file;

    strcpy(path, "/tmp/segml-live-XXXXXX");
    file = mkstemp(path);
    ck_assert_int_ge(file, 0);
    ck_assert_int_eq(write(file, bytes, size) == (ssize_t)size, 1);
    close(file);
    free(bytes);
}

START_TEST(a_file_that_is_replaced_or_removed_does_not_disturb_an_open_model)
{
    segml_save_options overwrite = SEGML_SAVE_OPTIONS_INIT;
    segml_model *other = golden_open("poisson"), *mapped, *read, *fresh;
    segml_model_info info = SEGML_MODEL_INFO_INIT;
    char path[64];

    copy_binary(path);
    mapped = open_with(path, 0, 1);
    read = open_with(path, 0, -1);
    overwrite.overwrite = 1;
    ck_assert_int_eq(segml_model_save(other, path, &overwrite, NULL), SEGML_OK);
    ck_assert(is_right(mapped, 0));
    ck_assert(is_right(read, 0));
    fresh = open_with(path, 0, 0);
    ck_assert_int_eq(segml_model_get_info(fresh, &info, NULL), SEGML_OK);
    ck_assert_int_eq(info.task, SEGML_TASK_POISSON);
    ck_assert_int_eq(unlink(path), 0);
    ck_assert(all_are_right(mapped));
    ck_assert(all_are_right(read));
    segml_model_free(fresh);
    segml_model_free(read);
    segml_model_free(mapped);
    segml_model_free(other);
}
END_TEST

/* Of a mapped file the system would end the process: that is what the option map is for. */
START_TEST(a_file_that_is_cut_does_no_harm_if_it_was_read)
{
    segml_model *model;
    char path[64];

    copy_binary(path);
    model = open_with(path, 0, -1);
    ck_assert_int_eq(truncate(path, 0), 0);
    ck_assert(all_are_right(model));
    unlink(path);
    segml_model_free(model);
}
END_TEST

TCase *
live_tests(void)
{
    TCase *tests = tcase_create("live");

    tcase_set_timeout(tests, 120);
    tcase_add_loop_test(tests, a_process_that_is_forked_while_threads_load_predicts, 0, 3);
    tcase_add_test(tests, a_file_that_is_replaced_or_removed_does_not_disturb_an_open_model);
    tcase_add_test(tests, a_file_that_is_cut_does_no_harm_if_it_was_read);
    return tests;
}
