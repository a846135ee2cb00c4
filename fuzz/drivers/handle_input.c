/* SPDX-License-Identifier: Apache-2.0 */
/*
 * fuzz_handle, and what saves its findings: passes raw 64-bit HBC values to every entry point while
 * sessions are live.
 *
 * The input is records of 9 bytes: a function and the value to pass as its handle. A fixed
 * prologue leaves, in one process, a backup with an open file, a backup in its log phase, a
 * restricted restore handle and an ended backup, so that a value can hit one of them, and damage
 * to one is noticed.
 */
#include "wire_input.h"

#include "driver.h"
#include "fuzz/program/program_text.h"
#include "fuzz/run/run.h"

#include <stdlib.h>
#include <string.h>

enum { RECORD_BYTES = 9 };

static const char prologue_text[] = "h0, b0 = DsBackupPrepareW(\".\", 0, FULL)         # S_OK\n"
                                    "DsBackupOpenFileW(h0, \"ntds.dit\", 24576)        # S_OK\n"
                                    "h1, b1 = DsBackupPrepareA(\".\", 0, FULL)         # S_OK\n"
                                    "b2 = DsBackupGetBackupLogsA(h1)                 # S_OK\n"
                                    "h2 = DsRestorePrepareW(\".\", 0, NULL)            # S_OK\n"
                                    "h3, b3 = DsBackupPrepareW(\".\", 0, FULL)         # S_OK\n"
                                    "DsBackupEnd(h3)                                 # S_OK\n";

/* The functions that take a handle. */
static size_t handle_functions(uint8_t out[API_FUNCTIONS])
{
    size_t n = 0;
    for (unsigned f = 0; f < API_FUNCTIONS; f++)
        if (api_parameters(api_functions[f].shape)[0].kind == PARAMETER_HANDLE)
            out[n++] = (uint8_t)f;
    return n;
}

static uint64_t read_le64(const uint8_t *bytes)
{
    uint64_t value = 0;
    for (size_t i = 8; i-- > 0;)
        value = value << 8 | bytes[i];
    return value;
}

const struct program *wire_input_to_handles(const uint8_t *data, size_t size,
                                            struct run_report *report)
{
    static struct program program;
    static uint8_t functions[API_FUNCTIONS];
    static size_t function_count;
    if (function_count == 0)
        function_count = handle_functions(functions);

    struct program_error error;
    if (!program_parse(&program, prologue_text, sizeof prologue_text - 1, &error))
        driver_finding(VERDICT_PROLOGUE, "", error.expected);
    for (; size >= RECORD_BYTES && program.call_count < PROGRAM_MAX_CALLS;
         data += RECORD_BYTES, size -= RECORD_BYTES) {
        struct call *c = &program.calls[program.call_count++];
        memset(c, 0, sizeof *c);
        c->function = functions[data[0] % function_count];
        c->handle.kind = HANDLE_RAW;
        c->extra = read_le64(data + 1);
        c->buffer_out = 15;
        c->number = 24576; /* a legal size for OpenFile and Read */
    }
    run_program(&program, NULL, report);
    return &program;
}
