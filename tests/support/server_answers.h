/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Sends bytes to a server's connection, and reads the answers: takes PDUs off the output one by one
 * and judges them.
 */
#ifndef TESTS_SERVER_ANSWERS_H
#define TESTS_SERVER_ANSWERS_H

#include "server_wire.h"

#include "target/rpc/rpc_server.h"

/* Delivers the written bytes at once, and frees them. */
void deliver(struct rpc_connection *c, struct server_wire *w);

/* One PDU. Little-endian and of version 5.0, or the test fails. */
struct answer {
    uint8_t bytes[65535];
    size_t length;
    unsigned type, flags;
    uint32_t call_id;
};

const struct answer *take_answer(struct rpc_connection *c);
size_t output_length(const struct rpc_connection *c);
/* Nothing to send, and the connection goes on. */
void expect_silence(const struct rpc_connection *c);
void expect_end(const struct rpc_connection *c);
void expect_fault(struct rpc_connection *c, uint32_t call_id, unsigned context, uint32_t status,
                  unsigned more_flags);
/* The fault, and then the end. */
void expect_last_fault(struct rpc_connection *c, uint32_t call_id, unsigned context,
                       uint32_t status, unsigned more_flags);
/* [MS-RPCE] 3.3.3.5.7 */
void expect_protocol_error(struct rpc_connection *c, uint32_t call_id);
/* The same for an alter_context. */
void expect_refused_alter(struct rpc_connection *c, uint32_t call_id);
void expect_bind_nak(struct rpc_connection *c, uint32_t call_id, unsigned reason);
void expect_response(struct rpc_connection *c, uint32_t call_id, unsigned context, const void *stub,
                     size_t n);
/* The three fields of a result: result, reason, and whether NDR20 was accepted. */
void expect_result(const struct answer *a, unsigned index, unsigned result, unsigned reason);
const struct answer *take_ack(struct rpc_connection *c, unsigned type, unsigned contexts);

#endif
