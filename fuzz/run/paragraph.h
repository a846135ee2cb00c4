/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Text in 80 columns, with labels in colour.
 */
#ifndef FUZZ_PARAGRAPH_H
#define FUZZ_PARAGRAPH_H

#include <stdbool.h>
#include <stdio.h>

enum { PARAGRAPH_COLUMNS = 80 };

struct paragraph {
    FILE *out;
    bool colour;
};

/* Writes "LABEL TEXT" behind `indent` blanks, broken at blanks; what follows the first line is
   indented by 4 more. `label`: NULL for none; in bold where there is colour, one that is not
   indented in red. A word that is longer than a line is not broken. */
__attribute__((format(printf, 4, 5))) void paragraph(const struct paragraph *p, unsigned indent,
                                                     const char *label, const char *format, ...);
/* The same in one line, however long it is: for what somebody will copy. */
void paragraph_line(const struct paragraph *p, unsigned indent, const char *label,
                    const char *text);

#endif
