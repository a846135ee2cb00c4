/* SPDX-License-Identifier: Apache-2.0 */
/*
 * For tests/suite/links.sh: prints, for each call of the target that is a fault point, where in the
 * program's file it returns to, and the name that it has in the running program.
 */
#include "faults/fault/site.h"
#include "faults/seam/site_table.h"

#include <dlfcn.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

int main(void)
{
    Dl_info program;
    if (dladdr((const void *)&site_table_name_count, &program) == 0)
        return EXIT_FAILURE;
    for (unsigned i = 0; i < site_table_address_count; i++) {
        const char *address = site_table_addresses[i].address;
        int name = site_of_address(address);
        if (address != NULL && name >= 0)
            printf("%#tx %s\n", address - (const char *)program.dli_fbase,
                   site_name((unsigned)name));
    }
    return EXIT_SUCCESS;
}
