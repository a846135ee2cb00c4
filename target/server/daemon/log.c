/* SPDX-License-Identifier: Apache-2.0 */
#include "log.h"

#include <stdarg.h>
#include <stdio.h>
#include <time.h>
#include <unistd.h>

enum {
    LINE_BYTES = 1024,
    PEER_LINES_BURST = 32, /* lines at once */
    PEER_LINES_PER_SECOND = 4
};

/* One write() per line, so that lines of one log never mix. */
static void write_line(const char *peer, const char *format, va_list arguments)
{
    char line[LINE_BYTES] = "ntdsbsrvd: ";
    size_t used = sizeof "ntdsbsrvd: " - 1, limit = sizeof line - 1; /* room for the newline */
    int n = peer != NULL ? snprintf(line + used, limit - used, "%s: ", peer) : 0;
    if (n > 0)
        used += (size_t)n < limit - used ? (size_t)n : limit - used - 1;
    n = vsnprintf(line + used, limit - used, format, arguments);
    if (n > 0)
        used += (size_t)n < limit - used ? (size_t)n : limit - used - 1;
    for (size_t i = 0; i < used; i++)
        if ((unsigned char)line[i] < ' ' || line[i] == 0x7f)
            line[i] = '?';
    line[used++] = '\n';
    /* Where standard error is gone there is nobody left to tell. */
    ssize_t written = write(STDERR_FILENO, line, used);
    (void)written;
}

void log_line(const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    write_line(NULL, format, arguments);
    va_end(arguments);
}

void log_peer(const char *peer, const char *format, ...)
{
    static time_t last_second;
    static long allowance = PEER_LINES_BURST;
    static unsigned long suppressed;
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    time_t passed = now.tv_sec - last_second;
    last_second = now.tv_sec;
    if (passed > PEER_LINES_BURST / PEER_LINES_PER_SECOND)
        passed = PEER_LINES_BURST / PEER_LINES_PER_SECOND;
    allowance += passed * PEER_LINES_PER_SECOND;
    if (allowance > PEER_LINES_BURST)
        allowance = PEER_LINES_BURST;
    if (allowance == 0) {
        suppressed++;
        return;
    }
    allowance--;
    if (suppressed > 0)
        log_line("%lu lines about peers left out", suppressed);
    suppressed = 0;
    va_list arguments;
    va_start(arguments, format);
    write_line(peer, format, arguments);
    va_end(arguments);
}
