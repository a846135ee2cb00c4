/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The scenarios of what others have done: to the folders that dsbackup works in, to a backup, to
 * the disk.
 */
#include "scenario_internal.h"

#include "backup.h"
#include "fuzz/scene/scene.h"
#include "layout.h"

#define MAKE_BACKUP    "backup " BACKUP_DEST
#define RESUME_BACKUP  "--resume " MAKE_BACKUP
#define RESTORE_BACKUP "restore " BACKUP_DEST

enum { OWNER = 990, GROUP = 991, STRANGER = 1000 };

/* A command that is refused. */
#define REFUSED(name_, words_, story_, says_, ...)                                                 \
    {                                                                                              \
        .name = (name_), .kind = SCENARIO_READS, .words = (words_), .story = (story_), .code = 1,  \
        .says = (says_), .every = 8, __VA_ARGS__                                                   \
    }
/* ... a restore of a backup that is not sound. */
#define UNSOUND(name_, story_, says_, prepare_)                                                    \
    REFUSED(name_, RESTORE_BACKUP, story_, says_, .prepare = (prepare_), .restore_mode = true)

const struct scenario scenarios_of_strangers[] = {
    REFUSED("backup-to-link", MAKE_BACKUP, "DEST is a link", "is not a directory",
            .prepare = layout_destination_link),
    REFUSED("backup-to-file", MAKE_BACKUP, "DEST is a file", "is not a directory",
            .prepare = layout_destination_file),
    REFUSED("backup-to-fifo", MAKE_BACKUP, "DEST is a FIFO", "is not a directory",
            .prepare = layout_destination_fifo),
    REFUSED("backup-to-hidden", MAKE_BACKUP, "DEST has a hidden file", "is not empty",
            .prepare = layout_destination_with_hidden),
    REFUSED("backup-to-folder", MAKE_BACKUP, "DEST has an empty folder", "is not empty",
            .prepare = layout_destination_with_folder),
    REFUSED("backup-nowhere", "backup /nowhere/monday", "there is no such folder",
            "/nowhere/: cannot be opened", .prepare = NULL),
    REFUSED("backup-of-no-name", "backup /", "DEST is the root", "does not name a directory",
            .prepare = NULL),
    REFUSED("backup-of-parent", "backup /backups/..", "DEST is a parent",
            "does not name a directory", .prepare = NULL),
    REFUSED("resume-through-link", RESUME_BACKUP, "DEST.partial is a link", "cannot be opened",
            .prepare = layout_partial_link),
    REFUSED("resume-of-file", RESUME_BACKUP, "DEST.partial is a file", "cannot be opened",
            .prepare = layout_partial_file),
    REFUSED("resume-with-stranger", RESUME_BACKUP, "DEST.partial has a file of somebody",
            "holds 'notes.txt', which is not of a backup", .prepare = layout_partial_with_stranger),
    REFUSED("resume-with-hidden", RESUME_BACKUP, "DEST.partial has a hidden file",
            "holds '.notes', which is not of a backup", .prepare = layout_partial_with_hidden),
    REFUSED("resume-with-link", RESUME_BACKUP, "DEST.partial has a link",
            "ntds.dit: cannot be made in the backup", .prepare = layout_partial_with_link),
    REFUSED("resume-with-fifo", RESUME_BACKUP, "DEST.partial has a FIFO",
            "edb00001.log: cannot be made in the backup", .prepare = layout_partial_with_fifo),
    {.name = "resume-of-other-content",
     .kind = SCENARIO_BACKUP,
     .words = RESUME_BACKUP,
     .story = "files of DEST.partial are too long, too short, and wrong",
     .prepare = layout_partial_of_other_content},
    UNSOUND("restore-of-linked", "its database is a link", "ntds.dit: cannot be opened",
            layout_backup_with_linked_file),
    UNSOUND("restore-of-folder-manifest", "its manifest is a folder",
            "cannot read the manifest: Invalid argument", layout_manifest_that_is_a_folder),
    UNSOUND("restore-of-fifo-manifest", "its manifest is a FIFO",
            "cannot read the manifest: Invalid argument", layout_manifest_that_is_a_fifo),
    UNSOUND("restore-of-large-manifest", "its manifest has a gigabyte",
            "cannot read the manifest: File too large", layout_manifest_beyond_all_sizes),
    UNSOUND("restore-of-largest-manifest", "its manifest has 8 MiB, and is none",
            "its manifest is not one of this version", layout_manifest_as_large_as_may_be),
    UNSOUND("restore-of-a-byte-more-than-a-manifest", "its manifest has 8 MiB and a byte",
            "cannot read the manifest: File too large", layout_manifest_of_a_byte_more),
    UNSOUND("restore-of-folder-token", "its token is a folder",
            "token: cannot be read: Invalid argument", layout_token_that_is_a_folder),
    UNSOUND("restore-of-large-token", "its token has a gigabyte",
            "token: cannot be read: File too large", layout_token_beyond_all_sizes),
    UNSOUND("restore-of-linked-manifest", "its manifest is a link", "cannot read the manifest",
            layout_backup_with_linked_manifest),
    UNSOUND("restore-of-linked-token", "its token is a link", "token: cannot be read",
            layout_backup_with_linked_token),
    UNSOUND("restore-of-fifo", "a log is a FIFO", "edb.log: is not a regular file",
            layout_backup_with_fifo),
    UNSOUND("restore-of-longer", "a log has a byte more", "edb00002.log: is damaged",
            layout_backup_with_longer_log),
    UNSOUND("restore-of-shorter", "a log has a byte less", "edb.log: is damaged",
            layout_backup_with_shorter_log),
    UNSOUND("restore-of-other-token", "its token is another one", "token: is damaged",
            layout_backup_with_other_token),
    UNSOUND("restore-without-token", "it has no token", "token: cannot be read",
            layout_backup_without_token),
    UNSOUND("restore-without-log", "it lacks a log", "edb00001.log: cannot be opened",
            layout_backup_without_log),
    REFUSED("restore-into-itself", "restore " SCENE_STORE, "the store is the backup",
            "is the backup itself", .prepare = layout_backup_in_store, .restore_mode = true),
    REFUSED("restore-nowhere", "restore /nowhere", "there is no such backup",
            "/nowhere: cannot be opened", .restore_mode = true),
    {.name = "restore-over-links",
     .kind = SCENARIO_RESTORE,
     .words = RESTORE_BACKUP,
     .story = "old logs are links and FIFOs; other files stay",
     .prepare = layout_old_store_of_links,
     .every = 2,
     .restore_mode = true},
    {.name = "restore-for-another-group",
     .kind = SCENARIO_RESTORE,
     .words = RESTORE_BACKUP,
     .story = "the store belongs to root, and to another group than root's",
     .prepare = layout_store_of_same_owner,
     .every = 8,
     .restore_mode = true},
    {.name = "restore-as-owner",
     .kind = SCENARIO_RESTORE,
     .words = RESTORE_BACKUP,
     .story = "by the user whose store it is",
     .prepare = layout_store_of_another,
     .every = 8,
     .restore_mode = true,
     .user = OWNER,
     .group = GROUP},
    {.name = "restore-without-group",
     .kind = SCENARIO_RESTORE,
     .words = RESTORE_BACKUP,
     .story = "by the user whose store it is, who is not in its group",
     .prepare = layout_store_of_another,
     .every = 8,
     .restore_mode = true,
     .user = OWNER,
     .group = STRANGER},
    {.name = "restore-as-stranger",
     .kind = SCENARIO_RESTORE,
     .words = RESTORE_BACKUP,
     .story = "by a user who cannot give the files away",
     .code = 1,
     .says = "cannot be made: Operation not permitted",
     .prepare = layout_store_of_another,
     .every = 8,
     .restore_mode = true,
     .user = STRANGER,
     .group = STRANGER},
    {.name = "restore-as-stranger-of-group",
     .kind = SCENARIO_RESTORE,
     .words = RESTORE_BACKUP,
     .story = "by a user of the store's group who cannot give the files away",
     .code = 1,
     .says = "cannot be made: Operation not permitted",
     .prepare = layout_store_of_another,
     .every = 8,
     .restore_mode = true,
     .user = STRANGER,
     .group = GROUP},
    {.name = "restore-for-same-group",
     .kind = SCENARIO_RESTORE,
     .words = RESTORE_BACKUP,
     .story = "the store belongs to another user of root's group",
     .prepare = layout_store_of_same_group,
     .every = 4,
     .restore_mode = true},
    {.name = "restore-slowly",
     .kind = SCENARIO_RESTORE,
     .words = RESTORE_BACKUP,
     .story = "each read and write takes seconds",
     .prepare = layout_slow_disk,
     .every = 4,
     .restore_mode = true},
    {.name = "restore-slowly-while-the-clock-is-set-back",
     .kind = SCENARIO_RESTORE,
     .words = RESTORE_BACKUP,
     .story = "each read and write takes seconds, and the machine's clock goes back meanwhile",
     .prepare = layout_slow_disk_and_clock_set_back,
     .every = 12,
     .restore_mode = true},
#define SPOILT(name_, file, prepare_)                                                              \
    {                                                                                              \
        .name = (name_), .kind = SCENARIO_RESTORE, .words = RESTORE_BACKUP,                        \
        .story = "the disk keeps another byte than was written", .code = 1,                        \
        .says = file ": is damaged", .prepare = (prepare_), .every = 4, .restore_mode = true       \
    }
    SPOILT("restore-to-bad-disk", "ntds.dit", layout_disk_that_spoils_database),
    SPOILT("restore-log-to-bad-disk", "edb00002.log", layout_disk_that_spoils_log),
    SPOILT("restore-patch-to-bad-disk", "temp.pat", layout_disk_that_spoils_patch),
};

const size_t scenarios_of_strangers_count =
    sizeof scenarios_of_strangers / sizeof *scenarios_of_strangers;
