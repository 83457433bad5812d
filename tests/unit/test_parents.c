/* SPDX-License-Identifier: Apache-2.0 */

/*
 * train/parents and train/score_parents: which parents there are, who answers for whom, and what
 * comes of margins that are given. Expected figures are counted here, row by row.
 */

#include <check.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/rng.h"
#include "train/options.h"
#include "train/score.h"
#include "unit/table.h"

/* Country, region, store; NULL is "" and -1. Groups in their order, and the parent that answers
   where a group has no model of its own: -1 = none. */
static const struct {
    const char *country;
    int64_t region, store, rows;
    int parent;
} shops[] = {{"", 1, 1, 300, -1}, {"", 1, 2, 40, 3},    {"DE", 1, 1, 260, -1},
             {"DE", 1, 2, 30, 4}, {"DE", 2, -1, 30, 1}, {"FR", 7, 3, 20, -1}};

/* Parents in their order. */
static const struct {
    int32_t columns;
    int64_t group, groups, first, rows;
    int trained;
} expected[] = {{1, 0, 2, 0, 340, 1}, {1, 2, 3, 340, 320, 1}, {1, 5, 1, 660, 20, 0},
                {2, 0, 2, 0, 340, 1}, {2, 2, 2, 340, 290, 1}, {2, 4, 1, 630, 30, 0},
                {2, 5, 1, 660, 20, 0}};

enum {
    GROUPS = sizeof shops / sizeof *shops,
    PARENTS = sizeof expected / sizeof *expected,
    ROWS = 680
};

static float data[ROWS], label[ROWS], own[ROWS], shared[ROWS];
static char country[2 * ROWS];
static int64_t offset[ROWS + 1], region[ROWS], store[ROWS];
static uint8_t has_country[ROWS / 8], has_store[ROWS / 8];
static segml_dataset *dataset;
static sg_run run;
static sg_result group[GROUPS], global;
static sg_parents parents;
static sg_outcome outcome;

static void
fill_rows(void)
{
    sg_rng rng = sg_rng_stream(11, 0, "test", 0);
    int64_t i = 0;

    memset(has_country, 0, sizeof has_country);
    memset(has_store, 0, sizeof has_store);
    for (int g = 0; g < GROUPS; g++) {
        for (int64_t k = 0; k < shops[g].rows; k++, i++) {
            size_t length = strlen(shops[g].country);

            data[i] = (float)i;
            label[i] = sg_rng_uniform(&rng) < 0.4 ? 1.0f : 0.0f;
            memcpy(country + offset[i], shops[g].country, length);
            offset[i + 1] = offset[i] + (int64_t)length;
            has_country[i / 8] |= (uint8_t)((length > 0) << (i % 8));
            region[i] = shops[g].region;
            store[i] = shops[g].store;
            has_store[i / 8] |= (uint8_t)((store[i] >= 0) << (i % 8));
        }
    }
    ck_assert_int_eq(i, ROWS);
}

static void
make_dataset(void)
{
    segml_dataset_input input = SEGML_DATASET_INPUT_INIT;
    segml_key_column keys[3] = {SEGML_KEY_COLUMN_INIT, SEGML_KEY_COLUMN_INIT,
                                SEGML_KEY_COLUMN_INIT};

    keys[0].type = SEGML_KEY_UTF8;
    keys[0].data = country;
    keys[0].offsets = offset;
    keys[0].validity = has_country;
    keys[1].type = keys[2].type = SEGML_KEY_INT64;
    keys[1].data = region;
    keys[2].data = store;
    keys[2].validity = has_store;
    input.rows = ROWS;
    input.features = 1;
    input.data = data;
    input.label = label;
    input.keys = keys;
    input.key_count = 3;
    dataset = table_dataset(&input);
    ck_assert_int_eq(segml_dataset_groups(dataset), GROUPS);
}

/* Margins that know a little about the label of the row at a position. */
static void
guess(float *margin, int64_t first, int64_t rows, uint64_t seed)
{
    sg_rng rng = sg_rng_stream(seed, 0, "margins", 0);

    for (int64_t i = 0; i < rows; i++)
        margin[i] =
            (float)(3 * sg_rng_uniform(&rng) - 2 + (double)run.target.label[run.row[first + i]]);
}

static void
prepare(const segml_train_options *options)
{
    fill_rows();
    make_dataset();
    memset(&run, 0, sizeof run);
    memset(group, 0, sizeof group);
    memset(&global, 0, sizeof global);
    memset(&parents, 0, sizeof parents);
    run.dataset = dataset;
    ck_assert_int_eq(sg_options_load(&run.options, options, NULL), SEGML_OK);
    ck_assert_int_eq(sg_target_resolve(&run.target, dataset, "binary", NULL, NULL), SEGML_OK);
    ck_assert_int_eq(sg_run_prepare(&run, NULL), SEGML_OK);
    ck_assert_int_eq(sg_parents_find(&parents, &run, NULL), SEGML_OK);
    ck_assert_int_eq(parents.count, PARENTS);
    for (int g = 0; g < GROUPS; g++)
        ck_assert_int_eq(
            sg_result_check(&group[g], &run, dataset->groups.start[g], shops[g].rows, NULL),
            SEGML_OK);
    ck_assert_int_eq(sg_result_check(&global, &run, 0, ROWS, NULL), SEGML_OK);
    guess(own, 0, ROWS, 1);
    guess(shared, 0, ROWS, 2);
    for (int p = 0; p < PARENTS; p++) {
        if (parents.parent[p].margin != NULL)
            guess(parents.parent[p].margin, parents.parent[p].first, parents.parent[p].rows,
                  3 + (uint64_t)p);
    }
    outcome = (sg_outcome){.run = &run,
                           .mode = SEGML_MODE_SEGMENTED,
                           .group = group,
                           .global = &global,
                           .parents = &parents,
                           .own = own,
                           .shared = shared};
}

static segml_train_options
options_of(const char *policy)
{
    segml_train_options options = SEGML_TRAIN_OPTIONS_INIT;

    options.parents = 1;
    options.jobs = 2;
    options.fallback_policy = policy;
    return options;
}

static void
clear(void)
{
    for (int g = 0; g < GROUPS; g++)
        sg_result_clear(&group[g]);
    sg_result_clear(&global);
    sg_parents_clear(&parents);
    sg_run_clear(&run);
    segml_dataset_free(dataset);
}

START_TEST(each_beginning_of_a_key_is_a_parent)
{
    segml_train_options options = options_of(NULL);

    prepare(&options);
    for (int p = 0; p < PARENTS; p++) {
        const sg_parent *parent = &parents.parent[p];
        const segml_key *keys = parent->keys;

        ck_assert_int_eq(parent->columns, expected[p].columns);
        ck_assert_int_eq(parent->group, expected[p].group);
        ck_assert_int_eq(parent->groups, expected[p].groups);
        ck_assert_int_eq(parent->first, expected[p].first);
        ck_assert_int_eq(parent->rows, expected[p].rows);
        ck_assert_int_eq(keys[0].type, parent->group == 0 ? SEGML_KEY_NULL : SEGML_KEY_UTF8);
        ck_assert_int_eq(parent->result.status,
                         expected[p].trained ? SEGML_GROUP_TRAINED : SEGML_GROUP_TOO_FEW_ROWS);
        ck_assert_int_eq(parent->margin != NULL, expected[p].trained);
    }
    ck_assert_str_eq(parents.parent[0].path, "parents/%N/model.ubj");
    ck_assert_str_eq(parents.parent[4].path, "parents/DE,1/model.ubj");
    clear();
}
END_TEST

START_TEST(every_trained_parent_is_a_job_with_the_stream_of_its_key)
{
    segml_train_options options = options_of(NULL);
    static sg_job job[PARENTS];
    int64_t jobs;
    int n = 0;

    prepare(&options);
    jobs = sg_parents_jobs(&parents, &run, job);
    for (int p = 0; p < PARENTS; p++) {
        sg_hash128 hash;

        if (!expected[p].trained)
            continue;
        ck_assert_int_eq(sg_key_hash(&hash, parents.parent[p].keys, expected[p].columns, NULL),
                         SEGML_OK);
        ck_assert_uint_eq(job[n].spec.key, hash.low);
        ck_assert_int_eq(job[n].spec.rows.first, expected[p].first);
        ck_assert_int_eq(job[n].spec.rows.rows, expected[p].rows);
        ck_assert_int_eq(job[n].spec.rows.with_keys, 0);
        ck_assert_int_eq(job[n].counts, 0); /* groups are counted by their own jobs */
        ck_assert_ptr_eq(job[n++].result, &parents.parent[p].result);
    }
    ck_assert_int_eq(jobs, n);
    clear();
}
END_TEST

/* The longest beginning that has a model; of a parent that failed, a shorter one. */
START_TEST(the_longest_trained_beginning_of_a_key_answers)
{
    segml_train_options options = options_of(NULL);
    int64_t parent_of[GROUPS];

    prepare(&options);
    sg_parents_route(&parents, GROUPS, parent_of);
    for (int g = 0; g < GROUPS; g++) {
        if (group[g].status != SEGML_GROUP_TRAINED)
            ck_assert_int_eq(parent_of[g], shops[g].parent);
    }
    parents.parent[3].result.status = SEGML_GROUP_FAILED;
    sg_parents_route(&parents, GROUPS, parent_of);
    ck_assert_int_eq(parent_of[1], 0);
    parents.parent[0].result.status = SEGML_GROUP_FAILED;
    sg_parents_route(&parents, GROUPS, parent_of);
    ck_assert_int_eq(parent_of[1], -1);
    clear();
}
END_TEST

static double
value_of(const sg_score_values *values, const char *name)
{
    for (int64_t i = 0; i < values->count; i++) {
        if (strcmp(values->values[i].name, name) == 0)
            return values->values[i].value;
    }
    return (double)NAN;
}

/* Sums over rows: losses, and the table of one threshold for each row. */
typedef struct sums {
    double loss, rows, hit, wrong;
} sums;

static void
add_rows(sums *to, const float *margin, const double *threshold, int64_t first, int64_t rows)
{
    for (int64_t i = 0; i < rows; i++) {
        double m = (double)margin[i], p = 1 / (1 + exp(-m));
        int positive = run.target.label[run.row[first + i]] > 0;

        to->loss += log(1 + exp(positive ? -m : m));
        to->rows++;
        to->hit += positive && p >= threshold[i];
        to->wrong += positive != (p >= threshold[i]);
    }
}

static void
assert_sums(const sg_score_values *values, const sums *of)
{
    ck_assert_double_eq_tol(value_of(values, "log_loss"), of->loss / of->rows, 1e-12);
    ck_assert_double_eq_tol(value_of(values, "f1"), 2 * of->hit / (2 * of->hit + of->wrong), 1e-12);
}

/* What answers for a group by a policy: 'o'wn, 'p'arent, 'g'lobal, 'n'othing. */
static int
answer_of(int g, const char *policy)
{
    if (group[g].status == SEGML_GROUP_TRAINED)
        return 'o';
    if (shops[g].parent >= 0 && (policy == NULL || strstr(policy, "parent") != NULL))
        return 'p';
    return policy == NULL || strstr(policy, "global") != NULL ? 'g' : 'n';
}

static const char *const policies[] = {NULL, "parent", "global", "parent,constant", "none"};

/* _i: the policies. */
START_TEST(groups_are_scored_by_the_model_that_answers_for_them)
{
    segml_train_options options = options_of(policies[_i]);
    sg_score s = {.label = NULL};
    static float kept[ROWS];
    sums all = {0};

    prepare(&options);
    memcpy(kept, own, sizeof own); /* scoring fills up the others */
    ck_assert_int_eq(sg_score_make(&s, &outcome, NULL), SEGML_OK);
    for (int g = 0; g < GROUPS; g++) {
        int64_t first = dataset->groups.start[g];
        const sg_parent *parent = &parents.parent[shops[g].parent < 0 ? 0 : shops[g].parent];
        int answer = answer_of(g, policies[_i]);
        const float *margin = answer == 'o'   ? kept + first
                              : answer == 'p' ? parent->margin + (first - parent->first)
                                              : shared + first;
        sums of = {0};

        if (answer == 'n') {
            ck_assert_int_eq(s.group[g].count, 0);
            continue;
        }
        add_rows(&of, margin, s.decision.row + first, first, shops[g].rows);
        add_rows(&all, margin, s.decision.row + first, first, shops[g].rows);
        assert_sums(&s.group[g], &of);
        if (answer == 'p')
            ck_assert_double_eq(s.decision.group[g], s.parent_threshold[shops[g].parent]);
    }
    assert_sums(&s.overall, &all);
    sg_score_clear(&s);
    clear();
}
END_TEST

/* What the rule of thresholds maximises on rows outside a fold; -1 leaves none out. */
static double
goal_at(const sg_parent *parent, double pooled, int32_t fold, double threshold)
{
    double hit = 0, wrong = 0, rows = 0;

    for (int64_t i = 0; i < parent->rows; i++) {
        int positive = run.target.label[run.row[parent->first + i]] > 0;
        int predicted = 1 / (1 + exp(-(double)parent->margin[i])) >= threshold;

        if (run.fold[parent->first + i] == fold)
            continue;
        rows++;
        hit += positive && predicted;
        wrong += positive != predicted;
    }
    return 2 * hit / (2 * hit + wrong) -
           40 / sqrt(rows) * (threshold - pooled) * (threshold - pooled);
}

static int
ascending(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;

    return x < y ? -1 : x > y;
}

/* No place between two neighbouring probabilities would have been better. */
static void
assert_best(const sg_parent *parent, double pooled, int32_t fold, double threshold)
{
    double best = goal_at(parent, pooled, fold, threshold), p[ROWS];
    int64_t count = 0;

    for (int64_t i = 0; i < parent->rows; i++) {
        if (run.fold[parent->first + i] != fold)
            p[count++] = 1 / (1 + exp(-(double)parent->margin[i]));
    }
    qsort(p, (size_t)count, sizeof *p, ascending);
    for (int64_t i = 1; i < count; i++)
        ck_assert_double_le(goal_at(parent, pooled, fold, (p[i - 1] + p[i]) / 2), best + 1e-9);
}

START_TEST(a_parents_threshold_is_chosen_like_a_groups_on_all_its_rows)
{
    segml_train_options options = options_of(NULL);
    sg_score s = {.label = NULL};

    prepare(&options);
    ck_assert_int_eq(sg_score_make(&s, &outcome, NULL), SEGML_OK);
    for (int p = 0; p < PARENTS; p++) {
        if (expected[p].trained)
            assert_best(&parents.parent[p], s.decision.pooled, -2, s.parent_threshold[p]);
    }
    for (int64_t i = dataset->groups.start[1]; i < dataset->groups.start[2]; i++)
        assert_best(&parents.parent[3], s.decision.fold[run.fold[i]], run.fold[i],
                    s.decision.row[i]); /* without the row's own fold */
    sg_score_clear(&s);
    clear();
}
END_TEST

START_TEST(a_fixed_threshold_is_that_of_parents_too)
{
    segml_train_options options = options_of(NULL);
    sg_score s = {.label = NULL};

    options.threshold = 0.3;
    prepare(&options);
    ck_assert_int_eq(sg_score_make(&s, &outcome, NULL), SEGML_OK);
    ck_assert_double_eq(s.parent_threshold[0], 0.3);
    for (int i = 0; i < ROWS; i++)
        ck_assert_double_eq(s.decision.row[i], 0.3);
    sg_score_clear(&s);
    clear();
}
END_TEST

START_TEST(a_parents_figures_are_of_its_own_predictions_of_all_its_rows)
{
    segml_train_options options = options_of(NULL);
    sg_score s = {.label = NULL};

    prepare(&options);
    parents.parent[0].result.search_loss = 0.75;
    parents.parent[4].result.searched[0] = 1; /* fold 0 */
    parents.parent[4].margin[5] = (float)NAN;
    ck_assert_int_eq(sg_score_make(&s, &outcome, NULL), SEGML_OK);
    ck_assert_double_eq(value_of(&s.parent[0], "search_loss"), 0.75);
    for (int p = 0; p < PARENTS; p++) {
        const sg_parent *parent = &parents.parent[p];
        double loss = 0, rows = 0, unseen = 0, unseen_rows = 0;

        ck_assert_int_eq(s.parent[p].count > 0, expected[p].trained);
        for (int64_t i = 0; parent->margin != NULL && i < parent->rows; i++) {
            double m = (double)parent->margin[i];
            double l = log(1 + exp(run.target.label[run.row[parent->first + i]] > 0 ? -m : m));
            int searched = p == 4 && run.fold[parent->first + i] == 0;

            if (isnan(m))
                continue;
            loss += l;
            rows++;
            unseen += searched ? 0 : l;
            unseen_rows += !searched;
        }
        if (!expected[p].trained)
            continue;
        ck_assert_double_eq_tol(value_of(&s.parent[p], "log_loss"), loss / rows, 1e-12);
        ck_assert_double_eq_tol(value_of(&s.parent[p], "log_loss_unsearched"), unseen / unseen_rows,
                                1e-12);
    }
    sg_score_clear(&s);
    clear();
}
END_TEST

/* Sum of the losses of a group's rows. */
static double
loss_of(int g, const float *margin)
{
    int64_t first = dataset->groups.start[g];
    double sum = 0;

    for (int64_t i = 0; i < shops[g].rows; i++) {
        double m = (double)margin[i];

        sum += log(1 + exp(run.target.label[run.row[first + i]] > 0 ? -m : m));
    }
    return sum;
}

START_TEST(parents_are_held_against_the_global_model_where_they_answer)
{
    segml_train_options options = options_of(NULL), others = options_of("global");
    sg_score s = {.label = NULL};
    double by_parents = 0, by_global = 0, rows = 0, found[2];

    prepare(&options);
    ck_assert_int_eq(sg_score_make(&s, &outcome, NULL), SEGML_OK);
    for (int g = 0; g < GROUPS; g++) {
        const sg_parent *parent = &parents.parent[shops[g].parent < 0 ? 0 : shops[g].parent];
        int64_t first = dataset->groups.start[g];

        if (shops[g].parent < 0)
            continue;
        by_parents += loss_of(g, parent->margin + (first - parent->first));
        by_global += loss_of(g, shared + first);
        rows += (double)shops[g].rows;
    }
    sg_score_parents_and_global(&s, &found[0], &found[1]);
    ck_assert_double_eq_tol(found[0], by_parents / rows, 1e-12);
    ck_assert_double_eq_tol(found[1], by_global / rows, 1e-12);
    sg_score_clear(&s);
    run.options.fallback_policy = others.fallback_policy; /* parents answer for nobody */
    ck_assert_int_eq(sg_score_make(&s, &outcome, NULL), SEGML_OK);
    sg_score_parents_and_global(&s, &found[0], &found[1]);
    ck_assert(isnan(found[0]) && isnan(found[1]));
    sg_score_clear(&s);
    clear();
}
END_TEST

TCase *
parents_tests(void)
{
    TCase *tc = tcase_create("parents");

    tcase_add_test(tc, each_beginning_of_a_key_is_a_parent);
    tcase_add_test(tc, every_trained_parent_is_a_job_with_the_stream_of_its_key);
    tcase_add_test(tc, the_longest_trained_beginning_of_a_key_answers);
    tcase_add_loop_test(tc, groups_are_scored_by_the_model_that_answers_for_them, 0,
                        (int)(sizeof policies / sizeof *policies));
    tcase_add_test(tc, a_parents_threshold_is_chosen_like_a_groups_on_all_its_rows);
    tcase_add_test(tc, a_fixed_threshold_is_that_of_parents_too);
    tcase_add_test(tc, a_parents_figures_are_of_its_own_predictions_of_all_its_rows);
    tcase_add_test(tc, parents_are_held_against_the_global_model_where_they_answer);
    return tc;
}
