/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What is there when a scenario begins: files of the store, of backups and of strangers. Each
 * function adds to the scene what its name says.
 */
#ifndef FUZZ_TOOL_LAYOUT_H
#define FUZZ_TOOL_LAYOUT_H

#include <stdbool.h>

#define PASSWORD_FILE "/password"
/* What no scenario may change: symbolic links lead there. */
#define ELSEWHERE "/elsewhere"

void layout_password(void);
void layout_password_with_a_carriage_return(void);
void layout_password_without_a_line_end(void);
void layout_no_input(void);
void layout_no_input_and_partial(void);
void layout_no_input_and_old_store(void);
void layout_no_input_and_password(void);
void layout_slow_terminal(void);
void layout_slow_progress(void);
void layout_denied_password(void);
void layout_password_read_by_group(void);
void layout_password_written_by_group(void);
void layout_password_run_by_group(void);
void layout_password_read_by_others(void);
void layout_password_written_by_others(void);
void layout_password_run_by_others(void);
void layout_password_of_all_permissions_of_its_owner(void);
void layout_password_too_long(void);
void layout_password_with_a_nul(void);
void layout_password_not_utf8(void);
void layout_password_directory(void);
void layout_password_fifo(void);
void layout_empty_password(void);
void layout_remove_log(void);
void layout_remove_logs(void);
void layout_no_endpoint(void);
void layout_backup_in_another_order(void);
void layout_manifest_that_is_a_folder(void);
void layout_manifest_that_is_a_fifo(void);
void layout_manifest_beyond_all_sizes(void);
void layout_manifest_as_large_as_may_be(void);
void layout_manifest_of_a_byte_more(void);
void layout_token_that_is_a_folder(void);
void layout_token_beyond_all_sizes(void);
void layout_deny_database(void);
void layout_partial(void);
void layout_manifest_in_partial(void);
void layout_large_database(void);
void layout_large_partial(void);
void layout_empty_destination(void);
void layout_backup(void);
void layout_old_store(void);
void layout_three_places(void);
void layout_store_of_another(void);
void layout_old_store_and_password(void);
void layout_damaged_backup(void);
void layout_backup_without_manifest(void);

/* A whole backup in ELSEWHERE, and files in the store that resemble its own. */
void layout_strangers(void);
/* Whether they are as they were laid out; true if they were not. */
bool layout_strangers_are_untouched(void);
/* In the place of DEST. */
void layout_destination_link(void);
void layout_destination_file(void);
void layout_destination_fifo(void);
void layout_destination_with_hidden(void);
void layout_destination_with_folder(void);
/* In the place of DEST.partial, or in it. */
void layout_partial_link(void);
void layout_partial_file(void);
void layout_partial_with_stranger(void);
void layout_partial_with_hidden(void);
void layout_partial_with_link(void);
void layout_partial_with_fifo(void);
void layout_partial_of_other_content(void);
/* A backup of which one file is what it must not be; and an older store. */
void layout_backup_with_linked_file(void);
void layout_backup_with_linked_manifest(void);
void layout_backup_with_linked_token(void);
void layout_backup_with_fifo(void);
void layout_backup_with_longer_log(void);
void layout_backup_with_shorter_log(void);
void layout_backup_with_other_token(void);
void layout_backup_without_token(void);
void layout_backup_without_log(void);
void layout_backup_in_store(void);
/* An older store: with links and FIFOs among its logs; of a user and group. */
void layout_old_store_of_links(void);
void layout_store_of_same_group(void);
void layout_store_of_same_owner(void);
/* A disk that is slow, or spoils what is written. */
void layout_slow_disk(void);
void layout_slow_disk_and_clock_set_back(void);
void layout_disk_that_spoils_database(void);
void layout_disk_that_spoils_log(void);
void layout_disk_that_spoils_patch(void);
/* Disk and user are as a command needs them. */
void layout_mend(void);

#endif
