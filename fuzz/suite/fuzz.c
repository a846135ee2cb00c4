/* SPDX-License-Identifier: Apache-2.0 */
/*
 * NAME-fuzz: what engines call first.
 */
#include "start.h"

int LLVMFuzzerInitialize(int *count, char ***arguments);

int LLVMFuzzerInitialize(int *count, char ***arguments)
{
    (void)count, (void)arguments;
    suite_start();
    return 0;
}
