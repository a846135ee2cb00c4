#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# clang-tidy with the settings of .clang-tidy over all sources but the tests. In the flavour without instrumentation
# alone: the findings are the same in each.
set -euo pipefail
build=$(cd "$1" && pwd)
cd "$(dirname "$0")/../.."

command -v clang-tidy-14 >/dev/null || { echo "skipped: clang-tidy-14 is not installed"; exit 77; }
if grep -qE 'fsanitize|fprofile|"command": "/usr/bin/gcc' "$build/compile_commands.json"; then
    echo "skipped: clang-tidy reads the commands of the release flavour alone"
    exit 77
fi
mapfile -t sources < <(find target faults fuzz -name '*.c' | sort)
if ! printf '%s\n' "${sources[@]}" | xargs -P "$(nproc)" -n 6 clang-tidy-14 -p "$build" --quiet >"$build/clang-tidy.log" 2>/dev/null; then
    grep -A4 'error:' "$build/clang-tidy.log" || tail -n 20 "$build/clang-tidy.log"
    echo "not ok - clang-tidy has something to say"
    exit 1
fi
echo "ok - ${#sources[@]} sources"
