/* SPDX-License-Identifier: Apache-2.0 */
#include "judge.h"

#include "faults/world/clock.h"
#include "faults/world/ledger.h"
#include "fuzz/model/profile.h"
#include "fuzz/program/codes.h"
#include "fuzz/scene/scene.h"
#include "fuzz/scene/service.h"
#include "fuzz/scene/settings.h"
#include "target/client/client.h"
#include "without.h"

#include <inttypes.h>
#include <string.h>

/* After each call --------------------------------------------------------------------------- */

static enum api_shape shape_of(const struct call_facts *f)
{
    return api_functions[f->call->function].shape;
}

static bool is_event(const struct call_facts *f)
{
    return f->call->function >= API_FUNCTIONS;
}

/* A wrong code: what the signature says of it. */
static void tell_codes(struct run_report *r, int32_t expected, int32_t got, const char *cause)
{
    r->expected = expected;
    r->got = got;
    snprintf(r->cause, sizeof r->cause, "%s", cause);
}

/* How the handle is invalid, if the target took it for valid; "" if it was refused with a wrong
   code. */
static const char *how_accepted(const struct call_facts *f)
{
    const struct outcome *o = f->outcome;
    if (f->bytes_sent == 0 && o->result != S_OK && !code_is_of_runtime(o->result))
        return "";
    return o->handle_of_other_kind ? "of the other kind"
           : o->handle_was_issued  ? "ended"
                                   : "never issued";
}

/* An invalid handle: 87, no output touched, not one byte sent. */
static void judge_invalid_handle(const struct call_facts *f, struct run_report *r)
{
    const struct outcome *o = f->outcome;
    int32_t expected = profile_code(CONTRACT_HANDLE_INVALID, ERROR_INVALID_PARAMETER);
    if (o->result != expected && report_find(r, f->index, VERDICT_INVALID_HANDLE_ACCEPTED,
                                             "expected %s for handle %p, got %s",
                                             code_text(expected), o->handle, code_text(o->result)))
        tell_codes(r, expected, o->result, how_accepted(f));
    if (profile_is_off(CONTRACT_HANDLE_NO_SIDE_EFFECT))
        return;
    if (!o->outputs_untouched)
        report_find(r, f->index, VERDICT_OUTPUT_TOUCHED,
                    "the handle %p is invalid, but an output was written", o->handle);
    if (f->bytes_sent != 0)
        report_find(r, f->index, VERDICT_SIDE_EFFECT, "%" PRIu64 " bytes were sent for handle %p",
                    f->bytes_sent, o->handle);
}

static void judge_outputs(const struct call_facts *f, struct run_report *r)
{
    const struct outcome *o = f->outcome;
    if (o->result != S_OK && !o->outputs_cleared)
        report_find(r, f->index, VERDICT_OUTPUT_NOT_CLEARED,
                    "the call failed with %s and left an output set", code_text(o->result));
    if (o->read_data != NULL && (o->read_bytes == 0 || o->read_bytes > o->read_capacity))
        report_find(r, f->index, VERDICT_READ_COUNT,
                    "got %" PRIu32 " bytes for a buffer of %" PRIu32, o->read_bytes,
                    o->read_capacity);
    if (shape_of(f) == API_IS_NTDS_ONLINE && o->result == S_OK && o->online < 0)
        report_find(r, f->index, VERDICT_WRONG_OUTPUT,
                    "the call succeeded and returned neither TRUE nor FALSE");
}

/* What the target did after it had gone round too often is no finding of its own; but a violation
   may be why it did. */
static void judge_steps(int call, struct run_report *r)
{
    if (world_steps_exceeded() && ledger_summary().violations == 0)
        report_find(r, call, VERDICT_TIME, "more than %d calls of the world", WORLD_STEP_LIMIT);
}

/* A session's call has one deadline, that of the time when it was opened; what connects has another
   for that. */
static uint64_t most_ms(const struct call_facts *f)
{
    return f->outcome->has_handle ? settings_longest_timeout_ms()
                                  : (uint64_t)2 * settings_timeout_ms();
}

/* What the library counts itself. */
static void judge_client_counts(const struct call_facts *f, struct run_report *r)
{
    struct ntdsb_client_counts counts;
    ntdsb_client_inspect(&counts);
    if (counts.outstanding_buffers != f->owed_buffers)
        report_find(r, f->index, VERDICT_BUFFER_TABLE,
                    "%zu buffers must still be freed, the library counts %" PRIu32, f->owed_buffers,
                    counts.outstanding_buffers);
    bool end = f->end_is_under_way || api_is_end(shape_of(f));
    if (counts.live_handles != f->live_handles)
        report_find(r, f->index, end ? VERDICT_END_KEPT_HANDLE : VERDICT_HANDLE_TABLE,
                    "%zu handles should be live, the table holds %" PRIu32, f->live_handles,
                    counts.live_handles);
}

void judge_call(const struct call_facts *f, struct run_report *r)
{
    const struct outcome *o = f->outcome;
    judge_steps(f->index, r);
    /* What the call returns depends on it. */
    if (f->end_is_under_way && profile_has(PROFILE_CLIENT_COUNTS))
        judge_client_counts(f, r);
    if (o->has_handle && !o->handle_valid)
        judge_invalid_handle(f, r);
    else
        judge_outputs(f, r);
    if (f->call->expects && !f->is_behind && profile_is_empty() && o->result != f->call->expected &&
        report_find(r, f->index, VERDICT_ASSERTED_CODE, "expected %s, got %s",
                    code_text(f->call->expected), code_text(o->result)))
        tell_codes(r, f->call->expected, o->result, "");
    if (ledger_summary().locks > 0 && !run_without()->ledger)
        report_find(r, f->index, VERDICT_LOCK_KEPT, "the call returned and holds %" PRIu32 " locks",
                    ledger_summary().locks);
    if (o->handle_issued_before && !profile_is_off(CONTRACT_HANDLE_UNIQUE))
        report_find(r, f->index, VERDICT_HANDLE_ISSUED_TWICE, "%p was the value of a handle before",
                    (void *)o->handle_out);
    if (!is_event(f) && f->elapsed_ms > most_ms(f) && !profile_is_off(CONTRACT_TIME_DEADLINE))
        report_find(r, f->index, VERDICT_TIME,
                    "the call took %" PRIu64 " ms, and its deadlines allow %" PRIu64, f->elapsed_ms,
                    most_ms(f));
    if (profile_has(PROFILE_CLIENT_COUNTS))
        judge_client_counts(f, r);
}

/* After a successful call the data that it must make durable is in the service's files. */
static void judge_files(const struct call_facts *f, struct run_report *r)
{
    const WCHAR *texts[EXECUTE_REGISTERED_TEXTS];
    if (f->outcome->result != S_OK)
        return;
    if (shape_of(f) == API_SET_CURRENT_BACKUP_LOG && !profile_is_off(CONTRACT_SET_LOG_DURABLE)) {
        if (scene_current_log() != (int64_t)f->call->number)
            report_find(r, f->index, VERDICT_DATA,
                        "the current log was set to %" PRIu32 ", its file says %" PRId64,
                        f->call->number, scene_current_log());
        else if (scene_current_log_is_fleeting())
            report_find(r, f->index, VERDICT_DATA,
                        "the current log was set, and would be lost with the power");
    }
    if (shape_of(f) != API_RESTORE_REGISTER)
        return;
    unsigned count = execute_registered_texts(f->call, texts);
    if (!scene_registration_holds(texts, count, f->call->number, f->call->second))
        report_find(r, f->index, VERDICT_DATA,
                    "the file of the registered restore differs from the registration");
    else if (scene_registration_is_fleeting())
        report_find(r, f->index, VERDICT_DATA,
                    "the restore was registered, and would be lost with the power");
}

static void look(const struct call_facts *f, struct model_seen *seen)
{
    const struct outcome *o = f->outcome;
    *seen = (struct model_seen){
        .code = o->result,
        .handle_out = (uint64_t)(uintptr_t)o->handle_out,
        .read_bytes = o->read_bytes,
        .data = o->read_data,
        .file_size = o->file_size,
        .online = o->online,
        .list = o->list,
        .list_bytes = o->list_bytes,
        .files = scene_files(),
        .further = scene_further_files(),
        .deaths = f->deaths,
        .late = f->elapsed_ms >= settings_timeout_ms() / 2,
    };
    struct ntdsb_server_counts counts;
    seen->server_up = service_inspect(&counts);
    if (!seen->server_up)
        return;
    seen->backup_sessions = counts.backup_sessions;
    seen->restore_sessions = counts.restore_sessions;
    seen->open_files = counts.open_files;
    seen->server_online = counts.online;
    seen->server_registered = counts.restore_registered;
}

/* The model's complaint. */
static const enum verdict model_verdicts[] = {
    [MODEL_CODE] = VERDICT_CODE,
    [MODEL_SWALLOWED] = VERDICT_SWALLOWED,
    [MODEL_STATE] = VERDICT_STATE,
    [MODEL_DATA] = VERDICT_DATA,
};

static void report_complaint(int call, const struct model_complaint *c, struct run_report *r)
{
    if (report_find(r, call, model_verdicts[c->what], "%s", c->detail))
        tell_codes(r, c->expected, c->got, c->aspect);
}

bool judge_by_model(struct model *m, const struct call_facts *f, struct run_report *r)
{
    const struct outcome *o = f->outcome;
    const struct fault_summary *s = fault_report();
    struct model_view view = {
        .call = f->call,
        .shape = shape_of(f),
        .handle = (uint64_t)(uintptr_t)o->handle,
        .token = o->token,
        .token_made = o->token_made,
        .token_days = o->token_days,
        .now = clock_real_seconds(),
        .read_bytes = execute_read_bytes(f->call),
    };
    struct model_seen seen;
    struct model_complaint complaint;
    judge_files(f, r);
    look(f, &seen);
    const struct model_faults faults = {s->in_call, s->in_call_count, f->is_others};
    bool agrees = model_call(m, &view, &seen, faults, &complaint);
    if (!agrees)
        report_complaint(f->index, &complaint, r);
    r->rulings[f->index] = m->ruling;
    r->benign += s->in_call_count > 0 && o->result == S_OK;
    return agrees || model_go_on(m, &view, &seen, faults, &complaint);
}

/* After the program ------------------------------------------------------------------------- */

void judge_counts(struct run_report *r)
{
    struct ntdsb_client_counts client;
    ntdsb_client_inspect(&client);
    if (client.live_handles + client.outstanding_buffers > 0)
        report_find(r, -1, VERDICT_LEFT_ON_CLIENT, "%" PRIu32 " handles and %" PRIu32 " buffers",
                    client.live_handles, client.outstanding_buffers);
    /* The table was right after each call, so an End of the clean-up kept it. */
    if (client.live_handles > 0 && r->verdict == VERDICT_LEFT_ON_CLIENT && r->cause[0] == '\0')
        snprintf(r->cause, sizeof r->cause, "%s", verdict_name(VERDICT_END_KEPT_HANDLE));
    struct ntdsb_server_counts server;
    if (!service_inspect(&server))
        return;
    if (server.rpc.connections + server.rpc.context_handles + server.backup_sessions +
            server.restore_sessions + server.open_files >
        0)
        report_find(r, -1, VERDICT_LEFT_ON_SERVER,
                    "%" PRIu32 " connections, %" PRIu32 " context handles, %" PRIu32
                    " backup and %" PRIu32 " restore sessions, %" PRIu32 " open files",
                    server.rpc.connections, server.rpc.context_handles, server.backup_sessions,
                    server.restore_sessions, server.open_files);
}

enum verdict judge_violation(uint32_t index)
{
    static const enum verdict verdicts[LEDGER_VIOLATIONS] = {
        [LEDGER_DOUBLE_RELEASE] = VERDICT_DOUBLE_RELEASE,
        [LEDGER_NEVER_ACQUIRED] = VERDICT_NEVER_ACQUIRED,
        [LEDGER_USE_AFTER_RELEASE] = VERDICT_USE_AFTER_RELEASE,
        [LEDGER_WAIT_WITHOUT_END] = VERDICT_WAIT_WITHOUT_END,
        [LEDGER_SECRET_RELEASED] = VERDICT_SECRET_RELEASED,
        [LEDGER_SECRET_LEFT] = VERDICT_SECRET_LEFT,
        [LEDGER_SECRET_SENT] = VERDICT_SECRET_SENT,
        [LEDGER_UNJUSTIFIED] = VERDICT_MEMORY,
        [LEDGER_WRITTEN_BEYOND] = VERDICT_WRITTEN_BEYOND,
        [LEDGER_OVERFLOW] = VERDICT_LEDGER_OVERFLOW,
        [LEDGER_LOCKED_TWICE] = VERDICT_LOCKED_TWICE,
        [LEDGER_UNLOCKED_FREE] = VERDICT_UNLOCKED_FREE,
        [LEDGER_DESTROYED_LOCKED] = VERDICT_DESTROYED_LOCKED,
    };
    return verdicts[ledger_violation(index)];
}

void judge_ledger(struct run_report *r)
{
    struct ledger_summary s = ledger_summary();
    if (s.violations > 0)
        report_find(r, -1, judge_violation(0), "%s", ledger_violation_text(0));
    if (s.outstanding[WORLD_CLIENT] > 0)
        report_find(r, -1, VERDICT_LEFT_ON_CLIENT, "%" PRIu32 " %s", s.outstanding[WORLD_CLIENT],
                    s.outstanding[WORLD_CLIENT] == 1 ? "resource" : "resources");
    if (s.outstanding[WORLD_SERVER] > 0)
        report_find(r, -1, VERDICT_LEFT_ON_SERVER, "%" PRIu32 " %s", s.outstanding[WORLD_SERVER],
                    s.outstanding[WORLD_SERVER] == 1 ? "resource" : "resources");
    if (s.locks > 0)
        report_find(r, -1, VERDICT_LOCK_KEPT, "%" PRIu32 " locks are still held", s.locks);
    judge_steps(-1, r);
}
