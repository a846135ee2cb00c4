/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/support/test.h"

#include "target/client/server_name.h"
#include "target/include/ntdsbmsg.h"

#include <ctype.h>
#include <string.h>
#include <unistd.h>

/* The same answer in both forms. */
static void assert_answer(const char *name, HRESULT expected)
{
    WCHAR wide[600];
    size_t n = strlen(name);
    assert_true(n < 600);
    for (size_t i = 0; i <= n; i++)
        wide[i] = (uint8_t)name[i];
    HRESULT narrow_answer = server_name_check(text_narrow(name));
    HRESULT wide_answer = server_name_check(text_wide(wide));
    if (narrow_answer != expected || wide_answer != expected)
        fail_msg("\"%s\": %#x and %#x, not %#x", name, (unsigned)narrow_answer,
                 (unsigned)wide_answer, (unsigned)expected);
}

TEST(dot_and_localhost_are_this_machine)
{
    assert_answer(".", S_OK);
    assert_answer("\\\\.", S_OK);
    assert_answer("localhost", S_OK);
    assert_answer("\\\\LocalHost", S_OK);
}

TEST(own_host_name_is_this_machine_in_any_case)
{
    char host[256] = {0}, prefixed[260] = "\\\\";
    assert_int_equal(gethostname(host, sizeof host - 1), 0);
    /* A host name outside the rules of the API cannot be asked for. */
    if (strspn(host, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-.") !=
        strlen(host))
        skip();
    assert_answer(host, S_OK);
    strcpy(prefixed + 2, host);
    assert_answer(prefixed, S_OK);
    for (char *c = host; *c != 0; c++)
        *c = (char)toupper(*c);
    assert_answer(host, S_OK);
    char *dot = strchr(host, '.');
    if (dot != NULL) {
        *dot = 0;
        assert_answer(host, S_OK);
    }
}

TEST(loopback_addresses_are_this_machine)
{
    assert_answer("127.0.0.1", S_OK);
    assert_answer("\\\\127.1.2.3", S_OK);
}

TEST(other_addresses_are_invalid_bindings)
{
    assert_answer("192.0.2.1", RPC_S_INVALID_BINDING); /* RFC 5737: documentation */
    assert_answer("\\\\128.0.0.1", RPC_S_INVALID_BINDING);
    assert_answer("0.0.0.0", RPC_S_INVALID_BINDING);
}

TEST(malformed_names_cannot_connect)
{
    static const char *const malformed[] = {
        "",          "\\",           "\\\\",    "\\\\\\", "\\\\\\.", "\\.",        ".\\",
        "a_b",       "\\\\a_b",      "a b",     " ",      "dc1 ",    "dc1\\share", "\\\\dc1\\",
        "dc1/share", "a\tb",         "dc1:135", "[dc1]",  "a,b",     "a*",         "\x7f",
        "\xc3\xa4",  "\xed\xa0\x80", "\xff",    "::1",    "a%b",     "localhost\n"};
    for (size_t i = 0; i < sizeof malformed / sizeof *malformed; i++)
        assert_answer(malformed[i], hrCouldNotConnect);
}

TEST(unknown_names_cannot_connect)
{
    assert_answer("no-such-host.invalid", hrCouldNotConnect); /* RFC 2606 */
    assert_answer("..", hrCouldNotConnect);
}

TEST(name_of_more_than_255_characters_cannot_connect)
{
    char name[302] = "\\\\";
    memset(name + 2, 'a', 256);
    assert_answer(name, hrCouldNotConnect);
    memset(name + 2, 'a', 299);
    assert_answer(name, hrCouldNotConnect);
}

TEST(characters_beyond_255_are_not_cut_to_bytes)
{
    static const WCHAR dot[] = {0x012e, 0}, surrogate[] = {0xd800, 0};
    assert_int_equal(server_name_check(text_wide(dot)), hrCouldNotConnect);
    assert_int_equal(server_name_check(text_wide(surrogate)), hrCouldNotConnect);
}
