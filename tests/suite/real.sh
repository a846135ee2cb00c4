#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# Simulation equals reality: every program of the corpus runs again between real processes, over UNIX sockets and over
# TCP, and each call returns what it returned in the simulated world.
set -euo pipefail
build=$(realpath "$1")
cd "$(dirname "$0")/../.."
readonly LEAST=190 # programs that do run there: those that break the server's kernel cannot
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

real() { # TRANSPORT
    "$build/rundown_real" "$1" "$build/ntdsbsrvd" corpus/session corpus/regressions >"$work/real.$1"
}
if grep -qs '^RUNDOWN_SANITIZE:.*=memory$' "$build/CMakeCache.txt"; then
    echo "skipped: the daemon does not exist in this flavour: libuv is not instrumented for MemorySanitizer"
    exit 77
fi
real local &
local_job=$!
failed=0
real tcp || failed=1
wait "$local_job" || failed=1
for transport in local tcp; do
    sed -n -E '/^(FINDING|FAILED)/,/^corpus/p' "$work/real.$transport" | head -n 40
    "$build/rundown" run --results "$transport" corpus/session corpus/regressions >"$work/simulated" || failed=1
    grep -E '^corpus/.*:' "$work/real.$transport" >"$work/results"
    # Each line of the one must be a line of the other.
    if grep -vxF -f "$work/simulated" "$work/results"; then
        echo "not ok - these returned something else in the simulated world ($transport)"
        failed=1
    fi
    ran=$(wc -l <"$work/results")
    [ "$ran" -ge "$LEAST" ] || { echo "not ok - only $ran programs ran over $transport"; failed=1; }
    [ "$failed" -eq 0 ] && echo "ok - $ran programs over $transport: $(tail -n 1 "$work/real.$transport")"
done
exit "$failed"
