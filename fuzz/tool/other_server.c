/* SPDX-License-Identifier: Apache-2.0 */
#include "other_server.h"

#include "faults/world/file.h"
#include "fuzz/scene/scene.h"
#include "fuzz/scene/service.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Answers ------------------------------------------------------------------------------------- */

static const struct other_word *answers;

/* Where it stands; NULL: nowhere. */
static uint8_t *find(const struct other_word *w, uint8_t *from, const uint8_t *end)
{
    const size_t step = w->bytes ? 1 : 2, n = w->length * step;
    for (uint8_t *at = from; (size_t)(end - at) >= n; at++) {
        size_t i = 0;
        while (i < w->length && at[i * step] == (uint8_t)w->from[i] &&
               (w->bytes || at[i * step + 1] == 0))
            i++;
        if (i == w->length)
            return at;
    }
    return NULL;
}

static size_t answer_otherwise(uint8_t *pdu, size_t n, size_t capacity)
{
    (void)capacity;
    for (const struct other_word *w = answers; w < answers + OTHER_WORDS && w->length > 0; w++)
        for (uint8_t *at = pdu; (at = find(w, at, pdu + n)) != NULL; at++)
            for (size_t i = 0; i < w->length; i++)
                at[i * (w->bytes ? 1 : 2)] = (uint8_t)w->to[i];
    return n;
}

void other_server_answers(const struct other_word words[OTHER_WORDS])
{
    answers = words;
    service_set_liar(words != NULL ? answer_otherwise : NULL);
}

/* Places -------------------------------------------------------------------------------------- */

static bool three;
static const char *const folders[] = {SCENE_STORE, OTHER_LOGS, OTHER_CHECKPOINT};
enum { FOLDERS = sizeof folders / sizeof *folders };

static bool ends_with(const char *name, const char *end)
{
    size_t n = strlen(name), length = strlen(end);
    return n >= length && strcmp(name + n - length, end) == 0;
}

const char *other_server_folder(const char *name)
{
    if (three && ends_with(name, ".log"))
        return OTHER_LOGS;
    return three && (ends_with(name, ".pat") || ends_with(name, ".chk")) ? OTHER_CHECKPOINT
                                                                         : SCENE_STORE;
}

const char *other_server_folder_at(size_t index)
{
    return index < (three ? FOLDERS : 1) ? folders[index] : NULL;
}

static void move(const char *name)
{
    const uint8_t *bytes;
    uint64_t n;
    char from[160], to[160];
    snprintf(from, sizeof from, "%s/%s", SCENE_STORE, name);
    snprintf(to, sizeof to, "%s/%s", other_server_folder(name), name);
    if (strcmp(from, to) == 0 || !file_get(from, &bytes, &n))
        return;
    if ((bytes == NULL && n > 0) || !file_put(to, bytes, (size_t)n))
        abort(); /* the scene has no large files but its database */
    file_remove(from);
}

void other_server_lay_out(void)
{
    char names[64][64];
    unsigned cursor = 0, count = 0;
    three = true;
    for (size_t i = 1; i < FOLDERS; i++)
        file_make_directory(folders[i]);
    for (const char *name; (name = file_list(SCENE_STORE, &cursor)) != NULL && count < 64; count++)
        snprintf(names[count], sizeof names[count], "%s", name);
    for (unsigned i = 0; i < count; i++)
        move(names[i]);
}

void other_server_forget(void)
{
    three = false;
}
