/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The rules of the contract, function by function: what the client decides alone.
 */
#include "model.h"

#include "model_internal.h"

#include <windows.h>

#include <ntdsbcli.h>

#include <string.h>

enum {
    PAGE = 8192,
    LEAST_READ = 24576,
    LARGEST_READ = 1 << 20, /* of one call */
    LARGEST_GENERATION = 0xfffff,
    SECONDS_OF_A_DAY = 86400,
};

/* The meaning of a program's texts, by selector. */

static const struct model_answer server_names[] = {
#define TEXT_SERVER(text, code, rule, address) {code, rule},
#include "fuzz/program/texts.def"
};

static const int8_t file_names[] = {
#define TEXT_FILE(text, file) file,
#include "fuzz/program/texts.def"
};

/* The rule that a set of paths breaks. */
static const enum contract_rule paths[] = {
#define TEXT_PATH_SET(word, rule, ...) rule,
#include "fuzz/program/texts.def"
};

static const struct {
    struct model_answer answer;
    enum model_identity becomes;
} identities[] = {
#define TEXT_IDENTITY(word, code, rule, becomes, ...) {{code, rule}, becomes},
#include "fuzz/program/texts.def"
};

static const struct {
    struct model_answer connects;
    int32_t starts;
    bool is_local, is_about_accounts;
    const char *endpoint; /* NULL: none is set */
} settings[] = {
#define TEXT_SETTING(word, code, rule, starts, what, value)                                        \
    {{code, rule},                                                                                 \
     starts,                                                                                       \
     (what) == SETTING_NO_ENDPOINT,                                                                \
     (what) == SETTING_ACCOUNTS || (what) == SETTING_ACCOUNTS_FILE ||                              \
         (what) == SETTING_ACCOUNTS_CUT,                                                           \
     (what) == SETTING_ENDPOINT ? (value) : NULL},
#include "fuzz/program/texts.def"
};

#define entry_of(table, selector) (table)[(selector) % (sizeof(table) / sizeof *(table))]

static bool is_read_size(uint32_t bytes)
{
    return bytes % PAGE == 0 && bytes >= LEAST_READ;
}

int32_t model_token_age(const struct model_view *v)
{
    int64_t good = (int64_t)v->token_days * SECONDS_OF_A_DAY;
    return v->now - v->token_made > good ? hrContentsExpired : S_OK;
}

/* What the client decides -------------------------------------------------------------------- */

static const struct model_answer asks_server = {MODEL_ASKS_SERVER, CONTRACT_NONE};

static struct model_answer bad_argument(enum contract_rule rule)
{
    return (struct model_answer){ERROR_INVALID_PARAMETER, rule};
}

static bool is_over_tcp(const struct model_state *s)
{
    const char *endpoint = entry_of(settings, s->setting).endpoint;
    if (endpoint != NULL)
        return strncmp(endpoint, "ncacn_ip_tcp:", strlen("ncacn_ip_tcp:")) == 0;
    return s->tcp && !entry_of(settings, s->setting).is_local;
}

/* Server name, then what is set, then credentials, then the connection. */
static struct model_answer connects(const struct model_state *s, const struct model_view *v)
{
    const struct model_answer set = entry_of(settings, s->setting).connects;
    int32_t code = entry_of(server_names, v->call->text).code;
    if (code != S_OK)
        return (struct model_answer){code, entry_of(server_names, v->call->text).rule};
    if (set.code != S_OK && set.rule != CONTRACT_SERVER_NAME_NOT_LISTENING)
        return set;
    if (s->identity != IDENTITY_NONE && is_over_tcp(s))
        return (struct model_answer){RPC_S_UNKNOWN_AUTHN_SERVICE,
                                     CONTRACT_ACCESS_IDENTITY_OVER_TCP};
    if (set.code != S_OK)
        return set;
    if (!s->up)
        return (struct model_answer){hrCouldNotConnect, CONTRACT_SERVER_NAME_NOT_LISTENING};
    return asks_server;
}

static struct model_answer goes_out(const struct model_view *v, const struct model_session *h)
{
    if (h->lost || !h->on_server)
        return (struct model_answer){RPC_S_CALL_FAILED_DNE,
                                     api_is_end(v->shape) ? CONTRACT_END_NOT_TOLD
                                                          : CONTRACT_SESSION_ASSOCIATION_LOST};
    return asks_server;
}

static bool server_is_null(const struct model_view *v)
{
    return entry_of(server_names, v->call->text).code == ERROR_INVALID_PARAMETER;
}

static struct model_answer decide_online(const struct model_state *s, const struct model_view *v)
{
    if (server_is_null(v))
        return bad_argument(CONTRACT_ONLINE_NULL_SERVER);
    if (v->call->flags & 1)
        return bad_argument(CONTRACT_ONLINE_NULL_OUTPUT);
    return connects(s, v);
}

static struct model_answer decide_prepare(const struct model_state *s, const struct model_view *v)
{
    const struct call *c = v->call;
    if (server_is_null(v))
        return bad_argument(CONTRACT_PREPARE_NULL_SERVER);
    if (c->flags & 4)
        return bad_argument(CONTRACT_PREPARE_NULL_HANDLE);
    if (c->second != BACKUP_TYPE_FULL)
        return bad_argument(CONTRACT_PREPARE_TYPE);
    if (c->number != 0)
        return bad_argument(CONTRACT_PREPARE_GRBIT);
    if (c->flags & 3)
        return (struct model_answer){hrInvalidParam, CONTRACT_PREPARE_NULL_TOKEN};
    return connects(s, v);
}

static struct model_answer decide_restore_prepare(const struct model_state *s,
                                                  const struct model_view *v)
{
    const struct call *c = v->call;
    if (server_is_null(v))
        return bad_argument(CONTRACT_RESTORE_PREPARE_NULL_SERVER);
    if (c->flags & 1)
        return bad_argument(CONTRACT_RESTORE_PREPARE_NULL_HANDLE);
    if (c->number != 0 && c->number != RESTORE_TYPE_CATCHUP)
        return bad_argument(CONTRACT_RESTORE_PREPARE_FLAGS);
    if (v->token == TOKEN_NULL_OF_A_SIZE)
        return bad_argument(CONTRACT_RESTORE_PREPARE_NULL_TOKEN_SIZE);
    if (v->token == TOKEN_TOO_LONG)
        return (struct model_answer){hrUnknownExpiryTokenFormat,
                                     CONTRACT_RESTORE_PREPARE_TOKEN_LENGTH};
    return connects(s, v);
}

static struct model_answer decide_set_log(const struct model_state *s, const struct model_view *v)
{
    uint32_t number = v->call->number;
    if (server_is_null(v))
        return bad_argument(CONTRACT_SET_LOG_NULL_SERVER);
    if (number > LARGEST_GENERATION && number != BACKUP_DISABLE_INCREMENTAL)
        return bad_argument(CONTRACT_SET_LOG_NUMBER);
    return connects(s, v);
}

static struct model_answer decide_list(const struct model_view *v, const struct model_session *h)
{
    if (v->call->flags & 3)
        return bad_argument(CONTRACT_LIST_NULL_OUTPUT);
    if (v->call->flags & CALL_LIST_NOT_NULL)
        return bad_argument(CONTRACT_LIST_SET_OUTPUT);
    return goes_out(v, h);
}

static struct model_answer decide_open(const struct model_view *v, const struct model_session *h)
{
    const struct call *c = v->call;
    int8_t file = entry_of(file_names, c->text);
    if (c->flags & 1)
        return bad_argument(CONTRACT_OPEN_FILE_NULL_SIZE);
    if (!is_read_size(c->number))
        return bad_argument(CONTRACT_OPEN_FILE_HINT);
    if (file == NO_TEXT)
        return bad_argument(CONTRACT_OPEN_FILE_NO_NAME);
    if (file == BAD_TEXT && !api_functions[c->function].wide)
        return (struct model_answer){ERROR_NO_UNICODE_TRANSLATION, CONTRACT_TEXT_NOT_UTF8};
    return goes_out(v, h);
}

static struct model_answer decide_read(const struct model_view *v, const struct model_session *h)
{
    if (v->call->flags & 3)
        return bad_argument(CONTRACT_READ_NULL_OUTPUT);
    if (!is_read_size(v->read_bytes))
        return bad_argument(CONTRACT_READ_SIZE);
    return goes_out(v, h);
}

static struct model_answer decide_register(const struct model_view *v,
                                           const struct model_session *h)
{
    const struct call *c = v->call;
    if (entry_of(paths, c->text) != CONTRACT_NONE)
        return bad_argument(entry_of(paths, c->text));
    if (c->number > c->second || c->second > LARGEST_GENERATION)
        return bad_argument(CONTRACT_REGISTER_GENERATIONS);
    return goes_out(v, h);
}

static struct model_answer decide_check_token(const struct model_view *v)
{
    switch (v->token) {
    case TOKEN_NULL:
    case TOKEN_NULL_OF_A_SIZE:
        return bad_argument(CONTRACT_CHECK_TOKEN_NULL);
    case TOKEN_VOID:
    case TOKEN_GOOD:
        return model_token_age(v) == S_OK
                   ? (struct model_answer){S_OK, CONTRACT_CHECK_TOKEN_GOOD}
                   : (struct model_answer){hrContentsExpired, CONTRACT_CHECK_TOKEN_EXPIRED};
    default:
        return (struct model_answer){hrUnknownExpiryTokenFormat, CONTRACT_CHECK_TOKEN_FORMAT};
    }
}

static struct model_answer decide_free(const struct model_view *v)
{
    bool ours = v->call->buffer.kind == BUFFER_VARIABLE;
    return (struct model_answer){S_OK, ours ? CONTRACT_FREE_FREES : CONTRACT_FREE_IGNORED};
}

static struct model_answer decide_in_session(const struct model_state *s,
                                             const struct model_view *v)
{
    const struct model_session *h = model_look(s, v->handle);
    enum api_shape shape = v->shape;
    if (h == NULL)
        return bad_argument(CONTRACT_HANDLE_INVALID);
    if (h->backup == model_is_for_restore(shape))
        return bad_argument(shape == API_GET_DATABASE_LOCATIONS ? CONTRACT_LOCATIONS_BACKUP_HANDLE
                                                                : CONTRACT_HANDLE_OTHER_KIND);
    switch (shape) {
    case API_GET_DATABASE_NAMES:
    case API_GET_BACKUP_LOGS:
    case API_GET_DATABASE_LOCATIONS:
        return decide_list(v, h);
    case API_OPEN_FILE:
        return decide_open(v, h);
    case API_READ:
        return decide_read(v, h);
    case API_RESTORE_REGISTER:
        return decide_register(v, h);
    default:
        return goes_out(v, h);
    }
}

static struct model_answer decide_identity(const struct model_view *v)
{
    struct model_answer answer = entry_of(identities, v->call->text).answer;
    bool is_taken = answer.rule == CONTRACT_TEXT_NOT_UTF8 && api_functions[v->call->function].wide;
    return is_taken ? (struct model_answer){S_OK, CONTRACT_IDENTITY_SET} : answer;
}

struct model_answer model_client_decides(const struct model_state *s, const struct model_view *v)
{
    switch (v->shape) {
    case API_IS_NTDS_ONLINE:
        return decide_online(s, v);
    case API_BACKUP_PREPARE:
        return decide_prepare(s, v);
    case API_RESTORE_PREPARE:
        return decide_restore_prepare(s, v);
    case API_SET_CURRENT_BACKUP_LOG:
        return decide_set_log(s, v);
    case API_SET_AUTH_IDENTITY:
        return decide_identity(v);
    case API_CHECK_EXPIRY_TOKEN:
        return decide_check_token(v);
    case API_FREE:
        return decide_free(v);
    default:
        return decide_in_session(s, v);
    }
}

/* For the server's rules ----------------------------------------------------------------------- */

int8_t model_file(const struct model_view *v)
{
    return entry_of(file_names, v->call->text);
}

enum model_identity model_identity(const struct model_view *v)
{
    return entry_of(identities, v->call->text).becomes;
}

int32_t model_start_code(const struct model_state *s)
{
    return entry_of(settings, s->setting).starts;
}

bool model_starts_without_accounts(const struct model_state *s)
{
    return entry_of(settings, s->setting).is_about_accounts;
}
