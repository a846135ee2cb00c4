/* SPDX-License-Identifier: Apache-2.0 */
#include "option_internal.h"

#include <string.h>

enum { NAME_MAX_BYTES = 63 };

static unsigned least_of(unsigned a, unsigned b)
{
    return a < b ? a : b;
}

/* The number of letters that have to be added, dropped or changed. */
static unsigned distance(const char *a, const char *b)
{
    unsigned row[NAME_MAX_BYTES + 2]; /* from the part of `a` so far to each beginning of `b` */
    size_t n = strlen(b);
    for (size_t j = 0; j <= n; j++)
        row[j] = (unsigned)j;
    for (size_t i = 0; a[i] != '\0'; i++) {
        unsigned before = row[0]++;
        for (size_t j = 1; j <= n; j++) {
            unsigned here = before + (a[i] != b[j - 1]);
            before = row[j];
            row[j] = least_of(here, least_of(row[j], row[j - 1]) + 1);
        }
    }
    return row[n];
}

const char *option_nearest(const struct option_program *program, const char *wrong)
{
    const char *nearest = NULL;
    const struct option_row *row;
    size_t length = strlen(wrong);
    /* More than half of it differs: it is a different word. */
    unsigned least = (unsigned)(length / 2) + 1;
    if (length == 0 || length > NAME_MAX_BYTES)
        return NULL;
    for (size_t i = 0; (row = option_row_at(program, i)) != NULL; i++) {
        unsigned far = strlen(row->name) <= NAME_MAX_BYTES ? distance(wrong, row->name) : least;
        /* A shortened name counts as no mistake, a part of a name as one wrong letter. */
        if (strncmp(row->name, wrong, length) == 0)
            far = 0;
        else if (length > 2 && strstr(row->name, wrong) != NULL)
            far = least_of(far, 1);
        if (far < least) {
            least = far;
            nearest = row->name;
        }
    }
    return nearest;
}
