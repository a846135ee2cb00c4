/* SPDX-License-Identifier: Apache-2.0 */
#include "canned_server.h"

bool canned_read(int fd, uint8_t *room, size_t n)
{
    for (size_t done = 0; done < n;) {
        ssize_t got = read(fd, room + done, n - done);
        if (got <= 0)
            return false;
        done += (size_t)got;
    }
    return true;
}

size_t canned_hear(struct canned_server *s, int fd)
{
    s->pdu_length = 0;
    if (!canned_read(fd, s->pdu, 16))
        return 0;
    size_t length = (size_t)s->pdu[8] | (size_t)s->pdu[9] << 8;
    canned_require(length >= 16);
    if (!canned_read(fd, s->pdu + 16, length - 16))
        return 0;
    return s->pdu_length = length;
}

void canned_hear_type(struct canned_server *s, int fd, uint8_t type, uint8_t call_id)
{
    canned_require(canned_hear(s, fd) > 0);
    canned_require(s->pdu[2] == type);
    canned_require(s->pdu[12] == call_id);
}

bool canned_say(int fd, struct bytes b)
{
    bool said = true;
    for (size_t done = 0; done < b.length && said;) {
        ssize_t sent = send(fd, b.data + done, b.length - done, MSG_NOSIGNAL);
        said = sent > 0;
        done += said ? (size_t)sent : 0;
    }
    bytes_free(&b);
    return said;
}

void canned_accept_bind(struct canned_server *s, int fd)
{
    canned_hear_type(s, fd, PDU_BIND, 1);
    canned_require(canned_say(fd, from_hex(BIND_ACK)));
}

void canned_answer(struct canned_server *s, int fd, uint8_t call_id, size_t stub_length)
{
    canned_hear_type(s, fd, PDU_REQUEST, call_id);
    canned_require(canned_say(
        fd, one_fragment(RESPONSE_TO(call_id, .flags = ONLY, .stub_length = stub_length))));
}

void *canned_main(void *argument)
{
    struct canned_server *s = argument;
    int fd = accept(s->listener, NULL, NULL);
    canned_require(fd >= 0);
    s->script(s, fd);
    close(fd);
    return NULL;
}

void canned_listen(struct canned_server *s, enum rpc_transport transport)
{
    memset(s, 0, sizeof *s);
    s->endpoint.transport = transport;
    struct sockaddr_un local = {.sun_family = AF_UNIX};
    struct sockaddr_in ip = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    struct sockaddr *address =
        transport == RPC_NCALRPC ? (struct sockaddr *)&local : (struct sockaddr *)&ip;
    socklen_t size = transport == RPC_NCALRPC ? sizeof local : sizeof ip;
    if (transport == RPC_NCALRPC) {
        char directory[] = "/tmp/canned-XXXXXX";
        assert_non_null(mkdtemp(directory));
        snprintf(s->endpoint.path, sizeof s->endpoint.path, "%s/socket", directory);
        memcpy(local.sun_path, s->endpoint.path, sizeof local.sun_path);
    }
    s->listener = socket(address->sa_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
    assert_true(s->listener >= 0);
    assert_int_equal(bind(s->listener, address, size), 0);
    assert_int_equal(getsockname(s->listener, address, &size), 0);
    if (transport == RPC_NCACN_IP_TCP) {
        s->endpoint.ipv4 = INADDR_LOOPBACK;
        s->endpoint.port = ntohs(ip.sin_port);
    }
    assert_int_equal(listen(s->listener, 4), 0);
}

void canned_start(struct canned_server *s, enum rpc_transport transport,
                  void (*script)(struct canned_server *, int))
{
    canned_listen(s, transport);
    s->script = script;
    assert_int_equal(sem_init(&s->reached, 0, 0), 0);
    assert_int_equal(sem_init(&s->go, 0, 0), 0);
    assert_int_equal(pthread_create(&s->thread, NULL, canned_main, s), 0);
}

void canned_unlisten(struct canned_server *s)
{
    close(s->listener);
    if (s->endpoint.transport == RPC_NCALRPC) {
        unlink(s->endpoint.path);
        *strrchr(s->endpoint.path, '/') = '\0';
        rmdir(s->endpoint.path);
    }
}

void canned_join(struct canned_server *s)
{
    assert_int_equal(pthread_join(s->thread, NULL), 0);
    sem_destroy(&s->reached);
    sem_destroy(&s->go);
    canned_unlisten(s);
}
