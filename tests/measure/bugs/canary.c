/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Counts in a file that all processes of a run share: RUNDOWN_CANARIES names it, two 64-bit
 * numbers, reached and triggered. A process that crashes is counted as well.
 */
#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

void bug_canary(int harmful);

static _Atomic uint64_t nowhere[2];
static _Atomic uint64_t *counts = nowhere;

__attribute__((constructor)) static void open_counts(void)
{
    const char *path = getenv("RUNDOWN_CANARIES");
    int fd = path != NULL ? open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0666) : -1;
    if (fd < 0)
        return;
    void *shared = MAP_FAILED;
    if (ftruncate(fd, sizeof nowhere) == 0)
        shared = mmap(NULL, sizeof nowhere, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    close(fd);
    if (shared != MAP_FAILED)
        counts = shared;
}

void bug_canary(int harmful)
{
    counts[0]++;
    counts[1] += harmful != 0;
}
