#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# other_target.sh BUILD
#
# A project of somebody else, with nothing but what an installation has: a second client of ntdsbcli.h, wrong on purpose
# (tests/other-target). Each of its planted bugs is found, by the verdict that planted.txt names, and what is found is
# what findings.txt lists.
set -euo pipefail
export LC_ALL=C
build=$(realpath "$1")
cd "$(dirname "$(realpath "$0")")/../.."
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
fail() { echo "not ok - $*"; exit 1; }

for component in suite devel library; do
    cmake --install "$build" --component $component --prefix "$work/prefix" >>"$work/log" 2>&1 || fail "component $component cannot be installed"
done
if grep -rlF -e "$build" -e "$PWD" "$work/prefix/lib/cmake" "$work/prefix/share"; then fail "the package names the tree that it was built in"; fi
cp -r tests/other-target "$work/project"
cd "$work/project"
PKG_CONFIG_PATH=$work/prefix/lib/pkgconfig:$work/prefix/lib/$(uname -m)-linux-gnu/pkgconfig
export PKG_CONFIG_PATH
if ! cmake -S . -B build -DCMAKE_PREFIX_PATH="$work/prefix" >"$work/log" 2>&1 || ! cmake --build build >>"$work/log" 2>&1; then
    tail -n 20 "$work/log"
    fail "the project cannot be built"
fi
build/other sweep >"$work/found" || [ $? -eq 1 ] || fail "the sweep did not end as it should"
sed -n 's/^SIGNATURE: //p' "$work/found" | sort >"$work/signatures"
diff <(sort findings.txt) "$work/signatures" || { cat "$work/found"; fail "< listed, > found"; }
while read -r verdict; do
    grep -q "^$verdict:" "$work/signatures" || fail "no finding is $verdict"
done < <(sed -n '/^[^#]/s/.*: //p' planted.txt)
# What "again:" says is a command that works as printed.
again=$(sed -n 's/^  again: //p' "$work/found" | head -n 1)
status=0
eval "$again" >"$work/again" || status=$?
[ $status -eq 1 ] || { cat "$work/again"; fail "'$again' ends with $status"; }
echo "ok - $(wc -l <"$work/signatures") findings in another client, from an installed package"
