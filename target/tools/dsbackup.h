/* SPDX-License-Identifier: Apache-2.0 */
/*
 * dsbackup: the documented walkthroughs of the directory backup API as a command. All but
 * `inspect` uses the public API alone (ntdsbcli.h), as any other backup program would.
 */
#ifndef DSBACKUP_H
#define DSBACKUP_H

#include <stdbool.h>

struct settings {
    const char *server;
    const char *user, *domain, *password_file; /* NULL: the process's own identity */
    const char *directory;                     /* DEST or SRC */
    bool truncate;                             /* logs, after a whole backup */
    bool resume;
    bool json; /* of inspect */
    bool quiet;
    bool progress;
};

/* True: done. False: failed; the reason is on standard error. */
bool backup_command(const struct settings *settings);
bool restore_command(const struct settings *settings);
bool status_command(const struct settings *settings);
bool inspect_command(const struct settings *settings);

/* SIGINT or SIGTERM has come. Loops ask before each block. */
bool dsbackup_interrupted(void);

enum { COPY_BLOCK = 1 << 20 }; /* bytes; a multiple of 8192, as DsBackupRead asks for */

#endif
