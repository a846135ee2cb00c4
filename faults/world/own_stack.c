/* SPDX-License-Identifier: Apache-2.0 */
#include "own_stack.h"

#include "any_memory.h"
#include "fiber.h"

#include <stdint.h>
#include <sys/mman.h>
#include <unistd.h>

enum { LEAST_PAGE = 4096, MOST_PAGES = 256, WORDS_AT_ONCE = 64 };
static const uint64_t pattern = 0xb7e1b7e1b7e1b7e1u;

static struct fiber stack;
static size_t word_count, used_from, lowest_reached;

READS_ANY_MEMORY static void fill(size_t from)
{
    volatile uint64_t *words = stack.words;
    for (size_t i = from; i < word_count; i++)
        words[i] = pattern;
}

/* The lowest word in a page that was ever reached; the kernel has made none of those below. It may
   have swapped one out since, which then counts as not resident: hence the lowest so far. */
static size_t find_reached(void)
{
    static unsigned char resident[MOST_PAGES];
    size_t page = (size_t)sysconf(_SC_PAGESIZE), at = 0;
    if (page < LEAST_PAGE || stack.bytes / page > MOST_PAGES ||
        mincore(stack.words, stack.bytes, resident) != 0)
        return 0;
    while (at < stack.bytes / page && (resident[at] & 1) == 0)
        at++;
    size_t reached = at * page / sizeof *stack.words;
    lowest_reached = reached < lowest_reached ? reached : lowest_reached;
    return lowest_reached;
}

/* Whole groups of words first: the part that this call does not reach is most of it. */
READS_ANY_MEMORY static size_t find_used(void)
{
    size_t i = find_reached();
    for (uint64_t difference = 0; i < word_count; i += WORDS_AT_ONCE) {
        for (size_t j = 0; j < WORDS_AT_ONCE; j++)
            difference |= stack.words[i + j] ^ pattern;
        if (difference != 0)
            break;
    }
    while (i < word_count && stack.words[i] == pattern)
        i++;
    return i;
}

void own_stack_run(own_stack_entry *entry, void *context)
{
    if (stack.words == NULL) {
        fiber_map(&stack);
        word_count = used_from = lowest_reached = stack.bytes / sizeof *stack.words;
    } else if (used_from < word_count) {
        fill(used_from);
    }
    fiber_start(&stack, entry, context);
    used_from = find_used();
}

const void *own_stack_used(size_t *out_bytes)
{
    *out_bytes = (word_count - used_from) * sizeof *stack.words;
    return stack.words != NULL ? stack.words + used_from : NULL;
}
