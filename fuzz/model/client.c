/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The rules of the contract, function by function: what the client decides alone.
 */
#include "model.h"

#include "model_internal.h"

#include <windows.h>

#include <ntdsbcli.h>

enum {
    PAGE = 8192,
    LEAST_READ = 24576,
    LARGEST_READ = 1 << 20, /* that one call brings */
    LARGEST_GENERATION = 0xfffff,
    TOMBSTONE_SECONDS = 60 * 86400,
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
    S_OK,
    S_OK,
    RPC_S_INVALID_BINDING,
    RPC_S_INVALID_BINDING,
};

static const int8_t file_names[] = {
    FILE_DATABASE, FILE_LOG_1, FILE_LOG_CURRENT, FILE_LOG_2, FILE_PATCH, FILE_DATABASE,
    FILE_LOG_1,    FILE_LOG_2, NOT_LISTED,       NOT_LISTED, NOT_LISTED, NOT_LISTED,
    NOT_LISTED,    NOT_LISTED, NO_TEXT,          NOT_LISTED, NO_TEXT,    BAD_TEXT,
};

/* store, other; a NULL path; maps: none, NULL, negative, huge; unicode; several entries */
static const bool good_paths[] = {true,  true,  false, false, false, true,
                                  false, false, false, true,  true};

/* none, operator, wrong-password, unknown-user; no-user; no-password; long; guest, domain-guest,
   other-domain, prefix, guest-wrong-domain-word, separated-by-another-sign */
static const struct {
    int32_t code;
    enum model_identity becomes;
} identities[] = {{S_OK, IDENTITY_NONE},
                  {S_OK, IDENTITY_GOOD},
                  {S_OK, IDENTITY_BAD},
                  {S_OK, IDENTITY_BAD},
                  {ERROR_INVALID_PARAMETER, IDENTITY_NONE},
                  {S_OK, IDENTITY_BAD},
                  {ERROR_INVALID_PARAMETER, IDENTITY_NONE},
                  {S_OK, IDENTITY_GOOD},
                  {S_OK, IDENTITY_GOOD},
                  {S_OK, IDENTITY_BAD},
                  {S_OK, IDENTITY_BAD},
                  {S_OK, IDENTITY_BAD},
                  {S_OK, IDENTITY_BAD}};

#define PICK(table, selector) (table)[(selector) % (sizeof(table) / sizeof *(table))]

/* ---------------------------------------------------------------------------------------------- */

struct model_session *model_find(struct model_state *s, uint64_t handle)
{
    for (unsigned i = 0; i < s->session_count; i++)
        if (s->sessions[i].handle == handle)
            return &s->sessions[i];
    return NULL;
}

const struct model_session *model_look(const struct model_state *s, uint64_t handle)
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

static bool is_read_size(uint32_t bytes)
{
    return bytes % PAGE == 0 && bytes >= LEAST_READ;
}

int32_t model_token_age(const struct model_view *v)
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
        return model_token_age(v);
    default:
        return hrUnknownExpiryTokenFormat;
    }
}

static int32_t decide_in_session(const struct model_state *s, const struct model_view *v)
{
    const struct call *c = v->call;
    const struct model_session *h = model_look(s, v->handle);
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

/* For the server's rules ----------------------------------------------------------------------- */

int8_t model_file(const struct model_view *v)
{
    return PICK(file_names, v->call->text);
}

enum model_identity model_identity(const struct model_view *v)
{
    return PICK(identities, v->call->text).becomes;
}
