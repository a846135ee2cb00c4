#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# The server reports its resources: while a client is in the middle of a session, and after it has gone.
# shellcheck source-path=SCRIPTDIR source=lib.sh disable=SC2119
source "$(dirname "$0")/lib.sh"

make_store 1000000
truncate -s 4G "$STORE/ntds.dit"
start_server

# holds NAME NUMBER
holds() {
    [ "$("$BUILD/dsbackup" inspect | sed -n "s/^$1 //p")" = "$2" ]
}
# holds_nothing
holds_nothing() {
    local name
    for name in connections groups context_handles backup_sessions restore_sessions open_files restore_registered; do
        holds "$name" 0 || return
    done
}
holds_nothing || fail "a fresh server holds something: $("$BUILD/dsbackup" inspect)"
holds online 1 || fail "a fresh server is not online"
ok "a fresh server holds nothing"

start_tool backup "$WORK/silent"
wait_for 30 "the database is being read" is_longer "$WORK/silent.partial/ntds.dit" 1000000
kill -STOP "$TOOL_PID"
"$BUILD/dsbackup" inspect >"$WORK/lines"
"$BUILD/dsbackup" inspect --json >"$WORK/object"
python3 -c '
import json, sys
lines = dict(line.split() for line in open(sys.argv[1]))
counts = json.load(open(sys.argv[2]))
assert list(counts) == list(lines), (list(counts), list(lines))
flags = {"online", "restore_registered"}
moving = {"calls", "pdus_received", "pdus_sent"}
for name, value in counts.items():
    assert type(value) is (bool if name in flags else int), (name, value)
    assert value >= int(lines[name]) if name in moving else value == int(lines[name]), (name, value, lines[name])
assert counts["open_files"] == 1 and counts["online"] is True and counts["calls"] > 1, counts
' "$WORK/lines" "$WORK/object" >"$TOOL_OUT" 2>&1 || fail "the JSON object is not what the lines say: $(cat "$WORK/object")"
ok "the JSON object holds the same counts"
for name in connections groups context_handles backup_sessions open_files; do
    holds "$name" 1 || fail "not one of $name: $("$BUILD/dsbackup" inspect)"
done
ok "a session and its open file are counted"
kill -KILL "$TOOL_PID"
wait_for 10 "the server has run the session down" holds_nothing
ok "and gone with their client"
[ "$("$BUILD/dsbackup" inspect | sed -n 's/^pdus_sent //p')" -gt 10 ] || fail "PDUs are not counted"
stop_server

if [ "$(id -u)" -eq 0 ]; then
    install -m 755 "$BUILD/dsbackup" "$WORK/tool"
    : >"$WORK/accounts"
    start_server --accounts "$WORK/accounts"
    refused 1 'ERROR_ACCESS_DENIED (5): access denied: run as root, .* (endpoint ncalrpc:' setpriv --reuid 65534 --regid 65534 --clear-groups -- "$WORK/tool" inspect
    ok "others are told nothing"
    stop_server
fi
refused 1 'hrCouldNotConnect' "$BUILD/dsbackup" inspect
ok "and a server that is gone is named"
