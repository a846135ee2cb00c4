/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a path stands for that is to be replayed: a program or an input of any driver, a saved
 * finding, or a folder of them. Files are told apart by their content.
 */
#ifndef RUNDOWN_REPLAYED_H
#define RUNDOWN_REPLAYED_H

#include <stdbool.h>
#include <stddef.h>

struct replayed {
    char *path;         /* of the file */
    const char *driver; /* "session" for programs; NULL: it cannot be run */
    const char *why;    /* then: the reason */
    bool is_text;       /* of a program */
    bool must_be_known; /* it lies in the folder of known issues */
};

struct replayed_list {
    struct replayed *items;
    size_t count;
};

/* Adds all that the path stands for, at least one: where there is nothing, an item with the reason.
   `driver`: for bytes; NULL: it is seen from where they lie. */
void replayed_add(struct replayed_list *list, const char *path, const char *driver);
/* Adds the programs of a folder of known issues, which may be empty or missing. */
void replayed_add_known(struct replayed_list *list, const char *folder);
void replayed_free(struct replayed_list *list);

#endif
