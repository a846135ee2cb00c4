/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Scenarios of a restore that must refuse a manifest: its checksum is right, but somebody wrote
 * something else into it than dsbackup would have.
 */
#ifndef FUZZ_TOOL_WRONG_MANIFESTS_H
#define FUZZ_TOOL_WRONG_MANIFESTS_H

#include "scenario.h"

extern const struct scenario wrong_manifests[];
extern const size_t wrong_manifests_count;

#endif
