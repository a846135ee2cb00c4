/* SPDX-License-Identifier: Apache-2.0 */
#include "execute.h"

#include "scene.h"

#include <stdlib.h>
#include <string.h>

enum {
    CANARY = 0x5a,
    CANARY_U32 = 0x5a5a5a5a,
    WIDE_MAX = 4096,
    READ_MAX = 1 << 20, /* bytes; a read asks for at most that, so that its buffer is real */
};

static uint8_t foreign_memory[64];

void execute_reset(struct execution *x)
{
    memset(x, 0, sizeof *x);
    x->scene_token_bytes = scene_make_token(x->scene_token);
}

struct live_handle *execute_find_live(struct execution *x, HBC value)
{
    for (size_t i = 0; i < x->live_count; i++)
        if (x->live[i].value == value)
            return &x->live[i];
    return NULL;
}

static void assign_handle(struct execution *x, const struct call *c, HBC value, bool backup)
{
    x->stale[c->handle_out] = x->handles[c->handle_out];
    x->handles[c->handle_out] = value;
    x->live[x->live_count++] = (struct live_handle){.value = value, .backup = backup};
}

static void assign_buffer(struct execution *x, const struct call *c, void *data, uint32_t bytes)
{
    struct held_buffer *b = &x->buffers[c->buffer_out];
    if (b->live)
        x->overwritten[x->overwritten_count++] = b->data;
    *b = (struct held_buffer){data, bytes, true};
}

static void forget_handle(struct execution *x, HBC value)
{
    struct live_handle *h = execute_find_live(x, value);
    if (h != NULL)
        *h = x->live[--x->live_count];
}

static HBC pick_handle(const struct execution *x, const struct call *c)
{
    uint64_t held = (uint64_t)(uintptr_t)x->handles[c->handle.variable];
    switch ((enum handle_kind)c->handle.kind) {
    case HANDLE_STALE:
        return x->stale[c->handle.variable];
    case HANDLE_NULL:
        return NULL;
    case HANDLE_MINUS_ONE:
        return (HBC)UINTPTR_MAX;
    case HANDLE_FORGED:
        return (HBC)(uintptr_t)(held ^ c->extra);
    case HANDLE_NEVER: /* the kind byte of a real handle, a slot and generation far from those in
                          use */
        return (HBC)(uintptr_t)((held & 0xff00000000000000u) | (c->extra & 0x00ffffffffffffffu) |
                                0x0080000000000800u);
    case HANDLE_POINTER:
        return &foreign_memory[c->handle.variable];
    case HANDLE_RAW:
        return (HBC)(uintptr_t)c->extra;
    case HANDLE_VARIABLE:
    default:
        return x->handles[c->handle.variable];
    }
}

/* Text -------------------------------------------------------------------------------------- */

/* UTF-8 (surrogates as three bytes each, for what UTF-16 may hold) to UTF-16. */
static const WCHAR *widen(const char *text, WCHAR out[WIDE_MAX])
{
    if (text == NULL)
        return NULL;
    size_t n = 0;
    for (const unsigned char *s = (const unsigned char *)text; *s != 0 && n + 2 < WIDE_MAX;) {
        uint32_t c = *s++;
        int more = c >= 0xf0 ? 3 : c >= 0xe0 ? 2 : c >= 0xc0 ? 1 : 0;
        c = more == 3 ? c & 7 : more == 2 ? c & 15 : more == 1 ? c & 31 : c;
        while (more-- > 0)
            c = c << 6 | (*s++ & 63);
        if (c >= 0x10000) {
            out[n++] = (WCHAR)(0xd800 + ((c - 0x10000) >> 10));
            c = 0xdc00 + ((c - 0x10000) & 0x3ff);
        }
        out[n++] = (WCHAR)c;
    }
    out[n] = 0;
    return out;
}

static WCHAR wide_arena[8][WIDE_MAX];

/* The selected text in both forms, ready to be passed. */
struct text_argument {
    const char *a;
    const WCHAR *w;
};

static struct text_argument pick_text(const char *text, unsigned arena)
{
    return (struct text_argument){text, widen(text, wide_arena[arena])};
}

/* The shapes -------------------------------------------------------------------------------- */

static bool wide(const struct call *c)
{
    return api_functions[c->function].wide;
}

static void call_is_online(struct execution *x, const struct call *c, struct outcome *o)
{
    (void)x;
    struct text_argument server = pick_text(program_text(TEXT_SERVERS, c->text), 0);
    BOOL online = (BOOL)CANARY_U32, *out = c->flags & 1 ? NULL : &online;
    o->result = wide(c) ? DsIsNTDSOnlineW(server.w, out) : DsIsNTDSOnlineA(server.a, out);
    o->outputs_untouched = online == (BOOL)CANARY_U32;
    /* The one function that leaves its output alone on failure. */
    o->outputs_cleared = o->outputs_untouched;
    o->output_wrong = online != TRUE && online != FALSE;
}

static void call_backup_prepare(struct execution *x, const struct call *c, struct outcome *o)
{
    struct text_argument server = pick_text(program_text(TEXT_SERVERS, c->text), 0);
    PVOID token = foreign_memory;
    DWORD bytes = CANARY_U32;
    HBC hbc = foreign_memory;
    PVOID *token_out = c->flags & 1 ? NULL : &token;
    DWORD *bytes_out = c->flags & 2 ? NULL : &bytes;
    HBC *hbc_out = c->flags & 4 ? NULL : &hbc;
    o->result =
        wide(c) ? DsBackupPrepareW(server.w, c->number, c->second, token_out, bytes_out, hbc_out)
                : DsBackupPrepareA(server.a, c->number, c->second, token_out, bytes_out, hbc_out);
    if (o->result == S_OK) {
        assign_handle(x, c, hbc, true);
        assign_buffer(x, c, token, bytes);
    }
    o->outputs_cleared = (token_out == NULL || token == NULL) &&
                         (bytes_out == NULL || bytes == 0) && (hbc_out == NULL || hbc == NULL);
}

static void call_list(struct execution *x, const struct call *c, struct outcome *o)
{
    typedef HRESULT list_a(HBC, LPSTR *, LPDWORD);
    typedef HRESULT list_w(HBC, LPWSTR *, LPDWORD);
    static list_a *const narrow_forms[API_SHAPES] = {
        [API_GET_DATABASE_NAMES] = DsBackupGetDatabaseNamesA,
        [API_GET_BACKUP_LOGS] = DsBackupGetBackupLogsA,
        [API_GET_DATABASE_LOCATIONS] = DsRestoreGetDatabaseLocationsA,
    };
    static list_w *const wide_forms[API_SHAPES] = {
        [API_GET_DATABASE_NAMES] = DsBackupGetDatabaseNamesW,
        [API_GET_BACKUP_LOGS] = DsBackupGetBackupLogsW,
        [API_GET_DATABASE_LOCATIONS] = DsRestoreGetDatabaseLocationsW,
    };
    enum api_shape shape = api_functions[c->function].shape;
    void *entry = c->flags & CALL_LIST_NOT_NULL ? foreign_memory : NULL;
    LPSTR narrow = entry;
    LPWSTR wide_list = entry;
    DWORD bytes = CANARY_U32, *bytes_out = c->flags & 2 ? NULL : &bytes;
    bool absent = c->flags & 1;
    o->result = wide(c) ? wide_forms[shape](o->handle, absent ? NULL : &wide_list, bytes_out)
                        : narrow_forms[shape](o->handle, absent ? NULL : &narrow, bytes_out);
    void *list = wide(c) ? (void *)wide_list : (void *)narrow;
    if (o->result == S_OK && list != NULL)
        assign_buffer(x, c, list, bytes);
    o->outputs_untouched = list == entry && bytes == CANARY_U32;
    /* A pointer that was not NULL on entry is the caller's: it is never overwritten. */
    o->outputs_cleared = list == entry && (bytes_out == NULL || bytes == 0);
}

static const char *last_component(const char *path)
{
    const char *last = strrchr(path, '\\');
    return last != NULL ? last + 1 : path;
}

static void call_open_file(struct execution *x, const struct call *c, struct outcome *o)
{
    const char *text = program_text(TEXT_FILES, c->text);
    struct text_argument name = pick_text(text, 0);
    LARGE_INTEGER size;
    memset(&size, CANARY, sizeof size);
    LARGE_INTEGER *out = c->flags & 1 ? NULL : &size;
    o->result = wide(c) ? DsBackupOpenFileW(o->handle, name.w, c->number, out)
                        : DsBackupOpenFileA(o->handle, name.a, c->number, out);
    o->outputs_untouched = size.QuadPart == 0x5a5a5a5a5a5a5a5a;
    o->outputs_cleared = out == NULL || size.QuadPart == 0;
    struct live_handle *h = execute_find_live(x, o->handle);
    if (o->result == S_OK && h != NULL && text != NULL) {
        h->open_file = last_component(text);
        h->offset = 0;
        bool exists;
        /* The size that the API gives is the size in the store. */
        o->output_wrong =
            (uint64_t)size.QuadPart != scene_file_size(h->open_file, &exists) || !exists;
    }
}

static void call_read(struct execution *x, const struct call *c, struct outcome *o)
{
    uint32_t bytes = c->number <= READ_MAX ? c->number : READ_MAX + c->number % 8192;
    uint8_t *buffer = c->flags & 1 ? NULL : malloc(bytes > 0 ? bytes : 1);
    DWORD count = CANARY_U32, *count_out = c->flags & 2 ? NULL : &count;
    o->result = DsBackupRead(o->handle, buffer, bytes, count_out);
    o->outputs_untouched = count == CANARY_U32;
    o->outputs_cleared = count_out == NULL || count == 0;
    struct live_handle *h = execute_find_live(x, o->handle);
    if (o->result == S_OK && h != NULL) {
        o->read_data = buffer;
        o->read_bytes = count;
        o->read_file = h->open_file;
        o->read_offset = h->offset;
        o->read_capacity = bytes;
        h->offset += count;
    } else {
        free(buffer);
    }
}

static void call_close(struct execution *x, const struct call *c, struct outcome *o)
{
    (void)c;
    o->result = DsBackupClose(o->handle);
    struct live_handle *h = execute_find_live(x, o->handle);
    if (o->result == S_OK && h != NULL)
        h->open_file = NULL;
}

static void call_truncate(struct execution *x, const struct call *c, struct outcome *o)
{
    (void)x, (void)c;
    o->result = DsBackupTruncateLogs(o->handle);
}

static void call_end(struct execution *x, const struct call *c, struct outcome *o)
{
    o->result = api_functions[c->function].shape == API_BACKUP_END ? DsBackupEnd(o->handle)
                                                                   : DsRestoreEnd(o->handle);
    if (o->handle_valid)
        forget_handle(x, o->handle);
}

/* A token argument: bytes and length. Damaged and short ones are copies. */
static void pick_token(const struct execution *x, const struct call *c, uint8_t copy[4096],
                       void **data, uint32_t *bytes)
{
    /* Until a call assigns it, the last variable stands for a token of the scene's server. */
    const struct held_buffer scene_token = {(void *)(uintptr_t)x->scene_token, x->scene_token_bytes,
                                            true};
    const struct held_buffer *b = &x->buffers[c->buffer.variable];
    if (c->buffer.variable == SCENE_TOKEN_VARIABLE && b->data == NULL)
        b = &scene_token;
    *data = NULL;
    *bytes = 0;
    if (c->buffer.kind == BUFFER_NULL || (b->live == false && c->buffer.kind != BUFFER_FOREIGN))
        return;
    if (c->buffer.kind == BUFFER_FOREIGN) {
        *data = foreign_memory;
        *bytes = sizeof foreign_memory;
        return;
    }
    *bytes = b->bytes < 4096 ? b->bytes : 4096;
    *data = b->data;
    if (c->buffer.kind == BUFFER_VARIABLE)
        return;
    memcpy(copy, b->data, *bytes);
    *data = copy;
    if (c->buffer.kind == BUFFER_SHORT && c->extra < *bytes)
        *bytes = (uint32_t)c->extra;
    else if (c->buffer.kind == BUFFER_DAMAGED && *bytes > 0)
        copy[c->extra % *bytes] ^= 1;
}

static void call_restore_prepare(struct execution *x, const struct call *c, struct outcome *o)
{
    static uint8_t copy[4096];
    struct text_argument server = pick_text(program_text(TEXT_SERVERS, c->text), 0);
    void *token;
    uint32_t bytes;
    pick_token(x, c, copy, &token, &bytes);
    HBC hbc = foreign_memory, *out = c->flags & 1 ? NULL : &hbc;
    o->result = wide(c) ? DsRestorePrepareW(server.w, c->number, token, bytes, out)
                        : DsRestorePrepareA(server.a, c->number, token, bytes, out);
    if (o->result == S_OK)
        assign_handle(x, c, hbc, false);
    o->outputs_cleared = out == NULL || hbc == NULL;
}

static void call_check_token(struct execution *x, const struct call *c, struct outcome *o)
{
    static uint8_t copy[4096];
    void *token;
    uint32_t bytes;
    pick_token(x, c, copy, &token, &bytes);
    o->result = DsRestoreCheckExpiryToken(token, bytes);
}

/* The path sets of DsRestoreRegister, in the order of program.c's words for them. */
static const struct path_set {
    const char *checkpoint, *log, *backup_log;
    const char *old_name, *new_name; /* one map entry */
    LONG entries;
    bool no_map;
} path_sets[] = {
    {"\\\\DC1\\store", "\\\\DC1\\store", "\\\\DC1\\store", "\\\\DC1\\store\\ntds.dit",
     "\\\\DC1\\store\\ntds.dit", 1, false},
    {"\\\\DC1\\a", "\\\\DC1\\b", "\\\\DC1\\c", "\\\\DC1\\d", "\\\\DC1\\e", 1, false},
    {NULL, "\\\\DC1\\store", "\\\\DC1\\store", "a", "b", 1, false},
    {"\\\\DC1\\store", NULL, "\\\\DC1\\store", "a", "b", 1, false},
    {"\\\\DC1\\store", "\\\\DC1\\store", NULL, "a", "b", 1, false},
    {"\\\\DC1\\store", "\\\\DC1\\store", "\\\\DC1\\store", "a", "b", 0, false},
    {"\\\\DC1\\store", "\\\\DC1\\store", "\\\\DC1\\store", "a", "b", 1, true},
    {"\\\\DC1\\store", "\\\\DC1\\store", "\\\\DC1\\store", "a", "b", -1, false},
    {"\\\\DC1\\store", "\\\\DC1\\store", "\\\\DC1\\store", "a", "b", INT32_MAX, false},
};

static void call_register(struct execution *x, const struct call *c, struct outcome *o)
{
    (void)x;
    const struct path_set *p = &path_sets[c->text % (sizeof path_sets / sizeof *path_sets)];
    /* The API takes names that it does not write to as plain pointers. */
    WCHAR *old_w = (WCHAR *)(uintptr_t)widen(p->old_name, wide_arena[3]);
    WCHAR *new_w = (WCHAR *)(uintptr_t)widen(p->new_name, wide_arena[4]);
    EDB_RSTMAPA map_a[] = {{(char *)(uintptr_t)p->old_name, (char *)(uintptr_t)p->new_name}};
    EDB_RSTMAPW map_w[] = {{old_w, new_w}};
    if (wide(c))
        o->result =
            DsRestoreRegisterW(o->handle, widen(p->checkpoint, wide_arena[0]),
                               widen(p->log, wide_arena[1]), p->no_map ? NULL : map_w, p->entries,
                               widen(p->backup_log, wide_arena[2]), c->number, c->second);
    else
        o->result = DsRestoreRegisterA(o->handle, p->checkpoint, p->log, p->no_map ? NULL : map_a,
                                       p->entries, p->backup_log, c->number, c->second);
}

static void call_complete(struct execution *x, const struct call *c, struct outcome *o)
{
    (void)x;
    o->result = DsRestoreRegisterComplete(o->handle, (HRESULT)c->number);
}

static void call_set_log(struct execution *x, const struct call *c, struct outcome *o)
{
    (void)x;
    struct text_argument server = pick_text(program_text(TEXT_SERVERS, c->text), 0);
    o->result = wide(c) ? DsSetCurrentBackupLogW(server.w, c->number)
                        : DsSetCurrentBackupLogA(server.a, c->number);
}

static void call_set_identity(struct execution *x, const struct call *c, struct outcome *o)
{
    (void)x;
    static char long_text[2048];
    memset(long_text, 'x', sizeof long_text - 1);
    /* In the order of program.c's words for them. */
    const struct {
        const char *user, *domain, *password;
    } identities[] = {
        {NULL, NULL, NULL},
        {SCENE_USER, "", SCENE_PASSWORD},
        {SCENE_USER, "", "wrong"},
        {"nobody-knows", "", SCENE_PASSWORD},
        {NULL, "", SCENE_PASSWORD},
        {SCENE_USER, NULL, NULL},
        {long_text, "", SCENE_PASSWORD},
    };
    size_t i = c->text % (sizeof identities / sizeof *identities);
    if (wide(c))
        o->result = DsSetAuthIdentityW(widen(identities[i].user, wide_arena[0]),
                                       widen(identities[i].domain, wide_arena[1]),
                                       widen(identities[i].password, wide_arena[2]));
    else
        o->result =
            DsSetAuthIdentityA(identities[i].user, identities[i].domain, identities[i].password);
}

/* An address that was freed may have been handed out again: whoever holds it now has lost it. */
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

static void call_free(struct execution *x, const struct call *c, struct outcome *o)
{
    struct held_buffer *b = &x->buffers[c->buffer.variable];
    o->result = S_OK;
    switch ((enum buffer_kind)c->buffer.kind) {
    case BUFFER_NULL:
        DsBackupFree(NULL);
        break;
    case BUFFER_FOREIGN:
        DsBackupFree(foreign_memory);
        break;
    case BUFFER_INSIDE:
        DsBackupFree((void *)((uintptr_t)b->data + 1));
        break;
    default: /* once live, later already freed: both must be safe */
        free_buffer(x, b->data);
    }
}

typedef void call_shape(struct execution *, const struct call *, struct outcome *);
static call_shape *const shapes[API_SHAPES] = {
    [API_IS_NTDS_ONLINE] = call_is_online,
    [API_BACKUP_PREPARE] = call_backup_prepare,
    [API_GET_DATABASE_NAMES] = call_list,
    [API_OPEN_FILE] = call_open_file,
    [API_READ] = call_read,
    [API_CLOSE] = call_close,
    [API_GET_BACKUP_LOGS] = call_list,
    [API_TRUNCATE_LOGS] = call_truncate,
    [API_BACKUP_END] = call_end,
    [API_FREE] = call_free,
    [API_GET_DATABASE_LOCATIONS] = call_list,
    [API_RESTORE_PREPARE] = call_restore_prepare,
    [API_RESTORE_REGISTER] = call_register,
    [API_RESTORE_REGISTER_COMPLETE] = call_complete,
    [API_RESTORE_END] = call_end,
    [API_SET_CURRENT_BACKUP_LOG] = call_set_log,
    [API_SET_AUTH_IDENTITY] = call_set_identity,
    [API_CHECK_EXPIRY_TOKEN] = call_check_token,
};

static bool takes_restore_handle(enum api_shape shape)
{
    return shape == API_GET_DATABASE_LOCATIONS || shape == API_RESTORE_REGISTER ||
           shape == API_RESTORE_REGISTER_COMPLETE || shape == API_RESTORE_END;
}

void execute_call(struct execution *x, const struct call *c, struct outcome *o)
{
    enum api_shape shape = api_functions[c->function].shape;
    *o = (struct outcome){.outputs_untouched = true, .outputs_cleared = true};
    o->has_handle = api_parameters(shape)[0].kind == PARAMETER_HANDLE;
    if (o->has_handle) {
        o->handle = pick_handle(x, c);
        const struct live_handle *h = execute_find_live(x, o->handle);
        o->handle_valid = h != NULL && h->backup != takes_restore_handle(shape);
    }
    shapes[shape](x, c, o);
}

size_t execute_clean_up(struct execution *x)
{
    size_t failed = 0;
    while (x->live_count > 0) {
        struct live_handle *h = &x->live[x->live_count - 1];
        failed += (h->backup ? DsBackupEnd(h->value) : DsRestoreEnd(h->value)) != S_OK;
        x->live_count--;
    }
    for (size_t i = 0; i < x->overwritten_count; i++)
        DsBackupFree(x->overwritten[i]);
    x->overwritten_count = 0;
    for (size_t i = 0; i < PROGRAM_VARIABLES; i++)
        if (x->buffers[i].live)
            DsBackupFree(x->buffers[i].data);
    return failed;
}
