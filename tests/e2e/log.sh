#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# The server's log for operators: sessions, restores, refusals, each with its peer and on one line; no
# secret; as much as was asked for; with the time, unless it goes to the journal.
# shellcheck source-path=SCRIPTDIR source=lib.sh disable=SC2119
source "$(dirname "$0")/lib.sh"

make_store 1000000
readonly TIME='^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\.[0-9]{3}Z ntdsbsrvd: '

# says PATTERN...: the log has a line with each, in this order.
says() {
    local pattern lines=0 next
    for pattern; do
        next=$(tail -n "+$((lines + 1))" "$SERVER_LOG" | grep -nE -m 1 -- "$pattern" | cut -d: -f1 || true)
        [ -n "$next" ] || fail "the log does not say '$pattern' (in this order: $*)"
        lines=$((lines + next))
    done
}
# silent PATTERN
silent() {
    ! grep -qE -- "$1" "$SERVER_LOG" || fail "the log says '$1'"
}

# Sessions and restores --------------------------------------------------------------------------------

start_server
dsbackup backup "$WORK/backup"
says "${TIME}user $(id -u) process [0-9]+: backup session begins\$" 'logs that were backed up are deleted$' 'backup session ends$'
silent 'Read|connection begun'
! grep -vqE "$TIME" "$SERVER_LOG" || fail "a line without time: $(grep -vE "$TIME" "$SERVER_LOG" | head -n 1)"
refused 1 'the directory is online' "$BUILD/dsbackup" restore "$WORK/backup"
stop_server
says 'Terminated: ending$'
: >"$SERVER_LOG"
start_server --restore-mode
dsbackup restore "$WORK/backup"
says 'restore session begins$' 'restore begins: the directory stays offline' 'restore succeeded' 'restore session ends$'
: >"$SERVER_LOG"
mkdir "$STORE/edb00077.log"
refused 1 'cannot be removed' "$BUILD/dsbackup" restore "$WORK/backup"
rmdir "$STORE/edb00077.log"
says 'restore begins' 'restore failed: the directory stays offline' 'restore session ends$'
dsbackup restore "$WORK/backup"
stop_server
ok "sessions and restores are told, from begin to end"

# Refusals -----------------------------------------------------------------------------------------------

perl -e 'printf "ALICE:%s\n", crypt("open sesame", q($6$rundown$))' >"$WORK/accounts"
printf 'wrong-secret\n' >"$WORK/password"
chmod 600 "$WORK/accounts" "$WORK/password"
: >"$SERVER_LOG"
start_server --accounts "$WORK/accounts" --max-sessions 1
hostile=$'EVE\n2030-01-01T00:00:00.000Z ntdsbsrvd: root: backup session begins\e[2J\x7f\xc2\x9b'
refused 1 'ERROR_ACCESS_DENIED' "$BUILD/dsbackup" --user "$hostile" --domain $'D\r' --password-file "$WORK/password" status
says "refused: no such account, or a wrong password \\('D\\\\x0d\\\\EVE\\\\x0a2030.*begins\\\\x1b\\[2J\\\\x7f\\\\xc2\\\\x9b'\\)\$" \
    'IsNTDSOnline refused: ERROR_ACCESS_DENIED \(5\)'
! grep -vqE "$TIME" "$SERVER_LOG" || fail "a peer made a line of its own"
! grep -qP '[\x00-\x08\x0b-\x1f\x7f]' "$SERVER_LOG" || fail "a peer brought a control character into the log"
silent 'wrong-secret|open sesame'
ok "a refused account is named, without what would make a line of its own of it"

: >"$SERVER_LOG"
for _ in {1..40}; do
    "$BUILD/dsbackup" --user EVE --password-file "$WORK/password" status >"$TOOL_OUT" 2>&1 && fail "EVE has access"
done
dsbackup backup --no-truncate "$WORK/unseen"
says 'refused: no such account' 'backup session begins$' 'backup session ends$'
counts_what_it_left_out() {
    refused 1 'ERROR_ACCESS_DENIED' "$BUILD/dsbackup" --user EVE --password-file "$WORK/password" status
    server_has_said '[0-9] lines about peers left out$'
}
wait_for 10 "the log says how much it has left out" counts_what_it_left_out
stop_server
ok "a flood of refusals keeps no session out of the log"

# Another server, whose log is not filled by that flood: a refusal may be among what is left out.
: >"$SERVER_LOG"
start_server --accounts "$WORK/accounts" --max-sessions 1
truncate -s 4G "$STORE/ntds.dit"
start_tool backup "$WORK/first"
wait_for 30 "the database is being read" is_longer "$WORK/first.partial/ntds.dit" 1000000
refused 1 'hrBackupInProgress' "$BUILD/dsbackup" backup "$WORK/second"
says 'Prepare refused: hrBackupInProgress \(0xC80001F9\)'
: >"$SERVER_LOG"
truncate -s 3000000 "$STORE/ntds.dit"
tool_ends_with 1
says 'Read failed: hrReadVerifyFailure \(0x[0-9A-F]{8}\)'
stop_server
ok "a refused session and a failure are named with their code"

# Levels -------------------------------------------------------------------------------------------------

: >"$SERVER_LOG"
start_server --log-level error
dsbackup status
stop_server
[ ! -s "$SERVER_LOG" ] || fail "something that is no failure is told"
start_server --log-level debug
dsbackup status
stop_server
says 'connection begun$' 'IsNTDSOnline: done$' 'connection ended$' 'RestorePrepare: done$' 'RestoreEnd: done$'
refused 2 "--log-level 'loud': must be one of error|info|debug" "$BUILD/ntdsbsrvd" --store "$STORE" --log-level loud
ok "a level tells as much as its name says"

# The journal --------------------------------------------------------------------------------------------

# What systemd sets when standard error goes to its journal: the device and inode of that stream.
: >"$SERVER_LOG"
JOURNAL_STREAM=$(stat -c %d:%i "$SERVER_LOG") start_server
dsbackup status
stop_server
says '^<6>user [0-9]+ process [0-9]+: restore session begins$' '^<6>Terminated: ending$'
silent 'ntdsbsrvd:'
: >"$SERVER_LOG"
JOURNAL_STREAM=1:1 start_server # of a service whose standard error was sent elsewhere
stop_server
says "${TIME}Terminated: ending\$"
ok "the journal is given priorities, and no time"
