/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The simulated network, and the real one passed through.
 */
#include "tests/support/test.h"

#include "faults/fault/fault.h"
#include "faults/seam/wrap.h"
#include "faults/world/clock.h"
#include "faults/world/ledger.h"
#include "faults/world/net.h"
#include "faults/world/world.h"

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/un.h>
#include <unistd.h>

#define PATH "/run/service"

/* Answers each message with itself, as the server's side, and counts what it is told. */
static struct {
    struct net_stream *stream;
    unsigned accepted, closed;
    size_t received;
    bool silent, saw_other_side;
} echo;

static void *accepted(void *context, struct net_stream *stream)
{
    (void)context;
    echo.accepted++;
    echo.stream = stream;
    return &echo;
}

static void received(void *connection, const void *bytes, size_t n)
{
    assert_ptr_equal(connection, &echo);
    echo.received += n;
    echo.saw_other_side |= world_side() != WORLD_SERVER;
    if (!echo.silent)
        net_stream_write(echo.stream, bytes, n);
}

static void peer_closed(void *connection)
{
    assert_ptr_equal(connection, &echo);
    echo.closed++;
}

static const struct net_service service = {NULL, accepted, received, peer_closed};

static int dial(void)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX, .sun_path = PATH};
    world_reset();
    memset(&echo, 0, sizeof echo);
    assert_true(net_listen_local(PATH, &service));
    int fd = __wrap_socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    assert_true(fd >= 0);
    assert_int_equal(__wrap_connect(fd, (struct sockaddr *)&address, sizeof address), 0);
    return fd;
}

static void arm(enum fault_class class, const char *kind)
{
    int k = fault_kind_find(class, kind, strlen(kind));
    assert_true(k >= 0);
    assert_true(fault_arm(&(struct fault){.class = class, .nth = 1, .kind = (uint32_t)k}));
}

TEST(bytes_sent_come_back_and_belong_to_the_server_meanwhile)
{
    int fd = dial();
    char room[8] = "";
    assert_int_equal(__wrap_send(fd, "ping", 4, MSG_NOSIGNAL), 4);
    assert_int_equal(__wrap_recv(fd, room, sizeof room, 0), 4);
    assert_memory_equal(room, "ping", 4);
    assert_false(echo.saw_other_side);
    assert_int_equal(world_side(), WORLD_CLIENT);
    assert_int_equal(net_bytes_sent(), 4);
    assert_int_equal(__wrap_close(fd), 0);
    assert_int_equal(echo.closed, 1);
    assert_int_equal(ledger_summary().outstanding[WORLD_CLIENT], 0);
}

TEST(connect_where_nothing_listens_fails_by_family)
{
    world_reset();
    struct sockaddr_un address = {.sun_family = AF_UNIX, .sun_path = "/nobody"};
    int fd = __wrap_socket(AF_UNIX, SOCK_STREAM, 0);
    assert_int_equal(__wrap_connect(fd, (struct sockaddr *)&address, sizeof address), -1);
    assert_int_equal(errno, ENOENT);
    assert_int_equal(__wrap_close(fd), 0);
}

TEST(empty_socket_would_block_and_poll_takes_virtual_time_alone)
{
    int fd = dial();
    char room[8];
    assert_int_equal(__wrap_recv(fd, room, sizeof room, 0), -1);
    assert_int_equal(errno, EAGAIN);
    struct pollfd p = {.fd = fd, .events = POLLIN};
    uint64_t before = clock_monotonic_ms();
    assert_int_equal(__wrap_poll(&p, 1, 30000), 0);
    assert_int_equal(clock_monotonic_ms() - before, 30000);
    assert_int_equal(ledger_summary().violations, 0);
    __wrap_close(fd);
}

TEST(wait_that_nothing_ends_is_a_violation_and_returns)
{
    int fd = dial();
    struct pollfd p = {.fd = fd, .events = POLLIN};
    assert_int_equal(__wrap_poll(&p, 1, -1), 1);
    assert_true(p.revents & POLLHUP);
    assert_string_equal(ledger_violation_name(0), "wait without end");
    __wrap_close(fd);
}

TEST(poll_without_a_timeout_does_not_time_out)
{
    int fd = dial();
    assert_int_equal(__wrap_send(fd, "x", 1, MSG_NOSIGNAL), 1);
    arm(FAULT_NET_POLL, "timeout");
    struct pollfd p = {.fd = fd, .events = POLLIN};
    assert_int_equal(__wrap_poll(&p, 1, -1), 1);
    assert_int_equal(p.revents, POLLIN);
    assert_int_equal(ledger_summary().violations, 0);
    __wrap_close(fd);
}

TEST(poll_timeout_fault_passes_the_deadline_with_data_waiting)
{
    int fd = dial();
    assert_int_equal(__wrap_send(fd, "x", 1, MSG_NOSIGNAL), 1);
    arm(FAULT_NET_POLL, "timeout");
    struct pollfd p = {.fd = fd, .events = POLLIN};
    uint64_t before = clock_monotonic_ms();
    assert_int_equal(__wrap_poll(&p, 1, 500), 0);
    assert_int_equal(clock_monotonic_ms() - before, 500);
    assert_int_equal(__wrap_poll(&p, 1, 500), 1);
    __wrap_close(fd);
}

TEST(interrupted_poll_takes_half_of_its_time)
{
    int fd = dial();
    arm(FAULT_NET_POLL, "EINTR");
    struct pollfd p = {.fd = fd, .events = POLLIN};
    uint64_t before = clock_monotonic_ms();
    assert_int_equal(__wrap_poll(&p, 1, 500), -1);
    assert_int_equal(errno, EINTR);
    assert_int_equal(clock_monotonic_ms() - before, 250);
    __wrap_close(fd);
}

TEST(so_error_says_how_a_connect_ended_that_was_in_progress)
{
    int fd = dial(), error = 1;
    socklen_t length = sizeof error;
    assert_int_equal(__wrap_getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &length), 0);
    assert_int_equal(error, 0);
    arm(FAULT_NET_OPTION, "ECONNREFUSED");
    assert_int_equal(__wrap_getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &length), 0);
    assert_int_equal(error, ECONNREFUSED);
    __wrap_close(fd);
}

TEST(filled_memory_and_the_hash_of_the_wire_show_what_goes_out)
{
    uint64_t hashes[3];
    for (int i = 0; i < 3; i++) {
        int fd = dial();
        world_set_fill(i < 2 ? 0xa5 : 0x5a);
        char *block = __wrap_malloc(4);
        assert_int_equal((unsigned char)block[3], i < 2 ? 0xa5 : 0x5a);
        assert_int_equal(__wrap_send(fd, block, 4, MSG_NOSIGNAL), 4);
        hashes[i] = net_bytes_hash();
        __wrap_free(block);
        __wrap_close(fd);
        world_set_fill(WORLD_NO_FILL);
    }
    assert_int_equal(hashes[0], hashes[1]);
    assert_int_not_equal(hashes[0], hashes[2]);
    int fd = dial();
    assert_int_equal(__wrap_send(fd, "x", 1, MSG_NOSIGNAL), 1);
    assert_int_equal(net_bytes_hash(), 0);
    __wrap_close(fd);
}

TEST(service_that_closes_is_read_to_its_end)
{
    int fd = dial();
    char room[8];
    assert_int_equal(__wrap_send(fd, "bye", 3, MSG_NOSIGNAL), 3);
    net_stream_close(echo.stream);
    assert_int_equal(__wrap_recv(fd, room, sizeof room, 0), 3);
    assert_int_equal(__wrap_recv(fd, room, sizeof room, 0), 0);
    assert_int_equal(__wrap_send(fd, "x", 1, MSG_NOSIGNAL), -1);
    assert_int_equal(errno, EPIPE);
    __wrap_close(fd);
    /* It closed the connection itself, so it is not told. */
    assert_int_equal(echo.closed, 0);
}

static int pipes_broken;

static void on_broken_pipe(int number)
{
    (void)number;
    pipes_broken++;
}

TEST(send_to_a_reader_that_is_gone_raises_a_signal_unless_it_asks_for_none)
{
    int fd = dial();
    pipes_broken = 0;
    __wrap_signal(SIGPIPE, on_broken_pipe);
    arm(FAULT_NET_SEND, "EPIPE");
    assert_int_equal(__wrap_send(fd, "x", 1, MSG_NOSIGNAL), -1);
    assert_int_equal(pipes_broken, 0);
    assert_int_equal(__wrap_send(fd, "x", 1, 0), -1);
    assert_int_equal(errno, EPIPE);
    assert_int_equal(pipes_broken, 1);
    fault_disarm_all();
    arm(FAULT_NET_SEND, "EPIPE");
    assert_int_equal(__wrap_write(fd, "x", 1), -1);
    assert_int_equal(pipes_broken, 2);
    fault_disarm_all();
    arm(FAULT_NET_SEND, "ECONNRESET");
    assert_int_equal(__wrap_send(fd, "x", 1, 0), -1);
    assert_int_equal(pipes_broken, 2);
    __wrap_close(fd);
}

TEST(broken_send_reaches_no_service_and_counts_no_byte)
{
    int fd = dial();
    arm(FAULT_NET_SEND, "EPIPE");
    assert_int_equal(__wrap_send(fd, "ping", 4, MSG_NOSIGNAL), -1);
    assert_int_equal(errno, EPIPE);
    assert_int_equal(echo.received, 0);
    assert_int_equal(net_bytes_sent(), 0);
    /* Both ends have lost it. */
    assert_int_equal(echo.closed, 1);
    assert_int_equal(__wrap_send(fd, "ping", 4, MSG_NOSIGNAL), -1);
    __wrap_close(fd);
}

TEST(short_send_and_short_recv_move_a_part)
{
    int fd = dial();
    char room[8];
    arm(FAULT_NET_SEND, "short");
    assert_int_equal(__wrap_send(fd, "12345678", 8, MSG_NOSIGNAL), 4);
    fault_disarm_all();
    arm(FAULT_NET_RECV, "short");
    assert_int_equal(__wrap_recv(fd, room, 4, 0), 2);
    fault_disarm_all();
    assert_int_equal(__wrap_recv(fd, room, sizeof room, 0), 2);
    __wrap_close(fd);
}

TEST(segments_move_everything_in_small_pieces)
{
    int fd = dial();
    const char *message = "0123456789";
    char room[10];
    size_t sent = 0, got = 0;
    net_set_segment(3);
    for (int tries = 0; sent < 10 && tries < 100; tries++) {
        ssize_t n = __wrap_send(fd, message + sent, 10 - sent, MSG_NOSIGNAL);
        assert_true(n <= 3);
        sent += n > 0 ? (size_t)n : 0;
    }
    for (int tries = 0; got < 10 && tries < 100; tries++) {
        ssize_t n = __wrap_recv(fd, room + got, 10 - got, 0);
        assert_true(n != 0 && n <= 3);
        got += n > 0 ? (size_t)n : 0;
    }
    assert_int_equal(got, 10);
    assert_memory_equal(room, message, 10);
    __wrap_close(fd);
}

TEST(closed_descriptor_is_noticed_and_not_soon_reused)
{
    int fd = dial();
    assert_int_equal(__wrap_close(fd), 0);
    int other = __wrap_socket(AF_UNIX, SOCK_STREAM, 0);
    assert_int_not_equal(other, fd);
    assert_int_equal(__wrap_send(fd, "x", 1, MSG_NOSIGNAL), -1);
    assert_int_equal(errno, EBADF);
    assert_string_equal(ledger_violation_name(0), "use after release");
    assert_int_equal(__wrap_close(fd), -1);
    assert_int_equal(errno, EBADF);
    assert_string_equal(ledger_violation_name(1), "double release");
    assert_int_equal(__wrap_close(other), 0);
}

TEST(event_wakes_a_poll_and_is_emptied_by_a_read)
{
    world_reset();
    int fd = __wrap_eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
    eventfd_t count = 0;
    struct pollfd p = {.fd = fd, .events = POLLIN};
    assert_int_equal(__wrap_poll(&p, 1, 0), 0);
    assert_int_equal(__wrap_eventfd_write(fd, 1), 0);
    assert_int_equal(__wrap_eventfd_write(fd, 1), 0);
    assert_int_equal(__wrap_poll(&p, 1, 0), 1);
    assert_int_equal(__wrap_eventfd_read(fd, &count), 0);
    assert_int_equal(count, 2);
    assert_int_equal(__wrap_eventfd_read(fd, &count), -1);
    assert_int_equal(errno, EAGAIN);
    assert_int_equal(__wrap_close(fd), 0);
}

TEST(passed_through_eventfd_is_real_ledgered_and_breakable)
{
    world_reset();
    world_set_mode(WORLD_NET, WORLD_PASS_THROUGH);
    int fd = __wrap_eventfd(5, EFD_NONBLOCK | EFD_CLOEXEC);
    uint64_t count = 0;
    assert_true(fd >= 0);
    assert_int_equal(ledger_summary().outstanding[WORLD_CLIENT], 1);
    assert_int_equal(read(fd, &count, sizeof count), sizeof count); /* the kernel knows it */
    assert_int_equal(count, 5);
    assert_int_equal(__wrap_close(fd), 0);
    assert_int_equal(ledger_summary().outstanding[WORLD_CLIENT], 0);
    arm(FAULT_NET_SOCKET, "EMFILE");
    assert_int_equal(__wrap_socket(AF_UNIX, SOCK_STREAM, 0), -1);
    assert_int_equal(errno, EMFILE);
}

TEST(passed_through_connection_that_a_fault_breaks_is_broken_for_both_ends)
{
    static const struct {
        enum fault_class class;
        const char *kind;
    } breaking[] = {{FAULT_NET_SEND, "EPIPE"},
                    {FAULT_NET_SEND, "ETIMEDOUT"},
                    {FAULT_NET_RECV, "ECONNRESET"},
                    {FAULT_NET_RECV, "eof"}};
    for (size_t i = 0; i < sizeof breaking / sizeof *breaking; i++) {
        int ends[2];
        char byte;
        world_reset();
        world_set_mode(WORLD_NET, WORLD_PASS_THROUGH);
        assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, ends), 0);
        arm(breaking[i].class, breaking[i].kind);
        if (breaking[i].class == FAULT_NET_SEND)
            assert_int_equal(__wrap_send(ends[0], "x", 1, MSG_NOSIGNAL), -1);
        else
            assert_true(__wrap_recv(ends[0], &byte, 1, 0) <= 0);
        assert_int_equal(__wrap_recv(ends[0], &byte, 1, 0), 0);
        assert_int_equal(recv(ends[1], &byte, 1, 0), 0);
        close(ends[0]);
        close(ends[1]);
    }
}
