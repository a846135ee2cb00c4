#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# The build contract of OSS-Fuzz and ClusterFuzzLite, kept with the local compiler: .clusterfuzzlite/build.sh with the
# variables that their base image sets, then what their check asks of the result: each target starts and runs, each has
# its seed corpus, and it is instrumented with the one sanitizer that was asked for.
set -euo pipefail
top=$(cd "$(dirname "$0")/../.." && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
for tool in clang-14 zip ninja objdump; do
    command -v "$tool" >/dev/null || { echo "skipped: $tool is not installed"; exit 77; }
done
bash "$top/fuzz/drivers/oss_fuzz.sh" "$work" address >"$work/log" 2>&1 || { tail -n 30 "$work/log"; echo "not ok - the build"; exit 1; }

calls_of() { # BINARY PREFIX
    objdump -d --no-show-raw-insn "$1" | grep -cE "call +[0-9a-f]+ <$2" || true
}

# Moved, as their test does: a target must not know where it was built.
mv "$work/out-address" "$work/moved"
for driver in session handle server_pdu client_pdu ndr; do
    target="$work/moved/fuzz_$driver"
    (cd / && ASAN_OPTIONS=detect_leaks=1 "$target" -seed=1337 -runs=4 >"$work/log" 2>&1) || { cat "$work/log"; echo "not ok - fuzz_$driver does not start"; exit 1; }
    grep -q 'Done 4 runs' "$work/log" || { echo "not ok - fuzz_$driver did not run"; exit 1; }
    if [ ! -s "${target}_seed_corpus.zip" ] || [ ! -s "$target.options" ]; then
        echo "not ok - fuzz_$driver has no seeds or options"
        exit 1
    fi
    asan=$(calls_of "$target" __asan) ubsan=$(calls_of "$target" __ubsan)
    if [ "$asan" -lt 1000 ] || [ "$ubsan" -gt 200 ]; then
        echo "not ok - fuzz_$driver: $asan ASan and $ubsan UBSan calls"
        exit 1
    fi
    grep -q LLVMFuzzerTestOneInput "$target" || { echo "not ok - fuzz_$driver is not recognised as a target"; exit 1; }
    echo "ok - fuzz_$driver"
done
