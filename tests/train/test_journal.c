/* SPDX-License-Identifier: Apache-2.0 */

/*
 * Journals: a training that was stopped and begun again gives the bytes of one that was not, and
 * trains nothing again that was in the journal.
 */

#define _GNU_SOURCE /* flock(), memmem(), RLIMIT_FSIZE and MAP_ANONYMOUS with _POSIX_C_SOURCE */

#include <fcntl.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "fixture.h"
#include "seed_groups.h"

enum { ROWS = 1600, KILLS = 20, FLIPS = 12 };

static const char journal[] = "test-journal.tmp";

/* What a training told. */
typedef struct told {
    long long resumed, models; /* of the line on the journal; 0 without one */
    int damaged;
} told;

static void
listen(int32_t level, const char *message, void *user)
{
    told *to = user;

    (void)level;
    if (strncmp(message, "journal ", 8) != 0)
        return;
    if (strstr(message, "not whole") != NULL)
        to->damaged++;
    else
        ck_assert_int_eq(sscanf(strchr(message, ':'), ": %lld of %lld", &to->resumed, &to->models),
                         2);
}

/* Kinds of training that are stopped: _i of the loop tests. */
enum { KINDS = 5 };

static const char *const kind_names[KINDS] = {"segmented", "global", "shared", "weighted", "large"};

static table
table_of_kind(int kind)
{
    table t = table_seed(ROWS);

    for (int64_t i = 0; i < ROWS && kind == 0; i++) { /* one group has one class, one is small */
        if (t.key[i] == 3)
            t.y[i] = 0;
        if (t.key[i] == 5 && i % 4 > 0)
            t.key[i] = 4;
    }
    if (kind != 3)
        return t;
    t.weight = calloc(ROWS, sizeof *t.weight);
    t.fold = calloc(ROWS, sizeof *t.fold);
    ck_assert(t.weight != NULL && t.fold != NULL);
    for (int64_t i = 0; i < ROWS; i++) {
        t.weight[i] = (float)(i % 5) / 2;
        t.fold[i] = (int32_t)(i * 7 % 5);
    }
    return t;
}

static segml_train_options
options_of_kind(int kind)
{
    segml_train_options options = quick_options();

    if (kind == 2)
        options.validation = "shared";
    if (kind == 4)
        options.search_rows = 200; /* groups take the path of large ones */
    return options;
}

static segml_model *
resume(const table *t, const segml_train_options *options, int kind, told *heard)
{
    segml_train_options with = *options;

    *heard = (told){0, 0, 0};
    with.journal = journal;
    with.log = listen;
    with.user = heard;
    return train_table(t, &with, kind == 1);
}

static int
train_failing(const table *t, const segml_train_options *options, segml_error *err)
{
    segml_dataset *dataset = table_dataset(t);
    segml_model *model = (segml_model *)(void *)&dataset;
    int rc = segml_train_segmented(&model, dataset, options, err);

    ck_assert_int_lt(rc, 0);
    ck_assert_ptr_null(model);
    ck_assert_int_eq(err->code, rc);
    segml_dataset_free(dataset);
    return rc;
}

static unsigned char *
read_file(const char *path, size_t *size)
{
    FILE *file = fopen(path, "rb");
    unsigned char *bytes;

    ck_assert_ptr_nonnull(file);
    fseek(file, 0, SEEK_END);
    *size = (size_t)ftell(file);
    rewind(file);
    bytes = malloc(*size + 1);
    ck_assert_ptr_nonnull(bytes);
    ck_assert_int_eq(fread(bytes, 1, *size, file), *size);
    fclose(file);
    return bytes;
}

static void
write_file(const char *path, const void *bytes, size_t size)
{
    FILE *file = fopen(path, "wb");

    ck_assert_ptr_nonnull(file);
    ck_assert_int_eq(fwrite(bytes, 1, size, file), size);
    ck_assert_int_eq(fclose(file), 0);
}

START_TEST(a_finished_journal_leaves_nothing_to_train)
{
    table t = table_of_kind(_i);
    segml_train_options options = options_of_kind(_i);
    segml_model *plain, *first, *again;
    told heard;

    unlink(journal);
    plain = train_table(&t, &options, _i == 1);
    first = resume(&t, &options, _i, &heard);
    ck_assert_int_eq(heard.resumed, 0);
    options.jobs = 1;
    again = resume(&t, &options, _i, &heard);
    ck_assert_msg(heard.resumed > 0 && heard.resumed == heard.models, "%s: %lld of %lld",
                  kind_names[_i], heard.resumed, heard.models);
    assert_same_artifact(plain, first);
    assert_same_artifact(plain, again);
    segml_model_free(plain);
    segml_model_free(first);
    segml_model_free(again);
    unlink(journal);
    table_free(&t);
}
END_TEST

/*
 * _i 0: of trials that diverge, so that their losses are infinite, which history tells as null;
 * 1: of counts so large that what the shared search finds, in units of Hessians, is more than a
 * caller may fix.
 */
START_TEST(models_of_any_counts_are_taken_up_again)
{
    static const segml_value wild[] = {{"learning_rate", 1},
                                       {"reg_lambda", 0},
                                       {"min_child_weight", 0},
                                       {"max_delta_step", 0},
                                       {"rounds", 30}};
    table t = table_seed(ROWS);
    segml_train_options options = quick_options();
    segml_model *first, *again;
    unsigned char *history;
    size_t size;
    told heard;

    for (int64_t i = 0; i < ROWS; i++) {
        double draw = seed_draw(8, (uint64_t)i);

        if (_i == 0)
            t.y[i] = t.x[i * t.features] > 0.8F ? (float)(int)(draw * 1e4) : 0;
        else
            t.y[i] = (float)(1e13 * (1 + draw));
    }
    options.objective = "poisson";
    options.fallback = -1;
    options.trials = 5;
    options.params = _i == 0 ? wild : NULL;
    options.param_count = _i == 0 ? sizeof wild / sizeof *wild : 0;
    options.validation = _i == 1 ? "shared" : NULL;
    unlink(journal);
    first = resume(&t, &options, 0, &heard);
    history = artifact_member(first, "history.jsonl", &size);
    ck_assert_ptr_nonnull(history);
    ck_assert_int_eq(memmem(history, size, "null", 4) != NULL, _i == 0);
    again = resume(&t, &options, 0, &heard);
    ck_assert_int_eq(heard.damaged, 0);
    ck_assert_int_eq(heard.resumed, SEED_GROUPS);
    assert_same_artifact(first, again);
    free(history);
    segml_model_free(again);
    segml_model_free(first);
    unlink(journal);
    table_free(&t);
}
END_TEST

/* Ends of the blocks of a journal: 8 bytes, then u64 size, u64 checksum and so many bytes each. */
static int
block_ends(const unsigned char *bytes, size_t size, size_t *ends)
{
    size_t at = 8;
    int count = 0;

    while (at < size) {
        size_t length = 0;

        for (int i = 7; i >= 0; i--)
            length = length << 8 | bytes[at + (size_t)i];
        at += 16 + length;
        ends[count++] = at;
    }
    ck_assert_int_eq(at, size);
    return count;
}

START_TEST(a_journal_that_was_cut_anywhere_keeps_what_is_whole)
{
    enum { CUTS = 12 };
    table t = table_seed(ROWS);
    segml_train_options options = quick_options();
    segml_model *plain;
    size_t size, ends[64];
    unsigned char *bytes;
    told heard;
    int blocks;

    unlink(journal);
    plain = resume(&t, &options, 0, &heard);
    bytes = read_file(journal, &size);
    blocks = block_ends(bytes, size, ends);
    ck_assert_int_eq(blocks, 1 + 1 + SEED_GROUPS); /* setting, global model, groups */
    for (int i = 0; i < CUTS; i++) {
        size_t cut = (size_t)(seed_draw(5, (uint64_t)i) * (double)size);
        segml_model *again;
        int whole = 0;

        for (int b = 1; b < blocks; b++)
            whole += ends[b] <= cut;
        write_file(journal, bytes, cut);
        again = resume(&t, &options, 0, &heard);
        ck_assert_int_eq(heard.resumed, whole);
        ck_assert_int_eq(heard.damaged, cut > ends[0] && (whole > 0 ? cut != ends[whole] : 1));
        assert_same_artifact(plain, again);
        segml_model_free(again);
    }
    free(bytes);
    segml_model_free(plain);
    unlink(journal);
    table_free(&t);
}
END_TEST

START_TEST(a_flipped_bit_costs_what_follows_it_and_nothing_else)
{
    table t = table_seed(ROWS);
    segml_train_options options = quick_options();
    segml_model *plain;
    size_t size, ends[64];
    unsigned char *bytes;
    told heard;

    unlink(journal);
    plain = resume(&t, &options, 0, &heard);
    bytes = read_file(journal, &size);
    block_ends(bytes, size, ends);
    for (int i = 0; i < FLIPS; i++) {
        size_t at = ends[0] + (size_t)(seed_draw(6, (uint64_t)i) * (double)(size - ends[0]));
        segml_model *again;
        int whole = 0;

        for (int b = 1; b <= 1 + SEED_GROUPS; b++)
            whole += ends[b] <= at;
        bytes[at] ^= (unsigned char)(1 << i % 8);
        write_file(journal, bytes, size);
        bytes[at] ^= (unsigned char)(1 << i % 8);
        again = resume(&t, &options, 0, &heard);
        ck_assert_int_eq(heard.resumed, whole);
        ck_assert_int_eq(heard.damaged, 1);
        assert_same_artifact(plain, again);
        segml_model_free(again);
    }
    free(bytes);
    segml_model_free(plain);
    unlink(journal);
    table_free(&t);
}
END_TEST

/* What the killed process has told last. */
static _Atomic long long *seen_done;

static void
watch(const segml_progress *progress, void *user)
{
    (void)user;
    atomic_store(seen_done, (long long)progress->groups_done);
}

static void
train_until_killed(const table *t, const segml_train_options *options, double seconds)
{
    struct timespec wait = {0, (long)(seconds * 1e9)};
    segml_train_options with = *options;
    segml_dataset *dataset = table_dataset(t);
    pid_t child = fork();
    int status;

    ck_assert_int_ge(child, 0);
    if (child == 0) {
        segml_model *model;

        with.journal = journal;
        with.progress = watch;
        segml_train_segmented(&model, dataset, &with, NULL);
        _exit(0);
    }
    nanosleep(&wait, NULL);
    kill(child, SIGKILL);
    ck_assert_int_eq(waitpid(child, &status, 0), child);
    segml_dataset_free(dataset);
}

/* Groups whose progress was told before the kill are in the journal: it is written first. */
START_TEST(a_training_that_is_killed_loses_only_models_in_flight)
{
    table t = table_of_kind(2 * _i);
    segml_train_options options = options_of_kind(2 * _i);
    segml_model *plain;
    struct timespec begin, end;
    double seconds;
    told heard;
    int cut_short = 0;

    seen_done =
        mmap(NULL, sizeof *seen_done, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    ck_assert_ptr_ne(seen_done, MAP_FAILED);
    options.trials = 6;
    clock_gettime(CLOCK_MONOTONIC, &begin);
    plain = train_table(&t, &options, 0);
    clock_gettime(CLOCK_MONOTONIC, &end);
    seconds = (double)(end.tv_sec - begin.tv_sec) + 1e-9 * (double)(end.tv_nsec - begin.tv_nsec);
    for (int i = 0; i < KILLS; i++) {
        long long untrained = _i == 0 ? 2 : 0; /* groups that have no model */
        segml_model *again;

        unlink(journal);
        atomic_store(seen_done, 0);
        train_until_killed(&t, &options, seed_draw(8, (uint64_t)i) * 0.9 * seconds);
        again = resume(&t, &options, 0, &heard);
        ck_assert_int_ge(heard.resumed, atomic_load(seen_done) - untrained);
        cut_short += heard.resumed < heard.models || heard.models == 0;
        assert_same_artifact(plain, again);
        segml_model_free(again);
    }
    ck_assert_int_gt(cut_short, KILLS / 2);
    segml_model_free(plain);
    munmap((void *)seen_done, sizeof *seen_done);
    unlink(journal);
    table_free(&t);
}
END_TEST

/* Another option, and what the message says of it. */
static const struct other {
    const char *name;
    int trials, folds;
    uint64_t seed;
    const char *metric;
    double rate;
} others[] = {{"trials is 3 here and 2 in the journal", 3, 0, 0, NULL, 0},
              {"folds is 4 here and 5 in the journal", 2, 4, 0, NULL, 0},
              {"seed is 9 here and 0 in the journal", 2, 0, 9, NULL, 0},
              {"metric is f1 here and loss in the journal", 2, 0, 0, "f1", 0},
              {"parameter learning_rate is 0.5 here and not given", 2, 0, 0, NULL, 0.5}};

enum { OTHERS = sizeof others / sizeof *others };

START_TEST(a_journal_of_other_options_is_refused_and_kept)
{
    table t = table_seed(ROWS);
    segml_train_options options = quick_options();
    segml_value rate = {"learning_rate", others[_i].rate};
    segml_error err = SEGML_ERROR_INIT;
    unsigned char *before, *after;
    size_t size[2];
    told heard;

    unlink(journal);
    segml_model_free(resume(&t, &options, 0, &heard));
    before = read_file(journal, &size[0]);
    options.trials = others[_i].trials;
    options.folds = others[_i].folds;
    options.seed = others[_i].seed;
    options.metric = others[_i].metric;
    options.params = others[_i].rate > 0 ? &rate : NULL;
    options.param_count = others[_i].rate > 0;
    options.journal = journal;
    ck_assert_int_eq(train_failing(&t, &options, &err), SEGML_E_MISMATCH);
    ck_assert_msg(strstr(err.message, others[_i].name) != NULL, "%s", err.message);
    ck_assert_msg(strstr(err.message, journal) != NULL, "%s", err.message);
    after = read_file(journal, &size[1]);
    ck_assert_int_eq(size[0], size[1]);
    ck_assert_mem_eq(before, after, size[0]);
    free(before);
    free(after);
    unlink(journal);
    table_free(&t);
}
END_TEST

/* What the other training's journal would begin with is longer than this whole journal is. */
START_TEST(a_journal_that_is_shorter_than_another_head_is_refused_and_kept)
{
    enum { POINTS = 10000 };
    table t = table_seed(ROWS);
    segml_train_options options = quick_options();
    segml_value rate = {"learning_rate", 0.1};
    segml_param_set *points = calloc(POINTS, sizeof *points);
    segml_error err = SEGML_ERROR_INIT;
    unsigned char *before, *after;
    size_t size[2], ends[64];
    told heard;

    ck_assert_ptr_nonnull(points);
    for (int i = 0; i < POINTS; i++)
        points[i] = (segml_param_set){&rate, 1};
    unlink(journal);
    segml_model_free(resume(&t, &options, 0, &heard));
    before = read_file(journal, &size[0]);
    block_ends(before, size[0], ends);
    write_file(journal, before, ends[1]); /* one model */
    options.journal = journal;
    options.points = points;
    options.point_count = POINTS;
    ck_assert_int_eq(train_failing(&t, &options, &err), SEGML_E_MISMATCH);
    ck_assert_msg(strstr(err.message, "the points tried first") != NULL, "%s", err.message);
    after = read_file(journal, &size[1]);
    ck_assert_uint_eq(ends[1], size[1]);
    ck_assert_mem_eq(before, after, size[1]);
    free(before);
    free(after);
    free(points);
    unlink(journal);
    table_free(&t);
}
END_TEST

START_TEST(a_journal_of_other_rows_is_refused)
{
    table t = table_seed(ROWS);
    segml_train_options options = quick_options();
    segml_error err = SEGML_ERROR_INIT;
    told heard;

    unlink(journal);
    segml_model_free(resume(&t, &options, 0, &heard));
    options.journal = journal;
    t.x[7] += 1;
    ck_assert_int_eq(train_failing(&t, &options, &err), SEGML_E_MISMATCH);
    ck_assert_msg(strstr(err.message, "the rows are not those of the journal") != NULL, "%s",
                  err.message);
    t.rows--;
    ck_assert_int_eq(train_failing(&t, &options, &err), SEGML_E_MISMATCH);
    ck_assert_msg(strstr(err.message, "number of rows is 1599 here and 1600") != NULL, "%s",
                  err.message);
    unlink(journal);
    table_free(&t);
}
END_TEST

START_TEST(a_file_that_is_no_journal_stays_as_it_is)
{
    static const char *const contents[] = {"x", "store,sales\n1,2\n", "SGMLART1 something else"};
    table t = table_seed(ROWS);
    segml_train_options options = quick_options();
    segml_error err = SEGML_ERROR_INIT;

    options.journal = journal;
    for (size_t i = 0; i < sizeof contents / sizeof *contents; i++) {
        size_t size;
        unsigned char *bytes;

        write_file(journal, contents[i], strlen(contents[i]));
        ck_assert_int_eq(train_failing(&t, &options, &err), SEGML_E_FORMAT);
        ck_assert_msg(strstr(err.message, journal) != NULL, "%s", err.message);
        bytes = read_file(journal, &size);
        ck_assert_int_eq(size, strlen(contents[i]));
        ck_assert_mem_eq(bytes, contents[i], size);
        free(bytes);
    }
    unlink(journal);
    table_free(&t);
}
END_TEST

START_TEST(two_trainings_do_not_share_a_journal)
{
    table t = table_seed(ROWS);
    segml_train_options options = quick_options();
    segml_error err = SEGML_ERROR_INIT;
    int fd = open(journal, O_RDWR | O_CREAT, 0666);

    ck_assert_int_ge(fd, 0);
    ck_assert_int_eq(flock(fd, LOCK_EX), 0);
    options.journal = journal;
    ck_assert_int_eq(train_failing(&t, &options, &err), SEGML_E_EXISTS);
    ck_assert_msg(strstr(err.message, "in use by another training") != NULL, "%s", err.message);
    close(fd);
    unlink(journal);
    table_free(&t);
}
END_TEST

START_TEST(a_journal_that_cannot_be_made_is_refused_by_name)
{
    static const struct {
        const char *path;
        int status;
    } places[] = {
        {"no-such-folder/journal", SEGML_E_IO}, {"/dev/null", SEGML_E_EXISTS}, {"/", SEGML_E_IO}};
    table t = table_seed(ROWS);
    segml_train_options options = quick_options();
    segml_error err = SEGML_ERROR_INIT;

    for (size_t i = 0; i < sizeof places / sizeof *places; i++) {
        options.journal = places[i].path;
        ck_assert_int_eq(train_failing(&t, &options, &err), places[i].status);
        ck_assert_msg(strncmp(err.message, places[i].path, strlen(places[i].path)) == 0, "%s",
                      err.message);
    }
    table_free(&t);
}
END_TEST

START_TEST(a_full_disk_ends_the_training_and_keeps_the_journal)
{
    table t = table_seed(ROWS);
    segml_train_options options = quick_options();
    segml_error err = SEGML_ERROR_INIT;
    struct rlimit limit, full;
    segml_model *plain, *again;
    struct stat status;
    told heard;

    unlink(journal);
    plain = resume(&t, &options, 0, &heard);
    ck_assert_int_eq(stat(journal, &status), 0);
    unlink(journal);
    signal(SIGXFSZ, SIG_IGN);
    getrlimit(RLIMIT_FSIZE, &limit);
    full = limit;
    full.rlim_cur = (rlim_t)status.st_size / 2; /* a disk of that size */
    setrlimit(RLIMIT_FSIZE, &full);
    options.journal = journal;
    ck_assert_int_eq(train_failing(&t, &options, &err), SEGML_E_IO);
    ck_assert_msg(strstr(err.message, "test-journal.tmp: cannot write: ") != NULL, "%s",
                  err.message);
    setrlimit(RLIMIT_FSIZE, &limit);
    options.journal = NULL;
    again = resume(&t, &options, 0, &heard);
    ck_assert_int_gt(heard.resumed, 0);
    ck_assert_int_eq(heard.damaged, 0);
    assert_same_artifact(plain, again);
    segml_model_free(again);
    segml_model_free(plain);
    unlink(journal);
    table_free(&t);
}
END_TEST

static int
cancel_at_once(void *user)
{
    int *calls = user;

    return ++*calls > 3;
}

START_TEST(a_cancelled_training_goes_on_where_it_stopped)
{
    table t = table_seed(ROWS);
    segml_train_options options = quick_options();
    segml_error err = SEGML_ERROR_INIT;
    segml_model *plain = train_table(&t, &options, 0), *again;
    int calls = 0;
    told heard;

    unlink(journal);
    options.journal = journal;
    options.cancel = cancel_at_once;
    options.user = &calls;
    ck_assert_int_eq(train_failing(&t, &options, &err), SEGML_E_CANCELLED);
    options = quick_options();
    again = resume(&t, &options, 0, &heard);
    ck_assert_int_lt(heard.resumed, 1 + SEED_GROUPS);
    assert_same_artifact(plain, again);
    segml_model_free(again);
    segml_model_free(plain);
    unlink(journal);
    table_free(&t);
}
END_TEST

START_TEST(models_that_failed_are_tried_again)
{
    table t = table_seed(ROWS);
    segml_train_options options = quick_options(), with;
    segml_dataset *dataset = table_dataset(&t);
    segml_model *plain, *partial = NULL, *again;
    segml_error err = SEGML_ERROR_INIT;
    told heard;

    options.engine = "xgboost";
    options.xgboost_path = FAILING_XGBOOST;
    plain = train_table(&t, &options, 0);
    with = options;
    with.journal = journal;
    unlink(journal);
    setenv("SEGML_TEST_FAIL_BELOW", "1000", 1); /* all groups, not the global models */
    ck_assert_int_eq(segml_train_segmented(&partial, dataset, &with, &err), SEGML_PARTIAL);
    unsetenv("SEGML_TEST_FAIL_BELOW");
    again = resume(&t, &options, 0, &heard);
    ck_assert_int_eq(heard.models - heard.resumed, SEED_GROUPS);
    assert_same_artifact(plain, again);
    segml_model_free(again);
    segml_model_free(partial);
    segml_model_free(plain);
    segml_dataset_free(dataset);
    unlink(journal);
    table_free(&t);
}
END_TEST

TCase *
journal_tests(void)
{
    TCase *tc = tcase_create("journal");

    tcase_set_timeout(tc, 600);
    tcase_add_loop_test(tc, a_finished_journal_leaves_nothing_to_train, 0, KINDS);
    tcase_add_loop_test(tc, models_of_any_counts_are_taken_up_again, 0, 2);
    tcase_add_test(tc, a_journal_that_was_cut_anywhere_keeps_what_is_whole);
    tcase_add_test(tc, a_flipped_bit_costs_what_follows_it_and_nothing_else);
    tcase_add_loop_test(tc, a_training_that_is_killed_loses_only_models_in_flight, 0, 2);
    tcase_add_loop_test(tc, a_journal_of_other_options_is_refused_and_kept, 0, OTHERS);
    tcase_add_test(tc, a_journal_that_is_shorter_than_another_head_is_refused_and_kept);
    tcase_add_test(tc, a_journal_of_other_rows_is_refused);
    tcase_add_test(tc, a_file_that_is_no_journal_stays_as_it_is);
    tcase_add_test(tc, two_trainings_do_not_share_a_journal);
    tcase_add_test(tc, a_journal_that_cannot_be_made_is_refused_by_name);
    tcase_add_test(tc, a_full_disk_ends_the_training_and_keeps_the_journal);
    tcase_add_test(tc, a_cancelled_training_goes_on_where_it_stopped);
    tcase_add_test(tc, models_that_failed_are_tried_again);
    return tc;
}
