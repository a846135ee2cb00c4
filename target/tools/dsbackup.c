/* SPDX-License-Identifier: Apache-2.0 */
#include "dsbackup.h"

#include "messages.h"

#include <ntdsbcli.h>

#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <signal.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { EXIT_DONE = 0, EXIT_FAILED = 1, EXIT_USAGE = 2 };

enum kind { TEXT, FLAG, NO_FLAG, HELP, VERSION };

static const struct row {
    const char *name, *argument;
    enum kind kind;
    size_t offset; /* in struct settings */
    const char *help;
} rows[] = {
#define AT(member) offsetof(struct settings, member)
    {"server", "NAME", TEXT, AT(server), "this machine's name (default '.')"},
    {"user", "USER", TEXT, AT(user), "come as this account of the server, not as yourself"},
    {"domain", "DOMAIN", TEXT, AT(domain), "its domain"},
    {"password-file", "FILE", TEXT, AT(password_file),
     "its password: the first line of a file that is yours alone"},
    {"no-truncate", NULL, NO_FLAG, AT(truncate),
     "backup: leave the logs that were backed up on the server"},
    {"resume", NULL, FLAG, AT(resume), "backup: go on with what a failed run left in DEST.partial"},
    {"progress", NULL, FLAG, AT(progress),
     "show progress even where standard error is no terminal"},
    {"quiet", NULL, FLAG, AT(quiet), "say nothing but errors"},
    {"help", NULL, HELP, 0, "this text"},
    {"version", NULL, VERSION, 0, "print the version"},
#undef AT
};
enum { ROWS = sizeof rows / sizeof *rows };

static const struct command {
    const char *name, *argument;
    bool (*run)(const struct settings *settings);
    const char *help;
} commands[] = {
    {"backup", "DEST", backup_command, "back up the directory into the new directory DEST"},
    {"restore", "SRC", restore_command,
     "put the backup SRC in the place of the (offline) directory"},
    {"status", NULL, status_command, "say whether the directory is online, and where it lies"},
    {"inspect", NULL, inspect_command, "say what the server holds, besides this connection"},
};
enum { COMMANDS = sizeof commands / sizeof *commands };

static void print_help(void)
{
    printf("dsbackup [OPTION...] COMMAND\n\n");
    for (size_t i = 0; i < COMMANDS; i++)
        printf("  %-8s%-17s%s\n", commands[i].name,
               commands[i].argument != NULL ? commands[i].argument : "", commands[i].help);
    printf("\n");
    for (size_t i = 0; i < ROWS; i++)
        printf("  --%s %-*s%s\n", rows[i].name, 22 - (int)strlen(rows[i].name),
               rows[i].argument != NULL ? rows[i].argument : "", rows[i].help);
    printf("\nA backup grows in DEST.partial, which becomes DEST once everything is on the disk.\n"
           "A restore checks the whole backup before it touches the directory.\n"
           "NTDSBCLI_ENDPOINT says where the server listens, as in its ready line.\n"
           "Exit code: 0 done, 1 failed, 2 wrong usage.\n");
}

/* Interruption ------------------------------------------------------------------------------ */

static volatile sig_atomic_t interrupted;

static void on_signal(int number)
{
    (void)number;
    interrupted = 1;
}

bool dsbackup_interrupted(void)
{
    return interrupted != 0;
}

/* The first signal ends the session in good order; a second one ends the process. */
static void watch_signals(void)
{
    struct sigaction action = {.sa_handler = on_signal, .sa_flags = (int)SA_RESETHAND};
    sigaction(SIGINT, &action, NULL);
    sigaction(SIGTERM, &action, NULL);
    signal(SIGPIPE, SIG_IGN);
    signal(SIGXFSZ, SIG_IGN); /* a write beyond RLIMIT_FSIZE is to fail, not to kill */
}

/* Identity ---------------------------------------------------------------------------------- */

enum { PASSWORD_MAX = 1023 };

/* The first line of the file. */
static bool read_password(const char *path, char password[PASSWORD_MAX + 2])
{
    struct stat status;
    bool done = false;
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0 || fstat(fd, &status) != 0) {
        message_errno(path, "cannot be read");
        goto cleanup;
    }
    if (S_ISREG(status.st_mode) && (status.st_mode & (S_IRWXG | S_IRWXO)) != 0) {
        message("%s: other users have access to the password; chmod 600 it", path);
        goto cleanup;
    }
    ssize_t n = read(fd, password, PASSWORD_MAX + 1);
    if (n < 0) {
        message_errno(path, "cannot be read");
        goto cleanup;
    }
    const char *newline = memchr(password, '\n', (size_t)n);
    size_t length = newline != NULL ? (size_t)(newline - password) : (size_t)n;
    if (length > 0 && password[length - 1] == '\r')
        length--;
    done = length > 0 && length <= PASSWORD_MAX && memchr(password, '\0', length) == NULL;
    password[length] = '\0';
    if (!done)
        message("%s: its first line is no password of 1 to %d bytes", path, PASSWORD_MAX);
cleanup:
    if (fd >= 0)
        close(fd);
    return done;
}

static bool set_identity(const struct settings *s)
{
    char password[PASSWORD_MAX + 2] = "";
    if (s->user == NULL)
        return true;
    bool done = read_password(s->password_file, password);
    if (done) {
        HRESULT hr = DsSetAuthIdentityA(s->user, s->domain, password);
        done = hr == S_OK;
        if (!done)
            message_call("DsSetAuthIdentity", hr, s->user);
    }
    explicit_bzero(password, sizeof password);
    return done;
}

/* The command line -------------------------------------------------------------------------- */

static void set(const struct row *row, struct settings *settings)
{
    void *member = (char *)settings + row->offset;
    if (row->kind == TEXT)
        *(const char **)member = optarg;
    else
        *(bool *)member = row->kind == FLAG;
}

static const struct command *find_command(const char *name)
{
    for (size_t i = 0; i < COMMANDS; i++)
        if (strcmp(commands[i].name, name) == 0)
            return &commands[i];
    return NULL;
}

/* The command that the words after the options name; NULL: wrong, and said so. */
static const struct command *parse_command(int words, char **word, struct settings *s)
{
    const struct command *command = words > 0 ? find_command(word[0]) : NULL;
    if (words == 0)
        message("a command is missing: backup, restore, status or inspect");
    else if (command == NULL)
        message("unknown command '%s'", word[0]);
    if (command == NULL)
        return NULL;
    int expected = command->argument != NULL ? 2 : 1;
    if (words < expected || (expected == 2 && word[1][0] == '\0')) {
        message("%s: %s is missing", command->name, command->argument);
        return NULL;
    }
    if (words > expected) {
        message("%s: unexpected argument '%s'", command->name, word[expected]);
        return NULL;
    }
    s->directory = word[1];
    if ((s->user == NULL) != (s->password_file == NULL) || (s->domain != NULL && s->user == NULL)) {
        message("--user and --password-file go together, --domain only with them");
        return NULL;
    }
    if (s->resume && command->run != backup_command) {
        message("--resume: goes with backup only");
        return NULL;
    }
    return command;
}

int main(int argc, char **argv)
{
    struct settings settings = {.server = ".", .truncate = true};
    struct option table[ROWS + 1] = {0};
    for (size_t i = 0; i < ROWS; i++)
        table[i] = (struct option){rows[i].name, rows[i].argument != NULL, NULL, 0};
    int index = 0, found;
    while ((found = getopt_long(argc, argv, "", table, &index)) != -1) {
        if (found == '?')
            goto wrong_usage;
        if (rows[index].kind == HELP)
            print_help();
        if (rows[index].kind == VERSION)
            printf("dsbackup %s\n", NTDSB_VERSION);
        if (rows[index].kind >= HELP)
            return fflush(stdout) == 0 ? EXIT_DONE : EXIT_FAILED;
        set(&rows[index], &settings);
    }
    const struct command *command = parse_command(argc - optind, argv + optind, &settings);
    if (command == NULL)
        goto wrong_usage;
    if (settings.quiet)
        settings.progress = false;
    else if (isatty(STDERR_FILENO))
        settings.progress = true;
    umask(0077); /* a directory database holds every account's secrets */
    watch_signals();
    bool done = set_identity(&settings) && command->run(&settings);
    DsSetAuthIdentityA(NULL, NULL, NULL);
    if (fflush(stdout) != 0) {
        message_errno("standard output", "cannot be written");
        done = false;
    }
    return done ? EXIT_DONE : EXIT_FAILED;
wrong_usage:
    fprintf(stderr, "Try: dsbackup --help\n");
    return EXIT_USAGE;
}
