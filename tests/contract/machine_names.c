/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the machine is called decides which names are its own: in whatever form it has its name.
 *
 * contract: server-name.this-machine, server-name.underscore, server-name.unknown
 */
#include "contract.h"

#include "faults/world/world.h"
#include "fuzz/scene/service.h"

#include <windows.h>

#include <ntdsbcli.h>

static const struct {
    const char *machine, *server;
    HRESULT code;
} rows[] = {
    /* With and without a domain, in any case. */
    {"dc1.example.test", "dc1", S_OK},
    {"dc1.example.test", "DC1.Example.TEST", S_OK},
    {"dc1", "DC1", S_OK},
    {"dc1", "dc1.example", hrCouldNotConnect},
    {"DC1.EXAMPLE", "dc1", S_OK},
    {"DC1.EXAMPLE", "dc1.example", S_OK},
    {"DC1.EXAMPLE", "dc1.", hrCouldNotConnect},
    {"DC1.EXAMPLE", "dc1.exam", hrCouldNotConnect},
    {"DC1.EXAMPLE", "dc", hrCouldNotConnect},
    {"d", "d", S_OK},
    {"d", "dc1", hrCouldNotConnect},
    {"elsewhere.example.test", "dc1", hrCouldNotConnect},
    {"elsewhere.example.test", "example", hrCouldNotConnect},
    {"localhost", "localhost", S_OK},
    /* No name of a server has an underscore, and what has one is no server's name. */
    {"dc_1.example.test", "dc_1", hrCouldNotConnect},
    {"dc_1.example.test", "dc_1.example.test", hrCouldNotConnect},
    {"dc1.ex_ample.test", "dc1.ex_ample.test", hrCouldNotConnect},
    {"dc1.ex_ample.test", "dc1", S_OK},
    {"dc 1", "dc 1", hrCouldNotConnect},
    {"dc1", ".", S_OK},
    {"dc_1", "\\\\.", S_OK},
};

TEST(machine_of_any_name_knows_its_own)
{
    WCHAR wide[64];
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        BOOL online = FALSE;
        size_t n = 0;
        scene_open(&(struct program_world){0}, NULL);
        world_set_host_name(rows[i].machine);
        do
            wide[n] = (unsigned char)rows[i].server[n];
        while (rows[i].server[n++] != '\0');
        HRESULT narrow_code = DsIsNTDSOnlineA(rows[i].server, &online);
        HRESULT wide_code = DsIsNTDSOnlineW(wide, &online);
        if (narrow_code != rows[i].code || wide_code != rows[i].code)
            fail_msg("'%s' on a machine called '%s': 0x%08x and 0x%08x", rows[i].server,
                     rows[i].machine, (unsigned)narrow_code, (unsigned)wide_code);
        service_stop();
    }
}
