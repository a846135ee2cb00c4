#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# wire_faults.sh BUILD
#
# A sweep of wire inputs saves what it finds, with the fault: a leak of a server with a planted bug, and a crash.
set -euo pipefail
build=$(realpath "$1")
cd "$(dirname "$0")/../.."
# shellcheck source-path=SCRIPTDIR source=../measure/bugs/lib.sh
. tests/measure/bugs/lib.sh
command -v patch >/dev/null || { echo 'skipped: patch is not installed'; exit 77; }
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
failed=0
fail() { echo "not ok - $*"; failed=1; }

bugs_build_each "$(basename "$build")" rundown "$work" 65 73 110

input=corpus/server_pdu/backup-handle-to-the-restore-interface.bin
for row in 65:crash 73:leak; do
    bug=${row%:*} status=0
    rundown=$work/$bug/out/rundown findings=$work/$bug.findings
    "$rundown" sweep --jobs 2 --findings "$findings" --driver server_pdu "$input" >"$work/log" 2>&1 || status=$?
    [ "$status" -eq 1 ] || fail "$bug: the sweep ends with $status"
    saved=$(find "$findings" -mindepth 1 -maxdepth 1 -name "${row#*:}-*" | head -n 1)
    [ -n "$saved" ] || { fail "$bug: nothing is saved: $(tail -n 5 "$work/log")"; continue; }
    for file in input.bin input.txt report.txt report.json; do [ -s "$saved/$file" ] || fail "$bug: no $file"; done
    head -n 1 "$saved/input.txt" | grep -qE '^call 1 ![a-z.]+ [A-Z]' || fail "$bug: the text names no fault: $(head -n 1 "$saved/input.txt")"
    [ "$(stat -c %s "$saved/input.bin")" -lt "$(stat -c %s "$input")" ] || fail "$bug: it is no smaller"
    signature=$(sed -n 's/^SIGNATURE: //p' "$saved/report.txt" | head -n 1)
    # The command shows the same as it is printed.
    command=$(python3 -c 'import json, sys; print(json.load(open(sys.argv[1], encoding="utf-8"))["reproduce"])' "$saved/report.json")
    grep -qxF "again: $command" "$work/log" || fail "$bug: the report has another command: $command"
    if bash -c "$command" >"$work/again" 2>&1; then fail "$bug: '$command' shows nothing"; fi
    grep -qxF "SIGNATURE: $signature" "$work/again" || fail "$bug: the command shows another finding: $(cat "$work/again")"
    "$rundown" findings --findings "$findings" list >"$work/list" || fail "$bug: findings list"
    grep -qF "$signature" "$work/list" || fail "$bug: it is not listed"
    "$rundown" findings --findings "$findings" verify "$signature" >"$work/verify" && fail "$bug: it counts as fixed"
    grep -qF "still   $signature" "$work/verify" || fail "$bug: verify says $(cat "$work/verify")"
    # The right target has it not, and the second sweep knows it.
    "$build/rundown" findings --findings "$findings" verify "$signature" >"$work/verify" || fail "$bug: not fixed in the right target"
    "$rundown" sweep --jobs 1 --findings "$findings" --driver server_pdu "$input" >"$work/log" 2>&1 || true
    grep -qF "$signature (server_pdu, known since" "$work/log" || fail "$bug: it is not known: $(tail -n 5 "$work/log")"
done

# The sweep of the fields saves what it finds, too.
"$work/110/out/rundown" fields --findings "$work/fields" >"$work/log" && fail "fields: it finds nothing"
"$work/110/out/rundown" findings --findings "$work/fields" verify >"$work/verify" && fail "fields: nothing is saved"
grep -q '^1 still there, 0 fixed' "$work/verify" || fail "fields: $(cat "$work/verify")"

[ "$failed" -eq 0 ] && echo "ok - what a sweep of wire inputs finds is saved with its fault and shows again"
exit "$failed"
