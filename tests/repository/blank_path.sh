#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# A checkout whose path has a blank builds, replays, plants a bug and finds it.
set -euo pipefail
cd "$(dirname "$0")/../.."
unset RUNDOWN_SESSION RUNDOWN_CLAIMED
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
copy="$work/run down"
mkdir "$copy"
find . -mindepth 1 -maxdepth 1 ! -name build ! -name .git ! -name findings -exec cp -r {} "$copy/" \;
cd "$copy"

fail() {
    printf 'not ok - %s\n' "$1"
    tail -n 20 "$work/log"
    exit 1
}
cmake --preset release -DRUNDOWN_TESTS=OFF >"$work/log" 2>&1 || fail "it is not configured"
ninja -C build/release rundown >"$work/log" 2>&1 || fail "it does not build"
bash tests/bugs/gate.sh release 06 >"$work/log" 2>&1 || fail "the gate of planted bugs"
./build.sh plant 37 >"$work/log" 2>&1 || fail "build.sh plant"
eval "$(sed -n 's/^see it  *//p' "$work/log")" >"$work/seen" 2>&1 && fail "what plant says shows nothing"
grep -q '^FINDING crash' "$work/seen" || fail "what plant says shows no crash"
grep -q '(target/client/[a-z_]*\.c:[0-9]*)' "$work/seen" || { mv "$work/seen" "$work/log" && fail "the crash has no stack"; }
echo "ok - a bug is planted and found in '$copy'"
