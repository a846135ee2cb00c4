#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# Samba's tests of the raw protocol, which their authors hold against Windows, held against ntdsbsrvd. Debian's
# python3-samba has them. They speak to port 135 and no other, which takes root.
#
# Left out, 117 of 194, is what needs that which this server does not offer:
#   NTLM, Kerberos, SPNEGO   ntlm*, krb5*, multiple_auth_limit, and spnego* but for levels that are none
#   named pipes over SMB     assoc_group_ok2, assoc_group_fail3, lsa_multi*
#   an endpoint mapper       fragmented_requests*, {first_*,none,last*,2nd_cancel,mix}_requests: they look netlogon up.
#                            What they ask is in tests/target/rpc/server_runtime_fragments.c and _limits.c.
# shellcheck source-path=SCRIPTDIR source=lib.sh disable=SC2119
source "$(dirname "$0")/lib.sh"

readonly PYTHON=/usr/bin/python3 SUITE=samba.tests.dcerpc.raw_protocol TESTS=77
readonly CHOSEN=('no_auth_*' alter_no_auth_no_ctx invalid_auth_noctx 'auth_none_*' 'spnego_[027n]*_bind'
    spnego_auth_pad_fail_bind 'neg_xmit_*' alloc_hint 'co_cancel_*' 'orphaned_*' 'assoc_group_[do]*[!2]' 'assoc_group_fail[12]')

[ "$(id -u)" -eq 0 ] || skip "needs root, for port 135"
timeout 60 "$PYTHON" -c "import $SUITE" 2>/dev/null || skip "needs Debian's python3-samba"
! (exec 3<>/dev/tcp/127.0.0.1/135) 2>/dev/null || skip "somebody listens on port 135"

make_store 1000000
start_server --insecure-tcp-loopback 135
export SERVER=127.0.0.1 USERNAME=nobody PASSWORD=none DOMAIN=NOWHERE REALM=NOWHERE.TEST SMB_CONF_PATH=/dev/null
export PYTHONDONTWRITEBYTECODE=1
options=()
for name in "${CHOSEN[@]}"; do
    options+=(-k "*.test_$name")
done
(cd "$WORK" && timeout 120 "$PYTHON" -m unittest "${options[@]}" "$SUITE") >"$TOOL_OUT" 2>&1 || {
    grep -E '^(FAIL|ERROR): |^[A-Za-z.]*Error: ' "$TOOL_OUT" || true
    : >"$TOOL_OUT"
    fail "tests of the raw protocol"
}
grep -q "^Ran $TESTS tests in " "$TOOL_OUT" || fail "$(grep '^Ran ' "$TOOL_OUT"), not $TESTS"
ok "$TESTS tests of the raw protocol"
stop_server
ok "the server has nothing left of them"
