/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the kernel refuses is refused here: bits of flags that mean nothing, and numbers that are
 * none.
 */
#include "world_test.h"

#include "faults/world/clock.h"
#include "faults/world/file.h"
#include "faults/world/world.h"

#include <fcntl.h>
#include <netinet/in.h>
#include <sys/eventfd.h>
#include <sys/file.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum { NO_FLAG = 1 << 26 };

static void refused(int result, int why)
{
    assert_int_equal(result, -1);
    assert_int_equal(errno, why);
    errno = 0;
}

TEST(flags_of_files_that_mean_nothing_are_refused)
{
    struct stat s;
    world_reset();
    assert_true(file_put("/f", "text", 4));
    refused(__wrap_unlinkat(AT_FDCWD, "/f", 1), EINVAL);
    refused(__wrap_unlinkat(AT_FDCWD, "/f", NO_FLAG), EINVAL);
    refused(__wrap_fstatat(AT_FDCWD, "/f", &s, NO_FLAG), EINVAL);
    refused(__wrap_fstatat(AT_FDCWD, "/f", &s, 1), EINVAL);
    int fd = __wrap_open("/f", O_RDONLY);
    refused(__wrap_flock(fd, 0), EINVAL);
    refused(__wrap_flock(fd, LOCK_EX | LOCK_UN), EINVAL);
    assert_int_equal(__wrap_flock(fd, LOCK_EX | LOCK_NB), 0);
    refused(__wrap_fcntl(fd, NO_FLAG, 0), EINVAL);
    assert_int_equal(__wrap_fcntl(fd, F_SETFL, 0), 0);
    assert_int_equal(__wrap_posix_fadvise(fd, 0, 0, NO_FLAG), EINVAL);
    assert_int_equal(__wrap_posix_fadvise(fd, 0, -1, POSIX_FADV_NORMAL), EINVAL);
    assert_int_equal(__wrap_posix_fadvise(fd, 0, 0, POSIX_FADV_DONTNEED), 0);
    refused(__wrap_access("/f", NO_FLAG), EINVAL);
    assert_int_equal(__wrap_close(fd), 0);
    assert_int_equal(__wrap_unlinkat(AT_FDCWD, "/f", 0), 0);
    assert_held(0);
}

TEST(flags_of_others_that_mean_nothing_are_refused)
{
    uint8_t bytes[4];
    world_reset();
    refused((int)__wrap_getrandom(bytes, sizeof bytes, NO_FLAG), EINVAL);
    assert_int_equal(__wrap_getrandom(bytes, sizeof bytes, GRND_NONBLOCK), sizeof bytes);
    refused(__wrap_eventfd(0, NO_FLAG), EINVAL);
    refused(__wrap_socket(AF_PACKET, SOCK_STREAM, 0), EAFNOSUPPORT);
    refused(__wrap_socket(AF_UNIX, 0, 0), EINVAL);
    refused(__wrap_socket(AF_UNIX, SOCK_STREAM | NO_FLAG, 0), EINVAL);
    refused(__wrap_socket(AF_UNIX, SOCK_STREAM, IPPROTO_TCP), EPROTONOSUPPORT);
    refused(__wrap_socket(AF_INET, SOCK_STREAM, IPPROTO_UDP), EPROTONOSUPPORT);
    int fd = __wrap_socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, IPPROTO_TCP);
    assert_true(fd >= 0);
    assert_int_equal(__wrap_close(fd), 0);
    assert_held(0);
}

/* A clock of the wrong kind is one on which no deadline comes. */
TEST(each_clock_tells_its_own_time)
{
    static const clockid_t waiting[] = {CLOCK_MONOTONIC, CLOCK_MONOTONIC_RAW, CLOCK_BOOTTIME};
    static const clockid_t working[] = {CLOCK_PROCESS_CPUTIME_ID, CLOCK_THREAD_CPUTIME_ID};
    struct timespec before, after;
    world_reset();
    for (size_t i = 0; i < 3; i++) {
        assert_int_equal(__wrap_clock_gettime(waiting[i], &before), 0);
        clock_advance_ms(5000);
        assert_int_equal(__wrap_clock_gettime(waiting[i], &after), 0);
        assert_int_equal(after.tv_sec - before.tv_sec, 5);
    }
    for (size_t i = 0; i < 2; i++) {
        assert_int_equal(__wrap_clock_gettime(working[i], &before), 0);
        clock_advance_ms(5000);
        assert_int_equal(__wrap_clock_gettime(working[i], &after), 0);
        assert_int_equal(after.tv_sec, before.tv_sec);
    }
    assert_int_equal(__wrap_clock_gettime(CLOCK_REALTIME_COARSE, &after), 0);
    assert_int_equal(after.tv_sec, clock_real_seconds());
    refused(__wrap_clock_gettime(NO_FLAG, &after), EINVAL);
}
