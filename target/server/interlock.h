/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The restore interlock: while it stands the directory stays offline, across crashes. It is owned
 * by the session that registered the restore; when that one ends without completing, the lock stays
 * without an owner, and a later session may register again and finish the restore.
 */
#ifndef SERVER_INTERLOCK_H
#define SERVER_INTERLOCK_H

#include "../idl/stubs.h"

struct interlock {
    int directory; /* borrowed: where its file is */
    enum { INTERLOCK_OPEN, INTERLOCK_REGISTERED, INTERLOCK_FAILED } state;
    const void *owner; /* the live session that registered, or NULL */
};

/* Reads what an earlier run left. 0, hrLogFileCorrupt, or what reading failed with. */
uint32_t interlock_load(struct interlock *l, int directory);
/* hrRestoreInProgress: another live session owns it, or this one does. Otherwise durable, or not
   there, when it returns. */
uint32_t interlock_register(struct interlock *l, const void *owner,
                            struct ntdsb_restore_register_in *registration);
/* hrInvalidBackupSequence: not registered by this owner. `state` S_OK removes the lock; any other
   value leaves it as failed. */
uint32_t interlock_complete(struct interlock *l, const void *owner, int32_t state);
/* The owner's session ends. */
void interlock_disown(struct interlock *l, const void *owner);

#endif
