/* SPDX-License-Identifier: Apache-2.0 */
/*
 * shared_handles ROUNDS SEED: 8 threads share 4 handle variables against a real server, each doing
 * whatever comes, Ends and new Prepares included. Every code must be one that the contract allows
 * there, no thread may hang, and at the end nothing is held. Run under ThreadSanitizer by
 * tests/e2e/threads.sh.
 */
#include <windows.h>

#include <ntdsbcli.h>

#include "target/client/client.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>

enum { THREADS = 8, HANDLES = 4, BUFFER_BYTES = 65536 };

static _Atomic(HBC) handles[HANDLES];
static atomic_ulong calls, failures;
static unsigned long rounds;

static unsigned next_random(unsigned *state)
{
    *state = *state * 1664525u + 1013904223u;
    return *state >> 16;
}

/* `allowed` ends with S_OK, which is always allowed. */
static void expect(const char *what, HRESULT hr, const HRESULT *allowed)
{
    atomic_fetch_add(&calls, 1);
    for (; *allowed != S_OK; allowed++)
        if (hr == *allowed)
            return;
    if (hr != S_OK) {
        fprintf(stderr, "%s returned 0x%08x\n", what, (unsigned)hr);
        atomic_fetch_add(&failures, 1);
    }
}

/* Every function on a shared handle may find it ended, or be cancelled by its end. */
#define GONE ERROR_INVALID_PARAMETER, RPC_S_CALL_CANCELLED
static const HRESULT on_end[] = {ERROR_INVALID_PARAMETER, S_OK};
static const HRESULT on_open[] = {GONE, hrAlreadyOpen, hrInvalidBackupSequence, S_OK};
static const HRESULT on_read[] = {GONE, hrInvalidHandle, ERROR_HANDLE_EOF, S_OK};
static const HRESULT on_close[] = {GONE, hrInvalidHandle, S_OK};
static const HRESULT on_list[] = {GONE, hrInvalidBackupSequence, S_OK};
static const HRESULT on_restore[] = {ERROR_INVALID_PARAMETER, S_OK};
static const HRESULT on_prepare[] = {hrBackupInProgress, S_OK};
static const HRESULT on_other[] = {S_OK};

static void prepare(unsigned slot)
{
    PVOID token = NULL;
    DWORD bytes = 0;
    HBC hbc = NULL;
    HRESULT hr = DsBackupPrepareA(".", 0, BACKUP_TYPE_FULL, &token, &bytes, &hbc);
    expect("DsBackupPrepareA", hr, on_prepare);
    if (hr != S_OK)
        return;
    DsBackupFree(token);
    HBC before = atomic_exchange(&handles[slot], hbc);
    expect("DsBackupEnd", DsBackupEnd(before), on_end);
}

static void list(HBC hbc, bool logs)
{
    LPWSTR names = NULL;
    DWORD bytes;
    HRESULT hr = logs ? DsBackupGetBackupLogsW(hbc, &names, &bytes)
                      : DsBackupGetDatabaseNamesW(hbc, &names, &bytes);
    expect("a list", hr, on_list);
    DsBackupFree(names);
}

static void one_call(unsigned slot, unsigned choice, char *buffer)
{
    HBC hbc = atomic_load(&handles[slot]);
    LARGE_INTEGER size;
    DWORD count;
    BOOL online;
    switch (choice % 16) {
    case 0:
        prepare(slot);
        break;
    case 1:
        expect("DsBackupEnd", DsBackupEnd(hbc), on_end);
        break;
    case 2:
        list(hbc, choice & 16);
        break;
    case 3:
    case 4:
    case 5:
        expect("DsBackupOpenFileW", DsBackupOpenFileW(hbc, u"ntds.dit", 24576, &size), on_open);
        break;
    case 6:
        expect("DsBackupClose", DsBackupClose(hbc), on_close);
        break;
    case 7:
        expect("DsRestoreRegisterComplete", DsRestoreRegisterComplete(hbc, S_OK), on_restore);
        break;
    case 8:
        expect("DsIsNTDSOnlineA", DsIsNTDSOnlineA(".", &online), on_other);
        break;
    case 9:
        expect("DsSetAuthIdentityA", DsSetAuthIdentityA(NULL, NULL, NULL), on_other);
        break;
    default:
        expect("DsBackupRead", DsBackupRead(hbc, buffer, BUFFER_BYTES, &count), on_read);
    }
}

static void *work(void *argument)
{
    unsigned state = *(unsigned *)argument;
    char *buffer = malloc(BUFFER_BYTES);
    for (unsigned long i = 0; buffer != NULL && i < rounds; i++)
        one_call(next_random(&state) % HANDLES, next_random(&state), buffer);
    free(buffer);
    return NULL;
}

int main(int count, char **arguments)
{
    pthread_t threads[THREADS];
    unsigned seeds[THREADS];
    if (count != 3 || (rounds = strtoul(arguments[1], NULL, 10)) == 0) {
        fprintf(stderr, "usage: %s ROUNDS SEED\n", arguments[0]);
        return 2;
    }
    for (unsigned i = 0; i < HANDLES; i++)
        prepare(i);
    for (unsigned i = 0; i < THREADS; i++) {
        seeds[i] = ((unsigned)strtoul(arguments[2], NULL, 10) * THREADS + i) * 2654435761u;
        if (pthread_create(&threads[i], NULL, work, &seeds[i]) != 0)
            return 1;
    }
    for (unsigned i = 0; i < THREADS; i++)
        pthread_join(threads[i], NULL);
    for (unsigned i = 0; i < HANDLES; i++)
        expect("DsBackupEnd", DsBackupEnd(atomic_load(&handles[i])), on_end);
    struct ntdsb_client_counts held;
    ntdsb_client_inspect(&held);
    printf(
        "%lu calls by %d threads, seed %s: %lu unexpected codes, %u handles and %u buffers left\n",
        calls, THREADS, arguments[2], failures, held.live_handles, held.outstanding_buffers);
    return failures > 0 || calls < rounds || held.live_handles > 0 || held.outstanding_buffers > 0;
}
