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

/* Where the target calls send(). */
static const void *address_of_a_send(void)
{
    site_count(); /* reads the table */
    for (unsigned i = 0; i < site_table_address_count; i++) {
        const struct site_address *a = &site_table_addresses[i];
        if (a->address != NULL && a->name >= 0 && site_class((unsigned)a->name) == FAULT_NET_SEND)
            return a->address;
    }
    return NULL;
}

TEST(each_class_has_its_own_point_at_one_place)
{
    static const enum fault_class beside[] = {FAULT_THREAD_CALL, FAULT_FILE_WRITE};
    const void *caller = address_of_a_send();
    assert_non_null(caller);
    int own = site_of_crossing(FAULT_NET_SEND, caller);
    for (size_t i = 0; i < 2; i++)
        site_add_beside(beside[i], FAULT_NET_SEND);
    /* Asked for in turns: what is remembered of one is not taken for the other. */
    for (size_t i = 0; i < 6; i++) {
        int site = site_of_crossing(beside[i % 2], caller);
        assert_int_equal(site_class((unsigned)site), beside[i % 2]);
        assert_string_equal(strchr(site_name((unsigned)site), '@'),
                            strchr(site_name((unsigned)own), '@'));
    }
}

TEST(point_of_a_class_that_has_none_there_is_that_of_the_call)
{
    const void *caller = address_of_a_send();
    assert_int_equal(site_of_crossing(FAULT_MEM_LOCK, caller),
                     site_of_crossing(FAULT_NET_SEND, caller));
}
