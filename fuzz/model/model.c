/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The set of states, and how an observation narrows it. Read model_call() first.
 */
#include "model_internal.h"

#include "allowed.h"
#include "faults/fault/wire_effect.h"
#include "fuzz/program/codes.h"
#include "profile.h"

#include <windows.h>

#include <ntdsbcli.h>

#include <errno.h>
#include <inttypes.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

void model_reset(struct model *m, const struct program_world *world)
{
    m->world = world;
    m->blind = false;
    m->state_count = 1;
    struct model_state *s = &m->states[0];
    memset(s, 0, offsetof(struct model_state, sessions));
    s->up = true;
    s->restore_mode = world->restore_mode;
    s->tcp = world->tcp;
    s->interlock_certain = true;
    model_store_reset(s);
}

/* Only a start can fail, and only by what is set or by a fault: by which rule. */
static bool event_may_return(const struct model *m, const struct model_seen *seen,
                             struct model_faults faults, enum contract_rule *failure)
{
    if (seen->code == S_OK || seen->code == model_start_code(&m->states[0]))
        return true;
    /* It may have to make again what a crash has taken. */
    if (m->states[0].disk_full && seen->code == hrDiskFull) {
        *failure = CONTRACT_SERVICE_REFUSES_TO_START;
        return true;
    }
    for (uint32_t i = 0; i < faults.count; i++) {
        const struct allowance *a = allowed_find(&faults.firings[i], WHEN_STARTING);
        if (a != NULL && allowed_code(a, &faults.firings[i], seen->code)) {
            *failure = a->rule;
            return true;
        }
    }
    return false;
}

/* Judging ------------------------------------------------------------------------------------- */

bool model_complain(struct model_complaint *c, enum model_wrong what, const char *format,
                    const char *text)
{
    c->what = what;
    snprintf(c->detail, sizeof c->detail, format, text);
    return false;
}

static void describe_seen(const struct model_seen *s, char *out, size_t n)
{
    if (!s->server_up) {
        snprintf(out, n, "no server; files %02x", s->files);
        return;
    }
    snprintf(out, n,
             "%" PRIu32 " backup and %" PRIu32 " restore sessions, %" PRIu32
             " open files, %s, interlock %s, files %02x",
             s->backup_sessions, s->restore_sessions, s->open_files,
             s->server_online ? "online" : "offline", s->server_registered ? "stands" : "free",
             s->files);
}

/* A damaged token may have become an older one, a younger one or none, depending on the byte. */
static bool is_open_question(const struct model_view *v, int32_t code)
{
    return v->shape == API_CHECK_EXPIRY_TOKEN && v->token == TOKEN_DAMAGED &&
           (code == S_OK || code == hrContentsExpired);
}

/* "open files and current log". */
static void name_aspects(unsigned differs, struct model_complaint *c)
{
    static const char *const names[] = {"server",
                                        "sessions",
                                        "open files",
                                        "current log",
                                        "files gone from the store",
                                        "files kept in the store",
                                        "interlock"};
    size_t n = 0;
    c->aspect[0] = '\0';
    /* A session takes its file along. */
    if ((differs & ASPECT_SESSIONS) != 0)
        differs &= ~(unsigned)ASPECT_FILES;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if ((differs & 1u << i) != 0)
            n += (size_t)snprintf(c->aspect + n, sizeof c->aspect - n, "%s%s", n > 0 ? " and " : "",
                                  names[i]);
}

struct judgement {
    bool exact_allowed, code_allowed;
    bool swallowed; /* a fault that must be reported was not reported */
    struct model_answer expected;
    enum contract_rule failure; /* as allowed_failure.rule */
};

/* The outcomes that the faults of the call allow. */
struct allowed_failure {
    bool code;               /* the code that was returned */
    bool must_fail;          /* success is not allowed */
    struct allowance all;    /* of several faults each may have been the first */
    enum contract_rule rule; /* of a row that allows the code, else of one that forbids success */
};

/* Whether a part of the request may have been sent when the call ended. */
static bool may_be_cut(const struct model_step *t)
{
    bool cut = t->now->world->segment > 0;
    for (uint32_t i = 0; i < t->faults.count; i++)
        cut |= t->faults.firings[i].class == FAULT_NET_SEND;
    return cut;
}

static struct allowed_failure find_failure(const struct model_step *t)
{
    struct allowed_failure f = {.all = {.acted = 0, .lost = 0}};
    enum allowed_when when = allowed_when_of(t->view->shape);
    for (uint32_t i = 0; i < t->faults.count; i++) {
        const struct allowance *a = allowed_find(&t->faults.firings[i], when);
        bool never = a == NULL || a->exact == EXACT_NEVER;
        bool hasty = a != NULL && a->exact == EXACT_UNLESS_LATE && !t->seen->late;
        bool code = a != NULL && !hasty && allowed_code(a, &t->faults.firings[i], t->seen->code);
        if (a != NULL &&
            (f.rule == CONTRACT_NONE || (code && !f.code) || (never && !f.must_fail && !f.code)))
            f.rule = a->rule;
        bool off = a != NULL && profile_is_off(a->rule);
        f.must_fail |= never && !off && !t->faults.are_earlier;
        f.code |= code || (off && t->seen->code != S_OK);
        if (a == NULL)
            continue;
        /* A lie about an answer that is no longer waited for may be taken for one about this one's.
         */
        f.code |= t->faults.are_earlier && a->class >= FAULT_RPC_BIND &&
                  code_is_of_runtime(t->seen->code);
        off |= t->faults.are_earlier;
        f.all.acted |= off ? CHOICE_EITHER : a->acted;
        bool torn = a->class == FAULT_THREAD_CALL && may_be_cut(t);
        f.all.lost |= off || torn ? CHOICE_EITHER : a->lost;
    }
    return f;
}

/* The files that the service has looked for and not found were gone before the call, as far as
   anybody can tell: of those that the call is about. */
static const struct model_state *without_lost(const struct model_step *t,
                                              const struct model_state *before)
{
    static struct model_state s;
    enum api_shape shape = t->view->shape;
    uint8_t mask = shape == API_BACKUP_PREPARE                                  ? DATABASE_FILES
                   : shape == API_GET_BACKUP_LOGS || shape == API_TRUNCATE_LOGS ? LOG_FILES
                                                                                : 0;
    if (mask == 0 || !(model_has_errno(t, FAULT_FILE_LOOKUP, ENOENT) ||
                       model_has_errno(t, FAULT_FILE_UNLINK, ENOENT)))
        return before;
    model_copy(&s, before);
    model_store_lose(&s, mask, t->seen);
    return &s;
}

static void step_state(struct model_step *t, const struct model_state *state, struct judgement *j)
{
    const struct model_state *before = without_lost(t, state);
    struct allowed_failure f = find_failure(t);
    const struct model_session *h = model_look(before, t->view->handle);
    if (t->faults.count > 0 && h != NULL && h->poisoned && t->seen->code == RPC_S_PROTOCOL_ERROR) {
        f.code = true;
        f.rule = CONTRACT_SESSION_STRAY_ANSWER;
        f.all.acted |= CHOICE_YES;
        f.all.lost |= CHOICE_YES;
    }
    if (f.code)
        model_add_failures(t, before, &f.all);
    j->code_allowed |= f.code;
    unsigned had = t->next->state_count;
    struct model_answer expected = model_add_exact(t, before);
    /* A call that would have failed anyway may do so, and if it succeeds the fault is not why. */
    bool swallowed = f.must_fail && t->seen->code == S_OK && expected.code == S_OK;
    if (swallowed) {
        t->next->state_count = had;
        expected = (struct model_answer){S_OK, CONTRACT_NONE};
    }
    bool exact = !swallowed && expected.code == t->seen->code;
    j->swallowed |= swallowed;
    j->exact_allowed |= t->next->state_count > had || exact;
    /* The first state's complaint is reported, unless another state agrees. */
    if (state == &t->now->states[0] || (exact && j->expected.code != t->seen->code))
        j->expected = expected;
    /* As without the fault: the fault had no effect, or the call would have failed anyway. */
    if (exact && !f.code && t->faults.count > 0)
        f.rule = f.must_fail ? CONTRACT_NONE : CONTRACT_FAILURE_RETRIED;
    if (f.rule != CONTRACT_NONE)
        j->failure = f.rule;
}

static bool judge(const struct model_step *t, const struct judgement *j, struct model_faults faults,
                  struct model_complaint *c)
{
    char text[192];
    if (t->next->state_count > 0)
        return true;
    if (j->swallowed && !j->code_allowed)
        return model_complain(c, MODEL_SWALLOWED,
                              "the fault must be reported, but the call returned %s",
                              code_text(t->seen->code));
    if (j->code_allowed || j->exact_allowed) {
        describe_seen(t->seen, text, sizeof text);
        name_aspects(t->differs, c);
        return model_complain(c, MODEL_STATE, "the code is right, but the state is not: %s", text);
    }
    snprintf(text, sizeof text, "%s%s, got %s", code_text(j->expected.code),
             faults.count > 0 ? " or what the fault allows" : "", code_text(t->seen->code));
    c->expected = j->expected.code;
    c->got = t->seen->code;
    return model_complain(c, MODEL_CODE, "expected %s", text);
}

/* A row that is off may have any answer: after another one the states are not known. */
static bool goes_blind(struct model *m, const struct model_step *t, const struct judgement *j)
{
    if (t->next->state_count > 0 || !profile_is_off(j->expected.rule))
        return false;
    m->blind = true;
    profile_count_blind(j->expected.rule);
    return true;
}

static bool take_call(struct model *m, const struct model_view *v, const struct model_seen *seen,
                      struct model_faults faults, bool takes_files,
                      struct model_complaint *complaint)
{
    static struct model next;
    struct model_step t = {.faults = faults,
                           .now = m,
                           .view = v,
                           .seen = seen,
                           .next = &next,
                           .takes_files = takes_files};
    struct judgement j = {.expected = {S_OK, CONTRACT_NONE}};
    struct model_view altered;
    /* Its texts are long, and most calls give no reason to complain. */
    complaint->what = MODEL_CODE;
    complaint->detail[0] = complaint->aspect[0] = '\0';
    complaint->expected = S_OK;
    complaint->got = seen->code;
    m->ruling = (struct model_ruling){CONTRACT_NONE, CONTRACT_NONE, S_OK};
    if (m->blind)
        return true;
    next.world = m->world;
    next.state_count = 0;
    if (is_open_question(v, seen->code)) {
        altered = *v;
        altered.token = TOKEN_GOOD;
        altered.token_made = seen->code == S_OK ? v->now : 0;
        altered.token_days = SCENE_TOKEN_DAYS;
        t.view = &altered;
    }
    bool is_event = v->call->function >= API_FUNCTIONS;
    if (is_event && !event_may_return(m, seen, faults, &m->ruling.failure))
        return model_complain(complaint, MODEL_CODE, "expected S_OK, got %s",
                              code_text(seen->code));
    /* Bits of the data that changed on the wire cannot be detected. */
    if (seen->code == S_OK && !model_has_wire_effect(&t, WIRE_STUB_ONES) &&
        !model_judge_data(m, v, seen, complaint))
        return false;
    for (unsigned i = 0; i < m->state_count; i++) {
        if (is_event)
            model_add_event(&t, &m->states[i]);
        else
            step_state(&t, &m->states[i], &j);
    }
    j.exact_allowed |= is_event;
    if (!is_event)
        m->ruling = (struct model_ruling){j.expected.rule, j.failure, j.expected.code};
    if (!is_event && goes_blind(m, &t, &j))
        return true;
    if (!judge(&t, &j, faults, complaint))
        return false;
    for (unsigned i = 0; i < next.state_count; i++)
        model_copy(&m->states[i], &next.states[i]);
    m->state_count = next.state_count;
    /* Nor those in the middle of a list. */
    bool is_altered =
        model_has_wire_effect(&t, WIRE_STUB_ONES) &&
        model_list_is_long(&m->states[0], v->shape, model_look(&m->states[0], v->handle));
    return seen->code != S_OK || is_altered || model_judge_results(m, v, seen, complaint);
}

bool model_call(struct model *m, const struct model_view *v, const struct model_seen *seen,
                struct model_faults faults, struct model_complaint *complaint)
{
    return take_call(m, v, seen, faults, false, complaint);
}

/* A code that the call may have returned. S_OK: none is known, or it is that of a success, whose
   outputs are not known. */
static int32_t right_code(const struct model_view *v, struct model_faults faults,
                          const struct model_complaint *c)
{
    const struct allowance *a =
        faults.count > 0 ? allowed_find(&faults.firings[0], allowed_when_of(v->shape)) : NULL;
    return c->what == MODEL_CODE                                       ? c->expected
           : c->what == MODEL_SWALLOWED && a != NULL && c->got == S_OK ? a->codes[0]
                                                                       : S_OK;
}

bool model_go_on(struct model *m, const struct model_view *v, const struct model_seen *seen,
                 struct model_faults faults, const struct model_complaint *complaint)
{
    struct model_seen right = *seen;
    struct model_complaint ignored;
    struct model_ruling ruling = m->ruling;
    bool state = complaint->what == MODEL_STATE;
    if (!state)
        right.code = right_code(v, faults, complaint);
    /* A handle that there should not be is one that the model does not know. */
    if ((!state && right.code == S_OK) || seen->handle_out != 0 ||
        v->call->function >= API_FUNCTIONS)
        return false;
    bool known = take_call(m, v, &right, faults, state, &ignored);
    m->ruling = ruling;
    return known;
}
