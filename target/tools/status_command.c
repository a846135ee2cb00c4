/* SPDX-License-Identifier: Apache-2.0 */
/*
 * dsbackup status: prints whether the directory is online, and its location.
 */
#include "dsbackup.h"

#include "messages.h"

#include <ntdsbcli.h>

#include <stdio.h>
#include <string.h>

static void print_locations(const char *list)
{
    static const struct {
        CHAR type;
        const char *label;
    } labels[] = {
        {BFT_NTDS_DATABASE, "database"},
        {BFT_LOG_DIR, "logs"},
        {BFT_CHECKPOINT_DIR, "checkpoint"},
    };
    for (const char *entry = list; *entry != '\0'; entry += strlen(entry) + 1)
        for (size_t i = 0; i < sizeof labels / sizeof *labels; i++)
            if (entry[0] == labels[i].type)
                printf("%-11s %s\n", labels[i].label, entry + 1);
}

bool status_command(const struct settings *settings)
{
    BOOL online;
    HBC handle = NULL;
    char *list = NULL;
    DWORD bytes;
    HRESULT code = DsIsNTDSOnlineA(settings->server, &online);
    if (code != S_OK) {
        message_call("DsIsNTDSOnline", code, settings->server);
        return false;
    }
    printf("%-11s %s\n", "directory", online ? "online" : "offline");
    /* Without a token: a restricted handle, which is good for the locations. */
    code = DsRestorePrepareA(settings->server, 0, NULL, 0, &handle);
    if (code != S_OK) {
        message_call("DsRestorePrepare", code, settings->server);
        return false;
    }
    code = DsRestoreGetDatabaseLocationsA(handle, &list, &bytes);
    if (code == S_OK)
        print_locations(list);
    else
        message_call("DsRestoreGetDatabaseLocations", code, NULL);
    DsBackupFree(list);
    DsRestoreEnd(handle);
    return code == S_OK;
}
