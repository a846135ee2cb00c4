/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The stub's service: two files to read, a restore interlock, sessions tied to connections.
 */
#include "stub.h"
#include "stub_wire.h"

#include "fuzz/scene/scene.h"

#include "target/server/ntdsb_server.h"
#include "target/server/server_key.h"

#include <windows.h>

#include <ntdsbcli.h>

#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

enum stub_bug stub_bug;
static void *volatile lost_memory;

struct ntdsb_server {
    struct ntdsb_server_config config;
    struct ntdsb_server_counts counts;
};

struct rpc_connection {
    struct ntdsb_server *server;
    enum { NO_SESSION, BACKUP, RESTORE } session;
    bool registered;
    int fd; /* of the open file, or -1 */
    uint64_t size;
    uint64_t offset;
    uint8_t in[STUB_MOST], out[STUB_MOST];
    size_t in_bytes, out_bytes;
};

const struct ntdsb_server_config ntdsb_server_default_config = {.tombstone_days = 60};

#define LOCK_FILE "/store/lock"

/* Each close() stays a call of its own. */
#define APART __attribute__((noinline))

APART static void sync_directory(void)
{
    int fd = open("/store", O_RDONLY | O_DIRECTORY);
    if (fd >= 0) {
        fsync(fd);
        close(fd);
    }
}

APART static uint32_t put_file(const char *path, size_t n)
{
    static const uint8_t zeros[256];
    int fd = open(path, O_WRONLY | O_CREAT, 0600);
    if (fd < 0)
        return (uint32_t)hrDiskIO;
    bool good = write(fd, zeros, n) == (ssize_t)n && fsync(fd) == 0;
    close(fd);
    return good ? 0 : (uint32_t)hrDiskIO;
}

APART static bool exists(const char *path)
{
    int fd = open(path, O_RDONLY);
    if (fd >= 0)
        close(fd);
    return fd >= 0;
}

uint32_t ntdsb_server_create(const struct ntdsb_server_config *config, struct ntdsb_server **out)
{
    struct ntdsb_server *s = calloc(1, sizeof *s);
    if (s == NULL)
        return ERROR_NOT_ENOUGH_MEMORY;
    s->config = *config;
    s->counts.restore_registered = exists(LOCK_FILE);
    if (!exists("/store/server.key") &&
        put_file("/store/server.key", 12 + sizeof(struct server_key)) == 0)
        sync_directory();
    if (stub_bug == BUG_CANNOT_START_TWICE && s->counts.restore_registered) {
        free(s);
        return (uint32_t)hrLogFileCorrupt;
    }
    *out = s;
    return 0;
}

void ntdsb_server_destroy(struct ntdsb_server *s)
{
    free(s);
}

struct rpc_server *ntdsb_server_rpc(struct ntdsb_server *s)
{
    return (struct rpc_server *)s;
}

struct ntdsb_server_counts ntdsb_server_inspect(const struct ntdsb_server *s)
{
    struct ntdsb_server_counts counts = s->counts;
    counts.online = !s->config.restore_mode && !counts.restore_registered;
    return counts;
}

void server_key_sign(const struct server_key *k, uint32_t days, uint64_t now,
                     uint8_t out[EXPIRY_TOKEN_BYTES])
{
    (void)k, (void)days, (void)now;
    memset(out, 1, EXPIRY_TOKEN_BYTES);
}

/* Operations -------------------------------------------------------------------------------- */

static void close_file(struct rpc_connection *c)
{
    if (c->fd < 0)
        return;
    close(c->fd);
    c->fd = -1;
    c->server->counts.open_files--;
}

static void end_session(struct rpc_connection *c)
{
    close_file(c);
    c->server->counts.backup_sessions -= c->session == BACKUP;
    c->server->counts.restore_sessions -= c->session == RESTORE;
    c->session = NO_SESSION;
    c->registered = false;
}

static int32_t open_file(struct rpc_connection *c, const struct stub_pdu *in, struct stub_pdu *out)
{
    char path[64] = "/store/";
    bool listed = (in->data_bytes == 8 && memcmp(in->data, "ntds.dit", 8) == 0) ||
                  (in->data_bytes == 8 && memcmp(in->data, "temp.pat", 8) == 0);
    if (c->fd >= 0) {
        if (stub_bug == BUG_CLOSES_THE_OPEN_FILE)
            close_file(c);
        return hrAlreadyOpen;
    }
    if (!listed)
        return stub_bug == BUG_WRONG_CODE ? ERROR_FILE_NOT_FOUND : hrFileNotFound;
    memcpy(path + 7, in->data, in->data_bytes);
    struct stat s;
    c->fd = open(path, O_RDONLY);
    if (c->fd < 0)
        return hrDiskIO;
    c->server->counts.open_files++;
    if (fstat(c->fd, &s) != 0) {
        close_file(c);
        return hrDiskIO;
    }
    c->size = (uint64_t)s.st_size;
    c->offset = 0;
    out->number = (uint32_t)c->size + (stub_bug == BUG_WRONG_SIZE);
    return S_OK;
}

static int32_t read_file(struct rpc_connection *c, struct stub_pdu *out)
{
    static uint8_t data[24576];
    if (c->fd < 0)
        return hrInvalidHandle;
    if (c->offset >= c->size)
        return ERROR_HANDLE_EOF;
    ssize_t n = pread(c->fd, data, sizeof data, (off_t)c->offset);
    if (n <= 0)
        return hrDiskIO;
    if (stub_bug == BUG_FLIPS_A_BIT)
        data[n / 2] ^= 4;
    c->offset += (uint64_t)n;
    out->data = data;
    out->data_bytes = (size_t)n;
    return S_OK;
}

static int32_t register_restore(struct rpc_connection *c)
{
    if (c->server->counts.restore_registered && c->registered)
        return hrRestoreInProgress;
    uint32_t code = put_file(LOCK_FILE, 1);
    if (code != 0)
        return (int32_t)code;
    if (stub_bug != BUG_LOCK_IS_NOT_DURABLE)
        sync_directory();
    c->registered = c->server->counts.restore_registered = true;
    return S_OK;
}

static int32_t complete_restore(struct rpc_connection *c)
{
    if (!c->registered)
        return hrInvalidBackupSequence;
    if (unlinkat(AT_FDCWD, LOCK_FILE, 0) != 0)
        return hrDiskIO;
    sync_directory();
    c->registered = c->server->counts.restore_registered = false;
    return S_OK;
}

static int32_t begin(struct rpc_connection *c, bool backup)
{
    if (backup && !ntdsb_server_inspect(c->server).online)
        return hrCouldNotConnect;
    c->session = backup ? BACKUP : RESTORE;
    c->server->counts.backup_sessions += backup;
    c->server->counts.restore_sessions += !backup;
    return S_OK;
}

static int32_t serve(struct rpc_connection *c, const struct stub_pdu *in, struct stub_pdu *out)
{
    switch ((enum stub_operation)in->operation) {
    case STUB_PREPARE:
        return begin(c, true);
    case STUB_RESTORE_PREPARE:
        return begin(c, false);
    case STUB_END:
        end_session(c);
        if (stub_bug == BUG_SERVER_LEAKS)
            lost_memory = malloc(7);
        return S_OK;
    case STUB_OPEN:
        return open_file(c, in, out);
    case STUB_READ:
        return read_file(c, out);
    case STUB_CLOSE:
        if (c->fd < 0)
            return hrInvalidHandle;
        close_file(c);
        return S_OK;
    case STUB_ONLINE:
        out->number = ntdsb_server_inspect(c->server).online != (stub_bug == BUG_WRONG_ANSWER);
        if (stub_bug == BUG_TELLS_THE_PASSWORD) {
            out->data = (const uint8_t *)SCENE_PASSWORD;
            out->data_bytes = sizeof SCENE_PASSWORD;
        }
        return S_OK;
    case STUB_REGISTER:
        return register_restore(c);
    case STUB_COMPLETE:
        return complete_restore(c);
    }
    return ERROR_INVALID_PARAMETER;
}

/* Connections ------------------------------------------------------------------------------- */

struct rpc_connection *rpc_connection_create(struct rpc_server *s, const struct rpc_peer *peer,
                                             const char *secondary_address)
{
    (void)peer, (void)secondary_address;
    struct rpc_connection *c = calloc(1, sizeof *c);
    if (c == NULL)
        return NULL;
    c->server = (struct ntdsb_server *)s;
    c->fd = -1;
    c->server->counts.rpc.connections++;
    return c;
}

void rpc_connection_receive(struct rpc_connection *c, const void *bytes, size_t n)
{
    struct stub_pdu in;
    if (n > sizeof c->in - c->in_bytes)
        return;
    memcpy(c->in + c->in_bytes, bytes, n);
    c->in_bytes += n;
    for (size_t taken; (taken = stub_decode(c->in, c->in_bytes, &in)) > 0;) {
        struct stub_pdu out = {.type = STUB_RESPONSE, .operation = in.operation};
        out.code = serve(c, &in, &out);
        c->out_bytes = stub_encode(&out, c->out);
        c->in_bytes -= taken;
        memmove(c->in, c->in + taken, c->in_bytes);
    }
}

const uint8_t *rpc_connection_output(const struct rpc_connection *c, size_t *out_length)
{
    *out_length = c->out_bytes;
    return c->out;
}

void rpc_connection_sent(struct rpc_connection *c, size_t n)
{
    c->out_bytes -= n;
}

bool rpc_connection_is_finished(const struct rpc_connection *c)
{
    (void)c;
    return false;
}

void rpc_connection_destroy(struct rpc_connection *c)
{
    c->server->counts.rpc.connections -= stub_bug != BUG_KEEPS_CONNECTION;
    if (stub_bug != BUG_KEEPS_SESSION)
        end_session(c);
    else if (c->fd >= 0)
        close(c->fd);
    free(c);
}
