#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# goes_on.sh BUILD
#
# A run that ends its process costs the search that run and no more: behind a bug that crashes in nearly every program, replay, run,
# leaks, sweep and enumerate find another one; what the run had shown before is told, too. The sweep of wire inputs breaks every point.
# Nor does a wrong state end a run: what a later call shows stands behind it.
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

# 21 crashes when what was freed is freed again at the end; 105 is a wrong code, 06 a leak, 13 one that needs a fault. 65 crashes for want of memory.
bug_plant "$(bug_files 21)" "$work/two" "$(bug_files 105)"
bug_plant "$(bug_files 21)" "$work/leak" "$(bug_files 06)"
bug_plant "$(bug_files 65)" "$work/dies" "$(bug_files 13)"
bug_plant "$(bug_files 65)" "$work/wire"
# 78 truncates one log too many, 80 does not make it durable; 78 alone is the other's counter-check.
bug_plant "$(bug_files 78)" "$work/one"
bug_plant "$(bug_files 78)" "$work/behind" "$(bug_files 80)"
bugs_build "$(basename "$build")" rundown "$work/build" out '' "$work/two" "$work/leak" "$work/dies" "$work/wire" "$work/one" "$work/behind" || { tail -n 20 "$work/build/log"; exit 1; }

other='code:DsBackupPrepare:expected hrFileNotFound by prepare.no-database, got S_OK'
# shows TOOL ARGUMENT...: both, and all of it is done.
shows() {
    local tool=$1 status=0
    "$work/two/out/rundown" "$@" >"$work/log" 2>&1 || status=$?
    [ $status -eq 1 ] || fail "$tool ends with $status"
    grep -q '^SIGNATURE: crash:' "$work/log" || fail "$tool shows no crash: $(tail -n 3 "$work/log")"
    grep -qxF "SIGNATURE: $other" "$work/log" || fail "$tool does not show the other bug: $(tail -n 3 "$work/log")"
    ! grep 'did not finish' "$work/log" || fail "$tool does not finish"
}
without=corpus/session/store-without-a-database.txt
shows replay "$without"
shows run corpus/session/close-twice.txt corpus/session/buffers-outlive-their-handle.txt "$without"
[ "$(tail -n 1 "$work/log")" = '3 programs, 3 failed' ] || fail "run counts $(tail -n 1 "$work/log")"
shows sweep --jobs 1 --slice 1/8 --findings "$work/sweep" corpus/session/close-twice.txt "$without"
shows enumerate -k 2 --jobs 1 --no-faults --findings "$work/enumerate" corpus/alphabet/store.txt

# One program crashes, the other leaks; and one leaks with some faults and crashes with others.
leaks() { # RUNDOWN PATTERN ARGUMENT...
    local rundown=$1 pattern=$2 status=0
    shift 2
    "$rundown" leaks "$@" >"$work/log" 2>&1 || status=$?
    [ $status -eq 1 ] || fail "leaks $* ends with $status"
    grep -q '^SIGNATURE: crash:' "$work/log" || fail "leaks $* shows no crash"
    grep -qE "$pattern" "$work/log" || fail "leaks $* does not show '$pattern': $(tail -n 3 "$work/log")"
    grep -q 'mem.alloc@context_open#1' "$work/log" || fail "leaks $* does not show the leak: $(cat "$work/log")"
}
leaking=corpus/session/double-end-restore.txt
leaks "$work/leak/out/rundown" '^2 programs, 2 that leak$' corpus/session/close-twice.txt $leaking
leaks "$work/leak/out/rundown" '^FAILED: 1 runs died' --table --jobs 1 corpus/session/close-twice.txt $leaking
leaks "$work/dies/out/rundown" '^FAILED: [0-9]+ runs died' --sweep --jobs 2 corpus/session/failed-restore-keeps-the-directory-offline.txt

# Each is saved, and what it shows again is the finding that its folder is named for.
for folder in "$work"/sweep/code-*; do
    "$work/two/out/rundown" run "$folder/program.txt" >"$work/log" 2>&1 && fail "the saved program shows nothing"
    grep -qxF "SIGNATURE: $other" "$work/log" || fail "the saved program shows another finding: $(grep SIGNATURE "$work/log")"
done
[ -d "${folder:-}" ] || fail "the other bug is not saved"

input=corpus/server_pdu/backup-handle-to-the-restore-interface.bin
sweep_wire() { # RUNDOWN: points and runs
    "$1" sweep --jobs 1 --findings "$work/wire.d" --driver server_pdu "$input" 2>/dev/null | tee "$work/log" | tail -n 1 || true
}
right=$(sweep_wire "$build/rundown") wrong=$(sweep_wire "$work/wire/out/rundown")
[ "${right%%, [0-9]* runs*}" = "${wrong%%, [0-9]* runs*}" ] || fail "a crash costs points of the wire: '$right', '$wrong'"
! grep 'did not finish' "$work/log" || fail "the sweep of the wire does not finish"

truncate=corpus/session/truncate-survives-power-failure.txt
signature=state:DsBackupTruncateLogs:current\ log behind=state:PowerFail:files\ kept\ in\ the\ store
"$work/one/out/rundown" run "$truncate" >"$work/log" && fail "78 is not found"
grep -qxF "SIGNATURE: $signature" "$work/log" || fail "78 shows $(grep SIGNATURE "$work/log")"
! grep '^BEHIND: ' "$work/log" || fail "78 alone shows that behind it"
"$work/behind/out/rundown" run "$truncate" >"$work/log" && fail "78 and 80 are not found"
grep -qxF "SIGNATURE: $signature" "$work/log" || fail "78 and 80 show $(grep SIGNATURE "$work/log")"
grep -qxF "BEHIND: $behind" "$work/log" || fail "80 does not show behind 78: $(grep -A 1 SIGNATURE "$work/log")"
# The sweep saves what is behind as well, and it shows again.
"$work/behind/out/rundown" sweep --jobs 1 --slice 1/512 --findings "$work/behind.d" "$truncate" >"$work/log" && fail "78 and 80 are not swept"
"$work/behind/out/rundown" findings --findings "$work/behind.d" verify "$behind" >"$work/log" && fail "what is behind is not saved"
grep -qxF "still   $behind" "$work/log" || fail "verify: $(cat "$work/log")"
python3 - "$work/behind.d" "$behind" <<'PYTHON' || fail "report.json does not say what is behind"
import json
import pathlib
import sys

reports = [json.loads(path.read_text(encoding="utf-8")) for path in pathlib.Path(sys.argv[1]).glob("*/report.json")]
assert any(r["signature"] == sys.argv[2] and sys.argv[2] in r["behind"] for r in reports), [(r["signature"], r["behind"]) for r in reports]
PYTHON

[ "$failed" -eq 0 ] && echo "ok - a search goes on behind what has ended its process"
exit "$failed"
