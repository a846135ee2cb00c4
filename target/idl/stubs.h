/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The operations of ntdsb.idl as C: for each one the [in] and the [out] parameters as a struct and
 * one function that encodes or decodes it, whichever way the ndr goes. Client and server use the
 * same functions. Decoded strings and arrays are views into the stub.
 */
#ifndef NTDSB_STUBS_H
#define NTDSB_STUBS_H

#include "../rpc/ndr.h"

extern const struct rpc_syntax_id ntdsb_backup_interface_id;
extern const struct rpc_syntax_id ntdsb_restore_interface_id;
extern const struct rpc_syntax_id ntdsb_inspect_interface_id;
#define NTDSB_BACKUP_ANNOTATION  "NTDS Backup Interface"
#define NTDSB_RESTORE_ANNOTATION "NTDS Restore Interface"
#define NTDSB_INSPECT_ANNOTATION "NTDS Backup Inspection"

enum {
    NTDSB_MAX_TOKEN = 4096,
    NTDSB_MAX_NAME = 4096,
    NTDSB_MAX_LIST = 1048576,
    NTDSB_LEAST_READ = 24576, /* AD: DsBackupRead */
    NTDSB_MAX_READ = 1048576,
    NTDSB_MAX_RSTMAP = 256,
};

enum ntdsb_backup_opnum {
    NTDSB_PREPARE,
    NTDSB_END,
    NTDSB_GET_ATTACHMENT_INFORMATION,
    NTDSB_OPEN_FILE,
    NTDSB_READ,
    NTDSB_CLOSE,
    NTDSB_GET_BACKUP_LOGS,
    NTDSB_TRUNCATE_LOGS,
    NTDSB_PING,
    NTDSB_BACKUP_OPERATIONS
};

enum ntdsb_restore_opnum {
    NTDSB_IS_NTDS_ONLINE,
    NTDSB_RESTORE_PREPARE,
    NTDSB_RESTORE_REGISTER,
    NTDSB_RESTORE_REGISTER_COMPLETE,
    NTDSB_RESTORE_GET_DATABASE_LOCATIONS,
    NTDSB_RESTORE_END,
    NTDSB_RESTORE_SET_CURRENT_LOG_NUMBER,
    NTDSB_RESTORE_CHECK_LOGS_FOR_BACKUP,
    NTDSB_RESTORE_OPERATIONS
};

enum ntdsb_inspect_opnum { NTDSB_COUNTS, NTDSB_INSPECT_OPERATIONS };

/* Requests ----------------------------------------------------------------------------------- */

struct ntdsb_prepare_in {
    uint32_t grbit;
    uint32_t backup_type;
};
void ntdsb_prepare_in(struct ndr *n, struct ntdsb_prepare_in *p);

/* End, RestoreGetDatabaseLocations, RestoreEnd. */
struct ntdsb_context_in {
    struct rpc_context_handle context;
};
void ntdsb_context_in(struct ndr *n, struct ntdsb_context_in *p);

enum ntdsb_phase { NTDSB_PHASE_DATABASE, NTDSB_PHASE_LOGS, NTDSB_PHASE_TRUNCATED };

/* The client's knowledge of its session: see ntdsb.idl. */
struct ntdsb_session {
    struct rpc_context_handle context;
    uint32_t file;  /* 0: no file is open */
    uint32_t phase; /* enum ntdsb_phase */
};

/* GetAttachmentInformation, GetBackupLogs, TruncateLogs; all others of a session begin so. */
struct ntdsb_session_in {
    struct ntdsb_session session;
};
void ntdsb_session_in(struct ndr *n, struct ntdsb_session_in *p);

struct ntdsb_open_file_in {
    struct ntdsb_session session;
    struct ndr_wide name;
    uint32_t read_hint;
};
void ntdsb_open_file_in(struct ndr *n, struct ntdsb_open_file_in *p);

struct ntdsb_read_in {
    struct ntdsb_session session;
    uint64_t offset;
    uint32_t size;
};
void ntdsb_read_in(struct ndr *n, struct ntdsb_read_in *p);

struct ntdsb_close_in {
    struct ntdsb_session session;
    uint64_t received;
};
void ntdsb_close_in(struct ndr *n, struct ntdsb_close_in *p);

struct ntdsb_restore_prepare_in {
    uint32_t flags;
    struct ndr_octets token;
};
void ntdsb_restore_prepare_in(struct ndr *n, struct ntdsb_restore_prepare_in *p);

struct ntdsb_map_entry {
    struct ndr_wide old_name, new_name;
};
/* `map` must have room for NTDSB_MAX_RSTMAP entries when decoding. */
struct ntdsb_restore_register_in {
    struct rpc_context_handle context;
    struct ndr_wide checkpoint_path, log_path;
    uint32_t entries;
    struct ntdsb_map_entry *map;
    struct ndr_wide backup_log_path;
    uint32_t gen_low, gen_high;
};
void ntdsb_restore_register_in(struct ndr *n, struct ntdsb_restore_register_in *p);

struct ntdsb_restore_complete_in {
    struct rpc_context_handle context;
    int32_t state;
};
void ntdsb_restore_complete_in(struct ndr *n, struct ntdsb_restore_complete_in *p);

struct ntdsb_number_in { /* RestoreSetCurrentLogNumber */
    uint32_t number;
};
void ntdsb_number_in(struct ndr *n, struct ntdsb_number_in *p);

/* Replies: `result` is the HRESULT; the other members are zero / NULL unless it is S_OK ------- */

struct ntdsb_prepare_out { /* Prepare; RestorePrepare leaves the token out */
    struct ndr_octets token;
    struct rpc_context_handle context;
    int32_t result;
};
void ntdsb_prepare_out(struct ndr *n, struct ntdsb_prepare_out *p);

/* RestorePrepare, End, RestoreEnd: End answers with the NULL handle. */
struct ntdsb_context_out {
    struct rpc_context_handle context;
    int32_t result;
};
void ntdsb_context_out(struct ndr *n, struct ntdsb_context_out *p);

struct ntdsb_list_out { /* the three list operations */
    struct ndr_wide list;
    int32_t result;
};
void ntdsb_list_out(struct ndr *n, struct ntdsb_list_out *p);

struct ntdsb_open_file_out {
    uint64_t file_size;
    uint32_t file;
    int32_t result;
};
void ntdsb_open_file_out(struct ndr *n, struct ntdsb_open_file_out *p);

struct ntdsb_read_out {
    struct ndr_octets data; /* `size` of the request is the array's max_count, both ways */
    int32_t result;
};
void ntdsb_read_out(struct ndr *n, struct ntdsb_read_out *p, uint32_t size);

struct ntdsb_online_out {
    uint32_t online;
    int32_t result;
};
void ntdsb_online_out(struct ndr *n, struct ntdsb_online_out *p);

struct ntdsb_counts_out {
    uint32_t connections, groups, context_handles;
    uint32_t backup_sessions, restore_sessions, open_files;
    uint32_t online, restore_registered;
    uint64_t calls_received, pdus_received, pdus_sent, faults_sent;
    int32_t result;
};
void ntdsb_counts_out(struct ndr *n, struct ntdsb_counts_out *p);

struct ntdsb_result_out { /* all others */
    int32_t result;
};
void ntdsb_result_out(struct ndr *n, struct ntdsb_result_out *p);

/* Largest reply stub of the operations whose replies are bounded, in bytes. */
enum {
    NTDSB_RESULT_REPLY = 4,
    NTDSB_CONTEXT_REPLY = 24,
    NTDSB_PREPARE_REPLY = 12 + NTDSB_MAX_TOKEN + 4 + 24,
    NTDSB_OPEN_FILE_REPLY = 16, /* 8, 4, 4 */
    NTDSB_ONLINE_REPLY = 8,
    NTDSB_COUNTS_REPLY = 8 * 4 + 4 * 8 + 4,
    NTDSB_READ_REPLY_OVERHEAD = 12 + 4 + 4, /* + size, rounded up to 4 */
};

#endif
