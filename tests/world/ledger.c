/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The ledger's own book-keeping: exact however much is held, and the text of its report.
 */
#include "tests/support/test.h"
#include "world_test.h"

#include "faults/world/secret.h"

#include <sys/mman.h>

enum { MANY = 20000 };

/* Addresses as an allocator gives them: a multiple of 16, near to each other. */
static uint64_t id(uint32_t i)
{
    return 0x5555557a2000u + 48 * (uint64_t)i;
}

TEST(much_that_is_held_is_known_each_with_its_size)
{
    world_reset();
    for (uint32_t i = 0; i < MANY; i++)
        ledger_acquire(LEDGER_MEMORY, id(i), i + 1);
    assert_held(MANY);
    assert_int_equal(ledger_summary().bytes[WORLD_CLIENT], (uint64_t)MANY * (MANY + 1) / 2);
    for (uint32_t i = 0; i < MANY; i++)
        assert_int_equal(ledger_size(LEDGER_MEMORY, id(i)), i + 1);
    for (uint32_t i = MANY; i-- > 0;)
        assert_true(ledger_release(LEDGER_MEMORY, id(i)));
    assert_held(0);
    assert_int_equal(ledger_summary().bytes[WORLD_CLIENT], 0);
    assert_no_violation();
}

TEST(what_was_released_makes_room_and_what_is_held_stays)
{
    world_reset();
    for (uint32_t i = 0; i < 10 * MANY; i++) {
        ledger_acquire(LEDGER_MEMORY, id(i), i + 1);
        if (i % 20 != 0)
            assert_true(ledger_release(LEDGER_MEMORY, id(i)));
    }
    assert_no_violation();
    assert_held(MANY / 2);
    for (uint32_t i = 0; i < 10 * MANY; i += 20) {
        assert_int_equal(ledger_size(LEDGER_MEMORY, id(i)), i + 1);
        assert_true(ledger_release(LEDGER_MEMORY, id(i)));
    }
    assert_held(0);
}

TEST(more_than_the_ledger_takes_is_an_overflow_and_loses_nothing)
{
    uint32_t n = 0;
    world_reset();
    for (; ledger_summary().violations == 0; n++)
        ledger_acquire(LEDGER_MEMORY, id(n), 1);
    assert_violation(1, "ledger overflow");
    assert_true(n > MANY);
    assert_held(n - 1);
    for (uint32_t i = 0; i < n - 1; i++)
        assert_true(ledger_release(LEDGER_MEMORY, id(i)));
    assert_held(0);
}

TEST(reset_forgets_all_of_much)
{
    world_reset();
    for (uint32_t i = 0; i < MANY; i++)
        ledger_acquire(LEDGER_MEMORY, id(i), 1);
    world_reset();
    assert_held(0);
    for (uint32_t i = 0; i < MANY; i++)
        assert_int_equal(ledger_size(LEDGER_MEMORY, id(i)), 0);
    /* As many again: what the index held before must not be found when it grows. */
    for (uint32_t i = 0; i < MANY; i++)
        ledger_acquire(LEDGER_MEMORY, id(i), 2);
    assert_held(MANY);
    assert_false(ledger_release(LEDGER_MEMORY, id(MANY)));
    assert_violation(1, "release of what was never acquired");
}

TEST(one_number_may_be_held_as_several_kinds)
{
    world_reset();
    for (int k = 0; k < LEDGER_KINDS; k++)
        ledger_acquire((enum ledger_kind)k, 77, (size_t)k + 1);
    assert_held(LEDGER_KINDS);
    for (int k = 0; k < LEDGER_KINDS; k++) {
        assert_int_equal(ledger_size((enum ledger_kind)k, 77), (size_t)k + 1);
        assert_true(ledger_release((enum ledger_kind)k, 77));
        assert_false(ledger_release((enum ledger_kind)k, 77));
        assert_violation((uint32_t)k + 1, "double release");
    }
    assert_held(0);
}

TEST(what_is_acquired_twice_and_released_once_is_left)
{
    world_reset();
    ledger_acquire(LEDGER_MUTEX, 77, 0);
    ledger_acquire(LEDGER_MUTEX, 77, 0);
    assert_true(ledger_release(LEDGER_MUTEX, 77));
    assert_held(1);
    assert_true(report_says("holds a mutex"));
}

TEST(violations_are_counted_beyond_those_that_are_kept)
{
    world_reset();
    for (uint32_t i = 0; i < 100; i++)
        assert_false(ledger_release(LEDGER_DESCRIPTOR, i));
    assert_int_equal(ledger_summary().violations, 100);
    assert_string_equal(ledger_violation_name(15), "release of what was never acquired");
    assert_string_equal(ledger_violation_text(15), "descriptor of the client, in call 1");
}

TEST(report_names_who_acquired_and_who_released_wrongly)
{
    int local;
    world_reset();
    void *block = __wrap_malloc(88);
    assert_true(report_says("leak: the client holds 88 bytes of memory"));
    assert_true(report_says(__func__));
    __wrap_free(block);
    assert_false(report_says(__func__));
    __wrap_free(&local);
    assert_true(report_says("release of what was never acquired: memory of the client, in call 1"));
    assert_true(report_says(__func__));
}

TEST(report_says_when_it_does_not_show_all)
{
    world_reset();
    for (uint32_t i = 0; i < 11; i++)
        ledger_acquire(LEDGER_DIRECTORY, id(i), 0);
    assert_true(report_says("holds a directory stream"));
    assert_true(report_says("and 3 things more"));
}

TEST(calls_around_the_program_have_names)
{
    static const struct {
        uint32_t call;
        const char *text;
    } rows[] = {{WORLD_CALL_SET_UP, "acquired in the set-up by"},
                {0, "acquired in call 1 by"},
                {WORLD_CALL_CLEAN_UP, "acquired in the clean-up by"},
                {WORLD_CALL_AFTERWARDS, "acquired in the clean-up by"}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        world_reset();
        world_set_call(rows[i].call);
        ledger_acquire(LEDGER_MEMORY, 77, 1);
        assert_true(report_says(rows[i].text));
    }
}

/* Secrets ------------------------------------------------------------------------------------ */

static const char secret[] = "hunter2!";
enum { SECRET_BYTES = sizeof secret - 1 };

static void watch(void)
{
    world_reset();
    secret_watch(secret);
}

TEST(secret_in_what_realloc_gives_up_is_a_violation)
{
    watch();
    char *block = __wrap_malloc(32);
    assert_non_null(block);
    memset(block, 0, 32);
    memcpy(block + 24, secret, SECRET_BYTES); /* its last bytes */
    block = __wrap_realloc(block, 64);
    assert_violation(1, "secret in released memory");
    assert_non_null(block);
    memset(block, 0, 64);
    __wrap_free(block);
    assert_int_equal(ledger_summary().violations, 1);
}

TEST(secret_in_a_mapping_is_a_violation_when_it_is_unmapped)
{
    watch();
    for (int wiped = 1; wiped >= 0; wiped--) {
        char *mapping =
            __wrap_mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        assert_true(mapping != MAP_FAILED);
        memcpy(mapping + 4000, secret, SECRET_BYTES - (size_t)wiped);
        assert_int_equal(__wrap_munmap(mapping, 4096), 0);
        assert_int_equal(ledger_summary().violations, !wiped);
    }
    assert_violation(1, "secret in released memory");
}

TEST(secret_that_the_harness_left_on_the_heap_is_not_the_targets)
{
    watch();
    char *harness = malloc(512);
    assert_non_null(harness);
    for (size_t at = 0; at + SECRET_BYTES <= 512; at += SECRET_BYTES)
        memcpy(harness + at, secret, SECRET_BYTES);
    free(harness);
    void *block = __wrap_malloc(512); /* the same bytes, mostly */
    assert_non_null(block);
    __wrap_free(block);
    assert_no_violation();
}

TEST(reset_ends_the_watch)
{
    watch();
    assert_true(secret_is_watched());
    world_reset();
    assert_false(secret_is_watched());
    char *block = __wrap_malloc(SECRET_BYTES);
    assert_non_null(block);
    memcpy(block, secret, SECRET_BYTES);
    __wrap_free(block);
    assert_no_violation();
}

struct watched {
    unsigned acquired, released;
    struct ledger_resource last;
};

static void note_resource(bool acquired, const struct ledger_resource *r, void *context)
{
    struct watched *w = context;
    w->acquired += acquired;
    w->released += !acquired;
    w->last = *r;
}

TEST(watcher_sees_each_acquisition_and_release_until_it_leaves)
{
    struct watched w = {0};
    world_reset();
    ledger_watch(note_resource, &w);
    void *block = __wrap_malloc(88);
    assert_int_equal(w.acquired, 1);
    assert_int_equal(w.last.bytes, 88);
    assert_int_equal(w.last.id, (uint64_t)(uintptr_t)block);
    world_reset();
    void *other = __wrap_malloc(1);
    assert_int_equal(w.acquired, 2);
    __wrap_free(other);
    assert_int_equal(w.released, 1);
    assert_int_equal(w.last.bytes, 1);
    /* What is not held is released by nobody. */
    __wrap_free(other);
    assert_int_equal(w.released, 1);
    ledger_watch(NULL, NULL);
    __wrap_free(__wrap_malloc(1));
    assert_int_equal(w.acquired, 2);
    free(block);
}

TEST(locks_that_are_taken_are_listed_with_who_took_them)
{
    pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
    struct ledger_resource l;
    uint32_t cursor = 0;
    world_reset();
    assert_false(ledger_next_lock(&cursor, &l));
    world_set_call(3);
    assert_int_equal(__wrap_pthread_mutex_lock(&mutex), 0);
    assert_true(ledger_next_lock(&cursor, &l));
    assert_int_equal(l.call, 3);
    assert_ptr_equal(l.stack[0], l.caller);
    assert_null(l.stack[1]);
    assert_false(ledger_next_lock(&cursor, &l));
    assert_int_equal(__wrap_pthread_mutex_unlock(&mutex), 0);
}
