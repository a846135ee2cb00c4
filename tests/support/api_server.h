/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The API against a canned server that answers each request with the next stub of a list, written
 * by hand after target/idl/ntdsb.idl. It counts the requests that it hears.
 */
#ifndef TESTS_API_SERVER_H
#define TESTS_API_SERVER_H

#include "canned_server.h"
#include "target/client/client.h"
#include "target/include/ntdsbcli.h"

/* A context handle: attributes 0 and a UUID. */
#define CONTEXT_1  "00000000 01020304 0506 0708 090a0b0c0d0e0f10 "
#define NO_CONTEXT "00000000 00000000 0000 0000 0000000000000000 "
#define OK         "00000000"
/* Prepare: a token of four bytes, the handle, the result */
#define PREPARED   "04000000 00000200 04000000 61626364 " CONTEXT_1 OK
#define R_PREPARED CONTEXT_1 OK
#define ENDED      NO_CONTEXT OK

struct api_server {
    struct canned_server canned;
    const char *const *stubs; /* ends with NULL */
    unsigned requests;
};

void api_say_stub(int fd, uint8_t call_id, const char *stub);
void api_script(struct canned_server *canned, int fd);
void api_start(struct api_server *s, const char *const *stubs);
/* The client must have closed its connection. Every stub must have been asked for. */
void api_join(struct api_server *s);
void assert_nothing_left(void);
HBC api_backup(struct api_server *s, const char *const *stubs);
HBC api_restore(struct api_server *s, const char *const *stubs);

#endif
