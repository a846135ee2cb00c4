/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A growable array of bytes. Everything that crosses the wire is in one of these, and a bind may
 * have carried a password, so the content is wiped before the memory goes back to the allocator.
 */
#ifndef RPC_BUFFER_H
#define RPC_BUFFER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct buffer {
    uint8_t *data;   /* owned; NULL while capacity is 0 */
    size_t length;   /* bytes in use */
    size_t capacity; /* bytes owned */
};

#define BUFFER_INIT ((struct buffer){0})

/* Makes room for `extra` more bytes. False: out of memory or size overflow; the
   buffer is unchanged. */
bool buffer_reserve(struct buffer *b, size_t extra);

/* Appends `n` uninitialised bytes and returns them, or NULL (out of memory, buffer unchanged).
   Never fails after buffer_reserve() has reserved the room. */
uint8_t *buffer_extend(struct buffer *b, size_t n);

/* Appends a copy of `n` bytes. False: out of memory, buffer unchanged. */
bool buffer_append(struct buffer *b, const void *bytes, size_t n);

/* Drops the first `n` (<= length) bytes and wipes the room that this frees at the end. */
void buffer_consume(struct buffer *b, size_t n);

/* Wipes the content and sets length to 0; keeps the memory. */
void buffer_clear(struct buffer *b);

/* Wipes and frees; the buffer is BUFFER_INIT again. */
void buffer_destroy(struct buffer *b);

#endif
