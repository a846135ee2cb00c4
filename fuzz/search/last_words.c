/* SPDX-License-Identifier: Apache-2.0 */
#include "last_words.h"

#include "faults/world/symbol.h"
#include "findings.h"
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

#if defined(__SANITIZE_ADDRESS__)
#define SANITIZED 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(memory_sanitizer) ||                         \
    __has_feature(thread_sanitizer)
#define SANITIZED 1
#endif
#endif

static bool is_search;
static struct run_report *given;
static unsigned most_ticks = LAST_WORDS_SECONDS;
/* The source file of the target that a crash was in. */
static char cause[128];

static void say(const struct run_report *r)
{
    static struct program with_fault;
    const struct run_current *c = run_current();
    const struct run_options *o = c->options;
    bool written = o->write_down == NULL || o->write_down(c->program, &with_fault, o->context);
    const struct program *p = o->write_down == NULL ? c->program : &with_fault;
    if (is_search) {
        findings_add(p, r, o->origin, !written);
        return;
    }
    if (o->origin != NULL)
        printf("FAILED %s\n", o->origin);
    run_tell(p, r, o, stdout);
}

/* The process is lost anyway, so printing is worth the risk. A second signal meanwhile ends it. */
static void finish(enum verdict verdict, const char *detail)
{
    static volatile sig_atomic_t speaking;
    static struct run_report r;
    static struct signatures s;
    report_find(&r, run_current()->call, verdict, "%s", detail);
    if (verdict == VERDICT_CRASH)
        snprintf(r.cause, sizeof r.cause, "%s", cause);
    if (speaking++ > 0 || run_current()->program == NULL) {
        dprintf(STDOUT_FILENO, "FINDING %s: %s; no more details are available\n",
                verdict_name(verdict), detail);
        signatures_of(NULL, &r, &s);
        for (unsigned i = 0; i < s.count; i++)
            dprintf(STDOUT_FILENO, "SIGNATURE: %s\n", s.texts[i]);
        _exit(EXIT_FAILURE);
    }
    if (given != NULL) {
        *given = r;
        _exit(EXIT_FAILURE);
    }
    say(&r);
    fflush(NULL);
    _exit(EXIT_FAILURE);
}

/* Once a second: whether the run is the same as the last time. */
static void on_tick(int signal_number)
{
    static uint64_t run;
    static unsigned ticks;
    (void)signal_number;
    if (run != run_current()->count || run_current()->program == NULL) {
        run = run_current()->count;
        ticks = 0;
    } else if (++ticks >= most_ticks) {
        finish(VERDICT_TIME, "the program does not end");
    }
}

/* True: that is in the target. The file is what is the same in every flavour: which of its
   functions a load belongs to depends on what was inlined. */
static bool try_frame(uintptr_t address)
{
    struct symbol_source source;
    bool target = symbol_source((const void *)address, &source) &&
                  strncmp(source.place, "target/", strlen("target/")) == 0;
    if (target)
        snprintf(cause, sizeof cause, "%.*s", (int)strcspn(source.place, ":"), source.place);
    return target;
}

#ifdef SANITIZED
void __sanitizer_set_death_callback(void (*callback)(void));

#if defined(__SANITIZE_ADDRESS__)
#define ADDRESS_SANITIZED 1
#elif __has_feature(address_sanitizer)
#define ADDRESS_SANITIZED 1
#endif
#ifdef ADDRESS_SANITIZED
void __asan_set_error_report_callback(void (*callback)(const char *));

/* "    #1 0x... in FUNCTION PATH:LINE:COLUMN": the innermost one of the target. Without symbols:
   "    #1 0x...  (PROGRAM+0x...)". */
static bool read_frame(const char *line, size_t length)
{
    const char *in = strstr(line, " in "), *path = strstr(line, "/target/");
    const char *address = strstr(line, " 0x"), *end = line + length;
    if (line[strspn(line, " ")] != '#' || address == NULL || address > end)
        return false;
    if (in == NULL || in > end)
        return try_frame((uintptr_t)strtoull(address + 1, NULL, 16) + 1);
    if (path == NULL || path > end)
        return false;
    snprintf(cause, sizeof cause, "%.*s", (int)strcspn(path + 1, ":"), path + 1);
    return true;
}

static void on_report(const char *text)
{
    for (const char *line = text; *line != '\0'; line += *line != '\0') {
        size_t length = strcspn(line, "\n");
        if (read_frame(line, length))
            return;
        line += length;
    }
}
#endif

static void on_death(void)
{
    void *frames[32];
    int count = cause[0] == '\0' ? backtrace(frames, sizeof frames / sizeof *frames) : 0;
    for (int i = 0; i < count && !try_frame((uintptr_t)frames[i]); i++)
        continue;
    finish(VERDICT_CRASH, "see the sanitizer's report above");
}

static void catch_crashes(void)
{
    __sanitizer_set_death_callback(on_death);
#ifdef ADDRESS_SANITIZED
    __asan_set_error_report_callback(on_report);
#endif
}
#else
/* The innermost function of the target: the one that the signal came in, that called a leaf of the
   C library, or the next one that keeps a frame. */
static void find_cause(const ucontext_t *c)
{
    static const uintptr_t most_bytes = 1 << 20;
    uintptr_t at = (uintptr_t)c->uc_mcontext.gregs[REG_RIP];
    uintptr_t low = (uintptr_t)c->uc_mcontext.gregs[REG_RSP];
    uintptr_t frame = (uintptr_t)c->uc_mcontext.gregs[REG_RBP];
    /* One on: what is looked up is the instruction before. */
    if (try_frame(at + 1) || low % sizeof low != 0 || try_frame(*(const uintptr_t *)low))
        return;
    for (unsigned i = 0; i < 16 && frame - low < most_bytes && frame % sizeof frame == 0; i++) {
        if (try_frame(((const uintptr_t *)frame)[1]))
            return;
        low = frame;
        frame = *(const uintptr_t *)frame;
    }
}

static void on_signal(int signal_number, siginfo_t *info, void *context)
{
    static char detail[64];
    static volatile sig_atomic_t looking;
    (void)info;
    if (looking++ == 0)
        find_cause(context);
    snprintf(detail, sizeof detail, "signal %d, %s", signal_number, strsignal(signal_number));
    finish(VERDICT_CRASH, detail);
}

static void catch_crashes(void)
{
    static const int signals[] = {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT};
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

void last_words_give(struct run_report *out, unsigned seconds)
{
    given = out;
    most_ticks = seconds;
    last_words_start(false);
}

void last_words_start(bool search)
{
    is_search = search;
    catch_crashes();
    sigaction(SIGALRM, &(struct sigaction){.sa_handler = on_tick, .sa_flags = SA_RESTART}, NULL);
    setitimer(ITIMER_REAL, &(struct itimerval){{1, 0}, {1, 0}}, NULL);
}
