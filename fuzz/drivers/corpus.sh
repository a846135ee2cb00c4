#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# corpus.sh NAME PROGRAMS SEEDS
#
# Runs the whole corpus, each file by itself if one fails, on the programs of a folder: rundown and replay_* of a plain
# flavour, or fuzz_* of an engine. SEEDS: the session programs as bytes, for the latter. Fails if one fails and if nothing
# ran. What a flavour cannot run stands in corpus/skipped.txt, with the reason. Last line:
#
#     corpus in NAME: N passed, N failed, N skipped
set -euo pipefail
export LC_ALL=C
readonly name=$1 programs=$2 seeds=$3
export LLVM_PROFILE_FILE=/dev/null AFL_QUIET=1
passed=0 failed=0 skipped=0

# The rows for this flavour: PATH REASON.
mapfile -t rows < <(awk -v name="$name" '$1 == name { sub(/^[^ ]+ +/, ""); print }' corpus/skipped.txt)
is_skipped() { # FILE
    local row
    for row in "${rows[@]}"; do
        # shellcheck disable=SC2053 # the path is a pattern
        [[ $(basename "$1" | sed 's/\.[a-z]*$//') == ${row%% *} ]] && return
    done
    return 1
}
for row in "${rows[@]}"; do printf 'skipped in %s: %s\n' "$name" "$row"; done

run_files() { # FILE... -- COMMAND...
    local files=() file
    while [ "$1" != -- ]; do
        if is_skipped "$1"; then skipped=$((skipped + 1)); else files+=("$1"); fi
        shift
    done
    shift
    if [ ${#files[@]} -eq 0 ] || "$@" "${files[@]}" >"$log" 2>&1 </dev/null; then
        passed=$((passed + ${#files[@]}))
        return
    fi
    for file in "${files[@]}"; do
        if timeout -k 5 60 "$@" "$file" >"$log" 2>&1 </dev/null; then
            passed=$((passed + 1))
        else
            failed=$((failed + 1))
            printf 'FAILED in %s: %s: %s\n' "$name" "$file" "$(grep -m 1 -E 'FINDING|ERROR|runtime error' "$log" || tail -n 1 "$log")"
        fi
    done
}

log=$(mktemp)
trap 'rm -f "$log"' EXIT
if [ -x "$programs/fuzz_session" ]; then
    run_files "$seeds"/* -- "$programs/fuzz_session"
    for driver in handle server_pdu client_pdu ndr; do run_files corpus/"$driver"/*.bin -- "$programs/fuzz_$driver"; done
else
    run_files corpus/session/*.txt corpus/regressions/*.txt -- "$programs/rundown" run
    for driver in handle server_pdu client_pdu ndr; do run_files corpus/"$driver"/*.bin -- "$programs/replay_$driver"; done
fi
printf 'corpus in %s: %d passed, %d failed, %d skipped\n' "$name" "$passed" "$failed" "$skipped"
[ "$failed" -eq 0 ] && [ "$passed" -gt 0 ]
