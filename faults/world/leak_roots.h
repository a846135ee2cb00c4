/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Tells the leaks of a run apart. A context that is forgotten takes along all that it owns: that is
 * one leak, and its cause is the context. So what is reached from another held block, by a pointer,
 * a descriptor's number or by lying in it, is no leak of its own.
 */
#ifndef FAULTS_LEAK_ROOTS_H
#define FAULTS_LEAK_ROOTS_H

#include "ledger.h"

enum { LEAK_RESOURCES_MOST = 256 };

/* The resources that are held and reached from no other; of a ring, one. */
unsigned leak_roots(struct ledger_resource roots[LEAK_RESOURCES_MOST]);
/* After leak_roots(): bits 1 << enum ledger_kind, of what is reached from that root. */
unsigned leak_kinds_reached(const struct ledger_resource *root);

#endif
