#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# What a sweep of `rundown preload` finds is saved, known, verified and compared as findings of all tools are.
set -euo pipefail
build=$(realpath "$1")
cd "$(dirname "$0")/../.."
if grep -qE 'fsanitize|fprofile' "$build/compile_commands.json"; then
    echo "skipped: an instrumented library is loaded into no other program"
    exit 77
fi
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
fail() {
    echo "not ok - $*"
    exit 1
}
# Ends with that code; its output is in $work/log.
rundown() { # CODE ARGUMENT...
    local code=$1 status=0
    "$build/rundown" "${@:2}" >"$work/log" 2>&1 || status=$?
    [ "$status" -eq "$code" ] || fail "'rundown ${*:2}' ends with $status, not $code: $(cat "$work/log")"
}
says() { # TEXT...
    local text
    for text in "$@"; do grep -qF -e "$text" "$work/log" || fail "it does not say '$text': $(cat "$work/log")"; done
}
findings() { # CODE ARGUMENT...
    rundown "$1" findings --findings "$work/findings" "${@:2}"
}
compile() { # NAME FLAG...
    "${CC:-cc}" -O1 -g0 -fno-builtin -fno-optimize-sibling-calls "${@:2}" "tests/suite/preload/$1.c" -o "$work/program"
}
printf x >"$work/a file"
compile saved
rundown 1 preload --sweep --findings "$work/findings" -- "$work/program" <"$work/a file"
says 'SIGNATURE: crash:SEGV:fill < main' 'SIGNATURE: leak:mem.alloc@main#1' '  saved: ' "<'$work/a file'"
! grep -q 'known since' "$work/log" || fail "a new finding is known: $(cat "$work/log")"
crash=$(echo "$work"/findings/crash-SEGV-fill-main-*) leak=$(echo "$work"/findings/leak-mem.alloc@main#1-*)
for folder in "$crash" "$leak"; do
    for file in input.txt input.bin report.txt report.json; do [ -s "$folder/$file" ] || fail "$folder has no $file"; done
done
python3 - "$crash" "$work/program" docs/report.schema.json <<'PYTHON' || fail "the report says something else: $(cat "$crash/report.json")"
import json
import sys

try:
    import jsonschema
except ImportError:
    jsonschema = None

report = json.load(open(sys.argv[1] + "/report.json", encoding="utf-8"))
assert report["signature"] == "crash:SEGV:fill < main" and report["verdict"] == "crash" and report["driver"] == "preload"
assert report["found"]["by"] == "preload" and report["found"]["origin"] == sys.argv[2] and report["found"]["seen"] >= 1
assert "--fault 'mem.alloc@main#1 ENOMEM at 1 persistent'" in report["program"]
if jsonschema:
    jsonschema.validate(report, json.load(open(sys.argv[3], encoding="utf-8")))
PYTHON
echo "ok - findings are saved"

seen() { python3 -c 'import json, sys; print(json.load(open(sys.argv[1] + "/report.json"))["found"]["seen"])' "$1"; }
before=$(sed -n 's/^  leak:mem.alloc@main#1: seen \([0-9]*\) times$/\1/p' "$work/log")
[ "$(seen "$leak")" -eq "$before" ] || fail "seen $(seen "$leak") times, not $before"
rundown 1 preload --sweep --findings "$work/findings" -- "$work/program" <"$work/a file"
[ "$(grep -c '  known since ' "$work/log")" -eq 2 ] || fail "they are not known: $(cat "$work/log")"
[ "$(seen "$leak")" -eq $((2 * before)) ] || fail "seen $(seen "$leak") times, not $((2 * before))"
findings 0 list
says '2 findings in ' 'crash:SEGV:fill < main' 'leak:mem.alloc@main#1'
findings 0 show 'crash:SEGV:fill < main'
says 'FINDING crash: Segmentation fault in fill < main' 'rundown run --driver preload '
rundown 1 run --driver preload "$leak/input.bin"
says 'SIGNATURE: leak:mem.alloc@main#1'
rundown 1 replay "$work/findings"
says '2 replayed, 2 failed'
echo "ok - a finding that is saved is known"

findings 1 verify
says 'still   crash:SEGV:fill < main' 'still   leak:mem.alloc@main#1' '2 still there'
compile saved -DMOVED
findings 1 verify
says '2 still there'
compile saved -DMENDED
findings 1 verify
says 'fixed   crash:SEGV:fill < main' 'still   leak:mem.alloc@main#1' '1 still there, 1 fixed'
findings 0 verify "$crash"
mv "$work/a file" "$work/elsewhere"
findings 125 verify
says 'standard input cannot be read' '2 that cannot be tried'
mv "$work/elsewhere" "$work/a file"
compile saved -DNOTHING
findings 125 verify "$crash"
says "untried crash:SEGV:fill < main: the run without faults does not pass 'mem.alloc@main#1'"
rm "$work/program"
findings 125 verify "$leak"
says 'program: not found'
rundown 1 replay "$leak"
says 'program: not found'
echo "ok - verify says what is still there, fixed, or cannot be tried"

mkdir "$work/empty"
rundown 1 findings diff "$work/empty" "$work/findings"
says 'new    crash:SEGV:fill < main (preload)' '2 new, 0 gone, 0 known'
rundown 0 findings diff "$work/findings" "$work/findings"
findings 0 forget "$crash" "$leak"
findings 0 list
says '0 findings in '
echo "ok - findings are compared and forgotten"

# Both attempts have to fail, so no fault at one point shows it.
compile twice
rundown 1 preload --sweep --findings "$work/findings" -- "$work/program"
says 'SIGNATURE: crash:ABRT:check < main' 'injected: mem.alloc ENOMEM at 1 ' '1 distinct'
findings 1 verify
says '1 still there'
compile twice -DMOVED
findings 125 verify
says "hits mem.alloc@again#1 now, not mem.alloc@main#1"
touch "$work/file"
rundown 1 preload --sweep --findings "$work/file" -- "$work/program"
says 'findings cannot be saved in '
echo "ok - a fault that hits another call than it did is not tried"
