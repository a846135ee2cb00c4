/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The tree of simulated files, for the calls that work on it.
 */
#ifndef FAULTS_FILE_INTERNAL_H
#define FAULTS_FILE_INTERNAL_H

#include "faults/fault/fault.h"

#include <dirent.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/stat.h>
#include <sys/types.h>

enum { INODES = 2048, NAMES = 96, FILE_PATH_MAX = 128, FILE_NAME_BYTES = 64, OPEN_FILES = 256 };

struct inode {
    bool is_directory, is_pattern, is_fifo;
    bool is_denied;     /* nobody may open it */
    mode_t permissions; /* S_IRWXU | S_IRWXG | S_IRWXO, as fstat() tells them */
    uid_t owner;
    gid_t group;
    const char *link;        /* a symbolic link to this path (borrowed), or NULL */
    const uint8_t *borrowed; /* content from file_put(), until it is written to */
    uint8_t *own;            /* otherwise the content; the memory is kept from world to world */
    size_t own_capacity;
    uint64_t size;
    uint8_t *durable; /* content as of the last fsync() */
    size_t durable_capacity;
    uint64_t durable_size;
    const void *lock_owner; /* the open file that holds flock(), or NULL */
};

/* An entry of a directory: a directory that is renamed takes its entries along. */
struct name {
    const struct inode *in; /* the directory */
    char last[FILE_NAME_BYTES];
    uint32_t hash;
    struct inode *inode;   /* NULL: unlinked */
    struct inode *durable; /* as of the last fsync() of the directory */
    bool is_lost;          /* a fault has removed what had it */
};

struct open_file {
    bool used, dead, writable;
    struct inode *inode;
    uint64_t position;
    unsigned list_at; /* a directory stream: index of the next name */
    struct dirent entry;
};

extern struct open_file file_open_files[OPEN_FILES];
/* A descriptor of the file; -1 with errno set. */
int file_open(struct inode *inode, bool writable);
/* open() and openat() in the simulation. */
int file_open_path(int directory, const char *path, int flags, mode_t mode);
/* A new file belongs to the process that makes it, with the permissions that its umask leaves. */
void process_own(struct inode *inode, mode_t mode);
/* Whether the process may give the file away: it is root's, or gives its own file to its own user
   and group. */
bool process_may_give(const struct inode *inode, uid_t owner, gid_t group);
/* The file is being synced: what file_spoil() says. */
void file_spoil_synced(struct inode *inode);
/* NULL with errno set: another kind, closed, or its machine has stopped. */
struct open_file *file_of(int fd);

/* Paths are relative to the directory, NULL for that of the root, unless they begin with '/'. NULL:
   nothing ever had that name. */
struct name *file_find_in(const struct inode *directory, const char *path);
struct name *file_find(const char *path); /* from the root */
/* The name whose file is opened in the place of that one's: itself but for file_stand_in(). */
struct name *file_opened_for(struct name *name);
/* By index, for listing; NULL at the end. */
struct name *file_name_at(unsigned index);
bool file_is_empty(const struct inode *directory);
/* The name, made if there is none. NULL: no room, no parent, too long. */
struct name *file_name_in(const struct inode *directory, const char *path);
/* A new inode under that path; replaces the one that the name stood for. NULL: no
   room, no parent. */
struct name *file_add_in(const struct inode *directory, const char *path, bool is_directory);
/* The content of what is no pattern; never NULL, also where there is none. */
const uint8_t *file_bytes(const struct inode *inode);
/* Cuts the file or lengthens it by zeros; its durable content stays. */
void file_set_size(struct inode *inode, uint64_t size);
void file_store(struct inode *inode, uint64_t offset, const void *bytes, size_t n);
void file_tree_sync(struct inode *inode);

/* The fault point of an operation on files; FILE_POINT() in a wrapper. */
struct fault_effect file_point(enum fault_class class, const void *caller);
#define FILE_POINT(class) file_point(class, __builtin_return_address(0))

/* fstatat(), unlinkat(), mkdirat() and renameat(), at the fault point that `caller` is at. */
int file_lookup(int directory, const char *path, struct stat *out, int flags, const void *caller);
int file_unlink(int directory, const char *path, int flags, const void *caller);
int file_mkdir(int directory, const char *path, mode_t mode, const void *caller);
int file_rename(int from_directory, const char *from, int to_directory, const char *to,
                const void *caller);

/* Notes that a name was added, removed or renamed. */
void file_changed(void);

void file_tree_reset(void);
void file_kill_descriptors(void);

#endif
