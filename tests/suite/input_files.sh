#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# Files that others wrote: what is not a regular file is refused at once, what holds nothing or something else is not
# taken for a program, an alphabet, a state or a list, and a NUL byte hides nothing.
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
# Ends with that code within 20 seconds, and says this.
says() { # CODE TEXT COMMAND...
    local code=$1 text=$2 status=0
    shift 2
    timeout -k 1 20 "$@" >"$work/log" 2>&1 </dev/null || status=$?
    if [ "$status" -ne "$code" ] || ! grep -qF -e "$text" "$work/log"; then
        fail "'$*' ends with $status, not $code, or does not say '$text': $(head -n 3 "$work/log" | tr '\n' ' ')"
    fi
}

# Pipes, devices and folders, wherever a file is named.
mkfifo "$work/pipe.txt"
mkdir "$work/folder" "$work/folder/x.txt" "$work/inputs" "$work/empty" "$work/pipes"
mkfifo "$work/pipes/a.txt" "$work/inputs/b.bin"
for file in "$work/pipe.txt" /dev/zero /dev/null; do
    for command in run show format "format --check" minimise sweep enumerate sites "pack $work/empty" "wire $work/empty" \
        "decode ndr" "sweep --state" "bench 1"; do
        read -ra words <<<"$command"
        [ "$command" = "sweep --state" ] && words=(sweep "$program" --state)
        says 1 'is not a regular file' "$rundown" "${words[@]}" "$file"
    done
    says 1 'is not a regular file' "$rundown" sweep --slice 1/1000 --unreached "$file" "$program"
    says 1 'is not a regular file' "$rundown" proxy --listen "ncalrpc:[$work/p]" --to 'ncacn_ip_tcp:127.0.0.1[1]' --plan "$file"
    says 1 'is not a regular file' "$build/replay_ndr" "$file"
    says 1 'is not a regular file' "$build/replay_session" "$file"
done
says 1 'FAILED' "$rundown" run "$work/pipes"
says 1 'FAILED' "$build/replay_ndr" "$work/inputs"
says 1 'is a folder' "$rundown" run "$work/folder"
says 1 'is a folder' "$rundown" show "$work"
for findings in "$work/pipe.txt" "$program" "$work/none/none"; do
    says 1 'findings cannot be saved' "$rundown" sweep --findings "$findings" "$program"
    says 1 'findings cannot be saved' "$rundown" enumerate --findings "$findings" corpus/alphabet/online.txt
done

# Nothing done is not a success.
: >"$work/nothing"
: >"$work/nothing.txt"
printf '# a comment\nworld tcp\n' >"$work/comment.txt"
printf 'DsBackupFree(b0)\n' >"$work/idle.txt"
for file in "$work/nothing" "$work/nothing.txt" "$work/comment.txt"; do
    for command in run minimise sweep enumerate show "bench 1"; do
        read -ra words <<<"$command"
        says 1 'a program without a call' "$rundown" "${words[@]}" "$file"
    done
done
says 1 'no program of this alphabet can be run' "$rundown" enumerate -k 1 --no-faults "$work/idle.txt"
says 1 'no *.txt file' "$rundown" run "$program" "$work/empty"
says 1 'no *.txt file' "$rundown" sweep "$work/empty"
says 1 'contains no input' "$build/replay_ndr" corpus/ndr "$work/empty"
says 1 'holds no record' "$rundown" sites "$work/nothing"
says 1 'No such file' "$rundown" sites "$work/none"
if [ -x "$build/ntdsbsrvd" ]; then
    grep -l '^PowerFail' corpus/session/*.txt | head -n 1 | xargs -I{} cp {} "$work/left-out.txt"
    says 1 '1 programs, 1 left out, 0 failed' "$build/rundown_real" local "$build/ntdsbsrvd" "$work/left-out.txt"
fi

# Any bytes are a program, so text under another name must be told apart.
sed 's/DsBackup/DsBakcup/' "$program" >"$work/text.bin"
says 1 'text.bin:' "$rundown" run "$work/text.bin"
echo '{"a": 1}' >"$work/other.json"
says 1 'other.json:1:' "$rundown" run "$work/other.json"
head -c 400 /dev/zero | tr '\0' 0 >"$work/printable"
says 0 'Ds' "$rundown" show "$work/printable"
cp "$program" "$work/good"
"$rundown" show "$work/good" | diff - <("$rundown" show "$program") >/dev/null || fail "text without a name's end is another program"
"$rundown" pack "$work/inputs" "$program"
says 0 '1 programs, 0 failed' "$rundown" run "$work/inputs/double-end.txt.bin"
cp "$work/inputs/double-end.txt.bin" "$work/bytes.txt"
says 1 'bytes.txt:1:' "$rundown" run "$work/bytes.txt"
cp "$program" "$work/not-a-state"
says 1 'is not the state of a sweep' "$rundown" sweep --state "$work/not-a-state" "$program"
says 1 'is not the state of a sweep' "$rundown" sites "$work/not-a-state"
cmp "$program" "$work/not-a-state" || fail "a file that is no state has been written to"

# A NUL byte is refused with its place, and the file stays as it is.
printf 'DsIsNTDSOnlineW(".")  # S_OK\0 hidden\n' >"$work/nul1.txt"
printf '# before\0after\nDsIsNTDSOnlineW(".")  # S_OK\n' >"$work/nul2.txt"
printf 'DsIsNTDSOnlineW(".\0nowhere")  # S_OK\n' >"$work/nul3.txt"
printf '\0DsIsNTDSOnlineW(".")\n' >"$work/nul4.txt"
printf 'DsIsNTDSOnlineW(".")\n\0' >"$work/nul5.txt"
printf 'DsIsNTDSOnlineW\0(".")\n' >"$work/nul6.txt"
places=(1:29 1:9 1:19 1:1 2:1 1:16)
for i in 1 2 3 4 5 6; do
    cp "$work/nul$i.txt" "$work/kept"
    for command in run format show sweep enumerate minimise; do
        says 1 "nul$i.txt:${places[i - 1]}: expected text: there is a NUL byte" "$rundown" "$command" "$work/nul$i.txt"
    done
    cmp "$work/kept" "$work/nul$i.txt" || fail "format has changed nul$i.txt"
done
printf 'DsIsNTDSOnlineW(".\\x00nowhere")  # S_OK\n' >"$work/escape.txt"
says 1 'expected a character other than NUL' "$rundown" run "$work/escape.txt"
printf '!rpc.reply lost # a\0b\n' >"$work/plan"
says 1 'there is a NUL byte' "$rundown" proxy --listen "ncalrpc:[$work/p]" --to 'ncacn_ip_tcp:127.0.0.1[1]' --plan "$work/plan"
printf 'mem.alloc@x#1 a\0b\n' >"$work/reasons"
says 1 'is not text' "$rundown" sweep --slice 1/1000 --unreached "$work/reasons" "$program"

# A record of a state that was cut off does not count, nor does it spoil the next one.
sweep() { "$rundown" sweep --jobs 1 --findings "$work" --state "$work/$1" corpus/session/double-end.txt corpus/session/eight-calls.txt; }
sweep whole >"$work/table"
for bytes in 1 7 40 400; do
    head -c -"$bytes" "$work/whole" >"$work/cut"
    sweep cut >"$work/again"
    diff "$work/table" "$work/again" >/dev/null || fail "a state that lacks $bytes bytes gives another table"
    "$rundown" sites "$work/cut" | diff "$work/table" - >/dev/null || fail "what follows a cut record of $bytes bytes is lost"
done

[ "$failed" -eq 0 ] && echo "ok - files of others"
exit "$failed"
