/* SPDX-License-Identifier: Apache-2.0 */

/*
 * The experiment: one model for all groups or one per group, tuned or not, and what the
 * searches believed of themselves. doc/experiment.md explains and shows the results.
 *
 * All arms train on the same 3,200 rows and are scored on 40,000 fresh ones. With --fresh
 * some of them train on N other data sets instead, and are compared pair by pair. With
 * --check the program runs the arms that were there when it was made in Python, and fails
 * where a figure is not what was found then; with --fresh, too, where sharing one parameter
 * set costs more than it may.
 *
 * usage: experiment [--trials N] [--jobs N] [--seed N] [--repeat N] [--xgboost PATH]
 *                   [--figures FOLDER] [--json] [--check] [--fresh N]
 */

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "arms.h"
#include "bench.h"
#include "figure.h"

static const char bench[] = "experiment";

/* How far a figure may be from the one that was recorded. */
static const double f1_tolerance = .008, loss_tolerance = .02;
/* What sharing one parameter set may cost against a search of five folds per group. */
static const double sharing_tolerance = .005;
/* One search's outcome is a matter of luck: between seeds of training, the log loss of the
   models tuned on F1 has a standard deviation of .02. Checks look at the mean of so many. */
enum { CHECKED_SEEDS = 4 };

enum { MOST_ARMS = 16, MOST_SETS = 100 };

typedef struct plan {
    int32_t trials, jobs, fresh, seed, repeat;
    const char *xgboost, *folder;
    int json, check;
} plan;

static void
print_cell(double value, int width, int decimals)
{
    if (isnan(value))
        printf(" %*s", width, "-");
    else
        printf(" %*.*f", width, decimals, value);
}

static void
print_table(const arm_result *result)
{
    printf("%-46s%16s%8s%16s%9s\n", "", "best trial F1", "5-fold", "fresh rows F1", "fresh");
    printf("%-46s %7s %7s %7s %7s %7s %8s %6s %6s\n", "arm", "as seen", "correct", "F1", "at .5",
           "chosen", "log loss", "rounds", "s");
    for (int i = 0; i < arm_count; i++) {
        const arm_result *r = &result[i];

        if (!(r->seconds > 0)) /* was not run */
            continue;
        printf("%-46s", arms[i].title);
        print_cell(r->search_f1, 7, 3);
        print_cell(r->search_f1_corrected, 7, 3);
        print_cell(r->cv_f1, 7, 3);
        print_cell(r->score.f1, 7, 3);
        print_cell(r->score.f1_chosen, 7, 3);
        print_cell(r->score.log_loss, 8, 3);
        print_cell(r->rounds, 6, 0);
        print_cell(r->seconds, 6, 1);
        printf("\n");
    }
    printf("\nF1 on fresh rows, group by group\n%-46s", "arm");
    for (int g = 0; g < SEED_GROUPS; g++)
        printf("     g%d", g);
    for (int i = 0; i < arm_count; i++) {
        if (!(result[i].seconds > 0))
            continue;
        printf("\n%-46s", arms[i].title);
        for (int g = 0; g < SEED_GROUPS; g++)
            printf(" %6.3f", result[i].score.group_f1[g]);
    }
    printf("\n");
}

static void
print_json(const arm_result *result)
{
    for (int i = 0; i < arm_count; i++) {
        const char *id = arms[i].id;
        const arm_result *r = &result[i];

        if (!(r->seconds > 0))
            continue;
        bench_print(bench, id, "search_f1", r->search_f1, "");
        bench_print(bench, id, "search_f1_corrected", r->search_f1_corrected, "");
        bench_print(bench, id, "cv_f1", r->cv_f1, "");
        bench_print(bench, id, "cv_log_loss", r->cv_log_loss, "");
        bench_print(bench, id, "fresh_f1", r->score.f1, "");
        bench_print(bench, id, "fresh_f1_chosen", r->score.f1_chosen, "");
        bench_print(bench, id, "fresh_log_loss", r->score.log_loss, "");
        bench_print(bench, id, "rounds", r->rounds, "");
        bench_print(bench, id, "wall", r->seconds, "s");
    }
}

static void
write_figure(const figure *f, const char *folder, const char *name)
{
    if (figure_write(f, folder, name) != 0)
        groups_die(folder, strerror(errno));
}

static double
correlation(const groups *rows, int group, int feature)
{
    int64_t n = rows->rows / SEED_GROUPS;
    double x = 0, y = 0, xx = 0, yy = 0, xy = 0;

    for (int64_t i = group * n; i < (group + 1) * n; i++) {
        double a = (double)rows->x[i * SEED_FEATURES + feature], b = (double)rows->y[i];

        x += a, y += b, xx += a * a, yy += b * b, xy += a * b;
    }
    return ((double)n * xy - x * y) / sqrt(((double)n * xx - x * x) * ((double)n * yy - y * y));
}

static const char *const group_name[SEED_GROUPS] = {"g0", "g1", "g2", "g3", "g4", "g5", "g6", "g7"};

static void
draw_correlations(const groups *rows, const char *folder)
{
    static const char *const features[SEED_FEATURES] = {"num_1", "num_2", "num_3"};
    double value[SEED_GROUPS * SEED_FEATURES];
    figure f = {"Correlation of the features with the target, by group",
                -.6,
                .6,
                .2,
                SEED_GROUPS,
                SEED_FEATURES,
                group_name,
                features,
                value};

    for (int g = 0; g < SEED_GROUPS; g++) {
        for (int k = 0; k < SEED_FEATURES; k++)
            value[g * SEED_FEATURES + k] = correlation(rows, g, k);
    }
    write_figure(&f, folder, "correlations");
}

static void
draw_groups(const arm_result *result, const char *folder)
{
    static const char *const names[] = {"one model, tuned", "per group untuned",
                                        "per group, tuned on F1"};
    static const char *const ids[] = {"one-hot-tuned-loss", "segmented-untuned",
                                      "segmented-tuned-f1"};
    double value[SEED_GROUPS * 3];
    figure f = {"F1 on 40,000 fresh rows, by group",
                .68,
                .88,
                .04,
                SEED_GROUPS,
                3,
                group_name,
                names,
                value};

    for (int g = 0; g < SEED_GROUPS; g++) {
        for (int s = 0; s < 3; s++)
            value[g * 3 + s] = result[arm_find(ids[s])].score.group_f1[g];
    }
    write_figure(&f, folder, "groups");
}

/* All arms but the first, which would stretch the axis. */
static void
draw_arms(const arm_result *result, const char *folder)
{
    static const char *const names[] = {"best trial", "corrected", "5-fold", "fresh rows"};
    const char *ids[MOST_ARMS];
    double value[MOST_ARMS * 4];
    figure f = {"F1 as the search saw it, and what it was worth",
                .78,
                .9,
                .02,
                arm_count - 1,
                4,
                ids,
                names,
                value};

    for (int i = 1; i < arm_count; i++) {
        double *v = value + (i - 1) * 4;

        ids[i - 1] = arms[i].id;
        v[0] = result[i].search_f1;
        v[1] = result[i].search_f1_corrected;
        v[2] = result[i].cv_f1;
        v[3] = result[i].score.f1;
    }
    write_figure(&f, folder, "arms");
}

/* One figure against the recorded one. @return 1 if it is too far away */
static int
is_off(const char *id, const char *what, double value, double recorded, double tolerance)
{
    int off = !isnan(recorded) && !(fabs(value - recorded) <= tolerance);

    if (off)
        fprintf(stderr, "%s: %s %.4f, not within %.3f of %.3f\n", id, what, value, tolerance,
                recorded);
    return off;
}

/* The rows of a stream as an arm sees them. */
static groups
rows_of(const arm *a, uint64_t seed, int64_t rows)
{
    groups g = groups_make(seed, rows);

    if (a->kind == ARM_BLENDED)
        groups_blend(&g);
    else if (a->kind == ARM_ONE_HOT)
        groups_one_hot(&g);
    return g;
}

static void
add_result(arm_result *sum, const arm_result *one, double share)
{
    sum->search_f1 += share * one->search_f1;
    sum->search_f1_corrected += share * one->search_f1_corrected;
    sum->cv_f1 += share * one->cv_f1;
    sum->cv_log_loss += share * one->cv_log_loss;
    sum->score.f1 += share * one->score.f1;
    sum->score.f1_chosen += share * one->score.f1_chosen;
    sum->score.log_loss += share * one->score.log_loss;
    for (int g = 0; g < SEED_GROUPS; g++)
        sum->score.group_f1[g] += share * one->score.group_f1[g];
    sum->rounds += share * one->rounds;
    sum->seconds += share * one->seconds;
}

/* Trains an arm on the rows of a seed and scores it on fresh ones; the mean of repetitions. */
static arm_result
run_arm(const arm *a, const plan *p, uint64_t seed)
{
    groups rows = rows_of(a, seed, SEED_DEFAULT_ROWS);
    groups fresh = rows_of(a, seed + GROUPS_FRESH_SEED, GROUPS_FRESH_ROWS);
    arm_result mean = {0};

    for (int32_t r = 0; r < p->repeat; r++) {
        arm_setup setup = {p->trials,  p->jobs, (uint64_t)p->seed + (uint64_t)r,
                           p->xgboost, &rows,   &fresh};
        arm_result one = arm_run(a, &setup);

        add_result(&mean, &one, 1.0 / p->repeat);
    }
    groups_free(&rows);
    groups_free(&fresh);
    return mean;
}

/* @return number of figures that are not what they should be */
static int
run_arms(const plan *p)
{
    groups rows = groups_make(SEED_DEFAULT, SEED_DEFAULT_ROWS);
    arm_result result[MOST_ARMS] = {{0}};
    int wrong = 0;

    for (int i = 0; i < arm_count; i++) {
        if (p->check && isnan(arms[i].f1))
            continue;
        result[i] = run_arm(&arms[i], p, SEED_DEFAULT);
        fprintf(stderr, "%-22s %6.1f s\n", arms[i].id, result[i].seconds);
        if (!p->check)
            continue;
        wrong += is_off(arms[i].id, "F1", result[i].score.f1, arms[i].f1, f1_tolerance);
        wrong += is_off(arms[i].id, "log loss", result[i].score.log_loss, arms[i].log_loss,
                        loss_tolerance);
    }
    (p->json ? print_json : print_table)(result);
    if (p->folder != NULL && !p->check) {
        draw_correlations(&rows, p->folder);
        draw_groups(result, p->folder);
        draw_arms(result, p->folder);
    }
    groups_free(&rows);
    return wrong;
}

typedef struct spread {
    double mean, error; /* standard error of the mean */
} spread;

static spread
spread_of(const double *value, const double *minus, int count)
{
    spread s = {0};
    double squares = 0;

    for (int i = 0; i < count; i++)
        s.mean += (value[i] - (minus != NULL ? minus[i] : 0)) / count;
    for (int i = 0; i < count; i++) {
        double d = value[i] - (minus != NULL ? minus[i] : 0) - s.mean;

        squares += d * d;
    }
    s.error = count > 1 ? sqrt(squares / (count - 1) / count) : (double)NAN;
    return s;
}

/* @return 1 if sharing costs too much */
static int
run_fresh(const plan *p)
{
    static double f1[MOST_ARMS][MOST_SETS], loss[MOST_ARMS][MOST_SETS];
    const double *kfold = loss[arm_find("kfold")];
    int n = p->fresh;
    double cost;

    for (int k = 0; k < n; k++) {
        uint64_t seed = SEED_DEFAULT + 1000003 * ((uint64_t)k + 1);

        for (int i = 0; i < arm_count; i++) {
            arm_result result;

            if (!arms[i].fresh)
                continue;
            result = run_arm(&arms[i], p, seed);
            f1[i][k] = result.score.f1;
            loss[i][k] = result.score.log_loss;
            fprintf(stderr, "data set %d: %-20s log loss %.4f  F1 %.4f  %6.1f s\n", k + 1,
                    arms[i].id, loss[i][k], f1[i][k], result.seconds);
        }
    }
    printf("%-36s %-17s %-17s %s\n", "mean and standard error of data sets", "log loss", "F1",
           "log loss less that of 5 folds per group");
    for (int i = 0; i < arm_count; i++) {
        spread l = spread_of(loss[i], NULL, n), f = spread_of(f1[i], NULL, n),
               d = spread_of(loss[i], kfold, n);

        if (arms[i].fresh)
            printf("%-36s %.4f +- %.4f  %.4f +- %.4f  %+.4f +- %.4f\n", arms[i].title, l.mean,
                   l.error, f.mean, f.error, d.mean, d.error);
    }
    cost = spread_of(loss[arm_find("shared")], kfold, n).mean;
    if (cost > sharing_tolerance)
        fprintf(stderr, "sharing costs %.4f of log loss, more than %.3f\n", cost,
                sharing_tolerance);
    return cost > sharing_tolerance;
}

static int32_t
read_count(const char *option, const char *text, long most)
{
    char *end = NULL;
    long value = text != NULL ? strtol(text, &end, 10) : 0;

    if (end == NULL || *end != '\0' || value < 1 || value > most)
        groups_die(option, "needs a number of at least 1, and not too large a one");
    return (int32_t)value;
}

int
main(int argc, char **argv)
{
    plan p = {.trials = 50};
    int wrong;

    for (int i = 1; i < argc; i++) {
        const char *option = argv[i], *value = i + 1 < argc ? argv[i + 1] : NULL;
        int taken = 1;

        if (strcmp(option, "--trials") == 0)
            p.trials = read_count(option, value, 10000);
        else if (strcmp(option, "--jobs") == 0)
            p.jobs = read_count(option, value, 1000);
        else if (strcmp(option, "--seed") == 0)
            p.seed = read_count(option, value, INT32_MAX);
        else if (strcmp(option, "--repeat") == 0)
            p.repeat = read_count(option, value, 1000);
        else if (strcmp(option, "--fresh") == 0)
            p.fresh = read_count(option, value, MOST_SETS);
        else if (strcmp(option, "--xgboost") == 0 && value != NULL)
            p.xgboost = value;
        else if (strcmp(option, "--figures") == 0 && value != NULL)
            p.folder = value;
        else
            taken = 0;
        if (strcmp(option, "--json") == 0)
            p.json = 1;
        else if (strcmp(option, "--check") == 0)
            p.check = 1;
        else if (!taken)
            groups_die("usage", "experiment [--trials N] [--jobs N] [--seed N] [--repeat N] "
                                "[--xgboost PATH] "
                                "[--figures FOLDER] [--json] [--check] [--fresh N]");
        i += taken;
    }
    if (p.repeat == 0)
        p.repeat = p.check && p.fresh == 0 ? CHECKED_SEEDS : 1;
    wrong = p.fresh > 0 ? run_fresh(&p) : run_arms(&p);
    return p.check && wrong > 0 ? EXIT_FAILURE : EXIT_SUCCESS;
}
