#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# tour.sh
#
# From a bug to an understood finding, on one screen a step: plants a bug, lets the sweep find it, reads the report, makes the
# program smaller, stops gdb at the fault, mends the bug and shows that it is gone. All of it happens in build/tour; the target
# of this checkout stays as it is. On a terminal each step waits for Enter; gdb is left with `quit`.
set -euo pipefail
export LC_ALL=C
cd "$(dirname "$(realpath "$0")")/../../.."
# shellcheck source-path=SCRIPTDIR source=../bugs/lib.sh
. tests/measure/bugs/lib.sh

readonly bug=01 tour=build/tour
file=$(bug_files "$bug")
interactive=0
[ ! -t 0 ] || [ ! -t 1 ] || interactive=1
steps=0

step() { # WHAT
    [ $interactive = 0 ] || { [ $steps = 0 ] || read -rp $'\nEnter: the next step ' && clear; }
    steps=$((steps + 1))
    printf '\n== %d of 7: %s\n\n' "$steps" "$1"
}
# Prints a command as one may type it, and runs it. A finding's exit code is no failure here.
show() { # COMMAND...
    printf '$ %s\n\n' "$*"
    status=0
    "$@" || status=$?
}
fail() {
    printf '\ntour: %s\n' "$*" >&2
    exit 1
}

step 'a bug is planted'
printf 'The rule: %s\nThe change, in a copy of the target:\n\n' "$(bug_field "$file" Rule)"
sed '1,/^---$/d' "$file" | grep -v 'CANARY('
bug_build "$file" release rundown "$tour" || fail 'the bug cannot be planted'
rundown=$tour/out/rundown findings=$tour/findings
rm -rf "$findings"

step 'the sweep finds it'
printf 'A program of the corpus runs with every fault at every fault point, up to the first finding:\n\n'
show "$rundown" sweep --first --jobs 1 --findings "$findings" corpus/session/double-end.txt
[ $status = 1 ] || fail 'the sweep did not find it'
saved=$(find "$findings" -name program.txt | head -n 1)
[ -n "$saved" ] || fail 'nothing was saved'

step 'the report, line by line'
cat <<'TXT'
FINDING     what broke; docs/verdicts.md explains each verdict
SIGNATURE   names the cause: two programs with the same one show the same bug
injected    the fault that was made, at which fault point, in which call, and how the target came there
expected    what the contract asks for, by its rule (docs/contract.md), and what came
held        for a leak: what, acquired where, by which call, and which call should have released it
program     what was run; the call with the finding is marked

What was saved:

TXT
show "$rundown" findings --findings "$findings" list
find "$findings" -type f | sort

step 'the program is as small as it can be'
printf 'Calls went first, then faults, then arguments; the signature stayed:\n\n'
show cat "$saved"
show "$rundown" minimise "$saved"

step 'gdb stops at the fault'
gdb=(gdb -q -x docs/gdbinit -ex rundown-faults -ex rundown-findings -ex run -ex 'backtrace 6')
if ! command -v gdb >/dev/null; then
    printf 'gdb is not installed: ./build.sh deps --install tour\n'
elif [ $interactive = 1 ]; then
    printf 'Go on with: up, continue, rundown-where; quit ends it.\n\n'
    show "${gdb[@]}" --args "$rundown" run "$saved"
else
    show "${gdb[@]}" -batch --args "$rundown" run "$saved" </dev/null
fi

step 'it is mended'
printf 'The change is taken back in build/tour/target, and the program built again.\n\n'
rm -rf "$tour/target"
cp -r target "$tour/target"
here=$PWD/$tour
bugs_build release rundown "$here/build" out '' "$here" || fail 'the mended target does not build'
show "$rundown" run "$saved"
[ $status = 0 ] || fail 'the program still shows a finding'

step 'and it stays so'
show "$rundown" findings --findings "$findings" verify
[ $status = 0 ] || fail 'the finding is still there'
printf '\nKeep its program, so that the bug is noticed should it come back:\n\n    cp %s corpus/regressions/\n' "$saved"
printf '\nWhere to go from here: docs/findings.md, docs/hacking.md, ./build.sh plant NN for the other bugs.\n'
