/* SPDX-License-Identifier: Apache-2.0 */
/* A scenario for each function of the toy library: what tests/suite/scenarios.sh expects stands
 * there. */
#include "toy.h"
#include <rundown/scenario.h>

#include <string.h>
#include <sys/mman.h>

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
MAKES(sorry, toy_sorry("a"), "a")
MAKES(borrowed, toy_borrowed("a"), "a")
MAKES(reloaded, toy_reloaded("a"), "a")
MAKES(truncated, toy_truncated("a"), "a")
MAKES(impatient, toy_impatient("a"), "a")
MAKES(fatal, toy_fatal("a"), "a")
MAKES(once, toy_once("a"), "a")
SUCCEEDS(closed)
SUCCEEDS(thread)
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

/* Runs of `shifting`, of all processes. */
static int *runs;
__attribute__((constructor)) static void share_runs(void)
{
    runs = mmap(NULL, sizeof *runs, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
}

RUNDOWN_SCENARIO(shifting, "the first run of all makes a call more")
{
    if ((*runs)++ == 0)
        toy_free(toy_copy("a"));
    return RUNDOWN_SUCCESS;
}

RUNDOWN_SCENARIO(wrong_claim, "a claim that never holds")
{
    RUNDOWN_CLAIM(toy_table() != 0);
    return RUNDOWN_SUCCESS;
}
