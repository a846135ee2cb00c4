/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Stubs of every operation through the codec: fuzz_ndr, and the texts of its corpus.
 *
 * The first byte picks the stub (bits 0-6, modulo the table) and its byte order (bit 7), the next
 * two the size that a reply of Read is decoded with; the rest is the stub.
 *
 * Judged: decoding ends with a status that its contract lists, does not read beyond the stub and
 * does not allocate. A decoded stub is encoded, decoded and encoded again: no step fails, all bytes
 * are read, and the bytes are the same.
 */
#include "wire_input.h"

#include "driver.h"
#include "faults/world/ledger.h"
#include "faults/world/world.h"
#include "target/idl/stubs.h"
#include "target/include/winerror.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

enum { HEAD = 3, TURNED = 0x80 };

union value {
    struct ntdsb_prepare_in prepare_in;
    struct ntdsb_context_in context_in;
    struct ntdsb_session_in session_in;
    struct ntdsb_open_file_in open_file_in;
    struct ntdsb_read_in read_in;
    struct ntdsb_close_in close_in;
    struct ntdsb_restore_prepare_in restore_prepare_in;
    struct ntdsb_restore_register_in restore_register_in;
    struct ntdsb_restore_complete_in restore_complete_in;
    struct ntdsb_number_in number_in;
    struct ntdsb_prepare_out prepare_out;
    struct ntdsb_context_out context_out;
    struct ntdsb_list_out list_out;
    struct ntdsb_open_file_out open_file_out;
    struct ntdsb_read_out read_out;
    struct ntdsb_online_out online_out;
    struct ntdsb_counts_out counts_out;
    struct ntdsb_result_out result_out;
};

static uint32_t read_size; /* max_count of the array in a reply of Read */

/* clang-format off */
#define STUBS(S)                                                                                   \
    S(prepare_in) S(context_in) S(session_in) S(open_file_in) S(read_in) S(close_in)               \
    S(restore_prepare_in) S(restore_complete_in) S(number_in) S(prepare_out) S(context_out)        \
    S(list_out) S(open_file_out) S(online_out) S(counts_out) S(result_out)
/* clang-format on */

#define CODE(stub)                                                                                 \
    static void code_##stub(struct ndr *n, union value *v)                                         \
    {                                                                                              \
        ntdsb_##stub(n, &v->stub);                                                                 \
    }
STUBS(CODE)

static void code_restore_register_in(struct ndr *n, union value *v)
{
    static struct ntdsb_map_entry entries[2][NTDSB_MAX_RSTMAP];
    /* One map for each decoding: the previous value is still in use. */
    static unsigned turn;
    if (n->out == NULL)
        v->restore_register_in.map = entries[turn++ % 2];
    ntdsb_restore_register_in(n, &v->restore_register_in);
}

static void code_read_out(struct ndr *n, union value *v)
{
    ntdsb_read_out(n, &v->read_out, read_size);
}

static const struct {
    const char *name;
    void (*code)(struct ndr *, union value *);
} stubs[] = {
#define ROW(stub) {#stub, code_##stub},
    STUBS(ROW) ROW(restore_register_in) ROW(read_out)};

/* Memory of exactly that size, so that a sanitizer sees the first byte beyond it. */
static uint8_t *copy(const uint8_t *bytes, size_t n)
{
    uint8_t *memory = malloc(n > 0 ? n : 1);
    if (memory == NULL)
        abort();
    memcpy(memory, bytes, n);
    return memory;
}

static uint32_t decode(unsigned stub, uint8_t *bytes, size_t n, bool big, union value *v,
                       size_t *out_read)
{
    struct ndr d;
    uint64_t held = ledger_summary().bytes[WORLD_CLIENT];
    memset(v, 0, sizeof *v);
    ndr_decode_init(&d, bytes, n, big);
    stubs[stub].code(&d, v);
    *out_read = d.position;
    if (d.status != 0 && d.status != RPC_X_BAD_STUB_DATA && d.status != RPC_X_NULL_REF_POINTER)
        driver_finding(VERDICT_STATUS, "",
                       "a stub is refused with a status that the codec does not have");
    if (d.position > n)
        driver_finding(VERDICT_POSITION, "", "decoding read beyond the stub");
    if (ledger_summary().bytes[WORLD_CLIENT] != held)
        driver_finding(VERDICT_MEMORY, "", "decoding allocated");
    return d.status;
}

static uint8_t *encode(unsigned stub, union value *v, size_t *out_n)
{
    struct buffer b = BUFFER_INIT;
    struct ndr e;
    ndr_encode_init(&e, &b);
    stubs[stub].code(&e, v);
    if (e.status != 0)
        driver_finding(VERDICT_ENCODE, "", "a decoded value cannot be encoded");
    uint8_t *bytes = copy(b.length > 0 ? b.data : (const uint8_t *)"", b.length);
    *out_n = b.length;
    buffer_destroy(&b);
    return bytes;
}

static void judge_fixed_point(unsigned stub, union value *v)
{
    union value again;
    size_t first_n, second_n, read;
    uint8_t *first = encode(stub, v, &first_n);
    uint8_t *kept = copy(first, first_n); /* decoding may swap in place */
    if (decode(stub, first, first_n, false, &again, &read) != 0)
        driver_finding(VERDICT_FIXED_POINT, "", "an encoded value cannot be decoded");
    if (read != first_n)
        driver_finding(VERDICT_FIXED_POINT, "", "decoding leaves bytes that encoding wrote");
    uint8_t *second = encode(stub, &again, &second_n);
    if (first_n != second_n || memcmp(kept, second, second_n) != 0)
        driver_finding(VERDICT_FIXED_POINT, "", "the same value has two encodings");
    free(first);
    free(kept);
    free(second);
}

uint32_t wire_input_to_codec(const uint8_t *data, size_t size, const char **out_name)
{
    union value v;
    size_t read;
    *out_name = "nothing";
    if (size < HEAD)
        return 0;
    unsigned stub = (data[0] & 0x7f) % (sizeof stubs / sizeof *stubs);
    *out_name = stubs[stub].name;
    read_size = (uint32_t)data[1] | (uint32_t)data[2] << 8;
    world_reset();
    uint8_t *bytes = copy(data + HEAD, size - HEAD);
    uint32_t status = decode(stub, bytes, size - HEAD, data[0] & TURNED, &v, &read);
    if (status == 0)
        judge_fixed_point(stub, &v);
    free(bytes);
    if (ledger_summary().outstanding[WORLD_CLIENT] + ledger_summary().violations > 0)
        driver_finding(VERDICT_LEFT_BEHIND, "", "the codec keeps memory");
    return status;
}
