/* SPDX-License-Identifier: Apache-2.0 */
#include "search_json.h"

#include "faults/fault/site.h"
#include "fuzz/model/allowed.h"
#include "fuzz/model/profile.h"
#include "fuzz/run/profile_json.h"
#include "fuzz/run/reproduce.h"
#include "sweep_table.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

json_t *search_json_head(const char *format)
{
    char date[sizeof "2000-01-31T12:00:00Z"];
    time_t now = time(NULL);
    struct tm utc;
    if (gmtime_r(&now, &utc) == NULL ||
        strftime(date, sizeof date, "%Y-%m-%dT%H:%M:%SZ", &utc) == 0)
        date[0] = '\0';
    json_t *head = json_pack("{s:s, s:i, s:s?, s:s, s:s}", "format", format, "version", 1, "commit",
                             reproduce_commit(), "date", date, "flavour", reproduce_flavour());
    if (!profile_is_empty())
        json_object_set_new(head, "profile", profile_json());
    return head;
}

json_t *search_json_totals(const struct sweep_totals *t)
{
    return json_pack("{s:I, s:I, s:I, s:I, s:I, s:I}", "programs", (json_int_t)t->subjects,
                     "points", (json_int_t)t->points, "runs", (json_int_t)t->runs, "fired",
                     (json_int_t)t->fired, "findings", (json_int_t)t->findings, "unnamed",
                     (json_int_t)t->unnamed);
}

static json_t *kinds(enum fault_class class)
{
    json_t *list = json_array();
    for (uint32_t kind = 0; kind < fault_kind_count(class); kind++)
        json_array_append_new(list, json_string(fault_kind_name(class, kind)));
    return list;
}

/* Of a name CLASS@FUNCTION#N; an operation on the wire stands for a function. */
static json_t *function_of(const char *name)
{
    const char *from = strchr(name, '@'), *to = strrchr(name, '#');
    return from != NULL && to > from ? json_stringn(from + 1, (size_t)(to - from - 1))
                                     : json_null();
}

static json_t *point(const struct sweep_totals *t, unsigned i, const struct unreached *reasons,
                     bool strict)
{
    const struct sweep_site *s = &t->sites[i];
    int length = 0;
    const char *reason = unreached_reason(reasons, site_name(i), &length);
    const char *benign = NULL, *because = NULL;
    if (s->benign_kind > 0) {
        benign = fault_kind_name(site_class(i), (uint32_t)s->benign_kind - 1);
        because = allowed_why(site_class(i), (uint32_t)s->benign_kind - 1);
    }
    return json_pack("{s:s, s:s, s:o, s:o, s:I, s:I, s:I, s:I, s:s?, s:s?, s:o, s:s?}", "point",
                     site_name(i), "class", fault_class_name(site_class(i)), "function",
                     function_of(site_name(i)), "kinds", kinds(site_class(i)), "reached",
                     (json_int_t)s->reached, "fired", (json_int_t)s->fired, "handled",
                     (json_int_t)s->handled, "benign", (json_int_t)s->benign, "benign_kind", benign,
                     "benign_because", because, "unreached_because",
                     reason != NULL ? json_stringn(reason, (size_t)length) : json_null(), "wrong",
                     sweep_complaint(s, reason, strict));
}

json_t *search_json_points(const struct sweep_totals *t, const struct unreached *reasons,
                           bool strict)
{
    json_t *list = json_array();
    for (unsigned i = 0; i < site_count(); i++)
        json_array_append_new(list, point(t, i, reasons, strict));
    return list;
}
