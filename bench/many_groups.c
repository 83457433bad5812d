/* SPDX-License-Identifier: Apache-2.0 */

/*
 * Whether training many small groups costs what its groups cost: groups of 400 rows and 10
 * features, 10 trials each, 5 folds, from a hundred groups to ten thousand. Wall and processor
 * time and the peak of memory should be linear in the number of groups; memory is what comes
 * on top of the caller's data, and what of that is not the model that the call returns, which
 * holds the artifact and all of its trees.
 *
 * usage: many_groups [MOST_GROUPS [JOBS [ENGINE]]]
 *        MOST_GROUPS 10000 if it is not given; JOBS 0 = all processors
 *        SEGML_BENCH_XGBOOST names the XGBoost to use
 */

#include "bench.h"
#include "small_groups.h"

enum { TRIALS = 10 };

static const char bench[] = "many_groups";

static void
print(const small_figures *f, int64_t groups)
{
    double n = (double)groups;
    char name[60];

    snprintf(name, sizeof name, "%lld groups", (long long)groups);
    bench_print(bench, name, "wall", f->wall, "s");
    bench_print(bench, name, "cpu", f->cpu, "s");
    bench_print(bench, name, "wall_per_group", 1e3 * f->wall / n, "ms");
    bench_print(bench, name, "cpu_per_group", 1e3 * f->cpu / n, "ms");
    bench_print(bench, name, "peak_growth", f->memory / 1e6, "MB");
    bench_print(bench, name, "artifact", f->artifact / 1e6, "MB");
    bench_print(bench, name, "artifact_per_group", f->artifact / n / 1e3, "kB");
    bench_print(bench, name, "model_in_memory_per_group", f->kept / n / 1e3, "kB");
    bench_print(bench, name, "peak_growth_per_group_without_model", (f->memory - f->kept) / n / 1e3,
                "kB");
}

int
main(int argc, char **argv)
{
    int64_t most = argc > 1 ? strtol(argv[1], NULL, 10) : 10000;
    small_task what = {.jobs = argc > 2 ? (int32_t)strtol(argv[2], NULL, 10) : 0,
                       .trials = TRIALS,
                       .path = getenv("SEGML_BENCH_XGBOOST"),
                       .engine = argc > 3 ? argv[3] : NULL};
    small_figures first = {0}, last = {0};
    int64_t least = 100;

    if (most < least) {
        fprintf(stderr, "usage: many_groups [MOST_GROUPS [JOBS [ENGINE]]]\n");
        return EXIT_FAILURE;
    }
    for (what.groups = least; what.groups <= most; what.groups *= 10) {
        last = small_finish(small_start(&what));
        if (what.groups == least)
            first = last;
        print(&last, what.groups);
    }
    what.groups /= 10;
    bench_print(bench, "largest beside smallest", "cpu_per_group_ratio",
                last.cpu / first.cpu * (double)least / (double)what.groups, "ratio");
    if (what.groups > least)
        bench_print(bench, "largest beside smallest", "peak_growth_per_further_group",
                    (last.memory - first.memory) / (double)(what.groups - least) / 1e3, "kB");
    return EXIT_SUCCESS;
}
