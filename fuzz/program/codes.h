/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Names of the codes that the API may return, and of the numbers that its arguments take, both
 * ways.
 */
#ifndef FUZZ_CODES_H
#define FUZZ_CODES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The code's name, or NULL if it has none. */
const char *code_name(int32_t code);
/* The name, or the number as text; the last four stay valid. */
const char *code_text(int32_t code);
/* Whether it is one of the RPC runtime's own, RPC_S_... or RPC_X_...: what a call comes to that the
   service did not answer. */
bool code_is_of_runtime(int32_t code);
/* The first "NAME (NUMBER)" in a text for people that names another code than its number is, with
   what follows; NULL: there is none. */
const char *code_misnamed(const char *text);
/* False: there is no code of that name. */
bool code_value(const char *name, size_t length, int32_t *out);

#endif
