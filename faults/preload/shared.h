/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The memory that `rundown preload` shares with the process it watches: in it the fault to come,
 * out of it what happened. It survives the process, however that ends. RUNDOWN_PRELOAD in the
 * environment is the file to map.
 *
 * PRELOAD_SERVER there is the number of a descriptor: the process is a server, which says by it how
 * many threads there are at main() (with more than one it ends), and for each byte that it receives
 * the process number of a run, and its status as of waitpid(); numbers of 32 bits.
 */
#ifndef FAULTS_PRELOAD_SHARED_H
#define FAULTS_PRELOAD_SHARED_H

#include "faults/fault/fault.h"

#include <stdint.h>
#include <sys/types.h>

#define PRELOAD_SERVER "RUNDOWN_PRELOAD_SERVER"

enum {
    PRELOAD_OBJECTS = 64,
    PRELOAD_PATH = 256,
    PRELOAD_PLACES = 1024,
    PRELOAD_CROSSINGS = 1 << 16,
    PRELOAD_BLOCKS = 1 << 16,
    PRELOAD_DESCRIPTORS = 1024,
    PRELOAD_FRAMES = 2
};

/* A call in the program or a library of it. */
struct preload_place {
    uint16_t object;
    uint16_t class;
    uint32_t held;   /* blocks or descriptors from there that were not released */
    uint64_t offset; /* of the address that the call returns to, as in the file */
};

/* An instruction of the program or a library of it. */
struct preload_frame {
    uint16_t object;
    uint64_t offset; /* as in the file */
};

/* The calls of a class from the nth on, and of one place only if `bound`. */
struct preload_fault {
    bool armed, bound;
    uint16_t class;
    uint32_t nth, limit;
    struct fault_effect effects[FAULT_PARTS]; /* of the first call, and of those after it */
    uint64_t offset;                          /* of the place */
    char object[PRELOAD_PATH];
};

struct preload_shared {
    struct preload_fault fault;
    pid_t owner; /* 0: no process has begun */
    uint32_t matching, fired;
    uint32_t struck; /* 1 + the place of the last fault that fired; 0: none did */
    bool killed;     /* by a fault that ends the process */
    bool returned;   /* main() did: the program did not end in the middle */
    /* Of a crash: where it was, and the caller of that; innermost first, without libc's own. */
    uint32_t frames;
    struct preload_frame frame[PRELOAD_FRAMES];
    /* What is not seen. */
    uint32_t inside_libc, programs, children, lost_places, lost_blocks;
    uint32_t statics, privileged;                     /* programs that do not load the library */
    uint32_t inherited_blocks, inherited_descriptors; /* by one child, at most */
    uint32_t objects, places, crossings;
    char object[PRELOAD_OBJECTS][PRELOAD_PATH]; /* the program itself: "" */
    struct preload_place place[PRELOAD_PLACES];
    uint16_t crossing[PRELOAD_CROSSINGS]; /* in order: the places; more are counted only */
    struct {
        uint64_t address; /* 0: free, 1: was used */
        uint32_t place;
    } block[PRELOAD_BLOCKS];
    uint16_t descriptor[PRELOAD_DESCRIPTORS]; /* 1 + place */
};

#endif
