/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Calls on a binding with a canned server, and two scripts that several tests use.
 */
#ifndef TESTS_CANNED_BINDING_H
#define TESTS_CANNED_BINDING_H

#include "canned_server.h"

/* The short one has to suffice for a bind, on a busy machine, too. */
enum { AMPLE_MS = 20000, SHORT_MS = 400 };

extern const enum rpc_transport transports[2]; /* both */

struct rpc_binding *open_binding(struct canned_server *s, uint32_t timeout_ms);
/* A request of `stub_length` zeros. */
uint32_t call(struct rpc_binding *b, size_t stub_length, size_t *out_reply_length);
void assert_reply_of(struct rpc_binding *b, size_t length);
void assert_lost(struct rpc_binding *b);
void answer_three(struct canned_server *s, int fd);
void say_nothing(struct canned_server *s, int fd);

#endif
