#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# Where passwords lie in the memory of processes that run: in that of a client in locked pages that no core dump holds, and
# nowhere else; in that of the server nowhere, after each kind of exchange that carried one.
# contract: identity.nowhere-else
# shellcheck source-path=SCRIPTDIR source=lib.sh disable=SC2119
source "$(dirname "$0")/lib.sh"

readonly RIGHT='open sesame of the forty thieves' WRONG='open says me to the forty thieves'
FIND=(python3 "$(realpath "$(dirname "$0")")/find_secret.py")

perl -e 'printf "ALICE:%s\n", crypt(shift, q($6$rundown$))' "$RIGHT" >"$WORK/accounts"
printf '%s\n' "$RIGHT" >"$WORK/right"
printf '%s\n' "$WRONG" >"$WORK/wrong"
chmod 600 "$WORK/accounts" "$WORK/right" "$WORK/wrong"
make_store 60000000
"${FIND[@]}" $$ none >/dev/null 2>&1 || skip "the memory of processes may not be read here"

# found PID TEXT...: the places, in one line.
found() {
    "${FIND[@]}" "$@" | sed '/^searched/d' | tr '\n' ';'
}
# server_forgot WHEN: no password is in the server's memory. That the search can find something there is shown by its
# own path.
server_forgot() {
    local places
    places=$(found "$SERVER_PID" "$RIGHT" "$WRONG")
    [ -z "$places" ] || fail "$1 the server holds a password: $places"
    [ -n "$(found "$SERVER_PID" "$SOCKET")" ] || fail "the search does not find what is there"
}
# The client is stopped in the middle of its backup.
stop_tool() {
    start_tool --user ALICE --password-file "$WORK/right" backup --no-truncate "$1"
    wait_for 30 "the database is being read" is_longer "$1.partial/ntds.dit" 1000000
    kill -STOP "$TOOL_PID"
    wait_for 10 "the tool has stopped" grep -q '^State:.T' "/proc/$TOOL_PID/status"
}

for file in ntdsbsrvd dsbackup libntdsbcli.so; do
    readelf -d "$BUILD/$file" | grep -qE 'BIND_NOW|Flags:.* NOW' || fail "$file binds a function when it is first called"
done
ok "no function is bound when it is first called: that would save registers, and a password in them, on the stack"

is_sanitized() {
    grep -q '^RUNDOWN_SANITIZE:.*=.' "$BUILD/CMakeCache.txt"
}
# Guarded: locked and left out of core dumps. A sanitizer makes mlock() do nothing.
HOME_OF_THE_PASSWORD='guarded anonymous;'
! is_sanitized || HOME_OF_THE_PASSWORD='open anonymous;'

start_server --accounts "$WORK/accounts"
dsbackup --user ALICE --password-file "$WORK/right" status
server_forgot "after a call with the right password"
refused 1 'ERROR_ACCESS_DENIED' "$BUILD/dsbackup" --user ALICE --password-file "$WORK/wrong" status
server_forgot "after a wrong password"
refused 1 'ERROR_ACCESS_DENIED' "$BUILD/dsbackup" --user MALLORY --password-file "$WORK/right" status
server_forgot "after an unknown name"
ok "no password is in the server's memory after a right one, a wrong one and an unknown name"

stop_tool "$WORK/first"
places=$(found "$TOOL_PID" "$RIGHT")
[ "$places" = "$HOME_OF_THE_PASSWORD" ] || fail "the client's memory holds the password here: ${places:-nowhere}"
ok "the client's memory holds it in one place: $places"
server_forgot "in the middle of a session"
kill -KILL "$TOOL_PID"
tool_ends_with 137
wait_for 10 "the session is run down" server_has_said 'left 1 session open: run down'
server_forgot "after a client that was killed"
ok "no password is in the server's memory within a session and after its rundown"

# A bind that is cut short: header, user, and half of the password.
perl -MIO::Socket::UNIX -e '
    my ($path, $password) = @ARGV;
    my $value = "ALICE\0\0$password\0";
    my $uuid = "\0" x 20;
    my $body = pack("vvVCCv", 4280, 4280, 0, 1, 0, 0) . pack("vCC", 0, 1, 0) . $uuid . $uuid;
    my $pdu = pack("CCCCVvvV", 5, 0, 11, 3, 0x10, 16 + length($body) + 8 + length($value), length $value, 1) . $body .
        pack("CCCCV", 0x81, 2, 0, 0, 0) . $value;
    my $socket = IO::Socket::UNIX->new(Peer => $path) or die "connect: $!";
    syswrite $socket, substr $pdu, 0, length($pdu) - ($ARGV[2] ? 1 : 0);
    shutdown $socket, 1;
    sysread $socket, my $answer, 65536;' "$SOCKET" "$RIGHT" cut
server_forgot "after a bind that was cut short"
ok "no password is in the server's memory after a bind that was cut short"

if [ "$(cat /proc/sys/kernel/core_pattern)" = core ] && [ "$(cat /proc/sys/kernel/core_uses_pid)" = 0 ] &&
    ! is_sanitized; then
    cd "$WORK"
    ulimit -c unlimited
    stop_tool "$WORK/second"
    kill -ABRT "$TOOL_PID"
    kill -CONT "$TOOL_PID"
    tool_ends_with 134
    [ -s core ] || fail "there is no core dump"
    [ -n "$(found "$PWD/core" "$SOCKET")" ] || fail "the core dump does not hold the name of the socket"
    places=$(found "$PWD/core" "$RIGHT")
    [ -z "$places" ] || fail "the core dump holds the password"
    ok "a core dump of the client does not hold it"
    rm -f core
else
    ok "left out: core dumps do not go to the directory of the process here, or are those of a sanitizer"
fi
stop_server
