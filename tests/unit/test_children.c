/* SPDX-License-Identifier: Apache-2.0 */

/* model/children: who is loaded, who is dropped, and what many threads make of it. */

#include <check.h>
#include <pthread.h>

#include "model/children.h"
#include "sample_model.h"

enum { SLOTS = 40, THREADS = 6, TURNS = 3000 };

static sg_buf ubj; /* the sample model */

static void
write_sample(void)
{
    static sample_model sample;

    sample_model_init(&sample);
    sample_model_write(&ubj, &sample);
}

static void
clear_sample(void)
{
    sg_buf_clear(&ubj);
}

/* All of them are of one size. */
static sg_resident *
new_child(void)
{
    sg_forest *forest = NULL;
    sg_resident *child;

    ck_assert_int_eq(sg_forest_load(&forest, ubj.bytes, ubj.size, NULL), SEGML_OK);
    child = sg_resident_make(forest);
    ck_assert_ptr_nonnull(child);
    return child;
}

static int64_t
size_of_child(void)
{
    sg_resident *child = new_child();
    int64_t bytes = child->bytes;

    sg_resident_release(child);
    return bytes;
}

static int
is_loaded(const sg_children *children, int64_t slot)
{
    return atomic_load(&children->slot[slot]) != NULL;
}

static void
load(sg_children *children, int64_t slot)
{
    sg_resident_release(sg_children_put(children, slot, new_child()));
}

START_TEST(without_a_budget_everything_stays)
{
    sg_children children = {0};

    ck_assert_int_eq(sg_children_make(&children, SLOTS, 0, NULL), SEGML_OK);
    ck_assert_ptr_null(sg_children_take(&children, 3));
    for (int64_t slot = 0; slot < SLOTS; slot++)
        load(&children, slot);
    for (int64_t slot = 0; slot < SLOTS; slot++) {
        sg_resident *child = sg_children_take(&children, slot);

        ck_assert_ptr_nonnull(child);
        sg_resident_release(child);
    }
    ck_assert_int_eq(atomic_load(&children.loaded), SLOTS);
    ck_assert_int_eq(atomic_load(&children.bytes), SLOTS * size_of_child());
    ck_assert_int_eq(atomic_load(&children.dropped), 0);
    ck_assert_int_eq(sg_children_count_hits(&children), SLOTS);
    sg_children_clear(&children);
}
END_TEST

START_TEST(the_first_of_two_loads_of_a_slot_stays)
{
    sg_children children = {0};
    sg_resident *first, *second;

    ck_assert_int_eq(sg_children_make(&children, 1, _i * INT64_C(1000000), NULL), SEGML_OK);
    first = sg_children_put(&children, 0, new_child());
    second = sg_children_put(&children, 0, new_child());
    ck_assert_ptr_eq(first, second);
    ck_assert_int_eq(atomic_load(&children.loads), 1);
    sg_resident_release(first);
    sg_resident_release(second);
    sg_children_clear(&children);
}
END_TEST

/* Three fit; the order of use decides, and being taken is a use. */
START_TEST(the_least_recently_used_is_dropped)
{
    sg_children children = {0};

    ck_assert_int_eq(sg_children_make(&children, SLOTS, 3 * size_of_child(), NULL), SEGML_OK);
    load(&children, 0);
    load(&children, 1);
    load(&children, 2);
    sg_resident_release(sg_children_take(&children, 0));
    load(&children, 3); /* instead of 1 */
    load(&children, 4); /* instead of 2 */
    ck_assert(is_loaded(&children, 0) && is_loaded(&children, 3) && is_loaded(&children, 4));
    ck_assert(!is_loaded(&children, 1) && !is_loaded(&children, 2));
    ck_assert_int_eq(atomic_load(&children.dropped), 2);
    ck_assert_int_eq(atomic_load(&children.loaded), 3);
    ck_assert_int_eq(atomic_load(&children.bytes), 3 * size_of_child());
    sg_children_clear(&children);
}
END_TEST

START_TEST(a_child_in_use_is_not_dropped)
{
    sg_children children = {0};
    sg_resident *used[3];

    ck_assert_int_eq(sg_children_make(&children, SLOTS, 2 * size_of_child(), NULL), SEGML_OK);
    for (int64_t slot = 0; slot < 3; slot++)
        used[slot] = sg_children_put(&children, slot, new_child());
    ck_assert_int_eq(atomic_load(&children.loaded), 3); /* above the budget: all are in use */
    load(&children, 3);                                 /* it is used itself while it is put */
    sg_resident_release(used[1]);
    load(&children, 4); /* 1 and 3 are free, and make room */
    ck_assert(is_loaded(&children, 0) && is_loaded(&children, 2) && is_loaded(&children, 4));
    ck_assert(!is_loaded(&children, 1) && !is_loaded(&children, 3));
    sg_resident_release(used[0]);
    sg_resident_release(used[2]);
    sg_children_clear(&children);
}
END_TEST

/* More than are looked at in one go; what they exceed the budget by is dropped when it can be. */
START_TEST(a_budget_is_met_again_after_use)
{
    enum { HELD = SLOTS - 1 };
    sg_children children = {0};
    sg_resident *held[HELD];
    const int64_t bytes = size_of_child();

    ck_assert_int_eq(sg_children_make(&children, SLOTS, 2 * bytes, NULL), SEGML_OK);
    for (int i = 0; i < HELD; i++)
        held[i] = sg_children_put(&children, i, new_child());
    ck_assert_int_eq(atomic_load(&children.bytes), HELD * bytes);
    for (int i = 0; i < HELD; i++)
        sg_resident_release(held[i]);
    for (int i = 0; i < 2; i++) /* hits */
        sg_resident_release(sg_children_take(&children, HELD - 1));
    ck_assert_int_le(atomic_load(&children.bytes), 2 * bytes);
    ck_assert(is_loaded(&children, HELD - 1));
    ck_assert_int_eq(atomic_load(&children.dropped), HELD - 2);
    sg_children_clear(&children);
}
END_TEST

/* Those in use stand in front of what could be dropped: some more look-ups, and it is. */
START_TEST(children_in_use_do_not_protect_others_for_long)
{
    enum { HELD = 30 };
    sg_children children = {0};
    sg_resident *held[HELD];
    const int64_t bytes = size_of_child();

    ck_assert_int_eq(sg_children_make(&children, SLOTS, HELD * bytes, NULL), SEGML_OK);
    for (int i = 0; i < HELD; i++)
        held[i] = sg_children_put(&children, i, new_child());
    for (int i = HELD; i < SLOTS; i++)
        load(&children, i);
    ck_assert_int_le(atomic_load(&children.loaded), HELD + 2);
    for (int i = 0; i < HELD; i++) {
        ck_assert(is_loaded(&children, i));
        sg_resident_release(held[i]);
    }
    sg_children_clear(&children);
}
END_TEST

START_TEST(a_child_outlives_its_slot)
{
    sg_children children = {0};
    sg_resident *child;

    ck_assert_int_eq(sg_children_make(&children, 1, 0, NULL), SEGML_OK);
    child = sg_children_put(&children, 0, new_child());
    sg_children_clear(&children);
    ck_assert_int_eq(sg_forest_outputs(child->forest), 1);
    sg_resident_release(child);
}
END_TEST

START_TEST(two_owners_share_one_child)
{
    sg_children one = {0}, two = {0};
    sg_resident *child;

    ck_assert_int_eq(sg_children_make(&one, 1, 0, NULL), SEGML_OK);
    ck_assert_int_eq(sg_children_make(&two, 2, 0, NULL), SEGML_OK);
    child = sg_children_put(&one, 0, new_child());
    sg_resident_release(sg_children_put(&two, 1, sg_resident_retain(child)));
    sg_children_clear(&one);
    ck_assert_ptr_eq(atomic_load(&two.slot[1]), child);
    sg_resident_release(child);
    sg_children_clear(&two);
}
END_TEST

typedef struct worker {
    sg_children *children;
    uint64_t state;
} worker;

static void *
use(void *argument)
{
    worker *w = argument;

    for (int turn = 0; turn < TURNS; turn++) {
        int64_t slot;
        sg_resident *child;

        w->state = w->state * UINT64_C(6364136223846793005) + 1442695040888963407u;
        slot = (int64_t)(w->state >> 33) % SLOTS;
        child = sg_children_take(w->children, slot);
        if (child == NULL)
            child = sg_children_put(w->children, slot, new_child());
        if (sg_forest_outputs(child->forest) != 1)
            return w;
        sg_resident_release(child);
    }
    return NULL;
}

/* Sums that must hold whatever the threads did; ThreadSanitizer watches the rest. */
START_TEST(many_threads_agree)
{
    sg_children children = {0};
    pthread_t thread[THREADS];
    worker workers[THREADS];
    int64_t size = size_of_child(), budget = _i == 0 ? 0 : 5 * size, loaded = 0;

    ck_assert_int_eq(sg_children_make(&children, SLOTS, budget, NULL), SEGML_OK);
    for (int t = 0; t < THREADS; t++) {
        workers[t] = (worker){&children, (uint64_t)t};
        ck_assert_int_eq(pthread_create(&thread[t], NULL, use, &workers[t]), 0);
    }
    for (int t = 0; t < THREADS; t++) {
        void *failed = NULL;

        ck_assert_int_eq(pthread_join(thread[t], &failed), 0);
        ck_assert_ptr_null(failed);
    }
    for (int64_t slot = 0; slot < SLOTS; slot++)
        loaded += is_loaded(&children, slot);
    ck_assert_int_eq(atomic_load(&children.loaded), loaded);
    ck_assert_int_eq(atomic_load(&children.bytes), loaded * size);
    ck_assert_int_eq(atomic_load(&children.loads) - atomic_load(&children.dropped), loaded);
    if (budget == 0)
        ck_assert_int_eq(atomic_load(&children.dropped), 0);
    else
        ck_assert_int_le(loaded, 5 + THREADS);
    sg_children_clear(&children);
}
END_TEST

TCase *
children_tests(void)
{
    TCase *tc = tcase_create("children");

    tcase_add_checked_fixture(tc, write_sample, clear_sample);
    tcase_add_test(tc, without_a_budget_everything_stays);
    tcase_add_loop_test(tc, the_first_of_two_loads_of_a_slot_stays, 0, 2);
    tcase_add_test(tc, the_least_recently_used_is_dropped);
    tcase_add_test(tc, a_child_in_use_is_not_dropped);
    tcase_add_test(tc, a_budget_is_met_again_after_use);
    tcase_add_test(tc, children_in_use_do_not_protect_others_for_long);
    tcase_add_test(tc, a_child_outlives_its_slot);
    tcase_add_test(tc, two_owners_share_one_child);
    tcase_add_loop_test(tc, many_threads_agree, 0, 2);
    return tc;
}
