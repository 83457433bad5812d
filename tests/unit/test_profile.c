/* SPDX-License-Identifier: Apache-2.0 */

/* train/profile: correlations as NumPy computes them (tests/golden/correlations.py). */

#include <check.h>
#include <math.h>
#include <string.h>

#include "golden/correlations_numpy.h"
#include "train/options.h"
#include "train/profile.h"
#include "unit/table.h"

enum { CASES = (int)(sizeof correlation_cases / sizeof *correlation_cases) };

START_TEST(a_correlation_is_numpys)
{
    const struct correlation_case *c = &correlation_cases[_i];
    const sg_profile_pair pair = {CORRELATION_ROWS, c->x, c->y, c->weight, c->x_categorical,
                                  c->y_categorical};
    double found = -7;

    ck_assert_int_eq(sg_profile_associate(&pair, &found, NULL), SEGML_OK);
    if (isnan(c->expected))
        ck_assert_msg(isnan(found), "%s: %.17g instead of NaN", c->name, found);
    else
        ck_assert_msg(fabs(found - c->expected) < 1e-13, "%s: %.17g instead of %.17g", c->name,
                      found, c->expected);
}
END_TEST

/* Two groups, a categorical and a numeric feature: each group has the correlations of its
   rows, a multiclass label is categorical, a binary one a number. */
START_TEST(rows_of_a_group_have_the_correlations_of_these_rows)
{
    enum { ROWS = 12 };
    static const float data[ROWS][2] = {{0, 1}, {1, 2}, {0, 3}, {1, 4}, {0, 6}, {1, 5},
                                        {0, 7}, {0, 7}, {1, 2}, {1, 9}, {0, 4}, {1, 1}};
    static const float label[ROWS] = {0, 1, 0, 1, 0, 0, 1, 1, 1, 0, 0, 1};
    static const int64_t shops[ROWS] = {1, 1, 1, 1, 1, 1, 2, 2, 2, 2, 2, 2};
    static const int32_t types[2] = {SEGML_FEATURE_CATEGORICAL, SEGML_FEATURE_NUMERIC};
    static const float one[6] = {1, 1, 1, 1, 1, 1};
    segml_dataset_input input = SEGML_DATASET_INPUT_INIT;
    segml_key_column key = SEGML_KEY_COLUMN_INIT;
    sg_run run;
    segml_dataset *dataset;

    memset(&run, 0, sizeof run);
    key.type = SEGML_KEY_INT64;
    key.data = shops;
    input.rows = ROWS;
    input.features = 2;
    input.data = data[0];
    input.feature_types = types;
    input.label = label;
    input.keys = &key;
    input.key_count = 1;
    dataset = table_dataset(&input);
    run.dataset = dataset;
    ck_assert_int_eq(sg_options_load(&run.options, NULL, NULL), SEGML_OK);
    ck_assert_int_eq(sg_target_resolve(&run.target, dataset, "binary", NULL, NULL), SEGML_OK);
    ck_assert_int_eq(sg_run_prepare(&run, NULL), SEGML_OK);
    for (int g = 0; g < 2; g++) {
        float x[2][6];
        double found[2], expected[2];

        for (int i = 0; i < 6; i++) {
            x[0][i] = data[6 * g + i][0];
            x[1][i] = data[6 * g + i][1];
        }
        for (int j = 0; j < 2; j++) {
            const sg_profile_pair pair = {6, x[j], label + 6 * g, one, j == 0, 0};

            ck_assert_int_eq(sg_profile_associate(&pair, &expected[j], NULL), SEGML_OK);
        }
        ck_assert_int_eq(sg_profile_rows(&run, 6 * g, 6, found, NULL), SEGML_OK);
        ck_assert_double_eq_tol(found[0], expected[0], 1e-13);
        ck_assert_double_eq_tol(found[1], expected[1], 1e-13);
    }
    sg_run_clear(&run);
    segml_dataset_free(dataset);
}
END_TEST

TCase *
profile_tests(void)
{
    TCase *tc = tcase_create("profile");

    tcase_add_loop_test(tc, a_correlation_is_numpys, 0, CASES);
    tcase_add_test(tc, rows_of_a_group_have_the_correlations_of_these_rows);
    return tc;
}
