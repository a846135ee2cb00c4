/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Enumerate: its alphabet, the letters that it leaves out, and when two programs reach the
 * same state.
 */
#include "tests/support/test.h"

#include "fuzz/program/program_text.h"
#include "fuzz/search/enumerate.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

enum { MOST = 4096 };

static struct enumerate_alphabet alphabet;
static struct enumerate_node nodes[MOST];
static struct enumerate_found next;
static struct enumerate_counts counts;
static unsigned findings;

static void spell(const char *text)
{
    static struct program program;
    struct program_error error;
    assert_true(program_parse(&program, text, strlen(text), &error));
    assert_true(enumerate_make_alphabet(&program, &alphabet));
}

static void found(const struct program *p, const struct run_report *r,
                  const struct fault *in_clean_up, void *context)
{
    (void)in_clean_up, (void)context;
    run_print(p, r, stderr);
    findings++;
}

static bool nothing_is_known(uint64_t key)
{
    (void)key;
    return false;
}

static void expand(const struct enumerate_node *n, bool faults)
{
    next = (struct enumerate_found){.nodes = nodes, .capacity = MOST};
    memset(&counts, 0, sizeof counts);
    findings = 0;
    enumerate_expand(&alphabet, n, (struct enumerate_part){0, 0, alphabet.letters}, faults,
                     nothing_is_known, &next, &counts, found);
    assert_int_equal(findings, 0);
    assert_false(next.overflow);
}

/* The node after that letter, without a fault. */
static struct enumerate_node behind(const struct enumerate_node *n, uint16_t letter)
{
    expand(n, false);
    for (size_t i = 0; i < next.count; i++)
        if (next.nodes[i].letters[n->depth] == letter)
            return next.nodes[i];
    fail_msg("no program ends with letter %u", letter);
    return *n;
}

static const struct enumerate_node empty;

TEST(first_letter_of_a_function_has_impostors_and_the_second_has_none)
{
    spell("h, t = DsBackupPrepareW(\".\", 0, FULL)\n"
          "DsBackupClose(h)\nDsBackupOpenFileW(h, \"ntds.dit\", 24576)\n"
          "DsBackupOpenFileW(h, \"edb.log\", 24576)\n");
    assert_int_equal(alphabet.given, 4);
    assert_int_equal(alphabet.letters, 4 + 2 * 10);
}

TEST(letter_of_an_unassigned_variable_is_left_out)
{
    spell("h, t = DsBackupPrepareW(\".\", 0, FULL)\n"
          "g, u = DsBackupPrepareW(\".\", 0, FULL)\nDsBackupFree(t)\n");
    expand(&empty, false);
    assert_int_equal(counts.programs, 1);
    struct enumerate_node one = behind(&empty, 0);
    assert_int_equal(one.handles, 1);
    assert_int_equal(one.buffers, 1);
    expand(&one, false);
    assert_int_equal(counts.programs, 3);
}

TEST(refused_call_leads_back_to_the_same_state_and_another_does_not)
{
    spell("h, t = DsBackupPrepareW(\".\", 0, FULL)\nDsBackupClose(h)\n"
          "DsBackupOpenFileW(h, \"ntds.dit\", 24576)\nDsBackupEnd(h)\nDsBackupFree(t)\n");
    struct enumerate_node one = behind(&empty, 0);
    assert_int_equal(behind(&one, 1).key, one.key);
    struct enumerate_node open = behind(&one, 2);
    assert_int_not_equal(open.key, one.key);
    assert_int_not_equal(behind(&one, 3).key, one.key);
    assert_int_not_equal(behind(&one, 4).key, one.key);
}

TEST(state_after_a_fault_is_one_of_its_own_and_replays_the_fault)
{
    spell("h, t = DsBackupPrepareW(\".\", 0, FULL)\n"
          "DsBackupOpenFileW(h, \"ntds.dit\", 24576)\nDsBackupClose(h)\n");
    struct enumerate_node one = behind(&empty, 0);
    expand(&one, true);
    assert_true(counts.totals.fired > 100);
    size_t faulted = 0;
    struct enumerate_node lost = {0};
    for (size_t i = 0; i < next.count; i++) {
        const struct enumerate_node *n = &next.nodes[i];
        assert_int_equal(n->depth, 2);
        if (n->fault.class_plus_one == FAULT_CLAUSE_NONE)
            continue;
        faulted++;
        assert_int_equal(n->fault_call, 1);
        if (n->letters[1] == 1 && n->fault.class_plus_one == FAULT_NET_RECV + 1)
            lost = *n;
    }
    assert_true(faulted > 20);
    assert_int_equal(lost.depth, 2);
    /* Going on, the fault happens again: this session is lost, so Close fails and nothing fires. */
    expand(&lost, true);
    assert_int_equal(counts.totals.fired, 0);
    assert_true(counts.programs > 0);
}

TEST(known_state_is_not_collected_again)
{
    spell("DsIsNTDSOnlineW(\".\")\n");
    expand(&empty, false);
    assert_int_equal(next.count, 1);
    assert_int_equal(next.nodes[0].depth, 1);
}
