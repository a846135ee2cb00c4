/* SPDX-License-Identifier: Apache-2.0 */
#ifndef FUZZ_REAL_DISK_H
#define FUZZ_REAL_DISK_H

#include "fuzz/scene/backend.h"

extern const struct disk_backend disk_real;

/* Sets the folder that stands for "/" of the scene; it is created, and emptied
   by disk_reset(). Borrowed. */
void real_disk_set_root(const char *path);
/* Removes a folder with everything in it. */
void real_disk_remove(void);

#endif
