#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# `./build.sh tour` without a terminal: it finds, explains, stops at the fault, mends, and leaves this tree's target alone.
set -euo pipefail
build=$(realpath "$1")
cd "$(dirname "$0")/../.."
for tool in gdb patch; do
    command -v $tool >/dev/null || { echo "skipped: $tool is not installed"; exit 77; }
done
[ "$(basename "$build")" = release ] || { echo "skipped: the tour is in release"; exit 77; }
said=$(mktemp)
trap 'rm -f "$said"' EXIT
before=$(find target -type f -exec sha256sum {} + | sort)
status=0
./build.sh tour </dev/null >"$said" 2>&1 || status=$?
failed=0
complain() {
    printf 'not ok - %s\n' "$*"
    failed=1
}
[ $status = 0 ] || complain "exit code $status"
[ "$before" = "$(find target -type f -exec sha256sum {} + | sort)" ] || complain "it changes the target"
# In this order.
at=0
while IFS= read -r text; do
    line=$(grep -nF -- "$text" "$said" | cut -d : -f 1 | awk -v at="$at" '$1 > at { print; exit }')
    [ -n "$line" ] || { complain "not said at its place: $text" && continue; }
    at=$line
done <<'TXT'
== 1 of 7: a bug is planted
+    if (result != S_OK)
== 2 of 7: the sweep finds it
FINDING left behind
SIGNATURE: leak:mem.alloc@context_open#1
DsBackupEnd should have released it
== 3 of 7: the report, line by line
== 4 of 7: the program is as small as it can be
 = DsBackupPrepareW("."
== 5 of 7: gdb stops at the fault
fault_fired
#1
== 6 of 7: it is mended
1 programs, 0 failed
== 7 of 7: and it stays so
0 still there, 1 fixed
TXT
[ $failed = 0 ] || { cat "$said" && exit 1; }
echo 'ok - the tour'
