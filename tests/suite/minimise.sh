#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# A long program with one wrong assertion becomes the one call that shows it.
set -euo pipefail
build=$(realpath "$1")
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
# asserted code: expected ERROR_ACCESS_DENIED, got ERROR_INVALID_PARAMETER
DsBackupEnd(h)  # ERROR_ACCESS_DENIED
TXT
"$build/rundown" minimise "$work/long.txt" >"$work/short"
diff "$work/expected" "$work/short"

# What shows nothing is not made smaller.
echo 'DsIsNTDSOnlineW(".")  # S_OK' >"$work/right.txt"
if "$build/rundown" minimise "$work/right.txt" >/dev/null 2>&1; then exit 1; fi
echo "ok - 9 calls became 1"
