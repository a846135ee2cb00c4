/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Where a backup grows. DEST.partial is its own directory beside DEST until everything is in it and
 * on the disk; then it becomes DEST in one step. So a run that fails, at whatever moment, leaves no
 * DEST.
 */
#ifndef BACKUP_DIRECTORY_H
#define BACKUP_DIRECTORY_H

#include "manifest.h"

struct backup_directory {
    int parent, partial; /* descriptors; -1: not open. `partial` is locked against other runs */
    char *path, *partial_path;
    const char *name, *partial_name; /* within the two above, relative to `parent` */
    bool resumed;                    /* `partial` was there before this run */
};

/* Looks whether DEST may become a backup: it does not exist or is empty, and DEST.partial is not
   there unless `resume`. Makes nothing. All say on standard error what is wrong. */
bool backup_directory_check(struct backup_directory *d, const char *path, bool resume);
/* Makes or opens DEST.partial. */
bool backup_directory_open(struct backup_directory *d);
/* Removes what is not of this backup, writes the manifest, turns DEST.partial into DEST. */
bool backup_directory_publish(struct backup_directory *d, const struct manifest *m);
/* Removes a DEST.partial that this run made and that is not worth to go on with; of any other one
   it says what to do. */
void backup_directory_fail(struct backup_directory *d, bool is_worth);
void backup_directory_close(struct backup_directory *d);

#endif
