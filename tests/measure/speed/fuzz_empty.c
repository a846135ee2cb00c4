/* SPDX-License-Identifier: Apache-2.0 */
/*
 * fuzz_empty: does nothing. What an engine costs by itself: the baseline of the bench.
 */
#include "fuzz/drivers/driver.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    (void)data, (void)size;
    driver_count();
    return 0;
}
