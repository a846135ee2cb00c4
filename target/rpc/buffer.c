/* SPDX-License-Identifier: Apache-2.0 */
#include "buffer.h"

#include <stdlib.h>
#include <string.h>

enum { SMALLEST_CAPACITY = 256, LARGE = 64 << 10 };

bool buffer_reserve(struct buffer *b, size_t extra)
{
    if (extra <= b->capacity - b->length)
        return true;
    if (extra > SIZE_MAX / 2 - b->length)
        return false;
    size_t wanted = b->length + extra;
    size_t capacity = b->capacity > 0 ? b->capacity : SMALLEST_CAPACITY;
    /* What is large from the first is not rounded up. */
    if (b->capacity == 0 && wanted > LARGE)
        capacity = wanted;
    while (capacity < wanted)
        capacity *= 2;
    /* Not realloc(): it would leave an unwiped copy behind when it moves. */
    uint8_t *data = malloc(capacity);
    if (data == NULL)
        return false;
    if (b->length > 0)
        memcpy(data, b->data, b->length);
    size_t length = b->length;
    buffer_destroy(b);
    *b = (struct buffer){data, length, capacity};
    return true;
}

uint8_t *buffer_extend(struct buffer *b, size_t n)
{
    /* An empty range has an address as well: NULL means out of memory. */
    if (!buffer_reserve(b, n == 0 && b->data == NULL ? 1 : n))
        return NULL;
    uint8_t *room = b->data + b->length;
    b->length += n;
    return room;
}

bool buffer_append(struct buffer *b, const void *bytes, size_t n)
{
    if (n == 0)
        return true;
    uint8_t *room = buffer_extend(b, n);
    if (room == NULL)
        return false;
    memcpy(room, bytes, n);
    return true;
}

void buffer_consume(struct buffer *b, size_t n)
{
    if (n == 0)
        return;
    size_t left = b->length - n;
    memmove(b->data, b->data + n, left);
    explicit_bzero(b->data + left, n);
    b->length = left;
}

void buffer_clear(struct buffer *b)
{
    if (b->length > 0)
        explicit_bzero(b->data, b->length);
    b->length = 0;
}

void buffer_destroy(struct buffer *b)
{
    /* Nothing to wipe beyond the length: shortening a buffer wipes the rest. */
    buffer_clear(b);
    free(b->data);
    *b = BUFFER_INIT;
}
