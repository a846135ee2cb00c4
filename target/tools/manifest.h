/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The manifest of a backup: a text file that makes a directory a backup, and is written last.
 * Fields are separated by one TAB.
 *
 *     dsbackup manifest 1
 *     token   72          SHA-256   token
 *     file    D           314572800 SHA-256  ntds.dit      \\DC1\var\lib\ntdsbsrvd\ntds.dit
 *     file    !           5242880   SHA-256  edb00001.log  \\DC1\var\lib\ntdsbsrvd\edb00001.log
 *     end     SHA-256 of all lines before
 *
 * The checksums find damage, not malice: a manifest is not signed, so entries are refused that
 * could reach a file outside of the backup or one of a kind that backups do not have.
 */
#ifndef MANIFEST_H
#define MANIFEST_H

#include "../digest/sha256.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define MANIFEST_NAME "manifest"
#define TOKEN_NAME    "token"

enum { TOKEN_MAX = 4096 }; /* bytes */

struct manifest_file {
    char kind;     /* BFT character: KIND_ in names.h */
    uint64_t size; /* bytes */
    struct digest checksum;
    char *name;   /* in the backup; plain, unique */
    char *origin; /* UNC name when it was backed up */
};

struct manifest {
    struct manifest_file *files;
    size_t count;
    uint64_t token_size; /* bytes */
    struct digest token_checksum;
};

/* False: a name that does not fit its kind or is a duplicate, an origin with control characters, or
   too many files; the reason is on standard error. */
bool manifest_may_add(const struct manifest *m, const struct manifest_file *file);
/* Copies the texts. False: may not be added, or out of memory; the reason is on standard error. */
bool manifest_add(struct manifest *m, const struct manifest_file *file);
const struct manifest_file *manifest_find(const struct manifest *m, const char *name);
void manifest_destroy(struct manifest *m);

/* Both print failures on standard error. `where` names the directory in messages. */
bool manifest_write(const struct manifest *m, int directory, const char *where);
/* Only a whole, undamaged manifest of this version with exactly one database is read. */
bool manifest_read(struct manifest *out, int directory, const char *where);

#endif
