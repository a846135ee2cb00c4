/* SPDX-License-Identifier: Apache-2.0 */
#include "backup_session.h"

#include "file_io.h"

#include <windows.h>

#include <ntdsbcli.h>

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { PAGE_BYTES = 8192 }; /* AD: DsBackupRead */

struct backup_session {
    const struct store *store;
    enum ntdsb_phase phase;
    struct store_list database, logs;
    struct store_file *open; /* in one of the lists; NULL: no file is open */
    uint32_t file;           /* its name on the wire, or that of the file that was open last */
    int fd;                  /* of the open file */
    uint64_t size;           /* of the open file when it was opened */
};

uint32_t backup_session_create(const struct store *store, struct backup_session **out)
{
    struct backup_session *s = calloc(1, sizeof *s);
    if (s == NULL)
        return ERROR_NOT_ENOUGH_SERVER_MEMORY;
    s->store = store;
    uint32_t code = store_list(store, STORE_DATABASE, &s->database);
    if (code == 0 && !store_has_database(&s->database))
        code = (uint32_t)hrFileNotFound;
    if (code != 0) {
        store_list_destroy(&s->database);
        free(s);
        return code;
    }
    *out = s;
    return 0;
}

static void close_open(struct backup_session *s)
{
    close(s->fd);
    s->open = NULL;
}

void backup_session_destroy(struct backup_session *s)
{
    if (s->open != NULL)
        close_open(s);
    store_list_destroy(&s->database);
    store_list_destroy(&s->logs);
    free(s);
}

bool backup_session_has_open_file(const struct backup_session *s)
{
    return s->open != NULL;
}

void backup_session_agree(struct backup_session *s, const struct ntdsb_session *known)
{
    if (s->open != NULL && s->file != known->file)
        close_open(s);
    if (known->phase < s->phase)
        s->phase = (enum ntdsb_phase)known->phase;
}

uint32_t backup_session_database_names(struct backup_session *s, struct ndr_wide *out)
{
    if (s->open != NULL || s->phase != NTDSB_PHASE_DATABASE)
        return (uint32_t)hrInvalidBackupSequence;
    return store_format_list(s->store, &s->database, out);
}

uint32_t backup_session_logs(struct backup_session *s, struct ndr_wide *out)
{
    if (s->open != NULL || s->phase == NTDSB_PHASE_TRUNCATED)
        return (uint32_t)hrInvalidBackupSequence;
    if (s->phase == NTDSB_PHASE_DATABASE) {
        store_list_destroy(&s->logs);
        uint32_t code = store_list(s->store, STORE_LOGS, &s->logs);
        if (code != 0)
            return code;
        if (store_has_gap(&s->logs))
            return (uint32_t)hrMissingLogFile;
    }
    return store_format_list(s->store, &s->logs, out);
}

void backup_session_enter_log_phase(struct backup_session *s)
{
    s->phase = NTDSB_PHASE_LOGS;
}

static bool is_read_size(uint32_t bytes)
{
    return bytes % PAGE_BYTES == 0 && bytes >= NTDSB_LEAST_READ;
}

uint32_t backup_session_open(struct backup_session *s, const struct ndr_wide *name, uint32_t hint,
                             uint64_t *out_size, uint32_t *out_file)
{
    if (name->length == 0 || !is_read_size(hint))
        return ERROR_INVALID_PARAMETER;
    if (s->open != NULL)
        return (uint32_t)hrAlreadyOpen;
    if (s->phase == NTDSB_PHASE_TRUNCATED)
        return (uint32_t)hrInvalidBackupSequence;
    struct store_file *f = store_find(s->store, &s->database, name);
    if (f != NULL && s->phase != NTDSB_PHASE_DATABASE)
        return (uint32_t)hrInvalidBackupSequence;
    if (f == NULL && s->phase == NTDSB_PHASE_LOGS)
        f = store_find(s->store, &s->logs, name);
    if (f == NULL)
        return (uint32_t)hrFileNotFound;
    uint32_t code = store_open_file(s->store, f, &s->fd, &s->size);
    if (code != 0)
        return code;
    s->open = f;
    if (++s->file == 0)
        s->file = 1;
    *out_size = s->size;
    *out_file = s->file;
    return 0;
}

uint32_t backup_session_check_read(const struct backup_session *s, uint64_t offset, uint32_t size,
                                   uint32_t *out_most)
{
    if (s->open == NULL)
        return (uint32_t)hrInvalidHandle;
    if (!is_read_size(size) || size > NTDSB_MAX_READ || offset > INT64_MAX)
        return ERROR_INVALID_PARAMETER;
    if (offset >= s->size)
        return ERROR_HANDLE_EOF;
    *out_most = s->size - offset < size ? (uint32_t)(s->size - offset) : size;
    return 0;
}

uint32_t backup_session_read(struct backup_session *s, uint64_t offset, uint8_t *room,
                             uint32_t most, uint32_t *out_read)
{
    size_t got;
    uint32_t code = file_read_at(s->fd, room, most, offset, &got);
    if (code == 0 && got == 0)
        code = (uint32_t)hrReadVerifyFailure;
    *out_read = code == 0 ? (uint32_t)got : 0;
    return code;
}

uint32_t backup_session_close(struct backup_session *s, uint32_t file, uint64_t received)
{
    if (s->open == NULL)
        return file != 0 && file == s->file ? 0 : (uint32_t)hrInvalidHandle;
    if (received == s->size)
        s->open->complete = true;
    close_open(s);
    return 0;
}

static bool all_complete(const struct store_list *l)
{
    for (size_t i = 0; i < l->count; i++)
        if (!l->files[i].complete)
            return false;
    return true;
}

uint32_t backup_session_truncate(struct backup_session *s)
{
    if (s->open != NULL || s->phase != NTDSB_PHASE_LOGS || !all_complete(&s->database) ||
        !all_complete(&s->logs))
        return (uint32_t)hrInvalidBackupSequence;
    for (size_t i = 0; i < s->logs.count; i++) {
        struct store_file *f = &s->logs.files[i];
        if (strcmp(f->name, "edb.log") == 0)
            continue;
        uint32_t code = store_delete(s->store, f);
        if (code != 0)
            return code;
    }
    uint32_t code = store_sync(s->store);
    if (code == 0)
        s->phase = NTDSB_PHASE_TRUNCATED;
    return code;
}
