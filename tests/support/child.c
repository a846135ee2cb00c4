/* SPDX-License-Identifier: Apache-2.0 */
#include "child.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

void child_run(struct child *c, void (*run)(void *context), void *context)
{
    int out = memfd_create("child", MFD_CLOEXEC);
    assert_true(out >= 0);
    fflush(NULL);
    pid_t pid = fork();
    assert_true(pid >= 0);
    if (pid == 0) {
        dup2(out, STDOUT_FILENO);
        dup2(out, STDERR_FILENO);
        run(context);
        fflush(NULL);
        _exit(EXIT_SUCCESS);
    }
    assert_int_equal(waitpid(pid, &c->status, 0), pid);
    ssize_t n = pread(out, c->output, sizeof c->output - 1, 0);
    close(out);
    assert_true(n >= 0);
    c->output[n] = '\0';
}

void assert_child_ended(const struct child *c, int exit_code)
{
    if (!WIFEXITED(c->status) || WEXITSTATUS(c->status) != exit_code)
        fail_msg("ended with status 0x%x instead of exit code %d:\n%s", (unsigned)c->status,
                 exit_code, c->output);
}

void assert_child_said(const struct child *c, const char *text)
{
    if (strstr(c->output, text) == NULL)
        fail_msg("\"%s\" is not in:\n%s", text, c->output);
}

void assert_child_did_not_say(const struct child *c, const char *text)
{
    if (strstr(c->output, text) != NULL)
        fail_msg("\"%s\" is in:\n%s", text, c->output);
}
