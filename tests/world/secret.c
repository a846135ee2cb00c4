/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Where a password is looked for: in what is held, on the stack that calls run on, and on the wire.
 */
#include "world_test.h"

#include "faults/world/own_stack.h"
#include "faults/world/secret.h"

#include <sys/mman.h>

static const char secret[] = "hunter2!", wide[] = "h\0u\0n\0t\0e\0r\0002\0!";
enum { SECRET_BYTES = sizeof secret - 1, WIDE_BYTES = sizeof wide, FRAME_BYTES = 1 << 14 };

static void watch(void)
{
    world_reset();
    secret_watch(secret);
}

/* The compiler must not see that nobody reads it. */
#define WRITTEN(frame) __asm__ volatile("" : : "r"(frame) : "memory")

static void leave_on_the_stack(void *text)
{
    char frame[FRAME_BYTES];
    memcpy(frame + 100, text, WIDE_BYTES);
    WRITTEN(frame);
}

static void leave_nothing(void *context)
{
    *(const void **)context = __builtin_frame_address(0);
}

/* Deep below what its callers used. */
static void leave_deep_on_the_stack(void *text)
{
    char frame[FRAME_BYTES];
    frame[0] = 0;
    WRITTEN(frame);
    leave_on_the_stack(text);
    WRITTEN(frame);
}

static void look(own_stack_entry *entry, const void *text)
{
    own_stack_run(entry, (void *)(uintptr_t)text);
    secret_check_memory();
}

/* contract: identity.nowhere-else */
TEST(secret_that_a_call_leaves_on_the_stack_is_found_in_both_forms)
{
    static const char other[WIDE_BYTES] = "hunter2?";
    char padded[WIDE_BYTES] = "hunter2!";
    watch();
    look(leave_on_the_stack, other);
    assert_int_equal(ledger_summary().violations, 0);
    look(leave_on_the_stack, padded);
    assert_violation(1, "secret left in memory");
    look(leave_deep_on_the_stack, padded);
    assert_violation(2, "secret left in memory");
    look(leave_on_the_stack, wide);
    assert_violation(3, "secret left in memory");
}

TEST(stack_is_filled_anew_before_each_call)
{
    const void *frame;
    size_t used;
    char padded[WIDE_BYTES] = "hunter2!";
    watch();
    look(leave_deep_on_the_stack, padded);
    assert_int_equal(ledger_summary().violations, 1);
    const void *deepest = own_stack_used(&used);
    assert_true(used > FRAME_BYTES + FRAME_BYTES / 2);
    look(leave_nothing, &frame);
    assert_int_equal(ledger_summary().violations, 1);
    assert_true(own_stack_used(&used) > deepest);
    assert_true(used < FRAME_BYTES);
}

TEST(function_runs_on_a_stack_of_its_own)
{
    const void *frame;
    size_t used;
    own_stack_run(leave_nothing, &frame);
    const char *from = own_stack_used(&used);
    assert_true((const char *)frame >= from && (const char *)frame < from + used);
}

TEST(secret_on_the_heap_is_found_while_it_is_held)
{
    const void *frame;
    watch();
    char *block = __wrap_calloc(1, 600);
    assert_non_null(block);
    memcpy(block + 600 - SECRET_BYTES, secret, SECRET_BYTES); /* across two groups, to the end */
    look(leave_nothing, &frame);
    assert_violation(1, "secret left in memory");
    block[599] = 0;
    look(leave_nothing, &frame);
    assert_int_equal(ledger_summary().violations, 1);
    __wrap_free(block);
}

/* In blocks of any length, at any place, in both forms: also where groups end, and behind what
 * begins like it. */
TEST(secret_is_found_at_each_place)
{
    static const struct {
        const char *text;
        size_t bytes;
    } forms[] = {{secret, SECRET_BYTES}, {wide, 2 * SECRET_BYTES}};
    static char block[300];
    watch();
    memset(block, 'h', sizeof block);
    assert_false(secret_is_in(block, sizeof block));
    for (unsigned form = 0; form < 2; form++)
        for (size_t n = forms[form].bytes; n <= sizeof block; n++)
            for (size_t at = 0; at + forms[form].bytes <= n; at++) {
                memcpy(block + at, forms[form].text, forms[form].bytes);
                bool found = secret_is_in(block, n);
                block[at + forms[form].bytes - (form == 0 ? 1 : 2)] = '?';
                bool found_cut = secret_is_in(block, n);
                memset(block + at, 'h', forms[form].bytes);
                if (!found || found_cut)
                    fail_msg("form %u at %zu of %zu", form, at, n);
            }
}

TEST(secret_may_lie_in_a_mapping_that_is_locked_and_not_dumped)
{
    const void *frame;
    watch();
    char *page =
        __wrap_mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    assert_true(page != MAP_FAILED);
    memcpy(page, secret, SECRET_BYTES);
    for (unsigned step = 0, expected = 0; step < 4; step++) {
        look(leave_nothing, &frame);
        expected += step != 2; /* locked and not dumped */
        assert_int_equal(ledger_summary().violations, expected);
        int result = step == 0   ? __wrap_mlock(page, 4096)
                     : step == 1 ? __wrap_madvise(page, 4096, MADV_DONTDUMP)
                                 : __wrap_munlock(page, 4096);
        assert_int_equal(result, 0);
    }
    memset(page, 0, SECRET_BYTES);
    assert_int_equal(__wrap_munmap(page, 4096), 0);
}

TEST(secret_travels_to_the_server_over_a_local_socket_alone)
{
    static const struct {
        bool to_server, local;
    } ways[] = {{true, true}, {true, false}, {false, true}, {false, false}};
    for (size_t i = 0; i < sizeof ways / sizeof *ways; i++) {
        watch();
        secret_check_sent("hunter2?", 8, ways[i].to_server, ways[i].local);
        assert_int_equal(ledger_summary().violations, 0);
        secret_check_sent(secret, SECRET_BYTES, ways[i].to_server, ways[i].local);
        assert_int_equal(ledger_summary().violations, i > 0);
    }
}
