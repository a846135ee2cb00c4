/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Inputs of the wire drivers become smaller: instructions go, then bytes of them, then fields.
 */
#include "tests/support/test.h"

#include "fuzz/search/minimise_bytes.h"

#include <string.h>

/* A record: how many bytes follow, in 16 bits, and these. */
static struct minimise_part take_record(const uint8_t *bytes, size_t n)
{
    size_t length = n >= 2 ? (size_t)bytes[0] | (size_t)bytes[1] << 8 : 0;
    return (struct minimise_part){.size = 2 + length, .length_at = 0, .length_bytes = 2};
}

static struct minimise_part take_four(const uint8_t *bytes, size_t n)
{
    (void)bytes, (void)n;
    return (struct minimise_part){.size = 4};
}

static unsigned trials;

/* The head is 7, and some whole record begins with the text. */
static bool shows_record(const uint8_t *bytes, size_t n, void *context)
{
    const char *wanted = context;
    size_t length = strlen(wanted);
    trials++;
    if (n == 0 || bytes[0] != 7)
        return false;
    for (size_t at = 1; at + 2 <= n;) {
        struct minimise_part part = take_record(bytes + at, n - at);
        if (at + part.size > n)
            return false;
        if (part.size >= 2 + length && memcmp(bytes + at + 2, wanted, length) == 0)
            return true;
        at += part.size;
    }
    return false;
}

TEST(only_the_record_that_matters_stays_with_the_bytes_that_matter)
{
    uint8_t bytes[] = "\x07"
                      "\x03\x00xyz"
                      "\x05\x00wanda"
                      "\x08\x00want-more"
                      "\x00\x00"
                      "\x02\x00no";
    /* The record says eight; its ninth byte is torn: the last ones move. */
    size_t n = sizeof bytes - 1;
    assert_memory_equal(bytes + 13, "\x08\x00want-more", 11);
    bytes[13] = 9;
    struct minimise_input input = {1, take_record, shows_record, "want"};
    assert_true(shows_record(bytes, n, "want"));
    n = minimise_bytes(&input, bytes, n);
    assert_int_equal(n, 7);
    assert_memory_equal(bytes, "\x07\x04\x00want", 7);
}

/* Any instruction with a 5 in its first byte and, in the same input, a 9 in the fourth of one after
 * it. */
static bool shows_pair(const uint8_t *bytes, size_t n, void *context)
{
    bool five = false;
    (void)context;
    trials++;
    for (size_t at = 0; at + 4 <= n; at += 4) {
        if (five && bytes[at + 3] == 9)
            return true;
        five |= bytes[at] == 5;
    }
    return false;
}

TEST(instructions_that_need_each_other_stay_and_their_other_fields_become_zero)
{
    uint8_t bytes[4 * 40];
    struct minimise_input input = {0, take_four, shows_pair, NULL};
    memset(bytes, 0x33, sizeof bytes);
    bytes[4 * 11] = 5;
    bytes[4 * 30 + 3] = 9;
    size_t n = minimise_bytes(&input, bytes, sizeof bytes);
    assert_int_equal(n, 8);
    assert_memory_equal(bytes, "\x05\0\0\0\0\0\0\x09", 8);
}

/* Lengths that lie, and parts that say they have no size. */
static struct minimise_part take_nothing(const uint8_t *bytes, size_t n)
{
    (void)bytes, (void)n;
    return (struct minimise_part){.size = 0};
}

static bool shows_last(const uint8_t *bytes, size_t n, void *context)
{
    (void)context;
    return n > 0 && bytes[n - 1] == 0xff;
}

TEST(input_without_instructions_is_made_of_bytes)
{
    uint8_t bytes[100] = {1, 2, 3, [99] = 0xff};
    struct minimise_input input = {0, take_nothing, shows_last, NULL};
    assert_int_equal(minimise_bytes(&input, bytes, sizeof bytes), 1);
    assert_int_equal(bytes[0], 0xff);
    uint8_t lies[] = "\xff\xff"
                     "ab\xff";
    input.take = take_record;
    assert_int_equal(minimise_bytes(&input, lies, 5), 1);
    assert_int_equal(minimise_bytes(&input, lies, 0), 0);
}

static bool shows_nothing(const uint8_t *bytes, size_t n, void *context)
{
    (void)bytes, (void)n, (void)context;
    return false;
}

TEST(input_that_cannot_be_smaller_stays_as_it_is)
{
    uint8_t bytes[] = "\x07\x03\x00xyz";
    struct minimise_input input = {1, take_record, shows_nothing, NULL};
    assert_int_equal(minimise_bytes(&input, bytes, 6), 6);
    assert_memory_equal(bytes, "\x07\x03\x00xyz", 6);
}
