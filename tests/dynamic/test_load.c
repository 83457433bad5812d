/* SPDX-License-Identifier: Apache-2.0 */

/*
 * A hundred reloads of a model of 2,000 children in 2,000 files while two threads predict. Each
 * answer must be that of the version that was asked, and memory must not grow.
 */

#include <check.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "dynamic/dynamic_fixture.h"

enum { CHILDREN = 2000, RELOADS = 100, CHANGED = 20, THREADS = 2 };

static char folder[64];
static char path[128];
static sg_buf variants[CHILDREN][DYNAMIC_MODELS];

/* A version: the model, and what each of its groups answers with. */
typedef struct version {
    segml_model *model;
    unsigned char expected[CHILDREN]; /* 1 to DYNAMIC_MODELS */
} version;

/* The current version; readers take a look at it under the lock, and hold it by a route. */
typedef struct service {
    pthread_mutex_t lock;
    version now;
    atomic_int stop;
    atomic_llong answers, wrong;
} service;

static void
make_files(void)
{
    static dynamic_group groups[CHILDREN];
    static char uris[CHILDREN][40];
    sg_buf bytes = {0};

    dynamic_folder(folder);
    for (int g = 0; g < CHILDREN; g++) {
        snprintf(uris[g], sizeof uris[g], "file:%02d/%d.segml", g / 100, g);
        groups[g] = (dynamic_group){.id = g, .uri = uris[g]};
        for (int m = 0; m < DYNAMIC_MODELS; m++)
            dynamic_build_one(&variants[g][m], g, m + 1);
        dynamic_write(folder, uris[g] + 5, &variants[g][0]);
    }
    dynamic_build(&bytes, groups, CHILDREN, NULL);
    dynamic_write(folder, "parent.segml", &bytes);
    sg_buf_clear(&bytes);
    snprintf(path, sizeof path, "%s/parent.segml", folder);
}

/* One look-up and one prediction in the version that is current at its beginning. */
static void
ask(service *s, int g)
{
    const segml_key key = SEGML_KEY_INT64_VALUE(g);
    segml_route *route = NULL;
    float value = -1.0f;
    int expected, rc;

    pthread_mutex_lock(&s->lock);
    rc = segml_route_find(&route, s->now.model, &key, 1, NULL);
    expected = s->now.expected[g];
    pthread_mutex_unlock(&s->lock);
    if (rc == SEGML_OK)
        rc = segml_route_predict(route, SEGML_OUTPUT_PREDICTION, golden_rows, GOLDEN_FEATURES,
                                 &value, 1);
    if (rc != SEGML_OK || value != dynamic_expected(expected)->prediction[0])
        atomic_fetch_add(&s->wrong, 1);
    atomic_fetch_add(&s->answers, 1);
    segml_route_free(route);
}

static void *
run(void *argument)
{
    service *s = argument;

    for (unsigned i = 1; !atomic_load(&s->stop); i++)
        ask(s, (int)(i * 7919U % CHILDREN));
    return NULL;
}

/* Resident bytes of this process; 0 if nobody tells. */
static long
resident(void)
{
    long pages = 0;
    FILE *file = fopen("/proc/self/statm", "r");

    if (file == NULL)
        return 0;
    if (fscanf(file, "%*s %ld", &pages) != 1)
        pages = 0;
    fclose(file);
    return pages * sysconf(_SC_PAGESIZE);
}

/* Replaces some children and reloads. */
static void
reload(service *s, int round)
{
    segml_error err = SEGML_ERROR_INIT;
    version next = s->now;

    for (int i = 0; i < CHANGED; i++) {
        int g = (round * CHANGED + i) * 31 % CHILDREN;
        char name[40];

        next.expected[g] = (unsigned char)(next.expected[g] % DYNAMIC_MODELS + 1);
        snprintf(name, sizeof name, "%02d/%d.segml", g / 100, g);
        dynamic_write(folder, name, &variants[g][next.expected[g] - 1]);
    }
    ck_assert_msg(segml_model_reload(&next.model, s->now.model, NULL, &err) == SEGML_OK, "%s",
                  err.message);
    pthread_mutex_lock(&s->lock);
    {
        segml_model *old = s->now.model;

        s->now = next;
        pthread_mutex_unlock(&s->lock);
        segml_model_free(old);
    }
}

START_TEST(a_hundred_reloads_under_load_give_right_answers_in_flat_memory)
{
    static service s = {.lock = PTHREAD_MUTEX_INITIALIZER};
    segml_error err = SEGML_ERROR_INIT;
    pthread_t threads[THREADS];
    long first = 0, last;

    make_files();
    ck_assert_msg(segml_model_open(&s.now.model, path, NULL, &err) == SEGML_OK, "%s", err.message);
    for (int g = 0; g < CHILDREN; g++)
        s.now.expected[g] = 1;
    ck_assert_int_eq(segml_model_preload(s.now.model, 2, NULL), SEGML_OK);
    for (int t = 0; t < THREADS; t++)
        ck_assert_int_eq(pthread_create(&threads[t], NULL, run, &s), 0);
    for (int round = 0; round < RELOADS; round++) {
        reload(&s, round);
        ck_assert_int_eq(segml_model_preload(s.now.model, 1, NULL), SEGML_OK);
        if (round == 0)
            first = resident();
    }
    last = resident();
    atomic_store(&s.stop, 1);
    for (int t = 0; t < THREADS; t++)
        pthread_join(threads[t], NULL);
    for (int g = 0; g < CHILDREN; g++)
        ask(&s, g);
    segml_model_free(s.now.model);
    printf("%lld answers, %lld wrong; resident after the first reload %ld bytes, after the last "
           "%ld (%.3f x)\n",
           (long long)atomic_load(&s.answers), (long long)atomic_load(&s.wrong), first, last,
           (double)last / (double)first);
    ck_assert_int_eq(atomic_load(&s.wrong), 0);
    ck_assert_int_gt(atomic_load(&s.answers), CHILDREN);
    if (!SANITIZED)
        ck_assert_double_le((double)last, 1.1 * (double)first);
    dynamic_remove(folder);
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("load");
    TCase *tc = tcase_create("load");
    SRunner *runner;
    int failed;

    tcase_add_test(tc, a_hundred_reloads_under_load_give_right_answers_in_flat_memory);
    tcase_set_timeout(tc, 600);
    suite_add_tcase(suite, tc);
    runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
