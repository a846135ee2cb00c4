/* SPDX-License-Identifier: Apache-2.0 */
#include "stubs.h"

#define NTDSB_NODE                                                                                 \
    {                                                                                              \
        0x00, 0xa0, 0xc9, 0x1e, 0xce, 0x30                                                         \
    }

const struct rpc_syntax_id ntdsb_backup_interface_id = {
    {0xecec0d70, 0xa603, 0x11d0, {0x96, 0xb1}, NTDSB_NODE}, 1};
const struct rpc_syntax_id ntdsb_restore_interface_id = {
    {0x16e0cf3a, 0xa604, 0x11d0, {0x96, 0xb1}, NTDSB_NODE}, 1};
const struct rpc_syntax_id ntdsb_inspect_interface_id = {
    {0x5b1f6a52, 0x3c0e, 0x4b57, {0x9d, 0x3a}, {0x0f, 0x2c, 0x84, 0xb7, 0xe6, 0xd1}}, 1};

void ntdsb_prepare_in(struct ndr *n, struct ntdsb_prepare_in *p)
{
    ndr_u32(n, &p->grbit);
    ndr_u32(n, &p->backup_type);
}

void ntdsb_context_in(struct ndr *n, struct ntdsb_context_in *p)
{
    ndr_context_handle(n, &p->context);
}

static void session(struct ndr *n, struct ntdsb_session *s)
{
    ndr_context_handle(n, &s->context);
    ndr_u32(n, &s->file);
    ndr_u32(n, &s->phase);
    if (s->phase > NTDSB_PHASE_TRUNCATED)
        ndr_fail(n);
}

void ntdsb_session_in(struct ndr *n, struct ntdsb_session_in *p)
{
    session(n, &p->session);
}

void ntdsb_open_file_in(struct ndr *n, struct ntdsb_open_file_in *p)
{
    session(n, &p->session);
    ndr_wide_string(n, &p->name, NTDSB_MAX_NAME);
    ndr_u32(n, &p->read_hint);
}

void ntdsb_read_in(struct ndr *n, struct ntdsb_read_in *p)
{
    session(n, &p->session);
    ndr_u64(n, &p->offset);
    ndr_u32(n, &p->size);
}

void ntdsb_close_in(struct ndr *n, struct ntdsb_close_in *p)
{
    session(n, &p->session);
    ndr_u64(n, &p->received);
}

void ntdsb_restore_prepare_in(struct ndr *n, struct ntdsb_restore_prepare_in *p)
{
    ndr_u32(n, &p->flags);
    ndr_unique_octets(n, &p->token, NTDSB_MAX_TOKEN);
}

void ntdsb_restore_register_in(struct ndr *n, struct ntdsb_restore_register_in *p)
{
    ndr_context_handle(n, &p->context);
    ndr_unique_wide_string(n, &p->checkpoint_path, NTDSB_MAX_NAME);
    ndr_unique_wide_string(n, &p->log_path, NTDSB_MAX_NAME);
    ndr_u32(n, &p->entries);
    if (p->entries > NTDSB_MAX_RSTMAP) {
        ndr_fail(n);
        p->entries = 0;
    }
    for (uint32_t i = 0; i < p->entries; i++) {
        ndr_unique_wide_string(n, &p->map[i].old_name, NTDSB_MAX_NAME);
        ndr_unique_wide_string(n, &p->map[i].new_name, NTDSB_MAX_NAME);
    }
    ndr_unique_wide_string(n, &p->backup_log_path, NTDSB_MAX_NAME);
    ndr_u32(n, &p->gen_low);
    ndr_u32(n, &p->gen_high);
}

void ntdsb_restore_complete_in(struct ndr *n, struct ntdsb_restore_complete_in *p)
{
    ndr_context_handle(n, &p->context);
    ndr_i32(n, &p->state);
}

void ntdsb_number_in(struct ndr *n, struct ntdsb_number_in *p)
{
    ndr_u32(n, &p->number);
}

void ntdsb_prepare_out(struct ndr *n, struct ntdsb_prepare_out *p)
{
    ndr_unique_octets(n, &p->token, NTDSB_MAX_TOKEN);
    ndr_context_handle(n, &p->context);
    ndr_i32(n, &p->result);
}

void ntdsb_context_out(struct ndr *n, struct ntdsb_context_out *p)
{
    ndr_context_handle(n, &p->context);
    ndr_i32(n, &p->result);
}

void ntdsb_list_out(struct ndr *n, struct ntdsb_list_out *p)
{
    ndr_unique_wide_array(n, &p->list, NTDSB_MAX_LIST);
    ndr_i32(n, &p->result);
}

void ntdsb_open_file_out(struct ndr *n, struct ntdsb_open_file_out *p)
{
    ndr_u64(n, &p->file_size);
    ndr_u32(n, &p->file);
    ndr_i32(n, &p->result);
}

void ntdsb_read_out(struct ndr *n, struct ntdsb_read_out *p, uint32_t size)
{
    ndr_varying_octets(n, &p->data, size);
    ndr_i32(n, &p->result);
}

void ntdsb_online_out(struct ndr *n, struct ntdsb_online_out *p)
{
    ndr_u32(n, &p->online);
    ndr_i32(n, &p->result);
}

void ntdsb_counts_out(struct ndr *n, struct ntdsb_counts_out *p)
{
    ndr_u32(n, &p->connections);
    ndr_u32(n, &p->groups);
    ndr_u32(n, &p->context_handles);
    ndr_u32(n, &p->backup_sessions);
    ndr_u32(n, &p->restore_sessions);
    ndr_u32(n, &p->open_files);
    ndr_u32(n, &p->online);
    ndr_u32(n, &p->restore_registered);
    ndr_u64(n, &p->calls_received);
    ndr_u64(n, &p->pdus_received);
    ndr_u64(n, &p->pdus_sent);
    ndr_u64(n, &p->faults_sent);
    ndr_i32(n, &p->result);
}

void ntdsb_result_out(struct ndr *n, struct ntdsb_result_out *p)
{
    ndr_i32(n, &p->result);
}
