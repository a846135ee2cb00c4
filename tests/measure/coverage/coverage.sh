#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# coverage.sh BUILD [--no-tests] [--floors] [--list]
#
# How much of target/ runs, line by line and branch by branch, by three sets of runs of the flavour coverage in BUILD:
#
#     corpus    every program and every input of the corpus, once
#     faults    the same, and every program, and input of a hostile peer, with every fault at every point (the sweep); every
#               field of the wire; dsbackup and the daemon with every fault (rundown_tool, rundown_daemon)
#     tests     the same, and all tests; not with --no-tests
#
# Prints a table, writes BUILD/coverage.json and BUILD/html/index.html, and fails if a file of "faults" is below its floor
# (floors.txt) or if something that it leaves out has no reason (unreached.txt). --floors is the short form for CI: without
# tests and pages, and it does not ask for reasons that are missing. --list prints what has none, in the format of
# unreached.txt. A set whose programs or tests fail is no measurement, so that fails, too.
# shellcheck disable=SC2317 # set_of calls functions by name
set -euo pipefail
export LC_ALL=C
if ! [ -d "${1:-}" ]; then
    sed -n '4s/^# //p' "$0" >&2
    exit 2
fi
build=$(realpath "$1")
shift
cd "$(dirname "$0")/../../.."
with_tests=1 how=
for option; do
    case $option in
    --no-tests) with_tests=0 ;;
    --floors | --list) with_tests=0 how=$option ;;
    *) printf 'coverage.sh: unknown option %s\n' "$option" >&2 && exit 2 ;;
    esac
done
readonly work=$build/profiles DRIVERS="handle server_pdu client_pdu ndr"
jobs=$(nproc)
failed=0

# Counters live in the file (%c), so a process that dies has written them; each process has its own (%p), because two that
# add to one counter lose counts, and llvm-cov subtracts them from each other.
profile_as() { export LLVM_PROFILE_FILE="$work/$1/%c%p.profraw"; }

merge() { # SET PROFILE...
    llvm-profdata-14 merge -sparse -o "$work/$1.new" "${@:2}"
    mv "$work/$1.new" "$build/$1.profdata"
}

corpus() {
    local driver
    profile_as corpus
    "$build/rundown" run corpus/session/*.txt corpus/regressions/*.txt
    for driver in $DRIVERS; do "$build/replay_$driver" "corpus/$driver"/*.bin; done
}

# One process a slice: the jobs of one sweep would share their counters.
sweep() {
    local slice pids=() status=0
    profile_as faults
    for ((slice = 1; slice <= jobs; slice++)); do
        {
            "$build/rundown" sweep --jobs 1 --slice "$slice/$jobs" --findings "$work" &&
                "$build/rundown" fields --jobs 1 --slice "$slice/$jobs" --findings "$work" &&
                "$build/rundown_tool" --jobs 1 --slice "$slice/$jobs" &&
                "$build/rundown_daemon" --jobs 1 --slice "$slice/$jobs"
        } >"$work/sweep.$slice" 2>&1 &
        pids+=($!)
    done
    for slice in "${pids[@]}"; do wait "$slice" || status=1; done
    for slice in server_pdu client_pdu; do
        "$build/rundown" sweep --jobs 1 --findings "$work/findings" --driver "$slice" "corpus/$slice"/*.bin >"$work/sweep.$slice" 2>&1 || status=1
    done
    tail -q -n 1 "$work"/sweep.*
    return "$status"
}

# Tests start thousands of processes: while they run, the profiles of those that have ended are merged.
merge_ended() {
    local file all=()
    for file in "$work"/tests/*.profraw; do
        kill -0 "$(basename "$file" .profraw)" 2>/dev/null || all+=("$file")
    done
    [ ${#all[@]} -gt 0 ] || return 0
    printf '%s\n' "${all[@]}" "$build/tests.profdata" >"$work/files"
    # A profile that a process left empty, because it ended at once, holds nothing.
    llvm-profdata-14 merge -sparse -failure-mode=all -f "$work/files" -o "$work/tests.new" 2>>"$work/merge.log" &&
        mv "$work/tests.new" "$build/tests.profdata"
    rm -f "${all[@]}"
}

# Not measured: suite/output_files, where a profile takes the place of a closed standard output; suite/reports, which builds
# and runs changed copies of the target.
tests() {
    local runner status=0
    profile_as tests
    cp "$build/faults.profdata" "$build/tests.profdata"
    ctest --test-dir "$build" --output-on-failure --no-tests=error -j "$jobs" -LE '^(ci|bugs)$' \
        -E '^suite/(output_files|reports)$' >"$work/ctest.log" 2>&1 &
    runner=$!
    while kill -0 "$runner" 2>/dev/null; do
        sleep 2
        merge_ended
    done
    wait "$runner" || status=1
    merge_ended
    # shellcheck disable=SC2046 # words
    merge tests "$build/tests.profdata" $(find "$work/tests" -name '*.profraw' -size +0)
    sed -n '/tests passed/,$p' "$work/ctest.log"
    return "$status"
}

set_of() { # NAME COMMAND...
    local log=$work/$1.log
    printf 'coverage: %s\n' "$1" >&2
    "${@:2}" >"$log" 2>&1 || { failed=1 && printf 'not ok - %s failed; the whole output is in %s\n' "$1" "$log" && tail -n 20 "$log"; }
}

rm -rf "$work" "$build"/{corpus,faults,tests}.profdata
mkdir -p "$work"/{corpus,faults,tests}
sets=(corpus faults)
set_of corpus corpus
merge corpus "$work"/corpus/*.profraw
set_of faults sweep
merge faults "$work"/{corpus,faults}/*.profraw
if [ "$with_tests" = 1 ]; then
    sets+=(tests)
    set_of tests tests
fi
programs=("$build/rundown" "$build"/rundown_{tool,daemon})
for driver in $DRIVERS; do programs+=("$build/replay_$driver"); done
if [ "$with_tests" = 1 ]; then
    programs+=("$build"/{ntdsbsrvd,dsbackup,rundown_real,libntdsbcli.so})
    for driver in "$build"/tests/*; do [ ! -f "$driver" ] || [ ! -x "$driver" ] || programs+=("$driver"); done
fi
# shellcheck disable=SC2086 # one word or none
python3 tests/measure/coverage/coverage.py $how "$build" "${sets[@]}" -- "${programs[@]}" || failed=1
if [ -z "$how" ]; then
    objects=()
    for driver in "${programs[@]:1}"; do objects+=(-object "$driver"); done
    llvm-cov-14 show -format=html -output-dir="$build/html" -show-branches=count -instr-profile="$build/${sets[-1]}.profdata" \
        "${programs[0]}" "${objects[@]}" target >"$work/html.log" 2>&1 || { failed=1 && cat "$work/html.log"; }
    printf '%s\n' "$build/html/index.html" "$build/coverage.json"
fi
rm -rf "$work"/{corpus,faults,tests}
exit "$failed"
