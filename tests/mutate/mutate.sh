#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# mutate.sh [--sample N|all] [--seed S] [--least PERCENT] [--jobs N] [--list] [PATH...]
#
# How much of target/ could be wrong without anybody noticing? Changes it in one place at a time (mutants.c says how),
# a random sample of N (default 100) of all changes, the same for the same seed. Each mutant is judged by what judges the
# target: replay (programs, and wire inputs with what comes of them), sweep, enumerate with up to three calls; and,
# counted apart, the unit tests. One that
# does not compile, or to the very same code, is no mutant. PATH: files or folders below target/; default is all that runs
# on the simulated world.
#
# Results are appended to build/mutate/results.tsv as they come. Survivors are listed at the end. equivalent.txt says of
# some why no program can tell them from the original; they do not count. --list prints the sample and stops. Fails if
# the share of the killed is below PERCENT.
set -euo pipefail
export LC_ALL=C
cd "$(dirname "$0")/../.."

usage() {
    sed -n '4s/^# //p' "$0" >&2
    exit 2
}
sample=100 seed=$(date +%s) least=0 jobs=$(nproc) list=0
while [ $# -gt 0 ]; do
    case $1 in
    --list) list=1 && shift && continue ;;
    --sample | --seed | --least | --jobs) [ $# -ge 2 ] || usage ;;
    --*) usage ;;
    *) break ;;
    esac
    [[ $2 =~ ^[0-9]{1,9}$ || "$1 $2" = "--sample all" ]] || usage
    case $1 in
    --sample) sample=$2 ;;
    --seed) seed=$2 ;;
    --least) least=$2 ;;
    --jobs) jobs=$2 ;;
    esac
    shift 2
done
[ $# -gt 0 ] || set -- target/client target/idl target/rpc target/server

readonly work=build/mutate llvm=/usr/lib/llvm-14
mkdir -p "$work"
if [ tests/mutate/mutants.c -nt "$work/mutants" ]; then
    clang-14 -std=c11 -O1 -I$llvm/include -o "$work/mutants" tests/mutate/mutants.c -L$llvm/lib -lclang-14 "-Wl,-rpath,$llvm/lib"
fi

# FILE, the columns of mutants.c, and the line that they are in.
for path; do
    [ -e "$path" ] || { echo "mutate: $path is not there" >&2; exit 2; }
    find "$path" -maxdepth 1 -name '*.c'
done | sort | while read -r file; do
    grep -q "\"file\": \"$PWD/$file\"" build/release/compile_commands.json || continue
    "$work/mutants" "$file" -- -D_GNU_SOURCE -Itarget/include -std=c11 | sort -n -k 1,1 -s |
        awk -F '\t' -v file="$file" 'FILENAME != "-" { sub(/^[ \t]+/, ""); line[FNR] = $0; next }
            { print file "\t" $0 "\t" line[$4] }' "$file" -
done >"$work/all.tsv"
total=$(wc -l <"$work/all.tsv")

# In an order that the seed alone decides.
awk -F '\t' -v seed="$seed" '
    function hash(text,   i, h) {
        h = seed % 65521 + 1
        for (i = 1; i <= length(text); i++) h = (h * 251 + index(letters, substr(text, i, 1))) % 16777213
        for (i = 0; i < 4; i++) h = (h * 65599 + 12345) % 16777213
        return h
    }
    BEGIN { for (i = 32; i < 127; i++) letters = letters sprintf("%c", i) }
    { printf "%d\t%s\n", hash($1 $2 $3 $4 $9), $0 }' "$work/all.tsv" | sort -n -k 1,1 -s | cut -f 2- >"$work/ordered.tsv"
[ "$sample" != all ] || sample=$total
head -n "$sample" "$work/ordered.tsv" >"$work/sample.tsv"
if [ "$list" = 1 ]; then
    cat "$work/sample.tsv"
    exit 0
fi

# Judging ---------------------------------------------------------------------------------------

# The unit tests with the mutant's object before the libraries, which then need not give their own.
fails_unit_tests() { # OBJECT WORK
    local test link
    while IFS=$'\t' read -r test link; do
        if (cd build/release && eval "${link/ -o tests\/$test / -o $2/$test $1 }") >"$2/log" 2>&1; then
            timeout -k 5 60 "$2/$test" >"$2/log" 2>&1 || return 0
        fi
    done <"$work/links.tsv"
    return 1
}

# The tests of the contract run on the simulated world: with the mutant in it.
fails_contract_tests() { # OUT WORK
    local test link out
    out=$(realpath "$1")
    while IFS=$'\t' read -r test link; do
        link=${link/ -o tests\/$test / -o $2/$test }
        [ ! -f "$out/world.o" ] || link=${link/ faults\/rundown_world.o / $out/world.o $out/canary.o }
        [ ! -f "$out/sites.o" ] || link=${link/ faults\/CMakeFiles\/rundown_world_sites.dir\/.\/rundown_world_sites.c.o / $out/sites.o }
        (cd build/release && eval "$link") >"$2/log" 2>&1 || return 0
        timeout -k 5 60 "$2/$test" >"$2/log" 2>&1 || return 0
    done <"$work/contracts.tsv"
    return 1
}

killed_by() { # OUT WORK OBJECT: the first that notices, or nothing
    local rundown=$1/rundown judge
    for judge in \
        "replay run corpus/session corpus/regressions" \
        "replay decode --check server_pdu $(echo corpus/server_pdu/*.bin)" \
        "replay decode --check client_pdu $(echo corpus/client_pdu/*.bin)" \
        "replay decode --check ndr $(echo corpus/ndr/*.bin)" \
        "enumerate enumerate -k 2 --first --jobs 1 --findings $2 $(echo corpus/alphabet/*.txt)" \
        "unit" \
        "sweep sweep --first --jobs 1 --findings $2 corpus/session corpus/regressions" \
        "enumerate enumerate -k 3 --first --jobs 1 --findings $2 $(echo corpus/alphabet/*.txt)"; do
        if [ "$judge" = unit ]; then
            if fails_unit_tests "$3" "$2" || fails_contract_tests "$1" "$2"; then echo unit && return; fi
            continue
        fi
        # shellcheck disable=SC2086
        timeout -k 5 120 "$rundown" ${judge#* } >"$2/log" 2>&1 || { echo "${judge%% *}"; return; }
    done
}

# Whether both objects hold the same code and data.
same_code() { # OBJECT OBJECT WORK
    objcopy --strip-debug -R .comment "$1" "$3/one.o"
    objcopy --strip-debug -R .comment "$2" "$3/two.o"
    cmp -s "$3/one.o" "$3/two.o"
}

judge_one() { # one line of the sample
    local file offset length operator line column name original replacement text part base dir start judge outcome
    # A tab is white space, of which read makes one of several: an empty replacement would be lost.
    IFS=$'\x1f' read -r file offset length operator line column name original replacement text <<<"${1//$'\t'/$'\x1f'}"
    dir=$(mktemp -d "$work/XXXXXX")
    cp -r target "$dir/target"
    {
        head -c "$offset" "$file"
        printf '%s' "$replacement"
        tail -c +$((offset + length + 1)) "$file"
    } >"$dir/$file"
    start=$SECONDS judge='' part=$(basename "$(dirname "$file")") base=$(basename "$file")
    if ! bash tests/variant.sh release rundown "$dir/target" "$dir/out" >"$dir/log" 2>&1; then
        outcome=invalid
    elif same_code "$dir/out/objects/$part-$base.o" "build/release/target/CMakeFiles/ntdsb_$part.dir/$part/$base.o" "$dir"; then
        outcome=same-code
    else
        judge=$(killed_by "$dir/out" "$PWD/$dir" "$PWD/$dir/out/objects/$part-$base.o")
        outcome=${judge:+killed}
    fi
    printf '%s\t' "$file" "$line" "$column" "$name" "$operator" "$original" "$replacement" "${outcome:-survived}" "$judge" >"$dir/row"
    printf '%s\t%s\n' $((SECONDS - start)) "$text" >>"$dir/row"
    cat "$dir/row" >>"$work/results.tsv"
    rm -rf "$dir"
}

# What the judges say of the target as it is must be nothing.
# shellcheck disable=SC2016
check='mkdir -p "$1"; judge=$(killed_by build/release "$1" ""); [ -z "$judge" ] || { cat "$1/log"; exit 1; }'
: >"$work/results.tsv"
export work
export -f judge_one killed_by same_code fails_unit_tests fails_contract_tests
link_of() { # TEST
    ninja -C build/release -t commands -s "tests/$1" | grep -- ' -o tests/' | sed 's/^: && //; s/ && :$//'
}
for test in tests/contract/*.c; do
    test=$(basename "$test" .c)
    printf '%s\t%s\n' "$test" "$(link_of "$test")"
done >"$work/contracts.tsv"
for test in build/release/tests/test_*; do
    case $test in *test_enumerate | *test_language | *test_mutate* | *test_peer | *test_verdicts | *test_wire | *_threads) continue ;; esac
    printf '%s\t%s\n' "${test##*/}" "$(link_of "${test##*/}")"
done >"$work/links.tsv"
bash -euo pipefail -c "$check" check "$PWD/$work/unchanged" || { echo "mutate: the unchanged target fails" >&2; exit 1; }
echo "Mutating: $sample of $total mutants, seed $seed, $jobs at a time"
# shellcheck disable=SC2016
tr '\n' '\0' <"$work/sample.tsv" | xargs -0 -P "$jobs" -I{} bash -euo pipefail -c 'judge_one "$1"' judge {}
bash tests/mutate/report.sh "$work" "$seed" "$sample" "$total" "$least"
