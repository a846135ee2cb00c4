#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# tests/summary.py counts what CTest writes: what passed, failed, was skipped and why, over several flavours. It fails if a
# test failed, could not be started or took too long, if a flavour ran nothing, and if all were skipped.
set -euo pipefail
cd "$(dirname "$0")/.."
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

flavour() { # NAME LINE...: the tests of that flavour, run by CTest
    mkdir -p "$work/$1"
    printf '%s\n' "${@:2}" >"$work/$1/CTestTestfile.cmake"
    ctest --test-dir "$work/$1" --output-junit "$work/$1/ctest.xml" --test-output-size-passed 1000000 >/dev/null 2>&1 || true
}
expect() { # STATUS FLAVOUR...: and the output that is expected on stdin
    local expected=$1 status=0 name
    local -a files=()
    shift
    for name; do files+=("$work/$name/ctest.xml"); done
    python3 summary.py "${files[@]}" >"$work/out" || status=$?
    diff - "$work/out" && [ "$status" -eq "$expected" ] && return
    echo "not ok - $*: exit code $status instead of $expected"
    exit 1
}
script() { # NAME COMMAND
    printf 'add_test(%s bash -c "%s")\nset_tests_properties(%s PROPERTIES SKIP_RETURN_CODE 77 TIMEOUT 2)\n' "$1" "$2" "$1"
}

long="head -c 5000 /dev/zero | tr '\\\\0' x; echo; echo skipped: no screwdriver; exit 77"
flavour plain 'add_test(unit/good true)' "$(script e2e/bare 'exit 77')" "$(script e2e/tool "$long")" "$(script e2e/fine 'exit 0')" \
    "$(script e2e/other 'echo skipped: no screwdriver; exit 77')"
flavour other 'add_test(unit/good true)' "$(script e2e/tool 'echo skipped: no hammer; exit 77')"
flavour bad 'add_test(unit/wrong false)' 'add_test(unit/missing /nonexistent/program)' "$(script e2e/slow 'sleep 20')" \
    "$(script e2e/says 'echo skipped: not so; exit 1')" 'add_test(unit/good true)'
flavour none "$(script e2e/tool 'exit 77')"
flavour empty ''

expect 0 plain other <<'TXT'
Skipped in other: no hammer
    1: e2e/tool
Skipped in plain: no reason given
    1: e2e/bare
Skipped in plain: no screwdriver
    2: e2e/other e2e/tool
3 passed, 0 failed, 4 skipped
TXT
expect 1 bad other <<'TXT'
Failed: bad unit/wrong
Failed: bad unit/missing
Failed: bad e2e/slow
Failed: bad e2e/says
Skipped in other: no hammer
    1: e2e/tool
2 passed, 4 failed, 1 skipped
TXT
expect 1 none <<'TXT'
Skipped in none: no reason given
    1: e2e/tool
0 passed, 0 failed, 1 skipped
TXT
expect 1 plain empty < <(printf 'No test: %s\n' "$work/empty/ctest.xml" && printf '%s\n' \
    'Skipped in plain: no reason given' '    1: e2e/bare' 'Skipped in plain: no screwdriver' '    2: e2e/other e2e/tool' \
    '2 passed, 0 failed, 3 skipped')
status=0
python3 summary.py "$work/there-is-none.xml" >/dev/null 2>&1 || status=$?
[ "$status" -eq 2 ] || { echo "not ok - a file that is not there: $status"; exit 1; }
echo "ok - what passed, failed and was skipped is counted"
