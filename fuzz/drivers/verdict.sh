#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# verdict.sh WORK FINDINGS SUITE JOB...     (a job is "DRIVER ENGINE")
#
# Ends a campaign: prints a table of the jobs, then each finding once, replayed under the
# sanitizers so that their report explains it. Exit code 1 if there is a finding or a job did
# not do its work.
set -euo pipefail
export LC_ALL=C

readonly work=$1 findings=$2 suite=$3
shift 3
failed=0
total=0

stat_of() { # FILE KEY
    awk -v key="$2" '$1 == key { print $3 }' "$1" 2>/dev/null | tr -d '%'
}

complain() {
    printf '  PROBLEM: %s\n' "$*"
    failed=1
}

printf '\n%-12s %-10s %11s %9s %8s %7s %10s %9s\n' driver engine executions per-second coverage corpus stability findings
for job; do
    read -r driver engine <<<"$job"
    directory="$work/$driver-$engine"
    if [ "$engine" = afl ]; then
        stats="$directory/out/default/fuzzer_stats"
        execs=$(stat_of "$stats" execs_done)
        rate=$(stat_of "$stats" execs_per_sec)
        edges=$(stat_of "$stats" edges_found)
        stability=$(stat_of "$stats" stability)
        found=$(($(stat_of "$stats" saved_crashes) + $(stat_of "$stats" saved_hangs))) || found=1
        corpus=$(stat_of "$stats" corpus_count)
    else
        log="$directory/log"
        execs=$(awk '/^stat::number_of_executed_units/ { print $2 }' "$log")
        rate=$(awk '/^stat::average_exec_per_sec/ { print $2 }' "$log")
        edges=$(grep -o 'cov: [0-9]*' "$log" | tail -n 1 | cut -d' ' -f2)
        stability=-
        found=$(find "$directory/found" -type f | wc -l)
        corpus=$(find "$directory/corpus" -type f | wc -l)
    fi
    printf '%-12s %-10s %11s %9.0f %8s %7s %10s %9s\n' "$driver" "$engine" "${execs:--}" "${rate:-0}" "${edges:--}" \
        "${corpus:--}" "${stability:--}" "$found"
    total=$((total + ${execs:-0}))
    # A stopped run that saved nothing is a problem of its own, and so is a target that is not
    # deterministic.
    [ "${execs:-0}" -ge 1000 ] || [ "$found" -gt 0 ] || {
        complain "$driver/$engine executed only ${execs:-0} inputs; the end of its log:"
        tail -n 15 "$directory/log" | sed 's/^/    /'
    }
    [ "$stability" = - ] || [ "$stability" = 100.00 ] || complain "$driver/$engine: stability is ${stability:-unknown} %, not 100 %"
    [ "$found" -eq 0 ] || failed=1
done
printf '%-23s %11s\n' total "$total"

declare -A seen
distinct=0
while IFS= read -r input; do
    driver=$(basename "$(printf '%s' "$input" | sed -E "s|^$work/([^/]+)-(libfuzzer\|afl)/.*|\1|")")
    report=$("$suite/replay_$driver" "$input" 2>&1) && report+=$'\nnot reproduced under ASan + UBSan by '"$input"
    # A report by a sanitizer alone names no cause.
    signatures=$(printf '%s\n' "$report" | grep '^SIGNATURE: ') ||
        signatures=$(printf '%s\n' "$report" | grep -m1 -E '^(FINDING|SUMMARY|.*runtime error:)' | sed -E 's/0x[0-9a-f]+//g') ||
        signatures=none
    # An input that shows two causes is told for the one that is new.
    is_new=0
    while IFS= read -r signature; do
        [ -n "${seen[$driver:$signature]:-}" ] || is_new=1
        seen[$driver:$signature]=1
    done <<<"$signatures"
    [ "$is_new" -eq 1 ] || continue
    distinct=$((distinct + 1))
    kept="$findings/$driver-$(sha1sum <"$input" | cut -c1-12)"
    cp "$input" "$kept"
    printf '\n=== finding %d: %s\n%s\n\nreplay: ./build.sh replay --driver %s %s\n' "$distinct" "$driver" \
        "$(printf '%s\n' "$report" | head -n 60)" "$driver" "$kept"
done < <(find "$work" -path '*/found/*' -type f -o -path '*/out/default/crashes/id*' -type f -o -path '*/out/default/hangs/id*' -type f)

if [ "$failed" -eq 0 ]; then
    printf '\nNothing found.\n'
else
    printf '\n%d distinct finding(s) in %s/\n' "$distinct" "$findings"
fi
exit "$failed"
