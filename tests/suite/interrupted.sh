#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# An interrupted command ends with 130 or 143, says that it has no result, and
# leaves no process running; nor does one that is killed.
set -euo pipefail
build=$(realpath "$1")
cd "$(dirname "$0")/../.."
rundown=$build/rundown
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
failed=0

fail() {
    echo "not ok - $*"
    failed=1
}
# Processes whose environment holds this test's mark.
left() { grep -lzxF "RUNDOWN_TEST=$work" /proc/[0-9]*/environ 2>/dev/null | cut -d / -f 3 || true; }
# Waits until the command has got that many processes.
wait_for() { # COUNT
    for ((i = 0; i < 300; i++)); do
        [ "$(left | wc -l)" -lt "$1" ] || return 0
        sleep 0.05
    done
    fail "$1 processes did not start: $(tail -n 2 "$work/log")"
}
# wait_until WHAT COMMAND...
wait_until() {
    local what=$1
    shift
    for ((i = 0; i < 600; i++)); do
        ! "$@" || return 0
        sleep 0.05
    done
    fail "waited in vain: the command $what: $(tail -n 2 "$work/log")"
}
# Whether the program of this process has a handler for the signal; before, the shell that becomes it has others.
# shellcheck disable=SC2317 # wait_until calls it
catches() { # SIGNAL PID
    local mask
    [ "$(cat "/proc/$2/comm")" != bash ] || return 1
    mask=$(sed -n 's/^SigCgt:\s*//p' "/proc/$2/status")
    (((16#$mask >> ($(kill -l "$1") - 1)) & 1))
}
gone() {
    for ((i = 0; i < 60; i++)); do
        [ -n "$(left)" ] || return 0
        sleep 0.05
    done
    fail "$1: $(left | wc -l) processes go on"
    left | xargs -r kill -KILL 2>/dev/null || true
}
# A command of so many processes that would take minutes is sent a signal.
interrupt() { # SIGNAL CODE PROCESSES COMMAND...
    local signal=$1 code=$2 processes=$3 status=0 pid
    shift 3
    RUNDOWN_TEST=$work "$@" >"$work/log" 2>&1 </dev/null &
    pid=$!
    wait_for "$processes"
    [ "$signal" = KILL ] || wait_until "catches SIG$signal" catches "$signal" "$pid"
    kill -s "$signal" "$pid"
    wait "$pid" 2>/dev/null || status=$?
    [ "$status" -eq "$code" ] || fail "SIG$signal: '${*:2}' ends with $status, not $code"
    [ "$signal" = KILL ] || grep -q 'interrupted: there is no result' "$work/log" || fail "SIG$signal: '${*:2}' does not say it"
    ! grep -qE 'nothing found| 0 findings| 0 failed$' "$work/log" || fail "SIG$signal: '${*:2}' says that all is well"
    gone "SIG$signal to ${*:2}"
}

many=()
for ((i = 0; i < 200; i++)); do many+=(corpus/session); done
while read -r signal code; do
    interrupt "$signal" "$code" 3 "$rundown" sweep --jobs 2 --state "$work/state" --findings "$work" "${many[@]:0:12}"
    interrupt "$signal" "$code" 3 "$rundown" enumerate -k 5 --jobs 2 --findings "$work" corpus/alphabet/restore.txt corpus/alphabet/online.txt
    interrupt "$signal" "$code" 1 "$rundown" run "${many[@]}"
    interrupt "$signal" "$code" 1 "$rundown" bench 2000000000 corpus/session/double-end.txt
    rm -f "$work/state"
    # What is found is kept in memory alone.
    mkdir -p "$work/nowhere"
    TMPDIR=$work/nowhere interrupt "$signal" "$code" 2 "$rundown" fields --jobs 1 --findings "$work"
    [ -z "$(ls "$work/nowhere")" ] || fail "SIG$signal: fields leaves $(ls "$work/nowhere")"
done <<'TXT'
INT 130
TERM 143
TXT
# Nobody can catch this one, so the workers have to notice themselves.
interrupt KILL 137 3 "$rundown" sweep --jobs 2 --findings "$work" "${many[@]:0:12}"

# Lines that were complete before the interruption were printed.
rm -f "$work/log"
RUNDOWN_TEST=$work "$rundown" run "${many[@]}" >"$work/log" 2>/dev/null &
pid=$!
wait_until 'prints what is done' grep -qs '^ok ' "$work/log"
kill "$pid"
wait "$pid" 2>/dev/null || true
[ "$(grep -c '^ok ' "$work/log")" -ge 1 ] || fail "what was done before the interruption is lost"

# The server that rundown_real has started ends with it, and its folder is removed.
if [ -x "$build/ntdsbsrvd" ]; then
    mkdir "$work/tmp"
    # A server lives as long as a program: several times, so that there is one when the signal comes.
    for row in "INT 130" "TERM 143" "KILL 137" "KILL 137" "KILL 137" "KILL 137"; do
        read -r signal code <<<"$row"
        TMPDIR=$work/tmp interrupt "$signal" "$code" 3 "$build/rundown_real" local "$build/ntdsbsrvd" corpus/session corpus/session
        [ "$signal" = KILL ] || [ -z "$(ls "$work/tmp")" ] || fail "SIG$signal: rundown_real leaves its folder"
    done
fi

# The proxy is ended by a signal as a matter of course.
for row in "INT 130" "TERM 0"; do
    read -r signal code <<<"$row"
    rm -f "$work/log" # the last one's is ready
    "$rundown" proxy --listen "ncalrpc:[$work/p]" --to 'ncacn_ip_tcp:127.0.0.1[1]' >"$work/log" 2>&1 &
    pid=$!
    wait_until 'is ready' grep -qs ready "$work/log"
    status=0
    kill -s "$signal" "$pid"
    wait "$pid" || status=$?
    [ "$status" -eq "$code" ] || fail "SIG$signal: the proxy ends with $status, not $code"
    grep -q '^0 connections' "$work/log" || fail "SIG$signal: the proxy does not say what it has seen"
done

[ "$failed" -eq 0 ] && echo "ok - interrupted commands end, and say so"
exit "$failed"
