/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which stubs of requests can be decoded, and which of those have arguments that no operation may
 * take: an account of its own of the requests of target/idl/ntdsb.idl in NDR20, and of what
 * docs/contract.md says of arguments. The server looks at them as well, for not every client does.
 */
#include "ndr.h"
#include "peer_internal.h"

/* As the interface says. */
enum {
    TEXT_MOST = 4096,
    TOKEN_MOST = 4096,
    ENTRIES_MOST = 256,
    PHASE_MOST = 2,
    BACKUP_FULL = 1,
    RESTORE_CATCHUP = 4,
    GENERATION_MOST = 0xfffff,
    PAGE = 8192,
    LEAST_READ = 24576,
    MOST_READ = 1 << 20,
};

/* The parameters of each operation, a letter each:
     h  a context handle              k  backup_known            u  32 bits      U  a hyper
     s  a text                        q  a pointer to a text, or NULL
     t  the size of a token, and a pointer to it, or NULL
     m  the number of entries of a map, and two pointers to texts for each */
static const char *const backup[] = {"uu", "h", "hk", "hksu", "hkUu", "hkU", "hk", "hk", ""};
static const char *const restore[] = {"", "ut", "hqqmquu", "hu", "h", "h", "u", ""};
static const char *const inspect[] = {""};
static const struct {
    const char *const *operations;
    size_t count;
} interfaces[PEER_INTERFACES] = {
    [PEER_BACKUP] = {backup, sizeof backup / sizeof *backup},
    [PEER_RESTORE] = {restore, sizeof restore / sizeof *restore},
    [PEER_INSPECT] = {inspect, sizeof inspect / sizeof *inspect},
};

enum { MOST_NUMBERS = 2 };
struct request {
    struct peer_ndr stub;
    /* What was in it. */
    unsigned count;
    uint64_t numbers[MOST_NUMBERS];
    bool has_null_text, has_empty_text;
};

static void keep(struct request *r, uint64_t number)
{
    if (r->count < MOST_NUMBERS)
        r->numbers[r->count++] = number;
}

static uint32_t take_range(struct request *r, uint32_t least, uint32_t most)
{
    uint32_t value = peer_take_long(&r->stub);
    r->stub.wrong |= value < least || value > most;
    return value;
}

/* Its size with and without the part that is sent, and characters of which the last alone is 0. */
static void take_text(struct request *r)
{
    uint32_t most = peer_take_long(&r->stub), offset = peer_take_long(&r->stub),
             count = peer_take_long(&r->stub);
    r->stub.wrong |= most - 1 > TEXT_MOST || offset != 0 || count == 0 || count > most;
    r->has_empty_text |= count == 1;
    const uint8_t *chars = peer_take(&r->stub, 2 * (size_t)count, 2);
    for (uint32_t i = 0; chars != NULL && i < count; i++)
        r->stub.wrong |=
            (peer_get(chars, 2 * (size_t)i, 2, r->stub.big_endian) == 0) != (i + 1 == count);
}

static void take_pointer_to_text(struct request *r)
{
    if (peer_take_long(&r->stub) != 0)
        take_text(r);
    else
        r->has_null_text = true;
}

static void take_token(struct request *r)
{
    uint32_t bytes = take_range(r, 0, TOKEN_MOST);
    bool is_there = peer_take_long(&r->stub) != 0;
    r->stub.wrong |= !is_there && bytes != 0;
    if (is_there && peer_take_long(&r->stub) != bytes)
        r->stub.wrong = true;
    if (is_there)
        peer_take(&r->stub, bytes, 1);
}

static void take_parameter(struct request *r, char parameter)
{
    switch (parameter) {
    case 'h':
        peer_take(&r->stub, PEER_HEAD, 4);
        break;
    case 'k':
        peer_take_long(&r->stub);
        take_range(r, 0, PHASE_MOST);
        break;
    case 'u':
        keep(r, peer_take_long(&r->stub));
        break;
    case 'U':
        keep(r, peer_take_hyper(&r->stub));
        break;
    case 's':
        take_text(r);
        break;
    case 'q':
        take_pointer_to_text(r);
        break;
    case 't':
        take_token(r);
        break;
    default:
        for (uint32_t texts = 2 * take_range(r, 0, ENTRIES_MOST); texts > 0 && !r->stub.wrong;
             texts--)
            take_pointer_to_text(r);
    }
}

static bool is_read_size(uint64_t bytes)
{
    return bytes % PAGE == 0 && bytes >= LEAST_READ;
}

static bool is_illegal_for_backup(uint16_t opnum, const struct request *r)
{
    enum { PREPARE = 0, OPEN_FILE = 3, READ = 4 };
    switch (opnum) {
    case PREPARE:
        return r->numbers[0] != 0 || r->numbers[1] != BACKUP_FULL;
    case OPEN_FILE:
        return r->has_empty_text || !is_read_size(r->numbers[0]);
    case READ:
        return r->numbers[0] > INT64_MAX || !is_read_size(r->numbers[1]) ||
               r->numbers[1] > MOST_READ;
    default:
        return false;
    }
}

static bool is_illegal_for_restore(uint16_t opnum, const struct request *r)
{
    enum { PREPARE = 1, REGISTER = 2, SET_LOG = 6, CHECK_LOGS = 7 };
    switch (opnum) {
    case PREPARE:
        return (r->numbers[0] & ~(uint64_t)RESTORE_CATCHUP) != 0;
    case REGISTER:
        return r->has_null_text || r->numbers[0] > r->numbers[1] || r->numbers[1] > GENERATION_MOST;
    case SET_LOG:
        return r->numbers[0] > GENERATION_MOST &&
               r->numbers[0] != UINT32_MAX /* no incremental backups */;
    default: /* which is never served */
        return opnum == CHECK_LOGS;
    }
}

enum peer_stub peer_judge_stub(enum peer_interface interface, uint16_t opnum, const uint8_t *bytes,
                               size_t n, bool big_endian)
{
    struct request r = {.stub = {.bytes = bytes, .n = n, .big_endian = big_endian}};
    if (interface == PEER_UNKNOWN || opnum >= interfaces[interface].count)
        return PEER_STUB_NOT_JUDGED;
    for (const char *p = interfaces[interface].operations[opnum]; *p != '\0'; p++)
        take_parameter(&r, *p);
    if (r.stub.wrong)
        return PEER_STUB_BAD;
    bool is_illegal = (interface == PEER_BACKUP && is_illegal_for_backup(opnum, &r)) ||
                      (interface == PEER_RESTORE && is_illegal_for_restore(opnum, &r));
    return is_illegal ? PEER_STUB_ILLEGAL : PEER_STUB_GOOD;
}
