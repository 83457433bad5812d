/* SPDX-License-Identifier: Apache-2.0 */

/* base/file: R1 to R4 of file.c, seen from outside, in a folder of its own per test. */

#define _GNU_SOURCE /* RLIMIT_FSIZE with _POSIX_C_SOURCE */

#include <check.h>
#include <dirent.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/file.h"

static char folder[64], path[128], other[128];
static segml_error err;

static void
enter_folder(void)
{
    strcpy(folder, "/tmp/segml-XXXXXX");
    ck_assert_ptr_nonnull(mkdtemp(folder));
    snprintf(path, sizeof path, "%s/model.segml", folder);
    snprintf(other, sizeof other, "%s/other", folder);
    memset(&err, 0, sizeof err);
}

static void
leave_folder(void)
{
    unlink(path);
    unlink(other);
    rmdir(other);
    rmdir(path);
    ck_assert_int_eq(rmdir(folder), 0);
}

/* Number of files in the folder; -1 if it cannot be read. Any thread. */
static int
entries(void)
{
    DIR *dir = opendir(folder);
    int count = -2; /* . and .. */

    if (dir == NULL)
        return -1;
    while (readdir(dir) != NULL)
        count++;
    closedir(dir);
    return count;
}

static int
replace(const char *content, int overwrite)
{
    return sg_file_replace(path, content, strlen(content), overwrite, &err);
}

static void
assert_content(const char *file, const char *expected)
{
    sg_buf buf = {0};

    ck_assert_int_eq(sg_file_read(&buf, file, &err), SEGML_OK);
    ck_assert_int_eq(sg_buf_terminate(&buf, NULL), SEGML_OK);
    ck_assert_str_eq((char *)buf.bytes, expected);
    sg_buf_clear(&buf);
}

static void
assert_refused(int status, const char *word)
{
    ck_assert_int_eq(err.code, status);
    ck_assert_msg(strstr(err.message, path) != NULL, "no path in: %s", err.message);
    ck_assert_msg(strstr(err.message, word) != NULL, "no \"%s\" in: %s", word, err.message);
}

START_TEST(a_new_file_holds_the_bytes)
{
    ck_assert_int_eq(replace("first", 0), SEGML_OK);
    assert_content(path, "first");
    ck_assert_int_eq(entries(), 1);
}
END_TEST

START_TEST(large_and_empty_content_is_written_whole)
{
    const size_t size = (5 << 20) + 17;
    char *bytes = malloc(size);
    sg_buf buf = {0};

    ck_assert_ptr_nonnull(bytes);
    for (size_t i = 0; i < size; i++)
        bytes[i] = (char)(i * 31 % 253);
    ck_assert_int_eq(sg_file_replace(path, bytes, size, 0, NULL), SEGML_OK);
    ck_assert_int_eq(sg_file_read(&buf, path, NULL), SEGML_OK);
    ck_assert_uint_eq(buf.size, size);
    ck_assert_int_eq(memcmp(buf.bytes, bytes, size), 0);
    sg_buf_clear(&buf);
    free(bytes);
    ck_assert_int_eq(replace("", 1), SEGML_OK);
    assert_content(path, "");
}
END_TEST

START_TEST(an_existing_file_is_kept_unless_asked)
{
    ck_assert_int_eq(replace("old", 0), SEGML_OK);
    ck_assert_int_eq(replace("new", 0), SEGML_E_EXISTS);
    assert_refused(SEGML_E_EXISTS, "exists");
    assert_content(path, "old");
    ck_assert_int_eq(replace("new", 1), SEGML_OK);
    assert_content(path, "new");
    ck_assert_int_eq(entries(), 1);
}
END_TEST

/* A reader that opened the old file goes on reading it: the new one is another file. */
START_TEST(a_reader_of_the_old_file_is_not_disturbed)
{
    char bytes[4] = "";
    int fd;

    ck_assert_int_eq(replace("old", 0), SEGML_OK);
    fd = open(path, O_RDONLY);
    ck_assert_int_ge(fd, 0);
    ck_assert_int_eq(replace("NEW and longer", 1), SEGML_OK);
    ck_assert_int_eq((int)read(fd, bytes, 4), 3);
    ck_assert_str_eq(bytes, "old");
    close(fd);
}
END_TEST

START_TEST(a_symbolic_link_is_replaced_not_followed)
{
    struct stat status;

    ck_assert_int_eq(sg_file_replace(other, "target", 6, 0, NULL), SEGML_OK);
    ck_assert_int_eq(symlink(other, path), 0);
    ck_assert_int_eq(replace("new", 0), SEGML_E_EXISTS);
    ck_assert_int_eq(replace("new", 1), SEGML_OK);
    ck_assert_int_eq(lstat(path, &status), 0);
    ck_assert(S_ISREG(status.st_mode));
    assert_content(path, "new");
    assert_content(other, "target");
}
END_TEST

START_TEST(a_link_to_nowhere_counts_as_existing)
{
    ck_assert_int_eq(symlink("nowhere", path), 0);
    ck_assert_int_eq(replace("new", 0), SEGML_E_EXISTS);
    ck_assert_int_eq(replace("new", 1), SEGML_OK);
    assert_content(path, "new");
    ck_assert_int_eq(entries(), 1);
}
END_TEST

static void
assert_not_written(void)
{
    for (int overwrite = 0; overwrite < 2; overwrite++) {
        ck_assert_int_eq(replace("new", overwrite), SEGML_E_EXISTS);
        assert_refused(SEGML_E_EXISTS, "not a regular file");
    }
    ck_assert_int_eq(entries(), 1);
}

START_TEST(a_folder_is_not_written)
{
    ck_assert_int_eq(mkdir(path, 0700), 0);
    assert_not_written();
}
END_TEST

START_TEST(a_pipe_is_not_written)
{
    ck_assert_int_eq(mkfifo(path, 0600), 0);
    assert_not_written();
}
END_TEST

START_TEST(a_link_to_a_device_is_not_written)
{
    ck_assert_int_eq(symlink("/dev/null", path), 0);
    assert_not_written();
}
END_TEST

START_TEST(a_device_is_not_written)
{
    ck_assert_int_eq(sg_file_replace("/dev/null", "x", 1, 1, &err), SEGML_E_EXISTS);
    ck_assert_str_eq(err.message, "/dev/null: not a regular file");
}
END_TEST

START_TEST(permissions_follow_the_umask)
{
    static const mode_t masks[] = {022, 077, 0};
    struct stat status;
    mode_t before = umask(masks[_i]);

    ck_assert_int_eq(replace("x", 0), SEGML_OK);
    umask(before);
    ck_assert_int_eq(stat(path, &status), 0);
    ck_assert_int_eq((int)(status.st_mode & 07777), (int)(0666 & ~masks[_i]));
}
END_TEST

START_TEST(a_missing_folder_is_reported_with_the_path)
{
    snprintf(path, sizeof path, "%s/missing/model.segml", folder);
    ck_assert_int_eq(replace("x", 0), SEGML_E_IO);
    assert_refused(SEGML_E_IO, "No such file");
    ck_assert_int_eq(entries(), 0);
}
END_TEST

/* The longest name that the file system allows leaves no room for a longer temporary one. */
START_TEST(the_longest_name_can_be_written)
{
    char name[256], full[400];

    memset(name, 'n', 255);
    name[255] = '\0';
    snprintf(full, sizeof full, "%s/%s", folder, name);
    ck_assert_int_eq(sg_file_replace(full, "long", 4, 0, &err), SEGML_OK);
    ck_assert_int_eq(entries(), 1);
    ck_assert_int_eq(unlink(full), 0);
}
END_TEST

START_TEST(a_name_alone_is_in_the_current_folder)
{
    int before = open(".", O_RDONLY | O_DIRECTORY);

    ck_assert_int_ge(before, 0);
    ck_assert_int_eq(chdir(folder), 0);
    ck_assert_int_eq(sg_file_replace("other", "here", 4, 0, NULL), SEGML_OK);
    ck_assert_int_eq(fchdir(before), 0);
    close(before);
    assert_content(other, "here");
}
END_TEST

/* A limit on file sizes makes the write itself fail half way, also for the superuser. */
START_TEST(a_failed_write_leaves_the_old_file_and_nothing_else)
{
    static char bytes[100000];
    struct rlimit before, small;
    int rc;

    ck_assert_int_eq(replace("old", 0), SEGML_OK);
    signal(SIGXFSZ, SIG_IGN);
    ck_assert_int_eq(getrlimit(RLIMIT_FSIZE, &before), 0);
    small = before;
    small.rlim_cur = 4096;
    ck_assert_int_eq(setrlimit(RLIMIT_FSIZE, &small), 0);
    rc = sg_file_replace(path, bytes, sizeof bytes, 1, &err);
    ck_assert_int_eq(setrlimit(RLIMIT_FSIZE, &before), 0);
    signal(SIGXFSZ, SIG_DFL);
    ck_assert_int_eq(rc, SEGML_E_IO);
    assert_refused(SEGML_E_IO, "File too large");
    assert_content(path, "old");
    ck_assert_int_eq(entries(), 1);
}
END_TEST

/* Creates the file as soon as the folder holds another one; non-zero if it could. */
static void *
create_meanwhile(void *created)
{
    int fd;

    while (entries() == 0)
        continue;
    fd = open(path, O_WRONLY | O_CREAT | O_EXCL, 0600);
    *(int *)created = fd >= 0 && write(fd, "meanwhile", 9) == 9;
    if (fd >= 0)
        close(fd);
    return NULL;
}

/* The other one is not always fast enough; then it is tried again. */
START_TEST(a_file_that_appears_meanwhile_is_kept)
{
    static char bytes[8 << 20];
    int created = 0;

    for (int attempt = 0; attempt < 100 && !created; attempt++) {
        pthread_t thread;
        int rc;

        ck_assert_int_eq(pthread_create(&thread, NULL, create_meanwhile, &created), 0);
        rc = sg_file_replace(path, bytes, sizeof bytes, 0, &err);
        pthread_join(thread, NULL);
        ck_assert_int_eq(rc, created ? SEGML_E_EXISTS : SEGML_OK);
        if (!created)
            ck_assert_int_eq(unlink(path), 0);
    }
    ck_assert_int_eq(created, 1);
    assert_refused(SEGML_E_EXISTS, "exists");
    assert_content(path, "meanwhile");
    ck_assert_int_eq(entries(), 1);
}
END_TEST

/* Files of 300 bytes against limits around that, with and without room for a terminator. */
START_TEST(reading_stops_at_the_limit)
{
    static const struct {
        size_t max;
        int status;
    } limits[] = {{0, SEGML_OK}, {301, SEGML_OK}, {300, SEGML_OK}, {299, SEGML_E_LIMIT}};
    char bytes[300];
    sg_buf buf = {.max = limits[_i].max};

    memset(bytes, 'x', sizeof bytes);
    ck_assert_int_eq(sg_file_replace(path, bytes, sizeof bytes, 0, NULL), SEGML_OK);
    ck_assert_int_eq(sg_file_read(&buf, path, &err), limits[_i].status);
    if (limits[_i].status == SEGML_OK) {
        ck_assert_uint_eq(buf.size, 300);
        ck_assert_mem_eq(buf.bytes, bytes, 300);
    } else {
        assert_refused(SEGML_E_LIMIT, "299");
    }
    sg_buf_clear(&buf);
}
END_TEST

/* Files of /proc say that they are empty; their content counts all the same. */
START_TEST(a_file_that_hides_its_size_is_read_and_limited)
{
    sg_buf all = {0}, some = {.max = 10};

    ck_assert_int_eq(sg_file_read(&all, "/proc/self/status", NULL), SEGML_OK);
    ck_assert_uint_gt(all.size, 300);
    ck_assert_int_eq(sg_file_read(&some, "/proc/self/status", NULL), SEGML_E_LIMIT);
    sg_buf_clear(&some);
    sg_buf_clear(&all);
}
END_TEST

START_TEST(only_regular_files_are_read)
{
    sg_buf buf = {0};

    ck_assert_int_eq(sg_file_read(&buf, path, &err), SEGML_E_IO);
    assert_refused(SEGML_E_IO, "No such file");
    ck_assert_int_eq(sg_file_read(&buf, folder, NULL), SEGML_E_IO);
    ck_assert_int_eq(sg_file_read(&buf, "/dev/zero", NULL), SEGML_E_IO);
    ck_assert_int_eq(mkfifo(path, 0600), 0);
    ck_assert_int_eq(sg_file_read(&buf, path, &err), SEGML_E_IO);
    assert_refused(SEGML_E_IO, "not a regular file");
    sg_buf_clear(&buf);
}
END_TEST

/* Thousands of pieces are one file, which is there when all of it is. */
START_TEST(pieces_are_one_file)
{
    sg_file_writer writer = {0};
    sg_buf buf = {0};

    ck_assert_int_eq(sg_file_begin(&writer, path, 0, &err), SEGML_OK);
    for (int i = 0; i < 3000; i++)
        ck_assert_int_eq(sg_file_append(&writer, &"0123456789"[i % 10], 1, &err), SEGML_OK);
    ck_assert_int_eq(sg_file_append(&writer, NULL, 0, &err), SEGML_OK);
    ck_assert_int_eq(access(path, F_OK), -1);
    ck_assert_int_eq(sg_file_commit(&writer, &err), SEGML_OK);
    ck_assert_ptr_null(writer.path);
    sg_file_abort(&writer);
    ck_assert_int_eq(sg_file_read(&buf, path, NULL), SEGML_OK);
    ck_assert_uint_eq(buf.size, 3000);
    ck_assert_mem_eq(buf.bytes + 2990, "0123456789", 10);
    ck_assert_int_eq(entries(), 1);
    sg_buf_clear(&buf);
}
END_TEST

START_TEST(a_file_that_is_given_up_leaves_nothing)
{
    sg_file_writer writer = {0};

    ck_assert_int_eq(replace("old", 0), SEGML_OK);
    ck_assert_int_eq(sg_file_begin(&writer, path, 1, &err), SEGML_OK);
    ck_assert_int_eq(sg_file_append(&writer, "new", 3, &err), SEGML_OK);
    ck_assert_int_eq(entries(), 2);
    sg_file_abort(&writer);
    sg_file_abort(&writer);
    assert_content(path, "old");
    ck_assert_int_eq(entries(), 1);
}
END_TEST

START_TEST(pieces_do_not_replace_what_appears_meanwhile)
{
    sg_file_writer writer = {0};

    ck_assert_int_eq(sg_file_begin(&writer, path, 0, &err), SEGML_OK);
    ck_assert_int_eq(sg_file_append(&writer, "late", 4, &err), SEGML_OK);
    ck_assert_int_eq(replace("first", 0), SEGML_OK);
    ck_assert_int_eq(sg_file_commit(&writer, &err), SEGML_E_EXISTS);
    assert_refused(SEGML_E_EXISTS, "exists");
    assert_content(path, "first");
    ck_assert_int_eq(entries(), 1);
    ck_assert_int_eq(sg_file_begin(&writer, path, 0, &err), SEGML_E_EXISTS);
    ck_assert_ptr_null(writer.path);
}
END_TEST

/* What processes of the same id were killed over, as in a container, where every one has id 1. */
START_TEST(left_over_temporary_files_are_in_nobodys_way)
{
    enum { LEFT = 200 };
    char left[LEFT][160];

    for (int i = 0; i < LEFT; i++) {
        int fd;

        snprintf(left[i], sizeof left[i], "%s/.segml-%ld-%d.tmp", folder, (long)getpid(), i);
        fd = open(left[i], O_WRONLY | O_CREAT | O_EXCL, 0600);
        ck_assert_int_ge(fd, 0);
        close(fd);
    }
    ck_assert_msg(replace("new", 0) == SEGML_OK, "%s", err.message);
    assert_content(path, "new");
    ck_assert_int_eq(entries(), LEFT + 1);
    for (int i = 0; i < LEFT; i++)
        ck_assert_int_eq(unlink(left[i]), 0);
}
END_TEST

/* A folder that may be written to and searched, but not read: a letter box. */
START_TEST(a_folder_that_cannot_be_read_takes_files)
{
    int status = -1;
    pid_t child;

    ck_assert_int_eq(chmod(folder, 0333), 0);
    child = fork();
    ck_assert_int_ge(child, 0);
    if (child == 0) {
        if (getuid() == 0 && setuid(65534) != 0) /* the superuser may read everything */
            _exit(100);
        _exit(-replace("new", 0));
    }
    ck_assert_int_eq(waitpid(child, &status, 0), child);
    ck_assert_int_eq(chmod(folder, 0700), 0);
    ck_assert_int_eq(status, 0);
    assert_content(path, "new");
    ck_assert_int_eq(entries(), 1);
}
END_TEST

TCase *
file_tests(void)
{
    TCase *tc = tcase_create("file");

    tcase_add_checked_fixture(tc, enter_folder, leave_folder);
    tcase_add_test(tc, a_new_file_holds_the_bytes);
    tcase_add_test(tc, large_and_empty_content_is_written_whole);
    tcase_add_test(tc, an_existing_file_is_kept_unless_asked);
    tcase_add_test(tc, a_reader_of_the_old_file_is_not_disturbed);
    tcase_add_test(tc, a_symbolic_link_is_replaced_not_followed);
    tcase_add_test(tc, a_link_to_nowhere_counts_as_existing);
    tcase_add_test(tc, a_folder_is_not_written);
    tcase_add_test(tc, a_pipe_is_not_written);
    tcase_add_test(tc, a_link_to_a_device_is_not_written);
    tcase_add_test(tc, a_device_is_not_written);
    tcase_add_loop_test(tc, permissions_follow_the_umask, 0, 3);
    tcase_add_test(tc, a_missing_folder_is_reported_with_the_path);
    tcase_add_test(tc, the_longest_name_can_be_written);
    tcase_add_test(tc, a_name_alone_is_in_the_current_folder);
    tcase_add_test(tc, a_failed_write_leaves_the_old_file_and_nothing_else);
    tcase_add_test(tc, a_file_that_appears_meanwhile_is_kept);
    tcase_add_loop_test(tc, reading_stops_at_the_limit, 0, 4);
    tcase_add_test(tc, a_file_that_hides_its_size_is_read_and_limited);
    tcase_add_test(tc, only_regular_files_are_read);
    tcase_add_test(tc, pieces_are_one_file);
    tcase_add_test(tc, a_file_that_is_given_up_leaves_nothing);
    tcase_add_test(tc, pieces_do_not_replace_what_appears_meanwhile);
    tcase_add_test(tc, left_over_temporary_files_are_in_nobodys_way);
    tcase_add_test(tc, a_folder_that_cannot_be_read_takes_files);
    return tc;
}
