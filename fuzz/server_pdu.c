/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Raw bytes to the server's association: fuzz_server_pdu, and the texts of its corpus.
 *
 * The first byte picks the transport (bit 0), whether the peer is trusted (bit 1) and in what
 * pieces the rest arrives (bits 2-3); the rest is what the peer sends.
 *
 * Judged: all that comes back is well-formed PDUs of the kinds that a server may send, no longer
 * than what was negotiated; the connection holds a bounded amount; when it is gone nothing is left.
 */
#include "wire_input.h"

#include "driver.h"
#include "faults/ledger.h"
#include "faults/world.h"
#include "scene.h"
#include "service.h"
#include "target/rpc/pdu.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

enum { TCP = 0x01, UNTRUSTED = 0x02, PIECES_SHIFT = 2, PIECES_MASK = 3 };

/* Takes whole PDUs out of what the server sent. A PDU never spans two looks: output is whole. */
static void judge_output(struct rpc_connection *c, uint16_t max_fragment, wire_told *told,
                         void *context)
{
    size_t length;
    const uint8_t *bytes = rpc_connection_output(c, &length);
    uint8_t *copy = malloc(length > 0 ? length : 1);
    for (size_t i = 0; i < length; i++)
        copy[i] = bytes[i];
    for (size_t at = 0; at < length;) {
        struct pdu pdu;
        size_t need = 0;
        if (pdu_parse(copy + at, length - at, &pdu, &need) != PDU_OK)
            driver_finding("malformed output", "the server sent a PDU that does not parse");
        uint8_t type = pdu.header.type;
        if (type != PDU_RESPONSE && type != PDU_FAULT && type != PDU_BIND_ACK &&
            type != PDU_BIND_NAK && type != PDU_ALTER_CONTEXT_RESP)
            driver_finding("wrong output", "the server sent a PDU of a client");
        if (pdu.header.fragment_length > max_fragment)
            driver_finding("fragment too long",
                           "the server sent more than its transport's maximum");
        at += pdu.header.fragment_length;
    }
    if (told != NULL && length > 0)
        told(copy, length, context);
    free(copy);
    rpc_connection_sent(c, length);
}

static void judge_clean(void)
{
    struct ntdsb_server_counts counts = ntdsb_server_inspect(service_server());
    if (counts.rpc.connections + counts.rpc.context_handles + counts.rpc.groups +
            counts.backup_sessions + counts.restore_sessions + counts.open_files >
        0)
        driver_finding("left behind on the server",
                       "a connection, handle, session or file outlived the association");
}

/* Whether the server keeps the connection. */
static bool serve(const uint8_t *data, size_t size, uint8_t options, wire_told *told, void *context)
{
    static const size_t pieces[] = {SIZE_MAX, 1, 7, 1000};
    struct rpc_peer peer = {
        .transport = options & TCP ? RPC_NCACN_IP_TCP : RPC_NCALRPC,
        .trusted = !(options & UNTRUSTED),
    };
    uint16_t max_fragment = options & TCP ? rpc_server_default_limits.max_fragment_tcp
                                          : rpc_server_default_limits.max_fragment_local;
    size_t piece = pieces[options >> PIECES_SHIFT & PIECES_MASK];
    struct rpc_connection *c = rpc_connection_create(ntdsb_server_rpc(service_server()), &peer, "");
    while (size > 0 && !rpc_connection_is_finished(c)) {
        size_t n = size < piece ? size : piece;
        rpc_connection_receive(c, data, n);
        data += n;
        size -= n;
        /* Running one request may free the way for the next: drain until nothing comes. */
        for (size_t waiting = 1; waiting > 0;) {
            judge_output(c, max_fragment, told, context);
            rpc_connection_output(c, &waiting);
        }
    }
    bool stays = !rpc_connection_is_finished(c);
    rpc_connection_destroy(c);
    return stays;
}

bool wire_input_to_server(const uint8_t *data, size_t size, wire_told *told, void *context)
{
    if (size < 1)
        return true;
    scene_open(&(struct program_world){.restore_mode = data[0] & 0x10, .store = data[0] >> 5},
               NULL);
    world_set_side(WORLD_SERVER);
    bool stays = serve(data + 1, size - 1, data[0], told, context);
    world_set_side(WORLD_CLIENT);
    judge_clean();
    service_stop();
    struct ledger_summary s = ledger_summary();
    if (s.violations > 0)
        driver_finding(ledger_violation_name(0), ledger_violation_text(0));
    if (s.outstanding[WORLD_SERVER] + s.outstanding[WORLD_CLIENT] > 0) {
        ledger_print(stderr);
        driver_finding("left behind on the server", "see above");
    }
    return stays;
}
