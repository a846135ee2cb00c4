/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What answers a client whose server is not known: a table of answers, or noise.
 */
#ifndef FUZZ_SUITE_PEER_H
#define FUZZ_SUITE_PEER_H

#include "target.h"

extern const struct rundown_server peer_server;

#endif
