/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Each operator of the mutator makes only the change that its name says.
 */
#include "mutants.h"
#include "tests/support/test.h"

AROUND_ALL_TESTS(make_base, NULL);

/* Where the language keeps it (program.h); `grows`, `shrinks`: by how many calls at most. */
static const struct expectation {
    const char *name;
    uint64_t touches; /* bytes of instructions that stay */
    unsigned calls;   /* how many instructions differ at most */
    size_t grows, shrinks;
} expectations[MUTATE_OPERATORS] = {
    {"insert-call", 0, 0, 1, 0},
    {"delete-calls", 0, 0, 0, 3},
    {"move-call", BYTES(0, 36), PROGRAM_MAX_CALLS, 0, 0},
    {"duplicate-calls", 0, 0, 6, 0},
    {"change-function", BYTE(0), 1, 0, 0},
    {"end-then-use", 0, 0, 1, 0},
    {"insert-restart", 0, 0, 2, 0},
    {"insert-event", 0, 0, 1, 0},
    {"rewire-handle", BYTE(1) | BYTES(28, 8), 1, 0, 0},
    {"rewire-buffer", BYTE(5) | BYTES(28, 8), 1, 0, 0},
    {"rewire-result", BYTE(4), 1, 0, 0},
    {"change-number", BYTES(20, 8), 1, 0, 0},
    {"change-text", BYTE(2), 1, 0, 0},
    {"change-flags", BYTE(3), 1, 0, 0},
    {"add-fault", BYTES(6, 14), 1, 0, 0},
    {"drop-fault", BYTES(6, 14), 1, 0, 0},
    {"move-fault", BYTES(6, 14), 2, 0, 0},
    {"change-nth", FAULT_BYTE(2) | FAULT_BYTE(3), 1, 0, 0},
    {"change-kind", FAULT_BYTE(1), 1, 0, 0},
    {"change-shape", FAULT_BYTE(4), 1, 0, 0},
    {"change-site", FAULT_BYTE(5) | FAULT_BYTE(6), 1, 0, 0},
    {"change-world", 0, 0, 0, 0},
};

/* Which bytes differ in any of the first `count` instructions; `*calls`: in how many. */
static uint64_t touched(const uint8_t *a, const uint8_t *b, size_t count, unsigned *calls)
{
    uint64_t all = 0;
    *calls = 0;
    for (size_t i = 0; i < count; i++) {
        uint64_t mask = 0;
        for (size_t k = 0; k < PROGRAM_CALL_BYTES; k++)
            if (instruction(a, i)[k] != instruction(b, i)[k])
                mask |= BYTE(k);
        *calls += mask != 0;
        all |= mask;
    }
    return all;
}

/* Whether the instructions of `part` stand in `whole` in this order. */
static bool contains(const uint8_t *whole, size_t whole_count, const uint8_t *part,
                     size_t part_count)
{
    size_t found = 0;
    for (size_t i = 0; i < whole_count && found < part_count; i++)
        found += memcmp(instruction(whole, i), instruction(part, found), PROGRAM_CALL_BYTES) == 0;
    return found == part_count;
}

static void check_mutant(const struct expectation *x)
{
    size_t before = base.call_count, after = p.call_count;
    program_encode(&p, bytes);
    bool world_differs = memcmp(bytes, base_bytes, PROGRAM_HEADER_BYTES) != 0;
    if (world_differs != (strcmp(x->name, "change-world") == 0))
        fail_msg("%s: the world %s", x->name, world_differs ? "differs" : "is the same");
    if (after > before + x->grows || after + x->shrinks < before)
        fail_msg("%s: %zu calls became %zu", x->name, before, after);
    if (x->grows + x->shrinks > 0 && after == before)
        fail_msg("%s: no call came or went", x->name);
    if (!(after >= before ? contains(bytes, after, base_bytes, before)
                          : contains(base_bytes, before, bytes, after)) &&
        x->touches == 0)
        fail_msg("%s: other calls changed, too", x->name);
    if (after == before) {
        unsigned calls;
        uint64_t mask = touched(base_bytes, bytes, before, &calls);
        if ((mask & ~x->touches) != 0 || calls > x->calls)
            fail_msg("%s: bytes %09llx of %u calls", x->name, (unsigned long long)mask, calls);
    }
}

TEST(every_operator_changes_what_it_says_and_nothing_else)
{
    for (unsigned op = 0; op < MUTATE_OPERATORS; op++) {
        struct mutate_random r;
        unsigned changed = 0;
        assert_string_equal(mutate_name(op), expectations[op].name);
        mutate_seed(&r, SEED + op);
        for (int i = 0; i < 500; i++) {
            p = base;
            if (mutate_apply(op, &p, &r, PROGRAM_MAX_CALLS))
                check_mutant(&expectations[op]);
            else
                assert_true(same_bytes(&p, &base));
            changed += !program_same(&p, &base);
        }
        if (changed < 150)
            fail_msg("%s changed %u of 500", mutate_name(op), changed);
    }
}

static unsigned operator_named(const char *name)
{
    unsigned op = 0;
    while (strcmp(mutate_name(op), name) != 0)
        op++;
    return op;
}

static unsigned count_faults(const struct program *of)
{
    unsigned n = 0;
    for (size_t i = 0; i < of->call_count; i++)
        for (size_t k = 0; k < PROGRAM_CALL_FAULTS; k++)
            n += of->calls[i].faults[k].class_plus_one != FAULT_CLAUSE_NONE;
    return n;
}

TEST(faults_come_and_go_one_by_one)
{
    struct mutate_random r;
    mutate_seed(&r, SEED);
    unsigned had = count_faults(&base), second = 0;
    assert_int_equal(had, 3);
    for (int i = 0; i < 500; i++) {
        p = base;
        mutate_apply(operator_named("add-fault"), &p, &r, PROGRAM_MAX_CALLS);
        assert_in_range(count_faults(&p), had, had + 1);
        second += p.calls[7].faults[1].class_plus_one != FAULT_CLAUSE_NONE;
        p = base;
        mutate_apply(operator_named("drop-fault"), &p, &r, PROGRAM_MAX_CALLS);
        assert_int_equal(count_faults(&p), had - 1);
        p = base;
        mutate_apply(operator_named("move-fault"), &p, &r, PROGRAM_MAX_CALLS);
        assert_in_range(count_faults(&p), had - 1, had); /* it may hit another */
    }
    assert_true(second > 0);
}

/* `from` without one of its calls, as bytes. */
static const uint8_t *without(const struct program *from, size_t at)
{
    static uint8_t rest[PROGRAM_MAX_BYTES];
    q = *from;
    memmove(&q.calls[at], &q.calls[at + 1], (from->call_count - at - 1) * sizeof *q.calls);
    q.call_count--;
    program_encode(&q, rest);
    return rest;
}

TEST(moving_a_call_loses_and_changes_none)
{
    struct mutate_random r;
    mutate_seed(&r, SEED);
    for (int i = 0; i < 500; i++) {
        p = base;
        assert_true(mutate_apply(operator_named("move-call"), &p, &r, PROGRAM_MAX_CALLS));
        assert_int_equal(p.call_count, base.call_count);
        assert_memory_not_equal(bytes, base_bytes, program_encode(&p, bytes));
        bool found = false;
        for (size_t at = 0; at < base.call_count; at++) {
            bool others = contains(bytes, p.call_count, without(&base, at), base.call_count - 1);
            q = base;
            q.calls[0] = base.calls[at];
            q.call_count = 1;
            static uint8_t moved[PROGRAM_MAX_BYTES];
            program_encode(&q, moved);
            found |= others && contains(bytes, p.call_count, moved, 1);
        }
        assert_true(found);
    }
}

/* Whether the call is an End of the handle that the next call uses. */
static bool ends_what_is_used_next(const struct program *of, size_t at)
{
    const struct call *end = &of->calls[at], *use = end + 1;
    enum api_shape shape = api_functions[end->function].shape;
    return at + 1 < of->call_count && end->handle.kind == HANDLE_VARIABLE &&
           end->handle.variable == use->handle.variable &&
           shape == (use->handle.variable == 1 ? API_RESTORE_END : API_BACKUP_END);
}

TEST(end_then_use_ends_the_handle_that_is_used_next)
{
    struct mutate_random r;
    mutate_seed(&r, SEED);
    for (int i = 0; i < 200; i++) {
        p = base;
        assert_true(mutate_apply(operator_named("end-then-use"), &p, &r, PROGRAM_MAX_CALLS));
        bool found = false;
        for (size_t at = 0; at < p.call_count; at++)
            found |= ends_what_is_used_next(&p, at) &&
                     contains(base_bytes, base.call_count, without(&p, at), base.call_count);
        assert_true(found);
    }
}

/* The program has two sessions, in h0 and h1: most other variables would be just NULL. */
TEST(handles_are_rewired_to_those_that_calls_return)
{
    struct mutate_random r;
    unsigned returned = 0, variables = 0, invalid = 0;
    mutate_seed(&r, SEED);
    for (int i = 0; i < 1000; i++) {
        p = base;
        mutate_apply(operator_named("rewire-handle"), &p, &r, PROGRAM_MAX_CALLS);
        for (size_t k = 0; k < p.call_count; k++) {
            struct reference now = p.calls[k].handle, before = base.calls[k].handle;
            invalid += now.kind != HANDLE_VARIABLE;
            variables += now.kind == HANDLE_VARIABLE && now.variable != before.variable;
            returned +=
                now.kind == HANDLE_VARIABLE && now.variable != before.variable && now.variable < 2;
        }
    }
    assert_in_range(invalid, 300, 700);
    assert_in_range(returned, variables / 2, variables - 1);
}
