#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# `rundown replay` takes whatever there is: files of any kind, told apart by content, folders, saved findings; and holds
# known issues to what they say. The findings are assertions that are not so.
set -euo pipefail
build=$(realpath "$1")
cd "$(dirname "$0")/../.."
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
failed=0
fail() { echo "not ok - $*"; failed=1; }
replay() { status=0; "$build/rundown" replay "$@" >"$work/log" 2>&1 || status=$?; }
is() { # EXIT-CODE [PATTERN...]
    local pattern
    [ "$status" -eq "$1" ] || fail "exit code $status instead of $1: $(tail -n 3 "$work/log")"
    for pattern in "${@:2}"; do grep -qE -- "$pattern" "$work/log" || fail "'$pattern' is not in: $(tail -n 30 "$work/log")"; done
}

# The whole corpus: nothing of it is left out, and a count is all that is said.
replay
is 0 '^corpus/session +[0-9]+ replayed, 0 failed$' '^[0-9]+ replayed, 0 failed, known: [0-9]+$'
files=$(find corpus/session corpus/regressions corpus/known -name '*.txt' && find corpus -name '*.bin')
[ "$(tail -n 1 "$work/log" | cut -d ' ' -f 1)" -eq "$(wc -l <<<"$files")" ] || fail "not every file: $(tail -n 1 "$work/log") of $(wc -l <<<"$files")"
[ "$(wc -l <"$work/log")" -lt 10 ] || fail "too many lines: $(wc -l <"$work/log")"
replay --verbose corpus/handle
is 0 "^ok +corpus/handle/$(basename "$(find corpus/handle -name '*.bin' -print -quit)")\$" '^[0-9]+ replayed, 0 failed'

# A file of any kind, whatever its name.
echo 'DsIsNTDSOnlineW(".")  # ERROR_ACCESS_DENIED' >"$work/wrong"
echo 'DsIsNTDSOnlineW(".")  # S_OK' >"$work/right"
mkdir "$work/bytes"
"$build/rundown" pack "$work/bytes" corpus/session/double-end.txt
replay "$work/right" corpus/session/double-end.txt
is 0 '^2 replayed, 0 failed'
replay "$work/wrong" "$work/right"
is 1 '^FAILED .*/wrong$' '^FINDING asserted code' '^2 replayed, 1 failed'
input=$(find corpus/server_pdu -name '*.bin' -print -quit)
replay "$input"
is 0 '^1 replayed, 0 failed'
cp "$input" "$work/input"
replay "$work/input"
is 1 'say which driver these bytes are for with --driver'
replay --driver server_pdu "$work/input"
is 0 '^1 replayed, 0 failed'
replay --driver session "$work/bytes"
is 0 '^1 replayed, 0 failed'
for missing in "$work/missing" "$work/missing.txt" "$work/missing.bin" findings-that-are-not-there; do
    replay "$missing"
    is 1 "^FAILED $missing: no such file\$" '^0 replayed, 1 failed'
done
mkdir "$work/empty" && mkfifo "$work/pipe"
replay "$work/empty"
is 1 'empty: contains nothing to replay'
replay "$work/pipe"
is 1 'pipe: is not a regular file'
# A fault that never fires shows nothing.
echo 'DsIsNTDSOnlineW(".") !file.read EIO' >"$work/idle.txt"
replay "$work/idle.txt"
is 1 'idle.txt: a fault of call 1 never fires'
replay --least 3 "$work/right"
is 1 '^FAILED: 1 replayed, at least 3 were expected'

# Saved findings: all, one, its files.
"$build/rundown" findings --findings "$work/findings" add "$work/wrong" >/dev/null || true
one=("$work"/findings/code-*)
for path in "$work/findings" "${one[0]}" "${one[0]}/program.txt" "${one[0]}/report.json"; do
    replay "$path"
    is 1 '^FAILED .*/program.txt$' '^SIGNATURE: code:DsIsNTDSOnline' '^1 replayed, 1 failed'
done
# Its bytes hold no assertion, so they pass; that they are a program is known from the report.
replay "${one[0]}/input.bin"
is 0 '^1 replayed, 0 failed'
echo '{}' >"${one[0]}/report.json"
replay "$work/findings"
is 1 'report.json is not a finding'

# Known issues.
signature=$(grep -m 1 '^# signature: ' "${one[0]}/program.txt")
write_known() { # LINE...
    mkdir -p "$work/known"
    { printf '%s\n' "$@"; cat "$work/wrong"; } >"$work/known/issue.txt"
}
write_known '# reason: it is to be shown' '# owner: nobody' '# date: 2026-01-31' "$signature"
cp corpus/known/README.md "$work/known"
replay "$work/known"
is 0 '^1 replayed, 0 failed, known: 1$'
replay --known "$work/known"
is 0 'known: [1-9][0-9]*$'
replay --verbose "$work/known/issue.txt"
is 0 '^known +.*issue.txt$' 'known: 1$'
for left_out in reason owner date signature; do
    mapfile -t lines < <(printf '%s\n' '# reason: it is to be shown' '# owner: nobody' '# date: 2026-01-31' "$signature" | grep -v "^# $left_out: ")
    write_known "${lines[@]}"
    replay "$work/known"
    is 1 "issue.txt: a known issue needs a line \"# $left_out: " 'known: 1$'
done
write_known '# reason: it is to be shown' '# owner: nobody' '# date: last week' "$signature"
replay "$work/known"
is 1 'a known issue needs a line "# date: YYYY-MM-DD"'
# In the folder of the corpus each has to say so.
cp "$work/right" "$work/known/issue.txt"
replay --known "$work/known"
is 1 'a known issue needs a line "# reason: '
write_known '# reason: it is to be shown' '# owner: nobody' '# date: 2026-01-31' '# signature: leak:another'
replay "$work/known"
is 1 'is known for leak:another, and shows something else' '^FINDING asserted code'
# Mended: that is news.
{ printf '%s\n' '# reason: it is to be shown' '# owner: nobody' '# date: 2026-01-31' "$signature"; cat "$work/right"; } >"$work/known/issue.txt"
replay "$work/known"
is 1 'issue.txt: is a known issue, and passes'

[ "$failed" -eq 0 ] && echo "ok - whatever there is is replayed, and known issues are held to what they say"
exit "$failed"
