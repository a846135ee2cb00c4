#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# A signal ends the server at once, whatever its clients are doing, and no
# resource is leaked: exit code 0 (in a sanitizer build that says: no leak), no
# socket file, no open port.
# shellcheck source-path=SCRIPTDIR source=lib.sh disable=SC2119
source "$(dirname "$0")/lib.sh"

make_store 8000000
truncate -s 4G "$STORE/ntds.dit"

for signal in TERM INT; do
    start_server --insecure-tcp-loopback 0
    port=$(server_port)
    exec {idle}<>"/dev/tcp/127.0.0.1/$port"
    start_tool backup "$WORK/$signal"
    wait_for 30 "the database is being read" is_longer "$WORK/$signal.partial/ntds.dit" 1000000
    stop_server "$signal"
    tool_ends_with 1
    grep -q 'DsBackupRead (ntds.dit): RPC_S_CALL_FAILED' "$TOOL_OUT" || fail "the client does not say what failed"
    [ ! -e "$WORK/$signal" ] || fail "there is a backup"
    read -r -t 10 -u "$idle" && fail "the idle client was sent something"
    exec {idle}>&-
    ok "SIG$signal ends it with 0 in the middle of a read and with an idle client"
    [ ! -e "$SOCKET" ] || fail "the socket file is left"
    ! (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null || fail "the port is open"
    [ "$(wc -l <"$WORK/server.out")" -eq 1 ] || fail "standard output has more than the ready line"
    ok "SIG$signal leaves no socket file and no open port"
    rm -r "$WORK/$signal.partial"
done

start_server
rm "$SOCKET"
: >"$SOCKET"
stop_server
[ -f "$SOCKET" ] || fail "it removed a file that is not its socket"
ok "a file that has taken the socket's place is not removed"
rm "$SOCKET"

start_server
dsbackup status
stop_server
ok "it starts again on the same store and socket"
