#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# From DsRestoreRegister on the directory stays offline until a restore succeeds: the server may die in between, or
# the client, or the restore may fail.
# shellcheck source-path=SCRIPTDIR source=lib.sh disable=SC2119
source "$(dirname "$0")/lib.sh"

make_store 64000000
checksums "$STORE" >"$WORK/expected"
start_server
dsbackup backup --no-truncate "$WORK/backup"
stop_server

is_offline() {
    dsbackup status
    grep -q '^directory *offline$' "$TOOL_OUT"
}
# restore_and_wait: begins a restore, and returns once it is replacing files.
restore_and_wait() {
    printf 'checkpoint' >"$STORE/edb.chk"
    start_tool restore "$WORK/backup"
    wait_for 30 "the old files are removed" test ! -e "$STORE/edb.chk"
}

start_server --restore-mode
restore_and_wait
kill_server
tool_ends_with 1
grep -q 'DsRestoreRegisterComplete: RPC_S_CALL_FAILED' "$TOOL_OUT" || fail "it does not say what failed"
grep -q 'stays offline' "$TOOL_OUT" || fail "it does not say what that means"
[ -e "$STORE/state/restore.state" ] || fail "there is no interlock"
ok "a server that dies during the restore fails it"

start_server # not in restore mode: the interlock alone keeps it offline
is_offline || fail "the directory is online with half a database"
refused 1 'offline' "$BUILD/dsbackup" backup "$WORK/other"
[ -z "$(compgen -G "$WORK/other*")" ] || fail "something was left of the refused backup"
ok "the directory stays offline after the server's death, and is not backed up"

: >"$SERVER_LOG"
restore_and_wait
kill -KILL "$TOOL_PID"
tool_ends_with 137
wait_for 10 "the server says that it ran the session down" server_has_said 'run down'
is_offline || fail "the directory is online with half a database"
ok "the directory stays offline after the client's death"
stop_server

# A restore that fails: in the place of a log there is a directory, which cannot be removed.
start_server
is_offline || fail "the directory went online by a restart"
mkdir "$STORE/edb00077.log"
refused 1 'edb00077.log: the old file cannot be removed: Is a directory' "$BUILD/dsbackup" restore "$WORK/backup"
rmdir "$STORE/edb00077.log"
stop_server
start_server
is_offline || fail "the directory went online after a failed restore"
ok "the directory stays offline after a restore that failed"

dsbackup restore "$WORK/backup"
checksums "$STORE" | cmp - "$WORK/expected" || fail "the store is not what was backed up"
[ ! -e "$STORE/state/restore.state" ] || fail "the interlock is still there"
dsbackup status
grep -q '^directory *online$' "$TOOL_OUT" || fail "the directory is not online"
dsbackup backup "$WORK/after"
ok "a restore that succeeds brings it online, with every byte"
stop_server
