#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# `rundown findings` keeps one folder a cause: what is added, what it says, what is known already. The findings are
# assertions that are not so.
set -euo pipefail
build=$(realpath "$1")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
failed=0
fail() { echo "not ok - $*"; failed=1; }
findings() { status=0; "$build/rundown" findings --findings "$work/findings" "$@" >"$work/log" 2>&1 || status=$?; }
is() { # EXIT-CODE [PATTERN...]
    local pattern
    [ "$status" -eq "$1" ] || fail "exit code $status instead of $1: $(tail -n 3 "$work/log")"
    for pattern in "${@:2}"; do grep -qE -- "$pattern" "$work/log" || fail "'$pattern' is not in: $(cat "$work/log")"; done
}
member() { # FOLDER KEY...: a member of its report.json
    python3 -c '
import json, sys
with open(sys.argv[1] + "/report.json", encoding="utf-8") as file:
    value = json.load(file)
for key in sys.argv[2:]:
    value = value[key]
print(value)' "$@"
}

cat >"$work/wrong.txt" <<'TXT'
world tcp segment 9 store 1
DsIsNTDSOnlineW(".")
h, u = DsBackupPrepareW(".", 0, FULL)
DsBackupEnd(h) !net.recv short burst  # ERROR_ACCESS_DENIED
TXT
cat >"$work/same.txt" <<'TXT'
h, u = DsBackupPrepareA(".", 0, FULL)
DsBackupEnd(h)  # ERROR_ACCESS_DENIED
TXT
echo 'DsIsNTDSOnlineW(".")  # ERROR_ACCESS_DENIED' >"$work/other.txt"
echo 'DsIsNTDSOnlineW(".")  # S_OK' >"$work/right.txt"

# One folder a cause, however many inputs show it; the program in it is the smallest.
findings add --by test --seed 7 "$work/wrong.txt" "$work/same.txt" "$work/right.txt"
is 1 '^=== finding 1: code:DsBackupEnd:expected ERROR_ACCESS_DENIED, got S_OK \(session, seen 2 times\)$' \
    '^FINDING asserted code: ' "^again: .*/rundown'* run " 'right.txt: no finding' '^3 inputs: 1 findings, 0 of them known; 1 inputs without one$'
folders=("$work"/findings/*)
[ ${#folders[@]} -eq 1 ] || fail "${folders[*]} instead of one folder"
one=${folders[0]}
[[ $(basename "$one") =~ ^code-DsBackupEnd-expected-ERROR_ACCESS_DENIED-got-S_OK-[0-9a-f]{8}$ ]] || fail "the folder is $one"
[ "$(grep -vc '^#' "$one/program.txt")" -eq 2 ] || fail "not the smallest program: $(cat "$one/program.txt")"
grep -q '^SIGNATURE: code:DsBackupEnd:expected ERROR_ACCESS_DENIED, got S_OK$' "$one/report.txt" || fail "report.txt names no signature"
# Text, bytes and the command show the same.
if "$build/rundown" run "$one/program.txt" >/dev/null; then fail "the saved program shows nothing"; fi
# Bytes hold no names of variables.
"$build/rundown" show "$one/input.bin" | sed 's/h0/h/; s/b0/u/' >"$work/shown"
diff <(grep -v '^#' "$one/program.txt" | sed 's/ *#.*//') "$work/shown" || fail "the bytes are another program"
if bash -c "$(member "$one" reproduce)" >/dev/null; then fail "the command shows nothing"; fi
for row in 'format=rundown finding' version=1 'verdict=asserted code' driver=session 'message=expected ERROR_ACCESS_DENIED, got S_OK' \
    found.by=test found.seed=7 found.seen=2 "found.origin=$work/wrong.txt" "found.flavour=$(basename "$build")"; do
    IFS=. read -ra keys <<<"${row%%=*}"
    [ "$(member "$one" "${keys[@]}")" = "${row#*=}" ] || fail "${row%%=*} is $(member "$one" "${keys[@]}")"
done
[ "$(sed -n "$(python3 -c 'import json, sys; print(json.load(open(sys.argv[1]))["calls"][-1]["line"])' "$one/report.json")p" "$one/program.txt")" = \
    'DsBackupEnd(h)  # ERROR_ACCESS_DENIED' ] || fail "a call is on another line than report.json says"

schema=$(dirname "$(realpath "$0")")/../../docs/report.schema.json
valid() { # FOLDER...: their reports are as the schema says
    local folder
    python3 -c 'import jsonschema' 2>/dev/null || return 0
    for folder; do
        python3 -c '
import json, sys, jsonschema
schema, report = (json.load(open(name, encoding="utf-8")) for name in sys.argv[1:])
jsonschema.Draft202012Validator(schema).validate(report)' "$schema" "$folder/report.json" >"$work/log" 2>&1 || fail "$folder: $(tail -n 15 "$work/log")"
    done
}
valid "$one"

# A later day.
findings add "$work/other.txt" "$work/wrong.txt"
is 1 '^=== finding 1: code:DsIsNTDSOnline:.* \(session, seen 1 time\)$' \
    "^=== finding 2: code:DsBackupEnd:.* \\(session, known since $(member "$one" found date), seen 1 time\\)$" \
    '^2 inputs: 2 findings, 1 of them known; 0 inputs without one$'
[ "$(member "$one" found seen)" = 3 ] || fail "seen $(member "$one" found seen) times"
[ "$(find "$work/findings" -mindepth 1 -maxdepth 1 | wc -l)" -eq 2 ] || fail "not two folders"

valid "$work"/findings/*

# Bytes of a program; bytes that nobody knows what they are; what cannot be read.
mkdir "$work/session" && "$build/rundown" pack "$work/session" "$work/right.txt"
findings add "$work/session/right.txt.bin"
is 0 'right.txt.bin: no finding'
cp "$work/session/right.txt.bin" "$work/right.bin"
findings add "$work/right.bin"
is 1 'say which driver these bytes are for'
findings add --driver session "$work/right.bin"
is 0 'no finding'
findings add "$work/missing.txt"
is 1 'missing.txt: No such file' '1 that cannot be read'
: >"$work/file"
status=0
"$build/rundown" findings --findings "$work/file" add "$work/wrong.txt" >"$work/log" 2>&1 || status=$?
is 1 'findings cannot be saved in .*/file: Not a directory'

# Blanks in a path, and the command all the same.
mkdir "$work/a folder"
"$build/rundown" findings --findings "$work/a folder" add "$work/other.txt" >/dev/null || true
if bash -c "$(member "$work/a folder"/code-* reproduce)" >"$work/log"; then fail "the command shows nothing"; fi
grep -q '^SIGNATURE: code:DsIsNTDSOnline' "$work/log" || fail "the command with a blank in its path says $(cat "$work/log")"

# What there is, by signature, name or path.
findings list
is 0 '^ +3 +[0-9T:Z-]{20} +test +session +code:DsBackupEnd:expected ERROR_ACCESS_DENIED, got S_OK$' '^2 findings in '
findings
is 0 '^2 findings in '
for name in 'code:DsBackupEnd:expected ERROR_ACCESS_DENIED, got S_OK' "$(basename "$one")" "$one"; do
    findings show "$name"
    is 0 '^code:DsBackupEnd:' '^  driver session, seen 3 times since .*, found by test, e.g. from .*wrong.txt$' "^  again: .*rundown'* run " '^FINDING asserted code'
done
findings show nothing
is 1 "there is no finding 'nothing' in"

# As git bisect run wants it: 1 is not fixed, 0 is fixed, 125 says nothing.
findings verify
is 1 '^still +code:DsBackupEnd:' '^still +code:DsIsNTDSOnline:' '^2 still there, 0 fixed, 0 that cannot be tried$'
cp -r "$work/findings" "$work/old"
echo 'DsBackupEnd(NULL)' >"$one/program.txt"
findings verify
is 1 '^fixed +code:DsBackupEnd:[^(]*$' '^1 still there, 1 fixed, 0 '
findings verify "$one"
is 0 '^0 still there, 1 fixed, 0 '
echo 'DsBackupEnd(NULL) !file.read EIO' >"$one/program.txt"
findings verify "$one"
is 0 '^fixed +code:DsBackupEnd:.* \(a fault of call 1 never fires any more\)$'
echo 'DsIsNTDSOnlineW(".")  # ERROR_ACCESS_DENIED' >"$one/program.txt"
findings verify "$one"
is 125 '^untried code:DsBackupEnd:.*: shows code:DsIsNTDSOnline:' '^0 still there, 0 fixed, 1 '
echo 'DsBackupRun(' >"$one/program.txt"
findings verify "$one"
is 125 '^untried .*: program.txt cannot be read$'
findings verify
is 1 '^1 still there, 0 fixed, 1 '
echo '{' >"$one/report.json"
findings verify "$one"
is 125 '^untried .*: report.json:'
findings list
is 1 'report.json:'
mkdir "$work/empty"
status=0
"$build/rundown" findings --findings "$work/empty" verify >"$work/log" 2>&1 || status=$?
is 125 'there is no finding in'

# For a pull request: new, gone, known.
"$build/rundown" findings --findings "$work/old" forget 'code:DsBackupEnd:expected ERROR_ACCESS_DENIED, got S_OK' >/dev/null
"$build/rundown" findings --findings "$work/new" add "$work/wrong.txt" >/dev/null || true
findings diff "$work/old" "$work/new"
is 1 '^new +code:DsBackupEnd:.* \(session\)$' '^gone +code:DsIsNTDSOnline:' '^1 new, 1 gone, 0 known$'
findings diff "$work/new" "$work/new"
is 0 '^known +code:DsBackupEnd:' '^0 new, 0 gone, 1 known$'
findings diff "$work/missing" "$work/new"
is 1 '^1 new, 0 gone, 0 known$'
findings diff "$work/new" "$work/missing"
is 1 'missing: No such file'

# Only what was saved is removed.
other=("$work"/findings/code-DsIs*)
touch "${other[0]}/notes"
findings forget "${other[0]}"
is 1 'Directory not empty'
[ "$(ls "${other[0]}")" = notes ] || fail "left: $(ls "${other[0]}")"
findings forget nothing
is 1 'there is no finding'
findings --findings "$work/new" forget "$work/new"/*
is 0 '^forgotten: '
findings --findings "$work/none" list
is 0 '^0 findings in '

# Nothing that is wrong in the use of it is done.
for words in nothing add show forget "diff x" "diff x y z" "add $work/wrong.txt --seed x" "add $work/wrong.txt --driver none"; do
    read -ra arguments <<<"$words"
    findings "${arguments[@]}"
    is 2
done

[ "$failed" -eq 0 ] && echo "ok - findings are saved once each"
exit "$failed"
