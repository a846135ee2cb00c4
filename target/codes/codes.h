/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Names of the result codes of the directory backup API, each with an explanation for users of
 * dsbackup and readers of the server's log. The numbers are those of ntdsbmsg.h and winerror.h.
 */
#ifndef CODES_H
#define CODES_H

#include <stdint.h>

struct code_text {
    int32_t value;
    const char *name, *meaning;
};

/* Never NULL: "unknown code" for codes that are not in the table. */
const struct code_text *code_find(int32_t code);

enum { CODE_TEXT = 64 };
/* "hrDiskIO (0xC80003FE)", "ERROR_ACCESS_DENIED (5)". */
void code_print(int32_t code, char text[CODE_TEXT]);

#endif
