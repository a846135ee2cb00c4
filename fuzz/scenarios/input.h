/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Bytes as a run: which scenario, which calls fail, and what its peers send instead. Any bytes are
 * one:
 *
 *     scenario, number of faults, then for each fault: fault point (2), kind, crossing, shape;
 *     then for each byte of a peer that is changed: place (2), byte
 */
#ifndef SCENARIO_INPUT_H
#define SCENARIO_INPUT_H

#include "faults/scenario/peer_change.h"
#include "faults/scenario/registry.h"
#include "faults/sweep/sweep.h"

/* An input has no use for more bytes than these. */
enum { INPUT_EDITS = 16, INPUT_BYTES = 2 + 5 * SWEEP_FAULTS + 3 * INPUT_EDITS };

struct input {
    const struct scenario *scenario;
    struct sweep_armed armed;
    size_t edit_count;
    struct peer_edit edits[INPUT_EDITS];
};

/* False: the program has no scenario, or no fault point. */
bool input_decode(const uint8_t *bytes, size_t n, struct input *out);

#endif
