/* SPDX-License-Identifier: Apache-2.0 */

/*
 * The same data gives the same bytes: at any number of workers, for any order of rows,
 * on the small and the large path, alone or among other groups.
 */

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fixture.h"
#include "seed_groups.h"

enum { ROWS = 1600 };

START_TEST(any_number_of_jobs_gives_the_same_artifact)
{
    static const int32_t jobs[] = {2, 8};
    table t = table_seed(ROWS);
    segml_train_options options = quick_options();
    segml_model *one, *many;

    options.jobs = 1;
    one = train_table(&t, &options, 0);
    for (int i = 0; i < 2; i++) {
        options.jobs = jobs[i];
        many = train_table(&t, &options, 0);
        assert_same_artifact(one, many);
        segml_model_free(many);
    }
    segml_model_free(one);
    table_free(&t);
}
END_TEST

START_TEST(any_order_of_rows_gives_the_same_artifact)
{
    table t = table_seed(ROWS), shuffled = table_shuffle(&t, 7);
    segml_train_options options = quick_options();
    segml_model *a = train_table(&t, &options, 0), *b = train_table(&shuffled, &options, 0);

    assert_same_artifact(a, b);
    segml_model_free(a);
    segml_model_free(b);
    table_free(&t);
    table_free(&shuffled);
}
END_TEST

START_TEST(a_group_alone_gives_the_same_child)
{
    table t = table_seed(ROWS);
    segml_train_options options = quick_options();
    segml_model *whole = train_table(&t, &options, 0);

    options.fallback = -1;
    for (int64_t g = 0; g < SEED_GROUPS; g += 3) {
        table one = table_of_key(&t, g);
        segml_model *alone = train_table(&one, &options, 0);
        char path[64];

        snprintf(path, sizeof path, "groups/%d/model.ubj", (int)g);
        assert_same_member(whole, alone, path);
        segml_model_free(alone);
        table_free(&one);
    }
    segml_model_free(whole);
    table_free(&t);
}
END_TEST

/* Groups of 200 rows are small by default, and large where 200 rows are searched on. */
START_TEST(the_large_path_gives_the_same_child_as_the_small_one)
{
    table t = table_seed(ROWS);
    segml_train_options options = quick_options();
    segml_model *small, *large;

    options.fallback = -1;
    options.trials = 10; /* two generations */
    small = train_table(&t, &options, 0);
    options.search_rows = 200;
    large = train_table(&t, &options, 0);
    assert_same_member(small, large, "groups/0/model.ubj");
    assert_same_member(small, large, "groups/7/model.ubj");
    segml_model_free(small);
    segml_model_free(large);
    table_free(&t);
}
END_TEST

START_TEST(a_sampled_search_gives_the_same_artifact_for_any_jobs)
{
    table t = table_seed(ROWS), shuffled = table_shuffle(&t, 3);
    segml_train_options options = quick_options();
    segml_model *one, *many;

    options.search_rows = 800; /* half of the rows */
    options.jobs = 1;
    one = train_table(&t, &options, 1);
    options.jobs = 8;
    many = train_table(&shuffled, &options, 1);
    assert_same_artifact(one, many);
    segml_model_free(one);
    segml_model_free(many);
    table_free(&t);
    table_free(&shuffled);
}
END_TEST

START_TEST(another_seed_gives_another_model)
{
    table t = table_seed(ROWS);
    segml_train_options options = quick_options();
    segml_model *a, *b;
    unsigned char *bytes_a, *bytes_b;
    size_t size_a, size_b;

    options.fallback = -1;
    a = train_table(&t, &options, 0);
    options.seed = 1;
    b = train_table(&t, &options, 0);
    bytes_a = artifact_bytes(a, &size_a);
    bytes_b = artifact_bytes(b, &size_b);
    ck_assert(size_a != size_b || memcmp(bytes_a, bytes_b, size_a) != 0);
    free(bytes_a);
    free(bytes_b);
    segml_model_free(a);
    segml_model_free(b);
    table_free(&t);
}
END_TEST

typedef struct caller {
    const table *t;
    segml_model *model;
} caller;

static void *
train_in_thread(void *argument)
{
    caller *c = argument;
    segml_train_options options = quick_options();

    options.fallback = -1;
    c->model = train_table(c->t, &options, 0);
    return NULL;
}

START_TEST(two_callers_at_once_do_not_disturb_each_other)
{
    table t = table_seed(ROWS);
    caller callers[2] = {{&t, NULL}, {&t, NULL}};
    pthread_t threads[2];

    for (int i = 0; i < 2; i++)
        ck_assert_int_eq(pthread_create(&threads[i], NULL, train_in_thread, &callers[i]), 0);
    for (int i = 0; i < 2; i++)
        pthread_join(threads[i], NULL);
    assert_same_artifact(callers[0].model, callers[1].model);
    segml_model_free(callers[0].model);
    segml_model_free(callers[1].model);
    table_free(&t);
}
END_TEST

TCase *
same_bytes_tests(void)
{
    TCase *tc = tcase_create("same bytes");

    tcase_set_timeout(tc, 600);
    tcase_add_test(tc, any_number_of_jobs_gives_the_same_artifact);
    tcase_add_test(tc, any_order_of_rows_gives_the_same_artifact);
    tcase_add_test(tc, a_group_alone_gives_the_same_child);
    tcase_add_test(tc, the_large_path_gives_the_same_child_as_the_small_one);
    tcase_add_test(tc, a_sampled_search_gives_the_same_artifact_for_any_jobs);
    tcase_add_test(tc, another_seed_gives_another_model);
    tcase_add_test(tc, two_callers_at_once_do_not_disturb_each_other);
    return tc;
}
