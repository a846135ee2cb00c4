/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Makes a program that shows a finding smaller: calls, faults, world. What is left shows the same
 * verdict, and no call or fault can be taken away any more.
 */
#ifndef FUZZ_MINIMISE_H
#define FUZZ_MINIMISE_H

#include "fuzz/program/program.h"
#include "fuzz/run/run.h"

/* False: the program shows no finding. *report is of the program that is left. */
bool minimise(struct program *p, struct run_report *report);

#endif
