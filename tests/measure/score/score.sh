#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# score.sh [--seeds N] [--seconds N] [--ablation-seeds N] [--bugs NN,NN...] [--unseen] [--report]
#
# Plants each bug (tests/measure/bugs; --unseen: also those of tests/measure/bugs/unseen that are in what runs programs) and lets everything look for it, each on one core, up to its first finding:
#
#   replay      the corpus                      sweep   every fault at every point of the corpus
#   enumerate   k = 1, 2, 3, 4 calls, then three calls without faults
#   libfuzzer, afl    the session driver for --seconds (default 10) with seeds 1 to --seeds (default 5), from two
#               programs: a backup and a restore without a fault
#   ablations   libfuzzer again, --ablation-seeds times (default 1): without the model, the ledger, faults, the custom
#               mutator; sanitizers only (with LeakSanitizer); and tests/measure/score/fuzz_baseline.c, a harness as people write it
#
# The engines' builds have no canaries: what they reached and triggered is counted by running what they kept again. Rows
# go to build/score/results.tsv as they come; what is there for the very same bug and suite is not done again. At the end
# report.py makes a table, build/score/score.json and build/score/index.html of them (--report: that alone).
set -euo pipefail
export LC_ALL=C
cd "$(dirname "$0")/../../.."
# shellcheck source-path=SCRIPTDIR source=../bugs/lib.sh
. tests/measure/bugs/lib.sh

seeds=5 seconds=10 ablation_seeds=1 bugs='' report=0 unseen=0
usage() {
    sed -n '4,5s/^# \{0,1\}//p' "$0" >&2
    exit 2
}
number() { [[ $1 =~ ^[1-9][0-9]{0,5}$ ]] || usage; echo "$1"; }
while [ $# -gt 0 ]; do
    case $1 in
    --report) report=1 && shift && continue ;;
    --unseen) unseen=1 && shift && continue ;;
    esac
    [ $# -ge 2 ] || usage
    case $1 in
    --seeds) seeds=$(number "$2") ;;
    --seconds) seconds=$(number "$2") ;;
    --ablation-seeds) ablation_seeds=$(number "$2") ;;
    --bugs) bugs=$2 ;;
    *) usage ;;
    esac
    shift 2
done

readonly score=build/score
mkdir -p "$score/work"
export score seeds seconds ablation_seeds
# A row holds for the suite that made it: the sources, the corpus and this folder.
suite=$(find target faults fuzz corpus tests/measure/score/score.sh tests/measure/variant.cmake tests/measure/bugs/lib.sh -type f -print0 | sort -z |
    xargs -0 cat | md5sum | cut -c 1-12)
export suite

# BUG CONFIG SEED: found|not SECONDS EXECUTIONS REACHED TRIGGERED VERDICT
note() {
    printf '%s\t' "$suite-$(md5sum <"$1" | cut -c 1-12)" "$(basename "$1" .patch)" "${@:2:7}" >>"$score/results.tsv"
    printf '%s\n' "${9}" >>"$score/results.tsv"
}
is_done() { # FILE CONFIG SEED
    [ -f "$score/results.tsv" ] && grep -qF "$suite-$(md5sum <"$1" | cut -c 1-12)	$(basename "$1" .patch)	$2	$3	" "$score/results.tsv"
}
now() { date +%s.%N; }
since() { awk -v a="$1" -v b="$(now)" 'BEGIN { printf "%.3f", b - a }'; }

deterministic() { # FILE WORK CONFIG TOOL
    local start found=not
    is_done "$1" "$3" 0 && return
    rm -f "$2/canaries"
    start=$(now)
    bug_try "$4" "$2" 300 || found=found
    note "$1" "$3" 0 "$found" "$(since "$start")" "$(bug_runs "$2")" "$(bug_canary "$2" 0)" "$(bug_canary "$2" 1)" \
        "$(bug_verdict "$2")"
}

enumerate_all() { # FILE WORK: the least k that finds it tells what narrower bounds would lose
    local calls
    for calls in 1 2 3 4; do
        ENUMERATE_CALLS=$calls deterministic "$1" "$2" "enumerate-$calls" enumerate
        grep -q "$(basename "$1" .patch)	enumerate-$calls	0	found" "$score/results.tsv" && break
    done
    bug_options=--no-faults ENUMERATE_CALLS=3 deterministic "$1" "$2" enumerate-3-alone enumerate
}

# What an engine kept, run again where canaries sing.
count_kept() { # WORK DIRECTORY
    rm -f "$1/canaries"
    find "$2" -type f -size -10k -print0 | RUNDOWN_CANARIES=$1/canaries xargs -0 -r -n 200 timeout 60 "$1/out/rundown" run \
        >/dev/null 2>&1 || true
}

engine_verdict() { # LOG
    local verdict
    verdict=$(sed -n 's/^.*FINDING \([^:]*\):.*/\1/p' "$1" | head -n 1)
    [ -n "$verdict" ] || verdict=$(sed -n 's/^SUMMARY: \([A-Za-z]*\): *\(.*\) .*$/\1/p' "$1" | head -n 1)
    echo "${verdict:-crash}"
}

run_libfuzzer() { # FILE WORK CONFIG SEED PROGRAM WITHOUT
    local d=$2/engine start found=not kept=''
    is_done "$1" "$3" "$4" && return
    rm -rf "$d" && mkdir -p "$d/corpus" "$d/found"
    [ "$5" = fuzz_baseline ] || cp "$score/seeds/"* "$d/corpus/"
    local leaks=0
    case $6 in *judges* | baseline) leaks=1 ;; esac
    start=$(now)
    RUNDOWN_WITHOUT=$6 RUNDOWN_STATS=$d/stats ASAN_OPTIONS=quarantine_size_mb=1:malloc_context_size=2:handle_abort=1 \
        timeout -k 5 $((seconds + 20)) "$2/libfuzzer/$5" -max_total_time="$seconds" -seed="$4" -max_len=1156 -len_control=0 \
        -timeout=5 -rss_limit_mb=2560 -detect_leaks=$leaks -artifact_prefix="$d/found/" "$d/corpus" >"$d/log" 2>&1 || found=found
    local took
    took=$(since "$start")
    [ "$5" = fuzz_baseline ] || count_kept "$2" "$d"
    [ "$5" != fuzz_baseline ] || rm -f "$2/canaries"
    [ "$found" = not ] || kept=$(engine_verdict "$d/log")
    note "$1" "$3" "$4" "$found" "$took" "$(od -An -tu8 -N8 "$d/stats" | tr -d ' ')" "$(bug_canary "$2" 0)" \
        "$(bug_canary "$2" 1)" "$kept"
}

run_afl() { # FILE WORK SEED
    local d=$2/engine start found=not kept=''
    is_done "$1" afl "$3" && return
    rm -rf "$d" && mkdir -p "$d"
    start=$(now)
    AFL_NO_UI=1 AFL_I_DONT_CARE_ABOUT_MISSING_CRASHES=1 AFL_SKIP_CPUFREQ=1 AFL_NO_AFFINITY=1 AFL_NO_COLOR=1 AFL_BENCH_UNTIL_CRASH=1 \
        AFL_FORKSRV_INIT_TMOUT=30000 AFL_IGNORE_UNKNOWN_ENVS=1 AFL_NO_CRASH_README=1 AFL_FAST_CAL=1 AFL_SKIP_CRASHES=1 \
        AFL_CUSTOM_MUTATOR_LIBRARY=$PWD/build/afl/librundown_mutator.so RUNDOWN_STATS=$d/stats TERM=dumb \
        ASAN_OPTIONS=abort_on_error=1:symbolize=0:detect_leaks=0:quarantine_size_mb=1:malloc_context_size=0:detect_odr_violation=0 \
        UBSAN_OPTIONS=halt_on_error=1:abort_on_error=1:symbolize=0 \
        timeout -k 5 $((seconds + 40)) afl-fuzz -i "$score/seeds" -o "$d/out" -s "$3" -V "$seconds" -t 5000 -G 9220 -- \
        "$2/afl/fuzz_session" >"$d/log" 2>&1 || true
    local took crash
    took=$(since "$start")
    crash=$(find "$d/out/default/crashes" "$d/out/default/hangs" -type f 2>/dev/null | head -n 1 || true)
    # A seed that shows the bug ends afl-fuzz before it has begun.
    if [ -n "$crash" ] || grep -q 'results in a crash' "$d/log"; then
        found=found
        kept=$(timeout 20 "$2/out/rundown" run "${crash:-$score/seeds}" 2>&1 | sed -n 's/^FINDING \([^:]*\):.*/\1/p' | head -n 1 || true)
    fi
    count_kept "$2" "$d/out"
    note "$1" afl "$3" "$found" "$took" "$(od -An -tu8 -N8 "$d/stats" 2>/dev/null | tr -d ' ')" "$(bug_canary "$2" 0)" \
        "$(bug_canary "$2" 1)" "$kept"
}

score_bug() { # FILE
    local work seed without
    work=$score/work/$(basename "$1" .patch)
    bug_build "$1" "$(bug_field "$1" Flavour | grep . || echo release)" rundown "$work"
    bugs_build libfuzzer 'fuzz_session;fuzz_baseline' "$PWD/$work/trees/libfuzzer" libfuzzer -DCANARIES_OFF "$PWD/$work"
    bugs_build afl fuzz_session "$PWD/$work/trees/afl" afl -DCANARIES_OFF "$PWD/$work"
    deterministic "$1" "$work" replay replay
    deterministic "$1" "$work" sweep sweep
    enumerate_all "$1" "$work"
    for seed in $(seq "$seeds"); do
        run_libfuzzer "$1" "$work" libfuzzer "$seed" fuzz_session none
        run_afl "$1" "$work" "$seed"
    done
    for seed in $(seq "$ablation_seeds"); do
        for without in model ledger faults mutator judges; do
            run_libfuzzer "$1" "$work" "without-$without" "$seed" fuzz_session "$without"
        done
        run_libfuzzer "$1" "$work" baseline "$seed" fuzz_baseline baseline
    done
    rm -rf "$work"
    printf '%s\n' "$(basename "$1" .patch)" >&2
}

if [ "$report" = 0 ]; then
    mkdir -p "$score/seeds"
    build/release/rundown pack "$score/seeds" corpus/session/eight-calls.txt corpus/session/restore-walkthrough.txt
    # shellcheck disable=SC2086
    mapfile -t files < <(bug_files ${bugs//,/ })
    if [ "$unseen" = 1 ]; then
        mapfile -t -O "${#files[@]}" files < <(grep -lE '^\+\+\+ b/target/(client|idl|rpc|server)/[^/]*$' tests/measure/bugs/unseen/*.patch)
    fi
    for name in $(declare -F | cut -d ' ' -f 3); do export -f "${name?}"; done
    printf '%s\0' "${files[@]}" | xargs -0 -P "$(nproc)" -I{} bash -euo pipefail -c 'score_bug {}'
fi
status=0
python3 tests/measure/score/report.py "$score" "$suite" || status=$?
# One bug is one finding, and two are two.
if [ "$report" = 0 ] && [ -z "$bugs" ]; then
    bash tests/measure/bugs/signatures.sh --check | tee "$score/signatures.log" || status=1
    bash tests/measure/bugs/pairs.sh --seed 1 --count 200 | tee "$score/pairs.log" || status=1
fi
[ "$status" = 0 ]
