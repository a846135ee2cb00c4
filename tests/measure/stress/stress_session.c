/* SPDX-License-Identifier: Apache-2.0 */
/*
 * stress_session [OPTION...] backup|restore|setlog: one session, call by call, on a real server.
 *
 *   --hold NAME    before the nth call of that function: print "hold", wait for a line on standard
 *   --nth N        input, print "going", and only then call
 *   --truncate     backup: truncate the logs at the end
 *   --compare DIR  backup: every file that is listed equals the one in DIR
 *   --expect N     backup: that many files are listed
 *   --block BYTES  asked for by each read (default 24576)
 *   --token FILE   backup: save the token there; restore: take it from there
 *   --memory KIB   may take no more than that beyond what it has
 *   --descriptors N  may open no more than that
 *
 * The first call that fails ends it: "failed NAME CODE MS" and the code of End. A handle that was
 * ended must be dead, outputs of a failed call empty, no call later than its deadline, no code
 * undocumented, no descriptor left.
 * Exit code: 0 all succeeded; 3 a call failed; 4 one of the rules is broken; 1 anything else.
 */
#include <windows.h>

#include <ntdsbcli.h>

#include "stress_codes.h"

#include <dirent.h>
#include <fcntl.h>
#include <getopt.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

enum { DONE = 0, WRONG = 1, CALL_FAILED = 3, RULE_BROKEN = 4, DEFAULT_BLOCK = 24576 };
enum {
    CALLS_IN_ONE = 2,
    SLACK_MS = 2000,
    HANGS_AFTER_S = 90
}; /* a function connects, then calls */

static struct {
    const char *hold, *compare, *token;
    long nth, expect, block, memory, descriptors;
    bool truncate;
} options = {.nth = 1, .expect = -1, .block = DEFAULT_BLOCK, .memory = -1, .descriptors = -1};

static struct {
    long seen;          /* calls of the function to hold at */
    const char *failed; /* the function that failed, NULL: none */
    struct timespec start;
    unsigned char *block;
    unsigned long long bytes;
} run;

static long milliseconds_since(const struct timespec *start)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (now.tv_sec - start->tv_sec) * 1000 + (now.tv_nsec - start->tv_nsec) / 1000000;
}

static _Noreturn void leave(int code, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    vprintf(format, arguments);
    va_end(arguments);
    printf("\n");
    fflush(stdout);
    _exit(code); /* of a process that is given up: leaks are not the point */
}

static void begin(const char *function)
{
    char line[16];
    if (options.hold != NULL && strcmp(function, options.hold) == 0 && ++run.seen == options.nth) {
        printf("hold %s\n", function);
        fflush(stdout);
        if (read(STDIN_FILENO, line, sizeof line) <= 0)
            leave(WRONG, "nobody says go");
        printf("going\n");
        fflush(stdout);
    }
    clock_gettime(CLOCK_MONOTONIC, &run.start);
}

/* Judges the result of a call; true: it succeeded. */
static bool end(const char *function, HRESULT result)
{
    const char *timeout = getenv("NTDSBCLI_TIMEOUT_MS");
    long most = (timeout != NULL ? strtol(timeout, NULL, 10) : 30000) * CALLS_IN_ONE + SLACK_MS;
    long took = milliseconds_since(&run.start);
    const char *name = stress_code_name(result);
    if (took > most)
        leave(RULE_BROKEN, "%s took %ld ms", function, took);
    if (name == NULL)
        leave(RULE_BROKEN, "%s: undocumented code 0x%08X", function, (unsigned)result);
    if (result == S_OK)
        return true;
    if (run.failed == NULL) {
        run.failed = function;
        printf("failed %s %s %ld\n", function, name, took);
    } else {
        printf("then %s %s %ld\n", function, name, took);
    }
    fflush(stdout);
    return false;
}

#define CALL(name, arguments) (begin(#name), end(#name, name arguments))

static void rule(bool holds, const char *what)
{
    if (!holds)
        leave(RULE_BROKEN, "%s", what);
}

/* One file ---------------------------------------------------------------------------------- */

static void compare(int fd, unsigned long long offset, DWORD n)
{
    static unsigned char mine[1 << 20];
    for (DWORD done = 0; fd >= 0 && done < n;) {
        size_t part = n - done < sizeof mine ? n - done : sizeof mine;
        if (pread(fd, mine, part, (off_t)(offset + done)) != (ssize_t)part ||
            memcmp(mine, run.block + done, part) != 0)
            leave(RULE_BROKEN, "the bytes from %llu on are not those of the file", offset + done);
        done += (DWORD)part;
    }
}

/* To the end; fd -1: compared with nothing. */
static bool read_open_file(HBC handle, int fd, unsigned long long size)
{
    unsigned long long offset = 0;
    for (;;) {
        DWORD n = 77;
        begin("DsBackupRead");
        HRESULT result = DsBackupRead(handle, run.block, (DWORD)options.block, &n);
        rule(result == S_OK ? n > 0 && n <= (DWORD)options.block : n == 0, "count of a read");
        if (result == ERROR_HANDLE_EOF) {
            rule(offset == size, "the file ends where its size says");
            return true;
        }
        if (!end("DsBackupRead", result))
            return false;
        compare(fd, offset, n);
        offset += n;
        run.bytes += n;
    }
}

static bool take_file(HBC handle, const char *entry)
{
    char path[4096];
    const char *name = strrchr(entry, '\\');
    LARGE_INTEGER size = {.QuadPart = 77};
    int fd = -1;
    rule(name != NULL, "an entry is a path");
    if (options.compare != NULL) {
        snprintf(path, sizeof path, "%s/%s", options.compare, name + 1);
        fd = open(path, O_RDONLY | O_CLOEXEC);
        if (fd < 0)
            leave(WRONG, "%s cannot be opened", path);
    }
    bool done = CALL(DsBackupOpenFileA, (handle, entry, (DWORD)options.block, &size));
    rule(done || size.QuadPart == 0, "size of a failed open");
    if (done) {
        done = read_open_file(handle, fd, (unsigned long long)size.QuadPart);
        done = CALL(DsBackupClose, (handle)) && done;
    }
    if (fd >= 0)
        close(fd);
    return done;
}

/* Returns how many files are in it; -1: failed. */
static long take_list(HBC handle, char *list, DWORD bytes, bool got)
{
    long count = 0;
    rule(got ? list != NULL && bytes > 0 : list == NULL && bytes == 0, "list of a failed call");
    bool done = got;
    for (char *entry = list; done && *entry != '\0'; entry += strlen(entry) + 1, count++)
        done = take_file(handle, entry);
    DsBackupFree(list);
    return done ? count : -1;
}

/* Sessions ---------------------------------------------------------------------------------- */

static void save_token(const void *token, DWORD bytes)
{
    if (options.token == NULL)
        return;
    FILE *file = fopen(options.token, "wb");
    if (file == NULL || fwrite(token, bytes, 1, file) != 1 || fclose(file) != 0)
        leave(WRONG, "the token cannot be saved");
}

static void take_backup(HBC handle)
{
    char *list = NULL;
    DWORD bytes = 0;
    bool got = CALL(DsBackupGetDatabaseNamesA, (handle, &list, &bytes));
    long files = take_list(handle, list, bytes, got), logs;
    if (files < 0)
        return;
    list = NULL;
    got = CALL(DsBackupGetBackupLogsA, (handle, &list, &bytes));
    logs = take_list(handle, list, bytes, got);
    if (logs < 0)
        return;
    rule(options.expect < 0 || files + logs == options.expect, "number of files");
    if (options.truncate)
        CALL(DsBackupTruncateLogs, (handle));
}

static void backup(void)
{
    BOOL online = 77;
    HBC handle = &run;
    PVOID token = &run;
    DWORD bytes = 77;
    bool asked = CALL(DsIsNTDSOnlineA, (".", &online));
    rule(asked ? online == TRUE : online == 77, "output of DsIsNTDSOnline");
    if (!asked)
        return;
    if (!CALL(DsBackupPrepareA, (".", 0, BACKUP_TYPE_FULL, &token, &bytes, &handle))) {
        rule(handle == NULL && token == NULL && bytes == 0, "outputs of a failed Prepare");
        return;
    }
    save_token(token, bytes);
    DsBackupFree(token);
    take_backup(handle);
    CALL(DsBackupEnd, (handle));
    rule(DsBackupEnd(handle) == ERROR_INVALID_PARAMETER, "an ended handle is dead");
    rule(DsBackupClose(handle) == ERROR_INVALID_PARAMETER, "an ended handle is dead");
}

static void restore(void)
{
    unsigned char token[4096];
    char old_name[] = "\\\\host\\ntds.dit", new_name[] = "\\\\host\\ntds.dit", path[] = "\\\\host";
    EDB_RSTMAPA map[] = {{old_name, new_name}};
    HBC handle = &run;
    char *list = NULL;
    DWORD bytes = 0;
    FILE *file = options.token != NULL ? fopen(options.token, "rb") : NULL;
    size_t n = file != NULL ? fread(token, 1, sizeof token, file) : 0;
    if (file == NULL || fclose(file) != 0 || n == 0)
        leave(WRONG, "there is no token");
    if (!CALL(DsRestorePrepareA, (".", 0, token, (DWORD)n, &handle))) {
        rule(handle == NULL, "output of a failed Prepare");
        return;
    }
    if (CALL(DsRestoreGetDatabaseLocationsA, (handle, &list, &bytes)) &&
        CALL(DsRestoreRegisterA, (handle, path, path, map, 1, path, 9, 11)))
        CALL(DsRestoreRegisterComplete, (handle, S_OK));
    DsBackupFree(list);
    CALL(DsRestoreEnd, (handle));
    rule(DsRestoreEnd(handle) == ERROR_INVALID_PARAMETER, "an ended handle is dead");
}

static void set_log(void)
{
    CALL(DsSetCurrentBackupLogA, (".", 7));
}

/* The command line -------------------------------------------------------------------------- */

static int count_descriptors(void)
{
    int count = 0;
    DIR *d = opendir("/proc/self/fd");
    while (d != NULL && readdir(d) != NULL)
        count++;
    if (d != NULL)
        closedir(d);
    return count;
}

static void parse(int argc, char **argv)
{
    static const struct option table[] = {
        {"hold", 1, NULL, 'h'},   {"nth", 1, NULL, 'n'},     {"truncate", 0, NULL, 't'},
        {"expect", 1, NULL, 'e'}, {"compare", 1, NULL, 'c'}, {"block", 1, NULL, 'b'},
        {"token", 1, NULL, 'k'},  {"memory", 1, NULL, 'm'},  {"descriptors", 1, NULL, 'd'},
        {NULL, 0, NULL, 0},
    };
    for (int found; (found = getopt_long(argc, argv, "", table, NULL)) != -1;)
        switch (found) {
        case 'h':
            options.hold = optarg;
            break;
        case 'n':
            options.nth = strtol(optarg, NULL, 10);
            break;
        case 't':
            options.truncate = true;
            break;
        case 'e':
            options.expect = strtol(optarg, NULL, 10);
            break;
        case 'c':
            options.compare = optarg;
            break;
        case 'b':
            options.block = strtol(optarg, NULL, 10);
            break;
        case 'm':
            options.memory = strtol(optarg, NULL, 10);
            break;
        case 'd':
            options.descriptors = strtol(optarg, NULL, 10);
            break;
        case 'k':
            options.token = optarg;
            break;
        default:
            exit(WRONG);
        }
    if (optind + 1 != argc || options.block <= 0)
        leave(WRONG, "stress_session [OPTION...] backup|restore|setlog");
}

static void limit(__rlimit_resource_t resource, rlim_t most)
{
    struct rlimit now;
    if (getrlimit(resource, &now) != 0 ||
        setrlimit(resource, &(struct rlimit){most, now.rlim_max}) != 0)
        leave(WRONG, "no limit can be set");
}

static void set_limits(void)
{
    unsigned long pages = 0;
    FILE *file = fopen("/proc/self/statm", "r");
    if (file == NULL || fscanf(file, "%lu", &pages) != 1)
        leave(WRONG, "/proc/self/statm");
    int lowest = fileno(file);
    fclose(file);
    if (options.descriptors >= 0)
        limit(RLIMIT_NOFILE, (rlim_t)lowest + (rlim_t)options.descriptors);
    if (options.memory >= 0)
        limit(RLIMIT_AS, pages * (rlim_t)sysconf(_SC_PAGESIZE) + (rlim_t)options.memory * 1024);
}

int main(int argc, char **argv)
{
    struct timespec start;
    parse(argc, argv);
    const char *what = argv[optind];
    run.block = malloc((size_t)options.block);
    if (run.block == NULL)
        return WRONG;
    int before = count_descriptors();
    alarm(HANGS_AFTER_S);
    set_limits();
    clock_gettime(CLOCK_MONOTONIC, &start);
    if (strcmp(what, "backup") == 0)
        backup();
    else if (strcmp(what, "restore") == 0)
        restore();
    else if (strcmp(what, "setlog") == 0)
        set_log();
    else
        leave(WRONG, "no such session: %s", what);

    if (options.descriptors >= 0)
        limit(RLIMIT_NOFILE, 64);
    rule(count_descriptors() == before, "descriptors left open");
    free(run.block);
    printf("ended %llu bytes %ld ms\n", run.bytes, milliseconds_since(&start));
    return run.failed != NULL ? CALL_FAILED : DONE;
}
