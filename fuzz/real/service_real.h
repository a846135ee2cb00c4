/* SPDX-License-Identifier: Apache-2.0 */
#ifndef FUZZ_REAL_SERVICE_H
#define FUZZ_REAL_SERVICE_H

#include "fuzz/scene/backend.h"

extern const struct service_backend service_real;

/* Sets NTDSBCLI_TIMEOUT_MS for the scenes from now on. Borrowed. */
void real_service_set_deadline(const char *ms);

#endif
