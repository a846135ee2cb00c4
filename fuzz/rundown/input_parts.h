/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The instructions of an input of a wire driver, as the sources of fuzz/drivers lay them out.
 */
#ifndef RUNDOWN_INPUT_PARTS_H
#define RUNDOWN_INPUT_PARTS_H

#include "fuzz/search/minimise_bytes.h"

/* How long each instruction of this input is, after its head. `bytes` holds at least one. */
minimise_take *input_parts_handle(const uint8_t *bytes);
minimise_take *input_parts_server_pdu(const uint8_t *bytes);
minimise_take *input_parts_client_pdu(const uint8_t *bytes);
minimise_take *input_parts_ndr(const uint8_t *bytes);

enum {
    INPUT_HEAD_handle = 0,
    INPUT_HEAD_server_pdu = 1,
    INPUT_HEAD_client_pdu = 1,
    INPUT_HEAD_ndr = 3,
};

#endif
