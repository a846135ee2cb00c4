/* SPDX-License-Identifier: Apache-2.0 */
#include "finding_json.h"

#include "fuzz/model/contract.h"
#include "fuzz/program/codes.h"
#include "fuzz/program/json_write.h"
#include "profile_json.h"

#include <string.h>

/* "" and NULL are null. Text that is not UTF-8 (it can come from an assertion of a person only) is
 * left out. */
static json_t *text_or_null(const char *text)
{
    json_t *t = text != NULL && text[0] != '\0' ? json_string(text) : NULL;
    return t != NULL ? t : json_null();
}

/* A call's number from 1; null: before the first or after the last one. */
static json_t *call_or_null(int call)
{
    return call > 0 ? json_integer(call) : json_null();
}

static json_t *frame(const struct finding_frame *f)
{
    return json_pack("{s:s, s:s, s:i}", "function", f->function, "file", f->file, "line",
                     (int)f->line);
}

static json_t *stack(const struct finding_stack *s)
{
    json_t *list = json_array();
    for (unsigned i = 0; i < s->count; i++)
        json_array_append_new(list, frame(&s->frames[i]));
    return list;
}

static json_t *call(const struct finding *f)
{
    return f->call == 0 ? json_null()
                        : json_pack("{s:i, s:s}", "index", f->call, "function", f->function);
}

static json_t *expected(const struct finding *f)
{
    if (f->expected_count == 0)
        return json_null();
    json_t *list = json_array();
    for (unsigned i = 0; i < f->expected_count; i++)
        json_array_append_new(list, json_string(f->expected[i]));
    return list;
}

static json_t *rules(const struct finding *f)
{
    json_t *list = json_array();
    for (unsigned i = 0; i < f->rule_count; i++)
        if (f->rules[i] != CONTRACT_NONE)
            json_array_append_new(list, json_string(contract_rule_name(f->rules[i])));
    return list;
}

static json_t *faults(const struct finding *f)
{
    json_t *list = json_array();
    for (unsigned i = 0; i < f->fault_count; i++) {
        const struct finding_fault *x = &f->faults[i];
        json_array_append_new(list, json_pack("{s:o, s:s, s:s, s:s, s:o, s:o}", "point",
                                              text_or_null(x->point), "class", x->class, "kind",
                                              x->kind, "side", x->side, "call",
                                              call_or_null(x->call), "stack", stack(&x->stack)));
    }
    return list;
}

/* The innermost place of the target, with the call of the program that it was in. */
static json_t *acquired(const struct finding_held *h)
{
    static const struct finding_frame unknown;
    const struct finding_frame *at = h->stack.count > 0 ? &h->stack.frames[0] : &unknown;
    return json_pack("{s:o, s:o, s:o, s:o, s:o, s:o}", "function", text_or_null(at->function),
                     "file", text_or_null(at->file), "line",
                     at->line > 0 ? json_integer(at->line) : json_null(), "call",
                     call_or_null(h->call), "api", text_or_null(h->api), "stack", stack(&h->stack));
}

static json_t *held(const struct finding *f)
{
    json_t *list = json_array();
    for (unsigned i = 0; i < f->held_count; i++) {
        const struct finding_held *h = &f->held[i];
        json_array_append_new(list,
                              json_pack("{s:s, s:I, s:s, s:o, s:b, s:o, s:s}", "kind", h->kind,
                                        "bytes", (json_int_t)h->bytes, "side", h->side, "point",
                                        text_or_null(h->point), "root", (int)h->is_root, "acquired",
                                        acquired(h), "release", h->release));
    }
    return list;
}

/* One for each call that was made: the line of the program that it stands in, and what it returned.
 */
static json_t *calls(const struct finding *f)
{
    json_t *list = json_array();
    const struct program *p = f->ran;
    const char *at = f->program;
    int line = 1;
    /* The calls are the last lines. */
    size_t lines = 0;
    for (const char *c = at; *c != '\0'; c++)
        lines += *c == '\n';
    if (p == NULL || lines < p->call_count)
        return list;
    for (size_t skip = lines - p->call_count; skip > 0; skip--, line++)
        at = strchr(at, '\n') + 1;
    for (size_t i = 0; i < p->call_count; i++, line++) {
        size_t n = strcspn(at, "\n");
        const char *code = i < f->report->call_count ? code_text(f->report->results[i]) : NULL;
        json_array_append_new(list, json_pack("{s:i, s:s%, s:o}", "line", line, "text", at, n,
                                              "result", text_or_null(code)));
        at += n + 1;
    }
    return list;
}

static json_t *found(const struct finding_found *x)
{
    return json_pack("{s:o, s:o, s:o, s:o, s:o, s:I, s:o}", "by", text_or_null(x->by), "flavour",
                     text_or_null(x->flavour), "seed",
                     x->has_seed ? json_integer((json_int_t)x->seed) : json_null(), "commit",
                     text_or_null(x->commit), "date", text_or_null(x->date), "seen",
                     (json_int_t)x->seen, "origin", text_or_null(x->origin));
}

static json_t *behind(const struct finding *f)
{
    json_t *list = json_array();
    for (unsigned i = 0; i < f->report->behind.count; i++)
        json_array_append_new(list, json_string(f->report->behind.texts[i]));
    return list;
}

static json_t *document(const struct finding *f)
{
    json_t *whole = json_object();
    const struct {
        const char *name;
        json_t *value;
    } members[] = {
        {"format", json_string("rundown finding")},
        {"version", json_integer(1)},
        {"signature", json_string(f->signature)},
        {"behind", behind(f)},
        {"profile", profile_json()},
        {"verdict", json_string(verdict_name(f->verdict))},
        {"message", json_string(f->message)},
        {"driver", json_string(f->driver)},
        {"call", call(f)},
        {"expected", expected(f)},
        {"got", text_or_null(f->got)},
        {"rules", rules(f)},
        {"faults", faults(f)},
        {"faults_fired", json_integer(f->faults_fired)},
        {"held", held(f)},
        {"held_in_all", json_integer(f->held_in_all)},
        {"stack", stack(&f->stack)},
        {"location", f->has_location ? frame(&f->location) : json_null()},
        {"program", json_string(f->program)},
        {"calls", calls(f)},
        {"reproduce", text_or_null(f->reproduce)},
        {"found", found(&f->found)},
    };
    bool good = true;
    for (size_t i = 0; i < sizeof members / sizeof *members; i++)
        good &= json_object_set_new(whole, members[i].name, members[i].value) == 0;
    if (good)
        return whole;
    json_decref(whole);
    return NULL;
}

bool finding_write_json(const struct finding *f, FILE *out)
{
    json_t *whole = document(f);
    bool good = whole != NULL && json_write(whole, out);
    json_decref(whole);
    return good;
}

bool finding_save_json(const struct finding *f, const char *path, const char **why)
{
    json_t *whole = document(f);
    *why = "it cannot be put into words";
    bool good = whole != NULL && json_save(whole, path, why);
    json_decref(whole);
    return good;
}
