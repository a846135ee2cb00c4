#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# make_sites.sh OBJECT WRAPPED > sites.c
#
# Lists the fault points of a partially linked target by stable names, CLASS@FUNCTION#N: the source
# function that makes the call (also where it was inlined into another), and which call of that class
# in it, in the order of the source. Names come from relocations and debug information, so they are
# the same in every flavour, and change only with their own function.
set -euo pipefail
export LC_ALL=C

readonly object=$1 wrapped=$2

symbolizer=$(command -v llvm-symbolizer-14 || command -v llvm-symbolizer) ||
    { echo "make_sites: needs llvm-symbolizer" >&2; exit 1; }
readonly symbolizer

die() {
    printf 'make_sites: %s\n' "$*" >&2
    exit 1
}

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# Linked into something whose addresses mean what they say to a symbolizer.
ld -shared --unresolved-symbols=ignore-all -o "$work/image" "$object"
start=$(nm "$work/image" | awk '$3 == "rundown_target_start" { print $1 }')
end=$(nm "$work/image" | awk '$3 == "rundown_target_end" { print $1 }')
[[ -n $start && -n $end ]] || die "$object does not begin with rundown_target_start, or has no end"

# ADDRESS MNEMONIC NAME, of every branch to a wrapped function; ADDRESS of what follows each call.
objdump -d --no-show-raw-insn -w "$work/image" | awk '
    called != "" { print called, substr($1, 1, length($1) - 1); called = "" }
    match($0, /<__wrap_[a-z0-9_]+@plt>$/) && $1 ~ /^[0-9a-f]+:$/ {
        called = substr($1, 1, length($1) - 1) " " $2 " " substr($0, RSTART + 8, RLENGTH - 13)
    }' >"$work/branches"
[ -s "$work/branches" ] || die "$object calls no wrapped function"
if grep -v ' call ' "$work/branches" >"$work/jumps"; then
    die "a tail call hides its caller (-fno-optimize-sibling-calls): $(head -n 1 "$work/jumps")"
fi

# RETURN-OFFSET CLASS ADDRESS, of calls whose function has a class.
while read -r address _ name return_address; do
    class=$(awk -v name="$name" '$1 == name { print $2 }' "$wrapped")
    [ -n "$class" ] || die "$name has no line in $wrapped"
    [ "$class" != - ] || continue
    ((0x$address >= 0x$start && 0x$address < 0x$end)) ||
        die "a fault point ($name) lies outside of the target's one piece of code"
    printf '%x %s 0x%s\n' $((0x$return_address - 0x$start)) "$class" "$address"
done <"$work/branches" >"$work/calls"

# FUNCTION FILE LINE:COLUMN, the innermost frame: where the call stands in the source.
cut -d ' ' -f 3 "$work/calls" | "$symbolizer" --obj="$work/image" --output-style=LLVM --functions=short | awk '
    BEGIN { RS = ""; FS = "\n" }
    {
        place = $2
        column = place; sub(/.*:/, "", column); sub(/:[0-9]+$/, "", place)
        line = place; sub(/.*:/, "", line); sub(/:[0-9]+$/, "", place)
        sub(/.*\//, "", place); sub(/\.[a-z]+$/, "", place)
        printf "%s %s %d\n", $1, place, line * 1000 + column
    }' >"$work/places"
if grep -n -E '^\?\?|^[^ ]+ \?\?' "$work/places" >"$work/unknown"; then
    die "no debug information for: $(sed -n "$(cut -d : -f 1 "$work/unknown" | head -n 1)p" "$work/calls")"
fi

# Functions of one name in several files go by FILE.FUNCTION.
paste -d ' ' "$work/calls" "$work/places" | awk '
    { key[NR] = $2; name[NR] = $4; file[NR] = $5; line[NR] = $6; offset[NR] = $1
            if (!(($4, $5) in seen)) { seen[$4, $5] = 1; files[$4]++ } }
    END {
        for (i = 1; i <= NR; i++)
            print key[i] "@" (files[name[i]] > 1 ? file[i] "." : "") name[i], line[i], offset[i]
    }' | sort -k 1,1 -k 2,2n -k 3,3 | awk '
    $1 != place { place = $1; n = 0; line = -1 }
    $2 != line { n++; line = $2 }
    { print $1 "#" n, $3 }' >"$work/sites"

cut -d ' ' -f 1 "$work/sites" | sort -u >"$work/names"

cat <<C
/* Made by faults/seam/make_sites.sh. */
#include "faults/seam/site_table.h"

const char *const site_table_names[] = {
$(sed 's/.*/    "&",/' "$work/names")
};
const unsigned site_table_name_count = sizeof site_table_names / sizeof *site_table_names;

const struct site_address site_table_addresses[] = {
$(awk 'NR == FNR { index_of[$1] = NR - 1; next } { print "    {0x" $2 ", " index_of[$1] "}," }' "$work/names" "$work/sites" |
    awk '{ printf "%12s %s\n", substr($1, 4), $0 }' | sort | sed 's/^ *[0-9a-f]*, //')
};
const unsigned site_table_address_count =
    sizeof site_table_addresses / sizeof *site_table_addresses;
C
