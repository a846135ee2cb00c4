#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# What sweep and enumerate write with --json is what they print; it does not depend on the number of processes; and what
# cannot be written fails.
set -euo pipefail
build=$(realpath "$1")
cd "$(dirname "$0")/../.."
work=$(mktemp -d "${TMPDIR:-/tmp}/rundown-tables.XXXXXX")
trap 'rm -rf "$work"' EXIT

program=corpus/session/double-end.txt
"$build/rundown" sweep --findings "$work" --jobs 1 --json "$work/sweep.json" "$program" >"$work/sweep"
"$build/rundown" sweep --findings "$work" --jobs 3 --json "$work/sweep3.json" "$program" >/dev/null
"$build/rundown" enumerate -k 2 --findings "$work" --jobs 1 --json "$work/enumerate.json" corpus/alphabet/tcp.txt >"$work/enumerate"
"$build/rundown" enumerate -k 2 --findings "$work" --jobs 3 --json "$work/enumerate3.json" corpus/alphabet/tcp.txt >/dev/null
python3 tests/suite/tables.py "$work"

mkdir "$work/folder"
for command in "sweep $program" "enumerate -k 1 corpus/alphabet/tcp.txt"; do
    read -ra words <<<"$command"
    if "$build/rundown" "${words[0]}" --findings "$work" --json "$work/folder" "${words[@]:1}" >"$work/log" 2>&1; then
        echo "not ok - $command: a result that cannot be written is no failure"
        exit 1
    fi
    grep -q "^rundown: $work/folder: " "$work/log" || { echo "not ok - $command does not say what it could not write"; exit 1; }
done
echo ok
