/* SPDX-License-Identifier: Apache-2.0 */
#include "other_caller.h"

#include "faults/fault/fault.h"

#include <stddef.h>

static struct fiber stack;
static fiber_entry *expected;
static void *expected_context;
bool other_caller_is_at_work;
static bool is_its_turn; /* the first one's call has returned: there is nobody to wait for */

void other_caller_reset(void)
{
    expected = NULL;
    other_caller_is_at_work = is_its_turn = false;
}

void other_caller_expect(fiber_entry *entry, void *context)
{
    other_caller_reset();
    expected = entry;
    expected_context = context;
}

static void come(void)
{
    fiber_entry *entry = expected;
    expected = NULL;
    if (stack.words == NULL)
        fiber_map(&stack);
    other_caller_is_at_work = true;
    fiber_start(&stack, entry, expected_context);
    other_caller_is_at_work = false;
}

void other_caller_point(const void *caller)
{
    if (expected != NULL && fault_point(FAULT_THREAD_CALL, caller).action == FAULT_OTHER_CALLER)
        come();
}

bool other_caller_may_wait(void)
{
    return other_caller_is_at_work && !is_its_turn;
}

bool other_caller_waits(void)
{
    if (!other_caller_may_wait())
        return false;
    fiber_yield(&stack);
    return true;
}

void other_caller_finish(void)
{
    expected = NULL;
    if (!stack.runs)
        return;
    other_caller_is_at_work = is_its_turn = true;
    fiber_resume(&stack);
    other_caller_is_at_work = is_its_turn = false;
}
