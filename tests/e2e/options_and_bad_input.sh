#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# Everything that a person or a disk can get wrong: options, the store, the state, the backup, the socket. Each is
# answered with an exit code and a message that names it, and nothing is overwritten.
# shellcheck source-path=SCRIPTDIR source=lib.sh disable=SC2119
source "$(dirname "$0")/lib.sh"

server=$BUILD/ntdsbsrvd
tool=$BUILD/dsbackup
make_store 3000000
checksums "$STORE" >"$WORK/expected"

# Options ---------------------------------------------------------------------------------------------

"$server" --help | grep -q 'EVERY LOCAL USER' || fail "the help does not name the risk of TCP"
"$tool" --help | grep -q 'Exit code' || fail "dsbackup has no help"
for program in "$server" "$tool"; do
    "$program" --version | grep -Eq '^[a-z]+ [0-9]+\.[0-9]+\.[0-9]+$' || fail "$program has no version"
done
ok "help and version"

refused 2 '--store DIR is required' "$server"
refused 2 "unexpected argument 'more'" "$server" --store "$STORE" more
refused 2 'no-such-option' "$server" --store "$STORE" --no-such-option
refused 2 "requires an argument" "$server" --store
while read -r option value; do
    refused 2 "--$option '$value': " "$server" --store "$STORE" --socket "$SOCKET" "--$option" "$value"
done <<'EOF'
insecure-tcp-loopback 65536
insecure-tcp-loopback -1
insecure-tcp-loopback http
insecure-tcp-loopback 99999999999999999999999
max-sessions 0
max-sessions 1x
max-connections 0
max-connections 70000
idle-timeout 0
idle-timeout 1.5
session-idle-timeout 0
tombstone-days 1
tombstone-days 36501
host-name under_score
host-name a/b
group no-such-group-here
socket relative/path
socket /directory/
socket /a]b
EOF
refused 2 "--store '': must not be empty" "$server" --store ''
refused 2 'must have at most 107 bytes' "$server" --store "$STORE" --socket "/$(printf 'x%.0s' {1..107})"
ok "ntdsbsrvd names the option and the value that are wrong, exit code 2"

refused 2 'a command is missing' "$tool"
refused 2 "unknown command 'explode'" "$tool" explode
refused 2 'backup: DEST is missing' "$tool" backup
refused 2 'restore: SRC is missing' "$tool" restore
refused 2 "unexpected argument 'b'" "$tool" backup a b
refused 2 "unexpected argument 'a'" "$tool" status a
refused 2 'user and --password-file go together' "$tool" --user me status
refused 2 'go together' "$tool" --password-file x status
refused 2 'go together' "$tool" --domain D status
refused 2 '--resume: goes with backup only' "$tool" --resume status
refused 2 'frobnicate' "$tool" --frobnicate status
refused 2 '--json: goes with inspect only' "$tool" --json status
refused 2 "unknown option '--pasword-file'; did you mean --password-file?" "$tool" status --pasword-file x
refused 2 "unknown option '--sotre'; did you mean --store?" "$server" --sotre "$STORE"
refused 2 "option '--max' may be any of: --max-sessions --max-connections" "$server" --max 3 --store "$STORE"
refused 2 "option '--quiet' takes no argument" "$tool" --quiet=yes status
refused 2 'restore: SRC is missing' "$tool" restore -- ''
for program in "$server" "$tool"; do
    for option in --help --version; do
        # shellcheck disable=SC2016 # for the other shell
        refused 1 'standard output: ' sh -c '"$0" "$1" >/dev/full' "$program" "$option"
    done
    [ "$("$program" --help | wc -L)" -le 80 ] || fail "the help of $program does not fit into 80 columns"
done
ok "dsbackup says what is wrong, exit code 2"

# Starting --------------------------------------------------------------------------------------------

refused 1 'No such file or directory' "$server" --store "$WORK/none" --socket "$SOCKET"
refused 1 'cannot serve the store' "$server" --store "$STORE/ntds.dit" --socket "$SOCKET"
refused 1 'cannot read the accounts file' "$server" --store "$STORE" --socket "$SOCKET" --accounts "$WORK/none"
printf 'no colon in here\n' >"$WORK/accounts"
chmod 600 "$WORK/accounts"
refused 1 'NAME:HASH' "$server" --store "$STORE" --socket "$SOCKET" --accounts "$WORK/accounts"
refused 1 'socket.s directory' "$server" --store "$STORE" --socket "$WORK/none/none/socket"
printf 'letter' >"$SOCKET"
refused 1 'not a socket' "$server" --store "$STORE" --socket "$SOCKET"
[ "$(cat "$SOCKET")" = letter ] || fail "a file was overwritten by the socket"
rm "$SOCKET"
ok "a store, accounts file or socket that cannot be used: exit code 1, nothing overwritten"

start_server --insecure-tcp-loopback 0
refused 1 'another server listens there' "$server" --store "$WORK" --socket "$SOCKET"
refused 1 'another server serves it' "$server" --store "$STORE" --socket "$WORK/other"
refused 1 'address already in use' "$server" --store "$WORK" --socket "$WORK/other" \
    --insecure-tcp-loopback "$(server_port)"
[ ! -e "$WORK/other" ] || fail "a server that did not start left its socket"
dsbackup status
# shellcheck disable=SC2016 # for the other shell
refused 1 'standard output: cannot be written' sh -c '"$0" status >/dev/full' "$tool"
# shellcheck disable=SC2016
refused 1 'standard output: ' sh -c '"$0" --store "$1" --socket "$2" >/dev/full' "$server" "$WORK" "$WORK/other"
[ ! -e "$WORK/other" ] || fail "a server that could not say that it is ready left its socket"
ok "socket, store and port of a live server are not taken"
rm -r "$WORK/state" "$WORK/server.key"
kill_server
[ -S "$SOCKET" ] || fail "there is no stale socket to replace"
start_server
server_has_said 'replacing the socket of a server that is gone' || fail "the log does not say so"
dsbackup status
ok "the socket of a dead server is replaced"

# Asking ------------------------------------------------------------------------------------------------

refused 1 'RPC_S_INVALID_BINDING (1702)\|hrCouldNotConnect' "$tool" --server 192.0.2.1 status
refused 1 'hrCouldNotConnect (0xC7FF0007): --server does not name this machine (endpoint ncalrpc:' "$tool" --server under_score status
refused 1 'hrCouldNotConnect' "$tool" --server '' status
NTDSBCLI_ENDPOINT='carrier-pigeon:[1]' refused 1 'RPC_S_' "$tool" status
refused 1 'No such file' "$tool" --user me --password-file "$WORK/none" status
(umask 077 && : >"$WORK/empty")
refused 1 'is not a password' "$tool" --user me --password-file "$WORK/empty" status
NTDSBCLI_ENDPOINT="ncalrpc:[$WORK/nobody]" refused 1 "no server answers (endpoint ncalrpc:\\[$WORK/nobody\\])" "$tool" status
NTDSBCLI_ENDPOINT="ncalrpc:[$WORK/nobody]" refused 1 'no server answers (endpoint' "$tool" --server localhost backup "$WORK/no"
ok "a wrong server, endpoint or password file is named"

# state_of PID: as in proc(5); empty: it has been waited for.
state_of() { sed 's/.*) \(.\).*/\1/' "/proc/$1/stat" 2>/dev/null || true; }
# is_reading PID PATH: it has opened that file, and sleeps.
is_reading() { [ -n "$(find "/proc/$1/fd" -lname "$2" 2>/dev/null)" ] && [ "$(state_of "$1")" = S ]; }
has_ended() { [[ $(state_of "$1") != [!Z]* ]]; }
(umask 077 && mkfifo "$WORK/pipe")
exec {writer}<>"$WORK/pipe"
start_tool --user me --password-file "$WORK/pipe" status
wait_for 30 "the password is waited for" is_reading "$TOOL_PID" "$WORK/pipe"
kill -TERM "$TOOL_PID"
wait_for 30 "it goes on waiting for a password after SIGTERM" has_ended "$TOOL_PID"
tool_ends_with 1
exec {writer}>&-
ok "a signal ends the wait for a password from a pipe"

mkdir "$WORK/full"
: >"$WORK/full/letter"
: >"$WORK/letter"
refused 1 'is not empty' "$tool" backup "$WORK/full"
refused 1 'is not a directory' "$tool" backup "$WORK/letter"
refused 1 'No such file or directory' "$tool" backup "$WORK/none/none"
refused 1 'does not name a directory' "$tool" backup "$WORK/.."
refused 1 'does not name a directory' "$tool" backup /
[ -z "$(compgen -G "$WORK/*.partial")" ] || fail "a partial backup is left"
mkdir "$WORK/backup"
dsbackup backup --no-truncate "$WORK/backup"
checksums "$WORK/backup" | cmp - "$WORK/expected" || fail "the backup differs"
ok "DEST may be an empty directory, and nothing else that is there"
truncate -s 4G "$STORE/ntds.dit"
start_tool backup --no-truncate "$WORK/shrunk"
wait_for 30 "the database is being read" is_longer "$WORK/shrunk.partial/ntds.dit" 4000000
truncate -s 3000000 "$STORE/ntds.dit"
tool_ends_with 1
grep -q 'DsBackupRead (ntds.dit): hrReadVerifyFailure' "$TOOL_OUT" || fail "it does not say what is wrong"
[ ! -e "$WORK/shrunk" ] || fail "there is a backup"
ok "a database that shrinks while it is read fails the backup"
refused 1 'the directory is online' "$tool" restore "$WORK/backup"
ok "a restore while the directory is online is refused"
stop_server

# Backups that must not be restored -----------------------------------------------------------------

start_server --restore-mode
store_state() {
    checksums "$STORE" && ls "$STORE/state"
}
before=$(store_state)
# damaged PATTERN: $WORK/damaged is refused for that reason, before anything happens to the store.
damaged() {
    refused 1 "$1" "$tool" restore "$WORK/damaged"
    [ "$(store_state)" = "$before" ] || fail "the store has changed: $1"
    rm -r "$WORK/damaged"
    cp -r "$WORK/backup" "$WORK/damaged"
}
manifest=$WORK/damaged/manifest
cp -r "$WORK/backup" "$WORK/damaged"

rm "$manifest" && damaged 'no manifest'
: >"$manifest" && damaged 'not one of this version'
sed -i '1s/1$/2/' "$manifest" && seal "$WORK/damaged" && damaged 'not one of this version'
for offset in 30 150 400; do
    flip "$manifest" $offset && damaged 'damaged or cut short'
done
truncate -s -1 "$manifest" && damaged 'damaged or cut short'
truncate -s -80 "$manifest" && damaged 'damaged or cut short'
sed -i '/^end/d' "$manifest" && damaged 'damaged or cut short'
sed -i '/^file\tD/d' "$manifest" && seal "$WORK/damaged" && damaged 'exactly one database'
sed -i 's/^token.*/token\t72/' "$manifest" && seal "$WORK/damaged" && damaged 'line 2'
sed -i 's/^file\tD\t/file\tD\t-/' "$manifest" && seal "$WORK/damaged" && damaged 'line 3'
sed -i 's/^file\tD\t/file\tD\t99999999999999999999/' "$manifest" && seal "$WORK/damaged" && damaged 'line 3'
sed -i '/empty.pat/p' "$manifest" && seal "$WORK/damaged" && damaged "named twice"
ln -sf /dev/zero "$manifest" && damaged 'cannot read the manifest'
ok "a damaged manifest is refused"

for name in ../edb.log /etc/passwd '..\\edb.log' .. edb.log/.. server.key manifest token state notes.txt edb0000g.log ''; do
    sed -i "s|\tedb00009.log\t|\t$name\t|" "$manifest"
    seal "$WORK/damaged"
    damaged 'refused: file\|line 6'
done
sed -i 's|^file\t%\(.*\)\tempty.pat\t|file\t%\1\tserver.key\t|' "$manifest" && seal "$WORK/damaged" && damaged 'refused: file'
sed -i 's|^file\t%|file\tX|' "$manifest" && seal "$WORK/damaged" && damaged 'refused: file'
ok "a manifest that reaches for other files is refused"

flip "$WORK/damaged/ntds.dit" 2000000 && damaged 'ntds.dit: is damaged'
flip "$WORK/damaged/edb.log" 0 && damaged 'edb.log: is damaged'
truncate -s -1 "$WORK/damaged/ntds.dit" && damaged 'ntds.dit: is damaged'
printf 'x' >>"$WORK/damaged/empty.pat" && damaged 'empty.pat: is damaged'
rm "$WORK/damaged/edb0000a.log" && damaged 'edb0000a.log: cannot be opened'
ln -sf "$WORK/backup/ntds.dit" "$WORK/damaged/ntds.dit" && damaged 'ntds.dit: cannot be opened'
rm "$WORK/damaged/edb.log" && mkfifo "$WORK/damaged/edb.log" && damaged 'edb.log: is not a regular file'
flip "$WORK/damaged/token" 3 && damaged 'token: is damaged'
rm "$WORK/damaged/token" && damaged 'token: cannot be read'
refused 1 'no manifest' "$tool" restore "$STORE"
cp "$WORK/backup/manifest" "$WORK/backup/token" "$STORE"
refused 1 'is the backup itself' "$tool" restore "$STORE"
[ "$(store_state)" = "$before" ] || fail "the store has changed"
rm "$STORE/manifest" "$STORE/token"
ok "a damaged file of the backup is refused"

for offset in 0 8 12 16 24 40 71; do
    flip "$WORK/damaged/token" $offset && seal_token "$WORK/damaged" && damaged 'hrUnknownExpiryTokenFormat'
done
truncate -s 71 "$WORK/damaged/token" && seal_token "$WORK/damaged" && damaged 'hrUnknownExpiryTokenFormat'
: >"$WORK/damaged/token" && seal_token "$WORK/damaged" && damaged 'hrUnknownExpiryTokenFormat'
ok "a forged token is refused"
age_token "$WORK/damaged" 61 && damaged 'hrContentsExpired'
age_token "$WORK/damaged" 59
dsbackup restore "$WORK/damaged"
checksums "$STORE" | cmp - "$WORK/expected" || fail "the restored store differs"
ok "a backup older than the tombstone lifetime is refused, a younger one is not"
stop_server

mv "$STORE/server.key" "$WORK/key"
start_server --restore-mode
refused 1 'hrUnknownExpiryTokenFormat' "$tool" restore "$WORK/backup"
stop_server
mv "$WORK/key" "$STORE/server.key"
ok "the token of another server is refused"

# State that must not be guessed at ---------------------------------------------------------------------

flip "$STORE/server.key" 20
sum=$(sha256sum "$STORE/server.key")
refused 1 'damaged' "$server" --store "$STORE" --socket "$SOCKET"
[ "$(sha256sum "$STORE/server.key")" = "$sum" ] || fail "the damaged key was overwritten"
flip "$STORE/server.key" 20
printf 'garbage' >"$STORE/state/restore.state"
refused 1 'damaged' "$server" --store "$STORE" --socket "$SOCKET"
[ "$(cat "$STORE/state/restore.state")" = garbage ] || fail "the damaged state was overwritten"
: >"$STORE/state/restore.state"
refused 1 'damaged' "$server" --store "$STORE" --socket "$SOCKET"
[ ! -e "$SOCKET" ] || fail "a server that did not start left its socket"
rm "$STORE/state/restore.state"
start_server
dsbackup status
stop_server
ok "a damaged key or state file stops the start, and is not overwritten"
