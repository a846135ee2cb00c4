/* SPDX-License-Identifier: Apache-2.0 */
/* A scenario for each function of the toy library: what tests/suite/scenarios.sh expects stands
 * there. */
#include "toy.h"
#include <rundown/scenario.h>

#include <string.h>

/* Uses a function that makes a text. */
#define MAKES(function, call, text)                                                                \
    RUNDOWN_SCENARIO(function, text)                                                               \
    {                                                                                              \
        char *made = call;                                                                         \
        if (made == NULL)                                                                          \
            return RUNDOWN_HANDLED;                                                                \
        int same = strcmp(made, text) == 0;                                                        \
        toy_free(made);                                                                            \
        RUNDOWN_CLAIM(same);                                                                       \
        return RUNDOWN_SUCCESS;                                                                    \
    }
/* Uses one that says 0 or -1. */
#define SUCCEEDS(function)                                                                         \
    RUNDOWN_SCENARIO(function, #function)                                                          \
    {                                                                                              \
        return toy_##function() == 0 ? RUNDOWN_SUCCESS : RUNDOWN_HANDLED;                          \
    }

MAKES(copy, toy_copy("a"), "a")
MAKES(joined, toy_joined("a", "b"), "ab")
MAKES(doubled, toy_doubled("a"), "aa")
MAKES(unchecked, toy_unchecked("a"), "a")
MAKES(speechless, toy_speechless("a"), "a")
MAKES(truncated, toy_truncated("a"), "a")
MAKES(impatient, toy_impatient("a"), "a")
MAKES(fatal, toy_fatal("a"), "a")
MAKES(once, toy_once("a"), "a")
SUCCEEDS(hint)
SUCCEEDS(counted)
SUCCEEDS(table)

RUNDOWN_SCENARIO(through_pointer, "a block is had through a pointer")
{
    void *block = toy_through_pointer(10);
    if (block == NULL)
        return RUNDOWN_HANDLED;
    toy_free(block);
    return RUNDOWN_SUCCESS;
}

RUNDOWN_SCENARIO(wrong_claim, "a claim that never holds")
{
    RUNDOWN_CLAIM(toy_table() != 0);
    return RUNDOWN_SUCCESS;
}
