#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# clang_tidy.sh BUILD [--all]
#
# clang-tidy with the settings of .clang-tidy over all sources but the tests. In the flavour without instrumentation
# alone: the findings are the same in each. Its analyzer follows the paths of a function until it has made NODES states
# of it; that is nearly all of the time. --all: until it has made 225000, its own bound.
set -euo pipefail
build=$(cd "$1" && pwd)
cd "$(dirname "$0")/../.."
readonly NODES=20000

command -v clang-tidy-14 >/dev/null || { echo "skipped: clang-tidy-14 is not installed"; exit 77; }
if grep -qE 'fsanitize|fprofile|"command": "/usr/bin/gcc' "$build/compile_commands.json"; then
    echo "skipped: clang-tidy reads the commands of the release flavour alone"
    exit 77
fi
options=() depth="all paths"
if [ "${2:-}" != --all ]; then
    for word in -Xclang -analyzer-config -Xclang max-nodes=$NODES; do options+=("--extra-arg=$word"); done
    depth="paths up to $NODES states a function; --all: further"
fi
log=$build/clang-tidy.log
mapfile -t sources < <(find target faults fuzz -name '*.c' | sort)
if ! printf '%s\n' "${sources[@]}" | xargs -P "$(nproc)" -n 4 clang-tidy-14 -p "$build" --quiet "${options[@]}" >"$log" 2>"$log.errors"; then
    grep -A4 'error:' "$log" || tail -n 20 "$log.errors"
    echo "not ok - clang-tidy has something to say"
    exit 1
fi
echo "ok - ${#sources[@]} sources, $depth"
