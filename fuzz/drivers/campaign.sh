#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# campaign.sh SECONDS DRIVER|all SEED ENGINE...
#
# Runs the drivers under the engines, as many at a time as there are cores, SECONDS in all; shows a
# live line; ends with a table. Results are read from the engines' output, because their exit codes
# say too little (afl-fuzz exits 0 with crashes saved). Fails if there is a finding or if a job did
# not really run: no executions, an unstable target, a seed that fails.
set -euo pipefail
export LC_ALL=C
# shellcheck source=cmake/owned.sh
. cmake/owned.sh
own "$0" "$@"
claim campaign

readonly seconds=$1 wanted=$2 seed=$3
shift 3
readonly engines=("$@")
readonly work=build/campaign findings=findings
readonly suite=build/asan

drivers=(session handle server_pdu client_pdu ndr)
[ "$wanted" = all ] || drivers=("$wanted")
cores=$(nproc)

jobs=()
for driver in "${drivers[@]}"; do
    for engine in "${engines[@]}"; do jobs+=("$driver $engine"); done
done
# Rounds of `cores` jobs each share the seconds.
rounds=$(((${#jobs[@]} + cores - 1) / cores))
share=$((seconds / rounds))
[ "$share" -ge 1 ] || share=1

rm -rf "$work"
mkdir -p "$work" "$findings"
echo "Campaign: ${#jobs[@]} jobs of $share s each on $cores cores, seed $seed"

# Programs as bytes, for the engines to mutate; the wire corpora are bytes already.
for driver in "${drivers[@]}"; do
    mkdir -p "$work/seeds/$driver"
    if [ "$driver" = session ]; then
        find corpus/session corpus/regressions -name '*.txt' -print0 | xargs -0 "$suite/rundown" pack "$work/seeds/session"
    else
        cp corpus/"$driver"/*.bin "$work/seeds/$driver/"
    fi
done

start_libfuzzer() { # DRIVER DIRECTORY
    mkdir -p "$2/corpus" "$2/found"
    ASAN_OPTIONS=quarantine_size_mb=1:malloc_context_size=0:detect_leaks=1:handle_abort=1:symbolize=1 RUNDOWN_STATS="$2/stats" \
        ASAN_SYMBOLIZER_PATH=$(command -v llvm-symbolizer-14) \
        "build/libfuzzer/fuzz_$1" -max_total_time="$share" -seed="$seed" -max_len=1156 -len_control=0 -timeout=10 \
        -rss_limit_mb=2560 -print_final_stats=1 -artifact_prefix="$2/found/" "$2/corpus" "$work/seeds/$1" \
        >"$2/log" 2>&1 || true
}

start_afl() { # DRIVER DIRECTORY
    local mutator=()
    mkdir -p "$2"
    # Programs are mutated as programs, in addition to the engine's own mutations of bytes.
    [ "$1" != session ] || mutator=(AFL_CUSTOM_MUTATOR_LIBRARY="$PWD/build/afl/librundown_mutator.so")
    AFL_NO_UI=1 AFL_I_DONT_CARE_ABOUT_MISSING_CRASHES=1 AFL_SKIP_CPUFREQ=1 AFL_NO_AFFINITY=1 AFL_NO_COLOR=1 \
        AFL_FORKSRV_INIT_TMOUT=30000 AFL_IGNORE_UNKNOWN_ENVS=1 AFL_NO_CRASH_README=1 AFL_EXIT_ON_SEED_ISSUES=1 \
        AFL_FAST_CAL=1 AFL_TMPDIR=$2 TERM=${TERM:-dumb} RUNDOWN_STATS="$2/stats" \
        ASAN_OPTIONS=abort_on_error=1:symbolize=0:detect_leaks=0:quarantine_size_mb=1:malloc_context_size=0:detect_odr_violation=0 \
        UBSAN_OPTIONS=halt_on_error=1:abort_on_error=1:symbolize=0 \
        env "${mutator[@]}" \
        afl-fuzz -i "$work/seeds/$1" -o "$2/out" -s "$seed" -V "$share" -t 5000 -G 9220 -- "build/afl/fuzz_$1" \
        >"$2/log" 2>&1 || echo "afl-fuzz ended with $?" >>"$2/log"
}

# The driver's own count of executions since its start, the same for both engines.
executions() {
    [ -s "$1/stats" ] || { echo 0; return; }
    od -An -tu8 -N8 "$1/stats" | tr -d ' '
}

count_files() {
    { find "$@" -type f 2>/dev/null || true; } | wc -l
}

crashes() { # DIRECTORY
    count_files "$1/found" "$1/out/default/crashes" "$1/out/default/hangs"
}

corpus_size() {
    count_files "$1/corpus" "$1/out/default/queue"
}

coverage() { # DIRECTORY: edges
    if [ -f "$1/out/default/fuzzer_stats" ]; then
        awk '$1 == "edges_found" { print $3 }' "$1/out/default/fuzzer_stats"
    else
        { grep -o 'cov: [0-9]*' "$1/log" 2>/dev/null || true; } | tail -n 1 | cut -d' ' -f2
    fi
}

show_progress() { # TIME_LEFT DIRECTORY...
    local left=$1 directory total=0 corpus=0 found=0 edges=0 value line
    shift
    for directory; do
        value=$(executions "$directory")
        total=$((total + value))
        corpus=$((corpus + $(corpus_size "$directory")))
        value=$(coverage "$directory")
        [ "${value:-0}" -le "$edges" ] || edges=$value
    done
    found=$(crashes "$work")
    for directory in "$work"/*/; do
        [ ! -d "$directory/found" ] || found=$((found + $(count_files "$directory/found")))
        [ ! -d "$directory/out" ] || found=$((found + $(count_files "$directory/out/default/crashes")))
    done
    local now=$SECONDS
    local elapsed=$((now - round_start))
    [ "$elapsed" -ge 1 ] || elapsed=1
    line="$(printf '%9d execs  %7d/s  cov %5d  corpus %5d  findings %d  %3d s left  %s' "$total" \
        $((total / elapsed)) "$edges" "$corpus" "$found" "$left" "$current")"
    if [ -t 1 ]; then printf '\r\033[K%s' "$line"; else [ $((now % 10)) -ne 0 ] || printf '%s\n' "$line"; fi
}

for ((round = 0; round < rounds; round++)); do
    directories=() current=
    round_start=$SECONDS
    for job in "${jobs[@]:round*cores:cores}"; do
        read -r driver engine <<<"$job"
        directory="$work/$driver-$engine"
        mkdir -p "$directory"
        "start_$engine" "$driver" "$directory" &
        directories+=("$directory")
        current+="$driver/$engine "
    done
    # Checks once a second; a job with a finding ends early, the others continue.
    while [ -n "$(jobs -rp)" ]; do
        left=$(((rounds - round) * share - (SECONDS - round_start)))
        show_progress $((left > 0 ? left : 0)) "${directories[@]}"
        sleep 1
    done
    wait
done
[ ! -t 1 ] || printf '\r\033[K'

bash fuzz/drivers/verdict.sh "$work" "$findings" "$suite" "${jobs[@]}"
