/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Asks another program: for reports, whose process may be about to die. No shell, no stdio, no
 * allocation.
 */
#ifndef FAULTS_CAPTURE_H
#define FAULTS_CAPTURE_H

#include <stdbool.h>
#include <stddef.h>

/* What `arguments[0]`, looked for in PATH, prints on its standard output; its standard error is
   dropped. False: it cannot be started, failed, or printed nothing. What does not fit is cut off.
 */
bool capture_output(char *const arguments[], char *out, size_t capacity);

#endif
