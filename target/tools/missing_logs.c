/* SPDX-License-Identifier: Apache-2.0 */
#include "missing_logs.h"

#include "messages.h"
#include "names.h"

#include <windows.h>

#include <ntdsbcli.h>

#include <dirent.h>
#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

enum { GENERATIONS = 0x100000, MOST_NAMED = 8 };

/* The folder on this machine, from a list of locations. */
static bool find_folder(const char *list, char folder[PATH_MAX])
{
    for (const char *entry = list; *entry != '\0'; entry += strlen(entry) + 1)
        if ((unsigned char)entry[0] == (unsigned char)BFT_LOG_DIR)
            return names_to_local(entry + 1, folder, PATH_MAX);
    return false;
}

static bool ask_for_folder(const char *server, char folder[PATH_MAX])
{
    HBC handle = NULL;
    char *list = NULL;
    DWORD bytes = 0;
    if (DsRestorePrepareA(server, 0, NULL, 0, &handle) != S_OK)
        return false;
    bool found =
        DsRestoreGetDatabaseLocationsA(handle, &list, &bytes) == S_OK && find_folder(list, folder);
    DsBackupFree(list);
    DsRestoreEnd(handle);
    return found;
}

/* Marks the generations that are there; false: the folder cannot be read. */
static bool read_generations(const char *folder, uint8_t *there, uint32_t *low, uint32_t *high)
{
    uint32_t generation;
    DIR *stream = opendir(folder);
    if (stream == NULL)
        return false;
    *low = GENERATIONS;
    *high = 0;
    for (const struct dirent *e; (errno = 0, e = readdir(stream)) != NULL;) {
        if (!names_log_generation(e->d_name, &generation) || generation >= GENERATIONS)
            continue;
        there[generation] = 1;
        *low = generation < *low ? generation : *low;
        *high = generation > *high ? generation : *high;
    }
    int why = errno;
    closedir(stream);
    errno = why;
    return why == 0;
}

void missing_logs_tell(const char *server)
{
    char folder[PATH_MAX];
    uint32_t low, high, missing = 0;
    uint8_t *there = calloc(GENERATIONS, 1);
    if (there == NULL || !ask_for_folder(server, folder)) {
        free(there);
        return;
    }
    if (!read_generations(folder, there, &low, &high)) {
        message_errno(folder, "cannot be searched for the missing log");
        free(there);
        return;
    }
    for (uint32_t i = low; i < high; i++)
        if (!there[i] && missing++ < MOST_NAMED)
            message("%s/edb%05" PRIX32 ".log is missing", folder, i);
    if (missing > MOST_NAMED)
        message("and %" PRIu32 " more", missing - MOST_NAMED);
    free(there);
}
