#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# valgrind runs the suite's programs: it reads their debug information, and finds nothing in a program of the corpus.
set -euo pipefail
build=$(realpath "$1")
cd "$(dirname "$0")/../.."
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

command -v valgrind >/dev/null || { echo "skipped: valgrind is not installed"; exit 77; }
# Into a file: with pipefail a reader that has seen enough would end nm.
nm "$build/rundown" >"$work/symbols"
if grep -qE ' __(asan|msan|tsan)_init$' "$work/symbols"; then
    echo "skipped: a sanitizer's runtime and valgrind exclude each other"
    exit 77
fi
not_ok() {
    cat "$work/log"
    echo "not ok - $*"
    exit 1
}

valgrind --error-exitcode=9 --log-file="$work/log" "$build/rundown" run corpus/session/close-twice.txt >"$work/out" ||
    not_ok "valgrind and the program end with $?"
grep -qx '1 programs, 0 failed' "$work/out" || not_ok "the program did not run"
grep -q 'ERROR SUMMARY: 0 errors' "$work/log" || not_ok "valgrind did not come to its end"
if grep -E '^###|debuginfo reader|unhandled' "$work/log"; then
    not_ok "valgrind cannot read the debug information"
fi
echo "ok - one program of the corpus under $(valgrind --version)"
