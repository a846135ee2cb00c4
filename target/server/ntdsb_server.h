/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The directory backup service without its daemon: the interfaces "NTDS Backup Interface" and
 * "NTDS Restore Interface" over the sans-I/O runtime, on one store directory. ntdsbsrvd puts a
 * libuv loop around it. Not thread-safe: one thread owns a server.
 */
#ifndef NTDSB_SERVER_H
#define NTDSB_SERVER_H

#include "../rpc/rpc_server.h"

struct ntdsb_server;

/* Callbacks for a log. They are called while a connection receives, sends or is destroyed, and must
   not call the server except to inspect it. */
struct ntdsb_server_observer {
    /* A call is over. `fault`: the status of the fault that answers it; 0: the reply says
       `result`, an HRESULT. */
    void (*called)(const char *operation, uint32_t fault, int32_t result, void *context);
    /* The credentials of a bind are refused: `code` is ERROR_ACCESS_DENIED or
       ERROR_NOT_ENOUGH_SERVER_MEMORY. The names are the peer's own text, UTF-8. */
    void (*refused)(const char *domain, const char *user, uint32_t code, void *context);
    void *context;
};

struct ntdsb_server_config {
    const char *store_dir; /* holds ntds.dit, edb*.log, edb.chk, *.pat; and state/ and server.key */
    const char *host_name; /* for the UNC names in lists; letters, digits, '-' and '.' */
    const char *accounts_file; /* user:crypt(3) hash, one a line; NULL: no account is accepted */
    bool restore_mode;         /* Directory Services Restore Mode: the directory stays offline */
    uint32_t max_sessions;     /* backup + restore sessions at one time; default 64 */
    uint32_t tombstone_days;   /* tombstone lifetime, >= 2; default 60 [MS-ADTS] 3.1.1 */
    const struct rpc_server_limits *limits;       /* copied */
    const struct ntdsb_server_observer *observer; /* borrowed; NULL: none */
};
extern const struct ntdsb_server_config ntdsb_server_default_config;

struct ntdsb_server_counts {
    struct rpc_server_counts rpc;
    uint32_t backup_sessions;
    uint32_t restore_sessions;
    uint32_t open_files;     /* store files open for reading */
    bool online;             /* the directory is online */
    bool restore_registered; /* the restore interlock stands */
    bool restore_failed;     /* the last restore failed: offline until one succeeds */
};

/* Opens the store (creating state/ and the server key if they are missing) and reads the durable
   state. 0, or ERROR_INVALID_PARAMETER (config), ERROR_PATH_NOT_FOUND (store directory missing),
   ERROR_ACCESS_DENIED, ERROR_NOT_ENOUGH_MEMORY, hrLogFileCorrupt (state or key file damaged: never
   guessed at, never overwritten), hrDiskIO, hrDiskFull. `config` is copied. */
uint32_t ntdsb_server_create(const struct ntdsb_server_config *config, struct ntdsb_server **out);
/* All connections must have been destroyed before. NULL is allowed. */
void ntdsb_server_destroy(struct ntdsb_server *s);

/* The runtime to hang connections on; owned by the server. */
struct rpc_server *ntdsb_server_rpc(struct ntdsb_server *s);
struct ntdsb_server_counts ntdsb_server_inspect(const struct ntdsb_server *s);

#endif
