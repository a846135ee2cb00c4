/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Checks names of a directory store's files, from lists and manifests, and translates UNC names to
 * paths of this machine. Neither a server nor a manifest is trusted to name only files of its own.
 */
#ifndef NAMES_H
#define NAMES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { NAMES_MAX = 255 };

/* Files by the BFT character of their kind. */
enum { KIND_DATABASE = 'D', KIND_LOG = '!', KIND_PATCH = '%' };

/* One component, without control characters, not "." or "..". */
bool names_is_plain(const char *name);

/* Whether a file of that kind may have that name: any plain one for the database, edb.log or
   edbXXXXX.log (five hexadecimal digits), NAME.pat. */
bool names_fits_kind(const char *name, char kind);

/* Whether a restore removes the file from a directory: logs, patch files, the checkpoint file. */
bool names_is_replaced(const char *name);

/* The number in edbXXXXX.log; false for edb.log and all else. */
bool names_log_generation(const char *name, uint32_t *out);

/* The last component of a UNC name. */
const char *names_last_component(const char *unc);

/* \\HOST\var\lib becomes /var/lib. False: it is not an absolute local path, or is too long. */
bool names_to_local(const char *unc, char *out, size_t capacity);

#endif
