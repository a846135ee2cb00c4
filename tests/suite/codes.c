/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What is said of a code is held against its number: fuzz/program/codes.h.
 */
#include "tests/support/test.h"

#include "fuzz/program/codes.h"

TEST(codes_with_their_names_are_passed_over)
{
    static const char *const right[] = {
        "",
        "no code (but a word)",
        "dsbackup: DsBackupRead (ntds.dit): ERROR_ACCESS_DENIED (5): access denied",
        "hrFileNotFound (0xC8000713)\nERROR_INVALID_PARAMETER (87)",
        "an unknown code (1234567)",
        "3 sessions (12)",
        "cut off (",
        "cut off (0x",
    };
    for (size_t i = 0; i < sizeof right / sizeof *right; i++)
        if (code_misnamed(right[i]) != NULL)
            fail_msg("'%s': %s", right[i], code_misnamed(right[i]));
}

TEST(code_with_another_name_is_found_wherever_it_stands)
{
    static const char *const wrong[][2] = {
        {"dsbackup: ERROR_ACCESS_DENIED (87): no", "ERROR_ACCESS_DENIED (87): no"},
        {"ERROR_ACCESS_DENIED (5), hrAlreadyOpen (5)", "hrAlreadyOpen (5)"},
        {"an unknown code (87)", "code (87)"},
        {"hrFileNotFound (0xC8000714)", "hrFileNotFound (0xC8000714)"},
        {"ERROR_INVALID_PARAMETER (1234567)", "ERROR_INVALID_PARAMETER (1234567)"},
        {"XERROR_ACCESS_DENIED (5)", "XERROR_ACCESS_DENIED (5)"},
    };
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        const char *found = code_misnamed(wrong[i][0]);
        assert_non_null(found);
        assert_string_equal(found, wrong[i][1]);
    }
}
