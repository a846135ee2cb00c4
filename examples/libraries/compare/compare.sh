#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# compare.sh BUILD [LIBRARY...]
#
# The same scenario of the same library (json-c; redis: hiredis with a real redis-server) under three tools in one run: this
# suite, libfiu, and a malloc by LD_PRELOAD that fails at its n-th call. Prints for each how many runs it made, in what time, and how
# many of them crashed, had a wrong result or left something behind; "-" is what a tool does not see. Exit code 0: all have
# run, whatever they found; 1: one has not; 77: something is not installed, after "skipped: REASON".
set -euo pipefail
export LC_ALL=C
build=$(realpath "${1:?usage: compare.sh BUILD [LIBRARY...]}")
shift
[ $# -gt 0 ] || set -- json-c redis
cd "$(dirname "$(realpath "$0")")/.."
work=$(mktemp -d "${TMPDIR:-/tmp}/rc.XXXXXX")
server=
trap '[ -z "$server" ] || kill "$server"; rm -rf "$work"' EXIT
for tool in fiu-run redis-server; do command -v $tool >/dev/null || { echo "skipped: $tool is not installed"; exit 77; }; done
export SOCKET=$work/socket
declare -A links=([json-c]=json-c [redis]=hiredis)
# What libfiu breaks there, one call in twenty.
declare -A points=([json-c]='libc/mm/*' [redis]='libc/mm/* posix/io/net/* posix/io/rw/*')

declare -A count
# tried COMMAND...: runs it, and counts how it ended.
tried() {
    local status=0
    "$@" >/dev/null 2>&1 || status=$?
    case $status in
    0 | 1) ;;
    2) count[wrong]=$((count[wrong] + 1)) ;;
    *) count[crash]=$((count[crash] + 1)) ;;
    esac
    count[runs]=$((count[runs] + 1))
}
# timed NAME COMMAND...: what the command counted, as a line of the table.
timed() {
    local name=$1 start=$EPOCHREALTIME
    shift
    count=([runs]=0 [crash]=0 [wrong]=0 [left]=- [causes]=-)
    "$@" 2>/dev/null # where the shell speaks of each signal
    awk -v name="$name" -v start="$start" -v end="$EPOCHREALTIME" -v runs="${count[runs]}" -v crash="${count[crash]}" \
        -v wrong="${count[wrong]}" -v left="${count[left]}" -v causes="${count[causes]}" \
        'BEGIN { printf "%-24s %6d %8.2f %8s %6s %12s %13s\n", name, runs, end - start, crash, wrong, left, causes }'
}

suite() { # LIBRARY
    local options=()
    [ ! -e "$1.benign" ] || options=(--benign "$1.benign")
    "$build/examples/libraries/$1" sweep --json "$work/json" "${options[@]}" >"$work/said" 2>&1 || [ $? -eq 1 ]
    read -r "count[runs]" "count[crash]" "count[wrong]" "count[left]" "count[causes]" < <(python3 - "$work/json" <<'PYTHON'
import json, sys
swept = json.load(open(sys.argv[1]))
seen = lambda verdict: sum(f["seen"] for f in swept["findings"] if f["verdict"] == verdict)
print(swept["runs"], seen("crash"), seen("wrong"), seen("left-behind"), len(swept["findings"]))
PYTHON
)
}
failer() {
    local allocations n
    allocations=$(FAIL_COUNT=3 LD_PRELOAD=$work/failer.so "$work/plain" 3>&1)
    for ((n = 1; n <= allocations; n++)); do
        tried env FAIL_AT="$n" LD_PRELOAD="$work/failer.so" "$work/plain"
        tried env FAIL_AT="$n" FAIL_ON=1 LD_PRELOAD="$work/failer.so" "$work/plain"
    done
}
libfiu() { # RUNS POINT...
    local enabled=() runs=$1 n point
    shift
    for point; do enabled+=(-c "enable_random name=$point,probability=0.05"); done
    for ((n = 0; n < runs; n++)); do tried fiu-run -x -f "" "${enabled[@]}" "$work/plain"; done
}

redis-server --port 0 --save '' --unixsocket "$SOCKET" >"$work/log" 2>&1 &
server=$!
until [ -S "$SOCKET" ]; do kill -0 $server || exit 1; sleep 0.02; done
cc -O2 -shared -fPIC -o "$work/failer.so" compare/malloc_failer.c
for library; do
    [ -x "$build/examples/libraries/$library" ] || { echo "skipped: $library is not built"; exit 77; }
    cc -O2 -I "$build/include" -o "$work/plain" "$library.c" compare/plain.c "-l${links[$library]}"
    "$work/plain" || { echo "$library: the scenario fails without a fault"; exit 1; }
    printf '%-24s %6s %8s %8s %6s %12s %13s\n' "$library" runs seconds crashed wrong 'left behind' 'causes named'
    timed 'this suite' suite "$library"
    runs=${count[runs]}
    timed 'malloc by LD_PRELOAD' failer
    read -ra enabled <<<"${points[$library]}"
    set -f
    timed 'libfiu, at random' libfiu "$runs" "${enabled[@]}"
    set +f
done
