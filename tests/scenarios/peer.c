/* SPDX-License-Identifier: Apache-2.0 */
/* A scenario with a peer that a fuzzer may change: what tests/suite/scenarios_fuzz.sh expects
 * stands there. */
#include "trusting.h"
#include <rundown/scenario.h>

#include <string.h>

RUNDOWN_SCENARIO(reads, "a text of a length that the peer sends is read")
{
    char text[8] = "";
    rundown_peer_local("/trusted", "< \"\\x02hi\"\n");
    if (trusting_read(text, sizeof text - 1) != 0)
        return RUNDOWN_HANDLED;
    RUNDOWN_CLAIM(strcmp(text, "hi") == 0);
    return RUNDOWN_SUCCESS;
}
