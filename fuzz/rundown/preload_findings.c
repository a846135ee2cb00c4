/* SPDX-License-Identifier: Apache-2.0 */
#include "preload_findings.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MOST = 256 /* that are told apart */ };

static struct finding {
    char *verdict, *point, *fault, *again;
    uint64_t seen;
} all[MOST];
static unsigned count;
static uint64_t seen;

/* So that a shell reads it as it is. */
static void put_word(const char *word, FILE *out)
{
    static const char plain[] =
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_./-+=:,@%";
    if (*word != '\0' && word[strspn(word, plain)] == '\0') {
        fprintf(out, " %s", word);
        return;
    }
    fputs(" '", out);
    for (; *word != '\0'; word++)
        *word == '\'' ? (void)fputs("'\\''", out) : (void)fputc(*word, out);
    fputc('\'', out);
}

static char *command_of(const struct preload_program *p, const char *fault)
{
    char *text;
    size_t size;
    FILE *out = open_memstream(&text, &size);
    if (out == NULL)
        abort();
    fprintf(out, "rundown preload --seconds %u --fault '%s' --", p->seconds, fault);
    for (char *const *word = p->words; *word != NULL; word++)
        put_word(*word, out);
    if (fclose(out) != 0)
        abort();
    return text;
}

static char *copy(const char *text)
{
    char *bytes = strdup(text);
    if (bytes == NULL)
        abort();
    return bytes;
}

void preload_findings_add(const struct preload_program *p, const char *verdict, const char *point,
                          const struct fault *f)
{
    char fault[160];
    seen++;
    for (unsigned i = 0; i < count; i++)
        if (strcmp(all[i].verdict, verdict) == 0 && strcmp(all[i].point, point) == 0) {
            all[i].seen++;
            return;
        }
    if (count == MOST)
        return;
    const char *kind = fault_kind_name(f->class, f->kind), *shape = fault_shape_name(f->shape);
    snprintf(fault, sizeof fault, "%s %s at %u %s", fault_class_name(f->class), kind, f->nth,
             shape);
    struct finding *new = &all[count++];
    *new = (struct finding){copy(verdict), copy(point), copy(fault), command_of(p, fault), 1};
    printf("FINDING %s: %s %s %s\n  again: %s\n", verdict, point, kind, shape, new->again);
}

uint64_t preload_findings_seen(void)
{
    return seen;
}

unsigned preload_findings_count(void)
{
    return count;
}

json_t *preload_findings_json(void)
{
    json_t *list = json_array();
    for (unsigned i = 0; i < count; i++)
        json_array_append_new(list,
                              json_pack("{s:s, s:s, s:s, s:I, s:s}", "verdict", all[i].verdict,
                                        "point", all[i].point, "fault", all[i].fault, "seen",
                                        (json_int_t)all[i].seen, "again", all[i].again));
    return list;
}
