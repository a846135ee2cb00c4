/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "target/client/handle_table.h"

#include <stdlib.h>

/* On the heap: the sanitizers watch its ends. */
static int make_table(void **state)
{
    struct handle_table *t = calloc(1, sizeof *t);
    *t = (struct handle_table)HANDLE_TABLE_INIT;
    *state = t;
    return 0;
}

static int free_table(void **state)
{
    free(*state);
    return 0;
}

static uint64_t issue(struct handle_table *t, enum context_kind kind, struct handle_object *object)
{
    uint64_t value = 0;
    assert_true(handle_table_reserve(t, kind, &value));
    handle_table_publish(t, value, object);
    return value;
}

static bool is_live(struct handle_table *t, enum context_kind kind, uint64_t value)
{
    struct handle_object *object = handle_table_acquire(t, kind, value);
    if (object != NULL)
        handle_table_release(t, object);
    return object != NULL;
}

static void test_handle_finds_its_own_object(void **state)
{
    struct handle_object objects[3] = {{0}};
    uint64_t values[3];
    for (int i = 0; i < 3; i++)
        values[i] = issue(*state, CONTEXT_BACKUP, &objects[i]);
    for (int i = 0; i < 3; i++) {
        assert_ptr_equal(handle_table_acquire(*state, CONTEXT_BACKUP, values[i]), &objects[i]);
        assert_int_equal(objects[i].users, 1);
        handle_table_release(*state, &objects[i]);
        assert_int_equal(objects[i].users, 0);
    }
}

/* kind | generation from 1 | slot from 0: the layout of handle_table.h, by hand */
static void test_value_is_kind_generation_and_slot(void **state)
{
    struct handle_object o = {0};
    assert_true(issue(*state, CONTEXT_BACKUP, &o) == UINT64_C(0x5a00000001000000));
    assert_true(issue(*state, CONTEXT_RESTORE, &o) == UINT64_C(0xa500000001000001));
}

static void test_reserved_handle_is_not_live_until_published(void **state)
{
    struct handle_object o = {0};
    uint64_t value;
    assert_true(handle_table_reserve(*state, CONTEXT_BACKUP, &value));
    assert_false(is_live(*state, CONTEXT_BACKUP, value));
    assert_null(handle_table_remove(*state, CONTEXT_BACKUP, value));
    assert_int_equal(handle_table_live(*state), 0);
    handle_table_publish(*state, value, &o);
    assert_true(is_live(*state, CONTEXT_BACKUP, value));
    assert_int_equal(handle_table_live(*state), 1);
}

static void test_cancelled_reservation_gives_the_slot_back(void **state)
{
    struct handle_object o = {0};
    uint64_t value;
    assert_true(handle_table_reserve(*state, CONTEXT_BACKUP, &value));
    handle_table_cancel(*state, value);
    uint64_t next = issue(*state, CONTEXT_BACKUP, &o);
    assert_int_equal(next & 0xffffff, value & 0xffffff);
    assert_true(next != value);
    assert_false(is_live(*state, CONTEXT_BACKUP, value));
}

static void test_removed_handle_is_dead_in_its_slot_and_in_a_reused_one(void **state)
{
    struct handle_object o = {0}, p = {0};
    uint64_t old = issue(*state, CONTEXT_BACKUP, &o);
    assert_ptr_equal(handle_table_remove(*state, CONTEXT_BACKUP, old), &o);
    assert_false(is_live(*state, CONTEXT_BACKUP, old));
    assert_null(handle_table_remove(*state, CONTEXT_BACKUP, old));
    uint64_t reused = issue(*state, CONTEXT_BACKUP, &p);
    assert_int_equal(old & 0xffffff, reused & 0xffffff);
    assert_true(old != reused);
    assert_false(is_live(*state, CONTEXT_BACKUP, old));
    assert_true(is_live(*state, CONTEXT_BACKUP, reused));
}

static void test_last_generation_is_issued_and_then_retires_the_slot(void **state)
{
    struct handle_table *t = *state;
    struct handle_object o = {0};
    uint64_t first = issue(t, CONTEXT_BACKUP, &o);
    handle_table_remove(t, CONTEXT_BACKUP, first);
    t->slots[0].generation = UINT32_MAX - 2;
    for (uint32_t generation = UINT32_MAX - 1; generation != 0; generation++) {
        uint64_t value = issue(t, CONTEXT_BACKUP, &o);
        assert_true(value == (UINT64_C(0x5a) << 56 | (uint64_t)generation << 24));
        assert_true(is_live(t, CONTEXT_BACKUP, value));
        assert_ptr_equal(handle_table_remove(t, CONTEXT_BACKUP, value), &o);
        assert_false(is_live(t, CONTEXT_BACKUP, value));
    }
    for (int i = 0; i < 10; i++)
        assert_true((issue(t, CONTEXT_BACKUP, &o) & 0xffffff) != 0);
    assert_false(is_live(t, CONTEXT_BACKUP, UINT64_C(0x5a00000000000000)));
    assert_false(is_live(t, CONTEXT_BACKUP, first));
}

static void test_reservation_of_the_last_generation_retires_the_slot_too(void **state)
{
    struct handle_table *t = *state;
    uint64_t value;
    assert_true(handle_table_reserve(t, CONTEXT_BACKUP, &value));
    handle_table_cancel(t, value);
    t->slots[0].generation = UINT32_MAX - 1;
    assert_true(handle_table_reserve(t, CONTEXT_BACKUP, &value));
    handle_table_cancel(t, value);
    assert_true(handle_table_reserve(t, CONTEXT_BACKUP, &value));
    assert_int_equal(value & 0xffffff, 1);
}

static void test_full_table_refuses_until_a_handle_ends(void **state)
{
    struct handle_object o = {0};
    uint64_t value = 0, extra = 0x1234;
    for (unsigned i = 0; i < HANDLE_SLOTS; i++)
        value = issue(*state, CONTEXT_BACKUP, &o);
    assert_int_equal(handle_table_live(*state), HANDLE_SLOTS);
    assert_false(handle_table_reserve(*state, CONTEXT_RESTORE, &extra));
    assert_int_equal(extra, 0x1234);
    /* The slot behind the last is none. */
    assert_false(is_live(*state, CONTEXT_BACKUP, UINT64_C(0x5a00000001000000) + HANDLE_SLOTS));
    assert_non_null(handle_table_remove(*state, CONTEXT_BACKUP, value));
    assert_true(handle_table_reserve(*state, CONTEXT_RESTORE, &extra));
    assert_int_equal(extra & 0xffffff, HANDLE_SLOTS - 1);
}

static void test_table_of_retired_slots_is_full(void **state)
{
    struct handle_table *t = *state;
    uint64_t value;
    for (unsigned i = 0; i < HANDLE_SLOTS; i++)
        t->slots[i].generation = UINT32_MAX - 1;
    for (unsigned i = 0; i < HANDLE_SLOTS; i++) {
        assert_true(handle_table_reserve(t, CONTEXT_BACKUP, &value));
        handle_table_cancel(t, value);
    }
    assert_false(handle_table_reserve(t, CONTEXT_BACKUP, &value));
}

static void test_every_single_bit_that_is_forged_is_noticed(void **state)
{
    struct handle_object objects[3] = {{0}};
    issue(*state, CONTEXT_BACKUP, &objects[0]);
    uint64_t value = issue(*state, CONTEXT_BACKUP, &objects[1]);
    issue(*state, CONTEXT_RESTORE, &objects[2]);
    for (unsigned bit = 0; bit < 64; bit++) {
        struct handle_object *found =
            handle_table_acquire(*state, CONTEXT_BACKUP, value ^ UINT64_C(1) << bit);
        /* Slot 0 is a live handle as well: the one forgery that is a true value. */
        assert_ptr_equal(found, bit == 0 ? &objects[0] : NULL);
        assert_null(handle_table_acquire(*state, CONTEXT_RESTORE, value ^ UINT64_C(1) << bit));
    }
}

static void test_forged_slot_with_the_generation_of_another_is_refused(void **state)
{
    struct handle_object o = {0};
    uint64_t old = issue(*state, CONTEXT_BACKUP, &o);
    handle_table_remove(*state, CONTEXT_BACKUP, old);
    uint64_t second_generation = issue(*state, CONTEXT_BACKUP, &o);
    uint64_t other = issue(*state, CONTEXT_BACKUP, &o);
    assert_false(is_live(*state, CONTEXT_BACKUP, second_generation | 1));
    assert_false(is_live(*state, CONTEXT_BACKUP, other & ~UINT64_C(1)));
}

static void test_values_that_no_table_issues_are_refused(void **state)
{
    struct handle_object o = {0};
    issue(*state, CONTEXT_BACKUP, &o);
    const uint64_t never[] = {
        0,
        UINT64_MAX,
        1,
        0x1000000,                    /* right but for the kind */
        UINT64_C(0x5a00000000000000), /* generation 0 */
        UINT64_C(0x5a00000001000001), /* a slot that was never touched */
        UINT64_C(0x5a00000001000fff), /* the last slot */
        UINT64_C(0x5a00000001001000), /* beyond the last */
        UINT64_C(0x5a00000001ffffff),
        UINT64_C(0x5affffffff000000),
        UINT64_C(0x0000000001000000),
        UINT64_C(0xff00000001000000),
        (uint64_t)(uintptr_t)&o,
        (uint64_t)(uintptr_t)*state,
        (uint64_t)(uintptr_t)issue,
        UINT64_C(0x00007f0012345678),
        UINT64_C(0xffffffff81000000),
    };
    for (size_t i = 0; i < sizeof never / sizeof *never; i++) {
        assert_false(is_live(*state, CONTEXT_BACKUP, never[i]));
        assert_false(is_live(*state, CONTEXT_RESTORE, never[i]));
        assert_null(handle_table_remove(*state, CONTEXT_BACKUP, never[i]));
    }
}

static void test_handle_of_one_kind_is_none_of_the_other(void **state)
{
    struct handle_object o = {0};
    uint64_t backup = issue(*state, CONTEXT_BACKUP, &o);
    uint64_t restore = issue(*state, CONTEXT_RESTORE, &o);
    assert_false(is_live(*state, CONTEXT_RESTORE, backup));
    assert_false(is_live(*state, CONTEXT_BACKUP, restore));
    assert_null(handle_table_remove(*state, CONTEXT_RESTORE, backup));
    /* Nor with the kind byte of the other put in its place. */
    uint64_t kinds = UINT64_C(0x5a ^ 0xa5) << 56;
    assert_false(is_live(*state, CONTEXT_RESTORE, backup ^ kinds));
    assert_false(is_live(*state, CONTEXT_BACKUP, restore ^ kinds));
    assert_true(is_live(*state, CONTEXT_BACKUP, backup));
}

struct waiter {
    struct handle_table *table;
    struct handle_object *object;
};

static void *release_soon(void *argument)
{
    struct waiter *w = argument;
    handle_table_release(w->table, w->object);
    return NULL;
}

static void test_waiting_ends_when_the_last_user_has_left(void **state)
{
    struct handle_object o = {0};
    pthread_t thread;
    uint64_t value = issue(*state, CONTEXT_BACKUP, &o);
    assert_non_null(handle_table_acquire(*state, CONTEXT_BACKUP, value));
    struct waiter w = {*state, handle_table_remove(*state, CONTEXT_BACKUP, value)};
    assert_int_equal(pthread_create(&thread, NULL, release_soon, &w), 0);
    handle_table_await_unused(*state, &o);
    assert_int_equal(o.users, 0);
    pthread_join(thread, NULL);
}

static unsigned destroyed;
static void count_destroyed(struct handle_object *object)
{
    (void)object;
    destroyed++;
}

static void test_unload_destroys_what_nobody_holds_and_starts_anew(void **state)
{
    struct handle_object o = {0}, held = {0};
    uint64_t value = issue(*state, CONTEXT_BACKUP, &o);
    issue(*state, CONTEXT_RESTORE, &held);
    handle_table_acquire(*state, CONTEXT_RESTORE, UINT64_C(0xa500000001000001));
    destroyed = 0;
    handle_table_unload(*state, count_destroyed);
    assert_int_equal(destroyed, 1);
    assert_int_equal(handle_table_live(*state), 0);
    assert_false(is_live(*state, CONTEXT_BACKUP, value));
    assert_true(issue(*state, CONTEXT_BACKUP, &o) == value);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, make_table, free_table)
int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_handle_finds_its_own_object),
        TEST(test_value_is_kind_generation_and_slot),
        TEST(test_reserved_handle_is_not_live_until_published),
        TEST(test_cancelled_reservation_gives_the_slot_back),
        TEST(test_removed_handle_is_dead_in_its_slot_and_in_a_reused_one),
        TEST(test_last_generation_is_issued_and_then_retires_the_slot),
        TEST(test_reservation_of_the_last_generation_retires_the_slot_too),
        TEST(test_full_table_refuses_until_a_handle_ends),
        TEST(test_table_of_retired_slots_is_full),
        TEST(test_every_single_bit_that_is_forged_is_noticed),
        TEST(test_forged_slot_with_the_generation_of_another_is_refused),
        TEST(test_values_that_no_table_issues_are_refused),
        TEST(test_handle_of_one_kind_is_none_of_the_other),
        TEST(test_waiting_ends_when_the_last_user_has_left),
        TEST(test_unload_destroys_what_nobody_holds_and_starts_anew),
    };
    return cmocka_run_group_tests_name("handle_table", tests, NULL, NULL) ? 1 : 0;
}
