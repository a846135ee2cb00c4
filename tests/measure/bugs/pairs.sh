#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# pairs.sh [--seed S] [--count N] | pairs.sh --fixed
#
# Are two bugs two findings? Plants pairs of bugs at once: each pair must show a signature of each of them that the other
# does not have (tests/measure/bugs/signatures.txt). --fixed: the pairs of tests/measure/bugs/pairs.txt, else N (200) that
# are drawn by S (1). SLICE and CALLS: how much is run, as in signatures.sh. Exit code 1: a pair is not told apart.
set -euo pipefail
export LC_ALL=C
cd "$(dirname "$(realpath "$0")")/../../.."
# shellcheck source-path=SCRIPTDIR source=lib.sh
. tests/measure/bugs/lib.sh

mkdir -p build
work=$(mktemp -d "$PWD/build/pairs.XXXXXX")
trap 'rm -rf "$work"' EXIT
export SLICE=${SLICE:-1/16} CALLS=${CALLS:-2}
if [ "${1:-}" = --fixed ]; then
    cp tests/measure/bugs/pairs.txt "$work/list"
else
    python3 tests/measure/bugs/pairs.py choose "$@" >"$work/list"
fi
grep '^#' "$work/list" || true

folders=()
while read -r one other; do
    folder=$work/$one+$other
    bug_plant "$(bug_files "$one")" "$folder"
    patch -s -p1 -F0 -d "$folder" <"$(bug_files "$other")"
    folders+=("$folder")
done < <(grep '^[0-9]' "$work/list")
bugs_build release rundown "$work/tree" out '' "${folders[@]}"

export -f bug_shows
# shellcheck disable=SC2016 # for the inner shell to expand
printf '%s\0' "${folders[@]}" | xargs -0 -P "$(nproc)" -I FOLDER bash -c 'bug_shows FOLDER "$SLICE" "$CALLS" >FOLDER/signatures'
python3 tests/measure/bugs/pairs.py judge "$work"
