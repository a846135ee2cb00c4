#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# servers.sh BUILD
#
# Scenarios with real servers: faults and ledger are those of the kernel's network, and servers and folders are gone when the
# program has ended, whichever way. One of them needs a command before it, another user, time until it is ready, and a signal
# to end by; its client may wait for ever.
set -euo pipefail
build=$(realpath "$1")
work=$(mktemp -d "${TMPDIR:-/tmp}/rs.XXXXXX")
trap 'rm -rf "$work"' EXIT
fail() { echo "not ok - $*"; exit 1; }
program=$build/scenarios_server
mkdir "$work/t" "$work/ends"
chmod 711 "$work" "$work/t"
chmod 777 "$work/ends"
export TMPDIR=$work/t ENDED=$work/ends/by
# ended_well: the one that ends by a signal had the time for it, as the right user.
ended_well() {
    local user
    user=$(if [ "$(id -u)" = 0 ]; then id -u nobody; else id -u; fi)
    [ "$(cat "$ENDED")" = "$user" ] || fail "user $(cat "$ENDED" 2>&1) ends the server"
    rm "$ENDED"
}

status=0
"$program" sweep >"$work/said" || status=$?
[ $status -eq 1 ] || { cat "$work/said"; fail "the sweep ends with $status"; }
[ "$(sed -n 's/^SIGNATURE: //p' "$work/said" | paste -s)" = $'left-behind:net.socket@talker_first_byte#1\tstuck:talker_ask' ] ||
    { cat "$work/said"; fail "other findings"; }
[ "$(sed -n 's/^2 scenarios, .* runs in \([0-9]*\)\..*/\1/p' "$work/said")" -lt 15 ] || fail "it waits longer than it is to"
ended_well
grep -q '^  fault: net.recv@talker_first_byte#1 ' "$work/said" || { cat "$work/said"; fail "read() from a socket is no net.recv"; }
[ -z "$(ls "$TMPDIR")" ] || fail "the folder is left: $(ls "$TMPDIR")"

# A program that is killed leaves nothing either: the server ends, and with it the last writer of the pipe.
mkfifo "$work/pipe"
# Before its server answers, when it has just begun to, and in the sweep.
for moment in log socket swept; do
    cat "$work/pipe" >/dev/null &
    reader=$!
    "$program" sweep --jobs 1 >"$work/pipe" &
    killed=$!
    until ls "$TMPDIR"/*/$moment >/dev/null 2>&1; do
        kill -0 "$killed" 2>/dev/null || break
        [ $moment != swept ] || ! ls "$TMPDIR"/*/socket >/dev/null 2>&1 || { sleep 0.1; break; }
    done
    kill -KILL "$killed" 2>/dev/null || true
    wait "$killed" 2>/dev/null || true
    wait "$reader"
    while [ -n "$(ls "$TMPDIR")" ]; do sleep 0.05; done
done
ended_well

# One that is not there.
status=0
PATH=/nonexistent "$program" sweep >/dev/null 2>"$work/said" || status=$?
[ $status -eq 2 ] || fail "without its server the program ends with $status"
grep -q "server 'greeter': python3 " "$work/said" || { cat "$work/said"; fail "it does not say which server is missing"; }
[ -z "$(ls "$TMPDIR")" ] || fail "a folder is left: $(ls "$TMPDIR")"
"$program" list | grep -q '^greets ' || fail "a list needs a server"
echo "ok - two real servers"
