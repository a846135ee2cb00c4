/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The contract as tests: a test is a program in text, run on the simulated world
 * against the real client and server, with everything that fuzz/run/run.h judges besides the
 * asserted results.
 */
#ifndef TESTS_CONTRACT_H
#define TESTS_CONTRACT_H

#include "tests/support/test.h"

#include "fuzz/program/program_text.h"
#include "fuzz/run/run.h"
#include "fuzz/scene/scene.h"

#include <string.h>

/* Runs the program and fails the test, with the whole finding printed, if anything is not
   as it says. */
static inline struct run_report *holds(const char *text)
{
    static struct program program;
    static struct run_report report;
    struct program_error error;
    if (!program_parse(&program, text, strlen(text), &error))
        fail_msg("line %u, column %u: expected %s", error.line, error.column, error.expected);
    assert_true(program.call_count > 0);
    if (!run_program(&program, NULL, &report)) {
        run_print(&program, &report, stderr);
        fail_msg("%s: %s", verdict_name(report.verdict), report.detail);
    }
    return &report;
}

/* The same, and the fault clause must have fired: a test of a fault that never
   happens shows nothing. */
static inline void holds_with_fault(const char *text)
{
    assert_true(holds(text)->faults_fired > 0);
}

#define PREPARE       "h0, b0 = DsBackupPrepareW(\".\", 0, FULL)   # S_OK\n"
#define PREPARE_OTHER "h1, b1 = DsBackupPrepareA(\".\", 0, FULL)   # S_OK\n"
#define OPEN          "DsBackupOpenFileW(h0, \"ntds.dit\", 24576)  # S_OK\n"
#define READ          "DsBackupRead(h0, 24576)  # S_OK\n"
#define CLOSE         "DsBackupClose(h0)  # S_OK\n"
#define END           "DsBackupEnd(h0)  # S_OK\n"
/* clang-format off: it knows no peace with strings that are pasted from macros */
#define WHOLE_FILE(name)                                                                           \
    "DsBackupOpenFileW(h0, \"" name "\", 24576)  # S_OK\n"                                         \
    "DsBackupRead(h0, 1048576)  # S_OK\n"                                                          \
    "DsBackupClose(h0)  # S_OK\n"
#define LOGS "b2 = DsBackupGetBackupLogsW(h0)  # S_OK\n"
#define READ_EVERYTHING                                                                            \
    WHOLE_FILE("ntds.dit")                                                                         \
    WHOLE_FILE("temp.pat")                                                                         \
    LOGS WHOLE_FILE("edb00001.log") WHOLE_FILE("edb00002.log") WHOLE_FILE("edb.log")
/* clang-format on */

#endif
