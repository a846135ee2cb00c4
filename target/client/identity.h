/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The identity set with DsSetAuthIdentity: one for the process, used by every association
 * that is opened from then on. Associations that are open already, and calls under way, keep
 * their identity.
 *
 * It is stored in pages of its own that are locked (never swapped) and left out of core dumps, and
 * is wiped when it has been replaced and its last user is done. Thread-safe.
 */
#ifndef CLIENT_IDENTITY_H
#define CLIENT_IDENTITY_H

#include "../rpc/types.h"
#include "text.h"

enum { IDENTITY_MAX_BYTES = 1024 }; /* of each part, as UTF-8 with its NUL */

struct identity;

/* Replaces the identity; all three NULL: back to the process's own. A NULL domain or password
   beside a user is an empty one. S_OK, or, with the old identity unchanged: ERROR_INVALID_PARAMETER
   (no user, or a part that is too long), ERROR_NO_UNICODE_TRANSLATION, ERROR_NOT_ENOUGH_MEMORY
   (also: no page could be locked or kept out of dumps). */
HRESULT identity_set(struct text_argument user, struct text_argument domain,
                     struct text_argument password);

/* The present identity, held until it is released; NULL: the process's own. */
struct identity *identity_acquire(void);
void identity_release(struct identity *identity);
/* NULL for NULL. Valid while the identity is held. */
const struct rpc_credentials *identity_credentials(const struct identity *identity);

bool identity_is_set(void);
/* Wipes the identity. Does nothing if it is locked, which in the child of a fork()
   may never end. */
void identity_unload(void);

#endif
