/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How long a call waits for an answer that does not come: to the millisecond, for time is
 * simulated.
 */
#include "contract.h"
#include "tests/support/test.h"

#include "faults/fault/fault.h"
#include "faults/world/clock.h"
#include "faults/world/world.h"
#include "fuzz/scene/service.h"

#include <windows.h>

#include <ntdsbcli.h>

/* Of a call whose reply is lost, by the default or what the variable says. */
static uint64_t time_of_lost_call(const char *timeout)
{
    HBC hbc = NULL;
    PVOID token = NULL;
    DWORD token_bytes = 0, list_bytes = 0;
    LPWSTR list = NULL;
    const WCHAR here[] = {'.', 0};
    scene_open(&(struct program_world){0}, NULL);
    world_set_variable("NTDSBCLI_TIMEOUT_MS", timeout);
    assert_int_equal(DsBackupPrepareW(here, 0, BACKUP_TYPE_FULL, &token, &token_bytes, &hbc), S_OK);
    int lost = fault_kind_find(FAULT_RPC_REPLY, "lost", 4);
    assert_true(lost >= 0 && fault_arm(&(struct fault){
                                 .class = FAULT_RPC_REPLY, .kind = (uint32_t)lost, .nth = 1}));
    uint64_t start = clock_monotonic_ms();
    assert_int_equal(DsBackupGetDatabaseNamesW(hbc, &list, &list_bytes), RPC_S_CALL_FAILED);
    uint64_t took = clock_monotonic_ms() - start;
    assert_int_equal(fault_report()->fired, 1);
    fault_disarm_all();
    DsBackupEnd(hbc);
    DsBackupFree(token);
    service_stop();
    return took;
}

/* contract: time.deadline */
TEST(call_ends_at_its_deadline_exactly)
{
    assert_int_equal(time_of_lost_call(NULL), 30000);
    assert_int_equal(time_of_lost_call("1"), 1);
    assert_int_equal(time_of_lost_call("077"), 77);
    assert_int_equal(time_of_lost_call("3600000"), 3600000);
}

/* A UNIX socket whose backlog is full is asked again after 10 ms. */
TEST(full_backlog_is_waited_for)
{
    BOOL online = FALSE;
    const WCHAR here[] = {'.', 0};
    scene_open(&(struct program_world){0}, NULL);
    int full = fault_kind_find(FAULT_NET_CONNECT, "EAGAIN", 6);
    assert_true(
        full >= 0 &&
        fault_arm(&(struct fault){
            .class = FAULT_NET_CONNECT, .kind = (uint32_t)full, .nth = 1, .shape = FAULT_BURST}));
    uint64_t start = clock_monotonic_ms();
    assert_int_equal(DsIsNTDSOnlineW(here, &online), S_OK);
    assert_int_equal(clock_monotonic_ms() - start, 10 * FAULT_BURST_LENGTH);
    fault_disarm_all();
    service_stop();
}
