#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# unheard.sh BUILD
#
# Two answers of one session that the client does not hear as they were given, whichever two and in whichever way: a fault in the
# place of an answer, one that comes late, one that comes twice. What the server did is asked for again, call by call; or
# any other call comes first, one that fails among them.
set -euo pipefail
export LC_ALL=C
build=$(realpath "$1")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
fail() { echo "not ok - $*"; exit 1; }

kinds=(fault-unspec late duplicate)
backup=('h, b = DsBackupPrepareW(".", 0, FULL)' 'n = DsBackupGetDatabaseNamesW(h)' 'DsBackupOpenFileW(h, "ntds.dit", 24576)' 'DsBackupRead(h, 24576)'
    'DsBackupClose(h)' 'DsBackupOpenFileW(h, "temp.pat", 24576)' 'DsBackupRead(h, 24576)' 'DsBackupClose(h)' 'l = DsBackupGetBackupLogsW(h)'
    'DsBackupOpenFileW(h, "edb00001.log", 24576)' 'DsBackupRead(h, 24576)' 'DsBackupClose(h)' 'DsBackupTruncateLogs(h)' 'DsBackupEnd(h)')
restore=('r = DsRestorePrepareW(".", 0, b15)' 'DsRestoreRegisterW(r, "store", 1, 2)' 'p = DsRestoreGetDatabaseLocationsW(r)'
    'DsRestoreRegisterW(r, "other", 3, 4)' 'DsRestoreRegisterComplete(r, 0)' 'DsRestoreEnd(r)')

# Each call twice, so that what was not heard is asked for again; the second is there without a fault.
write() { # WORLD CALL...
    local world=$1 i j first second n=0
    shift
    local calls=("$@")
    for ((i = 0; i < ${#calls[@]}; i++)); do
        for ((j = i; j < ${#calls[@]}; j++)); do
            for first in "${kinds[@]}"; do
                for second in "${kinds[@]}"; do
                    n=$((n + 1))
                    {
                        printf 'rundown 2\nworld %s\n' "$world"
                        for ((c = 0; c < ${#calls[@]}; c++)); do
                            if [ $c = $i ]; then echo "${calls[c]} !rpc.reply $first"; fi
                            if [ $c = $j ] && [ $j != $i ]; then echo "${calls[c]} !rpc.reply $second"; fi
                            echo "${calls[c]}"
                        done
                    } >"$world-$n.txt"
                    [ $i != $j ] || break
                done
            done
        done
    done
}
# One call is not heard, and before it is asked for again something else is, and perhaps fails.
between=('n = DsBackupGetDatabaseNamesW(h)' 'l = DsBackupGetBackupLogsW(h)' 'DsBackupOpenFileW(h, "temp.pat", 24576)' 'DsBackupOpenFileW(h, "edb00002.log", 24576)'
    'DsBackupOpenFileW(h, "edb.chk", 24576)' 'DsBackupRead(h, 24576)' 'DsBackupClose(h)' 'DsBackupTruncateLogs(h)'
    'DsIsNTDSOnlineW(".")' 'other, b = DsBackupPrepareW(".", 0, FULL)')
write_between() { # CALL...
    local i kind other event n=0 calls=("$@")
    for ((i = 1; i < ${#calls[@]}; i++)); do
        for kind in "${kinds[@]}"; do
            for other in "${between[@]}"; do
                for event in '' 'StoreRemove("temp.pat")' 'StoreRemove("ntds.dit")'; do
                    n=$((n + 1))
                    {
                        printf 'rundown 2\n'
                        printf '%s\n' "${calls[@]:0:i}"
                        echo "${calls[i]} !rpc.reply $kind"
                        [ -z "$event" ] || echo "$event"
                        echo "$other"
                        printf '%s\n' "${calls[@]:i}"
                    } >"between-$n.txt"
                done
            done
        done
    done
}
cd "$work"
write_between "${backup[@]}"
write tcp "${backup[@]}"
write restore-mode "${restore[@]}"
programs=(*.txt)
"$build/rundown" run -- "${programs[@]}" >log 2>errors || true
[ ! -s errors ] || { head -n 3 errors; fail "a program is none"; }
if grep -m 1 -A 30 '^FINDING ' log; then fail "answers that were not heard change what the session answers"; fi
fired=$(grep -c '^ok ' log)
[ $((fired * 3)) -gt ${#programs[@]} ] || fail "only in $fired of ${#programs[@]} programs all faults fire"
echo "ok - ${#programs[@]} programs, in $fired of them no answer that is meant is heard"
