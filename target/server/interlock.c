/* SPDX-License-Identifier: Apache-2.0 */
#include "interlock.h"

#include "errno_code.h"
#include "file_io.h"
#include "state_file.h"

#include <windows.h>

#include <ntdsbmsg.h>

#include <errno.h>

static const char file_name[] = "restore.state";

uint32_t interlock_load(struct interlock *l, int directory)
{
    struct buffer content = BUFFER_INIT;
    *l = (struct interlock){.directory = directory};
    uint32_t code = state_file_read(directory, file_name, &content);
    /* A process that died between a rename or removal and its sync has left a state that may not be
       durable. From here on the service relies on it, so it is made durable. */
    if ((code == 0 || code == ERROR_FILE_NOT_FOUND) && file_sync(directory) != 0)
        code = errno_code(errno);
    if (code == ERROR_FILE_NOT_FOUND)
        return 0;
    if (code == 0) {
        struct ndr n;
        uint32_t state = 0;
        ndr_decode_init(&n, content.data, content.length, false);
        ndr_u32(&n, &state);
        if (n.status != 0 || (state != INTERLOCK_REGISTERED && state != INTERLOCK_FAILED))
            code = (uint32_t)hrLogFileCorrupt;
        else
            l->state = state == INTERLOCK_FAILED ? INTERLOCK_FAILED : INTERLOCK_REGISTERED;
    }
    buffer_destroy(&content);
    return code;
}

/* The state and, for a registered restore, its registration. */
static uint32_t save(struct interlock *l, uint32_t state,
                     struct ntdsb_restore_register_in *registration, bool *renamed)
{
    struct buffer content = BUFFER_INIT;
    struct ndr n;
    ndr_encode_init(&n, &content);
    ndr_u32(&n, &state);
    if (registration != NULL)
        ntdsb_restore_register_in(&n, registration);
    uint32_t code = n.status != 0 ? ERROR_NOT_ENOUGH_SERVER_MEMORY
                                  : state_file_write(l->directory, file_name, content.data,
                                                     content.length, renamed);
    buffer_destroy(&content);
    return code;
}

uint32_t interlock_register(struct interlock *l, const void *owner,
                            struct ntdsb_restore_register_in *registration)
{
    bool renamed = false;
    if (l->owner != NULL)
        return (uint32_t)hrRestoreInProgress;
    uint32_t code = save(l, INTERLOCK_REGISTERED, registration, &renamed);
    if (code != 0) {
        /* The file may exist without being durable. If there was none before it is removed again;
           if not even that works the lock stands, which is the safe side. */
        if (renamed && l->state == INTERLOCK_OPEN &&
            state_file_remove(l->directory, file_name) != 0)
            l->state = INTERLOCK_REGISTERED;
        return code;
    }
    l->state = INTERLOCK_REGISTERED;
    l->owner = owner;
    return 0;
}

uint32_t interlock_complete(struct interlock *l, const void *owner, int32_t state)
{
    bool renamed = false;
    if (l->owner != owner)
        return (uint32_t)hrInvalidBackupSequence;
    uint32_t code = state == S_OK ? state_file_remove(l->directory, file_name)
                                  : save(l, INTERLOCK_FAILED, NULL, &renamed);
    if (code != 0)
        return code;
    l->state = state == S_OK ? INTERLOCK_OPEN : INTERLOCK_FAILED;
    l->owner = NULL;
    return 0;
}

void interlock_disown(struct interlock *l, const void *owner)
{
    if (l->owner == owner)
        l->owner = NULL;
}
