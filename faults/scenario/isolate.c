/* SPDX-License-Identifier: Apache-2.0 */
#include "isolate.h"

#include "faults/fault/moment.h"
#include "faults/fault/site.h"
#include "faults/world/ledger.h"
#include "faults/world/symbol.h"

#include <dlfcn.h>
#include <errno.h>
#include <execinfo.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <ucontext.h>
#include <unistd.h>

enum { DEEPEST = 64 };

static struct outcome *current;

void isolate_begin(void)
{
    void *frame;
    const char *name;
    uint64_t offset;
    backtrace(&frame, 1);                        /* loads the unwinder */
    symbol_find(&isolate_begin, &name, &offset); /* and this the names */
    ledger_leave_stacks_out();
    world_reset();
}

void *isolate_share(size_t bytes)
{
    void *memory = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (memory == MAP_FAILED) {
        perror("shared memory");
        exit(2);
    }
    return memory;
}

void isolate_stay(unsigned number)
{
    cpu_set_t may, one;
    if (sched_getaffinity(0, sizeof may, &may) != 0)
        return;
    /* Its parent's number spreads several sweeps. */
    unsigned skip = ((unsigned)getppid() + number) % (unsigned)CPU_COUNT(&may), at = 0;
    while (!CPU_ISSET(at, &may) || skip-- > 0)
        at++;
    CPU_ZERO(&one);
    CPU_SET(at, &one);
    sched_setaffinity(0, sizeof one, &one);
}

void isolate_name_frames(void *const *stack, unsigned count, char *out, size_t capacity)
{
    const char *name;
    uint64_t offset;
    size_t n = 0;
    unsigned said = 0;
    out[0] = '\0';
    for (unsigned i = 0; i < count && stack[i] != NULL && said < FRAMES_SAID; i++) {
        if (!symbol_find(stack[i], &name, &offset) || !site_has_function(name))
            continue;
        /* gcc moves what it takes to be rare into a part of its own. */
        n += (size_t)snprintf(out + n, n < capacity ? capacity - n : 0, "%s%.*s",
                              said++ > 0 ? " < " : "", (int)strcspn(name, "."), name);
        if (n >= capacity)
            break;
    }
}

/* The instruction that the signal came in, and its callers. */
static void note_frames(const ucontext_t *c)
{
    void *frames[DEEPEST], *at = (void *)c->uc_mcontext.gregs[REG_RIP];
    int count = backtrace(frames, DEEPEST), first = 0;
    while (first < count && frames[first] != at)
        first++;
    if (first == count)
        first = 0;
    else
        frames[first] = (char *)at + 1;
    isolate_name_frames(frames + first, (unsigned)(count - first), current->frames,
                        sizeof current->frames);
}

/* Faults that a caller gets over without a word: repeated, waited for, or no more than less. */
static bool goes_away(struct fault_effect e)
{
    return fault_is_transient(e) || e.action == FAULT_SHORT || e.action == FAULT_END ||
           e.action == FAULT_TIMEOUT || (e.action == FAULT_FAIL && e.value == EINPROGRESS);
}

/* Both fired and crashed: the fault is known before the crash is. */
static void note_fault(struct outcome *o)
{
    const struct fault_summary *f = fault_report();
    o->fired = f->fired;
    o->recorded = fault_recorded();
    if (f->fired == 0)
        return;
    struct fault_effect effect = fault_kind_effect(f->first[0].class, f->first[0].kind);
    o->fired_last = f->last.site;
    o->goes_away = goes_away(effect);
    o->stops_machine = fault_ends_process(effect);
    memcpy(o->fired_at, f->first[0].stack, sizeof o->fired_at);
}

static void on_crash(int number, siginfo_t *info, void *context)
{
    static volatile sig_atomic_t speaking;
    (void)info;
    current->ending = number == SIGPROF || number == SIGALRM ? ENDING_STUCK : ENDING_DIED;
    current->signal = number;
    if (speaking++ == 0) {
        note_fault(current);
        note_frames(context);
    }
    _exit(EXIT_FAILURE);
}

/* A sanitizer may keep the signals for itself. */
__attribute__((weak)) void __sanitizer_set_death_callback(void (*callback)(void));

static void on_death(void)
{
    void *frames[DEEPEST];
    if (current->frames[0] != '\0')
        return;
    current->ending = ENDING_DIED;
    current->sanitized = true;
    note_fault(current);
    isolate_name_frames(frames, (unsigned)backtrace(frames, DEEPEST), current->frames,
                        sizeof current->frames);
}

static void end_at_thread(void)
{
    void *frames[DEEPEST];
    current->starts_thread = true;
    note_fault(current);
    isolate_name_frames(frames, (unsigned)backtrace(frames, DEEPEST), current->frames,
                        sizeof current->frames);
    _exit(EXIT_FAILURE);
}

/* A sanitizer's, which is to know of each thread. */
typedef int thread_starter(pthread_t *out, const pthread_attr_t *attributes, void *(*start)(void *),
                           void *context);
__attribute__((weak)) thread_starter __interceptor_pthread_create; // NOLINT

/* Defined in the program it comes before libc's. The world has one thread, so a run in which the
   library starts another one ends there; engines and sanitizers start theirs outside of runs. */
int pthread_create(pthread_t *out, const pthread_attr_t *attributes, void *(*start)(void *),
                   void *context)
{
    thread_starter *next = __interceptor_pthread_create;
    if (current != NULL)
        end_at_thread();
    if (next == NULL)
        *(void **)&next = dlsym(RTLD_NEXT, "pthread_create");
    return next != NULL ? next(out, attributes, start, context) : EAGAIN;
}

static void watch(void)
{
    if (&__sanitizer_set_death_callback != NULL)
        __sanitizer_set_death_callback(on_death);
    static const int signals[] = {SIGSEGV, SIGBUS,  SIGFPE,  SIGILL, SIGABRT,
                                  SIGTRAP, SIGPIPE, SIGPROF, SIGALRM};
    static uint8_t stack[1 << 16];
    sigaltstack(&(stack_t){.ss_sp = stack, .ss_size = sizeof stack}, NULL);
    for (size_t i = 0; i < sizeof signals / sizeof *signals; i++)
        sigaction(signals[i],
                  &(struct sigaction){.sa_sigaction = on_crash,
                                      .sa_flags = SA_ONSTACK | SA_NODEFER | SA_SIGINFO},
                  NULL);
    setitimer(ITIMER_PROF, &(struct itimerval){.it_value = {ISOLATE_CPU_SECONDS, 0}}, NULL);
    alarm(ISOLATE_REAL_SECONDS);
}

void isolate_hurry(unsigned seconds)
{
    if (current != NULL)
        alarm(seconds);
}

void isolate_run(void (*work)(struct outcome *out, void *context), void *context,
                 struct outcome *out)
{
    pid_t parent = getpid();
    memset(out, 0, sizeof *out);
    fflush(NULL);
    pid_t child = fork();
    if (child < 0) {
        perror("fork");
        exit(2);
    }
    if (child == 0) {
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        if (getppid() != parent)
            _exit(EXIT_FAILURE);
        current = out;
        watch();
        work(out, context);
        _exit(EXIT_SUCCESS);
    }
    while (waitpid(child, NULL, 0) < 0)
        continue;
    fault_recorded_there(out->recorded);
}

static uint64_t trace_of(const struct outcome *o)
{
    return (uint64_t)o->result << 56 ^ holding_count(&o->holding) << 40 ^ world_steps();
}

static void note_violation(struct outcome *o)
{
    o->violations = ledger_summary().violations;
    if (o->violations == 0)
        return;
    o->violation = (uint8_t)ledger_violation(0);
    o->violation_name = ledger_violation_name(0);
    o->violation_site = ledger_violation_site(0);
    memcpy(o->violation_stack, ledger_violation_stack(0), sizeof o->violation_stack);
}

void isolate_try(const struct scenario *s, const struct sweep_armed *armed, bool again,
                 struct outcome *o)
{
    for (unsigned i = 0; i < armed->count; i++)
        fault_arm(&armed->faults[i]);
    world_set_call(0);
    o->result = s->run();
    if (o->result == RUNDOWN_WRONG)
        snprintf(o->claim, sizeof o->claim, "%s", scenario_claim());
    note_fault(o);
    holding_take(&o->holding);
    note_violation(o);
    o->trace = trace_of(o);
    fault_disarm_all();
    if (again && o->result != RUNDOWN_WRONG)
        o->recovered = s->run() == RUNDOWN_SUCCESS;
    o->ending = ENDING_RETURNED;
}
