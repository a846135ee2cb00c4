/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Makes a finding smaller, explains it and saves it (saved.h). One that is saved already, and still
 * shows, stays as it is.
 */
#ifndef FUZZ_SAVING_H
#define FUZZ_SAVING_H

#include "fuzz/program/program.h"
#include "fuzz/run/report.h"
#include "minimise_bytes.h"
#include "saved.h"
#include "trial.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* How it was found. */
struct saving {
    const char *directory;
    const char *by;     /* "sweep", "libfuzzer", ... */
    const char *origin; /* the file that it comes from, or NULL */
    int64_t seed;       /* -1: none */
};

/* A wire driver: how its inputs are run, read and taken apart. */
struct saving_driver {
    const char *name;
    /* A finding is printed and ends the process (fuzz/drivers/driver.h). */
    void (*run)(const uint8_t *bytes, size_t n);
    /* The text form; it may die of the finding. */
    void (*print)(const uint8_t *bytes, size_t n);
    /* What an input of at least one byte is made of: bytes before the first instruction, and how
     * long each is. */
    size_t head;
    minimise_take *(*parts)(const uint8_t *bytes);
};

struct saving_outcome {
    enum { SAVING_NEW, SAVING_KNOWN, SAVING_FAILED } what;
    char folder[SAVED_PATH_BYTES - 64];
    char file[SAVED_PATH_BYTES];      /* in it, what shows the finding */
    char again[2 * SAVED_PATH_BYTES]; /* the command that shows it again */
    char since[32];                   /* of a known one: its date */
    char *report;                     /* report.txt, to be freed; NULL: there is none */
    const char *why;                  /* of a failure: why the folder cannot be written */
};

/* `r`: what it has shown. */
void saving_program(const struct saving *s, const struct program *p, const struct run_report *r,
                    const char *signature, struct saving_outcome *out);
void saving_input(const struct saving *s, const struct saving_driver *d, const uint8_t *bytes,
                  size_t n, const char *signature, struct saving_outcome *out);
/* Makes an input smaller that shows `signature`; returns its new size. */
size_t saving_minimise(const struct saving_driver *d, uint8_t *bytes, size_t n,
                       const char *signature);
/* Runs an input; as trial_input(). */
const struct trial_end *saving_try(const struct saving_driver *d, const uint8_t *bytes, size_t n,
                                   unsigned seconds);
/* A saved finding was seen so many times more. */
void saving_count(const char *directory, const char *signature, uint64_t times);

#endif
