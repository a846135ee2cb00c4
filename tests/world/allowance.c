/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a side holds is held against the bytes that it has received.
 */
#include "world_test.h"

#include "faults/world/allowance.h"

#include <sys/mman.h>

enum { BASE = 100, PERCENT = 150, EACH = 40 };

static void allow(void)
{
    world_reset();
    allowance_set(WORLD_CLIENT, (struct allowance){BASE, PERCENT, EACH});
}

TEST(memory_up_to_the_allowance_is_no_violation_and_one_byte_more_is)
{
    allow();
    allowance_received(WORLD_CLIENT, 20);
    void *block = __wrap_malloc(BASE + 30);
    assert_int_equal(ledger_summary().violations, 0);
    void *more = __wrap_malloc(1);
    assert_violation(1, "memory");
    __wrap_free(block);
    __wrap_free(more);
}

TEST(connection_allows_more)
{
    allow();
    allowance_connected(WORLD_CLIENT);
    allowance_connected(WORLD_CLIENT);
    allowance_connected(WORLD_SERVER);
    void *block = __wrap_malloc(BASE + 2 * EACH);
    assert_int_equal(ledger_summary().violations, 0);
    void *more = __wrap_malloc(1);
    assert_violation(1, "memory");
    __wrap_free(block);
    __wrap_free(more);
}

TEST(memory_that_was_given_back_does_not_count)
{
    allow();
    for (int i = 0; i < 3; i++) {
        void *block = __wrap_calloc(1, BASE);
        block = __wrap_realloc(block, BASE);
        __wrap_free(block);
    }
    assert_int_equal(ledger_summary().violations, 0);
}

TEST(mapping_counts_as_memory_does)
{
    allow();
    void *mapping =
        __wrap_mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    assert_violation(1, "memory");
    assert_int_equal(__wrap_munmap(mapping, 4096), 0);
}

TEST(each_side_has_its_own_allowance_and_a_reset_ends_it)
{
    allow();
    world_set_side(WORLD_SERVER);
    void *block = __wrap_malloc(10 * BASE);
    world_set_side(WORLD_CLIENT);
    assert_int_equal(ledger_summary().violations, 0);
    __wrap_free(block);
    world_reset();
    block = __wrap_malloc(10 * BASE);
    assert_int_equal(ledger_summary().violations, 0);
    __wrap_free(block);
}
