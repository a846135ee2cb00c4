/* SPDX-License-Identifier: Apache-2.0 */
/*
 * fuzz_session: runs arbitrary bytes as programs over the whole API, with adversarial handles
 * and faults.
 */
#include "driver.h"
#include "fuzz/run/run.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct program program;
    static struct run_report report;
    driver_count();
    program_decode(&program, data, size);
    if (driver_is_sample(data, size))
        run_program_twice(&program, NULL, &report);
    else
        run_program(&program, NULL, &report);
    run_require_clean(&program, &report);
    return 0;
}
