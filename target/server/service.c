/* SPDX-License-Identifier: Apache-2.0 */
#include "service.h"

#include "../rpc/fault_status.h"

#include <windows.h>

#include <stdlib.h>
#include <time.h>

enum { LONG_LIST_BYTES = 64 << 10 }; /* shorter replies are always allowed */

bool service_is_online(const struct ntdsb_server *s)
{
    return !s->restore_mode && s->interlock.state == INTERLOCK_OPEN;
}

bool service_has_room(const struct ntdsb_server *s)
{
    return s->backup_sessions + s->restore_sessions < s->max_sessions;
}

uint64_t service_now(void)
{
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    return now.tv_sec > 0 ? (uint64_t)now.tv_sec : 0;
}

uint32_t service_check_access(const struct rpc_call *call)
{
    const struct rpc_peer *p = call->peer;
    return !p->rejected && (p->trusted || p->authenticated) ? 0 : ERROR_ACCESS_DENIED;
}

bool service_enter(struct service_turn *turn, struct rpc_call *call,
                   const struct rpc_context_type *type, const struct rpc_context_handle *handle)
{
    *turn = (struct service_turn){.call = call, .fault = call->in.status};
    if (turn->fault != 0)
        return false;
    turn->result = (int32_t)service_check_access(call);
    if (turn->result != S_OK)
        return false;
    turn->object = rpc_context_find(call, type, handle);
    if (turn->object == NULL)
        turn->fault = nca_s_fault_context_mismatch;
    return turn->object != NULL;
}

uint32_t service_leave(const struct service_turn *turn)
{
    struct ntdsb_result_out out = {turn->result};
    ntdsb_result_out(&turn->call->out, &out);
    return turn->fault;
}

uint32_t service_end(struct rpc_call *call, const struct rpc_context_type *type, void *service)
{
    struct ntdsb_context_in in;
    struct ntdsb_context_out out = {0};
    struct service_turn turn;
    ntdsb_context_in(&call->in, &in);
    if (service_enter(&turn, call, type, &in.context))
        type->rundown(rpc_context_take(call, type, &in.context), service);
    else
        out.context = in.context;
    out.result = turn.result;
    ntdsb_context_out(&call->out, &out);
    return turn.fault;
}

bool service_reply_list(struct rpc_call *call, struct ndr_wide list, int32_t result)
{
    struct ntdsb_list_out out = {list, result};
    size_t bytes = 2 * (size_t)list.length;
    bool too_much = bytes > LONG_LIST_BYTES && bytes > rpc_call_room(call);
    if (list.chars != NULL &&
        (list.length > NTDSB_MAX_LIST || too_much || !rpc_call_reserve(call, bytes)))
        out = (struct ntdsb_list_out){.result = ERROR_NOT_ENOUGH_SERVER_MEMORY};
    ntdsb_list_out(&call->out, &out);
    free(list.chars);
    return out.list.chars != NULL;
}
