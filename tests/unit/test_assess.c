/* SPDX-License-Identifier: Apache-2.0 */

/* compare/assess, compare/relay: rules that need no training. */

#include <check.h>
#include <math.h>
#include <stdio.h>

#include "compare/assess.h"

/* Intervals of global - untuned, tuned - untuned, tuned - global. */
static const struct verdict_case {
    double global_untuned[2], tuned_untuned[2], tuned_global[2];
    int32_t verdict;
} cases[] = {
    {{0.1, 0.2}, {-0.2, -0.1}, {-0.4, -0.2}, SEGML_VERDICT_TUNED},
    {{-0.1, 0.2}, {-0.2, -0.1}, {-0.4, -0.2}, SEGML_VERDICT_TUNED},
    {{0.1, 0.2}, {-0.2, 0.1}, {-0.4, -0.2}, SEGML_VERDICT_UNTUNED},
    {{0.1, 0.2}, {0.1, 0.3}, {-0.1, 0.2}, SEGML_VERDICT_UNTUNED},
    {{-0.2, -0.1}, {-0.1, 0.1}, {0.1, 0.2}, SEGML_VERDICT_GLOBAL},
    {{-0.2, -0.1}, {-0.1, 0.1}, {-0.1, 0.2}, SEGML_VERDICT_UNCLEAR},
    {{-0.1, 0.1}, {-0.1, 0.1}, {-0.1, 0.1}, SEGML_VERDICT_UNCLEAR},
    {{-0.1, 0.1}, {-0.1, 0.1}, {-0.2, -0.1}, SEGML_VERDICT_UNCLEAR},
    {{0, 0.2}, {-0.2, 0}, {-0.4, -0.2}, SEGML_VERDICT_UNCLEAR},
    {{0.1, 0.2}, {-0.2, -0.1}, {-0.1, 0.1}, SEGML_VERDICT_UNCLEAR},
    {{NAN, NAN}, {-0.2, -0.1}, {NAN, NAN}, SEGML_VERDICT_UNCLEAR},
    {{0.1, 0.2}, {NAN, NAN}, {NAN, NAN}, SEGML_VERDICT_UNTUNED},
};

START_TEST(a_verdict_needs_intervals_that_exclude_zero)
{
    const struct verdict_case *c = &cases[_i];

    ck_assert_int_eq(sg_assess_verdict(c->global_untuned, c->tuned_untuned, c->tuned_global),
                     c->verdict);
}
END_TEST

START_TEST(quantiles_are_those_of_students_t)
{
    /* scipy.stats.t.ppf(0.975, n) */
    static const struct {
        int64_t freedom;
        double t;
    } known[] = {{1, 12.706204736174694},  {2, 4.302652729749462}, {3, 3.1824463052837078},
                 {4, 2.7764451051977934},  {7, 2.364624251592784}, {20, 2.085963447265864},
                 {100, 1.9839715185235518}};

    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        ck_assert_double_eq_tol(sg_assess_student(known[i].freedom), known[i].t,
                                0.002 * known[i].t);
    ck_assert_double_infinite(sg_assess_student(0));
}
END_TEST

typedef struct seen {
    segml_progress last;
    int32_t logs;
    char line[600];
} seen;

static void
see_progress(const segml_progress *progress, void *user)
{
    ((seen *)user)->last = *progress;
}

static void
see_log(int32_t level, const char *message, void *user)
{
    seen *s = user;

    (void)level;
    s->logs++;
    snprintf(s->line, sizeof s->line, "%s", message);
}

START_TEST(progress_of_trainings_adds_up)
{
    seen s = {.logs = 0};
    segml_train_options given = SEGML_TRAIN_OPTIONS_INIT, options = SEGML_TRAIN_OPTIONS_INIT;
    sg_relay relay = {.given = &given, .total = 100, .groups_total = 16};
    segml_progress own = {sizeof own, 4, 8, 5, 10, 2, 0};

    given.progress = see_progress;
    given.log = see_log;
    given.user = &s;
    sg_relay_install(&relay, &options);
    ck_assert(options.cancel == NULL);
    ck_assert(options.sample == NULL);
    sg_relay_next(&relay, "first", 60, 8);
    options.progress(&own, options.user);
    ck_assert_double_eq(s.last.work_done, 30);
    ck_assert_double_eq(s.last.work_total, 100);
    ck_assert_int_eq(s.last.groups_done, 4);
    ck_assert_int_eq(s.last.groups_total, 16);
    options.log(SEGML_LOG_INFO, "facts", options.user);
    ck_assert_str_eq(s.line, "facts");
    sg_relay_next(&relay, "second", 40, 8);
    own = (segml_progress){sizeof own, 8, 8, 7, 7, 2, 0};
    options.progress(&own, options.user);
    ck_assert_double_eq(s.last.work_done, 100);
    ck_assert_int_eq(s.last.groups_done, 16);
    options.log(SEGML_LOG_INFO, "facts again", options.user);
    ck_assert_int_eq(s.logs, 1);
    options.log(SEGML_LOG_WARNING, "look", options.user);
    ck_assert_str_eq(s.line, "second: look");
}
END_TEST

TCase *assess_tests(void);

TCase *
assess_tests(void)
{
    TCase *tc = tcase_create("assess");

    tcase_add_loop_test(tc, a_verdict_needs_intervals_that_exclude_zero, 0,
                        (int)(sizeof cases / sizeof *cases));
    tcase_add_test(tc, quantiles_are_those_of_students_t);
    tcase_add_test(tc, progress_of_trainings_adds_up);
    return tc;
}
