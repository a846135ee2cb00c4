/* SPDX-License-Identifier: Apache-2.0 */
#include "target.h"

const struct rundown_target rundown_target = {0};
