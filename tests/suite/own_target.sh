#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# own_target.sh BUILD
#
# The reference as any other implementation, through <rundown/target.h> and an installed package, with an empty profile
# (tests/own-target): each program that needs nothing of the reference's own settings and no port is run, and none has a
# finding; nor has the sweep of a part of them.
set -euo pipefail
export LC_ALL=C
build=$(realpath "$1")
cd "$(dirname "$(realpath "$0")")/../.."
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
fail() { echo "not ok - $*"; exit 1; }

for component in suite rundown; do
    cmake --install "$build" --component $component --prefix "$work/prefix" >>"$work/log" 2>&1 || fail "component $component cannot be installed"
done
clang-14 -O2 -g -gdwarf-4 -I. -Itarget/include -I "$work/prefix/include" -c -o "$work/own.o" tests/own-target/own.c
archives=()
for part in client server idl rpc digest; do archives+=("$build/target/libntdsb_$part.a"); done
ld -r -o "$work/whole.o" "$work/own.o" --whole-archive "${archives[@]}"
# What it shares with the suite is what another implementation would.
objcopy --wildcard --keep-global-symbol='Ds*' --keep-global-symbol=rundown_target "$work/whole.o"
"$work/prefix/bin/rundown" link --name "$work/own" --libraries 'nettle crypt' "$work/whole.o" || fail "it cannot be linked"

corpus=$work/prefix/share/rundown/corpus
# clean WORD...: no finding, and nothing is left out but for the two reasons that there are.
clean() {
    "$@" >"$work/said" || { cat "$work/said"; fail "$1 has a finding"; }
    if sed '1,/^profile:$/d' "$work/said" | grep -vE '^  (it has no TCP port|[0-9]+ runs over TCP left out|no Configure: [0-9]+ runs left out)$'; then
        fail "$1 leaves out more"
    fi
}
clean "$work/own-replay" "$corpus/session" "$corpus/regressions"
replayed=$(sed -n 's/^\([0-9]*\) replayed, .*/\1/p' "$work/said")
clean "$work/own-sweep" --findings "$work/findings" "$corpus"/session/{backup,close-,complete-,crash-,prepare-,read-,register-,restore-,truncate-}*.txt
grep -Eq ' 0 findings$' "$work/said" || fail "the sweep has findings"
echo "ok - $replayed programs; $(grep -E ' programs, .* runs, ' "$work/said")"
