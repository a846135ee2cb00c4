/* SPDX-License-Identifier: Apache-2.0 */
#include "known.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

enum { VALUE_BYTES = SIGNATURE_BYTES };

enum { REASON, OWNER, DATE, SIGNATURE, KEYS };
static const struct {
    const char *key, *missing;
} keys[KEYS] = {
    [REASON] = {"reason", "a line \"# reason: ...\" that says why it is not mended yet"},
    [OWNER] = {"owner", "a line \"# owner: ...\" that says who will mend it"},
    [DATE] = {"date", "a line \"# date: YYYY-MM-DD\""},
    [SIGNATURE] = {"signature", "a line \"# signature: ...\" that says what it shows"},
};

/* "# KEY: value" */
static bool read_line(const char *line, size_t n, const char *key, char out[VALUE_BYTES])
{
    size_t length = strlen(key), at = 1 + strspn(line + (n > 0), " \t");
    if (n == 0 || line[0] != '#' || n < at + length + 1 || memcmp(line + at, key, length) != 0 ||
        line[at + length] != ':')
        return false;
    at += length + 1;
    while (at < n && isblank((unsigned char)line[at]))
        at++;
    while (n > at && isspace((unsigned char)line[n - 1]))
        n--;
    snprintf(out, VALUE_BYTES, "%.*s", (int)(n - at), line + at);
    return out[0] != '\0';
}

static bool is_date(const char *text)
{
    static const char form[] = "dddd-dd-dd";
    for (size_t i = 0; i < sizeof form; i++)
        if (form[i] == 'd' ? !isdigit((unsigned char)text[i]) : text[i] != form[i])
            return false;
    return true;
}

void known_read(const char *text, size_t n, struct known *out)
{
    char values[KEYS][VALUE_BYTES] = {{0}};
    const char *end = text + n;
    for (const char *line = text; line < end && (*line == '#' || *line == '\n');) {
        const char *stop = memchr(line, '\n', (size_t)(end - line));
        size_t length = stop != NULL ? (size_t)(stop - line) : (size_t)(end - line);
        for (unsigned k = 0; k < KEYS; k++)
            if (values[k][0] == '\0')
                read_line(line, length, keys[k].key, values[k]);
        line += length + (stop != NULL);
    }
    if (!is_date(values[DATE]))
        values[DATE][0] = '\0';
    *out = (struct known){.is_known = values[REASON][0] != '\0' || values[OWNER][0] != '\0' ||
                                      values[DATE][0] != '\0'};
    snprintf(out->signature, sizeof out->signature, "%s", values[SIGNATURE]);
    for (unsigned k = KEYS; k-- > 0;)
        if (values[k][0] == '\0')
            out->missing = keys[k].missing;
}
