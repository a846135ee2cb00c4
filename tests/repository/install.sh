#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# What a user of the library gets: an installation that pkg-config finds, both libraries with exactly the 28 public
# names, and a program that builds against each and runs.
set -euo pipefail
build=$(cd "$1" && pwd)
cd "$(dirname "$0")/../.."
if grep -qE 'fsanitize|fprofile' "$build/compile_commands.json"; then
    echo "skipped: an instrumented library is not for users"
    exit 77
fi
prefix=$(mktemp -d)
trap 'rm -rf "$prefix"' EXIT
cmake --install "$build" --prefix "$prefix" >/dev/null

fail() {
    echo "not ok - $*"
    exit 1
}

PKG_CONFIG_PATH=$(dirname "$(find "$prefix" -name ntdsbcli.pc)")
export PKG_CONFIG_PATH
library=$(pkg-config --variable=libdir ntdsbcli)
grep -oE '^ +Ds[A-Za-z]+;' target/libntdsbcli.map | tr -d ' ;' | sort >"$prefix/expected"
[ "$(wc -l <"$prefix/expected")" -eq 28 ] || fail "the map does not list 28 names"
nm -D --defined-only "$library/libntdsbcli.so" | awk '{ print $NF }' | sort | cmp - "$prefix/expected" || fail "the shared library exports other names"
nm -g --defined-only "$library/libntdsbcli.a" | awk 'NF == 3 { print $3 }' | sort | cmp - "$prefix/expected" || fail "the static library shows other names"
echo "ok - both libraries have exactly the 28 public names"

cat >"$prefix/user.c" <<'C'
#include <windows.h>

#include <ntdsbcli.h>

#include <stdio.h>

int main(void)
{
    HRESULT hr = DsBackupEnd(NULL);
    printf("%ld\n", (long)hr);
    return hr == ERROR_INVALID_PARAMETER ? 0 : 1;
}
C
read -ra cflags <<<"$(pkg-config --cflags ntdsbcli)"
read -ra libs <<<"$(pkg-config --libs ntdsbcli)"
read -ra private <<<"$(pkg-config --static --libs-only-other ntdsbcli)"
cc "${cflags[@]}" "$prefix/user.c" "${libs[@]}" -o "$prefix/user"
LD_LIBRARY_PATH=$library "$prefix/user" >/dev/null || fail "a program with the shared library"
cc "${cflags[@]}" "$prefix/user.c" "$library/libntdsbcli.a" "${private[@]}" -o "$prefix/user-static"
"$prefix/user-static" >/dev/null || fail "a program with the static library"
echo "ok - programs build against both and run"
[ -x "$prefix/bin/dsbackup" ] && [ -x "$prefix/sbin/ntdsbsrvd" ] && echo "ok - daemon and tool are installed"
