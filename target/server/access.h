/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Decides whether an account may call, by the accounts file. One account a line, NAME:HASH or
 * DOMAIN\NAME:HASH, the hash as crypt(3) writes it; empty lines and lines that begin with # are
 * skipped. A file with any other line is refused whole.
 */
#ifndef SERVER_ACCESS_H
#define SERVER_ACCESS_H

#include "../rpc/buffer.h"
#include "../rpc/types.h"

struct accounts {
    struct buffer text; /* the file; wiped when freed */
};

/* `path` NULL: no account. 0; ERROR_INVALID_PARAMETER: a malformed line;
   ERROR_PATH_NOT_FOUND; ERROR_NOT_ENOUGH_MEMORY; hrReadVerifyFailure: it became shorter while
   it was read; errno_code(). */
uint32_t accounts_load(struct accounts *a, const char *path);
void accounts_destroy(struct accounts *a);
/* 0, ERROR_ACCESS_DENIED, or ERROR_NOT_ENOUGH_SERVER_MEMORY. Hashes the password whether or not the
   name is known, so that the time does not reveal it. */
uint32_t accounts_judge(const struct accounts *a, const struct rpc_credentials *c);

#endif
