#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# Targets with planted bugs: a program that crashes, and an input of a wire driver, become smaller and show the same.
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

bugs_build_each "$(basename "$build")" rundown "$work" 37 67

"$work/37/out/rundown" minimise corpus/session/null-server-in-both-forms.txt >"$work/small.txt" || fail "minimise: exit code $?"
grep -q '^# crash: ' "$work/small.txt" || fail "no crash: $(cat "$work/small.txt")"
[ "$(grep -vc '^#' "$work/small.txt")" -eq 1 ] || fail "more than one call: $(cat "$work/small.txt")"

input=corpus/server_pdu/backup-handle-to-the-restore-interface.bin
"$work/67/out/rundown" minimise --output "$work/small.bin" "$input" >"$work/small" || fail "minimise: exit code $?"
signature=$(sed -n 's/^# signature: //p' "$work/small")
[ -n "$signature" ] || fail "no signature: $(cat "$work/small")"
[ "$(stat -c %s "$work/small.bin")" -lt "$(stat -c %s "$input")" ] || fail "no smaller: $(stat -c %s "$work/small.bin")"
"$work/67/out/rundown" run --driver server_pdu "$work/small.bin" >"$work/log" 2>&1 && fail "the small input shows nothing"
grep -qxF "SIGNATURE: $signature" "$work/log" || fail "another finding: $(grep SIGNATURE "$work/log")"

# A sweep that dies of it saves it made smaller.
"$work/37/out/rundown" sweep --jobs 1 --findings "$work/findings" corpus/session/null-server-in-both-forms.txt >"$work/log" 2>&1 || true
saved=("$work"/findings/crash-*/program.txt)
[ "$(grep -vc '^#' "${saved[0]}")" -eq 1 ] || fail "the sweep has saved $(cat "${saved[0]}")"

[ "$failed" -eq 0 ] && echo "ok - what crashes and what goes over the wire becomes smaller"
exit "$failed"
