/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The environment of the target's process.
 */
#include "faults/seam/wrap.h"
#include "world_internal.h"

#include <string.h>

enum { VARIABLES = 8 };

static struct {
    const char *name, *value;
} variables[VARIABLES];
static unsigned variable_count;

void environment_reset(void)
{
    variable_count = 0;
}

void world_set_variable(const char *name, const char *value)
{
    for (unsigned i = 0; i < variable_count; i++)
        if (variables[i].name == name || strcmp(variables[i].name, name) == 0) {
            variables[i].value = value;
            return;
        }
    if (variable_count < VARIABLES) {
        variables[variable_count].name = name;
        variables[variable_count++].value = value;
    }
}

char *__wrap_secure_getenv(const char *name)
{
    for (unsigned i = 0; i < variable_count; i++)
        if (strcmp(variables[i].name, name) == 0)
            return (char *)(uintptr_t)variables[i].value;
    return NULL;
}
