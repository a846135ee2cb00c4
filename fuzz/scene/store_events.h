/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Changes the store while the service runs, as an administrator, the directory or a failing disk
 * may: the events Store...() of programs, in the simulated world. All is durable at once. A file
 * that is not there, or no regular one, is left alone where an event needs one.
 */
#ifndef FUZZ_STORE_EVENTS_H
#define FUZZ_STORE_EVENTS_H

#include "store.h"

/* A second name for each file of the store as it was laid out. */
void store_events_keep(void);

/* edb.log becomes edb00003.log, unless there is one, and another edb.log begins. */
void store_events_rotate(void);
void store_events_grow(enum scene_file file, uint32_t bytes);
void store_events_shrink(enum scene_file file, uint32_t bytes);
void store_events_remove(enum scene_file file);
void store_events_replace(enum scene_file file, enum scene_place by);
/* Opening it fails from now on. */
void store_events_deny(enum scene_file file);
/* The file that was there at first is there again, of its first size, and can be opened. */
void store_events_restore(enum scene_file file);

#endif
