#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# The check of builds for OSS-Fuzz (fuzz/drivers/oss_fuzz_check.py, which `./build.sh flavours` runs on all of them)
# notices what it is there for: a tree with a planted bug is built, and its seeds show the bug; then parts of that build
# are spoiled, one at a time.
set -euo pipefail
export LC_ALL=C
top=$(cd "$(dirname "$0")/../.." && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
for tool in clang-14 zip ninja objdump patch; do
    command -v "$tool" >/dev/null || { echo "skipped: $tool is not installed"; exit 77; }
done
readonly bug=03 out=$work/out-address-libfuzzer

packages=$(grep -h 'apt-get' "$top/.clusterfuzzlite/Dockerfile" "$top/examples/oss-fuzz/rundown/Dockerfile" | sort -u)
[ "$(wc -l <<<"$packages")" -eq 1 ] || { echo "not ok - the two images install different packages"; exit 1; }
# The image has compilers, CMake and Python; libuv is the daemon's alone.
awk '$1 == "build" && $3 !~ /^(clang|libclang|llvm|cmake|binutils|python3|g\+\+|libuv)/ { print $3 }' "$top/cmake/needs.txt" | sort -u |
    while read -r package; do
        [[ " $packages " == *" $package "* ]] || { echo "not ok - the images do not install $package"; exit 1; }
    done
echo "ok - the images install what the build needs"

mkdir "$work/tree"
cp -r "$top"/{CMakeLists.txt,build.sh,.clusterfuzzlite,cmake,corpus,completions,docs,faults,fuzz,target} "$work/tree"
mkdir -p "$work/tree/tests" && cp -r "$top/tests/measure" "$work/tree/tests"
patch -d "$work/tree" -p1 -s <"$(echo "$top/tests/measure/bugs/$bug"-*.patch)"
# The mark that planted bugs carry for the score.
grep -rl 'CANARY(' "$work/tree/target" | xargs sed -i '1i #define CANARY(harmful) ((void)0)'
bash "$work/tree/fuzz/drivers/oss_fuzz.sh" "$work" address >"$work/log" 2>&1 || { tail -n 30 "$work/log"; echo "not ok - the build"; exit 1; }

check() { # WHAT EXPECTED: the check fails, and a problem that it names matches
    if python3 "$top/fuzz/drivers/oss_fuzz_check.py" "$work/spoiled" address libfuzzer >"$work/said" 2>&1; then
        cat "$work/said" && echo "not ok - $1: nothing noticed" && exit 1
    fi
    grep -qE "^PROBLEM: $2" "$work/said" || { cat "$work/said" && echo "not ok - $1: no problem '$2'" && exit 1; }
    if ! [[ $(tail -n 1 "$work/said") =~ ^corpus\ in\ oss-fuzz-address:\ [0-9]+\ passed,\ [1-9][0-9]*\ failed,\ 0\ skipped$ ]]; then
        tail -n 1 "$work/said" && echo "not ok - $1: the last line" && exit 1
    fi
    echo "ok - $1"
}
fresh() { rm -rf "$work/spoiled" && cp -r "$out" "$work/spoiled"; }

fresh
check "a planted bug" 'session: .*: FINDING '
# Without the program, the bug does not slow the rest down.
rm "$work/spoiled/fuzz_session"
check "a driver that is missing" 'session: not built'
zip -qd "$work/spoiled/fuzz_ndr_seed_corpus.zip" close-in-1.bin
check "a seed that is missing" 'ndr: [0-9]+ seeds, but the corpus has [0-9]+ inputs'
rm "$work/spoiled/fuzz_ndr_seed_corpus.zip"
check "no seeds" 'ndr: no seeds: '
rm "$work/spoiled/fuzz_handle.options"
check "no options" 'handle: no options: '
printf 'wrong="\\x05\\x00\\x63\\x63"\n' >>"$work/spoiled/fuzz_server_pdu.dict"
check "an entry of a dictionary that no input has" 'server_pdu: no input of the corpus has wrong '
cp "$(type -P true)" "$work/spoiled/fuzz_handle"
check "a target that runs nothing" 'handle: [0-9]+ seeds, 0 ran'
check "a program that is no target" 'handle: not recognised as a target'
check "a program without sanitizer" 'handle: 0 calls of asan in a build for address'
