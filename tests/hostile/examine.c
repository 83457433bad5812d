/* SPDX-License-Identifier: Apache-2.0 */

/*
 * For attacks.py: opens an artifact in every way, asks it everything, and says how that ended.
 *
 *     examine SOUND FILE
 *
 * SOUND is an artifact that FILE was made of: its keys are looked up, and its answers are what
 * FILE's are compared with. Prints a line for each way: mapped, read or in memory, with or without
 * preload; then the kind of end, a status, the place, a message:
 *
 *     refused open SEGML_E_FORMAT ...: it failed to open
 *     refused preload SEGML_E_FORMAT ...: it failed to load all
 *     refused use SEGML_E_FORMAT route 3: ...: it opened, and a later call failed
 *     same: all answers are those of SOUND
 *     other ITEM: it has answers of its own
 *
 * then a line "verify STATUS ...", what verifying it as a whole says, and a last line "memory KB":
 * by how much the most that was resident has grown. Addresses are limited, so that asking for more
 * than a hostile file may cost fails; so is the time.
 */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "base/file.h"
#include "hostile/walk.h"
#include "segml/artifact.h"

enum { SECONDS = 20 };

static walk sound, other;

static void
print_ways(const segml_model *model, int32_t preload)
{
    segml_error err = SEGML_ERROR_INIT;
    const walk_item *item = NULL;
    int verdict, rc = preload ? segml_model_preload(model, 1, &err) : SEGML_OK;

    if (rc != SEGML_OK) {
        printf("refused preload %s %s\n", segml_status_name(rc), err.message);
        return;
    }
    walk_model(&other, model);
    verdict = walk_compare(&sound, &other, &item);
    if (verdict == WALK_REFUSED)
        printf("refused use %s %s: %s\n", segml_status_name(item->rc), item->what, item->message);
    else
        printf(verdict == WALK_SAME ? "same\n" : "other %s\n", item != NULL ? item->what : "");
}

static void
examine(const char *path, const sg_buf *bytes, const segml_open_options *options)
{
    segml_error err = SEGML_ERROR_INIT;
    segml_model *model = NULL;
    int rc = bytes != NULL
                 ? segml_model_open_memory(&model, bytes->bytes, bytes->size, options, &err)
                 : segml_model_open(&model, path, options, &err);

    if (rc < 0 && (model != NULL || err.code != rc || err.message[0] == '\0'))
        printf("broken %d %s\n", rc, err.message);
    else if (rc < 0)
        printf("refused open %s %s\n", segml_status_name(rc), err.message);
    else
        print_ways(model, options->preload);
    segml_model_free(model);
}

static void
verify(const char *path)
{
    segml_error err = SEGML_ERROR_INIT;
    int rc = segml_artifact_verify(NULL, path, NULL, &err);

    printf("verify %s %s\n", segml_status_name(rc), err.message);
}

/* With sanitizers it says nothing: they keep what was freed. */
static long
peak(void)
{
    struct rusage usage = {0};

#if LIMIT_ADDRESSES
    getrusage(RUSAGE_SELF, &usage);
#endif
    return usage.ru_maxrss;
}

static void
learn(const char *path)
{
    segml_error err = SEGML_ERROR_INIT;
    segml_model *model = NULL;

    if (segml_model_open(&model, path, NULL, &err) != SEGML_OK) {
        fprintf(stderr, "examine: %s\n", err.message);
        exit(EXIT_FAILURE);
    }
    walk_keys(&sound, model);
    walk_keys(&other, model);
    walk_model(&sound, model);
    segml_model_free(model);
}

int
main(int argc, char **argv)
{
    segml_open_options options = SEGML_OPEN_OPTIONS_INIT;
    segml_error err = SEGML_ERROR_INIT;
    sg_buf bytes = {0};
    long before;

    if (argc != 3) {
        fprintf(stderr, "usage: examine SOUND FILE\n");
        return EXIT_FAILURE;
    }
#if LIMIT_ADDRESSES
    {
        const struct rlimit limit = {1 << 30, 1 << 30};

        setrlimit(RLIMIT_AS, &limit);
    }
#endif
    learn(argv[1]);
    alarm(SECONDS);
    before = peak();
    for (options.preload = -1; options.preload <= 1; options.preload += 2) {
        for (options.map = -1; options.map <= 1; options.map += 2)
            examine(argv[2], NULL, &options);
    }
    options.map = 0;
    if (sg_file_read(&bytes, argv[2], &err) != SEGML_OK) {
        fprintf(stderr, "examine: %s\n", err.message);
        return EXIT_FAILURE;
    }
    for (options.preload = -1; options.preload <= 1; options.preload += 2)
        examine(argv[2], &bytes, &options);
    verify(argv[2]);
    printf("memory %ld\n", peak() - before);
    sg_buf_clear(&bytes);
    walk_clear(&other);
    walk_clear(&sound);
    return EXIT_SUCCESS;
}
