#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# found.sh WORK SECONDS [NN...]
#
# How many bugs libFuzzer finds in a minute with the session driver, and with a harness as people write it (fuzz_baseline):
# one planted bug at a time (default: eight, every fifteenth), for SECONDS or until its first finding, both from nothing, with
# seed 1. A line for each harness: its name, bugs found, of how many, in how many seconds; separated by tabs. The whole account is
# ./build.sh score.
set -euo pipefail
export LC_ALL=C
cd "$(dirname "$0")/../../.."
# shellcheck source-path=SCRIPTDIR source=../bugs/lib.sh
. tests/measure/bugs/lib.sh

readonly work=$1 seconds=$2
shift 2
[ $# -gt 0 ] || set -- 01 16 31 46 61 76 91 106
readonly bugs=("$@")
mkdir -p "$work"
bugs_build_each libfuzzer 'fuzz_session;fuzz_baseline' "$PWD/$work" "${bugs[@]}"

# The judges of the one are its own, those of the other are sanitizers.
look() { # PROGRAM LEAKS
    local bug folder start found=0 spent=0
    for bug in "${bugs[@]}"; do
        folder=$work/$bug/$1
        rm -rf "$folder" && mkdir -p "$folder"
        start=${EPOCHREALTIME/./}
        ASAN_OPTIONS=quarantine_size_mb=1:malloc_context_size=2 "$work/$bug/out/$1" -max_total_time="$seconds" -seed=1 \
            -max_len=1156 -len_control=0 -timeout=5 -detect_leaks="$2" -artifact_prefix="$folder/" >"$folder/log" 2>&1 ||
            found=$((found + 1))
        spent=$((spent + ${EPOCHREALTIME/./} - start))
    done
    printf '%s\t%d\t%d\t%d.%03d\n' "$1" "$found" "${#bugs[@]}" $((spent / 1000000)) $((spent / 1000 % 1000))
}
look fuzz_session 0
look fuzz_baseline 1
