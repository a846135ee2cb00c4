/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Runs the inputs of the wire drivers: the bytes that a hostile peer sends to the server or answers
 * to the client, one stub of an operation, or values of handles. server_pdu.c, client_pdu.c,
 * ndr_input.c and handle_input.c describe how an input is laid out and what is judged.
 */
#ifndef FUZZ_WIRE_INPUT_H
#define FUZZ_WIRE_INPUT_H

#include "fuzz/run/run.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Called for each piece of bytes that goes to the server or comes from it; may be NULL. */
typedef void wire_input_told(unsigned connection, bool to_server, const uint8_t *bytes, size_t n,
                             void *context);
/* Whether an input holds instructions for several peers, not the bytes of one. */
bool wire_input_is_script(uint8_t options);
/* Returns whether the server keeps the connection. A finding ends the process (driver.h). */
bool wire_input_to_server(const uint8_t *data, size_t size, wire_input_told *told, void *context);

struct wire_bytes {
    const uint8_t *data; /* borrowed */
    size_t size;
};
/* The same for the bytes of one peer, with what is wrong in *report. Afterwards the bytes of an
   honest peer, which end with a request, go over a connection of their own, and must be answered.
 */
void wire_input_judge_server(const uint8_t *data, size_t size, struct wire_bytes honest,
                             struct run_report *report);

/* The same while the faults of `options->arm` are armed, in call 0: what the server answers is then
   no finding, but what it leaves behind is, in *report. */
void wire_input_to_faulty_server(const uint8_t *data, size_t size,
                                 const struct run_options *options, struct run_report *report);

/* Returns the status of the first decoding, and which stub it was. */
uint32_t wire_input_to_codec(const uint8_t *data, size_t size, const char **out_name);

/* Raw values as handles. Returns the program that passes them, with *report. */
const struct program *wire_input_to_handles(const uint8_t *data, size_t size,
                                            struct run_report *report);

/* Returns the program that the client ran, with *report; NULL: the input is empty. Of `options` it
   takes the faults to arm. */
const struct program *wire_input_to_client(const uint8_t *data, size_t size,
                                           const struct run_options *options,
                                           struct run_report *report);
/* What is sent to that program where nothing is changed (client_lies.h). */
const struct honest_server *wire_input_honest(unsigned program);

#endif
