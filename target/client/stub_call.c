/* SPDX-License-Identifier: Apache-2.0 */
#include "stub_call.h"

/* A reply from which nothing can be decoded. */
static void set_failed(struct stub_call *s, uint32_t status)
{
    ndr_decode_init(&s->reply, NULL, 0, false);
    s->reply.status = status;
}

static void begin(struct stub_call *s, struct rpc_binding *binding, struct context *context)
{
    *s = (struct stub_call){.binding = binding, .context = context};
    ndr_encode_init(&s->request, &s->bytes);
    set_failed(s, 0);
}

void stub_begin(struct stub_call *s, struct context *context)
{
    begin(s, context->binding, context);
    pthread_mutex_lock(&context->mutex);
}

void stub_begin_alone(struct stub_call *s, struct rpc_binding *binding)
{
    begin(s, binding, NULL);
}

void stub_send(struct stub_call *s, uint16_t opnum, size_t reply_bytes)
{
    uint32_t status = s->request.status;
    if (status == 0 && s->context != NULL && atomic_load(&s->context->ending))
        status = RPC_S_CALL_CANCELLED;
    if (status == 0)
        status = rpc_binding_call(s->binding, opnum, &s->bytes, reply_bytes, &s->reply);
    if (status != 0)
        set_failed(s, status);
    buffer_destroy(&s->bytes);
}

HRESULT stub_result(const struct stub_call *s, int32_t returned)
{
    if (s->reply.status != 0)
        return (HRESULT)s->reply.status;
    /* Bytes after the last value do not belong to this reply: a duplicated
       fragment, for instance. */
    return s->reply.position == s->reply.stub_length ? returned : RPC_X_BAD_STUB_DATA;
}

void stub_end(struct stub_call *s)
{
    if (s->context != NULL)
        pthread_mutex_unlock(&s->context->mutex);
}

HRESULT stub_call(struct stub_call *s, uint16_t opnum)
{
    struct ntdsb_result_out out;
    stub_send(s, opnum, NTDSB_RESULT_REPLY);
    ntdsb_result_out(&s->reply, &out);
    return stub_result(s, out.result);
}

HRESULT stub_finish(struct stub_call *s, uint16_t opnum)
{
    HRESULT result = stub_call(s, opnum);
    stub_end(s);
    return result;
}
