#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# Of a store that is not whole no backup is made, and the user is told what is missing; nothing on the
# server is deleted.
# shellcheck source-path=SCRIPTDIR source=lib.sh disable=SC2119
source "$(dirname "$0")/lib.sh"

make_store 100000
start_server

# nothing_came_of BACKUP: no folder that somebody could take for a backup.
nothing_came_of() {
    [ ! -e "$1" ] || fail "$1 is there"
    [ ! -e "$1.partial/manifest" ] || fail "$1.partial has a manifest"
}

mv "$STORE/edb0000a.log" "$WORK/a.log"
before=$(checksums "$STORE")
refused 1 "$STORE/edb0000A.log is missing" "$BUILD/dsbackup" backup "$WORK/gap"
grep -q 'DsBackupGetBackupLogs: hrMissingLogFile' "$TOOL_OUT" || fail "the call and its code are not named"
nothing_came_of "$WORK/gap"
[ "$(checksums "$STORE")" = "$before" ] || fail "a file of the store is gone or changed"
server_has_said 'GetBackupLogs failed: hrMissingLogFile' || fail "the service does not say so"
ok "a missing log is named, and nothing is deleted"

mv "$WORK/a.log" "$STORE/edb0000a.log"
mv "$STORE/ntds.dit" "$WORK/ntds.dit"
before=$(cd "$STORE" && sha256sum -- *.log *.pat)
refused 1 'DsBackupPrepare (ntds.dit): hrFileNotFound' "$BUILD/dsbackup" backup "$WORK/none"
nothing_came_of "$WORK/none"
[ ! -e "$WORK/none.partial" ] || fail "a folder was made"
[ "$(cd "$STORE" && sha256sum -- *.log *.pat)" = "$before" ] || fail "a file of the store is gone or changed"
server_has_said 'Prepare refused: hrFileNotFound' || fail "the service does not say so"
ok "a store without database has no backup"

mv "$WORK/ntds.dit" "$STORE/ntds.dit"
dsbackup backup "$WORK/whole"
[ ! -e "$STORE/edb0000a.log" ] || fail "the logs were not truncated"
stop_server
ok "once both are back there is one"
