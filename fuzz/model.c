/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The set of states, and how an observation narrows it. Read model_call() first.
 */
#include "model_internal.h"

#include "allowed.h"
#include "codes.h"
#include "faults/wire.h"
#include "scene.h"

#include <windows.h>

#include <ntdsbcli.h>

#include <inttypes.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

static const char *const files[MODEL_FILES] = {"ntds.dit",     "temp.pat", "edb00001.log",
                                               "edb00002.log", "edb.log",  "edb.chk"};

uint64_t model_file_size(const struct model *m, int file)
{
    bool exists;
    (void)m;
    return scene_file_size(files[file], &exists);
}

/* Only the sessions that are there are worth copying. */
static void copy(struct model_state *to, const struct model_state *from)
{
    memcpy(to, from,
           offsetof(struct model_state, sessions) + from->session_count * sizeof from->sessions[0]);
}

void model_reset(struct model *m, const struct program_world *world)
{
    m->world = world;
    m->state_count = 1;
    struct model_state *s = &m->states[0];
    memset(s, 0, offsetof(struct model_state, sessions));
    s->up = true;
    s->restore_mode = world->restore_mode;
    s->tcp = world->tcp;
    s->interlock_certain = true;
    s->logs = LOG_FILES;
}

bool model_knows_handle(const struct model *m, uint64_t handle, enum api_shape shape)
{
    for (unsigned i = 0; i < m->state_count; i++) {
        const struct model_session *h =
            model_find((struct model_state *)(uintptr_t)&m->states[i], handle);
        if (h != NULL && h->backup != model_is_for_restore(shape))
            return true;
    }
    return false;
}

uint32_t model_fingerprint(const struct model *m)
{
    const struct model_state *s = &m->states[0];
    uint32_t f = s->up | (uint32_t)s->restore_mode << 1 | (uint32_t)s->interlock << 2 |
                 (uint32_t)s->identity << 4;
    if (s->session_count > 0) {
        const struct model_session *h = &s->sessions[s->session_count - 1];
        f = f * 31 + 1 + h->backup + 2u * h->lost + 4u * h->phase + 16u * (h->open >= 0) +
            32u * h->restricted + 64u * h->registered;
    }
    return f * 5 + (s->session_count < 4 ? s->session_count : 4);
}

/* Does the state agree with what can be seen? ------------------------------------------------- */

static bool agrees(const struct model_state *s, const struct model_seen *seen)
{
    uint32_t backup = 0, restore = 0, open = 0;
    if (s->up != seen->server_up || s->logs != seen->logs)
        return false;
    if (!s->up)
        return true;
    for (unsigned i = 0; i < s->session_count; i++) {
        const struct model_session *h = &s->sessions[i];
        backup += h->on_server && h->backup;
        restore += h->on_server && !h->backup;
        open += h->on_server && h->open >= 0;
    }
    return backup == seen->backup_sessions && restore == seen->restore_sessions &&
           open == seen->open_files &&
           seen->server_online == (!s->restore_mode && s->interlock == INTERLOCK_IS_OPEN) &&
           seen->server_registered == (s->interlock == INTERLOCK_IS_REGISTERED);
}

/* What lies in memory that the process has lost with its life; and what the disk had not yet lost
   for good may be there again. */
static void server_dies(struct model_state *s, const struct model_seen *seen)
{
    s->logs |= (uint8_t)(s->doubtful_logs & seen->logs);
    s->doubtful_logs &= (uint8_t)~s->logs;
    for (unsigned i = 0; i < s->session_count; i++)
        s->sessions[i].on_server = s->sessions[i].registered = false;
}

/* The next set ------------------------------------------------------------------------------- */

struct step {
    struct model_faults faults;
    const struct model *now;
    const struct model_view *view;
    const struct model_seen *seen;
    struct model *next;
};

static bool same(const struct model_state *a, const struct model_state *b)
{
    return a->session_count == b->session_count &&
           memcmp(a, b,
                  offsetof(struct model_state, sessions) +
                      a->session_count * sizeof a->sessions[0]) == 0;
}

/* Adds the state if it agrees with the observation and is not there yet. */
static void add(struct step *t, struct model_state *s)
{
    if (t->seen->deaths > 0)
        server_dies(s, t->seen);
    if (!agrees(s, t->seen) || t->next->state_count == MODEL_STATES)
        return;
    for (unsigned i = 0; i < t->next->state_count; i++)
        if (same(&t->next->states[i], s))
            return;
    copy(&t->next->states[t->next->state_count++], s);
}

/* A death shows whether the process came back; and which of the interlock's states the files hold,
   where that was not certain. */
static void add_after_death(struct step *t, struct model_state *s)
{
    s->up = t->seen->server_up;
    if (s->interlock_certain || t->seen->deaths == 0) {
        add(t, s);
        return;
    }
    uint8_t before = s->interlock;
    s->interlock_certain = true;
    for (s->interlock = INTERLOCK_IS_OPEN; s->interlock <= INTERLOCK_IS_FAILED; s->interlock++)
        add(t, s);
    s->interlock = before;
    s->interlock_certain = false;
}

static bool is_end(enum api_shape shape)
{
    return shape == API_BACKUP_END || shape == API_RESTORE_END;
}

static void forget(struct model_state *s, uint64_t handle)
{
    struct model_session *h = model_find(s, handle);
    if (h != NULL)
        *h = s->sessions[--s->session_count];
}

/* The call as it goes without a fault; *code is its answer. `s` becomes the next state. */
static void go(const struct step *t, struct model_state *s, int32_t *code)
{
    const struct model_view *v = t->view;
    int32_t decided = model_client_decides(s, v);
    *code = decided == MODEL_ASKS_SERVER ? model_server_answers(s, v, t->now) : decided;
    struct model_session *h = model_find(s, v->handle);
    if (decided == RPC_S_CALL_FAILED_DNE && h != NULL)
        h->lost = true;
    if (decided == MODEL_ASKS_SERVER && h != NULL && h->poisoned) {
        *code = RPC_S_PROTOCOL_ERROR;
        h->lost = true;
    }
    if (*code == S_OK)
        model_client_takes(s, v, t->seen);
    if (is_end(model_shape(v)) && *code != ERROR_INVALID_PARAMETER)
        forget(s, v->handle);
}

/* Failed calls ------------------------------------------------------------------------------- */

static enum allowed_when when_of(enum api_shape shape)
{
    if (shape == EVENT_SERVER_START)
        return WHEN_STARTING;
    if (shape == API_SET_AUTH_IDENTITY || shape == API_CHECK_EXPIRY_TOKEN || shape == API_FREE)
        return WHEN_LOCAL;
    return api_parameters(shape)[0].kind == PARAMETER_HANDLE ? WHEN_IN_SESSION : WHEN_CONNECTING;
}

/* A truncation that stopped in the middle: what is gone must be the oldest of the listed. */
static void take_partial_truncation(struct model_state *s, struct model_session *h,
                                    const struct model_seen *seen)
{
    if (!model_may_truncate(h))
        return;
    for (int f = FILE_LOG_1; f < FILE_LOG_CURRENT; f++) {
        uint8_t bit = (uint8_t)(1 << f);
        if (!(s->logs & h->listed & bit))
            continue;
        if (seen->logs & bit)
            return;
        s->logs &= (uint8_t)~bit;
        s->doubtful_logs |= bit;
    }
}

/* The interlock may be on its way into the files, or out of them. */
static void doubt_interlock(struct model_state *s, enum api_shape shape)
{
    if (shape == API_RESTORE_REGISTER || shape == API_RESTORE_REGISTER_COMPLETE)
        s->interlock_certain = false;
}

static bool has_wire_effect(const struct step *t, enum wire_effect effect)
{
    for (uint32_t i = 0; i < t->faults.count; i++)
        if (fault_kind_effect(t->faults.firings[i].class, t->faults.firings[i].kind) ==
            FAULT_EFFECT_WIRE - (int)effect)
            return true;
    return false;
}

/* After an answer that came twice the second one waits for the next call. Of a reply of several
   fragments some may wait after anything that broke one of them. */
static void add_with_stray_answers(struct step *t, struct model_state *s, struct model_session *h)
{
    bool fragments = model_shape(t->view) == API_READ;
    bool twice = has_wire_effect(t, WIRE_DUPLICATE);
    bool stray =
        twice || (fragments && (has_wire_effect(t, WIRE_FAULT) || has_wire_effect(t, WIRE_LOST) ||
                                has_wire_effect(t, WIRE_LATE)));
    if (!twice || fragments || h == NULL)
        add_after_death(t, s);
    if (h == NULL || !stray)
        return;
    h->poisoned = true;
    add_after_death(t, s);
}

/* How far the server came before the call failed. */
enum progress { NOT_ACTED, ACTED, HALF_ACTED, PROGRESSES };

/* One way in which the call may have failed. */
static void add_failure(struct step *t, const struct model_state *before, enum progress progress,
                        bool lost, bool on_server)
{
    static struct model_state s;
    const struct model_view *v = t->view;
    enum api_shape shape = model_shape(v);
    copy(&s, before);
    struct model_session *h = model_find(&s, v->handle);
    bool asks = model_client_decides(before, v) == MODEL_ASKS_SERVER;
    if (progress != NOT_ACTED && asks &&
        (shape != API_BACKUP_PREPARE && shape != API_RESTORE_PREPARE))
        model_server_answers(&s, v, t->now);
    /* The lock stands, but whoever asked for it does not have it. */
    if (h != NULL && shape == API_RESTORE_REGISTER && progress == HALF_ACTED)
        h->registered = false;
    if (h != NULL && shape == API_TRUNCATE_LOGS && progress == NOT_ACTED)
        take_partial_truncation(&s, h, t->seen);
    if (asks)
        doubt_interlock(&s, shape);
    if (h != NULL) {
        h->lost |= lost;
        h->on_server &= on_server;
        h->registered &= on_server;
    }
    if (is_end(shape))
        forget(&s, v->handle);
    add_with_stray_answers(t, &s, h);
}

/* The ways that a row allows. */
static void add_failures(struct step *t, const struct model_state *before,
                         const struct allowance *a)
{
    for (enum progress p = NOT_ACTED; p < PROGRESSES; p++) {
        if (!(a->acted & (p == NOT_ACTED ? CHOICE_NO : CHOICE_YES)) ||
            (p == HALF_ACTED && model_shape(t->view) != API_RESTORE_REGISTER))
            continue;
        if (a->lost & CHOICE_NO)
            add_failure(t, before, p, false, true);
        if (a->lost & CHOICE_YES) {
            add_failure(t, before, p, true, true);
            add_failure(t, before, p, true, false);
        }
    }
}

static uint64_t made_or_used(const struct step *t)
{
    return t->seen->handle_out != 0 ? t->seen->handle_out : t->view->handle;
}

/* A restart on the way may have failed, or brought another interlock to light: the call itself
   ended as it should. */
static void add_exact(struct step *t, const struct model_state *before, int32_t *expected)
{
    static struct model_state s;
    copy(&s, before);
    go(t, &s, expected);
    if (*expected != t->seen->code)
        return;
    if (t->faults.count > 0)
        add_with_stray_answers(t, &s, model_find(&s, made_or_used(t)));
    else
        add(t, &s);
}

/* Events ------------------------------------------------------------------------------------- */

static void start(struct step *t, struct model_state *s)
{
    uint32_t mode = t->view->call->number % 3;
    if (s->up) {
        add(t, s);
        return;
    }
    if (mode != 0)
        s->restore_mode = mode == 2;
    s->up = t->seen->server_up;
    if (s->interlock_certain || !s->up) {
        add(t, s);
        return;
    }
    s->interlock_certain = true;
    for (s->interlock = INTERLOCK_IS_OPEN; s->interlock <= INTERLOCK_IS_FAILED; s->interlock++)
        add(t, s);
}

static void add_event(struct step *t, const struct model_state *before)
{
    static struct model_state s;
    copy(&s, before);
    switch (model_shape(t->view)) {
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
    default:
        break;
    }
    add(t, &s);
}

/* Only a start can fail, and only by a fault. */
static bool event_may_return(const struct model_seen *seen, struct model_faults faults)
{
    if (seen->code == S_OK)
        return true;
    for (uint32_t i = 0; i < faults.count; i++) {
        const struct allowance *a = allowed_find(&faults.firings[i], WHEN_STARTING);
        if (a != NULL && allowed_code(a, &faults.firings[i], seen->code))
            return true;
    }
    return false;
}

/* Judging ------------------------------------------------------------------------------------- */

static bool complain(struct model_complaint *c, const char *verdict, const char *format,
                     const char *text)
{
    c->verdict = verdict;
    snprintf(c->detail, sizeof c->detail, format, text);
    return false;
}

static void describe_seen(const struct model_seen *s, char *out, size_t n)
{
    if (!s->server_up) {
        snprintf(out, n, "no server; logs %02x", s->logs);
        return;
    }
    snprintf(out, n,
             "%" PRIu32 " backup and %" PRIu32 " restore sessions, %" PRIu32
             " open files, %s, interlock %s, logs %02x",
             s->backup_sessions, s->restore_sessions, s->open_files,
             s->server_online ? "online" : "offline", s->server_registered ? "stands" : "free",
             s->logs);
}

/* Lists ---------------------------------------------------------------------------------------- */

enum { LIST_MAX = 512 };
static const char root[] = "\\\\DC1\\store";

static size_t put_entry(uint16_t *out, size_t n, char type, const char *file)
{
    out[n++] = (uint8_t)type;
    for (const char *c = root; *c != '\0'; c++)
        out[n++] = (unsigned char)*c;
    if (file != NULL)
        out[n++] = '\\';
    for (; file != NULL && *file != '\0'; file++)
        out[n++] = (unsigned char)*file;
    out[n++] = 0;
    return n;
}

/* The list that the function must give, in UTF-16; returns its units. */
static size_t make_list(const struct model_session *h, enum api_shape shape, uint16_t *out)
{
    size_t n = 0;
    if (shape == API_GET_DATABASE_LOCATIONS) {
        n = put_entry(out, n, BFT_NTDS_DATABASE, files[FILE_DATABASE]);
        n = put_entry(out, n, BFT_LOG_DIR, NULL);
        n = put_entry(out, n, BFT_CHECKPOINT_DIR, NULL);
    } else if (shape == API_GET_DATABASE_NAMES) {
        n = put_entry(out, n, BFT_NTDS_DATABASE, files[FILE_DATABASE]);
        n = put_entry(out, n, BFT_PATCH_FILE, files[FILE_PATCH]);
    } else {
        /* Oldest first. */
        for (int f = FILE_LOG_1; f <= FILE_LOG_CURRENT; f++)
            if (h->listed & 1 << f)
                n = put_entry(out, n, BFT_LOG, files[f]);
        if (n == 0)
            out[n++] = 0;
    }
    out[n++] = 0;
    return n;
}

/* Types are bytes in both forms, all else is ASCII. */
static void narrow(const uint16_t *wide, size_t n, uint8_t *out)
{
    for (size_t i = 0; i < n; i++)
        out[i] = (uint8_t)wide[i];
}

/* In the first of the states: those that remain differ in nothing that a list shows. */
static bool judge_list(const struct model *m, const struct model_view *v,
                       const struct model_seen *seen, struct model_complaint *c)
{
    uint16_t wide[LIST_MAX];
    uint8_t bytes[LIST_MAX];
    const struct model_session *h =
        model_find((struct model_state *)(uintptr_t)&m->states[0], v->handle);
    if (seen->list == NULL || h == NULL)
        return true;
    size_t n = make_list(h, model_shape(v), wide);
    const void *expected = wide;
    size_t size = n * sizeof *wide;
    if (!api_functions[v->call->function].wide) {
        narrow(wide, n, bytes);
        expected = bytes;
        size = n;
    }
    if (seen->list_bytes == size && memcmp(seen->list, expected, size) == 0)
        return true;
    return complain(c, "data", "the list is not what the store holds%s", "");
}

/* Data of a read that succeeded, in the first state: in all of them the same file is open. */
static bool judge_outputs(const struct model *m, const struct model_view *v,
                          const struct model_seen *seen, struct model_complaint *c)
{
    const struct model_session *h =
        model_find((struct model_state *)(uintptr_t)&m->states[0], v->handle);
    switch (model_shape(v)) {
    case API_READ:
        if (seen->read_bytes == 0 || seen->read_bytes > v->read_bytes)
            return complain(c, "data", "a read of no byte, or of more than was asked for%s", "");
        if (h != NULL && h->open >= 0 && seen->data != NULL &&
            !scene_compare(files[h->open], h->received, seen->data, seen->read_bytes))
            return complain(c, "data", "what was read of %s differs from the store",
                            files[h->open]);
        return true;
    case API_IS_NTDS_ONLINE:
        if (seen->online ==
            (!m->states[0].restore_mode && m->states[0].interlock == INTERLOCK_IS_OPEN))
            return true;
        return complain(c, "data", "IsNTDSOnline says %s", seen->online ? "online" : "offline");
    default:
        return true;
    }
}

static bool judge_size(const struct model *m, const struct model_view *v,
                       const struct model_seen *seen, struct model_complaint *c)
{
    const struct model_session *h =
        model_find((struct model_state *)(uintptr_t)&m->states[0], v->handle);
    if (model_shape(v) != API_OPEN_FILE || h == NULL || h->open < 0 ||
        seen->file_size == (int64_t)model_file_size(m, h->open))
        return true;
    return complain(c, "data", "the size of %s is not the store's", files[h->open]);
}

/* A damaged token may have become an older one, a younger one or none, depending on the byte. */
static bool is_open_question(const struct model_view *v, int32_t code)
{
    return model_shape(v) == API_CHECK_EXPIRY_TOKEN && v->token == TOKEN_DAMAGED &&
           (code == S_OK || code == hrContentsExpired);
}

struct judgement {
    bool exact_allowed, code_allowed;
    bool swallowed; /* a fault that must be reported was not */
    int32_t expected;
};

static void step_state(struct step *t, const struct model_state *before, struct judgement *j)
{
    bool must_fail = false, code_allowed = false;
    /* Of several faults each may have been the first. */
    struct allowance all = {.acted = 0, .lost = 0};
    enum allowed_when when = when_of(model_shape(t->view));
    for (uint32_t i = 0; i < t->faults.count; i++) {
        const struct allowance *a = allowed_find(&t->faults.firings[i], when);
        must_fail |= a == NULL || a->exact == EXACT_NEVER;
        if (a == NULL)
            continue;
        all.acted |= a->acted;
        all.lost |= a->lost;
        code_allowed |= allowed_code(a, &t->faults.firings[i], t->seen->code);
    }
    const struct model_session *h =
        model_find((struct model_state *)(uintptr_t)before, t->view->handle);
    if (t->faults.count > 0 && h != NULL && h->poisoned && t->seen->code == RPC_S_PROTOCOL_ERROR) {
        code_allowed = true;
        all.acted |= CHOICE_YES;
        all.lost |= CHOICE_YES;
    }
    if (code_allowed)
        add_failures(t, before, &all);
    j->code_allowed |= code_allowed;
    int32_t expected;
    unsigned had = t->next->state_count;
    /* A call that would have failed anyway may do so. */
    bool swallowed = must_fail && t->seen->code == S_OK;
    if (!swallowed)
        add_exact(t, before, &expected);
    else
        expected = S_OK;
    j->swallowed |= swallowed;
    j->exact_allowed |= t->next->state_count > had || (!swallowed && expected == t->seen->code);
    if (before == &t->now->states[0])
        j->expected = expected;
}

static bool judge(const struct step *t, const struct judgement *j, struct model_faults faults,
                  struct model_complaint *c)
{
    char text[192];
    if (t->next->state_count > 0)
        return true;
    if (j->swallowed && !j->code_allowed)
        return complain(c, "swallowed", "the fault was to be reported, but the call came back %s",
                        code_text(t->seen->code));
    if (j->code_allowed || j->exact_allowed) {
        describe_seen(t->seen, text, sizeof text);
        return complain(c, "state", "the code is right, but not what is there now: %s", text);
    }
    snprintf(text, sizeof text, "%s%s, came %s", code_text(j->expected),
             faults.count > 0 ? " or what the fault allows" : "", code_text(t->seen->code));
    return complain(c, "code", "expected %s", text);
}

bool model_call(struct model *m, const struct model_view *v, const struct model_seen *seen,
                struct model_faults faults, struct model_complaint *complaint)
{
    static struct model next;
    struct step t = {faults, m, v, seen, &next};
    struct judgement j = {.expected = S_OK};
    struct model_view altered;
    next.world = m->world;
    next.state_count = 0;
    if (is_open_question(v, seen->code)) {
        altered = *v;
        altered.token = TOKEN_GOOD;
        altered.token_made = seen->code == S_OK ? v->now : 0;
        t.view = &altered;
    }
    bool is_event = v->call->function >= API_FUNCTIONS;
    if (is_event && !event_may_return(seen, faults))
        return complain(complaint, "code", "expected S_OK, came %s", code_text(seen->code));
    /* Bits that changed on the wire within the data cannot be told from it. */
    if (seen->code == S_OK && !has_wire_effect(&t, WIRE_STUB_ONES) &&
        !judge_outputs(m, v, seen, complaint))
        return false;
    for (unsigned i = 0; i < m->state_count; i++) {
        if (is_event)
            add_event(&t, &m->states[i]);
        else
            step_state(&t, &m->states[i], &j);
    }
    j.exact_allowed |= is_event;
    if (!judge(&t, &j, faults, complaint))
        return false;
    for (unsigned i = 0; i < next.state_count; i++)
        copy(&m->states[i], &next.states[i]);
    m->state_count = next.state_count;
    return seen->code != S_OK ||
           (judge_size(m, v, seen, complaint) && judge_list(m, v, seen, complaint));
}
