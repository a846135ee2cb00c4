/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How the harness lays out the simulated files, changes them and looks at them.
 */
#include "file.h"
#include "file_internal.h"

static struct name *add(const char *path, bool is_directory)
{
    return file_add_in(NULL, path, is_directory);
}

bool file_make_directory(const char *path)
{
    struct name *n = add(path, true);
    if (n != NULL)
        n->durable = n->inode;
    return n != NULL;
}

bool file_put(const char *path, const void *bytes, size_t size)
{
    struct name *n = add(path, false);
    if (n == NULL)
        return false;
    n->inode->borrowed = bytes;
    n->inode->size = n->inode->durable_size = size;
    n->durable = n->inode;
    return true;
}

bool file_put_pattern(const char *path, uint64_t size)
{
    struct name *n = add(path, false);
    if (n == NULL)
        return false;
    n->inode->is_pattern = true;
    n->inode->size = n->inode->durable_size = size;
    n->durable = n->inode;
    return true;
}

bool file_put_fifo(const char *path)
{
    struct name *n = add(path, false);
    if (n == NULL)
        return false;
    n->inode->is_fifo = true;
    n->durable = n->inode;
    return true;
}

bool file_put_link(const char *path, const char *target)
{
    struct name *n = add(path, false);
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
    file_changed();
    return true;
}

bool file_is_lost(const char *path)
{
    const struct name *n = file_find(path);
    return n != NULL && n->inode == NULL && n->is_lost;
}

bool file_link(const char *from, const char *to)
{
    struct inode *inode = find_inode(from);
    struct name *n = inode != NULL ? add(to, false) : NULL;
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

static struct {
    const struct name *of;
    struct name *by;
} stand_in;

bool file_stand_in(const char *path, const char *other)
{
    stand_in.of = path != NULL ? file_name_in(NULL, path) : NULL;
    stand_in.by = other != NULL ? file_find(other) : NULL;
    return stand_in.of != NULL && stand_in.by != NULL;
}

struct name *file_opened_for(struct name *name)
{
    return name != NULL && name == stand_in.of ? stand_in.by : name;
}

bool file_set_access(const char *path, mode_t permissions, uid_t owner, gid_t group)
{
    struct inode *inode = find_inode(path);
    if (inode == NULL)
        return false;
    inode->permissions = permissions;
    inode->owner = owner;
    inode->group = group;
    return true;
}

bool file_get_access(const char *path, mode_t *permissions, uid_t *owner, gid_t *group)
{
    const struct inode *inode = find_inode(path);
    if (inode == NULL)
        return false;
    *permissions = inode->permissions;
    *owner = inode->owner;
    *group = inode->group;
    return true;
}

const char *file_list(const char *directory, unsigned *cursor)
{
    const struct inode *in = find_inode(directory);
    for (const struct name *n; (n = file_name_at(*cursor)) != NULL;) {
        ++*cursor;
        if (n->in == in && n->inode != NULL)
            return n->last;
    }
    return NULL;
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
