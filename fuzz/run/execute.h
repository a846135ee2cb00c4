/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Executes one call of a program against the real API and keeps account of what the program holds:
 * which handles are live and what they are, which buffers it owes back.
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
    bool is_token;
    int64_t made; /* a token: when, in seconds since 1970 */
};

struct execution {
    HBC handles[PROGRAM_VARIABLES], stale[PROGRAM_VARIABLES];
    struct held_buffer buffers[PROGRAM_VARIABLES];
    struct live_handle live[PROGRAM_MAX_CALLS];
    size_t live_count;
    /* Every value that was ever issued to this process of the client. */
    HBC issued[PROGRAM_MAX_CALLS];
    size_t issued_count;
    /* Buffers whose variable was assigned again: still owed. */
    void *overwritten[PROGRAM_MAX_CALLS];
    size_t overwritten_count;
    /* A valid token, for programs in restore mode: what b15 is until it is assigned. */
    uint8_t scene_token[SCENE_TOKEN_BYTES];
    uint32_t scene_token_bytes;
    int64_t scene_token_made;
};
enum { SCENE_TOKEN_VARIABLE = 15 };

/* What one call did, for the judge. */
struct outcome {
    int32_t result;            /* S_OK for DsBackupFree */
    bool has_handle;           /* the function takes one */
    HBC handle;                /* what was passed */
    bool handle_valid;         /* live and of the function's kind when the call was made */
    bool outputs_untouched;    /* every output still holds what was there before the call */
    bool outputs_cleared;      /* every output that the contract clears on failure is NULL / 0 */
    HBC handle_out;            /* of a Prepare that succeeded */
    bool handle_issued_before; /* and that value was issued before */
    uint8_t *read_data;        /* DsBackupRead that succeeded: what came; the judge frees it */
    uint32_t read_bytes, read_capacity;
    int64_t file_size; /* DsBackupOpenFile */
    int online;        /* DsIsNTDSOnline: 0, 1; -1 untouched, -2 something else */
    enum model_token token;
    int64_t token_made;
    /* A list that came: of bytes or of UTF-16. */
    const void *list;
    uint32_t list_bytes;
};

/* Starts with nothing held. */
void execute_reset(struct execution *x);
void execute_call(struct execution *x, const struct call *c, struct outcome *out);
/* The client's process is gone: what it held is nobody's any more. */
void execute_forget_all(struct execution *x);
/* Ends every handle and frees every buffer that is left. Returns how many Ends did not return S_OK.
 */
size_t execute_clean_up(struct execution *x);
/* The texts that a DsRestoreRegister passes, in the order in which the service keeps them. Returns
   how many. */
enum { EXECUTE_REGISTERED_TEXTS = 3 + 2 * 3 };
unsigned execute_registered_texts(const struct call *c, const WCHAR *out[EXECUTE_REGISTERED_TEXTS]);
/* What a DsBackupRead asks for: the harness bounds its own buffer. */
uint32_t execute_read_bytes(const struct call *c);
struct live_handle *execute_find_live(struct execution *x, HBC value);
/* Buffers that the API has handed out and not got back. */
size_t execute_owed_buffers(const struct execution *x);

#endif
