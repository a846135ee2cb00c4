/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Findings on disk, one folder a signature (docs/findings.md, "Saved"):
 *
 *     DIRECTORY/NAME/program.txt   what shows it: a program; of a wire driver input.txt, which
 * cannot be read back input.bin     the same as bytes for its driver report.txt    for people
 *                    report.json   for programs; written last: without it the folder is no finding
 */
#ifndef FUZZ_SAVED_H
#define FUZZ_SAVED_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { SAVED_NAME_BYTES = 96, SAVED_PATH_BYTES = 4096 };

/* The folder's name: readable, and different for different signatures. */
void saved_name(const char *signature, char out[SAVED_NAME_BYTES]);
/* "program.txt" or, of a wire driver, "input.txt". */
const char *saved_text_file(const char *driver);

/* Whether findings can be saved there: it is a folder, or can be made. False: errno. */
bool saved_can(const char *directory);

/* What shows the finding. */
struct saved_files {
    const char *driver;
    const char *text; /* of program.txt or input.txt */
    const uint8_t *bytes;
    size_t bytes_n;
};
/* Makes the folder if need be. False: *why. */
bool saved_write(const char *folder, const struct saved_files *files, const char **why);
/* Then report.txt and report.json. */
bool saved_write_reports(const char *folder, const char *text, const json_t *report,
                         const char **why);
/* report.json alone. */
bool saved_write_report(const char *folder, const json_t *report, const char **why);
/* Its report.json, to be released by json_decref(). NULL: *why. */
json_t *saved_read(const char *folder, const char **why);
/* A member of the report, or of its object "found"; NULL: it is not there or no text. */
const char *saved_text(const json_t *report, const char *key);
const char *saved_found_text(const json_t *report, const char *key);
json_int_t saved_seen(const json_t *report);

/* Calls `each` with every folder in `directory` that has a report.json, by name. Returns how many;
 * -1: errno. */
typedef void saved_each(const char *folder, void *context);
int saved_for_each(const char *directory, saved_each *each, void *context);

#endif
