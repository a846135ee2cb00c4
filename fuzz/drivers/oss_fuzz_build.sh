#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# The build contract of OSS-Fuzz and ClusterFuzzLite: CC, CXX, CFLAGS, CXXFLAGS, LIB_FUZZING_ENGINE (an argument for the
# linker), SANITIZER, OUT and WORK come from outside; what is to be kept goes to $OUT: each driver as fuzz_NAME, and
# beside it its seeds, its dictionary and its options. build.sh runs this when it is called without a command and finds
# OUT and LIB_FUZZING_ENGINE set.
set -euo pipefail
cd -P "$(dirname "$0")/../.."
readonly build=${WORK:?}/rundown drivers="session handle server_pdu client_pdu ndr"

# shellcheck disable=SC2086 # words
targets=$(printf 'fuzz_%s ' $drivers)
cmake -S . -B "$build" -G Ninja -DCMAKE_BUILD_TYPE= -DRUNDOWN_ENGINE=external -DRUNDOWN_TESTS=OFF
# shellcheck disable=SC2086
cmake --build "$build" --target rundown $targets

# Of sessions the programs of corpus/regressions, too; the text is made into the bytes that the driver takes.
seeds="$WORK/seeds"
rm -rf "$seeds"
mkdir -p "$seeds/session"
LLVM_PROFILE_FILE=/dev/null "$build/rundown" pack "$seeds/session" corpus/session/*.txt corpus/regressions/*.txt
for driver in $drivers; do
    [ "$driver" = session ] || { mkdir "$seeds/$driver" && cp "corpus/$driver"/*.bin "$seeds/$driver"; }
    rm -f "$OUT/fuzz_${driver}_seed_corpus.zip"
    zip -qj "$OUT/fuzz_${driver}_seed_corpus.zip" -r "$seeds/$driver"
    cp "$build/fuzz_$driver" "$OUT/"
    # The longest input that a driver reads; more is ignored.
    printf '[libfuzzer]\nmax_len = 9220\n' >"$OUT/fuzz_$driver.options"
    [ ! -e "fuzz/drivers/$driver.dict" ] || cp "fuzz/drivers/$driver.dict" "$OUT/fuzz_$driver.dict"
done
