/* SPDX-License-Identifier: Apache-2.0 */

/* base/rng: streams that need no order, and draws that are uniform. */

#include <check.h>
#include <math.h>

#include "base/rng.h"

/* From tests/golden/rng_streams.py. */
static const struct {
    uint64_t seed, group;
    const char *purpose;
    uint64_t trial;
    uint64_t draws[3];
} recorded[] = {
    {0x0, 0x0, "fold", 0, {0x3A19303842F7D739, 0x03F62472938D68EB, 0x1852203E1BB32A3E}},
    {0x7, 0x2A, "fold", 0, {0x804CC91D3D1E0E0A, 0x7DE1818EA8A54CDA, 0x180970A3F85A96BE}},
    {0x7, 0x2A, "fold", 1, {0x8677C893DB04210F, 0xB45619A89C601F89, 0x50866956FAC5EC68}},
    {0x7, 0x2A, "sample", 0, {0xF24338F22525F26E, 0x7C83BB9F983D10F0, 0x73209F077FEC5AE8}},
    {0xFFFFFFFFFFFFFFFF,
     0x8000000000000001,
     "random sampler",
     4294967301,
     {0x54844BB2959250A0, 0xDED132C7508F0495, 0xC2771970E89A2542}},
    {0x1, 0x2, "", 3, {0x145001EAEEE05346, 0x73145310F95A6671, 0xD47010B9CFA0D16A}},
};
enum { RECORDED = (int)(sizeof recorded / sizeof *recorded) };

static sg_rng
recorded_stream(int i)
{
    return sg_rng_stream(recorded[i].seed, recorded[i].group, recorded[i].purpose,
                         recorded[i].trial);
}

START_TEST(draws_are_the_recorded_ones)
{
    sg_rng rng = recorded_stream(_i);

    for (int k = 0; k < 3; k++)
        ck_assert_uint_eq(sg_rng_next(&rng), recorded[_i].draws[k]);
}
END_TEST

START_TEST(a_stream_does_not_depend_on_the_order_of_others)
{
    sg_rng streams[RECORDED];

    for (int i = 0; i < RECORDED; i++)
        streams[i] = recorded_stream(i);
    for (int k = 0; k < 3; k++) {
        for (int i = RECORDED - 1; i >= 0; i--)
            ck_assert_uint_eq(sg_rng_next(&streams[i]), recorded[i].draws[k]);
    }
}
END_TEST

START_TEST(uniform_numbers_are_the_recorded_ones)
{
    static const double expected[4] = {0x1.c3249838a9b09p-1, 0x1.5eab7fdbb41f5p-1,
                                       0x1.d66afaf93d8b0p-3, 0x1.f1c9aaa0e9b04p-1};
    sg_rng rng = sg_rng_stream(1, 2, "uniform", 0);

    for (int k = 0; k < 4; k++)
        ck_assert_double_eq(sg_rng_uniform(&rng), expected[k]);
}
END_TEST

/* Of a bound just above 2^63 nearly half of all draws are refused. */
START_TEST(bounded_numbers_are_the_recorded_ones)
{
    static const uint64_t small[20] = {6, 0, 8, 0, 7, 1, 3, 2, 1, 7, 6, 7, 4, 0, 1, 3, 4, 3, 4, 6};
    static const uint64_t large[4] = {1398258020853732397, 2519463536298490069, 8446716367111570722,
                                      8637580741401275094};
    sg_rng rng = sg_rng_stream(1, 2, "below", 0);

    for (int k = 0; k < 20; k++)
        ck_assert_uint_eq(sg_rng_below(&rng, 10), small[k]);
    rng = sg_rng_stream(1, 2, "below", 0);
    for (int k = 0; k < 4; k++)
        ck_assert_uint_eq(sg_rng_below(&rng, (UINT64_C(1) << 63) + 1), large[k]);
}
END_TEST

/* Chi-square statistic of counts that should be equal. */
static double
chi_square(const int *count, int cells, int draws)
{
    double expected = (double)draws / cells, sum = 0;

    for (int c = 0; c < cells; c++)
        sum += (count[c] - expected) * (count[c] - expected) / expected;
    return sum;
}

/* Thresholds: the 99.9 % points of chi-square with 6, 9 and 99 degrees of freedom. */
static const struct {
    int bound;
    double limit;
} bounds[] = {{7, 22.46}, {10, 27.88}, {100, 148.23}};

START_TEST(bounded_numbers_are_equally_frequent)
{
    enum { DRAWS = 100000 };
    int count[100] = {0}, bound = bounds[_i].bound;
    sg_rng rng = sg_rng_stream(5, 6, "below", (uint64_t)bound);

    for (int k = 0; k < DRAWS; k++) {
        uint64_t draw = sg_rng_below(&rng, (uint64_t)bound);

        if (draw >= (uint64_t)bound)
            ck_abort_msg("%llu of %d", (unsigned long long)draw, bound);
        count[draw]++;
    }
    ck_assert_double_lt(chi_square(count, bound, DRAWS), bounds[_i].limit);
}
END_TEST

/* The remainder alone would give the first third of [0, 3 * 2^62) twice its share. */
START_TEST(a_large_bound_is_not_biased)
{
    enum { DRAWS = 30000 };
    int count[3] = {0};
    sg_rng rng = sg_rng_stream(5, 6, "large bound", 0);

    for (int k = 0; k < DRAWS; k++)
        count[sg_rng_below(&rng, UINT64_C(3) << 62) >> 62]++;
    ck_assert_double_lt(chi_square(count, 3, DRAWS), 13.82);
}
END_TEST

START_TEST(below_one_there_is_only_zero)
{
    sg_rng rng = sg_rng_stream(5, 6, "one", 0);

    for (int k = 0; k < 100; k++)
        ck_assert_uint_eq(sg_rng_below(&rng, 1), 0);
}
END_TEST

START_TEST(uniform_numbers_fill_the_unit_interval_evenly)
{
    enum { DRAWS = 100000, CELLS = 100 };
    int count[CELLS] = {0}, odd = 0;
    sg_rng rng = sg_rng_stream(9, 9, "uniform", 0);

    for (int k = 0; k < DRAWS; k++) {
        double u = sg_rng_uniform(&rng);

        if (!(u >= 0 && u < 1) || u * 0x1p53 != floor(u * 0x1p53))
            ck_abort_msg("%a", u);
        odd += fmod(u * 0x1p53, 2) != 0;
        count[(int)(u * CELLS)]++;
    }
    ck_assert_double_lt(chi_square(count, CELLS, DRAWS), 148.23);
    ck_assert_int_gt(odd, DRAWS * 49 / 100);
    ck_assert_int_lt(odd, DRAWS * 51 / 100);
}
END_TEST

TCase *
rng_tests(void)
{
    TCase *tc = tcase_create("rng");

    tcase_add_loop_test(tc, draws_are_the_recorded_ones, 0, RECORDED);
    tcase_add_test(tc, a_stream_does_not_depend_on_the_order_of_others);
    tcase_add_test(tc, uniform_numbers_are_the_recorded_ones);
    tcase_add_test(tc, bounded_numbers_are_the_recorded_ones);
    tcase_add_loop_test(tc, bounded_numbers_are_equally_frequent, 0, 3);
    tcase_add_test(tc, a_large_bound_is_not_biased);
    tcase_add_test(tc, below_one_there_is_only_zero);
    tcase_add_test(tc, uniform_numbers_fill_the_unit_interval_evenly);
    return tc;
}
