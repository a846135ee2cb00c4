/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Mutants are other programs, never too long, and the same for the same seed. Whether they find
 * more is measured, not tested.
 */
#include "mutants.h"
#include "tests/support/test.h"

AROUND_ALL_TESTS(make_base, NULL);

static char *print(const struct program *of)
{
    char *out;
    size_t n;
    FILE *file = open_memstream(&out, &n);
    assert_non_null(file);
    program_print(of, file, -1, NULL, 0);
    fclose(file);
    return out;
}

/* Every way to refer to a handle or a buffer. */
static const char references[] = "DsBackupRead(h1, 24576)\n"
                                 "DsBackupRead(stale(h1), 24576)\n"
                                 "DsBackupRead(forged(h1, 0x1), 24576)\n"
                                 "DsBackupClose(never(0x1))\n"
                                 "DsBackupClose(raw(0x1))\n"
                                 "DsBackupClose(pointer(h1))\n"
                                 "DsBackupClose(NULL)\n"
                                 "DsBackupEnd(-1)\n"
                                 "DsBackupFree(foreign)\n"
                                 "DsBackupFree(NULL)\n"
                                 "DsBackupFree(inside(b1))\n"
                                 "DsRestoreCheckExpiryToken(damaged(b1, 0x1))\n"
                                 "DsRestoreCheckExpiryToken(short(b1, 0x1))\n";

/* Changes one byte after the other to every value. The text shows what a program does and nothing
   else, so it is the judge. */
static void check_against_text(const struct program *from)
{
    static uint8_t original[PROGRAM_MAX_BYTES];
    unsigned same = 0, other = 0;
    char *before = print(from);
    size_t n = program_encode(from, original);
    for (size_t i = 0; i < (n - PROGRAM_HEADER_BYTES) * 256; i++) {
        size_t at = i / 256, field = at % PROGRAM_CALL_BYTES;
        /* Several numbers stand for one fault point, and the text does
           not show CALL_LIST_NOT_NULL. */
        if ((FAULT_BYTE(5) | FAULT_BYTE(6) | BYTE(3)) >> field & 1)
            continue;
        memcpy(bytes, original, n);
        bytes[PROGRAM_HEADER_BYTES + at] = (uint8_t)i;
        program_decode(&p, bytes, n);
        char *after = print(&p);
        bool alike = program_same(&p, from);
        if ((strcmp(before, after) == 0) != alike)
            fail_msg("byte %zu: same %d:\n%s", field, alike, after);
        *(alike ? &same : &other) += 1;
        free(after);
    }
    free(before);
    assert_true(same > 1000 && other > 1000);
}

TEST(programs_are_the_same_if_their_texts_are)
{
    check_against_text(&base);
    parse(&q, references);
    check_against_text(&q);
}

/* Whole mutants -------------------------------------------------------------------------------- */

TEST(mutants_differ_and_stay_within_bounds_and_round_trip)
{
    struct mutate_random r;
    mutate_seed(&r, SEED);
    p = base;
    for (int i = 0; i < 20000; i++) {
        size_t most = 1 + (size_t)i % PROGRAM_MAX_CALLS;
        q = p;
        assert_true(mutate_program(&p, &r, most) != 0);
        assert_false(program_same(&p, &q));
        assert_in_range(p.call_count, 1, most);
        program_decode(&q, bytes, program_encode(&p, bytes));
        assert_true(same_bytes(&p, &q));
        if (i % 100 != 0)
            continue;
        char *first = print(&p);
        parse(&q, first);
        char *second = print(&q);
        assert_string_equal(first, second);
        free(first);
        free(second);
    }
}

TEST(the_same_seed_gives_the_same_mutants)
{
    struct mutate_random r, s;
    mutate_seed(&r, SEED);
    mutate_seed(&s, SEED);
    p = q = base;
    for (int i = 0; i < 500; i++) {
        assert_int_equal(mutate_program(&p, &r, 64), mutate_program(&q, &s, 64));
        assert_true(same_bytes(&p, &q));
    }
    unsigned different = 0;
    for (unsigned seed = 0; seed < 100; seed++) {
        mutate_seed(&r, seed);
        mutate_seed(&s, seed + 1);
        p = q = base;
        mutate_program(&p, &r, 64);
        mutate_program(&q, &s, 64);
        different += !same_bytes(&p, &q);
    }
    assert_true(different > 90);
}

TEST(mutation_starts_from_nothing_and_from_one_call)
{
    struct mutate_random r;
    mutate_seed(&r, SEED);
    for (int i = 0; i < 200; i++) {
        program_decode(&p, NULL, 0);
        mutate_program(&p, &r, 8);
        assert_in_range(p.call_count, 1, 8);
        mutate_program(&p, &r, 1);
        assert_int_equal(p.call_count, 1);
    }
}

/* Splices -------------------------------------------------------------------------------------- */

/* How far the variables of the second half moved; the same for all of them. */
static uint8_t shift_of(const struct call *moved, const struct call *from)
{
    uint8_t by = (uint8_t)((moved->handle.variable - from->handle.variable) & 15);
    assert_int_equal((moved->handle_out - from->handle_out) & 15, by);
    assert_int_equal((moved->buffer_out - from->buffer_out) & 15, by);
    assert_int_equal((moved->buffer.variable - from->buffer.variable) & 15, by);
    assert_int_equal(moved->function, from->function);
    return by;
}

TEST(a_splice_keeps_calls_of_both_in_their_order)
{
    static struct program donor;
    struct mutate_random r;
    unsigned moved = 0;
    parse(&donor, "b0 = DsBackupGetDatabaseNamesA(h0)\nDsBackupTruncateLogs(h0)\nWait(3)\n");
    mutate_seed(&r, SEED);
    for (int i = 0; i < 2000; i++) {
        size_t most = 2 + (size_t)i % 12;
        p = base;
        mutate_splice(&p, &donor, &r, most);
        assert_in_range(p.call_count, 2, most);
        assert_true(p.world.tcp);
        program_encode(&p, bytes);
        size_t kept = 0;
        while (memcmp(instruction(bytes, kept), instruction(base_bytes, kept),
                      PROGRAM_CALL_BYTES) == 0)
            kept++;
        assert_in_range(kept, 1, p.call_count - 1);
        /* Then a row of the donor's calls: to its end, or to where there is no more room. */
        size_t from = 0, rest = p.call_count - kept;
        while (donor.calls[from].function != p.calls[kept].function)
            from++;
        assert_true(from + rest == donor.call_count || p.call_count == most);
        uint8_t by = shift_of(&p.calls[kept], &donor.calls[from]);
        for (size_t k = 0; k < rest; k++)
            assert_int_equal(shift_of(&p.calls[kept + k], &donor.calls[from + k]), by);
        /* The first half is on variables 0 and 1 at most. */
        assert_in_range(by, 0, 2);
        moved += by != 0;
    }
    assert_in_range(moved, 500, 1500);
}

TEST(a_splice_with_nothing_is_what_there_is)
{
    static struct program nothing;
    struct mutate_random r;
    mutate_seed(&r, SEED);
    program_decode(&nothing, NULL, 0);
    for (int i = 0; i < 100; i++) {
        p = base;
        mutate_splice(&p, &nothing, &r, 5);
        assert_in_range(p.call_count, 1, 5);
        p = nothing;
        mutate_splice(&p, &base, &r, 5);
        assert_in_range(p.call_count, 1, 5);
        p = nothing;
        mutate_splice(&p, &nothing, &r, 5);
        assert_int_equal(p.call_count, 0);
    }
}
