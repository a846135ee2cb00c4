/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Inputs of the wire drivers as text: every type of PDU, in both byte orders, cut anywhere, and
 * inputs of any length.
 */
#include "tests/support/test.h"

#include "fuzz/drivers/wire_text.h"
#include "tests/support/pdu_vectors.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The input in memory of just that size, so that a sanitizer sees one byte too many. The caller
 * frees the text. */
static char *print(const char *driver, const uint8_t *bytes, size_t n)
{
    char *text = NULL;
    size_t length;
    uint8_t *exact = hex_copy(bytes, n);
    FILE *out = open_memstream(&text, &length);
    assert_non_null(out);
    assert_true(wire_text_print(driver, exact, n, out));
    fclose(out);
    free(exact);
    return text;
}

/* One answer to the client's first program: what is said of it. The caller frees it. */
static char *print_answer(const uint8_t *pdu, size_t n)
{
    uint8_t *input = malloc(n + 3);
    assert_non_null(input);
    input[0] = 0;
    input[1] = (uint8_t)n;
    input[2] = (uint8_t)(n >> 8);
    memcpy(input + 3, pdu, n);
    char *text = print("client_pdu", input, n + 3);
    free(input);
    char first[64], *end = strstr(text, "the calls return\n");
    snprintf(first, sizeof first, "answer 1, %zu bytes\n", n);
    const char *start = strstr(text, first);
    if (start == NULL || end == NULL)
        fail_msg("no answer of %zu bytes in:\n%s", n, text);
    *end = '\0';
    char *said = strdup(start + strlen(first));
    free(text);
    return said;
}

static char *print_vector(const char *hex)
{
    size_t n;
    uint8_t *bytes = hex_bytes(hex, &n);
    char *text = print_answer(bytes, n);
    free(bytes);
    return text;
}

static void expect_vector(const char *name, const char *expected)
{
    char *text = print_vector(vector_find(name)->little);
    assert_string_equal(text, expected);
    free(text);
}

#define BACKUP "ecec0d70-a603-11d0-96b1-00a0c91ece30 version 1.0"
#define NDR20  "8a885d04-1ceb-11c9-9fe8-08002b104860 version 2.0"
#define NDR64  "71710533-beba-4937-8319-b5dbef9ccc36 version 1.0"

TEST(each_field_of_a_pdu_is_shown)
{
    expect_vector("request", "PDU 1: request, version 5.0, flags first last, little-endian, "
                             "frag_length 28, auth_length 0, call_id 7\n"
                             "  alloc_hint 4, p_cont_id 1, opnum 9\n"
                             "  stub\n"
                             "    0000  de ad be ef                                      ....\n");
    expect_vector("fault", "PDU 1: fault, version 5.0, flags first last did-not-execute, "
                           "little-endian, frag_length 32, auth_length 0, call_id 7\n"
                           "  alloc_hint 32, p_cont_id 1, cancel_count 2\n"
                           "  status 0x1c010002\n"
                           "  rest\n"
                           "    0000  00 00 00 00                                      ....\n");
    expect_vector("bind of two contexts",
                  "PDU 1: bind, version 5.0, flags first last, little-endian, frag_length 116, "
                  "auth_length 0, call_id 1\n"
                  "  max_xmit_frag 5840, max_recv_frag 4280, assoc_group_id 4660, 2 contexts\n"
                  "  context 0: " BACKUP "\n"
                  "    transfer syntax " NDR20 "\n"
                  "  context 1: " BACKUP "\n"
                  "    transfer syntax " NDR64 "\n");
    expect_vector("bind_ack",
                  "PDU 1: bind_ack, version 5.0, flags first last, little-endian, frag_length 84, "
                  "auth_length 0, call_id 1\n"
                  "  max_xmit_frag 5840, max_recv_frag 4280, assoc_group_id 4660, "
                  "secondary address of 5 bytes\n"
                  "  result 0, reason 0, transfer syntax " NDR20 "\n"
                  "  result 2, reason 1, transfer syntax "
                  "00000000-0000-0000-0000-000000000000 version 0.0\n");
}

/* The text of fields, without the bytes that are shown as they are. */
static void leave_fields(char *text)
{
    char *to = text;
    for (char *line = text, *next; *line != '\0'; line = next) {
        next = line + strcspn(line, "\n");
        next += *next == '\n';
        size_t n = (size_t)(next - line);
        if (strncmp(line, "    00", 6) == 0)
            continue;
        memmove(to, line, n);
        to += n;
    }
    *to = '\0';
}

TEST(both_byte_orders_say_the_same)
{
    assert_true(vector_count >= 15);
    for (size_t i = 0; i < vector_count; i++) {
        char *little = print_vector(vectors[i].little), *big = print_vector(vectors[i].big);
        char *order = strstr(big, "big-endian");
        assert_non_null(order);
        assert_non_null(strstr(little, ", little-endian, "));
        /* The one is the other but for these words. */
        char *same = malloc(strlen(big) + sizeof "little-endian");
        assert_non_null(same);
        sprintf(same, "%.*slittle-endian%s", (int)(order - big), big, order + strlen("big-endian"));
        leave_fields(little);
        leave_fields(same);
        if (strcmp(little, same) != 0)
            fail_msg("%s:\n%s%s", vectors[i].name, little, same);
        free(little);
        free(big);
        free(same);
    }
}

TEST(types_without_a_name_are_shown_as_numbers)
{
    static uint8_t pdu[16] = {5, 0, 1, 0, 0x10, 0, 0, 0, 16, 0, 0, 0, 9, 0, 0, 0};
    char *text = print_answer(pdu, sizeof pdu);
    assert_string_equal(text, "PDU 1: type 1, version 5.0, flags, little-endian, frag_length 16, "
                              "auth_length 0, call_id 9\n");
    free(text);
    pdu[2] = 200;
    pdu[3] = 0xff;
    text = print_answer(pdu, sizeof pdu);
    assert_string_equal(text, "PDU 1: type 200, version 5.0, flags first last pending-cancel 0x08 "
                              "conc-mpx did-not-execute maybe object, little-endian, "
                              "frag_length 16, auth_length 0, call_id 9\n");
    free(text);
}

TEST(pdu_that_is_cut_says_so_and_bytes_that_are_none_are_shown)
{
    for (size_t i = 0; i < vector_count; i++) {
        size_t n;
        uint8_t *bytes = hex_bytes(vectors[i].little, &n);
        for (size_t cut = 1; cut <= n; cut++) {
            char *text = print_answer(bytes, cut), expected[64];
            snprintf(expected, sizeof expected, "  cut: %zu bytes are there\n", cut);
            if (cut < 16)
                assert_memory_equal(text, "no PDU\n    0000  05", 19);
            else if ((strstr(text, expected) != NULL) != (cut < n))
                fail_msg("%s, cut at %zu:\n%s", vectors[i].name, cut, text);
            free(text);
        }
        free(bytes);
    }
}

TEST(several_pdus_are_counted_and_what_follows_them_is_shown)
{
    static const uint8_t stream[] = {5, 0,  17, 3, 0x10, 0, 0, 0, 16, 0, 0, 0, 1, 0, 0, 0, 5,
                                     0, 18, 3,  0, 0,    0, 0, 0, 16, 0, 0, 0, 0, 0, 2, 4, 'x'};
    char *text = print_answer(stream, sizeof stream);
    assert_string_equal(text, "PDU 1: shutdown, version 5.0, flags first last, little-endian, "
                              "frag_length 16, auth_length 0, call_id 1\n"
                              "PDU 2: co_cancel, version 5.0, flags first last, big-endian, "
                              "frag_length 16, auth_length 0, call_id 2\n"
                              "no PDU\n"
                              "    0000  04 78                                            .x\n");
    free(text);
}

TEST(lies_are_told_in_words)
{
    static const uint8_t input[] = {0x80, 0,    0x83, 0x34, 0x12, 0x78, 0x56, 0x34, 0x12, 2,
                                    6,    0x10, 0,    0,    0,    0,    0,    1,    2,    3};
    char *text = print("client_pdu", input, sizeof input);
    assert_non_null(strstr(text, "in PDU 1 of the server, offset 4660: 32 bits are set to "
                                 "0x12345678, and frag_length fits\n"
                                 "in PDU 3 of the server, offset 16: the rest is left out 0x0\n"
                                 "3 bytes more\n"));
    free(text);
}

TEST(handles_are_shown_with_the_function_that_gets_them)
{
    static const uint8_t input[] = {0, 8, 7, 6, 5, 4, 3, 2, 1, 0xff, 1, 0, 0, 0, 0, 0, 0, 0, 5, 5};
    char *text = print("handle", input, sizeof input);
    assert_memory_equal(text, "DsBackupGetDatabaseNamesA(0x0102030405060708)\n", 46);
    assert_non_null(strstr(text + 46, "(0x0000000000000001)\n"));
    assert_int_equal(strchr(text + 46, '\n')[1],
                     '\0'); /* 9 bytes each; an incomplete one is ignored */
    free(text);
}

TEST(server_s_answer_is_shown_with_what_becomes_of_the_connection)
{
    static const uint8_t input[] = {3, 5, 0, 17, 3, 0x10, 0, 0, 0, 16, 0, 0, 0, 1, 0, 0, 0};
    char *text = print("server_pdu", input, sizeof input);
    assert_memory_equal(text,
                        "to the server over ncacn_ip_tcp, untrusted peer, whole, normal mode, "
                        "store 0\nPDU 1: shutdown, ",
                        strlen("to the server over ncacn_ip_tcp, untrusted peer, whole, normal "
                               "mode, store 0\nPDU 1: shutdown, "));
    assert_non_null(strstr(text, "\nthe server answers and closes the connection\nPDU 1: fault, "));
    free(text);
}

/* Up to a few bytes of every first byte: nothing is read beyond, and something is said of each. */
TEST(input_of_any_length_can_be_printed)
{
    static const char *const drivers[] = {"server_pdu", "client_pdu", "ndr", "handle"};
    for (size_t d = 0; d < sizeof drivers / sizeof *drivers; d++) {
        char *text = print(drivers[d], (const uint8_t *)"", 0);
        assert_string_equal(text, "");
        free(text);
        for (unsigned first = 0; first < 256; first++) {
            uint8_t input[12] = {(uint8_t)first, 3, 1, 4, 1, 5, 9, 2, 6, 5, 3, 5};
            for (size_t n = 1; n <= sizeof input; n++) {
                text = print(drivers[d], input, n);
                /* A handle has 9 bytes. */
                assert_int_equal(*text == '\0', strcmp(drivers[d], "handle") == 0 && n < 9);
                free(text);
            }
        }
    }
}

TEST(driver_that_does_not_exist_is_refused)
{
    char *text = NULL;
    size_t n;
    FILE *out = open_memstream(&text, &n);
    assert_non_null(out);
    assert_false(wire_text_print("session", (const uint8_t *)"abc", 3, out));
    assert_false(wire_text_print("", (const uint8_t *)"abc", 3, out));
    fclose(out);
    assert_string_equal(text, "");
    free(text);
}
