/* SPDX-License-Identifier: Apache-2.0 */
#include "symbol.h"

#include <dlfcn.h>
#include <elf.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

/* A process has few places that matter, and asks for them again and again. */
enum { KEPT = 128, ANSWER_BYTES = 4096 };
struct kept {
    const void *address;
    bool known;
    struct symbol_source source;
};
static struct kept own[KEPT], *kept = own;

void symbol_source_share(void)
{
    void *pages = mmap(NULL, sizeof own, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (kept == own && pages != MAP_FAILED)
        kept = pages;
}

static uint64_t base_of_program(void)
{
    Dl_info info;
    const Elf64_Ehdr *header = NULL;
    if (dladdr((void *)(uintptr_t)&symbol_source, &info) != 0)
        header = info.dli_fbase;
    return header != NULL && header->e_type == ET_DYN ? (uintptr_t)header : 0;
}

/* What addr2line says; no shell, no stdio: the process may be about to die. False: it cannot be
   started. */
static bool ask(uint64_t address, char answer[ANSWER_BYTES])
{
    static char program[4096];
    char number[32];
    int ends[2];
    ssize_t n = readlink("/proc/self/exe", program, sizeof program - 1);
    if (n <= 0 || pipe(ends) != 0)
        return false;
    program[n] = '\0';
    snprintf(number, sizeof number, "0x%llx", (unsigned long long)address);
    pid_t pid = fork();
    if (pid == 0) {
        dup2(ends[1], STDOUT_FILENO);
        close(STDERR_FILENO);
        execlp("addr2line", "addr2line", "-f", "-i", "-e", program, number, (char *)NULL);
        _exit(127);
    }
    close(ends[1]);
    size_t got = 0;
    while (pid > 0 && got < ANSWER_BYTES - 1 &&
           (n = read(ends[0], answer + got, ANSWER_BYTES - 1 - got)) > 0)
        got += (size_t)n;
    answer[got] = '\0';
    close(ends[0]);
    int status = 0;
    return pid > 0 && waitpid(pid, &status, 0) == pid && got > 0;
}

/* "FUNCTION\nPATH:LINE (discriminator N)\n", innermost first. */
static bool read_answer(char *answer, struct symbol_source *out)
{
    char *place = strchr(answer, '\n');
    if (place == NULL || answer[0] == '?')
        return false;
    *place++ = '\0';
    place[strcspn(place, " \n")] = '\0';
    const char *shown = NULL;
    for (const char *at = place; (at = strstr(at, "/target/")) != NULL; at++)
        shown = at;
    shown = shown != NULL                 ? shown + 1
            : strrchr(place, '/') != NULL ? strrchr(place, '/') + 1
                                          : place;
    snprintf(out->function, sizeof out->function, "%s", answer);
    snprintf(out->place, sizeof out->place, "%s", shown);
    return true;
}

bool symbol_source(const void *return_address, struct symbol_source *out)
{
    static char answer[ANSWER_BYTES];
    struct kept *k = &kept[((uintptr_t)return_address >> 2) % KEPT];
    if (k->address != return_address) {
        k->address = return_address;
        /* One back: a call can be the last instruction of its function. */
        k->known = ask((uintptr_t)return_address - base_of_program() - 1, answer) &&
                   read_answer(answer, &k->source);
    }
    *out = k->source;
    return k->known;
}
