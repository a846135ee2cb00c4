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

shopt -s nullglob
first=
for table in build/*/fuzz/rundown_world_sites.c; do
    [ -n "$first" ] || first=$table
    diff <(names "$first") <(names "$table") || { echo "not ok - $table differs from $first"; exit 1; }
done

# Partial link of OBJECT, with the ends of a target around it, into NAME.o.
link_of() { # NAME OBJECT
    ld -r "${wraps[@]}" -o "$work/$1.o" "$work/start.o" "$2" "$work/end.o"
}

name_points() { # NAME: NAME.o into NAME-named.o and NAME.c
    python3 faults/seam/name_points.py "$work/$1.o" faults/seam/wrapped.txt "$work/$1-named.o" "$work/$1.c"
}

points_of() { # SOURCE NAME COMPILER FLAG...
    local source=$1 name=$2 compiler=$3
    shift 3
    "$compiler" -std=c11 -D_GNU_SOURCE -g -fPIC -fno-optimize-sibling-calls "$@" -Itarget/include -iquote target/server \
        -c -o "$work/$name-source.o" "$source"
    link_of "$name" "$work/$name-source.o"
    name_points "$name"
    names "$work/$name.c" >"$work/$name"
}

refused() { # NAME SOURCE-TEXT WHY
    printf '#include <stdlib.h>\n%s\n' "$2" >"$work/$1-source.c"
    clang-14 -O2 -g -fPIC -c -o "$work/$1-source.o" "$work/$1-source.c"
    link_of "$1" "$work/$1-source.o"
    if name_points "$1" 2>"$work/error"; then
        echo "not ok - $1: not refused"
        exit 1
    fi
    grep -q "$3" "$work/error" || { cat "$work/error"; echo "not ok - $1: refused for another reason"; exit 1; }
}

clang-14 -c -o "$work/start.o" faults/seam/target_start.c
clang-14 -c -o "$work/end.o" faults/seam/target_end.c

# A file with fault points of several classes, in functions that are inlined into others.
cp target/server/store.c "$work/plain.c"
{
    printf '/* An\n * unrelated\n * edit. */\n'
    cat target/server/store.c
    printf 'void *unrelated(unsigned long n);\nvoid *unrelated(unsigned long n)\n{\n    return malloc(n + 1);\n}\n'
} >"$work/edited.c"

points_of "$work/plain.c" o2 clang-14 -O2
points_of "$work/plain.c" o0 clang-14 -O0
points_of "$work/plain.c" os clang-14 -Os -fsanitize=address
points_of "$work/edited.c" edited clang-14 -O2
[ -s "$work/o2" ] || { echo "not ok - no fault points"; exit 1; }
diff "$work/o2" "$work/o0"
diff "$work/o2" "$work/os"
diff "$work/o2" <(grep -v unrelated "$work/edited")
grep -q 'mem.alloc@unrelated#1' "$work/edited"

# A call whose caller is hidden is an error, not a wrong name.
refused tail 'void *f(unsigned long n); void *f(unsigned long n) { return malloc(n); }' 'tail call hides'
refused pointer 'void *(*f(void))(size_t); void *(*f(void))(size_t) { return malloc; }' 'pointer to a function hides'
refused table 'void *(*f)(size_t) = malloc;' 'pointer to a function hides'
refused nothing 'void f(void *p); void f(void *p) { free(p); __asm__(""); }' 'has no fault point'
# A pointer to what is no fault point hides nothing.
printf '#include <stdlib.h>\nvoid *f(void (**release)(void *));\nvoid *f(void (**release)(void *))
{\n    *release = free;\n    void *p = malloc(3);\n    __asm__("" : "+r"(p));\n    return p;\n}\n' >"$work/release.c"
points_of "$work/release.c" release clang-14 -O2
grep -q 'mem.alloc@f#1' "$work/release"
echo "ok - $(wc -l <"$work/o2") fault points of one file, $(names "$first" | wc -l) of the target"
