/* SPDX-License-Identifier: Apache-2.0 */
/*
 * buffer.c. That memory is wiped before it is freed cannot be seen from here; the world's ledger
 * looks at it.
 */
#include "tests/support/test.h"

#include "target/rpc/buffer.h"

#include <string.h>

TEST(a_new_buffer_owns_nothing)
{
    struct buffer b = BUFFER_INIT;
    assert_null(b.data);
    assert_int_equal(b.length, 0);
    assert_int_equal(b.capacity, 0);
    buffer_destroy(&b);
}

TEST(appended_bytes_survive_growth)
{
    struct buffer b = BUFFER_INIT;
    for (unsigned i = 0; i < 100000; i++) {
        uint8_t byte = (uint8_t)(i * 7);
        assert_true(buffer_append(&b, &byte, 1));
    }
    assert_int_equal(b.length, 100000);
    for (unsigned i = 0; i < 100000; i++)
        assert_int_equal(b.data[i], (uint8_t)(i * 7));
    buffer_destroy(&b);
}

TEST(appending_nothing_needs_no_bytes)
{
    struct buffer b = BUFFER_INIT;
    assert_true(buffer_append(&b, NULL, 0));
    assert_int_equal(b.length, 0);
    assert_null(b.data);
}

TEST(extend_by_nothing_is_not_out_of_memory)
{
    struct buffer b = BUFFER_INIT;
    assert_non_null(buffer_extend(&b, 0));
    assert_int_equal(b.length, 0);
    buffer_destroy(&b);
}

TEST(extend_within_reserved_room_does_not_move_the_bytes)
{
    struct buffer b = BUFFER_INIT;
    assert_true(buffer_reserve(&b, 5000));
    const uint8_t *before = b.data;
    for (unsigned i = 0; i < 5000; i++)
        assert_ptr_equal(buffer_extend(&b, 1), before + i);
    assert_ptr_equal(b.data, before);
    buffer_destroy(&b);
}

/* Memory is bounded by the bytes that justify it: what is large is not doubled. */
TEST(room_that_is_large_from_the_first_is_not_rounded_up)
{
    enum { SIZE = 100001 };
    struct buffer b = BUFFER_INIT;
    assert_true(buffer_reserve(&b, SIZE));
    assert_int_equal(b.capacity, SIZE);
    buffer_destroy(&b);
}

TEST(impossible_size_is_refused_and_changes_nothing)
{
    struct buffer b = BUFFER_INIT;
    assert_true(buffer_append(&b, "abc", 3));
    struct buffer before = b;
    const size_t impossible[] = {SIZE_MAX, SIZE_MAX - 3, SIZE_MAX / 2, SIZE_MAX / 2 - 2};
    for (size_t i = 0; i < sizeof impossible / sizeof *impossible; i++) {
        assert_false(buffer_reserve(&b, impossible[i]));
        assert_null(buffer_extend(&b, impossible[i]));
        assert_memory_equal(&b, &before, sizeof b);
    }
    assert_memory_equal(b.data, "abc", 3);
    buffer_destroy(&b);
}

TEST(consume_keeps_the_rest_and_wipes_its_old_place)
{
    struct buffer b = BUFFER_INIT;
    assert_true(buffer_append(&b, "secret, rest", 12));
    buffer_consume(&b, 8);
    assert_int_equal(b.length, 4);
    assert_memory_equal(b.data, "rest", 4);
    for (size_t i = 4; i < 12; i++)
        assert_int_equal(b.data[i], 0);
    buffer_consume(&b, 0);
    assert_int_equal(b.length, 4);
    buffer_consume(&b, 4);
    assert_int_equal(b.length, 0);
    assert_int_equal(b.data[0], 0);
    buffer_destroy(&b);
}

TEST(clear_wipes_and_keeps_the_memory)
{
    struct buffer b = BUFFER_INIT;
    buffer_clear(&b);
    assert_true(buffer_append(&b, "secret", 6));
    const uint8_t *memory = b.data;
    size_t capacity = b.capacity;
    buffer_clear(&b);
    assert_int_equal(b.length, 0);
    assert_ptr_equal(b.data, memory);
    assert_int_equal(b.capacity, capacity);
    for (size_t i = 0; i < 6; i++)
        assert_int_equal(b.data[i], 0);
    buffer_destroy(&b);
}

TEST(destroy_leaves_an_empty_buffer_twice)
{
    struct buffer b = BUFFER_INIT;
    assert_true(buffer_append(&b, "secret", 6));
    for (int i = 0; i < 2; i++) {
        buffer_destroy(&b);
        assert_null(b.data);
        assert_int_equal(b.length, 0);
        assert_int_equal(b.capacity, 0);
    }
}
