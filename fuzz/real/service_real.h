/* SPDX-License-Identifier: Apache-2.0 */
#ifndef FUZZ_REAL_SERVICE_H
#define FUZZ_REAL_SERVICE_H

#include "fuzz/scene/backend.h"

extern const struct service_backend service_real;

#endif
