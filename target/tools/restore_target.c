/* SPDX-License-Identifier: Apache-2.0 */
#include "restore_target.h"

#include "dsbackup.h"
#include "durable_file.h"
#include "messages.h"
#include "names.h"
#include "progress.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum { SILENCE_SECONDS = 30 };

/* Opening ----------------------------------------------------------------------------------- */

/* Takes one entry of the list; entries other than the three are skipped. */
static bool take_location(struct restore_target *t, const char *entry)
{
    static const CHAR types[TARGETS] = {BFT_NTDS_DATABASE, BFT_LOG_DIR, BFT_CHECKPOINT_DIR};
    int which = 0;
    char path[PATH_MAX];
    while (which < TARGETS && types[which] != entry[0])
        which++;
    if (which == TARGETS || t->at[which].unc != NULL)
        return true;
    if (!names_to_local(entry + 1, path, sizeof path)) {
        message("the server names a place that is not a path on this machine: %s", entry + 1);
        return false;
    }
    if (which == TARGET_DATABASE) {
        char *slash = strrchr(path, '/');
        if (!names_fits_kind(slash + 1, KIND_DATABASE)) {
            message("the server names a database that cannot be one: %s", entry + 1);
            return false;
        }
        t->database_name = strdup(slash + 1);
        slash[slash == path ? 1 : 0] = '\0';
    }
    t->at[which].unc = strdup(entry + 1);
    t->at[which].path = strdup(path);
    if (t->at[which].unc != NULL && t->at[which].path != NULL &&
        (which != TARGET_DATABASE || t->database_name != NULL))
        return true;
    message("out of memory");
    return false;
}

static bool open_location(struct restore_target *t, int which, int source)
{
    struct stat here, there;
    if (t->at[which].unc == NULL) {
        message("the server does not say where database, logs and checkpoint go");
        return false;
    }
    int fd = open(t->at[which].path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    t->at[which].directory = fd;
    if (fd < 0 || fstat(fd, &there) != 0 || fstat(source, &here) != 0) {
        message_errno(t->at[which].path, "cannot be opened");
        return false;
    }
    if (here.st_dev != there.st_dev || here.st_ino != there.st_ino)
        return true;
    message("%s: is the backup itself: it would be deleted", t->at[which].path);
    return false;
}

bool restore_target_open(struct restore_target *t, const char *locations, int source)
{
    *t = (struct restore_target){0};
    for (int i = 0; i < TARGETS; i++)
        t->at[i].directory = -1;
    for (const char *entry = locations; *entry != '\0'; entry += strlen(entry) + 1)
        if (!take_location(t, entry))
            return false;
    for (int i = 0; i < TARGETS; i++)
        if (!open_location(t, i, source))
            return false;
    return true;
}

void restore_target_close(struct restore_target *t)
{
    for (int i = 0; i < TARGETS; i++) {
        if (t->at[i].directory >= 0)
            close(t->at[i].directory);
        free(t->at[i].unc);
        free(t->at[i].path);
    }
    free(t->database_name);
}

/* Clearing ---------------------------------------------------------------------------------- */

static bool is_cleared(const struct restore_target *t, int which, const char *name)
{
    return names_is_replaced(name) ||
           (which == TARGET_DATABASE && strcmp(name, t->database_name) == 0);
}

static bool clear(const struct restore_target *t, int which)
{
    const struct dirent *entry;
    bool done = true;
    int fd = openat(t->at[which].directory, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    DIR *stream = fd >= 0 ? fdopendir(fd) : NULL;
    if (stream == NULL) {
        message_errno(t->at[which].path, "cannot be looked at");
        if (fd >= 0)
            close(fd);
        return false;
    }
    while (done && (errno = 0, entry = readdir(stream)) != NULL)
        if (is_cleared(t, which, entry->d_name) &&
            unlinkat(t->at[which].directory, entry->d_name, 0) != 0 && errno != ENOENT) {
            message_errno(entry->d_name, "the old file cannot be removed");
            done = false;
        }
    if (done && errno != 0) {
        message_errno(t->at[which].path, "cannot be looked at");
        done = false;
    }
    closedir(stream);
    return done;
}

bool restore_target_clear(const struct restore_target *t)
{
    for (int i = 0; i < TARGETS; i++)
        if (!clear(t, i))
            return false;
    return restore_target_sync(t);
}

bool restore_target_sync(const struct restore_target *t)
{
    for (int i = 0; i < TARGETS; i++)
        if (fsync(t->at[i].directory) != 0) {
            message_errno(t->at[i].path, "cannot be synced");
            return false;
        }
    return true;
}

/* Copying ----------------------------------------------------------------------------------- */

static time_t seconds(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec;
}

void transfer_begin(struct transfer *t, HBC session)
{
    t->session = session;
    t->spoken = seconds();
}

/* Files are copied past the server, and it ends a session that is silent for long. A call that
   changes nothing keeps it open; if it fails, so will the end of the restore, which reports it. */
static void keep_alive(HBC session, time_t *spoken)
{
    char *list = NULL;
    DWORD bytes;
    if (session == NULL || seconds() - *spoken < SILENCE_SECONDS)
        return;
    if (DsRestoreGetDatabaseLocationsA(session, &list, &bytes) == S_OK)
        DsBackupFree(list);
    *spoken = seconds();
}

/* Reads `from` to its end, into `to` if that is not NULL. */
static bool pass(int from, struct durable_file *to, const struct manifest_file *expected,
                 struct transfer *transfer, struct progress *progress)
{
    struct sha256_ctx sum;
    uint64_t bytes = 0;
    sha256_init(&sum);
    for (;;) {
        if (dsbackup_interrupted()) {
            message("interrupted");
            return false;
        }
        ssize_t n = read(from, transfer->block, COPY_BLOCK);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0) {
            message_errno(expected->name, "cannot be read");
            return false;
        }
        if (n == 0)
            break;
        if (to != NULL && !durable_append(to, transfer->block, (size_t)n)) {
            message_errno(expected->name, "cannot be written");
            return false;
        }
        sha256_update(&sum, (size_t)n, transfer->block);
        bytes += (uint64_t)n;
        progress_add(progress, (uint64_t)n);
        keep_alive(transfer->session, &transfer->spoken);
    }
    struct digest is = digest_finish(&sum);
    if (bytes == expected->size && digest_equal(is.bytes, expected->checksum.bytes))
        return true;
    message("%s: is damaged: its size or checksum is not that of the manifest", expected->name);
    return false;
}

static bool transfer_file(int from, struct durable_file *to, const struct manifest_file *expected,
                          const char *verb, struct transfer *transfer)
{
    struct progress progress;
    progress_start(&progress, transfer->show_progress, verb, expected->name, expected->size);
    bool done = pass(from, to, expected, transfer, &progress);
    progress_end(&progress);
    return done;
}

static int open_for_reading(int directory, const char *name)
{
    struct stat status;
    int fd = openat(directory, name, O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK);
    if (fd < 0 || fstat(fd, &status) != 0)
        message_errno(name, "cannot be opened");
    else if (!S_ISREG(status.st_mode))
        message("%s: is not a regular file", name);
    else
        return fd;
    if (fd >= 0)
        close(fd);
    return -1;
}

bool restore_verify(int directory, const char *name, const struct manifest_file *expected,
                    const char *verb, struct transfer *transfer)
{
    int fd = open_for_reading(directory, name);
    if (fd < 0)
        return false;
    /* The content of the disk counts, not our writes that are still in memory. */
    (void)posix_fadvise(fd, 0, 0, POSIX_FADV_DONTNEED);
    bool done = transfer_file(fd, NULL, expected, verb, transfer);
    close(fd);
    return done;
}

/* Gives the new file to the directory's owner: the server may run as that user, and not as root.
   Whose file it is already can do without the group. */
static bool hand_over(int fd, int directory)
{
    struct stat status;
    return fstat(directory, &status) == 0 &&
           ((status.st_uid == geteuid() && status.st_gid == getegid()) ||
            fchown(fd, status.st_uid, status.st_gid) == 0 ||
            (errno == EPERM && status.st_uid == geteuid()));
}

bool restore_target_put(const struct restore_target *t, const struct manifest_file *file,
                        int source, struct transfer *transfer)
{
    struct durable_file to;
    int which = file->kind == KIND_DATABASE ? TARGET_DATABASE
                : file->kind == KIND_LOG    ? TARGET_LOGS
                                            : TARGET_CHECKPOINT; /* patch files */
    const char *name = which == TARGET_DATABASE ? t->database_name : file->name;
    int directory = t->at[which].directory;
    int from = open_for_reading(source, file->name);
    if (from < 0)
        return false;
    bool done = durable_open(&to, directory, name, false) && hand_over(to.fd, directory);
    if (!done)
        message_errno(name, "cannot be made");
    done = done && transfer_file(from, &to, file, "copying", transfer);
    if (done && !(done = durable_finish(&to)))
        message_errno(name, "cannot be written");
    durable_abandon(&to);
    close(from);
    return done && restore_verify(directory, name, file, "checking", transfer);
}
