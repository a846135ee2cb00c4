/* SPDX-License-Identifier: Apache-2.0 */
/*
 * fuzz_ndr: see ndr_input.c.
 */
#include "driver.h"
#include "wire_input.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const char *name;
    driver_count();
    wire_input_to_codec(data, size, &name);
    return 0;
}
