/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Programs that the program, or what it starts, puts in the place of a process. One into which the
 * library is loaded counts itself; here those are counted into which it cannot be: static ones, and
 * those that the kernel gives other rights, where the loader leaves it out.
 */
#include "next.h"

#include <alloca.h>
#include <elf.h>
#include <fcntl.h>
#include <spawn.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

extern char **environ;

enum { HEADERS_MOST = 64, PATH_BYTES = 4096 };

/* Without the calls that are taken over, which may be those of a child of vfork(). */
static long read_at(long fd, void *out, size_t n, uint64_t at)
{
    return syscall(SYS_pread64, fd, out, n, at);
}

/* Whether it is a program of its own, without a loader. */
static bool is_static(long fd)
{
    Elf64_Ehdr header;
    if (read_at(fd, &header, sizeof header, 0) != sizeof header ||
        memcmp(header.e_ident, ELFMAG, SELFMAG) != 0 || header.e_phnum > HEADERS_MOST)
        return false;
    for (unsigned i = 0; i < header.e_phnum; i++) {
        Elf64_Phdr part;
        if (read_at(fd, &part, sizeof part, header.e_phoff + i * sizeof part) != sizeof part ||
            part.p_type == PT_INTERP)
            return false;
    }
    return true;
}

static bool has_other_rights(const struct stat *st)
{
    return ((st->st_mode & S_ISUID) != 0 && st->st_uid != getuid()) ||
           ((st->st_mode & S_ISGID) != 0 && (st->st_mode & S_IXGRP) != 0 && st->st_gid != getgid());
}

/* The file is about to be started. False: it is none that can be. */
static bool count(const char *path)
{
    struct stat st;
    if (syscall(SYS_faccessat, AT_FDCWD, path, X_OK) != 0 ||
        syscall(SYS_newfstatat, AT_FDCWD, path, &st, 0) != 0 || !S_ISREG(st.st_mode))
        return false;
    long fd = syscall(SYS_openat, AT_FDCWD, path, O_RDONLY | O_CLOEXEC);
    if (has_other_rights(&st))
        preload_count_privileged();
    else if (fd >= 0 && is_static(fd))
        preload_count_static();
    if (fd >= 0)
        syscall(SYS_close, fd);
    return true;
}

/* By $PATH, unless the name has a slash. */
static void count_named(const char *name)
{
    char path[PATH_BYTES];
    const char *folder = getenv("PATH");
    if (strchr(name, '/') != NULL || folder == NULL) {
        count(name);
        return;
    }
    for (size_t n; *folder != '\0'; folder += n + (folder[n] == ':')) {
        n = strcspn(folder, ":");
        if (n + strlen(name) + 2 > sizeof path)
            continue;
        memcpy(path, folder, n);
        path[n] = '/';
        memcpy(path + n + (n > 0), name, strlen(name) + 1);
        if (count(path))
            return;
    }
}

int execve(const char *path, char *const words[], char *const environment[])
{
    count(path);
    return NEXT(execve)(path, words, environment);
}

int execv(const char *path, char *const words[])
{
    count(path);
    return NEXT(execv)(path, words);
}

int execvp(const char *name, char *const words[])
{
    count_named(name);
    return NEXT(execvp)(name, words);
}

int execvpe(const char *name, char *const words[], char *const environment[])
{
    count_named(name);
    return NEXT(execvpe)(name, words, environment);
}

int posix_spawn(pid_t *pid, const char *path, const posix_spawn_file_actions_t *actions,
                const posix_spawnattr_t *attributes, char *const words[], char *const environment[])
{
    count(path);
    return NEXT(posix_spawn)(pid, path, actions, attributes, words, environment);
}

int posix_spawnp(pid_t *pid, const char *name, const posix_spawn_file_actions_t *actions,
                 const posix_spawnattr_t *attributes, char *const words[],
                 char *const environment[])
{
    count_named(name);
    return NEXT(posix_spawnp)(pid, name, actions, attributes, words, environment);
}

/* How many words there are behind the first one, with the NULL at their end. */
static size_t count_words(va_list *list)
{
    size_t n = 1;
    while (va_arg(*list, char *) != NULL)
        n++;
    return n;
}

/* The first one and the n behind it. */
static char **take_words(const char *first, size_t n, va_list *list, char **out)
{
    out[0] = (char *)(uintptr_t)first;
    for (size_t i = 1; i <= n; i++)
        out[i] = va_arg(*list, char *);
    return out;
}

/* Words that are arguments, as an array on the stack of the caller: memory may be its parent's. */
#define COLLECT(first, list)                                                                       \
    ({                                                                                             \
        va_start(list, first);                                                                     \
        size_t n_words = count_words(&(list));                                                     \
        va_end(list);                                                                              \
        va_start(list, first);                                                                     \
        take_words(first, n_words, &(list), alloca((n_words + 1) * sizeof(char *)));               \
    })

int execl(const char *path, const char *first, ...)
{
    va_list list;
    char **words = COLLECT(first, list);
    va_end(list);
    return execv(path, words);
}

int execlp(const char *name, const char *first, ...)
{
    va_list list;
    char **words = COLLECT(first, list);
    va_end(list);
    return execvp(name, words);
}

int execle(const char *path, const char *first, ...)
{
    va_list list;
    char **words = COLLECT(first, list);
    char *const *environment = va_arg(list, char *const *);
    va_end(list);
    return execve(path, words, environment);
}
