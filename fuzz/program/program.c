/* SPDX-License-Identifier: Apache-2.0 */
#include "program.h"

#include "faults/fault/fault.h"

#include <string.h>

const struct api_function api_functions[PROGRAM_FUNCTIONS] = {
    {"DsIsNTDSOnlineA", API_IS_NTDS_ONLINE, false},
    {"DsIsNTDSOnlineW", API_IS_NTDS_ONLINE, true},
    {"DsBackupPrepareA", API_BACKUP_PREPARE, false},
    {"DsBackupPrepareW", API_BACKUP_PREPARE, true},
    {"DsBackupGetDatabaseNamesA", API_GET_DATABASE_NAMES, false},
    {"DsBackupGetDatabaseNamesW", API_GET_DATABASE_NAMES, true},
    {"DsBackupOpenFileA", API_OPEN_FILE, false},
    {"DsBackupOpenFileW", API_OPEN_FILE, true},
    {"DsBackupRead", API_READ, false},
    {"DsBackupClose", API_CLOSE, false},
    {"DsBackupGetBackupLogsA", API_GET_BACKUP_LOGS, false},
    {"DsBackupGetBackupLogsW", API_GET_BACKUP_LOGS, true},
    {"DsBackupTruncateLogs", API_TRUNCATE_LOGS, false},
    {"DsBackupEnd", API_BACKUP_END, false},
    {"DsBackupFree", API_FREE, false},
    {"DsRestoreGetDatabaseLocationsA", API_GET_DATABASE_LOCATIONS, false},
    {"DsRestoreGetDatabaseLocationsW", API_GET_DATABASE_LOCATIONS, true},
    {"DsRestorePrepareA", API_RESTORE_PREPARE, false},
    {"DsRestorePrepareW", API_RESTORE_PREPARE, true},
    {"DsRestoreRegisterA", API_RESTORE_REGISTER, false},
    {"DsRestoreRegisterW", API_RESTORE_REGISTER, true},
    {"DsRestoreRegisterComplete", API_RESTORE_REGISTER_COMPLETE, false},
    {"DsRestoreEnd", API_RESTORE_END, false},
    {"DsSetCurrentBackupLogA", API_SET_CURRENT_BACKUP_LOG, false},
    {"DsSetCurrentBackupLogW", API_SET_CURRENT_BACKUP_LOG, true},
    {"DsSetAuthIdentityA", API_SET_AUTH_IDENTITY, false},
    {"DsSetAuthIdentityW", API_SET_AUTH_IDENTITY, true},
    {"DsRestoreCheckExpiryToken", API_CHECK_EXPIRY_TOKEN, false},
    {"ClientExit", EVENT_CLIENT_EXIT, false},
    {"ServerStop", EVENT_SERVER_STOP, false},
    {"ServerKill", EVENT_SERVER_KILL, false},
    {"PowerFail", EVENT_POWER_FAIL, false},
    {"ServerStart", EVENT_SERVER_START, false},
    {"Wait", EVENT_WAIT, false},
    {"Configure", EVENT_CONFIGURE, false},
    {"StoreRotate", EVENT_STORE_ROTATE, false},
    {"StoreGrow", EVENT_STORE_GROW, false},
    {"StoreShrink", EVENT_STORE_SHRINK, false},
    {"StoreRemove", EVENT_STORE_REMOVE, false},
    {"StoreReplace", EVENT_STORE_REPLACE, false},
    {"StoreDeny", EVENT_STORE_DENY, false},
    {"StoreRestore", EVENT_STORE_RESTORE, false},
    {"ClockForward", EVENT_CLOCK_FORWARD, false},
    {"ClockBack", EVENT_CLOCK_BACK, false},
    {"DiskFull", EVENT_DISK_FULL, false},
    {"DiskFree", EVENT_DISK_FREE, false},
};

enum { NULL_FIRST = 0x01, NULL_SECOND = 0x02, NULL_THIRD = 0x04 };

const struct parameter *api_parameters(enum api_shape shape)
{
    static const struct parameter parameters[API_SHAPES][7] = {
        [API_IS_NTDS_ONLINE] = {{PARAMETER_SERVER, "szServerName", 0},
                                {PARAMETER_POINTER_OUT, "pfNTDSOnline", NULL_FIRST}},
        [API_BACKUP_PREPARE] = {{PARAMETER_SERVER, "szBackupServer", 0},
                                {PARAMETER_NUMBER, "grbit", 0},
                                {PARAMETER_SECOND, "btBackupType", 0},
                                {PARAMETER_BUFFER_OUT, "ppvExpiryToken", NULL_FIRST},
                                {PARAMETER_POINTER_OUT, "pcbExpiryTokenSize", NULL_SECOND},
                                {PARAMETER_HANDLE_OUT, "phbc", NULL_THIRD}},
        [API_GET_DATABASE_NAMES] = {{PARAMETER_HANDLE, "hbc", 0},
                                    {PARAMETER_BUFFER_OUT, "pszAttachmentInfo", NULL_FIRST},
                                    {PARAMETER_POINTER_OUT, "pcbSize", NULL_SECOND}},
        [API_OPEN_FILE] = {{PARAMETER_HANDLE, "hbc", 0},
                           {PARAMETER_FILE, "szAttachmentName", 0},
                           {PARAMETER_NUMBER, "cbReadHintSize", 0},
                           {PARAMETER_POINTER_OUT, "pliFileSize", NULL_FIRST}},
        [API_READ] = {{PARAMETER_HANDLE, "hbc", 0},
                      {PARAMETER_POINTER_OUT, "pvBuffer", NULL_FIRST},
                      {PARAMETER_NUMBER, "cbBuffer", 0},
                      {PARAMETER_POINTER_OUT, "pcbRead", NULL_SECOND}},
        [API_CLOSE] = {{PARAMETER_HANDLE, "hbc", 0}},
        [API_GET_BACKUP_LOGS] = {{PARAMETER_HANDLE, "hbc", 0},
                                 {PARAMETER_BUFFER_OUT, "pszBackupLogFiles", NULL_FIRST},
                                 {PARAMETER_POINTER_OUT, "pcbSize", NULL_SECOND}},
        [API_TRUNCATE_LOGS] = {{PARAMETER_HANDLE, "hbc", 0}},
        [API_BACKUP_END] = {{PARAMETER_HANDLE, "hbc", 0}},
        [API_FREE] = {{PARAMETER_BUFFER, "pvBuffer", 0}},
        [API_GET_DATABASE_LOCATIONS] = {{PARAMETER_HANDLE, "hbc", 0},
                                        {PARAMETER_BUFFER_OUT, "pszDatabaseLocationList",
                                         NULL_FIRST},
                                        {PARAMETER_POINTER_OUT, "pcbSize", NULL_SECOND}},
        [API_RESTORE_PREPARE] = {{PARAMETER_SERVER, "szServerName", 0},
                                 {PARAMETER_NUMBER, "rtFlag", 0},
                                 {PARAMETER_BUFFER, "pvExpiryToken", 0},
                                 {PARAMETER_HANDLE_OUT, "phbc", NULL_FIRST}},
        [API_RESTORE_REGISTER] = {{PARAMETER_HANDLE, "hbc", 0},
                                  {PARAMETER_PATHS, "paths", 0},
                                  {PARAMETER_NUMBER, "genLow", 0},
                                  {PARAMETER_SECOND, "genHigh", 0}},
        [API_RESTORE_REGISTER_COMPLETE] = {{PARAMETER_HANDLE, "hbc", 0},
                                           {PARAMETER_NUMBER, "hrRestoreState", 0}},
        [API_RESTORE_END] = {{PARAMETER_HANDLE, "hbc", 0}},
        [API_SET_CURRENT_BACKUP_LOG] = {{PARAMETER_SERVER, "szServerName", 0},
                                        {PARAMETER_NUMBER, "dwCurrentLog", 0}},
        [API_SET_AUTH_IDENTITY] = {{PARAMETER_IDENTITY, "identity", 0}},
        [API_CHECK_EXPIRY_TOKEN] = {{PARAMETER_BUFFER, "pvExpiryToken", 0}},
        [EVENT_SERVER_START] = {{PARAMETER_NUMBER, "mode", 0}},
        [EVENT_WAIT] = {{PARAMETER_NUMBER, "seconds", 0}},
        [EVENT_CONFIGURE] = {{PARAMETER_SETTING, "setting", 0}},
        [EVENT_STORE_GROW] = {{PARAMETER_FILE, "file", 0}, {PARAMETER_NUMBER, "bytes", 0}},
        [EVENT_STORE_SHRINK] = {{PARAMETER_FILE, "file", 0}, {PARAMETER_NUMBER, "bytes", 0}},
        [EVENT_STORE_REMOVE] = {{PARAMETER_FILE, "file", 0}},
        [EVENT_STORE_REPLACE] = {{PARAMETER_FILE, "file", 0}, {PARAMETER_NUMBER, "by", 0}},
        [EVENT_STORE_DENY] = {{PARAMETER_FILE, "file", 0}},
        [EVENT_STORE_RESTORE] = {{PARAMETER_FILE, "file", 0}},
        [EVENT_CLOCK_FORWARD] = {{PARAMETER_NUMBER, "seconds", 0}},
        [EVENT_CLOCK_BACK] = {{PARAMETER_NUMBER, "seconds", 0}},
    };
    return parameters[shape];
}

/* The bytes ---------------------------------------------------------------------------------- */

enum { WORLD_RESTORE = 0x01, WORLD_TCP = 0x02 };

static uint64_t get_le(const uint8_t *bytes, size_t n)
{
    uint64_t value = 0;
    for (size_t i = n; i-- > 0;)
        value = value << 8 | bytes[i];
    return value;
}

static void put_le(uint8_t *bytes, size_t n, uint64_t value)
{
    for (size_t i = 0; i < n; i++, value >>= 8)
        bytes[i] = (uint8_t)value;
}

static struct reference get_reference(uint8_t byte, uint8_t kinds)
{
    /* Half of all values name a plain variable, so that most calls of a random
       program are sensible. */
    uint8_t kind = byte >> 4;
    return (struct reference){(uint8_t)(kind < 8 ? 0 : (kind - 8) % kinds), byte & 15};
}

static uint8_t put_reference(struct reference r)
{
    return (uint8_t)((r.kind == 0 ? 0 : r.kind + 8) << 4 | r.variable);
}

enum { FAULT_AT = 6, FAULT_BYTES = 7, NUMBER_AT = 20, SECOND_AT = 24, EXTRA_AT = 28 };

static void decode_fault(struct fault_clause *f, const uint8_t *b)
{
    *f = (struct fault_clause){
        .class_plus_one = b[0] % (FAULT_CLASSES + 1),
        .kind = b[1],
        .nth = (uint16_t)get_le(b + 2, 2),
        .shape = b[4] % FAULT_SHAPES,
        .site = (uint16_t)get_le(b + 5, 2),
    };
}

static void encode_fault(const struct fault_clause *f, uint8_t *b)
{
    b[0] = f->class_plus_one;
    b[1] = f->kind;
    put_le(b + 2, 2, f->nth);
    b[4] = f->shape;
    put_le(b + 5, 2, f->site);
}

static void decode_call(struct call *c, const uint8_t *b)
{
    memset(c, 0, sizeof *c);
    c->function = b[0] % PROGRAM_FUNCTIONS;
    c->handle = get_reference(b[1], HANDLE_KINDS);
    c->text = b[2];
    c->flags = b[3];
    c->handle_out = b[4] & 15;
    c->buffer_out = b[4] >> 4;
    c->buffer = get_reference(b[5], BUFFER_KINDS);
    for (size_t i = 0; i < PROGRAM_CALL_FAULTS; i++)
        decode_fault(&c->faults[i], b + FAULT_AT + i * FAULT_BYTES);
    c->number = (uint32_t)get_le(b + NUMBER_AT, 4);
    c->second = (uint32_t)get_le(b + SECOND_AT, 4);
    c->extra = get_le(b + EXTRA_AT, 8);
}

static void encode_call(const struct call *c, uint8_t *b)
{
    b[0] = c->function;
    b[1] = put_reference(c->handle);
    b[2] = c->text;
    b[3] = c->flags;
    b[4] = (uint8_t)(c->buffer_out << 4 | c->handle_out);
    b[5] = put_reference(c->buffer);
    for (size_t i = 0; i < PROGRAM_CALL_FAULTS; i++)
        encode_fault(&c->faults[i], b + FAULT_AT + i * FAULT_BYTES);
    put_le(b + NUMBER_AT, 4, c->number);
    put_le(b + SECOND_AT, 4, c->second);
    put_le(b + EXTRA_AT, 8, c->extra);
}

static void clear_names(struct program *p)
{
    p->sweep_pairs = false;
    for (size_t i = 0; i < PROGRAM_VARIABLES; i++)
        p->handle_names[i][0] = p->buffer_names[i][0] = '\0';
}

bool call_sets_identity(const struct call *c)
{
    return api_functions[c->function].shape == API_SET_AUTH_IDENTITY;
}

bool program_sets_identity(const struct program *p)
{
    for (size_t i = 0; i < p->call_count; i++)
        if (call_sets_identity(&p->calls[i]))
            return true;
    return false;
}

void program_decode(struct program *p, const uint8_t *bytes, size_t n)
{
    uint8_t header[PROGRAM_HEADER_BYTES] = {0};
    size_t header_bytes = n < sizeof header ? n : sizeof header;
    if (header_bytes > 0)
        memcpy(header, bytes, header_bytes);
    clear_names(p);
    p->world = (struct program_world){
        .restore_mode = header[1] & WORLD_RESTORE,
        .tcp = header[1] & WORLD_TCP,
        .segment = header[2],
        .store = header[3],
    };
    p->call_count = (n - header_bytes) / PROGRAM_CALL_BYTES;
    if (p->call_count > PROGRAM_MAX_CALLS)
        p->call_count = PROGRAM_MAX_CALLS;
    for (size_t i = 0; i < p->call_count; i++)
        decode_call(&p->calls[i], bytes + PROGRAM_HEADER_BYTES + i * PROGRAM_CALL_BYTES);
}

size_t program_encode(const struct program *p, uint8_t out[PROGRAM_MAX_BYTES])
{
    out[0] = PROGRAM_VERSION;
    out[1] =
        (uint8_t)((p->world.restore_mode ? WORLD_RESTORE : 0) | (p->world.tcp ? WORLD_TCP : 0));
    out[2] = p->world.segment;
    out[3] = p->world.store;
    for (size_t i = 0; i < p->call_count; i++)
        encode_call(&p->calls[i], out + PROGRAM_HEADER_BYTES + i * PROGRAM_CALL_BYTES);
    return PROGRAM_HEADER_BYTES + p->call_count * PROGRAM_CALL_BYTES;
}
