/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Describes the stores of the scene: the files of each, their sizes, their content and their names
 * in lists. Used by scene.c, which lays a store out, and by fuzz/model, which judges the data read;
 * itself it knows neither files nor a service.
 */
#ifndef FUZZ_STORE_H
#define FUZZ_STORE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The files of every store, in the order of scene_file_names. */
enum scene_file {
    FILE_DATABASE,
    FILE_PATCH,
    FILE_LOG_1,
    FILE_LOG_2,
    FILE_LOG_3,       /* not there until a rotation */
    FILE_LOG_CURRENT, /* edb.log: listed and read, never deleted */
    FILE_CHECKPOINT,
    SCENE_FILES
};
/* What a text (fuzz/program/texts.def) names that is none of them. */
enum {
    NOT_LISTED = -1,
    NO_TEXT = -2,  /* NULL or empty */
    BAD_TEXT = -3, /* no UTF-8, so no text for the A functions */
};
/* Their names in the selected store. */
extern const char *const *scene_file_names;
/* The number of an old log of it. */
uint32_t scene_generation(enum scene_file log);

/* A file up to this size holds the beginning of scene_content(), a
   larger one file_pattern_byte(). */
enum { SCENE_SMALL_FILE = 40960 };
/* A file that takes the place of another holds the bytes of scene_content() from SCENE_OTHER_AT on,
   and no small file grows beyond SCENE_GROWS_TO. */
enum { SCENE_OTHER_AT = 4096, SCENE_OTHER_BYTES = 700, SCENE_GROWS_TO = 49152 };

/* The store that has further patch files, and that whose logs have letters in their numbers, of
   either case. */
/* How long a token of the scene is good, and one of its service unless that is set otherwise. */
enum { SCENE_TOKEN_DAYS = 60 };
enum { STORE_OF_PATCHES = 3, STORE_OF_LETTERS = 4, STORE_OF_MANY = 5 };
/* Patch files of the selected store besides scene_file_names, in the order of a list; NULL ends
   them. */
const char *const *scene_further_patches(void);

/* Selects the store that programs run on from now on: modulo PROGRAM_STORES. Returns its number. */
unsigned scene_select_store(unsigned store);
/* The size of a file of that store in bytes. */
uint64_t scene_size_of(enum scene_file file);
/* SCENE_OTHER_AT + SCENE_GROWS_TO bytes, the same in every process. */
const uint8_t *scene_content(void);

/* Names similar to those of a store's files that no list may show; NULL ends them. */
extern const char *const scene_decoys[];

/* Whether `n` bytes read at `offset` of the file agree with the store. Files are told apart by
   their identity: that of the first one under a name is its enum scene_file, later ones count from
   SCENE_FILES. The range must end within the file. */
bool scene_compare(unsigned identity, uint64_t offset, const uint8_t *bytes, size_t n);
/* The size of that file when `bytes` more have been added. */
uint64_t scene_grown(bool is_pattern, uint64_t size, uint32_t bytes);
bool scene_is_pattern(unsigned identity);
/* What takes the place of a file. */
enum scene_place { PLACE_FILE, PLACE_LINK, PLACE_FIFO, PLACE_FOLDER, SCENE_PLACES };
/* Its size in bytes, 0 if it does not exist. */
uint64_t scene_file_size(const char *name, bool *exists);

/* The UNC name of the store, as in lists: the machine that the service says it is, and the store's
   folder on it; slashes behind that do not count. At first "\\\\DC1\\store". */
void scene_set_unc(const char *host, const char *path);
const char *scene_unc(void);
/* What the service of the selected store says. */
const char *scene_host(void);
/* A program's name of a file, with scene_unc() in place of "\\\\DC1\\store" and the name in the
   selected store; valid until the next call. */
const char *scene_name(const char *name);

#endif
