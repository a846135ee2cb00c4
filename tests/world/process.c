/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The process that the target runs in: what it prints, its signals, whose its files are.
 */
#include "world_test.h"

#include "faults/world/file.h"
#include "faults/world/process.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <wchar.h>

TEST(printed_bytes_arrive_in_order_at_each_stream)
{
    world_reset();
    assert_int_equal(__wrap_printf("%d and ", 1), 6);
    assert_true(__wrap_puts("2") >= 0);
    assert_int_equal(__wrap_putchar('3'), '3');
    assert_true(__wrap_fputs("a", stderr) >= 0);
    assert_int_equal(__wrap_fputc('b', stderr), 'b');
    assert_int_equal(__wrap_fprintf(stderr, "%c", 'c'), 1);
    assert_int_equal(__wrap_fwrite("de", 1, 2, stderr), 2);
    assert_int_equal(__wrap_fflush(stdout), 0);
    assert_string_equal(stream_text(STREAM_OUTPUT), "1 and 2\n3");
    assert_string_equal(stream_text(STREAM_ERROR), "abcde");
    stream_restart();
    assert_string_equal(stream_text(STREAM_OUTPUT), "");
}

TEST(failure_to_print_is_remembered_and_loses_what_had_not_arrived)
{
    world_reset();
    __wrap_printf("kept");
    __wrap_fflush(stdout);
    __wrap_printf("lost");
    assert_int_equal(__wrap_ferror(stdout), 0);
    arm(FAULT_OUT_WRITE, "ENOSPC", 1, FAULT_ONE_SHOT);
    assert_int_equal(__wrap_fflush(stdout), EOF);
    assert_int_equal(errno, ENOSPC);
    assert_int_not_equal(__wrap_ferror(stdout), 0);
    assert_int_equal(__wrap_fflush(stdout), 0);
    assert_string_equal(stream_text(STREAM_OUTPUT), "kept");
}

TEST(text_in_memory_belongs_to_the_target_once_its_stream_is_closed)
{
    char *text = NULL;
    size_t n = 0;
    world_reset();
    FILE *stream = __wrap_open_memstream(&text, &n);
    assert_held(1);
    __wrap_fprintf(stream, "%s", "some");
    assert_int_equal(__wrap_fflush(stream), 0);
    assert_int_equal(n, 4);
    assert_memory_equal(text, "some", 4);
    __wrap_fputs(" more", stream);
    assert_int_equal(__wrap_fclose(stream), 0);
    assert_string_equal(text, "some more");
    assert_int_equal(n, 9);
    assert_held(1);
    __wrap_free(text);
    assert_held(0);
    assert_int_equal(ledger_summary().violations, 0);
    assert_int_equal(__wrap_fclose(stream), EOF);
    assert_violation(1, "double release");
}

TEST(text_in_memory_that_cannot_grow_leaves_no_mark_on_its_stream)
{
    char *text = NULL;
    size_t n = 0;
    world_reset();
    FILE *stream = __wrap_open_memstream(&text, &n);
    arm(FAULT_OUT_WRITE, "EIO", 1, FAULT_ONE_SHOT);
    assert_int_equal(__wrap_fprintf(stream, "lost"), -1);
    assert_int_equal(errno, ENOMEM);
    assert_int_equal(__wrap_ferror(stream), 0);
    assert_int_equal(__wrap_fclose(stream), 0);
    assert_string_equal(text, "");
    __wrap_free(text);
}

TEST(text_functions_take_memory_that_the_ledger_knows)
{
    char *text = NULL;
    world_reset();
    char *copy = __wrap_strdup("copy");
    assert_int_equal(__wrap_asprintf(&text, "%s %d", copy, 7), 6);
    assert_string_equal(text, "copy 7");
    copy = __wrap_reallocarray(copy, 3, 5);
    assert_string_equal(copy, "copy");
    assert_held(2);
    assert_null(__wrap_reallocarray(NULL, SIZE_MAX, 2));
    __wrap_free(copy);
    __wrap_free(text);
    assert_held(0);
    arm(FAULT_MEM_ALLOC, "ENOMEM", 1, FAULT_PERSISTENT);
    assert_null(__wrap_strdup("copy"));
    assert_int_equal(__wrap_asprintf(&text, "x"), -1);
    assert_null(__wrap_reallocarray(NULL, 1, 1));
    assert_held(0);
}

TEST(aligned_memory_is_memory_that_the_ledger_knows)
{
    void *block = NULL, *other;
    world_reset();
    assert_int_equal(__wrap_posix_memalign(&block, 64, 100), 0);
    assert_int_equal((uintptr_t)block % 64, 0);
    other = __wrap_aligned_alloc(4096, 4096);
    assert_int_equal((uintptr_t)other % 4096, 0);
    assert_held(2);
    memset(block, 1, 100);
    __wrap_free(block);
    __wrap_free(other);
    assert_int_equal(ledger_summary().violations, 0);
    static const size_t none[] = {0, 3, 24, SIZE_MAX};
    for (size_t i = 0; i < sizeof none / sizeof *none; i++) {
        assert_int_equal(__wrap_posix_memalign(&block, none[i], 1), EINVAL);
        errno = 0;
        assert_null(__wrap_aligned_alloc(none[i], 1));
        assert_int_equal(errno, EINVAL);
    }
    assert_int_equal(__wrap_posix_memalign(&block, 4, 1), EINVAL);
    arm(FAULT_MEM_ALLOC, "ENOMEM", 1, FAULT_PERSISTENT);
    assert_int_equal(__wrap_posix_memalign(&block, 64, 1), ENOMEM);
    assert_null(__wrap_aligned_alloc(64, 64));
    assert_null(__wrap_wcsdup(L"copy"));
    fault_disarm_all();
    wchar_t *text = __wrap_wcsdup(L"copy");
    assert_int_equal(wcscmp(text, L"copy"), 0);
    assert_held(1);
    __wrap_free(text);
    assert_held(0);
}

static int caught;

static void catch_it(int number)
{
    caught = number;
}

TEST(signal_reaches_its_handler_and_may_end_what_has_none)
{
    struct sigaction once = {.sa_handler = catch_it, .sa_flags = (int)SA_RESETHAND};
    world_reset();
    assert_false(process_signal(SIGTERM));
    assert_int_equal(__wrap_sigaction(SIGTERM, &once, NULL), 0);
    assert_true(process_signal(SIGTERM));
    assert_int_equal(caught, SIGTERM);
    assert_false(process_signal(SIGTERM));
    assert_true(__wrap_signal(SIGINT, SIG_IGN) == SIG_DFL);
    assert_true(process_signal(SIGINT));
    process_restart();
    assert_false(process_signal(SIGINT));
}

TEST(new_file_is_its_makers_with_what_the_umask_leaves)
{
    mode_t mode;
    uid_t owner;
    gid_t group;
    struct stat status;
    world_reset();
    assert_true(file_make_directory("/d"));
    process_set_identity(7, 8);
    assert_int_equal(__wrap_umask(0077), 022);
    int fd = __wrap_open("/d/f", O_RDWR | O_CREAT, 0666);
    assert_true(file_get_access("/d/f", &mode, &owner, &group));
    assert_int_equal(mode, 0600);
    assert_int_equal(owner, 7);
    assert_int_equal(group, 8);
    /* Its user may neither give it away nor give it a group of others. */
    assert_int_equal(__wrap_fchown(fd, 9, 8), -1);
    assert_int_equal(errno, EPERM);
    assert_int_equal(__wrap_fchown(fd, 7, 10), -1);
    assert_int_equal(__wrap_fchown(fd, 7, 8), 0);
    process_set_identity(0, 0);
    assert_int_equal(__wrap_fchown(fd, 9, 10), 0);
    assert_int_equal(__wrap_fstat(fd, &status), 0);
    assert_int_equal(status.st_uid, 9);
    assert_int_equal(status.st_gid, 10);
    assert_int_equal(status.st_mode, S_IFREG | 0600);
    assert_true(file_set_access("/d/f", 0644, 1, 2));
    assert_int_equal(__wrap_fstat(fd, &status), 0);
    assert_int_equal(status.st_mode, S_IFREG | 0644);
    __wrap_close(fd);
}

TEST(nothing_is_a_terminal_unless_the_harness_says_so)
{
    world_reset();
    assert_int_equal(__wrap_isatty(2), 0);
    process_set_terminal(true);
    assert_int_equal(__wrap_isatty(2), 1);
    assert_int_equal(__wrap_isatty(3), 0);
}

TEST(what_is_written_to_standard_error_is_a_text_of_the_world)
{
    world_reset();
    assert_int_equal(__wrap_write(STDERR_FILENO, "a line\n", 7), 7);
    assert_string_equal(stream_text(STREAM_ERROR), "a line\n");
    assert_string_equal(stream_text(STREAM_OUTPUT), "");
}
