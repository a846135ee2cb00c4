/* SPDX-License-Identifier: Apache-2.0 */
#include "store.h"

#include "faults/world/file_pattern.h"
#include "fuzz/program/program.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* As programs name them, and as the store of letters does: a name of the first is as long as that
   of the second. */
static const char *const plain_names[SCENE_FILES] = {
    [FILE_DATABASE] = "ntds.dit",  [FILE_PATCH] = "temp.pat",     [FILE_LOG_1] = "edb00001.log",
    [FILE_LOG_2] = "edb00002.log", [FILE_LOG_3] = "edb00003.log", [FILE_LOG_CURRENT] = "edb.log",
    [FILE_CHECKPOINT] = "edb.chk",
};
static const char *const names_of_letters[SCENE_FILES] = {
    [FILE_DATABASE] = "ntds.dit",  [FILE_PATCH] = "temp.pat",     [FILE_LOG_1] = "edb0000e.log",
    [FILE_LOG_2] = "edb0000F.log", [FILE_LOG_3] = "edb00010.log", [FILE_LOG_CURRENT] = "edb.log",
    [FILE_CHECKPOINT] = "edb.chk",
};
const char *const *scene_file_names = plain_names;

static const uint64_t sizes[PROGRAM_STORES][SCENE_FILES] = {
    {40960, 8192, 10240, 10240, 0, 5000, 64},
    /* Empty and odd sizes. */
    {24577, 0, 0, 1, 0, 24576, 0},
    /* More than 4 GiB. */
    {(5ull << 30) + 12345, 100, 100, 70000, 0, 1, 1},
    /* Further patch files. */
    {40960, 8192, 10240, 10240, 0, 5000, 64},
    /* Numbers of logs with letters. */
    {8192, 100, 700, 800, 0, 300, 64},
    /* As many patch files as make the list of them longer than a fragment over TCP. */
    {8192, 100, 700, 800, 0, 300, 64},
};

const char *const scene_decoys[] = {
    "edb0000g.log",
    "edb0001.log",
    "edb000001.log",
    "EDB00003.log",
    "xdb00003.log",
    "edb00003.lo",
    "edb00003_log",
    "edb00003.LOG",
    "edb.logs",
    "ntds.dit.1",
    "ntds.di",
    ".pat",
    "a b.pat",
    "a_b.pat",
    "patch.paf",
    "patchpat",
    "a-name-of-more-than-31-bytes.pat",
    NULL,
};

/* In the order of a list; "temp.pat" comes after them. */
static const char *const patches[] = {
    "a-name-that-is-of-31-bytes-.pat",
    "more-1.pat",
    "more-10.pat",
    "more-11.pat",
    "more-2.pat",
    "more-3.pat",
    "more-4.pat",
    "more-5.pat",
    "more-6.pat",
    "more-7.pat",
    "more-8.pat",
    "more-9.pat",
    NULL,
};

/* As long as a name may be, each. */
static const char *const *many_patches(void)
{
    enum { MANY = 64, NAME = 32 };
    static char names[MANY][NAME];
    static const char *all[MANY + 1];
    for (unsigned i = 0; all[MANY - 1] == NULL && i < MANY; i++) {
        snprintf(names[i], NAME, "p%02u-a-name-that-is-31-bytes.pat", i);
        all[i] = names[i];
    }
    return all;
}

static unsigned current;

const char *const *scene_further_patches(void)
{
    static const char *const none[] = {NULL};
    return current == STORE_OF_PATCHES ? patches : current == STORE_OF_MANY ? many_patches() : none;
}

unsigned scene_select_store(unsigned store)
{
    current = store % PROGRAM_STORES;
    scene_file_names = current == STORE_OF_LETTERS ? names_of_letters : plain_names;
    return current;
}

uint64_t scene_size_of(enum scene_file file)
{
    return sizes[current][file];
}

const uint8_t *scene_content(void)
{
    static uint8_t content[SCENE_OTHER_AT + SCENE_GROWS_TO];
    static bool filled;
    uint64_t z = 88172645463325252u;
    for (size_t i = 0; !filled && i < sizeof content; i++) {
        z ^= z << 13;
        z ^= z >> 7;
        z ^= z << 17;
        content[i] = (uint8_t)z;
    }
    filled = true;
    return content;
}

uint64_t scene_file_size(const char *name, bool *exists)
{
    for (unsigned i = 0; i < SCENE_FILES; i++) {
        *exists = strcmp(scene_file_names[i], name) == 0;
        if (*exists)
            return sizes[current][i];
    }
    return 0;
}

bool scene_is_pattern(unsigned identity)
{
    return identity < SCENE_FILES && sizes[current][identity] > SCENE_SMALL_FILE;
}

uint64_t scene_grown(bool is_pattern, uint64_t size, uint32_t bytes)
{
    return is_pattern || size + bytes < SCENE_GROWS_TO ? size + bytes : SCENE_GROWS_TO;
}

static bool is_of_pattern(uint64_t offset, const uint8_t *bytes, size_t n)
{
    enum { AT_ONCE = 512 };
    uint8_t wanted[AT_ONCE];
    for (size_t at = 0; at < n; at += AT_ONCE) {
        size_t more = n - at < AT_ONCE ? n - at : AT_ONCE;
        file_pattern_copy(offset + at, wanted, more);
        if (memcmp(bytes + at, wanted, more) != 0)
            return false;
    }
    return true;
}

bool scene_compare(unsigned identity, uint64_t offset, const uint8_t *bytes, size_t n)
{
    if (!scene_is_pattern(identity)) {
        size_t shift = identity < SCENE_FILES ? 0 : SCENE_OTHER_AT;
        return offset <= SCENE_GROWS_TO && n <= SCENE_GROWS_TO - offset &&
               memcmp(scene_content() + shift + offset, bytes, n) == 0;
    }
    return is_of_pattern(offset, bytes, n);
}

/* Names -------------------------------------------------------------------------------------- */

#define PLAIN_UNC "\\\\DC1\\store"

static char unc[192] = PLAIN_UNC;

/* That of the largest store makes a list of three fragments, and more than what the client has kept
 * of its replies. */
const char *scene_host(void)
{
    return current == STORE_OF_MANY ? "a-machine-whose-name-has-sixty-characters-so-that-lists-grow"
                                    : "DC1";
}

void scene_set_unc(const char *host, const char *path)
{
    size_t n = (size_t)snprintf(unc, sizeof unc, "\\\\%s", host);
    for (; *path != '\0' && n < sizeof unc - 1; path++)
        unc[n++] = *path == '/' ? '\\' : *path;
    while (unc[n - 1] == '\\')
        n--;
    unc[n] = '\0';
}

const char *scene_unc(void)
{
    return unc;
}

/* Puts the selected store's name of a file in the place of its plain one. */
static void rename_file(char *text)
{
    for (unsigned file = 0; file < SCENE_FILES; file++) {
        char *plain = strstr(text, plain_names[file]);
        if (plain != NULL) {
            memcpy(plain, scene_file_names[file], strlen(scene_file_names[file]));
            return;
        }
    }
}

const char *scene_name(const char *name)
{
    static char out[256];
    if (name == NULL)
        return NULL;
    const char *plain = strstr(name, PLAIN_UNC);
    if (plain != NULL)
        snprintf(out, sizeof out, "%.*s%s%s", (int)(plain - name), name, unc,
                 plain + sizeof PLAIN_UNC - 1);
    else
        *stpncpy(out, name, sizeof out - 1) = '\0';
    rename_file(out);
    return out;
}

uint32_t scene_generation(enum scene_file log)
{
    return (uint32_t)strtoul(scene_file_names[log] + strlen("edb"), NULL, 16);
}
