/* SPDX-License-Identifier: Apache-2.0 */
#include "file.h"

#include "faults/fault/hash.h"
#include "file_internal.h"

#include <stdlib.h>
#include <string.h>

/* Names and inodes apart, as in a real file system: a rename moves a name, fsync() of a file makes
   its bytes durable, fsync() of a directory its names. */
static const struct inode root = {.is_directory = true, .permissions = 0755};
static struct {
    struct inode inodes[INODES];
    unsigned inode_count;
    struct name names[NAMES];
    unsigned name_count;
    uint64_t version; /* of the names */
} tree;

/* The result of a set-up: names and inodes, whose bytes are all borrowed. */
static struct image {
    struct inode inodes[NAMES];
    struct name names[NAMES];
    unsigned inode_count, name_count;
    uint64_t version;
} images[FILE_SLOTS];

/* The number of a version that there was never before. */
static uint64_t another_version(void)
{
    static uint64_t state;
    return hash_spread(state += HASH_STREAM_STEP);
}

/* The number of the version that follows by an entry: runs that begin alike have the same one. */
static uint64_t version_with(const struct name *name, bool is_directory)
{
    uint64_t in = name->in == &root ? INODES : (uint64_t)(name->in - tree.inodes);
    return hash_spread(tree.version ^ ((uint64_t)name->hash << 32 | in << 16 |
                                       (uint64_t)(name - tree.names) << 1 | is_directory));
}

void file_tree_reset(void)
{
    for (unsigned i = 0; i < tree.inode_count; i++) {
        tree.inodes[i].borrowed = NULL;
        tree.inodes[i].size = tree.inodes[i].durable_size = 0;
    }
    tree.inode_count = tree.name_count = 0;
    tree.version = another_version();
    file_stand_in(NULL, NULL);
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
    image->version = tree.version;
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
    tree.version = image->version;
    return true;
}

uint64_t file_version(void)
{
    return tree.version;
}

void file_changed(void)
{
    tree.version = another_version();
}

/* The entry of that name, of `n` bytes; NULL: there never was one. */
static struct name *entry_of(const struct inode *directory, const char *last, size_t n)
{
    uint32_t hash = hash_32(last, n);
    for (unsigned i = 0; i < tree.name_count; i++) {
        struct name *name = &tree.names[i];
        if (name->hash == hash && name->in == directory && strncmp(name->last, last, n) == 0 &&
            name->last[n] == '\0')
            return name;
    }
    return NULL;
}

/* Components are short: strspn() and strcspn() would cost more to call. */
static const char *after_slashes(const char *path)
{
    while (*path == '/')
        path++;
    return path;
}

/* Takes the next component off a path. */
static const char *next_component(const char **path, size_t *n)
{
    const char *begin = after_slashes(*path), *end = begin;
    while (*end != '/' && *end != '\0')
        end++;
    *n = (size_t)(end - begin);
    *path = end;
    return begin;
}

static bool is_itself(const char *component, size_t n)
{
    return n == 1 && component[0] == '.';
}

/* The directory that the last component of the path is in; NULL: it is not there. */
static const struct inode *walk(const struct inode *directory, const char *path, const char **last,
                                size_t *n)
{
    const struct inode *at = path[0] == '/' || directory == NULL ? &root : directory;
    *last = next_component(&path, n);
    while (*after_slashes(path) != '\0') {
        const struct name *name = is_itself(*last, *n) ? NULL : entry_of(at, *last, *n);
        if (!is_itself(*last, *n))
            at = name != NULL ? name->inode : NULL;
        if (at == NULL || !at->is_directory)
            return NULL;
        *last = next_component(&path, n);
    }
    return at;
}

/* The name of a directory without one of its own: "." or the root. */
static struct name *unnamed(const struct inode *directory)
{
    static struct name itself;
    itself = (struct name){.inode = (struct inode *)(uintptr_t)directory};
    itself.durable = itself.inode;
    return &itself;
}

struct name *file_find_in(const struct inode *directory, const char *path)
{
    const char *last;
    size_t n;
    const struct inode *in = walk(directory, path, &last, &n);
    if (in == NULL)
        return NULL;
    return n == 0 || is_itself(last, n) ? unnamed(in) : entry_of(in, last, n);
}

struct name *file_find(const char *path)
{
    return file_find_in(NULL, path);
}

struct name *file_name_at(unsigned index)
{
    return index < tree.name_count ? &tree.names[index] : NULL;
}

bool file_is_empty(const struct inode *directory)
{
    for (unsigned i = 0; i < tree.name_count; i++)
        if (tree.names[i].in == directory && tree.names[i].inode != NULL)
            return false;
    return true;
}

struct name *file_name_in(const struct inode *directory, const char *path)
{
    const char *last;
    size_t n;
    const struct inode *in = walk(directory, path, &last, &n);
    if (in == NULL || n == 0 || is_itself(last, n) || n >= FILE_NAME_BYTES ||
        strlen(path) >= FILE_PATH_MAX)
        return NULL;
    struct name *name = entry_of(in, last, n);
    if (name != NULL || tree.name_count == NAMES)
        return name;
    name = &tree.names[tree.name_count++];
    *name = (struct name){.in = in, .hash = hash_32(last, n)};
    memcpy(name->last, last, n);
    return name;
}

struct name *file_add_in(const struct inode *directory, const char *path, bool is_directory)
{
    struct name *name = tree.inode_count < INODES ? file_name_in(directory, path) : NULL;
    if (name == NULL)
        return NULL;
    struct inode *inode = &tree.inodes[tree.inode_count++];
    put_inode(inode, &(struct inode){.is_directory = is_directory,
                                     .permissions = is_directory ? 0700 : 0600});
    tree.version = version_with(name, is_directory);
    name->inode = inode;
    name->is_lost = false;
    return name;
}

const uint8_t *file_bytes(const struct inode *inode)
{
    static const uint8_t none[1];
    if (inode->borrowed != NULL)
        return inode->borrowed;
    return inode->own != NULL ? inode->own : none;
}

/* Whether the bytes are those that a crash would leave. */
static bool is_synced(const struct inode *inode)
{
    if (inode->is_directory || inode->is_pattern || inode->borrowed != NULL)
        return inode->is_directory || inode->size == inode->durable_size;
    return inode->size == inode->durable_size &&
           (inode->size == 0 || memcmp(inode->own, inode->durable, inode->size) == 0);
}

/* Where the folder would be after a crash; NULL: nowhere. */
static const struct inode *durable_parent(const struct inode *directory)
{
    for (unsigned i = 0; i < tree.name_count; i++)
        if (tree.names[i].durable == directory)
            return tree.names[i].in;
    return NULL;
}

bool file_is_durable(const char *path)
{
    const struct name *n = file_find(path);
    if (n == NULL || n->inode == NULL || n->durable != n->inode || !is_synced(n->inode))
        return false;
    const struct inode *in = n->in;
    while (in != NULL && in != &root)
        in = durable_parent(in);
    return in == &root;
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

void file_set_size(struct inode *inode, uint64_t size)
{
    make_own(inode);
    if (size > inode->size) {
        grow(&inode->own, &inode->own_capacity, (size_t)size);
        memset(inode->own + inode->size, 0, (size_t)(size - inode->size));
    }
    inode->size = size;
}

void file_store(struct inode *inode, uint64_t offset, const void *bytes, size_t n)
{
    size_t end = (size_t)offset + n;
    if (n == 0)
        return; /* changes nothing, wherever it is */
    make_own(inode);
    grow(&inode->own, &inode->own_capacity, end);
    if (offset > inode->size)
        memset(inode->own + inode->size, 0, (size_t)offset - inode->size);
    memcpy(inode->own + offset, bytes, n);
    if (end > inode->size)
        inode->size = end;
}

void file_tree_sync(struct inode *inode)
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
        if (tree.names[i].in == inode)
            tree.names[i].durable = tree.names[i].inode;
}

void file_crash(void)
{
    tree.version = another_version();
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
