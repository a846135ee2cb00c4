/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The model: what every call of a program must answer, by the contract alone. It is a state machine
 * of sessions, store, interlock and identity; it calls nothing of the target.
 *
 * Without a fault each call has exactly one answer and one next state. A fault makes it several:
 * the server may have acted or not, the association may have survived or not (allowed.h says which
 * for each fault). So the model carries a set of states, and each observation leaves those that
 * agree with it. When none is left, the target has broken the contract.
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

/* What is passed as a token. */
enum model_token { TOKEN_NULL, TOKEN_EMPTY, TOKEN_FOREIGN, TOKEN_DAMAGED, TOKEN_GOOD };

/* A call as the model sees it. */
struct model_view {
    const struct call *call;
    enum api_shape shape; /* of its function */
    uint64_t handle;
    enum model_token token;
    int64_t token_made, now; /* seconds since 1970 */
    uint32_t read_bytes;     /* asked for */
};

/* What came of it. */
struct model_seen {
    int32_t code;
    uint64_t handle_out; /* a Prepare that succeeded */
    uint32_t read_bytes; /* a Read that succeeded */
    const uint8_t *data; /* of it; NULL: not to be compared */
    int64_t file_size;   /* an OpenFile that succeeded */
    const void *list;    /* a list function that succeeded: bytes, or UTF-16 */
    uint32_t list_bytes;
    int online;     /* IsNTDSOnline: 0 or 1; -1: untouched */
    bool server_up; /* and if it is, what it holds after the call: */
    uint32_t backup_sessions, restore_sessions, open_files;
    bool server_online, server_registered;
    uint8_t logs;    /* files that exist in the store */
    unsigned deaths; /* of the server's process, during the call */
};

/* The faults that fired in the call. */
struct model_faults {
    const struct fault_firing *firings;
    uint32_t count;
};

/* What is wrong, and what was expected. */
enum model_wrong { MODEL_CODE, MODEL_SWALLOWED, MODEL_STATE, MODEL_DATA };
struct model_complaint {
    enum model_wrong what;
    char detail[256];
};

/* A code, and the rule of docs/contract.md that it follows from. */
struct model_answer {
    int32_t code;
    enum contract_rule rule;
};

/* What decided a call. */
struct model_ruling {
    enum contract_rule rule;    /* its answer if no fault had hit it */
    enum contract_rule failure; /* why a fault allows what came instead, or changes nothing */
};

struct model {
    const struct program_world *world;
    struct model_ruling ruling; /* of the last call; CONTRACT_NONE for events */
    unsigned state_count;
    struct model_state states[MODEL_STATES];
};

void model_reset(struct model *m, const struct program_world *world);
/* False: *complaint says what is wrong. The set of states is then as before. */
bool model_call(struct model *m, const struct model_view *v, const struct model_seen *seen,
                struct model_faults faults, struct model_complaint *complaint);
/* A small number that stands for what kind of state this is, to be fed back to an engine. */
uint32_t model_fingerprint(const struct model *m);

/* For allowed.c and the tests: one state, one answer. What the client decides alone; then what the
   server does, and its answer; then what the client makes of a success. */
enum { MODEL_ASKS_SERVER = -1 };
struct model_answer model_client_decides(const struct model_state *s, const struct model_view *v);
struct model_answer model_server_answers(struct model_state *s, const struct model_view *v,
                                         const struct model *m);
void model_client_takes(struct model_state *s, const struct model_view *v,
                        const struct model_seen *seen);

#endif
