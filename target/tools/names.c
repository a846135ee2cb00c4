/* SPDX-License-Identifier: Apache-2.0 */
#include "names.h"

#include <ctype.h>
#include <string.h>

bool names_is_plain(const char *name)
{
    size_t n = strlen(name);
    if (n == 0 || n > NAMES_MAX || strcmp(name, ".") == 0 || strcmp(name, "..") == 0)
        return false;
    for (size_t i = 0; i < n; i++)
        if ((unsigned char)name[i] < ' ' || name[i] == 0x7f || name[i] == '/' || name[i] == '\\')
            return false;
    return true;
}

bool names_log_generation(const char *name, uint32_t *out)
{
    uint32_t generation = 0;
    if (strlen(name) != sizeof "edb00000.log" - 1 || strncmp(name, "edb", 3) != 0 ||
        strcmp(name + 8, ".log") != 0)
        return false;
    for (size_t i = 3; i < 8; i++) {
        if (!isxdigit((unsigned char)name[i]))
            return false;
        int digit = tolower((unsigned char)name[i]);
        generation = generation << 4 | (uint32_t)(isdigit(digit) ? digit - '0' : digit - 'a' + 10);
    }
    *out = generation;
    return true;
}

static bool is_log(const char *name)
{
    uint32_t generation;
    return strcmp(name, "edb.log") == 0 || names_log_generation(name, &generation);
}

static bool is_patch(const char *name)
{
    size_t n = strlen(name);
    return n > 4 && strcmp(name + n - 4, ".pat") == 0;
}

bool names_fits_kind(const char *name, char kind)
{
    if (!names_is_plain(name))
        return false;
    switch (kind) {
    case KIND_DATABASE:
        return !is_log(name) && !is_patch(name);
    case KIND_LOG:
        return is_log(name);
    case KIND_PATCH:
        return is_patch(name);
    default:
        return false;
    }
}

bool names_is_replaced(const char *name)
{
    return is_log(name) || is_patch(name) || strcmp(name, "edb.chk") == 0;
}

const char *names_last_component(const char *unc)
{
    const char *backslash = strrchr(unc, '\\');
    return backslash != NULL ? backslash + 1 : unc;
}

/* Whether a component of the path is "..". */
static bool climbs(const char *path)
{
    for (const char *at = path; (at = strstr(at, "/..")) != NULL; at += 3)
        if (at[3] == '/' || at[3] == '\0')
            return true;
    return false;
}

bool names_to_local(const char *unc, char *out, size_t capacity)
{
    if (strncmp(unc, "\\\\", 2) != 0)
        return false;
    const char *path = strchr(unc + 2, '\\');
    if (path == NULL || path == unc + 2 || strchr(path, '/') != NULL || strlen(path) >= capacity)
        return false;
    size_t n = strlen(path);
    for (size_t i = 0; i <= n; i++)
        out[i] = path[i] == '\\' ? '/' : path[i];
    return !climbs(out);
}
