/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The accounts file: which files are refused, and whose password is whose.
 */
#include "tests/support/service_directory.h"
#include "tests/support/test.h"

#include <windows.h>

#include "target/server/access.h"

#include <crypt.h>
#include <sys/stat.h>

AROUND_EACH_TEST(make_directory, remove_directory);

TEST(accounts_file_with_a_line_that_is_no_account_is_refused_whole)
{
    char path[128];
    struct accounts a;
    snprintf(path, sizeof path, "%s/accounts", directory);
    static const char *const bad[] = {"name\n",    ":hash\n", "name:\n", "good:$6$x$y\nbad\n",
                                      "name:\n\n", "x"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        put("accounts", bad[i], strlen(bad[i]));
        assert_int_equal(accounts_load(&a, path), ERROR_INVALID_PARAMETER);
    }
    put("accounts", "x:\0hash\n", 8);
    assert_int_equal(accounts_load(&a, path), ERROR_INVALID_PARAMETER);
    snprintf(path, sizeof path, "%s/pipe", directory);
    assert_int_equal(mkfifoat(directory_fd, "pipe", 0600), 0);
    assert_int_equal(accounts_load(&a, path), ERROR_INVALID_PARAMETER);
    snprintf(path, sizeof path, "%s/nothing", directory);
    assert_int_equal(accounts_load(&a, path), ERROR_PATH_NOT_FOUND);
}

TEST(accounts_accept_the_right_password_of_the_right_name_alone)
{
    char path[128];
    struct accounts a;
    struct crypt_data *data = calloc(1, sizeof *data);
    char line[512];
    int n = snprintf(line, sizeof line, "# people\n\nalice:%s\nDC1\\bob:%s",
                     crypt_r("secret", "$5$saltsalt", data), data->output);
    free(data);
    put("accounts", line, (size_t)n);
    snprintf(path, sizeof path, "%s/accounts", directory);
    assert_int_equal(accounts_load(&a, path), 0);
    static const struct {
        struct rpc_credentials c;
        bool accepted;
    } cases[] = {
        {{"alice", "", "secret"}, true},     {{"bob", "DC1", "secret"}, true},
        {{"alice", "", "Secret"}, false},    {{"alice", "", ""}, false},
        {{"alic", "", "secret"}, false},     {{"alice", "DC1", "secret"}, false},
        {{"bob", "", "secret"}, false},      {{"", "", "secret"}, false},
        {{"# people", "", "secret"}, false}, {{"DC1\\bob", "", "secret"}, true},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        assert_int_equal(accounts_judge(&a, &cases[i].c),
                         cases[i].accepted ? 0 : ERROR_ACCESS_DENIED);
    accounts_destroy(&a);
}

TEST(accounts_file_has_at_most_a_mebibyte)
{
    static const char line[] = "a:b\n";
    struct accounts accounts;
    char path[256];
    snprintf(path, sizeof path, "%s/accounts", directory);
    FILE *f = fopen(path, "w");
    assert_non_null(f);
    for (size_t i = 0; i < (1 << 20) / (sizeof line - 1); i++)
        fputs(line, f);
    assert_int_equal(fflush(f), 0);
    assert_int_equal(accounts_load(&accounts, path), 0);
    accounts_destroy(&accounts);
    fputc('\n', f);
    assert_int_equal(fclose(f), 0);
    assert_int_equal(accounts_load(&accounts, path), ERROR_INVALID_PARAMETER);
    assert_int_equal(unlink(path), 0);
}
