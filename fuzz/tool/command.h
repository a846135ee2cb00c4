/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Runs dsbackup as a process of the simulated world: a command line in, an exit code and what it
 * printed out.
 */
#ifndef FUZZ_TOOL_COMMAND_H
#define FUZZ_TOOL_COMMAND_H

#include <stdbool.h>
#include <stdint.h>

enum { COMMAND_TEXT = 4096 };

struct command {
    int code;             /* its exit code; of no meaning if it is dead */
    bool dead;            /* a fault has killed it */
    uint32_t signals;     /* that came to it */
    uint32_t fired;       /* faults, while it ran */
    uint32_t short_reads; /* among them reads of files that were short: there is a block more */
    uint32_t passing;     /* among them those that a repeated call gets over: a read or write of its
                             own that was interrupted or short */
    uint32_t of_files;    /* among them those of calls on its files that failed with an errno */
    int error_of_file;    /* the errno of the first; 0: there is none */
    const char *lost_at;  /* the fault point of the first without which nothing is on disk; NULL */
    bool fired_at_unlink; /* one prevented it from removing a file */
    uint64_t silence_ms;  /* the longest time in which it said nothing to the server, once it had */
    bool altered;         /* one changed bytes on the wire, where nothing signs them */
    bool fired_at_output; /* one prevented it from printing */
    bool output_lost;     /* something printed on standard output could not be written */
    uint32_t held;        /* resources that it holds at its end */
    uint32_t held_of_api; /* handles, buffers and identities of the library among them */
    uint32_t violations;  /* in the ledger at its end */
    char output[COMMAND_TEXT], error[COMMAND_TEXT];
};

/* `words`: the command line without the name of the program, blanks between. Faults that are armed
   fire in it. One of the kind "crash" kills it; if `interrupting`, one of the kind EINTR comes with
   the SIGTERM that is its cause. */
void command_run(const char *words, bool interrupting, struct command *out);

#endif
