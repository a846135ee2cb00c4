/* SPDX-License-Identifier: Apache-2.0 */
#include "file.h"

#include "faults/fault/hash.h"
#include "file_internal.h"

#include <stdlib.h>
#include <string.h>

/* Names and inodes apart, as in a real file system: a rename moves a name, fsync() of a file makes
   its bytes durable, fsync() of a directory its names. */
static struct {
    struct inode inodes[INODES];
    unsigned inode_count;
    struct name names[NAMES];
    unsigned name_count;
    uint32_t changes;
} tree;

/* The result of a set-up: names and inodes, whose bytes are all borrowed. */
static struct image {
    struct inode inodes[NAMES];
    struct name names[NAMES];
    unsigned inode_count, name_count;
} images[4];

void file_tree_reset(void)
{
    for (unsigned i = 0; i < tree.inode_count; i++) {
        tree.inodes[i].borrowed = NULL;
        tree.inodes[i].size = tree.inodes[i].durable_size = 0;
    }
    tree.inode_count = tree.name_count = 0;
    tree.changes++;
}

/* Copies another inode into this slot; the memory that belongs to the slot stays. */
static void put_inode(struct inode *to, const struct inode *from)
{
    uint8_t *own = to->own, *durable = to->durable;
    size_t own_capacity = to->own_capacity, durable_capacity = to->durable_capacity;
    *to = *from;
    to->own = own;
    to->own_capacity = own_capacity;
    to->durable = durable;
    to->durable_capacity = durable_capacity;
}

void file_remember(unsigned slot)
{
    struct image *image = &images[slot];
    if (tree.inode_count > NAMES)
        return;
    memcpy(image->names, tree.names, tree.name_count * sizeof *tree.names);
    memcpy(image->inodes, tree.inodes, tree.inode_count * sizeof *tree.inodes);
    image->name_count = tree.name_count;
    image->inode_count = tree.inode_count;
}

bool file_recall(unsigned slot)
{
    const struct image *image = &images[slot];
    if (image->name_count == 0)
        return false;
    memcpy(tree.names, image->names, image->name_count * sizeof *tree.names);
    for (unsigned i = 0; i < image->inode_count; i++)
        put_inode(&tree.inodes[i], &image->inodes[i]);
    tree.name_count = image->name_count;
    tree.inode_count = image->inode_count;
    tree.changes++;
    return true;
}

uint32_t file_changes(void)
{
    return tree.changes;
}

void file_changed(void)
{
    tree.changes++;
}

struct name *file_find(const char *path)
{
    uint32_t hash = hash_32(path, strlen(path));
    for (unsigned i = 0; i < tree.name_count; i++)
        if (tree.names[i].hash == hash && strcmp(tree.names[i].path, path) == 0)
            return &tree.names[i];
    return NULL;
}

struct name *file_name_at(unsigned index)
{
    return index < tree.name_count ? &tree.names[index] : NULL;
}

bool file_is_in(const char *path, const char *directory)
{
    size_t n = strlen(directory);
    return strncmp(path, directory, n) == 0 && path[n] == '/' && strchr(path + n + 1, '/') == NULL;
}

static bool has_parent(const char *path)
{
    char parent[FILE_PATH_MAX];
    const char *slash = strrchr(path, '/');
    if (slash == NULL)
        return false;
    size_t n = (size_t)(slash - path);
    memcpy(parent, path, n);
    parent[n] = '\0';
    const struct name *p = n > 0 ? file_find(parent) : NULL;
    return n == 0 || (p != NULL && p->inode != NULL && p->inode->is_directory);
}

struct name *file_add(const char *path, bool is_directory)
{
    struct name *existing = file_find(path);
    if (strlen(path) >= FILE_PATH_MAX || !has_parent(path) || tree.inode_count == INODES ||
        (existing == NULL && tree.name_count == NAMES))
        return NULL;
    struct inode *inode = &tree.inodes[tree.inode_count++];
    put_inode(inode, &(struct inode){.is_directory = is_directory});
    tree.changes++;
    if (existing == NULL) {
        existing = &tree.names[tree.name_count++];
        *existing = (struct name){.hash = hash_32(path, strlen(path))};
        memcpy(existing->path, path, strlen(path) + 1);
    }
    existing->inode = inode;
    return existing;
}

bool file_make_directory(const char *path)
{
    struct name *n = file_add(path, true);
    if (n != NULL)
        n->durable = n->inode;
    return n != NULL;
}

bool file_put(const char *path, const void *bytes, size_t size)
{
    struct name *n = file_add(path, false);
    if (n == NULL)
        return false;
    n->inode->borrowed = bytes;
    n->inode->size = n->inode->durable_size = size;
    n->durable = n->inode;
    return true;
}

bool file_put_pattern(const char *path, uint64_t size)
{
    struct name *n = file_add(path, false);
    if (n == NULL)
        return false;
    n->inode->is_pattern = true;
    n->inode->size = n->inode->durable_size = size;
    n->durable = n->inode;
    return true;
}

bool file_put_fifo(const char *path)
{
    struct name *n = file_add(path, false);
    if (n == NULL)
        return false;
    n->inode->is_fifo = true;
    n->durable = n->inode;
    return true;
}

bool file_put_link(const char *path, const char *target)
{
    struct name *n = file_add(path, false);
    if (n == NULL)
        return false;
    n->inode->link = target;
    n->durable = n->inode;
    return true;
}

/* What has that name now; NULL: nothing. */
static struct inode *find_inode(const char *path)
{
    const struct name *n = file_find(path);
    return n != NULL ? n->inode : NULL;
}

bool file_exists(const char *path)
{
    return find_inode(path) != NULL;
}

bool file_resize(const char *path, uint64_t size)
{
    struct inode *inode = find_inode(path);
    if (inode == NULL || (!inode->is_pattern && inode->borrowed == NULL))
        return false;
    inode->size = inode->durable_size = size;
    return true;
}

bool file_remove(const char *path)
{
    struct name *n = file_find(path);
    if (n == NULL || n->inode == NULL)
        return false;
    n->inode = n->durable = NULL;
    tree.changes++;
    return true;
}

bool file_link(const char *from, const char *to)
{
    struct inode *inode = find_inode(from);
    struct name *n = inode != NULL ? file_add(to, false) : NULL;
    if (n == NULL)
        return false;
    n->inode = n->durable = inode;
    return true;
}

bool file_deny(const char *path, bool denied)
{
    struct inode *inode = find_inode(path);
    if (inode != NULL)
        inode->is_denied = denied;
    return inode != NULL;
}

const uint8_t *file_bytes(const struct inode *inode)
{
    return inode->borrowed != NULL ? inode->borrowed : inode->own;
}

bool file_get(const char *path, const uint8_t **bytes, uint64_t *size)
{
    const struct name *n = file_find(path);
    if (n == NULL || n->inode == NULL || n->inode->is_directory || n->inode->is_fifo ||
        n->inode->link != NULL)
        return false;
    *bytes = n->inode->is_pattern ? NULL : file_bytes(n->inode);
    *size = n->inode->size;
    return true;
}

bool file_is_durable(const char *path)
{
    const struct name *n = file_find(path);
    return n != NULL && n->durable != NULL;
}

static void grow(uint8_t **bytes, size_t *capacity, size_t wanted)
{
    if (*capacity >= wanted)
        return;
    uint8_t *grown = realloc(*bytes, wanted * 2);
    if (grown == NULL)
        abort(); /* the harness itself is out of memory */
    *bytes = grown;
    *capacity = wanted * 2;
}

/* Content from file_put() is durable, and stays so until the next fsync(): a copy is made before
   it is changed. */
static void make_own(struct inode *inode)
{
    if (inode->borrowed == NULL)
        return;
    grow(&inode->own, &inode->own_capacity, inode->size);
    grow(&inode->durable, &inode->durable_capacity, inode->durable_size);
    if (inode->size > 0)
        memcpy(inode->own, inode->borrowed, inode->size);
    if (inode->durable_size > 0)
        memcpy(inode->durable, inode->borrowed, inode->durable_size);
    inode->borrowed = NULL;
}

void file_truncate(struct inode *inode)
{
    make_own(inode);
    inode->size = 0;
}

void file_store(struct inode *inode, uint64_t offset, const void *bytes, size_t n)
{
    size_t end = (size_t)offset + n;
    make_own(inode);
    grow(&inode->own, &inode->own_capacity, end);
    if (offset > inode->size)
        memset(inode->own + inode->size, 0, (size_t)offset - inode->size);
    memcpy(inode->own + offset, bytes, n);
    if (end > inode->size)
        inode->size = end;
}

void file_tree_sync(struct name *of, struct inode *inode)
{
    if (!inode->is_directory) {
        if (inode->borrowed == NULL && !inode->is_pattern) {
            grow(&inode->durable, &inode->durable_capacity, inode->size);
            if (inode->size > 0)
                memcpy(inode->durable, inode->own, inode->size);
        }
        inode->durable_size = inode->size;
        return;
    }
    for (unsigned i = 0; i < tree.name_count; i++)
        if (file_is_in(tree.names[i].path, of->path))
            tree.names[i].durable = tree.names[i].inode;
}

void file_crash(void)
{
    tree.changes++;
    for (unsigned i = 0; i < tree.name_count; i++)
        tree.names[i].inode = tree.names[i].durable;
    for (unsigned i = 0; i < tree.inode_count; i++) {
        struct inode *inode = &tree.inodes[i];
        inode->size = inode->durable_size;
        if (inode->borrowed == NULL && !inode->is_pattern && !inode->is_directory &&
            inode->size > 0)
            memcpy(inode->own, inode->durable, inode->size);
    }
    file_kill_descriptors();
}
