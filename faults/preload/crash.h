/* SPDX-License-Identifier: Apache-2.0 */
#ifndef FAULTS_PRELOAD_CRASH_H
#define FAULTS_PRELOAD_CRASH_H

#include "watch.h"

#pragma GCC visibility push(hidden)
/* From now on a signal that ends the process enters where that was, unless the program handles it
   itself. */
void preload_await_crash(void);
#pragma GCC visibility pop

#endif
