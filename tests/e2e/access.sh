#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# Who may do what: transport, peer, identity, every option of access, the machine's databases, mode and operation, multiplied out
# on real processes. The service sees databases of its own, in a mount namespace.
# contract: access.peer, access.account, access.denied, access.identity-over-tcp, access.tcp, access.socket
# contract: access.group-unknown, access.management, prepare.offline
# shellcheck source-path=SCRIPTDIR source=lib.sh disable=SC2119
source "$(dirname "$0")/lib.sh"

[ "$(id -u)" -eq 0 ] || skip "needs root, to come as somebody else"
unshare --mount true 2>/dev/null || skip "needs mount namespaces"

readonly SERVER_USER=4001
make_store 100000
mkdir "$WORK/run"
install -m 755 "$BUILD/ntdsbsrvd" "$WORK/run/ntdsbsrvd" # the build directory may be closed to others
perl -e 'printf "alice:%s\nCORP\\bob:%s\n", crypt("open sesame", q($5$rounds=1000$rundown$)), crypt("open barley", q($5$rounds=1000$rundown$))' \
    >"$WORK/accounts"
chmod 600 "$WORK/accounts"
chown -R "$SERVER_USER" "$STORE" "$WORK/accounts" "$WORK/run"
timeout 600 python3 "$(dirname "$0")/access.py" "$BUILD" "$WORK" || fail "a cell is answered otherwise than its row says"
