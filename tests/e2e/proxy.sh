#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# The chaos proxy between the real tool and the real server: it carries everything, breaks what a plan says, breaks the
# same for the same seed, kills and restarts.
# shellcheck source-path=SCRIPTDIR source=lib.sh disable=SC2119
source "$(dirname "$0")/lib.sh"

# Each answer in one fragment: what a client that has given up does not see any more is a matter of time.
mkdir "$STORE"
random_bytes 1 40000 >"$STORE/ntds.dit"
random_bytes 2 20000 >"$STORE/edb00001.log"
random_bytes 3 30000 >"$STORE/edb.log"
start_server --insecure-tcp-loopback 0
direct=$NTDSBCLI_ENDPOINT
tcp=$(server_binding ncacn_ip_tcp)
export NTDSBCLI_TIMEOUT_MS=2000

proxy_is_ready() {
    grep -q '^proxy ready' "$WORK/proxy.log"
}
# start_proxy TO OPTION...
start_proxy() {
    : >"$WORK/proxy.log"
    "$BUILD/rundown" proxy --listen "ncalrpc:[$WORK/proxy]" --to "$1" "${@:2}" >"$WORK/proxy.log" &
    PROXY_PID=$!
    wait_for 10 "the proxy is ready" proxy_is_ready
    export NTDSBCLI_ENDPOINT="ncalrpc:[$WORK/proxy]"
}
stop_proxy() {
    kill -TERM "$PROXY_PID"
    wait "$PROXY_PID" || fail "the proxy ended with $?"
    export NTDSBCLI_ENDPOINT=$direct
}
holds_nothing() {
    [ "$("$BUILD/dsbackup" inspect | grep -cE '^(connections|groups|context_handles|backup_sessions|open_files) 0$')" -eq 5 ]
}

for to in "$direct" "$tcp"; do
    start_proxy "$to"
    dsbackup --no-truncate backup "$WORK/through.${to%%:*}"
    stop_proxy
    cmp "$STORE/ntds.dit" "$WORK/through.${to%%:*}/ntds.dit" || fail "what came is not what is there"
    grep -q '> request backup.Read, ' "$WORK/proxy.log" || fail "no read in the log"
    tail -n 1 "$WORK/proxy.log" | grep -Eq '^[0-9]+ connections, [0-9]{2,} PDUs, 0 broken$' || fail "$(tail -n 1 "$WORK/proxy.log")"
    ok "a backup goes through to ${to%%:*} unharmed"
done

printf '# the reply that ends the session is lost\n!rpc.reply@backup.End#1 lost\n' >"$WORK/plan"
start_proxy "$direct" --plan "$WORK/plan"
"$BUILD/dsbackup" --no-truncate backup "$WORK/planned" >"$TOOL_OUT" 2>&1 || fail "a lost reply to End spoils a backup that is whole"
grep -q 'DsBackupEnd.*RPC_S_CALL_FAILED' "$TOOL_OUT" || fail "the tool does not say that End failed"
wait_for 10 "the server has run everything down" holds_nothing
stop_proxy
[ "$(grep -c BROKEN "$WORK/proxy.log")" -eq 1 ] || fail "not one PDU was broken"
grep -q '< response backup.End, .* BROKEN rpc.reply lost' "$WORK/proxy.log" || fail "not the one of the plan"
ok "the plan's fault happens, and no other"

for run in 1 2; do
    start_proxy "$direct" --seed 11 --every 4
    for _ in 1 2 3 4 5 6; do
        "$BUILD/dsbackup" --no-truncate backup "$WORK/seeded" >"$TOOL_OUT" 2>&1 || true
        ! grep -q Sanitizer "$TOOL_OUT" || fail "a sanitizer had to say something"
        rm -rf "$WORK/seeded" "$WORK/seeded.partial"
    done
    stop_proxy
    grep -v '^proxy ready' "$WORK/proxy.log" | sort -s -n -k1,1 >"$WORK/seeded.$run"
    wait_for 10 "the server has run everything down" holds_nothing
done
diff "$WORK/seeded.1" "$WORK/seeded.2" >"$TOOL_OUT" || fail "the same seed breaks something else"
broken=$(grep -c BROKEN "$WORK/seeded.1")
[ "$broken" -ge 3 ] || fail "only $broken PDUs were broken"
ok "the same seed breaks the same $broken PDUs, and the server holds nothing afterwards"

cat >"$WORK/restart" <<EOF
pid=\$(cat "$WORK/pid")
kill -KILL \$pid
# Its store is free once it is a zombie.
until [ ! -e /proc/\$pid ] || grep -qs '^State:.Z' /proc/\$pid/status; do sleep 0.01; done
"$BUILD/ntdsbsrvd" --store "$STORE" --socket "$SOCKET" >"$WORK/again.out" 2>>"$SERVER_LOG" &
echo \$! >"$WORK/pid"
until grep -qs ready "$WORK/again.out"; do sleep 0.01; done
EOF
echo "$SERVER_PID" >"$WORK/pid"
echo '!rpc.request@backup.Read#1 restart' >"$WORK/plan"
start_proxy "$direct" --plan "$WORK/plan" --restart "sh $WORK/restart"
refused 1 'DsBackupRead.*RPC_S_CALL_FAILED' "$BUILD/dsbackup" backup "$WORK/restarted"
dsbackup --resume backup "$WORK/restarted"
cmp "$STORE/ntds.dit" "$WORK/restarted/ntds.dit" || fail "what came is not what is there"
stop_proxy
ok "the server is killed by a fault and serves again"
kill "$(cat "$WORK/pid")"
wait "$SERVER_PID" 2>/dev/null || true

echo '!rpc.reply@backup.Reed#1 lost' >"$WORK/plan"
refused 1 "$WORK/plan:1:2: expected the name of a fault point" \
    "$BUILD/rundown" proxy --listen "ncalrpc:[$WORK/proxy]" --to "$direct" --plan "$WORK/plan"
refused 1 "'nonsense' is not ncalrpc" "$BUILD/rundown" proxy --listen nonsense --to "$direct"
refused 2 '--listen and --to are both needed' "$BUILD/rundown" proxy --listen "$direct"
ok "what cannot be done is said"
