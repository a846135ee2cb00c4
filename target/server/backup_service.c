/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The operations of the backup interface: decode, judge the caller, do it on the session, encode.
 */
#include "backup_session.h"
#include "service.h"

#include "../rpc/fault_status.h"

#include <windows.h>

#include <ntdsbcli.h>

#include <stdlib.h>
#include <string.h>

static void destroy(struct ntdsb_server *s, struct backup_session *session)
{
    s->open_files -= backup_session_has_open_file(session);
    s->backup_sessions--;
    backup_session_destroy(session);
}

static void rundown(void *object, void *service)
{
    destroy(service, object);
}

static const struct rpc_context_type context_type = {"backup_context", rundown};

static int32_t prepare_session(struct rpc_call *call, struct ntdsb_server *s,
                               const struct ntdsb_prepare_in *in, struct rpc_context_handle *handle)
{
    struct backup_session *session;
    if (in->grbit != 0 || in->backup_type != BACKUP_TYPE_FULL)
        return ERROR_INVALID_PARAMETER;
    if (!service_is_online(s))
        return hrCouldNotConnect;
    if (!service_has_room(s))
        return hrBackupInProgress;
    uint32_t code = backup_session_create(&s->store, &session);
    if (code != 0)
        return (int32_t)code;
    s->backup_sessions++;
    if (!rpc_context_create(call, &context_type, session, handle)) {
        destroy(s, session);
        return ERROR_NOT_ENOUGH_SERVER_MEMORY;
    }
    return S_OK;
}

static uint32_t prepare(struct rpc_call *call, void *service)
{
    struct ntdsb_server *s = service;
    struct ntdsb_prepare_in in;
    struct ntdsb_prepare_out out = {0};
    uint8_t token[EXPIRY_TOKEN_BYTES];
    ntdsb_prepare_in(&call->in, &in);
    if (call->in.status != 0)
        return call->in.status;
    out.result = (int32_t)service_check_access(call);
    if (out.result == S_OK)
        out.result = prepare_session(call, s, &in, &out.context);
    if (out.result == S_OK) {
        server_key_sign(&s->key, s->tombstone_days, service_now(), token);
        out.token = (struct ndr_octets){token, sizeof token};
    }
    ntdsb_prepare_out(&call->out, &out);
    return 0;
}

/* Calls in a session ------------------------------------------------------------------------ */

/* See service_enter(). Changes that the client was not told of are undone first. */
static struct backup_session *enter(struct service_turn *turn, struct rpc_call *call, void *service,
                                    const struct ntdsb_session *known)
{
    struct ntdsb_server *s = service;
    if (!service_enter(turn, call, &context_type, &known->context))
        return NULL;
    /* Counted again when the call is left, for it may open or close a file. */
    s->open_files -= backup_session_has_open_file(turn->object);
    backup_session_agree(turn->object, known);
    return turn->object;
}

static uint32_t leave(const struct service_turn *turn, void *service)
{
    struct ntdsb_server *s = service;
    if (turn->object != NULL)
        s->open_files += backup_session_has_open_file(turn->object);
    return turn->fault;
}

static uint32_t leave_with_result(const struct service_turn *turn, void *service)
{
    service_leave(turn);
    return leave(turn, service);
}

static uint32_t end(struct rpc_call *call, void *service)
{
    return service_end(call, &context_type, service);
}

static uint32_t get_attachment_information(struct rpc_call *call, void *service)
{
    struct ntdsb_session_in in;
    struct ndr_wide names = {0};
    struct service_turn turn;
    ntdsb_session_in(&call->in, &in);
    struct backup_session *session = enter(&turn, call, service, &in.session);
    if (session != NULL)
        turn.result = (int32_t)backup_session_database_names(session, &names);
    service_reply_list(call, names, turn.result);
    return leave(&turn, service);
}

static uint32_t get_backup_logs(struct rpc_call *call, void *service)
{
    struct ntdsb_session_in in;
    struct ndr_wide logs = {0};
    struct service_turn turn;
    ntdsb_session_in(&call->in, &in);
    struct backup_session *session = enter(&turn, call, service, &in.session);
    if (session != NULL)
        turn.result = (int32_t)backup_session_logs(session, &logs);
    /* The session changes its phase only if the list is sent. */
    if (service_reply_list(call, logs, turn.result))
        backup_session_enter_log_phase(session);
    return leave(&turn, service);
}

static uint32_t open_file(struct rpc_call *call, void *service)
{
    struct ntdsb_open_file_in in;
    struct ntdsb_open_file_out out = {0};
    struct service_turn turn;
    ntdsb_open_file_in(&call->in, &in);
    struct backup_session *session = enter(&turn, call, service, &in.session);
    if (session != NULL)
        turn.result = (int32_t)backup_session_open(session, &in.name, in.read_hint, &out.file_size,
                                                   &out.file);
    out.result = turn.result;
    ntdsb_open_file_out(&call->out, &out);
    return leave(&turn, service);
}

/* Reads directly into the reply: the array is laid out for the largest possible read, and cut to
   the actual size. */
static int32_t read_into_reply(struct rpc_call *call, struct backup_session *session,
                               const struct ntdsb_read_in *in)
{
    uint32_t most, count;
    uint32_t code = backup_session_check_read(session, in->offset, in->size, &most);
    if (code != 0)
        return (int32_t)code;
    /* If peers leave too much unread, all reads are small. */
    if (most > NTDSB_LEAST_READ && most > rpc_call_room(call))
        most = NTDSB_LEAST_READ;
    if (!rpc_call_reserve(call, (size_t)most + NTDSB_READ_REPLY_OVERHEAD))
        return ERROR_NOT_ENOUGH_SERVER_MEMORY;
    struct ndr_octets data = {NULL, most};
    struct buffer *reply = call->out.out;
    size_t start = reply->length;
    ndr_varying_octets(&call->out, &data, in->size);
    code = backup_session_read(session, in->offset, data.bytes, most, &count);
    /* Encoded again with the actual count: the data is already in place. */
    reply->length = start;
    if (code != 0) {
        explicit_bzero(data.bytes, most);
        return (int32_t)code;
    }
    data.length = count;
    data.bytes = NULL;
    ndr_varying_octets(&call->out, &data, in->size);
    return S_OK;
}

static uint32_t read_file(struct rpc_call *call, void *service)
{
    struct ntdsb_read_in in;
    struct ntdsb_read_out refusal = {0};
    struct service_turn turn;
    ntdsb_read_in(&call->in, &in);
    struct backup_session *session = enter(&turn, call, service, &in.session);
    if (session != NULL)
        turn.result = read_into_reply(call, session, &in);
    if (turn.result == S_OK)
        return leave_with_result(&turn, service); /* after the data */
    refusal.result = turn.result;
    ntdsb_read_out(&call->out, &refusal, in.size);
    return leave(&turn, service);
}

static uint32_t close_file(struct rpc_call *call, void *service)
{
    struct ntdsb_close_in in;
    struct service_turn turn;
    ntdsb_close_in(&call->in, &in);
    struct backup_session *session = enter(&turn, call, service, &in.session);
    if (session != NULL)
        turn.result = (int32_t)backup_session_close(session, in.session.file, in.received);
    return leave_with_result(&turn, service);
}

static uint32_t truncate_logs(struct rpc_call *call, void *service)
{
    struct ntdsb_session_in in;
    struct service_turn turn;
    ntdsb_session_in(&call->in, &in);
    struct backup_session *session = enter(&turn, call, service, &in.session);
    if (session != NULL)
        turn.result = (int32_t)backup_session_truncate(session);
    return leave_with_result(&turn, service);
}

static uint32_t ping(struct rpc_call *call, void *service)
{
    (void)service;
    struct ntdsb_result_out out = {(int32_t)service_check_access(call)};
    ntdsb_result_out(&call->out, &out);
    return 0;
}

static const struct rpc_operation operations[] = {
    [NTDSB_PREPARE] = {"Prepare", prepare, NTDSB_PREPARE_REPLY},
    [NTDSB_END] = {"End", end, NTDSB_CONTEXT_REPLY},
    [NTDSB_GET_ATTACHMENT_INFORMATION] = {"GetAttachmentInformation", get_attachment_information,
                                          16},
    [NTDSB_OPEN_FILE] = {"OpenFile", open_file, NTDSB_OPEN_FILE_REPLY},
    [NTDSB_READ] = {"Read", read_file, NTDSB_READ_REPLY_OVERHEAD},
    [NTDSB_CLOSE] = {"Close", close_file, NTDSB_RESULT_REPLY},
    [NTDSB_GET_BACKUP_LOGS] = {"GetBackupLogs", get_backup_logs, 16},
    [NTDSB_TRUNCATE_LOGS] = {"TruncateLogs", truncate_logs, NTDSB_RESULT_REPLY},
    [NTDSB_PING] = {"Ping", ping, NTDSB_RESULT_REPLY},
};

const struct rpc_interface backup_interface = {
    .id = {{0xecec0d70, 0xa603, 0x11d0, {0x96, 0xb1}, {0x00, 0xa0, 0xc9, 0x1e, 0xce, 0x30}}, 1},
    .annotation = NTDSB_BACKUP_ANNOTATION,
    .operations = operations,
    .operation_count = NTDSB_BACKUP_OPERATIONS,
};
