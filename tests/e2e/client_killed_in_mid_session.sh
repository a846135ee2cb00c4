#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# A client that dies holds nothing on the server: its only session is free for the next one. One that is
# interrupted ends its session itself.
# shellcheck source-path=SCRIPTDIR source=lib.sh disable=SC2119
source "$(dirname "$0")/lib.sh"

make_store 8000000
truncate -s 4G "$STORE/ntds.dit"
start_server --max-sessions 1 --insecure-tcp-loopback 0

open_files() {
    find "/proc/$SERVER_PID/fd" -lname "$STORE/ntds.dit" | wc -l
}
has_no_open_file() {
    [ "$(open_files)" -eq 0 ]
}

for transport in ncalrpc ncacn_ip_tcp; do
    NTDSBCLI_ENDPOINT=$(server_binding "$transport")
    export NTDSBCLI_ENDPOINT
    : >"$SERVER_LOG"
    start_tool backup "$WORK/over-$transport"
    wait_for 30 "the database is being read" is_longer "$WORK/over-$transport.partial/ntds.dit" 1000000
    refused 1 'hrBackupInProgress' "$BUILD/dsbackup" backup "$WORK/second"
    [ "$(open_files)" -eq 1 ] || fail "the server has the database open $(open_files) times"
    kill -KILL "$TOOL_PID"
    tool_ends_with 137
    wait_for 10 "the server says that it ran the session down" server_has_said 'left 1 session open: run down'
    wait_for 10 "the server has closed the database" has_no_open_file
    ok "$transport: the session of a killed client is run down, its file closed"
done

start_tool backup "$WORK/interrupted"
wait_for 30 "the database is being read" is_longer "$WORK/interrupted.partial/ntds.dit" 1000000
: >"$SERVER_LOG"
kill -TERM "$TOOL_PID"
tool_ends_with 1
grep -q 'interrupted' "$TOOL_OUT" || fail "it does not say that it was interrupted"
[ ! -e "$WORK/interrupted" ] || fail "there is a backup"
! server_has_said 'run down' || fail "the session was not ended but run down"
ok "an interrupted client ends its session itself"

truncate -s 8000000 "$STORE/ntds.dit"
checksums "$STORE" >"$WORK/expected"
dsbackup backup "$WORK/after"
checksums "$WORK/after" | cmp - "$WORK/expected" || fail "the backup after it differs"
ok "the one session that the server allows is free again"
stop_server
