/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The scenarios: command lines of dsbackup, what is there when they begin, and what they come to if
 * nothing fails. Each is run with every fault at every fault point.
 */
#ifndef FUZZ_TOOL_SCENARIO_H
#define FUZZ_TOOL_SCENARIO_H

#include "other_server.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

enum scenario_kind {
    SCENARIO_BACKUP,  /* makes BACKUP_DEST */
    SCENARIO_RESTORE, /* puts BACKUP_DEST into the store */
    SCENARIO_READS    /* changes neither the store nor what is there of backups */
};

struct scenario {
    const char *name;
    enum scenario_kind kind;
    const char *words;     /* its command line */
    const char *story;     /* in one line, for --list */
    int code;              /* its exit code if nothing fails */
    const char *says;      /* on standard error then; NULL: nothing */
    const char *prints;    /* on standard output then; NULL: it is not looked at */
    void (*prepare)(void); /* lays out what is there; may be NULL */
    const char *manifest;  /* lines of that of a backup of an older store; NULL: its own */
    unsigned every;      /* N: of N fault points one is broken, because a run takes long; 0: each */
    const char *broken;  /* "POINT KIND": what fails in any case; NULL: nothing */
    unsigned broken_at;  /* which time it is called; 0: the first */
    uint8_t store;       /* of the scene (fuzz/scene/store.h) */
    bool tcp;            /* in small segments */
    bool restore_mode;   /* of the service */
    bool interrupted;    /* a call that is interrupted was interrupted by SIGTERM */
    bool keeps_logs;     /* the backup truncates nothing */
    bool shows_progress; /* on standard error */
    struct other_word server[OTHER_WORDS]; /* what the server answers otherwise */
    uid_t user;                            /* whose process the command is */
    gid_t group;
};

/* By index; NULL at the end. */
const struct scenario *scenario_at(size_t index);
/* A fresh world with the scene of it, in which the command can be run. */
void scenario_open(const struct scenario *s);
/* Arms what fails in any case. */
void scenario_break(const struct scenario *s);

/* Remembers the files of the store and of the backup as they are. */
void scenario_keep_files(void);
/* Whether they are as they were, but for what a fault itself has removed, and there is no other. */
bool scenario_files_are_kept(void);
/* Whether a temporary file of an earlier run was there when it began. */
bool scenario_had_temporary(void);
/* The store of a restore before it: other content than that of the backup, and a log more. */
bool scenario_store_is_old(void);

#endif
