/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The restore functions, those without a handle, and DsBackupFree.
 */
#include "execute_internal.h"

#include "fuzz/scene/scene.h"
#include "fuzz/scene/store.h"

#include <string.h>

/* A token argument: bytes, length and kind. Damaged and short ones are copies. */
struct token_argument {
    void *data;
    uint32_t bytes;
};

static struct token_argument pick_token(const struct execution *x, const struct call *c,
                                        struct outcome *o)
{
    static uint8_t altered[3 * MODEL_TOKEN_MOST];
    /* Until a call assigns it, the last variable stands for a token of the scene's server. */
    const struct held_buffer scene_token = {.data = (void *)(uintptr_t)x->scene_token,
                                            .bytes = x->scene_token_bytes,
                                            .live = true,
                                            .is_token = true,
                                            .is_void = x->scene_token_is_void,
                                            .made = x->scene_token_made,
                                            .days = SCENE_TOKEN_DAYS};
    const struct held_buffer *b = &x->buffers[c->buffer.variable];
    if (c->buffer.variable == SCENE_TOKEN_VARIABLE && b->data == NULL)
        b = &scene_token;
    o->token = TOKEN_NULL;
    if (c->buffer.kind == BUFFER_FOREIGN) {
        o->token = TOKEN_FOREIGN;
        return (struct token_argument){execute_foreign_memory, sizeof execute_foreign_memory};
    }
    if (c->buffer.kind == BUFFER_NOTHING && (uint32_t)c->extra != 0) {
        o->token = TOKEN_NULL_OF_A_SIZE;
        return (struct token_argument){NULL, (uint32_t)c->extra};
    }
    if (c->buffer.kind == BUFFER_NULL || c->buffer.kind == BUFFER_NOTHING || !b->live)
        return (struct token_argument){NULL, 0};
    o->token = b->bytes == 0  ? TOKEN_EMPTY
               : !b->is_token ? TOKEN_FOREIGN
               : b->is_void   ? TOKEN_VOID
                              : TOKEN_GOOD;
    o->token_made = b->made;
    o->token_days = b->days;
    uint32_t bytes = b->bytes < sizeof altered ? b->bytes : sizeof altered;
    if (c->buffer.kind == BUFFER_VARIABLE && bytes <= MODEL_TOKEN_MOST)
        return (struct token_argument){b->data, bytes};
    memcpy(altered, b->data, bytes);
    if (c->buffer.kind == BUFFER_SHORT && c->extra < bytes) {
        bytes = (uint32_t)c->extra;
        o->token = bytes == 0 ? TOKEN_EMPTY : TOKEN_FOREIGN;
    } else if (c->buffer.kind == BUFFER_LONG && c->extra > 0) {
        uint32_t room = (uint32_t)sizeof altered - bytes;
        memset(altered + bytes, 0, room);
        bytes += c->extra < room ? (uint32_t)c->extra : room;
        o->token = TOKEN_FOREIGN;
    } else if (c->buffer.kind == BUFFER_DAMAGED && bytes > 0) {
        altered[c->extra % bytes] ^= 1;
        o->token = b->is_token ? TOKEN_DAMAGED : TOKEN_FOREIGN;
    }
    if (bytes > MODEL_TOKEN_MOST)
        o->token = TOKEN_TOO_LONG;
    return (struct token_argument){altered, bytes};
}

void execute_restore_prepare(struct execution *x, const struct call *c, struct outcome *o)
{
    struct text_argument server = execute_text(program_text(TEXT_SERVERS, c->text), 0);
    struct token_argument token = pick_token(x, c, o);
    HBC hbc = execute_foreign_memory, *out = c->flags & 1 ? NULL : &hbc;
    o->result = execute_is_wide(c)
                    ? DsRestorePrepareW(server.w, c->number, token.data, token.bytes, out)
                    : DsRestorePrepareA(server.a, c->number, token.data, token.bytes, out);
    if (o->result == S_OK) {
        execute_assign_handle(x, c, hbc, false, o);
    }
    o->outputs_cleared = out == NULL || hbc == NULL;
}

void execute_check_token(struct execution *x, const struct call *c, struct outcome *o)
{
    struct token_argument token = pick_token(x, c, o);
    o->result = DsRestoreCheckExpiryToken(token.data, token.bytes);
}

/* Rows of a map, and its entries: a longer map has the same rows again. */
enum { MAP_ROWS = 3, MOST_ENTRIES = EXECUTE_MAP_ENTRIES, PATH_ARENAS = 3 };
static const struct path_set {
    const char *checkpoint, *log, *backup_log;
    LONG entries;
    bool no_map;
    const char *map[MAP_ROWS][2]; /* old name, new name */
} path_sets[] = {
#define TEXT_PATH_SET(word, rule, checkpoint, log, backup_log, entries, no_map, ...)               \
    {checkpoint, log, backup_log, entries, no_map, {__VA_ARGS__}},
#include "fuzz/program/texts.def"
};

static const struct path_set *path_set_of(const struct call *c)
{
    return &path_sets[c->text % (sizeof path_sets / sizeof *path_sets)];
}

static unsigned arena_of(unsigned entry, unsigned which)
{
    return PATH_ARENAS + 2 * (entry % MAP_ROWS) + which;
}

/* A name of the map, to be passed. */
static struct text_argument name_of(const struct path_set *p, unsigned entry, unsigned which)
{
    return execute_text(p->map[entry % MAP_ROWS][which], arena_of(entry, which));
}

unsigned execute_registered_texts(const struct call *c, const WCHAR *out[EXECUTE_REGISTERED_TEXTS])
{
    const struct path_set *p = path_set_of(c);
    unsigned n = 0;
    out[n++] = execute_widened(p->checkpoint, 0);
    out[n++] = execute_widened(p->log, 1);
    for (unsigned i = 0; i < MOST_ENTRIES && (LONG)i < p->entries; i++)
        for (unsigned which = 0; which < 2; which++)
            out[n++] = execute_widened(p->map[i % MAP_ROWS][which], arena_of(i, which));
    out[n++] = execute_widened(p->backup_log, 2);
    return n;
}

void execute_register(struct execution *x, const struct call *c, struct outcome *o)
{
    (void)x;
    const struct path_set *p = path_set_of(c);
    /* The API takes names that it does not write to as plain pointers. */
    EDB_RSTMAPA map_a[MOST_ENTRIES];
    EDB_RSTMAPW map_w[MOST_ENTRIES];
    for (unsigned i = 0; i < MAP_ROWS || (i < MOST_ENTRIES && (LONG)i < p->entries); i++) {
        struct text_argument from = name_of(p, i, 0), to = name_of(p, i, 1);
        map_a[i] = (EDB_RSTMAPA){(char *)(uintptr_t)from.a, (char *)(uintptr_t)to.a};
        map_w[i] = (EDB_RSTMAPW){(WCHAR *)(uintptr_t)from.w, (WCHAR *)(uintptr_t)to.w};
    }
    struct text_argument checkpoint = execute_text(p->checkpoint, 0);
    struct text_argument log = execute_text(p->log, 1);
    struct text_argument backup_log = execute_text(p->backup_log, 2);
    if (execute_is_wide(c))
        o->result = DsRestoreRegisterW(o->handle, checkpoint.w, log.w, p->no_map ? NULL : map_w,
                                       p->entries, backup_log.w, c->number, c->second);
    else
        o->result = DsRestoreRegisterA(o->handle, checkpoint.a, log.a, p->no_map ? NULL : map_a,
                                       p->entries, backup_log.a, c->number, c->second);
}

void execute_complete(struct execution *x, const struct call *c, struct outcome *o)
{
    (void)x;
    o->result = DsRestoreRegisterComplete(o->handle, (HRESULT)c->number);
}

void execute_set_log(struct execution *x, const struct call *c, struct outcome *o)
{
    (void)x;
    struct text_argument server = execute_text(program_text(TEXT_SERVERS, c->text), 0);
    o->result = execute_is_wide(c) ? DsSetCurrentBackupLogW(server.w, c->number)
                                   : DsSetCurrentBackupLogA(server.a, c->number);
}

/* Texts of that many bytes, up to 2048: of letters; of characters of two bytes, if it is odd with a
   letter behind them. */
#define LETTERS(bytes) (long_text(LONG_LETTERS) + LONG_BYTES - (bytes))
#define ACCENTS(bytes)                                                                             \
    (long_text((bytes) % 2 == 0 ? LONG_ACCENTS : LONG_ACCENTS_AND_LETTER) + LONG_BYTES - (bytes))
enum { LONG_BYTES = 2048 };
enum long_text { LONG_LETTERS, LONG_ACCENTS, LONG_ACCENTS_AND_LETTER, LONG_TEXTS };

static const char *long_text(enum long_text which)
{
    static char texts[LONG_TEXTS][LONG_BYTES + 1];
    char *text = texts[which];
    for (size_t i = 0; text[0] == '\0' && i < LONG_BYTES; i++)
        text[LONG_BYTES - 1 - i] = which == LONG_LETTERS ? 'x' : i % 2 == 0 ? '\xa9' : '\xc3';
    if (which == LONG_ACCENTS_AND_LETTER && text[LONG_BYTES - 1] != 'x') {
        memmove(text, text + 1, LONG_BYTES - 1);
        text[LONG_BYTES - 1] = 'x';
    }
    return text;
}

void execute_set_identity(struct execution *x, const struct call *c, struct outcome *o)
{
    (void)x;
    const struct {
        const char *user, *domain, *password;
    } identities[] = {
#define TEXT_IDENTITY(word, code, rule, becomes, user, domain, password) {user, domain, password},
#include "fuzz/program/texts.def"
    };
    size_t i = c->text % (sizeof identities / sizeof *identities);
    struct text_argument user = execute_text(identities[i].user, 0);
    struct text_argument domain = execute_text(identities[i].domain, 1);
    struct text_argument password = execute_text(identities[i].password, 2);
    if (execute_is_wide(c))
        o->result = DsSetAuthIdentityW(user.w, domain.w, password.w);
    else
        o->result = DsSetAuthIdentityA(user.a, domain.a, password.a);
}

/* A freed address may have been handed out again: the variable that holds it now loses it. */
static void free_buffer(struct execution *x, void *data)
{
    DsBackupFree(data);
    for (size_t i = 0; i < PROGRAM_VARIABLES; i++)
        if (x->buffers[i].data == data)
            x->buffers[i].live = false;
    for (size_t i = 0; i < x->overwritten_count; i++)
        if (x->overwritten[i] == data)
            x->overwritten[i--] = x->overwritten[--x->overwritten_count];
}

void execute_free(struct execution *x, const struct call *c, struct outcome *o)
{
    struct held_buffer *b = &x->buffers[c->buffer.variable];
    o->result = S_OK;
    switch ((enum buffer_kind)c->buffer.kind) {
    case BUFFER_NULL:
    case BUFFER_NOTHING:
        DsBackupFree(NULL);
        break;
    case BUFFER_FOREIGN:
        DsBackupFree(execute_foreign_memory);
        break;
    case BUFFER_INSIDE:
        DsBackupFree((void *)((uintptr_t)b->data + 1));
        break;
    default: /* first live, then already freed: both must be safe */
        free_buffer(x, b->data);
    }
}

typedef void call_shape(struct execution *, const struct call *, struct outcome *);
