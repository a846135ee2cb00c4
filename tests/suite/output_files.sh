#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# Results arrive or the command fails: files are rewritten where they are, several never become one, and output to a full
# disk is noticed.
set -euo pipefail
build=$(realpath "$1")
cd "$(dirname "$0")/../.."
rundown=$build/rundown
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
failed=0
program=corpus/session/double-end.txt

fail() {
    echo "not ok - $*"
    failed=1
}

# A file is rewritten: links to it, its mode and what lies beside it stay.
ugly='DsIsNTDSOnlineW( "." )   # S_OK'
printf '#c\n%s\n' "$ugly" >"$work/real.txt"
chmod 640 "$work/real.txt"
ln -s real.txt "$work/link.txt"
ln "$work/real.txt" "$work/hard.txt"
echo precious >"$work/link.txt.new"
"$rundown" format "$work/link.txt" || fail "format of a link"
[ -L "$work/link.txt" ] || fail "the link has become a file"
[ "$work/real.txt" -ef "$work/hard.txt" ] || fail "the hard link was cut"
[ "$(stat -c %a "$work/real.txt")" = 640 ] || fail "the mode has become $(stat -c %a "$work/real.txt")"
[ "$(cat "$work/link.txt.new")" = precious ] || fail "a file beside it is gone"
"$rundown" format --check "$work/hard.txt" || fail "the file is not formatted"
cp corpus/ndr/"$(basename "$(find corpus/ndr -name '*.bin' | sort | head -n 1)")" "$work/input.bin"
printf 'old' >"$work/text"
ln -s text "$work/input.txt"
"$rundown" decode ndr "$work/input.bin" || fail "decode over a link"
[ -L "$work/input.txt" ] || fail "decode has replaced a link"
[ "$(head -c 3 "$work/text")" != old ] || fail "decode has not written through a link"
if "$rundown" format "$work/none/x.txt" 2>/dev/null; then fail "format of what is not there"; fi

# A file that cannot be written whole keeps its content.
if [ "$(id -u)" = 0 ] && mkdir "$work/small" && mount -t tmpfs -o size=8k tmpfs "$work/small" 2>/dev/null; then
    { for ((i = 0; i < 170; i++)); do echo 'DsIsNTDSOnlineW(".")#S_OK'; done; } >"$work/long.txt"
    head -c 4000 "$work/long.txt" | sed '$d' >"$work/small/x.txt"
    head -c 4096 /dev/zero >"$work/small/filler"
    cp "$work/small/x.txt" "$work/kept"
    if "$rundown" format "$work/small/x.txt" 2>/dev/null; then fail "format on a full disk"; fi
    cmp "$work/kept" "$work/small/x.txt" || fail "format on a full disk has cost the file"
    umount "$work/small"
fi

# As many files come out as went in.
mkdir "$work/a" "$work/b" "$work/c" "$work/out" "$work/w" "$work/w/server_pdu" "$work/w/client_pdu"
echo 'DsIsNTDSOnlineW(".")' >"$work/a/x.txt"
echo 'DsIsNTDSOnlineW(NULL)' >"$work/b/x.txt"
echo 'DsBackupEnd(NULL)' >"$work/c/x.txt.2"
"$rundown" pack "$work/out" "$work/a/x.txt" "$work/b/x.txt" "$work/c/x.txt.2" || fail "pack"
"$rundown" show "$work"/out/*.bin | grep -v '^rundown' | sort >"$work/packed"
"$rundown" show "$work/a/x.txt" "$work/b/x.txt" "$work/c/x.txt.2" | grep -v '^rundown' | sort | diff - "$work/packed" ||
    fail "pack has lost a program"
for name in p.one p.two p.three p; do cp "$work/a/x.txt" "$work/a/$name.txt"; done
"$rundown" wire "$work/w" "$work"/a/p*.txt "$work/b/x.txt" "$work/a/x.txt" || fail "wire"
for name in p.one p.two p.three p x; do
    [ -s "$work/w/server_pdu/$name-0.bin" ] || [ "$name" = x ] || fail "wire has not recorded $name"
done
cp "$work/input.bin" "$work/input"
if "$rundown" decode ndr "$work/input.bin" "$work/input" 2>"$work/log"; then fail "decode writes one text for two inputs"; fi
grep -q 'the text of several files' "$work/log" || fail "decode does not say which text"

# Output that cannot be written: to a full disk, to a closed pipe.
echo 'DsIsNTDSOnlineW(".")  # ERROR_ACCESS_DENIED' >"$work/wrong.txt"
echo "$ugly" >"$work/ugly.txt"
enumerate=(enumerate -k 1 --no-faults --jobs 1 corpus/alphabet/online.txt)
rows=("--help" "help" "run --help" "--version" "run $program" "run --results local $program" "run --trace $program" "show $program"
    "minimise $work/wrong.txt" "sites" "faults" "allowed" "verdicts" "bench 1 $program" "sweep --jobs 1 --slice 1/50 $program"
    "${enumerate[*]}" "format --check $work/ugly.txt")
for row in "${rows[@]}"; do
    read -ra words <<<"$row"
    status=0
    "$rundown" "${words[@]}" >/dev/full 2>"$work/log" || status=$?
    grep -q 'standard output: No space left' "$work/log" || fail "rundown $row > full disk says nothing"
    [ "$status" -eq 1 ] || fail "rundown $row > full disk ends with $status"
    status=0
    "$rundown" "${words[@]}" >&- 2>"$work/log" || status=$?
    [ "$status" -eq 1 ] || fail "rundown $row with standard output closed ends with $status"
done
for driver in ndr session handle server_pdu client_pdu; do
    if "$build/replay_$driver" --least 1 "corpus/$driver" >/dev/full 2>/dev/null; then fail "replay_$driver > full disk: exit code 0"; fi
done
if [ -x "$build/ntdsbsrvd" ]; then
    for words in "--help" "--version" "local $build/ntdsbsrvd $program"; do
        read -ra split <<<"$words"
        if "$build/rundown_real" "${split[@]}" >/dev/full 2>/dev/null; then fail "rundown_real $words > full disk: exit code 0"; fi
    done
    for tool in dsbackup ntdsbsrvd; do
        for option in --help --version; do
            if "$build/$tool" "$option" >/dev/full 2>/dev/null; then fail "$tool $option > full disk: exit code 0"; fi
        done
    done
fi
"$rundown" proxy --listen "ncalrpc:[$work/p]" --to 'ncacn_ip_tcp:127.0.0.1[1]' >/dev/full 2>/dev/null &
pid=$!
# It ends by itself, or listens and is told to.
until [ -S "$work/p" ] || ! kill -0 "$pid" 2>/dev/null; do sleep 0.05; done
kill "$pid" 2>/dev/null || true
status=0
wait "$pid" || status=$?
[ "$status" -eq 1 ] || fail "proxy > full disk ends with $status"
for state in /dev/full "$work"; do
    if "$rundown" sweep --jobs 1 --slice 1/50 --state "$state" "$program" >"$work/log" 2>&1; then fail "sweep --state $state: exit code 0"; fi
done

[ "$failed" -eq 0 ] && echo "ok - results arrive"
exit "$failed"
