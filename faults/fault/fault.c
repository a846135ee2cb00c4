/* SPDX-License-Identifier: Apache-2.0 */
#include "fault.h"

#include "moment.h"
#include "site.h"
#include "stack.h"

#include <errno.h>
#include <string.h>

static const char *const shape_names[FAULT_SHAPES] = {"once", "burst", "persistent"};

static struct {
    struct fault armed[FAULT_MAX_ARMED];
    uint32_t parts[FAULT_MAX_ARMED][FAULT_PARTS]; /* kinds */
    uint32_t seen[FAULT_MAX_ARMED]; /* calls that counted for the armed fault so far */
    unsigned armed_count;
    struct fault_summary summary;
    struct fault_crossing *record;
    size_t record_capacity, recorded;
    fault_watcher *watcher;
    bool dead[WORLD_SIDES];
} state;

struct fault_gate fault_gate;
_Static_assert(FAULT_ALL_CLASSES <= 64, "a bit for each class");

/* After each change of the plan. */
static void set_gate(void)
{
    fault_gate.watched = state.record != NULL || fault_has_killed() ? UINT64_MAX : 0;
    for (unsigned i = 0; i < state.armed_count; i++)
        fault_gate.watched |= UINT64_C(1) << state.armed[i].class;
}

void fault_reset(void)
{
    state.armed_count = 0;
    fault_gate.points = 0;
    state.summary.fired = state.summary.in_call_count = 0;
    state.summary.exhausted_at = NULL;
    fault_revive();
}

void fault_watch(fault_watcher *watcher)
{
    state.watcher = watcher;
}

void fault_kill(enum world_side side)
{
    state.dead[side] = true;
    set_gate();
}

void fault_revive(void)
{
    memset(state.dead, 0, sizeof state.dead);
    set_gate();
}

bool fault_has_killed(void)
{
    return state.dead[WORLD_CLIENT] || state.dead[WORLD_SERVER];
}

bool fault_arm(const struct fault *f)
{
    if (state.armed_count == FAULT_MAX_ARMED || f->nth == 0 || f->class >= FAULT_CLASSES ||
        f->kind >= fault_kind_count(f->class) || f->shape >= FAULT_SHAPES)
        return false;
    state.seen[state.armed_count] = 0;
    fault_kind_parts(f->class, f->kind, state.parts[state.armed_count]);
    state.armed[state.armed_count++] = *f;
    set_gate();
    return true;
}

void fault_disarm_all(void)
{
    state.armed_count = 0;
    set_gate();
}

void fault_begin_call(void)
{
    state.summary.in_call_count = 0;
}

const struct fault_summary *fault_report(void)
{
    state.summary.points = fault_gate.points;
    return &state.summary;
}

void fault_record(struct fault_crossing *out, size_t capacity)
{
    state.record = out;
    state.record_capacity = capacity;
    state.recorded = 0;
    set_gate();
}

size_t fault_recorded(void)
{
    return state.recorded;
}

void fault_recorded_there(size_t count)
{
    state.recorded = count;
}

__attribute__((noinline)) void fault_fired(enum fault_class class, uint32_t kind)
{
    (void)class, (void)kind;
    __asm__ volatile("");
}

bool fault_is_transient(struct fault_effect e)
{
    return e.action == FAULT_FAIL && (e.value == EINTR || e.value == EAGAIN);
}

/* The kind that breaks this call. */
static uint32_t part_of(unsigned i)
{
    return state.parts[i][state.seen[i] > state.armed[i].nth];
}

/* Whether the armed fault `i` breaks this call, which counts for it. */
static bool is_hit(unsigned i)
{
    const struct fault *f = &state.armed[i];
    uint32_t seen = ++state.seen[i];
    bool transient = fault_is_transient(fault_kind_effect(f->class, f->kind));
    uint32_t last = f->nth + (state.parts[i][0] != state.parts[i][1]);
    if (transient && seen >= f->nth + FAULT_TRANSIENT_LIMIT)
        return false;
    switch (f->shape) {
    case FAULT_ONE_SHOT:
        return seen >= f->nth && seen <= last;
    case FAULT_BURST:
        return seen >= f->nth && seen < f->nth + FAULT_BURST_LENGTH;
    default:
        return seen >= f->nth;
    }
}

static void note_in_call(struct fault_summary *s)
{
    for (uint32_t i = 0; i < s->in_call_count; i++) {
        const struct fault_firing *f = &s->in_call[i];
        if (f->class == s->last.class && f->kind == s->last.kind && f->side == s->last.side)
            return;
    }
    if (s->in_call_count < FAULT_DISTINCT)
        s->in_call[s->in_call_count++] = s->last;
}

void fault_note(const struct fault_firing *f)
{
    struct fault_summary *s = &state.summary;
    s->last = *f;
    if (s->fired < FAULT_FIRINGS_KEPT)
        s->first[s->fired] = s->last;
    s->fired++;
    note_in_call(s);
    fault_fired(f->class, f->kind);
    if (state.watcher != NULL)
        state.watcher(f);
}

static void note_firing(const struct fault *f, uint32_t kind, int site, const void *caller)
{
    struct fault_firing firing = {.class = f->class,
                                  .kind = kind,
                                  .call = world_moment.call,
                                  .site = site,
                                  .side = (uint8_t)world_moment.side,
                                  .caller = caller};
    stack_walk(__builtin_frame_address(0), firing.stack, FAULT_FRAMES);
    fault_note(&firing);
}

static void record(enum fault_class class, int site, bool fired)
{
    if (state.recorded < state.record_capacity)
        state.record[state.recorded] = (struct fault_crossing){
            .call = world_moment.call,
            .class = (uint16_t) class,
            .site = (int16_t)site,
            .side = (uint8_t)world_moment.side,
            .fired = fired,
        };
    state.recorded++;
}

static struct fault_effect cross(enum fault_class class, int site, const void *caller)
{
    struct fault_effect effect = {FAULT_GO_ON, 0};
    for (unsigned i = 0; i < state.armed_count; i++) {
        const struct fault *f = &state.armed[i];
        if (f->class != class || (f->site_plus_one > 0 && f->site_plus_one != site + 1) ||
            !is_hit(i) || effect.action != FAULT_GO_ON)
            continue;
        effect = fault_kind_effect(class, part_of(i));
        note_firing(f, part_of(i), site, caller);
    }
    if (state.record != NULL)
        record(class, site, effect.action != FAULT_GO_ON);
    return effect;
}

/* What becomes of any call when nothing works any more; nobody else comes then. */
static struct fault_effect failure_of(enum fault_class class)
{
    struct fault_effect none = {FAULT_GO_ON, 0};
    return class == FAULT_THREAD_CALL ? none : fault_kind_effect(class, 0);
}

/* A program that would run forever is ended: from here on everything it does fails. */
static struct fault_effect when_exhausted(enum fault_class class, const void *caller,
                                          struct fault_effect effect)
{
    if (!world_steps_exceeded())
        return effect;
    if (state.summary.exhausted_at == NULL)
        state.summary.exhausted_at = caller;
    return failure_of(class);
}

struct fault_effect fault_point_watched(enum fault_class class, const void *caller)
{
    if (state.dead[world_moment.side])
        return failure_of(class);
    return when_exhausted(class, caller, cross(class, site_of_crossing(class, caller), caller));
}

struct fault_effect fault_point_at(enum fault_class class, int site)
{
    world_count_step();
    fault_gate.points++;
    return when_exhausted(class, NULL, cross(class, site, NULL));
}

const char *fault_shape_name(enum fault_shape shape)
{
    return shape_names[shape];
}
