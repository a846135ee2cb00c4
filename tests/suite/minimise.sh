#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# A long program with one wrong assertion becomes the two calls that show it: without the first, End is answered with
# something else, which is another finding. Interrupted, what is there so far is printed.
set -euo pipefail
build=$(realpath "$1")
cd "$(dirname "$0")/../.."
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

cat >"$work/long.txt" <<'TXT'
world tcp segment 9 store 1
DsIsNTDSOnlineW(".")
a, t = DsBackupPrepareW(".", 0, FULL) !net.send EINTR burst
names = DsBackupGetDatabaseNamesW(a)
h, u = DsBackupPrepareW(".", 0, FULL)
DsBackupOpenFileW(h, "temp.pat", 24576)
DsBackupClose(h) !net.recv short persistent
DsBackupEnd(a)
DsBackupEnd(h)  # ERROR_ACCESS_DENIED
DsIsNTDSOnlineW(".")
TXT
cat >"$work/expected" <<'TXT'
# asserted code: expected ERROR_ACCESS_DENIED, got S_OK
h, u = DsBackupPrepareW(".", 0, FULL)
DsBackupEnd(h)  # ERROR_ACCESS_DENIED
TXT
"$build/rundown" minimise "$work/long.txt" >"$work/short"
diff "$work/expected" "$work/short"

# So do references of a strange kind, where a plain one shows the same; and the bytes are another form of the text.
cat >"$work/strange.txt" <<'TXT'
h, u = DsBackupPrepareW(".", 0, FULL)
DsBackupEnd(h)
DsBackupEnd(forged(h, 0x5500))  # S_OK
TXT
"$build/rundown" minimise --output "$work/strange.bin" "$work/strange.txt" >"$work/short"
[ "$(grep -v '^#' "$work/short")" = 'DsBackupEnd(h)  # S_OK' ] || { echo "not ok - $(cat "$work/short")"; exit 1; }
[ "$("$build/rundown" show "$work/strange.bin")" = 'DsBackupEnd(h0)' ] || { echo "not ok - other bytes"; exit 1; }

# An input of another driver that shows nothing is refused, too.
for input in corpus/ndr/*.bin; do break; done
if "$build/rundown" minimise "$input" >"$work/log" 2>&1; then exit 1; fi
grep -q 'has no finding$' "$work/log"

# What shows nothing is not made smaller.
echo 'DsIsNTDSOnlineW(".")  # S_OK' >"$work/right.txt"
if "$build/rundown" minimise "$work/right.txt" >/dev/null 2>&1; then exit 1; fi

# Of 250 calls it is interrupted before it is done: a program comes all the same, and it shows the finding.
{
    for _ in $(seq 248); do echo 'DsIsNTDSOnlineW(".") !net.send EINTR burst'; done
    printf 'h, u = DsBackupPrepareW(".", 0, FULL)\nDsBackupEnd(h)  # ERROR_ACCESS_DENIED\n'
} >"$work/longer.txt"
for seconds in 0.2 0.1 0.05 0.02 0.01 0.005; do
    status=0
    timeout --preserve-status --signal=INT $seconds "$build/rundown" minimise "$work/longer.txt" >"$work/so-far" || status=$?
    [ "$status" -eq 0 ] || break
done
[ "$status" -eq 130 ] || { echo "not ok - exit code $status"; exit 1; }
grep -q "^# interrupted" "$work/so-far"
if "$build/rundown" run "$work/so-far" >"$work/log"; then exit 1; fi
grep -q '^SIGNATURE: code:DsBackupEnd:expected ERROR_ACCESS_DENIED, got S_OK$' "$work/log"
echo "ok - 9 calls became 2"
