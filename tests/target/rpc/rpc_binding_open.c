/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Opening a binding, on real sockets: who answers, who does not, who refuses, and what credentials
 * become. Every test ends with as many descriptors as it began with. Calls: test_rpc_binding.c.
 */
#include "tests/support/canned_server.h"
#include "tests/support/test.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/resource.h>
#include <time.h>

enum { AMPLE_MS = 20000, SHORT_MS = 60 };

static const enum rpc_transport transports[] = {RPC_NCALRPC, RPC_NCACN_IP_TCP};

static int open_descriptors(void)
{
    int n = 0;
    DIR *d = opendir("/proc/self/fd");
    assert_non_null(d);
    while (readdir(d) != NULL)
        n++;
    closedir(d);
    return n;
}

static int descriptors_before;

static void remember_descriptors(void)
{
    descriptors_before = open_descriptors();
}

static void compare_descriptors(void)
{
    assert_int_equal(open_descriptors(), descriptors_before);
}

AROUND_EACH_TEST(remember_descriptors, compare_descriptors);

static void assert_refused(const struct rpc_endpoint *e, const struct rpc_credentials *c,
                           uint32_t timeout_ms, uint32_t code)
{
    struct rpc_binding *untouched = (struct rpc_binding *)(void *)&code, *b = untouched;
    assert_int_equal(rpc_binding_open(e, &answers_interface, c, timeout_ms, &b), code);
    assert_ptr_equal(b, untouched);
}

TEST(missing_socket_is_server_unavailable)
{
    const struct rpc_endpoint e = {.transport = RPC_NCALRPC, .path = "/nonexistent/socket"};
    assert_refused(&e, NULL, AMPLE_MS, RPC_S_SERVER_UNAVAILABLE);
}

TEST(nobody_listening_is_server_unavailable)
{
    for (size_t i = 0; i < 2; i++) {
        struct canned_server s;
        canned_listen(&s, transports[i]);
        close(s.listener);
        s.listener = -1;
        assert_refused(&s.endpoint, NULL, AMPLE_MS, RPC_S_SERVER_UNAVAILABLE);
        canned_unlisten(&s);
    }
}

enum { MANY = 16 };

/* Fills the backlog of a UNIX listener; says how many connections wait in it. */
static size_t fill_backlog(const struct canned_server *s, int waiting[MANY])
{
    size_t connected = 0;
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    memcpy(address.sun_path, s->endpoint.path, sizeof address.sun_path);
    for (size_t i = 0; i < MANY; i++) {
        waiting[i] = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
        assert_true(waiting[i] >= 0);
        connected += connect(waiting[i], (struct sockaddr *)&address, sizeof address) == 0;
    }
    assert_true(connected < MANY);
    return connected;
}

static void close_all(const int waiting[MANY])
{
    for (size_t i = 0; i < MANY; i++)
        close(waiting[i]);
}

/* A UNIX listener whose backlog is full can only be tried again: until the deadline. */
TEST(full_backlog_is_server_unavailable_at_the_deadline)
{
    struct canned_server s;
    int waiting[MANY];
    canned_listen(&s, RPC_NCALRPC);
    fill_backlog(&s, waiting);
    assert_refused(&s.endpoint, NULL, SHORT_MS, RPC_S_SERVER_UNAVAILABLE);
    close_all(waiting);
    canned_unlisten(&s);
}

struct slow_listener {
    struct canned_server server;
    size_t connected; /* connections before the test's own */
};

static void *accept_after_a_while(void *argument)
{
    struct slow_listener *l = argument;
    const struct timespec pause = {0, 50000000};
    nanosleep(&pause, NULL);
    for (size_t i = 0; i < l->connected; i++)
        close(accept(l->server.listener, NULL, NULL));
    return canned_main(&l->server);
}

TEST(full_backlog_is_waited_for)
{
    struct slow_listener l;
    struct rpc_binding *b;
    int waiting[MANY];
    canned_listen(&l.server, RPC_NCALRPC);
    l.server.script = canned_accept_bind;
    l.connected = fill_backlog(&l.server, waiting);
    assert_int_equal(pthread_create(&l.server.thread, NULL, accept_after_a_while, &l), 0);
    assert_int_equal(rpc_binding_open(&l.server.endpoint, &answers_interface, NULL, AMPLE_MS, &b),
                     0);
    rpc_binding_close(b);
    pthread_join(l.server.thread, NULL);
    close_all(waiting);
    canned_unlisten(&l.server);
}

static void say_nothing(struct canned_server *s, int fd)
{
    canned_hear_type(s, fd, PDU_BIND, 1);
    canned_require(canned_hear(s, fd) == 0);
}

TEST(silence_after_the_bind_ends_at_the_deadline)
{
    for (size_t i = 0; i < 2; i++) {
        struct canned_server s;
        canned_start(&s, transports[i], say_nothing);
        assert_refused(&s.endpoint, NULL, SHORT_MS, RPC_S_CALL_FAILED_DNE);
        canned_join(&s);
    }
}

static void close_at_once(struct canned_server *s, int fd)
{
    canned_hear_type(s, fd, PDU_BIND, 1);
}

TEST(close_while_binding_is_call_failed_dne)
{
    for (size_t i = 0; i < 2; i++) {
        struct canned_server s;
        canned_start(&s, transports[i], close_at_once);
        assert_refused(&s.endpoint, NULL, AMPLE_MS, RPC_S_CALL_FAILED_DNE);
        canned_join(&s);
    }
}

static void refuse_interface(struct canned_server *s, int fd)
{
    canned_hear_type(s, fd, PDU_BIND, 1);
    canned_require(canned_say(fd, from_hex(BIND_ACK_START "0200 0100 " NO_SYNTAX)));
}

static void say_nak(struct canned_server *s, int fd)
{
    canned_hear_type(s, fd, PDU_BIND, 1);
    canned_require(canned_say(fd, from_hex("05000d03 10000000 1500 0000 01000000 0100 01 05 00")));
}

static void speak_http(struct canned_server *s, int fd)
{
    canned_hear_type(s, fd, PDU_BIND, 1);
    canned_require(canned_say(fd, from_hex("48545450 2f312e31 20343030 20426164")));
}

TEST(refused_bind_has_the_code_of_its_reason)
{
    const struct {
        void (*script)(struct canned_server *, int);
        uint32_t code;
    } rows[] = {{refuse_interface, RPC_S_UNKNOWN_IF},
                {say_nak, RPC_S_SERVER_TOO_BUSY},
                {speak_http, RPC_S_PROTOCOL_ERROR}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct canned_server s;
        canned_start(&s, RPC_NCALRPC, rows[i].script);
        assert_refused(&s.endpoint, NULL, AMPLE_MS, rows[i].code);
        canned_join(&s);
    }
}

static void accept_bind_and_wait_for_the_end(struct canned_server *s, int fd)
{
    canned_accept_bind(s, fd);
    memcpy(s->pdu + CANNED_PDU / 2, s->pdu, s->pdu_length);
    canned_require(canned_hear(s, fd) == 0);
}

TEST(bind_offers_the_transport_s_fragment_size)
{
    const char *sizes[] = {"\xf8\xff\xf8\xff", "\xd0\x16\xd0\x16"}; /* 65528, 5840 */
    for (size_t i = 0; i < 2; i++) {
        struct canned_server s;
        struct rpc_binding *b;
        canned_start(&s, transports[i], accept_bind_and_wait_for_the_end);
        assert_int_equal(rpc_binding_open(&s.endpoint, &answers_interface, NULL, AMPLE_MS, &b), 0);
        rpc_binding_close(b);
        canned_join(&s);
        assert_memory_equal(s.pdu + CANNED_PDU / 2 + 16, sizes[i], 4);
        assert_memory_equal(s.pdu + CANNED_PDU / 2 + 10, "\0\0", 2); /* no auth trailer */
    }
}

/* As in a program that has closed its standard input. */
TEST(descriptor_0_is_as_good_as_any)
{
    struct canned_server s;
    struct rpc_binding *b;
    canned_start(&s, RPC_NCALRPC, accept_bind_and_wait_for_the_end);
    int input = dup(STDIN_FILENO);
    assert_true(input >= 0);
    close(STDIN_FILENO);
    assert_int_equal(rpc_binding_open(&s.endpoint, &answers_interface, NULL, AMPLE_MS, &b), 0);
    assert_int_equal(fcntl(STDIN_FILENO, F_GETFD), FD_CLOEXEC);
    rpc_binding_close(b);
    assert_int_equal(fcntl(STDIN_FILENO, F_GETFD), -1);
    assert_int_equal(dup2(input, STDIN_FILENO), STDIN_FILENO);
    close(input);
    canned_join(&s);
}

/* [pdu.h]: user, domain, password, each NUL-terminated, behind an 8-byte sec_trailer. */
TEST(credentials_travel_in_the_auth_trailer)
{
    struct canned_server s;
    struct rpc_binding *b;
    const struct rpc_credentials c = {"user", NULL, "pass"};
    canned_start(&s, RPC_NCALRPC, accept_bind_and_wait_for_the_end);
    assert_int_equal(rpc_binding_open(&s.endpoint, &answers_interface, &c, AMPLE_MS, &b), 0);
    rpc_binding_close(b);
    canned_join(&s);
    const uint8_t *bind_pdu = s.pdu + CANNED_PDU / 2;
    assert_memory_equal(bind_pdu + 8, "\x63\0\x0b\0", 4); /* 72 + 8 padding + 8 + 11 bytes */
    assert_memory_equal(bind_pdu + 80, "\xd5\x02\x08\0\0\0\0\0user\0\0pass", 8 + 11);
}

TEST(credentials_over_tcp_are_refused_before_anything_is_opened)
{
    const struct rpc_credentials c = {"user", "domain", "pass"};
    const struct rpc_endpoint e = {
        .transport = RPC_NCACN_IP_TCP, .ipv4 = INADDR_LOOPBACK, .port = 1};
    assert_refused(&e, &c, AMPLE_MS, RPC_S_UNKNOWN_AUTHN_SERVICE);
}

static void hear_only_the_end(struct canned_server *s, int fd)
{
    canned_require(canned_hear(s, fd) == 0);
}

TEST(credentials_beyond_their_limit_are_not_sent)
{
    char password[PDU_MAX_AUTH_VALUE];
    memset(password, 'p', sizeof password - 1);
    password[sizeof password - 1] = '\0';
    const struct rpc_credentials c = {"", "", password}; /* two bytes too many */
    struct canned_server s;
    canned_start(&s, RPC_NCALRPC, hear_only_the_end);
    assert_refused(&s.endpoint, &c, AMPLE_MS, ERROR_INVALID_PARAMETER);
    canned_join(&s);
    password[sizeof password - 3] = '\0';
    struct rpc_binding *b;
    canned_start(&s, RPC_NCALRPC, accept_bind_and_wait_for_the_end);
    assert_int_equal(rpc_binding_open(&s.endpoint, &answers_interface, &c, AMPLE_MS, &b), 0);
    rpc_binding_close(b);
    canned_join(&s);
}

TEST(no_descriptor_left_is_out_of_resources)
{
    struct rlimit before, none;
    assert_int_equal(getrlimit(RLIMIT_NOFILE, &before), 0);
    none = before;
    none.rlim_cur = 0;
    const struct rpc_endpoint e = {.transport = RPC_NCALRPC, .path = "/nonexistent/socket"};
    assert_int_equal(setrlimit(RLIMIT_NOFILE, &none), 0);
    struct rpc_binding *b = NULL;
    uint32_t code = rpc_binding_open(&e, &answers_interface, NULL, AMPLE_MS, &b);
    assert_int_equal(setrlimit(RLIMIT_NOFILE, &before), 0);
    assert_int_equal(code, RPC_S_OUT_OF_RESOURCES);
    assert_null(b);
}

TEST(closing_no_binding_does_nothing)
{
    rpc_binding_close(NULL);
    assert_int_equal(open_descriptors(), descriptors_before);
}
