/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/support/test.h"

#include "target/client/handle_table.h"

#include <stdlib.h>

/* On the heap: the sanitizers watch its ends. */
static struct handle_table *table;

static void make_table(void)
{
    table = calloc(1, sizeof *table);
    assert_non_null(table);
    *table = (struct handle_table)HANDLE_TABLE_INIT;
}

static void free_table(void)
{
    free(table);
}

AROUND_EACH_TEST(make_table, free_table);

static uint64_t issue(enum context_kind kind, struct handle_object *object)
{
    uint64_t value = 0;
    assert_true(handle_table_reserve(table, kind, &value));
    handle_table_publish(table, value, object);
    return value;
}

static bool is_live(enum context_kind kind, uint64_t value)
{
    struct handle_object *object = handle_table_acquire(table, kind, value);
    if (object != NULL)
        handle_table_release(table, object);
    return object != NULL;
}

TEST(handle_finds_its_own_object)
{
    struct handle_object objects[3] = {{0}};
    uint64_t values[3];
    for (int i = 0; i < 3; i++)
        values[i] = issue(CONTEXT_BACKUP, &objects[i]);
    for (int i = 0; i < 3; i++) {
        assert_ptr_equal(handle_table_acquire(table, CONTEXT_BACKUP, values[i]), &objects[i]);
        assert_int_equal(objects[i].users, 1);
        handle_table_release(table, &objects[i]);
        assert_int_equal(objects[i].users, 0);
    }
}

/* kind | generation from 1 | slot from 0: the layout of handle_table.h, by hand */
TEST(value_is_kind_generation_and_slot)
{
    struct handle_object o = {0};
    assert_true(issue(CONTEXT_BACKUP, &o) == UINT64_C(0x5a00000001000000));
    assert_true(issue(CONTEXT_RESTORE, &o) == UINT64_C(0xa500000001000001));
}

TEST(reserved_handle_is_not_live_until_published)
{
    struct handle_object o = {0};
    uint64_t value;
    assert_true(handle_table_reserve(table, CONTEXT_BACKUP, &value));
    assert_false(is_live(CONTEXT_BACKUP, value));
    assert_null(handle_table_remove(table, CONTEXT_BACKUP, value));
    assert_int_equal(handle_table_live(table), 0);
    handle_table_publish(table, value, &o);
    assert_true(is_live(CONTEXT_BACKUP, value));
    assert_int_equal(handle_table_live(table), 1);
}

TEST(cancelled_reservation_gives_the_slot_back)
{
    struct handle_object o = {0};
    uint64_t value;
    assert_true(handle_table_reserve(table, CONTEXT_BACKUP, &value));
    handle_table_cancel(table, value);
    uint64_t next = issue(CONTEXT_BACKUP, &o);
    assert_int_equal(next & 0xffffff, value & 0xffffff);
    assert_true(next != value);
    assert_false(is_live(CONTEXT_BACKUP, value));
}

TEST(removed_handle_is_dead_in_its_slot_and_in_a_reused_one)
{
    struct handle_object o = {0}, p = {0};
    uint64_t old = issue(CONTEXT_BACKUP, &o);
    assert_ptr_equal(handle_table_remove(table, CONTEXT_BACKUP, old), &o);
    assert_false(is_live(CONTEXT_BACKUP, old));
    assert_null(handle_table_remove(table, CONTEXT_BACKUP, old));
    uint64_t reused = issue(CONTEXT_BACKUP, &p);
    assert_int_equal(old & 0xffffff, reused & 0xffffff);
    assert_true(old != reused);
    assert_false(is_live(CONTEXT_BACKUP, old));
    assert_true(is_live(CONTEXT_BACKUP, reused));
}

/* contract: handle.unique */
TEST(last_generation_is_issued_and_then_retires_the_slot)
{
    struct handle_object o = {0};
    uint64_t first = issue(CONTEXT_BACKUP, &o);
    handle_table_remove(table, CONTEXT_BACKUP, first);
    table->slots[0].generation = UINT32_MAX - 2;
    for (uint32_t generation = UINT32_MAX - 1; generation != 0; generation++) {
        uint64_t value = issue(CONTEXT_BACKUP, &o);
        assert_true(value == (UINT64_C(0x5a) << 56 | (uint64_t)generation << 24));
        assert_true(is_live(CONTEXT_BACKUP, value));
        assert_ptr_equal(handle_table_remove(table, CONTEXT_BACKUP, value), &o);
        assert_false(is_live(CONTEXT_BACKUP, value));
    }
    for (int i = 0; i < 10; i++)
        assert_true((issue(CONTEXT_BACKUP, &o) & 0xffffff) != 0);
    assert_false(is_live(CONTEXT_BACKUP, UINT64_C(0x5a00000000000000)));
    assert_false(is_live(CONTEXT_BACKUP, first));
}

TEST(reservation_of_the_last_generation_retires_the_slot_too)
{
    uint64_t value;
    assert_true(handle_table_reserve(table, CONTEXT_BACKUP, &value));
    handle_table_cancel(table, value);
    table->slots[0].generation = UINT32_MAX - 1;
    assert_true(handle_table_reserve(table, CONTEXT_BACKUP, &value));
    handle_table_cancel(table, value);
    assert_true(handle_table_reserve(table, CONTEXT_BACKUP, &value));
    assert_int_equal(value & 0xffffff, 1);
}

/* contract: handle.limit */
TEST(full_table_refuses_until_a_handle_ends)
{
    struct handle_object o = {0};
    uint64_t value = 0, extra = 0x1234;
    for (unsigned i = 0; i < HANDLE_SLOTS; i++)
        value = issue(CONTEXT_BACKUP, &o);
    assert_int_equal(handle_table_live(table), HANDLE_SLOTS);
    assert_false(handle_table_reserve(table, CONTEXT_RESTORE, &extra));
    assert_int_equal(extra, 0x1234);
    /* The slot after the last one does not exist. */
    assert_false(is_live(CONTEXT_BACKUP, UINT64_C(0x5a00000001000000) + HANDLE_SLOTS));
    assert_non_null(handle_table_remove(table, CONTEXT_BACKUP, value));
    assert_true(handle_table_reserve(table, CONTEXT_RESTORE, &extra));
    assert_int_equal(extra & 0xffffff, HANDLE_SLOTS - 1);
}

TEST(table_of_retired_slots_is_full)
{
    uint64_t value;
    for (unsigned i = 0; i < HANDLE_SLOTS; i++)
        table->slots[i].generation = UINT32_MAX - 1;
    for (unsigned i = 0; i < HANDLE_SLOTS; i++) {
        assert_true(handle_table_reserve(table, CONTEXT_BACKUP, &value));
        handle_table_cancel(table, value);
    }
    assert_false(handle_table_reserve(table, CONTEXT_BACKUP, &value));
}

TEST(every_single_bit_that_is_forged_is_noticed)
{
    struct handle_object objects[3] = {{0}};
    issue(CONTEXT_BACKUP, &objects[0]);
    uint64_t value = issue(CONTEXT_BACKUP, &objects[1]);
    issue(CONTEXT_RESTORE, &objects[2]);
    for (unsigned bit = 0; bit < 64; bit++) {
        struct handle_object *found =
            handle_table_acquire(table, CONTEXT_BACKUP, value ^ UINT64_C(1) << bit);
        /* Slot 0 is a live handle as well: the one forgery that is a true value. */
        assert_ptr_equal(found, bit == 0 ? &objects[0] : NULL);
        assert_null(handle_table_acquire(table, CONTEXT_RESTORE, value ^ UINT64_C(1) << bit));
    }
}

TEST(forged_slot_with_the_generation_of_another_is_refused)
{
    struct handle_object o = {0};
    uint64_t old = issue(CONTEXT_BACKUP, &o);
    handle_table_remove(table, CONTEXT_BACKUP, old);
    uint64_t second_generation = issue(CONTEXT_BACKUP, &o);
    uint64_t other = issue(CONTEXT_BACKUP, &o);
    assert_false(is_live(CONTEXT_BACKUP, second_generation | 1));
    assert_false(is_live(CONTEXT_BACKUP, other & ~UINT64_C(1)));
}

TEST(values_that_no_table_issues_are_refused)
{
    struct handle_object o = {0};
    issue(CONTEXT_BACKUP, &o);
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
        (uint64_t)(uintptr_t)table,
        (uint64_t)(uintptr_t)issue,
        UINT64_C(0x00007f0012345678),
        UINT64_C(0xffffffff81000000),
    };
    for (size_t i = 0; i < sizeof never / sizeof *never; i++) {
        assert_false(is_live(CONTEXT_BACKUP, never[i]));
        assert_false(is_live(CONTEXT_RESTORE, never[i]));
        assert_null(handle_table_remove(table, CONTEXT_BACKUP, never[i]));
    }
}

TEST(handle_of_one_kind_is_none_of_the_other)
{
    struct handle_object o = {0};
    uint64_t backup = issue(CONTEXT_BACKUP, &o);
    uint64_t restore = issue(CONTEXT_RESTORE, &o);
    assert_false(is_live(CONTEXT_RESTORE, backup));
    assert_false(is_live(CONTEXT_BACKUP, restore));
    assert_null(handle_table_remove(table, CONTEXT_RESTORE, backup));
    /* Nor with the kind byte of the other put in its place. */
    uint64_t kinds = UINT64_C(0x5a ^ 0xa5) << 56;
    assert_false(is_live(CONTEXT_RESTORE, backup ^ kinds));
    assert_false(is_live(CONTEXT_BACKUP, restore ^ kinds));
    assert_true(is_live(CONTEXT_BACKUP, backup));
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

TEST(waiting_ends_when_the_last_user_has_left)
{
    struct handle_object o = {0};
    pthread_t thread;
    uint64_t value = issue(CONTEXT_BACKUP, &o);
    assert_non_null(handle_table_acquire(table, CONTEXT_BACKUP, value));
    struct waiter w = {table, handle_table_remove(table, CONTEXT_BACKUP, value)};
    assert_int_equal(pthread_create(&thread, NULL, release_soon, &w), 0);
    handle_table_await_unused(table, &o);
    assert_int_equal(o.users, 0);
    pthread_join(thread, NULL);
}

static unsigned destroyed;
static void count_destroyed(struct handle_object *object)
{
    (void)object;
    destroyed++;
}

TEST(unload_destroys_what_nobody_holds_and_starts_anew)
{
    struct handle_object o = {0}, held = {0};
    uint64_t value = issue(CONTEXT_BACKUP, &o);
    issue(CONTEXT_RESTORE, &held);
    handle_table_acquire(table, CONTEXT_RESTORE, UINT64_C(0xa500000001000001));
    destroyed = 0;
    handle_table_unload(table, count_destroyed);
    assert_int_equal(destroyed, 1);
    assert_int_equal(handle_table_live(table), 0);
    assert_false(is_live(CONTEXT_BACKUP, value));
    assert_true(issue(CONTEXT_BACKUP, &o) == value);
}
