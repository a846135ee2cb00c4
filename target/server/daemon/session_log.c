/* SPDX-License-Identifier: Apache-2.0 */
#include "session_log.h"

#include "../../codes/codes.h"
#include "../../include/windows.h"

#include "../../include/ntdsbmsg.h"
#include "log.h"

#include <string.h>

/* Operations that are logged when they succeed. */
static const struct {
    const char *operation, *done;
} events[] = {
    {"Prepare", "backup session begins"},
    {"TruncateLogs", "logs that were backed up are deleted"},
    {"End", "backup session ends"},
    {"RestorePrepare", "restore session begins"},
    {"RestoreRegister", "restore begins: the directory stays offline until one succeeds"},
    {"RestoreRegisterComplete", NULL},
    {"RestoreEnd", "restore session ends"},
    {"RestoreSetCurrentLogNumber", "the number of the current log is set"},
};
enum { EVENTS = sizeof events / sizeof *events };

/* Codes that no client causes. */
static bool is_failure(int32_t code)
{
    static const int32_t codes[] = {
        ERROR_NOT_ENOUGH_SERVER_MEMORY,
        hrDiskIO,
        hrDiskFull,
        hrOutOfFileHandles,
        hrFileAccessDenied,
        hrLogFileCorrupt,
        hrMissingLogFile,
        hrReadVerifyFailure,
    };
    for (size_t i = 0; i < sizeof codes / sizeof *codes; i++)
        if (codes[i] == code)
            return true;
    return false;
}

static void log_done(const struct session_log *log, const char *peer, const char *done)
{
    if (done == NULL)
        done = ntdsb_server_inspect(log->service).restore_failed
                   ? "restore failed: the directory stays offline until one succeeds"
                   : "restore succeeded: the directory may go online";
    log_session(LOG_LEVEL_INFO, peer, "%s", done);
}

/* Failures on the server's side are always logged; refusals of a client if they matter to an
   operator; normal events of a session (the end of a file) only for debugging. */
static void log_refusal(const char *peer, const char *operation, int32_t result, bool matters)
{
    enum log_level level =
        matters || result == ERROR_ACCESS_DENIED ? LOG_LEVEL_INFO : LOG_LEVEL_DEBUG;
    char text[CODE_TEXT];
    if (is_failure(result))
        level = LOG_LEVEL_ERROR;
    code_print(result, text);
    if (level == LOG_LEVEL_ERROR)
        log_session(level, peer, "%s failed: %s", operation, text);
    else
        log_peer(level, peer, "%s%s: %s", operation, level == LOG_LEVEL_INFO ? " refused" : "",
                 text);
}

static void called(const char *operation, uint32_t fault, int32_t result, void *context)
{
    const struct session_log *log = context;
    const char *peer = peer_table_current(log->peers);
    size_t i = 0;
    while (i < EVENTS && strcmp(events[i].operation, operation) != 0)
        i++;
    if (fault != 0) {
        log_peer(LOG_LEVEL_DEBUG, peer, "%s: fault 0x%08X", operation, fault);
    } else if (result != S_OK) {
        log_refusal(peer, operation, result, i < EVENTS);
    } else {
        if (i < EVENTS)
            log_done(log, peer, events[i].done);
        log_peer(LOG_LEVEL_DEBUG, peer, "%s: done", operation);
    }
}

static void refused(const char *domain, const char *user, uint32_t code, void *context)
{
    const struct session_log *log = context;
    const char *why = code == ERROR_ACCESS_DENIED ? "no such account, or a wrong password"
                                                  : "out of memory for judging the account";
    log_peer(code == ERROR_ACCESS_DENIED ? LOG_LEVEL_INFO : LOG_LEVEL_ERROR,
             peer_table_current(log->peers), "refused: %s ('%s%s%s')", why, domain,
             domain[0] != '\0' ? "\\" : "", user);
}

struct ntdsb_server_observer session_log_observer(struct session_log *log)
{
    return (struct ntdsb_server_observer){called, refused, log};
}
