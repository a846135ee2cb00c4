/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Shared by the files of this folder.
 */
#ifndef DIGEST_INTERNAL_H
#define DIGEST_INTERNAL_H

#include <stddef.h>

/* Copies what the library has written: MemorySanitizer does not see that it did. */
void digest_copy_out(const void *from, void *to, size_t n);

#endif
