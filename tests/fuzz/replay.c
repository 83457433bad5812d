/* SPDX-License-Identifier: Apache-2.0 */

/*
 * Runs a fuzzer's harness over every file of the folders on its command line, with any
 * compiler: the corpus as a regression test.
 */

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "base/file.h"
#include "fuzz/fuzz.h"

static int
replay_file(const char *path)
{
    segml_error err = SEGML_ERROR_INIT;
    sg_buf bytes = {0};
    uint8_t *exact;

    if (sg_file_read(&bytes, path, &err) < 0) {
        fprintf(stderr, "%s\n", err.message);
        return -1;
    }
    exact = malloc(bytes.size > 0 ? bytes.size : 1); /* so that a read beyond the end is found */
    if (exact == NULL)
        return -1;
    for (size_t i = 0; i < bytes.size; i++)
        exact[i] = bytes.bytes[i];
    printf("%s: %zu bytes\n", path, bytes.size);
    fflush(stdout);
    LLVMFuzzerTestOneInput(exact, bytes.size);
    free(exact);
    sg_buf_clear(&bytes);
    return 0;
}

/* How many files were replayed, or -1. */
static int
replay_folder(const char *folder)
{
    DIR *entries = opendir(folder);
    int count = 0, rc = 0;

    if (entries == NULL) {
        perror(folder);
        return -1;
    }
    for (const struct dirent *entry = readdir(entries); entry != NULL && rc == 0;
         entry = readdir(entries)) {
        char path[4096];
        struct stat status;

        snprintf(path, sizeof path, "%s/%s", folder, entry->d_name);
        if (stat(path, &status) != 0 || !S_ISREG(status.st_mode))
            continue;
        rc = replay_file(path);
        count++;
    }
    closedir(entries);
    return rc < 0 ? -1 : count;
}

int
main(int argc, char **argv)
{
    for (int i = 1; i < argc; i++) {
        int count = replay_folder(argv[i]);

        if (count <= 0) {
            fprintf(stderr, "%s: no file was replayed\n", argv[i]);
            return EXIT_FAILURE;
        }
        printf("%s: %d files\n", argv[i], count);
    }
    return argc > 1 ? EXIT_SUCCESS : EXIT_FAILURE;
}
