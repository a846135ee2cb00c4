/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The directory store: a folder with ntds.dit, patch files (NAME.pat), the current log (edb.log),
 * older logs (edbXXXXX.log, five hexadecimal digits) and the checkpoint (edb.chk). Names from
 * clients are never used as paths: a session takes a list, and opens by position in it.
 */
#ifndef SERVER_STORE_H
#define SERVER_STORE_H

#include "../rpc/ndr.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

enum { STORE_NAME_MAX = 31, STORE_ROOT_MAX = 1024, STORE_MOST_FILES = 4096 };

struct store {
    int directory;             /* owned descriptor */
    char root[STORE_ROOT_MAX]; /* its UNC path: \\HOST\var\lib\ntdsbsrvd */
};

struct store_file {
    char name[STORE_NAME_MAX + 1];
    uint8_t type; /* BFT character */
    dev_t device; /* with the inode: which file had the name when it was listed */
    ino_t inode;
    bool complete; /* the client has received all of it */
};

struct store_list {
    struct store_file *files; /* owned */
    size_t count;
};

/* 0; ERROR_INVALID_PARAMETER: path or host name with other than printable ASCII, a backslash, or
   too long; ERROR_PATH_NOT_FOUND: no such directory; or errno_code(). */
uint32_t store_open(struct store *s, const char *path, const char *host_name);
void store_close(struct store *s);

/* The database with the patch files, or the logs, oldest first and the current one last. Only
   regular files of those names. 0, ERROR_NOT_ENOUGH_SERVER_MEMORY (also for more than
   STORE_MOST_FILES), or errno_code(). */
enum store_part { STORE_DATABASE, STORE_LOGS };
uint32_t store_list(const struct store *s, enum store_part part, struct store_list *out);
void store_list_destroy(struct store_list *l);
/* Whether a list of STORE_DATABASE holds the database itself. */
bool store_has_database(const struct store_list *l);
/* Whether a number between the lowest and the highest of a list of STORE_LOGS is missing. */
bool store_has_gap(const struct store_list *logs);

/* The list as a multi-string of UNC names; *out->chars is owned by the
   caller. 0, ERROR_NOT_ENOUGH_SERVER_MEMORY. */
uint32_t store_format_list(const struct store *s, const struct store_list *l, struct ndr_wide *out);
/* The same of three locations: the database file, the log and the checkpoint directory. */
uint32_t store_format_locations(const struct store *s, struct ndr_wide *out);
/* Finds the file that a client names: by its full entry, the entry without its type, or its last
   component. NULL: there is no such file. */
struct store_file *store_find(const struct store *s, const struct store_list *l,
                              const struct ndr_wide *name);

/* Opens for reading. *out_fd is owned by the caller. hrFileNotFound if it was removed, or something
   else bears its name since it was listed. */
uint32_t store_open_file(const struct store *s, const struct store_file *f, int *out_fd,
                         uint64_t *out_size);
/* Deletes the file that was listed; that it is missing is success, also if something else bears its
   name, which stays. Durable after store_sync(). */
uint32_t store_delete(const struct store *s, const struct store_file *f);
uint32_t store_sync(const struct store *s);

#endif
