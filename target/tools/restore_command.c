/* SPDX-License-Identifier: Apache-2.0 */
/*
 * dsbackup restore: the documented walkthrough. The whole backup is checked before the server is
 * told of the restore; from DsRestoreRegister on the directory stays offline, through crashes of
 * both sides, until a restore has succeeded.
 */
#include "dsbackup.h"

#include "durable_file.h"
#include "messages.h"
#include "names.h"
#include "restore_target.h"

#include <ntdsbcli.h>

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct restore {
    const struct settings *settings;
    int source; /* the backup's directory */
    struct manifest manifest;
    unsigned char token[TOKEN_MAX];
    struct restore_target target;
    bool target_open;
    HBC handle;
    struct transfer transfer;
};

/* The backup -------------------------------------------------------------------------------- */

static bool read_token(struct restore *r)
{
    size_t n;
    if (!durable_read(r->source, TOKEN_NAME, r->token, sizeof r->token, &n)) {
        message_errno(TOKEN_NAME, "cannot be read");
        return false;
    }
    struct digest is = digest_of(r->token, n);
    if (n == r->manifest.token_size && digest_equal(is.bytes, r->manifest.token_checksum.bytes))
        return true;
    message("%s: is damaged: its size or checksum is not that of the manifest", TOKEN_NAME);
    return false;
}

static bool check_backup(struct restore *r)
{
    const char *path = r->settings->directory;
    r->source = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (r->source < 0) {
        message_errno(path, "cannot be opened");
        return false;
    }
    if (!manifest_read(&r->manifest, r->source, path) || !read_token(r))
        return false;
    for (size_t i = 0; i < r->manifest.count; i++) {
        const struct manifest_file *f = &r->manifest.files[i];
        if (!restore_verify(r->source, f->name, f, "verifying", &r->transfer))
            return false;
    }
    return true;
}

/* The session ------------------------------------------------------------------------------- */

static bool prepare(struct restore *r)
{
    BOOL online = TRUE;
    const char *server = r->settings->server;
    HRESULT code = DsIsNTDSOnlineA(server, &online);
    if (code != S_OK) {
        message_call("DsIsNTDSOnline", code, server);
        return false;
    }
    if (online) {
        message("the directory is online; a restore needs it offline (ntdsbsrvd --restore-mode)");
        return false;
    }
    code = DsRestorePrepareA(server, 0, r->token, (DWORD)r->manifest.token_size, &r->handle);
    if (code != S_OK)
        message_call("DsRestorePrepare", code, server);
    return code == S_OK;
}

static bool open_target(struct restore *r)
{
    char *list = NULL;
    DWORD bytes;
    HRESULT code = DsRestoreGetDatabaseLocationsA(r->handle, &list, &bytes);
    /* The published fallback, the places of the time of the backup, is not taken: a restore deletes
       files, and must know that it deletes the right ones. */
    if (code != S_OK) {
        message_call("DsRestoreGetDatabaseLocations", code, NULL);
        return false;
    }
    r->target_open = true;
    bool done = restore_target_open(&r->target, list, r->source);
    DsBackupFree(list);
    return done;
}

/* The lowest and highest number of the backup's logs; 0 and 0 if there is only the current one. */
static void find_generations(const struct manifest *m, ULONG *low, ULONG *high)
{
    bool found = false;
    *low = *high = 0;
    for (size_t i = 0; i < m->count; i++) {
        uint32_t generation;
        if (m->files[i].kind != KIND_LOG || !names_log_generation(m->files[i].name, &generation))
            continue;
        if (!found || generation < *low)
            *low = generation;
        if (!found || generation > *high)
            *high = generation;
        found = true;
    }
}

/* The UNC name of the backup's directory, on the host of the database's. NULL: the reason is
   on standard error. */
static char *source_name(const struct restore *r)
{
    const char *unc = r->target.at[TARGET_DATABASE].unc;
    size_t host = 2 + strcspn(unc + 2, "\\"); /* names_to_local() has seen \\HOST\ */
    char *path = realpath(r->settings->directory, NULL), *name = NULL;
    if (path == NULL) {
        message_errno(r->settings->directory, "has no path");
        return NULL;
    }
    if (asprintf(&name, "%.*s%s", (int)host, unc, path) < 0) {
        message("out of memory");
        name = NULL;
    }
    for (char *c = name != NULL ? name + host : path; name != NULL && *c != '\0'; c++)
        if (*c == '/')
            *c = '\\';
    free(path);
    return name;
}

static bool register_restore(struct restore *r)
{
    ULONG low, high;
    EDB_RSTMAPA map = {.szNewDatabaseName = r->target.at[TARGET_DATABASE].unc};
    for (size_t i = 0; i < r->manifest.count; i++)
        if (r->manifest.files[i].kind == KIND_DATABASE)
            map.szDatabaseName = r->manifest.files[i].origin;
    char *source = source_name(r);
    if (source == NULL)
        return false;
    find_generations(&r->manifest, &low, &high);
    HRESULT code = DsRestoreRegisterA(r->handle, r->target.at[TARGET_CHECKPOINT].unc,
                                      r->target.at[TARGET_LOGS].unc, &map, 1, source, low, high);
    free(source);
    if (code != S_OK)
        message_call("DsRestoreRegister", code, NULL);
    return code == S_OK;
}

static bool replace_files(struct restore *r)
{
    if (!restore_target_clear(&r->target))
        return false;
    transfer_begin(&r->transfer, r->handle);
    for (size_t i = 0; i < r->manifest.count; i++)
        if (!restore_target_put(&r->target, &r->manifest.files[i], r->source, &r->transfer))
            return false;
    return restore_target_sync(&r->target);
}

static bool complete(struct restore *r, bool replaced)
{
    HRESULT code = DsRestoreRegisterComplete(r->handle, replaced ? S_OK : hrError);
    if (code != S_OK)
        message_call("DsRestoreRegisterComplete", code, NULL);
    if (replaced && code == S_OK)
        return true;
    message("the directory stays offline until a restore succeeds");
    return false;
}

static bool run(struct restore *r)
{
    uint64_t bytes = 0;
    if (!check_backup(r) || !prepare(r) || !open_target(r) || !register_restore(r))
        return false;
    if (!complete(r, replace_files(r)))
        return false;
    for (size_t i = 0; i < r->manifest.count; i++)
        bytes += r->manifest.files[i].size;
    if (!r->settings->quiet)
        printf("%zu files, %" PRIu64 " bytes: restored; the directory may go online\n",
               r->manifest.count, bytes);
    return true;
}

bool restore_command(const struct settings *settings)
{
    struct restore r = {.settings = settings,
                        .source = -1,
                        .transfer = {malloc(COPY_BLOCK), settings->progress, NULL, 0}};
    bool done = r.transfer.block != NULL && run(&r);
    if (r.transfer.block == NULL)
        message("out of memory");
    if (r.handle != NULL) {
        HRESULT code = DsRestoreEnd(r.handle);
        if (code != S_OK && done)
            message_call("DsRestoreEnd", code, "the server ends the session by itself");
    }
    if (r.target_open)
        restore_target_close(&r.target);
    manifest_destroy(&r.manifest);
    if (r.source >= 0)
        close(r.source);
    free(r.transfer.block);
    return done;
}
