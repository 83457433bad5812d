/* SPDX-License-Identifier: Apache-2.0 */

/*
 * A locale of our own: the file of its LC_NUMERIC is written here, in the format of the GNU C
 * library (a magic number, the number of fields, their offsets; decimal point, separator,
 * grouping, the first two as wide characters, character set).
 */

#include <check.h>
#include <locale.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "numeric_locale.h"

#ifdef __GLIBC__
enum { POINT = 32, SEPARATOR = 36, GROUPING = 37, WIDE = 40, CHARSET = 48, FILE_BYTES = 54 };

void
numeric_locale_set(const char *point, unsigned wide)
{
    const uint32_t head[8] = {0x20031114, 6, POINT, SEPARATOR, GROUPING, WIDE, WIDE + 4, CHARSET};
    const uint32_t wide_point = wide;
    unsigned char bytes[FILE_BYTES] = {0};
    char folder[] = "/tmp/segml-XXXXXX", path[64];
    FILE *file;

    memcpy(bytes, head, POINT);
    memcpy(bytes + POINT, point, strlen(point));
    memcpy(bytes + WIDE, &wide_point, sizeof wide_point);
    memcpy(bytes + CHARSET, "UTF-8", 6);

    ck_assert_ptr_nonnull(mkdtemp(folder));
    snprintf(path, sizeof path, "%s/own", folder);
    ck_assert_int_eq(mkdir(path, 0700), 0);
    snprintf(path, sizeof path, "%s/own/LC_NUMERIC", folder);
    file = fopen(path, "wb");
    ck_assert_ptr_nonnull(file);
    ck_assert_uint_eq(fwrite(bytes, sizeof bytes, 1, file), 1);
    ck_assert_int_eq(fclose(file), 0);
    ck_assert_int_eq(setenv("LOCPATH", folder, 1), 0);
    ck_assert_ptr_nonnull(setlocale(LC_NUMERIC, "own"));
    unlink(path);
    snprintf(path, sizeof path, "%s/own", folder);
    rmdir(path);
    rmdir(folder);
}
#endif
