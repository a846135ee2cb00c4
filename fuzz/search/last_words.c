/* SPDX-License-Identifier: Apache-2.0 */
#include "last_words.h"

#include "findings.h"
#include "fuzz/run/run.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/time.h>
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
    run_print(p, r, stdout);
}

/* The process is lost anyway, so printing is worth the risk. A second signal meanwhile ends it. */
static void finish(enum verdict verdict, const char *detail)
{
    static volatile sig_atomic_t speaking;
    static struct run_report r;
    if (speaking++ > 0 || run_current()->program == NULL) {
        dprintf(STDOUT_FILENO, "FINDING %s: %s; no more details are available\n",
                verdict_name(verdict), detail);
        _exit(EXIT_FAILURE);
    }
    report_find(&r, run_current()->call, verdict, "%s", detail);
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
    } else if (++ticks >= LAST_WORDS_SECONDS) {
        finish(VERDICT_TIME, "the program does not end");
    }
}

#ifdef SANITIZED
void __sanitizer_set_death_callback(void (*callback)(void));

static void on_death(void)
{
    finish(VERDICT_CRASH, "see the sanitizer's report above");
}

static void catch_crashes(void)
{
    __sanitizer_set_death_callback(on_death);
}
#else
static void on_signal(int signal_number)
{
    static char detail[64];
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
                  &(struct sigaction){.sa_handler = on_signal, .sa_flags = SA_ONSTACK | SA_NODEFER},
                  NULL);
}
#endif

void last_words_start(bool search)
{
    is_search = search;
    catch_crashes();
    sigaction(SIGALRM, &(struct sigaction){.sa_handler = on_tick, .sa_flags = SA_RESTART}, NULL);
    setitimer(ITIMER_REAL, &(struct itimerval){{1, 0}, {1, 0}}, NULL);
}
