/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/support/test.h"

#include "target/client/text.h"
#include "tests/support/hex.h"

#include <stdio.h>
#include <time.h>

/* To the narrow form in memory of exactly its size. */
static char *narrow_of(const uint16_t *wide, uint64_t chars, uint64_t *bytes)
{
    *bytes = text_to_narrow(wide, chars, NULL);
    char *narrow = malloc(*bytes > 0 ? *bytes : 1);
    assert_non_null(narrow);
    assert_true(text_to_narrow(wide, chars, narrow) == *bytes);
    return narrow;
}

static void assert_round_trip(const uint16_t *wide, uint64_t chars)
{
    uint64_t bytes, back_chars = 0;
    char *narrow = narrow_of(wide, chars, &bytes);
    uint16_t *back = malloc((chars > 0 ? chars : 1) * sizeof *back);
    assert_int_equal(text_to_wide(narrow, bytes, NULL, &back_chars), S_OK);
    assert_true(back_chars == chars);
    assert_int_equal(text_to_wide(narrow, bytes, back, &back_chars), S_OK);
    assert_memory_equal(back, wide, chars * sizeof *wide);
    free(narrow);
    free(back);
}

TEST(every_code_unit_alone_survives_the_round_trip)
{
    for (uint32_t c = 0; c <= 0xffff; c++) {
        uint16_t unit = (uint16_t)c;
        assert_round_trip(&unit, 1);
    }
}

TEST(pairs_and_broken_pairs_survive_the_round_trip)
{
    static const uint16_t edges[] = {0x0041, 0x007f, 0x0080, 0x07ff, 0x0800, 0xd7ff, 0xd800,
                                     0xdbff, 0xdc00, 0xdfff, 0xe000, 0xffff, 0x0000, 0x0082};
    enum { EDGES = sizeof edges / sizeof *edges };
    for (unsigned i = 0; i < EDGES; i++)
        for (unsigned j = 0; j < EDGES; j++)
            for (unsigned k = 0; k < EDGES; k++)
                assert_round_trip((const uint16_t[]){edges[i], edges[j], edges[k]}, 3);
}

TEST(random_sequences_survive_the_round_trip)
{
    uint64_t seed = (uint64_t)time(NULL);
    print_message("seed %llu\n", (unsigned long long)seed);
    uint64_t x = seed * 2 + 1;
    for (unsigned round = 0; round < 20000; round++) {
        uint16_t wide[24];
        uint64_t chars = 0;
        for (; chars < 24; chars++) {
            x = x * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
            uint16_t unit = (uint16_t)(x >> 40);
            /* Half of them surrogates. */
            wide[chars] = x >> 63 ? (uint16_t)(0xd800 | (unit & 0x7ff)) : unit;
        }
        assert_round_trip(wide, chars - round % 24);
    }
}

/* UTF-8 forms from RFC 3629 section 3 and 7; surrogates after the same rule. */
TEST(narrow_form_is_that_of_rfc_3629)
{
    static const struct {
        uint16_t wide[2];
        unsigned chars;
        const char *narrow;
    } vectors[] = {
        {{0x0024}, 1, "24"},
        {{0x007f}, 1, "7f"},
        {{0x0080}, 1, "c2 80"},
        {{0x07ff}, 1, "df bf"},
        {{0x0800}, 1, "e0 a0 80"},
        {{0x20ac}, 1, "e2 82 ac"},
        {{0xd55c}, 1, "ed 95 9c"},
        {{0xd7ff}, 1, "ed 9f bf"},
        {{0xd800}, 1, "ed a0 80"}, /* lone surrogates */
        {{0xdfff}, 1, "ed bf bf"},
        {{0xdc00, 0xd800}, 2, "ed b0 80 ed a0 80"},
        {{0xe000}, 1, "ee 80 80"},
        {{0xffff}, 1, "ef bf bf"},
        {{0xd800, 0xdc00}, 2, "f0 90 80 80"}, /* U+10000 */
        {{0xd84c, 0xdfb4}, 2, "f0 a3 8e b4"}, /* U+233B4 */
        {{0xdbff, 0xdfff}, 2, "f4 8f bf bf"}, /* U+10FFFF */
    };
    for (size_t i = 0; i < sizeof vectors / sizeof *vectors; i++) {
        size_t expected;
        uint64_t bytes;
        uint8_t *vector = hex_bytes(vectors[i].narrow, &expected);
        char *narrow = narrow_of(vectors[i].wide, vectors[i].chars, &bytes);
        assert_int_equal(bytes, expected);
        assert_memory_equal(narrow, vector, expected);
        free(narrow);
        free(vector);
    }
}

TEST(what_is_not_utf8_has_no_translation)
{
    static const char *const invalid[] = {
        "80",
        "bf",
        "82",
        "83", /* continuation alone */
        "c0 80",
        "c1 bf", /* overlong, two bytes */
        "e0 80 80",
        "e0 9f bf", /* overlong, three */
        "f0 80 80 80",
        "f0 8f bf bf", /* overlong, four */
        "f4 90 80 80",
        "f5 80 80 80",
        "f7 bf bf bf", /* beyond U+10FFFF */
        "f8 88 80 80 80",
        "fc 84 80 80 80 80",
        "fe",
        "ff",
        "c2",
        "e2 82",
        "f0 90 80", /* cut off */
        "c2 41",
        "e2 41 ac",
        "e2 82 41",
        "f0 41 80 80",
        "f0 90 41 80",
        "f0 90 80 41",
        "c2 c2 80",
        "e2 82 e2",
        "ed a0 80 ed b0 80", /* a pair must be four bytes */
        "41 ed af bf ed bf bf 42",
        "41 42 43 c3",
        "41 80 42",
    };
    for (size_t i = 0; i < sizeof invalid / sizeof *invalid; i++) {
        size_t length;
        uint64_t chars = 0x1234;
        uint8_t *bytes = hex_bytes(invalid[i], &length);
        HRESULT result = text_to_wide((const char *)bytes, length, NULL, &chars);
        if (result != ERROR_NO_UNICODE_TRANSLATION)
            fail_msg("%s was taken", invalid[i]);
        assert_int_equal(chars, 0x1234);
        free(bytes);
    }
}

TEST(every_byte_pair_is_taken_or_refused_by_the_rule)
{
    for (unsigned first = 0; first < 256; first++)
        for (unsigned second = 0; second < 256; second++) {
            const char bytes[] = {(char)first, (char)second};
            uint64_t chars;
            bool valid = (first < 0x80 && second < 0x80) ||
                         (first >= 0xc2 && first <= 0xdf && second >= 0x80 && second <= 0xbf);
            assert_int_equal(text_to_wide(bytes, 2, NULL, &chars) == S_OK, valid);
        }
}

/* Arguments --------------------------------------------------------------------------------- */

TEST(wide_argument_is_borrowed_and_narrow_one_converted)
{
    static const WCHAR wide[] = {'a', 0xd800, 'b', 0};
    struct wide_text t;
    assert_int_equal(text_take(text_wide(wide), 3, &t), S_OK);
    assert_ptr_equal(t.chars, wide);
    assert_int_equal(t.length, 3);
    assert_null(t.owned);
    text_release(&t);
    assert_int_equal(text_take(text_narrow("a\xed\xa0\x80"
                                           "b"),
                               3, &t),
                     S_OK);
    assert_memory_equal(t.chars, wide, sizeof wide);
    assert_int_equal(t.length, 3);
    text_release(&t);
    assert_null(t.owned);
}

/* contract: text.too-long */
TEST(argument_longer_than_allowed_or_null_is_an_invalid_parameter)
{
    static const WCHAR wide[] = {'a', 'b', 'c', 0};
    struct wide_text t;
    assert_int_equal(text_take(text_wide(wide), 2, &t), ERROR_INVALID_PARAMETER);
    assert_int_equal(text_take(text_narrow("abc"), 2, &t), ERROR_INVALID_PARAMETER);
    assert_int_equal(text_take(text_narrow("abcdefghijkl"), 2, &t), ERROR_INVALID_PARAMETER);
    assert_int_equal(text_take(text_narrow("\x82"
                                           "ab"),
                               2, &t),
                     ERROR_INVALID_PARAMETER);
    assert_int_equal(text_take(text_wide(NULL), 2, &t), ERROR_INVALID_PARAMETER);
    assert_int_equal(text_take(text_narrow(NULL), 2, &t), ERROR_INVALID_PARAMETER);
    assert_null(t.owned);
    /* Two characters of three bytes are two characters. */
    assert_int_equal(text_take(text_narrow("\xe2\x82\xac\xe2\x82\xac"), 2, &t), S_OK);
    assert_int_equal(t.length, 2);
    text_release(&t);
    assert_int_equal(text_take(text_narrow(""), 0, &t), S_OK);
    assert_int_equal(t.length, 0);
    assert_int_equal(t.chars[0], 0);
    text_release(&t);
}

TEST(type_mark_at_the_start_of_a_narrow_argument_is_one_byte)
{
    static const WCHAR log_dir[] = {0x82, '\\', 0xe4, 0}, checkpoint_dir[] = {0x83, 0};
    struct wide_text t;
    assert_int_equal(text_take(text_narrow("\x82\\\xc3\xa4"), 10, &t), S_OK);
    assert_memory_equal(t.chars, log_dir, sizeof log_dir);
    text_release(&t);
    assert_int_equal(text_take(text_narrow("\x83"), 10, &t), S_OK);
    assert_memory_equal(t.chars, checkpoint_dir, sizeof checkpoint_dir);
    text_release(&t);
    assert_int_equal(text_take(text_narrow("\x84"), 10, &t), ERROR_NO_UNICODE_TRANSLATION);
    assert_int_equal(text_take(text_narrow("a\x82"), 10, &t), ERROR_NO_UNICODE_TRANSLATION);
}

/* Lists ------------------------------------------------------------------------------------- */

/* contract: list.form */
TEST(multi_string_is_strings_and_one_more_nul)
{
    static const struct {
        uint16_t wide[8];
        unsigned chars;
        bool valid;
    } vectors[] = {
        {{0, 0}, 2, true}, /* the empty list */
        {{'a', 0, 0}, 3, true},
        {{'a', 0, 'b', 'c', 0, 0}, 6, true},
        {{0}, 0, false},
        {{0}, 1, false},
        {{'a', 0}, 2, false},
        {{0, 'a'}, 2, false},
        {{'a', 'b', 'c'}, 3, false},
        {{'a', 0, 'b', 0}, 4, false},
        {{0, 0, 0}, 3, false},              /* an empty string */
        {{'a', 0, 0, 'b', 0, 0}, 6, false}, /* ends before its end */
        {{0, 'a', 0, 0}, 4, false},
        {{'a', 0, 0, 0}, 4, false},
    };
    for (size_t i = 0; i < sizeof vectors / sizeof *vectors; i++) {
        uint16_t *exact = (uint16_t *)(void *)hex_copy((const uint8_t *)vectors[i].wide,
                                                       vectors[i].chars * sizeof(uint16_t));
        assert_int_equal(text_is_multi_string(exact, vectors[i].chars), vectors[i].valid);
        free(exact);
    }
    assert_false(text_is_multi_string(NULL, 2));
}

/* contract: text.bft-narrow */
TEST(type_marks_of_a_list_are_single_bytes_and_the_rest_utf8)
{
    static const uint16_t wide[] = {'D',    0xe4,   0, 0x82, 0x82, 0, 0x83,
                                    0xd83d, 0xde00, 0, 0x85, 0,    0};
    /* Only the mark is a single byte: a 0x82 in the text, and a 0x85 that is no mark, are not. */
    static const char narrow[] = "D\xc3\xa4\0\x82\xc2\x82\0\x83\xf0\x9f\x98\x80\0\xc2\x85\0";
    enum { CHARS = sizeof wide / sizeof *wide };
    assert_true(text_is_multi_string(wide, CHARS));
    assert_int_equal(text_multi_to_narrow(wide, CHARS, NULL), sizeof narrow);
    char *out = malloc(sizeof narrow);
    assert_int_equal(text_multi_to_narrow(wide, CHARS, out), sizeof narrow);
    assert_memory_equal(out, narrow, sizeof narrow);
    free(out);
    assert_int_equal(text_multi_to_narrow((const uint16_t[]){0, 0}, 2, NULL), 2);
}

TEST(every_first_character_of_a_list_entry_survives_the_way_back)
{
    for (uint32_t c = 1; c <= 0xffff; c++) {
        const uint16_t list[] = {(uint16_t)c, 'x', 0, 0};
        char narrow[16];
        struct wide_text t;
        assert_true(text_multi_to_narrow(list, 4, narrow) <= sizeof narrow);
        assert_int_equal(text_take(text_narrow(narrow), 2, &t), S_OK);
        assert_memory_equal(t.chars, list, 3 * sizeof *list);
        text_release(&t);
    }
}
