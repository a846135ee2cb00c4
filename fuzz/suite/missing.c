/* SPDX-License-Identifier: Apache-2.0 */
#include "missing.h"

#include <stddef.h>
#include <stdint.h>

/* ERROR_CALL_NOT_IMPLEMENTED. Nothing but the clean-up after a program calls it. */
static int32_t lacking(void)
{
    return 120;
}

/* Without ntdsbcli.h, which has other types for them. */
#define FUNCTION(name) int32_t name(void) __attribute__((weak, alias("lacking")));
#include "functions.def"
#undef FUNCTION

static const struct {
    const char *name;
    int32_t (*function)(void);
} functions[] = {
#define FUNCTION(name) {#name, name},
#include "functions.def"
};

const char *missing_function(unsigned number)
{
    for (size_t i = 0; i < sizeof functions / sizeof *functions; i++)
        if (functions[i].function == lacking && number-- == 0)
            return functions[i].name;
    return NULL;
}
