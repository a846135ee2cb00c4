/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the client must make of a field that is not as the server sent it: the account of rules for
 * the client, as fuzz/peer/rules.c is for the server. Sources: C706 12.6, [MS-RPCE] 2.2.2, 3.3.
 */
#ifndef FUZZ_CLIENT_RULES_H
#define FUZZ_CLIENT_RULES_H

#include "fuzz/run/report.h"

#include <stdint.h>

/* The PDU as it was sent, the field that was changed in it, and to what. `base`: the run without
   the change. NULL: as it must be, or no rule decides it; otherwise what is wrong. */
const char *client_rule_broken(const uint8_t *pdu, const char *field, uint32_t value,
                               const struct run_report *base, const struct run_report *changed);

#endif
