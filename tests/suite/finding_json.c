/* SPDX-License-Identifier: Apache-2.0 */
/*
 * report.json says what the run showed. Its form is held against docs/report.schema.json by
 * finding_json.sh.
 */
#include "tests/support/test.h"

#include "fuzz/program/program_text.h"
#include "fuzz/run/finding_json.h"
#include "fuzz/run/run.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct program program;
static struct run_report report;
static json_t *json;

static void drop(void)
{
    json_decref(json);
    json = NULL;
}

AROUND_EACH_TEST(NULL, drop);

static const char *text_at(const char *first, const char *second)
{
    const json_t *at = json_object_get(json, first);
    return json_string_value(second != NULL ? json_object_get(at, second) : at);
}

/* Runs a program with a finding; `json` is what is said of it. */
static void tell(const char *text)
{
    struct program_error error;
    char *bytes;
    size_t n;
    if (!program_parse(&program, text, strlen(text), &error))
        fail_msg("%u:%u: expected %s in\n%s", error.line, error.column, error.expected, text);
    assert_false(run_program(&program, NULL, &report));
    struct finding *f = finding_gather(&program, &report, NULL);
    finding_comes_from(f, "run", "corpus/session/x.txt");
    FILE *out = open_memstream(&bytes, &n);
    assert_non_null(out);
    assert_true(finding_write_json(f, out));
    assert_int_equal(fclose(out), 0);
    finding_destroy(f);
    json = json_loadb(bytes, n, 0, NULL);
    free(bytes);
    assert_non_null(json);
}

TEST(expected_and_got_are_codes_by_name)
{
    tell("world tcp\nDsIsNTDSOnlineW(\".\")\nDsBackupEnd(NULL)  # S_OK\n");
    assert_string_equal(text_at("format", NULL), "rundown finding");
    assert_string_equal(text_at("verdict", NULL), "asserted code");
    assert_string_equal(text_at("signature", NULL),
                        "code:DsBackupEnd:expected S_OK, got ERROR_INVALID_PARAMETER");
    assert_string_equal(text_at("call", "function"), "DsBackupEnd");
    assert_int_equal(json_integer_value(json_object_get(json_object_get(json, "call"), "index")),
                     2);
    const json_t *expected = json_object_get(json, "expected");
    assert_int_equal(json_array_size(expected), 1);
    assert_string_equal(json_string_value(json_array_get(expected, 0)), "S_OK");
    assert_string_equal(text_at("got", NULL), "ERROR_INVALID_PARAMETER");
    assert_int_equal(json_array_size(json_object_get(json, "behind")), 0);
    assert_int_equal(json_array_size(json_object_get(json, "profile")), 0);
    assert_string_equal(text_at("found", "by"), "run");
    assert_string_equal(text_at("found", "origin"), "corpus/session/x.txt");
}

TEST(calls_name_their_line_of_the_program)
{
    tell("world tcp\nDsIsNTDSOnlineW(\".\")\nDsBackupEnd(NULL)  # S_OK\n");
    const json_t *calls = json_object_get(json, "calls"), *second = json_array_get(calls, 1);
    assert_int_equal(json_array_size(calls), 2);
    assert_string_equal(json_string_value(json_object_get(second, "result")),
                        "ERROR_INVALID_PARAMETER");
    /* That line of the text is that text. */
    const char *at = text_at("program", NULL);
    for (int line = 1; line < json_integer_value(json_object_get(second, "line")); line++)
        at = strchr(at, '\n') + 1;
    const char *text = json_string_value(json_object_get(second, "text"));
    assert_memory_equal(at, text, strlen(text));
    assert_memory_equal(text, "DsBackupEnd(NULL)", 17);
}

/* The one who called, not the world's wrapper; the whole way in the target. */
TEST(fault_has_its_point_its_kind_and_the_stack_of_the_target)
{
    tell("h, t = DsBackupPrepareW(\".\", 0, FULL)\nDsBackupEnd(h) !net.recv ECONNRESET  # S_OK\n");
    const json_t *faults = json_object_get(json, "faults"), *fault = json_array_get(faults, 0);
    assert_int_equal(json_array_size(faults), 1);
    assert_string_equal(json_string_value(json_object_get(fault, "point")),
                        "net.recv@transport_receive#1");
    assert_string_equal(json_string_value(json_object_get(fault, "class")), "net.recv");
    assert_string_equal(json_string_value(json_object_get(fault, "kind")), "ECONNRESET");
    assert_string_equal(json_string_value(json_object_get(fault, "side")), "client");
    assert_int_equal(json_integer_value(json_object_get(fault, "call")), 2);
    const json_t *stack = json_object_get(fault, "stack");
    size_t n = json_array_size(stack);
    assert_true(n > 3);
    assert_string_equal(json_string_value(json_object_get(json_array_get(stack, 0), "function")),
                        "transport_receive");
    const json_t *outermost = json_array_get(stack, n - 1);
    assert_string_equal(json_string_value(json_object_get(outermost, "function")), "DsBackupEnd");
    assert_string_equal(json_string_value(json_object_get(outermost, "file")),
                        "target/client/backup_api.c");
    /* There to look first. */
    assert_string_equal(text_at("location", "function"), "transport_receive");
}

/* The stack of a fault in the server ends where the client's begins. */
TEST(fault_of_the_server_has_the_stack_of_the_server)
{
    tell("h, t = DsBackupPrepareW(\".\", 0, FULL)\n"
         "DsBackupOpenFileA(h, \"ntds.dit\", 24576) !file.open EIO  # S_OK\n");
    const json_t *fault = json_array_get(json_object_get(json, "faults"), 0);
    assert_string_equal(json_string_value(json_object_get(fault, "side")), "server");
    const json_t *stack = json_object_get(fault, "stack");
    assert_true(json_array_size(stack) > 2);
    for (size_t i = 0; i < json_array_size(stack); i++) {
        const char *file = json_string_value(json_object_get(json_array_get(stack, i), "file"));
        assert_true(strncmp(file, "target/", 7) == 0);
        assert_null(strstr(file, "client"));
    }
}
