/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Programs as text.
 *
 *     rundown 2
 *     world tcp segment 7 store 1
 *     # the second End must be refused, and must not reach the server
 *     h, token = DsBackupPrepareW("\\\\.", 0, FULL)                    # S_OK
 *     DsBackupOpenFileA(h, "ntds.dit", 24576)    !mem.alloc ENOMEM # ERROR_NOT_ENOUGH_MEMORY
 *     DsBackupEnd(h)                                             # S_OK
 *     DsBackupEnd(h)                                             # ERROR_INVALID_PARAMETER
 *
 * Version:  `rundown 2`, may be left out
 * World:    restore-mode, tcp, segment N (bytes that one send or recv moves at most), store N,
 *           sweep pairs (the sweep also breaks the handling of each fault)
 * Handles:  a name or h0..h15, NULL, -1, stale(h), forged(h, 0x1), never(0x5), pointer(h0),
 *           raw(0x1234)
 * Buffers:  a name or b0..b15, NULL, foreign, inside(b), damaged(b, 3), short(b, 10). b15 is a
 *           token of the scene's server until it is assigned.
 * Numbers:  decimal, 0x hexadecimal, or FULL, LOGS_ONLY, INCREMENTAL, CATCHUP,
 *           DISABLE_INCREMENTAL, NORMAL, RESTORE_MODE, a code's name
 * Null out: a last argument `phbc=NULL` (the parameter's name) passes NULL for an out pointer
 * Set out:  `pszAttachmentInfo=SET`: the list pointer is not NULL on entry
 * Faults:   !CLASS KIND [at N] [once | burst | persistent], or !CLASS@FUNCTION#M KIND ...: at one
 *           fault point; N counts calls at the class (or fault point), from 1. Up to two.
 * Events:   ClientExit() ServerStop() ServerKill() PowerFail() ServerStart(mode) Wait(seconds)
 * Result:   the first word after # that is the name of a code, or a number, is asserted; other
 *           text is a comment
 */
#ifndef FUZZ_PROGRAM_TEXT_H
#define FUZZ_PROGRAM_TEXT_H

#include "program.h"

#include <stdio.h>

struct program_error {
    unsigned line, column; /* from 1 */
    char expected[96];     /* what was expected there */
};

/* False: a syntax error, described in *error; *p is undefined. */
bool program_parse(struct program *p, const char *text, size_t length, struct program_error *error);

/* From now on a fault at a fault point that this process does not have is left out, and no error:
   for programs that were written for another implementation. */
void program_leave_out_unknown_points(void);

/* Parses a plan: fault clauses as above, one a line, with comments. False: a syntax error, or
   more than `most`. */
bool program_parse_plan(const char *text, size_t length, struct fault_clause *out, size_t most,
                        size_t *out_count, struct program_error *error);

/* The canonical text. `mark`: the index of a call to point at with an arrow, or -1. `results`: the
   calls' results, printed after them, or NULL for the asserted results. */
void program_print(const struct program *p, FILE *out, int mark, const int32_t *results,
                   size_t result_count);

/* Writes the text in its canonical form: calls as program_print() prints them, comments and blank
   lines in place, results in one column. False: as program_parse(). */
bool program_format(const char *text, size_t length, FILE *out, struct program_error *error);

/* A fault of a call, after a space; nothing for none. */
void program_print_fault(const struct fault_clause *f, FILE *out);
/* One call, without a line end. */
void program_print_call(const struct program *p, size_t index, FILE *out);
/* The `world` line with its line end; nothing for the default world. */
void program_print_world(const struct program *p, FILE *out);

#endif
