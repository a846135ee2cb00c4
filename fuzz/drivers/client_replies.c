/* SPDX-License-Identifier: Apache-2.0 */
#include "client_replies.h"

#include "fuzz/peer/ndr.h"
#include "fuzz/peer/pdu.h"

#include <ntdsbcli.h>

#include <windows.h>

/* As the interface says. */
enum { TOKEN_MOST = 4096, LIST_MOST = 1048576, READ_MOST = 1048576, HANDLE_BYTES = 20 };

struct elements {
    const uint8_t *bytes; /* NULL: there are none */
    uint32_t count;
};

/* A count, a pointer, and if that is not NULL the count once more and the elements. */
static struct elements take_array(struct peer_ndr *s, unsigned width, uint32_t most)
{
    struct elements e = {.count = peer_take_long(s)};
    bool is_there = peer_take_long(s) != 0;
    s->wrong |= e.count > most || (!is_there && e.count != 0);
    if (is_there && peer_take_long(s) != e.count)
        s->wrong = true;
    if (is_there)
        e.bytes = peer_take(s, (size_t)e.count * width, width);
    return e;
}

static bool take_is_null_handle(struct peer_ndr *s)
{
    const uint8_t *bytes = peer_take(s, HANDLE_BYTES, 4);
    for (size_t i = 0; bytes != NULL && i < HANDLE_BYTES; i++)
        if (bytes[i] != 0)
            return false;
    return true;
}

/* Strings with a NUL each, and one NUL more; two NULs alone are no string. */
static bool is_list(struct elements e)
{
    uint32_t strings = 0, length = 0, i = 0;
    for (; e.bytes != NULL && i < e.count; i++) {
        if (peer_get(e.bytes, 2 * (size_t)i, 2, false) != 0) {
            length++;
        } else if (length > 0) {
            strings++;
            length = 0;
        } else {
            break;
        }
    }
    return strings > 0 ? i + 1 == e.count : e.count == 2 && i == 0;
}

/* The file that is open, and how much of it the client has. */
struct file {
    uint64_t bytes, received;
};

struct reply {
    bool makes_sense; /* if its result is S_OK */
    int32_t result;
    struct file file; /* after it */
};

static void take_open(struct peer_ndr *s, struct reply *r)
{
    r->file = (struct file){peer_take_hyper(s), 0};
    r->makes_sense = peer_take_long(s) != 0 && r->file.bytes <= INT64_MAX;
}

static void take_read(struct peer_ndr *s, uint32_t asked, struct reply *r)
{
    if (asked > READ_MOST)
        asked = READ_MOST;
    uint32_t most = peer_take_long(s), offset = peer_take_long(s), count = peer_take_long(s);
    s->wrong |= most != asked || offset != 0 || count > asked;
    peer_take(s, count, 1);
    r->makes_sense = count > 0 && count <= r->file.bytes - r->file.received;
    r->file.received += count;
}

/* Takes apart what the call's reply is. */
static struct reply take_reply(struct peer_ndr *s, const struct call *c, struct file file)
{
    struct reply r = {.makes_sense = true, .file = file};
    switch (api_functions[c->function].shape) {
    case API_IS_NTDS_ONLINE:
        peer_take_long(s);
        break;
    case API_BACKUP_PREPARE:
        r.makes_sense = take_array(s, 1, TOKEN_MOST).count > 0;
        r.makes_sense &= !take_is_null_handle(s);
        break;
    case API_RESTORE_PREPARE:
        r.makes_sense = !take_is_null_handle(s);
        break;
    case API_BACKUP_END:
    case API_RESTORE_END:
        r.makes_sense = take_is_null_handle(s);
        break;
    case API_GET_DATABASE_NAMES:
    case API_GET_BACKUP_LOGS:
    case API_GET_DATABASE_LOCATIONS:
        r.makes_sense = is_list(take_array(s, 2, LIST_MOST));
        break;
    case API_OPEN_FILE:
        take_open(s, &r);
        break;
    case API_READ:
        take_read(s, c->number, &r);
        break;
    default: /* the result is all that it returns */
        break;
    }
    r.result = (int32_t)peer_take_long(s);
    if (s->wrong || s->at != s->n || (r.result == S_OK && !r.makes_sense))
        r.result = RPC_X_BAD_STUB_DATA;
    if (r.result != S_OK)
        r.file = file;
    return r;
}

static struct reply take_pdu(const struct honest_server *h, unsigned pdu, struct file file)
{
    struct peer_ndr s = {.bytes = h->bytes[pdu] + PEER_REQUEST_HEADER,
                         .n = h->sizes[pdu] - PEER_REQUEST_HEADER};
    return take_reply(&s, &h->program->calls[h->calls[pdu]], file);
}

bool client_reply_is_whole(const struct honest_server *h, unsigned pdu)
{
    const uint8_t *p = h->bytes[pdu];
    return h->sizes[pdu] >= PEER_REQUEST_HEADER && p[2] == PEER_RESPONSE &&
           (p[3] & (PEER_FIRST | PEER_LAST)) == (PEER_FIRST | PEER_LAST) &&
           !peer_is_big_endian(p) && peer_get(p, 10, 2, false) == 0;
}

int32_t client_reply_result(const struct honest_server *h, unsigned pdu, const uint8_t *stub,
                            size_t n)
{
    struct file file = {0};
    for (unsigned i = 0; i < pdu; i++)
        if (client_reply_is_whole(h, i))
            file = take_pdu(h, i, file).file;
    struct peer_ndr s = {.bytes = stub, .n = n};
    return take_reply(&s, &h->program->calls[h->calls[pdu]], file).result;
}

bool client_reply_array(const struct honest_server *h, unsigned pdu, struct reply_array *out)
{
    const uint8_t *stub = h->bytes[pdu] + PEER_REQUEST_HEADER;
    switch (api_functions[h->program->calls[h->calls[pdu]].function].shape) {
    case API_BACKUP_PREPARE:
        *out = (struct reply_array){2, {0, 8}, 12, peer_get(stub, 0, 4, false), 1};
        return true;
    case API_GET_DATABASE_NAMES:
    case API_GET_BACKUP_LOGS:
    case API_GET_DATABASE_LOCATIONS:
        *out = (struct reply_array){2, {0, 8}, 12, peer_get(stub, 0, 4, false), 2};
        return true;
    case API_READ:
        *out = (struct reply_array){1, {8}, 12, peer_get(stub, 8, 4, false), 1};
        return true;
    default:
        return false;
    }
}
