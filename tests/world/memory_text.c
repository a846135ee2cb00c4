/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Texts that libc allocates: each is one block of the ledger, and can be had or not.
 */
#include "world_test.h"

#include <stdio.h>

__attribute__((format(printf, 2, 3))) static int print_list(char **out, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    int n = __wrap_vasprintf(out, format, arguments);
    va_end(arguments);
    return n;
}

__attribute__((format(printf, 2, 3))) static int print_checked(char **out, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    int n = __wrap___vasprintf_chk(out, 1, format, arguments);
    va_end(arguments);
    return n;
}

static void assert_text(char *text, const char *expected)
{
    assert_string_equal(text, expected);
    assert_held(1);
    __wrap_free(text);
    assert_held(0);
}

TEST(part_of_a_text_is_copied_with_its_end)
{
    world_reset();
    assert_text(__wrap_strndup("abcdef", 3), "abc");
    assert_text(__wrap_strndup("ab", 3), "ab");
    arm(FAULT_MEM_ALLOC, "ENOMEM", 1, FAULT_ONE_SHOT);
    assert_null(__wrap_strndup("abc", 3));
    assert_int_equal(errno, ENOMEM);
    assert_no_violation();
}

TEST(each_name_of_asprintf_prints_the_same)
{
    char *text;
    world_reset();
    assert_int_equal(print_list(&text, "%s %d", "a", 7), 3);
    assert_text(text, "a 7");
    assert_int_equal(print_checked(&text, "%s %d", "a", 7), 3);
    assert_text(text, "a 7");
    assert_int_equal(__wrap___asprintf_chk(&text, 1, "%s %d", "a", 7), 3);
    assert_text(text, "a 7");
    arm(FAULT_MEM_ALLOC, "ENOMEM", 1, FAULT_PERSISTENT);
    assert_int_equal(print_list(&text, "x%d", 1), -1);
    assert_int_equal(print_checked(&text, "x%d", 1), -1);
    assert_int_equal(__wrap___asprintf_chk(&text, 1, "x"), -1);
    assert_held(0);
}

TEST(lines_are_read_into_one_block_that_grows)
{
    char *line = NULL, content[] = "a\nlonger line\nx;y";
    size_t n = 0;
    world_reset();
    FILE *in = fmemopen(content, sizeof content - 1, "r");
    assert_non_null(in);
    assert_int_equal(__wrap_getline(&line, &n, in), 2);
    assert_string_equal(line, "a\n");
    assert_int_equal(__wrap_getline(&line, &n, in), 12);
    assert_string_equal(line, "longer line\n");
    assert_true(n >= 13);
    assert_held(1);
    assert_int_equal(__wrap_getdelim(&line, &n, ';', in), 2);
    assert_string_equal(line, "x;");
    arm(FAULT_MEM_ALLOC, "ENOMEM", 1, FAULT_ONE_SHOT);
    assert_int_equal(__wrap_getline(&line, &n, in), -1);
    assert_int_equal(__wrap_getline(&line, &n, in), 1);
    assert_string_equal(line, "y");
    assert_int_equal(__wrap_getline(&line, &n, in), -1);
    fclose(in);
    assert_text(line, "y");
}
