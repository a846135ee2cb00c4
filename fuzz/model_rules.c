/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The rules of the contract, function by function: what the client decides alone, what the server
 * answers and becomes, what the client makes of a success.
 */
#include "model.h"

#include "faults/clock.h"
#include "model_internal.h"

#include <windows.h>

#include <ntdsbcli.h>

enum {
    PAGE = 8192,
    LEAST_READ = 24576,
    LARGEST_READ = 1 << 20, /* that one call brings */
    LARGEST_GENERATION = 0xfffff,
    TOMBSTONE_SECONDS = 60 * 86400,
    SESSIONS = 12, /* of the scene's service, at one time */
    NOT_LISTED = -1,
    NO_TEXT = -2,  /* NULL or empty */
    BAD_TEXT = -3, /* no UTF-8, so no text for the A functions */
};

/* What the texts of program.c mean here, by selector. ------------------------------------------ */

static const int32_t server_names[] = {
    S_OK,
    S_OK,
    S_OK,
    S_OK,
    S_OK,
    hrCouldNotConnect,
    hrCouldNotConnect,
    hrCouldNotConnect,
    hrCouldNotConnect,
    RPC_S_INVALID_BINDING,
    hrCouldNotConnect,
    hrCouldNotConnect,
    hrCouldNotConnect,
    hrCouldNotConnect,
    ERROR_INVALID_PARAMETER,
};

static const int8_t file_names[] = {
    FILE_DATABASE, FILE_LOG_1, FILE_LOG_CURRENT, FILE_LOG_2, FILE_PATCH, FILE_DATABASE,
    FILE_LOG_1,    FILE_LOG_2, NOT_LISTED,       NOT_LISTED, NOT_LISTED, NOT_LISTED,
    NOT_LISTED,    NOT_LISTED, NO_TEXT,          NOT_LISTED, NO_TEXT,    BAD_TEXT,
};

/* store, other; a NULL path; maps: none, NULL, negative, huge */
static const bool good_paths[] = {true, true, false, false, false, true, false, false, false};

/* none, operator, wrong-password, unknown-user; no-user; no-password; long */
static const struct {
    int32_t code;
    enum model_identity becomes;
} identities[] = {{S_OK, IDENTITY_NONE},
                  {S_OK, IDENTITY_GOOD},
                  {S_OK, IDENTITY_BAD},
                  {S_OK, IDENTITY_BAD},
                  {ERROR_INVALID_PARAMETER, IDENTITY_NONE},
                  {S_OK, IDENTITY_BAD},
                  {ERROR_INVALID_PARAMETER, IDENTITY_NONE}};

#define PICK(table, selector) (table)[(selector) % (sizeof(table) / sizeof *(table))]

/* ---------------------------------------------------------------------------------------------- */

struct model_session *model_find(struct model_state *s, uint64_t handle)
{
    for (unsigned i = 0; i < s->session_count; i++)
        if (s->sessions[i].handle == handle)
            return &s->sessions[i];
    return NULL;
}

static const struct model_session *find(const struct model_state *s, uint64_t handle)
{
    return model_find((struct model_state *)(uintptr_t)s, handle);
}

bool model_is_for_restore(enum api_shape shape)
{
    return shape == API_GET_DATABASE_LOCATIONS || shape == API_RESTORE_REGISTER ||
           shape == API_RESTORE_REGISTER_COMPLETE || shape == API_RESTORE_END;
}

enum api_shape model_shape(const struct model_view *v)
{
    return api_functions[v->call->function].shape;
}

static bool directory_is_online(const struct model_state *s)
{
    return !s->restore_mode && s->interlock == INTERLOCK_IS_OPEN;
}

static bool is_read_size(uint32_t bytes)
{
    return bytes % PAGE == 0 && bytes >= LEAST_READ;
}

static int32_t token_age(const struct model_view *v)
{
    return v->now - v->token_made > TOMBSTONE_SECONDS ? hrContentsExpired : S_OK;
}

/* What the client decides -------------------------------------------------------------------- */

/* Server name, then credentials, then the connection. */
static int32_t connects(const struct model_state *s, const struct model_view *v)
{
    int32_t code = PICK(server_names, v->call->text);
    if (code != S_OK)
        return code;
    if (s->identity != IDENTITY_NONE && s->tcp)
        return RPC_S_UNKNOWN_AUTHN_SERVICE;
    return s->up ? MODEL_ASKS_SERVER : hrCouldNotConnect;
}

static int32_t goes_out(const struct model_session *h)
{
    return h->lost || !h->on_server ? RPC_S_CALL_FAILED_DNE : MODEL_ASKS_SERVER;
}

static bool server_is_null(const struct model_view *v)
{
    return PICK(server_names, v->call->text) == ERROR_INVALID_PARAMETER;
}

static int32_t decide_prepare(const struct model_state *s, const struct model_view *v)
{
    const struct call *c = v->call;
    if (server_is_null(v) || c->flags & 4 || c->second != BACKUP_TYPE_FULL || c->number != 0)
        return ERROR_INVALID_PARAMETER;
    if (c->flags & 3)
        return hrInvalidParam;
    return connects(s, v);
}

static int32_t decide_restore_prepare(const struct model_state *s, const struct model_view *v)
{
    const struct call *c = v->call;
    if (server_is_null(v) || c->flags & 1 || (c->number != 0 && c->number != RESTORE_TYPE_CATCHUP))
        return ERROR_INVALID_PARAMETER;
    return connects(s, v);
}

static int32_t decide_open(const struct model_view *v, const struct model_session *h)
{
    const struct call *c = v->call;
    int8_t file = PICK(file_names, c->text);
    if (c->flags & 1 || !is_read_size(c->number) || file == NO_TEXT)
        return ERROR_INVALID_PARAMETER;
    if (file == BAD_TEXT && !api_functions[c->function].wide)
        return ERROR_NO_UNICODE_TRANSLATION;
    return goes_out(h);
}

static int32_t decide_check_token(const struct model_view *v)
{
    switch (v->token) {
    case TOKEN_NULL:
        return ERROR_INVALID_PARAMETER;
    case TOKEN_GOOD:
        return token_age(v);
    default:
        return hrUnknownExpiryTokenFormat;
    }
}

static int32_t decide_in_session(const struct model_state *s, const struct model_view *v)
{
    const struct call *c = v->call;
    const struct model_session *h = find(s, v->handle);
    if (h == NULL || h->backup == model_is_for_restore(model_shape(v)))
        return ERROR_INVALID_PARAMETER;
    switch (model_shape(v)) {
    case API_GET_DATABASE_NAMES:
    case API_GET_BACKUP_LOGS:
    case API_GET_DATABASE_LOCATIONS:
        return c->flags & (3 | CALL_LIST_NOT_NULL) ? ERROR_INVALID_PARAMETER : goes_out(h);
    case API_OPEN_FILE:
        return decide_open(v, h);
    case API_READ:
        return c->flags & 3 || !is_read_size(v->read_bytes) ? ERROR_INVALID_PARAMETER : goes_out(h);
    case API_RESTORE_REGISTER:
        return !PICK(good_paths, c->text) || c->number > c->second || c->second > LARGEST_GENERATION
                   ? ERROR_INVALID_PARAMETER
                   : goes_out(h);
    default:
        return goes_out(h);
    }
}

int32_t model_client_decides(const struct model_state *s, const struct model_view *v)
{
    const struct call *c = v->call;
    switch (model_shape(v)) {
    case API_IS_NTDS_ONLINE:
        return server_is_null(v) || c->flags & 1 ? ERROR_INVALID_PARAMETER : connects(s, v);
    case API_BACKUP_PREPARE:
        return decide_prepare(s, v);
    case API_RESTORE_PREPARE:
        return decide_restore_prepare(s, v);
    case API_SET_CURRENT_BACKUP_LOG:
        return server_is_null(v) ||
                       (c->number > LARGEST_GENERATION && c->number != BACKUP_DISABLE_INCREMENTAL)
                   ? ERROR_INVALID_PARAMETER
                   : connects(s, v);
    case API_SET_AUTH_IDENTITY:
        return PICK(identities, c->text).code;
    case API_CHECK_EXPIRY_TOKEN:
        return decide_check_token(v);
    case API_FREE:
        return S_OK;
    default:
        return decide_in_session(s, v);
    }
}

/* What the server answers -------------------------------------------------------------------- */

static int32_t answer_open(struct model_state *s, struct model_session *h,
                           const struct model_view *v)
{
    int8_t file = PICK(file_names, v->call->text);
    if (h->open >= 0)
        return hrAlreadyOpen;
    if (h->phase == MODEL_TRUNCATED)
        return hrInvalidBackupSequence;
    if (file >= 0 && DATABASE_FILES & 1 << file) {
        if (h->phase != MODEL_DATABASE)
            return hrInvalidBackupSequence;
    } else if (file < 0 || h->phase != MODEL_LOGS || !(h->listed & 1 << file) ||
               !(s->logs & 1 << file)) {
        return hrFileNotFound;
    }
    h->open = file;
    h->open_is_known = h->known_is_last = false;
    return S_OK;
}

static int32_t answer_read(const struct model_session *h, const struct model *m)
{
    if (h->open < 0)
        return hrInvalidHandle;
    return h->received >= model_file_size(m, h->open) ? ERROR_HANDLE_EOF : S_OK;
}

static int32_t answer_close(struct model_session *h, const struct model *m)
{
    /* The file that was closed last may be closed again: the client has not heard of it. */
    if (h->open < 0)
        return h->known_open >= 0 && h->known_is_last ? S_OK : hrInvalidHandle;
    if (h->received == model_file_size(m, h->open))
        h->complete |= (uint8_t)(1 << h->open);
    h->open = -1;
    return S_OK;
}

static int32_t answer_logs(struct model_state *s, struct model_session *h)
{
    if (h->open >= 0 || h->phase == MODEL_TRUNCATED)
        return hrInvalidBackupSequence;
    if (h->phase == MODEL_DATABASE)
        h->listed = s->logs;
    h->phase = MODEL_LOGS;
    return S_OK;
}

bool model_may_truncate(const struct model_session *h)
{
    uint8_t needed = (uint8_t)(DATABASE_FILES | h->listed);
    return h->open < 0 && h->phase == MODEL_LOGS && (h->complete & needed) == needed;
}

static int32_t answer_truncate(struct model_state *s, struct model_session *h)
{
    if (!model_may_truncate(h))
        return hrInvalidBackupSequence;
    s->logs &= (uint8_t) ~(h->listed & ~(1 << FILE_LOG_CURRENT));
    s->doubtful_logs = 0;
    h->phase = MODEL_TRUNCATED;
    return S_OK;
}

static bool is_registered_by_a_session(const struct model_state *s)
{
    for (unsigned i = 0; i < s->session_count; i++)
        if (s->sessions[i].registered && s->sessions[i].on_server)
            return true;
    return false;
}

static int32_t answer_register(struct model_state *s, struct model_session *h)
{
    if (h->restricted)
        return hrMissingExpiryToken;
    if (is_registered_by_a_session(s))
        return hrRestoreInProgress;
    h->registered = true;
    s->interlock = INTERLOCK_IS_REGISTERED;
    s->interlock_certain = true;
    return S_OK;
}

static int32_t answer_complete(struct model_state *s, struct model_session *h, int32_t state)
{
    if (h->restricted)
        return hrMissingExpiryToken;
    if (!h->registered)
        return hrInvalidBackupSequence;
    h->registered = false;
    s->interlock = state == S_OK ? INTERLOCK_IS_OPEN : INTERLOCK_IS_FAILED;
    s->interlock_certain = true;
    return S_OK;
}

/* First in every call of a backup session but End. */
static void agree(struct model_session *h)
{
    if (!h->open_is_known)
        h->open = -1;
    if (h->known_phase < h->phase)
        h->phase = h->known_phase;
}

static int32_t answer_in_session(struct model_state *s, const struct model_view *v,
                                 const struct model *m)
{
    struct model_session *h = model_find(s, v->handle);
    if (h->backup && model_shape(v) != API_BACKUP_END)
        agree(h);
    switch (model_shape(v)) {
    case API_GET_DATABASE_NAMES:
        return h->open >= 0 || h->phase != MODEL_DATABASE ? hrInvalidBackupSequence : S_OK;
    case API_OPEN_FILE:
        return answer_open(s, h, v);
    case API_READ:
        return answer_read(h, m);
    case API_CLOSE:
        return answer_close(h, m);
    case API_GET_BACKUP_LOGS:
        return answer_logs(s, h);
    case API_TRUNCATE_LOGS:
        return answer_truncate(s, h);
    case API_RESTORE_REGISTER:
        return answer_register(s, h);
    case API_RESTORE_REGISTER_COMPLETE:
        return answer_complete(s, h, (int32_t)v->call->number);
    default: /* GetDatabaseLocations, the Ends */
        return S_OK;
    }
}

static bool has_room(const struct model_state *s)
{
    unsigned n = 0;
    for (unsigned i = 0; i < s->session_count; i++)
        n += s->sessions[i].on_server;
    return n < SESSIONS;
}

static int32_t answer_restore_prepare(const struct model_state *s, const struct model_view *v)
{
    if (v->token != TOKEN_NULL) {
        if (directory_is_online(s))
            return hrInvalidOperation;
        if (v->token != TOKEN_GOOD)
            return hrUnknownExpiryTokenFormat;
        if (token_age(v) != S_OK)
            return token_age(v);
    }
    return has_room(s) ? S_OK : hrBackupInProgress;
}

int32_t model_server_answers(struct model_state *s, const struct model_view *v,
                             const struct model *m)
{
    if (api_parameters(model_shape(v))[0].kind == PARAMETER_HANDLE)
        return answer_in_session(s, v, m);
    if (s->identity == IDENTITY_BAD)
        return ERROR_ACCESS_DENIED;
    switch (model_shape(v)) {
    case API_BACKUP_PREPARE:
        return !directory_is_online(s) ? hrCouldNotConnect
               : has_room(s)           ? S_OK
                                       : hrBackupInProgress;
    case API_RESTORE_PREPARE:
        return answer_restore_prepare(s, v);
    default: /* IsNTDSOnline, SetCurrentBackupLog */
        return S_OK;
    }
}

/* What the client makes of a success ----------------------------------------------------------- */

static void add_session(struct model_state *s, const struct model_view *v,
                        const struct model_seen *seen)
{
    bool backup = model_shape(v) == API_BACKUP_PREPARE;
    s->sessions[s->session_count++] = (struct model_session){
        .handle = seen->handle_out,
        .backup = backup,
        .on_server = true,
        .restricted = !backup && v->token == TOKEN_NULL,
        .open = -1,
        .known_open = -1,
    };
}

void model_client_takes(struct model_state *s, const struct model_view *v,
                        const struct model_seen *seen)
{
    struct model_session *h = model_find(s, v->handle);
    switch (model_shape(v)) {
    case API_BACKUP_PREPARE:
    case API_RESTORE_PREPARE:
        add_session(s, v, seen);
        break;
    case API_OPEN_FILE:
        h->received = 0;
        h->known_open = h->open;
        h->open_is_known = h->known_is_last = true;
        break;
    case API_CLOSE:
        h->known_open = -1;
        break;
    case API_GET_BACKUP_LOGS:
    case API_TRUNCATE_LOGS:
        h->known_phase = h->phase;
        break;
    case API_READ:
        h->received += seen->read_bytes;
        break;
    case API_SET_AUTH_IDENTITY:
        s->identity = (uint8_t)PICK(identities, v->call->text).becomes;
        break;
    default:
        break;
    }
}
