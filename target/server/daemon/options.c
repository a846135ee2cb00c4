/* SPDX-License-Identifier: Apache-2.0 */
#include "options.h"

#include "../ntdsb_server.h"
#include "log.h"

#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/un.h>

enum { YEAR_SECONDS = 31536000 };

static const struct option_row rows[] = {
#define AT(member) offsetof(struct daemon_options, member)
    {"store", "DIR", OPTION_TEXT, AT(store), 0, 0,
     "directory to serve: ntds.dit, edb*.log, ... (required)"},
    {"socket", "PATH", OPTION_TEXT, AT(socket), 0, 0,
     "UNIX socket to listen on (default /run/ntdsbsrvd/ncalrpc)"},
    {"insecure-tcp-loopback", "PORT", OPTION_NUMBER, AT(tcp_port), 0, UINT16_MAX,
     "also listen on TCP 127.0.0.1 (0: any free port). The risk: EVERY LOCAL USER may back up, and "
     "in restore mode replace, the directory, for TCP does not say who connects"},
    {"restore-mode", NULL, OPTION_FLAG, AT(restore_mode), 0, 0,
     "Directory Services Restore Mode: stay offline, allow restores"},
    {"accounts", "FILE", OPTION_TEXT, AT(accounts), 0, 0,
     "accounts that are let in with a password: one \"user:crypt(3) hash\" a line. The socket is "
     "then open to all users"},
    {"group", "NAME", OPTION_TEXT, AT(group), 0, 0,
     "group whose members are trusted, as root and the server's own user are (default backup, if "
     "there is one)"},
    {"max-sessions", "N", OPTION_NUMBER, AT(max_sessions), 1, 65535,
     "backup and restore sessions at one time (default 64)"},
    {"max-connections", "N", OPTION_NUMBER, AT(max_connections), 1, 65535,
     "connections at one time (default 256). One more evicts the connection without a session that "
     "has been idle longest"},
    {"idle-timeout", "SECONDS", OPTION_NUMBER, AT(idle_timeout_s), 1, YEAR_SECONDS,
     "close a connection that makes no request for so long (default 300)"},
    {"session-idle-timeout", "SECONDS", OPTION_NUMBER, AT(session_idle_timeout_s), 1, YEAR_SECONDS,
     "the same for a connection with a session (default 3600)"},
    {"request-timeout", "SECONDS", OPTION_NUMBER, AT(request_timeout_s), 1, YEAR_SECONDS,
     "close a connection that leaves a request incomplete, or its reply unread, for so long "
     "(default 60)"},
    {"tombstone-days", "N", OPTION_NUMBER, AT(tombstone_days), 2, 36500,
     "tombstone lifetime: older backups cannot be restored (default 60)"},
    {"host-name", "NAME", OPTION_TEXT, AT(host_name), 0, 0,
     "host in UNC names (default: the name of this machine)"},
    {"log-level", "error|info|debug", OPTION_CHOICE, AT(log_level), 0, 0,
     "what is logged: failures; also sessions, refusals and restores; also every connection and "
     "call (default info)"},
#undef AT
};

static const struct option_program program = {
    .name = "ntdsbsrvd",
    .version = NTDSB_VERSION,
    .synopsis = "--store DIR [OPTION...]",
    .summary = "Serves the directory backup interfaces for one store directory.",
    .rows = rows,
    .row_count = sizeof rows / sizeof *rows,
    .closing =
        "Once it listens it prints one line on standard output,\n"
        "  ntdsbsrvd ready ncalrpc:[/run/ntdsbsrvd/ncalrpc] ncacn_ip_tcp:127.0.0.1[4711]\n"
        "and logs to standard error. SIGTERM and SIGINT end it.\n"
        "Memory: at most 80 MiB, and 320 KiB for each of --max-connections. Of it 64 MiB are for "
        "incomplete requests and unsent replies, over all connections.\n"
        "Exit code: 0 ended by a signal, 1 could not start, 2 wrong usage.\n",
};

static bool wrong(const char *option, const char *value, const char *why)
{
    return option_table_wrong(&program, option, value, why);
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

enum option_outcome options_parse(int argc, char **argv, struct daemon_options *out)
{
    int words;
    *out = (struct daemon_options){
        .socket = "/run/ntdsbsrvd/ncalrpc",
        .tcp_port = OPTIONS_NO_TCP,
        .max_sessions = ntdsb_server_default_config.max_sessions,
        .tombstone_days = ntdsb_server_default_config.tombstone_days,
        .max_connections = 256,
        .idle_timeout_s = 300,
        .session_idle_timeout_s = 3600,
        .request_timeout_s = 60,
        .log_level = LOG_LEVEL_INFO,
    };
    enum option_outcome outcome = option_table_parse(&program, argc, argv, out, &words);
    if (outcome != OPTION_RUN)
        return outcome;
    if (words > 0)
        fprintf(stderr, "ntdsbsrvd: unexpected argument '%s'\n", argv[1]);
    if (words == 0 && check(out))
        return OPTION_RUN;
    option_table_try_help(&program);
    return OPTION_WRONG;
}
