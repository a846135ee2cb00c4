/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Verdicts: what is wrong, in a few words that scripts and planted bugs rely on.
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

/* For a number that is no verdict the process ends: nobody may go on with a finding without name.
 */
const char *verdict_name(enum verdict v);
/* One line. */
const char *verdict_meaning(enum verdict v);
/* False: there is no verdict of that name. */
bool verdict_find(const char *name, enum verdict *out);

#endif
