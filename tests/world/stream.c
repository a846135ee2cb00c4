/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How simulated connections begin and end.
 */
#include "tests/support/test.h"
#include "world_test.h"

#include "faults/world/net.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <signal.h>
#include <sys/un.h>

#define PATH "/run/service"

static struct {
    struct net_stream *stream;
    unsigned accepted, closed;
    size_t received;
    bool refuses;
} peer;

static void *accepted(void *context, struct net_stream *stream)
{
    (void)context;
    peer.accepted++;
    peer.stream = stream;
    return peer.refuses ? NULL : &peer;
}

static void received(void *connection, const void *bytes, size_t n)
{
    (void)connection, (void)bytes;
    peer.received += n;
}

static void peer_closed(void *connection)
{
    (void)connection;
    peer.closed++;
}

static const struct net_service service = {NULL, accepted, received, peer_closed};
static char room[16];

static int dial(void)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX, .sun_path = PATH};
    int fd = __wrap_socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0);
    assert_true(fd >= 0);
    return __wrap_connect(fd, (struct sockaddr *)&address, sizeof address) == 0 ? fd : -1;
}

static void listen_anew(void)
{
    world_reset();
    memset(&peer, 0, sizeof peer);
    assert_true(net_listen_local(PATH, &service));
}

TEST(reset_comes_after_what_was_sent_before_it)
{
    listen_anew();
    int fd = dial();
    net_stream_write(peer.stream, "last", 4);
    net_stream_reset(peer.stream);
    assert_int_equal(__wrap_recv(fd, room, sizeof room, 0), 4);
    assert_int_equal(__wrap_recv(fd, room, sizeof room, 0), -1);
    assert_int_equal(errno, ECONNRESET);
    assert_int_equal(__wrap_send(fd, "x", 1, MSG_NOSIGNAL), -1);
    assert_int_equal(errno, ECONNRESET);
    struct pollfd p = {.fd = fd, .events = POLLIN};
    assert_int_equal(__wrap_poll(&p, 1, -1), 1);
    assert_true(p.revents & POLLHUP);
    assert_no_violation();
    assert_int_equal(peer.received, 0);
    assert_int_equal(peer.closed, 0);
}

TEST(refused_connection_is_at_its_end)
{
    listen_anew();
    peer.refuses = true;
    int fd = dial();
    assert_true(fd >= 0);
    assert_int_equal(peer.accepted, 1);
    assert_int_equal(__wrap_recv(fd, room, sizeof room, 0), 0);
    assert_int_equal(__wrap_close(fd), 0);
    assert_int_equal(peer.closed, 0);
}

TEST(nobody_is_reached_once_listening_has_stopped)
{
    listen_anew();
    int before = dial();
    net_stop_listening();
    assert_int_equal(dial(), -1);
    assert_int_equal(__wrap_send(before, "x", 1, MSG_NOSIGNAL), 1); /* not touched */
    assert_true(net_listen_local(PATH, &service));
    assert_true(dial() >= 0);
    assert_int_equal(peer.accepted, 2);
}

TEST(tcp_is_refused_where_nobody_listens)
{
    struct sockaddr_in address = {
        .sin_family = AF_INET, .sin_port = htons(135), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    listen_anew();
    assert_true(net_listen_tcp(136, &service));
    int fd = __wrap_socket(AF_INET, SOCK_STREAM, 0);
    assert_int_equal(__wrap_connect(fd, (struct sockaddr *)&address, sizeof address), -1);
    assert_int_equal(errno, ECONNREFUSED);
    address.sin_port = htons(136);
    assert_int_equal(__wrap_connect(fd, (struct sockaddr *)&address, sizeof address), 0);
    assert_int_equal(__wrap_connect(fd, (struct sockaddr *)&address, sizeof address), -1);
    assert_int_equal(errno, EISCONN);
}

TEST(fifth_listener_and_a_path_too_long_are_refused)
{
    char path[200];
    memset(path, 'p', sizeof path);
    path[sizeof path - 1] = '\0';
    listen_anew();
    assert_false(net_listen_local(path, &service));
    for (uint16_t port = 1; port <= 3; port++)
        assert_true(net_listen_tcp(port, &service));
    assert_false(net_listen_tcp(4, &service));
}

TEST(interrupted_connect_is_made_all_the_same)
{
    static const struct {
        const char *kind;
        int error;
        unsigned accepted;
    } rows[] = {
        {"EINPROGRESS", EINPROGRESS, 1}, {"EINTR", EINTR, 1}, {"ECONNREFUSED", ECONNREFUSED, 0}};
    struct sockaddr_un address = {.sun_family = AF_UNIX, .sun_path = PATH};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        listen_anew();
        int fd = __wrap_socket(AF_UNIX, SOCK_STREAM, 0);
        arm(FAULT_NET_CONNECT, rows[i].kind, 1, FAULT_ONE_SHOT);
        assert_int_equal(__wrap_connect(fd, (struct sockaddr *)&address, sizeof address), -1);
        assert_int_equal(errno, rows[i].error);
        assert_int_equal(peer.accepted, rows[i].accepted);
        bool sent = __wrap_send(fd, "x", 1, MSG_NOSIGNAL) == 1;
        assert_int_equal(sent, rows[i].accepted);
    }
}

TEST(broken_recv_loses_the_line_for_both_and_an_interrupted_one_does_not)
{
    static const struct {
        const char *kind;
        ssize_t result;
        unsigned closed;
    } rows[] = {{"ECONNRESET", -1, 1}, {"eof", 0, 1}, {"EINTR", -1, 0}, {"EAGAIN", -1, 0}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        listen_anew();
        int fd = dial();
        net_stream_write(peer.stream, "late", 4);
        arm(FAULT_NET_RECV, rows[i].kind, 1, FAULT_ONE_SHOT);
        assert_int_equal(__wrap_recv(fd, room, sizeof room, 0), rows[i].result);
        assert_int_equal(peer.closed, rows[i].closed);
        assert_int_equal(__wrap_recv(fd, room, sizeof room, 0), rows[i].closed ? 0 : 4);
    }
}

TEST(segment_limit_stalls_every_second_time_and_ends)
{
    listen_anew();
    int fd = dial();
    net_set_segment(1);
    assert_int_equal(__wrap_send(fd, "xy", 2, MSG_NOSIGNAL), -1);
    assert_int_equal(errno, EAGAIN);
    assert_int_equal(__wrap_send(fd, "xy", 2, MSG_NOSIGNAL), 1);
    assert_int_equal(__wrap_send(fd, "xy", 2, MSG_NOSIGNAL), -1);
    for (int i = 3; i < NET_SEGMENTS; i++)
        assert_true(__wrap_send(fd, "xy", 2, MSG_NOSIGNAL) < 2);
    assert_int_equal(__wrap_send(fd, "xy", 2, MSG_NOSIGNAL), 2);
    assert_int_equal(__wrap_send(fd, "xy", 2, MSG_NOSIGNAL), 2);
}

TEST(two_connections_do_not_share_their_bytes)
{
    listen_anew();
    int first = dial();
    struct net_stream *of_first = peer.stream;
    int second = dial();
    net_stream_write(peer.stream, "second", 6);
    assert_int_equal(__wrap_recv(first, room, sizeof room, 0), -1);
    assert_int_equal(errno, EAGAIN);
    net_stream_write(of_first, "1st", 3);
    assert_int_equal(__wrap_recv(second, room, sizeof room, 0), 6);
    assert_int_equal(__wrap_recv(first, room, sizeof room, 0), 3);
    /* A new connection in the place of an old one finds nothing of it. */
    net_stream_write(of_first, "left", 4);
    assert_int_equal(__wrap_close(first), 0);
    int third = dial();
    assert_int_equal(__wrap_recv(third, room, sizeof room, 0), -1);
    assert_int_equal(errno, EAGAIN);
    net_stream_write(peer.stream, "left", 4);
    listen_anew();
    assert_int_equal(__wrap_recv(dial(), room, sizeof room, 0), -1);
    assert_int_equal(errno, EAGAIN);
}

TEST(blocking_socket_that_nothing_can_come_to_is_a_wait_without_end)
{
    listen_anew();
    int fd = dial();
    assert_int_equal(__wrap_recv(fd, room, sizeof room, 0), -1);
    assert_int_equal(errno, EAGAIN);
    assert_int_equal(__wrap_fcntl(fd, F_GETFL) & O_NONBLOCK, O_NONBLOCK);
    assert_int_equal(__wrap_fcntl(fd, F_SETFL, 0), 0);
    assert_int_equal(__wrap_fcntl(fd, F_GETFL) & O_NONBLOCK, 0);
    assert_int_equal(ledger_summary().violations, 0);
    assert_int_equal(__wrap_read(fd, room, sizeof room), 0);
    assert_int_equal(ledger_summary().violations, 1);
    assert_int_equal(ledger_violation(0), LEDGER_WAIT_WITHOUT_END);
}

TEST(read_and_write_of_a_socket_are_receive_and_send)
{
    listen_anew();
    int fd = dial();
    assert_int_equal(__wrap_write(fd, "abc", 3), 3);
    assert_int_equal(peer.received, 3);
    net_stream_write(peer.stream, "de", 2);
    assert_int_equal(__wrap_read(fd, room, sizeof room), 2);
    assert_memory_equal(room, "de", 2);
    __wrap_signal(SIGPIPE, SIG_IGN);
    fault_arm(&(struct fault){.class = FAULT_NET_SEND, .nth = 1});
    assert_int_equal(__wrap_write(fd, "abc", 3), -1);
    assert_int_equal(fault_report()->fired, 1);
}

TEST(address_of_a_path_may_be_longer_than_the_path)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX, .sun_path = PATH};
    const socklen_t least = offsetof(struct sockaddr_un, sun_path) + sizeof PATH;
    for (socklen_t length = least; length <= sizeof address; length++) {
        listen_anew();
        memset(address.sun_path + sizeof PATH, 0x5a, sizeof address.sun_path - sizeof PATH);
        int fd = __wrap_socket(AF_UNIX, SOCK_STREAM, 0);
        assert_int_equal(__wrap_connect(fd, (struct sockaddr *)&address, length), 0);
        assert_int_equal(peer.accepted, 1);
    }
}

TEST(answer_for_a_client_that_has_closed_is_dropped)
{
    listen_anew();
    int fd = dial();
    assert_int_equal(__wrap_close(fd), 0);
    assert_int_equal(peer.closed, 1);
    net_stream_write(peer.stream, "late", 4);
    int again = dial();
    assert_int_equal(__wrap_recv(again, room, sizeof room, 0), -1);
    assert_int_equal(errno, EAGAIN);
}

TEST(socket_that_was_never_connected_carries_nothing)
{
    listen_anew();
    int fd = __wrap_socket(AF_UNIX, SOCK_STREAM, 0);
    assert_int_equal(__wrap_send(fd, "x", 1, MSG_NOSIGNAL), -1);
    assert_int_equal(errno, ENOTCONN);
    assert_int_equal(__wrap_recv(fd, room, sizeof room, 0), -1);
    assert_int_equal(errno, ENOTCONN);
    assert_int_equal(net_bytes_sent(), 0);
}

TEST(served_socket_says_who_its_peer_is)
{
    static const struct net_peer peer_of_two = {
        .pid = 7, .uid = 8, .gid = 9, .groups = {10, 11}, .group_count = 2};
    struct ucred credentials;
    gid_t groups[2] = {0};
    socklen_t length = sizeof credentials;
    world_reset();
    int fd = net_open_served(&peer_of_two);
    assert_int_equal(__wrap_getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &credentials, &length), 0);
    assert_int_equal(length, sizeof credentials);
    assert_int_equal(credentials.pid, 7);
    assert_int_equal(credentials.uid, 8);
    assert_int_equal(credentials.gid, 9);
    length = sizeof *groups;
    assert_int_equal(__wrap_getsockopt(fd, SOL_SOCKET, SO_PEERGROUPS, groups, &length), -1);
    assert_int_equal(errno, ERANGE);
    length = sizeof groups;
    assert_int_equal(__wrap_getsockopt(fd, SOL_SOCKET, SO_PEERGROUPS, groups, &length), 0);
    assert_int_equal(length, sizeof groups);
    assert_int_equal(groups[1], 11);
    assert_int_equal(ledger_summary().outstanding[WORLD_CLIENT], 1);
    assert_int_equal(__wrap_close(fd), 0);
    assert_int_equal(ledger_summary().outstanding[WORLD_CLIENT], 0);
}
