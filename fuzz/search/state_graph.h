/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The graph of the model's states that a search has walked: how often each was reached, and by
 * which function from which other. A state is known by its words (fuzz/model/describe.h), so that a
 * person can look at the whole. Processes that are forked after state_graph_create() share it.
 */
#ifndef FUZZ_STATE_GRAPH_H
#define FUZZ_STATE_GRAPH_H

#include "fuzz/model/model.h"

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

struct state_graph;

/* NULL: there is no memory. */
struct state_graph *state_graph_create(void);
void state_graph_destroy(struct state_graph *g);
void state_graph_clear(struct state_graph *g);

/* The number of the state that a program begins in. */
uint16_t state_graph_begin(struct state_graph *g, const struct program_world *world);
/* A call of that function (index into api_functions) was made in state `from`, at that depth, from
 * 1, and led to what *m says. Returns the number of that state. */
uint16_t state_graph_step(struct state_graph *g, uint16_t from, unsigned function, bool faulted,
                          unsigned depth, const struct model *m);

/* {"states": [{"name", "depth", "visits"}], "transitions": [{"from", "to", "function", "visits",
 * "with_a_fault"}], "complete"}: from and to are indices into states; the depth is the least number
 * of calls. The same whatever the number of processes. */
json_t *state_graph_json(const struct state_graph *g);

#endif
