/* SPDX-License-Identifier: Apache-2.0 */
#include "scenario.h"

#include "backup.h"
#include "command.h"
#include "faults/fault/fault.h"
#include "faults/fault/hash.h"
#include "faults/fault/site.h"
#include "faults/world/file.h"
#include "faults/world/process.h"
#include "fuzz/scene/scene.h"
#include "fuzz/scene/service.h"
#include "fuzz/scene/store.h"
#include "layout.h"
#include "other_server.h"
#include "scenario_internal.h"
#include "wrong_manifests.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define AS_OPERATOR    "--user " SCENE_USER " --password-file " PASSWORD_FILE " "
#define MAKE_BACKUP    "backup " BACKUP_DEST
#define RESTORE_BACKUP "restore " BACKUP_DEST

enum { SEGMENT = 100 }; /* bytes that one send or recv moves, over TCP */

/* What is there ------------------------------------------------------------------------------ */

static const char *in_store(const char *name)
{
    return backup_path(other_server_folder(name), name);
}

static bool is_other(const char *name, uint64_t size)
{
    const uint8_t *bytes;
    uint64_t n;
    return file_get(in_store(name), &bytes, &n) && n == size && bytes != NULL &&
           memcmp(bytes, scene_content() + SCENE_OTHER_AT, (size_t)size) == 0;
}

bool scenario_store_is_old(void)
{
    return is_other("ntds.dit", 30000) && is_other("edb00009.log", 900) &&
           backup_truncated_log() == NULL && file_exists(in_store("temp.pat")) &&
           file_exists(in_store("edb.chk"));
}

/* The files that a command which only reads leaves as they are. */
static struct kept {
    char path[160];
    uint64_t hash; /* of the content */
} kept[128];
static unsigned kept_count;

/* 0: it is no file that has content: a directory of the server's state, or decoys. */
static uint64_t hash_of(const char *path)
{
    const uint8_t *bytes;
    uint64_t n;
    if (!file_get(path, &bytes, &n))
        return 0;
    uint64_t hash = hash_64(HASH_64_START, &n, sizeof n);
    return bytes != NULL ? hash_64(hash, bytes, (size_t)n) : hash;
}

static bool is_kept(const char *path, uint64_t hash)
{
    for (unsigned i = 0; i < kept_count; i++)
        if (strcmp(kept[i].path, path) == 0)
            return kept[i].hash == hash;
    return false;
}

static bool keep(const char *path, uint64_t hash)
{
    if (kept_count == sizeof kept / sizeof *kept)
        abort();
    snprintf(kept[kept_count].path, sizeof kept[0].path, "%s", path);
    kept[kept_count++].hash = hash;
    return true;
}

/* Whether `ask` says so of each file of the store and of the backup. */
static bool of_all_files(bool (*ask)(const char *path, uint64_t hash))
{
    static const char *const directories[] = {SCENE_STORE, BACKUP_DEST};
    char path[160];
    for (size_t i = 0; i < sizeof directories / sizeof *directories; i++) {
        unsigned cursor = 0;
        for (const char *name; (name = file_list(directories[i], &cursor)) != NULL;) {
            snprintf(path, sizeof path, "%s/%s", directories[i], name);
            uint64_t hash = hash_of(path);
            if (hash != 0 && !ask(path, hash))
                return false;
        }
    }
    return true;
}

void scenario_keep_files(void)
{
    kept_count = 0;
    of_all_files(keep);
}

bool scenario_files_are_kept(void)
{
    for (unsigned i = 0; i < kept_count; i++)
        if (!file_is_lost(kept[i].path) && hash_of(kept[i].path) != kept[i].hash)
            return false;
    return of_all_files(is_kept);
}

/* The table ---------------------------------------------------------------------------------- */

static const struct scenario scenarios[] = {
    {"backup", SCENARIO_BACKUP, MAKE_BACKUP, "a backup, and the logs in it are truncated",
     .keeps_logs = false},
    {"backup-quietly", SCENARIO_BACKUP, "--quiet --no-truncate " MAKE_BACKUP "/",
     "empty files and odd sizes; nothing is printed", .store = 1, .keeps_logs = true},
    {"backup-of-letters", SCENARIO_BACKUP, MAKE_BACKUP,
     "numbers of logs have letters of either case", .store = STORE_OF_LETTERS, .every = 2},
    {"backup-as-account", SCENARIO_BACKUP, AS_OPERATOR MAKE_BACKUP, "with a password of a file",
     .prepare = layout_password, .every = 3},
    {"backup-interrupted", SCENARIO_BACKUP, MAKE_BACKUP, "with SIGTERM in each interrupted call",
     .interrupted = true},
    {"resume", SCENARIO_BACKUP, "--resume " MAKE_BACKUP, "from what a run left that died",
     .prepare = layout_partial},
    {"resume-over-manifest", SCENARIO_BACKUP, "--resume " MAKE_BACKUP,
     "from what a run left that died after it had written its manifest",
     .prepare = layout_manifest_in_partial},
    {"backup-in-blocks", SCENARIO_BACKUP, MAKE_BACKUP, "the database has more than one block",
     .prepare = layout_large_database, .every = 24},
    {"resume-in-blocks", SCENARIO_BACKUP, "--resume " MAKE_BACKUP,
     "from what a run left that died in the second block", .prepare = layout_large_partial,
     .every = 24},
    {"backup-of-gap", SCENARIO_READS, MAKE_BACKUP, "a log is missing: it is named", .code = 1,
     .says = "edb00002.log is missing", .prepare = layout_remove_log},
    {"backup-of-many-gaps", SCENARIO_READS, MAKE_BACKUP, "many logs are missing: some are named",
     .code = 1, .says = "/edb0000A.log is missing\ndsbackup: and 244 more\n",
     .prepare = layout_remove_logs, .every = 4},
    {"backup-of-nothing", SCENARIO_READS, MAKE_BACKUP, "the database cannot be opened", .code = 1,
     .says = "DsBackupOpenFile (ntds.dit)", .prepare = layout_deny_database},
    {"backup-unread", SCENARIO_BACKUP, MAKE_BACKUP, "the database cannot be read", .code = 1,
     .says = "DsBackupRead (ntds.dit)", .broken = "rpc.reply@backup.Read#1 fault-unspec"},
    {"backup-unpublished", SCENARIO_BACKUP, MAKE_BACKUP, "it cannot be put in its place", .code = 1,
     .says = "cannot be put in its place", .broken = "file.rename@backup_directory_publish#1 EIO"},
    {"backup-without-end", SCENARIO_BACKUP, MAKE_BACKUP, "the session cannot be ended",
     .says = "DsBackupEnd (the server ends the session by itself)",
     .broken = "rpc.reply@backup.End#1 fault-unspec", .every = 4},
    {"backup-without-token", SCENARIO_BACKUP, MAKE_BACKUP, "its token cannot be saved", .code = 1,
     .says = "the expiry token cannot be saved", .broken = "file.rename@durable_write#1 EIO"},
    {"backup-without-manifest", SCENARIO_BACKUP, MAKE_BACKUP, "its manifest cannot be saved",
     .code = 1, .says = "manifest", .broken = "file.rename@durable_write#1 EIO", .broken_at = 2},
    {"backup-over-partial", SCENARIO_READS, MAKE_BACKUP, "a partial backup is there", .code = 1,
     .says = "resume it with --resume", .prepare = layout_partial},
    {"backup-over-backup", SCENARIO_READS, MAKE_BACKUP, "a backup is there", .code = 1,
     .says = "is not empty", .prepare = layout_backup},
    {"backup-offline", SCENARIO_READS, MAKE_BACKUP, "the directory is offline", .code = 1,
     .says = "a backup needs it online", .restore_mode = true},
    {"restore", SCENARIO_RESTORE, RESTORE_BACKUP, "over an older store",
     .prepare = layout_old_store, .restore_mode = true},
    {"restore-of-letters", SCENARIO_RESTORE, RESTORE_BACKUP,
     "numbers of logs have letters of either case", .prepare = layout_old_store,
     .store = STORE_OF_LETTERS, .restore_mode = true, .every = 2},
    {"restore-for-another", SCENARIO_RESTORE, "--quiet " RESTORE_BACKUP,
     "the store belongs to another user", .prepare = layout_store_of_another, .restore_mode = true},
    {"restore-as-account", SCENARIO_RESTORE, AS_OPERATOR RESTORE_BACKUP,
     "with a password of a file", .prepare = layout_old_store_and_password, .every = 3,
     .restore_mode = true},
    {"restore-without-end", SCENARIO_RESTORE, RESTORE_BACKUP, "the session cannot be ended",
     .says = "DsRestoreEnd (the server ends the session by itself)", .prepare = layout_old_store,
     .broken = "rpc.reply@restore.End#1 fault-unspec", .restore_mode = true, .every = 4},
    {"restore-interrupted", SCENARIO_RESTORE, RESTORE_BACKUP,
     "with SIGTERM in each interrupted call", .prepare = layout_old_store, .restore_mode = true,
     .interrupted = true},
    {"restore-of-damaged", SCENARIO_READS, RESTORE_BACKUP, "a log of the backup is damaged",
     .code = 1, .says = "edb00001.log: is damaged", .prepare = layout_damaged_backup,
     .restore_mode = true},
    {"restore-of-unfinished", SCENARIO_READS, RESTORE_BACKUP, "the backup has no manifest",
     .code = 1, .says = "not a whole backup", .prepare = layout_backup_without_manifest,
     .restore_mode = true},
    {"restore-in-another-order", SCENARIO_RESTORE, RESTORE_BACKUP,
     "the manifest names the files in another order", .prepare = layout_backup_in_another_order,
     .restore_mode = true, .every = 4},
    {"restore-online", SCENARIO_READS, RESTORE_BACKUP, "the directory is online", .code = 1,
     .says = "a restore needs it offline", .prepare = layout_old_store},
    {"status", SCENARIO_READS, "status", "online or not, and where",
     .prints = "directory   online\n"
               "database    \\\\DC1\\store\\ntds.dit\n"
               "logs        \\\\DC1\\store\n"
               "checkpoint  \\\\DC1\\store\n"},
    {"status-offline", SCENARIO_READS, "status", "in restore mode", .restore_mode = true,
     .every = 4,
     .prints = "directory   offline\n"
               "database    \\\\DC1\\store\\ntds.dit\n"
               "logs        \\\\DC1\\store\n"
               "checkpoint  \\\\DC1\\store\n"},
    {"status-as-account", SCENARIO_READS, AS_OPERATOR "status", "with a password of a file",
     .prepare = layout_password},
    {"status-without-server", SCENARIO_READS, "status", "no server listens", .code = 1,
     .says = "no server answers (endpoint ncalrpc:[" SCENE_SOCKET "])\n", .prepare = service_stop},
    {"status-of-the-usual-server", SCENARIO_READS, "status",
     "no server listens where it usually is", .code = 1,
     .says = "no server answers (endpoint ncalrpc:[/run/ntdsbsrvd/ncalrpc])\n",
     .prepare = layout_no_endpoint, .every = 4},
    {"status-interrupted", SCENARIO_READS, AS_OPERATOR "status",
     "with SIGTERM in each interrupted call", .prepare = layout_password, .interrupted = true},
    {"status-of-another", SCENARIO_READS, "--server elsewhere status", "of no name of this machine",
     .code = 1, .says = "--server does not name this machine (endpoint ncalrpc:["},
    {"status-over-tcp", SCENARIO_READS, "--server DC1 status", "in small pieces", .tcp = true},
    {"inspect", SCENARIO_READS, "inspect", "the counts of the server",
     .prints = "connections 0\ngroups 0\ncontext_handles 0\nbackup_sessions 0\n"
               "restore_sessions 0\nopen_files 0\nonline 1\nrestore_registered 0\ncalls 1\n"
               "pdus_received 2\npdus_sent 1\nfaults 0\n"},
    {"inspect-as-json", SCENARIO_READS, "inspect --json", "the same as JSON",
     .prints = "{\"connections\": 0, \"groups\": 0, \"context_handles\": 0, "
               "\"backup_sessions\": 0, \"restore_sessions\": 0, \"open_files\": 0, "
               "\"online\": true, \"restore_registered\": false, \"calls\": 1, "
               "\"pdus_received\": 2, \"pdus_sent\": 1, \"faults\": 0}\n"},
    {"inspect-offline", SCENARIO_READS, "inspect --json", "in restore mode", .restore_mode = true,
     .every = 4,
     .prints = "{\"connections\": 0, \"groups\": 0, \"context_handles\": 0, "
               "\"backup_sessions\": 0, \"restore_sessions\": 0, \"open_files\": 0, "
               "\"online\": false, \"restore_registered\": false, \"calls\": 1, "
               "\"pdus_received\": 2, \"pdus_sent\": 1, \"faults\": 0}\n"},
    {"password-denied", SCENARIO_READS, AS_OPERATOR "status", "its file cannot be read", .code = 1,
     .says = PASSWORD_FILE ": cannot be read", .prepare = layout_denied_password},
    {"password-read-by-group", SCENARIO_READS, AS_OPERATOR "status", "its group can read it",
     .code = 1, .says = "other users have access", .prepare = layout_password_read_by_group},
    {"password-written-by-group", SCENARIO_READS, AS_OPERATOR "status", "its group can write it",
     .code = 1, .says = "other users have access", .prepare = layout_password_written_by_group},
    {"password-run-by-group", SCENARIO_READS, AS_OPERATOR "status",
     "its group has another permission", .code = 1, .says = "other users have access",
     .prepare = layout_password_run_by_group},
    {"password-read-by-others", SCENARIO_READS, AS_OPERATOR "status", "others can read it",
     .code = 1, .says = "other users have access", .prepare = layout_password_read_by_others},
    {"password-written-by-others", SCENARIO_READS, AS_OPERATOR "status", "others can write it",
     .code = 1, .says = "other users have access", .prepare = layout_password_written_by_others},
    {"password-run-by-others", SCENARIO_READS, AS_OPERATOR "status",
     "others have another permission", .code = 1, .says = "other users have access",
     .prepare = layout_password_run_by_others},
    {"password-of-all-permissions-of-its-owner", SCENARIO_READS, AS_OPERATOR "status",
     "nobody else has any", .prepare = layout_password_of_all_permissions_of_its_owner},
    {"password-too-long", SCENARIO_READS, AS_OPERATOR "status", "a line that is longer", .code = 1,
     .says = "is not a password", .prepare = layout_password_too_long},
    {"password-with-a-nul", SCENARIO_READS, AS_OPERATOR "status", "a line with a NUL", .code = 1,
     .says = "is not a password", .prepare = layout_password_with_a_nul},
    {"password-not-utf8", SCENARIO_READS, AS_OPERATOR "status", "a line that is no text", .code = 1,
     .says = "DsSetAuthIdentity", .prepare = layout_password_not_utf8},
    {"password-directory", SCENARIO_READS, AS_OPERATOR "status", "its file is a directory",
     .code = 1, .says = PASSWORD_FILE ": cannot be read", .prepare = layout_password_directory},
    {"password-fifo", SCENARIO_READS, AS_OPERATOR "status", "its file is a FIFO without a writer",
     .code = 1, .says = "is not a password", .prepare = layout_password_fifo},
    {"password-empty", SCENARIO_READS, AS_OPERATOR "status", "its first line is empty", .code = 1,
     .says = "is not a password", .prepare = layout_empty_password},
    {"password-missing", SCENARIO_READS, AS_OPERATOR "status", "there is no such file", .code = 1,
     .says = "No such file"},
};

enum { SCENARIOS = sizeof scenarios / sizeof *scenarios };

const struct scenario *scenario_at(size_t index)
{
    static const size_t own = SCENARIOS;
    static const struct {
        const struct scenario *rows;
        const size_t *count;
    } tables[] = {
        {scenarios, &own},
        {wrong_manifests, &wrong_manifests_count},
        {scenarios_of_words, &scenarios_of_words_count},
        {scenarios_of_strangers, &scenarios_of_strangers_count},
        {scenarios_of_servers, &scenarios_of_servers_count},
    };
    for (size_t i = 0; i < sizeof tables / sizeof *tables; index -= *tables[i++].count)
        if (index < *tables[i].count)
            return &tables[i].rows[index];
    return NULL;
}

static bool had_temporary;

static void open_scene(const struct scenario *s)
{
    struct program_world world = {.restore_mode = s->restore_mode,
                                  .tcp = s->tcp,
                                  .segment = s->tcp ? SEGMENT : 0,
                                  .store = s->store};
    if (strstr(s->words, "--user") != NULL)
        scene_open_with_secret(&world);
    else
        scene_open(&world, NULL);
    other_server_answers(s->server[0].length > 0 ? s->server : NULL);
    other_server_forget();
    file_make_directory(BACKUP_PARENT);
    if (s->prepare != NULL)
        s->prepare();
    if (s->manifest != NULL) {
        layout_old_store();
        backup_put_manifest(s->manifest);
    }
}

/* A backup of that store for those scenarios that begin with one: made by the tool itself, once. */
static void make_backup(uint8_t store)
{
    static int made_of = -1;
    static struct command run;
    const struct scenario first = {.words = "--no-truncate " MAKE_BACKUP, .store = store};
    if (made_of == store)
        return;
    made_of = store;
    open_scene(&first);
    command_run(first.words, false, &run);
    if (run.code != 0) {
        fprintf(stderr, "tool: the first backup cannot be made: %s", run.error);
        abort();
    }
    backup_keep(BACKUP_DEST);
    service_stop();
}

void scenario_open(const struct scenario *s)
{
    make_backup(s->store);
    open_scene(s);
    had_temporary = backup_has_temporary();
    process_set_identity(s->user, s->group);
}

bool scenario_had_temporary(void)
{
    return had_temporary;
}

void scenario_break(const struct scenario *s)
{
    if (s->broken == NULL)
        return;
    size_t point = strcspn(s->broken, " ");
    const char *kind = s->broken + point + 1;
    int site = site_find(s->broken, point);
    struct fault fault = {.site_plus_one = site + 1, .nth = s->broken_at > 0 ? s->broken_at : 1};
    if (site >= 0)
        fault.class = site_class((unsigned)site);
    int k = site >= 0 ? fault_kind_find(fault.class, kind, strlen(kind)) : -1;
    fault.kind = (uint32_t)k;
    if (k < 0 || !fault_arm(&fault)) {
        fprintf(stderr, "tool: %s: there is no such fault\n", s->broken);
        abort();
    }
}
