#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# AFL++ counts edges of the target and of nothing else, wherever the build directory lies: the compiler names a
# source by its path below what it shares with the working directory, and the allowlist must match all of them.
set -euo pipefail
build=$(realpath "$1")
root=$(realpath "$(dirname "$0")/../..")
if ! command -v afl-clang-fast >/dev/null; then
    printf 'skipped: afl-clang-fast is not installed\n'
    exit 77
fi
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
failed=0

has_guards() { # DIRECTORY SOURCE
    (cd "$1" && AFL_QUIET=1 AFL_LLVM_ALLOWLIST=$root/cmake/afl-allowlist.txt afl-clang-fast -std=c11 -D_GNU_SOURCE -g -O1 \
        -I"$root" -I"$root/target/include" -c "$root/$2" -o "$work/object.o")
    grep -q __sancov_guards "$work/object.o"
}

for directory in "$build" "$root" "$work" /; do
    for source in target/client/handle_table.c target/rpc/buffer.c target/server/file_io.c; do
        has_guards "$directory" "$source" || { printf 'not ok - from %s: no edge of %s is counted\n' "$directory" "$source"; failed=1; }
    done
    for source in fuzz/program/program.c faults/fault/fault.c; do
        ! has_guards "$directory" "$source" || { printf 'not ok - from %s: edges of %s are counted\n' "$directory" "$source"; failed=1; }
    done
done
[ "$failed" -eq 0 ] && printf 'ok - the target and nothing else\n'
exit "$failed"
