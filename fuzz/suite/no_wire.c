/* SPDX-License-Identifier: Apache-2.0 */
/*
 * An implementation has a wire of its own: there are no drivers that know it, and no fault points
 * named for its operations.
 */
#include "fuzz/rundown/inputs.h"
#include "fuzz/rundown/wire_sweep.h"
#include "fuzz/scene/service.h"

#include <stdio.h>

enum { EXIT_USAGE = 2 };

const struct saving_driver inputs_drivers[1];
const size_t inputs_driver_count = 0;

int wire_sweep(const struct wire_sweep *w, int count, char **paths)
{
    (void)count, (void)paths;
    fprintf(stderr, "rundown: there is no driver %s for this implementation\n", w->driver);
    return EXIT_USAGE;
}

void service_register_sites(void)
{
}
