/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The command line of ntdsbsrvd: what is taken when nothing is said, and the limits of each value.
 */
#include "tests/support/standard_error.h"
#include "tests/support/test.h"

#include "target/server/daemon/log.h"
#include "target/server/daemon/options.h"
#include "target/server/ntdsb_server.h"

#include <stdio.h>
#include <string.h>
#include <sys/un.h>

static struct daemon_options parsed;
static enum option_outcome outcome;

static void parse(const void *what)
{
    const char *const *words = what;
    char *argv[8] = {"ntdsbsrvd"};
    int argc = 1;
    while (*words != NULL)
        argv[argc++] = (char *)(uintptr_t)*words++;
    outcome = options_parse(argc, argv, &parsed);
}

/* What it says on standard error. */
static const char *parse_words(const char *const words[])
{
    return standard_error_of(parse, words);
}

static const char *parse_store_and(const char *option, const char *value)
{
    return parse_words((const char *const[]){"--store", "d", option, value, NULL});
}

TEST(store_alone_gives_the_documented_defaults)
{
    assert_string_equal(parse_words((const char *const[]){"--store", "d", NULL}), "");
    assert_int_equal(outcome, OPTION_RUN);
    assert_string_equal(parsed.store, "d");
    assert_string_equal(parsed.socket, "/run/ntdsbsrvd/ncalrpc");
    assert_null(parsed.accounts);
    assert_null(parsed.group);
    assert_null(parsed.host_name);
    assert_int_equal(parsed.tcp_port, OPTIONS_NO_TCP);
    assert_int_equal(parsed.max_sessions, 64);
    assert_int_equal(parsed.max_connections, 256);
    assert_int_equal(parsed.idle_timeout_s, 300);
    assert_int_equal(parsed.session_idle_timeout_s, 3600);
    assert_int_equal(parsed.request_timeout_s, 60);
    assert_int_equal(parsed.tombstone_days, 60);
    assert_int_equal(parsed.log_level, LOG_LEVEL_INFO);
    assert_false(parsed.restore_mode);
}

TEST(each_number_is_taken_from_its_least_to_its_most)
{
    static const struct {
        const char *option;
        const uint32_t *value;
        uint32_t least, most;
    } rows[] = {
        {"--insecure-tcp-loopback", &parsed.tcp_port, 0, 65535},
        {"--max-sessions", &parsed.max_sessions, 1, 65535},
        {"--max-connections", &parsed.max_connections, 1, 65535},
        {"--idle-timeout", &parsed.idle_timeout_s, 1, 31536000},
        {"--session-idle-timeout", &parsed.session_idle_timeout_s, 1, 31536000},
        {"--request-timeout", &parsed.request_timeout_s, 1, 31536000},
        {"--tombstone-days", &parsed.tombstone_days, 2, 36500},
    };
    char text[32];
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        for (int above = 0; above < 2; above++) {
            int64_t limit = above ? rows[i].most : rows[i].least;
            snprintf(text, sizeof text, "%lld", (long long)limit);
            assert_string_equal(parse_store_and(rows[i].option, text), "");
            assert_int_equal(outcome, OPTION_RUN);
            assert_int_equal(*rows[i].value, limit);
            snprintf(text, sizeof text, "%lld", (long long)(above ? limit + 1 : limit - 1));
            assert_non_null(strstr(parse_store_and(rows[i].option, text), rows[i].option + 2));
            assert_int_equal(outcome, OPTION_WRONG);
        }
    }
}

TEST(texts_flags_and_levels_are_taken)
{
    parse_words((const char *const[]){"--store", "d", "--accounts", "a", "--group", "g", NULL});
    assert_int_equal(outcome, OPTION_RUN);
    assert_string_equal(parsed.accounts, "a");
    assert_string_equal(parsed.group, "g");
    parse_words((const char *const[]){"--store", "d", "--restore-mode", NULL});
    assert_int_equal(outcome, OPTION_RUN);
    assert_true(parsed.restore_mode);
    static const char *const levels[] = {"error", "info", "debug"};
    for (unsigned i = 0; i < 3; i++) {
        parse_store_and("--log-level", levels[i]);
        assert_int_equal(outcome, OPTION_RUN);
        assert_int_equal(parsed.log_level, i);
    }
    assert_non_null(strstr(parse_store_and("--log-level", "loud"), "log-level"));
    assert_int_equal(outcome, OPTION_WRONG);
}

TEST(store_is_required_and_nothing_else_is_a_word)
{
    assert_non_null(
        strstr(parse_words((const char *const[]){NULL}), "ntdsbsrvd: --store DIR is required\n"));
    assert_int_equal(outcome, OPTION_WRONG);
    const char *said = parse_words((const char *const[]){"--store", "d", "more", NULL});
    assert_non_null(strstr(said, "unexpected argument 'more'\n"));
    assert_non_null(strstr(said, "--help"));
    assert_int_equal(outcome, OPTION_WRONG);
}

TEST(host_name_is_1_to_255_letters_digits_hyphens_and_dots)
{
    char name[257];
    memset(name, 'h', sizeof name);
    name[255] = '\0';
    assert_true(options_is_host_name("a") && options_is_host_name("DC-1.example.09"));
    assert_true(options_is_host_name(name));
    name[255] = 'h';
    name[256] = '\0';
    assert_false(options_is_host_name(name) || options_is_host_name(""));
    assert_false(options_is_host_name("a b") || options_is_host_name("a_b"));
    assert_false(options_is_host_name("\\\\a") || options_is_host_name("d\xc3\xa4"));
    assert_string_equal(parse_store_and("--host-name", "dc-1"), "");
    assert_string_equal(parsed.host_name, "dc-1");
    assert_non_null(strstr(parse_store_and("--host-name", "dc/1"), "1 to 255 letters"));
    assert_int_equal(outcome, OPTION_WRONG);
}

TEST(socket_is_an_absolute_path_that_a_binding_can_carry)
{
    static const char *const wrong[] = {"",     "run/s", "/",     "/run/",
                                        "/a[b", "/a]b",  "/a\nb", "/a\x7f"};
    enum { MOST = sizeof((struct sockaddr_un *)NULL)->sun_path - 1 };
    char path[MOST + 2];
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        assert_non_null(strstr(parse_store_and("--socket", wrong[i]), "socket"));
        assert_int_equal(outcome, OPTION_WRONG);
    }
    memset(path, 's', sizeof path);
    path[0] = '/';
    path[MOST] = '\0';
    assert_string_equal(parse_store_and("--socket", path), "");
    assert_string_equal(parsed.socket, path);
    path[MOST] = 's';
    path[MOST + 1] = '\0';
    assert_non_null(strstr(parse_store_and("--socket", path), "at most 107 bytes"));
    assert_int_equal(outcome, OPTION_WRONG);
    assert_string_equal(parse_store_and("--socket", "/a b"), "");
}
