/* SPDX-License-Identifier: Apache-2.0 */
#include "judge.h"

#include "backup.h"
#include "faults/fault/moment.h"
#include "faults/world/file.h"
#include "faults/world/ledger.h"
#include "fuzz/program/codes.h"
#include "fuzz/run/judge.h"
#include "fuzz/scene/scene.h"
#include "fuzz/scene/service.h"
#include "fuzz/scene/state_files.h"
#include "fuzz/scene/store_events.h"
#include "layout.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

struct judged {
    const struct scenario *scenario;
    const struct command *command, *clean;
    struct run_report *report;
    bool faulty; /* a fault may have fired */
    bool done;   /* it said that it has done what it was asked for */
};

#define FIND(j, verdict, ...) report_find((j)->report, 0, verdict, __VA_ARGS__)

/* What it said ------------------------------------------------------------------------------- */

/* In words of the tool's own. */
static bool is_said_otherwise(const struct judged *j)
{
    const struct command *c = j->command;
    return (j->scenario->interrupted && strstr(c->error, "interrupted") != NULL) ||
           (c->error_of_file == ENOENT && strstr(c->error, "has no manifest") != NULL) ||
           /* A directory that was missed is there all the same. */
           (c->error_of_file == ENOENT && strstr(c->error, strerror(EEXIST)) != NULL) ||
           (c->error_of_file == EWOULDBLOCK && strstr(c->error, "another dsbackup") != NULL);
}

/* Whether the line in which it says `why` begins with the file that it is about. None here has a
   blank in its name, and what is said of it has. */
static bool is_said_of_a_file(const char *error, const char *why)
{
    static const char program[] = "dsbackup: ";
    const char *line = strstr(error, why);
    while (line > error && strncmp(line, program, strlen(program)) != 0)
        line--;
    const char *file = line + strlen(program);
    return file < strstr(error, why) && file[strcspn(file, " ") - 1] == ':';
}

/* A failed call at a file is told with what it says of it, and of which file. */
static void judge_cause(const struct judged *j)
{
    const struct command *c = j->command;
    if (c->code != 1 || j->scenario->code != 0 || c->of_files == 0 || c->of_files != c->fired ||
        is_said_otherwise(j))
        return;
    const char *why = strerror(c->error_of_file);
    if (strstr(c->error, why) == NULL)
        FIND(j, VERDICT_EXIT_CODE, "it does not say \"%s\" but: %s", why, c->error);
    else if (!is_said_of_a_file(c->error, why))
        FIND(j, VERDICT_EXIT_CODE, "it does not begin with the file that it is about: %s",
             c->error);
}

/* contract: tool.exit-code */
static void judge_words(const struct judged *j)
{
    const struct command *c = j->command;
    const struct scenario *s = j->scenario;
    bool said = c->error[0] != '\0';
    if (!j->faulty && c->code != s->code)
        FIND(j, VERDICT_EXIT_CODE, "exit code %d, not %d: %s", c->code, s->code, c->error);
    if (!j->faulty &&
        (s->says != NULL ? strstr(c->error, s->says) == NULL : said && !s->shows_progress))
        FIND(j, VERDICT_EXIT_CODE, "standard error does not say \"%s\" but: %s",
             s->says != NULL ? s->says : "", c->error);
    if (c->code != 0 && c->code != 1 && (c->code != 2 || s->code != 2))
        FIND(j, VERDICT_EXIT_CODE, "exit code %d", c->code);
    if (c->code != 0 && !said && !c->fired_at_output)
        FIND(j, VERDICT_EXIT_CODE, "exit code %d, and nothing is said on standard error", c->code);
    if (c->code == 0 && strstr(c->error, "interrupted") != NULL)
        FIND(j, VERDICT_EXIT_CODE, "exit code 0, although it was interrupted");
    if (c->signals > 1 && !c->dead)
        FIND(j, VERDICT_EXIT_CODE, "it goes on after a second SIGTERM");
    if (c->code == 0 && c->output_lost)
        FIND(j, VERDICT_EXIT_CODE, "exit code 0, and standard output could not be written");
    judge_cause(j);
    if (c->code == 0 && c->lost_at != NULL)
        FIND(j, VERDICT_EXIT_CODE, "exit code 0, although a call failed at %s", c->lost_at);
    if (c->fired > 0 && c->fired == c->passing && c->code != s->code && !s->interrupted)
        FIND(j, VERDICT_EXIT_CODE, "a call that was to be repeated makes it end with %d: %s",
             c->code, c->error);
    /* A log that goes may take a gap along. */
    if (c->code == 0 && j->clean != NULL && s->code != 0 && !backup_has_lost_file())
        FIND(j, VERDICT_EXIT_CODE, "a fault makes it succeed");
    if (strstr(c->output, SCENE_PASSWORD) != NULL || strstr(c->error, SCENE_PASSWORD) != NULL)
        FIND(j, VERDICT_EXIT_CODE, "the password is printed");
    if (strstr(s->words, "--quiet") != NULL && c->output[0] != '\0')
        FIND(j, VERDICT_EXIT_CODE, "--quiet prints: %s", c->output);
}

/* What it says to be left there is there. */
static void judge_left(const struct judged *j)
{
    if (strstr(j->command->error, "is left in " BACKUP_PARTIAL) != NULL &&
        !file_exists(BACKUP_PARTIAL))
        FIND(j, VERDICT_EXIT_CODE, "it says that %s is left, which is not", BACKUP_PARTIAL);
}

/* Each line is one of the tool's, or begins with one, and names a code for what it is. */
static void judge_lines(const struct judged *j)
{
    const char *misnamed = code_misnamed(j->command->error);
    if (misnamed != NULL)
        FIND(j, VERDICT_EXIT_CODE, "a code has another name: %s", misnamed);
    bool whole = !j->command->fired_at_output && !j->scenario->shows_progress;
    for (const char *line = j->command->error; whole && *line != '\0';) {
        if (strncmp(line, "dsbackup: ", 10) != 0 && strncmp(line, "Try: ", 5) != 0)
            FIND(j, VERDICT_EXIT_CODE, "a line of standard error names no program: %s", line);
        line += strcspn(line, "\n");
        line += *line == '\n';
    }
}

/* Numbers apart, which a repeated call may change. */
static bool same_but_for_numbers(const char *a, const char *b)
{
    for (;;) {
        a += strspn(a, "0123456789");
        b += strspn(b, "0123456789");
        if (*a != *b)
            return false;
        if (*a == '\0')
            return true;
        a++;
        b++;
    }
}

/* A page for people: of lines that fit a terminal and do not end with a blank, one of which names
 * the program. */
static void judge_page(const struct judged *j)
{
    enum { WIDEST = 80 };
    const char *page = j->command->output;
    if (strncmp(j->scenario->words, "--help", 6) != 0 || j->faulty)
        return;
    if (strstr(page, "dsbackup") == NULL)
        FIND(j, VERDICT_EXIT_CODE, "the page does not name the program: %s", page);
    for (const char *line = page; *line != '\0';) {
        size_t n = strcspn(line, "\n");
        if (n > WIDEST || (n > 0 && line[n - 1] == ' ') || line[n] == '\0')
            FIND(j, VERDICT_EXIT_CODE,
                 "a line of the page is too wide, or ends with a blank or nowhere: %.*s", (int)n,
                 line);
        if (strstr(j->scenario->words, "-man") != NULL && line[0] == ' ')
            FIND(j, VERDICT_EXIT_CODE, "a line of the manual begins with a blank: %.*s", (int)n,
                 line);
        line += n + (line[n] == '\n');
    }
}

static void judge_output(const struct judged *j)
{
    judge_page(j);
    const struct command *c = j->command;
    const char *prints = j->scenario->prints;
    if (!j->faulty && prints != NULL && strcmp(c->output, prints) != 0)
        FIND(j, VERDICT_EXIT_CODE, "standard output is not \"%s\" but: %s", prints, c->output);
    bool counts = strncmp(j->scenario->words, "inspect", 7) == 0;
    if (j->clean == NULL || c->code != 0 || c->fired_at_output || backup_has_lost_file())
        return;
    if (counts ? !same_but_for_numbers(c->output, j->clean->output)
               : strcmp(c->output, j->clean->output) != 0)
        FIND(j, VERDICT_EXIT_CODE, "exit code 0, and standard output is: %s", c->output);
}

/* What it holds ------------------------------------------------------------------------------ */

/* contract: tool.nothing-left */
static void judge_holding(const struct judged *j, uint32_t earlier_violations)
{
    const struct command *c = j->command;
    struct ntdsb_server_counts counts;
    if (c->violations > earlier_violations)
        FIND(j, judge_violation(earlier_violations), "%s",
             ledger_violation_text(earlier_violations));
    if (c->held_of_api > 0 && !c->dead)
        FIND(j, VERDICT_LEFT_ON_CLIENT, "%" PRIu32 " handles, buffers or identities of the API",
             c->held_of_api);
    if (c->held > 0)
        FIND(j, VERDICT_LEFT_ON_CLIENT, "%" PRIu32 " resources", c->held);
    if (!j->report->finding && service_inspect(&counts) && counts.rpc.connections > 0)
        FIND(j, VERDICT_LEFT_ON_CLIENT, "a connection to the server");
}

/* What it left ------------------------------------------------------------------------------- */

static void judge_second(const struct judged *j, const char *words)
{
    static struct command again;
    command_run(words, false, &again);
    if (again.code != 0)
        FIND(j, VERDICT_NO_SECOND_RUN, "dsbackup %s ends with %d: %s", words, again.code,
             again.error);
    if (again.violations > j->command->violations || again.held > 0)
        FIND(j, VERDICT_LEFT_ON_CLIENT, "%" PRIu32 " resources by the second run", again.held);
}

/* contract: tool.unfinished, tool.truncate-last */
static void judge_backup(const struct judged *j)
{
    const char *why, *log;
    char words[128];
    const struct scenario *s = j->scenario;
    enum backup_state dest = backup_look(BACKUP_DEST, &why);
    if (dest == BACKUP_NO_PROOF || dest == BACKUP_DAMAGED)
        FIND(j, VERDICT_NOT_WHOLE, "%s is there and is not whole: %s", BACKUP_DEST, why);
    if (dest == BACKUP_WHOLE && !j->command->altered && !backup_is_of_store(BACKUP_DEST, &why))
        FIND(j, VERDICT_NOT_WHOLE, "%s", why);
    if (dest == BACKUP_WHOLE && !backup_is_alone(BACKUP_DEST))
        FIND(j, VERDICT_NOT_WHOLE, "a file is in the backup that its manifest does not name");
    if (dest == BACKUP_WHOLE && !backup_is_private(BACKUP_DEST))
        FIND(j, VERDICT_NOT_WHOLE, "others have access to the backup");
    if (j->done && dest != BACKUP_WHOLE)
        FIND(j, VERDICT_NOT_WHOLE, "exit code 0, and there is no backup");
    if (backup_look(BACKUP_PARTIAL, &why) == BACKUP_WHOLE && s->prepare == NULL &&
        !backup_is_of_store(BACKUP_PARTIAL, &why))
        FIND(j, VERDICT_NOT_WHOLE, "%s looks whole: %s", BACKUP_PARTIAL, why);
    if (!j->command->dead && !j->done && !j->command->fired_at_unlink && s->prepare == NULL &&
        backup_look(BACKUP_PARTIAL, &why) == BACKUP_WHOLE)
        FIND(j, VERDICT_NOT_WHOLE, "the backup has failed, and %s can be restored", BACKUP_PARTIAL);
    log = backup_truncated_log();
    if (log != NULL && (dest != BACKUP_WHOLE || s->keeps_logs))
        FIND(j, VERDICT_NOT_WHOLE, "%s was deleted, and is in no backup", log);
    if (log == NULL && j->done && !s->keeps_logs && !backup_has_lost_file())
        FIND(j, VERDICT_EXIT_CODE, "exit code 0, and no log was truncated");
    if (backup_has_lost_database())
        store_events_restore(FILE_DATABASE);
    if (dest != BACKUP_WHOLE && !j->report->finding) {
        snprintf(words, sizeof words, "--no-truncate %sbackup %s",
                 file_exists(BACKUP_PARTIAL) ? "--resume " : "", BACKUP_DEST);
        judge_second(j, words);
        if (backup_look(BACKUP_DEST, &why) != BACKUP_WHOLE ||
            !backup_is_of_store(BACKUP_DEST, &why))
            FIND(j, VERDICT_NO_SECOND_RUN, "there is no whole backup: %s", why);
    }
}

static uint32_t start(enum service_mode mode)
{
    service_stop();
    return service_start(mode);
}

/* Who is not root gives the group only if it is its own. */
static bool belongs_to_store(const struct scenario *s)
{
    mode_t mode;
    uid_t owner;
    gid_t group;
    bool is_known = file_get_access(SCENE_STORE, &mode, &owner, &group);
    return is_known && backup_belongs_to_store(s->user != 0 && s->group != group);
}

/* contract: tool.all-or-nothing */
static void judge_restore(const struct judged *j)
{
    struct ntdsb_server_counts counts;
    bool has_failed = service_inspect(&counts) && counts.restore_failed;
    /* Who dies leaves it registered, with the lowest and the highest number of the backup's logs,
       unless it has told that it has failed. */
    if (j->command->dead && !has_failed &&
        !scene_registration_holds(NULL, 0, scene_generation(FILE_LOG_1),
                                  scene_generation(FILE_LOG_2)))
        FIND(j, VERDICT_HALF_RESTORED, "other logs are registered than the backup holds");
    bool serves = start(SERVICE_NORMAL) == 0, is_new = backup_is_in_store();
    bool is_online = false;
    if (serves && service_inspect(&counts))
        is_online = counts.online;
    if (is_online && !is_new && !scenario_store_is_old())
        FIND(j, VERDICT_HALF_RESTORED, "the directory is online with neither the old nor the new");
    if (j->done && (!is_online || !is_new))
        FIND(j, VERDICT_HALF_RESTORED, "exit code 0, and the directory is %s, its store %s",
             is_online ? "online" : "offline", is_new ? "new" : "not that of the backup");
    if (!j->report->finding && !(is_online && is_new)) {
        if (start(SERVICE_RESTORE_MODE) != 0)
            FIND(j, VERDICT_NO_RESTART, "in restore mode");
        judge_second(j, "restore " BACKUP_DEST);
        is_new = backup_is_in_store();
        if (start(SERVICE_NORMAL) != 0 || !service_inspect(&counts) || !counts.online || !is_new)
            FIND(j, VERDICT_NO_SECOND_RUN, "the second restore does not put the backup in place");
    }
    if (!j->report->finding && !belongs_to_store(j->scenario))
        FIND(j, VERDICT_HALF_RESTORED, "a new file does not belong to the owner of its folder");
}

/* contract: tool.leftovers, tool.strangers, tool.keeps-session */
static void judge_manners(const struct judged *j)
{
    enum { SILENCE_MS = 60000 };
    const struct command *c = j->command;
    if (!c->dead && !c->fired_at_unlink && !scenario_had_temporary() && backup_has_temporary())
        FIND(j, VERDICT_LEFT_ON_CLIENT, "a temporary file in a backup");
    if (!layout_strangers_are_untouched() && !c->dead)
        FIND(j, VERDICT_DATA, "files of others have changed");
    if (c->silence_ms > SILENCE_MS && c->fired == c->short_reads)
        FIND(j, VERDICT_TIME, "the server has heard nothing for %" PRIu64 " ms", c->silence_ms);
}

/* contract: tool.reads-only */
static void judge_unchanged(const struct judged *j)
{
    /* Where a file was what it failed for, and a fault has removed that, it may do its work. */
    if (j->done && j->scenario->code != 0 && backup_has_lost_file())
        return;
    if (!scenario_files_are_kept())
        FIND(j, VERDICT_DATA, "the store or the backup has changed");
}

void judge_run(const struct scenario *s, const struct command *c, const struct command *clean,
               enum aftermath aftermath, struct run_report *r)
{
    static void (*const judges[])(const struct judged *) = {
        [SCENARIO_BACKUP] = judge_backup,
        [SCENARIO_RESTORE] = judge_restore,
        [SCENARIO_READS] = judge_unchanged,
    };
    struct judged j = {.scenario = s,
                       .command = c,
                       .clean = clean,
                       .report = r,
                       .faulty = clean != NULL,
                       .done = c->code == 0 && !c->dead};
    if (!c->dead) {
        judge_words(&j);
        judge_left(&j);
        judge_lines(&j);
        judge_output(&j);
    }
    world_set_call(WORLD_CALL_AFTERWARDS);
    file_power_on();
    judge_holding(&j, 0);
    judge_manners(&j);
    layout_mend();
    if (aftermath == AFTER_POWER_FAIL)
        service_power_fail();
    if (!r->finding && service_start(SERVICE_SAME_MODE) != 0)
        FIND(&j, VERDICT_NO_RESTART, "with what the command has left");
    if (!r->finding)
        judges[s->kind](&j);
    service_stop();
    struct ledger_summary left = ledger_summary();
    if (left.outstanding[WORLD_SERVER] > 0)
        FIND(&j, VERDICT_LEFT_ON_SERVER, "%" PRIu32 " resources", left.outstanding[WORLD_SERVER]);
}
