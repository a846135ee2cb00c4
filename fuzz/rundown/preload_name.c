/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Names of places in programs and shared objects, by their symbol tables.
 */
#include "preload_run.h"

#include <elf.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

static const char *object_path(const struct preload_program *p, const char *object)
{
    return object[0] != '\0' ? object : p->path;
}

/* The function of the table that has this address. */
static bool find_in(const char *file, size_t size, const Elf64_Shdr *table,
                    const Elf64_Shdr *strings, uint64_t address, char out[PRELOAD_PATH])
{
    if (table->sh_offset + table->sh_size > size || strings->sh_offset + strings->sh_size > size)
        return false;
    const Elf64_Sym *symbols = (const Elf64_Sym *)(const void *)(file + table->sh_offset);
    for (size_t i = 0; i < table->sh_size / sizeof *symbols; i++) {
        const Elf64_Sym *s = &symbols[i];
        if (ELF64_ST_TYPE(s->st_info) == STT_FUNC && s->st_name < strings->sh_size &&
            address >= s->st_value && address - s->st_value < s->st_size) {
            snprintf(out, PRELOAD_PATH, "%s", file + strings->sh_offset + s->st_name);
            return true;
        }
    }
    return false;
}

static bool find_function(const char *file, size_t size, uint64_t address, char out[PRELOAD_PATH])
{
    const Elf64_Ehdr *head = (const Elf64_Ehdr *)(const void *)file;
    if (size < sizeof *head || memcmp(file, ELFMAG, SELFMAG) != 0 ||
        head->e_ident[EI_CLASS] != ELFCLASS64 ||
        head->e_shoff + (uint64_t)head->e_shnum * sizeof(Elf64_Shdr) > size)
        return false;
    const Elf64_Shdr *sections = (const Elf64_Shdr *)(const void *)(file + head->e_shoff);
    for (unsigned i = 0; i < head->e_shnum; i++)
        if ((sections[i].sh_type == SHT_SYMTAB || sections[i].sh_type == SHT_DYNSYM) &&
            sections[i].sh_link < head->e_shnum &&
            find_in(file, size, &sections[i], &sections[sections[i].sh_link], address, out))
            return true;
    return false;
}

static bool function_of(const char *path, uint64_t address, char out[PRELOAD_PATH])
{
    struct stat about;
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    bool found = false;
    if (fd == -1)
        return false;
    if (fstat(fd, &about) == 0 && about.st_size > 0) {
        size_t size = (size_t)about.st_size;
        char *file = mmap(NULL, size, PROT_READ, MAP_PRIVATE, fd, 0);
        if (file != MAP_FAILED) {
            found = find_function(file, size, address, out);
            munmap(file, size);
        }
    }
    close(fd);
    return found;
}

void preload_name(const struct preload_program *p, const struct preload_shared *s, unsigned place,
                  char out[PRELOAD_NAME])
{
    const struct preload_place *at = &s->place[place];
    const char *path = object_path(p, s->object[at->object]), *slash = strrchr(path, '/');
    char function[PRELOAD_PATH], other[PRELOAD_PATH];
    unsigned number = 1;
    if (!function_of(path, at->offset - 1, function)) {
        snprintf(out, PRELOAD_NAME, "%s@%.200s+0x%jx#1", fault_class_name(at->class),
                 slash != NULL ? slash + 1 : path, (uintmax_t)at->offset);
        return;
    }
    for (unsigned i = 0; i < s->places; i++)
        number += s->place[i].object == at->object && s->place[i].class == at->class &&
                  s->place[i].offset < at->offset &&
                  function_of(path, s->place[i].offset - 1, other) && strcmp(other, function) == 0;
    snprintf(out, PRELOAD_NAME, "%s@%s#%u", fault_class_name(at->class), function, number);
}

void preload_frame_name(const struct preload_program *p, const struct preload_shared *s,
                        const struct preload_frame *frame, char out[PRELOAD_NAME])
{
    const char *path = object_path(p, s->object[frame->object]), *slash = strrchr(path, '/');
    char function[PRELOAD_PATH];
    if (function_of(path, frame->offset, function))
        snprintf(out, PRELOAD_NAME, "%s", function);
    else
        snprintf(out, PRELOAD_NAME, "%.200s+0x%jx", slash != NULL ? slash + 1 : path,
                 (uintmax_t)frame->offset);
}
