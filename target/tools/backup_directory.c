/* SPDX-License-Identifier: Apache-2.0 */
#include "backup_directory.h"

#include "dsbackup.h"
#include "messages.h"
#include "names.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

static const char partial_suffix[] = ".partial";

/* Checking ---------------------------------------------------------------------------------- */

static bool set_names(struct backup_directory *d, const char *path)
{
    size_t n = strlen(path);
    while (n > 1 && path[n - 1] == '/')
        n--;
    if (asprintf(&d->path, "%.*s", (int)n, path) < 0)
        d->path = NULL;
    if (asprintf(&d->partial_path, "%.*s%s", (int)n, path, partial_suffix) < 0)
        d->partial_path = NULL;
    if (d->path == NULL || d->partial_path == NULL) {
        message("out of memory");
        return false;
    }
    const char *slash = strrchr(d->path, '/');
    size_t offset = slash != NULL ? (size_t)(slash - d->path) + 1 : 0;
    d->name = d->path + offset;
    d->partial_name = d->partial_path + offset;
    if (names_is_plain(d->name) && names_is_plain(d->partial_name))
        return true;
    message("%s: does not name a directory that can be made", path);
    return false;
}

static bool open_parent(struct backup_directory *d)
{
    const char *here = d->name == d->path ? "." : d->path;
    size_t n = d->name == d->path ? 1 : (size_t)(d->name - d->path);
    char *parent = NULL;
    if (asprintf(&parent, "%.*s", (int)n, here) < 0) {
        message("out of memory");
        return false;
    }
    d->parent = open(parent, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (d->parent < 0)
        message_errno(parent, "cannot be opened");
    free(parent);
    return d->parent >= 0;
}

/* Whether a directory of that name can be created. */
static bool is_free(struct backup_directory *d)
{
    struct stat status, parent;
    if (fstatat(d->parent, d->name, &status, AT_SYMLINK_NOFOLLOW) != 0) {
        if (errno == ENOENT)
            return true;
        message_errno(d->path, "cannot be looked at");
        return false;
    }
    if (!S_ISDIR(status.st_mode)) {
        message("%s: is there already, and is not a directory", d->path);
        return false;
    }
    if (fstat(d->parent, &parent) == 0 && parent.st_dev != status.st_dev) {
        message("%s: is a mount point; name a directory in it", d->path);
        return false;
    }
    int fd = openat(d->parent, d->name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    DIR *stream = fd >= 0 ? fdopendir(fd) : NULL;
    if (stream == NULL) {
        message_errno(d->path, "cannot be looked at");
        if (fd >= 0)
            close(fd);
        return false;
    }
    const struct dirent *entry;
    while ((errno = 0, entry = readdir(stream)) != NULL)
        if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0)
            break;
    bool done = entry == NULL && errno == 0;
    if (entry != NULL)
        message("%s: is not empty", d->path);
    else if (!done)
        message_errno(d->path, "cannot be looked at");
    closedir(stream);
    return done;
}

bool backup_directory_check(struct backup_directory *d, const char *path, bool resume)
{
    struct stat status;
    *d = (struct backup_directory){.parent = -1, .partial = -1};
    if (!set_names(d, path) || !open_parent(d) || !is_free(d))
        return false;
    d->resumed = fstatat(d->parent, d->partial_name, &status, AT_SYMLINK_NOFOLLOW) == 0;
    if (!d->resumed && errno != ENOENT) {
        message_errno(d->partial_path, "cannot be looked at");
        return false;
    }
    if (!d->resumed || resume)
        return true;
    message("%s: is left from a run that failed: resume it with --resume, or remove it",
            d->partial_path);
    d->resumed = false;
    return false;
}

/* Growing ----------------------------------------------------------------------------------- */

bool backup_directory_open(struct backup_directory *d)
{
    if (!d->resumed && mkdirat(d->parent, d->partial_name, 0700) != 0) {
        message_errno(d->partial_path, "cannot be made");
        return false;
    }
    d->partial =
        openat(d->parent, d->partial_name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (d->partial < 0) {
        message_errno(d->partial_path, "cannot be opened");
        return false;
    }
    int locked;
    do
        locked = flock(d->partial, LOCK_EX | LOCK_NB);
    while (locked != 0 && errno == EINTR && !dsbackup_interrupted());
    if (locked != 0) {
        if (errno == EWOULDBLOCK)
            message("%s: another dsbackup works on it", d->partial_path);
        else
            message_errno(d->partial_path, "cannot be locked");
        close(d->partial);
        d->partial = -1;
        return false;
    }
    return true;
}

static bool is_of_backup(const struct manifest *m, const char *name)
{
    return strcmp(name, ".") == 0 || strcmp(name, "..") == 0 || strcmp(name, TOKEN_NAME) == 0 ||
           manifest_find(m, name) != NULL;
}

/* Other files that may be in a partial backup: those that the server no longer has,
   and temporary ones. */
static bool is_leftover(const char *name)
{
    return names_is_replaced(name) || strcmp(name, MANIFEST_NAME) == 0 ||
           strcmp(name, MANIFEST_NAME ".new") == 0 || strcmp(name, TOKEN_NAME ".new") == 0;
}

static bool remove_leftovers(const struct backup_directory *d, const struct manifest *m)
{
    const struct dirent *entry;
    bool done = true;
    int fd = openat(d->partial, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    DIR *stream = fd >= 0 ? fdopendir(fd) : NULL;
    if (stream == NULL) {
        message_errno(d->partial_path, "cannot be looked at");
        if (fd >= 0)
            close(fd);
        return false;
    }
    while (done && (errno = 0, entry = readdir(stream)) != NULL) {
        if (is_of_backup(m, entry->d_name))
            continue;
        if (!is_leftover(entry->d_name)) {
            message("%s: holds '%s', which is not of a backup", d->partial_path, entry->d_name);
            done = false;
        } else if (unlinkat(d->partial, entry->d_name, 0) != 0 && errno != ENOENT) {
            message_errno(d->partial_path, "cannot remove an old file");
            done = false;
        }
    }
    if (done && errno != 0) {
        message_errno(d->partial_path, "cannot be looked at");
        done = false;
    }
    closedir(stream);
    return done;
}

bool backup_directory_publish(struct backup_directory *d, const struct manifest *m)
{
    if (!remove_leftovers(d, m))
        return false;
    if (!manifest_write(m, d->partial, d->partial_path)) {
        /* It may be there all the same, and what is not published must not look like a backup. */
        unlinkat(d->partial, MANIFEST_NAME, 0);
        return false;
    }
    /* Replaces only an empty directory. */
    if (renameat(d->parent, d->partial_name, d->parent, d->name) != 0) {
        message_errno(d->path, "cannot be put in its place");
        unlinkat(d->partial, MANIFEST_NAME, 0);
        return false;
    }
    d->renamed = true;
    if (fsync(d->parent) == 0)
        return true;
    message_errno(d->path, "is there, but the disk does not vouch for it");
    return false;
}

void backup_directory_fail(struct backup_directory *d, bool is_worth)
{
    if (d->partial < 0 || d->renamed)
        return;
    if (!d->resumed && !is_worth) {
        unlinkat(d->partial, TOKEN_NAME, 0);
        if (unlinkat(d->parent, d->partial_name, AT_REMOVEDIR) == 0)
            return;
    }
    message("what has been received is left in %s: resume with --resume, or remove it",
            d->partial_path);
}

void backup_directory_close(struct backup_directory *d)
{
    if (d->partial >= 0)
        close(d->partial);
    if (d->parent >= 0)
        close(d->parent);
    free(d->path);
    free(d->partial_path);
}
