#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# mutate.sh [--sample N|all] [--seed S] [--jobs N] [--least P] [--list] [PATH...]
#
# Makes small mistakes in the target, one at a time, and counts how many of them the suite notices. What it
# does not notice is a hole in the suite, or a change that means nothing; both are worth a look.
#
#   PATH        files or folders below target/ (default: target/client target/idl target/rpc target/server);
#               of a folder the *.c directly in it. Only what is linked into the simulated world is judged.
#   --sample N  so many of the mutants (default 100), drawn by a hash of seed and mutant: the same ones on any
#               machine, and those of a smaller sample are among those of a larger one
#   --seed S    another sample (default 1)
#   --jobs N    mutants side by side (default: one for each core)
#   --least P   exit code 1 if less than P percent are killed
#   --list      only list the mutants: FILE OFFSET LENGTH OPERATOR LINE COLUMN FUNCTION REPLACEMENT
#
# The flavour release must be built (./build.sh test, or cmake --build build/release). mutants.c makes the list,
# judge.sh judges one of it. Before any mutant the target as it is must pass all judges, or they would kill
# whatever they are shown.
#
# An outcome is one of
#   invalid     it does not compile; not counted
#   equivalent  the compiler makes the same code of it; not counted
#   killed      by replay (run and decode --check of the corpus), sweep or enumerate, the first that fails;
#               (timeout) if that ran out of its time
#   survived    none fails
# and is appended to build/mutation/results.tsv as it comes, so an interrupted run shows what it did:
#   FILE LINE COLUMN FUNCTION OPERATOR ORIGINAL REPLACEMENT OUTCOME JUDGE SECONDS
#
# Survivors for which equivalent.txt has an argument that they are no mistake are counted apart. An entry of it
# that fits no mutant of the whole target is stale.
#
# Exit code 0: done. 1: below --least, or a stale entry. 2: wrong usage, or it could not be done.
set -euo pipefail
export LC_ALL=C
cd "$(dirname "$0")/../.."
root=$(pwd)
readonly root here=tests/mutation build=build/release out=build/mutation
readonly work=$out/work results=$out/results.tsv argued=$here/equivalent.txt
readonly parts=(target/client target/idl target/rpc target/server)

sample=100 seed=1 jobs=$(nproc) least=0 only_list=false paths=()

die() {
    printf 'mutate: %s\n' "$1" >&2
    exit 2
}

usage() {
    sed -n '4,/^set /{/^set /d;s/^# \{0,1\}//p}' "$here/mutate.sh"
}

parse_options() {
    while [ $# -gt 0 ]; do
        case $1 in
        --help) usage && exit 0 ;;
        --list) only_list=true ;;
        --sample | --seed | --jobs | --least)
            [ $# -ge 2 ] || die "$1 needs a value"
            [[ $2 =~ ^[0-9]{1,9}$ || ($1 = --sample && $2 = all) ]] || die "$1 $2: not a number"
            printf -v "${1#--}" '%s' "$2"
            shift
            ;;
        -*) die "no option $1; --help lists them" ;;
        *) paths+=("${1%/}") ;;
        esac
        shift
    done
    [ "$jobs" -gt 0 ] || die "--jobs 0: nothing would be done"
    [ ${#paths[@]} -gt 0 ] || paths=("${parts[@]}")
}

# The source files of files and folders.
sources_of() { # PATH...
    local path file files
    for path in "$@"; do
        files=("$path")
        [ ! -d "$path" ] || files=("$path"/*.c)
        for file in "${files[@]}"; do
            [ -f "$file" ] || die "$file: no such file"
            [[ $file =~ ^target/(client|idl|rpc|server)/[^/]+\.c$ ]] ||
                die "$file is not linked into the simulated world; choose from ${parts[*]}"
            printf '%s\n' "$file"
        done
    done | sort -u
}

compile_lister() {
    local llvm=/usr/lib/llvm-14
    [ -e $llvm/include/clang-c/Index.h ] || die "libclang is missing: apt-get install libclang-14-dev"
    mkdir -p "$out"
    clang-14 -std=c11 -D_GNU_SOURCE -O1 -Wall -Wextra -Wshadow -Wconversion -Werror -I$llvm/include \
        -o "$out/mutants" $here/mutants.c $here/source.c -L$llvm/lib -lclang-14
}

# All mutants of the files on stdin, with the file before each.
list_mutants() {
    local file arguments resources
    resources=$(clang-14 -print-resource-dir)
    while read -r file; do
        arguments=$(grep -F -m 1 -- "-c $root/$file\"" $build/compile_commands.json |
            sed -e 's/^ *"command": "[^ ]* //' -e 's/ -o [^ ]* -c .*//' -e 's/\\"/"/g') ||
            die "$file is not part of $build"
        # Words of the command are separated by spaces alone.
        # shellcheck disable=SC2086
        "$out/mutants" "$file" -- $arguments -resource-dir "$resources" | sed "s|^|$file\t|"
    done
}

# The first N by a hash of seed and mutant, and among equals by the mutant itself. The hash reads each byte into
# a state of the minimal standard generator (Park and Miller), whose products an awk's numbers hold exactly.
draw() {
    awk -F '\t' -v seed="$seed" '
        function hash(text,   i, h) {
            h = 1
            for (i = 1; i <= length(text); i++)
                h = (h * 16807 + code[substr(text, i, 1)] * 65539) % 2147483647
            for (i = 0; i < 4; i++)
                h = (h * 16807 + 1) % 2147483647
            return h
        }
        BEGIN { for (i = 1; i < 256; i++) code[sprintf("%c", i)] = i }
        { printf "%d\t%s\n", hash(seed ":" $1 ":" $2 ":" $3 ":" $4 ":" $8), $0 }' |
        sort -t '	' -k 1,1n -k 2 | cut -f 2- | awk -v sample="$sample" 'sample == "all" || NR <= sample + 0'
}

# What is judged must be what was built, and it must pass.
check_unchanged() {
    local file object outcome
    for file in $(sources_of "${parts[@]}"); do
        object=${file#target/}
        object=$build/target/CMakeFiles/ntdsb_${object%%/*}.dir/$object.o
        [ "$object" -nt "$file" ] || die "$file is newer than $build: build the flavour release first"
    done
    SLOT=unchanged bash $here/judge.sh $'target/client/client.c\t0\t0\tnone\t1\t1\t-\t' "$work/unchanged.tsv"
    outcome=$(cut -f 8,9 --output-delimiter=' by ' "$work/unchanged.tsv")
    [ "$outcome" = "survived by -" ] || die "the unchanged target is itself $outcome: see to that first"
}

judge_all() { # FILE with mutants
    : >"$results"
    # shellcheck disable=SC2016 # the inner shell's own arguments
    xargs -d '\n' -n 1 -P "$jobs" --process-slot-var=SLOT \
        bash -c 'bash "$1/judge.sh" "$3" "$2"' judge "$here" "$results" <"$1"
}

# An argument for a mutant that is gone should go as well.
check_arguments() {
    sources_of "${parts[@]}" | list_mutants |
        awk -v tree="$work/original" -v argued=$argued -f $here/argued.awk -f $here/stale.awk
}

# All mutants must have been built from the same target and suite.
check_fair() {
    diff -rq target "$work/original/target" >/dev/null || die "target/ was changed meanwhile: no fair trial"
    cmp -s $build/rundown "$work/original/rundown" || die "$build was rebuilt meanwhile: no fair trial"
}

main() {
    local lock total failed=0
    parse_options "$@"
    [ -x $build/rundown ] || die "$build is missing: build the flavour release first"
    sources_of "${paths[@]}" >/dev/null
    compile_lister
    if $only_list; then
        sources_of "${paths[@]}" | list_mutants
        return
    fi
    exec {lock}>"$out/lock"
    flock -n "$lock" || die "another run is at work in $out"
    rm -rf "$work"
    mkdir -p "$work/original"
    trap 'rm -rf "$work"' EXIT
    # The corpus may grow meanwhile; an input half written would kill whatever mutant comes next.
    cp -r target corpus "$work/original"
    cp -p $build/rundown "$work/original/rundown"
    check_unchanged

    sources_of "${paths[@]}" | list_mutants >"$work/all"
    total=$(wc -l <"$work/all")
    draw <"$work/all" >"$work/drawn"
    printf 'seed %s: %d of %d mutants\n' "$seed" "$(wc -l <"$work/drawn")" "$total"
    judge_all "$work/drawn"

    sort -t '	' -k 1,1 -k 2,2n -k 3,3n -k 5 "$results" |
        awk -v tree="$work/original" -v argued=$argued -v seed="$seed" -v total="$total" -v least="$least" \
            -f $here/argued.awk -f $here/report.awk || failed=$?
    check_arguments || failed=$?
    check_fair
    return "$failed"
}

main "$@"
