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

enum { INODES = 2048, NAMES = 64, FILE_PATH_MAX = 128, OPEN_FILES = 256 };

struct inode {
    bool is_directory, is_pattern, is_fifo;
    bool is_denied;          /* nobody may open it */
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

struct name {
    char path[FILE_PATH_MAX];
    uint32_t hash;
    struct inode *inode;   /* NULL: unlinked */
    struct inode *durable; /* as of the last fsync() of the directory */
};

struct open_file {
    bool used, dead, writable;
    struct name *name;
    struct inode *inode;
    uint64_t position;
    unsigned list_at; /* a directory stream: index of the next name */
    struct dirent entry;
};

extern struct open_file file_open_files[OPEN_FILES];
/* A descriptor of the file that the name stands for; -1 with errno set. */
int file_open(struct name *name, bool writable);
/* NULL with errno set: another kind, closed, or its machine has stopped. */
struct open_file *file_of(int fd);

struct name *file_find(const char *path);
/* By index, for listing; NULL at the end. */
struct name *file_name_at(unsigned index);
bool file_is_in(const char *path, const char *directory);
/* A new inode under that path; replaces the one that the name stood for. NULL: no
   room, no parent. */
struct name *file_add(const char *path, bool is_directory);
const uint8_t *file_bytes(const struct inode *inode);
/* Empties the file; its durable content stays. */
void file_truncate(struct inode *inode);
void file_store(struct inode *inode, uint64_t offset, const void *bytes, size_t n);
void file_tree_sync(struct name *of, struct inode *inode);

/* The fault point of an operation on files; FILE_POINT() in a wrapper. */
struct fault_effect file_point(enum fault_class class, const void *caller);
#define FILE_POINT(class) file_point(class, __builtin_return_address(0))

/* Notes that a name was added, removed or renamed. */
void file_changed(void);

void file_tree_reset(void);
void file_kill_descriptors(void);

#endif
