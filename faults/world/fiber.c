/* SPDX-License-Identifier: Apache-2.0 */
#include "fiber.h"

#include "any_memory.h"
#include "faults/fault/sanitizers.h"

#include <stdlib.h>
#include <sys/mman.h>

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
enum { GUARD_BYTES = 4096 };

void fiber_map(struct fiber *f)
{
    uint8_t *base = mmap(NULL, GUARD_BYTES + STACK_BYTES, PROT_READ | PROT_WRITE,
                         MAP_PRIVATE | MAP_ANONYMOUS | MAP_STACK, -1, 0);
    if (base == MAP_FAILED || mprotect(base, GUARD_BYTES, PROT_NONE) != 0)
        abort();
    f->words = (uint64_t *)(void *)(base + GUARD_BYTES);
    f->bytes = STACK_BYTES;
    f->here.fiber = MAKE_FIBER();
}

/* Not by swapcontext(): AddressSanitizer warns of it. getcontext() returns a second time. */
READS_ANY_MEMORY static void swap(struct fiber_place *from, struct fiber_place *to)
{
    SWITCH_TO(to->fiber);
    from->comes_back = false;
    if (getcontext(&from->registers) != 0)
        abort();
    if (from->comes_back)
        return;
    to->comes_back = true;
    setcontext(&to->registers);
    abort();
}

/* The one that makecontext() can pass nothing to. */
static struct fiber *started;

/* Never returns: its frame is the one that is left for good. */
__attribute__((noinline)) READS_ANY_MEMORY static void on_stack(void)
{
    struct fiber *f = started;
    ARRIVE(NULL, &f->caller_base, &f->caller_bytes);
    f->entry(f->context);
    f->runs = false;
    LEAVE_FOR(NULL, f->caller_base, f->caller_bytes);
    swap(&f->here, &f->caller);
}

static void enter(struct fiber *f)
{
    f->caller.fiber = THIS_FIBER();
    LEAVE_FOR(&f->caller.kept, f->words, f->bytes);
    swap(&f->caller, &f->here);
    ARRIVE(f->caller.kept, NULL, NULL);
}

void fiber_start(struct fiber *f, fiber_entry *entry, void *context)
{
    f->entry = entry;
    f->context = context;
    f->runs = true;
    if (getcontext(&f->here.registers) != 0)
        abort();
    f->here.registers.uc_stack.ss_sp = f->words;
    f->here.registers.uc_stack.ss_size = f->bytes;
    f->here.registers.uc_link = NULL;
    makecontext(&f->here.registers, on_stack, 0);
    started = f;
    enter(f);
}

void fiber_yield(struct fiber *f)
{
    LEAVE_FOR(&f->here.kept, f->caller_base, f->caller_bytes);
    swap(&f->here, &f->caller);
    ARRIVE(f->here.kept, &f->caller_base, &f->caller_bytes);
}

void fiber_resume(struct fiber *f)
{
    enter(f);
}
