/* SPDX-License-Identifier: Apache-2.0 */
#include <rundown/scenario.h>

#include <json-c/json.h>
#include <stdbool.h>
#include <string.h>

RUNDOWN_SCENARIO(parses_and_prints, "a document is printed as it was read")
{
    static const char text[] =
        "{ \"a\": [ 1, 2, { \"b\": \"text\" } ], \"c\": null, \"d\": \"e\" }";
    struct json_object *o = json_tokener_parse(text);
    if (o == NULL)
        return RUNDOWN_HANDLED;
    const char *printed = json_object_to_json_string(o);
    if (printed == NULL) {
        json_object_put(o);
        return RUNDOWN_HANDLED;
    }
    bool same = strcmp(printed, text) == 0;
    json_object_put(o);
    RUNDOWN_CLAIM(same);
    return RUNDOWN_SUCCESS;
}
