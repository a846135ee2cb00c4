#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# speed.sh [--quick]
#
# How fast session programs run, per engine and flavour, against a harness that does nothing, in the same
# run on the same machine; a table, and build/bench/bench.json, which is one more line of build/bench-history.jsonl, too. The
# program is corpus/session/eight-calls.txt: 8 calls, 9 RPC round trips with its bind, ledger and checks on. One core. --quick: a twentieth of all runs, which shows that
# it works and measures little.
set -euo pipefail
export LC_ALL=C

readonly work=build/bench
part=1 seconds=8 slice=()
[ "${1:-}" != --quick ] || { part=20 && seconds=1 && slice=(--slice 1/20); }
readonly part seconds slice
rm -rf "$work"
mkdir -p "$work/in"
build/release/rundown pack "$work/in" corpus/session/eight-calls.txt
input=("$work"/in/*.bin)
# As in a campaign (fuzz/campaign/libfuzzer.py), but for leaks, which are looked for at the end.
export ASAN_OPTIONS=quarantine_size_mb=1:malloc_context_size=0:detect_leaks=0:symbolize=0

# Runs per second of one input under libFuzzer, by libFuzzer's own count of milliseconds.
libfuzzer_run() { # BINARY RUNS
    "$1" -runs=$(($2 / part)) "${input[0]}" 2>&1 | awk -v runs=$(($2 / part)) '/^Executed/ { printf "%d", runs * 1000 / ($(NF - 1) > 0 ? $(NF - 1) : 1) }'
}

# The best of three: what else the machine does can only slow a run down.
best() { # COMMAND...
    for _ in 1 2 3; do "$@" && echo; done | awk '$1 > best { best = $1 } END { print best }'
}
libfuzzer_rate() { # BINARY RUNS
    best libfuzzer_run "$@"
}

afl_rate() { # BINARY
    rm -rf "$work/afl"
    ASAN_OPTIONS=abort_on_error=1:symbolize=0:detect_leaks=0:quarantine_size_mb=1:malloc_context_size=0 AFL_NO_UI=1 AFL_SKIP_CPUFREQ=1 \
        AFL_I_DONT_CARE_ABOUT_MISSING_CRASHES=1 AFL_NO_AFFINITY=1 AFL_CUSTOM_MUTATOR_ONLY=1 AFL_DISABLE_TRIM=1 \
        afl-fuzz -i "$work/in" -o "$work/afl" -s 1 -V "$seconds" -- "$1" >"$work/afl.log" 2>&1 || true
    awk '$1 == "execs_per_sec" { printf "%d", $3 }' "$work/afl/default/fuzzer_stats"
}

release_rate() { # RUNS FILE [OPTION]
    best build/release/rundown bench ${3:+"$3"} $(($1 / part)) "$2"
}
readonly eight=corpus/session/eight-calls.txt

# For bench.py, which makes JSON of it.
note() { # WORD...
    local IFS=$'\t'
    printf '%s\n' "$*" >>"$work/rows.tsv"
}

row() { # NAME RATE [EMPTY_RATE]
    note "$@"
    if [ $# -eq 3 ]; then
        printf '%-34s %12d %14d %9.3f\n' "$1" "$2" "$3" "$(awk -v a="$2" -v b="$3" 'BEGIN { print a / b }')"
    else
        printf '%-34s %12d\n' "$1" "$2"
    fi
}

processor=$(awk -F': ' '/model name/ { print $2; exit }' /proc/cpuinfo)
note machine "$(nproc)" "$processor"
printf '%d cores, %s\n\n' "$(nproc)" "$processor"
printf '%-34s %12s %14s %9s\n' flavour programs/s empty/s ratio
row 'libFuzzer, ASan + UBSan' "$(libfuzzer_rate build/libfuzzer/fuzz_session 20000)" "$(libfuzzer_rate build/libfuzzer/fuzz_empty 500000)"
row 'libFuzzer, no sanitizer' "$(libfuzzer_rate build/libfuzzer-plain/fuzz_session 50000)" "$(libfuzzer_rate build/libfuzzer-plain/fuzz_empty 500000)"
row 'AFL++, ASan + UBSan (mutating)' "$(afl_rate build/afl/fuzz_session)" "$(afl_rate build/afl/fuzz_empty)"
row 'release, no engine' "$(release_rate 60000 "$eight")"
# The same calls on the same world, unjudged.
row 'release, bare calls' "$(release_rate 60000 "$eight" --bare)"
printf '%-34s %s\n\n' 'release, profile' "$(build/release/rundown bench --profile $((300000 / part)) corpus/session/eight-calls.txt)"

# Instructions of a program by folder: the same in each run, whatever else the machine does. String instructions are left out,
# because callgrind counts one once for each byte.
few=$((200 / part)) many=$((1200 / part))
for programs in "$few" "$many"; do
    GLIBC_TUNABLES=glibc.cpu.x86_rep_movsb_threshold=1000000000:glibc.cpu.x86_rep_stosb_threshold=1000000000 \
        valgrind --tool=callgrind --callgrind-out-file="$work/callgrind.$programs" --log-file="$work/log" \
        build/release/rundown bench "$programs" "$eight" >"$work/out" || { cat "$work/log"; exit 1; }
done
printf '%-34s %12s\n' 'release, in' instructions
while IFS=$'\t' read -r name count; do
    note instructions "$name" "$count"
    printf '%-34s %12d\n' "$name" "$count"
done < <(python3 -B tests/measure/speed/folders.py "$work/callgrind.$few" "$work/callgrind.$many" $((many - few)))
echo

# What a judge costs: the rate without it.
printf '%-34s %12s\n' 'release, without' programs/s
for judge in model answers ledger judges; do
    row "without $judge" "$(RUNDOWN_WITHOUT=$judge release_rate 60000 "$eight")"
done

# A program of CALLS calls: a session with as many reads as there is room for.
of_length() { # CALLS
    local i
    printf 'h0, b0 = DsBackupPrepareW(".", 0, FULL)\nDsBackupOpenFileW(h0, "temp.pat", 24576)\n'
    for ((i = 4; i < $1; i++)); do echo 'DsBackupRead(h0, 64)'; done
    printf 'DsBackupClose(h0)\nDsBackupEnd(h0)\n'
}
# Time against length: what a call takes must not grow with the calls before it.
printf '\n%-34s %12s %14s\n' 'release, length' programs/s 'ns/call'
for calls in 8 16 32 64 128 256; do
    of_length "$calls" >"$work/length.txt"
    rate=$(release_rate $((400000 / calls)) "$work/length.txt")
    note "$calls calls" "$rate"
    printf '%-34s %12d %14d\n' "$calls calls" "$rate" $((1000000000 / rate / calls))
done
echo

# Runs of a scenario in processes of their own: that of hiredis, two at one time; beside it processes that do nothing.
"${CC:-cc}" -O2 -o "$work/processes" tests/measure/speed/processes.c
scenario_rate() { # FLAVOUR
    "build/$1/examples/libraries/hiredis" sweep --jobs 2 --pairs --json "$work/scenario.json" >"$work/log" || [ $? -eq 1 ] || { cat "$work/log"; exit 1; }
    python3 -c 'import json, sys; t = json.load(sys.stdin); print(int(t["runs"] / sum(s["seconds"] for s in t["scenarios"])))' <"$work/scenario.json"
}
printf '%-34s %12s %14s %9s\n' 'scenario of hiredis, two processes' runs/s empty/s ratio
for flavour in release asan; do
    row "scenario, $flavour" "$(best scenario_rate $flavour)" "$(best "$work/processes" $((5000 / part)))"
done
echo

# Memory over time. Of one program over and over: what it grows by is forgotten somewhere. And of a campaign, which keeps what
# is new to it, and that becomes rare: after a day, if each doubling of its programs adds what the last one did.
peak() { # RUNS
    build/libfuzzer/fuzz_session -runs=$(($1 / part)) -print_final_stats=1 "${input[0]}" 2>&1 | awk '$1 == "stat::peak_rss_mb:" { print $2 }'
}
campaign_memory() { # SECONDS
    mkdir -p "$work/campaign"
    cp "${input[0]}" "$work/campaign"
    build/libfuzzer/fuzz_session -max_total_time="$1" -seed=1 -max_len=1156 -len_control=0 -print_final_stats=1 \
        -artifact_prefix="$work/" "$work/campaign" 2>&1 | tee "$work/campaign.log" | awk -v seconds="$1" '
        /^#[0-9]/ && match($0, /rss: [0-9]+/) { mb[n] = substr($0, RSTART + 5, RLENGTH - 5) + 0; at[n++] = substr($1, 2) + 0 }
        END {
            while (at[half] < at[n - 1] / 2) half++
            printf "%d %d %d", at[n - 1], mb[n - 1], mb[n - 1] + (mb[n - 1] - mb[half]) * log(86400 / seconds) / log(2)
        }'
}
few=$(peak 20000) many=$(peak 200000)
note memory 'one program, 20000 runs' "$few"
note memory 'one program, 200000 runs' "$many"
printf '%-34s %12s\n' 'libFuzzer, ASan + UBSan' MB
printf '%-34s %12d\n' 'one program, 20000 runs' "$few" 'one program, 200000 runs' "$many"
campaign=$(campaign_memory $((8 * seconds)))
read -r programs last day <<<"$campaign"
note memory "a campaign, $programs programs" "$last"
note memory 'the same after a day' "$day"
printf '%-34s %12d\n' "a campaign, $programs programs" "$last" 'the same after a day' "$day"

# A harness as people write it makes more executions: what they find is another matter.
printf '\n%-34s %12s %14s\n' 'libFuzzer, of planted bugs' found 'a minute'
bash tests/measure/speed/found.sh --seconds "$seconds" "$work/found" >"$work/found.tsv"
while IFS=$'\t' read -r name found of spent _; do
    name=${name#*/}
    note found "$name" "$found" "$of" "$spent"
    printf '%-34s %6d of %2d %14.2f\n' "$name" "$found" "$of" "$(awk -v found="$found" -v spent="$spent" 'BEGIN { print found * 60 / spent }')"
done <"$work/found.tsv"
echo

took() { # NAME COMMAND...
    local start=${EPOCHREALTIME/./} end time name=$1
    shift
    "$@" >"$work/log" 2>&1 || { tail -n 20 "$work/log"; exit 1; }
    end=${EPOCHREALTIME/./}
    time=$(printf '%d.%03d' $(((end - start) / 1000000)) $(((end - start) / 1000 % 1000)))
    note seconds "$name" "$time"
    printf '%-34s %s s  ' "$name" "$time"
}
took 'sweep of the corpus, release' build/release/rundown sweep "${slice[@]}" --findings "$work" corpus/session corpus/regressions
tail -n 1 "$work/log"
took 'replay of the corpus, ASan + UBSan' bash fuzz/drivers/replay.sh build/asan
tail -n 1 "$work/log"
python3 -B tests/measure/speed/bench.py "$work/rows.tsv" "$work/bench.json"
python3 -c 'import json, sys; print(json.dumps(json.load(sys.stdin)))' <"$work/bench.json" >>"build/bench-history${1:+-quick}.jsonl"
