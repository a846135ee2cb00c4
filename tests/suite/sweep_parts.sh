#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# A sweep can be divided and taken up again: the slices together cover the same as
# one sweep, work recorded in the state is not repeated, incomplete records are;
# and a sweep reports when there is nothing to sweep.
set -euo pipefail
build=$(realpath "$1")
cd "$(dirname "$0")/../.."
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

programs=(corpus/session/double-end.txt corpus/session/eight-calls.txt corpus/session/restore-walkthrough.txt)
sweep() { "$build/rundown" sweep --findings "$work/findings" "$@" "${programs[@]}"; }
totals() { tail -n 1 | tr -cd '0-9 \n'; } # programs points runs fired findings

fail() {
    echo "not ok - $*"
    exit 1
}

read -r programs_swept points runs fired findings < <(sweep --jobs 1 | totals)
((programs_swept == 3 && points > 100 && runs > points && fired > points && findings == 0)) ||
    fail "one sweep: $programs_swept programs, $points points, $runs runs, $fired fired, $findings findings"

# Three slices of two processes each.
sum=0
for slice in 1/3 2/3 3/3; do
    read -r _ part _ _ _ < <(sweep --slice "$slice" --jobs 2 | totals)
    sum=$((sum + part))
done
((sum == points)) || fail "three slices have $sum points, one sweep has $points"

# Taken up again: all from the state, then but for the last block.
sweep --jobs 1 --state "$work/state" >"$work/first"
lines=$(wc -l <"$work/state")
sweep --jobs 1 --state "$work/state" >"$work/again"
diff "$work/first" "$work/again" || fail "the table from the state is another"
[ "$(wc -l <"$work/state")" -eq "$lines" ] || fail "what was done was done again"
head -n -1 "$work/state" >"$work/torn"
sweep --jobs 1 --state "$work/torn" >"$work/again"
diff "$work/first" "$work/again" || fail "a torn state gives another table"
[ "$(wc -l <"$work/torn")" -gt "$lines" ] || fail "what was torn was not done again"
"$build/rundown" sites "$work/state" | diff - "$work/first" || fail "rundown sites shows another table"

# A reason that is not true any more, and a fault point that is not reached, fail.
echo "mem.alloc@context_open#1 never" >"$work/reasons"
if sweep --unreached "$work/reasons" >"$work/log"; then fail "unreached fault points went unnoticed"; fi
grep -q 'mem.alloc@context_open#1 .*although listed as unreached' "$work/log" || fail "a stale reason went unnoticed"

for wrong in "--slice 0/2" "--slice 3/2" "--slice x" "--jobs 0" "--nothing 1"; do
    read -ra words <<<"$wrong"
    status=0
    sweep "${words[@]}" >"$work/log" 2>&1 || status=$?
    ((status == 2)) || fail "'$wrong' ends with $status"
done
if "$build/rundown" sweep "$work/findings-there-are-none" >"$work/log" 2>&1; then fail "no program, no failure"; fi
echo "ok - $points points, $runs runs"
