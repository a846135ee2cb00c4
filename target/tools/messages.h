/* SPDX-License-Identifier: Apache-2.0 */
/*
 * dsbackup's messages on standard error: the call that failed, its subject, and its code by name
 * and number.
 */
#ifndef MESSAGES_H
#define MESSAGES_H

#include <ntdsbcli.h>

void message(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* "dsbackup: DsBackupRead (ntds.dit): RPC_S_CALL_FAILED (1726): ..."; subject NULL: none. A
   call that could not connect, whose subject is the server's name, is followed by others
   that tell why. */
void message_call(const char *call, HRESULT code, const char *subject);

/* "dsbackup: PATH: WHAT: No space left on device", from errno. */
void message_errno(const char *path, const char *what);

#endif
