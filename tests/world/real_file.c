/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Real files, passed through: they are in the ledger, and their calls can be broken.
 */
#include "tests/support/test.h"

#include "faults/fault/fault.h"
#include "faults/seam/wrap.h"
#include "faults/world/ledger.h"
#include "faults/world/world.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

TEST(passed_through_file_is_real_ledgered_and_breakable)
{
    char path[] = "/tmp/world_file.XXXXXX";
    int made = mkstemp(path);
    assert_true(made >= 0);
    assert_int_equal(write(made, "real", 4), 4);
    close(made);
    world_reset();
    world_set_mode(WORLD_FILE, WORLD_PASS_THROUGH);
    int fd = __wrap_open(path, O_RDONLY | O_CLOEXEC);
    char room[5] = "";
    assert_true(fd >= 0);
    assert_int_equal(ledger_summary().outstanding[WORLD_CLIENT], 1);
    assert_int_equal(__wrap_pread(fd, room, 4, 0), 4);
    assert_string_equal(room, "real");
    assert_true(fault_arm(&(struct fault){.class = FAULT_FILE_READ, .nth = 1}));
    assert_int_equal(__wrap_pread(fd, room, 4, 0), -1);
    assert_int_equal(errno, EIO);
    assert_int_equal(__wrap_close(fd), 0);
    assert_int_equal(__wrap_close(fd), -1);
    assert_string_equal(ledger_violation_name(0), "double release");
    assert_int_equal(unlink(path), 0);
}

TEST(close_of_a_real_file_can_fail_and_that_of_a_real_socket_cannot)
{
    world_reset();
    world_set_mode(WORLD_FILE, WORLD_PASS_THROUGH);
    world_set_mode(WORLD_NET, WORLD_PASS_THROUGH);
    int file = __wrap_open("/dev/null", O_RDONLY | O_CLOEXEC);
    int socket_fd = __wrap_socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    assert_true(file >= 0 && socket_fd >= 0);
    assert_true(fault_arm(&(struct fault){.class = FAULT_FILE_CLOSE, .nth = 1}));
    assert_int_equal(__wrap_close(socket_fd), 0);
    assert_int_equal(__wrap_close(file), -1);
    assert_int_equal(errno, EIO);
    assert_int_equal(ledger_summary().outstanding[WORLD_CLIENT], 0);
}
