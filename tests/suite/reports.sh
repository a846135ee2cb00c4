#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# reports.sh BUILD
#
# What is said of a finding, of targets with planted bugs: report.json follows docs/report.schema.json.
set -euo pipefail
build=$1
cd "$(dirname "$(realpath "$0")")/../.."
# shellcheck source-path=SCRIPTDIR source=../measure/bugs/lib.sh
. tests/measure/bugs/lib.sh
command -v patch >/dev/null || { echo 'skipped: patch is not installed'; exit 77; }
python3 -c 'import jsonschema' 2>/dev/null || { echo 'skipped: python3-jsonschema is not installed'; exit 77; }
work=$(mktemp -d "${TMPDIR:-/tmp}/rundown-reports.XXXXXX")
trap 'rm -rf "$work"' EXIT
failed=0

complain() {
    printf 'not ok - %s\n' "$*"
    failed=1
}

# reports/NN.txt shows planted bug NN; all in one tree. Another name shows a finding without a bug.
mapfile -t bugs < <(find tests/suite/reports -name '[0-9]*.txt' -printf '%f\n' | sed 's/\.txt$//' | sort)
folders=()
for bug in "${bugs[@]}"; do
    folders+=("$work/$bug")
    bug_plant "$(bug_files "$bug")" "$work/$bug"
done
bugs_build "$(basename "$build")" rundown "$work/build" out '' "${folders[@]}" || { tail -n 20 "$work/build/log"; exit 1; }

for program in tests/suite/reports/*.txt; do
    name=$(basename "$program" .txt)
    rundown=$work/$name/out/rundown
    [ -x "$rundown" ] || rundown=$build/rundown
    mkdir -p "$work/$name"
    "$rundown" run --report "$work/$name/report.json" "$program" >"$work/$name/report.txt" 2>&1 &&
        complain "$program shows no finding"
done

python3 tests/suite/reports.py docs/report.schema.json "$work"/*/report.json || failed=1
[ $failed = 0 ] && echo 'ok'
exit $failed
