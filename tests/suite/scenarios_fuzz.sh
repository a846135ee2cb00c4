#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# scenarios_fuzz.sh BUILD
#
# libFuzzer and AFL++ choose scenario, faults and what peers send. Of the library that is wrong on purpose they find something,
# which its input shows again; with a peer that keeps to no script they find the one fault that only such a peer reaches.
set -euo pipefail
build=$(realpath "$1")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
fail() { echo "not ok - $*"; exit 1; }
export AFL_NO_UI=1 AFL_BENCH_UNTIL_CRASH=1
unset ASAN_OPTIONS # of which afl-fuzz has an opinion
declare -A words=([fuzz]="-runs=40000 -seed=1 -artifact_prefix=./" [afl]="afl -E 40000 -s 1")
# AFL++ gets the file twice: one cause is shown once.
declare -A again=([fuzz]="" [afl]="afl") saved=([fuzz]="crash-*" [afl]="*.afl/default/crashes/id* *.afl/default/crashes/id*")
engines=()
for engine in fuzz afl; do
    ninja -C "$build" -t query scenarios_toy-$engine >/dev/null 2>&1 || continue
    ninja -C "$build" scenarios_{toy,trusting}{,-$engine} >"$work/log" || { cat "$work/log"; exit 1; }
    engines+=("$engine")
done
[ ${#engines[@]} -gt 0 ] || { echo 'skipped: this compiler has no libFuzzer, and AFL++ is not installed'; exit 77; }

# finds ENGINE NAME REGEX: within these runs it finds such a signature, and finds it again.
finds() {
    mkdir "$work/$1-$2"
    cd "$work/$1-$2"
    # shellcheck disable=SC2086 # words are some
    if "$build/$2" fuzz ${words[$1]} >said 2>&1; then tail said; fail "$2, $1: nothing is found"; fi
    local signature
    signature=$(sed -n 's/^SIGNATURE: //p' said)
    grep -Eq "$3" <<<"$signature" || { tail said; fail "$2, $1: it finds '$signature'"; }
    # shellcheck disable=SC2086 # so are files
    if "$build/$2" fuzz ${again[$1]} ${saved[$1]} >again 2>&1; then fail "$2, $1: the input shows nothing"; fi
    diff <(sed -n '/^FINDING/,/^ *seen/p' said) <(sed -n '/^FINDING/,/^ *seen/p' again) || fail "$2, $1: the input shows something else"
    local command status=0
    command=$(sed -n 's/^  again: //p' said)
    if [ -n "$command" ]; then
        eval "$command" >again || status=$?
        [ $status -eq 1 ] || fail "'$command' ends with $status"
    fi
    echo "$2, $1: $signature"
}
"$build/scenarios_trusting" sweep >"$work/sweep" || { cat "$work/sweep"; fail "the sweep reaches what only another peer shows"; }
echo 'mem.alloc@trusting_none#1' >"$work/benign"
for engine in "${engines[@]}"; do
    finds "$engine" scenarios_toy '^(left-behind|released-twice|crash|wrong|stuck|swallowed|exited|not-recovered):mem|^(misused|used-after-release):|^crash:toy|^stuck:toy'
    finds "$engine" scenarios_trusting '^crash:trusting_read$'
    # What is harmless by name is no finding.
    status=0
    # shellcheck disable=SC2086 # files again
    (cd "$work/$engine-scenarios_toy" && "$build/scenarios_toy" fuzz ${again[$engine]} --benign="$work/benign" ${saved[$engine]}) >"$work/said" 2>&1 ||
        status=$?
    grep -q 'a line is FAULT-POINT OWNER DATE REASON' "$work/said" || { tail "$work/said"; fail "$engine: --benign is not read"; }
    [ $status -ne 0 ] || fail "$engine: a list that cannot be read is none"
done

# Where an engine is not installed.
mkdir "$work/alone"
cp "$build/scenarios_toy" "$work/alone"
status=0
"$work/alone/scenarios_toy" fuzz afl -V 1 2>"$work/said" || status=$?
[ $status -eq 2 ] || fail "without AFL++ it ends with $status"
grep -q "scenarios_toy-afl: .*; install AFL++" "$work/said" || { cat "$work/said"; fail "it does not say that AFL++ is missing"; }
echo "ok - two programs, ${#engines[@]} engines"
