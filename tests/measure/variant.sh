#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# variant.sh FLAVOUR PROGRAM TREE OUT [COMPILER-OPTION...]
#
# Links PROGRAM (rundown, fuzz_session, ...) of build/FLAVOUR, which must be built, into OUT/PROGRAM
# with another target: TREE, a changed copy of target/. Only the files that differ are compiled, with
# the flavour's own commands plus the options. All of OUT but the objects of unchanged files is its own,
# so variants can be built side by side. The compiler's complaint goes to stderr, exit code 1.
set -euo pipefail
export LC_ALL=C

[ $# -ge 4 ] || { sed -n '4,9s/^# \{0,1\}//p' "$0" >&2; exit 2; }
root=$(cd "$(dirname "$0")/../.." && pwd)
build=$root/build/$1 program=$2 tree=$(cd "$3" && pwd)
mkdir -p "$4/objects"
out=$(cd "$4" && pwd)
shift 4
readonly root build program tree out

# A changed header changes whatever may include it.
headers=$(diff -rq "$root/target" "$tree" | grep -c '\.h\( \|$\)' || true)

objects=()
for part in client server digest idl rpc; do
    for source in "$root/target/$part"/*.c; do
        name=${source##*/}
        object=$build/target/CMakeFiles/ntdsb_$part.dir/$part/$name.o
        if [ "$headers" -gt 0 ] || ! cmp -s "$source" "$tree/$part/$name"; then
            command=$(grep -F -m 1 -- "-c $source\"" "$build/compile_commands.json" |
                sed -e 's/^ *"command": "//' -e 's/",$//' -e 's/ -o [^ ]* -c .*//' -e 's/ -Werror//' -e 's/\\"/"/g')
            object=$out/objects/$part-$name.o
            # The flavour's own include folder is replaced; its words are separated by spaces alone.
            # shellcheck disable=SC2086
            ${command//-I$root\/target\/include/-I$tree/include} "$@" -w -o "$object" -c "$tree/$part/$name"
        fi
        objects+=("$object")
    done
done

readonly wrapped=$root/faults/seam/wrapped.txt unnamed=$out/world_unnamed.o world=$out/world.o sites=$out/sites
mapfile -t wraps < <(sed -n 's/^\([a-z_0-9]\{1,\}\) .*/--wrap=\1/p' "$wrapped")
ld -r "${wraps[@]}" -o "$unnamed" "$build/faults/seam/CMakeFiles/target_start.dir/target_start.c.o" \
    "${objects[@]}" "$build/faults/seam/CMakeFiles/target_end.dir/target_end.c.o"
python3 "$root/faults/seam/name_points.py" "$unnamed" "$wrapped" "$world" "$sites.c"
clang-14 -O1 -fPIC -I"$root" -o "$sites.o" -c "$sites.c"
clang-14 -O2 -fPIC -o "$out/canary.o" -c "$root/tests/measure/bugs/canary.c"

link=$(ninja -C "$build" -t commands -s "$program" | grep -- " -o $program ")
link=${link#: && } link=${link% && :}
link=${link/ -o $program / -o $out/$program $out/canary.o }
link=${link/ fuzz\/rundown_world.o / $world }
link=${link/ fuzz\/CMakeFiles\/rundown_world_sites.dir\/.\/rundown_world_sites.c.o / $sites.o }
cd "$build"
eval "$link"
