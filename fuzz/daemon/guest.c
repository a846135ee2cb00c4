/* SPDX-License-Identifier: Apache-2.0 */
#include "guest.h"

#include "loop_internal.h"

#include <stdlib.h>
#include <string.h>

void guest_connect(struct guest *g)
{
    size_t i = 0;
    while (i < LOOP_GUESTS && loop_guests[i] != NULL)
        i++;
    if (i == LOOP_GUESTS)
        abort(); /* more than any scenario needs */
    loop_guests[i] = g;
    g->state = GUEST_WAITS;
}

void guest_send(struct guest *g, const void *bytes, size_t n)
{
    if (n == 0 || g->state == GUEST_CLOSED || g->state == GUEST_LEFT)
        return;
    g->sent = realloc(g->sent, g->sent_n + n);
    if (g->sent == NULL)
        abort();
    memcpy(g->sent + g->sent_n, bytes, n);
    g->sent_n += n;
}

void guest_hear(struct guest *g)
{
    g->deaf = false;
    g->take(g, g->room, g->held);
    g->held = 0;
}

void guest_shut(struct guest *g)
{
    g->shut = true;
}

void guest_leave(struct guest *g, bool reset)
{
    if (g->state == GUEST_CLOSED)
        return;
    g->state = GUEST_LEFT;
    g->shut = true;
    g->reset = reset;
}

bool guest_is_served(const struct guest *g)
{
    return g->state == GUEST_SERVED;
}
