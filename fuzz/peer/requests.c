/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which stubs of requests can be decoded: an account of its own of the requests of
 * target/idl/ntdsb.idl in NDR20.
 */
#include "peer_internal.h"

/* As the interface says. */
enum {
    TEXT_MOST = 4096,
    TOKEN_MOST = 4096,
    ENTRIES_MOST = 256,
    PHASE_MOST = 2,
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

struct stub {
    const uint8_t *bytes;
    size_t n, at;
    bool big_endian, wrong;
};

static const uint8_t *take(struct stub *s, size_t n, size_t alignment)
{
    s->at += -s->at & (alignment - 1);
    if (s->wrong || s->at > s->n || n > s->n - s->at) {
        s->wrong = true;
        return NULL;
    }
    s->at += n;
    return s->bytes + s->at - n;
}

static uint32_t take_long(struct stub *s)
{
    const uint8_t *bytes = take(s, 4, 4);
    return bytes != NULL ? peer_get(bytes, 0, 4, s->big_endian) : 0;
}

static uint32_t take_range(struct stub *s, uint32_t least, uint32_t most)
{
    uint32_t value = take_long(s);
    s->wrong |= value < least || value > most;
    return value;
}

/* Its size with and without the part that is sent, and characters of which the last alone is 0. */
static void take_text(struct stub *s)
{
    uint32_t most = take_long(s), offset = take_long(s), count = take_long(s);
    s->wrong |= most - 1 > TEXT_MOST || offset != 0 || count == 0 || count > most;
    const uint8_t *chars = take(s, 2 * (size_t)count, 2);
    for (uint32_t i = 0; chars != NULL && i < count; i++)
        s->wrong |= (peer_get(chars, 2 * (size_t)i, 2, s->big_endian) == 0) != (i + 1 == count);
}

static void take_pointer_to_text(struct stub *s)
{
    if (take_long(s) != 0)
        take_text(s);
}

static void take_token(struct stub *s)
{
    uint32_t bytes = take_range(s, 0, TOKEN_MOST);
    bool is_there = take_long(s) != 0;
    s->wrong |= !is_there && bytes != 0;
    if (is_there && take_long(s) != bytes)
        s->wrong = true;
    if (is_there)
        take(s, bytes, 1);
}

static void take_parameter(struct stub *s, char parameter)
{
    switch (parameter) {
    case 'h':
        take(s, PEER_HEAD, 4);
        break;
    case 'k':
        take_long(s);
        take_range(s, 0, PHASE_MOST);
        break;
    case 'u':
        take_long(s);
        break;
    case 'U':
        take(s, 8, 8);
        break;
    case 's':
        take_text(s);
        break;
    case 'q':
        take_pointer_to_text(s);
        break;
    case 't':
        take_token(s);
        break;
    default:
        for (uint32_t texts = 2 * take_range(s, 0, ENTRIES_MOST); texts > 0 && !s->wrong; texts--)
            take_pointer_to_text(s);
    }
}

enum peer_stub peer_judge_stub(enum peer_interface interface, uint16_t opnum, const uint8_t *bytes,
                               size_t n, bool big_endian)
{
    struct stub s = {bytes, n, 0, big_endian, false};
    if (interface == PEER_UNKNOWN || opnum >= interfaces[interface].count)
        return PEER_STUB_NOT_JUDGED;
    for (const char *p = interfaces[interface].operations[opnum]; *p != '\0'; p++)
        take_parameter(&s, *p);
    return s.wrong ? PEER_STUB_BAD : PEER_STUB_GOOD;
}
