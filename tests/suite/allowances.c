/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the memory of both sides is bounded by: k, what each of several sessions holds more than
 * those before it; and K and c such that the whole corpus, without faults, and the longest request
 * hold at most K + k times the connections + c times the bytes received, at any time. Of all such
 * pairs the one that allows least to a side that has received a fragment of the largest size.
 */

#include "tests/support/test.h"

#include "tests/support/server_wire.h"

#include "fuzz/drivers/wire_input.h"
#include "fuzz/program/program_text.h"
#include "fuzz/run/allowances.h"

#include <glob.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { FILE_BYTES = 1 << 20, STEP = 64, STEPS = 1 << 18, FRAGMENT = 64 << 10, PERCENT_MOST = 2000 };

/* The most that was held while this many steps of bytes had been received. */
static uint64_t held_at[WORLD_SIDES][STEPS];
static uint8_t bytes[FILE_BYTES];

/* What each session holds. */
static uint64_t each[WORLD_SIDES];
static uint64_t most_held[WORLD_SIDES];

static void note_most(enum world_side side, uint64_t connections, uint64_t received, uint64_t held,
                      void *context)
{
    (void)connections, (void)received, (void)context;
    if (held > most_held[side])
        most_held[side] = held;
}

static void note(enum world_side side, uint64_t connections, uint64_t received, uint64_t held,
                 void *context)
{
    (void)context;
    held -= held < connections * each[side] ? held : connections * each[side];
    uint64_t step = received / STEP < STEPS ? received / STEP : STEPS - 1;
    if (held > held_at[side][step])
        held_at[side][step] = held;
}

static bool has_faults(const struct program *p)
{
    for (size_t i = 0; i < p->call_count; i++)
        for (size_t f = 0; f < PROGRAM_CALL_FAULTS; f++)
            if (p->calls[i].faults[f].class_plus_one != FAULT_CLAUSE_NONE)
                return true;
    return false;
}

static void run_text(size_t n)
{
    static struct program program;
    static struct run_report report;
    struct program_error error;
    assert_true(program_parse(&program, (const char *)bytes, n, &error));
    if (!has_faults(&program))
        run_program(&program, NULL, &report);
}

static void run_peer(size_t n)
{
    wire_input_to_server(bytes, n, NULL, NULL);
}

static void run_answers(size_t n)
{
    static struct run_report report;
    wire_input_to_client(bytes, n, &(struct run_options){0}, &report);
}

static void run_all(const char *pattern, void run(size_t n))
{
    glob_t files;
    assert_int_equal(glob(pattern, 0, NULL, &files), 0);
    for (size_t i = 0; i < files.gl_pathc; i++) {
        FILE *file = fopen(files.gl_pathv[i], "rb");
        assert_non_null(file);
        run(fread(bytes, 1, FILE_BYTES, file));
        fclose(file);
    }
    globfree(&files);
}

/* The most that each side holds with that many sessions at one time. */
static void run_sessions(const char *prepare, unsigned count)
{
    size_t n = 0;
    for (unsigned i = 0; i < count; i++)
        n += (size_t)snprintf((char *)bytes + n, sizeof bytes - n, "h%u = %s\n", i, prepare);
    memset(most_held, 0, sizeof most_held);
    allowance_observe(note_most, NULL);
    run_text(n);
    allowance_observe(NULL, NULL);
}

static void measure_sessions(void)
{
    enum { FEW = 2, MANY = 8 }; /* fewer than the service allows */
    static const char *const prepares[] = {"DsBackupPrepareW(\".\", 0, FULL)",
                                           "DsRestorePrepareW(\".\", 0, NULL)"};
    for (size_t i = 0; i < sizeof prepares / sizeof *prepares; i++) {
        uint64_t few[WORLD_SIDES];
        run_sessions(prepares[i], FEW);
        memcpy(few, most_held, sizeof few);
        run_sessions(prepares[i], MANY);
        for (int side = 0; side < WORLD_SIDES; side++)
            if ((most_held[side] - few[side]) / (MANY - FEW) > each[side])
                each[side] = (most_held[side] - few[side]) / (MANY - FEW);
    }
}

/* The longest request that the server takes. No program makes one as long, but a peer may. */
static void run_longest_request(void)
{
    enum { PART = 4000, PARTS = (4 << 20) / PART, OPNUM = 4 };
    static const uint8_t part[PART];
    static const struct wire_syntax backup = {
        0xecec0d70, 0xa603, 0x11d0, {0x96, 0xb1, 0x00, 0xa0, 0xc9, 0x1e, 0xce, 0x30}, 1, 0};
    struct server_wire w = {0};
    wire_u8(&w, 0); /* the options of the input */
    wire_bind(&w, BIND, 1, 4280, 4280, 0, 1);
    wire_context(&w, 0, &backup, &ndr20);
    wire_end(&w);
    for (unsigned i = 0; i < PARTS; i++)
        wire_fragment(&w, (i == 0 ? FIRST : 0) | (i == PARTS - 1 ? LAST : 0), 2, 0, OPNUM, part,
                      PART);
    wire_input_to_server(w.data, w.length, NULL, NULL);
    free(w.data);
}

/* The base that goes with that factor. */
static uint64_t base_for(const uint64_t held[STEPS], uint64_t percent)
{
    uint64_t base = 0;
    for (uint64_t step = 0; step < STEPS; step++) {
        uint64_t justified = step * STEP * percent / 100;
        if (held[step] > base + justified)
            base = held[step] - justified;
    }
    return base;
}

static struct allowance least(const uint64_t held[STEPS])
{
    struct allowance best = {.base = base_for(held, 0)};
    for (uint64_t percent = 1; percent <= PERCENT_MOST; percent++) {
        struct allowance a = {.base = base_for(held, percent), .percent = percent};
        if (a.base + FRAGMENT * a.percent / 100 < best.base + FRAGMENT * best.percent / 100)
            best = a;
    }
    return best;
}

/* The measured, and a quarter: to a twentieth, for a change of a structure of the target's is no
   change of the bound. */
static void assert_a_quarter_more(const char *what, uint64_t bound, uint64_t measured)
{
    if (bound * 20 < measured * 24 || bound * 20 > measured * 26)
        fail_msg("%s is %" PRIu64 " in fuzz/run/allowances.c, and measured, with a quarter more, "
                 "%" PRIu64,
                 what, bound, measured * 5 / 4);
}

/* contract: wire.memory */
TEST(bounds_are_what_the_corpus_needs_and_a_quarter)
{
    static const char *const names[WORLD_SIDES] = {"client", "server"};
    measure_sessions();
    allowance_observe(note, NULL);
    run_all(CORPUS "/session/*.txt", run_text);
    run_all(CORPUS "/regressions/*.txt", run_text);
    run_all(CORPUS "/server_pdu/*.bin", run_peer);
    run_longest_request();
    run_all(CORPUS "/client_pdu/*.bin", run_answers);
    allowance_observe(NULL, NULL);
    struct allowance measured[WORLD_SIDES];
    for (int side = 0; side < WORLD_SIDES; side++) {
        struct allowance a = measured[side] = least(held_at[side]);
        print_message(
            "%s: K = %" PRIu64 " bytes, k = %" PRIu64 ", c = %" PRIu64 ".%02" PRIu64
            "; with a quarter more %" PRIu64 ", %" PRIu64 " and %" PRIu64 ".%02" PRIu64 "\n",
            names[side], a.base, each[side], a.percent / 100, a.percent % 100, a.base * 5 / 4,
            each[side] * 5 / 4, a.percent * 5 / 4 / 100, a.percent * 5 / 4 % 100);
    }
    for (int side = 0; side < WORLD_SIDES; side++) {
        assert_a_quarter_more("base", allowances[side].base, measured[side].base);
        assert_a_quarter_more("each", allowances[side].each, each[side]);
        assert_a_quarter_more("percent", allowances[side].percent, measured[side].percent);
    }
}
