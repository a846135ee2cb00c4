/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Prints inputs of the wire drivers as text, PDU by PDU and field by field, with their effect: the
 * server's answers, the results of the client's calls. The text cannot be read back.
 */
#ifndef FUZZ_WIRE_TEXT_H
#define FUZZ_WIRE_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

/* `driver`: server_pdu, client_pdu or handle; false: there is no such driver. */
bool wire_text_print(const char *driver, const uint8_t *bytes, size_t n, FILE *out);

#endif
