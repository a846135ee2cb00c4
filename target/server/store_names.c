/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The store's names for clients, and the file that a client's name refers to.
 */
#include "store.h"

#include <windows.h>

#include <ntdsbcli.h>

#include <stdlib.h>
#include <string.h>

/* Appends ASCII as UTF-16. */
static uint16_t *put(uint16_t *at, const char *ascii)
{
    while (*ascii != '\0')
        *at++ = (unsigned char)*ascii++;
    return at;
}

static uint16_t *put_entry(uint16_t *at, uint8_t type, const char *root, const char *name)
{
    *at++ = type;
    at = put(at, root);
    if (name != NULL) {
        *at++ = '\\';
        at = put(at, name);
    }
    *at++ = 0;
    return at;
}

uint32_t store_format_list(const struct store *s, const struct store_list *l, struct ndr_wide *out)
{
    size_t root = strlen(s->root), chars = 2;
    for (size_t i = 0; i < l->count; i++)
        chars += 1 + root + 1 + strlen(l->files[i].name) + 1;
    uint16_t *list = malloc(chars * sizeof *list);
    if (list == NULL)
        return ERROR_NOT_ENOUGH_SERVER_MEMORY;
    uint16_t *at = list;
    for (size_t i = 0; i < l->count; i++)
        at = put_entry(at, l->files[i].type, s->root, l->files[i].name);
    *at++ = 0;
    if (l->count == 0)
        *at++ = 0; /* no string at all: still two NULs */
    *out = (struct ndr_wide){list, (uint32_t)(at - list)};
    return 0;
}

uint32_t store_format_locations(const struct store *s, struct ndr_wide *out)
{
    uint16_t *list = malloc((3 * (strlen(s->root) + 2) + sizeof "\\ntds.dit" + 1) * sizeof *list);
    if (list == NULL)
        return ERROR_NOT_ENOUGH_SERVER_MEMORY;
    uint16_t *at = put_entry(list, (uint8_t)BFT_NTDS_DATABASE, s->root, "ntds.dit");
    at = put_entry(at, (uint8_t)BFT_LOG_DIR, s->root, NULL);
    at = put_entry(at, (uint8_t)BFT_CHECKPOINT_DIR, s->root, NULL);
    *at++ = 0;
    *out = (struct ndr_wide){list, (uint32_t)(at - list)};
    return 0;
}

/* Whether `name` begins with the text; what follows stays in `name`. */
static bool take(struct ndr_wide *name, const char *ascii)
{
    size_t n = strlen(ascii);
    if (name->length < n)
        return false;
    for (size_t i = 0; i < n; i++)
        if (name->chars[i] != (unsigned char)ascii[i])
            return false;
    name->chars += n;
    name->length -= (uint32_t)n;
    return true;
}

static bool is_whole(struct ndr_wide name, const char *ascii)
{
    return take(&name, ascii) && name.length == 0;
}

/* A UNC name of that file. */
static bool is_path_of(struct ndr_wide name, const struct store *s, const struct store_file *f)
{
    return take(&name, s->root) && take(&name, "\\") && is_whole(name, f->name);
}

static bool is_entry_of(struct ndr_wide name, const struct store *s, const struct store_file *f)
{
    if (name.length == 0 || name.chars[0] != f->type)
        return false;
    return is_path_of((struct ndr_wide){name.chars + 1, name.length - 1}, s, f);
}

struct store_file *store_find(const struct store *s, const struct store_list *l,
                              const struct ndr_wide *name)
{
    for (size_t i = 0; i < l->count; i++) {
        struct store_file *f = &l->files[i];
        if (is_whole(*name, f->name) || is_path_of(*name, s, f) || is_entry_of(*name, s, f))
            return f;
    }
    return NULL;
}
