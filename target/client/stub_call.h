/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Makes one remote call: encode, send, decode, result. The first failure is kept, and later steps
 * do nothing, so a call is written without checks in between:
 *
 *     HRESULT close_file(struct context *context, struct ntdsb_close_in in)
 *     {
 *         struct stub_call s;
 *         struct ntdsb_result_out out;
 *         stub_begin(&s, context);
 *         ntdsb_close_in(&s.request, &in);
 *         stub_send(&s, NTDSB_CLOSE, NTDSB_RESULT_REPLY);
 *         ntdsb_result_out(&s.reply, &out);
 *         HRESULT result = stub_result(&s, out.result);
 *         // ... what the reply holds, which ends with the call, if result is S_OK ...
 *         stub_end(&s);
 *         return result;
 *     }
 *
 * Decoded values are zero unless the reply could be decoded.
 */
#ifndef CLIENT_STUB_CALL_H
#define CLIENT_STUB_CALL_H

#include "../idl/stubs.h"
#include "context.h"

struct stub_call {
    struct rpc_binding *binding;
    struct context *context; /* locked from begin to end; NULL: the binding is not shared */
    struct buffer bytes;     /* of the request */
    struct ndr request;
    struct ndr reply;
};

/* A call in a session. Waits until no other call is under way in it. */
void stub_begin(struct stub_call *s, struct context *context);
/* A call without a session. */
void stub_begin_alone(struct stub_call *s, struct rpc_binding *binding);

/* Sends the request and waits for the reply, of at most `reply_bytes` (0: no bound known). */
void stub_send(struct stub_call *s, uint16_t opnum, size_t reply_bytes);

/* The result of the call: ERROR_NOT_ENOUGH_MEMORY, RPC_S_CALL_CANCELLED, the codes of
   rpc_binding_call(), RPC_X_BAD_STUB_DATA, or the server's result. */
HRESULT stub_result(const struct stub_call *s, int32_t returned);

void stub_end(struct stub_call *s);

/* Sends, and decodes a reply that is a result alone. */
HRESULT stub_call(struct stub_call *s, uint16_t opnum);
/* All that is left to do, from sending to the end, for an operation whose reply is
   a result alone. */
HRESULT stub_finish(struct stub_call *s, uint16_t opnum);

#endif
