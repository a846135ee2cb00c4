/* SPDX-License-Identifier: Apache-2.0 */
#include "options.h"

#include "../ntdsb_server.h"

#include <getopt.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/un.h>

enum kind { TEXT, NUMBER, FLAG, HELP, VERSION };

static const struct row {
    const char *name, *argument;
    enum kind kind;
    size_t offset;        /* in struct daemon_options */
    uint32_t least, most; /* of a NUMBER */
    const char *help;
} rows[] = {
#define AT(member) offsetof(struct daemon_options, member)
    {"store", "DIR", TEXT, AT(store), 0, 0,
     "directory that is served: ntds.dit, edb*.log, ... (required)"},
    {"socket", "PATH", TEXT, AT(socket), 0, 0,
     "UNIX socket to listen on (default /run/ntdsbsrvd/ncalrpc)"},
    {"insecure-tcp-loopback", "PORT", NUMBER, AT(tcp_port), 0, UINT16_MAX,
     "also listen on TCP 127.0.0.1 (0: any free port). The risk:\n"
     "no identity travels over it, so EVERY LOCAL USER may back up,\n"
     "and in restore mode replace, the directory"},
    {"restore-mode", NULL, FLAG, AT(restore_mode), 0, 0,
     "Directory Services Restore Mode: stay offline, allow restores"},
    {"accounts", "FILE", TEXT, AT(accounts), 0, 0,
     "user:crypt(3) hash, one a line: who may come with a password;\n"
     "the socket is then open to all users"},
    {"group", "NAME", TEXT, AT(group), 0, 0,
     "group whose members are trusted, besides root and the\nserver's own user (default backup, if "
     "there is one)"},
    {"max-sessions", "N", NUMBER, AT(max_sessions), 1, 65535,
     "backup and restore sessions at one time (default 64)"},
    {"max-connections", "N", NUMBER, AT(max_connections), 1, 65535,
     "connections at one time (default 256); for one more, that which\n"
     "has been idle longest without a session is closed"},
    {"idle-timeout", "SECONDS", NUMBER, AT(idle_timeout_s), 1, 31536000,
     "close a connection without a request (default 300)"},
    {"session-idle-timeout", "SECONDS", NUMBER, AT(session_idle_timeout_s), 1, 31536000,
     "the same where a session is open (default 3600)"},
    {"request-timeout", "SECONDS", NUMBER, AT(request_timeout_s), 1, 31536000,
     "close a connection whose request is not whole, or whose answer\nis not taken, by then "
     "(default 60)"},
    {"tombstone-days", "N", NUMBER, AT(tombstone_days), 2, 36500,
     "tombstone lifetime: older backups are not restored (default 60)"},
    {"host-name", "NAME", TEXT, AT(host_name), 0, 0,
     "host in UNC names (default: that of this machine)"},
    {"help", NULL, HELP, 0, 0, 0, "this text"},
    {"version", NULL, VERSION, 0, 0, 0, "print the version"},
#undef AT
};
enum { ROWS = sizeof rows / sizeof *rows, HELP_COLUMN = 32 };

static void print_help(void)
{
    printf("ntdsbsrvd --store DIR [OPTION...]\n"
           "Serves the directory backup interfaces for one store directory.\n\n");
    for (size_t i = 0; i < ROWS; i++) {
        int width = printf("  --%s%s%s", rows[i].name, rows[i].argument != NULL ? " " : "",
                           rows[i].argument != NULL ? rows[i].argument : "");
        for (const char *line = rows[i].help; line != NULL; width = 0) {
            const char *end = strchr(line, '\n');
            printf("%*s%.*s\n", width < HELP_COLUMN ? HELP_COLUMN - width : 1, "",
                   end != NULL ? (int)(end - line) : (int)strlen(line), line);
            line = end != NULL ? end + 1 : NULL;
        }
    }
    printf(
        "\nWhen it listens it prints one line on standard output,\n"
        "    ntdsbsrvd ready ncalrpc:[/run/ntdsbsrvd/ncalrpc] ncacn_ip_tcp:127.0.0.1[4711]\n"
        "and logs to standard error. SIGTERM and SIGINT end it.\n"
        "Memory: at most 80 MiB, and 320 KiB for each of --max-connections. Of it 64 MiB are for\n"
        "requests that are not whole and answers that are not taken, whoever they are of.\n"
        "Exit code: 0 ended by a signal, 1 could not start, 2 wrong usage.\n");
}

static bool wrong(const char *option, const char *value, const char *why)
{
    fprintf(stderr, "ntdsbsrvd: --%s '%s': %s\n", option, value, why);
    return false;
}

static bool set_number(const struct row *row, const char *value, uint32_t *out)
{
    char why[80];
    uint64_t number = 0;
    size_t digits = strspn(value, "0123456789");
    snprintf(why, sizeof why, "must be a whole number from %u to %u", row->least, row->most);
    if (digits == 0 || value[digits] != '\0')
        return wrong(row->name, value, why);
    for (size_t i = 0; i < digits; i++) {
        number = number * 10 + (uint64_t)(value[i] - '0');
        if (number > row->most)
            return wrong(row->name, value, why);
    }
    if (number < row->least)
        return wrong(row->name, value, why);
    *out = (uint32_t)number;
    return true;
}

static bool set(const struct row *row, const char *value, struct daemon_options *options)
{
    void *member = (char *)options + row->offset;
    switch (row->kind) {
    case NUMBER:
        return set_number(row, value, member);
    case FLAG:
        *(bool *)member = true;
        return true;
    default:
        if (value[0] == '\0')
            return wrong(row->name, value, "must not be empty");
        *(const char **)member = value;
        return true;
    }
}

bool options_is_host_name(const char *name)
{
    static const char allowed[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-.";
    size_t length = strspn(name, allowed);
    return length > 0 && length <= 255 && name[length] == '\0';
}

/* A path that a string binding can carry on one line. */
static bool check_socket(const char *path)
{
    const size_t most = sizeof((struct sockaddr_un *)NULL)->sun_path - 1;
    char why[80];
    snprintf(why, sizeof why, "must have at most %zu bytes", most);
    if (path[0] != '/' || path[strlen(path) - 1] == '/')
        return wrong("socket", path, "must be the absolute path of a socket");
    if (strlen(path) > most)
        return wrong("socket", path, why);
    for (const char *c = path; *c != '\0'; c++)
        if ((unsigned char)*c < ' ' || *c == 0x7f || *c == '[' || *c == ']')
            return wrong("socket", path, "must not hold brackets or control characters");
    return true;
}

static bool check(const struct daemon_options *o)
{
    if (o->store == NULL) {
        fprintf(stderr, "ntdsbsrvd: --store DIR is required\n");
        return false;
    }
    if (o->host_name != NULL && !options_is_host_name(o->host_name))
        return wrong("host-name", o->host_name, "must be 1 to 255 letters, digits, '-' and '.'");
    return check_socket(o->socket);
}

enum options_outcome options_parse(int argc, char **argv, struct daemon_options *out)
{
    struct option table[ROWS + 1] = {0};
    for (size_t i = 0; i < ROWS; i++)
        table[i] = (struct option){rows[i].name, rows[i].argument != NULL, NULL, 0};
    *out = (struct daemon_options){
        .socket = "/run/ntdsbsrvd/ncalrpc",
        .tcp_port = OPTIONS_NO_TCP,
        .max_sessions = ntdsb_server_default_config.max_sessions,
        .tombstone_days = ntdsb_server_default_config.tombstone_days,
        .max_connections = 256,
        .idle_timeout_s = 300,
        .session_idle_timeout_s = 3600,
        .request_timeout_s = 60,
    };
    int index = 0, found;
    while ((found = getopt_long(argc, argv, "", table, &index)) != -1) {
        if (found == '?')
            goto wrong_usage;
        if (rows[index].kind == HELP)
            print_help();
        if (rows[index].kind == VERSION)
            printf("ntdsbsrvd %s\n", NTDSB_VERSION);
        if (rows[index].kind >= HELP)
            return OPTIONS_DONE;
        if (!set(&rows[index], optarg, out))
            goto wrong_usage;
    }
    if (optind < argc) {
        fprintf(stderr, "ntdsbsrvd: unexpected argument '%s'\n", argv[optind]);
        goto wrong_usage;
    }
    if (check(out))
        return OPTIONS_RUN;
wrong_usage:
    fprintf(stderr, "Try: ntdsbsrvd --help\n");
    return OPTIONS_WRONG;
}
