/* SPDX-License-Identifier: Apache-2.0 */
#include "store.h"

#include "errno_code.h"
#include "file_io.h"

#include <windows.h>

#include <ntdsbcli.h>

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static const char database_name[] = "ntds.dit", current_log_name[] = "edb.log";

static bool is_printable_ascii(const char *s)
{
    for (; *s != '\0'; s++)
        if (*s < ' ' || *s > '~' || *s == '\\')
            return false;
    return true;
}

/* \\HOST and the path, slashes turned; no slash at the end. */
static bool make_root(char out[STORE_ROOT_MAX], const char *path, const char *host_name)
{
    size_t host = strlen(host_name), length = strlen(path);
    while (length > 1 && path[length - 1] == '/')
        length--;
    if (path[0] != '/' || host == 0 || !is_printable_ascii(path) ||
        !is_printable_ascii(host_name) || strchr(host_name, '/') != NULL ||
        2 + host + length >= STORE_ROOT_MAX)
        return false;
    memcpy(out, "\\\\", 2);
    memcpy(out + 2, host_name, host);
    for (size_t i = 0; i < length; i++)
        out[2 + host + i] = path[i] == '/' ? '\\' : path[i];
    out[2 + host + length] = '\0';
    return true;
}

uint32_t store_open(struct store *s, const char *path, const char *host_name)
{
    if (!make_root(s->root, path, host_name))
        return ERROR_INVALID_PARAMETER;
    do
        s->directory = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    while (s->directory < 0 && errno == EINTR);
    if (s->directory >= 0)
        return 0;
    return errno == ENOENT || errno == ENOTDIR ? ERROR_PATH_NOT_FOUND : errno_code(errno);
}

void store_close(struct store *s)
{
    if (s->directory >= 0)
        close(s->directory);
    s->directory = -1;
}

/* The type of a name that belongs to the part, or 0. */
static uint8_t type_of(const char *name, enum store_part part)
{
    size_t n = strlen(name);
    if (n > STORE_NAME_MAX)
        return 0;
    if (part == STORE_DATABASE) {
        if (strcmp(name, database_name) == 0)
            return (uint8_t)BFT_NTDS_DATABASE;
        if (n <= 4 || strcmp(name + n - 4, ".pat") != 0)
            return 0;
        for (size_t i = 0; i < n - 4; i++)
            if (!isalnum((unsigned char)name[i]) && name[i] != '-')
                return 0;
        return (uint8_t)BFT_PATCH_FILE;
    }
    if (strcmp(name, current_log_name) == 0)
        return (uint8_t)BFT_LOG;
    if (n != sizeof "edb00000.log" - 1 || strncmp(name, "edb", 3) != 0 ||
        strcmp(name + 8, ".log") != 0)
        return 0;
    for (size_t i = 3; i < 8; i++)
        if (!isxdigit((unsigned char)name[i]))
            return 0;
    return (uint8_t)BFT_LOG;
}

/* Oldest log first, the current one last; the database before its patch files. */
static int compare(const void *left, const void *right)
{
    const struct store_file *a = left, *b = right;
    if (a->type != b->type)
        return a->type == (uint8_t)BFT_NTDS_DATABASE ? -1 : 1;
    bool a_current = strcmp(a->name, current_log_name) == 0,
         b_current = strcmp(b->name, current_log_name) == 0;
    return a_current != b_current ? a_current - b_current : strcasecmp(a->name, b->name);
}

static bool is_listed_file(const struct store_file *f, const struct stat *status)
{
    return S_ISREG(status->st_mode) && status->st_dev == f->device && status->st_ino == f->inode;
}

static uint32_t append(struct store_list *l, size_t *capacity, const char *name, uint8_t type,
                       const struct stat *status)
{
    if (l->count == *capacity) {
        size_t grown = *capacity > 0 ? *capacity * 2 : 8;
        if (l->count == STORE_MOST_FILES)
            return ERROR_NOT_ENOUGH_SERVER_MEMORY;
        struct store_file *files = realloc(l->files, grown * sizeof *files);
        if (files == NULL)
            return ERROR_NOT_ENOUGH_SERVER_MEMORY;
        l->files = files;
        *capacity = grown;
    }
    struct store_file *f = &l->files[l->count++];
    *f = (struct store_file){.type = type, .device = status->st_dev, .inode = status->st_ino};
    memcpy(f->name, name, strlen(name) + 1);
    return 0;
}

static uint32_t read_names(const struct store *s, DIR *stream, enum store_part part,
                           struct store_list *out)
{
    size_t capacity = 0;
    for (;;) {
        errno = 0;
        const struct dirent *e = readdir(stream);
        if (e == NULL)
            return errno != 0 ? errno_code(errno) : 0;
        uint8_t type = type_of(e->d_name, part);
        struct stat status;
        if (type == 0)
            continue;
        if (fstatat(s->directory, e->d_name, &status, AT_SYMLINK_NOFOLLOW) != 0) {
            if (errno == ENOENT)
                continue; /* gone meanwhile */
            return errno_code(errno);
        }
        uint32_t code =
            S_ISREG(status.st_mode) ? append(out, &capacity, e->d_name, type, &status) : 0;
        if (code != 0)
            return code;
    }
}

uint32_t store_list(const struct store *s, enum store_part part, struct store_list *out)
{
    *out = (struct store_list){0};
    int fd = file_open_at(s->directory, ".", O_RDONLY | O_DIRECTORY, 0);
    if (fd < 0)
        return errno_code(errno);
    DIR *stream = fdopendir(fd);
    if (stream == NULL) {
        uint32_t code = errno_code(errno);
        close(fd);
        return code;
    }
    uint32_t code = read_names(s, stream, part, out);
    closedir(stream);
    if (code != 0)
        store_list_destroy(out);
    else if (out->count > 1)
        qsort(out->files, out->count, sizeof *out->files, compare);
    return code;
}

bool store_has_database(const struct store_list *l)
{
    return l->count > 0 && l->files[0].type == (uint8_t)BFT_NTDS_DATABASE;
}

bool store_has_gap(const struct store_list *logs)
{
    unsigned long before = 0;
    for (size_t i = 0; i < logs->count; i++) {
        if (strcmp(logs->files[i].name, current_log_name) == 0)
            continue;
        unsigned long generation = strtoul(logs->files[i].name + 3, NULL, 16);
        if (i > 0 && generation > before + 1)
            return true;
        before = generation;
    }
    return false;
}

void store_list_destroy(struct store_list *l)
{
    free(l->files);
    *l = (struct store_list){0};
}

uint32_t store_open_file(const struct store *s, const struct store_file *f, int *out_fd,
                         uint64_t *out_size)
{
    struct stat status;
    /* Not blocking: a FIFO that has taken the file's place must not hold the server. */
    int fd = file_open_at(s->directory, f->name, O_RDONLY | O_NONBLOCK, 0);
    if (fd < 0)
        return errno_code(errno);
    uint32_t code = 0;
    if (fstat(fd, &status) != 0)
        code = errno_code(errno);
    else if (!is_listed_file(f, &status))
        code = (uint32_t)hrFileNotFound;
    if (code != 0) {
        close(fd);
        return code;
    }
    *out_fd = fd;
    *out_size = (uint64_t)status.st_size;
    return 0;
}

uint32_t store_delete(const struct store *s, const struct store_file *f)
{
    struct stat status;
    if (fstatat(s->directory, f->name, &status, AT_SYMLINK_NOFOLLOW) != 0)
        return errno == ENOENT ? 0 : errno_code(errno);
    if (!is_listed_file(f, &status))
        return 0;
    return unlinkat(s->directory, f->name, 0) == 0 || errno == ENOENT ? 0 : errno_code(errno);
}

uint32_t store_sync(const struct store *s)
{
    return file_sync(s->directory) == 0 ? 0 : errno_code(errno);
}
