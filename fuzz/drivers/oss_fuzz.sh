#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# oss_fuzz.sh WORK SANITIZER [ENGINE]
#
# Builds as OSS-Fuzz does, with .clusterfuzzlite/build.sh, the variables that its base image sets, and the local
# compiler. SANITIZER is address, memory, undefined or coverage; ENGINE libfuzzer (default) or afl. The drivers are then
# in WORK/out-SANITIZER-ENGINE, where oss_fuzz_check.py looks at them.
set -euo pipefail
export LC_ALL=C
top=$(cd "$(dirname "$0")/../.." && pwd)
readonly sanitizer=$2 engine=${3:-libfuzzer}
mkdir -p "$1"
work=$(cd "$1" && pwd)
readonly out=$work/out-$sanitizer-$engine build=$work/work-$sanitizer-$engine
mkdir -p "$out" "$build"
ln -sfn "$top" "$work/rundown"

base='-O1 -fno-omit-frame-pointer -gline-tables-only -DFUZZING_BUILD_MODE_UNSAFE_FOR_PRODUCTION -fsanitize=fuzzer-no-link'
checks=bool,array-bounds,enum,integer-divide-by-zero,null,object-size,return,shift,signed-integer-overflow,unreachable,vla-bound
case $sanitizer in
address) flags='-fsanitize=address -fsanitize-address-use-after-scope' ;;
memory) flags='-fsanitize=memory -fsanitize-memory-track-origins' ;;
undefined) flags="-fsanitize=$checks,returns-nonnull-attribute -fno-sanitize-recover=$checks" ;;
coverage) base=${base/ -fsanitize=fuzzer-no-link/} flags='-fprofile-instr-generate -fcoverage-mapping -pthread -Wl,--no-as-needed' ;;
*) echo "oss_fuzz: address, memory, undefined or coverage, not '$sanitizer'" >&2 && exit 2 ;;
esac
case $engine in
libfuzzer) library=-fsanitize=fuzzer CC=clang-14 CXX=clang++-14 ;;
afl)
    # Its compilers bring the coverage, and the library is the driver that reads from afl-fuzz.
    base=${base/ -fsanitize=fuzzer-no-link/} library=$(dirname "$(command -v afl-clang-fast)")/../lib/afl/libAFLDriver.a
    CC=afl-clang-fast CXX=afl-clang-fast++
    ;;
*) echo "oss_fuzz: libfuzzer or afl, not '$engine'" >&2 && exit 2 ;;
esac
env CC="$CC" CXX="$CXX" CFLAGS="$base $flags" CXXFLAGS="$base $flags" LIB_FUZZING_ENGINE="$library" \
    SANITIZER="$sanitizer" FUZZING_ENGINE="$engine" FUZZING_LANGUAGE=c ARCHITECTURE=x86_64 \
    SRC="$work" OUT="$out" WORK="$build" bash -eu "$top/.clusterfuzzlite/build.sh"
