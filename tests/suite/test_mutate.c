/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The mutator: always another program, never too long, the same for the same seed.
 */
#include "fuzz/mutate.h"
#include "fuzz/program_text.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

enum { SEED = 7, ROUNDS = 20000 };

static const char text[] = "world tcp\n"
                           "h, t = DsBackupPrepareW(\".\", 0, FULL)\n"
                           "DsBackupOpenFileW(h, \"ntds.dit\", 24576)\n"
                           "DsBackupRead(h, 24576) !net.recv ECONNRESET\n"
                           "DsBackupClose(h)\n"
                           "g = DsRestorePrepareW(\".\", 0, NULL)\n"
                           "DsRestoreEnd(g)\n"
                           "DsBackupEnd(h)\n";

static struct program base, p, q;
static uint8_t bytes[2][PROGRAM_MAX_BYTES];

static int setup(void **state)
{
    (void)state;
    struct program_error error;
    assert_true(program_parse(&base, text, strlen(text), &error));
    print_message("seed %d\n", SEED);
    return 0;
}

static bool same(const struct program *a, const struct program *b)
{
    size_t n = program_encode(a, bytes[0]);
    return program_encode(b, bytes[1]) == n && memcmp(bytes[0], bytes[1], n) == 0;
}

static void test_every_operator_applies_and_changes_something(void **state)
{
    (void)state;
    for (unsigned op = 0; op < MUTATE_OPERATORS; op++) {
        struct mutate_random r;
        unsigned changed = 0;
        mutate_seed(&r, SEED + op);
        for (int i = 0; i < 200; i++) {
            p = base;
            bool applied = mutate_apply(op, &p, &r, PROGRAM_MAX_CALLS);
            changed += !same(&p, &base);
            if (!applied)
                assert_int_equal(p.call_count, base.call_count);
        }
        if (changed < 50)
            fail_msg("%s changed %u of 200", mutate_name(op), changed);
    }
}

static void test_mutants_differ_decode_and_stay_within_bounds(void **state)
{
    (void)state;
    struct mutate_random r;
    mutate_seed(&r, SEED);
    p = base;
    for (int i = 0; i < ROUNDS; i++) {
        size_t most = 1 + (size_t)i % PROGRAM_MAX_CALLS;
        q = p;
        mutate_program(&p, &r, most);
        assert_false(same(&p, &q));
        assert_true(p.call_count >= 1 && p.call_count <= most);
        size_t n = program_encode(&p, bytes[0]);
        program_decode(&q, bytes[0], n);
        assert_true(same(&p, &q));
    }
}

static void test_the_same_seed_gives_the_same_mutants(void **state)
{
    (void)state;
    struct mutate_random r, s;
    mutate_seed(&r, SEED);
    mutate_seed(&s, SEED);
    p = q = base;
    for (int i = 0; i < 500; i++) {
        mutate_program(&p, &r, 64);
        mutate_program(&q, &s, 64);
        assert_true(same(&p, &q));
    }
    mutate_seed(&s, SEED + 1);
    q = base;
    mutate_program(&q, &s, 64);
    assert_false(same(&p, &q));
}

static void test_mutation_starts_from_nothing(void **state)
{
    (void)state;
    struct mutate_random r;
    mutate_seed(&r, SEED);
    program_decode(&p, NULL, 0);
    mutate_program(&p, &r, 8);
    assert_true(p.call_count >= 1);
}

static void test_end_then_use_ends_the_handle_that_is_used_next(void **state)
{
    (void)state;
    struct mutate_random r;
    unsigned seen = 0;
    mutate_seed(&r, SEED);
    for (unsigned op = 0; op < MUTATE_OPERATORS; op++) {
        if (strcmp(mutate_name(op), "end then use") != 0)
            continue;
        for (int i = 0; i < 100; i++) {
            p = base;
            if (!mutate_apply(op, &p, &r, PROGRAM_MAX_CALLS))
                continue;
            assert_int_equal(p.call_count, base.call_count + 1);
            size_t at = 0;
            while (p.calls[at].function == base.calls[at].function &&
                   p.calls[at].handle.variable == base.calls[at].handle.variable)
                at++;
            /* An End of an ended handle looks like what it was inserted before. */
            enum api_shape shape = api_functions[p.calls[at].function].shape;
            assert_true(shape == API_BACKUP_END || shape == API_RESTORE_END ||
                        at == base.call_count);
            seen++;
        }
    }
    assert_true(seen > 20);
}

static void test_a_splice_keeps_the_order_of_both(void **state)
{
    (void)state;
    static struct program donor;
    struct mutate_random r;
    struct program_error error;
    const char *other = "b9 = DsBackupGetDatabaseNamesA(h1)\nDsBackupTruncateLogs(h1)\n";
    assert_true(program_parse(&donor, other, strlen(other), &error));
    mutate_seed(&r, SEED);
    bool both = false;
    for (int i = 0; i < 1000; i++) {
        p = base;
        mutate_splice(&p, &donor, &r, 6);
        assert_true(p.call_count >= 1 && p.call_count <= 6);
        size_t kept = 0;
        while (kept < p.call_count && kept < base.call_count &&
               memcmp(&p.calls[kept], &base.calls[kept], sizeof p.calls[0]) == 0)
            kept++;
        both |= kept > 0 && kept < p.call_count;
        for (size_t at = kept; at < p.call_count; at++) {
            enum api_shape shape = api_functions[p.calls[at].function].shape;
            if (kept > 0)
                assert_true(shape == API_GET_DATABASE_NAMES || shape == API_TRUNCATE_LOGS);
        }
    }
    assert_true(both);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_operator_applies_and_changes_something),
        cmocka_unit_test(test_mutants_differ_decode_and_stay_within_bounds),
        cmocka_unit_test(test_the_same_seed_gives_the_same_mutants),
        cmocka_unit_test(test_mutation_starts_from_nothing),
        cmocka_unit_test(test_end_then_use_ends_the_handle_that_is_used_next),
        cmocka_unit_test(test_a_splice_keeps_the_order_of_both),
    };
    return cmocka_run_group_tests(tests, setup, NULL) ? 1 : 0;
}
