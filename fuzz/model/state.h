/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One state that the contract allows: what the service holds, and the client's knowledge of it.
 */
#ifndef FUZZ_MODEL_STATE_H
#define FUZZ_MODEL_STATE_H

#include "fuzz/program/program.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

enum {
    MODEL_FILES = 6,   /* SCENE_FILES less the checkpoint */
    MODEL_STATES = 64, /* in the set at one time */
    MODEL_SESSIONS = PROGRAM_MAX_CALLS,
};

enum model_phase { MODEL_DATABASE, MODEL_LOGS, MODEL_TRUNCATED };

/* One handle: the client's state and, while the session exists on the server, the server's. */
struct model_session {
    uint64_t handle;
    bool backup;     /* else restore */
    bool lost;       /* the client has given the association up: it sends no further call */
    bool on_server;  /* the server has the session */
    bool poisoned;   /* an answer to an earlier call waits in its connection */
    bool restricted; /* restore, without a token */
    bool registered; /* restore: owns the interlock */
    /* The server's state, and how much of it the client was told. Changes that it was not told of
       are undone at its next call. */
    uint8_t phase, known_phase;       /* enum model_phase */
    int8_t open, known_open;          /* index of the file that is open, -1: none */
    bool open_is_known;               /* the client was told of it */
    bool known_is_last;               /* the server has opened none since */
    uint8_t database;                 /* mask: files on the list of database files */
    uint8_t listed, complete;         /* masks: logs on the list of logs; files that were read */
    uint16_t identities[MODEL_FILES]; /* of the files on the lists */
    uint16_t open_identity;           /* of the file that is open, ... */
    uint64_t further;                 /* mask: further patch files on that list */
    uint64_t open_size, open_holds;   /* its bytes when it was opened, and now */
    uint64_t received;                /* of the file that the client believes open */
};

enum model_interlock { INTERLOCK_IS_OPEN, INTERLOCK_IS_REGISTERED, INTERLOCK_IS_FAILED };

/* What has a name in the store. Two names may have the same file. */
struct model_store_file {
    uint64_t size;     /* bytes */
    uint32_t identity; /* tells files apart: scene_compare() */
    uint16_t place;    /* enum scene_place */
    bool denied;       /* the service may not open it */
    uint8_t unused;    /* 0: states are compared as bytes */
};

struct model_state {
    bool up, restore_mode, tcp;
    uint8_t interlock;      /* enum model_interlock */
    bool interlock_certain; /* the server would find the same after a crash */
    uint8_t files;          /* mask: names that exist in the store */
    uint8_t doubtful_logs;  /* deleted, but not durably: a power failure may bring them back */
    uint8_t identity;       /* enum model_identity */
    uint8_t setting;        /* selector of the last Configure() */
    bool without_accounts;  /* the service knows none */
    bool disk_full;         /* nothing can be written */
    uint32_t identities;    /* used so far */
    uint64_t further;       /* mask: further patch files that exist */
    struct model_store_file store[MODEL_FILES];
    unsigned session_count;
    struct model_session sessions[MODEL_SESSIONS];
};
enum model_identity { IDENTITY_NONE, IDENTITY_GOOD, IDENTITY_BAD };

/* The session of that handle; NULL: none. */
static inline struct model_session *model_find(struct model_state *s, uint64_t handle)
{
    for (unsigned i = 0; i < s->session_count; i++)
        if (s->sessions[i].handle == handle)
            return &s->sessions[i];
    return NULL;
}
static inline const struct model_session *model_look(const struct model_state *s, uint64_t handle)
{
    return model_find((struct model_state *)(uintptr_t)s, handle);
}
/* Copies only the sessions that are there. */
static inline void model_copy(struct model_state *to, const struct model_state *from)
{
    memcpy(to, from,
           offsetof(struct model_state, sessions) + from->session_count * sizeof from->sessions[0]);
}

/* Whether the function takes the handle of a restore. */
bool model_is_for_restore(enum api_shape shape);

#endif
