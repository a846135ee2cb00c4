/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One state that the contract allows: what the service holds and what the client knows of it.
 */
#ifndef FUZZ_MODEL_STATE_H
#define FUZZ_MODEL_STATE_H

#include "fuzz/program/program.h"

#include <stdbool.h>
#include <stdint.h>

enum {
    MODEL_FILES = 6,
    MODEL_STATES = 64, /* in the set at one time */
    MODEL_SESSIONS = PROGRAM_MAX_CALLS,
};

enum model_phase { MODEL_DATABASE, MODEL_LOGS, MODEL_TRUNCATED };

/* One handle: what the client knows and, while the server has the session, what that knows. */
struct model_session {
    uint64_t handle;
    bool backup;     /* else restore */
    bool lost;       /* the client gave the association up: no call goes out any more */
    bool on_server;  /* the server has the session */
    bool poisoned;   /* an answer that nobody asked for lies in its connection */
    bool restricted; /* restore, without a token */
    bool registered; /* restore: owns the interlock */
    /* What the server knows and what the client has heard of it. What that has not heard of is
       undone at its next call. */
    uint8_t phase, known_phase; /* enum model_phase */
    int8_t open, known_open;    /* index of the file that is open, -1: none */
    bool open_is_known;         /* it is the one that the client has heard of */
    bool known_is_last;         /* the server has opened none since */
    uint8_t listed, complete;   /* masks of files */
    uint64_t received;          /* of the file that the client believes open */
};

enum model_interlock { INTERLOCK_IS_OPEN, INTERLOCK_IS_REGISTERED, INTERLOCK_IS_FAILED };

struct model_state {
    bool up, restore_mode, tcp;
    uint8_t interlock;      /* enum model_interlock */
    bool interlock_certain; /* what the server would find after its death is the same */
    uint8_t logs;           /* mask: files that exist in the store */
    uint8_t doubtful_logs;  /* gone, but not for good: a power failure may bring them back */
    uint8_t identity;       /* enum model_identity */
    unsigned session_count;
    struct model_session sessions[MODEL_SESSIONS];
};
enum model_identity { IDENTITY_NONE, IDENTITY_GOOD, IDENTITY_BAD };

/* The session of that handle; NULL: none. */
struct model_session *model_find(struct model_state *s, uint64_t handle);
const struct model_session *model_look(const struct model_state *s, uint64_t handle);
/* Copies only the sessions that are there. */
void model_copy(struct model_state *to, const struct model_state *from);

/* Whether the function takes the handle of a restore. */
bool model_is_for_restore(enum api_shape shape);

#endif
