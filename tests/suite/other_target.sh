#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# other_target.sh BUILD
#
# A project of somebody else, with nothing but what an installation has: a second implementation of ntdsbcli.h, wrong on
# purpose (tests/other-target). By scenarios, against a table of answers, with its own server: each of its planted bugs is
# found so, as planted.txt says. What the first two find is what findings*.txt list; the model finds more, as it grows.
set -euo pipefail
export LC_ALL=C
build=$(realpath "$1")
cd "$(dirname "$(realpath "$0")")/../.."
page=$PWD/docs/your-implementation.md
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
fail() { echo "not ok - $*"; exit 1; }

for component in suite devel library rundown; do
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
# compare LIST: what "$work/found" says is what the list says.
compare() {
    sed -n 's/^SIGNATURE: //p' "$work/found" | sort -u >"$work/${1%.txt}"
    diff <(sort "$1") "$work/${1%.txt}" || { cat "$work/found"; fail "< $1, > found"; }
}
# swept PROGRAM...: it ends as one that found something, and says what its profile left out.
swept() {
    local status=0
    "$@" >"$work/found" 2>&1 || status=$?
    [ $status -eq 1 ] || { cat "$work/found"; fail "$1 ends with $status"; }
    ! grep -q 'did not finish' "$work/found" || fail "$1: a process did not finish"
    [ "$1" = build/other ] || grep -q '^  it has no TCP port$' "$work/found" || fail "$1 does not print its profile"
}
corpus=$work/prefix/share/rundown/corpus/session
swept build/other sweep
compare findings.txt
cp "$work/found" "$work/found.scenarios"
swept build/other_alone-sweep --findings "$work/alone.d" "$corpus"/{close-,names-,open-,read-,two-}*.txt
compare findings-alone.txt
swept build/other_model-sweep --findings "$work/model.d" "$corpus"/{close-,names-,open-,read-,two-}*.txt
# What stands behind another finding of its run is found and saved as well.
sed -nE 's/^(SIGNATURE|BEHIND): //p' "$work/found" >"$work/findings-model"
grep -q '^  open-file.twice -> hrInvalidHandle$' "$work/found" || fail "the profile is not printed"
# A crash in the first call costs nothing of the later ones.
swept build/other_model-sweep --jobs 1 --findings "$work/crash.d" --json "$work/sweep.json" "$corpus/read-larger-than-the-file.txt"
grep -q '^SIGNATURE: crash:' "$work/found" || fail "no crash in the first call"
grep -Eq '^net.recv@DsBackupRead#1 +[1-9][0-9]* +[1-9]' "$work/found" || { cat "$work/found"; fail "the sweep does not go on after a crash"; }
python3 -c 'import json, sys; sys.exit("open-file.twice -> hrInvalidHandle" not in json.load(open(sys.argv[1]))["profile"])' "$work/sweep.json" ||
    fail "the JSON of a sweep does not have the profile"
if grep -E 'expected (RPC_S_OUT_OF_RESOURCES|ERROR_NOT_ENOUGH_MEMORY|hrAlreadyOpen)' "$work/findings-model"; then
    fail "these rows are off in the profile"
fi
swept build/other_strict-replay "$corpus/double-end.txt"
sed -n 's/^SIGNATURE: //p' "$work/found" >"$work/findings-strict"
# With its own server, which lies: what the server itself never says.
swept build/other_lied-replay "$corpus"
grep -q '^SIGNATURE: wait without end:receive_line' "$work/found" || { cat "$work/found"; fail "a server that lies shows nothing"; }
grep -q '^  half of the answers are false: ' "$work/found" || fail "the profile does not say that the server lies"
! grep -q '^SIGNATURE: code:expected' "$work/found" || fail "what a server that lies says is held against the model"
# Each planted bug, at each step.
while IFS='|' read -r what verdict alone model strict; do
    grep -q "^${verdict// /}:" "$work/findings" || fail "$what: no scenario shows $verdict"
    for step in "alone$alone" "model$model" "strict$strict"; do
        [ "${step#* }" = - ] || [ "${step#* }" = '- ' ] ||
            grep -qF -- "$(sed 's/^[a-z]* //; s/ *$//' <<<"$step")" "$work/findings-${step%% *}" || fail "$what: not found, $step"
    done
done < <(sed '/^#/d' planted.txt)
# What "again:" says is a command that works as printed.
again=$(sed -n 's/^  again: //p' "$work/found.scenarios" | head -n 1)
status=0
eval "$again" >"$work/again" || status=$?
[ $status -eq 1 ] || { cat "$work/again"; fail "'$again' ends with $status"; }
# docs/your-implementation.md as it is printed, for this client as libmine.a; HOME/rundown is the installation.
mkdir "$work/mine" "$work/home"
ln -s "$work/prefix" "$work/home/rundown"
cc -O2 -DOTHER_SOCKET='"/run/mine"' -I "$work/prefix/include" -I "$work/prefix/include/ntdsbcli" -c -o "$work/other.o" other.c
ar rcs "$work/mine/libmine.a" "$work/other.o"
cd "$work/mine"
block() { awk -v fence="$1" '$0 == "```" { inside = 0 } inside; $0 == "```" fence { inside = 1 }' "$page"; }
block c >mine.c
block cmake >CMakeLists.txt
: >mine.profile
mapfile -t commands < <(sed -n '/ Then$/,/^## /s/^    \([^#]*[^# ]\).*/\1/p' "$page")
[ ${#commands[@]} -eq 7 ] || fail "$page prints ${#commands[@]} commands"
for command in "${commands[@]}"; do
    status=0 expected=0
    HOME=$work/home bash -c "$command" >"$work/found" 2>&1 || status=$?
    [[ ! $command =~ mine-(sweep|replay) ]] || expected=1
    [ $status -eq $expected ] || { tail "$work/found"; fail "'$command' ends with $status"; }
    [[ ! $command =~ mine-sweep ]] || grep -q '^SIGNATURE: leak:net.socket@DsBackupPrepareA' "$work/found" ||
        { cat "$work/found"; fail "'$command' finds no socket"; }
    [ $expected -eq 0 ] || grep -q '^  its service is not known' "$work/found" || fail "'$command' does not print the profile"
done
cd "$work/project"
# An engine finds one of them, and what it keeps shows it again.
if ! cmake -S . -B engine -DCMAKE_PREFIX_PATH="$work/prefix" -DCMAKE_C_COMPILER=clang-14 -DCMAKE_C_FLAGS=-fsanitize=fuzzer-no-link \
    >"$work/log" 2>&1 || ! cmake --build engine --target other_model-fuzz >>"$work/log" 2>&1; then
    tail -n 20 "$work/log"
    fail "other_model-fuzz cannot be built"
fi
if engine/other_model-fuzz -runs=200000 -seed=1 -artifact_prefix="$work/crash." >"$work/found" 2>&1; then fail "other_model-fuzz finds nothing"; fi
grep -q '^SIGNATURE: ' "$work/found" || { tail "$work/found"; fail "other_model-fuzz ends without a finding"; }
swept build/other_model-replay "$work"/crash.*
grep -q "^SIGNATURE: " "$work/found" || fail "what the engine kept shows nothing"
echo "ok - $(cat "$work"/findings{,-alone,-model,-strict} | wc -l) findings in another implementation, from an installed package"
