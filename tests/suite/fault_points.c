/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The table of the target's fault points, as the linker left it in this program: every call into
 * the world is in it, and a call that is not ends the program.
 */
#include "faults/fault/fault.h"
#include "faults/fault/site.h"
#include "faults/seam/site_table.h"
#include "faults/world/world.h"
#include "tests/support/test.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

TEST(every_call_of_the_target_is_found_by_its_return_address)
{
    bool named[SITES_MAX] = {false};
    assert_true(site_table_name_count > 0 && site_table_name_count <= site_count());
    for (unsigned i = 0; i < site_table_address_count; i++) {
        const char *address = site_table_addresses[i].address;
        assert_non_null(address);
        assert_true(site_is_call(address));
        assert_false(site_is_call(address - 1));
        int name = site_of_address(address);
        assert_in_range(name + 1, 0, site_table_name_count);
        if (name >= 0)
            named[name] = true;
    }
    for (unsigned i = 0; i < site_table_name_count; i++)
        if (!named[i])
            fail_msg("no call has the name %s", site_name(i));
}

TEST(calls_are_told_apart)
{
    site_count();
    for (unsigned i = 1; i < site_table_address_count; i++)
        assert_true((uintptr_t)site_table_addresses[i - 1].address <
                    (uintptr_t)site_table_addresses[i].address);
}

/* Crosses from an address that no call of the target returns to. */
static void cross_unnamed(int error_output)
{
    static struct fault_crossing record[1];
    signal(SIGABRT, SIG_DFL);
    dup2(error_output, STDERR_FILENO);
    world_reset();
    fault_record(record, 1);
    fault_point(FAULT_MEM_ALLOC, &record);
    _exit(0);
}

TEST(a_fault_point_without_a_name_ends_the_program)
{
    int ends[2], status;
    char text[512] = "";
    assert_int_equal(pipe(ends), 0);
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0)
        cross_unnamed(ends[1]);
    close(ends[1]);
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(read(ends[0], text, sizeof text - 1) > 0);
    close(ends[0]);
    assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT);
    assert_non_null(strstr(text, "a fault point has no name: mem.alloc, called from "));
}
