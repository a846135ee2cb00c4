/* SPDX-License-Identifier: Apache-2.0 */
#include "progress.h"

#include <stdio.h>
#include <unistd.h>

static double seconds_since(const struct timespec *then, const struct timespec *now)
{
    return (double)(now->tv_sec - then->tv_sec) + (double)(now->tv_nsec - then->tv_nsec) / 1e9;
}

static void show(struct progress *p, const struct timespec *now)
{
    double elapsed = seconds_since(&p->start, now);
    double percent = p->total > 0 ? 100.0 * (double)p->done / (double)p->total : 100.0;
    double rate = elapsed > 0 ? (double)p->done / elapsed / 1e6 : 0;
    fprintf(stderr, "%s%s %s  %3.0f %%  %.1f MB/s%s", p->terminal ? "\r" : "", p->verb, p->name,
            percent, rate, p->terminal ? "\033[K" : "\n");
    p->shown = *now;
    p->dirty = true;
}

void progress_start(struct progress *p, bool enabled, const char *verb, const char *name,
                    uint64_t total)
{
    *p = (struct progress){.verb = verb, .name = name, .total = total, .enabled = enabled};
    p->terminal = isatty(STDERR_FILENO) == 1;
    clock_gettime(CLOCK_MONOTONIC, &p->start);
    p->shown = p->start;
}

void progress_add(struct progress *p, uint64_t bytes)
{
    struct timespec now;
    p->done += bytes;
    if (!p->enabled)
        return;
    clock_gettime(CLOCK_MONOTONIC, &now);
    if (seconds_since(&p->shown, &now) >= (p->terminal ? 0.2 : 2.0))
        show(p, &now);
}

void progress_end(struct progress *p)
{
    struct timespec now;
    if (p->enabled && (p->dirty || !p->terminal)) {
        clock_gettime(CLOCK_MONOTONIC, &now);
        show(p, &now);
        if (p->terminal)
            fputc('\n', stderr);
    }
    p->enabled = false;
}
