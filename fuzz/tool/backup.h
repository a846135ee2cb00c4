/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Judges a backup on the simulated disk, by the documented form of its manifest and without the
 * tool's own code; and the store that it was made of.
 */
#ifndef FUZZ_TOOL_BACKUP_H
#define FUZZ_TOOL_BACKUP_H

#include <stdbool.h>
#include <stddef.h>

#define BACKUP_PARENT  "/backups"
#define BACKUP_DEST    BACKUP_PARENT "/monday"
#define BACKUP_PARTIAL BACKUP_DEST ".partial"

enum backup_state {
    BACKUP_NONE,     /* nothing has that name, or an empty directory */
    BACKUP_NO_PROOF, /* a directory with something in it, but without a manifest */
    BACKUP_DAMAGED,  /* its manifest does not agree with what is there */
    BACKUP_WHOLE     /* a restore would take it */
};
/* *why: what is damaged, valid until the next call. */
enum backup_state backup_look(const char *directory, const char **why);

/* Whether a backup that looks whole holds every file of the scene's store as it was laid out, and
   no other. False: *why. */
bool backup_is_of_store(const char *directory, const char **why);
/* Whether nothing else is in its directory. */
bool backup_is_alone(const char *directory);
/* Whether the files of the backup, its directory among them, are its user's alone. */
bool backup_is_private(const char *directory);

/* DIRECTORY/NAME, valid until the next call. */
const char *backup_path(const char *directory, const char *name);
/* Whether a file of that name is not of the backup's own making. */
bool backup_comes_from_store(const char *name);
/* The longest line of a manifest, and the most files that the scene's has. */
enum { BACKUP_LINE = 512, BACKUP_FILES = 16 };

/* The checksum of the bytes as a manifest has it, with a NUL. */
enum { BACKUP_SUM_TEXT = 64 };
void backup_sum(const void *bytes, size_t n, char out[BACKUP_SUM_TEXT + 1]);

/* Keeps the backup in memory, and puts it back: durable, in a scene without one. */
void backup_keep(const char *directory);
void backup_put(const char *directory);
/* Writes another manifest into BACKUP_DEST: these lines between the first, unless they begin with
   one of their own, and that of its checksum. BACKUP_NUL stands for a NUL, and what follows
   BACKUP_END comes behind the checksum. */
enum { BACKUP_NUL = 1, BACKUP_END = 2 };
void backup_put_manifest(const char *lines);
/* ... with its own lines of files in the other order. */
void backup_turn_manifest_round(void);

/* Whether the store's files are those of the backup in `directory` that was kept, and no other file
   of a kind that a restore replaces is there. */
bool backup_is_in_store(void);
/* Whether each of them belongs to the owner of its folder and, unless the user cannot give that, to
   its group. */
bool backup_belongs_to_store(bool of_any_group);
/* Whether a temporary file of a write is left in a backup, finished or not. */
bool backup_has_temporary(void);
/* Whether a fault has removed a file of the store; and the database. */
bool backup_has_lost_file(void);
bool backup_has_lost_database(void);
/* A log that is in the backup but no longer in the store: it was truncated. NULL: there is none. */
const char *backup_truncated_log(void);

#endif
