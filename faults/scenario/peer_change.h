/* SPDX-License-Identifier: Apache-2.0 */
/* A peer that does not keep to its script. */
#ifndef SCENARIO_PEER_CHANGE_H
#define SCENARIO_PEER_CHANGE_H

#include <stddef.h>
#include <stdint.h>

/* The byte that is sent at this place of all that peers send is another one. */
struct peer_edit {
    uint16_t at;
    uint8_t byte;
};

/* From now on; borrowed. */
void peer_change(const struct peer_edit *edits, size_t n);

#endif
