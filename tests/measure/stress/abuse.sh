#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# Load, and peers that mean no good: many sessions at one time, connections that vanish, trickle, stay silent, send
# requests without end or take no answers. The server's memory stays under its bound, honest clients are served
# all the while, and afterwards it holds what it held before.
#
#     abuse.sh BUILD [together=N] [cycles=N] [peers=N] [seconds=N] [seed=N]
#
# together: sessions at one time; peers: of each bad kind; seconds: for which each kind goes on.
# shellcheck source-path=SCRIPTDIR source=lib.sh disable=SC2119
source "$(dirname "$0")/lib.sh"

together=500 cycles=10000 peers=300 seconds=10 seed=1
take_options "${@:2}"
printf 'abuse: %d together, %d cycles, %d peers of each kind for %d s, seed %d\n' \
    "$together" "$cycles" "$peers" "$seconds" "$seed"

# The bound that ntdsbsrvd --help states, in KiB, for that many connections. A sanitizer has its own needs.
bound() {
    echo $(((16 << 10) + (64 << 10) + 320 * $1))
}

figures=$FIGURES/abuse.tsv
printf 'what\tpeers\tseconds\tconnected\tclosed\tfaults\tpeak_KiB\tbound_KiB\thonest\tslowest_ms\n' >"$figures"

peak() {
    sed -n 's/^VmHWM:[^0-9]*\([0-9]*\) kB/\1/p' "/proc/$SERVER_PID/status"
}

# judge_memory CONNECTIONS: and forget the peak.
judge_memory() {
    PEAK=$(peak) BOUND=$(bound "$1")
    is_sanitized || [ "$PEAK" -le "$BOUND" ] || fail "the server took $PEAK KiB, more than $BOUND"
    echo 5 >"/proc/$SERVER_PID/clear_refs" 2>/dev/null || true
}

# honest_session: one that is served whole, as $TOOK milliseconds.
honest_session() {
    local start=${EPOCHREALTIME/./}
    serves
    TOOK=$(((${EPOCHREALTIME/./} - start) / 1000))
}

# abuse KIND ENDPOINT: for so many seconds, with honest sessions meanwhile.
abuse() {
    local kind=$1 endpoint=$2 line slowest=0 honest=0 until said
    "$BUILD/tests/stress_abuse" "$kind" "$peers" "$seed" "$endpoint" <&"$WORDS" >&"$ANSWERS" &
    local pid=$!
    read -r -t 60 -u "$ANSWERS" line || fail "$kind: it does not begin"
    until=$((SECONDS + seconds))
    while [ "$SECONDS" -le "$until" ]; do
        honest_session
        honest=$((honest + 1))
        [ "$TOOK" -le "$slowest" ] || slowest=$TOOK
        sleep 0.1
    done
    judge_memory 256
    printf 'stop\n' >&"$WORDS"
    wait "$pid" || fail "$kind: ended with $?"
    read -r -t 5 -u "$WORDS" line
    read -r -t 5 -u "$ANSWERS" -a said
    printf '%s\t%d\t%d\t%d\t%d\t%d\t%d\t%d\t%d\t%d\n' "$kind" "$peers" "$seconds" "${said[2]}" "${said[4]}" \
        "${said[6]}" "$PEAK" "$BOUND" "$honest" "$slowest" >>"$figures"
    comes_to_rest
    ok "$kind: $peers peers for $seconds s; $honest honest sessions, the slowest $slowest ms; the server's peak $PEAK KiB"
}

open_pipes
make_store 8000000
keep_store

start_server --max-sessions "$together" --max-connections $((together + 100))
note_calm
"$BUILD/tests/stress_load" together "$together" "$seed" >"$TOOL_OUT" 2>&1 || fail "$together sessions at one time"
judge_memory $((together + 100))
comes_to_rest
printf 'together\t%d\t0\t%d\t0\t0\t%d\t%d\t%d\t0\n' "$together" "$together" "$PEAK" "$BOUND" "$together" >>"$figures"
ok "$together sessions at one time: $(cat "$TOOL_OUT"); the server's peak $PEAK KiB of $BOUND"
stop_server

start_server --insecure-tcp-loopback 0 --request-timeout 2
note_calm
for endpoint in "$SOCKET" "$(server_port)"; do
    started=${EPOCHREALTIME/./}
    "$BUILD/tests/stress_abuse" vanish "$cycles" "$seed" "$endpoint" >"$TOOL_OUT" 2>&1 || fail "vanishing clients"
    took=$(((${EPOCHREALTIME/./} - started) / 1000))
    comes_to_rest
    judge_memory 256
    printf 'vanish\t1\t%d\t%d\t0\t0\t%d\t%d\t0\t0\n' $((took / 1000)) "$cycles" "$PEAK" "$BOUND" >>"$figures"
    ok "$cycles clients that vanish in mid-word over ${endpoint##*/} in $took ms; the server's peak $PEAK KiB"
done
for kind in silent trickle alter flood stubs; do
    abuse "$kind" "$SOCKET"
done
abuse flood "$(server_port)"
# Those hold sessions: as many as leave some.
[ "$peers" -le 48 ] || peers=48
abuse deaf "$SOCKET"
abuse deaf "$(server_port)"
stop_server
