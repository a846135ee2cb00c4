/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The target of a restore: the directory's own places, as the server names them.
 */
#ifndef RESTORE_TARGET_H
#define RESTORE_TARGET_H

#include "manifest.h"

#include <ntdsbcli.h>

#include <time.h>

enum { TARGET_DATABASE, TARGET_LOGS, TARGET_CHECKPOINT, TARGETS };

struct restore_target {
    struct {
        char *unc;     /* as listed, without BFT character */
        char *path;    /* its directory on this machine */
        int directory; /* -1: not open */
    } at[TARGETS];
    char *database_name; /* the file's name in its directory */
};

/* From the list of DsRestoreGetDatabaseLocations; `source`: the backup's directory, which must not
   be one of them. All print errors on standard error. */
bool restore_target_open(struct restore_target *t, const char *locations, int source);
/* Removes the old database, logs, patch files and checkpoint. */
bool restore_target_clear(const struct restore_target *t);
/* Needed for reading and copying. */
struct transfer {
    unsigned char *block; /* COPY_BLOCK bytes */
    bool show_progress;
    HBC session;   /* called now and then, so that the server does not end the session as idle; or
                      NULL */
    time_t spoken; /* when it was called last; the monotonic clock, in seconds */
};
/* From here on files are copied within that session. */
void transfer_begin(struct transfer *t, HBC session);

/* Copies one file of the backup to the place of its kind, and then checks the file on the disk. */
bool restore_target_put(const struct restore_target *t, const struct manifest_file *file,
                        int source, struct transfer *transfer);
/* Makes the names of all copied files durable; true: they are. */
bool restore_target_sync(const struct restore_target *t);
void restore_target_close(struct restore_target *t);

/* Reads the file and compares size and checksum. */
bool restore_verify(int directory, const char *name, const struct manifest_file *expected,
                    const char *verb, struct transfer *transfer);

#endif
