/* SPDX-License-Identifier: Apache-2.0 */

/*
 * Writes the experiment's data to standard output as comma-separated text.
 *
 *     make_groups [SEED [ROWS_PER_GROUP]] > groups.csv
 *
 * Without arguments these are the experiment's own 3,200 rows, the same bytes everywhere.
 * Numbers are printed from integers, so that no locale and no rounding has a say.
 */

#include "seed_groups.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

static void
print_row(uint64_t seed, uint64_t row, int group)
{
    int32_t cell[SEED_FEATURES];
    int label = seed_row(seed, row, group, cell);

    for (int k = 0; k < SEED_FEATURES; k++) {
        int32_t size = cell[k] < 0 ? -cell[k] : cell[k];

        printf("%s%" PRId32 ".%06" PRId32 ",", cell[k] < 0 ? "-" : "", size / 1000000,
               size % 1000000);
    }
    printf("g%d,%d\n", group, label);
}

/* A whole number of decimal digits, at most most. */
static int
read_number(const char *text, uint64_t most, uint64_t *number)
{
    char *end = NULL;
    unsigned long long value;

    errno = 0;
    value = strtoull(text, &end, 10);
    *number = value;
    return text[0] >= '0' && text[0] <= '9' && *end == '\0' && errno == 0 && value <= most;
}

int
main(int argc, char **argv)
{
    uint64_t seed = SEED_DEFAULT, rows = SEED_DEFAULT_ROWS;

    if (argc > 3 || (argc > 1 && !read_number(argv[1], UINT64_MAX, &seed)) ||
        (argc > 2 && (!read_number(argv[2], 10000000, &rows) || rows == 0))) {
        fprintf(stderr, "usage: make_groups [SEED [ROWS_PER_GROUP]], two whole numbers, "
                        "at most 10000000 rows\n");
        return 2;
    }
    printf("num_1,num_2,num_3,group,target\n");
    for (uint64_t row = 0; row < SEED_GROUPS * rows; row++)
        print_row(seed, row, (int)(row / rows));
    if (fflush(stdout) != 0 || ferror(stdout)) {
        perror("make_groups: standard output");
        return 1;
    }
    return 0;
}
