/* SPDX-License-Identifier: Apache-2.0 */
/*
 * rundown: programs from the command line.
 */
#include "client_programs.h"
#include "program_text.h"
#include "run.h"
#include "scene.h"
#include "service.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

enum { EXIT_USAGE = 2 };

static const char help[] =
    "rundown SUBCOMMAND ...\n"
    "\n"
    "  run [--least N] PATH...    run programs (text or bytes) once each; a folder stands for its "
    "*.txt\n"
    "                             files. One line each; findings are printed. Fails if there are "
    "fewer\n"
    "                             than N programs (default 1).\n"
    "  show FILE...               print programs as canonical text\n"
    "  pack DIRECTORY FILE...     write each program as bytes into DIRECTORY, under its own name\n"
    "  bench RUNS FILE            print how many times a second the program runs\n"
    "  wire DIRECTORY FILE...     record what goes over the wire: each connection of each program "
    "as an input\n"
    "                             of fuzz_server_pdu, true answers as inputs of fuzz_client_pdu, "
    "into folders\n"
    "                             of these names\n"
    "\n"
    "Exit code 0: nothing was found. 1: a finding, an unreadable file, a syntax error. 2: wrong "
    "usage.\n";

static struct program program;
static struct run_report report;

static bool read_file(const char *path, uint8_t **out, size_t *out_size)
{
    enum { MOST = 1 << 20 };
    FILE *f = fopen(path, "rb");
    uint8_t *bytes = malloc(MOST);
    size_t n = f != NULL && bytes != NULL ? fread(bytes, 1, MOST, f) : 0;
    bool good = f != NULL && bytes != NULL && !ferror(f) && n < MOST;
    if (!good)
        fprintf(stderr, "rundown: %s: %s\n", path, n == MOST ? "too large" : strerror(errno));
    if (f != NULL)
        fclose(f);
    if (!good) {
        free(bytes);
        return false;
    }
    *out = bytes;
    *out_size = n;
    return true;
}

static bool is_text(const char *path)
{
    size_t n = strlen(path);
    return n > 4 && strcmp(path + n - 4, ".txt") == 0;
}

static bool load(const char *path)
{
    uint8_t *bytes;
    size_t n;
    if (!read_file(path, &bytes, &n))
        return false;
    bool good = true;
    if (is_text(path)) {
        struct program_error error;
        good = program_parse(&program, (const char *)bytes, n, &error);
        if (!good)
            fprintf(stderr, "%s:%u:%u: expected %s\n", path, error.line, error.column,
                    error.expected);
        else if (program.call_count == 0) {
            fprintf(stderr, "%s: a program without a call\n", path);
            good = false;
        }
    } else {
        program_decode(&program, bytes, n);
    }
    free(bytes);
    return good;
}

struct tally {
    unsigned run, failed;
};

static void run_one(const char *path, struct tally *t)
{
    t->run++;
    bool good = load(path) && run_program(&program, &report);
    printf("%s %s\n", good ? "ok    " : "FAILED", path);
    if (!good) {
        t->failed++;
        if (report.finding) {
            fflush(stdout);
            run_print(&program, &report, stdout);
        }
    }
}

static int text_only(const struct dirent *d)
{
    return is_text(d->d_name);
}

static void run_folder(const char *path, struct tally *t)
{
    struct dirent **entries;
    int n = scandir(path, &entries, text_only, alphasort);
    if (n < 0) {
        fprintf(stderr, "rundown: %s: %s\n", path, strerror(errno));
        t->failed++;
        return;
    }
    for (int i = 0; i < n; i++) {
        char file[4096];
        snprintf(file, sizeof file, "%s/%s", path, entries[i]->d_name);
        run_one(file, t);
        free(entries[i]);
    }
    free(entries);
}

static int command_run(int count, char **arguments)
{
    unsigned long least = 1;
    if (count >= 2 && strcmp(arguments[0], "--least") == 0) {
        char *end;
        least = strtoul(arguments[1], &end, 10);
        if (*end != '\0' || end == arguments[1])
            return EXIT_USAGE;
        count -= 2;
        arguments += 2;
    }
    if (count == 0)
        return EXIT_USAGE;
    struct tally t = {0};
    for (int i = 0; i < count; i++) {
        struct stat s;
        if (stat(arguments[i], &s) == 0 && S_ISDIR(s.st_mode))
            run_folder(arguments[i], &t);
        else
            run_one(arguments[i], &t);
    }
    if (t.run < least)
        printf("FAILED: %u programs, at least %lu were expected\n", t.run, least);
    printf("%u programs, %u failed\n", t.run, t.failed);
    return t.failed > 0 || t.run < least ? EXIT_FAILURE : EXIT_SUCCESS;
}

static int command_show(int count, char **arguments)
{
    int status = count > 0 ? EXIT_SUCCESS : EXIT_USAGE;
    for (int i = 0; i < count; i++) {
        if (load(arguments[i]))
            program_print(&program, stdout, -1, NULL, 0);
        else
            status = EXIT_FAILURE;
    }
    return status;
}

static int command_bench(int count, char **arguments)
{
    char *end;
    unsigned long runs = count == 2 ? strtoul(arguments[0], &end, 10) : 0;
    struct timespec start, stop;
    if (runs == 0 || *end != '\0')
        return EXIT_USAGE;
    if (!load(arguments[1]))
        return EXIT_FAILURE;
    clock_gettime(CLOCK_MONOTONIC, &start);
    for (unsigned long i = 0; i < runs; i++) {
        run_program(&program, &report);
        run_require_clean(&program, &report);
    }
    clock_gettime(CLOCK_MONOTONIC, &stop);
    double seconds =
        (double)(stop.tv_sec - start.tv_sec) + (double)(stop.tv_nsec - start.tv_nsec) / 1e9;
    printf("%.0f\n", (double)runs / seconds);
    return EXIT_SUCCESS;
}

/* What the tap saw: bytes of the clients by connection, and the server's answers to each send, by
 * length. */
static struct {
    FILE *requests[64];
    FILE *answers;
    const char *directory, *name;
    uint8_t options;
    uint8_t answer[1 << 16];
    size_t answer_length;
} recording;

static FILE *open_recording(const char *folder, unsigned number)
{
    char path[4096];
    snprintf(path, sizeof path, "%s/%s/%s-%u.bin", recording.directory, folder, recording.name,
             number);
    FILE *f = fopen(path, "wb");
    if (f == NULL) {
        fprintf(stderr, "rundown: %s: %s\n", path, strerror(errno));
        exit(EXIT_FAILURE);
    }
    return f;
}

static void put_answer(void)
{
    if (recording.answers == NULL || recording.answer_length == 0)
        return;
    fputc((int)(recording.answer_length & 0xff), recording.answers);
    fputc((int)(recording.answer_length >> 8), recording.answers);
    fwrite(recording.answer, 1, recording.answer_length, recording.answers);
    recording.answer_length = 0;
}

static void record(unsigned connection, bool from_client, const void *bytes, size_t n)
{
    if (from_client) {
        put_answer();
        if (recording.answers != NULL ||
            connection >= sizeof recording.requests / sizeof *recording.requests)
            return;
        if (recording.requests[connection] == NULL) {
            recording.requests[connection] = open_recording("server_pdu", connection);
            fputc(recording.options, recording.requests[connection]);
        }
        fwrite(bytes, 1, n, recording.requests[connection]);
    } else if (recording.answers != NULL && n < sizeof recording.answer - recording.answer_length) {
        memcpy(recording.answer + recording.answer_length, bytes, n);
        recording.answer_length += n;
    }
}

static void stop_recording(void)
{
    put_answer();
    for (size_t i = 0; i < sizeof recording.requests / sizeof *recording.requests; i++)
        if (recording.requests[i] != NULL)
            fclose(recording.requests[i]);
    if (recording.answers != NULL)
        fclose(recording.answers);
    memset(recording.requests, 0, sizeof recording.requests);
    recording.answers = NULL;
}

static int command_wire(int count, char **arguments)
{
    if (count < 1)
        return EXIT_USAGE;
    recording.directory = arguments[0];
    service_set_tap(record);
    for (int i = 1; i < count; i++) {
        if (!load(arguments[i]))
            return EXIT_FAILURE;
        char name[256];
        const char *slash = strrchr(arguments[i], '/');
        snprintf(name, sizeof name, "%s", slash != NULL ? slash + 1 : arguments[i]);
        name[strcspn(name, ".")] = '\0';
        recording.name = name;
        /* As fuzz_server_pdu reads it. */
        recording.options =
            (uint8_t)((program.world.tcp ? 0x01 : 0) | (program.world.restore_mode ? 0x10 : 0) |
                      (program.world.store & 7) << 5);
        run_program(&program, &report);
        stop_recording();
    }
    recording.name = "true-answers";
    for (unsigned i = 0; i < CLIENT_PROGRAMS; i++) {
        struct program_error error;
        if (!program_parse(&program, client_programs[i], strlen(client_programs[i]), &error))
            return EXIT_FAILURE;
        recording.answers = open_recording("client_pdu", i);
        fputc((int)i, recording.answers);
        run_program(&program, &report);
        stop_recording();
    }
    service_set_tap(NULL);
    return EXIT_SUCCESS;
}

static int command_pack(int count, char **arguments)
{
    static uint8_t bytes[PROGRAM_MAX_BYTES];
    if (count < 2)
        return EXIT_USAGE;
    for (int i = 1; i < count; i++) {
        if (!load(arguments[i]))
            return EXIT_FAILURE;
        const char *name = strrchr(arguments[i], '/');
        char path[4096];
        snprintf(path, sizeof path, "%s/%s.bin", arguments[0],
                 name != NULL ? name + 1 : arguments[i]);
        FILE *f = fopen(path, "wb");
        size_t n = program_encode(&program, bytes);
        if (f == NULL || fwrite(bytes, 1, n, f) != n || fclose(f) != 0) {
            fprintf(stderr, "rundown: %s: %s\n", path, strerror(errno));
            return EXIT_FAILURE;
        }
    }
    return EXIT_SUCCESS;
}

int main(int count, char **arguments)
{
    static const struct {
        const char *name;
        int (*run)(int, char **);
    } commands[] = {{"run", command_run},
                    {"show", command_show},
                    {"pack", command_pack},
                    {"bench", command_bench},
                    {"wire", command_wire}};
    if (count >= 2 && (strcmp(arguments[1], "--help") == 0 || strcmp(arguments[1], "help") == 0)) {
        fputs(help, stdout);
        return EXIT_SUCCESS;
    }
    int status = EXIT_USAGE;
    for (size_t i = 0; count >= 2 && i < sizeof commands / sizeof *commands; i++)
        if (strcmp(arguments[1], commands[i].name) == 0)
            status = commands[i].run(count - 2, arguments + 2);
    if (status == EXIT_USAGE)
        fputs(help, stderr);
    return status;
}
