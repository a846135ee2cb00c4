/* SPDX-License-Identifier: Apache-2.0 */
#include "fuzz/run/verdict.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct {
    const char *name, *meaning;
} verdicts[VERDICTS] = {
#define VERDICT(name, text, meaning) {text, meaning},
#include "fuzz/run/verdict.def"
#undef VERDICT
};

const char *verdict_name(enum verdict v)
{
    if ((unsigned)v >= VERDICTS) {
        fprintf(stderr, "rundown: there is no verdict number %d\n", (int)v);
        abort();
    }
    return verdicts[v].name;
}

const char *verdict_meaning(enum verdict v)
{
    return (unsigned)v < VERDICTS ? verdicts[v].meaning : verdict_name(v);
}

bool verdict_find(const char *name, enum verdict *out)
{
    for (unsigned i = 0; i < VERDICTS; i++) {
        if (strcmp(verdicts[i].name, name) == 0) {
            *out = (enum verdict)i;
            return true;
        }
    }
    return false;
}
