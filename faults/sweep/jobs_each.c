/* SPDX-License-Identifier: Apache-2.0 */
#include "faults/sweep/jobs.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>

/* What the process that is at work shares with its parent and with the one that takes its place. */
struct progress {
    size_t begun; /* items */
    unsigned failed;
};

static struct {
    size_t count;
    jobs_item *each;
    enum jobs_end end;
    void *context;
    struct progress *progress;
} items;

static bool ends_with(unsigned failed)
{
    return items.end == JOBS_UNTIL_FIRST && failed > 0;
}

static int go_on(unsigned job)
{
    (void)job;
    struct progress *p = items.progress;
    p->failed += jobs_deaths() > 0; /* the item that the last one died of */
    while (p->begun < items.count && !ends_with(p->failed)) {
        size_t item = p->begun++;
        p->failed += !items.each(item, items.context);
    }
    return EXIT_SUCCESS;
}

unsigned jobs_each(size_t count, enum jobs_end end, jobs_item *each, void *context)
{
    /* One alone is run here, where a debugger is. */
    if (count <= 1)
        return count == 1 && !each(0, context);
    struct progress *p =
        mmap(NULL, sizeof *p, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (p == MAP_FAILED) {
        perror("rundown");
        return (unsigned)count;
    }
    items.count = count;
    items.each = each;
    items.end = end;
    items.context = context;
    items.progress = p;
    unsigned failed = jobs_run(1, go_on, JOBS_AGAIN);
    failed += p->failed;
    if (p->begun < count && !ends_with(failed))
        fprintf(stderr, "rundown: too many died: %zu of %zu were not looked at\n", count - p->begun,
                count);
    munmap(p, sizeof *p);
    return failed;
}
