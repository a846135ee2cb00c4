/* SPDX-License-Identifier: Apache-2.0 */
#include "log_judge.h"

#include "fuzz/program/codes.h"

#include <windows.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum kind { BACKUP_BEGINS, BACKUP_ENDS, RESTORE_BEGINS, RESTORE_ENDS, KINDS };

static const struct {
    const char *operation, *line;
} kinds[KINDS] = {
    [BACKUP_BEGINS] = {"Prepare", ": backup session begins\n"},
    [BACKUP_ENDS] = {"End", ": backup session ends\n"},
    [RESTORE_BEGINS] = {"RestorePrepare", ": restore session begins\n"},
    [RESTORE_ENDS] = {"RestoreEnd", ": restore session ends\n"},
};

static struct {
    struct ntdsb_server_observer daemon;
    unsigned events[KINDS];
    unsigned denied; /* calls, whichever */
} judge;

static void called(const char *operation, uint32_t fault, int32_t result, void *context)
{
    (void)context;
    for (int k = 0; k < KINDS; k++)
        judge.events[k] +=
            fault == 0 && result == S_OK && strcmp(operation, kinds[k].operation) == 0;
    judge.denied += fault == 0 && result == ERROR_ACCESS_DENIED;
    judge.daemon.called(operation, fault, result, judge.daemon.context);
}

static void refused(const char *domain, const char *user, uint32_t code, void *context)
{
    (void)context;
    judge.daemon.refused(domain, user, code, judge.daemon.context);
}

struct ntdsb_server_observer log_judge_observer(struct ntdsb_server_observer of_the_daemon)
{
    memset(judge.events, 0, sizeof judge.events);
    judge.denied = 0;
    judge.daemon = of_the_daemon;
    return (struct ntdsb_server_observer){called, refused, NULL};
}

static unsigned count(const char *log, const char *text)
{
    unsigned n = 0;
    for (const char *at = log; (at = strstr(at, text)) != NULL; at += strlen(text))
        n++;
    return n;
}

/* The sessions that were left open, over all lines. */
static unsigned count_run_down(const char *log)
{
    unsigned n = 0;
    for (const char *at = log; (at = strstr(at, ": left ")) != NULL; at++)
        n += (unsigned)strtoul(at + strlen(": left "), NULL, 10);
    return n;
}

const char *log_judge_wrong(const char *log)
{
    static char text[128];
    const unsigned *e = judge.events;
    const char *misnamed = code_misnamed(log);
    if (misnamed != NULL) {
        snprintf(text, sizeof text, "a code has another name in the log: %.60s", misnamed);
        return text;
    }
    if (strstr(log, "nobody:") != NULL)
        return "a line of the log is about nobody";
    if (strstr(log, "lines about sessions left out") != NULL)
        return NULL;
    for (int k = 0; k < KINDS; k++) {
        unsigned lines = count(log, kinds[k].line);
        snprintf(text, sizeof text, "%u calls of %s are %u lines of the log", e[k],
                 kinds[k].operation, lines);
        if (lines != e[k])
            return text;
    }
    unsigned denials = count(log, " refused: ERROR_ACCESS_DENIED");
    if (denials != judge.denied && strstr(log, " left out") == NULL) {
        snprintf(text, sizeof text, "%u calls were denied, and the log says it of %u", judge.denied,
                 denials);
        return text;
    }
    unsigned left = e[BACKUP_BEGINS] + e[RESTORE_BEGINS] - e[BACKUP_ENDS] - e[RESTORE_ENDS],
             run_down = count_run_down(log);
    snprintf(text, sizeof text, "%u sessions were left, and the log says it of %u", left, run_down);
    return run_down == left ? NULL : text;
}
