/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Executes one call of a program against the real API and keeps account of what the program holds:
 * its live handles and their kinds, the buffers that it must still free.
 */
#ifndef FUZZ_EXECUTE_H
#define FUZZ_EXECUTE_H

#include "fuzz/model/model.h"
#include "fuzz/program/program.h"
#include "fuzz/scene/state_files.h"

#include <windows.h>

#include <ntdsbcli.h>

struct live_handle {
    HBC value;
    bool backup; /* else restore */
};

struct held_buffer {
    void *data;
    uint32_t bytes;
    bool live;
    bool is_token, is_void; /* it is one; its key was removed since */
    int64_t made;           /* a token: when, in seconds since 1970, ... */
    uint32_t days;          /* and for how long it is good */
};

struct execution {
    HBC handles[PROGRAM_VARIABLES], stale[PROGRAM_VARIABLES];
    struct held_buffer buffers[PROGRAM_VARIABLES];
    struct live_handle live[PROGRAM_MAX_CALLS];
    size_t live_count;
    /* Every handle value issued so far to this process of the client. */
    HBC issued[PROGRAM_MAX_CALLS];
    size_t issued_count;
    /* Buffers whose variable was assigned again: they must still be freed. */
    void *overwritten[PROGRAM_MAX_CALLS];
    size_t overwritten_count;
    /* A valid token for programs in restore mode: the value of b15 until it is assigned. */
    uint8_t scene_token[SCENE_TOKEN_MOST];
    uint32_t scene_token_bytes;
    int64_t scene_token_made;
    bool scene_token_is_void;
    uint32_t key; /* state_files_key() that tokens are made with */
};
enum { SCENE_TOKEN_VARIABLE = 15 };

/* The outcome of one call, for the judge. */
struct outcome {
    int32_t result;            /* S_OK for DsBackupFree */
    bool has_handle;           /* the function takes one */
    HBC handle;                /* the value passed */
    bool handle_valid;         /* live and of the function's kind when the call was made */
    bool handle_of_other_kind; /* live, and not of the function's kind */
    bool handle_was_issued;    /* a Prepare of this program returned that value */
    bool outputs_untouched;    /* every output is as before the call */
    bool outputs_cleared;      /* every output that the contract clears on failure is NULL / 0 */
    HBC handle_out;            /* of a Prepare that succeeded */
    bool handle_issued_before; /* and its handle value was issued before */
    uint8_t *read_data;        /* DsBackupRead that succeeded: the data; the judge frees it */
    uint32_t read_bytes, read_capacity;
    int64_t file_size; /* DsBackupOpenFile */
    int online;        /* DsIsNTDSOnline: 0, 1; -1 untouched, -2 something else */
    enum model_token token;
    int64_t token_made;
    uint32_t token_days;
    /* A list that the call returned: in bytes or in UTF-16. */
    const void *list;
    uint32_t list_bytes;
};

/* Starts with nothing held. */
void execute_reset(struct execution *x);
void execute_call(struct execution *x, const struct call *c, struct outcome *out);
/* The client's process has ended: forgets everything that it held. */
void execute_forget_all(struct execution *x);
/* Ends every live handle and frees every buffer. Returns how many Ends did not return S_OK. */
size_t execute_clean_up(struct execution *x);
/* The same of a struct execution, and the identity is given back. */
void execute_end_everything(void *execution);
/* The texts that a DsRestoreRegister passes, in the order in which the service keeps them. Returns
   how many. */
enum { EXECUTE_MAP_ENTRIES = 256, EXECUTE_REGISTERED_TEXTS = 3 + 2 * EXECUTE_MAP_ENTRIES };
unsigned execute_registered_texts(const struct call *c, const WCHAR *out[EXECUTE_REGISTERED_TEXTS]);
/* The size that a DsBackupRead asks for: bounded by the harness's buffer. */
uint32_t execute_read_bytes(const struct call *c);
/* The row of the contract that an argument relies on which no implementation is bound to survive
   that has it off: an invalid handle, a pointer that is none of DsBackupFree's. CONTRACT_NONE:
   none.
 */
enum contract_rule execute_relies_on(struct execution *x, const struct call *c);
struct live_handle *execute_find_live(struct execution *x, HBC value);
/* The number of buffers that the API has handed out and that were not freed. */
size_t execute_owed_buffers(const struct execution *x);

#endif
