/* SPDX-License-Identifier: Apache-2.0 */
/*
 * fuzz_server_pdu: see server_pdu.c.
 */
#include "driver.h"
#include "wire_input.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    driver_count();
    wire_input_to_server(data, size, NULL, NULL);
    return 0;
}
