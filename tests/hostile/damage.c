/* SPDX-License-Identifier: Apache-2.0 */

/*
 * Every flipped bit, every truncation, and bytes that are lost or come in: of an artifact that is
 * damaged by one of them, every answer is a failure that says so or the same bits that the sound
 * file gives. Answers are asked for one by one, so that a model which is opened before the damage
 * is met (children load when they are first used) is judged too.
 *
 *     damage ARTIFACT...
 *
 * Each damage is tried in memory with preload, and from a mapped file without; what still answers
 * everything is saved and opened again, and verified: what no answer needs (the text for people,
 * say) is not looked at in opening. What was found is counted and printed.
 */

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "hostile/walk.h"
#include "segml/artifact.h"

enum { EVERY_SAVE = 97, EVERY_BYTE = 5 };

typedef struct tally {
    int64_t refused, harmless, wrong;
    int64_t told; /* of the harmless ones: what verifying the file finds */
} tally;

typedef struct trial {
    const char *name;
    char mapped[4096], saved[4096];
    sg_buf sound;
    unsigned char *bytes; /* [size] damaged */
    size_t size;
    int file; /* of the mapped copy, which has the same bytes */
    walk expected, got;
    int64_t tried;
} trial;

static void
die(const char *what, const char *why)
{
    fprintf(stderr, "%s: %s\n", what, why);
    exit(EXIT_FAILURE);
}

/* What a failure must be: a status of a damaged file and one line of text. */
static void
check_message(const trial *t, int rc, const segml_error *err)
{
    if (!walk_is_refusal(rc) || err->code != rc || err->message[0] == '\0' ||
        strchr(err->message, '\n') != NULL) {
        fprintf(stderr, "%s: status %d, \"%s\"\n", t->name, rc, err->message);
        exit(EXIT_FAILURE);
    }
}

static int
judge(trial *t, const segml_model *model)
{
    const walk_item *item = NULL;
    int verdict;

    walk_model(&t->got, model);
    verdict = walk_compare(&t->expected, &t->got, &item);
    if (verdict == WALK_WRONG)
        fprintf(stderr, "%s: %s is another, status %d\n", t->name, item->what, item->rc);
    return verdict;
}

/* A damaged model is saved as it is, or not at all: what is opened again is judged as the first. */
static int
save_and_judge(trial *t, const segml_model *model, int verdict)
{
    segml_save_options options = SEGML_SAVE_OPTIONS_INIT;
    segml_error err = SEGML_ERROR_INIT;
    segml_model *again = NULL;
    int rc, second;

    options.overwrite = 1;
    rc = segml_model_save(model, t->saved, &options, &err);
    if (rc == SEGML_OK)
        rc = segml_model_open(&again, t->saved, NULL, &err);
    if (rc != SEGML_OK) {
        check_message(t, rc, &err);
        return verdict == WALK_SAME ? WALK_WRONG : verdict;
    }
    second = judge(t, again);
    segml_model_free(again);
    return second == verdict || verdict == WALK_SAME ? second : WALK_WRONG;
}

static int
judge_open(trial *t, int rc, segml_model *model, const segml_error *err, int32_t preload)
{
    segml_error late = SEGML_ERROR_INIT;
    int verdict, preloaded = SEGML_OK;

    if (rc != SEGML_OK) {
        check_message(t, rc, err);
        if (model != NULL)
            die(t->name, "a failure left a model");
        return WALK_REFUSED;
    }
    if (preload) {
        preloaded = segml_model_preload(model, 1, &late);
        if (preloaded != SEGML_OK)
            check_message(t, preloaded, &late);
    }
    verdict = judge(t, model);
    if (verdict == WALK_SAME && preloaded != SEGML_OK)
        verdict = WALK_REFUSED;
    if (verdict == WALK_SAME || t->tried % EVERY_SAVE == 0)
        verdict = save_and_judge(t, model, verdict);
    segml_model_free(model);
    return verdict;
}

static int
try_memory(trial *t)
{
    segml_error err = SEGML_ERROR_INIT;
    segml_model *model = NULL;
    int rc = segml_model_open_memory(&model, t->bytes, t->size, NULL, &err);

    return judge_open(t, rc, model, &err, 1);
}

static int
try_mapped(trial *t)
{
    segml_error err = SEGML_ERROR_INIT;
    segml_model *model = NULL;
    int rc = segml_model_open(&model, t->mapped, NULL, &err);

    return judge_open(t, rc, model, &err, 0);
}

static void
count(trial *t, tally *found, int is_file)
{
    int verdict = try_memory(t), mapped = is_file ? try_mapped(t) : verdict;

    t->tried++;
    if (verdict == WALK_WRONG || mapped == WALK_WRONG)
        found->wrong++;
    else if (verdict == WALK_REFUSED || mapped == WALK_REFUSED)
        found->refused++;
    else
        found->harmless++;
    if (verdict == WALK_SAME && mapped == WALK_SAME && is_file) {
        segml_error err = SEGML_ERROR_INIT;
        int rc = segml_artifact_verify(NULL, t->mapped, NULL, &err);

        if (rc != SEGML_OK)
            check_message(t, rc, &err);
        found->told += rc != SEGML_OK;
    }
}

static void
write_at(const trial *t, size_t at)
{
    if (pwrite(t->file, t->bytes + at, 1, (off_t)at) != 1)
        die(t->mapped, "cannot write");
}

static tally
flip_bits(trial *t)
{
    tally found = {0};

    for (size_t at = 0; at < t->size; at++) {
        for (int bit = 0; bit < 8; bit++) {
            t->bytes[at] ^= (unsigned char)(1 << bit);
            write_at(t, at);
            count(t, &found, 1);
            if (found.wrong == 1)
                fprintf(stderr, "%s: byte %zu, bit %d\n", t->name, at, bit);
            t->bytes[at] ^= (unsigned char)(1 << bit);
        }
        write_at(t, at);
    }
    return found;
}

static tally
truncate_everywhere(trial *t)
{
    tally found = {0};
    unsigned char *whole = t->bytes;

    for (size_t size = t->sound.size; size-- > 0;) {
        unsigned char *part = malloc(size > 0 ? size : 1); /* reading beyond it is found */

        if (part == NULL || ftruncate(t->file, (off_t)size) != 0)
            die(t->mapped, "cannot truncate");
        memcpy(part, whole, size);
        t->bytes = part;
        t->size = size;
        count(t, &found, 1);
        free(part);
    }
    t->bytes = whole;
    t->size = t->sound.size;
    return found;
}

/* One byte less, or one more: a copy of its neighbour. */
static tally
shift_bytes(trial *t, int more)
{
    tally found = {0};
    unsigned char *whole = t->bytes, *shifted = malloc(t->sound.size + 1);

    if (shifted == NULL)
        die("damage", "out of memory");
    t->bytes = shifted;
    t->size = more ? t->sound.size + 1 : t->sound.size - 1;
    for (size_t at = 0; at + 1 < t->sound.size; at += EVERY_BYTE) {
        memcpy(shifted, t->sound.bytes, at + 1);
        memcpy(shifted + at + (more ? 1 : 0), t->sound.bytes + at + (more ? 0 : 1),
               t->sound.size - at - (more ? 0 : 1));
        count(t, &found, 0);
    }
    free(shifted);
    t->bytes = whole;
    t->size = t->sound.size;
    return found;
}

static int
print(const trial *t, const char *what, tally found)
{
    printf("%s: %lld %s: %lld refused, %lld harmless (%lld found by verifying), %lld wrong\n",
           t->name, (long long)(found.refused + found.harmless + found.wrong), what,
           (long long)found.refused, (long long)found.harmless, (long long)found.told,
           (long long)found.wrong);
    fflush(stdout);
    return found.wrong > 0;
}

static void
begin(trial *t, const char *folder, const char *path)
{
    segml_error err = SEGML_ERROR_INIT;
    segml_model *model = NULL;

    memset(t, 0, sizeof *t);
    t->name = strrchr(path, '/') != NULL ? strrchr(path, '/') + 1 : path;
    snprintf(t->mapped, sizeof t->mapped, "%s/mapped.segml", folder);
    snprintf(t->saved, sizeof t->saved, "%s/saved.segml", folder);
    if (sg_file_read(&t->sound, path, &err) != SEGML_OK ||
        segml_model_open_memory(&model, t->sound.bytes, t->sound.size, NULL, &err) != SEGML_OK)
        die("damage", err.message);
    walk_keys(&t->expected, model);
    walk_keys(&t->got, model);
    walk_model(&t->expected, model);
    segml_model_free(model);
    t->size = t->sound.size;
    t->bytes = malloc(t->size);
    t->file = open(t->mapped, O_RDWR | O_CREAT | O_TRUNC, 0666);
    if (t->bytes == NULL || t->file < 0 ||
        write(t->file, t->sound.bytes, t->size) != (ssize_t)t->size)
        die(t->mapped, "cannot write");
    memcpy(t->bytes, t->sound.bytes, t->size);
    for (int i = 0; i < t->expected.count; i++) {
        if (walk_is_refusal(t->expected.items[i].rc))
            die(path, "is damaged already");
    }
}

static int
damage(const char *folder, const char *path)
{
    trial t;
    int wrong;

    begin(&t, folder, path);
    wrong = print(&t, "flipped bits", flip_bits(&t));
    wrong |= print(&t, "lost bytes", shift_bytes(&t, 0));
    wrong |= print(&t, "doubled bytes", shift_bytes(&t, 1));
    wrong |= print(&t, "truncations", truncate_everywhere(&t));
    close(t.file);
    unlink(t.mapped);
    unlink(t.saved);
    free(t.bytes);
    walk_clear(&t.expected);
    walk_clear(&t.got);
    sg_buf_clear(&t.sound);
    return wrong;
}

int
main(int argc, char **argv)
{
    char shared[] = "/dev/shm/segml-damage-XXXXXX", plain[] = "/tmp/segml-damage-XXXXXX";
    const char *folder = mkdtemp(shared); /* in memory: thousands of files are written */
    int wrong = 0;

    if (folder == NULL)
        folder = mkdtemp(plain);
    if (argc < 2 || folder == NULL)
        die("usage", argc < 2 ? "damage ARTIFACT..." : "a folder for files in /dev/shm or /tmp");
    for (int i = 1; i < argc; i++)
        wrong |= damage(folder, argv[i]);
    rmdir(folder);
    return wrong ? EXIT_FAILURE : EXIT_SUCCESS;
}
