#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# libraries.sh BUILD: the sweeps of other people's libraries find what they are listed with (examples/libraries).
set -euo pipefail
build=$(realpath "$1")
cd "$(dirname "$(realpath "$0")")/../.."
mapfile -t programs < <(sed -n 's/^example(\([^ ]*\) .*/library_\1/p' examples/libraries/CMakeLists.txt)
for program in "${programs[@]}"; do
    # There is none for a library that is not installed.
    ! ninja -C "$build" -t query "$program" >/dev/null 2>&1 || ninja -C "$build" "$program" >/dev/null
done
exec bash examples/libraries/run.sh "$build"
