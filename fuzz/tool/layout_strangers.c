/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What others have put where dsbackup works: links, FIFOs, files that resemble its own; and disks
 * that are slow or bad.
 */
#include "backup.h"
#include "faults/world/clock.h"
#include "faults/world/file.h"
#include "faults/world/process.h"
#include "fuzz/scene/scene.h"
#include "fuzz/scene/store.h"
#include "layout.h"

#include <string.h>

enum { STRANGER_BYTES = 300, SLOW_MS = 7000, OWNER = 990 };

/* Files ---------------------------------------------------------------------------------------- */

/* Of the store's folder: no backup holds them, and no restore removes them. */
static const char *const resembling[] = {"notes.txt",     "edb1.log",      "edb.log.old",
                                         "ntds.dit.bak",  ".edb00001.log", "res1.log",
                                         "edb000001.log", "edb.chk.1",     "temp.pat.new"};
enum { RESEMBLING = sizeof resembling / sizeof *resembling };

void layout_strangers(void)
{
    backup_put(ELSEWHERE);
    for (size_t i = 0; i < RESEMBLING; i++)
        file_put(backup_path(SCENE_STORE, resembling[i]), scene_content() + i, STRANGER_BYTES);
}

static bool resemblance_is_untouched(size_t i)
{
    const uint8_t *bytes;
    uint64_t n;
    return file_get(backup_path(SCENE_STORE, resembling[i]), &bytes, &n) && n == STRANGER_BYTES &&
           bytes != NULL && memcmp(bytes, scene_content() + i, STRANGER_BYTES) == 0;
}

bool layout_strangers_are_untouched(void)
{
    const char *why;
    bool all = true;
    if (!file_exists(ELSEWHERE))
        return true;
    for (size_t i = 0; i < RESEMBLING; i++)
        all = all && (resemblance_is_untouched(i) ||
                      file_is_lost(backup_path(SCENE_STORE, resembling[i])));
    return all && backup_look(ELSEWHERE, &why) == BACKUP_WHOLE;
}

/* DEST and DEST.partial ------------------------------------------------------------------------ */

void layout_destination_link(void)
{
    layout_strangers();
    file_put_link(BACKUP_DEST, ELSEWHERE);
}

void layout_destination_file(void)
{
    file_put(BACKUP_DEST, scene_content(), STRANGER_BYTES);
}

void layout_destination_fifo(void)
{
    file_put_fifo(BACKUP_DEST);
}

void layout_destination_with_hidden(void)
{
    file_make_directory(BACKUP_DEST);
    file_put(BACKUP_DEST "/.keep", "", 0);
}

void layout_destination_with_folder(void)
{
    file_make_directory(BACKUP_DEST);
    file_make_directory(BACKUP_DEST "/...");
}

void layout_partial_link(void)
{
    layout_strangers();
    file_put_link(BACKUP_PARTIAL, ELSEWHERE);
}

void layout_partial_file(void)
{
    file_put(BACKUP_PARTIAL, scene_content(), STRANGER_BYTES);
}

void layout_partial_with_stranger(void)
{
    layout_partial();
    file_put(BACKUP_PARTIAL "/notes.txt", scene_content(), STRANGER_BYTES);
}

void layout_partial_with_hidden(void)
{
    layout_partial();
    file_put(BACKUP_PARTIAL "/.notes", scene_content(), STRANGER_BYTES);
}

void layout_partial_with_link(void)
{
    layout_strangers();
    file_make_directory(BACKUP_PARTIAL);
    file_put_link(BACKUP_PARTIAL "/ntds.dit", ELSEWHERE "/ntds.dit");
}

void layout_partial_with_fifo(void)
{
    file_make_directory(BACKUP_PARTIAL);
    file_put_fifo(BACKUP_PARTIAL "/edb00001.log");
}

/* Of the right size and otherwise wrong, too long, too short, empty, and all other bytes. */
void layout_partial_of_other_content(void)
{
    static uint8_t last_differs[SCENE_SMALL_FILE];
    size_t n = (size_t)scene_size_of(FILE_DATABASE);
    memcpy(last_differs, scene_content(), n);
    last_differs[n - 1] ^= 1;
    file_make_directory(BACKUP_PARTIAL);
    file_put(BACKUP_PARTIAL "/ntds.dit", last_differs, n);
    file_put(BACKUP_PARTIAL "/temp.pat", scene_content() + 1, (size_t)scene_size_of(FILE_PATCH));
    file_put(BACKUP_PARTIAL "/edb00001.log", scene_content(),
             (size_t)scene_size_of(FILE_LOG_1) + 1);
    file_put(BACKUP_PARTIAL "/edb00002.log", scene_content(),
             (size_t)scene_size_of(FILE_LOG_2) - 1);
    file_put(BACKUP_PARTIAL "/edb.log", "", 0);
    file_put(BACKUP_PARTIAL "/token", scene_content(), STRANGER_BYTES);
    file_put(BACKUP_PARTIAL "/manifest.new", "", 0);
}

/* Backups -------------------------------------------------------------------------------------- */

static void replace_by_link(const char *path, const char *target)
{
    layout_old_store();
    layout_strangers();
    file_remove(path);
    file_put_link(path, target);
}

void layout_backup_with_linked_file(void)
{
    replace_by_link(BACKUP_DEST "/ntds.dit", ELSEWHERE "/ntds.dit");
}

void layout_backup_with_linked_manifest(void)
{
    replace_by_link(BACKUP_DEST "/manifest", ELSEWHERE "/manifest");
}

void layout_backup_with_linked_token(void)
{
    replace_by_link(BACKUP_DEST "/token", ELSEWHERE "/token");
}

void layout_backup_with_fifo(void)
{
    layout_old_store();
    file_remove(BACKUP_DEST "/edb.log");
    file_put_fifo(BACKUP_DEST "/edb.log");
}

void layout_backup_with_longer_log(void)
{
    layout_old_store();
    file_put(BACKUP_DEST "/edb00002.log", scene_content(), (size_t)scene_size_of(FILE_LOG_2) + 1);
}

void layout_backup_with_shorter_log(void)
{
    layout_old_store();
    file_put(BACKUP_DEST "/edb.log", scene_content(), (size_t)scene_size_of(FILE_LOG_CURRENT) - 1);
}

void layout_backup_with_other_token(void)
{
    const uint8_t *bytes;
    uint64_t n;
    layout_old_store();
    if (file_get(BACKUP_DEST "/token", &bytes, &n))
        file_put(BACKUP_DEST "/token", scene_content(), (size_t)n);
}

void layout_backup_without_token(void)
{
    layout_old_store();
    file_remove(BACKUP_DEST "/token");
}

void layout_backup_without_log(void)
{
    layout_old_store();
    file_remove(BACKUP_DEST "/edb00001.log");
}

void layout_backup_in_store(void)
{
    backup_put(SCENE_STORE);
}

/* Stores and disks ----------------------------------------------------------------------------- */

void layout_old_store_of_links(void)
{
    layout_old_store();
    layout_strangers();
    file_put_link(SCENE_STORE "/edb0000a.log", ELSEWHERE "/ntds.dit");
    file_put_link(SCENE_STORE "/old.pat", ELSEWHERE);
    file_put_fifo(SCENE_STORE "/edb0000B.log");
}

void layout_store_of_same_group(void)
{
    layout_old_store();
    file_set_access(SCENE_STORE, 0700, OWNER, 0);
}

/* Root's, but of another group than that of its process. */
void layout_store_of_same_owner(void)
{
    layout_old_store();
    file_set_access(SCENE_STORE, 0750, 0, OWNER + 1);
}

void layout_slow_disk(void)
{
    layout_old_store();
    file_set_pace(SLOW_MS);
}

void layout_slow_disk_and_clock_set_back(void)
{
    layout_slow_disk();
    clock_set_drift(-2 * SLOW_MS / 1000);
}

void layout_disk_that_spoils_database(void)
{
    layout_old_store();
    file_spoil(SCENE_STORE "/ntds.dit");
}

void layout_disk_that_spoils_log(void)
{
    layout_old_store();
    file_spoil(SCENE_STORE "/edb00002.log");
}

void layout_disk_that_spoils_patch(void)
{
    layout_old_store();
    file_spoil(SCENE_STORE "/temp.pat");
}

void layout_mend(void)
{
    file_spoil(NULL);
    file_set_pace(0);
    clock_set_drift(0);
    process_set_identity(0, 0);
}
