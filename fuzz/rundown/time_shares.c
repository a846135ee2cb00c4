/* SPDX-License-Identifier: Apache-2.0 */
#include "time_shares.h"

#include "faults/seam/site_table.h"

#include <signal.h>
#include <stdbool.h>
#include <string.h>
#include <sys/time.h>
#include <ucontext.h>

extern const char __executable_start[], etext[];

static volatile struct time_shares counts;

static bool is_within(uintptr_t address, const char *start, const char *end)
{
    return address >= (uintptr_t)start && address < (uintptr_t)end;
}

/* A sample in a library counts for the library's caller. Libraries keep no frame pointers, so the
   topmost word on the stack that points into the program is taken for the return address. */
static bool is_target(uintptr_t pc, const uintptr_t *stack)
{
    enum { WORDS = 64 };
    for (int i = 0; i < WORDS && !is_within(pc, __executable_start, etext); i++)
        pc = stack[i];
    return is_within(pc, rundown_target_start, rundown_target_end);
}

static void sample(int signal, siginfo_t *info, void *context)
{
    (void)signal, (void)info;
    const ucontext_t *u = context;
    if (is_target((uintptr_t)u->uc_mcontext.gregs[REG_RIP],
                  (const uintptr_t *)u->uc_mcontext.gregs[REG_RSP]))
        counts.target++;
    else
        counts.suite++;
}

static void set_timer(long microseconds)
{
    struct itimerval t = {{0, microseconds}, {0, microseconds}};
    setitimer(ITIMER_PROF, &t, NULL);
}

void time_shares_start(void)
{
    struct sigaction action = {.sa_sigaction = sample, .sa_flags = SA_SIGINFO | SA_RESTART};
    counts.target = counts.suite = 0;
    sigaction(SIGPROF, &action, NULL);
    set_timer(1000);
}

struct time_shares time_shares_stop(void)
{
    set_timer(0);
    return (struct time_shares){counts.target, counts.suite};
}
