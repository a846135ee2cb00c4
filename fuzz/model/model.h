/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Decides whether a call's outcome follows the contract. The model is a state machine of sessions,
 * store, interlock and identity; it calls nothing of the target.
 *
 * Without a fault each call has exactly one answer and one next state. After a fault several are
 * legal: the server may have acted or not, the association may have survived or not (allowed.h
 * lists which for each fault). So the model keeps a set of possible states, and each observation
 * removes those that disagree with it. When the set is empty, the target has broken the contract.
 *
 *     model_reset(m, &program->world);
 *     model_call(m, &view, &seen, &firings, &complaint)    after each call
 */
#ifndef FUZZ_MODEL_H
#define FUZZ_MODEL_H

#include "contract.h"
#include "faults/fault/fault.h"
#include "fuzz/program/program.h"
#include "state.h"

#include <stdbool.h>
#include <stdint.h>

enum { MODEL_TOKEN_MOST = 4096 }; /* bytes of a token */

/* The kinds of token that a call can pass. */
enum model_token {
    TOKEN_NULL,
    TOKEN_NULL_OF_A_SIZE,
    TOKEN_EMPTY,
    TOKEN_FOREIGN,
    TOKEN_TOO_LONG, /* for any call: MODEL_TOKEN_MOST */
    TOKEN_DAMAGED,
    TOKEN_VOID, /* made with a key that the service no longer has */
    TOKEN_GOOD,
};

/* A call as the model sees it. */
struct model_view {
    const struct call *call;
    enum api_shape shape; /* of its function */
    uint64_t handle;
    enum model_token token;
    int64_t token_made, now; /* seconds since 1970 */
    uint32_t token_days;     /* for which it is good */
    uint32_t read_bytes;     /* asked for */
};

/* The outcome of a call. */
struct model_seen {
    int32_t code;
    uint64_t handle_out; /* a Prepare that succeeded */
    uint32_t read_bytes; /* a Read that succeeded */
    const uint8_t *data; /* the data read; NULL: not to be compared */
    int64_t file_size;   /* an OpenFile that succeeded */
    const void *list;    /* a list function that succeeded: bytes, or UTF-16 */
    uint32_t list_bytes;
    int online;     /* IsNTDSOnline: 0 or 1; -1: untouched */
    bool server_up; /* and if it is, what it holds after the call: */
    uint32_t backup_sessions, restore_sessions, open_files;
    bool server_online, server_registered;
    uint8_t files;    /* names that exist in the store: bits of enum scene_file */
    uint64_t further; /* the same of the further patch files: scene_further_files() */
    unsigned deaths;  /* of the server's process, during the call */
    bool late;        /* at least half of the time that the call has was over when it returned */
};

/* The faults that fired in the call. */
struct model_faults {
    const struct fault_firing *firings;
    uint32_t count;
    bool are_earlier; /* of the call that another thread has cancelled by this one: what they did to
                         the association may show now, or not */
};

/* The verdict, what was expected and what was seen. */
enum model_wrong { MODEL_CODE, MODEL_SWALLOWED, MODEL_STATE, MODEL_DATA };
struct model_complaint {
    enum model_wrong what;
    char detail[256];
    int32_t expected, got; /* MODEL_CODE: without a fault; what came */
    char aspect[128];      /* MODEL_STATE: what differs, "open files and current log" */
};

/* A code, and the rule of docs/contract.md that it follows from. */
struct model_answer {
    int32_t code;
    enum contract_rule rule;
};

/* The rules that decided a call. */
struct model_ruling {
    enum contract_rule rule;    /* its answer if no fault had hit it */
    enum contract_rule failure; /* why a fault allows the actual outcome, or changes nothing */
    int32_t code;               /* that answer */
};

struct model {
    const struct program_world *world;
    struct model_ruling ruling; /* of the last call; CONTRACT_NONE for events */
    bool blind;                 /* a row that is off decided a call: its states are not known */
    unsigned state_count;
    struct model_state states[MODEL_STATES];
};

void model_reset(struct model *m, const struct program_world *world);
/* False: *complaint says what is wrong, and the set of states is unchanged. */
bool model_call(struct model *m, const struct model_view *v, const struct model_seen *seen,
                struct model_faults faults, struct model_complaint *complaint);
/* A small number for the kind of state this is, to be fed back to an engine. */
uint32_t model_fingerprint(const struct model *m);

/* After a complaint: takes the state that the call should have led to, or if that alone was wrong
   the files that were seen, so that the calls behind it can be judged. False: it is not known, and
   the set of states is unchanged. */
bool model_go_on(struct model *m, const struct model_view *v, const struct model_seen *seen,
                 struct model_faults faults, const struct model_complaint *complaint);

/* For allowed.c and the tests: one state, one answer. In order: what the client decides alone; the
   server's action and answer; the client's handling of a success. */
enum { MODEL_ASKS_SERVER = -1 };
struct model_answer model_client_decides(const struct model_state *s, const struct model_view *v);
struct model_answer model_server_answers(struct model_state *s, const struct model_view *v,
                                         const struct model *m);
void model_client_takes(struct model_state *s, const struct model_view *v,
                        const struct model_seen *seen);

#endif
