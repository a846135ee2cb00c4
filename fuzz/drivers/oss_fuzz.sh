#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# oss_fuzz.sh WORK SANITIZER
#
# Builds as OSS-Fuzz does, with .clusterfuzzlite/build.sh, the flags that its base image sets, and the local compiler;
# SANITIZER is address, memory, undefined or coverage. The drivers are then in WORK/out-SANITIZER.
set -euo pipefail
export LC_ALL=C
top=$(cd "$(dirname "$0")/../.." && pwd)
readonly sanitizer=$2
mkdir -p "$1"
work=$(cd "$1" && pwd)
mkdir -p "$work/out-$sanitizer" "$work/work-$sanitizer"
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
env CC=clang-14 CXX=clang++-14 CFLAGS="$base $flags" CXXFLAGS="$base $flags" LIB_FUZZING_ENGINE=-fsanitize=fuzzer \
    SANITIZER="$sanitizer" FUZZING_ENGINE=libfuzzer FUZZING_LANGUAGE=c ARCHITECTURE=x86_64 \
    SRC="$work" OUT="$work/out-$sanitizer" WORK="$work/work-$sanitizer" bash -eu "$top/.clusterfuzzlite/build.sh"
