/* SPDX-License-Identifier: Apache-2.0 */
#ifndef FAULTS_PRELOAD_SERVE_H
#define FAULTS_PRELOAD_SERVE_H

#include "next.h"

#pragma GCC visibility push(hidden)
/*
 * Called where main() is to begin. If the environment asks for it (shared.h), a run begins for each
 * byte that comes in, in a child. False: this process is the server, and has ended serving.
 */
bool preload_serve(void);
#pragma GCC visibility pop

#endif
