#!/bin/bash -eu
# SPDX-License-Identifier: Apache-2.0
#
# The build contract of OSS-Fuzz and ClusterFuzzLite: CC, CXX, CFLAGS, CXXFLAGS, LIB_FUZZING_ENGINE, SRC,
# OUT, WORK come from outside, one sanitizer per build; what is to be kept goes to $OUT.
build="$WORK/rundown"
cmake -S "$SRC/rundown" -B "$build" -G Ninja -DCMAKE_BUILD_TYPE= -DRUNDOWN_ENGINE=external
cmake --build "$build"

for driver in session handle server_pdu client_pdu ndr; do
    cp "$build/fuzz_$driver" "$OUT/"
    printf '[libfuzzer]\nmax_len = 9220\n' >"$OUT/fuzz_$driver.options"
done
seeds="$WORK/seeds"
rm -rf "$seeds" && mkdir -p "$seeds"
"$build/rundown" pack "$seeds" "$SRC"/rundown/corpus/session/*.txt
zip -qj "$OUT/fuzz_session_seed_corpus.zip" "$seeds"/*
for driver in handle server_pdu client_pdu ndr; do
    zip -qj "$OUT/fuzz_${driver}_seed_corpus.zip" "$SRC/rundown/corpus/$driver"/*.bin
done
