#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# libraries.sh BUILD: the sweeps of other people's libraries find what they are listed with (examples/libraries).
set -euo pipefail
build=$(realpath "$1")
cd "$(dirname "$(realpath "$0")")/../.."
mapfile -t programs < <(sed -n 's/^example(\([^ ]*\) .*/library_\1/p' examples/libraries/CMakeLists.txt)
for program in "${programs[@]}"; do
    # There is none for a library that is not installed.
    ! ninja -C "$build" -t query "$program" >/dev/null 2>&1 || ninja -C "$build" "$program" >/dev/null
done
said=$(mktemp)
trap 'rm -f "$said"' EXIT
status=0
bash examples/libraries/run.sh "$build" >"$said" || status=$?
cat "$said"
[ $status -eq 0 ] || exit $status

# A finding is shown by the same fault, in however many processes it was found.
[ ! -x "$build/examples/libraries/json-c" ] ||
    diff <("$build/examples/libraries/json-c" sweep --jobs 1 | grep -v ' runs in ') <("$build/examples/libraries/json-c" sweep --jobs 3 | grep -v ' runs in ') ||
    { echo 'not ok - json-c: other findings in three processes'; exit 1; }
# What docs/your-library.md says of each that is here in that version: its row, but for the seconds, and how a finding is shown.
page=docs/your-library.md rows=0
fail() { echo "not ok - $*"; exit 1; }
while IFS='|' read -r _ what version points crossings runs _ findings _; do
    name=${what#*\`} name=${name%%\`*}
    line=$(grep -E "^$name +([0-9]+:)?${version// /}[.+-]" "$said") || continue
    says="${points# }fault points reached, ${crossings// /} crossings, ${runs// /} runs in"
    # Its server is a real one, in processes of its own: on a busy machine a run more tells two faults apart.
    [ "$name" != libpq ] || says=${says%, *}
    [[ $line == *", $says"*", ${findings// /} distinct findings" ]] || fail "$page: $name: '$says ..., ${findings// /} findings', not '$line'"
    [ "$name" != sqlite3 ] || grep -qF "    $("$build/examples/libraries/$name" sites | tail -n 1)" "$page" || fail "$page: sqlite3 calls other functions"
    rows=$((rows + 1))
    [ "${findings// /}" = 0 ] || grep -q "^    $name run " "$page" || fail "$page does not show a finding of $name"
done < <(grep -P '^\| \x60.*\| .* of .* \|' "$page")
while IFS= read -r again; do
    [[ $(grep "^${again%% *} " "$said") == *" is not installed" ]] || grep -qF "/$again" "$said" || fail "$page: '$again' is in no finding"
done < <(sed -n "s/^    \([a-z-]* run [a-z_]* --fault '.*\)$/\1/p" "$page")
echo "ok - $rows rows of $page"
