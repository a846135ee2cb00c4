#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# link.sh NAME WORLD PROFILE LIBRARIES FILE...
#
# What rundown_add_world() and rundown_add_suite() do, without CMake: `rundown link`. FILE: objects and archives. WORLD, PROFILE
# and LIBRARIES may be empty. Writes WORLD, NAME-sweep and NAME-replay.
set -euo pipefail
name=$1 world=${2:-$1.o} profile=$3 cc=${CC:-cc}
read -ra libraries <<<"$4"
libraries=("${libraries[@]/#/-l}")
shift 4
share=$(cd "$(dirname "$(realpath "$0")")/../.." && pwd)
seam=$share/faults/seam
archives=("${share%/share/*}"/lib*/rundown/libfuzz_suite.a "${share%/share/*}"/lib*/*/rundown/libfuzz_suite.a)
for archive in "${archives[@]}"; do [ ! -e "$archive" ] || lib=$(dirname "$archive"); done
[ -n "${lib:-}" ] || { echo "rundown link: the libraries of the suite are not installed" >&2; exit 1; }
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

for part in target_start target_end; do "$cc" -fno-lto -c -o "$work/$part.o" "$seam/$part.c"; done
mapfile -t wraps < <(sed -n 's/^\([a-z_0-9]\{1,\}\) .*/--wrap=\1/p' "$seam/wrapped.txt" "$seam/aliases.txt")
ld -r "${wraps[@]}" -o "$work/unnamed.o" "$work/target_start.o" --whole-archive "$@" --no-whole-archive "$work/target_end.o"
python3 "$seam/name_points.py" --entries "$seam/aliases.txt" "$work/unnamed.o" "$seam/wrapped.txt" "$world" "$work/sites.c"
"$cc" -I "$share" -c -o "$work/sites.o" "$work/sites.c"
objects=("$lib"/objects*/suite_main/*.o "$world" "$work/sites.o")
if [ -n "$profile" ]; then
    "$cc" "-DRUNDOWN_PROFILE=\"$(realpath "$profile")\"" -c -o "$work/profile.o" "$share/fuzz/suite/profile_text.c"
    objects+=("$work/profile.o")
fi
"$cc" -rdynamic -Wl,-z,now -o "$name-sweep" "${objects[@]}" -Wl,--start-group "$lib"/*.a -Wl,--end-group \
    "${libraries[@]}" -lnettle -ljansson -lcrypt -ldl
cp "$name-sweep" "$name-replay"
