/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Verdicts: the kinds of findings, with names that scripts and planted bugs rely on.
 */
#ifndef FUZZ_VERDICT_H
#define FUZZ_VERDICT_H

#include <stdbool.h>

enum verdict {
#define VERDICT(name, text, meaning) VERDICT_##name,
#include "fuzz/run/verdict.def"
#undef VERDICT
    VERDICTS
};

/* The name of a verdict. For any other number the process ends: a finding must have a name. */
const char *verdict_name(enum verdict v);
/* One line. */
const char *verdict_meaning(enum verdict v);
/* False: there is no verdict of that name. */
bool verdict_find(const char *name, enum verdict *out);

#endif
