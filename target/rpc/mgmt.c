/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The remote management interface that every DCE/RPC runtime offers. [C706] appendix Q
 */
#include "server_internal.h"

#include "../include/winerror.h"
#include "fault_status.h"

enum { MAX_STATISTICS = 4, PRINCIPAL_MAX = 4096 };

static uint32_t inq_if_ids(struct rpc_call *call, void *context)
{
    const struct rpc_server *s = context;
    uint32_t count = 0, status = 0, referent = 1;
    while (s->interfaces[count] != NULL)
        count++;
    uint32_t wire_count = count;
    if (!rpc_call_reserve(call, 16 + (size_t)count * 24 + 4))
        return nca_s_fault_remote_no_memory;
    /* A pointer to a conformant structure of pointers: max_count, count, referents, then the
       ids. */
    struct ndr *n = &call->out;
    ndr_u32(n, &referent);
    ndr_u32(n, &wire_count);
    ndr_u32(n, &wire_count);
    for (uint32_t i = 0; i < count; i++) {
        referent++;
        ndr_u32(n, &referent);
    }
    for (uint32_t i = 0; i < count; i++) {
        struct rpc_syntax_id id = s->interfaces[i]->id;
        uint16_t major = (uint16_t)id.version, minor = (uint16_t)(id.version >> 16);
        ndr_uuid(n, &id.uuid);
        ndr_u16(n, &major);
        ndr_u16(n, &minor);
    }
    ndr_u32(n, &status);
    return 0;
}

static uint32_t inq_stats(struct rpc_call *call, void *context)
{
    const struct rpc_server *s = context;
    uint32_t statistics[MAX_STATISTICS] = {(uint32_t)s->counts.calls_received, 0,
                                           (uint32_t)s->counts.pdus_received,
                                           (uint32_t)s->counts.pdus_sent};
    uint32_t count = 0, status = 0;
    ndr_u32(&call->in, &count);
    if (call->in.status != 0)
        return call->in.status;
    if (count > MAX_STATISTICS)
        count = MAX_STATISTICS;
    struct ndr *n = &call->out;
    ndr_u32(n, &count);
    ndr_u32(n, &count);
    for (uint32_t i = 0; i < count; i++)
        ndr_u32(n, &statistics[i]);
    ndr_u32(n, &status);
    return 0;
}

static uint32_t is_server_listening(struct rpc_call *call, void *context)
{
    (void)context;
    uint32_t status = 0, listening = 1;
    ndr_u32(&call->out, &status);
    ndr_u32(&call->out, &listening);
    return 0;
}

static uint32_t stop_server_listening(struct rpc_call *call, void *context)
{
    (void)context;
    uint32_t status = ERROR_ACCESS_DENIED;
    ndr_u32(&call->out, &status);
    return 0;
}

static uint32_t inq_princ_name(struct rpc_call *call, void *context)
{
    (void)context;
    uint32_t protocol = 0, size = 0, zero = 0, one = 1, status = RPC_S_UNKNOWN_AUTHN_SERVICE;
    ndr_u32(&call->in, &protocol);
    ndr_u32(&call->in, &size);
    if (call->in.status == 0 && (size == 0 || size > PRINCIPAL_MAX))
        ndr_fail(&call->in);
    if (call->in.status != 0)
        return call->in.status;
    /* An empty string in an array of the size asked for. */
    struct ndr *n = &call->out;
    ndr_u32(n, &size);
    ndr_u32(n, &zero);
    ndr_u32(n, &one);
    uint8_t nul = 0;
    ndr_u8(n, &nul);
    ndr_u32(n, &status);
    return 0;
}

static const struct rpc_operation operations[] = {
    {"inq_if_ids", inq_if_ids, 0},
    {"inq_stats", inq_stats, 8 + 4 * MAX_STATISTICS + 4},
    {"is_server_listening", is_server_listening, 8},
    {"stop_server_listening", stop_server_listening, 4},
    {"inq_princ_name", inq_princ_name, 20},
};

const struct rpc_interface mgmt_interface = {
    .id = {{0xafa8bd80, 0x7d8a, 0x11c9, {0xbe, 0xf4}, {0x08, 0x00, 0x2b, 0x10, 0x29, 0x89}}, 1},
    .annotation = "mgmt",
    .operations = operations,
    .operation_count = sizeof operations / sizeof *operations,
    .standard = true,
};
