/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Status values of fault PDUs and the Win32 codes that a client returns for them. [MS-RPCE]
 * 3.1.1.5.5, [C706] app. E.
 */
#ifndef RPC_FAULT_STATUS_H
#define RPC_FAULT_STATUS_H

#include <stdbool.h>
#include <stdint.h>

enum {
    nca_s_comm_failure = 0x1c010001,
    nca_s_op_rng_error = 0x1c010002,
    nca_s_unk_if = 0x1c010003,
    nca_s_wrong_boot_time = 0x1c010006,
    nca_s_you_crashed = 0x1c010009,
    nca_s_proto_error = 0x1c01000b,
    nca_s_out_args_too_big = 0x1c010013,
    nca_s_server_too_busy = 0x1c010014,
    nca_s_unsupported_type = 0x1c010017,
    nca_s_fault_invalid_tag = 0x1c000006,
    nca_s_fault_invalid_bound = 0x1c000007,
    nca_s_fault_cancel = 0x1c00000d,
    nca_s_fault_unspec = 0x1c000012,
    nca_s_fault_context_mismatch = 0x1c00001a,
    nca_s_fault_remote_no_memory = 0x1c00001b,
    nca_s_invalid_pres_context_id = 0x1c00001c,
    nca_s_unsupported_authn_level = 0x1c00001d,
};

struct fault_mapping {
    uint32_t status;
    uint32_t win32; /* 0: not mapped by the table; passed through */
    const char *name;
};
extern const struct fault_mapping fault_mappings[];
extern const unsigned fault_mapping_count;

/* Whether a server must not put that value in a fault: 0 and the list of [MS-RPCE] 3.3.3.5.1. */
bool fault_status_is_forbidden(uint32_t status);

/* The Win32 code of a fault status: by the table, else the status as it is. Values that a server
   must not put in a fault (0 and the list of [MS-RPCE] 3.3.3.5.1) become RPC_S_PROTOCOL_ERROR. */
uint32_t fault_status_to_win32(uint32_t status);

#endif
