/* SPDX-License-Identifier: Apache-2.0 */
/*
 * rundown sweep --driver: every input of a wire driver with every fault at every fault point. What
 * the peer is answered is then not judged, but nothing may be left behind, released twice or crash.
 */
#ifndef FUZZ_WIRE_SWEEP_H
#define FUZZ_WIRE_SWEEP_H

#include "faults/sweep/sweep.h"

#include <stdint.h>

struct wire_sweep {
    const char *driver;   /* server_pdu or client_pdu */
    const char *findings; /* where they are saved */
    struct sweep_part part;
    uint32_t jobs;
};

/* Sweeps these files of bytes, saves findings and prints them and a sum. Returns an exit code. */
int wire_sweep(const struct wire_sweep *w, int count, char **paths);

#endif
