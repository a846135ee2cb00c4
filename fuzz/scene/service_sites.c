/* SPDX-License-Identifier: Apache-2.0 */
#include "service.h"

#include "faults/fault/site.h"
#include "faults/wire/wire.h"

/* Names by opnum: wire.operations of docs/contract.md, target/idl. */
static const char *const backup_operations[] = {
    "Prepare",      "End", "GetAttachmentInformation", "OpenFile", "Read", "Close", "GetBackupLogs",
    "TruncateLogs", "Ping"};
static const char *const restore_operations[] = {"IsNTDSOnline",
                                                 "Prepare",
                                                 "Register",
                                                 "RegisterComplete",
                                                 "GetDatabaseLocations",
                                                 "End",
                                                 "SetCurrentLogNumber",
                                                 "CheckLogsForBackup"};

static const char *const inspect_operations[] = {"Counts"};

#define COUNT(array) (sizeof(array) / sizeof *(array))
static const struct wire_interface interfaces[] = {
    {0xecec0d70, "backup", backup_operations, COUNT(backup_operations)},
    {0x16e0cf3a, "restore", restore_operations, COUNT(restore_operations)},
    {0x5b1f6a52, "inspect", inspect_operations, COUNT(inspect_operations)},
};

void service_register_sites(void)
{
    static bool registered;
    if (!registered) {
        wire_register(interfaces, COUNT(interfaces));
        /* Wherever a call is on the network another thread may come. */
        static const enum fault_class beside[] = {FAULT_NET_SEND, FAULT_NET_RECV, FAULT_NET_POLL};
        for (size_t i = 0; i < COUNT(beside); i++)
            site_add_beside(FAULT_THREAD_CALL, beside[i]);
    }
    registered = true;
}
