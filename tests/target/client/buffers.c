/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/support/test.h"

#include "target/client/buffers.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

TEST(buffer_is_writable_aligned_and_counted)
{
    for (size_t n = 0; n < 300; n++) {
        unsigned char *b = buffers_allocate(n);
        assert_non_null(b);
        assert_int_equal((uintptr_t)b % _Alignof(max_align_t), 0);
        memset(b, 0xff, n);
        assert_int_equal(buffers_outstanding(), 1);
        buffers_free(b);
        assert_int_equal(buffers_outstanding(), 0);
    }
}

TEST(null_foreign_and_inner_pointers_are_ignored)
{
    static unsigned char foreign[64];
    unsigned char *heap = malloc(64), *b = buffers_allocate(64);
    buffers_free(NULL);
    buffers_free(foreign);
    buffers_free(heap);
    buffers_free(b + 1);
    buffers_free(b - 16);
    buffers_free(b + 64);
    buffers_free((void *)(uintptr_t)1);
    buffers_free((void *)UINTPTR_MAX);
    assert_int_equal(buffers_outstanding(), 1);
    b[63] = 1;
    buffers_free(b);
    assert_int_equal(buffers_outstanding(), 0);
    free(heap);
}

TEST(freed_pointer_is_ignored)
{
    void *b = buffers_allocate(64), *other = buffers_allocate(1 << 20);
    buffers_free(b);
    buffers_free(b);
    assert_int_equal(buffers_outstanding(), 1);
    buffers_free(other);
    assert_int_equal(buffers_outstanding(), 0);
}

TEST(many_buffers_can_be_freed_in_any_order)
{
    enum { MANY = 3000 }; /* more than there are buckets */
    static unsigned char *all[MANY];
    for (unsigned i = 0; i < MANY; i++) {
        all[i] = buffers_allocate(i % 100 + 1);
        all[i][0] = (unsigned char)i;
    }
    for (unsigned i = 0; i < MANY; i++) {
        unsigned k = i * 7 % MANY; /* 7 and 3000 have no common divisor: every one once */
        assert_int_equal(all[k][0], (unsigned char)k);
        buffers_free(all[k]);
    }
    assert_int_equal(buffers_outstanding(), 0);
}

TEST(size_that_overflows_gives_no_buffer)
{
    assert_null(buffers_allocate(UINT64_MAX));
    assert_null(buffers_allocate(UINT64_MAX - 15));
    assert_int_equal(buffers_outstanding(), 0);
}

TEST(unload_frees_what_is_left)
{
    void *b = NULL;
    for (unsigned i = 0; i < 1000; i++)
        b = buffers_allocate(10);
    buffers_unload();
    assert_int_equal(buffers_outstanding(), 0);
    buffers_free(b);
    assert_int_equal(buffers_outstanding(), 0);
}

static void *allocate_and_free(void *argument)
{
    (void)argument;
    for (unsigned i = 0; i < 2000; i++) {
        unsigned char *a = buffers_allocate(i), *b = buffers_allocate(8);
        memset(a, 1, i);
        buffers_free(b);
        buffers_free(b + 1);
        buffers_free(a);
    }
    return NULL;
}

TEST(threads_may_allocate_and_free_at_once)
{
    pthread_t threads[4];
    for (int i = 0; i < 4; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, allocate_and_free, NULL), 0);
    for (int i = 0; i < 4; i++)
        pthread_join(threads[i], NULL);
    assert_int_equal(buffers_outstanding(), 0);
}
