/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One program, from an empty world to a verdict. Read run_program() first.
 */
#include "run.h"

#include "codes.h"
#include "execute.h"
#include "faults/fault.h"
#include "faults/ledger.h"
#include "faults/site.h"
#include "faults/symbol.h"
#include "faults/world.h"
#include "program_text.h"
#include "scene.h"
#include "service.h"
#include "target/client/client.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

/* Keeps the first finding: what follows it is often its consequence. */
__attribute__((format(printf, 4, 5))) static void find(struct run_report *r, int call,
                                                       const char *verdict, const char *format, ...)
{
    if (r->finding)
        return;
    r->finding = true;
    r->call = call;
    snprintf(r->verdict, sizeof r->verdict, "%s", verdict);
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(r->detail, sizeof r->detail, format, arguments);
    va_end(arguments);
}

static const char *name_of(int32_t code)
{
    static char numbers[4][16];
    static unsigned next;
    const char *name = code_name(code);
    if (name != NULL)
        return name;
    char *number = numbers[next++ % 4];
    snprintf(number, sizeof numbers[0], "%" PRId32, code);
    return number;
}

static void arm(const struct fault_clause *f)
{
    if (f->class_plus_one == FAULT_CLAUSE_NONE)
        return;
    enum fault_class class = (enum fault_class)(f->class_plus_one - 1);
    fault_arm(&(struct fault){
        .class = class,
        .site_plus_one = f->site != FAULT_CLAUSE_ANY_SITE ? site_nearest(f->site, class) + 1 : 0,
        .nth = f->nth > 0 ? f->nth : 1,
        .kind = f->kind % fault_kind_count(class),
        .shape = (enum fault_shape)f->shape,
    });
}

static bool is_end(enum api_shape shape)
{
    return shape == API_BACKUP_END || shape == API_RESTORE_END;
}

/* An invalid handle: 87, no output touched, not one byte sent. */
static void judge_invalid_handle(const struct outcome *o, uint64_t bytes_sent, int index,
                                 struct run_report *r)
{
    if (o->result != ERROR_INVALID_PARAMETER)
        find(r, index, "invalid handle accepted",
             "expected ERROR_INVALID_PARAMETER for handle %p, came %s", o->handle,
             name_of(o->result));
    if (!o->outputs_untouched)
        find(r, index, "output touched", "the handle %p is invalid, but an output was written",
             o->handle);
    if (bytes_sent != 0)
        find(r, index, "side effect of an invalid handle",
             "%" PRIu64 " bytes were sent for handle %p", bytes_sent, o->handle);
}

static void judge_data(const struct outcome *o, int index, bool honest, struct run_report *r)
{
    if (o->read_bytes == 0 || o->read_bytes > o->read_capacity) {
        find(r, index, "read count", "%" PRIu32 " bytes came for a buffer of %" PRIu32,
             o->read_bytes, o->read_capacity);
        return;
    }
    if (o->read_file == NULL) {
        find(r, index, "read without a file", "data came though no file is open");
        return;
    }
    if (honest && !scene_compare(o->read_file, o->read_offset, o->read_data, o->read_bytes))
        find(r, index, "wrong data", "%" PRIu32 " bytes of %s at %" PRIu64 " differ from the store",
             o->read_bytes, o->read_file, o->read_offset);
}

/* `honest`: the service is ours. */
static void judge_call(struct execution *x, const struct call *c, const struct outcome *o,
                       uint64_t bytes_sent, int index, bool honest, struct run_report *r)
{
    enum api_shape shape = api_functions[c->function].shape;
    if (o->has_handle && !o->handle_valid)
        judge_invalid_handle(o, bytes_sent, index, r);
    else if (o->result != S_OK && !o->outputs_cleared)
        find(r, index, "output not cleared", "the call failed with %s and left an output set",
             name_of(o->result));
    else if (o->result == S_OK && o->output_wrong && (honest || shape != API_OPEN_FILE))
        find(r, index, "wrong output",
             "the call succeeded and its output is not what the store says");
    if (o->read_data != NULL)
        judge_data(o, index, honest, r);
    if (c->expects && o->result != c->expected)
        find(r, index, "asserted code", "expected %s, came %s", name_of(c->expected),
             name_of(o->result));
    struct ntdsb_client_counts counts;
    ntdsb_client_inspect(&counts);
    if (counts.live_handles != x->live_count)
        find(r, index, is_end(shape) ? "End did not consume the handle" : "handle table",
             "%zu handles should be live, the table holds %" PRIu32, x->live_count,
             counts.live_handles);
}

static void run_call(struct execution *x, const struct call *c, int index, bool honest,
                     struct run_report *r)
{
    struct outcome outcome;
    uint64_t sent_before = net_bytes_sent();
    world_set_call((uint32_t)index);
    for (size_t i = 0; i < PROGRAM_CALL_FAULTS; i++)
        arm(&c->faults[i]);
    execute_call(x, c, &outcome);
    fault_disarm_all();
    r->results[index] = outcome.result;
    judge_call(x, c, &outcome, net_bytes_sent() - sent_before, index, honest, r);
    /* The one buffer that belongs to the harness. */
    free((void *)(uintptr_t)outcome.read_data);
}

/* After the program has given back all that it held, nothing may be left on either side. */
static void judge_ledger(struct run_report *r)
{
    struct ledger_summary s = ledger_summary();
    if (s.violations > 0)
        find(r, -1, ledger_violation_name(0), "%s", ledger_violation_text(0));
    if (s.outstanding[WORLD_CLIENT] > 0)
        find(r, -1, "left behind on the client", "%" PRIu32 " things", s.outstanding[WORLD_CLIENT]);
    if (s.outstanding[WORLD_SERVER] > 0)
        find(r, -1, "left behind on the server", "%" PRIu32 " things", s.outstanding[WORLD_SERVER]);
    if (world_steps_exceeded())
        find(r, -1, "time", "more than %" PRIu64 " crossings of the seam", world_steps());
}

static void judge_counts(struct run_report *r)
{
    struct ntdsb_client_counts client;
    ntdsb_client_inspect(&client);
    if (client.live_handles + client.outstanding_buffers > 0)
        find(r, -1, "left behind on the client", "%" PRIu32 " handles and %" PRIu32 " buffers",
             client.live_handles, client.outstanding_buffers);
    if (service_server() == NULL)
        return;
    struct ntdsb_server_counts server = ntdsb_server_inspect(service_server());
    if (server.rpc.connections + server.rpc.context_handles + server.backup_sessions +
            server.restore_sessions + server.open_files >
        0)
        find(r, -1, "left behind on the server",
             "%" PRIu32 " connections, %" PRIu32 " context handles, %" PRIu32 " backup and %" PRIu32
             " restore sessions, %" PRIu32 " open files",
             server.rpc.connections, server.rpc.context_handles, server.backup_sessions,
             server.restore_sessions, server.open_files);
}

static bool sets_identity(const struct program *p)
{
    for (size_t i = 0; i < p->call_count; i++)
        if (api_functions[p->calls[i].function].shape == API_SET_AUTH_IDENTITY)
            return true;
    return false;
}

bool run_program_against(const struct program *p, const struct net_service *service,
                         struct run_report *report)
{
    static struct execution execution;
    report->finding = false;
    report->call = -1;
    report->call_count = 0;
    if (service == NULL && sets_identity(p))
        scene_open_with_secret(&p->world);
    else
        scene_open(&p->world, service);
    execute_reset(&execution);
    for (size_t i = 0; i < p->call_count && !report->finding; i++) {
        run_call(&execution, &p->calls[i], (int)i, service == NULL, report);
        report->call_count = i + 1;
    }
    report->faults_fired = fault_report()->fired;
    world_set_call(WORLD_CALL_CLEAN_UP);
    execute_clean_up(&execution);
    DsSetAuthIdentityW(NULL, NULL, NULL);
    judge_counts(report);
    service_stop();
    judge_ledger(report);
    report->steps = world_steps();
    ntdsb_client_unload();
    return !report->finding;
}

bool run_program(const struct program *p, struct run_report *report)
{
    return run_program_against(p, NULL, report);
}

/* That a fault was injected, and where, comes before everything that followed from it. */
static void print_faults(FILE *out)
{
    const struct fault_summary *s = fault_report();
    char place[128];
    if (s->fired == 0)
        fputs("  no fault was injected\n", out);
    for (uint32_t i = 0; i < s->fired && i < FAULT_FIRINGS_KEPT; i++) {
        const struct fault_firing *f = &s->first[i];
        fprintf(out, "  injected: %s %s in call %" PRIu32, fault_class_name(f->class),
                fault_kind_name(f->class, f->kind), f->call + 1);
        if (f->site >= 0)
            fprintf(out, ", at %s", site_name((unsigned)f->site));
        else if (f->caller != NULL)
            fprintf(out, ", at %s", symbol_format(f->caller, place, sizeof place));
        fputc('\n', out);
    }
    if (s->fired > FAULT_FIRINGS_KEPT)
        fprintf(out, "  ... and %" PRIu32 " more\n", s->fired - FAULT_FIRINGS_KEPT);
}

void run_print(const struct program *p, const struct run_report *r, FILE *out)
{
    fprintf(out, "FINDING %s: %s\n", r->verdict, r->detail);
    if (r->call >= 0) {
        fprintf(out, "  in call %d: ", r->call + 1);
        program_print_call(p, (size_t)r->call, out);
        fputc('\n', out);
    } else {
        fputs("  after the last call, when all handles were ended and all buffers freed\n", out);
    }
    print_faults(out);
    ledger_print(out);
    fputs("  the program, with what each call returned:\n\n", out);
    program_print(p, out, r->call, r->results, r->call_count);
}

void run_require_clean(const struct program *p, const struct run_report *r)
{
    if (!r->finding)
        return;
    run_print(p, r, stderr);
    fflush(stderr);
    abort();
}
