/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Clock, random bytes, names, hashes, environment; and the end of a world that would run forever.
 */
#include "tests/support/test.h"
#include "world_test.h"

#include "faults/world/clock.h"

#include <arpa/inet.h>
#include <sys/random.h>

static int64_t seconds(clockid_t clock)
{
    struct timespec t;
    assert_int_equal(__wrap_clock_gettime(clock, &t), 0);
    assert_in_range(t.tv_nsec, 0, 999999999);
    return t.tv_sec;
}

TEST(clock_stands_still_until_it_is_moved)
{
    world_reset();
    int64_t real = seconds(CLOCK_REALTIME), monotonic = seconds(CLOCK_MONOTONIC);
    assert_int_equal(seconds(CLOCK_REALTIME), real);
    clock_advance_ms(90500);
    assert_int_equal(seconds(CLOCK_REALTIME), real + 90);
    assert_int_equal(seconds(CLOCK_MONOTONIC), monotonic + 90);
    struct timespec t;
    assert_int_equal(__wrap_clock_gettime(CLOCK_MONOTONIC, &t), 0);
    assert_int_equal(t.tv_nsec, 500000000);
    world_reset();
    assert_int_equal(seconds(CLOCK_REALTIME), real);
}

TEST(monotonic_clock_is_not_zero_at_the_start)
{
    world_reset();
    assert_true(seconds(CLOCK_MONOTONIC) > 0);
}

TEST(setting_the_date_moves_no_deadline)
{
    world_reset();
    int64_t real = seconds(CLOCK_REALTIME), monotonic = seconds(CLOCK_MONOTONIC);
    clock_set_real_seconds(42);
    assert_int_equal(seconds(CLOCK_REALTIME), 42);
    assert_int_equal(seconds(CLOCK_MONOTONIC), monotonic);
    clock_advance_ms(3000);
    assert_int_equal(seconds(CLOCK_REALTIME), 45);
    world_reset();
    assert_int_equal(seconds(CLOCK_REALTIME), real);
}

TEST(passed_through_clock_is_the_real_one)
{
    world_reset();
    clock_set_real_seconds(42);
    world_set_mode(WORLD_CLOCK, WORLD_PASS_THROUGH);
    assert_true(seconds(CLOCK_REALTIME) > 1700000000);
}

TEST(random_bytes_are_the_same_after_each_reset)
{
    uint8_t first[32], again[32], more[32];
    world_reset();
    assert_int_equal(__wrap_getrandom(first, sizeof first, 0), sizeof first);
    assert_int_equal(__wrap_getrandom(more, sizeof more, 0), sizeof more);
    assert_memory_not_equal(first, more, sizeof first);
    world_reset();
    assert_int_equal(__wrap_getrandom(again, sizeof again, 0), sizeof again);
    assert_memory_equal(first, again, sizeof first);
}

TEST(short_getrandom_fills_what_it_says_and_no_more)
{
    uint8_t bytes[8];
    world_reset();
    memset(bytes, 0xee, sizeof bytes);
    arm(FAULT_RAND_GET, "short", 1, FAULT_ONE_SHOT);
    assert_int_equal(__wrap_getrandom(bytes, sizeof bytes, 0), 4);
    for (size_t i = 4; i < sizeof bytes; i++)
        assert_int_equal(bytes[i], 0xee);
    fault_disarm_all();
    /* One byte cannot be halved: it is still progress. */
    arm(FAULT_RAND_GET, "short", 1, FAULT_ONE_SHOT);
    assert_int_equal(__wrap_getrandom(bytes, 1, 0), 1);
    fault_disarm_all();
    arm(FAULT_RAND_GET, "ENOSYS", 1, FAULT_ONE_SHOT);
    assert_int_equal(__wrap_getrandom(bytes, 1, 0), -1);
    assert_int_equal(errno, ENOSYS);
}

TEST(host_name_is_given_and_can_fail)
{
    char name[64];
    world_reset();
    assert_int_equal(__wrap_gethostname(name, sizeof name), 0);
    assert_string_equal(name, "localhost");
    world_set_host_name("dc1.example.test");
    assert_int_equal(__wrap_gethostname(name, sizeof name), 0);
    assert_string_equal(name, "dc1.example.test");
    arm(FAULT_HOST_NAME, "EPERM", 1, FAULT_ONE_SHOT);
    assert_int_equal(__wrap_gethostname(name, sizeof name), -1);
    assert_int_equal(errno, EPERM);
}

TEST(resolved_addresses_are_held_until_they_are_freed)
{
    struct addrinfo *list = NULL;
    world_reset();
    world_add_host("localhost.localdomain", "127.0.0.1");
    assert_int_equal(__wrap_getaddrinfo("LOCALHOST.localdomain", NULL, NULL, &list), 0);
    assert_int_equal(list->ai_family, AF_INET);
    assert_held(1);
    assert_true(report_says("holds an address list"));
    __wrap_freeaddrinfo(list);
    assert_held(0);
    __wrap_freeaddrinfo(list);
    assert_violation(1, "double release");
}

TEST(numbers_are_their_own_address_and_port)
{
    struct addrinfo *list;
    world_reset();
    assert_int_equal(__wrap_getaddrinfo("127.0.0.2", "5672", NULL, &list), 0);
    const struct sockaddr_in *address = (const void *)list->ai_addr;
    assert_int_equal(ntohs(address->sin_port), 5672);
    assert_int_equal(ntohl(address->sin_addr.s_addr), 0x7f000002);
    __wrap_freeaddrinfo(list);
    assert_held(0);
}

TEST(unknown_and_unresolvable_names_hold_nothing)
{
    struct addrinfo *list = NULL;
    world_reset();
    assert_int_equal(__wrap_getaddrinfo("nobody.example.test", NULL, NULL, &list), EAI_NONAME);
    arm(FAULT_NET_RESOLVE, "EAI_AGAIN", 1, FAULT_ONE_SHOT);
    assert_int_equal(__wrap_getaddrinfo("127.0.0.1", NULL, NULL, &list), EAI_AGAIN);
    assert_null(list);
    assert_held(0);
}

TEST(same_phrase_has_the_same_hash_and_another_has_not)
{
    static struct crypt_data data;
    char first[sizeof data.output];
    world_reset();
    assert_non_null(__wrap_crypt_r("hunter2", "$y$", &data));
    memcpy(first, data.output, sizeof first);
    assert_null(strstr(first, "hunter2"));
    assert_non_null(__wrap_crypt_r("hunter3", "$y$", &data));
    assert_string_not_equal(data.output, first);
    assert_string_equal(__wrap_crypt_r("hunter2", first, &data), first);
    arm(FAULT_CRYPT_HASH, "ENOMEM", 1, FAULT_ONE_SHOT);
    assert_null(__wrap_crypt_r("hunter2", first, &data));
    assert_int_equal(errno, ENOMEM);
}

TEST(hosts_of_one_world_are_unknown_in_the_next)
{
    struct addrinfo *list = NULL;
    world_reset();
    world_add_host("dc9.example.test", "10.0.0.9");
    world_set_host_name("dc9");
    world_reset();
    char name[16];
    assert_int_equal(__wrap_getaddrinfo("dc9.example.test", NULL, NULL, &list), EAI_NONAME);
    assert_int_equal(__wrap_gethostname(name, sizeof name), 0);
    assert_string_equal(name, "localhost");
    assert_held(0);
}

TEST(real_randomness_and_hashes_do_not_depend_on_the_clock)
{
    static struct crypt_data data;
    uint8_t first[32], again[32];
    world_reset();
    world_set_mode(WORLD_CLOCK, WORLD_PASS_THROUGH);
    assert_int_equal(__wrap_getrandom(first, sizeof first, 0), sizeof first);
    assert_non_null(strstr(__wrap_crypt_r("hunter2", "$5$salt", &data), "$sim$"));
    world_reset();
    assert_int_equal(__wrap_getrandom(again, sizeof again, 0), sizeof again);
    assert_memory_equal(first, again, sizeof first);
    world_reset();
    world_set_mode(WORLD_RANDOM, WORLD_PASS_THROUGH);
    assert_int_equal(__wrap_getrandom(again, sizeof again, 0), sizeof again);
    assert_memory_not_equal(first, again, sizeof first);
    world_set_mode(WORLD_CRYPT, WORLD_PASS_THROUGH);
    assert_memory_equal(__wrap_crypt_r("hunter2", "$5$salt", &data), "$5$salt$", 8);
}

TEST(variables_are_the_worlds_own)
{
    world_reset();
    assert_int_equal(setenv("RUNDOWN_TEST", "real", 1), 0);
    assert_null(__wrap_secure_getenv("RUNDOWN_TEST"));
    world_set_variable("RUNDOWN_TEST", "one");
    world_set_variable("RUNDOWN_TEST", "two");
    assert_string_equal(__wrap_secure_getenv("RUNDOWN_TEST"), "two");
    world_reset();
    assert_null(__wrap_secure_getenv("RUNDOWN_TEST"));
}

TEST(world_that_goes_on_for_ever_is_ended)
{
    struct timespec t;
    world_reset();
    int64_t start = seconds(CLOCK_MONOTONIC);
    while (!world_steps_exceeded())
        assert_int_equal(__wrap_clock_gettime(CLOCK_MONOTONIC, &t), 0);
    assert_in_range(world_steps(), WORLD_STEP_LIMIT, WORLD_STEP_LIMIT + 1);
    assert_null(__wrap_malloc(1));
    assert_int_equal(errno, ENOMEM);
    assert_int_equal(__wrap_socket(AF_UNIX, SOCK_STREAM, 0), -1);
    assert_int_equal(errno, EMFILE);
    /* A loop that looks at the clock alone comes to its deadline. */
    assert_true(seconds(CLOCK_MONOTONIC) - start > 1000000);
    assert_int_equal(fault_report()->fired, 0);
    world_reset();
    void *block = __wrap_malloc(1);
    assert_non_null(block);
    __wrap_free(block);
}
