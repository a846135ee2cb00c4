/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Memory and the ledger's account of it.
 */
#if defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(memory_sanitizer)
#define UNDER_SANITIZER
#endif
#endif

#include "tests/support/test.h"

#include "faults/fault/fault.h"
#include "faults/seam/wrap.h"
#include "faults/world/ledger.h"
#include "faults/world/secret.h"
#include "faults/world/world.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

static uint32_t held(enum world_side side)
{
    return ledger_summary().outstanding[side];
}

TEST(failed_realloc_leaves_the_old_block_valid)
{
    world_reset();
    char *block = __wrap_malloc(4);
    assert_non_null(block);
    memcpy(block, "abc", 4);
    assert_true(fault_arm(&(struct fault){.class = FAULT_MEM_ALLOC, .nth = 1}));
    assert_null(__wrap_realloc(block, 100));
    assert_int_equal(errno, ENOMEM);
    assert_string_equal(block, "abc");
    assert_int_equal(held(WORLD_CLIENT), 1);
    __wrap_free(block);
    assert_int_equal(ledger_summary().violations, 0);
}

TEST(realloc_keeps_the_content_and_counts_one_block)
{
    world_reset();
    char *block = __wrap_realloc(NULL, 4);
    assert_non_null(block);
    memcpy(block, "abc", 4);
    block = __wrap_realloc(block, 4000);
    assert_non_null(block);
    assert_string_equal(block, "abc");
    assert_int_equal(held(WORLD_CLIENT), 1);
    assert_int_equal(ledger_summary().bytes[WORLD_CLIENT], 4000);
    assert_null(__wrap_realloc(block, 0));
    assert_int_equal(held(WORLD_CLIENT), 0);
}

TEST(realloc_of_what_is_not_held_gives_a_new_block_and_leaves_the_other)
{
    char local[8] = "local";
    world_reset();
    char *block = __wrap_realloc(local, 100);
    assert_non_null(block);
    assert_string_equal(local, "local");
    assert_string_equal(ledger_violation_name(0), "release of what was never acquired");
    assert_int_equal(held(WORLD_CLIENT), 1);
    __wrap_free(block);
    assert_int_equal(held(WORLD_CLIENT), 0);
    assert_int_equal(ledger_summary().violations, 1);
}

TEST(realloc_to_less_keeps_what_fits)
{
    world_reset();
    char *block = __wrap_malloc(100);
    assert_non_null(block);
    memcpy(block, "abcdef", 7);
    block = __wrap_realloc(block, 3);
    assert_non_null(block);
    assert_memory_equal(block, "abc", 3);
    assert_int_equal(ledger_summary().bytes[WORLD_CLIENT], 3);
    __wrap_free(block);
}

TEST(calloc_gives_zeros_and_refuses_what_overflows)
{
    static const char zeros[100];
    world_reset();
    secret_watch("xxxxxxxx"); /* fresh memory of malloc() is then filled; this is not */
    char *block = __wrap_calloc(10, 10);
    assert_non_null(block);
    assert_memory_equal(block, zeros, sizeof zeros);
    assert_int_equal(ledger_summary().bytes[WORLD_CLIENT], 100);
    __wrap_free(block);
    /* Not a constant: the compiler would say that it overflows. */
    volatile size_t half = SIZE_MAX / 2;
    assert_null(__wrap_calloc(3, half));
    assert_int_equal(errno, ENOMEM);
    assert_int_equal(held(WORLD_CLIENT), 0);
}

TEST(failed_mapping_is_not_held)
{
    world_reset();
    assert_true(fault_arm(&(struct fault){.class = FAULT_MEM_MAP, .nth = 1}));
    assert_true(__wrap_mmap(NULL, 4096, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) ==
                MAP_FAILED);
    assert_int_equal(errno, ENOMEM);
    /* No fault: the kernel's own refusal. */
    assert_true(__wrap_mmap(NULL, 0, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) == MAP_FAILED);
    assert_int_equal(held(WORLD_CLIENT), 0);
}

TEST(free_keeps_errno_and_ignores_null)
{
    world_reset();
    void *block = __wrap_malloc(1);
    errno = EIO;
    __wrap_free(block);
    __wrap_free(NULL);
    assert_int_equal(errno, EIO);
    assert_int_equal(ledger_summary().violations, 0);
}

TEST(double_free_is_told_from_a_free_of_nothing)
{
    int local = 0;
    world_reset();
    void *block = __wrap_malloc(1);
    void *stale = block;
    __wrap_free(block);
    __wrap_free(stale);
    __wrap_free(&local);
    assert_int_equal(ledger_summary().violations, 2);
    assert_string_equal(ledger_violation_name(0), "double release");
    assert_string_equal(ledger_violation_name(1), "release of what was never acquired");
}

TEST(memory_belongs_to_the_side_that_acquired_it)
{
    world_reset();
    void *of_client = __wrap_malloc(1);
    assert_int_equal(world_set_side(WORLD_SERVER), WORLD_CLIENT);
    void *of_server = __wrap_malloc(1);
    assert_int_equal(held(WORLD_CLIENT), 1);
    assert_int_equal(held(WORLD_SERVER), 1);
    /* The other side gives it back: still its holder's. */
    __wrap_free(of_client);
    assert_int_equal(held(WORLD_CLIENT), 0);
    assert_int_equal(held(WORLD_SERVER), 1);
    __wrap_free(of_server);
    assert_int_equal(held(WORLD_SERVER), 0);
}

TEST(memory_of_the_harness_is_exempt)
{
    world_reset();
    assert_true(
        fault_arm(&(struct fault){.class = FAULT_MEM_ALLOC, .nth = 1, .shape = FAULT_PERSISTENT}));
    void *block = malloc(10);
    assert_non_null(block);
    assert_int_equal(held(WORLD_CLIENT), 0);
    assert_int_equal(world_steps(), 0);
    free(block);
}

TEST(secret_in_a_freed_block_is_a_violation)
{
    world_reset();
    secret_watch("hunter2!");
    char *clean = __wrap_calloc(1, 32), *dirty = __wrap_calloc(1, 32);
    assert_true(clean != NULL && dirty != NULL);
    memcpy(dirty + 20, "hunter2!", 8);
    __wrap_free(clean);
    assert_int_equal(ledger_summary().violations, 0);
    __wrap_free(dirty);
    assert_int_equal(ledger_summary().violations, 1);
    assert_string_equal(ledger_violation_name(0), "secret in released memory");
}

TEST(writing_beyond_the_end_of_a_block_is_a_violation)
{
#if defined(__SANITIZE_ADDRESS__) || defined(UNDER_SANITIZER)
    skip(); /* it sees that by itself, and ends the process */
#endif
    world_reset();
    for (size_t size = 0; size < 40; size++) {
        uint8_t *whole = __wrap_malloc(size),
                *grown = __wrap_realloc(__wrap_calloc(1, 3), size + 1);
        memset(whole, 0, size);
        memset(grown, 0, size + 1);
        __wrap_free(whole);
        __wrap_free(grown);
    }
    assert_int_equal(ledger_summary().violations, 0);
    uint8_t *block = __wrap_malloc(24), *other = __wrap_calloc(1, 24);
    volatile uint8_t *beyond = block;
    beyond[24] = 0;
    __wrap_free(block);
    assert_int_equal(ledger_summary().violations, 1);
    beyond = other;
    beyond[24 + 15] = 0;
    __wrap_free(__wrap_realloc(other, 100));
    assert_int_equal(ledger_summary().violations, 2);
    assert_string_equal(ledger_violation_name(1), "written beyond its end");
}

TEST(mapping_is_held_until_unmapped)
{
    world_reset();
    void *mapping =
        __wrap_mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    assert_true(mapping != MAP_FAILED);
    assert_int_equal(__wrap_mlock(mapping, 4096), 0);
    assert_int_equal(held(WORLD_CLIENT), 1);
    assert_int_equal(__wrap_munmap(mapping, 4096), 0);
    assert_int_equal(held(WORLD_CLIENT), 0);
    assert_int_equal(__wrap_munmap(mapping, 4096), -1);
    assert_int_equal(errno, EINVAL);
    assert_string_equal(ledger_violation_name(0), "double release");
}

TEST(leak_report_names_bytes_side_and_call)
{
    world_reset();
    world_set_call(3);
    void *block = __wrap_malloc(88);
    char *text = NULL;
    size_t n = 0;
    FILE *out = open_memstream(&text, &n);
    assert_non_null(out);
    ledger_print(out);
    fclose(out);
    assert_non_null(strstr(text, "88 bytes"));
    assert_non_null(strstr(text, "client"));
    assert_non_null(strstr(text, "call 4"));
    free(text);
    __wrap_free(block);
}

TEST(reset_empties_the_ledger)
{
    world_reset();
    void *forgotten = __wrap_malloc(1);
    __wrap_free(&forgotten);
    assert_int_equal(ledger_summary().violations, 1);
    world_reset();
    assert_int_equal(held(WORLD_CLIENT), 0);
    assert_int_equal(ledger_summary().violations, 0);
    free(forgotten);
}
