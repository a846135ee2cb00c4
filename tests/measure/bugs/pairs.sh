#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# pairs.sh [--seed S] [--count N] | pairs.sh --fixed | pairs.sh NN+NN...
#
# Are two bugs two findings? Plants pairs of bugs at once: each pair must show a signature of each of them that the other
# does not have (tests/measure/bugs/signatures.txt), as a finding or behind one. --fixed: the pairs of tests/measure/bugs/pairs.txt; NN+NN...: these; else N
# (200) that are drawn by S (1). LOOKS: how much is run, as SLICE and CALLS in signatures.sh; a second look is taken at the pairs
# that the first does not tell apart. Exit code 1: a pair is not told apart, or cannot be planted.
set -euo pipefail
export LC_ALL=C
cd "$(dirname "$(realpath "$0")")/../../.."
# shellcheck source-path=SCRIPTDIR source=lib.sh
. tests/measure/bugs/lib.sh

LOOKS=${LOOKS:-1/64:1 1/16:2}
readonly AT_ONCE=20 # in each build
mkdir -p build
work=$(mktemp -d "$PWD/build/pairs.XXXXXX")
trap 'rm -rf "$work"' EXIT
case ${1:-} in
--fixed) cp tests/measure/bugs/pairs.txt "$work/list" ;;
[0-9]*) printf '%s\n' "$@" | tr + ' ' >"$work/list" ;;
*) python3 tests/measure/bugs/pairs.py choose "$@" >"$work/list" ;;
esac
grep '^#' "$work/list" || true

export -f bug_shows bug_shows_behind
# What is planted in these folders shows, until it is told apart.
show() { # FOLDER...
    local look
    for look in $LOOKS; do
        # shellcheck disable=SC2016 # for the inner shell to expand
        python3 tests/measure/bugs/pairs.py hidden "$@" | SLICE=${look%:*} CALLS=${look#*:} \
            xargs -r -d '\n' -P "$(nproc)" -I FOLDER bash -c 'bug_shows FOLDER "$SLICE" "$CALLS" >FOLDER/signatures; bug_shows_behind FOLDER >>FOLDER/signatures'
    done
}

# In groups, because what is built takes room.
mapfile -t pairs < <(sed -n 's/^\([0-9]*\) \([0-9]*\)$/\1+\2/p' "$work/list")
for ((i = 0; i < ${#pairs[@]}; i += AT_ONCE)); do
    folders=()
    for pair in "${pairs[@]:i:AT_ONCE}"; do
        bug_plant "$(bug_files "${pair%+*}")" "$work/$pair" "$(bug_files "${pair#*+}")"
        folders+=("$work/$pair")
    done
    bugs_build release rundown "$work/tree" out '' "${folders[@]}"
    show "${folders[@]}"
    for folder in "${folders[@]}"; do rm -rf "$folder/out" "$folder/target"; done
done
python3 tests/measure/bugs/pairs.py judge "$work"
