/* SPDX-License-Identifier: Apache-2.0 */
/*
 * stress_load together SESSIONS SEED: as many sessions at one time, each on a thread: all are begun
 *     before the first one goes on, all have a file open before the first one reads, all read
 *     ntds.dit to its end before the first one ends.
 * stress_load soak SESSIONS SEED: sessions one after the other on four threads, each of a length
 *     drawn by the seed: begun and ended; lists; a file in part, or whole. "at N" every second.
 *
 * Every call must succeed. Exit code: 0, or 1 with the call that did not.
 */
#include <windows.h>

#include <ntdsbcli.h>

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { BLOCK = 65536, SOAK_THREADS = 4, STACK_BYTES = 256 << 10 };

static atomic_long left, done, failures;
static atomic_ullong bytes_read;
static pthread_barrier_t barrier;
static unsigned seed;

/* True: went well. */
static bool went(const char *call, HRESULT result)
{
    if (result == S_OK)
        return true;
    if (atomic_fetch_add(&failures, 1) < 5)
        printf("%s: 0x%08X\n", call, (unsigned)result);
    return false;
}

static bool begin(HBC *handle)
{
    PVOID token = NULL;
    DWORD bytes;
    bool began =
        went("DsBackupPrepare", DsBackupPrepareA(".", 0, BACKUP_TYPE_FULL, &token, &bytes, handle));
    DsBackupFree(token);
    return began;
}

/* Reads the open file, no further than `most`. */
static bool read_file(HBC handle, unsigned long long most)
{
    char block[BLOCK];
    DWORD n;
    for (unsigned long long total = 0; total < most; total += n) {
        HRESULT result = DsBackupRead(handle, block, sizeof block, &n);
        if (result == ERROR_HANDLE_EOF)
            return true;
        if (!went("DsBackupRead", result))
            return false;
        atomic_fetch_add(&bytes_read, n);
    }
    return true;
}

static bool open_database(HBC handle)
{
    LARGE_INTEGER size;
    return went("DsBackupOpenFile", DsBackupOpenFileA(handle, "ntds.dit", BLOCK, &size));
}

/* All at one time ------------------------------------------------------------------------------ */

static void *take_part(void *unused)
{
    HBC handle = NULL;
    bool well = begin(&handle);
    pthread_barrier_wait(&barrier);
    well = well && open_database(handle);
    pthread_barrier_wait(&barrier);
    well = well && read_file(handle, ~0ULL);
    pthread_barrier_wait(&barrier);
    if (handle != NULL)
        went("DsBackupEnd", DsBackupEnd(handle));
    atomic_fetch_add(&done, well ? 1 : 0);
    return unused;
}

/* One after the other ------------------------------------------------------------------------- */

static void take_lists(HBC handle)
{
    LPSTR names = NULL, logs = NULL;
    DWORD bytes;
    went("DsBackupGetDatabaseNames", DsBackupGetDatabaseNamesA(handle, &names, &bytes));
    went("DsBackupGetBackupLogs", DsBackupGetBackupLogsA(handle, &logs, &bytes));
    DsBackupFree(names);
    DsBackupFree(logs);
}

static void run_session(unsigned what)
{
    HBC handle;
    if (!begin(&handle))
        return;
    if (what == 1)
        take_lists(handle);
    if (what >= 2 && open_database(handle) && read_file(handle, what == 2 ? BLOCK : ~0ULL) &&
        what == 3)
        went("DsBackupClose", DsBackupClose(handle));
    if (went("DsBackupEnd", DsBackupEnd(handle)))
        atomic_fetch_add(&done, 1);
}

static void *soak(void *number)
{
    unsigned state = seed * 2654435761u + (unsigned)(size_t)number;
    while (atomic_fetch_sub(&left, 1) > 0 && atomic_load(&failures) == 0) {
        state = state * 1664525 + 1013904223;
        run_session(state >> 28 & 3);
    }
    return NULL;
}

static void *report(void *unused)
{
    for (;;) {
        sleep(1);
        printf("at %ld\n", atomic_load(&done));
        fflush(stdout);
    }
    return unused;
}

int main(int argc, char **argv)
{
    pthread_t reporter;
    pthread_attr_t attributes;
    struct timespec start, stop;
    if (argc != 4)
        return 2;
    bool together = strcmp(argv[1], "together") == 0;
    long sessions = strtol(argv[2], NULL, 10);
    size_t threads = together ? (size_t)sessions : SOAK_THREADS;
    pthread_t *all = calloc(threads, sizeof *all);
    seed = (unsigned)strtoul(argv[3], NULL, 10);
    left = sessions;
    if (all == NULL || sessions <= 0)
        return 2;
    pthread_barrier_init(&barrier, NULL, (unsigned)threads);
    pthread_attr_init(&attributes);
    pthread_attr_setstacksize(&attributes, STACK_BYTES);
    clock_gettime(CLOCK_MONOTONIC, &start);
    if (!together)
        pthread_create(&reporter, &attributes, report, NULL);
    for (size_t i = 0; i < threads; i++)
        if (pthread_create(&all[i], &attributes, together ? take_part : soak, (void *)i) != 0)
            return 1;
    for (size_t i = 0; i < threads; i++)
        pthread_join(all[i], NULL);
    clock_gettime(CLOCK_MONOTONIC, &stop);
    if (!together) {
        pthread_cancel(reporter);
        pthread_join(reporter, NULL);
    }
    free(all);
    printf("ended %ld sessions %llu bytes %lld ms\n", atomic_load(&done), atomic_load(&bytes_read),
           (long long)(stop.tv_sec - start.tv_sec) * 1000 +
               (stop.tv_nsec - start.tv_nsec) / 1000000);
    return atomic_load(&failures) == 0 && atomic_load(&done) == sessions ? 0 : 1;
}
