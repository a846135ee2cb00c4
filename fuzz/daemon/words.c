/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Scenarios of who the guests are, and of what the log says of them.
 */
#include "plays.h"

#include "faults/world/file.h"
#include "fuzz/scene/scene.h"
#include "fuzz/scene/store.h"

#include <string.h>

/* Without a file of accounts strangers are refused by the operation, whoever is trusted is not. */
void play_peers(void)
{
    story_comes(0, DAEMON_USER, STRANGER);
    story_sends(0, STORY_BIND);
    story_sends(0, STORY_PREPARE);
    story_holds(1, 1);
    story_comes(1, STRANGER, TRUSTED_GROUP);
    story_sends(1, STORY_BIND);
    story_sends(1, STORY_PREPARE);
    story_holds(2, 2);
    story_comes(2, STRANGER, STRANGER);
    story_sends(2, STORY_BIND);
    story_sends(2, STORY_PREPARE);
    story_holds(3, 2);
    story_logged(1, "user 1000 process 102: Prepare refused");
    story_comes_with_groups(3, STRANGER, (const gid_t[]){1, 2, 3, TRUSTED_GROUP}, 4);
    story_sends(3, STORY_BIND);
    story_sends(3, STORY_PREPARE);
    story_holds(4, 3);
    /* The groups of another one are not its own. */
    story_comes_with_groups(4, STRANGER, (const gid_t[]){1}, 1);
    story_sends(4, STORY_BIND);
    story_sends(4, STORY_PREPARE);
    story_logged(1, "user 1000 process 104: Prepare refused: ERROR_ACCESS_DENIED (5)");
    /* Wherever the group stands among them. */
    story_sends(0, STORY_END);
    story_comes_with_groups(5, STRANGER, (const gid_t[]){TRUSTED_GROUP, 1}, 2);
    story_sends(5, STORY_BIND);
    story_sends(5, STORY_PREPARE);
    story_logged(0, "user 1000 process 105: Prepare refused");
}

/* What needs no session, asked by one without the right to anything: the log says it of each. */
void play_strangers(void)
{
    static const struct {
        enum story_pdu bind, asked;
        const char *refused;
    } calls[] = {
        {STORY_BIND, STORY_PREPARE, "Prepare refused: ERROR_ACCESS_DENIED"},
        {STORY_BIND, STORY_PING, "Ping refused: ERROR_ACCESS_DENIED"},
        {STORY_BIND_RESTORE, STORY_ONLINE, "IsNTDSOnline refused: ERROR_ACCESS_DENIED"},
        {STORY_BIND_RESTORE, STORY_RESTORE_PREPARE, "RestorePrepare refused: ERROR_ACCESS_DENIED"},
        {STORY_BIND_RESTORE, STORY_SET_LOG,
         "RestoreSetCurrentLogNumber refused: ERROR_ACCESS_DENIED"},
        {STORY_BIND_RESTORE, STORY_CHECK_LOGS,
         "RestoreCheckLogsForBackup refused: ERROR_ACCESS_DENIED"},
        {STORY_BIND_INSPECT, STORY_COUNTS, "Counts refused: ERROR_ACCESS_DENIED"},
    };
    enum { CALLS = sizeof calls / sizeof *calls };
    for (unsigned i = 0; i < CALLS; i++) {
        story_comes(i, STRANGER, STRANGER);
        story_sends(i, calls[i].bind);
        story_sends(i, calls[i].asked);
        story_logged(1, calls[i].refused);
    }
    story_holds(CALLS, 0);
}

void play_no_group(void)
{
    story_comes(0, STRANGER, TRUSTED_GROUP);
    story_sends(0, STORY_BIND);
    story_sends(0, STORY_PREPARE);
    story_holds(1, 0);
    story_comes_over_tcp(1);
    story_sends(1, STORY_BIND);
    story_sends(1, STORY_PREPARE);
    story_holds(2, 1);
    /* Nor is any other group in its place, be it that of root. */
    story_comes(2, STRANGER, 0);
    story_sends(2, STORY_BIND);
    story_sends(2, STORY_PREPARE);
    story_comes_with_groups(3, STRANGER, (const gid_t[]){0, TRUSTED_GROUP}, 2);
    story_sends(3, STORY_BIND);
    story_sends(3, STORY_PREPARE);
    story_holds(4, 1);
}

/* Names in the log are the peer's own text: no terminal may take them for more than letters. */
void play_accounts(void)
{
    story_comes(0, STRANGER, STRANGER);
    story_binds_as(0, "", SCENE_USER, SCENE_PASSWORD);
    story_sends(0, STORY_PREPARE);
    story_holds(1, 1);
    story_comes(1, STRANGER, STRANGER);
    story_binds_as(1, "D", "a\x1b[2J\x7f\xc2\x80\xc2\x9f\nb", "not the password");
    story_logged(1, "user 1000 process 101: refused: no such account, or a wrong password "
                    "('D\\a\\x1b[2J\\x7f\\xc2\\x80\\xc2\\x9f\\x0ab')");
    story_sends(1, STORY_PREPARE);
    story_holds(2, 1);
    story_never_logged(SCENE_PASSWORD);
    story_never_logged("not the password");
    story_comes(2, STRANGER, STRANGER);
    story_sends(2, STORY_BIND);
    story_sends(2, STORY_PREPARE);
    story_holds(3, 1);
    story_comes(3, 0, 0);
    story_sends(3, STORY_BIND);
    story_sends(3, STORY_PREPARE);
    story_holds(4, 2);
}

/* The identity of a connection never changes, neither to more rights nor to less: who tries is
 * turned away. */
void play_another_identity(void)
{
    story_comes(0, STRANGER, STRANGER);
    story_sends(0, STORY_BIND);
    story_alters_as(0, "", SCENE_USER, SCENE_PASSWORD);
    story_closed_at(0, 0);
    story_comes(1, STRANGER, STRANGER);
    story_binds_as(1, "", SCENE_USER, SCENE_PASSWORD);
    story_sends(1, STORY_PREPARE);
    story_alters_as(1, "", SCENE_USER, "not the password");
    story_closed_at(1, 0);
    story_logged(2, "closed: it broke the protocol");
    story_holds(0, 0);
    story_never_logged(SCENE_PASSWORD);
}

/* Each character of a name may be one that a terminal would take for more: a line has room for all
 * of the longest. */
void play_long_names(void)
{
    enum { LONGEST = 600 };
    static char name[LONGEST + 1];
    memset(name, 0x1b, LONGEST);
    for (size_t n = 100; n <= LONGEST; n += 100) {
        const unsigned guest = (unsigned)n / 100 - 1;
        story_comes(guest, STRANGER, STRANGER);
        story_binds_as(guest, "", name + LONGEST - n, "x");
        guest_leave(story_guest(guest), false);
        story_until(0);
    }
    story_logged(LONGEST / 100, "no such account, or a wrong password ('\\x1b\\x1b");
    story_holds(0, 0);
}

/* Letters beyond ASCII are no control characters. */
void play_letters(void)
{
    story_comes(0, STRANGER, STRANGER);
    story_binds_as(0, "", "\xc3\x84\xc3\xa4\xc2\xa0\xe2\x82\xac", "x");
    story_logged(1, "('\xc3\x84\xc3\xa4\xc2\xa0\xe2\x82\xac')");
}

/* A failure on the server's side is logged as one, at each level; a refusal is not. */
static void play_failure(void)
{
    file_remove(SCENE_STORE "/edb00002.log");
    file_put(SCENE_STORE "/edb00003.log", scene_content(), 10);
    story_comes(0, 0, 0);
    story_sends(0, STORY_BIND);
    story_sends(0, STORY_PREPARE);
    story_sends(0, STORY_LOGS);
    story_comes(1, STRANGER, STRANGER);
    story_sends(1, STORY_BIND);
    story_sends(1, STORY_PREPARE);
    story_logged(1, "ntdsbsrvd: user 0 process 100: GetBackupLogs failed: hrMissingLogFile");
}

void play_failure_alone(void)
{
    play_failure();
    story_logged(1, "ntdsbsrvd: ");
    story_until(SESSION_IDLE);
    story_logged(1, "ntdsbsrvd: ");
}

void play_failure_among_others(void)
{
    play_failure();
    story_logged(1, "user 1000 process 101: Prepare refused: ERROR_ACCESS_DENIED (5)");
    story_logged(1, "user 0 process 100: Prepare: done");
}

/* Peers cannot fill the log, and sessions are logged beside: 32 lines at once, 4 more a second. */
void play_log_bound(void)
{
    enum { BURST = 32, PER_SECOND = 4 };
    for (unsigned n = 4; n < 4 + MANY_CONNECTIONS; n++)
        story_comes(n, STRANGER, STRANGER);
    story_until(IDLE);
    story_logged(BURST, IDLE_LINE);
    story_comes(0, 0, 0);
    story_sends(0, STORY_BIND);
    story_sends(0, STORY_PREPARE);
    story_logged(1, "backup session begins");
    story_logged(0, "left out");
    story_until(IDLE + 1 * SECOND);
    for (unsigned n = 0; n < PER_SECOND + 1; n++) {
        unsigned stray = 4 + MANY_CONNECTIONS + n;
        story_comes(stray, STRANGER, STRANGER);
        guest_send(story_guest(stray), "                ", 16);
        story_until(IDLE + 1 * SECOND);
    }
    story_logged(1, "ntdsbsrvd: 8 lines about peers left out");
    story_logged(PER_SECOND, "closed: it broke the protocol");
    story_sends(0, STORY_END);
    story_logged(1, "backup session ends");
    /* Who goes, and has used up the lines of peers, leaves a session that is told of. */
    story_sends(0, STORY_PREPARE);
    story_comes(10 + MANY_CONNECTIONS, STRANGER, STRANGER);
    story_sends(10 + MANY_CONNECTIONS, STORY_BIND);
    story_sends_many(10 + MANY_CONNECTIONS, STORY_PREPARE, BURST);
    guest_leave(story_guest(0), false);
    story_until(IDLE + 1 * SECOND);
    story_logged(1, "user 0 process 100: left 1 session open: run down");
    /* After a long time there is room for as many as at first, and no more. */
    story_until(IDLE + 100 * SECOND);
    story_comes(4 + MANY_CONNECTIONS + 5, STRANGER, STRANGER);
    guest_send(story_guest(4 + MANY_CONNECTIONS + 5), "                ", 16);
    story_until(IDLE + 101 * SECOND);
    story_logged(1, "ntdsbsrvd: 33 lines about peers left out");
}
