/* SPDX-License-Identifier: Apache-2.0 */
#include "log.h"

#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum {
    TEXT_BYTES = 900,                /* before control characters are written out */
    LINE_BYTES = 4 * TEXT_BYTES + 80 /* less than PIPE_BUF */
};

/* How many lines of one kind may be written. */
struct allowance {
    const char *what;
    long burst, per_second; /* lines */
    time_t last_second;
    long left;
    unsigned long suppressed;
};

static struct allowance peers = {.what = "peers", .burst = 32, .per_second = 4, .left = 32},
                        sessions = {
                            .what = "sessions", .burst = 512, .per_second = 64, .left = 512};
static enum log_level most = LOG_LEVEL_INFO;

static void refill(struct allowance *a)
{
    a->last_second = 0;
    a->left = a->burst;
    a->suppressed = 0;
}

void log_start(enum log_level level)
{
    most = level;
    refill(&peers);
    refill(&sessions);
}

/* Whether standard error is the stream that systemd says goes to its journal: see
   $JOURNAL_STREAM in systemd.exec(5). */
static bool goes_to_the_journal(void)
{
    struct stat status;
    char stream[48];
    const char *journal = getenv("JOURNAL_STREAM");
    if (journal == NULL || fstat(STDERR_FILENO, &status) != 0)
        return false;
    snprintf(stream, sizeof stream, "%ju:%ju", (uintmax_t)status.st_dev, (uintmax_t)status.st_ino);
    return strcmp(stream, journal) == 0;
}

/* The beginning of a line; its length. */
static size_t put_head(enum log_level level, char *line, size_t room)
{
    static const char priorities[] = {'3', '6', '7'}; /* of syslog(3) */
    struct timespec now;
    struct tm t;
    char time[32] = "";
    int n;
    if (goes_to_the_journal()) {
        n = snprintf(line, room, "<%c>", priorities[level]);
    } else {
        clock_gettime(CLOCK_REALTIME, &now);
        if (gmtime_r(&now.tv_sec, &t) != NULL)
            strftime(time, sizeof time, "%Y-%m-%dT%H:%M:%S", &t);
        n = snprintf(line, room, "%s.%03ldZ ntdsbsrvd: ", time, now.tv_nsec / 1000000);
    }
    return n > 0 ? (size_t)n : 0;
}

/* Whether a terminal may take the byte at `c` for more than a letter: C0, DEL, and C1 as UTF-8. */
static bool is_control(const unsigned char *c, const unsigned char *text)
{
    return *c < ' ' || *c == 0x7f || (c[0] == 0xc2 && c[1] >= 0x80 && c[1] < 0xa0) ||
           (c > text && c[-1] == 0xc2 && c[0] >= 0x80 && c[0] < 0xa0);
}

/* One write() per line, so that lines of one log never mix. */
static void write_line(enum log_level level, const char *peer, const char *format,
                       va_list arguments)
{
    char text[TEXT_BYTES], line[LINE_BYTES];
    size_t used = put_head(level, line, sizeof line);
    int n = peer != NULL ? snprintf(text, sizeof text, "%s: ", peer) : 0;
    if (n < 0 || (size_t)n >= sizeof text)
        n = 0;
    text[n] = '\0';
    vsnprintf(text + n, sizeof text - (size_t)n, format, arguments);
    const unsigned char *start = (const unsigned char *)text;
    for (const unsigned char *c = start; *c != '\0'; c++)
        used += (size_t)snprintf(line + used, sizeof line - used,
                                 is_control(c, start) ? "\\x%02x" : "%c", *c);
    line[used++] = '\n';
    /* If standard error is gone the failure cannot be reported. */
    ssize_t written = write(STDERR_FILENO, line, used);
    (void)written;
}

void log_line(enum log_level level, const char *format, ...)
{
    va_list arguments;
    if (level > most)
        return;
    va_start(arguments, format);
    write_line(level, NULL, format, arguments);
    va_end(arguments);
}

/* Whether one more line may be written; first logs how many were not. */
static bool take_allowance(struct allowance *a)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    time_t passed = now.tv_sec - a->last_second;
    a->last_second = now.tv_sec;
    if (passed > a->burst / a->per_second)
        passed = a->burst / a->per_second;
    a->left += passed * a->per_second;
    if (a->left > a->burst)
        a->left = a->burst;
    if (a->left == 0) {
        a->suppressed++;
        return false;
    }
    a->left--;
    if (a->suppressed > 0)
        log_line(LOG_LEVEL_INFO, "%lu lines about %s left out", a->suppressed, a->what);
    a->suppressed = 0;
    return true;
}

void log_peer(enum log_level level, const char *peer, const char *format, ...)
{
    va_list arguments;
    if (level > most || (level < LOG_LEVEL_DEBUG && !take_allowance(&peers)))
        return;
    va_start(arguments, format);
    write_line(level, peer, format, arguments);
    va_end(arguments);
}

void log_session(enum log_level level, const char *peer, const char *format, ...)
{
    va_list arguments;
    if (level > most || !take_allowance(&sessions))
        return;
    va_start(arguments, format);
    write_line(level, peer, format, arguments);
    va_end(arguments);
}
