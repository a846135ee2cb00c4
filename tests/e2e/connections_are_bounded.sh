#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# What clients that mean no good can make the server hold: connections up to a bound, for a time; input that is
# no PDU ends a connection, and no more than that.
# shellcheck source-path=SCRIPTDIR source=lib.sh disable=SC2119
source "$(dirname "$0")/lib.sh"

make_store 1000000
start_server --max-connections 4 --idle-timeout 1 --session-idle-timeout 2 --insecure-tcp-loopback 0
port=$(server_port)

connections() {
    find "/proc/$SERVER_PID/fd" -lname 'socket:*' | wc -l
}
before=$(connections)
is_down_to() {
    [ "$(connections)" -eq "$1" ]
}

held=()
for _ in 1 2 3 4; do
    exec {fd}<>"/dev/tcp/127.0.0.1/$port"
    held+=("$fd")
done
wait_for 10 "four connections are held" is_down_to $((before + 4))
for _ in 1 2 3 4 5 6 7 8; do
    exec {fd}<>"/dev/tcp/127.0.0.1/$port"
    status=0
    read -r -t 10 -u "$fd" || status=$?
    [ "$status" -eq 1 ] || fail "a connection over the bound is not closed at once"
    exec {fd}>&-
done
[ "$(connections)" -le $((before + 4)) ] || fail "$(connections) sockets are open"
server_has_said 'too many connections' || fail "the log does not say so"
ok "connections over the bound are closed at once"

wait_for 10 "idle connections are closed" is_down_to "$before"
server_has_said 'idle for too long' || fail "the log does not say so"
for fd in "${held[@]}"; do
    exec {fd}>&-
done
dsbackup status
ok "idle connections are closed, and their places are free"

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
