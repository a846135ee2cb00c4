#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# settings.sh BUILD
#
# Whatever Configure() has set, a service starts with it in each way that there is: asked to, in the middle of a call,
# behind a kill, behind a power failure. A sweep of those programs, one a setting, finds nothing on an untouched tree.
set -euo pipefail
export LC_ALL=C
build=$(realpath "$1")
texts=$(dirname "$(realpath "$0")")/../../fuzz/program/texts.def
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
fail() { echo "not ok - $*"; exit 1; }

mapfile -t settings < <(sed -n 's/^TEXT_SETTING("\([^"]*\)".*/\1/p' "$texts")
[ ${#settings[@]} -ge 70 ] || fail "texts.def has ${#settings[@]} settings"
starts=('DsIsNTDSOnlineW(".") !rpc.bind restart' 'DsIsNTDSOnlineW(".") !rpc.reply restart' $'ServerStop()\nServerStart(NORMAL)'
    $'ServerKill()\nServerStart(RESTORE_MODE)' $'PowerFail()\nServerStart(NORMAL)')
cd "$work"
for setting in "${settings[@]}"; do
    for i in "${!starts[@]}"; do
        printf '%s\n' 'rundown 2' 'h0, b0 = DsBackupPrepareW(".", 0, FULL)' "Configure(\"$setting\")" "${starts[i]}" 'DsSetAuthIdentityW("guest")' \
            'DsIsNTDSOnlineW(".")' 'h1, b1 = DsBackupPrepareW(".", 0, FULL)' 'DsBackupEnd(h0)' 'DsBackupEnd(h1)' 'h2 = DsRestorePrepareW(".", 0, NULL)' \
            'DsRestoreEnd(h2)' >"$setting-$i.txt"
    done
done
"$build/rundown" sweep -- *.txt >log || { grep -m 1 -A 40 '^FINDING' log || true; fail "$(tail -1 log)"; }
summary=$(tail -1 log)
[[ $summary =~ ^$((${#settings[@]} * ${#starts[@]}))\ programs,\ .*,\ 0\ findings$ ]] || fail "$summary"
echo "ok - ${#settings[@]} settings, ${#starts[@]} ways to start: $summary"
