/* SPDX-License-Identifier: Apache-2.0 */
/*
 * target/digest/sha256.c: published vectors, and the strict form of a digest as text.
 */
#include "tests/support/test.h"

#include "target/digest/sha256.h"

#include <string.h>

/* FIPS 180-2, B.1: SHA-256 of "abc". */
static const char abc[] = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";

TEST(sha256_of_published_texts)
{
    char text[DIGEST_TEXT + 1];
    struct digest d = digest_of("abc", 3);
    digest_to_text(&d, text);
    assert_string_equal(text, abc);
    d = digest_of(NULL, 0);
    digest_to_text(&d, text);
    assert_string_equal(text, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
}

TEST(two_parts_are_hashed_as_one)
{
    uint8_t parts[DIGEST_BYTES];
    struct digest whole = digest_of("abc", 3);
    digest_sha256("a", 1, "bc", 2, parts);
    assert_memory_equal(parts, whole.bytes, sizeof parts);
    digest_sha256("abc", 3, "", 0, parts);
    assert_memory_equal(parts, whole.bytes, sizeof parts);
}

TEST(a_context_can_be_used_again)
{
    struct sha256_ctx context;
    struct digest whole = digest_of("abc", 3), d;
    sha256_init(&context);
    sha256_update(&context, 5, (const uint8_t *)"other");
    (void)digest_finish(&context);
    sha256_update(&context, 3, (const uint8_t *)"abc");
    d = digest_finish(&context);
    assert_memory_equal(d.bytes, whole.bytes, sizeof d.bytes);
}

/* RFC 4231, 4.3. */
TEST(hmac_of_a_published_key)
{
    struct digest d;
    char text[DIGEST_TEXT + 1];
    digest_hmac("Jefe", 4, "what do ya want for nothing?", 28, d.bytes);
    digest_to_text(&d, text);
    assert_string_equal(text, "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
}

TEST(every_bit_of_a_digest_counts)
{
    const struct digest d = digest_of("abc", 3);
    assert_true(digest_equal(d.bytes, d.bytes));
    for (unsigned bit = 0; bit < 8 * DIGEST_BYTES; bit++) {
        struct digest other = d;
        other.bytes[bit / 8] ^= (uint8_t)(1U << bit % 8);
        assert_false(digest_equal(d.bytes, other.bytes));
    }
}

TEST(text_becomes_the_digest_it_was_made_of)
{
    char longer[DIGEST_TEXT + 6];
    const struct digest d = digest_of("abc", 3);
    struct digest back = {{0}};
    assert_true(digest_from_text(abc, &back));
    assert_memory_equal(back.bytes, d.bytes, sizeof d.bytes);
    strcpy(longer, abc);
    strcat(longer, "0 \n.x");
    back = (struct digest){{0}};
    assert_true(digest_from_text(longer, &back));
    assert_memory_equal(back.bytes, d.bytes, sizeof d.bytes);
}

TEST(text_of_any_other_form_is_refused)
{
    static const char wrong[] = {'\0', ' ', '\n', '-', 'g', 'A', 'F', '`', '/', ':', '\x80'};
    for (size_t at = 0; at < DIGEST_TEXT; at++)
        for (size_t i = 0; i < sizeof wrong; i++) {
            char text[DIGEST_TEXT + 1];
            struct digest out = {{7}};
            const struct digest before = out;
            strcpy(text, abc);
            text[at] = wrong[i];
            assert_false(digest_from_text(text, &out));
            assert_memory_equal(out.bytes, before.bytes, sizeof before.bytes);
        }
}
