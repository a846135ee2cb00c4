#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# Access is given to root, the server's own user, members of the group, and
# clients with an account's password. Needs root, to come as somebody else.
# contract: access.peer
# shellcheck source-path=SCRIPTDIR source=lib.sh disable=SC2119
source "$(dirname "$0")/lib.sh"

[ "$(id -u)" -eq 0 ] || skip "needs root, to come as somebody else"
install -m 755 "$BUILD/dsbackup" "$WORK/tool" # the build directory may be closed to others
readonly NOBODY=65534
mkdir -m 700 "$WORK/home"
chown "$NOBODY" "$WORK/home"

# as GROUP COMMAND...: as nobody, with that primary group and no other
as() {
    setpriv --reuid "$NOBODY" --regid "$1" --clear-groups -- "${@:2}"
}
password_file() {
    (umask 077 && printf '%s\n' "$2" >"$WORK/home/$1" && chown "$NOBODY" "$WORK/home/$1")
    printf '%s' "$WORK/home/$1"
}

make_store 1000000
group=$(getent group games | cut -d: -f3)

start_server --group games
[ "$(stat -c '%a %u %g' "$SOCKET")" = "660 0 $group" ] || fail "the socket is $(stat -c '%a %u %g' "$SOCKET")"
refused 1 'ERROR_ACCESS_DENIED (5)' as "$NOBODY" "$WORK/tool" status
ok "without a group or account a user is refused"
as "$group" "$WORK/tool" backup --no-truncate "$WORK/home/member" >"$TOOL_OUT" 2>&1 || fail "a member is refused"
setpriv --reuid "$NOBODY" --regid "$NOBODY" --groups "$group" -- "$WORK/tool" status >"$TOOL_OUT" 2>&1 ||
    fail "a member by supplementary group is refused"
ok "members of the group are trusted, by primary and by supplementary group"
stop_server

# The password in the clear is in no file of the server's.
perl -e 'printf "# accounts\n\nALICE:%s\nCORP\\bob:%s\n", crypt("open sesame", q($6$rundown$)), crypt("other", q($5$rundown$))' \
    >"$WORK/accounts"
chmod 600 "$WORK/accounts"
right=$(password_file right 'open sesame')
wrong=$(password_file wrong 'open says me')
other=$(password_file other 'other')
start_server --group games --accounts "$WORK/accounts" --insecure-tcp-loopback 0
[ "$(stat -c %a "$SOCKET")" = 666 ] || fail "the socket is $(stat -c %a "$SOCKET")"
as "$NOBODY" "$WORK/tool" --user ALICE --password-file "$right" backup --no-truncate "$WORK/home/alice" \
    >"$TOOL_OUT" 2>&1 || fail "the right password is refused"
cmp "$WORK/home/alice/ntds.dit" "$STORE/ntds.dit" || fail "the backup differs"
as "$NOBODY" "$WORK/tool" --user bob --domain CORP --password-file "$other" status >"$TOOL_OUT" 2>&1 ||
    fail "the right password of an account in a domain is refused"
ok "the right password lets a user in"

refused 1 'ERROR_ACCESS_DENIED (5)' as "$NOBODY" "$WORK/tool" status
refused 1 'ERROR_ACCESS_DENIED (5)' as "$NOBODY" "$WORK/tool" --user ALICE --password-file "$wrong" status
refused 1 'ERROR_ACCESS_DENIED (5)' as "$NOBODY" "$WORK/tool" --user ALICE --password-file "$other" status
refused 1 'ERROR_ACCESS_DENIED (5)' as "$NOBODY" "$WORK/tool" --user MALLORY --password-file "$right" status
refused 1 'ERROR_ACCESS_DENIED (5)' as "$NOBODY" "$WORK/tool" --user bob --password-file "$other" status
refused 1 'ERROR_ACCESS_DENIED (5)' as "$NOBODY" "$WORK/tool" --user ALICE --password-file "$wrong" backup "$WORK/home/no"
[ -z "$(compgen -G "$WORK/home/no*")" ] || fail "something was left of the refused backup"
[ "$(grep -c "user $NOBODY process .*: refused: no such account, or a wrong password" "$SERVER_LOG")" -ge 5 ] ||
    fail "the log does not say who was refused"
ok "no password, a wrong one, another's, an unknown user: refused"
refused 1 'ERROR_ACCESS_DENIED (5)' "$BUILD/dsbackup" --user ALICE --password-file "$wrong" status
dsbackup status
ok "a wrong password is refused even where the user alone would do"

NTDSBCLI_ENDPOINT=$(server_binding ncacn_ip_tcp) \
    refused 1 'RPC_S_UNKNOWN_AUTHN_SERVICE' "$BUILD/dsbackup" --user ALICE --password-file "$right" status
ok "a password does not travel over TCP"

# contract: service.loopback
port=$(printf :%04X "$(server_port)")
listening=$(awk -v port="$port" '$4 == "0A" && substr($2, length($2) - 4) == port { print $2 }' \
    /proc/net/tcp /proc/net/tcp6)
[ "$listening" = "0100007F$port" ] || fail "TCP is listened to at $listening"
ok "TCP is listened to on loopback alone"

chmod 644 "$right"
refused 1 'other users have access' "$BUILD/dsbackup" --user ALICE --password-file "$right" status
ok "a password that others can read is not taken"
stop_server
! grep -q -e 'open sesame' -e 'open says' "$SERVER_LOG" || fail "the log has a password in it"
ok "the log has no password in it"
