/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Names for code addresses, static functions included: looked up in the symbol table of the running
 * program. Slow; only for reports.
 */
#ifndef FAULTS_SYMBOL_H
#define FAULTS_SYMBOL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The function that contains a return address, and the offset in it. False: no symbol (stripped,
   or not code). */
bool symbol_find(const void *return_address, const char **out_name, uint64_t *out_offset);

/* The source function of a return address, the innermost where some were inlined into others, and
   its file and line: what debug information says, read by addr2line(1), so it is the same in every
   flavour. The file is relative to the folder "target", or bare. False: there is none to be had. */
enum { SYMBOL_NAME_BYTES = 64, SYMBOL_PLACE_BYTES = 96 };
struct symbol_source {
    char function[SYMBOL_NAME_BYTES];
    char place[SYMBOL_PLACE_BYTES]; /* "target/FOLDER/FILE.c:120" */
};
bool symbol_source(const void *return_address, struct symbol_source *out);
/* All source functions of a return address, innermost first: more than one where some were inlined.
 * 0: none is known. */
enum { SYMBOL_INLINED_MOST = 4 };
unsigned symbol_frames(const void *return_address, struct symbol_source out[SYMBOL_INLINED_MOST]);
/* Whether the file is one of the target. */
bool symbol_is_target(const struct symbol_source *s);
/* What children find out from now on, their parent need not ask for again. */
void symbol_source_share(void);

/* "rpc_binding_open (target/rpc/rpc_binding.c:80)" in the target; "run+0x5c" elsewhere and without
   debug information; the bare address where there is no symbol. Returns `out`. */
const char *symbol_format(const void *return_address, char *out, size_t capacity);

#endif
