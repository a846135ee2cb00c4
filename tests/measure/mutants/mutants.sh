#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# mutants.sh [--sample N|all] [--seed S] [--again] [--least PERCENT] [--jobs N] [--list] [PATH...]
#
# How much of target/ could be wrong without anybody noticing? Changes it in one place at a time (mutants.c says how),
# a random sample of N (default 100) of all changes, the same for the same seed. Each mutant is judged by what judges the
# target: replay (programs, and wire inputs with what comes of them), sweep, enumerate with up to three calls; dsbackup, and what
# it shares with the daemon, by the sweep of rundown_tool; what the daemon decides by that of rundown_daemon (its main() runs in no
# world, and is left out); and, counted apart, the unit tests. What nobody notices is replayed and unit-tested under ASan and UBSan, too, as the test
# command does. One that does not compile, or to the very same code, is no mutant. PATH: files or folders below target/;
# default is all that runs on the simulated world.
#
# All mutants are built in one graph (../variant.cmake), then judged side by side. Results are appended to
# build/mutate/results.tsv as they come. Survivors are listed at the end. equivalent.txt says of
# some why no program can tell them from the original; they do not count. --again judges once more those that survived the last
# time, after a test was added. --list prints the sample and stops. Fails if the share of the killed is below PERCENT.
set -euo pipefail
export LC_ALL=C
cd "$(dirname "$0")/../../.."
# shellcheck source-path=SCRIPTDIR source=../variants.sh
. tests/measure/variants.sh

usage() {
    sed -n '4s/^# //p' "$0" >&2
    exit 2
}
sample=100 seed=$(date +%s) least=0 jobs=$(nproc) list=0 again=0
while [ $# -gt 0 ]; do
    case $1 in
    --list) list=1 && shift && continue ;;
    --again) again=1 && shift && continue ;;
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
[ $# -gt 0 ] || set -- target/client target/idl target/rpc target/server target/server/daemon target/tools target/options target/codes

readonly work=build/mutate llvm=/usr/lib/llvm-14
mkdir -p "$work"
if [ tests/measure/mutants/mutants.c -nt "$work/mutants" ]; then
    clang-14 -std=c11 -O1 -I$llvm/include -o "$work/mutants" tests/measure/mutants/mutants.c -L$llvm/lib -lclang-14 "-Wl,-rpath,$llvm/lib"
fi

# FILE, the columns of mutants.c, and the line that they are in.
for path; do
    [ -e "$path" ] || { echo "mutate: $path is not there" >&2; exit 2; }
    find "$path" -maxdepth 1 -name '*.c' ! -path target/server/daemon/main.c
done | sort | while read -r file; do
    grep -q "\"file\": \"$PWD/$file\"" build/release/compile_commands.json || continue
    "$work/mutants" "$file" -- -D_GNU_SOURCE '-DNTDSB_VERSION="0"' -Itarget/include -std=c11 | sort -n -k 1,1 -s |
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
if [ "$again" = 1 ]; then
    # By file, line, column, what it is and what stands there instead: columns 1, 5, 6, 8 and 9 of the sample.
    awk -F '\t' 'FILENAME == ARGV[1] { if ($8 == "survived") left[$1, $2, $3, $6, $7]; next } ($1, $5, $6, $8, $9) in left' \
        "$work/results.tsv" "$work/ordered.tsv" >"$work/sample.tsv"
    sample=$(wc -l <"$work/sample.tsv")
fi
if [ "$list" = 1 ]; then
    cat "$work/sample.tsv"
    exit 0
fi

# Judging ---------------------------------------------------------------------------------------

# Unit tests with the mutant's object before the libraries, which then need not give their own; tests of the contract with
# the mutant in their world. Those that link with it; if none does, that is noticed, too, first of all with the target as
# it is.
fails_tests() { # FLAVOUR PROGRAM WORK
    local test
    variants_configure "$1" "$3/tests-tree" "$1-tests" "$(cat "$work/tests.$(basename "$2").$1")" '' "$3" || cp "$3/tests-tree/log" "$3/log"
    variants_build "$3/tests-tree" || true
    for test in "$3/$1-tests"/test_*; do
        timeout -k 5 60 "$test" >>"$3/log" 2>&1 </dev/null || return 0
    done
    return 1
}

# Who judges, in which flavour, which program with which words, the quick ones first. The backup program, and what it shares with the
# daemon, runs on a world of its own.
readonly judges_of_rundown="
replay release run corpus/session corpus/regressions
replay release decode --check server_pdu corpus/server_pdu/*.bin
replay release decode --check client_pdu corpus/client_pdu/*.bin
replay release decode --check ndr corpus/ndr/*.bin
enumerate release enumerate -k 2 --first --jobs 1 --findings @ corpus/alphabet/*.txt
unit release
sweep release sweep --first --jobs 1 --findings @ corpus/session corpus/regressions
enumerate release enumerate -k 3 --first --jobs 1 --findings @ corpus/alphabet/*.txt
replay asan run corpus/session corpus/regressions
replay asan decode --check server_pdu corpus/server_pdu/*.bin
replay asan decode --check client_pdu corpus/client_pdu/*.bin
replay asan decode --check ndr corpus/ndr/*.bin
unit asan
"
readonly judges_of_rundown_tool="
sweep release --jobs 1 --first --slice 1/64
sweep release --jobs 1 --first
unit release
unit asan
"
readonly judges_of_rundown_daemon="
sweep release --jobs 1 --first --slice 1/64
sweep release --jobs 1 --first
unit release
sweep asan --jobs 1 --first --slice 1/8
"
program_of() { # FILE: what it is linked into to be judged
    case $1 in
    target/tools/* | target/options/* | target/codes/*) echo rundown_tool ;;
    target/server/daemon/*) echo rundown_daemon ;;
    *) echo rundown ;;
    esac
}
world_of() { # PROGRAM
    case $1 in
    rundown_tool) echo tool_world ;;
    rundown_daemon) echo daemon_world ;;
    *) echo rundown_world ;;
    esac
}

tests_of() { # PROGRAM: those that may link with what it judges
    local test
    case $1 in
    rundown_tool) set -- tests/target/{tools,options}/*.c ;;
    rundown_daemon) set -- tests/target/server/daemon/*.c ;;
    *) set -- tests/contract/*.c tests/target/*/*.c ;;
    esac
    for test; do [[ $test == *_threads.c ]] || printf 'test_%s\n' "$(basename "$test" .c)"; done
}

killed_by() { # FLAVOUR PROGRAM WORK: the first that notices, or nothing
    local name flavour command judges
    judges=judges_of_$(basename "$2")
    while read -r name flavour command; do
        [ "$flavour" = "$1" ] || continue
        if [ "$name" = unit ]; then
            if fails_tests "$1" "$2" "$3"; then echo unit && return; fi
            continue
        fi
        # shellcheck disable=SC2086
        timeout -k 5 400 "$2" ${command/@/"$3"} >"$3/log" 2>&1 </dev/null || { echo "$name"; return; }
    done <<<"${!judges}"
}

# Whether both objects hold the same code and data.
same_code() { # OBJECT OBJECT WORK
    objcopy --strip-debug -R .comment "$1" "$3/one.o"
    objcopy --strip-debug -R .comment "$2" "$3/two.o"
    cmp -s "$3/one.o" "$3/two.o"
}

object_of() { # FILE: in the release tree
    local part
    part=$(basename "$(dirname "$1")")
    if [ "$1" = target/tools/dsbackup.c ]; then
        echo build/release/fuzz/tool/CMakeFiles/dsbackup_main.dir/dsbackup_main.c.o
    elif [ "$part" = daemon ]; then
        echo "build/release/target/CMakeFiles/ntdsb_daemon.dir/server/daemon/$(basename "$1").o"
    else
        echo "build/release/target/CMakeFiles/ntdsb_$part.dir/$part/$(basename "$1").o"
    fi
}

# The columns of mutants.c with the file before and the text of the line behind them: a line of the sample. A tab is white
# space, of which read makes one of several: an empty replacement would be lost.
take_apart() { # LINE
    IFS=$'\x1f' read -r file offset length operator line column name original replacement text <<<"${1//$'\t'/$'\x1f'}"
}

plant_one() { # LINE FOLDER
    local file offset length operator line column name original replacement text
    take_apart "$1"
    mkdir -p "$2"
    cp -r target "$2/target"
    {
        head -c "$offset" "$file"
        printf '%s' "$replacement"
        tail -c +$((offset + length + 1)) "$file"
    } >"$2/$file"
}

judge_one() { # LINE FOLDER
    local file offset length operator line column name original replacement text dir=$2 start judge='' outcome='' flavour program
    take_apart "$1"
    start=$SECONDS program=$(program_of "$file")
    VARIANT_WORLD=$(world_of "$program")
    export VARIANT_WORLD
    if ! [ -x "$dir/release/$program" ]; then
        outcome=invalid
    elif same_code "$(cat "$dir/release/changed")" "$(object_of "$file")" "$dir"; then
        outcome=same-code
    else
        for flavour in release asan; do
            if [ $flavour = asan ]; then
                variants_configure asan "$dir/asan-tree" asan "$program" '' "$dir" && variants_build "$dir/asan-tree"
            fi
            judge=$(killed_by $flavour "$dir/$flavour/$program" "$dir")
            [ -z "$judge" ] || break
        done
        outcome=${judge:+killed}
    fi
    printf '%s\t' "$file" "$line" "$column" "$name" "$operator" "$original" "$replacement" "${outcome:-survived}" "$judge" >"$dir/row"
    printf '%s\t%s\n' $((SECONDS - start)) "$text" >>"$dir/row"
    cat "$dir/row" >>"$work/results.tsv"
    rm -rf "$dir"
}

: >"$work/results.tsv"
export work judges_of_rundown judges_of_rundown_tool judges_of_rundown_daemon
export -f judge_one take_apart killed_by same_code fails_tests variants_configure variants_build program_of world_of object_of

# The judges must have no finding on the unchanged target.
rm -rf "$work/planted"
mkdir -p "$work/planted/unchanged"
cp -r target "$work/planted/unchanged/target"
programs=$(cut -f 1 "$work/sample.tsv" | while read -r file; do program_of "$file"; done | sort -u)
for program in $programs; do
    for flavour in release asan; do
        tests_of "$program" | paste -s -d ';' >"$work/tests.$program.$flavour"
        VARIANT_WORLD=$(world_of "$program")
        export VARIANT_WORLD
        judge=$(killed_by $flavour "$PWD/build/$flavour/$program" "$PWD/$work/planted/unchanged")
        [ -z "$judge" ] || { cat "$work/planted/unchanged/log"; echo "mutants: the unchanged target fails: $judge" >&2; exit 1; }
        rm -rf "$work/planted/unchanged/tests-tree"
    done
done
rm -rf "$work/planted/unchanged"

echo "Mutating: $sample of $total mutants, seed $seed, $jobs at a time"
count=0
while IFS= read -r line; do
    count=$((count + 1))
    plant_one "$line" "$work/planted/$count"
    printf '%s\0%s\0' "$line" "$PWD/$work/planted/$count"
    printf '%s\n' "$PWD/$work/planted/$count" >>"$work/planted/folders.$(program_of "${line%%$'\t'*}")"
done <"$work/sample.tsv" >"$work/planted/list"
for program in $programs; do
    mapfile -t folders <"$work/planted/folders.$program"
    VARIANT_WORLD=$(world_of "$program") variants_configure release "$work/planted/tree.$program" release "$program" '' "${folders[@]}"
    variants_build "$work/planted/tree.$program" || true # those that do not compile are invalid
done
# shellcheck disable=SC2016 # for the inner shell to expand
xargs -0 -P "$jobs" -n 2 bash -euo pipefail -c 'judge_one "$1" "$2"' judge <"$work/planted/list"
bash tests/measure/mutants/report.sh "$work" "$seed" "$sample" "$total" "$least"
