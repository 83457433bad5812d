/* SPDX-License-Identifier: Apache-2.0 */

/*
 * A measurement is a process of its own, because peaks of memory and XGBoost's thread-local
 * state survive a call; its figures come back through a pipe.
 */

#include "small_groups.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "bench.h"

void
small_die(const char *what, const char *detail)
{
    fprintf(stderr, "small groups: %s: %s\n", what, detail);
    exit(EXIT_FAILURE);
}

static void *
claim(int64_t count, size_t size)
{
    void *block = malloc((size_t)count * size);

    if (block == NULL)
        small_die("memory", "out of it");
    return block;
}

static void
fill_group(small_table *t, int64_t place, int64_t group)
{
    uint64_t state = 1 + (uint64_t)group;
    double slope = 2 * bench_uniform(&state) - 1;

    for (int64_t i = place * SMALL_ROWS; i < (place + 1) * SMALL_ROWS; i++) {
        float *x = t->data + i * SMALL_FEATURES;
        double value;

        for (int j = 0; j < SMALL_FEATURES; j++)
            x[j] = (float)(4 * bench_uniform(&state) - 2);
        value = (double)(x[0] * x[1]) + slope * (double)x[2] + 2 * bench_uniform(&state) - 1;
        t->label[i] = value > 0 ? 1.0F : 0.0F;
        t->key[i] = group;
    }
}

segml_dataset *
small_dataset(small_table *t, const small_task *what)
{
    segml_error err = SEGML_ERROR_INIT;
    segml_dataset_input input = SEGML_DATASET_INPUT_INIT;
    segml_key_column column = SEGML_KEY_COLUMN_INIT;
    segml_dataset *dataset = NULL;
    int64_t rows = what->groups * SMALL_ROWS;

    t->data = claim(rows * SMALL_FEATURES, sizeof *t->data);
    t->label = claim(rows, sizeof *t->label);
    t->key = claim(rows, sizeof *t->key);
    for (int64_t g = 0; g < what->groups; g++)
        fill_group(t, g, what->first + g);
    column.type = SEGML_KEY_INT64;
    column.data = t->key;
    input.rows = rows;
    input.features = SMALL_FEATURES;
    input.data = t->data;
    input.label = t->label;
    input.keys = &column;
    input.key_count = 1;
    if (segml_dataset_create(&dataset, &input, &err) < 0)
        small_die("data", err.message);
    return dataset;
}

void
small_table_free(small_table *t)
{
    free(t->data);
    free(t->label);
    free(t->key);
}

segml_model *
small_train(const segml_dataset *dataset, const small_task *what)
{
    segml_error err = SEGML_ERROR_INIT;
    segml_train_options options = SEGML_TRAIN_OPTIONS_INIT;
    segml_value rounds = {"rounds", what->rounds};
    segml_model *model = NULL;

    options.objective = "binary";
    options.trials = what->trials;
    options.folds = SMALL_FOLDS;
    options.jobs = what->jobs;
    options.fallback = -1;
    options.xgboost_path = what->path;
    options.engine = what->engine;
    options.params = &rounds;
    options.param_count = what->rounds > 0;
    if (segml_train_segmented(&model, dataset, &options, &err) != SEGML_OK)
        small_die("training", err.message);
    return model;
}

static double
memory_now(void)
{
    FILE *file = fopen("/proc/self/statm", "r");
    double size = 0, resident = 0;

    if (file == NULL || fscanf(file, "%lf %lf", &size, &resident) != 2)
        small_die("memory", "/proc/self/statm cannot be read");
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
        small_die("artifact", path);
    close(file);
    options.overwrite = 1;
    if (segml_model_save(model, path, &options, &err) < 0 || stat(path, &info) != 0)
        small_die("artifact", err.message);
    unlink(path);
    return (double)info.st_size;
}

static void
run(const small_task *what, FILE *out)
{
    small_table t;
    segml_dataset *dataset = small_dataset(&t, what);
    double memory = memory_now(), wall = bench_wall(), cpu = bench_cpu();
    segml_model *model = small_train(dataset, what);
    small_figures f = {bench_wall() - wall, bench_cpu() - cpu, peak_memory() - memory,
                       memory_now() - memory, artifact_size(model)};

    fprintf(out, "%.9g %.9g %.9g %.9g %.9g\n", f.wall, f.cpu, f.memory, f.kept, f.artifact);
    segml_model_free(model);
    segml_dataset_free(dataset);
    small_table_free(&t);
}

small_child
small_start(const small_task *what)
{
    int ends[2];
    small_child c;

    if (pipe(ends) != 0)
        small_die("process", "no pipe");
    fflush(NULL);
    c.process = fork();
    if (c.process < 0)
        small_die("process", "cannot fork");
    if (c.process == 0) {
        FILE *out = fdopen(ends[1], "w");

        close(ends[0]);
        run(what, out);
        fclose(out);
        _exit(EXIT_SUCCESS);
    }
    close(ends[1]);
    c.pipe = ends[0];
    return c;
}

small_figures
small_finish(small_child c)
{
    FILE *in = fdopen(c.pipe, "r");
    small_figures f = {0};
    int status = 0;
    int read = fscanf(in, "%lf %lf %lf %lf %lf", &f.wall, &f.cpu, &f.memory, &f.kept, &f.artifact);

    fclose(in);
    waitpid(c.process, &status, 0);
    if (read != 5 || status != 0)
        small_die("process", "a measurement failed");
    return f;
}
