#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# Threads that share handles, against a real server. What ThreadSanitizer is for; it runs in every flavour.
# shellcheck source-path=SCRIPTDIR source=lib.sh disable=SC2119
source "$(dirname "$0")/lib.sh"

make_store 300000
start_server --max-sessions 32 --insecure-tcp-loopback 0
for transport in ncalrpc ncacn_ip_tcp; do
    NTDSBCLI_ENDPOINT=$(server_binding "$transport")
    export NTDSBCLI_ENDPOINT
    for seed in 1 2; do
        "$BUILD/tests/shared_handles" 400 "$seed" >"$TOOL_OUT" 2>&1 || fail "8 threads on 4 handles over $transport"
        ok "$transport: $(cat "$TOOL_OUT")"
    done
    "$BUILD/tests/end_during_read" "$SERVER_PID" >"$TOOL_OUT" 2>&1 || fail "the end of a handle with a call under way"
    ok "$transport: End cancels the read under way and ends the session: $(cat "$TOOL_OUT")"
done
stop_server
