/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Reduces a program that has a finding: calls, faults, world. The result has the same verdict, and
 * no call or fault of it can be removed without losing that.
 */
#ifndef FUZZ_MINIMISE_H
#define FUZZ_MINIMISE_H

#include "fuzz/program/program.h"
#include "fuzz/run/run.h"

/* False: the program has no finding. *report is that of the reduced program. */
bool minimise(struct program *p, struct run_report *report);

#endif
