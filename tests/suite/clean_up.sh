#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# clean_up.sh BUILD
#
# What only a fault in the clean-up shows, a crash among it, is saved: as a program that makes the calls of the clean-up itself.
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

bug_plant "$(bug_files 01)" "$work/01"
mkdir "$work/dies"
cp -r target "$work/dies/target"
sed -i 's/^    context_destroy(c);$/    if (result != S_OK) *(volatile int *)0 = 0;\n&/' "$work/dies/target/client/session_api.c"
cmp -s target/client/session_api.c "$work/dies/target/client/session_api.c" && { echo "not ok - nothing is planted"; exit 1; }
bugs_build "$(basename "$build")" rundown "$work/build" out '' "$work/01" "$work/dies" || { tail -n 20 "$work/build/log"; exit 1; }
rundown=$work/01/out/rundown
echo 'h, token = DsBackupPrepareW(".", 0, FULL)' >"$work/prepare.txt"

# The last fault point lies in the clean-up.
points=$("$build/rundown" sweep --jobs 1 --findings "$work/none" "$work/prepare.txt" | sed -n 's/^1 programs, \([0-9]*\) points.*/\1/p')
[ -n "$points" ] || fail "the right target's points are not counted"
"$rundown" sweep --jobs 1 --slice "$points/$points" --findings "$work/findings" "$work/prepare.txt" >"$work/log" && fail "nothing is found"
grep -q '^  injected: .* in the clean-up, at ' "$work/log" || fail "it is another fault: $(cat "$work/log")"
saved=("$work"/findings/leak-*/program.txt)
[ -f "${saved[0]}" ] || { fail "nothing is saved"; exit 1; }
grep -qE '^DsBackupEnd\(h\) ![a-z.]+ [A-Z]+$' "${saved[0]}" || fail "no End with the fault is saved: $(cat "${saved[0]}")"
[ "$(grep -vc '^#' "${saved[0]}")" -eq 2 ] || fail "it is not the smallest program: $(cat "${saved[0]}")"
"$rundown" findings --findings "$work/findings" verify >"$work/log" && fail "it does not show again"
grep -q '^1 still there, 0 fixed' "$work/log" || fail "verify: $(cat "$work/log")"
"$build/rundown" run "${saved[0]}" >"$work/log" || fail "the right target has it: $(cat "$work/log")"

# A crash, too: the process that dies of it leaves it to its parent.
rundown=$work/dies/out/rundown
"$rundown" sweep --jobs 1 --slice "$points/$points" --findings "$work/crash" "$work/prepare.txt" >"$work/log" 2>&1 && fail "no crash is found"
grep -q '^with a fault while its handles were ended:$' "$work/log" || fail "it is not the clean-up: $(tail -n 20 "$work/log")"
saved=("$work"/crash/crash-*/program.txt)
[ -f "${saved[0]}" ] || { fail "no crash is saved: $(tail -n 20 "$work/log")"; exit 1; }
[ "$(grep -vc '^#' "${saved[0]}")" -eq 2 ] || fail "it is not the smallest program: $(cat "${saved[0]}")"
grep -qE '^DsBackupEnd\(h\) ![a-z.]+ [A-Z]+' "${saved[0]}" || fail "no End with the fault is saved: $(cat "${saved[0]}")"
for file in report.txt report.json; do [ -s "${saved[0]%/*}/$file" ] || fail "the crash has no $file"; done
"$rundown" findings --findings "$work/crash" verify >"$work/log" 2>&1 && fail "the crash does not show again"
grep -q '^1 still there, 0 fixed' "$work/log" || fail "verify: $(cat "$work/log")"

[ "$failed" -eq 0 ] && echo "ok - what a fault in the clean-up shows is saved and shows again"
exit "$failed"
