/* SPDX-License-Identifier: Apache-2.0 */
#include "rpc_binding.h"

#include "../include/winerror.h"
#include "client_association.h"
#include "transport.h"

#include <stdlib.h>
#include <string.h>

enum { MAX_FRAGMENT_TCP = 5840, MAX_FRAGMENT_LOCAL = 65528 };

struct rpc_binding {
    struct transport transport;
    struct client_association association;
    struct buffer out;   /* the PDUs of the call under way */
    uint32_t timeout_ms; /* of each call */
};

/* user, domain and password, each with its NUL. [pdu.h, PDU_AUTH_TYPE_PLAIN] */
static uint32_t put_credentials(const struct rpc_credentials *c, struct buffer *out)
{
    const char *parts[] = {c->user, c->domain, c->password};
    for (size_t i = 0; i < 3; i++) {
        const char *text = parts[i] != NULL ? parts[i] : "";
        size_t size = strlen(text) + 1;
        if (size > PDU_MAX_AUTH_VALUE - out->length)
            return ERROR_INVALID_PARAMETER;
        if (!buffer_append(out, text, size))
            return ERROR_NOT_ENOUGH_MEMORY;
    }
    return 0;
}

/* Sends the bytes in b->out. `any_sent`: whether the server may have received some of them. */
static enum transport_result send_out(struct rpc_binding *b, int64_t deadline_ms, bool *any_sent)
{
    size_t sent;
    enum transport_result result =
        transport_send(&b->transport, b->out.data, b->out.length, deadline_ms, &sent);
    *any_sent = sent > 0;
    buffer_clear(&b->out);
    return result;
}

/* Receives until the association has an event. */
static enum transport_result await_event(struct rpc_binding *b, int64_t deadline_ms,
                                         enum client_event *event)
{
    /* Bytes received with an earlier answer may contain this one. */
    *event = client_association_received(&b->association, 0);
    while (*event == CLIENT_MORE) {
        size_t room_bytes, received;
        uint8_t *room = client_association_room(&b->association, &room_bytes);
        enum transport_result result =
            transport_receive(&b->transport, room, room_bytes, deadline_ms, &received);
        if (result != TRANSPORT_OK)
            return result;
        *event = client_association_received(&b->association, received);
        if (*event == CLIENT_MORE)
            result = transport_check(&b->transport, deadline_ms);
        if (result != TRANSPORT_OK)
            return result;
    }
    return TRANSPORT_OK;
}

/* Puts the bind PDU into b->out. */
static uint32_t build_bind(struct rpc_binding *b, const struct rpc_syntax_id *interface,
                           const struct rpc_credentials *credentials)
{
    struct buffer value = BUFFER_INIT;
    struct pdu_auth auth = {.type = PDU_AUTH_TYPE_PLAIN, .level = PDU_AUTH_LEVEL_CONNECT};
    uint32_t code = credentials != NULL ? put_credentials(credentials, &value) : 0;
    auth.value = value.data;
    auth.value_length = (uint16_t)value.length;
    if (code == 0 && !client_association_bind(&b->association, interface,
                                              credentials != NULL ? &auth : NULL, &b->out))
        code = ERROR_NOT_ENOUGH_MEMORY;
    buffer_destroy(&value);
    return code;
}

static uint32_t bind_interface(struct rpc_binding *b, const struct rpc_syntax_id *interface,
                               const struct rpc_credentials *credentials, int64_t deadline_ms)
{
    bool any_sent;
    uint32_t code = build_bind(b, interface, credentials);
    if (code != 0)
        return code;
    enum transport_result result = send_out(b, deadline_ms, &any_sent);
    /* The one buffer that held a password is not kept for later PDUs. */
    buffer_destroy(&b->out);
    enum client_event event = CLIENT_MORE;
    if (result == TRANSPORT_OK)
        result = await_event(b, deadline_ms, &event);
    if (result != TRANSPORT_OK)
        return RPC_S_CALL_FAILED_DNE;
    return event == CLIENT_BOUND ? 0 : b->association.status;
}

uint32_t rpc_binding_open(const struct rpc_endpoint *endpoint,
                          const struct rpc_syntax_id *interface,
                          const struct rpc_credentials *credentials, uint32_t timeout_ms,
                          struct rpc_binding **out)
{
    if (credentials != NULL && endpoint->transport != RPC_NCALRPC)
        return RPC_S_UNKNOWN_AUTHN_SERVICE;
    struct rpc_binding *b = calloc(1, sizeof *b);
    if (b == NULL)
        return ERROR_NOT_ENOUGH_MEMORY;
    b->timeout_ms = timeout_ms;
    client_association_init(&b->association, endpoint->transport == RPC_NCALRPC ? MAX_FRAGMENT_LOCAL
                                                                                : MAX_FRAGMENT_TCP);
    int64_t deadline_ms = transport_now_ms() + timeout_ms;
    uint32_t code = transport_open(&b->transport, endpoint, deadline_ms);
    if (code == 0)
        code = bind_interface(b, interface, credentials, deadline_ms);
    if (code != 0) {
        rpc_binding_close(b);
        return code;
    }
    *out = b;
    return 0;
}

/* The request was sent and the caller no longer wants the answer. */
static uint32_t abandon(struct rpc_binding *b)
{
    bool any_sent;
    transport_reset_cancel(&b->transport);
    /* A cancel must not wait: the orphaned PDU is sent at once or the association is lost. */
    const int64_t long_past = 0;
    if (!client_association_orphan(&b->association, &b->out) ||
        send_out(b, long_past, &any_sent) != TRANSPORT_OK)
        b->association.state = CLIENT_BROKEN;
    return RPC_S_CALL_CANCELLED;
}

/* The transport failed: the association is lost, unless nothing of the request was sent. */
static uint32_t lose(struct rpc_binding *b, enum transport_result result, bool any_sent)
{
    if (result == TRANSPORT_CANCELLED && !any_sent) {
        transport_reset_cancel(&b->transport);
        b->association.state = CLIENT_IDLE;
        return RPC_S_CALL_CANCELLED;
    }
    b->association.state = CLIENT_BROKEN;
    if (result == TRANSPORT_CANCELLED)
        return RPC_S_CALL_CANCELLED;
    return any_sent ? RPC_S_CALL_FAILED : RPC_S_CALL_FAILED_DNE;
}

uint32_t rpc_binding_call(struct rpc_binding *b, uint16_t opnum, const struct buffer *request,
                          size_t reply_bytes, struct ndr *reply)
{
    bool any_sent;
    enum client_event event;
    if (b->association.state != CLIENT_IDLE)
        return RPC_S_CALL_FAILED_DNE;
    if (!client_association_request(&b->association, opnum, request, reply_bytes, &b->out))
        return b->association.status;
    int64_t deadline_ms = transport_now_ms() + b->timeout_ms;
    enum transport_result result = send_out(b, deadline_ms, &any_sent);
    if (result != TRANSPORT_OK)
        return lose(b, result, any_sent);
    result = await_event(b, deadline_ms, &event);
    if (result == TRANSPORT_CANCELLED)
        return abandon(b);
    if (result != TRANSPORT_OK)
        return lose(b, result, true);
    switch (event) {
    case CLIENT_REPLY:
        *reply = client_association_reply(&b->association);
        return 0;
    case CLIENT_NO_MEMORY:
        return ERROR_NOT_ENOUGH_MEMORY;
    default:
        return b->association.status;
    }
}

void rpc_binding_cancel(struct rpc_binding *b)
{
    transport_cancel(&b->transport);
}

void rpc_binding_reset_cancel(struct rpc_binding *b)
{
    transport_reset_cancel(&b->transport);
}

void rpc_binding_close(struct rpc_binding *b)
{
    if (b == NULL)
        return;
    transport_close(&b->transport);
    client_association_destroy(&b->association);
    buffer_destroy(&b->out);
    free(b);
}
