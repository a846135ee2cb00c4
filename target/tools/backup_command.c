/* SPDX-License-Identifier: Apache-2.0 */
/*
 * dsbackup backup: the documented walkthrough, in an order that loses nothing in a crash: token,
 * database and patch files, logs, manifest - all of it durable - and only then the logs on the
 * server are truncated. The published order saves the token after the truncation; a crash
 * between the two would leave logs that exist only in a backup which, without its token, cannot
 * be restored.
 */
#include "dsbackup.h"

#include "backup_directory.h"
#include "durable_file.h"
#include "messages.h"
#include "missing_logs.h"
#include "names.h"
#include "progress.h"

#include <ntdsbcli.h>

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct backup {
    const struct settings *settings;
    struct backup_directory directory;
    struct manifest manifest;
    HBC handle;
    void *token;
    DWORD token_bytes;
    unsigned char *block; /* COPY_BLOCK bytes */
    uint64_t bytes;       /* received */
};

/* One file ---------------------------------------------------------------------------------- */

/* Reads the open file to its end into `file`. */
static bool read_all(struct backup *b, struct manifest_file *m, struct durable_file *file)
{
    struct sha256_ctx sum;
    struct progress progress;
    bool done = false;
    sha256_init(&sum);
    progress_start(&progress, b->settings->progress, "reading", m->name, m->size);
    while (!done) {
        DWORD n = 0;
        if (dsbackup_interrupted()) {
            message("interrupted");
            break;
        }
        HRESULT code = DsBackupRead(b->handle, b->block, COPY_BLOCK, &n);
        if (code == ERROR_HANDLE_EOF) {
            done = file->offset == m->size;
            if (!done)
                message("%s: the server sent %" PRIu64 " of %" PRIu64 " bytes", m->name,
                        file->offset, m->size);
            break;
        }
        if (code != S_OK) {
            message_call("DsBackupRead", code, m->name);
            break;
        }
        /* More than announced: a server that never reports the end must not fill the disk. */
        if (n == 0 || n > COPY_BLOCK || n > m->size - file->offset) {
            message("%s: the server sent more than the %" PRIu64 " bytes it has", m->name, m->size);
            break;
        }
        if (!durable_append(file, b->block, n)) {
            message_errno(m->name, "cannot be written");
            break;
        }
        sha256_update(&sum, n, b->block);
        progress_add(&progress, n);
        b->bytes += n;
    }
    progress_end(&progress);
    m->checksum = digest_finish(&sum);
    return done;
}

/* Reads the open file and makes the copy durable. */
static bool save(struct backup *b, struct manifest_file *m)
{
    struct durable_file file;
    if (!durable_open(&file, b->directory.partial, m->name, b->directory.resumed)) {
        message_errno(m->name, "cannot be made in the backup");
        return false;
    }
    bool done = read_all(b, m, &file);
    if (!done && file.offset == 0 && !b->directory.resumed)
        unlinkat(b->directory.partial, m->name, 0);
    if (done && !(done = durable_finish(&file)))
        message_errno(m->name, "cannot be written");
    durable_abandon(&file);
    return done;
}

/* `entry`: BFT character and UNC name, as listed. */
static bool backup_file(struct backup *b, char *entry)
{
    LARGE_INTEGER size = {0};
    struct manifest_file m = {.kind = entry[0], .origin = entry + 1};
    m.name = entry + 1 + (names_last_component(entry + 1) - (entry + 1));
    if (!manifest_may_add(&b->manifest, &m))
        return false;
    HRESULT code = DsBackupOpenFileA(b->handle, entry, COPY_BLOCK, &size);
    if (code != S_OK) {
        message_call("DsBackupOpenFile", code, m.name);
        return false;
    }
    m.size = (uint64_t)size.QuadPart;
    bool done = save(b, &m);
    code = DsBackupClose(b->handle);
    if (done && code != S_OK) {
        message_call("DsBackupClose", code, m.name);
        done = false;
    }
    return done && manifest_add(&b->manifest, &m);
}

typedef HRESULT list_function(HBC handle, LPSTR *list, LPDWORD bytes);

static bool backup_list(struct backup *b, list_function *get, const char *call)
{
    char *list = NULL;
    DWORD bytes = 0;
    bool done = true;
    HRESULT code = get(b->handle, &list, &bytes);
    if (code != S_OK) {
        message_call(call, code, NULL);
        if (code == hrMissingLogFile)
            missing_logs_tell(b->settings->server);
        return false;
    }
    for (char *entry = list; done && *entry != '\0'; entry += strlen(entry) + 1)
        done = backup_file(b, entry);
    DsBackupFree(list);
    return done;
}

/* The session ------------------------------------------------------------------------------- */

static bool prepare(struct backup *b)
{
    BOOL online = FALSE;
    const char *server = b->settings->server;
    HRESULT code = DsIsNTDSOnlineA(server, &online);
    if (code != S_OK) {
        message_call("DsIsNTDSOnline", code, server);
        return false;
    }
    if (!online) {
        message("the directory is offline; a backup needs it online");
        return false;
    }
    code = DsBackupPrepareA(server, 0, BACKUP_TYPE_FULL, &b->token, &b->token_bytes, &b->handle);
    if (code != S_OK)
        message_call("DsBackupPrepare", code, code == hrFileNotFound ? "ntds.dit" : server);
    return code == S_OK;
}

static bool save_token(struct backup *b)
{
    if (b->token_bytes == 0 || b->token_bytes > TOKEN_MAX) {
        message("the server gave an expiry token of %" PRIu32 " bytes", b->token_bytes);
        return false;
    }
    b->manifest.token_size = b->token_bytes;
    b->manifest.token_checksum = digest_of(b->token, b->token_bytes);
    if (durable_write(b->directory.partial, TOKEN_NAME, b->token, b->token_bytes))
        return true;
    message_errno(b->directory.partial_path, "the expiry token cannot be saved");
    return false;
}

/* The backup is complete now; a failure here only leaves more logs than needed on the server. */
static bool truncate_logs(struct backup *b)
{
    HRESULT code = S_OK;
    bool interrupted = dsbackup_interrupted();
    if (!b->settings->truncate)
        return true;
    if (interrupted)
        message("interrupted");
    else if ((code = DsBackupTruncateLogs(b->handle)) != S_OK)
        message_call("DsBackupTruncateLogs", code, NULL);
    if (!interrupted && code == S_OK)
        return true;
    message("%s is a whole backup, but the server may have kept logs that are in it",
            b->directory.path);
    return false;
}

static bool has_database(const struct backup *b)
{
    for (size_t i = 0; i < b->manifest.count; i++)
        if (b->manifest.files[i].kind == KIND_DATABASE)
            return true;
    message("the server lists no database");
    return false;
}

static bool run(struct backup *b)
{
    bool published =
        save_token(b) && backup_list(b, DsBackupGetDatabaseNamesA, "DsBackupGetDatabaseNames") &&
        has_database(b) && backup_list(b, DsBackupGetBackupLogsA, "DsBackupGetBackupLogs") &&
        backup_directory_publish(&b->directory, &b->manifest);
    if (!published) {
        backup_directory_fail(&b->directory, b->bytes > 0);
        return false;
    }
    if (!truncate_logs(b))
        return false;
    if (!b->settings->quiet)
        printf("%zu files, %" PRIu64 " bytes: %s\n", b->manifest.count, b->bytes,
               b->directory.path);
    return true;
}

static void end(struct backup *b)
{
    DsBackupFree(b->token);
    if (b->handle == NULL)
        return;
    HRESULT code = DsBackupEnd(b->handle);
    /* In any case the session has ended on this side, and the server sees the connection close. */
    if (code != S_OK && !dsbackup_interrupted())
        message_call("DsBackupEnd", code, "the server ends the session by itself");
}

bool backup_command(const struct settings *settings)
{
    struct backup b = {.settings = settings, .block = malloc(COPY_BLOCK)};
    bool done = false;
    if (b.block == NULL)
        message("out of memory");
    else
        done = backup_directory_check(&b.directory, settings->directory, settings->resume) &&
               prepare(&b) && backup_directory_open(&b.directory) && run(&b);
    end(&b);
    if (b.block != NULL)
        backup_directory_close(&b.directory);
    manifest_destroy(&b.manifest);
    free(b.block);
    return done;
}
