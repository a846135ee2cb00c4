#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# Every program of up to three calls (two under sanitizers, which cost ten times as much) over both alphabets, each with
# every single fault: no finding. The coverage does not depend on the number of processes, grows with the bounds, and
# wrong usage says so.
set -euo pipefail
build=$(realpath "$1")
cd "$(dirname "$0")/../.."
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

enumerate() { "$build/rundown" enumerate --findings "$work" "$@"; }
fail() {
    echo "not ok - $*"
    exit 1
}

case $(basename "$build") in
*release) calls=3 ;;
*) calls=2 ;;
esac
enumerate -k "$calls" corpus/alphabet/*.txt | tee "$work/log"

enumerate -k 2 --jobs 1 corpus/alphabet/*.txt >"$work/one"
enumerate -k 2 --jobs 3 corpus/alphabet/*.txt | diff "$work/one" - || fail "three processes cover something else than one"
runs() { tail -n 1 | cut -d ' ' -f 1; }
alone=$(enumerate -k 2 --no-faults corpus/alphabet/online.txt | runs)
shorter=$(enumerate -k 1 corpus/alphabet/online.txt | runs)
all=$(enumerate -k 2 corpus/alphabet/online.txt | runs)
((alone > 100 && shorter > 100 && all > alone && all > shorter)) || fail "$alone runs alone, $shorter shorter, $all in all"

for wrong in "-k 0" "-k 7" "--jobs 0" "--nothing" ""; do
    read -ra words <<<"$wrong"
    status=0
    enumerate "${words[@]}" >"$work/log" 2>&1 || status=$?
    ((status == 2)) || fail "'$wrong' ends with $status"
done
if enumerate "$work/there-is-none.txt" >"$work/log" 2>&1; then fail "no alphabet, no failure"; fi
echo "ok - $all runs for two calls online"
