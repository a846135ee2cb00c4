/* SPDX-License-Identifier: Apache-2.0 */
#include "command.h"

#include "faults/fault/fault.h"
#include "faults/fault/site.h"
#include "faults/fault/wire_effect.h"
#include "faults/world/clock.h"
#include "faults/world/ledger.h"
#include "faults/world/own_stack.h"
#include "faults/world/process.h"
#include "faults/world/secret.h"
#include "fuzz/scene/service.h"
#include "target/client/client.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>

enum { MOST_WORDS = 16 };

/* dsbackup_main.c, on the other side of the seam. */
int dsbackup_main(int argc, char **argv);
void dsbackup_forget(void);

static bool interrupts;         /* an EINTR comes with its signal */
static struct command *running; /* what watch() enters into */

static bool is_of_files(enum fault_class class)
{
    return strncmp(fault_class_name(class), "file.", 5) == 0;
}

static bool is_passing(const struct fault_firing *f, struct fault_effect effect)
{
    return f->side == WORLD_CLIENT &&
           (f->class == FAULT_FILE_READ || f->class == FAULT_FILE_WRITE) &&
           (effect.action == FAULT_SHORT || (effect.action == FAULT_FAIL && effect.value == EINTR));
}

/* A call that is made to bring something onto the disk: what it fails with cannot be got over. A
   close is one where a file was written. */
static bool is_of_writing(const struct fault_firing *f)
{
    static const char close_of_written[] = "file.close@durable_finish#1";
    switch (f->class) {
    case FAULT_FILE_WRITE:
    case FAULT_FILE_SYNC:
    case FAULT_FILE_RENAME:
    case FAULT_FILE_TRUNCATE:
        return true;
    case FAULT_FILE_CLOSE:
        return f->site >= 0 && strcmp(site_name((unsigned)f->site), close_of_written) == 0;
    default:
        return false;
    }
}

/* One that nobody handles ends the process. */
static void interrupt(void)
{
    running->signals++;
    if (!process_signal(SIGTERM))
        fault_kill(WORLD_CLIENT);
}

/* The machine, or the process, stops: in either case the command does nothing any more. */
static void watch(const struct fault_firing *f)
{
    struct fault_effect effect = fault_kind_effect(f->class, f->kind);
    running->fired_at_output |= f->class == FAULT_OUT_WRITE;
    running->fired_at_unlink |= f->class == FAULT_FILE_UNLINK;
    running->altered |= effect.action == FAULT_WIRE && effect.value == WIRE_STUB_ONES;
    running->passing += is_passing(f, effect);
    running->short_reads += f->class == FAULT_FILE_READ && effect.action == FAULT_SHORT;
    if (fault_ends_process(effect))
        fault_kill(WORLD_CLIENT);
    if (f->side != WORLD_CLIENT || effect.action != FAULT_FAIL)
        return;
    if (is_of_files(f->class) && running->of_files++ == 0)
        running->error_of_file = effect.value;
    if (running->lost_at == NULL && f->site >= 0 && is_of_writing(f) && !is_passing(f, effect))
        running->lost_at = site_name((unsigned)f->site);
    if (interrupts && effect.value == EINTR)
        interrupt();
}

static uint64_t heard_ms; /* when it last said something to the server; 0: never */

static void hear(unsigned connection, bool from_client, const void *bytes, size_t n)
{
    (void)connection, (void)bytes, (void)n;
    uint64_t now = clock_monotonic_ms();
    if (!from_client)
        return;
    if (heard_ms != 0 && now - heard_ms > running->silence_ms)
        running->silence_ms = now - heard_ms;
    heard_ms = now;
}

/* At blanks; '' is a word without a character. */
static int split(char *text, char *words[MOST_WORDS])
{
    int count = 0;
    words[count++] = (char *)(uintptr_t) "dsbackup";
    for (char *word; (word = strsep(&text, " ")) != NULL && count < MOST_WORDS - 1;)
        if (*word != '\0')
            words[count++] = strcmp(word, "''") == 0 ? word + 2 : word;
    words[count] = NULL;
    return count;
}

struct run {
    int count, code;
    char **arguments;
};

static void run_main(void *context)
{
    struct run *r = context;
    r->code = dsbackup_main(r->count, r->arguments);
}

/* What a command that knows the password leaves is looked at; a process that died leaves nothing.
 */
static int run_words(char *text)
{
    char *arguments[MOST_WORDS];
    struct run r = {.count = split(text, arguments), .arguments = arguments};
    if (!secret_is_watched()) {
        run_main(&r);
        return r.code;
    }
    own_stack_run(run_main, &r);
    if (!fault_has_killed())
        secret_check_memory();
    return r.code;
}

void command_run(const char *words, bool interrupting, struct command *out)
{
    char text[256];
    uint32_t before = fault_report()->fired;
    struct ntdsb_client_counts api;
    snprintf(text, sizeof text, "%s", words);
    process_restart();
    stream_restart();
    dsbackup_forget();
    interrupts = interrupting;
    running = out;
    *out = (struct command){0};
    heard_ms = 0;
    service_set_tap(hear);
    fault_watch(watch);
    out->code = run_words(text);
    fault_watch(NULL);
    service_set_tap(NULL);
    ntdsb_client_inspect(&api);
    ntdsb_client_unload();
    out->dead = fault_has_killed();
    fault_revive();
    out->fired = fault_report()->fired - before;
    out->output_lost = stream_failed(STREAM_OUTPUT);
    out->held_of_api = api.live_handles + api.outstanding_buffers + api.identity_set;
    out->held = ledger_summary().outstanding[WORLD_CLIENT];
    out->violations = ledger_summary().violations;
    snprintf(out->output, sizeof out->output, "%s", stream_text(STREAM_OUTPUT));
    snprintf(out->error, sizeof out->error, "%s", stream_text(STREAM_ERROR));
}
