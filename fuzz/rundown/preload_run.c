/* SPDX-License-Identifier: Apache-2.0 */
#include "preload_run.h"

#include "faults/fault/hash.h"

#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static struct preload_shared *shared;
static int memory = -1, output = -1; /* files that only descriptors name */
static char library[PATH_MAX];

/* The server: a process that has come to main(). */
static struct {
    pid_t pid; /* 0: there is none */
    int fd;
    struct preload_shared at_main;
    uint32_t crossed[FAULT_ALL_CLASSES]; /* calls of a class before main() */
    uint64_t served;
} server;

static char refusal[PATH_MAX + 128];

static bool refuse(const char *path, const char *why)
{
    snprintf(refusal, sizeof refusal, "%s: %s", path, why);
    return false;
}

/* In the build directory, and where it is installed, seen from this program. */
static bool find_library(void)
{
    static const char *const places[] = {"preload", RUNDOWN_PRELOAD_PLACE};
    char self[PATH_MAX / 2];
    ssize_t n = readlink("/proc/self/exe", self, sizeof self - 1);
    self[n > 0 ? n : 0] = '\0';
    char *slash = strrchr(self, '/');
    if (slash != NULL)
        *slash = '\0';
    for (size_t i = 0; i < sizeof places / sizeof *places; i++) {
        snprintf(library, sizeof library, "%s/%s/librundown_preload.so", self, places[i]);
        if (access(library, R_OK) == 0)
            return true;
    }
    return refuse(library, "it is not installed");
}

static bool find_program(const char *word, char out[PATH_MAX])
{
    if (strchr(word, '/') != NULL) {
        snprintf(out, PATH_MAX, "%s", word);
        return access(out, F_OK) == 0;
    }
    const char *path = getenv("PATH");
    for (const char *from = path != NULL ? path : "/usr/bin:/bin"; *from != '\0';) {
        int length = (int)strcspn(from, ":");
        snprintf(out, PATH_MAX, "%.*s/%s", length, from, word);
        if (length > 0 && access(out, X_OK) == 0)
            return true;
        from += length + (from[length] == ':');
    }
    return false;
}

/* NULL: the dynamic linker will load the library into it; otherwise why not. */
static const char *why_not(const char *path)
{
    struct stat about;
    union {
        char bytes[4096];
        Elf64_Ehdr head;
    } file;
    if (stat(path, &about) != 0)
        return strerror(errno);
    if (!S_ISREG(about.st_mode) || access(path, X_OK) != 0)
        return "not a program that may be executed";
    if ((about.st_mode & (S_ISUID | S_ISGID)) != 0)
        return "set-user-ID or set-group-ID: the dynamic linker ignores LD_PRELOAD";
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    ssize_t n = fd != -1 ? pread(fd, &file, sizeof file, 0) : -1;
    if (fd != -1)
        close(fd);
    if (n < 0)
        return strerror(errno);
    if (n < (ssize_t)sizeof file.head || memcmp(file.bytes, ELFMAG, SELFMAG) != 0)
        return "not an ELF program; for a script, name its interpreter";
    if (file.head.e_ident[EI_CLASS] != ELFCLASS64)
        return "not of 64 bits";
    for (unsigned i = 0; i < file.head.e_phnum; i++) {
        Elf64_Phdr part;
        size_t at = file.head.e_phoff + i * sizeof part;
        if (at + sizeof part > (size_t)n)
            break;
        memcpy(&part, file.bytes + at, sizeof part);
        if (part.p_type == PT_INTERP)
            return NULL;
    }
    return "statically linked: there is no dynamic linker that could load a library before libc";
}

static bool open_program(struct preload_program *p, char **words)
{
    static char path[PATH_MAX];
    if (!find_program(words[0], path))
        return refuse(words[0], "not found");
    const char *reason = why_not(path);
    if (reason != NULL)
        return refuse(path, reason);
    p->path = path;
    p->words = words;
    memory = memfd_create("rundown-preload", MFD_CLOEXEC);
    output = memfd_create("rundown-output", MFD_CLOEXEC);
    if (memory == -1 || output == -1 || ftruncate(memory, sizeof *shared) != 0)
        return refuse("memfd_create", strerror(errno));
    shared = mmap(NULL, sizeof *shared, PROT_READ | PROT_WRITE, MAP_SHARED, memory, 0);
    if (shared == MAP_FAILED)
        return refuse("mmap", strerror(errno));
    return find_library();
}

bool preload_open(struct preload_program *p, char **words, const char **why)
{
    server.pid = 0; /* in a child it is the parent's */
    *why = refusal;
    return open_program(p, words);
}

const struct preload_shared *preload_memory(void)
{
    return shared;
}

/* In the new process. Standard input is the same for each run: a file from its beginning, or
   nothing. */
static _Noreturn void become(const struct preload_program *p, pid_t parent, int serve_by)
{
    struct stat about;
    char text[64];
    sigset_t child;
    int nothing = open("/dev/null", O_RDWR);
    sigemptyset(&child);
    sigaddset(&child, SIGCHLD);
    sigprocmask(SIG_UNBLOCK, &child, NULL); /* run_anew() waits for it */
    setpgid(0, 0);
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != parent)
        _exit(127); /* the parent ended before that */
    if (fstat(STDIN_FILENO, &about) != 0 || !S_ISREG(about.st_mode))
        dup2(nothing, STDIN_FILENO);
    dup2(output, STDOUT_FILENO);
    dup2(nothing, STDERR_FILENO);
    close(nothing);
    setrlimit(RLIMIT_CORE, &(struct rlimit){0, 0});
    snprintf(text, sizeof text, "/proc/%ld/fd/%d", (long)parent, memory);
    setenv("RUNDOWN_PRELOAD", text, 1);
    setenv("LD_PRELOAD", library, 1);
    if (serve_by != -1) {
        snprintf(text, sizeof text, "%d", serve_by);
        setenv(PRELOAD_SERVER, text, 1);
        fcntl(serve_by, F_SETFD, 0);
    }
    execv(p->path, p->words);
    _exit(127);
}

static pid_t start(const struct preload_program *p, int serve_by)
{
    pid_t parent = getpid(), pid = fork();
    if (pid == 0)
        become(p, parent, serve_by);
    if (pid == -1)
        abort();
    return pid;
}

/* What was written, and where it is read, are the same for each run. */
static void rewind_files(void)
{
    lseek(STDIN_FILENO, 0, SEEK_SET);
    if (ftruncate(output, 0) != 0 || lseek(output, 0, SEEK_SET) != 0)
        abort();
}

static uint64_t hash_output(void)
{
    unsigned char block[4096];
    uint64_t hash = HASH_64_START;
    off_t at = 0;
    for (ssize_t n; (n = pread(output, block, sizeof block, at)) > 0; at += n)
        hash = hash_64(hash, block, (size_t)n);
    return hash;
}

/* The server --------------------------------------------------------------------------------- */

/* A number of the server's; false: it has ended, or the time is over. */
static bool hear(int32_t *number, int timeout_ms)
{
    struct pollfd fd = {.fd = server.fd, .events = POLLIN};
    int ready;
    while ((ready = poll(&fd, 1, timeout_ms)) == -1 && errno == EINTR)
        ;
    return ready == 1 && read(server.fd, number, sizeof *number) == sizeof *number;
}

void preload_end_server(void)
{
    if (server.pid == 0)
        return;
    kill(-server.pid, SIGKILL);
    waitpid(server.pid, NULL, 0);
    close(server.fd);
    server.pid = 0;
}

const char *preload_start_server(const struct preload_program *p)
{
    static char why[64];
    int ends[2];
    int32_t threads = 0;
    if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) != 0)
        return strerror(errno);
    memset(shared, 0, sizeof *shared);
    rewind_files();
    server.fd = ends[0];
    server.pid = start(p, ends[1]);
    close(ends[1]);
    if (!hear(&threads, (int)p->seconds * 1000) || threads != 1) {
        preload_end_server();
        snprintf(why, sizeof why, "it has %d threads at main()", threads);
        return threads == 0 ? "it does not come to main()" : why;
    }
    memcpy(&server.at_main, shared, sizeof *shared);
    for (uint32_t i = 0; i < shared->crossings && i < PRELOAD_CROSSINGS; i++)
        server.crossed[shared->place[shared->crossing[i]].class]++;
    return NULL;
}

uint64_t preload_served(void)
{
    return server.served;
}

/* Whether the fault, if there is one, comes after main() has begun. */
static bool can_serve(const struct preload_fault *f)
{
    return server.pid != 0 && (f == NULL || (!f->bound && f->nth > server.crossed[f->class]));
}

static bool serve(const struct preload_program *p, const struct preload_fault *f,
                  struct preload_result *r, int *status)
{
    int32_t child;
    memcpy(shared, &server.at_main, sizeof *shared);
    if (f != NULL) {
        shared->fault = *f;
        shared->matching = server.crossed[f->class];
    }
    if (write(server.fd, "", 1) != 1 || !hear(&child, -1) || child == -1)
        return false;
    while (!hear(status, r->hung ? -1 : (int)p->seconds * 1000)) {
        if (r->hung)
            return false;
        r->hung = true;
        kill(child, SIGKILL);
    }
    kill(-child, SIGKILL); /* what it left running */
    server.served++;
    return true;
}

/* A run -----------------------------------------------------------------------------------------
 */

static void run_anew(const struct preload_program *p, const struct preload_fault *f,
                     struct preload_result *r, int *status)
{
    sigset_t child, old;
    memset(shared, 0, sizeof *shared);
    if (f != NULL)
        shared->fault = *f;
    sigemptyset(&child);
    sigaddset(&child, SIGCHLD);
    sigprocmask(SIG_BLOCK, &child, &old);
    pid_t pid = start(p, -1);
    time_t end = time(NULL) + p->seconds;
    while (waitpid(pid, status, WNOHANG) == 0) {
        if (time(NULL) > end && !r->hung) {
            r->hung = true;
            kill(pid, SIGKILL);
        }
        sigtimedwait(&child, NULL, &(struct timespec){1, 0});
    }
    kill(-pid, SIGKILL); /* what it left running */
    sigprocmask(SIG_SETMASK, &old, NULL);
}

struct preload_result preload_run(const struct preload_program *p, const struct preload_fault *f)
{
    struct preload_result r = {0};
    int status = 0;
    rewind_files();
    if (!can_serve(f))
        run_anew(p, f, &r, &status);
    else if (!serve(p, f, &r, &status)) {
        preload_end_server();
        rewind_files();
        r.hung = false;
        run_anew(p, f, &r, &status);
    }
    r.signal = !r.hung && WIFSIGNALED(status) ? WTERMSIG(status) : 0;
    r.code = WIFEXITED(status) ? WEXITSTATUS(status) : 0;
    r.output = hash_output();
    return r;
}
