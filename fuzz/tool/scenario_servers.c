/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The scenarios of other servers: what they answer is taken for what it is, or refused.
 */
#include "scenario_internal.h"

#include "backup.h"
#include "layout.h"
#include "other_server.h"

#define MAKE_BACKUP    "backup " BACKUP_DEST
#define RESTORE_BACKUP "restore " BACKUP_DEST

/* Of the interface: BFT_NTDS_DATABASE, BFT_LOG_DIR, BFT_CHECKPOINT_DIR, BFT_PATCH_FILE, and none.
 */
#define DATABASE   "\x44"
#define LOGS       "\x82"
#define CHECKPOINT "\x83"
#define PATCH      "\x25"
#define UNKNOWN    "\x0f"

#define WORDS(...) .server = {__VA_ARGS__}
#define REFUSED(name_, words_, story_, says_, ...)                                                 \
    {                                                                                              \
        .name = (name_), .kind = SCENARIO_READS, .words = (words_), .story = (story_), .code = 1,  \
        .says = (says_), .every = 8, __VA_ARGS__                                                   \
    }
/* ... a restore, for where the server says that its files go. */
#define NOWHERE(name_, story_, says_, ...)                                                         \
    REFUSED(name_, RESTORE_BACKUP, story_, says_, .prepare = layout_old_store,                     \
            .restore_mode = true, WORDS(__VA_ARGS__))

const struct scenario scenarios_of_servers[] = {
    {.name = "restore-to-three-places",
     .kind = SCENARIO_RESTORE,
     .words = RESTORE_BACKUP,
     .story = "database, logs and checkpoint have folders of their own",
     .prepare = layout_three_places,
     .restore_mode = true,
     WORDS(OTHER_TEXT(LOGS "\\\\DC1\\store", LOGS "\\\\DC1\\logs0"),
           OTHER_TEXT(CHECKPOINT "\\\\DC1\\store", CHECKPOINT "\\\\DC1\\check"))},
    NOWHERE("restore-to-no-database", "the server does not say where the database goes",
            "does not say where database, logs and checkpoint go",
            OTHER_TEXT(DATABASE "\\\\", UNKNOWN "\\\\")),
    NOWHERE("restore-to-no-logs", "the server does not say where the logs go",
            "does not say where database, logs and checkpoint go",
            OTHER_TEXT(LOGS "\\\\", UNKNOWN "\\\\")),
    NOWHERE("restore-to-no-checkpoint", "the server does not say where the checkpoint goes",
            "does not say where database, logs and checkpoint go",
            OTHER_TEXT(CHECKPOINT "\\\\", UNKNOWN "\\\\")),
    NOWHERE("restore-to-logs-twice", "the server says twice where the logs go",
            "does not say where database, logs and checkpoint go",
            OTHER_TEXT(CHECKPOINT "\\\\", LOGS "\\\\")),
    NOWHERE("restore-to-a-relative-place", "a place has no machine",
            "names a place that is not a path on this machine: DDDC1\\store",
            OTHER_TEXT(LOGS "\\\\DC1", LOGS "DDDC1")),
    NOWHERE("restore-to-a-machine", "a place is a machine without a path",
            "names a place that is not a path on this machine: \\\\DC1.store",
            OTHER_TEXT(LOGS "\\\\DC1\\store", LOGS "\\\\DC1.store")),
    NOWHERE("restore-to-no-machine", "the machine of a place has no name",
            "names a place that is not a path on this machine: \\\\\\C1\\store",
            OTHER_TEXT(LOGS "\\\\D", LOGS "\\\\\\")),
    NOWHERE("restore-to-a-slash", "a place has a slash in it",
            "names a place that is not a path on this machine: \\\\DC1\\st/re",
            OTHER_TEXT(LOGS "\\\\DC1\\store", LOGS "\\\\DC1\\st/re")),
    NOWHERE("restore-to-the-folder-above", "a place leads upwards at its end",
            "names a place that is not a path on this machine: \\\\DC1\\st\\..",
            OTHER_TEXT(LOGS "\\\\DC1\\store", LOGS "\\\\DC1\\st\\..")),
    NOWHERE("restore-through-the-folder-above", "a place leads upwards in its middle",
            "names a place that is not a path on this machine: \\\\DC1\\..\\re",
            OTHER_TEXT(CHECKPOINT "\\\\DC1\\store", CHECKPOINT "\\\\DC1\\..\\re")),
    NOWHERE("restore-to-dots",
            "a place is a folder whose name begins with two dots, which is not there",
            "/..ore: cannot be opened", OTHER_TEXT(LOGS "\\\\DC1\\store", LOGS "\\\\DC1\\..ore")),
    NOWHERE("restore-to-a-patch-file", "the database has the name of a patch file",
            "names a database that cannot be one: \\\\DC1\\store\\temp.pat",
            OTHER_TEXT("\\ntds.dit", "\\temp.pat")),
    NOWHERE("restore-to-a-folder-name", "the database has no name",
            "names a database that cannot be one: \\\\DC1\\store\\ntds.di\\",
            OTHER_TEXT("\\ntds.dit", "\\ntds.di\\")),
    REFUSED("backup-of-no-kind", MAKE_BACKUP, "the server lists a file of no kind",
            "file 'ntds.dit': not a name for a file of this kind",
            WORDS(OTHER_TEXT(DATABASE "\\\\", UNKNOWN "\\\\"))),
    REFUSED(
        "backup-of-a-name-twice", MAKE_BACKUP, "the server lists a name twice",
        "file 'ntds.dit': named twice",
        WORDS(OTHER_TEXT("\\temp.pat", "\\ntds.dit"), OTHER_TEXT(PATCH "\\\\", DATABASE "\\\\"))),
    REFUSED("backup-of-the-folder-above", MAKE_BACKUP, "the server lists the folder above",
            "file '..': not a name", WORDS(OTHER_TEXT("\\temp.pat", "\\temp.\\.."))),
    REFUSED("backup-of-a-slash", MAKE_BACKUP, "a listed name has a slash",
            "file 'te/p.pat': not a name", WORDS(OTHER_TEXT("\\temp.pat", "\\te/p.pat"))),
    REFUSED("backup-of-its-own-manifest", MAKE_BACKUP, "the server lists a manifest",
            "file 'manifest': not a name", WORDS(OTHER_TEXT("\\ntds.dit", "\\manifest"))),
    REFUSED("backup-of-less", MAKE_BACKUP, "the server sends more than it has said",
            "DsBackupRead (ntds.dit): RPC_X_BAD_STUB_DATA",
            WORDS(OTHER_BYTES("\x00\xa0\0\0\0\0\0\0", "\xff\x9f\0\0\0\0\0\0"))),
    REFUSED("backup-of-more", MAKE_BACKUP, "the server sends less than it has said",
            "the server sent 40960 of 40961 bytes",
            WORDS(OTHER_BYTES("\x00\xa0\0\0\0\0\0\0", "\x01\xa0\0\0\0\0\0\0"))),
    {.name = "status-in-three-places",
     .kind = SCENARIO_READS,
     .words = "status",
     .story = "each has a folder of its own",
     .prints = "directory   online\n"
               "database    \\\\DC1\\store\\data.edb\n"
               "logs        \\\\DC1\\logs0\n"
               "checkpoint  \\\\DC1\\check\n",
     WORDS(OTHER_TEXT(LOGS "\\\\DC1\\store", LOGS "\\\\DC1\\logs0"),
           OTHER_TEXT(CHECKPOINT "\\\\DC1\\store", CHECKPOINT "\\\\DC1\\check"),
           OTHER_TEXT("\\ntds.dit", "\\data.edb"))},
};

const size_t scenarios_of_servers_count =
    sizeof scenarios_of_servers / sizeof *scenarios_of_servers;
