/* SPDX-License-Identifier: Apache-2.0 */
/* NAME-fuzz: libFuzzer's main() calls these. */
#include "fuzz.h"

#include <stdlib.h>

/* libFuzzer reads this section as further counters. */
__attribute__((used, section("__libfuzzer_extra_counters"))) static uint8_t counters[FUZZ_COUNTERS];

int LLVMFuzzerInitialize(int *count, char ***words);
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

int LLVMFuzzerInitialize(int *count, char ***words)
{
    fuzz_start(count, *words);
    return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    if (fuzz_input(bytes, n, counters))
        abort();
    return 0;
}
