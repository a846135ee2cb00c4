/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The programs that the client runs while fuzz_client_pdu answers it, and while `rundown wire`
 * records true answers.
 */
#ifndef FUZZ_CLIENT_PROGRAMS_H
#define FUZZ_CLIENT_PROGRAMS_H

static const char *const client_programs[] = {
    "DsIsNTDSOnlineW(\".\")\n"
    "h0, b0 = DsBackupPrepareW(\".\", 0, FULL)\n"
    "b1 = DsBackupGetDatabaseNamesW(h0)\n"
    "DsBackupOpenFileW(h0, \"temp.pat\", 24576)\n"
    "DsBackupRead(h0, 24576)\n"
    "DsBackupRead(h0, 24576)\n"
    "DsBackupClose(h0)\n"
    "b2 = DsBackupGetBackupLogsW(h0)\n"
    "DsBackupTruncateLogs(h0)\n"
    "DsBackupEnd(h0)\n",

    "world tcp\n"
    "h0, b0 = DsBackupPrepareA(\".\", 0, FULL)\n"
    "b1 = DsBackupGetDatabaseNamesA(h0)\n"
    "DsBackupOpenFileA(h0, \"temp.pat\", 24576)\n"
    "DsBackupRead(h0, 65536)\n"
    "b2 = DsBackupGetBackupLogsA(h0)\n"
    "DsBackupEnd(h0)\n",

    "world restore-mode\n"
    "h0 = DsRestorePrepareW(\".\", 0, b15)\n"
    "b0 = DsRestoreGetDatabaseLocationsA(h0)\n"
    "b1 = DsRestoreGetDatabaseLocationsW(h0)\n"
    "DsRestoreRegisterW(h0, \"store\", 1, 2)\n"
    "DsRestoreRegisterComplete(h0, S_OK)\n"
    "DsRestoreEnd(h0)\n"
    "DsSetCurrentBackupLogA(\".\", 7)\n",

    /* A bind_nak, and faults: before the call was made, in a session, in the middle of a reply. */
    "DsIsNTDSOnlineW(\".\") !rpc.bind_ack nak-local-limit-exceeded\n"
    "DsIsNTDSOnlineA(\".\") !rpc.reply fault-who-are-you-failed\n"
    "h0, b0 = DsBackupPrepareW(\".\", 0, FULL)\n"
    "b1 = DsBackupGetDatabaseNamesW(h0) !rpc.reply fault-access-denied\n"
    "DsBackupOpenFileW(h0, \"temp.pat\", 24576)\n"
    "DsBackupRead(h0, 65536) !rpc.reply fault-remote-no-memory\n"
    "DsBackupEnd(h0)\n",

    /* A file in parts, to its end. */
    "h0, b0 = DsBackupPrepareW(\".\", 0, FULL)\n"
    "DsBackupOpenFileA(h0, \"ntds.dit\", 24576)\n"
    "DsBackupRead(h0, 24576)\n"
    "DsBackupRead(h0, 24576)\n"
    "DsBackupRead(h0, 24576)\n"
    "DsBackupRead(h0, 24576)\n"
    "DsBackupRead(h0, 24576)\n"
    "DsBackupEnd(h0)\n",
};
enum { CLIENT_PROGRAMS = sizeof client_programs / sizeof *client_programs };

#endif
