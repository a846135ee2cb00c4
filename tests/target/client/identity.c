/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/support/test.h"

#include "target/client/identity.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#if defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(memory_sanitizer) ||                         \
    __has_feature(thread_sanitizer)
#define UNDER_SANITIZER
#endif
#endif

static const struct text_argument none = {NULL, TEXT_FORM_NARROW};

static HRESULT set(const char *user, const char *domain, const char *password)
{
    return identity_set(text_narrow(user), text_narrow(domain), text_narrow(password));
}

static void reset(void)
{
    assert_int_equal(identity_set(none, none, none), S_OK);
    assert_false(identity_is_set());
}

AROUND_EACH_TEST(reset, reset);

static void assert_identity(const char *user, const char *domain, const char *password)
{
    struct identity *i = identity_acquire();
    assert_non_null(i);
    const struct rpc_credentials *c = identity_credentials(i);
    assert_string_equal(c->user, user);
    assert_string_equal(c->domain, domain);
    assert_string_equal(c->password, password);
    identity_release(i);
}

TEST(without_an_identity_there_are_no_credentials)
{
    assert_false(identity_is_set());
    assert_null(identity_acquire());
    assert_null(identity_credentials(NULL));
    identity_release(NULL);
}

TEST(identity_is_a_copy_of_what_was_given)
{
    char user[] = "operator", domain[] = "EXAMPLE", password[] = "secret";
    assert_int_equal(set(user, domain, password), S_OK);
    memset(user, 'x', sizeof user - 1);
    memset(password, 'x', sizeof password - 1);
    assert_true(identity_is_set());
    assert_identity("operator", "EXAMPLE", "secret");
}

TEST(all_null_goes_back_to_the_own_identity)
{
    assert_int_equal(set("a", "b", "c"), S_OK);
    assert_int_equal(set(NULL, NULL, NULL), S_OK);
    assert_false(identity_is_set());
    assert_null(identity_acquire());
}

TEST(null_user_with_others_is_refused_and_the_old_identity_stays)
{
    assert_int_equal(set("a", "b", "c"), S_OK);
    assert_int_equal(set(NULL, "d", NULL), ERROR_INVALID_PARAMETER);
    assert_int_equal(set(NULL, NULL, "e"), ERROR_INVALID_PARAMETER);
    assert_int_equal(set(NULL, "", ""), ERROR_INVALID_PARAMETER);
    assert_identity("a", "b", "c");
}

TEST(null_domain_and_password_are_empty)
{
    assert_int_equal(set("a", NULL, NULL), S_OK);
    assert_identity("a", "", "");
}

TEST(each_part_may_have_1023_bytes_and_no_more)
{
    char longest[IDENTITY_MAX_BYTES + 1];
    memset(longest, 'x', sizeof longest);
    longest[IDENTITY_MAX_BYTES - 1] = 0;
    assert_int_equal(set(longest, longest, longest), S_OK);
    assert_identity(longest, longest, longest);
    longest[IDENTITY_MAX_BYTES - 1] = 'x';
    longest[IDENTITY_MAX_BYTES] = 0;
    assert_int_equal(set(longest, "", ""), ERROR_INVALID_PARAMETER);
    assert_int_equal(set("", longest, ""), ERROR_INVALID_PARAMETER);
    assert_int_equal(set("", "", longest), ERROR_INVALID_PARAMETER);
    /* Only what the limit needs is read. */
    longest[IDENTITY_MAX_BYTES] = 'x';
    assert_int_equal(set("", "", longest), ERROR_INVALID_PARAMETER);
    assert_true(identity_is_set());
}

TEST(wide_identity_is_measured_in_bytes_of_utf8)
{
    WCHAR euros[IDENTITY_MAX_BYTES + 1];
    for (int i = 0; i < IDENTITY_MAX_BYTES; i++)
        euros[i] = 0x20ac; /* three bytes each */
    euros[341] = 0;
    assert_int_equal(identity_set(text_wide(euros), none, none), S_OK);
    euros[341] = 0x20ac;
    euros[342] = 0;
    assert_int_equal(identity_set(text_wide(euros), none, none), ERROR_INVALID_PARAMETER);
    euros[342] = 0x20ac;
    euros[IDENTITY_MAX_BYTES] = 0;
    assert_int_equal(identity_set(text_wide(euros), none, none), ERROR_INVALID_PARAMETER);
}

TEST(wide_and_narrow_identities_are_the_same)
{
    static const WCHAR user[] = {0xe4, 0xd83d, 0xde00, 0xd800, 0};
    assert_int_equal(identity_set(text_wide(user), none, none), S_OK);
    assert_identity("\xc3\xa4\xf0\x9f\x98\x80\xed\xa0\x80", "", "");
    assert_int_equal(set("\xc3\xa4\xf0\x9f\x98\x80\xed\xa0\x80", "", ""), S_OK);
}

TEST(what_is_not_utf8_is_refused_and_the_old_identity_stays)
{
    assert_int_equal(set("a", "b", "c"), S_OK);
    assert_int_equal(set("\xff", "", ""), ERROR_NO_UNICODE_TRANSLATION);
    assert_int_equal(set("a", "\xc0\x80", ""), ERROR_NO_UNICODE_TRANSLATION);
    assert_int_equal(set("a", "", "\xed\xa0\x80\xed\xb0\x80"), ERROR_NO_UNICODE_TRANSLATION);
    assert_identity("a", "b", "c");
}

TEST(who_holds_an_identity_keeps_it_when_it_is_replaced)
{
    assert_int_equal(set("old", "", "old password"), S_OK);
    struct identity *held = identity_acquire();
    assert_int_equal(set("new", "", "new password"), S_OK);
    assert_string_equal(identity_credentials(held)->password, "old password");
    assert_identity("new", "", "new password");
    assert_int_equal(set(NULL, NULL, NULL), S_OK);
    assert_string_equal(identity_credentials(held)->user, "old");
    identity_release(held);
}

/* A property of the mapping at `address`, from the kernel: proc(5), /proc/pid/smaps, VmFlags. */
static bool mapping_has(const void *address, const char *flag)
{
    FILE *f = fopen("/proc/self/smaps", "r");
    char line[512];
    bool inside = false, has = false, mapped = false;
    assert_non_null(f);
    while (fgets(line, sizeof line, f) != NULL) {
        unsigned long start, end;
        if (sscanf(line, "%lx-%lx ", &start, &end) == 2) {
            inside = (uintptr_t)address >= start && (uintptr_t)address < end;
            mapped |= inside;
        }
        if (inside && strncmp(line, "VmFlags:", 8) == 0)
            has = strstr(line, flag) != NULL;
    }
    fclose(f);
    return *flag == 0 ? mapped : has;
}

TEST(identity_lies_in_locked_memory_that_is_not_dumped)
{
    assert_int_equal(set("user", "", "a password of the test"), S_OK);
    struct identity *i = identity_acquire();
    const void *password = identity_credentials(i)->password;
#if !defined(__SANITIZE_ADDRESS__) && !defined(UNDER_SANITIZER)
    /* The sanitizers' runtimes make nothing of mlock(). */
    assert_true(mapping_has(password, " lo"));
#endif
    assert_true(mapping_has(password, " dd"));
    identity_release(i);
}

TEST(replaced_identity_is_gone_from_memory)
{
    assert_int_equal(set("user", "", "a password of the test"), S_OK);
    struct identity *i = identity_acquire();
    const void *password = identity_credentials(i)->password;
    identity_release(i);
    assert_true(mapping_has(password, ""));
    assert_int_equal(set(NULL, NULL, NULL), S_OK);
    assert_false(mapping_has(password, ""));
}

/* contract: identity.wiped */
TEST(unload_wipes_the_identity)
{
    assert_int_equal(set("user", "", "password"), S_OK);
    identity_unload();
    assert_false(identity_is_set());
}

static void *set_and_use(void *argument)
{
    const char *name = argument;
    size_t wrong = 0;
    for (unsigned i = 0; i < 300; i++) {
        wrong += set(name, name, name) != S_OK;
        struct identity *held = identity_acquire();
        const struct rpc_credentials *c = identity_credentials(held);
        /* Some thread's identity, but never of two. */
        wrong += c == NULL || strcmp(c->user, c->domain) != 0 || strcmp(c->user, c->password) != 0;
        identity_release(held);
    }
    return (void *)wrong;
}

TEST(threads_see_whole_identities_only)
{
    static char names[4][8] = {"one", "two", "three", "four"};
    pthread_t threads[4];
    for (int i = 0; i < 4; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, set_and_use, names[i]), 0);
    for (int i = 0; i < 4; i++) {
        void *wrong;
        pthread_join(threads[i], &wrong);
        assert_null(wrong);
    }
}
