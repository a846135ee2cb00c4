/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Inputs of all drivers, for the commands that take any: which driver one is for, and its run.
 */
#ifndef RUNDOWN_INPUTS_H
#define RUNDOWN_INPUTS_H

#include "fuzz/search/last_words.h"
#include "fuzz/search/saving.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define INPUTS_DRIVERS "session|handle|server_pdu|client_pdu|ndr|preload"
enum { INPUTS_SESSION, INPUTS_ANY = 6 /* the driver is not given: a choice of INPUTS_DRIVERS */ };

/* Those besides session, whose inputs are programs, in the order of INPUTS_DRIVERS. */
extern const struct saving_driver inputs_drivers[];
extern const size_t inputs_driver_count;

/* The name of a choice of INPUTS_DRIVERS. */
const char *inputs_driver_name(unsigned choice);
/* The wire driver of that name; NULL: there is none. */
const struct saving_driver *inputs_driver(const char *name);
/* The driver that a file of bytes is for, by the folder that it lies in: FOLDER/ndr/FILE; NULL:
 * none is named so. */
const char *inputs_driver_of_path(const char *path);

/* As last_words_start(): tells of crashes and hangs in this process, or hands them to `found`. A
   driver's abort after its finding is neither. */
void inputs_watch(last_words_found *found);
/* Runs what is saved in the folder of a finding. NULL: *why it cannot be run. */
const struct trial_end *inputs_try_saved(const char *folder, const json_t *report,
                                         const char **why);

#endif
