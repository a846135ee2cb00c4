/* SPDX-License-Identifier: Apache-2.0 */
#include "feedback.h"

enum { STATES = 1024 };

static uint32_t bucket(uint32_t state)
{
    state *= 0x9e3779b1u;
    return (state >> 16) % STATES;
}

#if defined(RUNDOWN_LIBFUZZER)
/* libFuzzer reads this section as further counters. */
__attribute__((used, section("__libfuzzer_extra_counters"))) static uint8_t counters[STATES];

void feedback_state(uint32_t state)
{
    counters[bucket(state)] = 1;
}
#elif defined(RUNDOWN_AFL)
/* AFL++ has no such section. Guards in the section where it looks for those of the compiler become
   places in its map. */
__attribute__((used, section("__sancov_guards"))) static uint32_t guards[STATES];
void __sanitizer_cov_trace_pc_guard(uint32_t *guard);

void feedback_state(uint32_t state)
{
    __sanitizer_cov_trace_pc_guard(&guards[bucket(state)]);
}
#else
void feedback_state(uint32_t state)
{
    (void)bucket(state);
}
#endif
