/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/support/test.h"

#include <errno.h>
#include <fnmatch.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct around {
    void (*set_up)(void);
    void (*tear_down)(void);
};

/* Constructors run before main() and cannot hand anything over. */
static struct {
    struct test *first, *last;
    size_t count;
    struct around each, all;
    bool is_torn_down; /* cmocka prints that all.tear_down failed, and counts it nowhere */
} registered;

void test_register(struct test *t)
{
    if (registered.last != NULL)
        registered.last->next = t;
    else
        registered.first = t;
    registered.last = t;
    registered.count++;
}

void test_around_each(void (*set_up)(void), void (*tear_down)(void))
{
    registered.each = (struct around){set_up, tear_down};
}

void test_around_all(void (*set_up)(void), void (*tear_down)(void))
{
    registered.all = (struct around){set_up, tear_down};
}

/* cmocka's side: its functions take a state, which is the test. */

static int call(void (*function)(void))
{
    if (function != NULL)
        function();
    return 0;
}

static int before_each(void **state)
{
    (void)state;
    return call(registered.each.set_up);
}

static int after_each(void **state)
{
    (void)state;
    return call(registered.each.tear_down);
}

static int before_all(void **state)
{
    (void)state;
    return call(registered.all.set_up);
}

static int after_all(void **state)
{
    (void)state;
    call(registered.all.tear_down);
    registered.is_torn_down = true;
    return 0;
}

static void run_one(void **state)
{
    const struct test *t = *state;
    if (t->run_row != NULL)
        t->run_row(t->row);
    else
        t->run();
}

/* Without names all are chosen. */
static bool is_chosen(const struct test *t, char **names)
{
    if (*names == NULL)
        return true;
    for (; *names != NULL; names++)
        if (fnmatch(*names, t->name, 0) == 0)
            return true;
    return false;
}

static bool is_there(const char *name)
{
    char *names[] = {(char *)(uintptr_t)name, NULL};
    for (const struct test *t = registered.first; t != NULL; t = t->next)
        if (is_chosen(t, names))
            return true;
    return false;
}

static int list(void)
{
    for (const struct test *t = registered.first; t != NULL; t = t->next)
        puts(t->name);
    return 0;
}

static int run(char **names)
{
    struct CMUnitTest *tests = calloc(registered.count + 1, sizeof *tests);
    size_t count = 0;
    if (tests == NULL) {
        perror(program_invocation_short_name);
        return 1;
    }
    for (struct test *t = registered.first; t != NULL; t = t->next)
        if (is_chosen(t, names))
            tests[count++] = (struct CMUnitTest){t->name, run_one, before_each, after_each, t};
    int failed =
        _cmocka_run_group_tests(program_invocation_short_name, tests, count, before_all, after_all);
    free(tests);
    return count > 0 && failed == 0 && registered.is_torn_down ? 0 : 1;
}

int main(int argc, char **argv)
{
    char **names = argv + (argc > 0);
    if (*names != NULL && strcmp(*names, "--list") == 0 && names[1] == NULL)
        return list();
    for (char **name = names; *name != NULL; name++) {
        if (**name == '-') {
            fprintf(stderr, "usage: %s [--list | NAME...]\n", program_invocation_short_name);
            return 2;
        }
        if (!is_there(*name)) {
            fprintf(stderr, "%s: no test is named '%s'; --list shows the names\n",
                    program_invocation_short_name, *name);
            return 2;
        }
    }
    return run(names);
}
