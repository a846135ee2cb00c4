/* SPDX-License-Identifier: Apache-2.0 */
#include "layout.h"

#include "backup.h"
#include "faults/world/file.h"
#include "faults/world/process.h"
#include "faults/world/world.h"
#include "fuzz/scene/scene.h"
#include "fuzz/scene/service.h"
#include "fuzz/scene/store.h"
#include "other_server.h"

#include <string.h>

enum { LARGE = (1 << 20) + 5000 };

void layout_password(void)
{
    static const char line[] = SCENE_PASSWORD "\nand a second line\n";
    file_put(PASSWORD_FILE, line, sizeof line - 1);
}

void layout_password_with_a_carriage_return(void)
{
    static const char line[] = SCENE_PASSWORD "\r\nand a second line\r\n";
    file_put(PASSWORD_FILE, line, sizeof line - 1);
}

void layout_password_without_a_line_end(void)
{
    file_put(PASSWORD_FILE, SCENE_PASSWORD, sizeof SCENE_PASSWORD - 1);
}

void layout_no_input(void)
{
    world_close_standard_input(true);
}

#define WITHOUT_INPUT(name, lay_out)                                                               \
    void layout_no_input_and_##name(void)                                                          \
    {                                                                                              \
        layout_no_input();                                                                         \
        lay_out();                                                                                 \
    }
WITHOUT_INPUT(partial, layout_partial)
WITHOUT_INPUT(old_store, layout_old_store)
WITHOUT_INPUT(password, layout_password)
#undef WITHOUT_INPUT

void layout_slow_terminal(void)
{
    process_set_terminal(true);
    file_set_pace(300);
}

void layout_slow_progress(void)
{
    file_set_pace(2500);
}

void layout_denied_password(void)
{
    layout_password();
    file_deny(PASSWORD_FILE, true);
}

/* Whichever of the others' permissions it has. */
#define SHARED(name, permissions)                                                                  \
    void layout_password_##name(void)                                                              \
    {                                                                                              \
        layout_password();                                                                         \
        file_set_access(PASSWORD_FILE, permissions, 0, 0);                                         \
    }
SHARED(read_by_group, 0640)
SHARED(written_by_group, 0620)
SHARED(run_by_group, 0610)
SHARED(read_by_others, 0604)
SHARED(written_by_others, 0602)
SHARED(run_by_others, 0601)
SHARED(of_all_permissions_of_its_owner, 0700)
#undef SHARED

/* The password, and then what makes the line none. */
void layout_password_too_long(void)
{
    static char line[3000];
    memset(line, 'a', sizeof line);
    memcpy(line, SCENE_PASSWORD, sizeof SCENE_PASSWORD - 1);
    file_put(PASSWORD_FILE, line, sizeof line);
}

void layout_password_with_a_nul(void)
{
    static const char line[] = SCENE_PASSWORD "\0b\n";
    file_put(PASSWORD_FILE, line, sizeof line - 1);
}

void layout_password_not_utf8(void)
{
    static const char line[] = SCENE_PASSWORD "\xff\n";
    file_put(PASSWORD_FILE, line, sizeof line - 1);
}

void layout_password_directory(void)
{
    file_make_directory(PASSWORD_FILE);
}

void layout_password_fifo(void)
{
    file_put_fifo(PASSWORD_FILE);
}

void layout_empty_password(void)
{
    file_put(PASSWORD_FILE, "\n", 1);
}

void layout_remove_log(void)
{
    file_remove(SCENE_STORE "/edb00002.log");
    file_put(SCENE_STORE "/edb00003.log", scene_content(), 10);
}

void layout_remove_logs(void)
{
    layout_remove_log();
    file_put(SCENE_STORE "/edb000ff.log", scene_content(), 10);
}

/* Without the variable the service is where it is by default, and there is none. */
void layout_no_endpoint(void)
{
    service_stop();
    world_set_variable("NTDSBCLI_ENDPOINT", NULL);
}

void layout_deny_database(void)
{
    file_deny(SCENE_STORE "/ntds.dit", true);
}

/* As a run leaves it that died in the middle, with what only a later run can tell is not needed. */
void layout_partial(void)
{
    file_make_directory(BACKUP_PARTIAL);
    file_put(BACKUP_PARTIAL "/token.new", "to", 2);
    file_put(BACKUP_PARTIAL "/edb00000.log", scene_content(), 700);
    file_put(BACKUP_PARTIAL "/ntds.dit", scene_content(), 20000);
    file_put(BACKUP_PARTIAL "/temp.pat", scene_content() + 1, 9000);
}

void layout_manifest_in_partial(void)
{
    backup_put(BACKUP_PARTIAL);
    file_put(BACKUP_PARTIAL "/ntds.dit", scene_content(), 20000);
}

/* More than dsbackup reads in one block. */
void layout_large_database(void)
{
    file_put_pattern(SCENE_STORE "/ntds.dit", LARGE);
}

/* As a run leaves it that died in the second block. */
void layout_large_partial(void)
{
    static uint8_t begin[LARGE - 1000];
    layout_large_database();
    file_pattern_copy(0, begin, sizeof begin);
    file_make_directory(BACKUP_PARTIAL);
    file_put(BACKUP_PARTIAL "/ntds.dit", begin, sizeof begin);
}

void layout_empty_destination(void)
{
    file_make_directory(BACKUP_DEST);
}

void layout_backup(void)
{
    backup_put(BACKUP_DEST);
}

void layout_old_store(void)
{
    layout_backup();
    file_put(SCENE_STORE "/ntds.dit", scene_content() + SCENE_OTHER_AT, 30000);
    file_put(SCENE_STORE "/edb00009.log", scene_content() + SCENE_OTHER_AT, 900);
}

void layout_three_places(void)
{
    layout_old_store();
    other_server_lay_out();
    file_set_access(OTHER_LOGS, 0700, 990, 991);
    file_set_access(OTHER_CHECKPOINT, 0700, 992, 993);
}

void layout_store_of_another(void)
{
    layout_old_store();
    file_set_access(SCENE_STORE, 0700, 990, 991);
}

void layout_old_store_and_password(void)
{
    layout_old_store();
    layout_password();
}

void layout_damaged_backup(void)
{
    layout_old_store();
    file_put(BACKUP_DEST "/edb00001.log", scene_content() + 1, 10240);
}

/* The lines of files, the last one first. */
void layout_backup_in_another_order(void)
{
    layout_old_store();
    backup_turn_manifest_round();
}

/* Files of a backup that are none, or larger than any. */
#define INSTEAD(name, file, put)                                                                   \
    void layout_##name(void)                                                                       \
    {                                                                                              \
        layout_old_store();                                                                        \
        file_remove(BACKUP_DEST "/" file);                                                         \
        put;                                                                                       \
    }
INSTEAD(manifest_that_is_a_folder, "manifest", file_make_directory(BACKUP_DEST "/manifest"))
INSTEAD(manifest_that_is_a_fifo, "manifest", file_put_fifo(BACKUP_DEST "/manifest"))
INSTEAD(manifest_beyond_all_sizes, "manifest", file_put_pattern(BACKUP_DEST "/manifest", 1 << 30))
INSTEAD(manifest_as_large_as_may_be, "manifest", file_put_pattern(BACKUP_DEST "/manifest", 8 << 20))
INSTEAD(manifest_of_a_byte_more, "manifest",
        file_put_pattern(BACKUP_DEST "/manifest", (8 << 20) + 1))
INSTEAD(token_that_is_a_folder, "token", file_make_directory(BACKUP_DEST "/token"))
INSTEAD(token_beyond_all_sizes, "token", file_put_pattern(BACKUP_DEST "/token", 1 << 30))
#undef INSTEAD

void layout_backup_without_manifest(void)
{
    layout_old_store();
    file_remove(BACKUP_DEST "/manifest");
}
