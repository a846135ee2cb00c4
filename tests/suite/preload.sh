#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# rundown preload: what it finds in a program with a planted crash, hang and leak, and in one that is right; a program
# of the system; programs that it cannot watch.
set -euo pipefail
build=$(realpath "$1")
cd "$(dirname "$0")/../.."
if grep -qE 'fsanitize|fprofile' "$build/compile_commands.json"; then
    echo "skipped: an instrumented library is loaded into no other program"
    exit 77
fi
rundown=$build/rundown
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

fail() {
    echo "not ok - $*"
    exit 1
}
# Ends with that code; its output is in $work/log.
ends() { # CODE COMMAND...
    local code=$1 status=0
    shift
    "$@" >"$work/log" 2>&1 || status=$?
    [ "$status" -eq "$code" ] || fail "'$*' ends with $status, not $code: $(cat "$work/log")"
}
says() { # TEXT
    grep -qF -e "$1" "$work/log" || fail "it does not say '$1': $(cat "$work/log")"
}
# The signatures of a sweep's findings are exactly these.
finds() { # SIGNATURE...
    diff <(printf 'SIGNATURE: %s\n' "$@" | sort) <(grep '^SIGNATURE' "$work/log" | sort) || fail "other findings than planted"
}
sweep() { # CODE ARGUMENT...: the findings are saved in a folder of the test
    local code=$1
    shift
    ends "$code" "$rundown" preload --sweep --findings "$work/findings" "$@"
}
# What stands behind "again:", with this program, ends the same way.
shows_again() { # VERDICT
    local again
    again=$(sed -n 's/^  again: rundown //p' "$work/log" | head -n 1)
    [ -n "$again" ] || fail "it does not say how it is seen again: $(cat "$work/log")"
    ends 1 bash -c "'$rundown' $again"
    says "$1"
}

"${CC:-cc}" -O1 -g0 -fno-builtin -fno-optimize-sibling-calls tests/suite/preload/planted.c -o "$work/planted"
sweep 1 -- "$work/planted" crash
finds 'crash:SEGV:crashes < main'
says 'injected: mem.alloc@crashes#1 ENOMEM at 1 persistent'
shows_again 'crash: Segmentation fault in crashes < main'
ends 1 "$rundown" preload --fault 'mem.alloc@crashes#1 ENOMEM once' -- "$work/planted" crash
says 'SIGNATURE: crash:SEGV:crashes < main'
sweep 1 -- "$work/planted" leak
finds 'leak:mem.alloc@leaks#1' 'leak:file.open@leaks#1'
says 'injected: file.read@leaks#1 EIO at 1 persistent'
shows_again 'SIGNATURE: leak:mem.alloc@leaks#1'
# The same for machines.
sweep 1 --json "$work/preload.json" -- "$work/planted" leak
python3 - "$work/preload.json" "$work/log" <<'PYTHON' || fail "the JSON says something else: $(cat "$work/preload.json")"
import json
import re
import sys

table = json.load(open(sys.argv[1], encoding="utf-8"))
text = open(sys.argv[2], encoding="utf-8").read()
runs, calls, points, fired, swallowed, seen, distinct = map(
    int, re.search(r"^(\d+) runs, (\d+) calls at (\d+) fault points, (\d+) faults fired, (\d+) swallowed, (\d+) findings, (\d+)", text, re.M).groups()
)
assert table["format"] == "rundown-preload" and table["version"] == 1 and table["date"]
assert table["program"][1:] == ["leak"] and "file.read@leaks#1" in table["points"] and len(table["points"]) == points
assert (table["runs"], table["calls"], table["fired"], table["swallowed"]) == (runs, calls, fired, swallowed)
assert len(table["findings"]) == distinct and sum(f["seen"] for f in table["findings"]) == seen > 0
for f in table["findings"]:
    assert f"FINDING {f['verdict']}: {f['message']}\nSIGNATURE: {f['signature']}\n  injected: {f['fault']}\n  again: {f['again']}\n" in text, f
    assert f["point"] == "file.read@leaks#1" and f"{f['signature']}: seen {f['seen']} times\n" in text, f
PYTHON
# Runs that begin at main() and runs from the beginning find the same.
for word in crash leak net stdio right; do
    for how in '' --anew; do
        rm -rf "$work/findings"
        "$rundown" preload $how --sweep --findings "$work/findings" -- "$work/planted" $word >"$work/sweep$how" 2>&1 || [ $? -eq 1 ] || fail "$word $how: $(cat "$work/sweep$how")"
    done
    diff <(grep -v 'main(), in a copy\|program anew' "$work/sweep") <(grep -v 'main(), in a copy\|program anew' "$work/sweep--anew") || fail "$word: other findings with --anew"
    grep -qE '^[1-9][0-9]* of the runs begin at main' "$work/sweep" || fail "$word: no run begins at main(): $(cat "$work/sweep")"
    grep -q 'anew: as --anew asks' "$work/sweep--anew" || fail "$word: --anew is not followed"
done
sweep 1 --seconds 1 -- "$work/planted" hang
finds 'time:mem.alloc@hangs#1'
"${CC:-cc}" -O1 -g0 -fno-builtin -fno-optimize-sibling-calls -DTHREAD -pthread tests/suite/preload/planted.c -o "$work/threaded"
sweep 1 -- "$work/threaded" leak
says 'each run starts the program anew: it has 2 threads at main()'
ends 1 "$rundown" preload --json "$work" -- "$work/planted" right
says "rundown: $work: "
ends 1 "$rundown" preload --seconds 1 --fault 'mem.alloc@hangs#1 ENOMEM persistent' -- "$work/planted" hang
says 'time: the program does not end in 1 s; the last fault was at mem.alloc@hangs#1'
sweep 1 -- "$work/planted" net
finds 'leak:net.socket@connects#1'
sweep 0 -- "$work/planted" right
says '0 findings'
says 'not seen, in the run without faults:'
echo "ok - the planted bugs are found, and nothing else"

ends 0 "$rundown" preload -- "$work/planted" leak
for point in mem.alloc@leaks#1 file.open@leaks#1 file.read@leaks#1 file.close@leaks#1; do says "$point"; done
"${CC:-cc}" -O2 -U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=2 -fno-optimize-sibling-calls tests/suite/preload/planted.c -o "$work/fortified"
nm "$work/fortified" | grep -q '__read_chk' || fail "it is not fortified"
for program in planted fortified; do
    ends 0 "$rundown" preload -- "$work/$program" stdio
    for point in file.open@checks#1 file.lookup@checks#1 file.read@checks#1; do says "$point"; done
    ends 0 "$rundown" preload --fault 'file.lookup EACCES' -- "$work/$program" stdio
    says 'fired 1 times, exit code 0: swallowed'
    ends 0 "$rundown" preload --fault 'file.read short' -- "$work/$program" stdio
    says 'fired 1 times, exit code 1: handled'
done
ends 2 "$rundown" preload --fault 'mem.alloc@nobody#1 ENOMEM' -- "$work/planted" leak
says "does not pass 'mem.alloc@nobody#1'"
ends 2 "$rundown" preload --fault 'mem.alloc@leaks#1 EIO' -- "$work/planted" leak
says 'no such kind, number or shape'
for rest in 'at 0' 'at -1' 'at x' at twice; do
    ends 2 "$rundown" preload --fault "mem.alloc@leaks#1 ENOMEM $rest" -- "$work/planted" leak
done
ends 0 "$rundown" preload --fault 'mem.alloc ENOMEM at 1000 once' -- "$work/planted" leak
says 'fired 0 times'
cp "$work/planted" "$work/it's odd"
sweep 1 -- "$work/it's odd" crash
shows_again 'crash: Segmentation fault'
echo "ok - fault points are listed, and wrong ones refused"

printf 'b\na\n' >"$work/lines"
ends 0 "$rundown" preload -- /usr/bin/sort "$work/lines"
says 'mem.alloc@'
sweep 0 -- /usr/bin/sort "$work/lines"
says 'not judged: '
echo "ok - a program of the system is watched"

# Interrupted, it leaves no program behind.
# shellcheck disable=SC2016 # for the inner shell to expand
"$rundown" preload -- /bin/sh -c 'echo $$ >"$0"; exec sleep 300' "$work/pid" >"$work/log" 2>&1 &
for ((i = 0; i < 600; i++)); do [ -s "$work/pid" ] && break; sleep 0.1; done
watched=$(cat "$work/pid")
kill -TERM $!
wait $! && fail "an interrupted run ends with 0"
for ((i = 0; i < 600; i++)); do [ -d "/proc/$watched" ] || break; sleep 0.1; done
[ ! -d "/proc/$watched" ] || fail "the program goes on when it is interrupted"
# Nor does a sweep, whose runs are forked.
runs() { # how many processes run the planted program
    local exe n=0
    for exe in /proc/[0-9]*/exe; do [ "$(readlink "$exe")" != "$work/planted" ] || n=$((n + 1)); done
    echo "$n"
}
"$rundown" preload --sweep --findings "$work/findings" --seconds 3600 -- "$work/planted" hang >"$work/log" 2>&1 &
for ((i = 0; i < 600; i++)); do [ "$(runs)" -lt 2 ] || break; sleep 0.1; done
[ "$(runs)" -ge 2 ] || fail "no run is forked: $(cat "$work/log")"
kill -TERM $!
wait $! && fail "an interrupted sweep ends with 0"
for ((i = 0; i < 600; i++)); do [ "$(runs)" -gt 0 ] || break; sleep 0.1; done
[ "$(runs)" -eq 0 ] || fail "programs go on when the sweep is interrupted"
echo "ok - an interrupted run ends its program"

"${CC:-cc}" -static -O1 tests/suite/preload/planted.c -o "$work/static"
ends 2 "$rundown" preload -- "$work/static" right
says 'statically linked'
cp "$work/planted" "$work/set-user-id"
chmod u+s "$work/set-user-id"
ends 2 "$rundown" preload -- "$work/set-user-id" right
says 'set-user-ID'
ends 2 "$rundown" preload -- "$work/none"
says 'not found'
printf '#!/bin/sh\n' >"$work/script"
chmod +x "$work/script"
ends 2 "$rundown" preload -- "$work/script"
says 'not an ELF program'
ends 2 "$rundown" preload -- "$work/lines"
says 'not a program that may be executed'
echo "ok - what cannot be watched is refused, with the reason"

# What the library takes over is what docs/your-library.md says.
said=$(sed -n '/^The calls are, /,/^.rundown faults --all/p' docs/your-library.md | grep -oP '\x60\K[a-z_0-9]+(?=\x60)' | sort -u)
taken=$(nm -D --defined-only "$build/preload/librundown_preload.so" | awk '$2 == "T" { print $3 }' | grep -vxE '__libc_start_main' |
    sed -E 's/^__(.*)_(chk|2)$/\1/; s/64$//' | sort -u)
diff <(echo "$said") <(echo "$taken") || fail "docs/your-library.md names other calls than the library takes over"
echo "ok - the document names the calls"

cmake --install "$build" --prefix "$work/prefix" >/dev/null
mv "$work/prefix" "$work/moved"
ends 1 "$work/moved/bin/rundown" preload --sweep --findings "$work/findings" -- "$work/planted" crash
echo "ok - it works where it is installed, and after a move"
