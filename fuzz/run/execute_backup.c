/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The backup functions, one call each: arguments from the program, outputs compared with their
 * former values.
 */
#include "execute_internal.h"

#include "faults/world/allowance.h"
#include "fuzz/scene/scene.h"
#include "fuzz/scene/settings.h"
#include "fuzz/scene/store.h"

#include "faults/world/clock.h"

#include <stdlib.h>
#include <string.h>

void execute_is_online(struct execution *x, const struct call *c, struct outcome *o)
{
    (void)x;
    struct text_argument server = execute_text(program_text(TEXT_SERVERS, c->text), 0);
    BOOL online = (BOOL)CANARY_U32, *out = c->flags & 1 ? NULL : &online;
    o->result =
        execute_is_wide(c) ? DsIsNTDSOnlineW(server.w, out) : DsIsNTDSOnlineA(server.a, out);
    o->outputs_untouched = online == (BOOL)CANARY_U32;
    /* The one function that leaves its output alone on failure. */
    o->outputs_cleared = o->outputs_untouched;
    o->online = online == TRUE ? 1 : online == FALSE ? 0 : online == (BOOL)CANARY_U32 ? -1 : -2;
}

void execute_backup_prepare(struct execution *x, const struct call *c, struct outcome *o)
{
    struct text_argument server = execute_text(program_text(TEXT_SERVERS, c->text), 0);
    PVOID token = execute_foreign_memory;
    DWORD bytes = CANARY_U32;
    HBC hbc = execute_foreign_memory;
    PVOID *token_out = c->flags & 1 ? NULL : &token;
    DWORD *bytes_out = c->flags & 2 ? NULL : &bytes;
    HBC *hbc_out = c->flags & 4 ? NULL : &hbc;
    o->result =
        execute_is_wide(c)
            ? DsBackupPrepareW(server.w, c->number, c->second, token_out, bytes_out, hbc_out)
            : DsBackupPrepareA(server.a, c->number, c->second, token_out, bytes_out, hbc_out);
    if (o->result == S_OK) {
        execute_assign_handle(x, c, hbc, true, o);
        execute_assign_buffer(x, c, token, bytes);
        x->buffers[c->buffer_out].is_token = true;
        x->buffers[c->buffer_out].made = clock_real_seconds();
        x->buffers[c->buffer_out].days = settings_token_days();
    }
    o->outputs_cleared = (token_out == NULL || token == NULL) &&
                         (bytes_out == NULL || bytes == 0) && (hbc_out == NULL || hbc == NULL);
}

void execute_list(struct execution *x, const struct call *c, struct outcome *o)
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
    void *entry = c->flags & CALL_LIST_NOT_NULL ? execute_foreign_memory : NULL;
    LPSTR narrow = entry;
    LPWSTR wide_list = entry;
    DWORD bytes = CANARY_U32, *bytes_out = c->flags & 2 ? NULL : &bytes;
    bool absent = c->flags & 1;
    o->result = execute_is_wide(c)
                    ? wide_forms[shape](o->handle, absent ? NULL : &wide_list, bytes_out)
                    : narrow_forms[shape](o->handle, absent ? NULL : &narrow, bytes_out);
    void *list = execute_is_wide(c) ? (void *)wide_list : (void *)narrow;
    if (o->result == S_OK && list != NULL) {
        execute_assign_buffer(x, c, list, bytes);
        o->list = list;
        o->list_bytes = bytes;
    }
    o->outputs_untouched = list == entry && bytes == CANARY_U32;
    /* A pointer that was not NULL on entry is the caller's: it is never overwritten. */
    o->outputs_cleared = list == entry && (bytes_out == NULL || bytes == 0);
}

void execute_open_file(struct execution *x, const struct call *c, struct outcome *o)
{
    (void)x;
    struct text_argument name = execute_text(scene_name(program_text(TEXT_FILES, c->text)), 0);
    LARGE_INTEGER size;
    memset(&size, CANARY, sizeof size);
    LARGE_INTEGER *out = c->flags & 1 ? NULL : &size;
    o->result = execute_is_wide(c) ? DsBackupOpenFileW(o->handle, name.w, c->number, out)
                                   : DsBackupOpenFileA(o->handle, name.a, c->number, out);
    o->outputs_untouched = size.QuadPart == 0x5a5a5a5a5a5a5a5a;
    o->outputs_cleared = out == NULL || size.QuadPart == 0;
    o->file_size = size.QuadPart;
}

uint32_t execute_read_bytes(const struct call *c)
{
    return c->number <= READ_MAX ? c->number : READ_MAX + c->number % 8192;
}

void execute_read(struct execution *x, const struct call *c, struct outcome *o)
{
    (void)x;
    uint32_t bytes = execute_read_bytes(c);
    uint8_t *buffer = c->flags & 1 ? NULL : malloc(bytes > 0 ? bytes : 1);
    DWORD count = CANARY_U32, *count_out = c->flags & 2 ? NULL : &count;
    if (buffer != NULL)
        allowance_received(WORLD_CLIENT, bytes);
    o->result = DsBackupRead(o->handle, buffer, bytes, count_out);
    o->outputs_untouched = count == CANARY_U32;
    o->outputs_cleared = count_out == NULL || count == 0;
    o->read_capacity = bytes;
    if (o->result == S_OK) {
        o->read_data = buffer;
        o->read_bytes = count;
    } else {
        free(buffer);
    }
}

void execute_close(struct execution *x, const struct call *c, struct outcome *o)
{
    (void)x, (void)c;
    o->result = DsBackupClose(o->handle);
}

void execute_truncate(struct execution *x, const struct call *c, struct outcome *o)
{
    (void)x, (void)c;
    o->result = DsBackupTruncateLogs(o->handle);
}

void execute_end(struct execution *x, const struct call *c, struct outcome *o)
{
    o->result = api_functions[c->function].shape == API_BACKUP_END ? DsBackupEnd(o->handle)
                                                                   : DsRestoreEnd(o->handle);
    if (o->handle_valid)
        execute_forget_handle(x, o->handle);
}
