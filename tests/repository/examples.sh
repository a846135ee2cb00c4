#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# The examples in the heads of headers are code: they compile with all warnings, and do what they say.
set -euo pipefail
build=$(cd "$1" && pwd)
cd "$(dirname "$0")/../.."
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
if grep -qE 'fsanitize|fprofile' "$build/compile_commands.json"; then
    echo "skipped: the examples are the same in every flavour"
    exit 77
fi

fail() {
    echo "not ok - $*"
    exit 1
}

# example HEADER: the indented lines of its first comment but the licence.
example() {
    awk 'NR > 1 && /^\/\*/ { inside = 1 } inside && /^ \*     / { print substr($0, 8); lines++ } inside && /^ \*$/ { print "" }
         / \*\// && inside { exit lines < 5 } END { if (!inside) exit 1 }' "$1"
}

# compile NAME HEADER LIBRARY...: the standard input with the example in the place of a line EXAMPLE.
compile() {
    local name=$1 header=$2
    shift 2
    example "$header" >"$work/$name.example" || fail "$header has no example"
    sed -e "/^EXAMPLE$/{r $work/$name.example
        d}" >"$work/$name.c"
    clang-14 -std=c11 -D_GNU_SOURCE -Wall -Wextra -Wconversion -Werror -Wno-missing-prototypes -I. -Itarget/include \
        -o "$work/$name" "$work/$name.c" "$@" || fail "the example in $header does not compile"
}

compile options target/options/option_table.h "$build/target/libntdsb_options.a" <<'C'
#include "target/options/option_table.h"
#include <stdio.h>
EXAMPLE
C
[ "$("$work/options" a --jobs 3 b)" = $'a in 3 processes\nb in 3 processes' ] || fail "option_table.h: what its example prints"
status=0
"$work/options" --jobs 0 2>"$work/said" || status=$?
{ [ $status -eq 2 ] && grep -q 'must be a whole number from 1 to 64' "$work/said"; } || fail "option_table.h: a wrong value"

compile stub_call target/client/stub_call.h -c <<'C'
#include "target/client/stub_call.h"
EXAMPLE
C

# A client binds to the runtime's own interface and must be answered with bind_ack (12).
compile rpc_server target/rpc/rpc_server.h "$build/target/libntdsb_rpc.a" <<'C'
#include "target/rpc/rpc_server.h"
#include <stdio.h>
#include <sys/socket.h>
#include <unistd.h>
EXAMPLE
static const unsigned char bind_pdu[72] = {
    5,    0,    11,   3,    0x10, 0,    0,    0,    72,   0,    0,    0,    1,    0,    0,    0,    0xb8, 0x10,
    0xb8, 0x10, 0,    0,    0,    0,    1,    0,    0,    0,    0,    0,    1,    0,    0x80, 0xbd, 0xa8, 0xaf,
    0x8a, 0x7d, 0xc9, 0x11, 0xbe, 0xf4, 0x08, 0x00, 0x2b, 0x10, 0x29, 0x89, 1,    0,    0,    0,    0x04, 0x5d,
    0x88, 0x8a, 0xeb, 0x1c, 0xc9, 0x11, 0x9f, 0xe8, 0x08, 0x00, 0x2b, 0x10, 0x48, 0x60, 2,    0,    0,    0,
};
static bool no_random(void *bytes, size_t n, void *service)
{
    (void)bytes, (void)n, (void)service;
    return false;
}
int main(void)
{
    static const struct rpc_interface *const none[] = {NULL};
    const struct rpc_server_callbacks callbacks = {.random = no_random};
    struct rpc_server *server = rpc_server_create(none, &rpc_server_default_limits, &callbacks, NULL);
    struct rpc_peer peer = {.transport = RPC_NCALRPC, .trusted = true};
    unsigned char answer[256] = {0};
    int ends[2];
    if (server == NULL || socketpair(AF_UNIX, SOCK_STREAM, 0, ends) != 0 ||
        write(ends[0], bind_pdu, sizeof bind_pdu) != sizeof bind_pdu || shutdown(ends[0], SHUT_WR) != 0)
        return 1;
    serve(server, &peer, ends[1]);
    if (rpc_server_inspect(server).connections != 0)
        return 1;
    rpc_server_destroy(server);
    printf("%d\n", recv(ends[0], answer, sizeof answer, MSG_DONTWAIT) > 24 ? answer[2] : -1);
    return 0;
}
C
[ "$("$work/rpc_server")" = 12 ] || fail "rpc_server.h: its example answers a bind with '$("$work/rpc_server")', not 12"
echo "ok - the examples of three headers compile, and do what they say"
