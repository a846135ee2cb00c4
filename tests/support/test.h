/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Tests that register themselves. The first thing that a file of tests includes:
 *
 *     #include "tests/support/test.h"
 *
 *     TEST(handle_finds_its_own_object)
 *     {
 *         assert_ptr_equal(handle_table_acquire(table, value), object);
 *     }
 *
 * That is all: there is no list to keep and no main(). A file is a program; test.c has its main(),
 * on cmocka's runner, so that cmocka's assertions, messages and CMOCKA_MESSAGE_OUTPUT=xml are
 * there. Tests run in the order of the file.
 *
 *     test_handle_table              all tests
 *     test_handle_table NAME...      those of that name; a pattern such as '*forged*' names several
 *     test_handle_table --list       their names
 *
 * Exit code 0: all passed; 1: one failed; 2: wrong usage, or a NAME that no test has.
 */
#ifndef TESTS_TEST_H
#define TESTS_TEST_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

struct test {
    const char *name;
    void (*run)(void);
    void (*run_row)(const void *row); /* instead of run: one test for each row of a table */
    const void *row;
    struct test *next; /* of the registered; set by test_register() */
};

/* `t` must last. TEST() calls it; a file whose tests are the rows of a table calls it
   in a constructor. */
void test_register(struct test *t);

#define TEST(name)                                                                                 \
    static void test_##name(void);                                                                 \
    __attribute__((constructor)) static void register_##name(void)                                 \
    {                                                                                              \
        static struct test self = {#name, test_##name, NULL, NULL, NULL};                          \
        test_register(&self);                                                                      \
    }                                                                                              \
    static void test_##name(void)

/* What runs before and after each test of the file, or once before and after them all. Either may
   be NULL, and both may assert. tear_down() also runs after a failed test. */
void test_around_each(void (*set_up)(void), void (*tear_down)(void));
void test_around_all(void (*set_up)(void), void (*tear_down)(void));

#define AROUND_EACH_TEST(set_up, tear_down)                                                        \
    __attribute__((constructor)) static void register_around_each(void)                            \
    {                                                                                              \
        test_around_each(set_up, tear_down);                                                       \
    }                                                                                              \
    struct test
#define AROUND_ALL_TESTS(set_up, tear_down)                                                        \
    __attribute__((constructor)) static void register_around_all(void)                             \
    {                                                                                              \
        test_around_all(set_up, tear_down);                                                        \
    }                                                                                              \
    struct test

#endif
