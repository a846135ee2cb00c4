/* SPDX-License-Identifier: Apache-2.0 */
/*
 * rundown_real: programs between real processes. The same runner, model and judges as `rundown
 * run`, but the server is an ntdsbsrvd of its own, sockets and files are the kernel's, and wire
 * faults happen in a proxy between the two.
 */
#include "disk_real.h"
#include "fuzz/program/codes.h"
#include "fuzz/program/output.h"
#include "fuzz/run/run.h"
#include "fuzz/rundown/files.h"
#include "fuzz/scene/service.h"
#include "service_real.h"
#include "stage.h"
#include "target/options/option_table.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static struct program program;
static struct run_report report;

enum { EXIT_USAGE = 2, MOST_OF_A_PATH = 64 /* of a socket, whose name has room for 107 bytes */ };

struct tally {
    bool tcp;
    unsigned run, failed, left_out;
};

/* The signal that ends it, between two programs: the server and its files are removed. */
static volatile sig_atomic_t interrupted;

static void on_signal(int number)
{
    interrupted = number;
}

/* The client's calls are wrapped here as well; the server's reach the real kernel. */
static bool is_of_client(unsigned class)
{
    return class == FAULT_HOST_NAME || (class >= FAULT_MEM_MAP && class <= FAULT_NET_RESOLVE);
}

enum faults { NO_FAULT, WIRE_FAULTS, FAULTS_OF_CALLS };

/* Why a program cannot run between real processes; NULL: it can. */
static const char *obstacle(const struct program *p, enum faults *has)
{
    *has = NO_FAULT;
    for (size_t i = 0; i < p->call_count; i++) {
        enum api_shape shape = api_functions[p->calls[i].function].shape;
        if (shape == EVENT_POWER_FAIL)
            return "stops the machine";
        if (shape == EVENT_CONFIGURE)
            return "sets what a real service was started with";
        if (shape >= EVENT_STORE_ROTATE && shape <= EVENT_STORE_RESTORE)
            return "changes files as only the simulated disk can";
        if (shape == EVENT_CLOCK_FORWARD || shape == EVENT_CLOCK_BACK)
            return "sets the clock of the machine";
        if (shape == EVENT_DISK_FULL || shape == EVENT_DISK_FREE)
            return "fills the disk";
        if (shape == EVENT_WAIT)
            return "waits longer than a real run can";
        for (size_t f = 0; f < PROGRAM_CALL_FAULTS; f++) {
            unsigned class = p->calls[i].faults[f].class_plus_one;
            if (class -- == FAULT_CLAUSE_NONE)
                continue;
            if (class == FAULT_THREAD_CALL)
                return "has another thread call, which is simulated";
            if (class < FAULT_RPC_BIND && !is_of_client(class))
                return "breaks a call of the server, whose kernel is real";
            if (*has != FAULTS_OF_CALLS)
                *has = class >= FAULT_RPC_BIND ? WIRE_FAULTS : FAULTS_OF_CALLS;
        }
    }
    return NULL;
}

/* As `rundown run --results` prints them. */
static void print_results(const char *path)
{
    printf("%s:", path);
    for (size_t i = 0; i < report.call_count; i++)
        printf(" %s", code_text(report.results[i]));
    putchar('\n');
}

static void run_one(const char *path, void *context)
{
    struct tally *t = context;
    if (interrupted != 0)
        return;
    t->run++;
    if (!files_load(path, &program)) {
        t->failed++;
        return;
    }
    enum faults faults;
    const char *why = obstacle(&program, &faults);
    if (why != NULL) {
        printf("left out: it %s: %s\n", why, path);
        t->left_out++;
        return;
    }
    files_set_transport(&program, t->tcp);
    bool good = run_program(&program, NULL, &report);
    /* Whether a call is made at all may depend on the kernel. */
    bool idle = good && report.idle_fault >= 0 && faults != FAULTS_OF_CALLS;
    if (interrupted != 0)
        return;
    t->failed += !good || idle;
    print_results(path);
    if (idle)
        printf("FAILED: a fault of call %d never fires\n", report.idle_fault + 1);
    if (!good)
        run_print(&program, &report, stdout);
    fflush(stdout);
}

static int run_all(struct real_settings *s, int count, char **paths)
{
    static char directory[MOST_OF_A_PATH + 24], disk[MOST_OF_A_PATH + 32];
    struct tally t = {.tcp = s->tcp};
    const char *where = getenv("TMPDIR");
    if (where == NULL || where[0] != '/' || strlen(where) > MOST_OF_A_PATH)
        where = "/tmp";
    snprintf(directory, sizeof directory, "%s/rundown-real.XXXXXX", where);
    if (mkdtemp(directory) == NULL) {
        perror(directory);
        return EXIT_FAILURE;
    }
    snprintf(disk, sizeof disk, "%s/disk", directory);
    real_disk_set_root(disk);
    s->directory = directory;
    if (!stage_open(s))
        return EXIT_FAILURE;
    scene_set_backend(&disk_real, &service_real);
    t.failed += files_for_each(count, paths, run_one, &t);
    stage_close();
    real_disk_set_root(directory);
    real_disk_remove();
    if (interrupted != 0) {
        fputs("rundown_real: interrupted: there is no result\n", stderr);
        return 128 + interrupted;
    }
    printf("%u programs, %u left out, %u failed\n", t.run, t.left_out, t.failed);
    return t.failed > 0 || t.run == t.left_out ? EXIT_FAILURE : EXIT_SUCCESS;
}

static const struct option_program line = {
    .name = "rundown_real",
    .version = RUNDOWN_VERSION,
    .synopsis = "local|tcp NTDSBSRVD PATH...",
    .summary = "Runs programs against that server as a process of its own, through a proxy that "
               "breaks their PDUs; prints the result of each call, as rundown run --results does.",
    .closing = "Exit code: 0 no finding; 1 a finding, a file that cannot be read or "
               "written, no program that can be run so; 2 wrong usage; 130 or 143 interrupted by "
               "SIGINT or SIGTERM.",
};

static int run(int words, char **word)
{
    struct real_settings s = {.sessions = SERVICE_SESSIONS};
    if (words >= 3) {
        s.server = word[1];
        s.tcp = strcmp(word[0], "tcp") == 0;
    }
    if (words < 3 || (!s.tcp && strcmp(word[0], "local") != 0)) {
        fprintf(stderr, "rundown_real: local or tcp, the server and programs are needed\n");
        option_table_try_help(&line);
        return EXIT_USAGE;
    }
    struct sigaction action = {.sa_handler = on_signal, .sa_flags = SA_RESTART};
    sigaction(SIGINT, &action, NULL);
    sigaction(SIGTERM, &action, NULL);
    return run_all(&s, words - 2, word + 2);
}

int main(int count, char **arguments)
{
    int words, status = EXIT_USAGE;
    output_start();
    switch (option_table_parse(&line, count, arguments, NULL, &words)) {
    case OPTION_DONE:
        status = EXIT_SUCCESS;
        break;
    case OPTION_WRONG:
        break;
    case OPTION_RUN:
        status = run(words, arguments + 1);
        break;
    }
    return output_finish("rundown_real", status);
}
