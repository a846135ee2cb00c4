/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The inspection interface: counts of the server's resources, for operators and tests.
 */
#include "../idl/stubs.h"
#include "service.h"

static uint32_t counts(struct rpc_call *call, void *context)
{
    struct ntdsb_counts_out out = {.result = (int32_t)service_check_access(call)};
    if (call->in.status != 0)
        return call->in.status;
    if (out.result == 0) {
        struct ntdsb_server_counts c = ntdsb_server_inspect(context);
        out = (struct ntdsb_counts_out){
            .connections = c.rpc.connections,
            .groups = c.rpc.groups,
            .context_handles = c.rpc.context_handles,
            .backup_sessions = c.backup_sessions,
            .restore_sessions = c.restore_sessions,
            .open_files = c.open_files,
            .online = c.online,
            .restore_registered = c.restore_registered,
            .calls_received = c.rpc.calls_received,
            .pdus_received = c.rpc.pdus_received,
            .pdus_sent = c.rpc.pdus_sent,
            .faults_sent = c.rpc.faults_sent,
        };
    }
    ntdsb_counts_out(&call->out, &out);
    return 0;
}

static const struct rpc_operation operations[] = {
    [NTDSB_COUNTS] = {"Counts", counts, NTDSB_COUNTS_REPLY},
};

const struct rpc_interface inspect_interface = {
    .id = {{0x5b1f6a52, 0x3c0e, 0x4b57, {0x9d, 0x3a}, {0x0f, 0x2c, 0x84, 0xb7, 0xe6, 0xd1}}, 1},
    .annotation = NTDSB_INSPECT_ANNOTATION,
    .operations = operations,
    .operation_count = NTDSB_INSPECT_OPERATIONS,
};
