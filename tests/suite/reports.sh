#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# reports.sh BUILD
#
# What is said of a finding, of targets with planted bugs: each report is the expected one, in 80 columns, in colour on a
# terminal alone; its command works as it is printed; report.json follows docs/report.schema.json.
#
# tests/suite/reports/NN.txt is a program that shows planted bug NN, NN.report what is said then; lines, paths and commits are
# N, PATH and COMMIT in it. Another name shows a finding without a bug. NAME.FLAVOUR.report: where a flavour says something else.
set -euo pipefail
build=$(realpath "$1")
cd "$(dirname "$(realpath "$0")")/../.."
# shellcheck source-path=SCRIPTDIR source=../measure/bugs/lib.sh
. tests/measure/bugs/lib.sh
command -v patch >/dev/null || { echo 'skipped: patch is not installed'; exit 77; }
python3 -c 'import jsonschema' 2>/dev/null || { echo 'skipped: python3-jsonschema is not installed'; exit 77; }
work=$(mktemp -d "${TMPDIR:-/tmp}/rundown-reports.XXXXXX")
trap 'rm -rf "$work"' EXIT
flavour=$(basename "$build")
failed=0

complain() {
    printf 'not ok - %s\n' "$*"
    failed=1
}

# All bugs in one tree.
mapfile -t bugs < <(find tests/suite/reports -name '[0-9]*.txt' -printf '%f\n' | sed 's/\.txt$//' | sort)
bugs_build_each "$flavour" rundown "$work" "${bugs[@]}"

# From "FINDING" on, without what differs from place to place.
normal() { # FILE
    sed -nE '/^FINDING/,$p' "$1" | sed -E "s/\.c:[0-9]+/.c:N/; s/^(  again: ).*( run ).*/\1PATH\2PATH/; s/(flavour) $flavour/\1 FLAVOUR/
        s/, commit [0-9a-f]+(-dirty)?$/, commit COMMIT/"
}

# Lines that somebody copies may be longer.
too_long() { # FILE
    sed '/the program, with what each call returned:/,/^  again:/d' "$1" | grep -v '^SIGNATURE: ' | grep -E '^.{81}' || true
}

for program in tests/suite/reports/*.txt; do
    name=$(basename "$program" .txt)
    rundown=$work/$name/out/rundown
    [ -x "$rundown" ] || rundown=$build/rundown
    mkdir -p "$work/$name"
    "$rundown" run --report "$work/$name/report.json" "$program" >"$work/$name/said" 2>&1 &&
        complain "$program shows no finding"
    normal "$work/$name/said" >"$work/$name/report"
    expected=tests/suite/reports/$name.$flavour.report
    [ -f "$expected" ] || expected=tests/suite/reports/$name.report
    diff -u "$expected" "$work/$name/report" || complain "$program: another report"
    [ -z "$(too_long "$work/$name/report")" ] || complain "$program: longer than 80 columns: $(too_long "$work/$name/report")"
    # The command that is printed shows the same.
    again=$(sed -n 's/^  again: //p' "$work/$name/said")
    bash -c "$again" >"$work/$name/again" 2>&1 && complain "$again: shows no finding"
    normal "$work/$name/again" | cmp -s - "$work/$name/report" || complain "$again: shows another finding"
done
# What the ledger has said, of a program that other ones follow, no sanitizer says again at the end.
"$work/01/out/rundown" run tests/suite/reports/01.txt corpus/session >"$work/many" 2>&1 && complain 'bug 01: no finding'
! grep -E 'LeakSanitizer|FINDING crash' "$work/many" || complain 'a sanitizer says again what the ledger has said'
[ "$(find "$work" -name report.json | wc -l)" = "$(find tests/suite/reports -name '*.txt' | wc -l)" ] || complain 'a report.json is missing'
python3 tests/suite/reports.py docs/report.schema.json "$work"/*/report.json || failed=1

# From the top folder all is relative to it.
[ "$(sed -n 's/^  again: //p' "$work/asserted/said")" = "build/$flavour/rundown run tests/suite/reports/asserted.txt" ] ||
    complain "from the top folder: $(grep again: "$work/asserted/said")"

# An installed program, from a folder with a blank, called by its name.
mkdir -p "$work/usr/bin" "$work/a folder"
cp "$build/rundown" "$work/usr/bin/"
cp tests/suite/reports/asserted.txt "$work/a folder/it's.txt"
(cd "$work/a folder" && PATH=$work/usr/bin:$PATH rundown run "it's.txt") >"$work/installed" 2>&1 && complain 'installed: no finding'
again=$(sed -n 's/^  again: //p' "$work/installed")
[[ $again == 'rundown run '* ]] || complain "installed: $again"
(cd / && PATH=$work/usr/bin:$PATH bash -c "$again") >"$work/again" 2>&1 && complain "installed: $again: no finding"
normal "$work/again" | cmp -s - <(normal "$work/installed") || complain "installed: $again: another finding"
grep -q 'commit' "$work/installed" && complain 'installed: it is of no commit'

# Colour: on a terminal that has it, unless it is not wanted.
coloured() { # COMMAND: prints how many of its lines are in colour
    script -qec "$1" /dev/null | grep -c $'\033' || true
}
run="'$build/rundown' run tests/suite/reports/asserted.txt"
if command -v script >/dev/null; then
    export TERM=xterm
    [ "$(coloured "$run")" -gt 5 ] || complain 'no colour on a terminal'
    [ "$(coloured "NO_COLOR=1 $run")" = 0 ] || complain 'colour in spite of NO_COLOR'
    [ "$(coloured "NO_COLOR= $run")" -gt 5 ] || complain 'an empty NO_COLOR counts'
    [ "$(coloured "TERM=dumb $run")" = 0 ] || complain 'colour on a dumb terminal'
    [ "$(coloured "$run | cat")" = 0 ] || complain 'colour in a pipe'
fi
[ $failed = 0 ] && echo "ok - ${#bugs[@]} planted bugs and one wrong assertion"
exit $failed
