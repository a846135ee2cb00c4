/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A harness as people usually write it, for the score card to compare with: bytes pick calls and
 * their arguments, handles are those that came back, the sanitizers are the judge. The world is the
 * simulated one, or there would be no server to talk to; nothing of it is used to judge or break.
 */
#include "fuzz/drivers/driver.h"
#include "fuzz/program/program.h"
#include "fuzz/scene/scene.h"
#include "fuzz/scene/service.h"
#include "target/client/client.h"

#include <windows.h>

#include <ntdsbcli.h>

#include <stdlib.h>

static struct {
    const uint8_t *at, *end;
} input;

static uint8_t byte(void)
{
    return input.at < input.end ? *input.at++ : 0;
}

static const char *pick_text(enum text_table table)
{
    return program_text(table, byte());
}

static struct {
    HBC backup, restore;
    PVOID token;
    LPSTR list;
} held;

static void read_some(void)
{
    DWORD bytes = 8192u * byte(), count = 0;
    void *room = malloc(bytes + 1u);
    if (room != NULL)
        (void)DsBackupRead(held.backup, room, bytes, &count);
    free(room);
}

static void list_something(uint8_t which)
{
    DWORD bytes;
    DsBackupFree(held.list);
    held.list = NULL;
    if (which == 0)
        (void)DsBackupGetDatabaseNamesA(held.backup, &held.list, &bytes);
    else if (which == 1)
        (void)DsBackupGetBackupLogsA(held.backup, &held.list, &bytes);
    else
        (void)DsRestoreGetDatabaseLocationsA(held.restore, &held.list, &bytes);
}

static void end_all(void)
{
    (void)DsBackupEnd(held.backup);
    (void)DsRestoreEnd(held.restore);
    DsBackupFree(held.token);
    DsBackupFree(held.list);
    held.backup = held.restore = NULL;
    held.token = NULL;
    held.list = NULL;
}

static void call_one(void)
{
    DWORD bytes;
    BOOL online;
    LARGE_INTEGER size;
    switch (byte() % 12) {
    case 0:
        end_all();
        (void)DsBackupPrepareA(pick_text(TEXT_SERVERS), byte() & 1, BACKUP_TYPE_FULL, &held.token,
                               &bytes, &held.backup);
        break;
    case 1:
        (void)DsIsNTDSOnlineA(pick_text(TEXT_SERVERS), &online);
        break;
    case 2:
        (void)DsBackupOpenFileA(held.backup, pick_text(TEXT_FILES), 8192u * byte(), &size);
        break;
    case 3:
    case 4:
        read_some();
        break;
    case 5:
        (void)DsBackupClose(held.backup);
        break;
    case 6:
        list_something(byte() % 3);
        break;
    case 7:
        (void)DsBackupTruncateLogs(held.backup);
        break;
    case 8:
        (void)DsBackupEnd(held.backup);
        break;
    case 9:
        (void)DsRestoreEnd(held.restore);
        (void)DsRestorePrepareA(pick_text(TEXT_SERVERS), 0, NULL, 0, &held.restore);
        break;
    case 10:
        (void)DsRestoreRegisterComplete(held.restore, byte());
        break;
    default:
        (void)DsSetCurrentBackupLogA(pick_text(TEXT_SERVERS), byte());
        break;
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    driver_count();
    input.at = data;
    input.end = data + size;
    scene_open(&(struct program_world){.restore_mode = byte() & 1}, NULL);
    for (unsigned calls = 0; input.at < input.end && calls < PROGRAM_MAX_CALLS; calls++)
        call_one();
    end_all();
    service_stop();
    ntdsb_client_unload();
    return 0;
}
