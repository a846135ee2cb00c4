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
/* Return addresses of a crash, innermost first; each is one on from what is looked up. */
static void *stack[REPORT_FRAMES];
static unsigned frame_count;

static void keep_frame(uintptr_t address)
{
    if (frame_count < REPORT_FRAMES)
        stack[frame_count++] = (void *)address;
}

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

/* The innermost source file of the target. The file is what is the same in every flavour: which of
   its functions a load belongs to depends on what was inlined. */
static void find_cause(struct run_report *r)
{
    struct symbol_source source;
    memcpy(r->stack, stack, sizeof r->stack);
    for (unsigned i = 0; i < frame_count; i++) {
        if (!symbol_source(stack[i], &source) || !symbol_is_target(&source))
            continue;
        snprintf(r->cause, sizeof r->cause, "%.*s", (int)strcspn(source.place, ":"), source.place);
        return;
    }
}

/* The process is lost anyway, so printing is worth the risk. A second signal meanwhile ends it. */
static void finish(enum verdict verdict, const char *detail)
{
    static volatile sig_atomic_t speaking;
    static struct run_report r;
    if (speaking++ > 0) {
        dprintf(STDOUT_FILENO, "\nThe report breaks off here: %s\n", detail);
        _exit(EXIT_FAILURE);
    }
    report_find(&r, run_current()->call, verdict, "%s", detail);
    if (verdict == VERDICT_CRASH)
        find_cause(&r);
    if (run_current()->program == NULL)
        run_print(NULL, &r, stdout);
    else if (given != NULL)
        *given = r;
    else
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

#ifdef SANITIZED
static char detail[128] = "see the sanitizer's report above";
void __sanitizer_set_death_callback(void (*callback)(void));

#if defined(__SANITIZE_ADDRESS__)
#define ADDRESS_SANITIZED 1
#elif __has_feature(address_sanitizer)
#define ADDRESS_SANITIZED 1
#endif
#ifdef ADDRESS_SANITIZED
void __asan_set_error_report_callback(void (*callback)(const char *));

/* What it found, and the first stack: "ERROR: AddressSanitizer: WHAT on ...", then lines
   "    #1 0x... in ...". */
static void on_report(const char *text)
{
    static const char head[] = "AddressSanitizer: ";
    const char *what = strstr(text, head);
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
    const char *kind, *message, *file;
    char *address;
    unsigned line, column;
    if (&__ubsan_get_current_report_data == NULL)
        return;
    __ubsan_get_current_report_data(&kind, &message, &file, &line, &column, &address);
    snprintf(detail, sizeof detail, "UndefinedBehaviorSanitizer: %s; its report stands above",
             kind);
}
#endif

static void on_death(void)
{
    void *frames[REPORT_FRAMES];
    int count = frame_count == 0 ? backtrace(frames, REPORT_FRAMES) : 0;
    for (int i = 0; i < count; i++)
        keep_frame((uintptr_t)frames[i]);
    finish(VERDICT_CRASH, detail);
}

static void catch_crashes(void)
{
    __sanitizer_set_death_callback(on_death);
#ifdef ADDRESS_SANITIZED
    __asan_set_error_report_callback(on_report);
#endif
}
#else
/* The instruction, the caller of a leaf of the C library, and the callers that keep a frame. */
static void keep_frames(const ucontext_t *c)
{
    static const uintptr_t most_bytes = 1 << 20;
    uintptr_t at = (uintptr_t)c->uc_mcontext.gregs[REG_RIP];
    uintptr_t low = (uintptr_t)c->uc_mcontext.gregs[REG_RSP];
    uintptr_t frame = (uintptr_t)c->uc_mcontext.gregs[REG_RBP];
    const char *name;
    uint64_t offset;
    keep_frame(at + 1);
    if (low % sizeof low == 0 && !symbol_find((const void *)(at + 1), &name, &offset))
        keep_frame(*(const uintptr_t *)low);
    while (frame_count < REPORT_FRAMES && frame - low < most_bytes && frame % sizeof frame == 0) {
        keep_frame(((const uintptr_t *)frame)[1]);
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
        keep_frames(context);
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
