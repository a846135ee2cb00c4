/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What becomes of the calls that the library takes over.
 */
#ifndef FAULTS_PRELOAD_WATCH_H
#define FAULTS_PRELOAD_WATCH_H

#include "shared.h"

#include <stddef.h>

enum { NOWHERE = -1 };

#pragma GCC visibility push(hidden)
/* A call at a fault point, which returns to `caller`: what to do, with errno set if it fails.
 *place: for the ledger; NOWHERE: the call is none of the program's. */
struct fault_effect preload_cross(enum fault_class class, const void *caller, int *place);
/* A block was acquired there. Returns it. */
void *preload_keep(void *block, int place);
/* The block is released. Returns its place; NOWHERE: it is not in the ledger. */
int preload_drop(const void *block);
/* The same for descriptors. */
int preload_keep_descriptor(int fd, int place);
void preload_drop_descriptor(int fd);
/* Enters where a crash was, unless that is in libc. False: no more is wanted. */
bool preload_note_frame(uintptr_t address);
/* A program is started, by this process or one that it has begun, and will not be seen: it is
   static, or has rights that this one does not have. */
void preload_count_static(void);
void preload_count_privileged(void);
#pragma GCC visibility pop

#endif
