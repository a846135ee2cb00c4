/* SPDX-License-Identifier: Apache-2.0 */
#include "registry.h"

#include "outcome.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct scenario scenarios[SCENARIOS_MOST];
static unsigned count;
static char claim_text[CLAIM_BYTES];

/* Constructors run in the order of the files that the program was linked from: names are a better
   one. */
void rundown_add_scenario(const char *name, const char *what, const char *file, int line,
                          rundown_scenario *run)
{
    if (count == SCENARIOS_MOST) {
        fprintf(stderr, "more than %d scenarios\n", SCENARIOS_MOST);
        exit(2);
    }
    unsigned at = count++;
    for (; at > 0 && strcmp(scenarios[at - 1].name, name) > 0; at--)
        scenarios[at] = scenarios[at - 1];
    scenarios[at] = (struct scenario){name, what, file, line, run};
}

enum rundown_result rundown_wrong(const char *claim, const char *file, int line)
{
    const char *slash = strrchr(file, '/');
    snprintf(claim_text, sizeof claim_text, "%s:%d: %s", slash != NULL ? slash + 1 : file, line,
             claim);
    return RUNDOWN_WRONG;
}

const char *scenario_claim(void)
{
    return claim_text;
}

unsigned scenario_count(void)
{
    return count;
}

const struct scenario *scenario_at(unsigned index)
{
    return &scenarios[index];
}

const struct scenario *scenario_find(const char *name)
{
    for (unsigned i = 0; i < count; i++)
        if (strcmp(scenarios[i].name, name) == 0)
            return &scenarios[i];
    return NULL;
}
