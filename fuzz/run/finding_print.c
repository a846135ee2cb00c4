/* SPDX-License-Identifier: Apache-2.0 */
#include "finding_print.h"

#include "faults/world/ledger.h"
#include "fuzz/model/contract.h"
#include "fuzz/program/program_text.h"
#include "paragraph.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { FAULTS_SHOWN = 4, LEAKS_SHOWN = 4 };

bool finding_is_in_colour(int fd)
{
    const char *no = getenv("NO_COLOR"), *terminal = getenv("TERM");
    return isatty(fd) && (no == NULL || no[0] == '\0') && terminal != NULL && terminal[0] != '\0' &&
           strcmp(terminal, "dumb") != 0;
}

/* "call 2", "the set-up" */
static const char *call_text(int call)
{
    static char text[32];
    snprintf(text, sizeof text, "call %d", call);
    return call > 0 ? text : call == FINDING_CALL_SET_UP ? "the set-up" : "the clean-up";
}

static void print_stack(struct paragraph *p, const struct finding_stack *s)
{
    for (unsigned i = 0; i < s->count; i++)
        paragraph(p, 6, NULL, "%s (%s:%u)", s->frames[i].function, s->frames[i].file,
                  s->frames[i].line);
}

/* Faults ------------------------------------------------------------------------------------- */

static bool is_like(const struct finding_fault *a, const struct finding_fault *b)
{
    return a->call == b->call && a->class == b->class && strcmp(a->kind, b->kind) == 0 &&
           strcmp(a->point, b->point) == 0;
}

/* Those that are alike are told once, with their number. */
static void print_faults(struct paragraph *p, const struct finding *f)
{
    unsigned told = 0, shown = 0;
    if (f->faults_fired == 0)
        paragraph(p, 2, NULL, "no fault was injected");
    for (unsigned i = 0; i < f->fault_count && shown < FAULTS_SHOWN; i++) {
        const struct finding_fault *x = &f->faults[i];
        unsigned before = 0, times = 0;
        for (unsigned k = 0; k < f->fault_count; k++) {
            before += k < i && is_like(x, &f->faults[k]);
            times += is_like(x, &f->faults[k]);
        }
        if (before > 0)
            continue;
        char count[32] = "";
        if (times > 1)
            snprintf(count, sizeof count, " %u times", times);
        paragraph(p, 2, "injected:", "%s %s%s in %s%s%s", x->class, x->kind, count,
                  call_text(x->call), x->point[0] != '\0' ? ", at " : "", x->point);
        print_stack(p, &x->stack);
        told += times;
        shown++;
    }
    if (f->faults_fired > told)
        paragraph(p, 2, NULL, "... and %" PRIu32 " faults more", f->faults_fired - told);
}

/* Expected and got --------------------------------------------------------------------------- */

static void list_codes(const struct finding *f, unsigned from, char out[1024])
{
    size_t n = 0;
    out[0] = '\0';
    for (unsigned i = from; i < f->expected_count && n < 1024; i++)
        n += (size_t)snprintf(out + n, 1024 - n, "%s%s", i > from ? ", " : "", f->expected[i]);
}

static void print_codes(struct paragraph *p, const struct finding *f)
{
    char codes[1024];
    if (f->got[0] == '\0')
        return;
    list_codes(f, f->without_fault, codes);
    if (f->without_fault == 0)
        paragraph(p, 2, "expected:", "what the fault allows: %s", codes);
    else if (codes[0] == '\0')
        paragraph(p, 2, "expected:", "%s", f->expected[0]);
    else
        paragraph(p, 2, "expected:", "%s, as without the fault, or what the fault allows: %s",
                  f->expected[0], codes);
    paragraph(p, 2, "got:", "%s", f->got);
}

static void print_rules(struct paragraph *p, const struct finding *f)
{
    for (unsigned i = 0; i < f->rule_count; i++)
        if (f->rules[i] != CONTRACT_NONE)
            paragraph(p, 2, i == 0 ? "rule:" : "rule for the fault:", "%s (docs/contract.md): %s",
                      contract_rule_name(f->rules[i]), contract_rule_text(f->rules[i]));
}

/* What is held ------------------------------------------------------------------------------- */

static void describe(const struct finding_held *h, char out[160])
{
    const char *article = h->kind[0] == 'a' ? "an" : "a";
    size_t n = h->bytes > 0 ? (size_t)snprintf(out, 160, "%" PRIu64 " bytes of memory", h->bytes)
                            : (size_t)snprintf(out, 160, "%s %s", article, h->kind);
    if (h->point[0] != '\0')
        snprintf(out + n, 160 - n, " of %s", h->point);
}

static void print_release(struct paragraph *p, const struct finding_held *h)
{
    bool itself = h->api != NULL && strcmp(h->release, h->api) == 0;
    if (strcmp(h->release, "service stop") == 0)
        paragraph(p, 4, NULL, "the service should have released it when it stopped");
    else if (itself && h->api_failed)
        paragraph(p, 4, NULL, "%s failed, so it should have released it itself", h->api);
    else if (itself)
        paragraph(p, 4, NULL, "%s should have released it itself", h->api);
    else
        paragraph(p, 4, NULL, "%s should have released it%s", h->release,
                  strcmp(h->side, "server") == 0 ? ", or the rundown of its connection" : "");
}

static void print_leak(struct paragraph *p, const struct finding_held *h)
{
    char what[160];
    describe(h, what);
    paragraph(p, 2, h->is_lock ? "kept:" : "leak:", "the %s holds %s", h->side, what);
    if (h->api != NULL)
        paragraph(p, 4, NULL, "acquired in %s, %s, by", call_text(h->call), h->api);
    else
        paragraph(p, 4, NULL, "acquired in %s by", call_text(h->call));
    print_stack(p, &h->stack);
    print_release(p, h);
}

/* "2 descriptors, 16640 bytes of memory in 3 blocks" */
static void print_owned(struct paragraph *p, const struct finding *f)
{
    char text[512];
    size_t n = 0;
    uint64_t bytes = 0;
    unsigned blocks = 0;
    text[0] = '\0';
    for (int kind = 0; kind < LEDGER_KINDS; kind++) {
        const char *name = ledger_kind_name((enum ledger_kind)kind);
        unsigned count = 0;
        for (unsigned i = 0; i < f->held_count; i++) {
            const struct finding_held *h = &f->held[i];
            count += !h->is_root && strcmp(h->kind, name) == 0;
            bytes += !h->is_root && kind == LEDGER_MEMORY ? h->bytes : 0;
        }
        if (kind == LEDGER_MEMORY)
            blocks = count;
        else if (count > 0)
            n += (size_t)snprintf(text + n, sizeof text - n, "%s%u %s%s", n > 0 ? ", " : "", count,
                                  name,
                                  count == 1                      ? ""
                                  : name[strlen(name) - 1] == 'x' ? "es"
                                                                  : "s");
    }
    if (blocks > 0)
        snprintf(text + n, sizeof text - n, "%s%" PRIu64 " bytes of memory in %u block%s",
                 n > 0 ? ", " : "", bytes, blocks, blocks == 1 ? "" : "s");
    if (text[0] != '\0')
        paragraph(p, 4, NULL, "and with it what it holds: %s", text);
}

static void print_held(struct paragraph *p, const struct finding *f)
{
    unsigned roots = 0;
    for (unsigned i = 0; i < f->held_count; i++) {
        roots += f->held[i].is_root;
        if (f->held[i].is_root && roots <= LEAKS_SHOWN)
            print_leak(p, &f->held[i]);
    }
    if (roots > LEAKS_SHOWN)
        paragraph(p, 2, "leak:", "... and %u more", roots - LEAKS_SHOWN);
    print_owned(p, f);
}

/* All ---------------------------------------------------------------------------------------- */

static void print_place(struct paragraph *p, const struct finding *f)
{
    if (f->call > 0)
        paragraph(p, 2, NULL, "in call %d, %s", f->call, f->function);
    else if (f->ran != NULL && f->stack.count == 0)
        paragraph(p, 2, NULL,
                  "after the last call, when all handles were ended and all buffers freed");
    if (f->stack.count > 0)
        paragraph(p, 2, NULL, "%s", f->blamed);
    print_stack(p, &f->stack);
}

static void print_program(const struct finding *f, FILE *out)
{
    if (f->ran != NULL) {
        fputs("  the program, with what each call returned:\n\n", out);
        program_print(f->ran, out, f->call - 1, f->report->results, f->report->call_count);
    } else if (f->program[0] != '\0') {
        fprintf(out, "  the input:\n\n%s", f->program);
    }
}

static void print_found(struct paragraph *p, const struct finding *f)
{
    const struct finding_found *x = &f->found;
    char seed[32] = "";
    if (f->reproduce[0] == '\0')
        return;
    if (x->has_seed)
        snprintf(seed, sizeof seed, ", seed %" PRIu64, x->seed);
    fputc('\n', p->out);
    paragraph_line(p, 2, "again:", f->reproduce);
    paragraph(p, 2, "with:", "flavour %s%s%s%s", x->flavour, x->commit != NULL ? ", commit " : "",
              x->commit != NULL ? x->commit : "", seed);
}

void finding_print(const struct finding *f, FILE *out, bool colour)
{
    struct paragraph p = {out, colour};
    char title[64];
    snprintf(title, sizeof title, "FINDING %s:", verdict_name(f->verdict));
    paragraph(&p, 0, title, "%s", f->message);
    for (unsigned i = 0; i < f->signatures.count; i++)
        paragraph_line(&p, 0, "SIGNATURE:", f->signatures.texts[i]);
    for (unsigned i = 0; i < f->report->behind.count; i++)
        paragraph_line(&p, 0, "BEHIND:", f->report->behind.texts[i]);
    print_faults(&p, f);
    print_place(&p, f);
    print_codes(&p, f);
    print_rules(&p, f);
    print_held(&p, f);
    print_program(f, out);
    print_found(&p, f);
}

void finding_print_held(const struct finding *f, FILE *out, bool colour)
{
    print_held(&(struct paragraph){out, colour}, f);
}
