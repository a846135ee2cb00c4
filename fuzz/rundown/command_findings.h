/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The parts of "rundown findings".
 */
#ifndef RUNDOWN_COMMAND_FINDINGS_H
#define RUNDOWN_COMMAND_FINDINGS_H

#include "fuzz/search/saving.h"
#include "rundown.h"

#include <stdbool.h>
#include <stdint.h>

enum { EXIT_CANNOT_BE_TRIED = 125 }; /* as git bisect has it */

extern struct findings_settings {
    const char *findings, *by;
    unsigned driver;
    uint32_t seed; /* ANY_NUMBER: none */
} findings_settings;

/* Each returns an exit code. */
int findings_add_files(int count, char **paths);
/* Adds an input of a wire driver that comes from this file, or from none (NULL). After the last one
   findings_add_end() prints what was added; false: something could not be saved. */
void findings_add_input(const char *path, const struct saving_driver *d, const uint8_t *bytes,
                        size_t n);
bool findings_add_end(void);
int findings_verify(int count, char **names);

/* Calls `each` with the folder of each finding that the names name: by signature, by the name of
   its folder, by its path; without a word with all. Returns how many there are; -1: a word names
   none, and the reason is on stderr. */
int findings_select(int count, char **names, void (*each)(const char *folder, void *context),
                    void *context);

#endif
