/* SPDX-License-Identifier: Apache-2.0 */
#include "own_stack.h"

#include "any_memory.h"
#include "faults/fault/sanitizers.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <ucontext.h>
#include <unistd.h>

/* A sanitizer is told of each switch: before and after it. */
#if RUNDOWN_ASAN
#include <sanitizer/common_interface_defs.h>
#define LEAVE_FOR(kept, base, size) __sanitizer_start_switch_fiber(kept, base, size)
#define ARRIVE(kept, base, size)    __sanitizer_finish_switch_fiber(kept, base, size)
#elif RUNDOWN_MSAN
#include <sanitizer/msan_interface.h>
#define LEAVE_FOR(kept, base, size) ((void)(kept), __msan_start_switch_fiber(base, size))
#define ARRIVE(kept, base, size)    ((void)(kept), __msan_finish_switch_fiber(base, size))
#else
#define LEAVE_FOR(kept, base, size) ((void)(kept), (void)(base), (void)(size))
#define ARRIVE(kept, base, size)    ((void)(kept), (void)(base), (void)(size))
#endif
#if RUNDOWN_TSAN
#include <sanitizer/tsan_interface.h>
#define MAKE_FIBER()     __tsan_create_fiber(0)
#define THIS_FIBER()     __tsan_get_current_fiber()
#define SWITCH_TO(fiber) __tsan_switch_to_fiber(fiber, 0)
#else
#define MAKE_FIBER()     NULL
#define THIS_FIBER()     NULL
#define SWITCH_TO(fiber) ((void)(fiber))
#endif

/* A sanitizer's frames are larger, and it prints its reports on the stack that it finds. */
#if RUNDOWN_ASAN || RUNDOWN_MSAN || RUNDOWN_TSAN
enum { STACK_BYTES = 1 << 20 };
#else
enum { STACK_BYTES = 1 << 18 };
#endif
enum { LEAST_PAGE = 4096, GUARD_BYTES = 4096, WORDS = STACK_BYTES / 8, WORDS_AT_ONCE = 64 };
static const uint64_t pattern = 0xb7e1b7e1b7e1b7e1u;

static struct {
    uint64_t *words; /* from the lowest address; NULL until it is mapped */
    size_t used_from;
    void *kept; /* a sanitizer's, of the caller */
    void *fiber, *caller_fiber;
    volatile bool has_returned;
    ucontext_t caller, callee;
    const void *caller_base;
    size_t caller_bytes;
    own_stack_entry *entry;
    void *context;
} stack;

READS_ANY_MEMORY static void fill(size_t from)
{
    volatile uint64_t *words = stack.words;
    for (size_t i = from; i < WORDS; i++)
        words[i] = pattern;
}

static void map(void)
{
    uint8_t *base = mmap(NULL, GUARD_BYTES + STACK_BYTES, PROT_READ | PROT_WRITE,
                         MAP_PRIVATE | MAP_ANONYMOUS | MAP_STACK, -1, 0);
    if (base == MAP_FAILED || mprotect(base, GUARD_BYTES, PROT_NONE) != 0)
        abort();
    stack.words = (uint64_t *)(void *)(base + GUARD_BYTES);
    stack.fiber = MAKE_FIBER();
}

/* The lowest word in a page that was ever reached; the kernel has made none of those below. It may
   have swapped one out since, which then counts as not resident: hence the lowest so far. */
static size_t find_reached(void)
{
    static size_t lowest = WORDS;
    static unsigned char resident[STACK_BYTES / LEAST_PAGE];
    size_t page = (size_t)sysconf(_SC_PAGESIZE), at = 0;
    if (page < LEAST_PAGE || mincore(stack.words, STACK_BYTES, resident) != 0)
        return 0;
    while (at < STACK_BYTES / page && (resident[at] & 1) == 0)
        at++;
    size_t reached = at * page / sizeof *stack.words;
    lowest = reached < lowest ? reached : lowest;
    return lowest;
}

/* Whole groups of words first: the part that this call does not reach is most of it. */
READS_ANY_MEMORY static size_t find_used(void)
{
    size_t i = find_reached();
    for (uint64_t difference = 0; i < WORDS; i += WORDS_AT_ONCE) {
        for (size_t j = 0; j < WORDS_AT_ONCE; j++)
            difference |= stack.words[i + j] ^ pattern;
        if (difference != 0)
            break;
    }
    while (i < WORDS && stack.words[i] == pattern)
        i++;
    return i;
}

/* Never returns: its frame is the one that is left for good. */
__attribute__((noinline)) READS_ANY_MEMORY static void on_stack(void)
{
    ARRIVE(NULL, &stack.caller_base, &stack.caller_bytes);
    stack.entry(stack.context);
    LEAVE_FOR(NULL, stack.caller_base, stack.caller_bytes);
    SWITCH_TO(stack.caller_fiber);
    stack.has_returned = true;
    setcontext(&stack.caller);
}

void own_stack_run(own_stack_entry *entry, void *context)
{
    if (stack.words == NULL)
        map();
    else if (stack.used_from < WORDS)
        fill(stack.used_from);
    stack.entry = entry;
    stack.context = context;
    if (getcontext(&stack.callee) != 0)
        abort();
    stack.callee.uc_stack.ss_sp = stack.words;
    stack.callee.uc_stack.ss_size = STACK_BYTES;
    stack.callee.uc_link = NULL;
    makecontext(&stack.callee, on_stack, 0);
    stack.caller_fiber = THIS_FIBER();
    LEAVE_FOR(&stack.kept, stack.words, STACK_BYTES);
    SWITCH_TO(stack.fiber);
    /* Not by swapcontext(): AddressSanitizer warns of it. This returns a second time. */
    stack.has_returned = false;
    if (getcontext(&stack.caller) != 0 || (!stack.has_returned && setcontext(&stack.callee) != 0))
        abort();
    ARRIVE(stack.kept, NULL, NULL);
    stack.used_from = find_used();
}

const void *own_stack_used(size_t *out_bytes)
{
    *out_bytes = (WORDS - stack.used_from) * 8;
    return stack.words != NULL ? stack.words + stack.used_from : NULL;
}
