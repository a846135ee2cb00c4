/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One run of a program under `rundown preload`, in a process of its own, and the names of the
 * places where it calls libc.
 */
#ifndef FUZZ_RUNDOWN_PRELOAD_RUN_H
#define FUZZ_RUNDOWN_PRELOAD_RUN_H

#include "faults/preload/shared.h"

struct preload_program {
    const char *path; /* as found in PATH */
    char **words;     /* its argv, NULL ends */
    unsigned seconds; /* the time limit of a run */
};

struct preload_result {
    bool hung;
    int signal, code; /* 0 where it does not apply */
    uint64_t output;  /* a hash of standard output */
};

/* Finds the program and the library to load before it. False: it cannot be done, *why. */
bool preload_open(struct preload_program *p, char **words, const char **why);
/* From here on runs begin at main(), in children of one process that has come there, if that can
   be: a fault before main() starts the program anew. Ended by preload_end_server(). NULL, or why it
   cannot be. */
const char *preload_start_server(const struct preload_program *p);
void preload_end_server(void);
/* How many runs have begun there. */
uint64_t preload_served(void);
/* Runs it with this fault, or with none (NULL). The memory is that of the latest run. */
struct preload_result preload_run(const struct preload_program *p, const struct preload_fault *f);
const struct preload_shared *preload_memory(void);

/* CLASS@FUNCTION#N, or CLASS@OBJECT+0xOFFSET#1 where the object does not name its functions. #N
   counts the places of `s` in the function by address. */
enum { PRELOAD_NAME = 384 };
void preload_name(const struct preload_program *p, const struct preload_shared *s, unsigned place,
                  char out[PRELOAD_NAME]);
/* FUNCTION, or OBJECT+0xOFFSET. */
void preload_frame_name(const struct preload_program *p, const struct preload_shared *s,
                        const struct preload_frame *frame, char out[PRELOAD_NAME]);

#endif
