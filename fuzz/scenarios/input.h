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

enum { INPUT_EDITS = 16 };

struct input {
    const struct scenario *scenario;
    struct sweep_armed armed;
    size_t edit_count;
    struct peer_edit edits[INPUT_EDITS];
};

/* False: the program has no scenario, or no fault point. */
bool input_decode(const uint8_t *bytes, size_t n, struct input *out);

#endif
