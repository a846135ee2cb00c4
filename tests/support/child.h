/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a function does to its process: it runs in a child, whose output and end are kept. It must
 * not assert.
 */
#ifndef TESTS_CHILD_H
#define TESTS_CHILD_H

#include "tests/support/test.h"

struct child {
    int status;           /* as waitpid() has it */
    char output[1 << 17]; /* of standard output and standard error, as text */
};

/* Exit code 0 if `run` returns. */
void child_run(struct child *c, void (*run)(void *context), void *context);
void assert_child_ended(const struct child *c, int exit_code);
/* Prints what the child has said if it is not as expected. */
void assert_child_said(const struct child *c, const char *text);
void assert_child_did_not_say(const struct child *c, const char *text);

#endif
