/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Where a program crashes.
 */
#include "crash.h"

#include <signal.h>
#include <stdint.h>
#include <unwind.h>

static const int signals[] = {SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGABRT};

/* The frames above the signal's: those of this library are left out as libc's are. */
static _Unwind_Reason_Code note(struct _Unwind_Context *context, void *unused)
{
    int before;
    uintptr_t address = _Unwind_GetIPInfo(context, &before);
    (void)unused;
    /* A caller's address is that behind its call. */
    return preload_note_frame(address - (before == 0)) ? _URC_NO_REASON : _URC_END_OF_STACK;
}

/* The signal has its own action again, and comes again when this returns. */
static void on_crash(int number)
{
    _Unwind_Backtrace(note, NULL);
    raise(number);
}

void preload_await_crash(void)
{
    /* A stack that has overflowed is of no use. */
    static char stack[1 << 16];
    sigaltstack(&(stack_t){.ss_sp = stack, .ss_size = sizeof stack}, NULL);
    struct sigaction action = {.sa_handler = on_crash,
                               .sa_flags = (int)(SA_RESETHAND | SA_ONSTACK)};
    sigemptyset(&action.sa_mask);
    for (unsigned i = 0; i < sizeof signals / sizeof *signals; i++)
        sigaction(signals[i], &action, NULL);
}
