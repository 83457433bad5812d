/* SPDX-License-Identifier: Apache-2.0 */

/*
 * Training many small groups: what libsegml costs beside XGBoost.
 *
 *   overhead    processor time of the whole call over the time inside XGBoost; at most 1.10
 *   throughput  two processes with one job and half of the groups each, over one process with
 *               two jobs; at least 0.95
 *   memory      growth of the peak with the number of groups, without the data and the models
 *
 * Every measurement is a process of its own (the program calls itself), because peaks of
 * memory and XGBoost's thread-local state survive a call. Two processes and two jobs take
 * turns, so that a busy machine slows both.
 *
 * usage: train_groups TIMER [GROUPS [REPETITIONS]]
 *        TIMER is the module xgb_timer; SEGML_BENCH_XGBOOST names the real XGBoost
 */

#include <dlfcn.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bench.h"
#include "small_groups.h"
#include "xgb_timer.h"

enum { TRIALS = 10, MOST_REPETITIONS = 20 };

static const char bench[] = "train_groups";

/* In this process: the timer's totals are read from the module that training used. */
static void
measure_overhead(const char *timer, int64_t groups)
{
    small_task what = {0, groups, 1, TRIALS, 0, timer, "xgboost"};
    void *module = dlopen(timer, RTLD_NOW | RTLD_LOCAL);
    void *address = module != NULL ? dlsym(module, "xgb_timer_read") : NULL;
    void (*read_timer)(int64_t *, int64_t *);
    int64_t nanoseconds = 0, calls = 0;
    small_table t;
    segml_dataset *dataset;
    segml_model *model;
    double cpu, inside;

    if (address == NULL)
        small_die("timer", dlerror());
    memcpy(&read_timer, &address, sizeof address);
    dataset = small_dataset(&t, &what);
    cpu = bench_cpu();
    model = small_train(dataset, &what);
    cpu = bench_cpu() - cpu;
    read_timer(&nanoseconds, &calls);
    inside = 1e-9 * (double)nanoseconds;
    bench_print(bench, "overhead", "cpu_total", cpu, "s");
    bench_print(bench, "overhead", "cpu_in_xgboost", inside, "s");
    bench_print(bench, "overhead", "calls", (double)calls, "");
    bench_print(bench, "overhead", "cpu_total/cpu_in_xgboost", cpu / inside, "");
    segml_model_free(model);
    segml_dataset_free(dataset);
    small_table_free(&t);
}

/* Wall times, and processor times too: those tell on a machine that others use as well. */
static void
measure_throughput(const char *path, int64_t groups, int repetitions)
{
    small_task both = {0, groups, 2, TRIALS, 0, path, "xgboost"};
    small_task lower = {0, groups / 2, 1, TRIALS, 0, path, "xgboost"};
    small_task upper = {groups / 2, groups - groups / 2, 1, TRIALS, 0, path, "xgboost"};
    double wall[2][MOST_REPETITIONS], cpu[2][MOST_REPETITIONS], ratio[MOST_REPETITIONS];
    small_figures a, b;
    small_child first, second;

    for (int r = 0; r < repetitions; r++) {
        a = small_finish(small_start(&both));
        wall[0][r] = a.wall;
        cpu[0][r] = a.cpu;
        first = small_start(&lower);
        second = small_start(&upper);
        a = small_finish(first);
        b = small_finish(second);
        wall[1][r] = fmax(a.wall, b.wall);
        cpu[1][r] = a.cpu + b.cpu;
        ratio[r] = wall[1][r] / wall[0][r];
    }
    bench_print(bench, "throughput", "x_two_processes_median", bench_sort(ratio, repetitions), "");
    for (int k = 0; k < 2; k++) {
        const char *name = k == 0 ? "throughput, two jobs" : "throughput, two processes";
        double median = bench_sort(wall[k], repetitions);

        bench_sort(cpu[k], repetitions);
        bench_print(bench, name, "wall_min", wall[k][0], "s");
        bench_print(bench, name, "wall_median", median, "s");
        bench_print(bench, name, "cpu_min", cpu[k][0], "s");
    }
    bench_print(bench, "throughput", "x_two_processes", wall[1][0] / wall[0][0], "");
    bench_print(bench, "throughput", "x_two_processes_cpu", cpu[1][0] / cpu[0][0], "");
}

static void
measure_memory(const char *path)
{
    static const int64_t groups[3] = {50, 200, 800};
    small_figures f[3];
    double grown;

    for (int k = 0; k < 3; k++) {
        small_task what = {0, groups[k], 2, 1, 10, path, "xgboost"};
        char name[40];

        f[k] = small_finish(small_start(&what));
        snprintf(name, sizeof name, "memory, %d groups", (int)groups[k]);
        bench_print(bench, name, "peak_growth", f[k].memory / 1e6, "MB");
        bench_print(bench, name, "artifact", f[k].artifact / 1e6, "MB");
    }
    grown = (f[2].memory - f[0].memory) - (f[2].artifact - f[0].artifact);
    bench_print(bench, "memory", "peak_growth_per_group_without_models",
                grown / (double)(groups[2] - groups[0]) / 1e3, "kB");
}

int
main(int argc, char **argv)
{
    const char *path = getenv("SEGML_BENCH_XGBOOST");
    int64_t groups = argc > 2 ? strtol(argv[2], NULL, 10) : 200;
    int repetitions = argc > 3 ? (int)strtol(argv[3], NULL, 10) : 3;

    if (argc < 2 || groups < 2 || repetitions < 1 || repetitions > MOST_REPETITIONS)
        small_die("usage", "train_groups TIMER [GROUPS [REPETITIONS]]");
    measure_memory(path);
    measure_throughput(path, groups, repetitions);
    measure_overhead(argv[1], groups); /* last: it starts threads in this process */
    return EXIT_SUCCESS;
}
