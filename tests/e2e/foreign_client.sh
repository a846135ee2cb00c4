#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# A client that shares no code with this project: Debian's impacket, with its own NDR engine and stubs made from
# target/idl/ntdsb.idl.
# contract: wire.operations
# shellcheck source-path=SCRIPTDIR source=lib.sh disable=SC2119
source "$(dirname "$0")/lib.sh"

readonly PYTHON=/usr/bin/python3
"$PYTHON" -c 'import impacket' 2>"$TOOL_OUT" || fail "Debian's python3-impacket is missing"

make_store 300001
start_server --insecure-tcp-loopback 0
PYTHONDONTWRITEBYTECODE=1 timeout 120 "$PYTHON" "$(dirname "$0")/foreign_client.py" "$(server_port)" "$STORE" 2>"$TOOL_OUT" ||
    fail "the foreign client"

# Two connections were dropped in the middle of a session before, each with one open.
runs_down_thrice() {
    [ "$(grep -c 'left 1 session open: run down' "$SERVER_LOG")" -eq 3 ]
}
holds_nothing() {
    [ "$("$BUILD/dsbackup" inspect | grep -cE '^(connections|groups|context_handles|backup_sessions|open_files) 0$')" -eq 5 ]
}
wait_for 10 "the server says that it ran the sessions of lost connections down" runs_down_thrice
ok "the session of a connection that was dropped is run down"
wait_for 10 "the server holds nothing" holds_nothing
ok "nothing of it all is left"
stop_server
