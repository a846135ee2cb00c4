/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A backup session without RPC: which call is legal when, and its effect.
 *
 *     database files  --GetBackupLogs-->  logs  --TruncateLogs (all read)-->  truncated
 */
#ifndef SERVER_BACKUP_SESSION_H
#define SERVER_BACKUP_SESSION_H

#include "store.h"

#include "../idl/stubs.h"

struct backup_session;

/* Takes the list of database files. 0; hrFileNotFound: the store has no ntds.dit; or the code of
   the failed listing. The store is borrowed. */
uint32_t backup_session_create(const struct store *store, struct backup_session **out);
void backup_session_destroy(struct backup_session *s);
bool backup_session_has_open_file(const struct backup_session *s);
/* First in every call: undoes changes whose reply the client did not receive. */
void backup_session_agree(struct backup_session *s, const struct ntdsb_session *known);

/* Lists for the client; *out->chars is owned by the caller. hrInvalidBackupSequence: a file is
   open; database names after the log list; anything after the truncation. hrMissingLogFile: the
   logs have a gap. */
uint32_t backup_session_database_names(struct backup_session *s, struct ndr_wide *out);
uint32_t backup_session_logs(struct backup_session *s, struct ndr_wide *out);
/* The client is given the list of logs: from here on they can be opened, and
   database files cannot. */
void backup_session_enter_log_phase(struct backup_session *s);

/* hrAlreadyOpen; ERROR_INVALID_PARAMETER (empty name, hint); hrInvalidBackupSequence;
   hrFileNotFound (not listed, or not the file that was listed); errno_code(). */
uint32_t backup_session_open(struct backup_session *s, const struct ndr_wide *name, uint32_t hint,
                             uint64_t *out_size, uint32_t *out_file);
/* Checks a read before memory is allocated for it: hrInvalidHandle (no file),
   ERROR_INVALID_PARAMETER (offset, size), ERROR_HANDLE_EOF; 0: at most *out_most bytes
   will be read. */
uint32_t backup_session_check_read(const struct backup_session *s, uint64_t offset, uint32_t size,
                                   uint32_t *out_most);
/* Makes the read that check_read() allowed. 0 with at least one byte; hrReadVerifyFailure: the file
   is shorter than it was when it was opened; errno_code(). */
uint32_t backup_session_read(struct backup_session *s, uint64_t offset, uint8_t *room,
                             uint32_t most, uint32_t *out_read);
/* `received`: bytes that reached the client. The file counts as backed up if that is its size.
   hrInvalidHandle, unless the client was not told that this file is closed. */
uint32_t backup_session_close(struct backup_session *s, uint32_t file, uint64_t received);
/* hrInvalidBackupSequence: see DsBackupTruncateLogs. After a failure it can be tried again. */
uint32_t backup_session_truncate(struct backup_session *s);

#endif
