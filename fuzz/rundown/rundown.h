/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the subcommands of rundown share.
 */
#ifndef FUZZ_RUNDOWN_H
#define FUZZ_RUNDOWN_H

#include "fuzz/program/program.h"
#include "fuzz/run/run.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { EXIT_USAGE = 2 };

/* A subcommand: gets the arguments behind its name, returns an exit code. */
typedef int rundown_command(int count, char **arguments);
rundown_command command_run, command_minimise, command_show, command_pack, command_format,
    command_bench, command_wire, command_decode, command_sweep, command_enumerate, command_sites,
    command_faults, command_allowed, command_proxy;

/* The file as bytes, to be freed; false: said on stderr. */
bool rundown_read(const char *path, uint8_t **out, size_t *out_size);
/* A program from text (*.txt) or bytes; false: said on stderr. */
bool rundown_load(const char *path, struct program *out);

/* Calls `each` with every program that the paths name, folders with their *.txt files by name.
   Returns how many paths or folders could not be read. */
typedef void rundown_each(const char *path, void *context);
unsigned rundown_for_each(int count, char **paths, rundown_each *each, void *context);

/* Over this transport, whatever the program says; what it asserts may then not hold any more. */
void rundown_set_transport(struct program *p, bool tcp);
/* One line: the path, and what each call returned. */
void rundown_print_results(const char *path, const struct run_report *r);

/* A number without sign, all of the text; false: it is none. */
bool rundown_number(const char *text, unsigned long *out);

#endif
