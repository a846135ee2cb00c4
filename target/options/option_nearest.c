/* SPDX-License-Identifier: Apache-2.0 */
#include "option_internal.h"

#include <string.h>

enum { NAME_MAX_BYTES = 63 };

static unsigned least_of(unsigned a, unsigned b)
{
    return a < b ? a : b;
}

/* How many letters have to be added, dropped, changed or swapped with their neighbour. */
static unsigned distance(const char *a, const char *b)
{
    unsigned rows[3][NAME_MAX_BYTES + 2] = {
        {0}}; /* of the table: the one before last, last, this */
    size_t m = strlen(a), n = strlen(b);
    for (size_t j = 0; j <= n; j++)
        rows[2][j] = (unsigned)j;
    for (size_t i = 1; i <= m; i++) {
        memcpy(rows[0], rows[1], sizeof rows[0]);
        memcpy(rows[1], rows[2], sizeof rows[1]);
        rows[2][0] = (unsigned)i;
        for (size_t j = 1; j <= n; j++) {
            unsigned here = rows[1][j - 1] + (a[i - 1] != b[j - 1]);
            here = least_of(here, least_of(rows[1][j], rows[2][j - 1]) + 1);
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                here = least_of(here, rows[0][j - 2] + 1);
            rows[2][j] = here;
        }
    }
    return rows[2][n];
}

const char *option_nearest(const struct option_program *program, const char *wrong)
{
    const char *nearest = NULL;
    const struct option_row *row;
    size_t length = strlen(wrong);
    unsigned least =
        (unsigned)(length / 2) + 1; /* more than half of it wrong: it is another word */
    if (length == 0 || length > NAME_MAX_BYTES)
        return NULL;
    for (size_t i = 0; (row = option_row_at(program, i)) != NULL; i++) {
        unsigned far = strlen(row->name) <= NAME_MAX_BYTES ? distance(wrong, row->name) : least;
        /* A name cut short is no slip, a part of one is as good as a slip of one letter. */
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
