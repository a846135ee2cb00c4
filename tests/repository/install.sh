#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# The installed files: an installation that pkg-config finds, both libraries with exactly the 28 public names, a
# program that builds against each and runs, the programs, manual pages that man(1) finds, and what systemd and bash
# are given.
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

for program in bin/dsbackup sbin/ntdsbsrvd; do
    "$prefix/$program" --version >/dev/null || fail "$program does not run"
done
"$prefix/bin/rundown" faults >/dev/null || fail "rundown does not run"
echo "ok - daemon, tool and rundown run where they are installed"

# Manual pages: those that have a source, where man(1) looks for them.
for page in docs/*.[1-8].in; do
    name=$(basename "$page" .in)
    [ -s "$prefix/share/man/man${name##*.}/$name" ] || fail "no manual page $name"
    [ -x "$prefix/bin/${name%.*}" ] || [ -x "$prefix/sbin/${name%.*}" ] || fail "a page of what is not installed: $name"
    ! command -v man >/dev/null || [ -n "$(MANPATH=$prefix/share/man man -w "${name##*.}" "${name%.*}")" ] ||
        fail "man does not find $name"
done
if [ -e completions/rundown.bash ]; then
    bash -n "$prefix/share/bash-completion/completions/rundown" || fail "the completion of bash"
fi
echo "ok - manual pages and completion are in place"

unit=$prefix/lib/systemd/system/ntdsbsrvd.service
daemon=$(sed -n 's/^ExecStart=\([^ ]*\) .*/\1/p' "$unit")
[ "$daemon" = "$prefix/sbin/ntdsbsrvd" ] || fail "the unit starts '$daemon'"
# Each word of the command line but the store is the daemon's own.
"$daemon" --store / --help >/dev/null || fail "the unit's options"
if ! command -v systemd-analyze >/dev/null; then
    echo "skipped: systemd is not installed: nothing else could look at the unit, tmpfiles.d and sysusers.d"
    exit 77
fi
complaint=$(MANPATH=$prefix/share/man systemd-analyze verify "$unit" 2>&1) || fail "the unit: $complaint"
[ -z "$complaint" ] || fail "the unit: $complaint"
# 1.5 today, of 10 (unsafe).
systemd-analyze security --offline=true --threshold=20 "$unit" >"$prefix/exposure" || fail "the unit is exposed: $(tail -n 1 "$prefix/exposure")"
mkdir -p "$prefix/root/etc"
systemd-sysusers --root="$prefix/root" "$prefix/lib/sysusers.d/ntdsbsrvd.conf" 2>/dev/null || fail "sysusers.d"
[ "$(grep -cE '^(ntdsbsrvd|backup):' "$prefix/root/etc/group")" -eq 2 ] || fail "sysusers.d does not make the groups"
if [ "$(id -u)" -eq 0 ]; then
    systemd-tmpfiles --root="$prefix/root" --create "$prefix/lib/tmpfiles.d/ntdsbsrvd.conf" || fail "tmpfiles.d"
    owner=$(sed -nE 's/^ntdsbsrvd:[^:]*:([0-9]+):([0-9]+):.*/\1:\2/p' "$prefix/root/etc/passwd")
    [ "$(stat -c %u:%g:%a "$prefix/root/var/lib/ntdsbsrvd")" = "$owner:700" ] || fail "tmpfiles.d: the store is not closed"
    [ "$(stat -c %u:%g:%a "$prefix/root/run/ntdsbsrvd")" = "$owner:755" ] || fail "tmpfiles.d: the socket's directory"
fi
echo "ok - systemd has nothing to say about unit, tmpfiles.d and sysusers.d"
