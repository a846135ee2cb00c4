/* SPDX-License-Identifier: Apache-2.0 */
#include "ntdsb_server.h"

#include "errno_code.h"
#include "file_io.h"
#include "service.h"

#include <windows.h>

#include <ntdsbmsg.h>

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

enum { DEFAULT_SESSIONS = 64, DEFAULT_TOMBSTONE_DAYS = 60 };

const struct ntdsb_server_config ntdsb_server_default_config = {
    .max_sessions = DEFAULT_SESSIONS,
    .tombstone_days = DEFAULT_TOMBSTONE_DAYS,
    .limits = &rpc_server_default_limits,
};

static const struct rpc_interface *const interfaces[] = {&backup_interface, &restore_interface,
                                                         &inspect_interface, NULL};

static uint32_t authenticate(const struct rpc_credentials *c, const struct rpc_peer *p,
                             void *service)
{
    (void)p;
    const struct ntdsb_server *s = service;
    uint32_t code = accounts_judge(&s->accounts, c);
    if (code != 0 && s->observer != NULL)
        s->observer->refused(c->domain, c->user, code, s->observer->context);
    return code;
}

static bool random_bytes(void *bytes, size_t n, void *service)
{
    (void)service;
    return server_random(bytes, n) == 0;
}

/* Every reply of the three interfaces ends with its HRESULT. */
static void called(const struct rpc_call *call, const struct rpc_operation *operation,
                   uint32_t status, void *service)
{
    const struct ntdsb_server *s = service;
    const struct buffer *reply = call->out.out;
    uint32_t result = 0;
    if (s->observer == NULL)
        return;
    for (size_t i = 0; status == 0 && i < sizeof result; i++)
        result |= (uint32_t)reply->data[reply->length - sizeof result + i] << 8 * i;
    s->observer->called(operation->name, status, (int32_t)result, s->observer->context);
}

static const struct rpc_server_callbacks callbacks = {authenticate, random_bytes, called};

/* state/ of the store, made if missing, and locked: one server serves a store. Its name is made
   durable even if it was there, because whoever made it may have died before: all that is saved in
   it would be lost with it. */
static uint32_t open_state_directory(struct ntdsb_server *s)
{
    if (mkdirat(s->store.directory, "state", 0700) != 0 && errno != EEXIST)
        return errno_code(errno);
    if (file_sync(s->store.directory) != 0)
        return errno_code(errno);
    s->state_directory = file_open_at(s->store.directory, "state", O_RDONLY | O_DIRECTORY, 0);
    if (s->state_directory < 0)
        return errno_code(errno);
    int locked;
    do
        locked = flock(s->state_directory, LOCK_EX | LOCK_NB);
    while (locked != 0 && errno == EINTR);
    if (locked != 0)
        return errno == EWOULDBLOCK ? RPC_S_ALREADY_LISTENING : errno_code(errno);
    return 0;
}

uint32_t ntdsb_server_create(const struct ntdsb_server_config *config, struct ntdsb_server **out)
{
    if (config->store_dir == NULL || config->host_name == NULL || config->max_sessions == 0 ||
        config->tombstone_days < TOMBSTONE_DAYS_LEAST)
        return ERROR_INVALID_PARAMETER;
    struct ntdsb_server *s = calloc(1, sizeof *s);
    if (s == NULL)
        return ERROR_NOT_ENOUGH_MEMORY;
    s->store.directory = s->state_directory = -1;
    s->restore_mode = config->restore_mode;
    s->max_sessions = config->max_sessions;
    s->tombstone_days = config->tombstone_days;
    s->observer = config->observer;
    uint32_t code = store_open(&s->store, config->store_dir, config->host_name);
    if (code == 0)
        code = open_state_directory(s);
    if (code == 0)
        code = server_key_load(&s->key, s->store.directory);
    if (code == 0)
        code = interlock_load(&s->interlock, s->state_directory);
    if (code == 0)
        code = accounts_load(&s->accounts, config->accounts_file);
    if (code == 0) {
        s->rpc = rpc_server_create(interfaces, config->limits, &callbacks, s);
        code = s->rpc != NULL ? 0 : ERROR_NOT_ENOUGH_MEMORY;
    }
    if (code != 0) {
        ntdsb_server_destroy(s);
        return code;
    }
    *out = s;
    return 0;
}

void ntdsb_server_destroy(struct ntdsb_server *s)
{
    if (s == NULL)
        return;
    if (s->rpc != NULL)
        rpc_server_destroy(s->rpc);
    accounts_destroy(&s->accounts);
    if (s->state_directory >= 0)
        close(s->state_directory); /* and releases the lock with it */
    store_close(&s->store);
    explicit_bzero(&s->key, sizeof s->key);
    free(s);
}

struct rpc_server *ntdsb_server_rpc(struct ntdsb_server *s)
{
    return s->rpc;
}

struct ntdsb_server_counts ntdsb_server_inspect(const struct ntdsb_server *s)
{
    return (struct ntdsb_server_counts){
        .rpc = rpc_server_inspect(s->rpc),
        .backup_sessions = s->backup_sessions,
        .restore_sessions = s->restore_sessions,
        .open_files = s->open_files,
        .online = service_is_online(s),
        .restore_registered = s->interlock.state == INTERLOCK_REGISTERED,
        .restore_failed = s->interlock.state == INTERLOCK_FAILED,
    };
}
