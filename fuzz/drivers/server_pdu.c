/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Hostile peers of the server: fuzz_server_pdu, and the texts of its corpus.
 *
 * The first byte picks the transport (bit 0), whether the peers are trusted (bit 1), in what pieces
 * bytes arrive (bits 2-3), the mode (bit 4) and the store (bits 5-7). Then follow the bytes that
 * one peer sends or, if the store is 7, instructions for several connections (fuzz/peer/build.h),
 * who find store 1.
 *
 * Judged after each instruction: the server sends the answers that the rules demand (peer.h) and
 * nothing else; the connection stays or closes as they say; the server's counts of connections,
 * groups and context handles are right; it holds no more memory than the bytes sent to it justify.
 * At the end no resource is leaked.
 */
#include "wire_input.h"

#include "driver.h"
#include "faults/fault/fault.h"
#include "faults/world/allowance.h"
#include "faults/world/ledger.h"
#include "faults/world/world.h"
#include "fuzz/peer/build.h"
#include "fuzz/peer/peer.h"
#include "fuzz/run/allowances.h"
#include "fuzz/run/judge.h"
#include "fuzz/run/report.h"
#include "fuzz/scene/scene.h"
#include "fuzz/scene/service.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    TCP = 0x01,
    UNTRUSTED = 0x02,
    PIECES_SHIFT = 2,
    PIECES_MASK = 3,
    INSTRUCTIONS = 7,
    STORE_OF_SCRIPTS = 1
};

static struct {
    uint8_t options;
    struct rpc_connection *connections[PEER_CONNECTIONS];
    struct peers peers;
    wire_input_told *told;
    void *context;
    uint64_t calls[PEER_CONNECTIONS]; /* that a connection has had so far */
    struct run_report *report;        /* findings go here; NULL: they end the process */
    bool faulty;                      /* faults are armed: what it answers is not judged */
    struct wire_bytes honest;         /* what another peer sends afterwards */
    uint8_t last_type;                /* of the server's last PDU */
    /* Incomplete input of one connection. */
    struct {
        uint8_t bytes[PEER_FRAGMENT];
        size_t length;
    } rest[PEER_CONNECTIONS];
} fuzz;

/* Ends the process, unless a caller wants to know. */
static void find(enum verdict verdict, const char *cause, const char *detail)
{
    if (fuzz.report == NULL)
        driver_finding(verdict, cause, detail);
    if (report_find(fuzz.report, -1, verdict, "%s", detail))
        snprintf(fuzz.report->cause, sizeof fuzz.report->cause, "%s", cause);
}

static void finding(enum verdict verdict, const char *detail)
{
    find(verdict, "", detail);
}

/* What the rules demand holds without faults alone. */
static void complain(unsigned connection, const char *wrong)
{
    char words[PEER_WORDS];
    if (wrong == NULL || fuzz.faulty)
        return;
    peer_explain(&fuzz.peers, connection, wrong, words);
    find(VERDICT_WRONG_ANSWER, peer_cause(&fuzz.peers, connection, wrong), words);
}

static void tell(unsigned connection, bool to_server, const uint8_t *bytes, size_t n)
{
    if (fuzz.told != NULL && n > 0)
        fuzz.told(connection, to_server, bytes, n, fuzz.context);
}

/* Takes the server's output PDU by PDU: it must consist of complete PDUs. */
static void take_output(unsigned i)
{
    for (;;) {
        size_t length, n;
        const uint8_t *bytes = rpc_connection_output(fuzz.connections[i], &length);
        if (length == 0)
            return;
        tell(i, false, bytes, length);
        for (size_t at = 0; at < length; at += n) {
            n = length - at >= 16 ? peer_get(bytes + at, 8, 2, false) : 0;
            if (n < 16 || n > length - at) {
                finding(VERDICT_MALFORMED_OUTPUT, "the server sent bytes that are not a PDU");
                n = length - at;
            }
            fuzz.last_type = n >= 16 ? bytes[at + 2] : PEER_NO_TYPE;
            complain(i, peer_received(&fuzz.peers, i, bytes + at, n));
        }
        /* Running one request may allow the next one to run. */
        rpc_connection_sent(fuzz.connections[i], length);
    }
}

/* What the daemon asks of its connections: whether to go on reading, and how long one may be idle.
 */
static void judge_connections(void)
{
    bool handles = false;
    for (unsigned i = 0; i < PEER_CONNECTIONS; i++) {
        const struct rpc_connection *c = fuzz.connections[i];
        if (c == NULL)
            continue;
        bool finished = rpc_connection_is_finished(c), busy = rpc_connection_is_busy(c);
        handles |= rpc_connection_has_context_handles(c);
        if (rpc_connection_wants_input(c) == finished)
            finding(VERDICT_WRONG_COUNTS, "a connection whose answers were sent must want input");
        if (finished && busy)
            finding(VERDICT_WRONG_COUNTS, "a connection that is finished must not be busy");
        if (rpc_connection_calls(c) < fuzz.calls[i])
            finding(VERDICT_WRONG_COUNTS, "a connection must not forget calls");
        fuzz.calls[i] = rpc_connection_calls(c);
    }
    if (!fuzz.faulty && handles != (fuzz.peers.handle_count > 0))
        finding(VERDICT_WRONG_COUNTS, "connections must know whether they have context handles");
}

static void judge_holdings(void)
{
    struct ntdsb_server_counts counts = ntdsb_server_inspect(service_server());
    judge_connections();
    unsigned open = 0, groups = 0;
    for (unsigned i = 0; i < PEER_CONNECTIONS; i++) {
        const struct peer_connection *c = &fuzz.peers.connections[i];
        bool first = c->open && c->group != 0;
        for (unsigned j = 0; j < i; j++)
            first = first && !(fuzz.peers.connections[j].open &&
                               fuzz.peers.connections[j].group == c->group);
        open += c->open;
        groups += first;
    }
    if (fuzz.faulty)
        return;
    if (counts.rpc.connections != open || counts.rpc.groups != groups ||
        counts.rpc.context_handles != fuzz.peers.handle_count ||
        counts.backup_sessions + counts.restore_sessions != fuzz.peers.handle_count ||
        counts.open_files > fuzz.peers.handle_count)
        finding(VERDICT_WRONG_COUNTS, "the counts of connections, groups, handles or sessions are "
                                      "wrong");
}

static void deliver(unsigned i, const uint8_t *bytes, size_t n)
{
    static const size_t pieces[] = {SIZE_MAX, 1, 7, 1000};
    size_t piece = pieces[fuzz.options >> PIECES_SHIFT & PIECES_MASK];
    struct rpc_connection *c = fuzz.connections[i];
    tell(i, true, bytes, n);
    for (size_t at = 0; at < n && !rpc_connection_is_finished(c); at += piece) {
        if (piece > n - at)
            piece = n - at;
        allowance_received(WORLD_SERVER, piece);
        peer_sent(&fuzz.peers, i, bytes + at, piece);
        rpc_connection_receive(c, bytes + at, piece);
        take_output(i);
    }
    complain(i, peer_settled(&fuzz.peers, i, rpc_connection_is_finished(c)));
    judge_connections();
}

static void close_connection(unsigned i)
{
    if (fuzz.connections[i] == NULL)
        return;
    rpc_connection_destroy(fuzz.connections[i]);
    fuzz.connections[i] = NULL;
    fuzz.rest[i].length = 0;
    peer_gone(&fuzz.peers, i);
}

static void open_connection(unsigned i, bool tcp)
{
    struct rpc_peer peer = {.transport = tcp ? RPC_NCACN_IP_TCP : RPC_NCALRPC,
                            .trusted = !(fuzz.options & UNTRUSTED)};
    fuzz.calls[i] = 0;
    allowance_connected(WORLD_SERVER);
    fuzz.connections[i] = rpc_connection_create(ntdsb_server_rpc(service_server()), &peer, "");
    if (fuzz.connections[i] != NULL)
        peer_opened(&fuzz.peers, i, tcp);
}

/* Runs one instruction: sends its bytes up to the cut; the rest is sent before
   the next instruction. */
static void follow(const struct peer_step *s)
{
    unsigned i = s->connection;
    if (s->closes)
        close_connection(i);
    if (fuzz.connections[i] == NULL)
        open_connection(i, s->tcp);
    if (fuzz.connections[i] == NULL)
        return; /* there was no memory for it */
    if (fuzz.rest[i].length > 0)
        deliver(i, fuzz.rest[i].bytes, fuzz.rest[i].length);
    fuzz.rest[i].length = s->length - s->cut;
    memcpy(fuzz.rest[i].bytes, s->bytes + s->cut, fuzz.rest[i].length);
    if (!rpc_connection_is_finished(fuzz.connections[i]))
        deliver(i, s->bytes, s->cut);
    if (rpc_connection_is_finished(fuzz.connections[i]))
        close_connection(i);
    judge_holdings();
}

bool wire_input_is_script(uint8_t options)
{
    return options >> 5 == INSTRUCTIONS;
}

/* Whatever a peer has sent, the next one is served. */
static void serve_another(bool tcp)
{
    close_connection(0);
    open_connection(1, tcp);
    if (fuzz.connections[1] == NULL)
        return;
    fuzz.last_type = PEER_NO_TYPE;
    deliver(1, fuzz.honest.data, fuzz.honest.size);
    if (fuzz.last_type != PEER_RESPONSE)
        finding(VERDICT_WRONG_ANSWER, "an honest call on the next connection is not answered");
    judge_holdings();
}

/* Whether the server keeps the (first) connection. *kept: memory that it holds for none any more.
 */
static bool serve(const uint8_t *data, size_t size, bool *kept)
{
    static struct peer_step step;
    bool tcp = fuzz.options & TCP;
    uint64_t before = ledger_summary().bytes[WORLD_SERVER];
    if (wire_input_is_script(fuzz.options)) {
        struct peer_script script = {.data = data, .size = size, .tcp = tcp};
        while (peer_build(&script, &fuzz.peers, &step))
            follow(&step);
    } else {
        open_connection(0, tcp);
        if (fuzz.connections[0] != NULL)
            deliver(0, data, size);
        judge_holdings();
    }
    bool stays = fuzz.connections[0] != NULL && !rpc_connection_is_finished(fuzz.connections[0]);
    if (fuzz.honest.size > 0)
        serve_another(tcp);
    for (unsigned i = 0; i < PEER_CONNECTIONS; i++)
        close_connection(i);
    judge_holdings();
    *kept = ledger_summary().bytes[WORLD_SERVER] != before;
    return stays;
}

/* What nothing leads to when the service has stopped is a leak, which has its cause. */
static void judge_rest(bool kept)
{
    struct ledger_summary s = ledger_summary();
    if (s.violations > 0)
        finding(judge_violation(0), ledger_violation_text(0));
    if (s.outstanding[WORLD_SERVER] + s.outstanding[WORLD_CLIENT] > 0)
        finding(VERDICT_LEFT_ON_SERVER, "the service has stopped, and something is held");
    if (kept)
        finding(VERDICT_MEMORY, "resources of disconnected peers were not released");
}

static bool attack(const uint8_t *data, size_t size, const struct run_options *options)
{
    if (size < 1)
        return true;
    fuzz.options = data[0];
    peers_reset(&fuzz.peers);
    scene_open(&(struct program_world){.restore_mode = data[0] & 0x10,
                                       .store = wire_input_is_script(data[0]) ? STORE_OF_SCRIPTS
                                                                              : data[0] >> 5},
               NULL);
    allowances_apply();
    world_set_side(WORLD_SERVER);
    world_set_call(0);
    fault_begin_call();
    if (options->arm != NULL)
        options->arm(0, options->context);
    bool kept, stays = serve(data + 1, size - 1, &kept);
    fault_disarm_all();
    world_set_call(WORLD_CALL_AFTERWARDS);
    world_set_side(WORLD_CLIENT);
    service_stop();
    judge_rest(kept);
    return stays;
}

bool wire_input_to_server(const uint8_t *data, size_t size, wire_input_told *told, void *context)
{
    fuzz.told = told;
    fuzz.context = context;
    fuzz.report = NULL;
    fuzz.faulty = false;
    fuzz.honest.size = 0;
    return attack(data, size, &(struct run_options){0});
}

void wire_input_judge_server(const uint8_t *data, size_t size, struct wire_bytes honest,
                             struct run_report *report)
{
    report->finding = false;
    fuzz.told = NULL;
    fuzz.report = report;
    fuzz.faulty = false;
    fuzz.honest = honest;
    attack(data, size, &(struct run_options){0});
    report->trace = world_steps();
}

void wire_input_to_faulty_server(const uint8_t *data, size_t size,
                                 const struct run_options *options, struct run_report *report)
{
    report->finding = false;
    fuzz.told = NULL;
    fuzz.report = report;
    fuzz.faulty = true;
    fuzz.honest.size = 0;
    attack(data, size, options);
    report->faults_fired = fault_report()->fired;
    report->trace = world_steps();
}
