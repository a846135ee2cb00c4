/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A program for suite/preload_saved: it crashes when two attempts to get memory fail. MOVED: it
 * makes another one before.
 */
#include <stdlib.h>
static __attribute__((noinline)) void check(void *block)
{
    if (block == NULL)
        abort();
    free(block);
}
static __attribute__((noinline)) void *again(void)
{
    return malloc(1);
}
int main(void)
{
#ifdef MOVED
    check(again());
#endif
    void *block = malloc(1);
    check(block != NULL ? block : again());
    return 0;
}
