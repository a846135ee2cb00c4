/* SPDX-License-Identifier: Apache-2.0 */
#include "execute_internal.h"

#include "faults/fault/fault.h"
#include "faults/world/allowance.h"
#include "faults/world/clock.h"
#include "fuzz/scene/scene.h"
#include "fuzz/scene/service.h"
#include "fuzz/scene/state_files.h"

#include <errno.h>
#include <string.h>

uint8_t execute_foreign_memory[64];

void execute_reset(struct execution *x)
{
    memset(x->handles, 0, sizeof x->handles);
    memset(x->stale, 0, sizeof x->stale);
    memset(x->buffers, 0, sizeof x->buffers);
    x->live_count = x->issued_count = x->overwritten_count = 0;
    x->scene_token_made = clock_real_seconds();
    x->scene_token_is_void = false;
    x->key = state_files_key();
    x->scene_token_bytes = scene_make_token(x->scene_token_made, x->scene_token);
}

struct live_handle *execute_find_live(struct execution *x, HBC value)
{
    for (size_t i = 0; i < x->live_count; i++)
        if (x->live[i].value == value)
            return &x->live[i];
    return NULL;
}

static bool was_issued(const struct execution *x, HBC value)
{
    for (size_t i = 0; i < x->issued_count; i++)
        if (x->issued[i] == value)
            return true;
    return false;
}

void execute_assign_handle(struct execution *x, const struct call *c, HBC value, bool backup,
                           struct outcome *o)
{
    o->handle_out = value;
    o->handle_issued_before = was_issued(x, value);
    x->issued[x->issued_count++] = value;
    x->stale[c->handle_out] = x->handles[c->handle_out];
    x->handles[c->handle_out] = value;
    x->live[x->live_count++] = (struct live_handle){.value = value, .backup = backup};
}

void execute_assign_buffer(struct execution *x, const struct call *c, void *data, uint32_t bytes)
{
    struct held_buffer *b = &x->buffers[c->buffer_out];
    if (b->live)
        x->overwritten[x->overwritten_count++] = b->data;
    *b = (struct held_buffer){.data = data, .bytes = bytes, .live = true};
}

void execute_forget_handle(struct execution *x, HBC value)
{
    struct live_handle *h = execute_find_live(x, value);
    if (h != NULL)
        *h = x->live[--x->live_count];
}

size_t execute_owed_buffers(const struct execution *x)
{
    size_t owed = x->overwritten_count;
    for (size_t i = 0; i < PROGRAM_VARIABLES; i++)
        owed += x->buffers[i].live;
    return owed;
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
        return &execute_foreign_memory[c->handle.variable];
    case HANDLE_RAW:
        return (HBC)(uintptr_t)c->extra;
    case HANDLE_VARIABLE:
    default:
        return x->handles[c->handle.variable];
    }
}

/* Text -------------------------------------------------------------------------------------- */

/* UTF-8 (surrogates as three bytes each, for what UTF-16 may hold) to UTF-16. Of wrong UTF-8
   something comes, and its end stays the end. */
static const WCHAR *widen(const char *text, WCHAR out[WIDE_MAX])
{
    if (text == NULL)
        return NULL;
    size_t n = 0;
    for (const unsigned char *s = (const unsigned char *)text; *s != 0 && n + 2 < WIDE_MAX;) {
        uint32_t c = *s++;
        int more = c >= 0xf0 ? 3 : c >= 0xe0 ? 2 : c >= 0xc0 ? 1 : 0;
        c = more == 3 ? c & 7 : more == 2 ? c & 15 : more == 1 ? c & 31 : c;
        while (more-- > 0 && *s != 0)
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

static WCHAR wide_arena[EXECUTE_ARENAS][WIDE_MAX];

const WCHAR *execute_widened(const char *text, unsigned arena)
{
    return widen(text, wide_arena[arena]);
}

struct text_argument execute_text(const char *text, unsigned arena)
{
    if (text != NULL)
        allowance_received(WORLD_CLIENT, sizeof(WCHAR) * (strlen(text) + 1));
    return (struct text_argument){text, execute_widened(text, arena)};
}

bool execute_is_wide(const struct call *c)
{
    return api_functions[c->function].wide;
}

static call_shape *const shapes[API_SHAPES] = {
    [API_IS_NTDS_ONLINE] = execute_is_online,
    [API_BACKUP_PREPARE] = execute_backup_prepare,
    [API_GET_DATABASE_NAMES] = execute_list,
    [API_OPEN_FILE] = execute_open_file,
    [API_READ] = execute_read,
    [API_CLOSE] = execute_close,
    [API_GET_BACKUP_LOGS] = execute_list,
    [API_TRUNCATE_LOGS] = execute_truncate,
    [API_BACKUP_END] = execute_end,
    [API_FREE] = execute_free,
    [API_GET_DATABASE_LOCATIONS] = execute_list,
    [API_RESTORE_PREPARE] = execute_restore_prepare,
    [API_RESTORE_REGISTER] = execute_register,
    [API_RESTORE_REGISTER_COMPLETE] = execute_complete,
    [API_RESTORE_END] = execute_end,
    [API_SET_CURRENT_BACKUP_LOG] = execute_set_log,
    [API_SET_AUTH_IDENTITY] = execute_set_identity,
    [API_CHECK_EXPIRY_TOKEN] = execute_check_token,
    [EVENT_CLIENT_EXIT] = execute_client_exit,
    [EVENT_SERVER_STOP] = execute_server_stop,
    [EVENT_SERVER_KILL] = execute_server_kill,
    [EVENT_POWER_FAIL] = execute_power_fail,
    [EVENT_SERVER_START] = execute_server_start,
    [EVENT_WAIT] = execute_wait,
    [EVENT_CONFIGURE] = execute_configure,
    [EVENT_STORE_ROTATE] = execute_store_event,
    [EVENT_STORE_GROW] = execute_store_event,
    [EVENT_STORE_SHRINK] = execute_store_event,
    [EVENT_STORE_REMOVE] = execute_store_event,
    [EVENT_STORE_REPLACE] = execute_store_event,
    [EVENT_STORE_DENY] = execute_store_event,
    [EVENT_STORE_RESTORE] = execute_store_event,
    [EVENT_CLOCK_FORWARD] = execute_set_clock,
    [EVENT_CLOCK_BACK] = execute_set_clock,
    [EVENT_DISK_FULL] = execute_fill_disk,
    [EVENT_DISK_FREE] = execute_fill_disk,
};

static bool takes_restore_handle(enum api_shape shape)
{
    return shape == API_GET_DATABASE_LOCATIONS || shape == API_RESTORE_REGISTER ||
           shape == API_RESTORE_REGISTER_COMPLETE || shape == API_RESTORE_END;
}

/* A service that does not find its key makes another. */
static bool key_may_be_lost(void)
{
    const struct fault_summary *s = fault_report();
    for (uint32_t i = 0; i < s->in_call_count; i++)
        if (s->in_call[i].class == FAULT_FILE_OPEN && s->in_call[i].side == WORLD_SERVER &&
            fault_kind_effect(FAULT_FILE_OPEN, s->in_call[i].kind).value == ENOENT)
            return true;
    return false;
}

void execute_void_tokens(struct execution *x)
{
    for (unsigned i = 0; i < PROGRAM_VARIABLES; i++)
        x->buffers[i].is_void = true;
    x->scene_token_is_void = true;
    x->key = state_files_key();
}

enum contract_rule execute_relies_on(struct execution *x, const struct call *c)
{
    enum api_shape shape = api_functions[c->function].shape;
    if (api_parameters(shape)[0].kind == PARAMETER_HANDLE) {
        const struct live_handle *h = execute_find_live(x, pick_handle(x, c));
        if (h == NULL)
            return CONTRACT_HANDLE_INVALID;
        return h->backup == takes_restore_handle(shape) ? CONTRACT_HANDLE_OTHER_KIND
                                                        : CONTRACT_NONE;
    }
    if (shape != API_FREE || c->buffer.kind == BUFFER_NULL || c->buffer.kind == BUFFER_NOTHING ||
        (c->buffer.kind == BUFFER_VARIABLE && x->buffers[c->buffer.variable].live))
        return CONTRACT_NONE;
    return CONTRACT_FREE_IGNORED;
}

void execute_call(struct execution *x, const struct call *c, struct outcome *o)
{
    enum api_shape shape = api_functions[c->function].shape;
    *o = (struct outcome){.outputs_untouched = true, .outputs_cleared = true, .online = -1};
    o->has_handle = api_parameters(shape)[0].kind == PARAMETER_HANDLE;
    if (o->has_handle) {
        o->handle = pick_handle(x, c);
        const struct live_handle *h = execute_find_live(x, o->handle);
        o->handle_valid = h != NULL && h->backup != takes_restore_handle(shape);
        o->handle_of_other_kind = h != NULL && !o->handle_valid;
        o->handle_was_issued = was_issued(x, o->handle);
    }
    shapes[shape](x, c, o);
    if (key_may_be_lost() && state_files_key() != x->key)
        execute_void_tokens(x);
}

void execute_forget_all(struct execution *x)
{
    x->live_count = x->issued_count = x->overwritten_count = 0;
    for (size_t i = 0; i < PROGRAM_VARIABLES; i++)
        x->buffers[i] = (struct held_buffer){0};
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

void execute_end_everything(void *execution)
{
    execute_clean_up(execution);
    DsSetAuthIdentityW(NULL, NULL, NULL);
    service_settle();
}
