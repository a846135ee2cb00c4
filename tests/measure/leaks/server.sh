#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# What grows in a real server: bytes and blocks of its heap, its descriptors, what it counts itself (dsbackup inspect), after
# n sessions and after 2n, at rest. A session that leaves something shows, though the server frees it at its end. Prints a line
# for each; the same as JSON to the file out, if it is not 0.
#
#     server.sh BUILD [sessions=N] [seed=N]
#
# Exit code 1: something grows. BUILD: a flavour without sanitizers.
# shellcheck source-path=SCRIPTDIR source=../stress/lib.sh disable=SC2119
source "$(dirname "$0")/../stress/lib.sh"

sessions=500 seed=1
take_options "${@:2}"
out=$FIGURES/server.json

make_store 100000
export RUNDOWN_HEAP=$WORK/heap
LD_PRELOAD=$BUILD/tests/libheap_count.so start_server
note_calm

load() { # the next `sessions` sessions; then the server is at rest
    "$BUILD/tests/stress_load" soak "$sessions" "$seed" >"$WORK/load" 2>&1 || fail "the client: $(tail -n 5 "$WORK/load")"
    comes_to_rest
}

# One line: bytes, blocks, descriptors, what the server counts.
figures() {
    local counted
    descriptors "$SERVER_PID"
    counted=$("$BUILD/dsbackup" inspect | awk '!/^(calls|pdus|faults)/ { for (i = 1; i <= NF; i++) if ($i ~ /^[0-9]+$/) n += $i } END { print n + 0 }')
    read -r bytes blocks < <(od -An -td8 -N16 "$RUNDOWN_HEAP.$SERVER_PID")
    printf '%d %d %d %d\n' "$bytes" "$blocks" "$DESCRIPTORS" "$counted"
}

# The first sessions fill caches.
load
load
read -ra once < <(figures)
load
read -ra twice < <(figures)
[ "${once[0]}" -gt 0 ] || fail "the heap is not counted: $RUNDOWN_HEAP.$SERVER_PID"

names=("bytes of the heap" "blocks of the heap" descriptors "connections, contexts, sessions and files")
least=("$sessions" $((sessions / 4)) $((sessions / 4)) $((sessions / 4)))
grows=0 rows=
for i in "${!names[@]}"; do
    verdict=flat
    [ $((twice[i] - once[i])) -lt "${least[i]}" ] || { verdict=GROWS && grows=1; }
    printf '%-6s a real server, %s: %d after %d sessions, %d after %d\n' "$verdict" "${names[i]}" "${once[i]}" "$sessions" \
        "${twice[i]}" $((2 * sessions))
    rows+="${rows:+, }{\"what\": \"${names[i]}\", \"sessions\": $sessions, \"count\": [${once[i]}, ${twice[i]}], \"grows\": $([ $verdict = GROWS ] && echo true || echo false)}"
done
printf '[%s]\n' "$rows" >"$out"
stop_server
exit $grows
