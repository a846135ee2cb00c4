/* SPDX-License-Identifier: Apache-2.0 */
#include "fuzz/run/frames.h"

#include "fuzz/program/program.h"

#include <stdio.h>
#include <string.h>

/* The length of a name without its A or W. */
static size_t bare(const char *name)
{
    size_t n = strlen(name);
    return n > 0 && (name[n - 1] == 'A' || name[n - 1] == 'W') ? n - 1 : n;
}

bool frames_is_api(const char *function)
{
    for (unsigned i = 0; i < API_FUNCTIONS; i++) {
        size_t n = bare(api_functions[i].name);
        if (bare(function) == n && memcmp(function, api_functions[i].name, n) == 0)
            return true;
    }
    return false;
}

void frames_read(void *const *stack, unsigned most, struct frames *out)
{
    struct symbol_source sources[SYMBOL_INLINED_MOST];
    out->count = 0;
    for (unsigned i = 0; i < most && stack[i] != NULL; i++) {
        unsigned n = symbol_frames(stack[i], sources);
        for (unsigned j = 0; j < n && out->count < FRAMES_MOST; j++) {
            const char *name = sources[j].function;
            size_t length = frames_is_api(name) ? bare(name) : strlen(name);
            if (symbol_is_target(&sources[j]))
                snprintf(out->functions[out->count++], SYMBOL_NAME_BYTES, "%.*s", (int)length,
                         name);
        }
    }
}
