/* SPDX-License-Identifier: Apache-2.0 */
#include "trial.h"

#include "faults/sweep/jobs.h"
#include "faults/world/symbol.h"
#include "fuzz/run/run.h"
#include "last_words.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

/* Timers kill this process, whatever it does meanwhile: one counts what it has of the processor,
   and so not what other processes have; one is for a process that waits. */
void trial_limit(unsigned seconds)
{
    enum { TIMES_AS_LONG = 20, CLOCKS = 2 };
    static const clockid_t clocks[CLOCKS] = {CLOCK_PROCESS_CPUTIME_ID, CLOCK_MONOTONIC};
    const unsigned limits[CLOCKS] = {seconds, TIMES_AS_LONG * seconds};
    static timer_t timers[CLOCKS];
    static pid_t owner; /* timers are not inherited */
    struct sigevent kill = {.sigev_notify = SIGEV_SIGNAL, .sigev_signo = SIGKILL};
    for (int i = 0; i < CLOCKS; i++) {
        struct itimerspec at = {.it_value = {.tv_sec = limits[i]}};
        if ((owner != getpid() && timer_create(clocks[i], &kill, &timers[i]) != 0) ||
            timer_settime(timers[i], 0, &at, NULL) != 0)
            _exit(EXIT_FAILURE);
    }
    owner = getpid();
}

_Noreturn static void be_child(trial_work *work, void *context, int output, unsigned seconds,
                               pid_t parent)
{
    jobs_end_with(parent);
    int to = output >= 0 ? output : open("/dev/null", O_WRONLY | O_CLOEXEC);
    dup2(to, STDOUT_FILENO);
    dup2(to, STDERR_FILENO);
    trial_limit(seconds);
    work(context);
    fflush(NULL);
    _exit(EXIT_SUCCESS);
}

int trial_child(trial_work *work, void *context, int output, unsigned seconds)
{
    int status = -1;
    fflush(NULL);
    pid_t parent = getpid();
    pid_t pid = fork();
    if (pid == 0)
        be_child(work, context, output, seconds, parent);
    while (pid > 0 && waitpid(pid, &status, 0) < 0 && errno == EINTR)
        continue;
    return status;
}

int trial_listen(trial_work *work, void *context, unsigned seconds, char **out, size_t *out_n)
{
    int fd = memfd_create("trial", MFD_CLOEXEC);
    int status = fd >= 0 ? trial_child(work, context, fd, seconds) : -1;
    off_t n = fd >= 0 ? lseek(fd, 0, SEEK_END) : 0;
    *out = calloc((size_t)n + 1, 1);
    if (*out == NULL)
        abort();
    ssize_t got = n > 0 ? pread(fd, *out, (size_t)n, 0) : 0;
    *out_n = got > 0 ? (size_t)got : 0;
    if (fd >= 0)
        close(fd);
    return status;
}

/* Programs ------------------------------------------------------------------------------------ */

/* The child tells this process. */
static struct trial_end *shared;

static bool share(void)
{
    if (shared != NULL)
        return true;
    void *page =
        mmap(NULL, sizeof *shared, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (page == MAP_FAILED)
        return false;
    shared = page;
    symbol_source_share();
    return true;
}

struct program_trial {
    const struct program *program;
    unsigned seconds;
};

static void run(void *context)
{
    static struct run_report r;
    const struct program_trial *t = context;
    last_words_give(&shared->report, &shared->signatures, t->seconds);
    run_program_twice(t->program, NULL, &r);
    shared->report = r;
    if (r.finding)
        signatures_of_all(t->program, &r, &shared->signatures);
}

const struct trial_end *trial_program(const struct program *p, unsigned seconds)
{
    /* It ends itself before, unless not even a signal is handled. */
    enum { MORE_SECONDS = 3 };
    if (!share())
        abort();
    memset(shared, 0, sizeof *shared);
    int status = trial_child(run, &(struct program_trial){p, seconds}, -1, seconds + MORE_SECONDS);
    struct run_report *r = &shared->report;
    if (status != -1 && !WIFEXITED(status) && !r->finding)
        report_find(r, -1, WTERMSIG(status) == SIGKILL ? VERDICT_TIME : VERDICT_CRASH, "%s",
                    WTERMSIG(status) == SIGKILL ? "the program does not end"
                                                : strsignal(WTERMSIG(status)));
    shared->finding = r->finding;
    if (r->finding && shared->signatures.count == 0)
        signatures_of(p, r, &shared->signatures);
    return shared;
}

/* Inputs -------------------------------------------------------------------------------------- */

static void add_signature(struct signatures *s, const char *text, size_t n)
{
    struct signatures one = {.count = 1};
    snprintf(one.texts[0], sizeof one.texts[0], "%.*s", (int)n, text);
    signatures_add_all(s, &one);
}

/* "FINDING verdict: detail", which goes on in lines that are indented by 4. */
static void read_finding(const char *line, size_t n, struct run_report *r)
{
    static const char indent[] = "\n    ";
    char text[sizeof r->detail];
    enum verdict verdict;
    size_t length = (size_t)snprintf(text, sizeof text, "%.*s", (int)n, line);
    for (line += n; strncmp(line, indent, strlen(indent)) == 0 && line[strlen(indent)] != ' ' &&
                    length < sizeof text;
         line += n) {
        line += strlen(indent);
        n = strcspn(line, "\n");
        length += (size_t)snprintf(text + length, sizeof text - length, " %.*s", (int)n, line);
    }
    char *detail = strstr(text, ": ");
    if (detail == NULL)
        return;
    *detail = '\0';
    if (verdict_find(text, &verdict))
        report_find(r, -1, verdict, "%s", detail + strlen(": "));
}

static bool begins(const char *line, size_t n, const char *with, const char **out, size_t *out_n)
{
    size_t length = strlen(with);
    if (n < length || memcmp(line, with, length) != 0)
        return false;
    *out = line + length;
    *out_n = n - length;
    return true;
}

/* What a sanitizer says last: "SUMMARY: AddressSanitizer: SEGV PATH/target/rpc/pdu.c:12:3 in f".
   The signature is that of any crash. */
static void read_summary(const char *line, size_t n, struct trial_end *out)
{
    char text[SIGNATURE_BYTES];
    snprintf(text, sizeof text, "%.*s", (int)n, line);
    report_find(&out->report, -1, VERDICT_CRASH, "%s", text);
    const char *file = strstr(text, "/target/");
    if (file == NULL)
        return;
    snprintf(out->report.cause, sizeof out->report.cause, "%.*s", (int)strcspn(file + 1, ":"),
             file + 1);
}

static void read_end(int status, struct trial_end *out)
{
    struct run_report *r = &out->report;
    if (WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL)
        report_find(r, -1, VERDICT_TIME, "the input does not end");
    else if (WIFSIGNALED(status))
        report_find(r, -1, VERDICT_CRASH, "signal %d, %s", WTERMSIG(status),
                    strsignal(WTERMSIG(status)));
    else if (WEXITSTATUS(status) != EXIT_SUCCESS)
        report_find(r, -1, VERDICT_CRASH, "exit code %d", WEXITSTATUS(status));
}

const struct trial_end *trial_read(const char *words, int status)
{
    static struct trial_end end;
    const char *rest;
    size_t rest_n;
    memset(&end, 0, sizeof end);
    end.report.idle_fault = -1;
    if (status == -1 || (WIFEXITED(status) && WEXITSTATUS(status) == EXIT_SUCCESS))
        return &end;
    for (const char *line = words; *line != '\0'; line += strcspn(line, "\n"), line += *line != 0) {
        size_t n = strcspn(line, "\n");
        if (begins(line, n, "FINDING ", &rest, &rest_n))
            read_finding(rest, rest_n, &end.report);
        else if (begins(line, n, "SIGNATURE: ", &rest, &rest_n))
            add_signature(&end.signatures, rest, rest_n);
        else if (begins(line, n, TRIAL_UNTRIED, &rest, &rest_n))
            snprintf(end.untried, sizeof end.untried, "%.*s", (int)rest_n, rest);
    }
    if (end.untried[0] != '\0')
        return &end;
    for (const char *line = words; !end.report.finding && *line != '\0';
         line += strcspn(line, "\n"), line += *line != 0)
        if (begins(line, strcspn(line, "\n"), "SUMMARY: ", &rest, &rest_n))
            read_summary(rest, rest_n, &end);
    read_end(status, &end);
    end.finding = end.report.finding;
    if (end.signatures.count == 0)
        signatures_of(NULL, &end.report, &end.signatures);
    return &end;
}

const struct trial_end *trial_input(trial_work *work, void *context, unsigned seconds)
{
    char *words;
    size_t n;
    int status = trial_listen(work, context, seconds, &words, &n);
    const struct trial_end *end = trial_read(words, status);
    free(words);
    return end;
}
