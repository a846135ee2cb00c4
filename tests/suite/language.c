/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The language of programs: text and bytes are two forms of one thing.
 */
#include "tests/support/test.h"

#include "faults/fault/fault.h"
#include "fuzz/program/program_text.h"
#include "fuzz/scene/service.h"

#include <stdlib.h>
#include <string.h>

enum { SEED = 20261123, PROGRAMS = 3000, MOST_CALLS = 24 };

static uint64_t random_state = SEED;

static uint64_t next_random(void)
{
    random_state ^= random_state << 13;
    random_state ^= random_state >> 7;
    random_state ^= random_state << 17;
    return random_state;
}

static size_t random_bytes(uint8_t *out, size_t most)
{
    size_t n = next_random() % (most + 1);
    for (size_t i = 0; i < n; i++)
        out[i] = (uint8_t)next_random();
    return n;
}

/* The text of a program; to be freed. */
static char *print(const struct program *p)
{
    char *text;
    size_t n;
    FILE *out = open_memstream(&text, &n);
    assert_non_null(out);
    program_print(p, out, -1, NULL, 0);
    fclose(out);
    return text;
}

static struct program parsed;

static void parse(const char *text)
{
    struct program_error error;
    if (!program_parse(&parsed, text, strlen(text), &error))
        fail_msg("%u:%u: expected %s in\n%s", error.line, error.column, error.expected, text);
}

static void assert_error(const char *text, unsigned line, unsigned column, const char *expected)
{
    struct program_error error = {0};
    assert_false(program_parse(&parsed, text, strlen(text), &error));
    assert_string_equal(error.expected, expected);
    assert_int_equal(error.line, line);
    assert_int_equal(error.column, column);
}

TEST(any_bytes_decode_and_print_and_parse_back)
{
    static struct program p;
    static uint8_t bytes[PROGRAM_HEADER_BYTES + MOST_CALLS * PROGRAM_CALL_BYTES + 7];
    print_message("seed %d\n", SEED);
    for (int i = 0; i < PROGRAMS; i++) {
        size_t n = random_bytes(bytes, sizeof bytes);
        program_decode(&p, bytes, n);
        char *text = print(&p);
        parse(text);
        /* A list pointer that is set on entry is part of what the text says. */
        for (size_t c = 0; c < p.call_count; c++) {
            enum api_shape shape = api_functions[p.calls[c].function].shape;
            bool list = shape == API_GET_DATABASE_NAMES || shape == API_GET_BACKUP_LOGS ||
                        shape == API_GET_DATABASE_LOCATIONS;
            if (list && !(p.calls[c].flags & 1))
                assert_int_equal(p.calls[c].flags & CALL_LIST_NOT_NULL,
                                 parsed.calls[c].flags & CALL_LIST_NOT_NULL);
        }
        /* What the text says is the program: printed again it is the same. */
        char *again = print(&parsed);
        assert_string_equal(text, again);
        assert_int_equal(p.call_count, parsed.call_count);
        free(text);
        free(again);
    }
}

TEST(bytes_of_a_text_decode_to_the_same_text)
{
    static struct program p;
    static uint8_t bytes[PROGRAM_MAX_BYTES];
    for (int i = 0; i < PROGRAMS; i++) {
        static uint8_t noise[PROGRAM_HEADER_BYTES + MOST_CALLS * PROGRAM_CALL_BYTES];
        program_decode(&p, noise, random_bytes(noise, sizeof noise));
        char *text = print(&p);
        parse(text);
        size_t n = program_encode(&parsed, bytes);
        assert_int_equal(n, PROGRAM_HEADER_BYTES + p.call_count * PROGRAM_CALL_BYTES);
        program_decode(&p, bytes, n);
        char *again = print(&p);
        assert_string_equal(text, again);
        free(text);
        free(again);
    }
}

TEST(encoding_is_a_fixed_point)
{
    static struct program p;
    static uint8_t noise[PROGRAM_HEADER_BYTES + MOST_CALLS * PROGRAM_CALL_BYTES];
    static uint8_t first[PROGRAM_MAX_BYTES], second[PROGRAM_MAX_BYTES];
    for (int i = 0; i < PROGRAMS; i++) {
        program_decode(&p, noise, random_bytes(noise, sizeof noise));
        size_t n = program_encode(&p, first);
        program_decode(&p, first, n);
        assert_int_equal(program_encode(&p, second), n);
        assert_memory_equal(first, second, n);
    }
}

TEST(a_torn_instruction_is_dropped_and_256_calls_are_the_most)
{
    static struct program p;
    static uint8_t bytes[PROGRAM_MAX_BYTES + 5 * PROGRAM_CALL_BYTES];
    program_decode(&p, bytes, 0);
    assert_int_equal(p.call_count, 0);
    program_decode(&p, bytes, 3);
    assert_int_equal(p.call_count, 0);
    program_decode(&p, bytes, PROGRAM_HEADER_BYTES + 2 * PROGRAM_CALL_BYTES - 1);
    assert_int_equal(p.call_count, 1);
    program_decode(&p, bytes, sizeof bytes);
    assert_int_equal(p.call_count, PROGRAM_MAX_CALLS);
}

TEST(names_stand_for_variables_and_are_kept)
{
    parse("first, t = DsBackupPrepareW(\".\", 0, FULL)\n"
          "second = DsBackupPrepareW(\".\", 0, FULL)\n"
          "names = DsBackupGetDatabaseNamesW(second)\n"
          "DsBackupEnd(stale(first))\n"
          "DsBackupFree(names)\n");
    assert_int_equal(parsed.calls[0].handle_out, 0);
    assert_int_equal(parsed.calls[1].handle_out, 1);
    assert_int_equal(parsed.calls[2].handle.variable, 1);
    assert_int_equal(parsed.calls[2].buffer_out, 1);
    assert_int_equal(parsed.calls[3].handle.kind, HANDLE_STALE);
    assert_int_equal(parsed.calls[4].buffer.variable, 1);
    char *text = print(&parsed);
    assert_non_null(strstr(text, "names = DsBackupGetDatabaseNamesW(second)"));
    assert_non_null(strstr(text, "DsBackupEnd(stale(first))"));
    free(text);
    /* A buffer whose handle has nowhere to go stays a buffer. */
    parse("h, t = DsBackupPrepareW(\".\", 0, FULL, phbc=NULL)\n");
    text = print(&parsed);
    parse(text);
    free(text);
    assert_string_equal(parsed.buffer_names[0], "t");
    assert_string_equal(parsed.handle_names[0], "h");
    /* A number in use is nobody else's. */
    parse("h0, b0 = DsBackupPrepareW(\".\", 0, FULL)\nh = DsRestorePrepareW(\".\", 0, NULL)\n");
    assert_int_equal(parsed.calls[1].handle_out, 1);
}

TEST(errors_name_line_column_and_what_was_expected)
{
    assert_error("# fine\n\nDsBackupEndd(h0)\n", 3, 1, "the name of an API function or an event");
    assert_error("DsBackupEnd(nobody)\n", 1, 13, "a handle: h0..h15 or a name that was assigned");
    assert_error("DsBackupEnd(h16)\n", 1, 13, "a handle: h0..h15 or a name that was assigned");
    assert_error("DsBackupEnd(h0\n", 1, 15, "',' or ')'");
    assert_error("DsBackupRead(h0, 4294967296)\n", 1, 18, "a number in range");
    assert_error("DsBackupEnd(h0) x\n", 1, 17, "the end of the line");
    assert_error("DsBackupEnd(h0) !no.class EIO\n", 1, 18, "the name of a fault class");
    assert_error("DsBackupEnd(h0) !net.send EMFILE\n", 1, 27,
                 "a kind of this class (see: rundown faults)");
    assert_error("DsBackupEnd(h0) !net.send@nowhere#1 EPIPE\n", 1, 18,
                 "the name of a fault point (see: rundown sites)");
    assert_error("DsBackupEnd(h0) !net.send EPIPE !net.recv eof !net.poll timeout\n", 1, 48,
                 "at most two faults");
    assert_error("DsBackupOpenFileW(h0, \"other.txt\", 1)\n", 1, 23,
                 "one of the texts of fuzz/program/texts.def for this argument");
    assert_error("DsBackupOpenFileW(h0, \"ntds.dit, 1)\n", 1, 36, "a closing '\"'");
    assert_error("DsBackupEnd(h0)\nworld tcp\n", 2, 6, "'world' before the first call");
    assert_error("rundown 3\n", 1, 10, "version 2, which this rundown reads");
    assert_error("world sweep\n", 1, 12, "'pairs'");
    assert_error("h = DsBackupEnd(h0)\n", 1, 1, "no result: the function has none");
    assert_error("h, b = DsBackupPrepareW(\".\", 0, FULL)\nDsBackupEnd(h0)\n", 2, 13,
                 "the name that this variable was given");
}

TEST(assertions_are_codes_or_numbers_and_the_rest_is_comment)
{
    parse("DsBackupEnd(h0)  # ERROR_INVALID_PARAMETER as ever\n"
          "DsBackupEnd(h0)  # 87\n"
          "DsBackupEnd(h0)  # whatever comes\n"
          "DsBackupEnd(h0)\n");
    assert_true(parsed.calls[0].expects && parsed.calls[0].expected == 87);
    assert_true(parsed.calls[1].expects && parsed.calls[1].expected == 87);
    assert_false(parsed.calls[2].expects || parsed.calls[3].expects);
}

TEST(fault_clauses_say_class_kind_place_and_shape)
{
    service_register_sites();
    parse("DsBackupEnd(h0) !rpc.reply fault-context-mismatch !mem.alloc ENOMEM at 300 burst\n"
          "DsBackupEnd(h0) !rpc.reply@backup.End#1 lost persistent\n");
    const struct fault_clause *f = parsed.calls[0].faults;
    assert_int_equal(f[0].class_plus_one, 1 + FAULT_RPC_REPLY);
    assert_string_equal(fault_kind_name(FAULT_RPC_REPLY, f[0].kind), "fault-context-mismatch");
    assert_int_equal(f[1].nth, 300);
    assert_int_equal(f[1].shape, FAULT_BURST);
    assert_int_equal(f[0].site, FAULT_CLAUSE_ANY_SITE);
    assert_int_not_equal(parsed.calls[1].faults[0].site, FAULT_CLAUSE_ANY_SITE);
    char *text = print(&parsed);
    assert_string_equal(
        text, "DsBackupEnd(h0) !rpc.reply fault-context-mismatch !mem.alloc ENOMEM at 300 burst\n"
              "DsBackupEnd(h0) !rpc.reply@backup.End#1 lost persistent\n");
    free(text);
}

static void assert_formats(const char *text, const char *expected)
{
    struct program_error error;
    char *formatted;
    size_t n;
    FILE *out = open_memstream(&formatted, &n);
    assert_true(program_format(text, strlen(text), out, &error));
    fclose(out);
    assert_string_equal(formatted, expected);
    free(formatted);
}

TEST(format_keeps_comments_and_aligns_results)
{
    const char *canonical = "rundown 2\n"
                            "# what it shows\n"
                            "world tcp segment 7\n"
                            "\n"
                            "h, t = DsBackupPrepareW(\"\\\\\\\\.\", 0, FULL)  # S_OK\n"
                            "DsBackupOpenFileW(h, \"ntds.dit\", 24576)\n"
                            "DsBackupEnd(h) !net.send EPIPE             # S_OK not\n";
    assert_formats("rundown 2\n"
                   "   # what it shows  \n"
                   "world   segment 7 tcp\r\n"
                   "\n"
                   "h,t =DsBackupPrepareW( \"\\\\\\\\.\" ,0, 1 )# S_OK\n"
                   "\tDsBackupOpenFileW(h, \"ntds.dit\", 0x6000)\n"
                   "DsBackupEnd(h)!net.send EPIPE at 1 once # S_OK not",
                   canonical);
    assert_formats(canonical, canonical);
}
