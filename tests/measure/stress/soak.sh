#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# A great many sessions, from four threads of one client to one server: memory and descriptors of both stay flat.
# Figures every second, and a plot of them.
#
#     soak.sh BUILD [sessions=N] [seed=N]
# shellcheck source-path=SCRIPTDIR source=lib.sh disable=SC2119
source "$(dirname "$0")/lib.sh"

sessions=1000000 seed=1
take_options "${@:2}"
readonly THREADS=4 GROWTH_KIB=512
figures=$FIGURES/soak.tsv
printf 'soak: %d sessions, seed %d\n' "$sessions" "$seed"

make_store 300000
for log in "$STORE"/edb0*.log; do truncate -s 30000 "$log"; done
keep_store
start_server
note_calm
: >"$WORK/load"
"$BUILD/tests/stress_load" soak "$sessions" "$seed" >"$WORK/load" 2>&1 &
LOAD_PID=$!

# sample: one line of figures. False: the client has ended.
sample() {
    local done_sessions server client server_descriptors
    done_sessions=$(sed -n '$s/^at //p' "$WORK/load" 2>/dev/null)
    server=$(resident "$SERVER_PID")
    descriptors "$SERVER_PID"
    server_descriptors=$DESCRIPTORS
    client=$(resident "$LOAD_PID" 2>/dev/null) && [ -n "$client" ] || return
    descriptors "$LOAD_PID"
    printf '%d\t%d\t%d\t%d\t%d\t%d\n' $(((${EPOCHREALTIME/./} - started) / 1000)) "${done_sessions:-0}" \
        "$server" "$server_descriptors" "$client" "$DESCRIPTORS" >>"$figures"
}

printf 'milliseconds\tsessions\tserver_KiB\tserver_descriptors\tclient_KiB\tclient_descriptors\n' >"$figures"
started=${EPOCHREALTIME/./}
pause=1
[ "$sessions" -ge 50000 ] || pause=0.05
while sample; do sleep "$pause"; done
status=0
wait "$LOAD_PID" || status=$?
[ "$status" -eq 0 ] || fail "the client ended with $status: $(tail -n 5 "$WORK/load")"
tail -n 1 "$WORK/load"

# grown COLUMN: by how much its greatest value of the last fifth lies above that of the second fifth. The first is
# where caches fill.
grown() {
    tail -n +2 "$figures" | awk -F'\t' -v column="$1" '
        { value[NR] = $column }
        END {
            for (i = 1; i <= NR; i++) {
                if (i > NR / 5 && i <= NR * 2 / 5 && value[i] > early) early = value[i]
                if (i > NR * 4 / 5 && value[i] > late) late = value[i]
            }
            print NR < 5 ? 0 : late - early
        }'
}

most() {
    tail -n +2 "$figures" | cut -f "$1" | sort -n | tail -n 1
}

if ! is_sanitized; then # a sanitizer keeps freed memory for a while
    for column in 3 5; do
        [ "$(grown "$column")" -le "$GROWTH_KIB" ] || fail "$(head -n 1 "$figures" | cut -f "$column") grew by $(grown "$column")"
    done
    ok "memory is flat: the server's greatest is $(most 3) KiB, the client's $(most 5) KiB; growth $(grown 3) and $(grown 5) KiB"
fi
# A thread's connections: that of its session, that of the call before, as the server sees them; a file.
[ "$(most 4)" -le $((CALM_DESCRIPTORS + 3 * THREADS)) ] || fail "the server had $(most 4) descriptors open"
comes_to_rest
ok "descriptors are flat: the server's most is $(most 4), at rest $CALM_DESCRIPTORS; the client's most $(most 6)"
serves
stop_server

if command -v gnuplot >/dev/null && [ "$(wc -l <"$figures")" -gt 3 ]; then
    gnuplot 2>"$WORK/gnuplot.err" <<GNUPLOT || fail "no plot: $(cat "$WORK/gnuplot.err")"
set terminal svg size 900,520 font 'sans-serif,13' background 'white'
set output '$FIGURES/soak.svg'
set datafile separator tab
set key outside bottom horizontal
set xlabel 'sessions'
set ylabel 'resident memory, KiB'
set y2label 'descriptors'
set yrange [0:*]
set y2range [0:*]
set y2tics
set ytics nomirror
set title 'Memory and descriptors over $sessions sessions'
plot '$figures' using 2:3 skip 1 with lines lw 2 title 'server, memory', \
     '' using 2:5 skip 1 with lines lw 2 title 'client, memory', \
     '' using 2:4 skip 1 axes x1y2 with lines dt 2 title 'server, descriptors', \
     '' using 2:6 skip 1 axes x1y2 with lines dt 2 title 'client, descriptors'
GNUPLOT
    ok "plotted: $FIGURES/soak.svg"
fi
