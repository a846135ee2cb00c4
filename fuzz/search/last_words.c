/* SPDX-License-Identifier: Apache-2.0 */
#include "last_words.h"

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

static last_words *say;

/* The process is lost anyway: whatever can still be said is worth the risk. A second signal on the
   way ends it for good. */
static void finish(const char *verdict, const char *detail)
{
    static volatile sig_atomic_t speaking;
    static struct run_report r;
    if (speaking++ > 0 || run_current() == NULL) {
        dprintf(STDOUT_FILENO, "FINDING %s: %s; nothing more can be said\n", verdict, detail);
        _exit(EXIT_FAILURE);
    }
    r.finding = true;
    r.call = run_current_call();
    snprintf(r.verdict, sizeof r.verdict, "%s", verdict);
    snprintf(r.detail, sizeof r.detail, "%s", detail);
    say(run_current(), &r);
    fflush(NULL);
    _exit(EXIT_FAILURE);
}

/* Once a second: is the run that was under way the last time, still? */
static void on_tick(int signal_number)
{
    static uint64_t run;
    static unsigned ticks;
    (void)signal_number;
    if (run != run_count() || run_current() == NULL) {
        run = run_count();
        ticks = 0;
    } else if (++ticks >= LAST_WORDS_SECONDS) {
        finish("time", "the program does not come to an end");
    }
}

#ifdef SANITIZED
void __sanitizer_set_death_callback(void (*callback)(void));

static void on_death(void)
{
    finish("crash", "a sanitizer's report stands above");
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
    finish("crash", detail);
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

void last_words_start(last_words *callback)
{
    say = callback;
    catch_crashes();
    sigaction(SIGALRM, &(struct sigaction){.sa_handler = on_tick, .sa_flags = SA_RESTART}, NULL);
    setitimer(ITIMER_REAL, &(struct itimerval){{1, 0}, {1, 0}}, NULL);
}
