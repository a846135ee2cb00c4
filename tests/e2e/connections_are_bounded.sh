#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# What clients that mean no good can make the server hold: connections up to a bound, for a time, and none for
# nothing; input that is no PDU ends a connection, and no more than that.
# contract: service.bounded
# shellcheck source-path=SCRIPTDIR source=lib.sh disable=SC2119
source "$(dirname "$0")/lib.sh"

connections() {
    find "/proc/$SERVER_PID/fd" -lname 'socket:*' | wc -l
}
is_down_to() {
    [ "$(connections)" -eq "$1" ]
}
# hold_connections N: that say nothing.
held=()
hold_connections() {
    local i fd
    for ((i = 0; i < $1; i++)); do
        exec {fd}<>"/dev/tcp/127.0.0.1/$port"
        held+=("$fd")
    done
}
# closed_at_once: the connection that is made now.
closed_at_once() {
    local fd status=0
    exec {fd}<>"/dev/tcp/127.0.0.1/$port"
    read -r -t "$1" -u "$fd" || status=$?
    exec {fd}>&-
    [ "$status" -eq 1 ]
}

make_store 1000000
checksums "$STORE" >"$WORK/expected"
start_server --max-connections 4 --insecure-tcp-loopback 0
port=$(server_port)
before=$(connections)
hold_connections 4
wait_for 10 "four connections are held" is_down_to $((before + 4))
status=0
read -r -t 0.2 -u "${held[0]}" || status=$?
[ "$status" -gt 128 ] || fail "a connection is closed though there is room for it"
dsbackup backup --no-truncate "$WORK/first"
checksums "$WORK/first" | cmp - "$WORK/expected" || fail "the backup differs"
server_has_said 'none without a session has been idle longer' || fail "the log does not say so"
status=0
read -r -t 10 -u "${held[0]}" || status=$?
[ "$status" -eq 1 ] || fail "the connection that was idle longest is not closed"
[ "$(connections)" -le $((before + 4)) ] || fail "$(connections) sockets are open"
ok "who says nothing makes room for who has something to say"

truncate -s 4G "$STORE/ntds.dit"
tools=()
for i in 1 2 3 4; do
    start_tool backup "$WORK/session$i"
    wait_for 30 "the database is being read" is_longer "$WORK/session$i.partial/ntds.dit" 1000000
    kill -STOP "$TOOL_PID"
    tools+=("$TOOL_PID")
done
for i in 1 2 3 4; do
    closed_at_once 10 || fail "a connection over the bound is not closed at once"
done
server_has_said 'connection refused: too many connections' || fail "the log does not say so"
[ "$(connections)" -eq $((before + 4)) ] || fail "$(connections) sockets are open"
ok "who has a session does not; connections over the bound are closed at once"
kill -KILL "${tools[@]}"
wait "${tools[@]}" 2>/dev/null || true
stop_server
truncate -s 1000000 "$STORE/ntds.dit"

start_server --max-connections 4 --idle-timeout 1 --session-idle-timeout 2 --request-timeout 2 \
    --insecure-tcp-loopback 0
port=$(server_port)
before=$(connections)
hold_connections 4
wait_for 10 "the server says that one is idle" server_has_said 'idle for too long'
wait_for 10 "idle connections are closed" is_down_to "$before"
for fd in "${held[@]}"; do
    exec {fd}>&-
done
dsbackup status
ok "idle connections are closed, and their places are free"

has_closed() { # REASON: both connections
    [ "$(grep -c -- "$1" "$SERVER_LOG")" -ge 2 ]
}
for kind in trickle alter; do
    : >"$SERVER_LOG"
    why='idle for too long' least=950
    [ "$kind" = alter ] || why='takes too long' least=1950
    mkfifo "$WORK/$kind"
    "$BUILD/tests/stress_abuse" "$kind" 2 1 "$SOCKET" <"$WORK/$kind" >"$TOOL_OUT" &
    peers=$!
    exec {hold}>"$WORK/$kind"
    wait_for 60 "$kind: both connections are closed for the right reason" has_closed "$why"
    exec {hold}>&-
    wait "$peers" || fail "$kind: the peers end with $?"
    read -r -a said < <(grep '^ended' "$TOOL_OUT")
    [ "${said[4]}" -ge 1 ] || fail "$kind: the peers saw no connection closed: ${said[*]}"
    [ "${said[8]}" -ge "$least" ] || fail "$kind: a connection is closed too soon: ${said[*]}"
done
ok "a request that is never whole, and a connection without any, come to their end"

printf 'GET / HTTP/1.1\r\nHost: localhost\r\n\r\n' | talk "$port" >"$WORK/answer" || fail "the connection stays open"
[ "$(head -c 3 "$WORK/answer" | od -An -tx1)" = ' 05 00 03' ] || fail "it does not answer with a fault PDU"
server_has_said 'broke the protocol' || fail "the log does not say so"
ok "what is no PDU is answered with a fault, and the connection closed"

for seed in 1 2 3 4 5 6; do
    random_bytes "$seed" 200000 | talk "$port" >"$WORK/answer" || fail "noise keeps the connection open"
done
dsbackup backup "$WORK/backup"
ok "noise does not hinder the next client"

# A session that its client keeps open without a word: judged by its own, longer time.
truncate -s 4G "$STORE/ntds.dit"
start_tool backup "$WORK/silent"
wait_for 30 "the database is being read" is_longer "$WORK/silent.partial/ntds.dit" 1000000
kill -STOP "$TOOL_PID"
wait_for 20 "the silent session is run down" server_has_said 'left 1 session open: run down'
kill -CONT "$TOOL_PID"
tool_ends_with 1
[ ! -e "$WORK/silent" ] || fail "there is a backup"
ok "a session without a word is run down in the end"
stop_server
