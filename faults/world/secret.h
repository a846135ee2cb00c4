/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Looks for a password where it must not be: in memory that is released, and after a call in
 * memory that is held and not locked, on the stack, in the target's static data, and on the wire.
 * What is found enters the ledger as a violation.
 */
#ifndef FAULTS_SECRET_H
#define FAULTS_SECRET_H

#include <stdbool.h>
#include <stddef.h>

/* A shorter one would be found by chance. */
enum { SECRET_BYTES_LEAST = 8, SECRET_BYTES_MOST = 64 };

/* ASCII text of a length between these, searched as it is and as UTF-16; until world_reset(). NULL:
   none. Costs time from then on. */
void secret_watch(const char *text);
extern size_t secret_bytes; /* its length; 0: none is watched */
static inline bool secret_is_watched(void)
{
    return secret_bytes > 0;
}

/* Whether those bytes, in whatever state that memory is, hold the secret. */
bool secret_is_in(const void *bytes, size_t n);
/* A block that is about to be released. */
void secret_search_released(const void *block, size_t n);
static inline void secret_check_released(const void *block, size_t n)
{
    if (secret_is_watched())
        secret_search_released(block, n);
}
/* Everything held by either side, the target's static data, and what the last own_stack_run() left.
   For between two calls. */
void secret_check_memory(void);
/* Bytes that one side is about to send: a password travels to the server only, over a local socket.
 */
void secret_check_sent(const void *bytes, size_t n, bool to_server, bool local);

#endif
