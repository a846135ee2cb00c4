/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The rules of the contract, function by function: what the server answers and becomes, and what
 * the client makes of a success.
 */
#include "model_internal.h"

#include <windows.h>

#include <ntdsbcli.h>

enum { SESSIONS = 12 }; /* of the scene's service, at one time */

static bool directory_is_online(const struct model_state *s)
{
    return !s->restore_mode && s->interlock == INTERLOCK_IS_OPEN;
}

/* What the server answers -------------------------------------------------------------------- */

static int32_t answer_open(struct model_state *s, struct model_session *h,
                           const struct model_view *v)
{
    int8_t file = model_file(v);
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

void model_agree(struct model_session *h)
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
        model_agree(h);
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
        if (model_token_age(v) != S_OK)
            return model_token_age(v);
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
        s->identity = (uint8_t)model_identity(v);
        break;
    default:
        break;
    }
}
