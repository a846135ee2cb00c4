#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# unseen.sh [NN...]
#
# Which tool of the suite finds each bug of tests/measure/bugs/unseen (or those) first: replay, the sweep of programs, short
# programs, every field of the wire, dsbackup whole, the daemon. A line for each: NN-name TOOL VERDICT, or NN-name missed, and
# how often the canary of the patch, if it has one, was reached and triggered; then a sum. What is not done in 900 seconds
# has found nothing. In release. Exit code 1: a patch does not apply or does not compile.
set -euo pipefail
export LC_ALL=C
cd "$(dirname "$(realpath "$0")")/../../.."
# shellcheck source-path=SCRIPTDIR source=lib.sh
. tests/measure/bugs/lib.sh

readonly work=build/unseen canary=$PWD/tests/measure/bugs/canary
rm -rf "$work"
mkdir -p "$work"
files=()
if [ $# -eq 0 ]; then files=(tests/measure/bugs/unseen/*.patch); fi
for number; do files+=(tests/measure/bugs/unseen/"$number"-*.patch); done
folders=()
for file in "${files[@]}"; do
    folder=$PWD/$work/$(basename "$file" .patch)
    bug_plant "$file" "$folder"
    folders+=("$folder")
done

build() { # PROGRAM WORLD: for all
    if ! VARIANT_WORLD=$2 VARIANT_SOURCES=$canary.c variants_configure release "$PWD/$work/$1" "$1" "$1" "-include;$canary.h" "${folders[@]}" || ! variants_build "$PWD/$work/$1"; then
        grep -A 2 ' error: ' "$work/$1/log" >&2
        exit 1
    fi
}
build rundown rundown_world
build rundown_tool tool_world
build rundown_daemon daemon_world

# The first finding of a tool, in FOLDER/log. Exit code 0: it finds nothing.
try() { # TOOL FOLDER
    local driver status=0
    export RUNDOWN_CANARIES=$2/canaries
    case $1 in
    replay)
        timeout 900 "$2/rundown/rundown" run corpus/session corpus/regressions || status=1
        for driver in server_pdu client_pdu ndr; do
            timeout 900 "$2/rundown/rundown" decode --check "$driver" corpus/"$driver"/*.bin || status=1
        done
        return $status
        ;;
    sweep) timeout 900 "$2/rundown/rundown" sweep --first --jobs 1 --findings "$2/findings" corpus/session corpus/regressions ;;
    enumerate) timeout 900 "$2/rundown/rundown" enumerate -k 3 --first --jobs 1 --findings "$2/findings" corpus/alphabet/*.txt ;;
    fields) timeout 900 "$2/rundown/rundown" fields --jobs 1 --inputs "$2/inputs" ;;
    tool) timeout 900 "$2/rundown_tool/rundown_tool" --first --jobs 1 ;;
    daemon) timeout 900 "$2/rundown_daemon/rundown_daemon" --first --jobs 1 ;;
    esac
}
look() { # FOLDER
    local tool status canaries=
    for tool in replay sweep enumerate fields tool daemon; do
        status=0
        try $tool "$1" >"$1/log" 2>&1 || status=$?
        if [ $status != 0 ] && [ $status != 124 ] && grep -q '^FINDING ' "$1/log"; then
            printf '%-60s %-9s %s\n' "$(basename "$1")" $tool "$(sed -n 's/^FINDING \([^:]*\):.*/\1/p' "$1/log" | head -n 1)"
            return
        fi
    done
    grep -q '^+.*CANARY' tests/measure/bugs/unseen/"$(basename "$1")".patch &&
        canaries="$(bug_canary "$1" 0) reached, $(bug_canary "$1" 1) triggered"
    printf '%-60s %s\n' "$(basename "$1")" "missed${canaries:+    $canaries}"
}
export -f try look bug_canary
# shellcheck disable=SC2016 # for the inner shell to expand
printf '%s\0' "${folders[@]}" | xargs -0 -P "$(nproc)" -I FOLDER bash -c 'look FOLDER' | tee "$work/lines"
sort -o "$work/lines" "$work/lines"
awk '$2 != "missed" { found++ } END { printf "%d of %d found by the suite'\''s own tools\n", found, NR }' "$work/lines"
