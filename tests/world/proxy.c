/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The proxy between real sockets: what it carries, what it breaks and when it says so, ends,
 * resets, a server that is not there. Client, proxy and server are one thread: bytes are where they
 * go when proxy_settle() returns.
 */
#include "tests/support/test.h"

#include "faults/wire/proxy.h"
#include "faults/world/world.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { PDU_BYTES = 40, REQUEST = 0, RESPONSE = 2, MEBIBYTE = 1 << 20 };

static char directory[64];
static struct endpoint front, back;
static struct proxy *proxy;
static int listener, client, server;

/* What the proxy has told. */
static char told[16][128];
static unsigned told_count, asked, pdus, broken;
static int killed, restarted;

static void on_connection(void *context, unsigned number, const char *what)
{
    (void)context;
    if (told_count < sizeof told / sizeof *told)
        snprintf(told[told_count++], sizeof *told, "%u %s", number, what);
}

static void on_ask(void *context, unsigned number, const struct wire_pdu *pdu)
{
    (void)context;
    asked += number > 0 && pdu->length == PDU_BYTES;
}

static void on_pdu(void *context, unsigned number, const struct wire_pdu *pdu)
{
    (void)context;
    pdus += number > 0 && pdu->length == PDU_BYTES;
    broken += pdu->broken;
}

static void on_kill(void *context, bool restart)
{
    (void)context;
    restarted += restart;
    killed += !restart;
}

static const struct proxy_events events = {on_connection, on_ask, on_pdu, on_kill, NULL};

static void parse(const char *name, struct endpoint *out)
{
    char binding[128];
    snprintf(binding, sizeof binding, "ncalrpc:[%s/%s]", directory, name);
    assert_true(endpoint_parse(binding, out));
}

static void open_proxy(void)
{
    world_reset();
    strcpy(directory, "/tmp/rundown-proxy.XXXXXX");
    assert_non_null(mkdtemp(directory));
    parse("front", &front);
    parse("back", &back);
    listener = endpoint_listen(&back);
    assert_true(listener >= 0);
    proxy = proxy_open(&front, &back, &events);
    assert_non_null(proxy);
    client = server = -1;
    told_count = asked = pdus = broken = 0;
    killed = restarted = 0;
}

static void put_away(int *fd)
{
    if (*fd >= 0)
        close(*fd);
    *fd = -1;
}

static void close_proxy(void)
{
    char command[128];
    put_away(&client);
    put_away(&server);
    put_away(&listener);
    if (proxy != NULL)
        proxy_close(proxy);
    proxy = NULL;
    fault_disarm_all();
    snprintf(command, sizeof command, "rm -r '%s'", directory);
    assert_int_equal(system(command), 0);
}

AROUND_EACH_TEST(open_proxy, close_proxy);

static void connect_both(void)
{
    client = endpoint_connect(&front);
    assert_true(client >= 0);
    proxy_settle(proxy);
    server = accept4(listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
    assert_true(server >= 0);
}

static const uint8_t *make_pdu(uint8_t type, uint8_t byte)
{
    static uint8_t pdu[PDU_BYTES];
    memset(pdu, byte, sizeof pdu);
    memcpy(pdu, (const uint8_t[]){5, 0, type, 3, 0x10, 0, 0, 0, sizeof pdu, 0, 0, 0, 7, 0, 0, 0},
           16);
    return pdu;
}

static void say(int fd, const void *bytes, size_t n)
{
    assert_int_equal(send(fd, bytes, n, MSG_NOSIGNAL), n);
    proxy_settle(proxy);
}

static void hears(int fd, const void *bytes, size_t n)
{
    uint8_t got[4 * PDU_BYTES];
    assert_int_equal(recv(fd, got, sizeof got, 0), n);
    assert_memory_equal(got, bytes, n);
}

static void hears_nothing(int fd)
{
    uint8_t byte;
    assert_int_equal(recv(fd, &byte, 1, 0), -1);
    assert_int_equal(errno, EAGAIN);
}

/* The end, or a reset; after whatever else there is to be heard. */
static void hears_the_end(int fd)
{
    uint8_t bytes[PDU_BYTES];
    ssize_t n;
    while ((n = recv(fd, bytes, sizeof bytes, 0)) > 0)
        ;
    assert_true(n == 0 || errno == ECONNRESET);
}

static void expect_told(unsigned index, const char *what)
{
    assert_true(index < told_count);
    assert_string_equal(told[index], what);
}

static void arm(enum fault_class class, const char *kind)
{
    int k = fault_kind_find(class, kind, strlen(kind));
    assert_true(k >= 0);
    assert_true(fault_arm(&(struct fault){.class = class, .nth = 1, .kind = (uint32_t)k}));
}

TEST(pdus_go_both_ways_and_each_is_told)
{
    connect_both();
    expect_told(0, "1 connected");
    say(client, make_pdu(REQUEST, 1), PDU_BYTES);
    hears(server, make_pdu(REQUEST, 1), PDU_BYTES);
    say(server, make_pdu(RESPONSE, 2), PDU_BYTES);
    hears(client, make_pdu(RESPONSE, 2), PDU_BYTES);
    assert_int_equal(asked, 2);
    assert_int_equal(pdus, 2);
    assert_int_equal(broken, 0);
    assert_int_equal(told_count, 1);
}

TEST(pdu_in_pieces_arrives_when_it_is_whole)
{
    connect_both();
    for (size_t i = 0; i < PDU_BYTES; i++) {
        hears_nothing(server);
        say(client, make_pdu(REQUEST, 3) + i, 1);
    }
    hears(server, make_pdu(REQUEST, 3), PDU_BYTES);
    assert_int_equal(pdus, 1);
}

TEST(bytes_that_are_no_pdus_pass_as_they_are)
{
    connect_both();
    say(client, "GET / HTTP/1.0\r\n\r\n", 18);
    hears(server, "GET / HTTP/1.0\r\n\r\n", 18);
    say(server, "400", 3);
    hears(client, "400", 3);
}

TEST(connections_do_not_mix)
{
    int other_client, other_server;
    connect_both();
    other_client = client;
    other_server = server;
    connect_both();
    expect_told(1, "2 connected");
    say(other_client, make_pdu(REQUEST, 4), PDU_BYTES);
    hears_nothing(server);
    hears(other_server, make_pdu(REQUEST, 4), PDU_BYTES);
    say(server, make_pdu(RESPONSE, 5), PDU_BYTES);
    hears_nothing(other_client);
    hears(client, make_pdu(RESPONSE, 5), PDU_BYTES);
    put_away(&other_client);
    proxy_settle(proxy);
    hears_the_end(other_server);
    hears_nothing(server);
    put_away(&other_server);
}

TEST(lost_request_never_arrives_and_the_next_one_does)
{
    connect_both();
    arm(FAULT_RPC_REQUEST, "lost");
    say(client, make_pdu(REQUEST, 6), PDU_BYTES);
    hears_nothing(server);
    assert_int_equal(broken, 1);
    say(client, make_pdu(REQUEST, 7), PDU_BYTES);
    hears(server, make_pdu(REQUEST, 7), PDU_BYTES);
    assert_int_equal(pdus, 2);
    assert_int_equal(broken, 1);
}

TEST(reset_by_a_fault_ends_both_sides)
{
    connect_both();
    arm(FAULT_RPC_REPLY, "reset");
    say(client, make_pdu(REQUEST, 8), PDU_BYTES);
    hears(server, make_pdu(REQUEST, 8), PDU_BYTES);
    say(server, make_pdu(RESPONSE, 8), PDU_BYTES);
    uint8_t byte;
    assert_true(recv(client, &byte, 1, 0) <= 0);
    hears_the_end(server);
    expect_told(1, "1 reset by a fault");
    assert_int_equal(killed + restarted, 0);
}

/* Where there are resets: the server hears that nobody has heard it. */
TEST(server_hears_of_a_reset_over_tcp)
{
    struct endpoint tcp;
    put_away(&listener);
    assert_true(endpoint_parse("ncacn_ip_tcp:127.0.0.1[0]", &tcp));
    listener = endpoint_listen(&tcp);
    assert_true(listener >= 0);
    tcp.length = sizeof tcp.address;
    assert_int_equal(getsockname(listener, (struct sockaddr *)&tcp.address, &tcp.length), 0);
    proxy_aim(proxy, &tcp);
    connect_both();
    arm(FAULT_RPC_REQUEST, "reset");
    say(client, make_pdu(REQUEST, 8), PDU_BYTES);
    uint8_t byte;
    struct pollfd heard = {.fd = server, .events = POLLIN};
    assert_int_equal(poll(&heard, 1, 10000), 1);
    assert_int_equal(recv(server, &byte, 1, 0), -1);
    assert_int_equal(errno, ECONNRESET);
}

TEST(torn_answer_arrives_in_part_and_then_the_end)
{
    uint8_t got[PDU_BYTES];
    connect_both();
    arm(FAULT_RPC_REPLY, "torn-end");
    say(client, make_pdu(REQUEST, 9), PDU_BYTES);
    say(server, make_pdu(RESPONSE, 9), PDU_BYTES);
    assert_int_equal(recv(client, got, sizeof got, 0), PDU_BYTES - 1);
    assert_memory_equal(got, make_pdu(RESPONSE, 9), PDU_BYTES - 1);
    hears_the_end(client);
}

TEST(fault_that_kills_the_server_ends_all_its_connections_and_says_so)
{
    static const char *const kinds[] = {"kill", "restart"};
    for (int i = 0; i < 2; i++) {
        connect_both();
        int other_client = client, other_server = server;
        connect_both();
        arm(FAULT_RPC_REQUEST, kinds[i]);
        say(client, make_pdu(REQUEST, 10), PDU_BYTES);
        hears_the_end(client);
        hears_the_end(server);
        hears_the_end(other_client);
        hears_the_end(other_server);
        assert_int_equal(killed, 1);
        assert_int_equal(restarted, i);
        close(other_client);
        close(other_server);
        put_away(&client);
        put_away(&server);
        fault_disarm_all();
    }
    expect_told(2, "1 the server dies");
    expect_told(3, "2 the server dies");
    expect_told(6, "3 the server dies");
}

TEST(end_of_one_side_comes_after_its_last_bytes)
{
    connect_both();
    assert_int_equal(send(client, make_pdu(REQUEST, 11), PDU_BYTES, MSG_NOSIGNAL), PDU_BYTES);
    assert_int_equal(shutdown(client, SHUT_WR), 0);
    proxy_settle(proxy);
    hears(server, make_pdu(REQUEST, 11), PDU_BYTES);
    uint8_t byte;
    assert_int_equal(recv(server, &byte, 1, 0), 0);
    expect_told(told_count - 1, "1 closed by the client");
    hears_the_end(client);

    put_away(&client);
    put_away(&server);
    connect_both();
    say(client, make_pdu(REQUEST, 12), PDU_BYTES);
    assert_int_equal(send(server, make_pdu(RESPONSE, 12), PDU_BYTES, MSG_NOSIGNAL), PDU_BYTES);
    put_away(&server);
    proxy_settle(proxy);
    hears(client, make_pdu(RESPONSE, 12), PDU_BYTES);
    assert_int_equal(recv(client, &byte, 1, 0), 0);
    assert_memory_equal(told[told_count - 1], "2 ", 2);
}

TEST(server_that_is_not_there_is_told_and_the_client_let_go)
{
    put_away(&listener);
    client = endpoint_connect(&front);
    assert_true(client >= 0);
    proxy_settle(proxy);
    hears_the_end(client);
    expect_told(0, "1 the server cannot be reached");
    expect_told(1, "1 closed");
}

TEST(proxy_listens_again_where_it_did)
{
    assert_true(proxy_listen(proxy, false));
    assert_true(proxy_listen(proxy, false));
    assert_int_equal(endpoint_connect(&front), -1);
    assert_int_equal(errno, ECONNREFUSED);
    assert_true(proxy_listen(proxy, true));
    connect_both();
    say(client, make_pdu(REQUEST, 13), PDU_BYTES);
    hears(server, make_pdu(REQUEST, 13), PDU_BYTES);
}

TEST(new_connections_go_where_it_aims_and_old_ones_stay)
{
    struct endpoint elsewhere;
    parse("elsewhere", &elsewhere);
    int there = endpoint_listen(&elsewhere);
    assert_true(there >= 0);
    connect_both();
    int old_client = client, old_server = server, old_listener = listener;
    proxy_aim(proxy, &elsewhere);
    listener = there;
    connect_both();
    say(client, make_pdu(REQUEST, 14), PDU_BYTES);
    hears(server, make_pdu(REQUEST, 14), PDU_BYTES);
    say(old_client, make_pdu(REQUEST, 15), PDU_BYTES);
    hears(old_server, make_pdu(REQUEST, 15), PDU_BYTES);
    close(old_client);
    close(old_server);
    close(old_listener);
}

TEST(port_0_becomes_one_that_stays)
{
    struct endpoint any, port;
    assert_true(endpoint_parse("ncacn_ip_tcp:127.0.0.1[0]", &any));
    struct proxy *tcp = proxy_open(&any, &back, &events);
    assert_non_null(tcp);
    port = proxy_address(tcp);
    assert_int_not_equal(ntohs(((const struct sockaddr_in *)(const void *)&port.address)->sin_port),
                         0);
    assert_true(proxy_listen(tcp, false));
    assert_true(proxy_listen(tcp, true));
    struct endpoint again = proxy_address(tcp);
    assert_int_equal(again.length, port.length);
    assert_memory_equal(&again.address, &port.address, port.length);
    proxy_close(tcp);
}

TEST(address_that_cannot_be_listened_at_is_refused)
{
    struct endpoint nowhere;
    parse("no/such/folder", &nowhere);
    errno = 0;
    assert_null(proxy_open(&nowhere, &back, &events));
    assert_int_equal(errno, ENOENT);
}

/* More than so much is not read for a client that does not read, and nothing of it is lost. */
TEST(server_waits_for_a_client_that_does_not_read)
{
    enum { MOST = 8 * MEBIBYTE };
    static uint8_t bytes[1 << 16];
    size_t sent = 0, heard = 0;
    connect_both();
    for (bool stuck = false; !stuck && sent < MOST;) {
        ssize_t n = send(server, bytes, sizeof bytes, MSG_NOSIGNAL);
        stuck = n < 0;
        sent += n > 0 ? (size_t)n : 0;
        proxy_settle(proxy);
    }
    assert_true(sent > MEBIBYTE && sent < MOST);
    put_away(&server);
    for (ssize_t n = 1; n != 0;) {
        proxy_settle(proxy);
        n = recv(client, bytes, sizeof bytes, 0);
        assert_true(n >= 0 || errno == EAGAIN);
        heard += n > 0 ? (size_t)n : 0;
    }
    assert_int_equal(heard, sent);
}

TEST(other_descriptor_that_is_waited_for_is_told_apart)
{
    int ends[2];
    assert_int_equal(pipe(ends), 0);
    assert_false(proxy_step(proxy, 0, ends[0]));
    client = endpoint_connect(&front);
    assert_false(proxy_step(proxy, 1000, ends[0]));
    expect_told(0, "1 connected");
    assert_int_equal(write(ends[1], "x", 1), 1);
    assert_true(proxy_step(proxy, 1000, ends[0]));
    close(ends[0]);
    close(ends[1]);
}

TEST(end_of_the_proxy_ends_its_connections)
{
    connect_both();
    proxy_close(proxy);
    proxy = NULL;
    expect_told(1, "1 the proxy ends");
    hears_the_end(client);
    hears_the_end(server);
    assert_int_equal(endpoint_connect(&front), -1);
}
