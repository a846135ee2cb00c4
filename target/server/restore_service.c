/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The operations of the restore interface. A restore session only holds whether it may register.
 */
#include "service.h"
#include "state_file.h"

#include "../rpc/fault_status.h"

#include <windows.h>

#include <ntdsbcli.h>

#include <stdlib.h>

enum { GENERATION_MAX = 0xfffff };

struct restore_session {
    bool restricted; /* made without a token: locations and End alone */
};

static void destroy(struct ntdsb_server *s, struct restore_session *session)
{
    interlock_disown(&s->interlock, session);
    s->restore_sessions--;
    free(session);
}

static void rundown(void *object, void *service)
{
    destroy(service, object);
}

static const struct rpc_context_type context_type = {"restore_context", rundown};

static uint32_t is_ntds_online(struct rpc_call *call, void *service)
{
    const struct ntdsb_server *s = service;
    struct ntdsb_online_out out = {.result = (int32_t)service_check_access(call)};
    if (out.result == S_OK)
        out.online = service_is_online(s);
    ntdsb_online_out(&call->out, &out);
    return 0;
}

static int32_t prepare_session(struct rpc_call *call, struct ntdsb_server *s,
                               const struct ntdsb_restore_prepare_in *in,
                               struct rpc_context_handle *handle)
{
    bool restricted = in->token.bytes == NULL;
    if (in->flags != 0 && in->flags != RESTORE_TYPE_CATCHUP)
        return ERROR_INVALID_PARAMETER;
    if (!restricted && service_is_online(s))
        return hrInvalidOperation;
    if (!restricted) {
        uint32_t code = server_key_judge(&s->key, in->token.bytes, in->token.length, service_now());
        if (code != 0)
            return (int32_t)code;
    }
    if (!service_has_room(s))
        return hrBackupInProgress;
    struct restore_session *session = calloc(1, sizeof *session);
    if (session == NULL)
        return ERROR_NOT_ENOUGH_SERVER_MEMORY;
    session->restricted = restricted;
    s->restore_sessions++;
    if (!rpc_context_create(call, &context_type, session, handle)) {
        destroy(s, session);
        return ERROR_NOT_ENOUGH_SERVER_MEMORY;
    }
    return S_OK;
}

static uint32_t restore_prepare(struct rpc_call *call, void *service)
{
    struct ntdsb_restore_prepare_in in;
    struct ntdsb_context_out out = {0};
    ntdsb_restore_prepare_in(&call->in, &in);
    if (call->in.status != 0)
        return call->in.status;
    out.result = (int32_t)service_check_access(call);
    if (out.result == S_OK)
        out.result = prepare_session(call, service, &in, &out.context);
    ntdsb_context_out(&call->out, &out);
    return 0;
}

static int32_t register_restore(struct ntdsb_server *s, const struct restore_session *session,
                                struct ntdsb_restore_register_in *in)
{
    if (in->checkpoint_path.chars == NULL || in->log_path.chars == NULL ||
        in->backup_log_path.chars == NULL || in->gen_low > in->gen_high ||
        in->gen_high > GENERATION_MAX)
        return ERROR_INVALID_PARAMETER;
    for (uint32_t i = 0; i < in->entries; i++)
        if (in->map[i].old_name.chars == NULL || in->map[i].new_name.chars == NULL)
            return ERROR_INVALID_PARAMETER;
    if (session->restricted)
        return hrMissingExpiryToken;
    return (int32_t)interlock_register(&s->interlock, session, in);
}

static uint32_t restore_register(struct rpc_call *call, void *service)
{
    struct ntdsb_map_entry map[NTDSB_MAX_RSTMAP];
    struct ntdsb_restore_register_in in = {.map = map};
    struct service_turn turn;
    ntdsb_restore_register_in(&call->in, &in);
    if (service_enter(&turn, call, &context_type, &in.context))
        turn.result = register_restore(service, turn.object, &in);
    return service_leave(&turn);
}

static int32_t complete_restore(struct ntdsb_server *s, const struct restore_session *session,
                                int32_t state)
{
    if (session->restricted)
        return hrMissingExpiryToken;
    return (int32_t)interlock_complete(&s->interlock, session, state);
}

static uint32_t restore_register_complete(struct rpc_call *call, void *service)
{
    struct ntdsb_restore_complete_in in;
    struct service_turn turn;
    ntdsb_restore_complete_in(&call->in, &in);
    if (service_enter(&turn, call, &context_type, &in.context))
        turn.result = complete_restore(service, turn.object, in.state);
    return service_leave(&turn);
}

static uint32_t restore_get_database_locations(struct rpc_call *call, void *service)
{
    const struct ntdsb_server *s = service;
    struct ntdsb_context_in in;
    struct ndr_wide locations = {0};
    struct service_turn turn;
    ntdsb_context_in(&call->in, &in);
    if (service_enter(&turn, call, &context_type, &in.context))
        turn.result = (int32_t)store_format_locations(&s->store, &locations);
    service_reply_list(call, locations, turn.result);
    return turn.fault;
}

static uint32_t restore_end(struct rpc_call *call, void *service)
{
    return service_end(call, &context_type, service);
}

static uint32_t restore_set_current_log_number(struct rpc_call *call, void *service)
{
    struct ntdsb_server *s = service;
    struct ntdsb_number_in in;
    struct ntdsb_result_out out = {0};
    bool renamed;
    ntdsb_number_in(&call->in, &in);
    if (call->in.status != 0)
        return call->in.status;
    out.result = (int32_t)service_check_access(call);
    if (out.result == S_OK && in.number > GENERATION_MAX && in.number != BACKUP_DISABLE_INCREMENTAL)
        out.result = ERROR_INVALID_PARAMETER;
    if (out.result == S_OK) {
        uint8_t bytes[4] = {(uint8_t)in.number, (uint8_t)(in.number >> 8),
                            (uint8_t)(in.number >> 16), (uint8_t)(in.number >> 24)};
        out.result = (int32_t)state_file_write(s->state_directory, "backup.state", bytes,
                                               sizeof bytes, &renamed);
    }
    ntdsb_result_out(&call->out, &out);
    return 0;
}

static uint32_t restore_check_logs_for_backup(struct rpc_call *call, void *service)
{
    (void)service;
    struct ntdsb_result_out out = {(int32_t)service_check_access(call)};
    if (out.result == S_OK)
        out.result = hrNyi;
    ntdsb_result_out(&call->out, &out);
    return 0;
}

static const struct rpc_operation operations[] = {
    [NTDSB_IS_NTDS_ONLINE] = {"IsNTDSOnline", is_ntds_online, NTDSB_ONLINE_REPLY},
    [NTDSB_RESTORE_PREPARE] = {"RestorePrepare", restore_prepare, NTDSB_CONTEXT_REPLY},
    [NTDSB_RESTORE_REGISTER] = {"RestoreRegister", restore_register, NTDSB_RESULT_REPLY},
    [NTDSB_RESTORE_REGISTER_COMPLETE] = {"RestoreRegisterComplete", restore_register_complete,
                                         NTDSB_RESULT_REPLY},
    [NTDSB_RESTORE_GET_DATABASE_LOCATIONS] = {"RestoreGetDatabaseLocations",
                                              restore_get_database_locations, 16},
    [NTDSB_RESTORE_END] = {"RestoreEnd", restore_end, NTDSB_CONTEXT_REPLY},
    [NTDSB_RESTORE_SET_CURRENT_LOG_NUMBER] = {"RestoreSetCurrentLogNumber",
                                              restore_set_current_log_number, NTDSB_RESULT_REPLY},
    [NTDSB_RESTORE_CHECK_LOGS_FOR_BACKUP] = {"RestoreCheckLogsForBackup",
                                             restore_check_logs_for_backup, NTDSB_RESULT_REPLY},
};

const struct rpc_interface restore_interface = {
    .id = {{0x16e0cf3a, 0xa604, 0x11d0, {0x96, 0xb1}, {0x00, 0xa0, 0xc9, 0x1e, 0xce, 0x30}}, 1},
    .annotation = NTDSB_RESTORE_ANNOTATION,
    .operations = operations,
    .operation_count = NTDSB_RESTORE_OPERATIONS,
};
