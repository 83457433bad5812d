/* SPDX-License-Identifier: Apache-2.0 */

/*
 * Damaged models: what the loader accepts, XGBoost can be given too. It trusts its files:
 * a child out of range is a crash there, a child that is its own parent a hang.
 *
 *     parity_damage LIBRARY FOLDER [DAMAGES]
 *
 * Models of the folder (the fuzzer's corpus) that are no newer than this XGBoost are damaged in
 * one to three bytes, so many times each. If the loader accepts the bytes, a child
 * process loads them with XGBoost and predicts; it may refuse, but must neither crash nor
 * hang, and what it predicts must be the same bits.
 */

#include <check.h>
#include <dirent.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/file.h"
#include "base/rng.h"
#include "parity/xgb_api.h"
#include "tree/predict.h"

enum { ROWS = 100, MAX_FEATURES = 64, MAX_OUTPUTS = 16, MAX_MODELS = 64, SECONDS = 20 };

/* How a child process ends when nothing crashed. */
enum { SAME, REFUSED, DIFFERENT };

static xgb_api xgb;
static sg_buf models[MAX_MODELS];
static int model_count;
static int damages = 3000;

static void
damage(unsigned char *bytes, size_t size, sg_rng *rng)
{
    const uint64_t places = 1 + sg_rng_below(rng, 3);

    for (uint64_t i = 0; i < places; i++) {
        unsigned char *byte = &bytes[sg_rng_below(rng, size)];

        if (sg_rng_below(rng, 2) == 0)
            *byte ^= (unsigned char)(1 << sg_rng_below(rng, 8));
        else
            *byte = (unsigned char)sg_rng_next(rng);
    }
}

static void
draw_rows(float *rows, int64_t count, sg_rng *rng)
{
    for (int64_t i = 0; i < count; i++) {
        rows[i] = (float)sg_rng_below(rng, 50) - 5.0f + (float)sg_rng_uniform(rng);
        if (sg_rng_below(rng, 6) == 0)
            rows[i] = NAN;
        else if (sg_rng_below(rng, 2) == 0)
            rows[i] = floorf(rows[i]);
    }
}

/* In the child process. */
static int
predict_both(const sg_forest *forest, const unsigned char *bytes, size_t size, const float *rows)
{
    static const char config[] =
        "{\"type\": 1, \"training\": false, \"iteration_begin\": 0, \"iteration_end\": 0, "
        "\"missing\": NaN, \"strict_shape\": true, \"cache_id\": 0}";
    const int64_t features = sg_forest_features(forest);
    const int outputs = sg_forest_outputs(forest);
    xgb_handle booster = NULL, proxy = NULL;
    const uint64_t *shape;
    const float *theirs;
    uint64_t dimensions;
    char interface[160];

    xgb_interface(interface, sizeof interface, rows, ROWS, features);
    if (xgb.XGBoosterCreate(NULL, 0, &booster) != 0 ||
        xgb.XGBoosterLoadModelFromBuffer(booster, bytes, size) != 0 ||
        xgb.XGBoosterSetParam(booster, "nthread", "1") != 0 ||
        xgb.XGProxyDMatrixCreate(&proxy) != 0 ||
        xgb.XGBoosterPredictFromDense(booster, interface, config, proxy, &shape, &dimensions,
                                      &theirs) != 0)
        return REFUSED;
    for (int i = 0; i < ROWS; i++) {
        float ours[MAX_OUTPUTS];

        sg_predict_margin(forest, 0, &rows[i * features], features, NULL, ours);
        for (int k = 0; k < outputs; k++) {
            const float *other = &theirs[i * outputs + k];

            if (memcmp(&ours[k], other, sizeof *other) != 0 && !(isnan(ours[k]) && isnan(*other)))
                return DIFFERENT;
        }
    }
    return SAME;
}

static void
try_on_xgboost(const sg_forest *forest, const unsigned char *bytes, size_t size, const float *rows,
               int number)
{
    int status = 0;
    pid_t process;

    fflush(NULL);
    process = fork(); /* XGBoost has not run in this process, so no threads are lost */
    ck_assert_int_ge(process, 0);
    if (process == 0) {
        alarm(SECONDS);
        _exit(predict_both(forest, bytes, size, rows));
    }
    ck_assert_int_eq(waitpid(process, &status, 0), process);
    ck_assert_msg(WIFEXITED(status), "damage %d is accepted, but XGBoost ends with signal %d",
                  number, WTERMSIG(status));
    ck_assert_msg(WEXITSTATUS(status) != DIFFERENT, "damage %d: other bits in XGBoost", number);
}

START_TEST(accepted_damage_is_safe_for_xgboost)
{
    static float rows[ROWS * MAX_FEATURES];
    const sg_buf *model = &models[_i];
    sg_rng rng = sg_rng_stream((uint64_t)_i, 0, "damage", 0);
    unsigned char *bytes = malloc(model->size);
    int accepted = 0;

    ck_assert_ptr_nonnull(bytes);
    for (int i = 0; i < damages; i++) {
        sg_forest *forest = NULL;

        memcpy(bytes, model->bytes, model->size);
        damage(bytes, model->size, &rng);
        if (sg_forest_load(&forest, bytes, model->size, NULL) < 0)
            continue;
        if (sg_forest_features(forest) <= MAX_FEATURES &&
            sg_forest_outputs(forest) <= MAX_OUTPUTS) {
            accepted++;
            draw_rows(rows, ROWS * sg_forest_features(forest), &rng);
            try_on_xgboost(forest, bytes, model->size, rows, i);
        }
        sg_forest_free(forest);
    }
    free(bytes);
    ck_assert_int_gt(accepted, 0); /* otherwise nothing was tried */
}
END_TEST

/* Whether a model loads, and was written by this version or an older one. */
static int
is_known_to(const sg_buf *model, int major, int minor)
{
    /* "version", the last member: three integers of type i */
    const unsigned char *version = model->bytes + model->size - 7;
    sg_forest *forest = NULL;
    int loads = sg_forest_load(&forest, model->bytes, model->size, NULL) == SEGML_OK;

    sg_forest_free(forest);
    return loads && 100 * version[1] + version[3] <= 100 * major + minor;
}

static void
read_models(const char *folder)
{
    struct dirent **entries = NULL;
    int major, minor, patch;
    int count = scandir(folder, &entries, NULL, alphasort);

    xgb.XGBoostVersion(&major, &minor, &patch);
    for (int i = 0; i < count; i++) {
        sg_buf *model = &models[model_count];
        char path[4096];

        snprintf(path, sizeof path, "%s/%s", folder, entries[i]->d_name);
        free(entries[i]);
        if (model_count == MAX_MODELS || sg_file_read(model, path, NULL) < 0)
            continue; /* a folder */
        if (is_known_to(model, major, minor))
            model_count++;
        else
            sg_buf_clear(model);
    }
    free(entries);
    printf("XGBoost %d.%d.%d, %d models, %d damages to each\n", major, minor, patch, model_count,
           damages);
    if (model_count == 0) {
        fprintf(stderr, "%s has no model that this version knows\n", folder);
        exit(EXIT_FAILURE);
    }
}

int
main(int argc, char **argv)
{
    Suite *suite = suite_create("parity");
    TCase *tc = tcase_create("damage");
    SRunner *runner;
    int failed;

    if (argc < 3) {
        fprintf(stderr, "usage: parity_damage LIBRARY FOLDER [DAMAGES]\n");
        return EXIT_FAILURE;
    }
    if (argc > 3)
        damages = (int)strtol(argv[3], NULL, 10);
    xgb_open(&xgb, argv[1]);
    read_models(argv[2]);
    tcase_add_loop_test(tc, accepted_damage_is_safe_for_xgboost, 0, model_count);
    suite_add_tcase(suite, tc);
    runner = srunner_create(suite);
    srunner_set_fork_status(runner, CK_NOFORK);
    srunner_run_all(runner, CK_ENV);
    failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    for (int i = 0; i < model_count; i++)
        sg_buf_clear(&models[i]);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
