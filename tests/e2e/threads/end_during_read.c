/* SPDX-License-Identifier: Apache-2.0 */
/*
 * end_during_read SERVER_PID: one thread is inside DsBackupRead against a server that has been
 * stopped, another ends the handle. The read must return RPC_S_CALL_CANCELLED; End waits for it,
 * then, with the server running again, ends the session there too.
 */
#include <windows.h>

#include <ntdsbcli.h>

#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <unistd.h>

static HBC hbc;
static HRESULT read_result, end_result;
static atomic_int read_returned, end_saw_read_returned, reader_id;

static void *reader(void *argument)
{
    static char buffer[65536];
    DWORD count = 77;
    (void)argument;
    atomic_store(&reader_id, (int)gettid());
    read_result = DsBackupRead(hbc, buffer, sizeof buffer, &count);
    if (count != 0)
        read_result = -1;
    atomic_store(&read_returned, 1);
    return NULL;
}

static void *ender(void *argument)
{
    (void)argument;
    end_result = DsBackupEnd(hbc);
    atomic_store(&end_saw_read_returned, atomic_load(&read_returned));
    return NULL;
}

/* Whether the reader waits for the socket, by the number of its system call: "running" is none. */
static bool reader_waits(void)
{
    char path[64];
    long number = -1;
    snprintf(path, sizeof path, "/proc/self/task/%d/syscall", atomic_load(&reader_id));
    FILE *f = fopen(path, "r");
    if (f == NULL)
        return false;
    bool read = fscanf(f, "%ld", &number) == 1;
    fclose(f);
#ifdef SYS_poll
    if (read && number == SYS_poll)
        return true;
#endif
    return read && number == SYS_ppoll;
}

int main(int count, char **arguments)
{
    pthread_t threads[2];
    PVOID token = NULL;
    DWORD bytes;
    LARGE_INTEGER size;
    if (count != 2)
        return 2;
    pid_t server = (pid_t)strtol(arguments[1], NULL, 10);
    if (DsBackupPrepareA(".", 0, BACKUP_TYPE_FULL, &token, &bytes, &hbc) != S_OK ||
        DsBackupOpenFileA(hbc, "ntds.dit", 24576, &size) != S_OK)
        return 1;
    DsBackupFree(token);
    kill(server, SIGSTOP);
    pthread_create(&threads[0], NULL, reader, NULL);
    while (!reader_waits() && !atomic_load(&read_returned))
        sched_yield();
    int inside = !atomic_load(&read_returned); /* for nothing answers it */
    pthread_create(&threads[1], NULL, ender, NULL);
    pthread_join(threads[0], NULL); /* returns although the server is stopped */
    kill(server, SIGCONT);
    pthread_join(threads[1], NULL);
    printf("read 0x%x, End 0x%x, second End 0x%x\n", (unsigned)read_result, (unsigned)end_result,
           (unsigned)DsBackupEnd(hbc));
    return !(inside && read_result == RPC_S_CALL_CANCELLED && end_result == S_OK &&
             atomic_load(&end_saw_read_returned) && DsBackupEnd(hbc) == ERROR_INVALID_PARAMETER);
}
