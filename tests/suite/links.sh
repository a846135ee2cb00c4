#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# links.sh BUILD [PATTERN]
#
# Fault points survive any final link: for each way to compile and link below, the names are those of BUILD, the whole
# corpus runs, and in the running program each name is on a call in the function that it names, by debug information.
# CTest runs the ways marked `ci`; PATTERN (a regular expression over "NAME COMPILER FLAGS | LINKER-FLAGS") picks others.
set -euo pipefail
export LC_ALL=C
build=$(realpath "$1")
pattern=${2:-}
cd "$(dirname "$0")/../.."
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

for tool in clang-14 gcc ld.bfd ld.gold ld.lld-14 llvm-ar-14 gcc-ar; do
    command -v "$tool" >/dev/null || { echo "skipped: $tool is not installed"; exit 77; }
done

# NAME COMPILER FLAG... | LINKER-FLAG...
ways() {
    local compiler linker level
    cat <<'WAYS'
ci-lto-clang clang-14 -O2 -flto | -flto -fuse-ld=lld
ci-lto-gcc gcc -O2 -flto | -flto -fuse-ld=bfd
ci-gc-gold gcc -O3 -ffunction-sections -fdata-sections | -fuse-ld=gold -Wl,--gc-sections
ci-gc-lld clang-14 -O0 -ffunction-sections -fdata-sections | -fuse-ld=lld -Wl,--gc-sections
ci-coverage clang-14 -O1 -ffunction-sections -fprofile-instr-generate -fcoverage-mapping | -fprofile-instr-generate -fuse-ld=bfd -Wl,--gc-sections
ci-oss-fuzz clang-14 -O1 -gline-tables-only -fsanitize=fuzzer-no-link,address -fsanitize-address-use-after-scope | -fsanitize=address -fuse-ld=lld
coverage-gcc gcc -O2 --coverage | --coverage
folded-gold clang-14 -O2 -ffunction-sections | -fuse-ld=gold -Wl,--icf=all
folded-lld clang-14 -O2 -ffunction-sections | -fuse-ld=lld -Wl,--icf=all
no-plt clang-14 -O2 -fno-plt |
lto-clang-bfd clang-14 -O2 -flto | -flto -fuse-ld=bfd
lto-clang-gold clang-14 -O2 -flto | -flto -fuse-ld=gold
lto-clang-thin clang-14 -O2 -flto=thin | -flto=thin -fuse-ld=lld
lto-clang-O3 clang-14 -O3 -flto -ffunction-sections | -O3 -flto -fuse-ld=lld -Wl,--gc-sections
lto-gcc-gold gcc -O2 -flto | -flto -fuse-ld=gold
lto-gcc-O3 gcc -O3 -flto -ffunction-sections | -O3 -flto -Wl,--gc-sections
memory clang-14 -O1 -fsanitize=fuzzer-no-link,memory -fsanitize-memory-track-origins | -fsanitize=memory
undefined clang-14 -O1 -fsanitize=fuzzer-no-link,undefined -fno-sanitize=function | -fsanitize=undefined
thread clang-14 -O1 -fsanitize=thread | -fsanitize=thread
WAYS
    for compiler in clang-14 gcc; do
        for level in 0 1 2 3; do
            for linker in bfd gold lld; do
                echo "plain-$compiler-$linker-O$level $compiler -O$level | -fuse-ld=$linker"
            done
            for linker in bfd gold lld; do
                echo "sections-$compiler-$linker-O$level $compiler -O$level -ffunction-sections | -fuse-ld=$linker -Wl,--gc-sections"
            done
        done
    done
}

names() { grep '^    "' "$1/fuzz/rundown_world_sites.c"; }

# Compares the names with debug information: one line for each call where they differ.
differences() { # PROGRAM
    local address name symbolizer
    symbolizer=$(command -v llvm-symbolizer-14 || command -v llvm-symbolizer)
    "$1" >"$work/points"
    while read -r address name; do
        printf '%#x\n' $((address - 1))
    done <"$work/points" | "$symbolizer" --obj="$1" --output-style=LLVM --functions=short --no-inlines |
        awk 'BEGIN { RS = ""; FS = "\n" } { print $1 }' >"$work/functions"
    paste -d ' ' "$work/points" "$work/functions" | awk '{
        function_named = $2
        sub(/^[^@]*@/, "", function_named); sub(/#[0-9]+$/, "", function_named); sub(/^.*\./, "", function_named)
        if (function_named != $3) print
    }'
}

try() { # NAME COMPILER FLAGS LINKER-FLAGS
    local name=$1 compiler=$2 cxx ar=ar tree=$work/tree last
    case "$compiler" in
    gcc) cxx=g++ && [[ $3 != *-flto* ]] || ar=gcc-ar ;;
    *) cxx=clang++-14 && [[ $3 != *-flto* ]] || ar=llvm-ar-14 ;;
    esac
    # Another linker alone is another link of the same objects.
    [ "$compiler $3" = "$compiled" ] || rm -rf "$tree"
    compiled="$compiler $3"
    { cmake -S . -B "$tree" -G Ninja -DCMAKE_BUILD_TYPE= -DCMAKE_AR="$(command -v $ar)" -DCMAKE_C_COMPILER="$compiler" \
        -DCMAKE_CXX_COMPILER="$cxx" -DCMAKE_C_FLAGS="$3" -DCMAKE_CXX_FLAGS="$3" -DCMAKE_EXE_LINKER_FLAGS="$4" &&
        cmake --build "$tree" --target rundown point_addresses; } >"$work/log" 2>&1 ||
        { grep -B1 -A6 -E 'error|FAILED|name_points' "$work/log" | head -n 40; echo "not ok - $name does not build"; return 1; }
    names "$tree" | diff <(names "$build") - || { echo "not ok - $name has other names"; return 1; }
    last=$(LLVM_PROFILE_FILE=/dev/null "$tree/rundown" run corpus/session corpus/regressions 2>&1 | tee "$work/log" | tail -n 1)
    [ "$last" = "$expected" ] || { grep -v '^ok' "$work/log" | head -n 10; echo "not ok - $name: $last"; return 1; }
    LLVM_PROFILE_FILE=/dev/null differences "$tree/tests/point_addresses" >"$work/differences"
    [ ! -s "$work/differences" ] || { head "$work/differences"; echo "not ok - $name: names on calls of other functions"; return 1; }
    [ "$(cut -d ' ' -f 2 "$work/points" | sort -u | wc -l)" = "$count" ] || { echo "not ok - $name: a name without a call"; return 1; }
    echo "ok - $name: $(wc -l <"$work/points") calls, $count fault points"
}

count=$(names "$build" | wc -l)
expected="$(find corpus/session corpus/regressions -name '*.txt' | wc -l) programs, 0 failed"
failed=0 tried=0 compiled=
while read -r way; do
    [[ $way =~ ${pattern:-^ci-} ]] || continue
    linker_flags=${way#*|} way=${way%|*}
    read -r name compiler flags <<<"$way"
    tried=$((tried + 1))
    try "$name" "$compiler" "$flags" "$linker_flags" || failed=$((failed + 1))
done < <(ways)
[ "$tried" -gt 0 ] || { echo "not ok - no way fits $pattern"; exit 1; }
echo "$tried ways to link, $failed failed"
[ "$failed" = 0 ]
