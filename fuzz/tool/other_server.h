/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Another server: what this one answers, with other words in it. dsbackup gives a server's names,
 * sizes and places to the machine that it runs on.
 */
#ifndef FUZZ_TOOL_OTHER_SERVER_H
#define FUZZ_TOOL_OTHER_SERVER_H

#include <stdbool.h>
#include <stddef.h>

/* What stands in an answer instead of what: as many bytes. */
struct other_word {
    const char *from, *to;
    size_t length;
    bool bytes; /* as they are; or one character of 16 bits for each */
};
enum { OTHER_WORDS = 4 };
#define OTHER_TEXT(from, to)                                                                       \
    {                                                                                              \
        from, to, sizeof from - 1 + 0 * sizeof(char[sizeof from == sizeof to ? 1 : -1]), false     \
    }
#define OTHER_BYTES(from, to)                                                                      \
    {                                                                                              \
        from, to, sizeof from - 1 + 0 * sizeof(char[sizeof from == sizeof to ? 1 : -1]), true      \
    }

/* The first words replace what they find, at each place of each answer. NULL: it is this server. */
void other_server_answers(const struct other_word words[OTHER_WORDS]);

/* Places: where a server says that its files go, which here is one folder. */
#define OTHER_LOGS       "/logs0"
#define OTHER_CHECKPOINT "/check"
/* The folder of the store's file, or of one like it, and the other way round, all folders: NULL at
 * the end. */
const char *other_server_folder(const char *name);
const char *other_server_folder_at(size_t index);
/* Lays them out: the store's files go there. */
void other_server_lay_out(void);
/* One folder again. */
void other_server_forget(void);

#endif
