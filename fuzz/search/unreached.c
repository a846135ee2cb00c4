/* SPDX-License-Identifier: Apache-2.0 */
#include "unreached.h"

#include "fuzz/program/input.h"

#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

enum { MOST_BYTES = 1 << 20 };

bool unreached_read(const char *path, struct unreached *out, const char **why)
{
    uint8_t *bytes;
    size_t n;
    out->text = NULL;
    if (path == NULL)
        return true;
    if (!input_read(path, MOST_BYTES, &bytes, &n, why))
        return false;
    out->text = strndup((const char *)bytes, n);
    free(bytes);
    if (out->text != NULL && strlen(out->text) == n)
        return true;
    unreached_free(out);
    *why = "is not text";
    return false;
}

void unreached_free(struct unreached *u)
{
    free(u->text);
    u->text = NULL;
}

const char *unreached_reason(const struct unreached *u, const char *point, int *length)
{
    size_t n = strlen(point);
    for (const char *line = u->text; line != NULL && *line != '\0';) {
        size_t line_length = strcspn(line, "\n");
        if (line_length > n && memcmp(line, point, n) == 0 && line[n] == ' ') {
            const char *reason = line + n + strspn(line + n, " ");
            *length = (int)(line + line_length - reason);
            return reason;
        }
        line += line_length + (line[line_length] == '\n');
    }
    return NULL;
}
