/* SPDX-License-Identifier: Apache-2.0 */
#include "profile_json.h"

#include "fuzz/model/profile.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

json_t *profile_json(void)
{
    char *text = NULL;
    size_t n = 0;
    json_t *list = json_array();
    FILE *out = open_memstream(&text, &n);
    if (out == NULL)
        return list;
    profile_print(out);
    fclose(out);
    char *rest = text;
    strsep(&rest, "\n");
    for (char *line; (line = strsep(&rest, "\n")) != NULL;)
        if (*line != '\0')
            json_array_append_new(list, json_string(line + strspn(line, " ")));
    free(text);
    return list;
}
