/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the client must make of a field that is not as the server sent it: the account of rules for
 * the client, as fuzz/peer/rules.c is for the server. Sources: C706 12.6, [MS-RPCE] 2.2.2, 3.3.
 */
#ifndef FUZZ_CLIENT_RULES_H
#define FUZZ_CLIENT_RULES_H

#include "client_lies.h"
#include "fuzz/run/report.h"

#include <stddef.h>
#include <stdint.h>

/* Judges a run in which the server's answers to a program were changed by these records: a finding
   if they are one change of one PDU for which there is a rule, and the client has made something
   else of it. */
void client_rules_judge(const struct honest_server *honest, const uint8_t *records, size_t n,
                        struct run_report *changed);

#endif
