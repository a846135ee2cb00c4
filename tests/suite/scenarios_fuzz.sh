#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# scenarios_fuzz.sh BUILD
#
# libFuzzer chooses scenario, faults and what peers send. Of the library that is wrong on purpose it finds something, which
# its input shows again; with a peer that keeps to no script it finds the one fault that only such a peer reaches.
set -euo pipefail
build=$(realpath "$1")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
fail() { echo "not ok - $*"; exit 1; }
ninja -C "$build" -t query scenarios_toy-fuzz >/dev/null 2>&1 || { echo 'skipped: this compiler has no libFuzzer'; exit 77; }
ninja -C "$build" scenarios_toy scenarios_toy-fuzz scenarios_trusting scenarios_trusting-fuzz >"$work/log" || { cat "$work/log"; exit 1; }
# finds NAME REGEX: within these runs it finds such a signature, and finds it again.
finds() {
    if "$build/$1" fuzz -runs=40000 -seed=1 -artifact_prefix="$work/$1." >"$work/said" 2>&1; then fail "$1: nothing is found"; fi
    local signature
    signature=$(sed -n 's/^SIGNATURE: //p' "$work/said")
    grep -Eq "$2" <<<"$signature" || { tail "$work/said"; fail "$1: it finds '$signature'"; }
    if "$build/$1" fuzz "$work/$1".* >"$work/again" 2>&1; then fail "$1: the input shows nothing"; fi
    [ "$(sed -n 's/^SIGNATURE: //p' "$work/again")" = "$signature" ] || { tail "$work/again"; fail "$1: the input shows something else"; }
    local command status=0
    command=$(sed -n 's/^  again: //p' "$work/said")
    if [ -n "$command" ]; then
        eval "$command" >"$work/again" || status=$?
        [ $status -eq 1 ] || fail "'$command' ends with $status"
    fi
    echo "$1: $signature"
}
finds scenarios_toy '^(left-behind|released-twice|crash|wrong|stuck|swallowed|exited|not-recovered):mem|^crash:toy|^stuck:toy'
"$build/scenarios_trusting" sweep >"$work/sweep" || { cat "$work/sweep"; fail "the sweep reaches what only another peer shows"; }
finds scenarios_trusting '^crash:trusting_read$'
# What is harmless by name is no finding.
echo 'mem.alloc@trusting_none#1' >"$work/benign"
"$build/scenarios_toy" fuzz --benign="$work/benign" -runs=40000 -seed=1 -artifact_prefix="$work/" >"$work/said" 2>&1 || true
grep -q 'a line is FAULT-POINT OWNER DATE REASON' "$work/said" || { tail "$work/said"; fail "--benign is not read"; }
echo 'ok - two programs'
