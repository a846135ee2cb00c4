#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# signatures.sh [--check] [--keep FOLDER] [NN...]
#
# How many findings is one bug? Plants each bug alone, lets replay, a slice of the sweep and a short enumeration run to their
# ends, and prints every signature that they show: "NN SIGNATURE", sorted, as tests/measure/bugs/signatures.txt has it.
#   --check        compare with that table; a signature that is not in it, and a bug that shows none of its own, fail
#   --keep FOLDER  build there, and keep what is built
# SLICE=1/16 and CALLS=2 say how much is run. Exit code 1: not as in the table, or a bug cannot be planted.
set -euo pipefail
export LC_ALL=C
cd "$(dirname "$(realpath "$0")")/../../.."
# shellcheck source-path=SCRIPTDIR source=lib.sh
. tests/measure/bugs/lib.sh

check=0 work=
while [ $# -gt 0 ]; do
    case $1 in
    --check) check=1 ;;
    --keep) work=$2 && shift ;;
    -*) echo "usage: signatures.sh [--check] [--keep FOLDER] [NN...]" >&2 && exit 2 ;;
    *) break ;;
    esac
    shift
done
mkdir -p build
if [ -z "$work" ]; then
    work=$(mktemp -d "$PWD/build/signatures.XXXXXX")
    trap 'rm -rf "$work"' EXIT
fi
mkdir -p "$work"
work=$(realpath "$work")
export SLICE=${SLICE:-1/16} CALLS=${CALLS:-2}

for flavour in release asan; do
    folders=()
    while IFS= read -r file; do
        wanted=$(bug_field "$file" Flavour)
        [ "${wanted:-release}" = "$flavour" ] || continue
        bug_plant "$file" "$work/$(basename "$file" .patch)"
        folders+=("$work/$(basename "$file" .patch)")
    done < <(bug_files "$@")
    [ ${#folders[@]} -eq 0 ] || [ -d "build/$flavour" ] || { echo "signatures: build/$flavour is not built" >&2 && exit 1; }
    [ ${#folders[@]} -eq 0 ] || bugs_build "$flavour" rundown "$work/tree-$flavour" out '' "${folders[@]}"
done

export -f bug_shows
# shellcheck disable=SC2016 # for the inner shell to expand
find "$work" -mindepth 1 -maxdepth 1 -name '[0-9]*' -print0 |
    xargs -0 -P "$(nproc)" -I FOLDER bash -c 'bug_shows FOLDER "$SLICE" "$CALLS" >FOLDER/signatures'
for folder in "$work"/[0-9]*; do
    name=$(basename "$folder")
    sed "s/^/${name%%-*} /" "$folder/signatures"
done >"$work/table"
if [ $check = 0 ]; then
    cat "$work/table"
    exit
fi
bug_compare "$work/table"
