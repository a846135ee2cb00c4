/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Mutexes and who holds them.
 */
#include "tests/support/test.h"
#include "world_test.h"

static pthread_mutex_t fixed = PTHREAD_MUTEX_INITIALIZER;

TEST(lock_is_held_until_it_is_given_back)
{
    world_reset();
    assert_int_equal(__wrap_pthread_mutex_lock(&fixed), 0);
    assert_int_equal(ledger_summary().locks, 1);
    assert_int_equal(__wrap_pthread_mutex_unlock(&fixed), 0);
    assert_int_equal(ledger_summary().locks, 0);
    assert_no_violation();
    /* A static mutex is nothing that anybody acquired. */
    assert_held(0);
}

TEST(second_lock_would_wait_for_ever_and_is_a_violation)
{
    world_reset();
    assert_int_equal(__wrap_pthread_mutex_lock(&fixed), 0);
    assert_int_equal(__wrap_pthread_mutex_lock(&fixed), EDEADLK);
    assert_violation(1, "locked twice");
    assert_int_equal(ledger_summary().locks, 1);
}

TEST(trylock_of_what_is_held_is_busy_and_no_violation)
{
    world_reset();
    assert_int_equal(__wrap_pthread_mutex_trylock(&fixed), 0);
    assert_int_equal(__wrap_pthread_mutex_trylock(&fixed), EBUSY);
    assert_int_equal(ledger_summary().locks, 1);
    assert_no_violation();
    assert_int_equal(__wrap_pthread_mutex_unlock(&fixed), 0);
    assert_int_equal(__wrap_pthread_mutex_trylock(&fixed), 0);
}

TEST(unlock_of_what_is_not_held_is_a_violation)
{
    world_reset();
    assert_int_equal(__wrap_pthread_mutex_unlock(&fixed), EPERM);
    assert_violation(1, "unlocked without a lock");
    assert_int_equal(__wrap_pthread_mutex_lock(&fixed), 0);
    assert_int_equal(__wrap_pthread_mutex_unlock(&fixed), 0);
    assert_int_equal(__wrap_pthread_mutex_unlock(&fixed), EPERM);
    assert_violation(2, "unlocked without a lock");
}

TEST(locks_may_be_given_back_in_any_order)
{
    pthread_mutex_t mutexes[3];
    static const int orders[][3] = {{0, 1, 2}, {2, 1, 0}, {1, 0, 2}, {1, 2, 0}};
    for (size_t o = 0; o < sizeof orders / sizeof *orders; o++) {
        world_reset();
        for (int i = 0; i < 3; i++)
            assert_int_equal(__wrap_pthread_mutex_lock(&mutexes[i]), 0);
        for (int i = 0; i < 3; i++)
            assert_int_equal(__wrap_pthread_mutex_unlock(&mutexes[orders[o][i]]), 0);
        assert_int_equal(ledger_summary().locks, 0);
        assert_no_violation();
    }
}

TEST(mutex_made_at_run_time_is_held_until_it_is_destroyed)
{
    pthread_mutex_t mutex;
    world_reset();
    assert_int_equal(__wrap_pthread_mutex_init(&mutex, NULL), 0);
    assert_held(1);
    assert_true(report_says("holds a mutex"));
    assert_int_equal(__wrap_pthread_mutex_destroy(&mutex), 0);
    assert_held(0);
    assert_no_violation();
    assert_int_equal(__wrap_pthread_mutex_destroy(&mutex), EINVAL);
    assert_violation(1, "double release");
}

TEST(mutex_is_not_destroyed_while_it_is_locked)
{
    pthread_mutex_t mutex;
    world_reset();
    assert_int_equal(__wrap_pthread_mutex_init(&mutex, NULL), 0);
    assert_int_equal(__wrap_pthread_mutex_lock(&mutex), 0);
    __wrap_pthread_mutex_destroy(&mutex);
    assert_violation(1, "destroyed while locked");
}

TEST(kept_lock_is_reported_with_call_and_taker)
{
    world_reset();
    world_set_call(3);
    assert_int_equal(__wrap_pthread_mutex_lock(&fixed), 0);
    assert_true(report_says("a lock, taken in call 4 by "));
    assert_true(report_says(__func__));
    world_set_call(WORLD_CALL_CLEAN_UP);
    assert_int_equal(__wrap_pthread_mutex_unlock(&fixed), 0);
    assert_int_equal(__wrap_pthread_mutex_lock(&fixed), 0);
    assert_true(report_says("a lock, taken in the clean-up by "));
}

TEST(more_locks_than_the_ledger_knows_are_an_overflow)
{
    pthread_mutex_t mutexes[64];
    size_t n = 0;
    world_reset();
    while (n < 64 && __wrap_pthread_mutex_lock(&mutexes[n]) == 0)
        n++;
    assert_in_range(n, 8, 63);
    assert_violation(1, "ledger overflow");
    assert_int_equal(ledger_summary().locks, n);
    world_reset();
    assert_int_equal(ledger_summary().locks, 0);
}

TEST(recursive_mutex_is_taken_again_and_given_back_as_often)
{
    pthread_mutexattr_t attributes;
    pthread_mutex_t mutex;
    world_reset();
    pthread_mutexattr_init(&attributes);
    pthread_mutexattr_settype(&attributes, PTHREAD_MUTEX_RECURSIVE);
    assert_int_equal(__wrap_pthread_mutex_init(&mutex, &attributes), 0);
    assert_int_equal(__wrap_pthread_mutex_lock(&mutex), 0);
    assert_int_equal(__wrap_pthread_mutex_lock(&mutex), 0);
    assert_int_equal(__wrap_pthread_mutex_trylock(&mutex), 0);
    assert_int_equal(ledger_summary().locks, 3);
    for (int i = 0; i < 3; i++)
        assert_int_equal(__wrap_pthread_mutex_unlock(&mutex), 0);
    assert_int_equal(ledger_summary().violations, 0);
    assert_int_equal(ledger_summary().locks, 0);
    assert_int_equal(__wrap_pthread_mutex_unlock(&mutex), EPERM);
    assert_int_equal(ledger_summary().violations, 1);
    assert_int_equal(__wrap_pthread_mutex_destroy(&mutex), 0);
}
