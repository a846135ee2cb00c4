/* SPDX-License-Identifier: Apache-2.0 */
#include "target/tools/names.h"

#include "tests/support/test.h"

#include <string.h>

TEST(unc_name_becomes_the_path_behind_its_host)
{
    static const struct {
        const char *unc, *path; /* NULL: it is refused */
    } rows[] = {
        {"\\\\DC1\\store\\ntds.dit", "/store/ntds.dit"},
        {"\\\\DC1\\", "/"},
        {"\\\\DC1\\a..b\\..c\\d..", "/a..b/..c/d.."},
        {"\\\\DC1\\...", "/..."},
        {"\\\\DC1\\..", NULL},
        {"\\\\DC1\\store\\..", NULL},
        {"\\\\DC1\\..\\store", NULL},
        {"\\\\DC1\\..c\\..\\store", NULL},
        {"\\\\DC1\\store\\a/b", NULL},
        {"\\\\DC1", NULL},
        {"\\\\\\store", NULL},
        {"\\store", NULL},
        {"/store", NULL},
        {"", NULL},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char path[64] = "";
        bool is_local = names_to_local(rows[i].unc, path, sizeof path);
        if (is_local != (rows[i].path != NULL) || (is_local && strcmp(path, rows[i].path) != 0))
            fail_msg("%s: %s \"%s\"", rows[i].unc, is_local ? "is" : "is not", path);
    }
}

TEST(path_that_fills_its_room_to_the_end_fits)
{
    char path[8];
    assert_true(names_to_local("\\\\H\\123456", path, sizeof path));
    assert_string_equal(path, "/123456");
    assert_false(names_to_local("\\\\H\\1234567", path, sizeof path));
}

TEST(names_of_logs_have_five_hexadecimal_digits)
{
    uint32_t number = 0;
    assert_true(names_log_generation("edb0001F.log", &number));
    assert_int_equal(number, 0x1f);
    assert_true(names_log_generation("edbfffff.log", &number));
    assert_int_equal(number, 0xfffff);
    static const char *const others[] = {
        "edb.log",     "edb001.log",    "edb000001.log", "edb0000g.log",
        "edb00001.lo", "edb00001.log2", "xdb00001.log",  ""};
    for (size_t i = 0; i < sizeof others / sizeof *others; i++)
        if (names_log_generation(others[i], &number))
            fail_msg("%s", others[i]);
}

TEST(name_is_plain_if_it_is_one_component_that_can_be_printed)
{
    static const char *const plain[] = {"ntds.dit", "...", "..a", ".a", "a b", "\xc3\xa4"};
    static const char *const others[] = {"", ".", "..", "a/b", "/", "a\nb", "\x7f", "\x1b[1m"};
    for (size_t i = 0; i < sizeof plain / sizeof *plain; i++)
        if (!names_is_plain(plain[i]))
            fail_msg("%s", plain[i]);
    for (size_t i = 0; i < sizeof others / sizeof *others; i++)
        if (names_is_plain(others[i]))
            fail_msg("%zu", i);
}
