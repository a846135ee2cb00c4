#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# signatures.sh BUILD
#
# A signature names the cause. Two unrelated leaks, planted together, are two findings of a sweep and of a replay of two
# programs; one leak that a sweep meets in more than a hundred ways is one. And it stays the same when lines are
# inserted above the bug, and in each flavour: it is the one of tests/measure/bugs/signatures.txt.
set -euo pipefail
export LC_ALL=C
build=$(realpath "$1")
cd "$(dirname "$(realpath "$0")")/../.."
# shellcheck source-path=SCRIPTDIR source=../measure/bugs/lib.sh
. tests/measure/bugs/lib.sh
flavour=$(basename "$build")
command -v patch >/dev/null || { echo 'skipped: patch is not installed'; exit 77; }
case $flavour in release | asan) ;; *) echo "skipped: variants are built in the flavours release and asan" && exit 77 ;; esac
work=$(mktemp -d "${TMPDIR:-/tmp}/rundown-signatures.XXXXXX")
trap 'rm -rf "$work"' EXIT
failed=0

fail() {
    printf 'not ok - %s\n' "$*"
    failed=1
}

# Both leaks; one of them; and one bug of each form of signature, as it is and below inserted lines.
plant() { # FOLDER NN...
    local files
    mapfile -t files < <(bug_files "${@:2}")
    bug_plant "${files[0]}" "$work/$1" "${files[@]:1}"
    folders+=("$work/$1")
}
forms=(25 27 37 50 78 93)
folders=()
plant two 25 71
plant one 25
for bug in "${forms[@]}"; do
    plant "$bug" "$bug"
    # Lines are counted by the compiler, alike in each flavour.
    [ "$flavour" = release ] || continue
    plant "$bug.lower" "$bug"
    sed -n 's|^+++ b/||p' "$(bug_files "$bug")" | while read -r file _; do
        sed -i '1i\\n\n\n\n\n\n' "$work/$bug.lower/$file"
    done
done
bugs_build "$flavour" rundown "$work/tree" out '' "${folders[@]}" || { tail -n 20 "$work/tree/log"; exit 1; }

cat >"$work/identity.txt" <<'TXT'
DsSetAuthIdentityW("wrong-password")
DsIsNTDSOnlineW(".") !net.connect ECONNREFUSED
TXT
cat >"$work/file.txt" <<'TXT'
h, token = DsBackupPrepareW(".", 0, FULL)
DsBackupOpenFileW(h, "ntds.dit", 24576)
DsBackupEnd(h)
TXT
shown() { sed -n 's/^SIGNATURE: //p' "$1" | sort -u; }

mkdir "$work/found"
"$work/two/out/rundown" run "$work/identity.txt" "$work/file.txt" >"$work/log" && fail "two leaks are not found by run"
[ "$(shown "$work/log" | grep -c '^leak:')" = 2 ] || fail "two leaks are not two in a replay: $(shown "$work/log")"
"$work/two/out/rundown" sweep --jobs 1 --findings "$work/found" "$work/identity.txt" "$work/file.txt" >"$work/log" && fail "two leaks are not swept"
[ "$(grep -c '^  leak:.*: seen' "$work/log")" = 2 ] || fail "two leaks are not two in a sweep: $(shown "$work/log")"
find "$work/found" -mindepth 1 -maxdepth 1 -name 'leak*' | wc -l | grep -qx 2 || fail "two leaks are not two folders"

# Under ASan a part of the sweep.
of=1
[ "$flavour" = release ] || of=8
"$work/one/out/rundown" sweep --jobs 1 --slice "1/$of" --findings "$work/found" corpus/session >"$work/log" && fail "one leak is not swept"
[ "$(shown "$work/log" | wc -l)" = 1 ] || fail "one leak is told as $(shown "$work/log")"
seen=$(sed -n 's/^  leak:.*: seen \([0-9]*\) time.*/\1/p' "$work/log")
[ $((${seen:-0} * of)) -gt 100 ] || fail "one leak is seen only ${seen:-0} times"

for bug in "${forms[@]}"; do
    bug_shows "$work/$bug" 1/64 1 >"$work/as-it-is"
    [ -s "$work/as-it-is" ] || fail "bug $bug shows no signature"
    if [ "$flavour" = release ]; then
        bug_shows "$work/$bug.lower" 1/64 1 >"$work/lower"
        diff "$work/as-it-is" "$work/lower" || fail "bug $bug has another signature below inserted lines"
    fi
    sed "s/^/$bug /" "$work/as-it-is" >"$work/table"
    bug_compare "$work/table" || fail "bug $bug has another signature in the flavour $flavour"
done
[ $failed = 0 ] || exit 1
echo "ok - two leaks are two findings, one leak seen $seen times is one; ${#forms[@]} bugs keep their signatures"
