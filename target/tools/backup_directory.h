/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The directory of a growing backup. It is DEST.partial, beside DEST, until everything is in it and
 * durable; then it becomes DEST in one step. So a run that fails, at any moment, leaves no DEST.
 */
#ifndef BACKUP_DIRECTORY_H
#define BACKUP_DIRECTORY_H

#include "manifest.h"

struct backup_directory {
    int parent, partial; /* descriptors; -1: not open. `partial` is locked against other runs */
    char *path, *partial_path;
    const char *name, *partial_name; /* within the two above, relative to `parent` */
    bool resumed;                    /* `partial` was there before this run */
    bool renamed;                    /* `partial` has become DEST */
};

/* Checks whether DEST may become a backup: it does not exist or is empty, and DEST.partial does not
   exist unless `resume`. Creates nothing. All print errors on standard error. */
bool backup_directory_check(struct backup_directory *d, const char *path, bool resume);
/* Makes or opens DEST.partial. */
bool backup_directory_open(struct backup_directory *d);
/* Removes files that are not of this backup, writes the manifest, turns DEST.partial into DEST. */
bool backup_directory_publish(struct backup_directory *d, const struct manifest *m);
/* Removes a DEST.partial that this run created and that is not worth resuming; for any other one
   prints what to do. */
void backup_directory_fail(struct backup_directory *d, bool is_worth);
void backup_directory_close(struct backup_directory *d);

#endif
