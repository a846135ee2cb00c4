/* SPDX-License-Identifier: Apache-2.0 */
#include "server_wire.h"

const struct wire_syntax ndr20 = {
    0x8a885d04, 0x1ceb, 0x11c9, {0x9f, 0xe8, 0x08, 0x00, 0x2b, 0x10, 0x48, 0x60}, 2, 0};
const struct wire_syntax ndr64 = {
    0x71710533, 0xbeba, 0x4937, {0x83, 0x19, 0xb5, 0xdb, 0xef, 0x9c, 0xcc, 0x36}, 1, 0};

void wire_bytes(struct server_wire *w, const void *bytes, size_t n)
{
    if (w->length + n > w->capacity) {
        w->capacity = 2 * (w->length + n) + 64;
        w->data = realloc(w->data, w->capacity);
        if (w->data == NULL)
            abort();
    }
    if (n > 0)
        memcpy(w->data + w->length, bytes, n);
    w->length += n;
}

void wire_integer(struct server_wire *w, uint32_t v, unsigned size)
{
    for (unsigned i = 0; i < size; i++) {
        uint8_t byte = (uint8_t)(v >> 8 * (w->big_endian ? size - 1 - i : i));
        wire_bytes(w, &byte, 1);
    }
}

void wire_u8(struct server_wire *w, unsigned v)
{
    wire_integer(w, v, 1);
}

void wire_u16(struct server_wire *w, unsigned v)
{
    wire_integer(w, v, 2);
}

void wire_u32(struct server_wire *w, uint32_t v)
{
    wire_integer(w, v, 4);
}

void wire_begin(struct server_wire *w, unsigned type, unsigned flags, uint32_t call_id)
{
    w->start = w->length;
    wire_u8(w, 5);
    wire_u8(w, 0);
    wire_u8(w, type);
    wire_u8(w, flags);
    wire_u8(w, w->big_endian ? 0x00 : 0x10);
    wire_bytes(w, "\0\0\0", 3);
    wire_u16(w, 0);
    wire_u16(w, 0);
    wire_u32(w, call_id);
}

void wire_patch_u16(struct server_wire *w, size_t offset, size_t v)
{
    w->data[w->start + offset + (w->big_endian ? 1 : 0)] = (uint8_t)v;
    w->data[w->start + offset + (w->big_endian ? 0 : 1)] = (uint8_t)(v >> 8);
}

void wire_end(struct server_wire *w)
{
    wire_patch_u16(w, 8, w->length - w->start);
}

void wire_auth(struct server_wire *w, unsigned type, unsigned level, const void *value, size_t n)
{
    size_t padding = (16 - (w->length - w->start) % 16) % 16;
    wire_bytes(w, "\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0", padding);
    wire_u8(w, type);
    wire_u8(w, level);
    wire_u8(w, (unsigned)padding);
    wire_u8(w, 0);
    wire_u32(w, 0);
    wire_bytes(w, value, n);
    wire_patch_u16(w, 10, n);
}

void wire_syntax(struct server_wire *w, const struct wire_syntax *s)
{
    wire_u32(w, s->low);
    wire_u16(w, s->mid);
    wire_u16(w, s->high);
    wire_bytes(w, s->rest, sizeof s->rest);
    wire_u32(w, (uint32_t)s->minor << 16 | s->major);
}

void wire_bind(struct server_wire *w, unsigned type, uint32_t call_id, unsigned max_xmit,
               unsigned max_recv, uint32_t group, unsigned contexts)
{
    wire_begin(w, type, WHOLE, call_id);
    wire_u16(w, max_xmit);
    wire_u16(w, max_recv);
    wire_u32(w, group);
    wire_u8(w, contexts);
    wire_bytes(w, "\0\0\0", 3);
}

void wire_context(struct server_wire *w, unsigned id, const struct wire_syntax *abstract,
                  const struct wire_syntax *transfer)
{
    wire_u16(w, id);
    wire_u8(w, 1);
    wire_u8(w, 0);
    wire_syntax(w, abstract);
    wire_syntax(w, transfer);
}

void wire_fragment_hint(struct server_wire *w, unsigned flags, uint32_t call_id, unsigned context,
                        unsigned opnum, uint32_t alloc_hint, const void *stub, size_t n)
{
    wire_begin(w, REQUEST, flags, call_id);
    wire_u32(w, alloc_hint);
    wire_u16(w, context);
    wire_u16(w, opnum);
    if (flags & OBJECT)
        wire_bytes(w, "0123456789abcdef", 16);
    wire_bytes(w, stub, n);
    wire_end(w);
}

void wire_fragment(struct server_wire *w, unsigned flags, uint32_t call_id, unsigned context,
                   unsigned opnum, const void *stub, size_t n)
{
    wire_fragment_hint(w, flags, call_id, context, opnum, (uint32_t)n, stub, n);
}

void wire_request(struct server_wire *w, uint32_t call_id, unsigned context, unsigned opnum,
                  const void *stub, size_t n)
{
    wire_fragment(w, WHOLE, call_id, context, opnum, stub, n);
}

void wire_empty(struct server_wire *w, unsigned type, uint32_t call_id)
{
    wire_begin(w, type, WHOLE, call_id);
    wire_end(w);
}

uint16_t read_u16(const uint8_t *b)
{
    return (uint16_t)(b[0] | b[1] << 8);
}

uint32_t read_u32(const uint8_t *b)
{
    return (uint32_t)read_u16(b) | (uint32_t)read_u16(b + 2) << 16;
}
