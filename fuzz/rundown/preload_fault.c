/* SPDX-License-Identifier: Apache-2.0 */
#include "preload_fault.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct preload_fault preload_fault_of(const struct fault *f)
{
    uint32_t parts[FAULT_PARTS];
    struct preload_fault p = {.armed = true, .class = (uint16_t)f->class, .nth = f->nth};
    fault_kind_parts(f->class, f->kind, parts);
    for (int i = 0; i < FAULT_PARTS; i++)
        p.effects[i] = fault_kind_effect(f->class, parts[i]);
    p.limit = f->shape == FAULT_ONE_SHOT         ? 1 + (parts[0] != parts[1])
              : f->shape == FAULT_BURST          ? FAULT_BURST_LENGTH
              : fault_is_transient(p.effects[1]) ? FAULT_TRANSIENT_LIMIT
                                                 : UINT32_MAX;
    return p;
}

/* Binds it to the fault point of that name; a name without "@" is a class, at whatever point. */
static bool read_point(const struct preload_watched *w, const char *name, struct fault *f,
                       struct preload_fault *out)
{
    int class = strchr(name, '@') == NULL ? fault_class_find_any(name, strlen(name)) : -1;
    if (class >= 0) {
        f->class = (enum fault_class) class;
        return true;
    }
    for (uint32_t i = 0; i < w->base.places; i++) {
        const struct preload_place *place = &w->base.place[i];
        if (strcmp(name, w->names[i]) != 0)
            continue;
        f->class = (enum fault_class)place->class;
        out->bound = true;
        out->offset = place->offset;
        memcpy(out->object, w->base.object[place->object], sizeof out->object);
        return true;
    }
    return false;
}

static bool read_shape(const char *word, enum fault_shape *out)
{
    for (int s = 0; s < FAULT_SHAPES; s++)
        if (strcmp(word, fault_shape_name((enum fault_shape)s)) == 0) {
            *out = (enum fault_shape)s;
            return true;
        }
    return false;
}

const char *preload_fault_read(const struct preload_watched *w, const char *text,
                               struct preload_fault *out)
{
    static char why[PRELOAD_FAULT_TEXT + 96];
    char name[PRELOAD_NAME] = "", kind[32] = "", rest[64] = "", word[32];
    struct fault f = {.nth = 1, .shape = FAULT_ONE_SHOT};
    struct preload_fault point = {0};
    sscanf(text, "%383s %31s %63[^\n]", name, kind, rest);
    if (!read_point(w, name, &f, &point)) {
        snprintf(why, sizeof why, "the run without faults does not pass '%s'", name);
        return why;
    }
    int number = fault_kind_find(f.class, kind, strlen(kind)), used = 0;
    bool good = number >= 0;
    for (const char *at = rest; good && sscanf(at, "%31s%n", word, &used) == 1; at += used) {
        if (strcmp(word, "at") != 0) {
            good = read_shape(word, &f.shape);
            continue;
        }
        at += used;
        good = sscanf(at, " %9[0-9]%n", word, &used) == 1 && (f.nth = (uint32_t)atoi(word)) > 0;
    }
    if (!good) {
        snprintf(why, sizeof why, "'%.*s' has no such kind, number or shape: rundown faults --all",
                 PRELOAD_FAULT_TEXT, text);
        return why;
    }
    f.kind = (uint32_t)number;
    *out = preload_fault_of(&f);
    out->bound = point.bound;
    out->offset = point.offset;
    memcpy(out->object, point.object, sizeof out->object);
    return NULL;
}

const char *preload_fault_point(const struct preload_watched *w, uint16_t class, uint32_t nth,
                                uint32_t *at)
{
    const struct preload_shared *b = &w->base;
    uint32_t i = 0, seen = 0, here = 0;
    for (; i < b->crossings && i < PRELOAD_CROSSINGS; i++)
        if (b->place[b->crossing[i]].class == class && ++seen == nth)
            break;
    if (i == b->crossings || i == PRELOAD_CROSSINGS)
        return "the end";
    for (uint32_t k = 0; k <= i; k++)
        here += b->crossing[k] == b->crossing[i];
    if (at != NULL)
        *at = here;
    return w->names[b->crossing[i]];
}

void preload_fault_write(const struct fault *f, const char *point, uint32_t nth,
                         char out[PRELOAD_FAULT_TEXT])
{
    snprintf(out, PRELOAD_FAULT_TEXT, "%s %s at %u %s",
             point != NULL ? point : fault_class_name(f->class), fault_kind_name(f->class, f->kind),
             nth, fault_shape_name(f->shape));
}
