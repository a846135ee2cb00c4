/* SPDX-License-Identifier: Apache-2.0 */
#include "capture.h"
#include "symbol.h"

#include <dlfcn.h>
#include <elf.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

/* A process has few places that matter, and asks for them again and again. */
enum { KEPT = 256, ANSWER_BYTES = 4096 };
struct kept {
    atomic_flag busy; /* another process is at it, or was when it died */
    const void *address;
    unsigned count;
    struct symbol_source frames[SYMBOL_INLINED_MOST];
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

/* What addr2line says. */
static bool ask(uint64_t address, char answer[ANSWER_BYTES])
{
    static char program[4096];
    char number[32];
    ssize_t n = readlink("/proc/self/exe", program, sizeof program - 1);
    if (n <= 0)
        return false;
    program[n] = '\0';
    snprintf(number, sizeof number, "0x%llx", (unsigned long long)address);
    return capture_output((char *[]){"addr2line", "-f", "-i", "-e", program, number, NULL}, answer,
                          ANSWER_BYTES);
}

/* The file relative to the folder "target", otherwise its name alone. */
static const char *shorten(const char *place)
{
    const char *shown = NULL;
    for (const char *at = place; (at = strstr(at, "/target/")) != NULL; at++)
        shown = at;
    if (shown == NULL)
        shown = strrchr(place, '/');
    return shown != NULL ? shown + 1 : place;
}

/* "FUNCTION\nPATH:LINE (discriminator N)\n" for each, innermost first. */
static unsigned read_answer(char *answer, struct symbol_source out[SYMBOL_INLINED_MOST])
{
    unsigned count = 0;
    while (count < SYMBOL_INLINED_MOST && answer[0] != '\0' && answer[0] != '?') {
        char *place = strchr(answer, '\n');
        if (place == NULL)
            break;
        *place++ = '\0';
        char *end = place + strcspn(place, "\n"), *next = end + (*end != '\0');
        *end = '\0';
        char *discriminator = strstr(place, " (discriminator ");
        if (discriminator != NULL)
            *discriminator = '\0';
        snprintf(out[count].function, sizeof out[count].function, "%s", answer);
        snprintf(out[count].place, sizeof out[count].place, "%s", shorten(place));
        answer = next;
        count++;
    }
    return count;
}

static void look_up_in(struct kept *k, const void *return_address)
{
    static char answer[ANSWER_BYTES];
    if (k->address == return_address)
        return;
    k->address = return_address;
    /* One back: a call can be the last instruction of its function. */
    uint64_t at = (uintptr_t)return_address - base_of_program() - 1;
    k->count = ask(at, answer) ? read_answer(answer, k->frames) : 0;
}

static const struct kept *look_up(const void *return_address)
{
    static struct kept found;
    struct kept *k = &kept[((uintptr_t)return_address >> 2) % KEPT];
    if (atomic_flag_test_and_set(&k->busy)) {
        look_up_in(&found, return_address);
        return &found;
    }
    look_up_in(k, return_address);
    found = *k;
    atomic_flag_clear(&k->busy);
    return &found;
}

unsigned symbol_frames(const void *return_address, struct symbol_source out[SYMBOL_INLINED_MOST])
{
    const struct kept *k = look_up(return_address);
    memcpy(out, k->frames, k->count * sizeof *out);
    return k->count;
}

bool symbol_source(const void *return_address, struct symbol_source *out)
{
    const struct kept *k = look_up(return_address);
    *out = k->frames[0];
    return k->count > 0;
}

bool symbol_is_target(const struct symbol_source *s)
{
    return strncmp(s->place, "target/", strlen("target/")) == 0;
}
