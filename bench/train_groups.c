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
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "bench.h"
#include "segml/segml.h"
#include "xgb_timer.h"

enum { ROWS = 400, FEATURES = 10, TRIALS = 10, FOLDS = 5, MOST_REPETITIONS = 20 };

static const char bench[] = "train_groups";

/* What one process does. */
typedef struct task {
    int64_t first, groups; /* trains groups first .. first + groups - 1 */
    int32_t jobs;
    int32_t trials;
    int32_t rounds;   /* fixed number, 0 = found by early stopping */
    const char *path; /* of XGBoost */
} task;

typedef struct table {
    float *data, *label;
    int64_t *key;
} table;

static void
die(const char *what, const char *detail)
{
    fprintf(stderr, "train_groups: %s: %s\n", what, detail);
    exit(EXIT_FAILURE);
}

static void *
claim(int64_t count, size_t size)
{
    void *block = malloc((size_t)count * size);

    if (block == NULL)
        die("memory", "out of it");
    return block;
}

/* Rows of a group depend on its number alone; each group has a rule of its own. */
static void
fill_group(table *t, int64_t place, int64_t group)
{
    uint64_t state = 1 + (uint64_t)group;
    double slope = 2 * bench_uniform(&state) - 1;

    for (int64_t i = place * ROWS; i < (place + 1) * ROWS; i++) {
        float *x = t->data + i * FEATURES;
        double value;

        for (int j = 0; j < FEATURES; j++)
            x[j] = (float)(4 * bench_uniform(&state) - 2);
        value = (double)(x[0] * x[1]) + slope * (double)x[2] + 2 * bench_uniform(&state) - 1;
        t->label[i] = value > 0 ? 1.0F : 0.0F;
        t->key[i] = group;
    }
}

static segml_dataset *
make_dataset(table *t, const task *what)
{
    segml_error err = SEGML_ERROR_INIT;
    segml_dataset_input input = SEGML_DATASET_INPUT_INIT;
    segml_key_column column = SEGML_KEY_COLUMN_INIT;
    segml_dataset *dataset = NULL;
    int64_t rows = what->groups * ROWS;

    t->data = claim(rows * FEATURES, sizeof *t->data);
    t->label = claim(rows, sizeof *t->label);
    t->key = claim(rows, sizeof *t->key);
    for (int64_t g = 0; g < what->groups; g++)
        fill_group(t, g, what->first + g);
    column.type = SEGML_KEY_INT64;
    column.data = t->key;
    input.rows = rows;
    input.features = FEATURES;
    input.data = t->data;
    input.label = t->label;
    input.keys = &column;
    input.key_count = 1;
    if (segml_dataset_create(&dataset, &input, &err) < 0)
        die("data", err.message);
    return dataset;
}

static segml_model *
train(const segml_dataset *dataset, const task *what)
{
    segml_error err = SEGML_ERROR_INIT;
    segml_train_options options = SEGML_TRAIN_OPTIONS_INIT;
    segml_value rounds = {"rounds", what->rounds};
    segml_model *model = NULL;
    int rc;

    options.objective = "binary";
    options.trials = what->trials;
    options.folds = FOLDS;
    options.jobs = what->jobs;
    options.fallback = -1;
    options.xgboost_path = what->path;
    options.params = &rounds;
    options.param_count = what->rounds > 0;
    rc = segml_train_segmented(&model, dataset, &options, &err);
    if (rc != SEGML_OK)
        die("training", err.message);
    return model;
}

static double
memory_now(void)
{
    FILE *file = fopen("/proc/self/statm", "r");
    double size = 0, resident = 0;

    if (file == NULL || fscanf(file, "%lf %lf", &size, &resident) != 2)
        die("memory", "/proc/self/statm cannot be read");
    fclose(file);
    return resident * (double)sysconf(_SC_PAGESIZE);
}

static double
peak_memory(void)
{
    struct rusage usage;

    getrusage(RUSAGE_SELF, &usage);
    return 1024.0 * (double)usage.ru_maxrss;
}

static double
artifact_size(const segml_model *model)
{
    char path[] = "/tmp/segml-bench-XXXXXX";
    segml_save_options options = SEGML_SAVE_OPTIONS_INIT;
    segml_error err = SEGML_ERROR_INIT;
    struct stat info = {0};
    int file = mkstemp(path);

    if (file < 0)
        die("artifact", path);
    close(file);
    options.overwrite = 1;
    if (segml_model_save(model, path, &options, &err) < 0 || stat(path, &info) != 0)
        die("artifact", err.message);
    unlink(path);
    return (double)info.st_size;
}

/* Runs in its own process: wall and processor seconds of training, peak growth, artifact. */
static void
run_task(const task *what, FILE *out)
{
    table t;
    segml_dataset *dataset = make_dataset(&t, what);
    double memory = memory_now(), wall = bench_wall(), cpu = bench_cpu();
    segml_model *model = train(dataset, what);

    wall = bench_wall() - wall;
    cpu = bench_cpu() - cpu;
    memory = peak_memory() - memory;
    fprintf(out, "%.9g %.9g %.9g %.9g\n", wall, cpu, memory, artifact_size(model));
    segml_model_free(model);
    segml_dataset_free(dataset);
    free(t.data);
    free(t.label);
    free(t.key);
}

/* A process that runs a task and writes its figures into a pipe. */
typedef struct child {
    pid_t process;
    int pipe;
} child;

static child
start(const task *what)
{
    int ends[2];
    child c;

    if (pipe(ends) != 0)
        die("process", "no pipe");
    fflush(NULL);
    c.process = fork(); /* before this process has started any thread */
    if (c.process < 0)
        die("process", "cannot fork");
    if (c.process == 0) {
        FILE *out = fdopen(ends[1], "w");

        close(ends[0]);
        run_task(what, out);
        fclose(out);
        _exit(EXIT_SUCCESS);
    }
    close(ends[1]);
    c.pipe = ends[0];
    return c;
}

static void
finish(child c, double figures[4])
{
    FILE *in = fdopen(c.pipe, "r");
    int status = 0;
    int read = fscanf(in, "%lf %lf %lf %lf", &figures[0], &figures[1], &figures[2], &figures[3]);

    fclose(in);
    waitpid(c.process, &status, 0);
    if (read != 4 || status != 0)
        die("process", "a measurement failed");
}

/* In this process: the timer's totals are read from the module that training used. */
static void
measure_overhead(const char *timer, int64_t groups)
{
    task what = {0, groups, 1, TRIALS, 0, timer};
    void *module = dlopen(timer, RTLD_NOW | RTLD_LOCAL);
    void *address = module != NULL ? dlsym(module, "xgb_timer_read") : NULL;
    void (*read_timer)(int64_t *, int64_t *);
    int64_t nanoseconds = 0, calls = 0;
    table t;
    segml_dataset *dataset;
    segml_model *model;
    double cpu, inside;

    if (address == NULL)
        die("timer", dlerror());
    memcpy(&read_timer, &address, sizeof address);
    dataset = make_dataset(&t, &what);
    cpu = bench_cpu();
    model = train(dataset, &what);
    cpu = bench_cpu() - cpu;
    read_timer(&nanoseconds, &calls);
    inside = 1e-9 * (double)nanoseconds;
    bench_print(bench, "overhead", "cpu_total", cpu, "s");
    bench_print(bench, "overhead", "cpu_in_xgboost", inside, "s");
    bench_print(bench, "overhead", "calls", (double)calls, "");
    bench_print(bench, "overhead", "cpu_total/cpu_in_xgboost", cpu / inside, "");
    segml_model_free(model);
    segml_dataset_free(dataset);
    free(t.data);
    free(t.label);
    free(t.key);
}

/* Wall times, and processor times too: those tell on a machine that others use as well. */
static void
measure_throughput(const char *path, int64_t groups, int repetitions)
{
    task both = {0, groups, 2, TRIALS, 0, path};
    task lower = {0, groups / 2, 1, TRIALS, 0, path};
    task upper = {groups / 2, groups - groups / 2, 1, TRIALS, 0, path};
    double wall[2][MOST_REPETITIONS], cpu[2][MOST_REPETITIONS], ratio[MOST_REPETITIONS];
    double a[4], b[4];
    child first, second;

    for (int r = 0; r < repetitions; r++) {
        finish(start(&both), a);
        wall[0][r] = a[0];
        cpu[0][r] = a[1];
        first = start(&lower);
        second = start(&upper);
        finish(first, a);
        finish(second, b);
        wall[1][r] = fmax(a[0], b[0]);
        cpu[1][r] = a[1] + b[1];
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
    double figures[3][4], grown;

    for (int k = 0; k < 3; k++) {
        task what = {0, groups[k], 2, 1, 10, path};
        char name[40];

        finish(start(&what), figures[k]);
        snprintf(name, sizeof name, "memory, %d groups", (int)groups[k]);
        bench_print(bench, name, "peak_growth", figures[k][2] / 1e6, "MB");
        bench_print(bench, name, "artifact", figures[k][3] / 1e6, "MB");
    }
    grown = (figures[2][2] - figures[0][2]) - (figures[2][3] - figures[0][3]);
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
        die("usage", "train_groups TIMER [GROUPS [REPETITIONS]]");
    measure_memory(path);
    measure_throughput(path, groups, repetitions);
    measure_overhead(argv[1], groups); /* last: it starts threads in this process */
    return EXIT_SUCCESS;
}
