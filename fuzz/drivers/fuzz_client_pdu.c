/* SPDX-License-Identifier: Apache-2.0 */
/*
 * fuzz_client_pdu: see client_pdu.c.
 */
#include "driver.h"
#include "wire_input.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct run_report report;
    driver_count();
    const struct program *p = wire_input_to_client(data, size, &(struct run_options){0}, &report);
    if (p != NULL)
        run_require_clean(p, &report);
    return 0;
}
