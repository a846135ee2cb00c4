/* SPDX-License-Identifier: Apache-2.0 */
#include "paragraph.h"

#include <stdarg.h>
#include <stddef.h>
#include <string.h>

static const char red[] = "\033[1;31m", bold[] = "\033[1m", plain[] = "\033[0m";

/* Returns the column behind it. */
static size_t put_label(const struct paragraph *p, unsigned indent, const char *label)
{
    fprintf(p->out, "%*s", (int)indent, "");
    if (label == NULL)
        return indent;
    if (p->colour)
        fprintf(p->out, "%s%s%s", indent == 0 ? red : bold, label, plain);
    else
        fputs(label, p->out);
    return indent + strlen(label);
}

void paragraph(const struct paragraph *p, unsigned indent, const char *label, const char *format,
               ...)
{
    char text[2048];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    size_t column = put_label(p, indent, label), begun = label != NULL ? 0 : column;
    for (const char *word = text; *word != '\0';) {
        size_t n = strcspn(word, " \n");
        if (column > begun && column + 1 + n > PARAGRAPH_COLUMNS) {
            fprintf(p->out, "\n%*s", (int)indent + 4, "");
            column = begun = indent + 4;
        } else if (column > begun) {
            fputc(' ', p->out);
            column++;
        }
        fwrite(word, 1, n, p->out);
        column += n;
        word += n + strspn(word + n, " \n");
    }
    fputc('\n', p->out);
}

void paragraph_line(const struct paragraph *p, unsigned indent, const char *label, const char *text)
{
    put_label(p, indent, label);
    fprintf(p->out, "%s%s\n", label != NULL && text[0] != '\0' ? " " : "", text);
}
