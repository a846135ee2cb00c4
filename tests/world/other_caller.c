/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Another thread that calls while a call is under way.
 */
#include "faults/world/other_caller.h"

#include "faults/fault/fault.h"
#include "tests/support/child.h"
#include "tests/support/test.h"
#include "world_test.h"

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t condition = PTHREAD_COND_INITIALIZER;
static bool first_is_done;
static char story[16];

static void tell(char what)
{
    size_t n = strlen(story);
    assert_true(n + 1 < sizeof story);
    story[n] = what;
    story[n + 1] = '\0';
}

static void expect(fiber_entry *entry)
{
    world_reset();
    story[0] = '\0';
    first_is_done = false;
    arm(FAULT_THREAD_CALL, "end", 1, FAULT_ONE_SHOT);
    other_caller_expect(entry, story);
}

static void call_and_return(void *context)
{
    assert_ptr_equal(context, story);
    assert_true(other_caller_works());
    tell('o');
}

TEST(other_caller_comes_once_where_the_fault_is)
{
    expect(call_and_return);
    other_caller_point(NULL);
    assert_string_equal(story, "o");
    assert_false(other_caller_works());
    other_caller_point(NULL);
    other_caller_finish();
    assert_string_equal(story, "o");
}

TEST(nobody_comes_without_a_fault_or_when_nobody_is_expected)
{
    expect(call_and_return);
    fault_disarm_all();
    other_caller_point(NULL);
    expect(NULL);
    other_caller_point(NULL);
    other_caller_finish();
    assert_string_equal(story, "");
}

static void await_the_first(void *context)
{
    (void)context;
    __wrap_pthread_mutex_lock(&mutex);
    tell('w');
    while (!first_is_done)
        __wrap_pthread_cond_wait(&condition, &mutex);
    tell('o');
    __wrap_pthread_mutex_unlock(&mutex);
}

TEST(other_caller_waits_for_a_condition_until_the_first_has_returned)
{
    expect(await_the_first);
    other_caller_point(NULL);
    /* It waits without the lock. */
    assert_int_equal(ledger_summary().locks, 0);
    tell('f');
    first_is_done = true;
    other_caller_finish();
    assert_string_equal(story, "wfo");
    assert_int_equal(ledger_summary().locks, 0);
    assert_no_violation();
}

static void take_the_lock(void *context)
{
    (void)context;
    tell(__wrap_pthread_mutex_trylock(&mutex) == EBUSY ? 'b' : 't');
    assert_int_equal(__wrap_pthread_mutex_lock(&mutex), 0);
    tell('o');
    __wrap_pthread_mutex_unlock(&mutex);
}

TEST(other_caller_waits_for_a_lock_until_the_first_has_returned)
{
    expect(take_the_lock);
    __wrap_pthread_mutex_lock(&mutex);
    other_caller_point(NULL);
    tell('f');
    __wrap_pthread_mutex_unlock(&mutex);
    other_caller_finish();
    assert_string_equal(story, "bfo");
    assert_no_violation();
}

static void take_what_is_kept(void *context)
{
    (void)context;
    if (__wrap_pthread_mutex_lock(&mutex) == EDEADLK)
        tell('d');
}

TEST(lock_that_the_first_keeps_is_a_violation_of_the_others)
{
    expect(take_what_is_kept);
    __wrap_pthread_mutex_lock(&mutex);
    other_caller_point(NULL);
    assert_no_violation();
    other_caller_finish();
    assert_string_equal(story, "d");
    assert_violation(1, "locked twice");
}

static void wait_for_nothing(void *context)
{
    (void)context;
    expect(await_the_first);
    other_caller_point(NULL);
    other_caller_finish();
}

TEST(condition_that_nobody_makes_true_is_a_wait_without_end)
{
    struct child child;
    child_run(&child, wait_for_nothing, NULL);
    assert_child_said(&child, "FINDING wait without end");
}
