#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# Names of fault points are stable: the same in every flavour that is built here, with every compiler and optimisation,
# and after edits elsewhere in the file.
set -euo pipefail
cd "$(dirname "$0")/../.."
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

mapfile -t wraps < <(awk '!/^#/ { print "--wrap=" $1 }' faults/seam/wrapped.txt)

names() { grep '^    "' "$1"; }

first=
for table in build/*/fuzz/rundown_world_sites.c; do
    [ -n "$first" ] || first=$table
    diff <(names "$first") <(names "$table") || { echo "not ok - $table differs from $first"; exit 1; }
done

sites_of() { # SOURCE NAME COMPILER FLAG...
    local source=$1 name=$2 compiler=$3
    shift 3
    for part in faults/seam/target_start.c "$source" faults/seam/target_end.c; do
        "$compiler" -std=c11 -D_GNU_SOURCE -g -fPIC -fno-optimize-sibling-calls "$@" -Itarget/include -iquote target/server \
            -c -o "$work/$(basename "$part" .c)-$name.o" "$part"
    done
    ld -r "${wraps[@]}" -o "$work/$name.o" "$work/target_start-$name.o" \
        "$work/$(basename "$source" .c)-$name.o" "$work/target_end-$name.o"
    bash faults/seam/make_sites.sh "$work/$name.o" faults/seam/wrapped.txt >"$work/$name.c"
    names "$work/$name.c" >"$work/$name"
}

# A file with fault points of several classes, in functions that are inlined into others.
cp target/server/store.c "$work/plain.c"
{
    printf '/* An\n * unrelated\n * edit. */\n'
    cat target/server/store.c
    printf 'void *unrelated(unsigned long n);\nvoid *unrelated(unsigned long n)\n{\n    return malloc(n + 1);\n}\n'
} >"$work/edited.c"

sites_of "$work/plain.c" o2 clang-14 -O2
sites_of "$work/plain.c" o0 clang-14 -O0
sites_of "$work/plain.c" os clang-14 -Os -fsanitize=address
sites_of "$work/edited.c" edited clang-14 -O2
[ -s "$work/o2" ] || { echo "not ok - no sites"; exit 1; }
diff "$work/o2" "$work/o0"
diff "$work/o2" "$work/os"
diff "$work/o2" <(grep -v unrelated "$work/edited")
grep -q 'mem.alloc@unrelated#1' "$work/edited"

# What hides a caller is an error, not a wrong name.
printf '#include <stdlib.h>\nvoid *hidden(unsigned long n);\nvoid *hidden(unsigned long n) { return malloc(n); }\n' >"$work/tail.c"
for part in faults/seam/target_start.c "$work/tail.c" faults/seam/target_end.c; do
    clang-14 -O2 -g -fPIC -c -o "$work/$(basename "$part" .c)-tail.o" "$part"
done
ld -r --wrap=malloc -o "$work/tail.o" "$work/target_start-tail.o" "$work/tail-tail.o" "$work/target_end-tail.o"
if bash faults/seam/make_sites.sh "$work/tail.o" faults/seam/wrapped.txt >/dev/null 2>"$work/error"; then
    echo "not ok - a tail call went unnoticed"
    exit 1
fi
grep -q 'tail call' "$work/error"
echo "ok - $(wc -l <"$work/o2") sites of one file, $(names "$first" | wc -l) of the target"
