/* SPDX-License-Identifier: Apache-2.0 */
#include "symbol.h"

#include <dlfcn.h>
#include <elf.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

/* The program's symbols; mapped at the first report and kept. */
static struct {
    const Elf64_Sym *symbols;
    uint64_t count;
    const char *names;
    uint64_t names_bytes;
    uintptr_t base;
} table;

static bool inside(uint64_t offset, uint64_t bytes, uint64_t whole)
{
    return offset <= whole && bytes <= whole - offset;
}

static void find_table(const uint8_t *file, uint64_t bytes)
{
    const Elf64_Ehdr *header = (const Elf64_Ehdr *)(const void *)file;
    if (bytes < sizeof *header || memcmp(header->e_ident, ELFMAG, SELFMAG) != 0 ||
        !inside(header->e_shoff, (uint64_t)header->e_shnum * sizeof(Elf64_Shdr), bytes))
        return;
    const Elf64_Shdr *sections = (const Elf64_Shdr *)(const void *)(file + header->e_shoff);
    for (unsigned i = 0; i < header->e_shnum; i++) {
        const Elf64_Shdr *s = &sections[i];
        if (s->sh_type != SHT_SYMTAB || s->sh_link >= header->e_shnum ||
            !inside(s->sh_offset, s->sh_size, bytes))
            continue;
        const Elf64_Shdr *names = &sections[s->sh_link];
        if (!inside(names->sh_offset, names->sh_size, bytes))
            continue;
        table.symbols = (const Elf64_Sym *)(const void *)(file + s->sh_offset);
        table.count = s->sh_size / sizeof(Elf64_Sym);
        table.names = (const char *)file + names->sh_offset;
        table.names_bytes = names->sh_size;
    }
    Dl_info info;
    if (header->e_type == ET_DYN && dladdr((void *)(uintptr_t)&symbol_find, &info) != 0)
        table.base = (uintptr_t)info.dli_fbase;
}

static void load(void)
{
    static bool tried;
    if (tried)
        return;
    tried = true;
    int fd = open("/proc/self/exe", O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return;
    struct stat st;
    if (fstat(fd, &st) == 0 && st.st_size > 0) {
        void *file = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
        if (file != MAP_FAILED)
            find_table(file, (uint64_t)st.st_size);
    }
    close(fd);
}

bool symbol_find(const void *return_address, const char **out_name, uint64_t *out_offset)
{
    load();
    /* One back: a call can be the last instruction of its function. */
    uint64_t at = (uint64_t)(uintptr_t)return_address - table.base - 1;
    for (uint64_t i = 0; i < table.count; i++) {
        const Elf64_Sym *s = &table.symbols[i];
        if (ELF64_ST_TYPE(s->st_info) != STT_FUNC || at < s->st_value ||
            at - s->st_value >= s->st_size || s->st_name >= table.names_bytes)
            continue;
        *out_name = table.names + s->st_name;
        *out_offset = at + 1 - s->st_value;
        return true;
    }
    return false;
}

const char *symbol_format(const void *return_address, char *out, size_t capacity)
{
    struct symbol_source source;
    const char *name;
    uint64_t offset;
    if (symbol_find(return_address, &name, &offset) && symbol_source(return_address, &source) &&
        symbol_is_target(&source))
        snprintf(out, capacity, "%s (%s)", source.function, source.place);
    else if (symbol_find(return_address, &name, &offset))
        snprintf(out, capacity, "%s+0x%" PRIx64, name, offset);
    else
        snprintf(out, capacity, "%p", return_address);
    return out;
}
