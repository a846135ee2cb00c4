/* SPDX-License-Identifier: Apache-2.0 */
#include "dsbackup.h"

#include "../options/option_table.h"
#include "messages.h"

#include <ntdsbcli.h>

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { EXIT_DONE = 0, EXIT_FAILED = 1, EXIT_USAGE = 2 };

static const struct option_row rows[] = {
#define AT(member) offsetof(struct settings, member)
    {"server", "NAME", OPTION_ANY_TEXT, AT(server), 0, 0, "this machine's name (default '.')"},
    {"user", "USER", OPTION_ANY_TEXT, AT(user), 0, 0,
     "authenticate as this account of the server, not as the user who runs dsbackup"},
    {"domain", "DOMAIN", OPTION_ANY_TEXT, AT(domain), 0, 0, "the account's domain"},
    {"password-file", "FILE", OPTION_ANY_TEXT, AT(password_file), 0, 0,
     "the account's password: the first line of a file that no other user can read"},
    {"no-truncate", NULL, OPTION_NO_FLAG, AT(truncate), 0, 0,
     "backup: keep the logs that were backed up on the server"},
    {"resume", NULL, OPTION_FLAG, AT(resume), 0, 0,
     "backup: resume from what a failed run left in DEST.partial"},
    {"json", NULL, OPTION_FLAG, AT(json), 0, 0, "inspect: print one JSON object"},
    {"progress", NULL, OPTION_FLAG, AT(progress), 0, 0,
     "show progress even where standard error is not a terminal"},
    {"quiet", NULL, OPTION_FLAG, AT(quiet), 0, 0, "print nothing but errors"},
#undef AT
};

static const struct option_command command_texts[] = {
    {"backup", "DEST", "back up the directory into the new directory DEST"},
    {"restore", "SRC", "replace the (offline) directory by the backup SRC"},
    {"status", NULL, "print whether the directory is online, and where it is stored"},
    {"inspect", NULL, "print what the server holds, without this connection"},
};
enum { COMMANDS = sizeof command_texts / sizeof *command_texts };

static bool (*const command_functions[COMMANDS])(const struct settings *settings) = {
    backup_command, restore_command, status_command, inspect_command};

static const struct option_program program = {
    .name = "dsbackup",
    .version = NTDSB_VERSION,
    .synopsis = "[OPTION...] COMMAND",
    .summary = "Backs up and restores the directory of a server on this machine.",
    .commands = command_texts,
    .command_count = COMMANDS,
    .rows = rows,
    .row_count = sizeof rows / sizeof *rows,
    .closing = "A backup grows in DEST.partial, which becomes DEST once everything is on disk. A "
               "restore checks the whole backup before it touches the directory.\n"
               "NTDSBCLI_ENDPOINT says where the server listens, as in its ready line.\n"
               "Exit code: 0 done, 1 failed, 2 wrong usage.\n",
};

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

/* Up to the first line end, the end of the file, or `capacity` bytes: a pipe may give them one by
   one. -1: errno says why. */
static ssize_t read_line(int fd, char *line, size_t capacity)
{
    size_t length = 0;
    while (length < capacity) {
        ssize_t n = read(fd, line + length, capacity - length);
        if (n < 0 && errno == EINTR && !dsbackup_interrupted())
            continue;
        if (n < 0)
            return -1;
        if (n == 0 || memchr(line + length, '\n', (size_t)n) != NULL)
            return (ssize_t)length + n;
        length += (size_t)n;
    }
    return (ssize_t)length;
}

/* The first line of the file. */
static bool read_password(const char *path, char password[PASSWORD_MAX + 2])
{
    struct stat status;
    bool done = false;
    /* Opening a FIFO would wait until somebody writes to it; reading one waits only while somebody
       may still write. */
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (fd < 0 || fstat(fd, &status) != 0 || fcntl(fd, F_SETFL, 0) != 0) {
        message_errno(path, "cannot be read");
        goto cleanup;
    }
    if (S_ISREG(status.st_mode) && (status.st_mode & (S_IRWXG | S_IRWXO)) != 0) {
        message("%s: other users have access to the password; chmod 600 it", path);
        goto cleanup;
    }
    ssize_t n = read_line(fd, password, PASSWORD_MAX + 1);
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
        message("%s: its first line is not a password of 1 to %d bytes", path, PASSWORD_MAX);
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

/* The command of that name; COMMANDS: none. */
static size_t find_command(const char *name)
{
    size_t i = 0;
    while (i < COMMANDS && strcmp(command_texts[i].name, name) != 0)
        i++;
    return i;
}

/* The command that the words after the options name; COMMANDS: wrong, and said so. */
static size_t parse_command(int words, char **word, struct settings *s)
{
    size_t found = words > 0 ? find_command(word[0]) : COMMANDS;
    if (words == 0)
        message("a command is missing: backup, restore, status or inspect");
    else if (found == COMMANDS)
        message("unknown command '%s'", word[0]);
    if (found == COMMANDS)
        return COMMANDS;
    const struct option_command *command = &command_texts[found];
    int expected = command->argument != NULL ? 2 : 1;
    if (words < expected || (expected == 2 && word[1][0] == '\0')) {
        message("%s: %s is missing", command->name, command->argument);
        return COMMANDS;
    }
    if (words > expected) {
        message("%s: unexpected argument '%s'", command->name, word[expected]);
        return COMMANDS;
    }
    s->directory = expected == 2 ? word[1] : NULL;
    return found;
}

static bool check(const struct settings *s, size_t command)
{
    if ((s->user == NULL) != (s->password_file == NULL) || (s->domain != NULL && s->user == NULL)) {
        message("--user and --password-file go together, --domain only with them");
        return false;
    }
    if (s->resume && command_functions[command] != backup_command) {
        message("--resume: goes with backup only");
        return false;
    }
    if (s->json && command_functions[command] != inspect_command) {
        message("--json: goes with inspect only");
        return false;
    }
    return true;
}

/* Whether all that was printed has arrived; said if not. */
static bool flush_output(void)
{
    if (fflush(stdout) == 0 && !ferror(stdout))
        return true;
    message_errno("standard output", "cannot be written");
    return false;
}

int main(int argc, char **argv)
{
    struct settings settings = {.server = ".", .truncate = true};
    int words;
    switch (option_table_parse(&program, argc, argv, &settings, &words)) {
    case OPTION_DONE:
        return flush_output() ? EXIT_DONE : EXIT_FAILED;
    case OPTION_WRONG:
        return EXIT_USAGE;
    case OPTION_RUN:
        break;
    }
    size_t command = parse_command(words, argv + 1, &settings);
    if (command == COMMANDS || !check(&settings, command)) {
        option_table_try_help(&program);
        return EXIT_USAGE;
    }
    if (settings.quiet)
        settings.progress = false;
    else if (isatty(STDERR_FILENO))
        settings.progress = true;
    umask(0077); /* a directory database holds every account's secrets */
    watch_signals();
    bool done = set_identity(&settings) && command_functions[command](&settings);
    DsSetAuthIdentityA(NULL, NULL, NULL);
    return flush_output() && done ? EXIT_DONE : EXIT_FAILED;
}
