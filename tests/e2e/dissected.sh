#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# What a whole backup and a restore send, over both transports, is DCE/RPC to a dissector that knows nothing of this
# project: Wireshark's. Stubs stay bytes to it: their content was never published.
# shellcheck source-path=SCRIPTDIR source=lib.sh disable=SC2119
source "$(dirname "$0")/lib.sh"

readonly PYTHON=/usr/bin/python3 PORT=50000 # of every server in a capture of record.py
readonly WARNING=0x600000                   # and what is worse: PI_WARN of Wireshark's expert information
command -v tshark >/dev/null || fail "tshark is missing"

# record TRANSPORT CAPTURE COMMAND...: dsbackup COMMAND, with what it sends and gets in CAPTURE.
record() {
    local there=$SOCKET here=$WORK/recorded binding="ncalrpc:[$WORK/recorded]" recorder
    if [ "$1" = ncacn_ip_tcp ]; then
        there=$(server_port)
        here=0
    fi
    "$PYTHON" "$(dirname "$0")/record.py" "$here" "$there" "$2" >"$WORK/record.out" 2>"$WORK/record.err" &
    recorder=$!
    wait_for 20 "the recorder listens" test -s "$WORK/record.out"
    [ "$1" != ncacn_ip_tcp ] || binding="ncacn_ip_tcp:127.0.0.1[$(cat "$WORK/record.out")]"
    NTDSBCLI_ENDPOINT=$binding dsbackup "${@:3}"
    kill -TERM "$recorder"
    wait "$recorder" || fail "the recorder: $(cat "$WORK/record.err")"
    rm -f "$WORK/recorded" "$WORK/record.out"
}

# dissect CAPTURE OPTION...
dissect() {
    timeout 60 tshark -n -r "$1" -d "tcp.port==$PORT,dcerpc" "${@:2}" 2>"$TOOL_OUT" || fail "tshark of $1"
}

# pdus CAPTURE: each PDU in a line, as the port that it goes to and its type.
pdus() {
    dissect "$1" -T fields -e tcp.dstport -e dcerpc.pkt_type |
        awk -v server="$PORT" '{ n = split($2, types, ","); to = $1 == server ? "server" : "client"
                                 for (i = 1; i <= n; i++) print to, types[i] }'
}

# counted NAME: of the server's counters.
counted() {
    "$BUILD/dsbackup" inspect | sed -n "s/^$1 //p"
}

# judge CAPTURE WHAT: to be called next after record(), on a server that has served nothing else.
judge() {
    local sent received types complaints
    # Asking took a bind and a call, each time; the answer to the last call was not sent when it was counted.
    received=$(($(counted pdus_received) - 2))
    sent=$(($(counted pdus_sent) - 3))
    complaints=$(dissect "$1" -Y "_ws.malformed || _ws.expert.severity >= $WARNING")
    [ -z "$complaints" ] || fail "$2: $(head -n 3 <<<"$complaints")"
    pdus "$1" >"$WORK/pdus"
    types=$(sort -u "$WORK/pdus" | xargs)
    [ "$types" = "client 12 client 2 server 0 server 11" ] || fail "$2: PDUs of the types: $types"
    [ "$(grep -c server "$WORK/pdus")" -eq "$received" ] || fail "$2: not $received PDUs to the server"
    [ "$(grep -c client "$WORK/pdus")" -eq "$sent" ] || fail "$2: not $sent PDUs from the server"
    ok "$2: $received PDUs to the server and $sent from it, nothing malformed, no complaint"
}

make_store 3000000
for transport in ncacn_ip_tcp ncalrpc; do
    start_server --insecure-tcp-loopback 0
    record "$transport" "$WORK/capture" backup --no-truncate "$WORK/over-$transport"
    judge "$WORK/capture" "a backup over $transport"
    stop_server
    start_server --insecure-tcp-loopback 0 --restore-mode
    record "$transport" "$WORK/capture" restore "$WORK/over-$transport"
    judge "$WORK/capture" "a restore over $transport"
    stop_server
done
