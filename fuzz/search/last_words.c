/* SPDX-License-Identifier: Apache-2.0 */
#include "last_words.h"

#include "faults/fault/sanitizers.h"
#include "faults/sweep/jobs.h"
#include "faults/world/ledger.h"
#include "faults/world/symbol.h"
#include "findings.h"
#include "fuzz/program/output.h"
#include "fuzz/run/frames.h"
#include "fuzz/run/judge.h"
#include "fuzz/run/run.h"
#include "fuzz/run/signature.h"

#include <execinfo.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/time.h>
#include <ucontext.h>
#include <unistd.h>

/* ONLY_KIND: of a sanitizer that reports one kind of fault, and does not tell us what it says. */
#if RUNDOWN_MSAN
#define ONLY_KIND "use-of-uninitialized-value"
#elif RUNDOWN_TSAN
#define ONLY_KIND "data-race"
#endif
#if RUNDOWN_ASAN || defined(ONLY_KIND)
#define SANITIZED 1
#endif

static bool is_search;
static last_words_found *taker;
static struct {
    struct run_report *report; /* NULL: it is told */
    struct signatures *signatures;
} given;
/* Of the processor's clock. */
static unsigned ticks_a_second = 1, most_ticks = LAST_WORDS_SECONDS;
/* Return addresses of a crash, innermost first; each is one on from what is looked up. */
static void *stack[REPORT_FRAMES];
static unsigned frame_count;

static void keep_frame(uintptr_t address)
{
    if (frame_count < REPORT_FRAMES)
        stack[frame_count++] = (void *)address;
}

/* What was wrong in the run before; NULL: nothing. It may be another bug. */
static const struct run_report *wrong_before(void)
{
    const struct run_current *c = run_current();
    return c->program != NULL && c->report->finding ? c->report : NULL;
}

/* As a finding of a search. */
static void hand_in(const struct run_report *r)
{
    static struct program with_fault;
    const struct run_current *c = run_current();
    const struct run_options *o = c->options;
    const struct fault *in_clean_up =
        o->write_down != NULL ? o->write_down(c->program, &with_fault, o->context) : NULL;
    const struct program *p = o->write_down == NULL ? c->program : &with_fault;
    if (wrong_before() != NULL)
        findings_add(p, wrong_before(), o->origin, in_clean_up);
    findings_add(p, r, o->origin, in_clean_up);
}

static void tell(const struct run_report *r)
{
    const struct run_current *c = run_current();
    struct run_options o = *c->options;
    if (o.origin != NULL)
        printf("FAILED %s\n", o.origin);
    if (wrong_before() != NULL) {
        run_tell(c->program, wrong_before(), &o, stdout);
        o.report = NULL;
    }
    run_tell(c->program, r, &o, stdout);
}

static void give(const struct run_report *r, const struct signatures *s)
{
    const struct run_report *before = wrong_before();
    *given.report = before != NULL ? *before : *r;
    if (before != NULL)
        signatures_of(run_current()->program, before, given.signatures);
    signatures_add_all(given.signatures, s);
}

/* The instruction that the signal came in, and its callers, also those in the C library. */
static void keep_frames(const ucontext_t *c)
{
    void *frames[64];
    void *at = (void *)c->uc_mcontext.gregs[REG_RIP];
    int count = backtrace(frames, sizeof frames / sizeof *frames), first = 0;
    while (first < count && frames[first] != at)
        first++;
    frame_count = 0;
    keep_frame((uintptr_t)at + 1);
    for (int i = first + 1; i < count; i++)
        keep_frame((uintptr_t)frames[i]);
}

/* The stacks of a run that does not end, one of each tick. */
static void *rounds[LAST_WORDS_SECONDS][REPORT_FRAMES];
static unsigned round_count;

static void note_round(const ucontext_t *c)
{
    keep_frames(c);
    memset(stack + frame_count, 0, (REPORT_FRAMES - frame_count) * sizeof *stack);
    if (round_count < LAST_WORDS_SECONDS)
        memcpy(rounds[round_count++], stack, sizeof stack);
}

/* Where it goes round: what its stacks have in common. */
static void find_round(struct run_report *r)
{
    static struct frames common, other;
    frames_read(rounds[0], REPORT_FRAMES, &common);
    for (unsigned i = 1; i < round_count; i++) {
        frames_read(rounds[i], REPORT_FRAMES, &other);
        frames_keep_common(&common, &other);
    }
    if (common.count > 0)
        frames_pair(&common, 0, r->cause);
}

/* The kind of a crash: where a sanitizer sees the same as the processor, the same word. */
static char kind[64];

static void note_kind(const char *what)
{
    static const struct {
        const char *prefix, *kind;
    } rows[] = {
        {"BUS", "SEGV"},
        {"null", "SEGV"}, /* UndefinedBehaviorSanitizer: nullptr-with-offset, null-pointer-use */
        {"unknown-crash", "SEGV"},
        {"attempting", "double-free"},
    };
    snprintf(kind, sizeof kind, "%.*s", (int)strcspn(what, " \n"), what);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        if (strncmp(what, rows[i].prefix, strlen(rows[i].prefix)) == 0)
            snprintf(kind, sizeof kind, "%s", rows[i].kind);
}

/* What must be said at least. No stream, because that allocates: the report itself has crashed. */
static void say_least(const struct run_report *r, const struct signatures *s)
{
    static char text[1024 + SIGNATURES_MOST * (SIGNATURE_BYTES + 16)];
    const size_t most = sizeof text;
    size_t n =
        (size_t)snprintf(text, most, "\nFINDING %s: %s\n", verdict_name(r->verdict), r->detail);
    for (unsigned i = 0; i < s->count; i++)
        n += (size_t)snprintf(text + n, most - n, "SIGNATURE: %s\n", s->texts[i]);
    n += (size_t)snprintf(text + n, most - n, "The report breaks off here.\n");
    output_write(STDOUT_FILENO, text, n);
}

/* The process is lost anyway, so printing is worth the risk. A second signal meanwhile ends it. */
static void finish(enum verdict verdict, const char *detail)
{
    static volatile sig_atomic_t speaking;
    static struct run_report r;
    static struct signatures s;
    if (speaking++ > 0) {
        say_least(&r, &s);
        _exit(EXIT_FAILURE);
    }
    if (ledger_summary().violations > 0 && judge_violation(0) == VERDICT_WAIT_WITHOUT_END)
        verdict = VERDICT_WAIT_WITHOUT_END;
    report_find(&r, run_current()->call, verdict, "%s", detail);
    memcpy(r.stack, stack, sizeof r.stack);
    if (verdict == VERDICT_TIME)
        jobs_die_of_time();
    if (verdict == VERDICT_CRASH)
        snprintf(r.cause, sizeof r.cause, "%s", kind);
    else
        find_round(&r);
    signatures_of(run_current()->program, &r, &s);
    if (taker != NULL)
        taker(&r, &s);
    else if (run_current()->program == NULL)
        run_print(NULL, &r, stdout);
    else if (given.report != NULL)
        give(&r, &s);
    else if (is_search)
        hand_in(&r);
    else
        tell(&r);
    fflush(NULL);
    _exit(EXIT_FAILURE);
}

/* How often each clock has ticked for this run. */
static unsigned busy_ticks, wall_ticks;

/* Whether the run is the same as the last time. */
static bool goes_on(void)
{
    static uint64_t run;
    bool same = run == run_current()->count && run_current()->program != NULL;
    run = run_current()->count;
    if (!same)
        busy_ticks = wall_ticks = round_count = 0;
    return same;
}

/* Each tick of the time that this process has had of the processor. */
static void on_busy_tick(int signal_number, siginfo_t *info, void *context)
{
    (void)signal_number;
    (void)info;
    if (!goes_on())
        return;
    wall_ticks = 0;
    note_round(context);
    if (++busy_ticks >= most_ticks)
        finish(VERDICT_TIME, "the program does not end");
}

/* Each second on the wall: for a run that waits, and so uses no processor. */
static void on_wall_tick(int signal_number, siginfo_t *info, void *context)
{
    (void)signal_number;
    (void)info;
    if (!goes_on() || ++wall_ticks < LAST_WORDS_BLOCKED)
        return;
    note_round(context);
    finish(VERDICT_TIME, "the program waits for something that does not come");
}

#ifdef SANITIZED
static char detail[128] = "see the sanitizer's report above";
void __sanitizer_set_death_callback(void (*callback)(void));

#if RUNDOWN_ASAN
void __asan_set_error_report_callback(void (*callback)(const char *));

/* What it found, and the first stack: "ERROR: AddressSanitizer: WHAT on ...", then lines
   "    #1 0x... in ...". */
static void on_report(const char *text)
{
    static const char head[] = "AddressSanitizer: ";
    const char *what = strstr(text, head);
    if (what != NULL)
        note_kind(what + sizeof head - 1);
    if (what != NULL)
        snprintf(detail, sizeof detail, "%s%.*s; its report stands above", head,
                 (int)strcspn(what + sizeof head - 1, " \n"), what + sizeof head - 1);
    const char *line = strstr(text, "    #0 ");
    while (line != NULL && strncmp(line, "    #", 5) == 0) {
        const char *number = strstr(line, " 0x");
        if (number != NULL)
            keep_frame((uintptr_t)strtoull(number, NULL, 16) + 1);
        line = strchr(line, '\n');
        line += line != NULL;
    }
}

/* UndefinedBehaviorSanitizer calls the first, if there is one, before it prints. */
void __ubsan_on_report(void);
void __ubsan_get_current_report_data(const char **kind, const char **message, const char **file,
                                     unsigned *line, unsigned *column, char **address)
    __attribute__((weak));
void __ubsan_on_report(void)
{
    const char *what, *message, *file;
    char *address;
    unsigned line, column;
    if (&__ubsan_get_current_report_data == NULL)
        return;
    __ubsan_get_current_report_data(&what, &message, &file, &line, &column, &address);
    note_kind(what);
    snprintf(detail, sizeof detail, "UndefinedBehaviorSanitizer: %s; its report stands above",
             what);
}
#endif

static void on_death(void)
{
    void *frames[REPORT_FRAMES];
    int count = frame_count == 0 ? backtrace(frames, REPORT_FRAMES) : 0;
    for (int i = 0; i < count; i++)
        keep_frame((uintptr_t)frames[i]);
#ifdef ONLY_KIND
    note_kind(ONLY_KIND);
#endif
    finish(VERDICT_CRASH, detail);
}

static void catch_crashes(void)
{
    __sanitizer_set_death_callback(on_death);
#if RUNDOWN_ASAN
    __asan_set_error_report_callback(on_report);
#endif
}
#else
static void on_signal(int signal_number, siginfo_t *info, void *context)
{
    static char detail[64];
    static volatile sig_atomic_t looking;
    (void)info;
    if (looking++ == 0)
        keep_frames(context);
    note_kind(sigabbrev_np(signal_number));
    snprintf(detail, sizeof detail, "signal %d, %s", signal_number, sigdescr_np(signal_number));
    finish(VERDICT_CRASH, detail);
}

static void catch_crashes(void)
{
    static const int signals[] = {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT, SIGPIPE};
    static uint8_t stack[1 << 16];
    sigaltstack(&(stack_t){.ss_sp = stack, .ss_size = sizeof stack}, NULL);
    for (size_t i = 0; i < sizeof signals / sizeof *signals; i++)
        sigaction(signals[i],
                  &(struct sigaction){.sa_sigaction = on_signal,
                                      .sa_flags = SA_ONSTACK | SA_NODEFER | SA_SIGINFO},
                  NULL);
}
#endif

bool last_words_are_sanitized(void)
{
#ifdef SANITIZED
    return true;
#else
    return false;
#endif
}

/* So often a second. Not on the stack of the target, where the registers that the kernel saves
   would be found. */
static void start_clock(int signal_number, __itimer_which_t clock, unsigned often,
                        void (*on_tick)(int, siginfo_t *, void *))
{
    sigaction(signal_number,
              &(struct sigaction){.sa_sigaction = on_tick,
                                  .sa_flags = SA_RESTART | SA_SIGINFO | SA_ONSTACK},
              NULL);
    struct timeval tick = {often == 1, often == 1 ? 0 : 1000000 / often};
    setitimer(clock, &(struct itimerval){tick, tick}, NULL);
}

void last_words_give(struct run_report *out, struct signatures *signatures, unsigned seconds)
{
    given.report = out;
    given.signatures = signatures;
    ticks_a_second = 10;
    most_ticks = seconds * ticks_a_second;
    last_words_start(false);
}

void last_words_hand_to(last_words_found *found)
{
    taker = found;
}

void last_words_start(bool search)
{
    void *frame;
    is_search = search;
    backtrace(&frame, 1); /* the first call allocates */
    catch_crashes();
    start_clock(SIGPROF, ITIMER_PROF, ticks_a_second, on_busy_tick);
    start_clock(SIGALRM, ITIMER_REAL, 1, on_wall_tick);
}
