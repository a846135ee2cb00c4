/* SPDX-License-Identifier: Apache-2.0 */
/*
 * fuzz_server_pdu: raw bytes to the server's association.
 *
 * The first byte picks the transport (bit 0), whether the peer is trusted (bit 1) and in what
 * pieces the rest arrives (bits 2-3); the rest is what the peer sends.
 *
 * Judged: all that comes back is well-formed PDUs of the kinds that a server may send, no longer
 * than what was negotiated; the connection holds a bounded amount; when it is gone nothing is left.
 */
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
static void judge_output(struct rpc_connection *c, uint16_t max_fragment)
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

static void serve(const uint8_t *data, size_t size, uint8_t options)
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
            judge_output(c, max_fragment);
            rpc_connection_output(c, &waiting);
        }
    }
    rpc_connection_destroy(c);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    driver_count();
    if (size < 1)
        return 0;
    scene_open(&(struct program_world){.restore_mode = data[0] & 0x10, .store = data[0] >> 5},
               NULL);
    world_set_side(WORLD_SERVER);
    serve(data + 1, size - 1, data[0]);
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
    return 0;
}
