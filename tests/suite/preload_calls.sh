#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# Each call that rundown preload takes over has its fault points, and what it acquires is in the ledger: of a program that
# leaves something behind at each. Programs of the system, as Debian 12 has them.
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
preload() { # CODE ARGUMENT...
    local code=$1 status=0
    (cd "$work" && "$build/rundown" preload "${@:2}") >"$work/log" 2>&1 || status=$?
    [ "$status" -eq "$code" ] || fail "'rundown preload ${*:2}' ends with $status, not $code: $(cat "$work/log")"
}
says() { # TEXT
    grep -qF -e "$1" "$work/log" || fail "it does not say '$1': $(cat "$work/log")"
}
# The fault points of a run, and the signatures of a sweep, are exactly these; `-` stands between them.
has() { # WORD POINT... - SIGNATURE...
    local word=$1 points=() code=0
    shift
    while [ "$1" != - ]; do points+=("$1"); shift; done
    shift
    preload 0 -- ./calls "$word"
    diff <(printf '%s\n' "${points[@]}") <(grep @ "$work/log") || fail "$word: other fault points"
    [ $# -eq 0 ] || code=1
    preload "$code" --sweep --findings findings -- ./calls "$word"
    diff <(printf '%s\n' "$@" | sed '/^$/d; s/^/SIGNATURE: /') <(grep '^SIGNATURE' "$work/log") || fail "$word: other findings"
}
compile() { # NAME FLAG...
    "${CC:-cc}" -g0 -fno-optimize-sibling-calls "${@:2}" tests/suite/preload/calls.c -o "$work/$1"
}

compile calls -O1 -fno-builtin
has serve net.socket@serve#1 net.bind@serve#1 net.listen@serve#1 net.socket@serve#2 net.connect@serve#1 net.accept@serve#1 \
    net.recv@serve#1 - leak:net.socket@serve#1 leak:net.accept@serve#1
has join net.socket@join#1 net.send@join#1 - leak:net.socket@join#1
has copy fd.pipe@copy#1 fd.dup@copy#1 file.close@copy#{1,2} fd.replace@copy#1 file.close@copy#{3,4} - leak:fd.pipe@copy#1 leak:fd.dup@copy#1
has watch net.epoll@watch#1 fd.pipe@watch#1 net.watch@watch#1 net.wait@watch#1 file.close@watch#{1,2,3} - leak:net.epoll@watch#1
has select fd.pipe@select_in_time#1 net.poll@select_in_time#{1,2,3} file.close@select_in_time#{1,2} - leak:fd.pipe@select_in_time#1
has vectors fd.pipe@vectors#1 file.write@vectors#1 file.read@vectors#1 file.close@vectors#{1,2} - leak:fd.pipe@vectors#1
has program proc.fork@run_program#1 mem.alloc@run_program#1 - leak:proc.fork@run_program#1
has write file.create@write_stream#1 out.write@write_stream#1 file.close@write_stream#1 - leak:file.create@write_stream#1
has open fd.dup@open_stream#1 mem.alloc@open_stream#1 file.close@open_stream#1 - leak:fd.dup@open_stream#1
has print out.write@print#{1,2,3,4,5} -
has list file.opendir@list#1 file.list@list#1 - leak:file.opendir@list#1
has temporary file.create@temporary#1 file.unlink@temporary#1 file.close@temporary#1 - leak:file.create@temporary#1
has lines mem.alloc@lines#1 file.open@lines#1 mem.alloc@lines#2 file.close@lines#1 - leak:mem.alloc@lines#1
has borrow fd.dup@borrow#1 mem.alloc@borrow#1 file.close@borrow#1 - leak:fd.dup@borrow#1
has children mem.alloc@children#1 proc.fork@children#1 - leak:mem.alloc@children#1
says 'not seen, in the run without faults: 1 child processes'
says 'a child process begins with a copy of what is held: at most 1 blocks and 0 descriptors'
preload 0 --json "$work/children.json" -- ./calls children
grep -q '"inherited_blocks": 1' "$work/children.json" || fail "the JSON does not say what a child inherits: $(cat "$work/children.json")"
# Programs that the library is not loaded into, whoever starts them.
printf 'int main(void) { return 0; }\n' >"$work/static.c"
"${CC:-cc}" -static "$work/static.c" -o "$work/static"
cp "$work/static" "$work/other"
if [ "$(id -u)" = 0 ]; then chown nobody "$work/other"; else ln -sf "$(command -v su)" "$work/other"; fi
[ -L "$work/other" ] || chmod u+s "$work/other"
preload 0 -- ./calls start
says ' 1 programs started, 7 static programs started, 1 set-user-ID or set-group-ID programs started'
preload 0 --json "$work/start.json" -- ./calls start
grep -q '"static_programs": 7' "$work/start.json" || fail "the JSON does not count static programs: $(cat "$work/start.json")"
# And what libc calls itself: fopen() and getline() allocate.
preload 0 -- ./calls lines
grep -qE 'without faults: [1-9][0-9]* calls of libc itself' "$work/log" || fail "no call of libc is counted: $(cat "$work/log")"
preload 0 -- ./calls copy
says 'not seen, in the run without faults: nothing'
echo "ok - each call has its fault points, and the ledger knows what it acquires"

# A stream that could not be written keeps its mark, whatever is asked later; a close that fails is told.
for call in 1 2 3 4 5; do
    preload 0 --fault "out.write@print#$call EIO" -- ./calls print
    says 'exit code 1: handled'
done
preload 0 --fault 'file.close@open_stream#1 ENOSPC' -- ./calls open
says 'exit code 1: handled'
preload 0 --fault 'file.close@write_stream#1 ENOSPC' -- ./calls write
says 'exit code 0: swallowed'
preload 0 --fault 'net.wait@watch#1 timeout' -- ./calls watch
says 'exit code 0: swallowed'
preload 2 --fault 'net.accept@serve#1 ENOENT' -- ./calls serve
says 'rundown faults --all'
# As _FORTIFY_SOURCE calls them.
compile fortified -O2 -U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=2
nm "$work/fortified" | grep -q '__printf_chk' || fail "it is not fortified"
preload 0 --fault 'out.write@print#1 EIO' -- ./fortified print
says 'exit code 1: handled'
echo "ok - a failed write leaves its mark on the stream"

# shellcheck disable=SC1091
if [ "$(. /etc/os-release && echo "${VERSION_ID:-}")" != 12 ]; then
    echo "skipped in part: programs of Debian 12 alone are known to have no finding"
    exit 0
fi
printf 'b\na\n' >"$work/lines"
cp "$work/lines" "$work/copy"
for command in 'sort lines' 'cp lines copy' 'gzip -c lines' 'xz -c lines' 'cat lines' 'head -n 1 lines' 'seq 3'; do
    command -v "${command%% *}" >/dev/null || continue
    # shellcheck disable=SC2086 # words
    preload 0 --sweep --findings findings -- $command
    says ' 0 findings, '
    grep -qE '^[1-9][0-9]* runs, ' "$work/log" || fail "$command: no run: $(cat "$work/log")"
done
echo "ok - programs of Debian 12 have no finding"
