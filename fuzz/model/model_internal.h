/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Shared by the files of the model.
 */
#ifndef FUZZ_MODEL_INTERNAL_H
#define FUZZ_MODEL_INTERNAL_H

#include "model.h"

#include "faults/fault/wire_effect.h"
#include "fuzz/scene/store.h"

enum {
    DATABASE_FILES = 1 << FILE_DATABASE | 1 << FILE_PATCH,
    LOG_FILES = 1 << FILE_LOG_1 | 1 << FILE_LOG_2 | 1 << FILE_LOG_3 | 1 << FILE_LOG_CURRENT,
};

/* The file that the call's text names: its index, or negative for none. */
int8_t model_file(const struct model_view *v);
/* The state of the process with the identity that the call names. */
enum model_identity model_identity(const struct model_view *v);
/* What ServerStart() returns with what was set last, and whether the service then knows no account.
 */
int32_t model_start_code(const struct model_state *s);
bool model_starts_without_accounts(const struct model_state *s);
/* hrContentsExpired, or S_OK. */
int32_t model_token_age(const struct model_view *v);
/* The store (store.c): as it is laid out; after an event; its regular files among those of the
   mask, noted in `identities`. */
void model_store_reset(struct model_state *s);
void model_store_event(struct model_state *s, const struct model_view *v);
/* Names of the mask that were not seen are gone, durably; with FILE_PATCH the further patch files.
 */
void model_store_lose(struct model_state *s, uint8_t mask, const struct model_seen *seen);
uint8_t model_store_list(const struct model_state *s, uint8_t mask,
                         uint16_t identities[MODEL_FILES]);
/* The names that were seen are those that exist, durably. */
void model_store_take(struct model_state *s, const struct model_seen *seen);
/* Whether that name is still that of the file that was listed. */
bool model_store_is_listed(const struct model_state *s, const struct model_session *h, int file);
/* First in every call of a backup session but End: the server undoes changes whose reply did not
   reach the client. */
void model_agree(struct model_session *h);
/* Whether every listed file was read to its end, in the right order. */
bool model_may_truncate(const struct model_session *h);

/* One observation, and the set of states that agree with it. */
struct model_step {
    struct model_faults faults;
    const struct model *now;
    const struct model_view *view;
    const struct model_seen *seen;
    struct model *next;
    unsigned
        differs; /* bits of enum model_aspect: of the state that came nearest; 0: no state did */
    bool takes_files; /* as they were seen, whatever they should be */
};

/* What can be seen of a state. */
enum model_aspect {
    ASPECT_SERVER = 1, /* whether it runs */
    ASPECT_SESSIONS = 2,
    ASPECT_FILES = 4,
    ASPECT_CURRENT_LOG = 8, /* whether edb.log is there */
    ASPECT_GONE = 16,       /* other files of the store that should be there */
    ASPECT_KEPT = 32,       /* files of the store that should not */
    ASPECT_INTERLOCK = 64,
};

/* Adds the state after the call as it goes without a fault, if its code is the one seen. Returns
   the answer without a fault. */
struct model_answer model_add_exact(struct model_step *t, const struct model_state *before);
/* Adds the states that may follow if the call fails in the ways that the row allows. */
struct allowance;
void model_add_failures(struct model_step *t, const struct model_state *before,
                        const struct allowance *a);
void model_add_event(struct model_step *t, const struct model_state *before);
bool model_has_wire_effect(const struct model_step *t, enum wire_effect effect);
/* Whether it is a list that may be longer than a fragment: of database files, of which there are
   many, over TCP. Locally no list is. */
bool model_list_is_long(const struct model_state *s, enum api_shape shape,
                        const struct model_session *h);
/* Whether a call of the service of that class has failed with the errno. */
bool model_has_errno(const struct model_step *t, enum fault_class class, int error);

/* Returns false. `format` has one %s. */
bool model_complain(struct model_complaint *c, enum model_wrong what, const char *format,
                    const char *text);
/* Whether data, size, list and answer of a call that succeeded agree with the store: before and
   after the change of state. */
bool model_judge_data(const struct model *m, const struct model_view *v,
                      const struct model_seen *seen, struct model_complaint *c);
bool model_judge_results(const struct model *m, const struct model_view *v,
                         const struct model_seen *seen, struct model_complaint *c);

#endif
