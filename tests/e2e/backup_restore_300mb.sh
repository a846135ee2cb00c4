#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# A store of 300 MB goes out over both transports and comes back, and every byte is compared.
# Not checked: how long it takes.
# shellcheck source-path=SCRIPTDIR source=lib.sh disable=SC2119
source "$(dirname "$0")/lib.sh"

make_store 300000000
start_server --insecure-tcp-loopback 0
checksums "$STORE" >"$WORK/expected"

dsbackup backup --no-truncate "$WORK/local"
checksums "$WORK/local" | cmp - "$WORK/expected" || fail "what came over ncalrpc is not what is stored"
cmp "$STORE/ntds.dit" "$WORK/local/ntds.dit" || fail "the database differs"
ok "over ncalrpc every byte comes through"
rm -r "$WORK/local"

NTDSBCLI_ENDPOINT=$(server_binding ncacn_ip_tcp) dsbackup backup --quiet "$WORK/tcp"
[ ! -s "$TOOL_OUT" ] || fail "--quiet was not quiet"
checksums "$WORK/tcp" | cmp - "$WORK/expected" || fail "what came over ncacn_ip_tcp is not what is stored"
ok "over ncacn_ip_tcp every byte comes through"

[ ! -e "$WORK/tcp.partial" ] || fail "DEST.partial is left"
[ "$(cd "$WORK/tcp" && echo *)" = "edb.log edb00009.log edb0000B.log edb0000a.log empty.pat manifest ntds.dit token" ] ||
    fail "the backup holds $(cd "$WORK/tcp" && echo *)"
[ "$(stat -c %a "$WORK/tcp")$(stat -c %a "$WORK/tcp/ntds.dit")" = 700600 ] || fail "others may read the backup"
ok "a backup holds the files, token and manifest, for its owner alone"

[ "$(cd "$STORE" && echo edb*.log)" = edb.log ] || fail "logs left: $(cd "$STORE" && echo edb*.log)"
ok "the logs that were backed up are gone from the store, the current one is not"

stop_server
flip "$STORE/ntds.dit" 150000000
printf 'x' >>"$STORE/edb.log"
printf 'later than the backup' >"$STORE/edb0000c.log"
printf 'not of the directory' >"$STORE/notes.txt"
start_server --restore-mode
dsbackup restore "$WORK/tcp"
checksums "$STORE" | cmp - "$WORK/expected" || fail "the store is not what was backed up"
cmp "$STORE/ntds.dit" "$WORK/tcp/ntds.dit" || fail "the restored database differs"
[ ! -e "$STORE/edb.chk" ] || fail "the old checkpoint is still there"
[ -e "$STORE/notes.txt" ] || fail "a file that is not of the directory was deleted"
ok "a restore brings back every byte, and nothing but the backup"
stop_server

start_server
dsbackup status
grep -q '^directory *online$' "$TOOL_OUT" || fail "the directory is not online after the restore"
dsbackup backup "$WORK/again"
checksums "$WORK/again" | cmp - "$WORK/expected" || fail "a backup of the restored store differs"
ok "the restored directory goes online and can be backed up again"
stop_server
