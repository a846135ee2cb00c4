/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the signature of a wrong code says: the function, what was expected and what came, as far as
 * they belong to the cause (docs/findings.md).
 */
#ifndef FUZZ_SIGNATURE_CODE_H
#define FUZZ_SIGNATURE_CODE_H

#include "faults/fault/fault.h"
#include "fuzz/program/program.h"
#include "fuzz/run/report.h"
#include "fuzz/run/signature.h"

#include <stdint.h>

/* The name of the code; those that have none are as good as numbers. */
const char *signature_code_shown(int32_t code);
/* `function`: of the call, without A or W; `fault`: the first that fired in it, or NULL. */
void signature_code(const struct program *p, const struct run_report *r, const char *function,
                    const struct fault_firing *fault, char out[SIGNATURE_BYTES]);

#endif
