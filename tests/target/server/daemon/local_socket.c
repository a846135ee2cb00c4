/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The file of the daemon's socket: who may connect, what is taken over and what is left alone.
 */
#include "tests/support/child.h"
#include "tests/support/standard_error.h"
#include "tests/support/test.h"

#include "target/server/daemon/local_socket.h"
#include "target/server/daemon/log.h"

#include <fcntl.h>
#include <grp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

enum { NOBODY = 65534 };

static const struct local_socket_access own_user = {.group = (gid_t)LOCAL_SOCKET_NO_GROUP};
static char directory[] = "/tmp/rundown-socket.XXXXXX", path[64];
static struct local_socket claimed;
static int listening;

static void make_directory(void)
{
    assert_non_null(mkdtemp(directory));
    snprintf(path, sizeof path, "%s/ncalrpc", directory);
}

static void remove_directory(void)
{
    assert_int_equal(rmdir(directory), 0);
}

AROUND_ALL_TESTS(make_directory, remove_directory);

static void claim_for(const void *access)
{
    const struct local_socket_access *who = access;
    listening = local_socket_claim(&claimed, path, *who);
}

/* What is said of it. */
static const char *claim(void)
{
    log_start(LOG_LEVEL_INFO);
    return standard_error_of(claim_for, &own_user);
}

static void release(void)
{
    close(listening);
    local_socket_release(&claimed);
    assert_null(claimed.path);
}

static mode_t mode_of(const char *name)
{
    struct stat status;
    assert_int_equal(lstat(name, &status), 0);
    return status.st_mode & 07777;
}

static int connect_to(void)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    int fd = socket(AF_UNIX, SOCK_STREAM, 0);
    snprintf(address.sun_path, sizeof address.sun_path, "%s", path);
    int result = connect(fd, (const struct sockaddr *)&address, sizeof address);
    close(fd);
    return result;
}

TEST(socket_listens_for_its_user_alone_and_goes_when_it_is_released)
{
    assert_string_equal(claim(), "");
    assert_true(listening >= 0);
    assert_int_equal(mode_of(path), 0600);
    assert_int_equal(fcntl(listening, F_GETFD) & FD_CLOEXEC, FD_CLOEXEC);
    assert_int_equal(fcntl(listening, F_GETFL) & O_NONBLOCK, O_NONBLOCK);
    assert_int_equal(connect_to(), 0);
    release();
    assert_int_equal(access(path, F_OK), -1);
}

TEST(socket_is_open_to_everybody_or_to_a_group)
{
    struct local_socket_access everybody = {true, (gid_t)LOCAL_SOCKET_NO_GROUP};
    struct local_socket_access group = {false, getegid()};
    assert_string_equal(standard_error_of(claim_for, &everybody), "");
    assert_int_equal(mode_of(path), 0666);
    release();
    assert_string_equal(standard_error_of(claim_for, &group), "");
    assert_int_equal(mode_of(path), 0660);
    release();
}

/* Of a process that is in no group but its own, which root would always be taken for. */
static void claim_for_a_strangers_group(void *unused)
{
    (void)unused;
    struct local_socket_access strangers = {false, 0};
    if (geteuid() == 0 && (chown(directory, NOBODY, NOBODY) != 0 || setgroups(0, NULL) != 0 ||
                           setgid(NOBODY) != 0 || setuid(NOBODY) != 0))
        exit(2);
    log_start(LOG_LEVEL_INFO);
    listening = local_socket_claim(&claimed, path, strangers);
    printf("%s %03o\n", listening >= 0 ? "claimed" : "refused", (unsigned)mode_of(path));
    release();
}

TEST(socket_that_may_not_be_given_to_its_group_is_for_its_user_alone)
{
    struct child child;
    child_run(&child, claim_for_a_strangers_group, NULL);
    assert_child_ended(&child, 0);
    assert_child_said(&child, "may not be given to the group");
    assert_child_said(&child, "claimed 600\n");
}

static void claim_nowhere(const void *unused)
{
    (void)unused;
    listening = local_socket_claim(&claimed, "/proc/none/ncalrpc", own_user);
}

TEST(path_in_no_directory_is_not_claimed)
{
    claimed.path = "before";
    const char *said = standard_error_of(claim_nowhere, NULL);
    assert_non_null(strstr(said, "/proc/none: cannot open the socket's directory"));
    assert_int_equal(listening, -1);
    assert_null(claimed.path);
}

TEST(socket_of_a_server_that_is_gone_is_replaced)
{
    claim();
    close(listening);
    assert_int_equal(connect_to(), -1);
    assert_non_null(strstr(claim(), "replacing the socket of a server that is gone\n"));
    assert_true(listening >= 0);
    assert_int_equal(connect_to(), 0);
    release();
}

TEST(socket_of_a_server_that_listens_stays)
{
    claim();
    struct local_socket first = claimed;
    int fd = listening;
    assert_non_null(strstr(claim(), "another server listens there\n"));
    assert_int_equal(listening, -1);
    assert_null(claimed.path);
    assert_int_equal(connect_to(), 0);
    claimed = first;
    listening = fd;
    release();
}

TEST(file_that_is_no_socket_stays)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_EXCL, 0600);
    assert_true(fd >= 0);
    close(fd);
    assert_non_null(strstr(claim(), "is there already, and is not a socket\n"));
    assert_int_equal(listening, -1);
    assert_int_equal(access(path, F_OK), 0);
    unlink(path);
}

TEST(socket_that_somebody_else_has_put_there_meanwhile_stays)
{
    claim();
    struct local_socket first = claimed;
    close(listening);
    unlink(path);
    /* Nothing has the number of the file that was removed. */
    int fd = open(path, O_WRONLY | O_CREAT | O_EXCL, 0600);
    assert_true(fd >= 0);
    first.inode++;
    local_socket_release(&first);
    assert_int_equal(access(path, F_OK), 0);
    close(fd);
    unlink(path);
}

TEST(socket_of_a_successor_stays)
{
    char kept[80];
    claim();
    struct local_socket first = claimed;
    close(listening);
    /* Not removed, so that its successor cannot get its number. */
    snprintf(kept, sizeof kept, "%s.kept", path);
    assert_int_equal(rename(path, kept), 0);
    claim();
    local_socket_release(&first);
    assert_int_equal(connect_to(), 0);
    release();
    assert_int_equal(access(path, F_OK), -1);
    unlink(kept);
}

TEST(directory_that_is_missing_is_made_for_all_to_enter_but_only_one)
{
    char inner[64], deep[80];
    snprintf(inner, sizeof inner, "%s/run", directory);
    snprintf(deep, sizeof deep, "%s/ncalrpc", inner);
    mode_t mask = umask(0077);
    int fd = local_socket_claim(&claimed, deep, own_user);
    umask(mask);
    assert_true(fd >= 0);
    assert_int_equal(mode_of(inner), 0755);
    close(fd);
    local_socket_release(&claimed);
    assert_int_equal(rmdir(inner), 0);
    snprintf(path, sizeof path, "%s/none/run/ncalrpc", directory);
    assert_non_null(strstr(claim(), "cannot open the socket's directory"));
    assert_int_equal(listening, -1);
    snprintf(path, sizeof path, "%s/ncalrpc", directory);
}

/* Another server that starts at the same time. */
static int other;

static void let_go(int signal)
{
    (void)signal;
    flock(other, LOCK_UN);
}

static void hold_directory(void)
{
    other = open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    assert_int_equal(flock(other, LOCK_EX | LOCK_NB), 0);
}

TEST(directory_that_another_server_holds_for_a_moment_is_awaited)
{
    const struct itimerval moment = {.it_value.tv_usec = 300000};
    hold_directory();
    signal(SIGALRM, let_go);
    assert_int_equal(setitimer(ITIMER_REAL, &moment, NULL), 0);
    const char *said = claim();
    close(other);
    assert_string_equal(said, "");
    assert_true(listening >= 0);
    release();
}

TEST(directory_that_another_server_does_not_leave_is_given_up)
{
    hold_directory();
    const char *said = claim();
    close(other);
    assert_non_null(strstr(said, "cannot lock the socket's directory"));
    assert_true(listening < 0);
}
