#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# found.sh [--harness FLAVOUR/PROGRAM]... [--seeds N] [--seconds N] [--jobs N] WORK [NN...]
#
# How many bugs libFuzzer finds with each harness: one planted bug at a time (default: eight, every fifteenth), with each of
# the seeds 1 to N (default 1), for SECONDS (default 20) or until its first finding, from nothing. Harnesses, by default two: the session
# driver, libfuzzer/fuzz_session, and one as people write it, libfuzzer/fuzz_baseline. A line for each: its name, how often a bug was found, of how many
# times, in how many seconds, and the median of these, where what is not found counts as all of its time; separated by tabs.
# WORK/found.tsv has all times. The harnesses take turns, so that what else the machine does is the same for each.
# The whole account is ./build.sh score.
#
# What makes programs faster may make them find less, so a step for speed is held against this before and after:
#   tests/measure/speed/found.sh --seeds 5 --harness libfuzzer/fuzz_session --harness libfuzzer-cmp/fuzz_session build/found $(seq -f %02g 1 5 96)
set -euo pipefail
export LC_ALL=C
cd "$(dirname "$0")/../../.."
# shellcheck source-path=SCRIPTDIR source=../bugs/lib.sh
. tests/measure/bugs/lib.sh

harnesses=() seeds=1 seconds=20 jobs=1
while [ $# -ge 2 ]; do
    case $1 in
    --harness) harnesses+=("$2") ;;
    --seeds) seeds=$2 ;;
    --seconds) seconds=$2 ;;
    --jobs) jobs=$2 ;;
    *) break ;;
    esac
    shift 2
done
[ $# -gt 0 ] || { sed -n '4s/^# //p' "$0" >&2; exit 2; }
[ ${#harnesses[@]} -gt 0 ] || harnesses=(libfuzzer/fuzz_session libfuzzer/fuzz_baseline)
readonly work=$1
shift
[ $# -gt 0 ] || set -- 01 16 31 46 61 76 91 106
readonly bugs=("$@")
mkdir -p "$work"
: >"$work/found.tsv"
for flavour in $(printf '%s\n' "${harnesses[@]%/*}" | sort -u); do
    programs=$(printf '%s\n' "${harnesses[@]}" | sed -n "s|^$flavour/||p" | paste -s -d ';')
    bugs_build_each "$flavour" "$programs" "$PWD/$work/$flavour" "${bugs[@]}"
done

# The judges of a driver are its own, those of the other harness are sanitizers.
look() { # HARNESS BUG SEED: a row of found.tsv
    local folder=$work/${1%/*}/$2/${1##*/}-$3 start outcome=not leaks=0
    [[ $1 != */fuzz_baseline ]] || leaks=1
    rm -rf "$folder" && mkdir -p "$folder"
    start=${EPOCHREALTIME/./}
    ASAN_OPTIONS=quarantine_size_mb=1:malloc_context_size=2 "$work/${1%/*}/$2/out/${1##*/}" -max_total_time="$seconds" -seed="$3" \
        -max_len=1156 -len_control=0 -timeout=5 -detect_leaks=$leaks -artifact_prefix="$folder/" >"$folder/log" 2>&1 || outcome=found
    printf '%s\t%s\t%s\t%s\t%d\n' "$1" "$2" "$3" "$outcome" $(((${EPOCHREALTIME/./} - start) / 1000)) >>"$work/found.tsv"
    rm -rf "$folder"
}
export -f look
export work seconds
for bug in "${bugs[@]}"; do
    for ((seed = 1; seed <= seeds; seed++)); do
        printf '%s\0' "${harnesses[@]/%/ $bug $seed}"
    done
done | xargs -0 -P "$jobs" -I{} bash -euo pipefail -c 'look {}'

for harness in "${harnesses[@]}"; do
    awk -F '\t' -v harness="$harness" -v limit=$((seconds * 1000)) \
        '$1 == harness { print ($4 == "found" ? 1 : 0), $5, ($4 == "found" ? $5 : limit) }' "$work/found.tsv" | sort -n -k 3 |
        awk -v harness="$harness" '{ found += $1; spent += $2; time[NR] = $3 }
            END { printf "%s\t%d\t%d\t%.3f\t%.3f\n", harness, found, NR, spent / 1000, time[int((NR + 1) / 2)] / 1000 }'
done
