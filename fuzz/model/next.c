/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The states that a call may lead to: as without a fault, and in each way in which a fault allows
 * it to fail.
 */
#include "model_internal.h"

#include "allowed.h"
#include "faults/fault/wire_effect.h"
#include "profile.h"

#include <windows.h>

#include <ntdsbcli.h>

#include <errno.h>
#include <stddef.h>
#include <string.h>

/* Does the state agree with what can be seen? ------------------------------------------------- */

static unsigned differences_of_store(const struct model_state *s, const struct model_seen *seen)
{
    unsigned gone = s->files & ~(unsigned)seen->files, kept = seen->files & ~(unsigned)s->files;
    unsigned current = 1u << FILE_LOG_CURRENT;
    bool further_gone = (s->further & ~seen->further) != 0;
    bool further_kept = (seen->further & ~s->further) != 0;
    return (((gone | kept) & current) != 0 ? ASPECT_CURRENT_LOG : 0u) |
           ((gone & ~current) != 0 || further_gone ? ASPECT_GONE : 0u) |
           ((kept & ~current) != 0 || further_kept ? ASPECT_KEPT : 0u);
}

/* Bits of enum model_aspect; 0: it agrees. */
static unsigned differences(const struct model_state *s, const struct model_seen *seen)
{
    uint32_t backup = 0, restore = 0, open = 0;
    unsigned differs =
        (s->up != seen->server_up ? ASPECT_SERVER : 0u) | differences_of_store(s, seen);
    if (!s->up || !seen->server_up || !profile_has(PROFILE_SERVER_COUNTS))
        return differs;
    for (unsigned i = 0; i < s->session_count; i++) {
        const struct model_session *h = &s->sessions[i];
        backup += h->on_server && h->backup;
        restore += h->on_server && !h->backup;
        open += h->on_server && h->open >= 0;
    }
    bool online = !s->restore_mode && s->interlock == INTERLOCK_IS_OPEN;
    bool registered = s->interlock == INTERLOCK_IS_REGISTERED;
    if (backup != seen->backup_sessions || restore != seen->restore_sessions)
        differs |= ASPECT_SESSIONS;
    if (open != seen->open_files)
        differs |= ASPECT_FILES;
    if (online != seen->server_online || registered != seen->server_registered)
        differs |= ASPECT_INTERLOCK;
    return differs;
}

/* Whether the state agrees; if not, the step remembers the one with the fewest differences. */
static bool agrees(struct model_step *t, const struct model_state *s)
{
    unsigned differs = differences(s, t->seen);
    if (t->differs == 0 || __builtin_popcount(differs) < __builtin_popcount(t->differs))
        t->differs = differs;
    return differs == 0;
}

/* A process that dies loses its memory; and files whose deletion was not durable may
   be there again. */
static void server_dies(struct model_state *s, const struct model_seen *seen)
{
    s->files |= (uint8_t)(s->doubtful_logs & seen->files);
    s->doubtful_logs &= (uint8_t)~s->files;
    for (unsigned i = 0; i < s->session_count; i++)
        s->sessions[i].on_server = s->sessions[i].registered = false;
}

/* The next set ------------------------------------------------------------------------------- */

static bool same(const struct model_state *a, const struct model_state *b)
{
    return a->session_count == b->session_count &&
           memcmp(a, b,
                  offsetof(struct model_state, sessions) +
                      a->session_count * sizeof a->sessions[0]) == 0;
}

/* Adds the state if it agrees with the observation and is not there yet. */
static void add(struct model_step *t, struct model_state *s)
{
    if (t->seen->deaths > 0)
        server_dies(s, t->seen);
    if (t->takes_files)
        model_store_take(s, t->seen);
    if (!agrees(t, s) || t->next->state_count == MODEL_STATES)
        return;
    for (unsigned i = 0; i < t->next->state_count; i++)
        if (same(&t->next->states[i], s))
            return;
    struct model_state *to = &t->next->states[t->next->state_count++];
    if (to != s)
        model_copy(to, s);
}

bool model_has_errno(const struct model_step *t, enum fault_class class, int error)
{
    for (uint32_t i = 0; i < t->faults.count; i++) {
        const struct fault_firing *f = &t->faults.firings[i];
        struct fault_effect e = fault_kind_effect(f->class, f->kind);
        if (f->class == class && f->side == WORLD_SERVER && e.action == FAULT_FAIL &&
            e.value == error)
            return true;
    }
    return false;
}

/* A service that has started, or restarted, knows the accounts that are set now, and the interlock
   by its file, one of which a crash may have left; and knows of none if it did not find the file.
 */
static void add_started(struct model_step *t, struct model_state *s)
{
    s->without_accounts = model_starts_without_accounts(s);
    uint8_t before = s->interlock;
    bool certain = s->interlock_certain;
    if (certain)
        add(t, s);
    s->interlock_certain = true;
    for (s->interlock = INTERLOCK_IS_OPEN; !certain && s->interlock <= INTERLOCK_IS_FAILED;
         s->interlock++)
        add(t, s);
    if (model_has_errno(t, FAULT_FILE_OPEN, ENOENT)) {
        s->interlock = INTERLOCK_IS_OPEN;
        s->interlock_certain = certain && before == INTERLOCK_IS_OPEN;
        add(t, s);
    }
    s->interlock = before;
    s->interlock_certain = certain;
}

/* A death shows whether the process restarted, and resolves which of the interlock's possible
   states the files hold. */
static void add_after_death(struct model_step *t, struct model_state *s)
{
    s->up = t->seen->server_up;
    if (t->seen->deaths == 0)
        add(t, s);
    else
        add_started(t, s);
}

static void forget(struct model_state *s, uint64_t handle)
{
    struct model_session *h = model_find(s, handle);
    if (h != NULL)
        *h = s->sessions[--s->session_count];
}

/* The call as it goes without a fault, with its answer. `s` becomes the next state. */
static struct model_answer go(const struct model_step *t, struct model_state *s)
{
    const struct model_view *v = t->view;
    struct model_answer answer = model_client_decides(s, v);
    bool asks = answer.code == MODEL_ASKS_SERVER;
    struct model_session *h = model_find(s, v->handle);
    if (answer.code == RPC_S_CALL_FAILED_DNE && h != NULL)
        h->lost = true;
    if (asks)
        answer = model_server_answers(s, v, t->now);
    if (asks && h != NULL && h->poisoned) {
        answer = (struct model_answer){RPC_S_PROTOCOL_ERROR, CONTRACT_SESSION_STRAY_ANSWER};
        h->lost = true;
    }
    if (answer.code == S_OK)
        model_client_takes(s, v, t->seen);
    if (api_is_end(v->shape) && answer.code != ERROR_INVALID_PARAMETER)
        forget(s, v->handle);
    if (answer.code != S_OK)
        answer.code = profile_code(answer.rule, answer.code);
    return answer;
}

/* Failed calls ------------------------------------------------------------------------------- */

/* A truncation that stopped in the middle: the deleted logs must be the oldest of
   the listed ones. */
static void take_partial_truncation(struct model_state *s, struct model_session *h,
                                    const struct model_seen *seen)
{
    if (!model_may_truncate(h))
        return;
    for (int f = FILE_LOG_1; f < FILE_LOG_CURRENT; f++) {
        uint8_t bit = (uint8_t)(1 << f);
        if (!(h->listed & bit) || !model_store_is_listed(s, h, f))
            continue;
        if (seen->files & bit)
            return;
        s->files &= (uint8_t)~bit;
        s->doubtful_logs |= bit;
    }
}

/* Writing the interlock to the files, or removing it, may be incomplete. */
static void doubt_interlock(struct model_state *s, enum api_shape shape)
{
    if (shape == API_RESTORE_REGISTER || shape == API_RESTORE_REGISTER_COMPLETE)
        s->interlock_certain = false;
}

bool model_has_wire_effect(const struct model_step *t, enum wire_effect effect)
{
    for (uint32_t i = 0; i < t->faults.count; i++) {
        const struct fault_firing *f = &t->faults.firings[i];
        struct fault_effect e = fault_kind_effect(f->class, f->kind);
        if (e.action == FAULT_WIRE && e.value == (int)effect)
            return true;
    }
    return false;
}

bool model_list_is_long(const struct model_state *s, enum api_shape shape,
                        const struct model_session *h)
{
    return shape == API_GET_DATABASE_NAMES && h != NULL && s->tcp && h->further > UINT16_MAX;
}

/* After a duplicated answer the second copy waits for the next call. Of a reply of several
   fragments some may wait after a fault that broke one of them. */
static void add_with_stray_answers(struct model_step *t, struct model_state *s,
                                   struct model_session *h)
{
    bool fragments = t->view->shape == API_READ || model_list_is_long(s, t->view->shape, h);
    bool twice = model_has_wire_effect(t, WIRE_DUPLICATE);
    bool stray = twice || (fragments && (model_has_wire_effect(t, WIRE_FAULT) ||
                                         model_has_wire_effect(t, WIRE_LOST) ||
                                         model_has_wire_effect(t, WIRE_LATE)));
    if (!twice || fragments || h == NULL)
        add_after_death(t, s);
    if (h == NULL || !stray)
        return;
    h->poisoned = true;
    add_after_death(t, s);
}

static bool is_cancelled(const struct model_step *t)
{
    for (uint32_t i = 0; i < t->faults.count; i++)
        if (t->faults.firings[i].class == FAULT_THREAD_CALL)
            return t->seen->code == RPC_S_CALL_CANCELLED;
    return false;
}

/* Of a call that was given up when its request was sent all answers so far are ignored. */
static void add_with_ignored_answers(struct model_step *t, const struct model_state *waiting)
{
    static struct model_state s;
    model_copy(&s, waiting);
    struct model_session *h = model_find(&s, t->view->handle);
    h->poisoned = false;
    add_with_stray_answers(t, &s, h);
}

/* How far the server got before the call failed. */
enum progress { NOT_ACTED, AGREED, ACTED, HALF_ACTED, PROGRESSES };

/* One way in which the call may have failed. */
static void add_failure(struct model_step *t, const struct model_state *before,
                        enum progress progress, bool lost, bool on_server)
{
    static struct model_state s;
    const struct model_view *v = t->view;
    enum api_shape shape = v->shape;
    model_copy(&s, before);
    struct model_session *h = model_find(&s, v->handle);
    bool asks = model_client_decides(before, v).code == MODEL_ASKS_SERVER;
    if (progress == AGREED && asks && h != NULL && h->backup && !api_is_end(shape))
        model_agree(h);
    if (progress >= ACTED && asks && (shape != API_BACKUP_PREPARE && shape != API_RESTORE_PREPARE))
        model_server_answers(&s, v, t->now);
    /* The lock stands, but the session that asked for it does not own it. */
    if (h != NULL && shape == API_RESTORE_REGISTER && progress == HALF_ACTED)
        h->registered = false;
    if (h != NULL && shape == API_TRUNCATE_LOGS && progress <= AGREED)
        take_partial_truncation(&s, h, t->seen);
    if (asks)
        doubt_interlock(&s, shape);
    if (h != NULL) {
        h->lost |= lost;
        h->on_server &= on_server;
        h->registered &= on_server;
    }
    if (api_is_end(shape))
        forget(&s, v->handle);
    if (h != NULL && h->poisoned && is_cancelled(t))
        add_with_ignored_answers(t, &s);
    add_with_stray_answers(t, &s, h);
}

/* The ways to fail that a row allows. */
void model_add_failures(struct model_step *t, const struct model_state *before,
                        const struct allowance *a)
{
    for (enum progress p = NOT_ACTED; p < PROGRESSES; p++) {
        if (!(a->acted & (p <= AGREED ? CHOICE_NO : CHOICE_YES)) ||
            (p == HALF_ACTED && t->view->shape != API_RESTORE_REGISTER))
            continue;
        if (a->lost & CHOICE_NO)
            add_failure(t, before, p, false, true);
        if (a->lost & CHOICE_YES) {
            add_failure(t, before, p, true, true);
            add_failure(t, before, p, true, false);
        }
    }
}

static uint64_t made_or_used(const struct model_step *t)
{
    return t->seen->handle_out != 0 ? t->seen->handle_out : t->view->handle;
}

/* A restart during the call may have failed, or revealed another state of the interlock: the call
   itself ended correctly. */
struct model_answer model_add_exact(struct model_step *t, const struct model_state *before)
{
    static struct model_state another;
    /* What is added as it is can be made in its place. */
    bool in_place = t->faults.count == 0 && t->next->state_count < MODEL_STATES;
    struct model_state *s = in_place ? &t->next->states[t->next->state_count] : &another;
    model_copy(s, before);
    struct model_answer expected = go(t, s);
    if (expected.code != t->seen->code)
        return expected;
    if (t->faults.count > 0)
        add_with_stray_answers(t, s, model_find(s, made_or_used(t)));
    else
        add(t, s);
    return expected;
}

/* Events ------------------------------------------------------------------------------------- */

static void start(struct model_step *t, struct model_state *s)
{
    uint32_t mode = t->view->call->number % 3;
    if (s->up) {
        add(t, s);
        return;
    }
    /* It cannot start with what is set, and cannot fail but for that or a fault. */
    bool no_room = s->disk_full && t->seen->code == hrDiskFull;
    if (t->faults.count == 0 && !no_room && t->seen->code != model_start_code(s))
        return;
    if (mode != 0)
        s->restore_mode = mode == 2;
    s->up = t->seen->server_up;
    if (s->up)
        add_started(t, s);
    else
        add(t, s);
}

void model_add_event(struct model_step *t, const struct model_state *before)
{
    static struct model_state s;
    model_copy(&s, before);
    switch (t->view->shape) {
    case EVENT_CLIENT_EXIT:
        s.session_count = 0;
        s.identity = IDENTITY_NONE;
        break;
    case EVENT_SERVER_STOP:
    case EVENT_SERVER_KILL:
    case EVENT_POWER_FAIL:
        s.up = false;
        server_dies(&s, t->seen);
        break;
    case EVENT_SERVER_START:
        start(t, &s);
        return;
    case EVENT_CONFIGURE:
        s.setting = t->view->call->text;
        break;
    case EVENT_DISK_FULL:
    case EVENT_DISK_FREE:
        s.disk_full = t->view->shape == EVENT_DISK_FULL;
        break;
    default:
        if (t->view->shape >= EVENT_STORE_ROTATE && t->view->shape <= EVENT_STORE_RESTORE)
            model_store_event(&s, t->view);
        break;
    }
    add(t, &s);
}
