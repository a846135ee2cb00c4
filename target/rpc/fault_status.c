/* SPDX-License-Identifier: Apache-2.0 */
#include "fault_status.h"

#include "../include/winerror.h"

const struct fault_mapping fault_mappings[] = {
    {nca_s_comm_failure, RPC_S_COMM_FAILURE, "nca_s_comm_failure"},
    {nca_s_op_rng_error, RPC_S_PROCNUM_OUT_OF_RANGE, "nca_s_op_rng_error"},
    {nca_s_unk_if, RPC_S_UNKNOWN_IF, "nca_s_unk_if"},
    {nca_s_wrong_boot_time, 0, "nca_s_wrong_boot_time"},
    {nca_s_you_crashed, RPC_S_CALL_FAILED, "nca_s_you_crashed"},
    {nca_s_proto_error, RPC_S_PROTOCOL_ERROR, "nca_s_proto_error"},
    {nca_s_out_args_too_big, ERROR_NOT_ENOUGH_SERVER_MEMORY, "nca_s_out_args_too_big"},
    {nca_s_server_too_busy, RPC_S_SERVER_TOO_BUSY, "nca_s_server_too_busy"},
    {0x1c010015, 0, "nca_s_fault_string_too_long"},
    {nca_s_unsupported_type, RPC_S_UNSUPPORTED_TYPE, "nca_s_unsupported_type"},
    {0x1c000001, RPC_S_ZERO_DIVIDE, "nca_s_fault_int_div_by_zero"},
    {0x1c000002, RPC_S_ADDRESS_ERROR, "nca_s_fault_addr_error"},
    {0x1c000003, RPC_S_FP_DIV_ZERO, "nca_s_fault_fp_div_zero"},
    {0x1c000004, RPC_S_FP_UNDERFLOW, "nca_s_fault_fp_underflow"},
    {0x1c000005, RPC_S_FP_OVERFLOW, "nca_s_fault_fp_overflow"},
    {nca_s_fault_invalid_tag, RPC_S_INVALID_TAG, "nca_s_fault_invalid_tag"},
    {nca_s_fault_invalid_bound, RPC_S_INVALID_BOUND, "nca_s_fault_invalid_bound"},
    {0x1c000008, RPC_S_PROTOCOL_ERROR, "nca_s_rpc_version_mismatch"},
    {0x1c000009, RPC_S_CALL_FAILED, "nca_s_unspec_reject"},
    {0x1c00000a, RPC_S_CALL_FAILED_DNE, "nca_s_bad_actid"},
    {0x1c00000b, RPC_S_CALL_FAILED, "nca_s_who_are_you_failed"},
    {0x1c00000c, RPC_S_CALL_FAILED_DNE, "nca_s_manager_not_entered"},
    {nca_s_fault_cancel, RPC_S_CALL_CANCELLED, "nca_s_fault_cancel"},
    {0x1c00000e, RPC_S_ADDRESS_ERROR, "nca_s_fault_ill_inst"},
    {0x1c00000f, RPC_S_FP_OVERFLOW, "nca_s_fault_fp_error"},
    {0x1c000010, RPC_S_ADDRESS_ERROR, "nca_s_fault_int_overflow"},
    {nca_s_fault_unspec, RPC_S_CALL_FAILED, "nca_s_fault_unspec"},
    {0x1c000013, 0, "nca_s_fault_remote_comm_failure"},
    {0x1c000014, RPC_X_PIPE_EMPTY, "nca_s_fault_pipe_empty"},
    {0x1c000015, RPC_X_PIPE_CLOSED, "nca_s_fault_pipe_closed"},
    {0x1c000016, RPC_X_WRONG_PIPE_ORDER, "nca_s_fault_pipe_order"},
    {0x1c000017, RPC_X_PIPE_DISCIPLINE_ERROR, "nca_s_fault_pipe_discipline"},
    {0x1c000018, RPC_S_COMM_FAILURE, "nca_s_fault_pipe_comm_error"},
    {0x1c000019, RPC_S_OUT_OF_MEMORY, "nca_s_fault_pipe_memory"},
    {nca_s_fault_context_mismatch, RPC_X_SS_CONTEXT_MISMATCH, "nca_s_fault_context_mismatch"},
    {nca_s_fault_remote_no_memory, ERROR_NOT_ENOUGH_SERVER_MEMORY, "nca_s_fault_remote_no_memory"},
    {nca_s_invalid_pres_context_id, RPC_S_PROTOCOL_ERROR, "nca_s_invalid_pres_context_id"},
    {nca_s_unsupported_authn_level, RPC_S_UNSUPPORTED_AUTHN_LEVEL, "nca_s_unsupported_authn_level"},
    {0x1c00001f, RPC_S_CALL_FAILED_DNE, "nca_s_invalid_checksum"},
    {0x1c000020, RPC_S_CALL_FAILED_DNE, "nca_s_invalid_crc"},
    {0x1c000021, 0, "nca_s_fault_user_defined"},
    {0x1c000022, 0, "nca_s_fault_tx_open_failed"},
    {0x1c000023, 0, "nca_s_fault_codeset_conv_error"},
    {0x1c000024, 0, "nca_s_fault_object_not_found"},
    {0x1c000025, 0, "nca_s_fault_no_client_stub"},
};
const unsigned fault_mapping_count = sizeof fault_mappings / sizeof *fault_mappings;

/* Values that a server must not put into a fault. [MS-RPCE] 3.3.3.5.1 */
static const uint32_t forbidden[] = {
    0,          0x80000001, 0x80000002, 0x80000003, 0xc0000005, 0xc0000006, 0xc000001d,
    0xc0000096, 0xc00000aa, 0xc00000fd, 0xc0000194, 0xc0000235, 0xc0000409, 0xc0000420,
};

bool fault_status_is_forbidden(uint32_t status)
{
    for (unsigned i = 0; i < sizeof forbidden / sizeof *forbidden; i++)
        if (status == forbidden[i])
            return true;
    return false;
}

uint32_t fault_status_to_win32(uint32_t status)
{
    if (fault_status_is_forbidden(status))
        return RPC_S_PROTOCOL_ERROR;
    for (unsigned i = 0; i < fault_mapping_count; i++)
        if (status == fault_mappings[i].status && fault_mappings[i].win32 != 0)
            return fault_mappings[i].win32;
    return status;
}
