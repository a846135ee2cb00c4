/* SPDX-License-Identifier: Apache-2.0 */
/*
 * stress_abuse KIND COUNT SEED ENDPOINT: peers that mean no good, on raw sockets. ENDPOINT is the
 * path of a UNIX socket or a port of 127.0.0.1.
 *
 *   vanish   COUNT times: connect, say some part of a bind, a request, and be gone
 *   silent   COUNT connections that say nothing
 *   trickle  ... that send a byte of a request every 20 ms
 *   alter    ... that are bound, and send an alter_context every 20 ms but no request
 *   flood    ... that send fragments of requests that never end, as fast as they are taken
 *   stubs    ... that send all of a request of 4 MiB but its last fragment, and try again if
 * refused deaf     ... that each open a session, ask for eight reads and take no answer
 *
 * All but `vanish` connect again when they are closed, say "ready" when every one has begun, and
 * end with standard input. At the end: how often they connected, were closed by the server, how
 * many faults they were sent, and after how many milliseconds the first of those that were closed
 * was.
 */
#include <windows.h>

#include <ntdsbcli.h>

#include "target/idl/stubs.h"
#include "target/rpc/pdu.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

enum { FRAGMENT = 5840, TICK_MS = 20, STUB_HELD = (4 << 20) - FRAGMENT, STUB_ENDLESS = 32 << 20 };

enum kind { VANISH, SILENT, TRICKLE, ALTER, FLOOD, STUBS, DEAF, KINDS };
static const char *const kind_names[KINDS] = {"vanish", "silent", "trickle", "alter",
                                              "flood",  "stubs",  "deaf"};

struct peer {
    int fd;            /* -1: closed */
    struct buffer out; /* to be sent */
    uint32_t call_id;
    size_t stub; /* bytes of the request under way */
    long born;   /* milliseconds; when it connected */
};

static struct {
    enum kind kind;
    const char *endpoint;
    unsigned long connected, closed, faults;
    long shortest; /* milliseconds that a connection was kept by the server */
} abuse = {.shortest = LONG_MAX};

static uint8_t noise[STUB_HELD];

static long now_ms(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static int open_socket(void)
{
    struct sockaddr_un local = {.sun_family = AF_UNIX};
    struct sockaddr_in ip = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    bool is_local = abuse.endpoint[0] == '/';
    int fd = socket(is_local ? AF_UNIX : AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    int result;
    if (is_local) {
        snprintf(local.sun_path, sizeof local.sun_path, "%s", abuse.endpoint);
        result = connect(fd, (struct sockaddr *)&local, sizeof local);
    } else {
        ip.sin_port = htons((uint16_t)strtoul(abuse.endpoint, NULL, 10));
        result = connect(fd, (struct sockaddr *)&ip, sizeof ip);
    }
    if (fd < 0 || result != 0) {
        perror("connect");
        exit(1);
    }
    abuse.connected++;
    return fd;
}

static void put_bind(struct buffer *out, enum pdu_type type, uint32_t call_id)
{
    struct pdu_bind_offer offer = {0, ntdsb_backup_interface_id, rpc_ndr20_syntax};
    pdu_put_bind(out, type, call_id, 0, FRAGMENT, FRAGMENT, 0, &offer, 1, NULL);
}

/* All fragments of a request but its last; `n` bytes of stub, then more is to come. */
static void put_fragments(struct peer *p, size_t n)
{
    size_t at = p->out.length;
    pdu_put_request(&p->out, p->call_id, 0, NTDSB_OPEN_FILE, noise, n, FRAGMENT);
    while (at < p->out.length) {
        uint8_t *pdu = p->out.data + at;
        pdu[3] &= (uint8_t) ~(PFC_LAST_FRAG | (p->stub > 0 ? PFC_FIRST_FRAG : 0));
        p->stub += FRAGMENT;
        at += (size_t)pdu[8] | (size_t)pdu[9] << 8;
    }
}

/* Vanishing --------------------------------------------------------------------------------- */

static void vanish(void)
{
    struct peer p = {.fd = open_socket(), .call_id = 2};
    uint8_t answer[512];
    put_bind(&p.out, PDU_BIND, 1);
    size_t bind_bytes = p.out.length;
    int how = rand() % 6;
    if (how >= 3)
        pdu_put_request(&p.out, 2, 0, NTDSB_PREPARE, noise, 8, FRAGMENT);
    size_t n = how == 0 ? 0 : how == 5 ? p.out.length : (size_t)rand() % p.out.length + 1;
    if (n > 0 && send(p.fd, p.out.data, n, MSG_NOSIGNAL) < 0)
        abuse.closed++;
    if (n >= bind_bytes && rand() % 2 == 0 && recv(p.fd, answer, sizeof answer, 0) <= 0)
        abuse.closed++;
    if (rand() % 4 == 0) { /* with a reset, over TCP */
        struct linger at_once = {1, 0};
        setsockopt(p.fd, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
    } else if (rand() % 4 == 0) {
        shutdown(p.fd, SHUT_WR);
    }
    close(p.fd);
    buffer_destroy(&p.out);
}

/* Sessions that take no answer ----------------------------------------------------------------- */

/* Sends what is in p->out, takes one PDU into `answer`. */
static size_t exchange(struct peer *p, uint8_t *answer, size_t capacity)
{
    size_t n = 0;
    if (send(p->fd, p->out.data, p->out.length, MSG_NOSIGNAL) < 0)
        return 0;
    buffer_clear(&p->out);
    while (n < 16 || n < ((size_t)answer[8] | (size_t)answer[9] << 8)) {
        ssize_t got = recv(p->fd, answer + n, capacity - n, 0);
        if (got <= 0)
            return 0;
        n += (size_t)got;
    }
    p->call_id++;
    return n;
}

static bool call(struct peer *p, uint16_t opnum, struct buffer *stub, struct ndr *reply)
{
    static uint8_t answer[8192];
    pdu_put_request(&p->out, p->call_id, 0, opnum, stub->data, stub->length, FRAGMENT);
    size_t n = exchange(p, answer, sizeof answer);
    ndr_decode_init(reply, answer + 24, n > 24 ? n - 24 : 0, false);
    buffer_clear(stub);
    return n > 24 && answer[2] == PDU_RESPONSE;
}

/* Leaves eight reads in p->out. */
static bool begin_session(struct peer *p)
{
    static uint16_t name[] = {'n', 't', 'd', 's', '.', 'd', 'i', 't', 0};
    static uint8_t answer[8192];
    struct ndr in, out;
    struct buffer stub = BUFFER_INIT;
    struct ntdsb_prepare_in prepare = {0, BACKUP_TYPE_FULL};
    struct ntdsb_prepare_out prepared;
    struct ntdsb_open_file_out opened = {.result = -1};
    p->call_id = 2;
    ndr_encode_init(&in, &stub);
    ntdsb_prepare_in(&in, &prepare);
    bool done = exchange(p, answer, sizeof answer) > 0 && call(p, NTDSB_PREPARE, &stub, &out);
    if (done) {
        ntdsb_prepare_out(&out, &prepared);
        struct ntdsb_session session = {.context = prepared.context};
        ndr_encode_init(&in, &stub);
        ntdsb_open_file_in(&in, &(struct ntdsb_open_file_in){session, {name, 8}, 24576});
        if (call(p, NTDSB_OPEN_FILE, &stub, &out))
            ntdsb_open_file_out(&out, &opened);
        session.file = opened.file;
        for (int i = 0; i < 8 && opened.result == S_OK; i++) {
            ndr_encode_init(&in, &stub);
            ntdsb_read_in(&in, &(struct ntdsb_read_in){session, 0, NTDSB_MAX_READ});
            pdu_put_request(&p->out, p->call_id++, 0, NTDSB_READ, stub.data, stub.length, FRAGMENT);
            buffer_clear(&stub);
        }
    }
    buffer_destroy(&stub);
    return opened.result == S_OK;
}

/* Peers that stay ----------------------------------------------------------------------------- */

static void begin(struct peer *p)
{
    p->born = now_ms();
    p->fd = open_socket();
    p->call_id = 2;
    p->stub = 0;
    buffer_clear(&p->out);
    if (abuse.kind == SILENT)
        return;
    put_bind(&p->out, PDU_BIND, 1);
    if (abuse.kind == TRICKLE)
        pdu_put_request(&p->out, 2, 0, NTDSB_OPEN_FILE, noise, 5000, FRAGMENT);
    if (abuse.kind == DEAF && !begin_session(p))
        abuse.faults++;
    fcntl(p->fd, F_SETFL, O_NONBLOCK);
}

static void end(struct peer *p)
{
    close(p->fd);
    p->fd = -1;
    abuse.closed++;
    long kept = now_ms() - p->born;
    if (kept < abuse.shortest)
        abuse.shortest = kept;
}

/* Nothing is left to be sent. */
static void refill(struct peer *p)
{
    if (abuse.kind == ALTER)
        put_bind(&p->out, PDU_ALTER_CONTEXT, p->call_id++);
    if (abuse.kind == FLOOD && p->stub > STUB_ENDLESS) {
        p->call_id++;
        p->stub = 0;
    }
    if (abuse.kind == FLOOD)
        put_fragments(p, (size_t)FRAGMENT * 16);
    if (abuse.kind == STUBS && p->stub == 0)
        put_fragments(p, STUB_HELD - FRAGMENT);
}

static void push(struct peer *p)
{
    size_t n = abuse.kind == TRICKLE && p->out.length > 0 ? 1 : p->out.length;
    ssize_t sent = n > 0 ? send(p->fd, p->out.data, n, MSG_NOSIGNAL) : 0;
    if (sent > 0)
        buffer_consume(&p->out, (size_t)sent);
    else if (sent < 0 && errno != EAGAIN)
        end(p);
}

/* Takes what came; faults are answers alone in what is read here. */
static void pull(struct peer *p)
{
    static uint8_t answer[65536];
    ssize_t n = recv(p->fd, answer, sizeof answer, 0);
    if (n == 0 || (n < 0 && errno != EAGAIN)) {
        end(p);
    } else if (n >= 32 && answer[2] == PDU_FAULT) {
        abuse.faults++;
        if (abuse.kind == STUBS) {
            p->stub = 0;
            p->call_id++;
        }
    }
}

static void turn(struct peer *peers, struct pollfd *fds, size_t count)
{
    bool busy = abuse.kind == FLOOD || abuse.kind == STUBS || abuse.kind == DEAF;
    for (size_t i = 0; i < count; i++) {
        short read = abuse.kind == DEAF ? 0 : POLLIN;
        fds[i + 1] = (struct pollfd){peers[i].fd, read, 0};
        if (busy && peers[i].out.length > 0)
            fds[i + 1].events |= POLLOUT;
    }
    poll(fds, count + 1, TICK_MS);
    for (size_t i = 0; i < count; i++) {
        struct peer *p = &peers[i];
        short events = fds[i + 1].revents;
        if ((events & POLLIN) || ((events & (POLLHUP | POLLERR)) && abuse.kind != DEAF))
            pull(p);
        else if (events & (POLLHUP | POLLERR))
            end(p);
        if (p->fd >= 0 && p->out.length == 0)
            refill(p);
        if (p->fd >= 0)
            push(p);
        if (p->fd < 0)
            begin(p);
    }
    if (!busy)
        usleep(TICK_MS * 1000);
}

static void stay(size_t count)
{
    struct peer *peers = calloc(count, sizeof *peers);
    struct pollfd *fds = calloc(count + 1, sizeof *fds);
    if (peers == NULL || fds == NULL)
        exit(1);
    fds[0] = (struct pollfd){STDIN_FILENO, POLLIN, 0};
    for (size_t i = 0; i < count; i++)
        begin(&peers[i]);
    for (bool said = false; fds[0].revents == 0;) {
        turn(peers, fds, count);
        if (!said)
            printf("ready\n");
        said = true;
        fflush(stdout);
    }
    for (size_t i = 0; i < count; i++) {
        close(peers[i].fd);
        buffer_destroy(&peers[i].out);
    }
    free(peers);
    free(fds);
}

int main(int argc, char **argv)
{
    if (argc != 5)
        return 2;
    for (abuse.kind = 0; abuse.kind < KINDS; abuse.kind++)
        if (strcmp(argv[1], kind_names[abuse.kind]) == 0)
            break;
    size_t count = strtoul(argv[2], NULL, 10);
    srand((unsigned)strtoul(argv[3], NULL, 10));
    abuse.endpoint = argv[4];
    if (abuse.kind == KINDS)
        return 2;
    if (abuse.kind == VANISH)
        while (count-- > 0)
            vanish();
    else
        stay(count);
    printf("ended connected %lu closed %lu faults %lu shortest %ld\n", abuse.connected,
           abuse.closed, abuse.faults, abuse.shortest);
    return 0;
}
