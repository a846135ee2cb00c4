/* SPDX-License-Identifier: Apache-2.0 */
#include "peer.h"

#include "faults/fault/hash.h"
#include "faults/scenario/peer_text.h"

#include <stdlib.h>
#include <string.h>

enum { WAITING_BYTES = 4096, NOISE_BYTES = 64, ROWS_TOLD_APART = 64 };

struct side {
    struct rundown_connection *connection;
    char waiting[WAITING_BYTES]; /* what was sent and is not answered */
    size_t n;
    uint64_t used; /* rows, by number */
};

static uint64_t seed; /* of all that was sent since the start */

void peer_hear(const void *bytes, size_t n)
{
    seed = hash_64(seed, bytes, n);
}

void peer_start(void)
{
    seed = HASH_64_START;
}

static void *connected(struct rundown_connection *c)
{
    struct side *s = calloc(1, sizeof *s);
    if (s == NULL)
        abort();
    s->connection = c;
    return s;
}

static const char *next_line(const char *line)
{
    line += strcspn(line, "\n");
    return line + (*line == '\n');
}

static bool is_used(const struct side *s, unsigned number)
{
    return number < ROWS_TOLD_APART && (s->used >> number & 1) != 0;
}

/* The row whose text comes first in what is waiting, and where that ends; NULL: none. Of rows with
   the same text each is used once, and then the last one. */
static const char *find_row(struct side *s, size_t *end)
{
    char text[PEER_TEXT_BYTES];
    const char *found = NULL;
    unsigned number = 0, found_number = 0;
    for (const char *line = rundown_target.peer; *line != '\0'; line = next_line(line)) {
        const char *row = line + strspn(line, " ");
        if (*row != '>')
            continue;
        number++;
        size_t n = peer_text(row, text);
        const char *at = n > 0 ? memmem(s->waiting, s->n, text, n) : NULL;
        size_t ends = at != NULL ? (size_t)(at - s->waiting) + n : SIZE_MAX;
        bool later = ends > *end || (ends == *end && !is_used(s, found_number));
        if (at == NULL || (found != NULL && later))
            continue;
        found = row;
        found_number = number;
        *end = ends;
    }
    if (found_number < ROWS_TOLD_APART)
        s->used |= found != NULL ? UINT64_C(1) << found_number : 0;
    return found;
}

static void send_noise(struct rundown_connection *to, uint64_t from)
{
    uint8_t noise[NOISE_BYTES];
    size_t n = 1 + from % NOISE_BYTES;
    for (size_t i = 0; i < n; i++) {
        from = hash_64(from, &i, sizeof i);
        noise[i] = (uint8_t)(from >> 32);
    }
    peer_queue(to, noise, n);
}

static void send_changed(struct rundown_connection *to, const uint8_t *answer, size_t n, size_t at,
                         uint8_t byte)
{
    peer_queue(to, answer, at);
    peer_queue(to, &byte, 1);
    peer_queue(to, answer + at + 1, n - at - 1);
}

void peer_send_hostile(struct rundown_connection *to, const void *bytes, size_t n)
{
    enum { CUT = 6, CHANGED, TWICE, NOISE, CLOSED, SILENCE, KINDS };
    const uint8_t *answer = bytes;
    uint64_t random = hash_64(seed, answer, n);
    unsigned kind = (unsigned)(random >> 40) % KINDS;
    size_t at = n > 0 ? (size_t)(random % n) : 0;
    if (kind == CHANGED && n > 0)
        send_changed(to, answer, n, at, answer[at] ^ (uint8_t)(1u << (random >> 16) % 8));
    else if (kind != SILENCE)
        peer_queue(to, answer, kind == CUT ? at : n);
    if (kind == TWICE)
        peer_queue(to, answer, n);
    if (kind == NOISE)
        send_noise(to, random);
    if (kind == CLOSED || kind == CUT)
        rundown_close(to);
}

static void answer(struct side *s, const char *row)
{
    char text[PEER_TEXT_BYTES];
    for (const char *line = next_line(row); *line != '\0'; line = next_line(line)) {
        const char *at = line + strspn(line, " ");
        if (*at == '>')
            return;
        if (*at != '<')
            continue;
        size_t n = peer_text(at, text);
        rundown_send(s->connection, text, n);
    }
}

static void received(void *side, const void *bytes, size_t n)
{
    struct side *s = side;
    if (rundown_target.peer == NULL) {
        send_noise(s->connection, seed);
        return;
    }
    if (n > WAITING_BYTES - s->n)
        s->n = 0;
    if (n > WAITING_BYTES)
        return;
    memcpy(s->waiting + s->n, bytes, n);
    s->n += n;
    size_t end = 0;
    for (const char *row; (row = find_row(s, &end)) != NULL;) {
        answer(s, row);
        s->n -= end;
        memmove(s->waiting, s->waiting + end, s->n);
    }
}

const struct rundown_server peer_server = {
    .connected = connected, .received = received, .disconnected = free};
