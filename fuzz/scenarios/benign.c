/* SPDX-License-Identifier: Apache-2.0 */
#include "benign.h"

#include <errno.h>
#include <string.h>

static bool take_out(struct findings *f, const char *place)
{
    char signature[SIGNATURE_BYTES];
    snprintf(signature, sizeof signature, "%s:%s", scenario_verdict_name(VERDICT_SWALLOWED), place);
    for (unsigned i = 0; i < f->count; i++) {
        if (strcmp(f->at[i].signature, signature) != 0)
            continue;
        memmove(&f->at[i], &f->at[i + 1], (f->count - i - 1) * sizeof f->at[0]);
        f->count--;
        return true;
    }
    return false;
}

bool benign_take_out(const char *path, struct findings *f, FILE *out)
{
    FILE *file = fopen(path, "re");
    char line[512], place[128], owner[64], date[32];
    bool right = true;
    if (file == NULL) {
        fprintf(stderr, "%s: %s\n", path, strerror(errno));
        return false;
    }
    for (unsigned number = 1; right && fgets(line, sizeof line, file) != NULL; number++) {
        int end = 0;
        if (line[strspn(line, " \t\n")] == '\0' || line[0] == '#')
            continue;
        right =
            sscanf(line, "%127s %63s %31s %n", place, owner, date, &end) == 3 && line[end] > ' ';
        if (!right)
            fprintf(stderr, "%s:%u: a line is FAULT-POINT OWNER DATE REASON\n", path, number);
        else if (!take_out(f, place) && out != NULL)
            fprintf(out, "harmless, and never swallowed: %s (%s, %s)\n", place, owner, date);
    }
    fclose(file);
    return right;
}
