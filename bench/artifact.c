/* SPDX-License-Identifier: Apache-2.0 */

/*
 * What it costs to open an artifact with many groups and to use some of them. Each command is
 * meant for a process of its own, so that memory is that of what it measures; bench/artifact.sh
 * makes the files, runs all commands, and runs others' ways of keeping the same models beside.
 *
 *     artifact open FILE                 opening, file in the page cache and not
 *     artifact first FILE COUNT          first prediction of so many children, and the next one
 *     artifact memory FILE BUDGET COUNT...   memory after so many children; BUDGET in MB, 0 = none
 *     artifact preload FILE JOBS         loading all models
 *     artifact process FILE              opening and the first prediction together
 *     artifact share FILE COUNT          two processes, and one forked after loading
 *     artifact xgboost FOLDER LIBRARY    loading the folder's models with XGBoost instead
 *
 * The files are those of artifact_make. Memory: "resident" is all that is mapped and in memory,
 * "anonymous" what is of no file: the memory that was asked for, "pss" the part that falls to the
 * process if shared pages are divided among those that share them. Times are of the clock on the
 * wall; those named cpu are of the processor, which other programs disturb less.
 */

#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/file.h"
#include "bench.h"
#include "children.h"
#include "groups.h"
#include "parity/xgb_api.h"

enum { FEATURES = SEED_FEATURES, WARM_OPENS = 201, COLD_OPENS = 31, CALLS = 200000 };

static const char bench[] = "artifact";
static const float row[FEATURES] = {0.25F, -0.5F, 0.75F};

/* kB of a line of smaps_rollup. */
static double
memory(const char *name)
{
    FILE *file = fopen("/proc/self/smaps_rollup", "r");
    size_t length = strlen(name);
    char line[256];
    double value = (double)NAN;

    while (file != NULL && fgets(line, sizeof line, file) != NULL) {
        if (strncmp(line, name, length) == 0 && line[length] == ':')
            value = strtod(line + length + 1, NULL);
    }
    if (file == NULL || isnan(value))
        groups_die("memory", "/proc/self/smaps_rollup cannot be read");
    fclose(file);
    return value / 1e3;
}

static void
print_memory(const char *name)
{
    bench_print(bench, name, "resident", memory("Rss"), "MB");
    bench_print(bench, name, "anonymous", memory("Anonymous"), "MB");
    bench_print(bench, name, "pss", memory("Pss"), "MB");
}

static segml_model *
open_file(const char *path, double budget)
{
    segml_open_options options = SEGML_OPEN_OPTIONS_INIT;
    segml_error err = SEGML_ERROR_INIT;
    segml_model *model = NULL;

    options.child_bytes = (int64_t)(budget * 1e6);
    if (segml_model_open(&model, path, &options, &err) != SEGML_OK)
        groups_die("open", err.message);
    return model;
}

static void
forget_pages(const char *path)
{
    int file = open(path, O_RDONLY);

    if (file < 0 || posix_fadvise(file, 0, 0, POSIX_FADV_DONTNEED) != 0)
        groups_die("cannot drop from the page cache", path);
    close(file);
}

static void
read_pages(const char *path)
{
    int file = open(path, O_RDONLY);
    ssize_t got = file < 0 ? -1 : 1;
    char *chunk = malloc(1 << 20);

    while (chunk != NULL && got > 0)
        got = read(file, chunk, 1 << 20);
    if (chunk == NULL || got < 0)
        groups_die("cannot read", path);
    free(chunk);
    close(file);
}

static segml_route *
find(const segml_model *model, int64_t i)
{
    segml_key key = SEGML_KEY_INT64_VALUE(children_key(i));
    segml_error err = SEGML_ERROR_INIT;
    segml_route *route = NULL;

    if (segml_route_find(&route, model, &key, 1, &err) != SEGML_OK)
        groups_die("look-up", err.message);
    return route;
}

static float
predict(const segml_model *model, int64_t i)
{
    segml_route *route = find(model, i);
    float value = 0;

    if (segml_route_predict(route, SEGML_OUTPUT_PREDICTION, row, FEATURES, &value, 1) != SEGML_OK)
        groups_die("prediction", "failed");
    segml_route_free(route);
    return value;
}

/* Groups that have models, shuffled; *count of them. */
static int64_t *
shuffled(const segml_model *model, int64_t *count)
{
    segml_model_info info = SEGML_MODEL_INFO_INIT;
    uint64_t state = 1;
    int64_t *order;

    segml_model_get_info(model, &info, NULL);
    order = malloc((size_t)info.groups * sizeof *order);
    *count = 0;
    for (int64_t i = 0; order != NULL && i < info.groups; i++) {
        if (children_has_model(i, info.groups_trained, info.groups))
            order[(*count)++] = i;
    }
    if (order == NULL || *count == 0)
        groups_die("artifact", "no memory, or no models");
    for (int64_t i = *count - 1; i > 0; i--) {
        int64_t j = (int64_t)(bench_random(&state) % (uint64_t)(i + 1)), swap = order[i];

        order[i] = order[j];
        order[j] = swap;
    }
    return order;
}

/* Times of calls, each of the wall clock and of the processor. */
typedef struct times {
    double *wall, *cpu; /* [capacity] seconds */
    int count, capacity;
} times;

static times
times_make(int capacity)
{
    times t = {calloc((size_t)capacity, sizeof(double)), calloc((size_t)capacity, sizeof(double)),
               0, capacity};

    if (t.wall == NULL || t.cpu == NULL)
        groups_die("memory", "out of it");
    return t;
}

static void
times_begin(times *t)
{
    if (t->count == t->capacity)
        groups_die("times", "more than expected");
    t->cpu[t->count] = bench_cpu();
    t->wall[t->count] = bench_wall();
}

static void
times_end(times *t)
{
    t->wall[t->count] = bench_wall() - t->wall[t->count];
    t->cpu[t->count] = bench_cpu() - t->cpu[t->count];
    t->count++;
}

/* Prints and releases them. */
static void
times_print(times *t, const char *name, const char *metric)
{
    double median = bench_sort(t->wall, t->count), cpu = bench_sort(t->cpu, t->count);
    const struct {
        const char *what;
        double seconds;
    } rows[] = {{"median", median},
                {"least", t->wall[0]},
                {"p99", t->wall[(t->count - 1) * 99 / 100]},
                {"cpu_median", cpu},
                {"cpu_p99", t->cpu[(t->count - 1) * 99 / 100]}};
    char text[80];

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        snprintf(text, sizeof text, "%s_%s", metric, rows[i].what);
        bench_print(bench, name, text, 1e3 * rows[i].seconds, "ms");
    }
    free(t->wall);
    free(t->cpu);
}

static void
measure_open(const char *path, const char *metric, int is_cached, int count)
{
    times t = times_make(count);

    segml_model_free(open_file(path, 0));
    for (int i = 0; i < count; i++) {
        segml_model *model;

        if (!is_cached)
            forget_pages(path);
        times_begin(&t);
        model = open_file(path, 0);
        times_end(&t);
        segml_model_free(model);
    }
    times_print(&t, "open", metric);
}

/* Opening and the first prediction together, each time of another child. */
static void
measure_process(const char *path)
{
    times t = times_make(COLD_OPENS);
    segml_model *model = open_file(path, 0);
    int64_t models, *order = shuffled(model, &models);

    segml_model_free(model);
    for (int i = 0; i < COLD_OPENS && i < models; i++) {
        times_begin(&t);
        model = open_file(path, 0);
        predict(model, order[i]);
        times_end(&t);
        segml_model_free(model);
    }
    times_print(&t, "open and predict", "cached");
    free(order);
}

/* First predictions of so many children. */
static void
measure_first(const char *path, const char *metric, int is_cached, int count)
{
    times t = times_make(count);
    segml_model *model = open_file(path, 0);
    int64_t models, *order = shuffled(model, &models);

    if (models < count)
        groups_die("first", "the file has fewer models");
    segml_model_free(model); /* mapped pages stay */
    if (is_cached)
        read_pages(path);
    else
        forget_pages(path);
    model = open_file(path, 0);
    for (int i = 0; i < count; i++) {
        times_begin(&t);
        predict(model, order[i]);
        times_end(&t);
    }
    times_print(&t, "first prediction", metric);
    free(order);
    segml_model_free(model);
}

static void
measure_next(const char *path, int count)
{
    segml_model *model = open_file(path, 0);
    int64_t models, *order = shuffled(model, &models);
    double start, sum = 0;
    segml_route *route;

    for (int i = 0; i < count; i++)
        predict(model, order[i]);
    start = bench_wall();
    for (int i = 0; i < CALLS; i++)
        segml_route_free(find(model, order[i % count]));
    bench_print(bench, "next predictions", "look_up", 1e9 * (bench_wall() - start) / CALLS, "ns");
    start = bench_wall();
    for (int i = 0; i < CALLS; i++)
        sum += (double)predict(model, order[i % count]);
    bench_print(bench, "next predictions", "look_up_and_predict",
                1e9 * (bench_wall() - start) / CALLS, "ns");
    route = find(model, order[0]);
    start = bench_wall();
    for (int i = 0; i < CALLS; i++) {
        float value = 0;

        segml_route_predict(route, SEGML_OUTPUT_PREDICTION, row, FEATURES, &value, 1);
        sum += (double)value;
    }
    bench_print(bench, "next predictions", "predict_by_route", 1e9 * (bench_wall() - start) / CALLS,
                "ns");
    bench_print(bench, "next predictions", "checksum", sum, "");
    segml_route_free(route);
    free(order);
    segml_model_free(model);
}

static void
measure_memory(const char *path, double budget, char **counts)
{
    segml_model_stats stats = SEGML_MODEL_STATS_INIT;
    segml_model *model;
    int64_t models, *order, used = 0;
    char name[80];

    snprintf(name, sizeof name, "budget %g MB, ", budget);
    print_memory("nothing open");
    model = open_file(path, budget);
    snprintf(name, sizeof name, "budget %g MB, 0 children used", budget);
    print_memory(name);
    order = shuffled(model, &models);
    for (; *counts != NULL; counts++) {
        int64_t until = strtoll(*counts, NULL, 10);

        for (; used < until && used < models; used++)
            predict(model, order[used]);
        snprintf(name, sizeof name, "budget %g MB, %lld children used", budget, (long long)used);
        print_memory(name);
        segml_model_get_stats(model, &stats, NULL);
        bench_print(bench, name, "loaded", (double)stats.loaded, "models");
        bench_print(bench, name, "loaded_bytes", (double)stats.bytes / 1e6, "MB");
    }
    free(order);
    segml_model_free(model);
}

static void
measure_preload(const char *path, int32_t jobs)
{
    segml_model_stats stats = SEGML_MODEL_STATS_INIT;
    segml_error err = SEGML_ERROR_INIT;
    double own = memory("Anonymous"), resident = memory("Rss"), start = bench_wall();
    segml_model *model = open_file(path, 0);
    char name[80];

    snprintf(name, sizeof name, "preload, %d jobs", (int)jobs);
    if (segml_model_preload(model, jobs, &err) != SEGML_OK)
        groups_die("preload", err.message);
    predict(model, 0);
    start = bench_wall() - start;
    segml_model_get_stats(model, &stats, NULL);
    bench_print(bench, name, "loaded", (double)stats.loaded, "models");
    bench_print(bench, name, "load_all", start, "s");
    bench_print(bench, name, "load_each", 1e3 * start / (double)stats.loaded, "ms");
    bench_print(bench, name, "anonymous_per_model",
                (memory("Anonymous") - own) * 1e3 / (double)stats.loaded, "kB");
    bench_print(bench, name, "resident_per_model",
                (memory("Rss") - resident) * 1e3 / (double)stats.loaded, "kB");
    segml_model_free(model);
}

/* The other side's moment: each says that it is there and waits for the other. */
static void
meet(int out, int in)
{
    char byte = 0;

    if (write(out, &byte, 1) != 1 || read(in, &byte, 1) != 1)
        groups_die("share", "the other process is gone");
}

static void
use(const segml_model *model, int count)
{
    int64_t models, *order = shuffled(model, &models);

    for (int i = 0; i < count && i < models; i++)
        predict(model, order[i]);
    free(order);
}

/* Two processes with the same children; `forked` = loaded before the second one is born. */
static void
measure_share(const char *path, int count, int forked)
{
    segml_model *model = NULL;
    const char *name = forked ? "forked after loading" : "two processes";
    int there[2], back[2], out, in;
    pid_t other;
    char text[80];

    if (forked) {
        model = open_file(path, 0);
        use(model, count);
    }
    fflush(stdout);
    if (pipe(there) != 0 || pipe(back) != 0)
        groups_die("share", "no pipe");
    other = fork();
    if (other < 0)
        groups_die("share", "no process");
    out = other > 0 ? there[1] : back[1];
    in = other > 0 ? back[0] : there[0];
    if (!forked)
        model = open_file(path, 0);
    use(model, count);
    meet(out, in);
    snprintf(text, sizeof text, "%s, %d children, %s", name, count, other > 0 ? "first" : "second");
    if (other > 0)
        print_memory(text);
    meet(out, in);
    if (other == 0)
        print_memory(text);
    meet(out, in);
    segml_model_free(model);
    if (other == 0)
        exit(EXIT_SUCCESS);
    waitpid(other, NULL, 0);
}

static float
predict_xgboost(const xgb_api *xgb, xgb_handle booster, xgb_handle proxy)
{
    static const char config[] =
        "{\"type\": 0, \"training\": false, \"iteration_begin\": 0, \"iteration_end\": 0, "
        "\"missing\": NaN, \"strict_shape\": true, \"cache_id\": 0}";
    const uint64_t *extent;
    uint64_t dimensions;
    const float *values;
    char interface[160];

    xgb_interface(interface, sizeof interface, row, 1, FEATURES);
    xgb_check(xgb, xgb->XGBoosterPredictFromDense(booster, interface, config, proxy, &extent,
                                                  &dimensions, &values));
    return values[0];
}

static xgb_handle
load_xgboost(const xgb_api *xgb, const char *folder, const char *file)
{
    segml_error err = SEGML_ERROR_INIT;
    sg_buf bytes = {0};
    xgb_handle booster = NULL;
    char path[4096];

    snprintf(path, sizeof path, "%s/%s", folder, file);
    if (sg_file_read(&bytes, path, &err) != SEGML_OK)
        groups_die("xgboost", err.message);
    xgb_check(xgb, xgb->XGBoosterCreate(NULL, 0, &booster));
    xgb_check(xgb, xgb->XGBoosterSetParam(booster, "nthread", "1"));
    xgb_check(xgb, xgb->XGBoosterLoadModelFromBuffer(booster, bytes.bytes, bytes.size));
    sg_buf_clear(&bytes);
    return booster;
}

/* All models of a folder, each loaded by XGBoost's C interface and kept. */
static void
measure_xgboost(const char *folder, const char *library)
{
    struct dirent **files;
    int found = scandir(folder, &files, NULL, alphasort), count = 0;
    times t = times_make(found > 0 ? found : 1);
    double own, start;
    xgb_handle proxy = NULL, *boosters = calloc(found > 0 ? (size_t)found : 1, sizeof *boosters);
    xgb_api xgb;

    xgb_open(&xgb, library);
    xgb_check(&xgb, xgb.XGProxyDMatrixCreate(&proxy));
    if (found < 3 || boosters == NULL)
        groups_die("no models in", folder);
    predict_xgboost(&xgb, load_xgboost(&xgb, folder, files[found - 1]->d_name), proxy);
    own = memory("Anonymous");
    start = bench_wall();
    for (int i = 0; i < found; i++) {
        if (strstr(files[i]->d_name, ".ubj") == NULL)
            continue;
        times_begin(&t);
        boosters[count] = load_xgboost(&xgb, folder, files[i]->d_name);
        predict_xgboost(&xgb, boosters[count++], proxy);
        times_end(&t);
    }
    start = bench_wall() - start;
    bench_print(bench, "XGBoost's C interface", "loaded", count, "models");
    bench_print(bench, "XGBoost's C interface", "load_all", start, "s");
    bench_print(bench, "XGBoost's C interface", "anonymous_per_model",
                (memory("Anonymous") - own) * 1e3 / count, "kB");
    times_print(&t, "XGBoost's C interface", "first_prediction");
    free(boosters);
}

int
main(int argc, char **argv)
{
    const char *command = argc > 2 ? argv[1] : "";
    int count = argc > 3 ? (int)strtol(argv[3], NULL, 10) : 0;

    if (strcmp(command, "open") == 0 && argc == 3) {
        measure_open(argv[2], "cached", 1, WARM_OPENS);
        measure_open(argv[2], "from_disk", 0, COLD_OPENS);
    } else if (strcmp(command, "first") == 0 && count > 0) {
        measure_first(argv[2], "cached", 1, count);
        measure_first(argv[2], "from_disk", 0, count);
        measure_next(argv[2], count);
    } else if (strcmp(command, "memory") == 0 && argc > 4) {
        measure_memory(argv[2], strtod(argv[3], NULL), argv + 4);
    } else if (strcmp(command, "preload") == 0 && argc == 4) {
        measure_preload(argv[2], count);
    } else if (strcmp(command, "process") == 0 && argc == 3) {
        measure_process(argv[2]);
    } else if (strcmp(command, "share") == 0 && count > 0) {
        measure_share(argv[2], count, 0);
        measure_share(argv[2], count, 1);
    } else if (strcmp(command, "xgboost") == 0 && argc == 4) {
        measure_xgboost(argv[2], argv[3]);
    } else {
        groups_die("usage", "artifact open|first|memory|process|preload|share|xgboost FILE ...");
    }
    return EXIT_SUCCESS;
}
