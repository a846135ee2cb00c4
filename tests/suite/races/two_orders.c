/* SPDX-License-Identifier: Apache-2.0 */
/* Two locks in both orders, one after the other: a deadlock of two threads, in one. */
#include <pthread.h>

static pthread_mutex_t table = PTHREAD_MUTEX_INITIALIZER, list = PTHREAD_MUTEX_INITIALIZER;

__attribute__((noinline)) static void lock_table(void)
{
    pthread_mutex_lock(&table);
}

__attribute__((noinline)) static void lock_list(void)
{
    pthread_mutex_lock(&list);
}

static void unlock_both(void)
{
    pthread_mutex_unlock(&table);
    pthread_mutex_unlock(&list);
}

__attribute__((noinline)) static void add_session(void)
{
    lock_table();
    lock_list();
    unlock_both();
}

__attribute__((noinline)) static void end_session(void)
{
    lock_list();
    lock_table();
    unlock_both();
}

int main(void)
{
    add_session();
    end_session();
    return 0;
}
