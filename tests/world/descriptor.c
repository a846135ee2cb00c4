/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Descriptors: their numbers, and every call that takes one, on one that is closed.
 */
#include "tests/support/test.h"
#include "world_test.h"

#include "faults/world/file.h"
#include "faults/world/net.h"
#include "faults/world/world.h"

#include <fcntl.h>
#include <sys/eventfd.h>
#include <sys/file.h>
#include <sys/un.h>
#include <unistd.h>

enum { TABLE = 1024 };

static int open_event(void)
{
    return __wrap_eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
}

TEST(numbers_go_on_and_then_begin_again_with_what_is_free)
{
    world_reset();
    int kept = open_event();
    assert_true(kept > 1000); /* far above what the process itself has open */
    for (int i = 1; i < TABLE; i++) {
        int fd = open_event();
        assert_int_equal(fd, kept + i);
        assert_int_equal(__wrap_close(fd), 0);
    }
    int reused = open_event();
    assert_int_equal(reused, kept + 1);
    assert_held(2);
    assert_int_equal(__wrap_close(reused), 0);
    assert_int_equal(__wrap_close(kept), 0);
    assert_held(0);
    assert_no_violation();
}

TEST(descriptor_0_is_given_whenever_it_is_free)
{
    world_reset();
    world_close_standard_input(true);
    assert_int_equal(__wrap_eventfd(0, 0), 0);
    int second = __wrap_socket(AF_UNIX, SOCK_STREAM, 0);
    assert_true(second > 0);
    assert_held(2);
    assert_int_equal(__wrap_close(0), 0);
    assert_int_equal(__wrap_close(0), -1);
    assert_int_equal(errno, EBADF);
    assert_int_equal(__wrap_socket(AF_UNIX, SOCK_STREAM, 0), 0);
    assert_int_equal(__wrap_close(0), 0);
    assert_int_equal(__wrap_close(second), 0);
    assert_held(0);
    world_reset();
    int fd = __wrap_eventfd(0, 0);
    assert_true(fd > 0);
    assert_int_equal(__wrap_close(fd), 0);
}

TEST(full_table_is_emfile_and_nothing_is_held_for_it)
{
    world_reset();
    int first = open_event();
    for (int i = 1; i < TABLE; i++)
        assert_true(open_event() >= 0);
    assert_int_equal(open_event(), -1);
    assert_int_equal(errno, EMFILE);
    assert_int_equal(__wrap_socket(AF_UNIX, SOCK_STREAM, 0), -1);
    assert_int_equal(errno, EMFILE);
    assert_held(TABLE);
    assert_int_equal(__wrap_close(first + 7), 0);
    assert_int_equal(open_event(), first + 7);
}

TEST(descriptor_of_the_harness_is_not_the_targets_to_close)
{
    world_reset();
    int harness = eventfd(0, EFD_CLOEXEC);
    assert_true(harness >= 0);
    assert_int_equal(__wrap_close(harness), -1);
    assert_int_equal(errno, EBADF);
    assert_violation(1, "release of what was never acquired");
    assert_int_equal(close(harness), 0); /* it is still open */
}

/* What a service does while it hears of the end of a connection. */
static void *accepted(void *context, struct net_stream *stream)
{
    (void)stream;
    return context;
}

static void received(void *connection, const void *bytes, size_t n)
{
    (void)connection, (void)bytes, (void)n;
    errno = EIO;
}

static void peer_closed(void *connection)
{
    (void)connection;
    errno = EIO;
}

TEST(errno_of_the_server_never_shows_at_the_client)
{
    static const struct net_service service = {(void *)(uintptr_t) "", accepted, received,
                                               peer_closed};
    struct sockaddr_un address = {.sun_family = AF_UNIX, .sun_path = "/run/service"};
    world_reset();
    assert_true(net_listen_local(address.sun_path, &service));
    int fd = __wrap_socket(AF_UNIX, SOCK_STREAM, 0);
    assert_int_equal(__wrap_connect(fd, (struct sockaddr *)&address, sizeof address), 0);
    errno = ENOSPC;
    assert_int_equal(__wrap_send(fd, "x", 1, MSG_NOSIGNAL), 1);
    assert_int_equal(errno, ENOSPC);
    assert_int_equal(__wrap_close(fd), 0);
    assert_int_equal(errno, ENOSPC);
}

/* Every call that takes a descriptor --------------------------------------------------------- */

static char room[16];
static struct stat st;
static eventfd_t count;
static struct sockaddr_un nowhere = {.sun_family = AF_UNIX, .sun_path = "/nowhere"};

/* clang-format off */
static int64_t do_close(int fd) { return __wrap_close(fd); }
static int64_t do_connect(int fd) { return __wrap_connect(fd, (struct sockaddr *)&nowhere, sizeof nowhere); }
static int64_t do_send(int fd) { return __wrap_send(fd, "x", 1, MSG_NOSIGNAL); }
static int64_t do_recv(int fd) { return __wrap_recv(fd, room, sizeof room, 0); }
static int64_t do_getsockopt(int fd) { return __wrap_getsockopt(fd, SOL_SOCKET, SO_ERROR, room, &(socklen_t){4}); }
static int64_t do_setsockopt(int fd) { return __wrap_setsockopt(fd, SOL_SOCKET, SO_KEEPALIVE, room, 4); }
static int64_t do_eventfd_read(int fd) { return __wrap_eventfd_read(fd, &count); }
static int64_t do_eventfd_write(int fd) { return __wrap_eventfd_write(fd, 1); }
static int64_t do_write(int fd) { return __wrap_write(fd, "x", 1); }
static int64_t do_pread(int fd) { return __wrap_pread(fd, room, sizeof room, 0); }
static int64_t do_fstat(int fd) { return __wrap_fstat(fd, &st); }
static int64_t do_fsync(int fd) { return __wrap_fsync(fd); }
static int64_t do_flock(int fd) { return __wrap_flock(fd, LOCK_EX | LOCK_NB); }
static int64_t do_fdopendir(int fd) { return __wrap_fdopendir(fd) != NULL ? 0 : -1; }
static int64_t do_openat(int fd) { return __wrap_openat(fd, "f", O_RDONLY); }
static int64_t do_fstatat(int fd) { return __wrap_fstatat(fd, "f", &st, 0); }
static int64_t do_unlinkat(int fd) { return __wrap_unlinkat(fd, "f", 0); }
static int64_t do_mkdirat(int fd) { return __wrap_mkdirat(fd, "d", 0700); }
static int64_t do_renameat_from(int fd) { return __wrap_renameat(fd, "f", AT_FDCWD, "/store/g"); }
static int64_t do_renameat_to(int fd) { return __wrap_renameat(AT_FDCWD, "/store/f", fd, "g"); }

static const struct taker {
    const char *name;
    int64_t (*call)(int fd);
    bool releases;
} takers[] = {
    {"close", do_close, true},               {"connect", do_connect, false},
    {"send", do_send, false},                {"recv", do_recv, false},
    {"getsockopt", do_getsockopt, false},    {"setsockopt", do_setsockopt, false},
    {"eventfd_read", do_eventfd_read, false}, {"eventfd_write", do_eventfd_write, false},
    {"write", do_write, false},              {"pread", do_pread, false},
    {"fstat", do_fstat, false},              {"fsync", do_fsync, false},
    {"flock", do_flock, false},              {"fdopendir", do_fdopendir, false},
    {"openat", do_openat, false},            {"fstatat", do_fstatat, false},
    {"unlinkat", do_unlinkat, false},        {"mkdirat", do_mkdirat, false},
    {"renameat, from", do_renameat_from, false}, {"renameat, to", do_renameat_to, false},
};
/* clang-format on */

static void check_takers(int (*make)(void), const char *used, const char *released)
{
    for (const struct taker *t = takers; t < takers + sizeof takers / sizeof *takers; t++) {
        world_reset();
        assert_true(file_make_directory("/store") && file_put("/store/f", "abc", 3));
        int fd = make();
        errno = 0;
        int64_t result = t->call(fd);
        const char *wanted = t->releases ? released : used;
        if (result != -1 || errno != EBADF || ledger_summary().violations != 1 ||
            strcmp(ledger_violation_name(0), wanted) != 0)
            fail_msg("%s() returned %d, errno %d, %u violations", t->name, (int)result, errno,
                     ledger_summary().violations);
        assert_held(0);
    }
}

static int closed(void)
{
    int fd = open_event();
    assert_int_equal(__wrap_close(fd), 0);
    return fd;
}

static int never_opened(void)
{
    return closed() + 1;
}

TEST(every_call_notices_a_closed_descriptor)
{
    check_takers(closed, "use after release", "double release");
}

TEST(every_call_notices_a_descriptor_that_never_was)
{
    check_takers(never_opened, "release of what was never acquired",
                 "release of what was never acquired");
}

TEST(poll_says_nval_for_a_closed_descriptor)
{
    world_reset();
    struct pollfd p = {.fd = closed(), .events = POLLIN};
    assert_int_equal(__wrap_poll(&p, 1, -1), 1);
    assert_int_equal(p.revents, POLLNVAL);
    assert_violation(1, "use after release");
}

TEST(poll_looks_past_negative_numbers)
{
    world_reset();
    struct pollfd p = {.fd = -1, .events = POLLIN, .revents = POLLIN};
    assert_int_equal(__wrap_poll(&p, 1, 5), 0);
    assert_int_equal(p.revents, 0);
    assert_no_violation();
}

TEST(call_for_another_kind_fails_and_is_no_violation)
{
    world_reset();
    int event = open_event(), stream = __wrap_socket(AF_UNIX, SOCK_STREAM, 0);
    assert_int_equal(do_send(event), -1);
    assert_int_equal(errno, ENOTSOCK);
    assert_int_equal(do_pread(stream), -1);
    assert_int_equal(do_eventfd_write(stream), -1);
    assert_no_violation();
    assert_int_equal(__wrap_close(event), 0);
    assert_int_equal(__wrap_close(stream), 0);
}

/* Directory streams -------------------------------------------------------------------------- */

static int open_store(void)
{
    world_reset();
    assert_true(file_make_directory("/store") && file_put("/store/f", "abc", 3));
    int fd = __wrap_open("/store", O_RDONLY | O_DIRECTORY);
    assert_true(fd >= 0);
    return fd;
}

TEST(stream_owns_its_descriptor)
{
    int fd = open_store();
    DIR *stream = __wrap_fdopendir(fd);
    assert_non_null(stream);
    assert_held(1);
    assert_int_equal(__wrap_close(fd), -1);
    assert_violation(1, "double release");
    assert_int_equal(__wrap_closedir(stream), 0);
    assert_held(0);
    assert_int_equal(do_fstat(fd), -1);
    assert_violation(2, "use after release");
}

TEST(closed_stream_is_not_read_or_closed_again)
{
    DIR *stream = __wrap_fdopendir(open_store());
    assert_int_equal(__wrap_closedir(stream), 0);
    assert_null(__wrap_readdir(stream));
    assert_int_equal(errno, EBADF);
    assert_violation(1, "use after release");
    assert_int_equal(__wrap_closedir(stream), -1);
    assert_int_equal(errno, EBADF);
    assert_violation(2, "double release");
}

TEST(failed_fdopendir_leaves_the_descriptor_open)
{
    int fd = open_store();
    arm(FAULT_FILE_LIST, "ENOMEM", 1, FAULT_ONE_SHOT);
    assert_null(__wrap_fdopendir(fd));
    assert_int_equal(errno, ENOMEM);
    assert_held(1);
    assert_int_equal(__wrap_close(fd), 0);
    assert_no_violation();
}

TEST(error_of_readdir_is_told_from_the_end_by_errno_alone)
{
    DIR *stream = __wrap_fdopendir(open_store());
    arm(FAULT_FILE_LIST, "EIO", 1, FAULT_ONE_SHOT);
    errno = 0;
    assert_null(__wrap_readdir(stream));
    assert_int_equal(errno, EIO);
    errno = 0;
    const struct dirent *entry = __wrap_readdir(stream); /* nothing was skipped */
    assert_non_null(entry);
    assert_string_equal(entry->d_name, "f");
    assert_null(__wrap_readdir(stream));
    assert_int_equal(errno, 0);
    assert_int_equal(__wrap_closedir(stream), 0);
}
