/* SPDX-License-Identifier: Apache-2.0 */
#include "peer_text.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void peer_text_give_up(const char *what, const char *line)
{
    fprintf(stderr, "script of a peer: %s: %.*s\n", what, (int)strcspn(line, "\n"), line);
    _Exit(2);
}

size_t peer_text(const char *line, char out[PEER_TEXT_BYTES])
{
    size_t n = 0;
    const char *p = line + 1 + strspn(line + 1, " ");
    if (*p != '"') {
        n = strcspn(p, "\n");
        if (n >= PEER_TEXT_BYTES)
            peer_text_give_up("too long", line);
        memcpy(out, p, n);
        return n;
    }
    for (p++; *p != '"'; p++) {
        static const char escapes[] = "nrt0\\\"", values[] = "\n\r\t\0\\\"";
        char c = *p;
        if (c == '\0' || c == '\n')
            peer_text_give_up("no closing quote", line);
        if (c == '\\' && p[1] == 'x' && isxdigit((unsigned char)p[2]) &&
            isxdigit((unsigned char)p[3])) {
            c = (char)strtoul((const char[]){p[2], p[3], '\0'}, NULL, 16);
            p += 3;
        } else if (c == '\\') {
            const char *known = p[1] != '\0' ? strchr(escapes, p[1]) : NULL;
            if (known == NULL)
                peer_text_give_up("unknown escape", line);
            c = values[known - escapes];
            p++;
        }
        if (n == PEER_TEXT_BYTES)
            peer_text_give_up("too long", line);
        out[n++] = c;
    }
    return n;
}
