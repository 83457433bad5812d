/* SPDX-License-Identifier: Apache-2.0 */

/* sample: shares, bounds, and that streams differ by round, tree and seed. */

#include <check.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "native/sample.h"

enum { ROWS = 1000, ROUNDS = 200 };

/* 200,000 draws of probability .8: five standard deviations are .0045. */
START_TEST(the_share_of_rows_is_the_rate)
{
    uint8_t in[ROWS];
    double sampled = 0;

    for (int32_t round = 0; round < ROUNDS; round++) {
        int32_t count = sg_sample_rows(in, ROWS, 0.8, 7, round), ones = 0;

        for (int32_t i = 0; i < ROWS; i++)
            ones += in[i];
        ck_assert_int_eq(ones, count);
        sampled += count;
    }
    ck_assert_double_lt(fabs(sampled / (ROWS * ROUNDS) - 0.8), 0.0045);
}
END_TEST

/* Each row by itself: of two rows, both are in .64 of the rounds. */
START_TEST(rows_are_drawn_independently)
{
    uint8_t in[8];
    int32_t both = 0;

    for (int32_t round = 0; round < 20000; round++) {
        sg_sample_rows(in, 8, 0.8, 3, round);
        both += in[2] && in[5];
    }
    ck_assert_double_lt(fabs(both / 20000.0 - 0.64), 0.017);
}
END_TEST

START_TEST(at_least_one_row_is_in)
{
    uint8_t in[5];
    int32_t seen[5] = {0};

    for (int32_t round = 0; round < 500; round++) {
        ck_assert_int_eq(sg_sample_rows(in, 5, 1e-6, 1, round), 1);
        for (int32_t i = 0; i < 5; i++)
            seen[i] += in[i];
    }
    for (int32_t i = 0; i < 5; i++)
        ck_assert_int_gt(seen[i], 50);
}
END_TEST

START_TEST(features_are_a_fixed_number)
{
    static const double rates[] = {0.01, 0.1, 0.5, 0.8, 0.99};
    static const int expected[] = {1, 1, 5, 8, 9};
    uint8_t in[10];
    int32_t order[10], seen[10] = {0};

    for (int r = 0; r < 5; r++) {
        for (int32_t tree = 0; tree < 300; tree++) {
            int count = 0;

            sg_sample_features(in, order, 10, rates[r], 5, tree);
            for (int j = 0; j < 10; j++) {
                count += in[j];
                seen[j] += in[j];
            }
            ck_assert_int_eq(count, expected[r]);
        }
    }
    for (int j = 0; j < 10; j++) /* 300 * 24 / 10 = 720 each */
        ck_assert_int_le(abs(seen[j] - 720), 75);
}
END_TEST

START_TEST(streams_differ_by_seed_and_round_alone)
{
    uint8_t a[ROWS], b[ROWS];

    sg_sample_rows(a, ROWS, 0.5, 1, 1);
    sg_sample_rows(b, ROWS, 0.5, 1, 1);
    ck_assert_mem_eq(a, b, ROWS);
    sg_sample_rows(b, ROWS, 0.5, 1, 2);
    ck_assert_mem_ne(a, b, ROWS);
    sg_sample_rows(b, ROWS, 0.5, 2, 1);
    ck_assert_mem_ne(a, b, ROWS);
}
END_TEST

TCase *
sample_tests(void)
{
    TCase *tc = tcase_create("sample");

    tcase_add_test(tc, the_share_of_rows_is_the_rate);
    tcase_add_test(tc, rows_are_drawn_independently);
    tcase_add_test(tc, at_least_one_row_is_in);
    tcase_add_test(tc, features_are_a_fixed_number);
    tcase_add_test(tc, streams_differ_by_seed_and_round_alone);
    return tc;
}
