/* SPDX-License-Identifier: Apache-2.0 */
#include "input_parts.h"

#include "fuzz/drivers/wire_input.h"

static size_t little(const uint8_t *bytes, size_t n, size_t at)
{
    return at + 2 <= n ? (size_t)bytes[at] | (size_t)bytes[at + 1] << 8 : 0;
}

/* A function and the value of a handle. */
static struct minimise_part take_value(const uint8_t *bytes, size_t n)
{
    (void)bytes, (void)n;
    return (struct minimise_part){.size = 9};
}

minimise_take *input_parts_handle(const uint8_t *bytes)
{
    (void)bytes;
    return take_value;
}

/* A PDU as it goes over the wire; one of big-endian bytes keeps its length. */
static struct minimise_part take_pdu(const uint8_t *bytes, size_t n)
{
    enum { HEADER = 16, LITTLE = 0x10 };
    bool is_little = n >= HEADER && (bytes[4] & LITTLE);
    size_t size = n < HEADER  ? n
                  : is_little ? little(bytes, n, 8)
                              : (size_t)bytes[8] << 8 | (size_t)bytes[9];
    return (struct minimise_part){
        .size = size >= HEADER ? size : n, .length_at = 8, .length_bytes = is_little ? 2 : 0};
}

/* An instruction of fuzz/peer/build.h; only that of raw bytes has a length. */
static struct minimise_part take_step(const uint8_t *bytes, size_t n)
{
    enum { STEP = 12, WHATS = 8, RAW = 7, LENGTH_AT = 4 };
    bool raw = bytes[0] % WHATS == RAW;
    return (struct minimise_part){.size = STEP + (raw ? little(bytes, n, LENGTH_AT) : 0),
                                  .length_at = LENGTH_AT,
                                  .length_bytes = raw ? 2 : 0};
}

minimise_take *input_parts_server_pdu(const uint8_t *bytes)
{
    return wire_input_is_script(bytes[0]) ? take_step : take_pdu;
}

static struct minimise_part take_lie(const uint8_t *bytes, size_t n)
{
    (void)bytes, (void)n;
    return (struct minimise_part){.size = 8};
}

static struct minimise_part take_answer(const uint8_t *bytes, size_t n)
{
    return (struct minimise_part){.size = 2 + little(bytes, n, 0), .length_bytes = 2};
}

minimise_take *input_parts_client_pdu(const uint8_t *bytes)
{
    return bytes[0] & 0x80 ? take_lie : take_answer;
}

static struct minimise_part take_stub(const uint8_t *bytes, size_t n)
{
    (void)bytes;
    return (struct minimise_part){.size = n};
}

minimise_take *input_parts_ndr(const uint8_t *bytes)
{
    (void)bytes;
    return take_stub;
}
