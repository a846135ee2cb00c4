/* SPDX-License-Identifier: Apache-2.0 */
#include "clean_up.h"

#include "fuzz/run/run.h"
#include "trial.h"

#include <string.h>
#include <sys/mman.h>

enum { MOST_CROSSINGS = 1 << 16 };

static bool append(struct program *p, enum api_shape shape, const struct call *c)
{
    if (p->call_count == PROGRAM_MAX_CALLS)
        return false;
    struct call *new = &p->calls[p->call_count++];
    *new = *c;
    for (unsigned i = 0; i < PROGRAM_FUNCTIONS; i++)
        if (api_functions[i].shape == shape)
            new->function = (uint8_t)i;
    return true;
}

static bool has(const struct call *c, enum parameter_kind kind)
{
    const struct parameter *q = api_parameters(api_functions[c->function].shape);
    while (q->kind != PARAMETER_END && q->kind != kind)
        q++;
    return q->kind == kind;
}

/* The calls of the clean-up. False: there is no room. */
static bool append_all(const struct program *p, struct program *out)
{
    bool freed[PROGRAM_VARIABLES] = {false}, good = true;
    *out = *p;
    for (size_t i = p->call_count; i-- > 0;) {
        const struct call *c = &p->calls[i];
        bool restore = api_functions[c->function].shape == API_RESTORE_PREPARE;
        struct call end = {.handle = {HANDLE_VARIABLE, c->handle_out}};
        if (has(c, PARAMETER_HANDLE_OUT))
            good = good && append(out, restore ? API_RESTORE_END : API_BACKUP_END, &end);
    }
    for (size_t i = 0; i < p->call_count; i++) {
        const struct call *c = &p->calls[i];
        struct call release = {.buffer = {BUFFER_VARIABLE, c->buffer_out}};
        if (!has(c, PARAMETER_BUFFER_OUT) || freed[c->buffer_out % PROGRAM_VARIABLES])
            continue;
        freed[c->buffer_out % PROGRAM_VARIABLES] = true;
        good = good && append(out, API_FREE, &release);
    }
    return good;
}

/* What a child finds out. */
struct place {
    const struct program *program;
    size_t from; /* the first call of the clean-up */
    enum fault_class class;
    uint32_t nth;         /* among all calls of the clean-up */
    uint32_t call, there; /* the call that has it, and its number in it; 0: there is none */
};

static void find_place(void *context)
{
    static struct fault_crossing crossings[MOST_CROSSINGS];
    static struct run_report report;
    struct place *w = context;
    fault_record(crossings, MOST_CROSSINGS);
    run_program(w->program, NULL, &report);
    size_t n = fault_recorded();
    uint32_t count = 0, in_call = 0, call = 0;
    for (size_t i = 0; i < n && i < MOST_CROSSINGS; i++) {
        const struct fault_crossing *x = &crossings[i];
        if (x->class != w->class || x->call < w->from || x->call >= w->program->call_count)
            continue;
        in_call = x->call == call ? in_call + 1 : 1;
        call = x->call;
        if (++count < w->nth)
            continue;
        w->call = call;
        w->there = in_call;
        return;
    }
}

/* The fault in that call; if it persists, also in those behind it. */
static void put(struct program *p, const struct fault *f, const struct place *w)
{
    for (size_t i = w->call; i < p->call_count; i++) {
        uint32_t nth = i == w->call ? w->there : 1;
        p->calls[i].faults[0] = (struct fault_clause){.class_plus_one = (uint8_t)(f->class + 1),
                                                      .kind = (uint8_t)f->kind,
                                                      .shape = (uint8_t)f->shape,
                                                      .nth = (uint16_t)nth};
        if (f->shape != FAULT_PERSISTENT)
            return;
    }
}

bool clean_up_write_down(const struct program *p, const struct fault *f, struct program *out)
{
    if (!append_all(p, out))
        return false;
    struct place *w =
        mmap(NULL, sizeof *w, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (w == MAP_FAILED)
        return false;
    *w = (struct place){.program = out, .from = p->call_count, .class = f->class, .nth = f->nth};
    trial_child(find_place, w, -1, TRIAL_SECONDS);
    bool good = w->there > 0 && w->there <= UINT16_MAX;
    if (good)
        put(out, f, w);
    munmap(w, sizeof *w);
    return good;
}
