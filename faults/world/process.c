/* SPDX-License-Identifier: Apache-2.0 */
#include "process.h"

#include "fail.h"
#include "faults/seam/wrap.h"
#include "file_internal.h"
#include "world_internal.h"

#include <fcntl.h>
#include <unistd.h>

enum { SIGNALS = 32 };

static struct {
    struct sigaction actions[SIGNALS];
    int actions_high; /* signals from here on have no action */
    mode_t mask;
    bool terminal;
    uid_t user;
    gid_t group;
} process;

static bool simulated(void)
{
    return world_mode(WORLD_PROCESS) == WORLD_SIMULATED;
}

void process_restart(void)
{
    for (int i = 0; i < process.actions_high; i++)
        process.actions[i] = (struct sigaction){.sa_handler = SIG_DFL};
    process.actions_high = 0;
    process.mask = S_IWGRP | S_IWOTH;
}

void process_reset(void)
{
    process_restart();
    process.terminal = false;
    process.user = 0;
    process.group = 0;
}

void process_set_terminal(bool terminal)
{
    process.terminal = terminal;
}

void process_set_identity(uid_t user, gid_t group)
{
    process.user = user;
    process.group = group;
}

void process_own(struct inode *inode, mode_t mode)
{
    inode->permissions = mode & ~process.mask & (S_IRWXU | S_IRWXG | S_IRWXO);
    inode->owner = process.user;
    inode->group = process.group;
}

bool process_may_give(const struct inode *inode, uid_t owner, gid_t group)
{
    return process.user == 0 || (inode->owner == process.user && owner == process.user &&
                                 (group == process.group || group == inode->group));
}

/* Signals ----------------------------------------------------------------------------------- */

bool process_signal(int number)
{
    struct sigaction *action = &process.actions[number];
    void (*handler)(int) = action->sa_handler;
    if (handler == SIG_DFL)
        return false;
    if (handler == SIG_IGN)
        return true;
    if (action->sa_flags & (int)SA_RESETHAND)
        action->sa_handler = SIG_DFL;
    handler(number);
    return true;
}

void process_break_pipe(void)
{
    if (!simulated() || !process_signal(SIGPIPE))
        raise(SIGPIPE);
}

static void set_action(int number, const struct sigaction *action)
{
    process.actions[number] = *action;
    if (number >= process.actions_high)
        process.actions_high = number + 1;
}

int __wrap_sigaction(int number, const struct sigaction *action, struct sigaction *old)
{
    world_count_step();
    if (!simulated())
        return sigaction(number, action, old);
    if (number <= 0 || number >= SIGNALS)
        return fail(EINVAL);
    if (old != NULL)
        *old = process.actions[number];
    if (action != NULL)
        set_action(number, action);
    return 0;
}

sighandler_t __wrap_signal(int number, sighandler_t handler)
{
    world_count_step();
    if (!simulated())
        return signal(number, handler);
    if (number <= 0 || number >= SIGNALS) {
        errno = EINVAL;
        return SIG_ERR;
    }
    sighandler_t before = process.actions[number].sa_handler;
    set_action(number, &(struct sigaction){.sa_handler = handler});
    return before;
}

/* Whose it is ------------------------------------------------------------------------------- */

mode_t __wrap_umask(mode_t mask)
{
    world_count_step();
    if (!simulated())
        return umask(mask);
    mode_t before = process.mask;
    process.mask = mask;
    return before;
}

uid_t __wrap_geteuid(void)
{
    world_count_step();
    return simulated() ? process.user : geteuid();
}

gid_t __wrap_getegid(void)
{
    world_count_step();
    return simulated() ? process.group : getegid();
}

int __wrap_isatty(int fd)
{
    world_count_step();
    if (!simulated())
        return isatty(fd);
    bool is = fd >= STDIN_FILENO && fd <= STDERR_FILENO && process.terminal;
    return is ? 1 : fail(ENOTTY) + 1;
}

/* Only flags of the open file are asked for. */
int __wrap_fcntl(int fd, int command, ...)
{
    va_list arguments;
    va_start(arguments, command);
    int value = va_arg(arguments, int);
    va_end(arguments);
    world_count_step();
    if (!descriptor_is_simulated(fd))
        return fcntl(fd, command, value);
    if (descriptor_any(fd) == NULL)
        return -1;
    if (command == F_GETFL && net_is_socket(fd))
        return O_RDWR | (net_blocks(fd) ? 0 : O_NONBLOCK);
    if (command == F_SETFL && net_is_socket(fd))
        net_set_blocks(fd, (value & O_NONBLOCK) == 0);
    bool is_known =
        command == F_GETFL || command == F_SETFL || command == F_GETFD || command == F_SETFD;
    return is_known ? 0 : fail(EINVAL);
}
