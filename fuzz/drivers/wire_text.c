/* SPDX-License-Identifier: Apache-2.0 */
#include "wire_text.h"

#include "client_programs.h"
#include "driver.h"
#include "fuzz/program/program_text.h"
#include "wire_input.h"

#include <ctype.h>
#include <inttypes.h>
#include <string.h>

enum { HEADER = 16, DUMP_WIDTH = 16 };

/* C706 12.6.4; the numbers between are connectionless. */
static const char *const types[] = {
    [0] = "request",   [2] = "response",  [3] = "fault",          [11] = "bind",
    [12] = "bind_ack", [13] = "bind_nak", [14] = "alter_context", [15] = "alter_context_resp",
    [16] = "auth3",    [17] = "shutdown", [18] = "co_cancel",     [19] = "orphaned",
};
static const char *const flags[] = {
    "first", "last", "pending-cancel", "0x08", "conc-mpx", "did-not-execute", "maybe", "object"};

struct pdu_view {
    const uint8_t *bytes;
    size_t n; /* bytes present */
    size_t at;
    bool little;
};

static uint32_t take(struct pdu_view *v, size_t bytes)
{
    uint32_t value = 0;
    for (size_t i = 0; i < bytes; i++) {
        size_t at = v->little ? v->at + bytes - 1 - i : v->at + i;
        value = value << 8 | (at < v->n ? v->bytes[at] : 0);
    }
    v->at += bytes;
    return value;
}

static void dump(const uint8_t *bytes, size_t n, FILE *out)
{
    for (size_t at = 0; at < n; at += DUMP_WIDTH) {
        fprintf(out, "    %04zx ", at);
        for (size_t i = at; i < at + DUMP_WIDTH; i++) {
            if (i < n)
                fprintf(out, " %02x", bytes[i]);
            else
                fputs("   ", out);
        }
        fputs("  ", out);
        for (size_t i = at; i < n && i < at + DUMP_WIDTH; i++)
            fputc(isprint(bytes[i]) && bytes[i] < 0x80 ? bytes[i] : '.', out);
        fputc('\n', out);
    }
}

static void print_syntax(struct pdu_view *v, FILE *out)
{
    uint32_t a = take(v, 4), b = take(v, 2), c = take(v, 2);
    fprintf(out, "%08" PRIx32 "-%04" PRIx32 "-%04" PRIx32 "-", a, b, c);
    for (int i = 0; i < 8; i++)
        fprintf(out, "%02" PRIx32 "%s", take(v, 1), i == 1 ? "-" : "");
    uint32_t version = take(v, 4);
    fprintf(out, " version %" PRIu32 ".%" PRIu32, version & 0xffff, version >> 16);
}

static void print_bind(struct pdu_view *v, FILE *out)
{
    uint32_t xmit = take(v, 2), recv = take(v, 2), group = take(v, 4), count = take(v, 1);
    v->at += 3;
    fprintf(out,
            "  max_xmit_frag %" PRIu32 ", max_recv_frag %" PRIu32 ", assoc_group_id %" PRIu32
            ", %" PRIu32 " contexts\n",
            xmit, recv, group, count);
    for (uint32_t i = 0; i < count && v->at + 24 <= v->n; i++) {
        uint32_t id = take(v, 2), transfers = take(v, 1);
        v->at++;
        fprintf(out, "  context %" PRIu32 ": ", id);
        print_syntax(v, out);
        fputc('\n', out);
        for (uint32_t t = 0; t < transfers && v->at + 20 <= v->n; t++) {
            fputs("    transfer syntax ", out);
            print_syntax(v, out);
            fputc('\n', out);
        }
    }
}

static void print_bind_ack(struct pdu_view *v, FILE *out)
{
    uint32_t xmit = take(v, 2), recv = take(v, 2), group = take(v, 4), address = take(v, 2);
    fprintf(out,
            "  max_xmit_frag %" PRIu32 ", max_recv_frag %" PRIu32 ", assoc_group_id %" PRIu32
            ", secondary address of %" PRIu32 " bytes\n",
            xmit, recv, group, address);
    v->at = (v->at + address + 3) & ~(size_t)3;
    uint32_t count = take(v, 1);
    v->at += 3;
    for (uint32_t i = 0; i < count && v->at + 24 <= v->n; i++) {
        uint32_t result = take(v, 2), reason = take(v, 2);
        fprintf(out, "  result %" PRIu32 ", reason %" PRIu32 ", transfer syntax ", result, reason);
        print_syntax(v, out);
        fputc('\n', out);
    }
}

/* The fields between the common header and the stub. */
static void print_body(struct pdu_view *v, uint8_t type, FILE *out)
{
    switch (type) {
    case 0:
        fprintf(out, "  alloc_hint %" PRIu32, take(v, 4));
        fprintf(out, ", p_cont_id %" PRIu32, take(v, 2));
        fprintf(out, ", opnum %" PRIu32 "\n", take(v, 2));
        break;
    case 2:
    case 3:
        fprintf(out, "  alloc_hint %" PRIu32, take(v, 4));
        fprintf(out, ", p_cont_id %" PRIu32, take(v, 2));
        fprintf(out, ", cancel_count %" PRIu32 "\n", take(v, 1));
        v->at++;
        if (type == 3)
            fprintf(out, "  status 0x%08" PRIx32 "\n", take(v, 4));
        break;
    case 11:
    case 14:
        print_bind(v, out);
        break;
    case 12:
    case 15:
        print_bind_ack(v, out);
        break;
    case 13:
        fprintf(out, "  reject reason %" PRIu32 "\n", take(v, 2));
        break;
    default:
        break;
    }
}

static void print_pdu(const uint8_t *bytes, size_t n, size_t length, FILE *out)
{
    struct pdu_view v = {bytes, n, 8, bytes[4] & 0x10};
    uint8_t type = bytes[2];
    uint32_t frag_length = take(&v, 2), auth_length = take(&v, 2), call_id = take(&v, 4);
    const char *name = type < sizeof types / sizeof *types ? types[type] : NULL;
    if (name != NULL)
        fputs(name, out);
    else
        fprintf(out, "type %u", type);
    fprintf(out, ", version %u.%u, flags", bytes[0], bytes[1]);
    for (unsigned i = 0; i < 8; i++)
        if (bytes[3] & 1u << i)
            fprintf(out, " %s", flags[i]);
    fprintf(out, ", %s, frag_length %" PRIu32 ", auth_length %" PRIu32 ", call_id %" PRIu32 "\n",
            v.little ? "little-endian" : "big-endian", frag_length, auth_length, call_id);
    if (n < length)
        fprintf(out, "  cut: %zu bytes are there\n", n);
    print_body(&v, type, out);
    if (v.at < n) {
        fputs(type == 0 || type == 2 ? "  stub\n" : "  rest\n", out);
        dump(bytes + v.at, n - v.at, out);
    }
}

static void print_stream(const uint8_t *bytes, size_t n, FILE *out)
{
    for (unsigned number = 1; n > 0; number++) {
        size_t length = n >= HEADER ? (bytes[4] & 0x10 ? bytes[8] | (size_t)bytes[9] << 8
                                                       : bytes[9] | (size_t)bytes[8] << 8)
                                    : 0;
        if (length < HEADER || bytes[0] != 5) {
            fputs("no PDU\n", out);
            dump(bytes, n, out);
            return;
        }
        size_t there = length < n ? length : n;
        fprintf(out, "PDU %u: ", number);
        print_pdu(bytes, there, length, out);
        bytes += there;
        n -= there;
    }
}

/* The layouts of the drivers' inputs, as described in each driver's source. */

/* Everything that the server sent. */
struct server_answer {
    size_t n;
    uint8_t bytes[1 << 20];
};

static void keep_answer(unsigned connection, bool to_server, const uint8_t *bytes, size_t n,
                        void *context)
{
    struct server_answer *a = context;
    (void)connection;
    if (to_server)
        return;
    if (n > sizeof a->bytes - a->n)
        n = sizeof a->bytes - a->n;
    memcpy(a->bytes + a->n, bytes, n);
    a->n += n;
}

static void print_talk(unsigned connection, bool to_server, const uint8_t *bytes, size_t n,
                       void *context)
{
    FILE *out = context;
    fprintf(out, "%s peer %u\n", to_server ? "from" : "to", connection);
    print_stream(bytes, n, out);
}

static void print_server_input(const uint8_t *bytes, size_t n, FILE *out)
{
    static const char *const pieces[] = {"whole", "byte by byte", "by 7 bytes", "by 1000 bytes"};
    uint8_t options = bytes[0];
    fprintf(out, "to the server over %s, %s peer, %s, %s mode, store %u\n",
            options & 1 ? "ncacn_ip_tcp" : "ncalrpc", options & 2 ? "untrusted" : "trusted",
            pieces[options >> 2 & 3], options & 0x10 ? "restore" : "normal", options >> 5);
    if (wire_input_is_script(options)) {
        wire_input_to_server(bytes, n, print_talk, out);
        return;
    }
    print_stream(bytes + 1, n - 1, out);
    static struct server_answer answer;
    answer.n = 0;
    bool stays = wire_input_to_server(bytes, n, keep_answer, &answer);
    fprintf(out, "the server %s and %s the connection\n", answer.n > 0 ? "answers" : "is silent",
            stays ? "keeps" : "closes");
    print_stream(answer.bytes, answer.n, out);
}

static void print_lie(const uint8_t *lie, FILE *out)
{
    static const char *const what[] = {"a byte is set to",      "a byte is changed by",
                                       "16 bits are set to",    "32 bits are set to",
                                       "bytes come in between", "bytes are left out",
                                       "the rest is left out",  "comes twice"};
    uint32_t value =
        (uint32_t)lie[4] | (uint32_t)lie[5] << 8 | (uint32_t)lie[6] << 16 | (uint32_t)lie[7] << 24;
    fprintf(out, "in PDU %u of the server, offset %u: %s 0x%" PRIx32 "%s\n", lie[0] + 1u,
            (unsigned)lie[2] | (unsigned)lie[3] << 8, what[lie[1] & 7], value,
            lie[1] & 0x80 ? ", and frag_length fits" : "");
}

static void print_client_input(const uint8_t *bytes, size_t n, FILE *out)
{
    const uint8_t *input = bytes;
    const size_t input_bytes = n;
    bool lies = bytes[0] & 0x80;
    unsigned program = (bytes[0] & 0x7f) % CLIENT_PROGRAMS;
    fprintf(out, "the client runs program %u:\n%s", program, client_programs[program]);
    bytes++;
    n--;
    while (lies && n >= 8) {
        print_lie(bytes, out);
        bytes += 8;
        n -= 8;
    }
    for (unsigned answer = 1; !lies && n >= 2; answer++) {
        size_t length = bytes[0] | (size_t)bytes[1] << 8;
        size_t there = length < n - 2 ? length : n - 2;
        fprintf(out, "answer %u, %zu bytes\n", answer, length);
        print_stream(bytes + 2, there, out);
        bytes += 2 + there;
        n -= 2 + there;
    }
    if (n > 0)
        fprintf(out, "%zu bytes more\n", n);
    static struct run_report report;
    const struct program *p =
        wire_input_to_client(input, input_bytes, &(struct run_options){0}, &report);
    fputs("the calls return\n", out);
    if (p == NULL)
        return;
    program_print(p, out, -1, report.results, report.call_count);
    driver_note_finding(report.finding);
    run_require_clean(p, &report); /* ends the process, as a finding on the server's side does */
}

static void print_handle_input(const uint8_t *bytes, size_t n, FILE *out)
{
    uint8_t functions[API_FUNCTIONS];
    size_t count = 0;
    for (unsigned f = 0; f < API_FUNCTIONS; f++)
        if (api_parameters(api_functions[f].shape)[0].kind == PARAMETER_HANDLE)
            functions[count++] = (uint8_t)f;
    for (; n >= 9; bytes += 9, n -= 9) {
        uint64_t value = 0;
        for (size_t i = 8; i-- > 0;)
            value = value << 8 | bytes[1 + i];
        fprintf(out, "%s(0x%016" PRIx64 ")\n", api_functions[functions[bytes[0] % count]].name,
                value);
    }
}

static void print_stub_input(const uint8_t *bytes, size_t n, FILE *out)
{
    const char *name;
    uint32_t status = wire_input_to_codec(bytes, n, &name);
    fprintf(out, "%s, %s-endian", name, bytes[0] & 0x80 ? "big" : "little");
    if (strcmp(name, "read_out") == 0)
        fprintf(out, ", of a read of %u bytes", (unsigned)bytes[1] | (unsigned)bytes[2] << 8);
    fprintf(out, status == 0 ? ": is decoded\n" : ": is refused with %" PRIu32 "\n", status);
    if (n > 3)
        dump(bytes + 3, n - 3, out);
}

bool wire_text_print(const char *driver, const uint8_t *bytes, size_t n, FILE *out)
{
    static const struct {
        const char *driver;
        void (*print)(const uint8_t *, size_t, FILE *);
    } drivers[] = {{"server_pdu", print_server_input},
                   {"client_pdu", print_client_input},
                   {"ndr", print_stub_input},
                   {"handle", print_handle_input}};
    for (size_t i = 0; i < sizeof drivers / sizeof *drivers; i++) {
        if (strcmp(drivers[i].driver, driver) != 0)
            continue;
        if (n > 0)
            drivers[i].print(bytes, n, out);
        return true;
    }
    return false;
}
