/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a function says on standard error.
 */
#ifndef TESTS_SUPPORT_STANDARD_ERROR_H
#define TESTS_SUPPORT_STANDARD_ERROR_H

/* Calls it and returns the text, up to 4095 bytes, which is valid until the next call. */
const char *standard_error_of(void (*speak)(const void *what), const void *what);

#endif
