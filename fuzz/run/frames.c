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

static size_t length_of_file(const char *place)
{
    return strcspn(place, ":");
}

static bool is_same_file(const char *a, const char *b)
{
    size_t n = length_of_file(a);
    return n == length_of_file(b) && memcmp(a, b, n) == 0;
}

void frames_read(void *const *stack, unsigned most, struct frames *out)
{
    struct symbol_source sources[SYMBOL_INLINED_MOST];
    char first[SYMBOL_PLACE_BYTES] = "";
    out->count = out->of_first_file = 0;
    for (unsigned i = 0; i < most && stack[i] != NULL; i++) {
        unsigned n = symbol_frames(stack[i], sources);
        for (unsigned j = 0; j < n && out->count < FRAMES_MOST; j++) {
            const char *name = sources[j].function;
            size_t length = frames_is_api(name) ? bare(name) : strlen(name);
            if (!symbol_is_target(&sources[j]))
                continue;
            if (out->count == 0)
                memcpy(first, sources[j].place, sizeof first);
            if (out->of_first_file == out->count && is_same_file(first, sources[j].place))
                out->of_first_file++;
            snprintf(out->functions[out->count++], SYMBOL_NAME_BYTES, "%.*s", (int)length, name);
        }
    }
}

void frames_keep_common(struct frames *f, const struct frames *other)
{
    unsigned n = 0;
    while (n < f->count && n < other->count &&
           strcmp(f->functions[f->count - 1 - n], other->functions[other->count - 1 - n]) == 0)
        n++;
    memmove(f->functions[0], f->functions[f->count - n], n * sizeof f->functions[0]);
    f->count = n;
}

const char *frames_pair(const struct frames *f, unsigned index, char out[FRAMES_PAIR_BYTES])
{
    bool has = index + 1 < f->count && !frames_is_api(f->functions[index + 1]);
    snprintf(out, FRAMES_PAIR_BYTES, "%s%s%s", f->functions[index], has ? " < " : "",
             has ? f->functions[index + 1] : "");
    return out;
}
