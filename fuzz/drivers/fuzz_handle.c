/* SPDX-License-Identifier: Apache-2.0 */
/*
 * fuzz_handle: see handle_input.c.
 */
#include "driver.h"
#include "wire_input.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct run_report report;
    driver_count();
    run_require_clean(wire_input_to_handles(data, size, &report), &report);
    return 0;
}
