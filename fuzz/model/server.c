/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The rules of the contract, function by function: the server's answer and next state, and the
 * client's state after a success.
 */
#include "model_internal.h"

#include "fuzz/scene/store.h"

#include <windows.h>

#include <ntdsbcli.h>

#include <string.h>

enum { SESSIONS = 12 }; /* of the scene's service, at one time */

static bool directory_is_online(const struct model_state *s)
{
    return !s->restore_mode && s->interlock == INTERLOCK_IS_OPEN;
}

/* What the server answers -------------------------------------------------------------------- */

static struct model_answer ok(enum contract_rule rule)
{
    return (struct model_answer){S_OK, rule};
}

static struct model_answer out_of_sequence(enum contract_rule rule)
{
    return (struct model_answer){hrInvalidBackupSequence, rule};
}

/* Nothing has changed. */
static struct model_answer disk_full(void)
{
    return (struct model_answer){hrDiskFull, CONTRACT_FAILURE_SERVER_DISK_FULL};
}

static struct model_answer answer_names(const struct model_session *h)
{
    if (h->open >= 0)
        return out_of_sequence(CONTRACT_NAMES_FILE_OPEN);
    return h->phase != MODEL_DATABASE ? out_of_sequence(CONTRACT_NAMES_AFTER_LOGS)
                                      : ok(CONTRACT_NAMES_LIST);
}

static struct model_answer answer_open(struct model_state *s, struct model_session *h,
                                       const struct model_view *v)
{
    int8_t file = model_file(v);
    if (h->open >= 0)
        return (struct model_answer){hrAlreadyOpen, CONTRACT_OPEN_FILE_TWICE};
    if (h->phase == MODEL_TRUNCATED)
        return out_of_sequence(CONTRACT_OPEN_FILE_AFTER_TRUNCATE);
    if (file >= 0 && h->database & 1 << file) {
        if (h->phase != MODEL_DATABASE)
            return out_of_sequence(CONTRACT_OPEN_FILE_DATABASE_AFTER_LOGS);
    } else if (file < 0 || h->phase != MODEL_LOGS || !(h->listed & 1 << file)) {
        return (struct model_answer){hrFileNotFound, CONTRACT_OPEN_FILE_NOT_LISTED};
    }
    const struct model_store_file *there = &s->store[file];
    if (!(s->files & 1 << file) || there->place == PLACE_LINK)
        return (struct model_answer){hrFileNotFound, CONTRACT_OPEN_FILE_GONE};
    if (there->denied)
        return (struct model_answer){hrFileAccessDenied, CONTRACT_OPEN_FILE_DENIED};
    if (!model_store_is_listed(s, h, file))
        return (struct model_answer){hrFileNotFound, CONTRACT_OPEN_FILE_GONE};
    h->open = file;
    h->open_identity = (uint16_t)there->identity;
    h->open_size = h->open_holds = there->size;
    h->open_is_known = h->known_is_last = false;
    return ok(CONTRACT_OPEN_FILE_OPENS);
}

static struct model_answer answer_read(const struct model_state *s, const struct model_session *h)
{
    if (h->open < 0)
        return (struct model_answer){hrInvalidHandle, CONTRACT_READ_NO_FILE};
    bool grown = h->open_holds > h->open_size;
    if (h->received >= h->open_size)
        return (struct model_answer){ERROR_HANDLE_EOF,
                                     grown ? CONTRACT_READ_GROWN : CONTRACT_READ_END_OF_FILE};
    if (h->received >= h->open_holds)
        return (struct model_answer){hrReadVerifyFailure, CONTRACT_READ_SHRUNK};
    return ok(model_store_is_listed(s, h, h->open) ? CONTRACT_READ_DATA : CONTRACT_READ_MOVED);
}

static struct model_answer answer_close(struct model_session *h)
{
    /* The file that was closed last may be closed again if the client did not receive the reply. */
    if (h->open < 0)
        return h->known_open >= 0 && h->known_is_last
                   ? ok(CONTRACT_SESSION_UNHEARD)
                   : (struct model_answer){hrInvalidHandle, CONTRACT_CLOSE_NO_FILE};
    if (h->received == h->open_size)
        h->complete |= (uint8_t)(1 << h->open);
    h->open = -1;
    return ok(CONTRACT_CLOSE_CLOSES);
}

/* Of the generations that have a name here, 1 to 3, only the middle one can be missing. */
static bool has_gap(uint8_t logs)
{
    return (logs & 1 << FILE_LOG_1) && (logs & 1 << FILE_LOG_3) && !(logs & 1 << FILE_LOG_2);
}

static struct model_answer answer_logs(struct model_state *s, struct model_session *h)
{
    if (h->open >= 0)
        return out_of_sequence(CONTRACT_LOGS_FILE_OPEN);
    if (h->phase == MODEL_TRUNCATED)
        return out_of_sequence(CONTRACT_LOGS_AFTER_TRUNCATE);
    if (h->phase == MODEL_DATABASE) {
        h->listed = model_store_list(s, LOG_FILES, h->identities);
        if (has_gap(h->listed))
            return (struct model_answer){hrMissingLogFile, CONTRACT_LOGS_GAP};
    }
    h->phase = MODEL_LOGS;
    return ok(CONTRACT_LOGS_LIST);
}

bool model_may_truncate(const struct model_session *h)
{
    uint8_t needed = (uint8_t)(h->database | h->listed);
    if (*scene_further_patches() != NULL)
        return false; /* no program can name them, and so read them */
    return h->open < 0 && h->phase == MODEL_LOGS && (h->complete & needed) == needed;
}

static struct model_answer answer_truncate(struct model_state *s, struct model_session *h)
{
    if (h->open >= 0)
        return out_of_sequence(CONTRACT_TRUNCATE_FILE_OPEN);
    if (h->phase == MODEL_TRUNCATED)
        return out_of_sequence(CONTRACT_TRUNCATE_TWICE);
    if (!model_may_truncate(h))
        return out_of_sequence(CONTRACT_TRUNCATE_TOO_EARLY);
    bool others = false;
    for (int f = FILE_LOG_1; f < FILE_LOG_CURRENT; f++) {
        bool is_there = s->files & 1 << f;
        if (is_there && (h->listed & 1 << f) && model_store_is_listed(s, h, f))
            s->files &= (uint8_t) ~(1 << f);
        else
            others |= is_there || (h->listed & 1 << f);
    }
    s->doubtful_logs = 0;
    h->phase = MODEL_TRUNCATED;
    return ok(others ? CONTRACT_TRUNCATE_LISTED_ALONE : CONTRACT_TRUNCATE_DELETES);
}

static bool is_registered_by_a_session(const struct model_state *s)
{
    for (unsigned i = 0; i < s->session_count; i++)
        if (s->sessions[i].registered && s->sessions[i].on_server)
            return true;
    return false;
}

static struct model_answer answer_register(struct model_state *s, struct model_session *h)
{
    if (h->restricted)
        return (struct model_answer){hrMissingExpiryToken, CONTRACT_REGISTER_RESTRICTED};
    if (is_registered_by_a_session(s))
        return (struct model_answer){hrRestoreInProgress, CONTRACT_REGISTER_TWICE};
    if (s->disk_full)
        return disk_full();
    h->registered = true;
    s->interlock = INTERLOCK_IS_REGISTERED;
    s->interlock_certain = true;
    return ok(CONTRACT_REGISTER_LOCKS);
}

static struct model_answer answer_complete(struct model_state *s, struct model_session *h,
                                           int32_t state)
{
    if (h->restricted)
        return (struct model_answer){hrMissingExpiryToken, CONTRACT_COMPLETE_RESTRICTED};
    if (!h->registered)
        return out_of_sequence(CONTRACT_COMPLETE_NOT_REGISTERED);
    /* Only a failed restore is written down. */
    if (s->disk_full && state != S_OK)
        return disk_full();
    h->registered = false;
    s->interlock = state == S_OK ? INTERLOCK_IS_OPEN : INTERLOCK_IS_FAILED;
    s->interlock_certain = true;
    return ok(state == S_OK ? CONTRACT_COMPLETE_UNLOCKS : CONTRACT_COMPLETE_FAILED);
}

void model_agree(struct model_session *h)
{
    if (!h->open_is_known)
        h->open = -1;
    if (h->known_phase < h->phase)
        h->phase = h->known_phase;
}

static struct model_answer answer_in_session(struct model_state *s, const struct model_view *v,
                                             const struct model *m)
{
    (void)m;
    struct model_session *h = model_find(s, v->handle);
    if (h->backup && v->shape != API_BACKUP_END)
        model_agree(h);
    switch (v->shape) {
    case API_GET_DATABASE_NAMES:
        return answer_names(h);
    case API_OPEN_FILE:
        return answer_open(s, h, v);
    case API_READ:
        return answer_read(s, h);
    case API_CLOSE:
        return answer_close(h);
    case API_GET_BACKUP_LOGS:
        return answer_logs(s, h);
    case API_TRUNCATE_LOGS:
        return answer_truncate(s, h);
    case API_RESTORE_REGISTER:
        return answer_register(s, h);
    case API_RESTORE_REGISTER_COMPLETE:
        return answer_complete(s, h, (int32_t)v->call->number);
    case API_GET_DATABASE_LOCATIONS:
        return ok(CONTRACT_LOCATIONS_LIST);
    default: /* the Ends */
        return ok(h->registered ? CONTRACT_END_KEEPS_INTERLOCK : CONTRACT_END_CONSUMES);
    }
}

static bool has_room(const struct model_state *s)
{
    unsigned n = 0;
    for (unsigned i = 0; i < s->session_count; i++)
        n += s->sessions[i].on_server;
    return n < SESSIONS;
}

static struct model_answer answer_prepare(const struct model_state *s)
{
    if (!directory_is_online(s))
        return (struct model_answer){hrCouldNotConnect, CONTRACT_PREPARE_OFFLINE};
    if (!has_room(s))
        return (struct model_answer){hrBackupInProgress, CONTRACT_PREPARE_TOO_MANY};
    uint16_t identities[MODEL_FILES];
    if (!model_store_list(s, 1 << FILE_DATABASE, identities))
        return (struct model_answer){hrFileNotFound, CONTRACT_PREPARE_NO_DATABASE};
    return ok(CONTRACT_PREPARE_SESSION);
}

static struct model_answer answer_restore_prepare(const struct model_state *s,
                                                  const struct model_view *v)
{
    bool restricted = v->token == TOKEN_NULL;
    if (!restricted) {
        if (directory_is_online(s))
            return (struct model_answer){hrInvalidOperation, CONTRACT_RESTORE_PREPARE_ONLINE};
        if (v->token != TOKEN_GOOD)
            return (struct model_answer){hrUnknownExpiryTokenFormat,
                                         CONTRACT_RESTORE_PREPARE_TOKEN_FORMAT};
        if (model_token_age(v) != S_OK)
            return (struct model_answer){model_token_age(v),
                                         CONTRACT_RESTORE_PREPARE_TOKEN_EXPIRED};
    }
    if (!has_room(s))
        return (struct model_answer){hrBackupInProgress, CONTRACT_RESTORE_PREPARE_TOO_MANY};
    if (restricted)
        return ok(CONTRACT_RESTORE_PREPARE_RESTRICTED);
    return ok(v->now < v->token_made ? CONTRACT_TIME_CLOCK_BACK : CONTRACT_RESTORE_PREPARE_SESSION);
}

struct model_answer model_server_answers(struct model_state *s, const struct model_view *v,
                                         const struct model *m)
{
    if (api_parameters(v->shape)[0].kind == PARAMETER_HANDLE)
        return answer_in_session(s, v, m);
    if (s->identity == IDENTITY_BAD || (s->identity == IDENTITY_GOOD && s->without_accounts))
        return (struct model_answer){ERROR_ACCESS_DENIED, CONTRACT_ACCESS_DENIED};
    switch (v->shape) {
    case API_BACKUP_PREPARE:
        return answer_prepare(s);
    case API_RESTORE_PREPARE:
        return answer_restore_prepare(s, v);
    case API_IS_NTDS_ONLINE:
        return ok(CONTRACT_ONLINE_ANSWER);
    default: /* SetCurrentBackupLog */
        if (s->disk_full)
            return disk_full();
        return ok(v->call->number == BACKUP_DISABLE_INCREMENTAL
                      ? CONTRACT_SET_LOG_DISABLE_INCREMENTAL
                      : CONTRACT_SET_LOG_DURABLE);
    }
}

/* What the client makes of a success ----------------------------------------------------------- */

static void add_session(struct model_state *s, const struct model_view *v,
                        const struct model_seen *seen)
{
    bool backup = v->shape == API_BACKUP_PREPARE;
    struct model_session *h = &s->sessions[s->session_count++];
    memset(h, 0, sizeof *h); /* padding too: states are compared as bytes */
    h->handle = seen->handle_out;
    h->backup = backup;
    h->on_server = true;
    h->restricted = !backup && v->token == TOKEN_NULL;
    h->open = h->known_open = -1;
    if (!backup)
        return;
    h->database = model_store_list(s, DATABASE_FILES, h->identities);
    h->further = s->further;
}

void model_client_takes(struct model_state *s, const struct model_view *v,
                        const struct model_seen *seen)
{
    struct model_session *h = model_find(s, v->handle);
    switch (v->shape) {
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
