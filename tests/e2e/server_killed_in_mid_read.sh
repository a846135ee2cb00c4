#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# The server dies while a file is read: the backup fails, says which call failed, and leaves nothing that
# looks whole; --resume continues it, whatever has changed meanwhile.
# shellcheck source-path=SCRIPTDIR source=lib.sh disable=SC2119
source "$(dirname "$0")/lib.sh"

make_store 8000000
truncate -s 4G "$STORE/ntds.dit" # long enough to die in the middle; a hole reads as zeros
start_server

start_tool backup --no-truncate "$WORK/backup"
wait_for 30 "the database is being read" is_longer "$WORK/backup.partial/ntds.dit" 9000000
kill_server
tool_ends_with 1
grep -q 'DsBackupRead (ntds.dit): RPC_S_CALL_FAILED' "$TOOL_OUT" || fail "it does not say what failed"
ok "dsbackup ends with 1 and names call, file and code"

[ ! -e "$WORK/backup" ] || fail "there is a backup"
[ ! -e "$WORK/backup.partial/manifest" ] || fail "the partial backup has a manifest"
grep -q -- '--resume' "$TOOL_OUT" || fail "it does not say how to go on"
refused 1 'no manifest' "$BUILD/dsbackup" restore "$WORK/backup.partial"
ok "no half backup looks whole"

refused 1 'hrCouldNotConnect (0xC7FF0007)' "$BUILD/dsbackup" backup "$WORK/other"
[ -z "$(compgen -G "$WORK/other*")" ] || fail "something was left without any server"
ok "with no server nothing is made"

# Meanwhile the database has changed within what was read already, has shrunk, and a log is gone.
truncate -s 8000000 "$STORE/ntds.dit"
flip "$STORE/ntds.dit" 5000000
rm "$STORE/edb00009.log"
random_bytes 5 1000000 >"$WORK/backup.partial/edb00009.log"
start_server
refused 1 'is left from a run that failed' "$BUILD/dsbackup" backup "$WORK/backup"
ok "a run over a partial backup is refused"
dsbackup backup --resume --no-truncate "$WORK/backup"
checksums "$WORK/backup" | cmp - <(checksums "$STORE") || fail "the resumed backup is not what is stored"
[ ! -e "$WORK/backup.partial" ] || fail "the partial backup is still there"
ok "--resume makes a backup of what the store holds now"

mkdir "$WORK/foreign.partial"
printf 'mine' >"$WORK/foreign.partial/letter.txt"
refused 1 'letter.txt' "$BUILD/dsbackup" backup --resume --no-truncate "$WORK/foreign"
[ "$(cat "$WORK/foreign.partial/letter.txt")" = mine ] || fail "a foreign file was touched"
ok "--resume touches no file that is not of a backup"
stop_server
